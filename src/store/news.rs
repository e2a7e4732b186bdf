//! What happened to comments since somebody last looked, for those who watch the queue.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{AuditId, CommentId, Needs, SiteId, Status};

statements! {
    /// What came new: of later versions their audit rows tell.
    ARRIVED = same!(
        "select id, site, needs, version from comments where needs is not null and version = 1 and id > $1 order by id limit $2"
    );
    CHANGED = same!(
        "select a.id, a.object_id as comment, c.site, m.name as actor, a.via, a.action, ",
        "coalesce(a.to_status, c.status) as status, c.needs, a.version, c.version as latest ",
        "from audit a join comments c on c.id = a.object_id left join moderators m on m.id = a.actor ",
        "where a.id > $1 and a.object = 'comment' and a.version > 1 order by a.id limit $2"
    );
}

/// A comment that waits.
#[derive(Clone, Debug, FromRow)]
pub struct Arrived {
    pub id: CommentId,
    pub site: SiteId,
    pub needs: Needs,
    pub version: i64,
}

/// A change of a comment, and what it waits for by now.
#[derive(Clone, Debug, FromRow)]
pub struct Changed {
    /// Of the entry in the audit log.
    pub id: AuditId,
    pub comment: CommentId,
    pub site: SiteId,
    /// The name of the moderator.
    pub actor: Option<String>,
    pub via: String,
    pub action: String,
    /// That this change made.
    pub status: Status,
    pub needs: Option<Needs>,
    /// That this change made.
    pub version: i64,
    /// The version by now.
    pub latest: i64,
}

impl Tx {
    /// Comments behind this id that wait, in their order.
    pub async fn arrived(&mut self, after: CommentId, limit: i64) -> Result<Vec<Arrived>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ARRIVED.text(kind))
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// The changes of comments behind this entry, in their order.
    pub async fn changed(&mut self, after: AuditId, limit: i64) -> Result<Vec<Changed>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CHANGED.text(kind))
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }
}
