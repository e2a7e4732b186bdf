//! How much waits, for the operators: sampled, never counted on a hot path.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{AuditId, Needs, SiteId, Timestamp};

statements! {
    QUEUE = same!(
        "select s.key as site, c.needs, count(*) as comments, min(c.submitted_at) as oldest ",
        "from comments c join sites s on s.id = c.site where c.needs is not null group by s.key, c.needs"
    );
    OWED = same!(
        "select channel, case when last_error is null then 'due' else 'retrying' end as state, count(*) as messages, ",
        "min(created_at) as oldest from outbox where outcome is null group by 1, 2"
    );
    /// A range of the log, which does not grow with the archive: what people decided since then, the latest first.
    DECIDED = same!(
        "select a.at, case when a.from_status = 'pending' then a.at - ",
        "(select c.submitted_at from comments c where c.id = a.object_id) end as span from audit a ",
        "where a.site = $1 and a.id > $2 and a.object = 'comment' and a.action in ('approve', 'reject', 'spam') and a.via <> 'rule' ",
        "order by a.id desc limit $3"
    );
    DEAD = same!(
        "select channel, outcome as state, count(*) as messages, min(created_at) as oldest from outbox ",
        "where outcome = 'dead' group by 1, 2"
    );
}

/// Comments of a site that wait for the same thing.
#[derive(Clone, Debug, FromRow)]
pub struct QueueGauge {
    pub site: String,
    pub needs: Needs,
    pub comments: i64,
    pub oldest: Timestamp,
}

/// Messages of a channel in the same state: `due`, `retrying` or `dead`.
#[derive(Clone, Debug, FromRow)]
pub struct OutboxGauge {
    pub channel: String,
    pub state: String,
    pub messages: i64,
    pub oldest: Timestamp,
}

/// A decision: when it was made, and how long after the submission, when it was the first.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct PaceRow {
    pub at: Timestamp,
    /// Microseconds.
    pub span: Option<i64>,
}

impl Tx {
    /// The latest decisions on comments of a site since then, at most `most`.
    pub async fn decided_since(
        &mut self,
        site: SiteId,
        since: AuditId,
        most: i64,
    ) -> Result<Vec<PaceRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(DECIDED.text(kind))
            .bind(site)
            .bind(since)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// What waits for moderators.
    pub async fn queue_gauges(&mut self) -> Result<Vec<QueueGauge>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(QUEUE.text(kind)).fetch_all(conn).await?))
    }

    /// What is owed, and what was given up.
    pub async fn outbox_gauges(&mut self) -> Result<Vec<OutboxGauge>, StoreError> {
        let mut gauges: Vec<OutboxGauge> =
            on!(self, |conn, kind| sqlx::query_as(OWED.text(kind)).fetch_all(conn).await?);
        gauges.extend::<Vec<OutboxGauge>>(on!(self, |conn, kind| sqlx::query_as(DEAD.text(kind))
            .fetch_all(conn)
            .await?));
        Ok(gauges)
    }
}
