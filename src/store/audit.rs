//! Who did what to which object. Append-only: no statement here changes or removes a row.

use serde::Serialize;
use sqlx::FromRow;

use super::{
    StoreError, Tx,
    accept::Stamp,
    sql::{on, statements},
};
use crate::domain::{AuditId, CommentId, ModeratorId, SiteId, Timestamp};

statements! {
    INSERT_AUDIT = insert!("audit": id uuid, at bigint, site uuid, actor uuid, via text, action text, object text,
        object_id uuid, version bigint, from_status text, to_status text, reason text);
    INSERT_NOTES = insert!("notes": audit uuid, text text);
    HISTORY = same!(
        "select a.id, a.at, m.name as actor, a.via, a.action, a.from_status, a.to_status, a.reason, n.text as note ",
        "from audit a left join moderators m on m.id = a.actor left join notes n on n.audit = a.id ",
        "where a.object_id = $1 order by a.id desc limit 100"
    );
}

/// One entry. Notes, being free text, are kept apart.
#[derive(Clone, Debug, Serialize)]
pub struct AuditRow {
    pub id: AuditId,
    pub at: Stamp,
    pub site: Option<SiteId>,
    /// A moderator; none for the commenter, the site's backend and the command line.
    pub actor: Option<ModeratorId>,
    pub via: &'static str,
    pub action: &'static str,
    pub object: &'static str,
    pub object_id: uuid::Uuid,
    /// Of the object, after the change.
    pub version: Option<i64>,
    pub from_status: Option<&'static str>,
    pub to_status: Option<&'static str>,
    pub reason: Option<String>,
    #[serde(skip)]
    pub note: Option<String>,
}

#[derive(Serialize)]
struct NoteRow<'a> {
    audit: AuditId,
    text: &'a str,
}

/// One entry as people read it.
#[derive(Clone, Debug, FromRow)]
pub struct History {
    pub id: AuditId,
    pub at: Timestamp,
    pub actor: Option<String>,
    pub via: String,
    pub action: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
}

impl Tx {
    /// Appends entries with their notes.
    pub async fn record(&mut self, entries: &[AuditRow]) -> Result<(), StoreError> {
        let notes: Vec<_> = entries
            .iter()
            .filter_map(|entry| Some(NoteRow { audit: entry.id, text: entry.note.as_deref()? }))
            .collect();
        self.insert(INSERT_AUDIT, entries).await?;
        self.insert(INSERT_NOTES, &notes).await
    }

    /// What happened to a comment, the latest first; at most 100 entries.
    pub async fn history(&mut self, comment: CommentId) -> Result<Vec<History>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(HISTORY.text(kind)).bind(comment).fetch_all(conn).await?))
    }
}
