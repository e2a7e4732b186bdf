//! What decisions replaced, kept beside their audit rows so that they can be undone.

use serde::Serialize;
use sqlx::FromRow;

use super::{
    Current, StoreError, Tx,
    accept::Stamp,
    sql::{on, statements},
};
use crate::domain::{AuditId, BatchId, CommentId, ModeratorId, Needs, SiteId, Status, Timestamp};

macro_rules! made {
    ($which:literal) => {
        concat!(
            "select a.id, a.object_id as comment, a.site, a.actor, a.version, d.status, d.needs, d.revision, d.waiting, ",
            "d.reason, d.decided_at, d.published_at, d.edited_at from decisions d join audit a on a.id = d.audit where ",
            $which
        )
    };
}

statements! {
    INSERT_DECISIONS = insert!("decisions": audit uuid, batch uuid, status text, needs text, revision bigint,
        waiting bigint, reason text, decided_at bigint, published_at bigint, edited_at bigint);
    OF_AUDIT = same!(made!("d.audit = $1"));
    OF_BATCH = same!(made!("d.batch = $1 and d.audit > $2 order by d.audit limit $3"));
    CHANGED_SITE = same!("select site from audit where id = $1 and object = 'comment'");
}

/// A row of `decisions`: the state of the comment that the decision saw.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionRow {
    audit: AuditId,
    batch: BatchId,
    status: Status,
    needs: Option<Needs>,
    revision: i64,
    waiting: Option<i64>,
    reason: Option<String>,
    decided_at: Option<Stamp>,
    published_at: Option<Stamp>,
    edited_at: Option<Stamp>,
}

impl DecisionRow {
    /// What the decision with this audit row replaced.
    pub fn new((audit, batch): (AuditId, BatchId), seen: &Current) -> Self {
        Self {
            audit,
            batch,
            status: seen.status,
            needs: seen.needs,
            revision: seen.revision,
            waiting: seen.waiting,
            reason: seen.reason.clone(),
            decided_at: seen.decided_at.map(Stamp),
            published_at: seen.published_at.map(Stamp),
            edited_at: seen.edited_at.map(Stamp),
        }
    }
}

/// A decision that was made: of whom, on what, and what it replaced.
#[derive(Clone, Debug, FromRow)]
pub struct Made {
    pub id: AuditId,
    pub comment: CommentId,
    pub site: SiteId,
    pub actor: Option<ModeratorId>,
    /// The version that it made.
    pub version: i64,
    pub status: Status,
    pub needs: Option<Needs>,
    pub revision: i64,
    pub waiting: Option<i64>,
    pub reason: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
}

impl Tx {
    /// Keeps what decisions replaced; their audit rows come first.
    pub async fn keep_replaced(&mut self, rows: &[DecisionRow]) -> Result<(), StoreError> {
        self.insert(INSERT_DECISIONS, rows).await
    }

    /// One decision, by its audit row.
    pub async fn decision(&mut self, id: AuditId) -> Result<Option<Made>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_AUDIT.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// The next decisions of a batch, behind this one.
    pub async fn decisions_of(
        &mut self,
        batch: BatchId,
        after: AuditId,
        limit: i64,
    ) -> Result<Vec<Made>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_BATCH.text(kind))
            .bind(batch)
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// The site of a comment that this audit row is about, whatever it records.
    pub async fn changed_site(&mut self, id: AuditId) -> Result<Option<SiteId>, StoreError> {
        let found: Option<(SiteId,)> = on!(self, |conn, kind| sqlx::query_as(CHANGED_SITE.text(kind))
            .bind(id)
            .fetch_optional(conn)
            .await?);
        Ok(found.map(|(site,)| site))
    }
}
