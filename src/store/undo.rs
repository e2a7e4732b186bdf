//! What decisions replaced, kept beside their audit rows so that they can be undone.

use serde::Serialize;
use sqlx::FromRow;

use super::{
    Current, State, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{AuditId, BatchId, CommentId, ModeratorId, SiteId};

macro_rules! made {
    ($which:literal) => {
        concat!(
            "select a.id, a.object_id as comment, a.site, a.actor, a.version, d.status, d.needs, d.revision, d.waiting, ",
            "d.reason, d.reason_code, d.basis, d.decided_at, d.published_at, d.edited_at, d.picked_at from decisions d join audit a on a.id = d.audit where ",
            $which
        )
    };
}

statements! {
    INSERT_DECISIONS = insert!("decisions": audit uuid, batch uuid, status text, needs text, revision bigint,
        waiting bigint, reason text, reason_code text, basis text, decided_at bigint, published_at bigint,
        edited_at bigint, picked_at bigint);
    OF_AUDIT = same!(made!("d.audit = $1"));
    OF_BATCH = same!(made!("d.batch = $1 and d.audit > $2 order by d.audit limit $3"));
    LEFT = same!(
        "select count(*) from decisions d join audit a on a.id = d.audit where d.batch = $1 and d.audit > $2 ",
        "and ($3 or exists (select 1 from moderator_sites b where b.moderator = $4 and b.site = a.site))"
    );
    SWEEP = same!(
        "delete from decisions where audit < $1 and audit in ",
        "(select audit from decisions where audit < $1 order by audit limit $2)"
    );
    CHANGED_SITE = same!("select site from audit where id = $1 and object = 'comment'");
}

/// A row of `decisions`: the state of the comment that the decision saw.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionRow {
    audit: AuditId,
    batch: BatchId,
    #[serde(flatten)]
    state: State,
}

impl DecisionRow {
    /// What the decision with this audit row replaced.
    pub fn new((audit, batch): (AuditId, BatchId), seen: &Current) -> Self {
        Self { audit, batch, state: seen.state.clone() }
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
    /// What it replaced.
    #[sqlx(flatten)]
    pub state: State,
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

    /// How many decisions of a batch there are behind this one, on the sites that somebody sees.
    pub async fn decisions_left(
        &mut self,
        (batch, after): (BatchId, AuditId),
        (moderator, all_sites): (ModeratorId, bool),
    ) -> Result<i64, StoreError> {
        let (left,): (i64,) = on!(self, |conn, kind| sqlx::query_as(LEFT.text(kind))
            .bind(batch)
            .bind(after)
            .bind(all_sites)
            .bind(moderator)
            .fetch_one(conn)
            .await?);
        Ok(left)
    }

    /// Forgets at most `most` of what was replaced before an audit row; how many it found.
    pub async fn sweep_decisions(&mut self, before: AuditId, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
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
