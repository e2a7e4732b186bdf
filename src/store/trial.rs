//! What people decided lately, for rules that are tried.

use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    lineage::approved_of,
    sql::{on, statements},
};
use crate::domain::{AuditId, CommentId, ContactId, SiteId, Status};

statements! {
    /// The last decision of a person about each comment.
    DECIDED = same!(
        "with made as materialized (select a.id, a.object_id, a.to_status from audit a ",
        "where a.site = $1 and a.id < $2 and a.id >= $3 and a.object = 'comment' and a.actor is not null ",
        "and a.action in ('approve', 'reject', 'spam') and not exists (select 1 from audit b ",
        "where b.object_id = a.object_id and b.id > a.id and b.actor is not null ",
        "and b.action in ('approve', 'reject', 'spam', 'hold', 'undo')) order by a.id desc limit $4) ",
        "select m.id as audit, m.to_status as decided, c.id, c.status, c.name, c.website, c.staff, r.text, c.contact, k.email, ",
        approved_of!("c.lineage", "$5", " and t.id < c.id"), " as proven, ",
        "case when $6 then exists (select 1 from contacts e join comments t on t.contact = e.id ",
        "where e.email_index = k.email_index and t.name = c.name and t.id < c.id and t.status = 'approved' ",
        "and coalesce(t.needs, '') <> 'decision') ",
        "else false end as named ",
        "from made m join comments c on c.id = m.object_id ",
        "join revisions r on r.comment = c.id and r.number = c.revision ",
        "left join contacts k on k.id = c.contact order by m.id desc"
    );
    FOUND = among!("select comment, code from findings where comment in (", 1, ") order by comment, number");
}

/// A comment that a person decided.
#[derive(Clone, Debug)]
pub struct TrialRow {
    pub id: CommentId,
    /// What they made of it.
    pub status: Status,
    pub name: String,
    pub website: Option<String>,
    pub staff: bool,
    pub text: String,
    pub contact: Option<ContactId>,
    /// Sealed.
    pub email: Option<String>,
    /// Whether its author had proved to be somebody whose comments were approved before.
    pub is_known: bool,
    /// The codes of what was found in it.
    pub found: Vec<String>,
}

#[derive(FromRow)]
struct Row {
    audit: AuditId,
    decided: Status,
    id: CommentId,
    status: Status,
    name: String,
    website: Option<String>,
    staff: bool,
    text: String,
    contact: Option<ContactId>,
    email: Option<String>,
    proven: i64,
    named: bool,
}

/// Who would be known: how many approved comments are enough, and whether a name and an address are.
pub type Known = (u32, bool);

impl Tx {
    /// What people decided on a site between two decisions, the latest first, and the decision to go on from: none when
    /// nothing is left. Those whose comment is something else by now are left out.
    pub async fn decided_by_people(
        &mut self,
        (site, limit): (SiteId, i64),
        (since, before): (AuditId, AuditId),
        (enough, by_name): Known,
    ) -> Result<(Vec<TrialRow>, Option<AuditId>), StoreError> {
        let enough = i64::from(enough);
        let rows: Vec<Row> = on!(self, |conn, kind| sqlx::query_as(DECIDED.text(kind))
            .bind(site)
            .bind(before)
            .bind(since)
            .bind(limit)
            .bind(enough)
            .bind(by_name)
            .fetch_all(conn)
            .await?);
        let last = rows.last().map(|row| row.audit);
        let ids: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
        let mut found: Vec<(CommentId, String)> =
            on!(self, |conn, kind| sqlx::query_as(FOUND.text(kind)).bind(Json(&ids)).fetch_all(conn).await?);
        let mut rows: Vec<TrialRow> =
            rows.into_iter().filter(|row| row.decided == row.status).map(|row| row.whole(enough)).collect();
        for row in &mut rows {
            row.found =
                found.extract_if(.., |(comment, _)| *comment == row.id).map(|(_, code)| code).collect();
        }
        Ok((rows, last))
    }
}

impl Row {
    fn whole(self, enough: i64) -> TrialRow {
        TrialRow {
            id: self.id,
            status: self.status,
            name: self.name,
            website: self.website,
            staff: self.staff,
            text: self.text,
            contact: self.contact,
            email: self.email,
            is_known: self.proven >= enough || self.named,
            found: Vec::new(),
        }
    }
}
