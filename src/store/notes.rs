//! Notes of decisions: apart from the log, so that they can be erased. The log keeps their salted hashes.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{AuditId, SiteId, Timestamp};

statements! {
    /// The entry of that id, and all about the object of that id.
    NOTED = same!(
        "select a.id, a.at, a.site, a.action, a.object_id, m.name as actor, n.audit is not null as is_kept ",
        "from audit a left join moderators m on m.id = a.actor left join notes n on n.audit = a.id ",
        "where a.id in (select e.id from audit e where e.id = $1 union select o.id from audit o where o.object_id = $1) ",
        "and (a.note_hash is not null or n.audit is not null) order by a.id"
    );
    ERASE = same!("delete from notes where audit = $1");
}

/// An entry that was written with a note.
#[derive(Clone, Debug, FromRow)]
pub struct NotedRow {
    pub id: AuditId,
    pub at: Timestamp,
    pub site: Option<SiteId>,
    pub action: String,
    pub object_id: Uuid,
    /// The name of the moderator.
    pub actor: Option<String>,
    /// Whether the note is still there.
    pub is_kept: bool,
}

impl Tx {
    /// The entry of that id, and those about the object of that id, as far as they were written with a note; the
    /// oldest first.
    pub async fn noted(&mut self, id: Uuid) -> Result<Vec<NotedRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(NOTED.text(kind)).bind(id).fetch_all(conn).await?))
    }

    /// Erases the note of an entry, with its salt; whether there was one.
    pub async fn erase_note(&mut self, entry: AuditId) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(ERASE.text(kind))
            .bind(entry)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}
