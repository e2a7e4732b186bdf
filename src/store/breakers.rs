//! Breakers: what happened below articles lately, and the compare-and-set by which one of many processes takes an
//! article out of the usual rules.

use sqlx::FromRow;

use super::{
    ArticleRow, StoreError, Tx,
    articles::columns,
    sql::{on, statements},
};
use crate::domain::{ArticleId, BreakerAction, Burst, Cause, CommentId, ModeratorId, SiteId, Timestamp};

statements! {
    /// The latest comments by their identifiers, which begin with the time: a range of the primary key, of bounded length.
    /// What was there before the last breaker ended does not count, and neither does what did not come from readers, or
    /// what a rule took for spam: nobody has work with that, and one client can send a lot of it. What people decided is
    /// what says that a discussion goes wrong.
    BURSTS = same!(
        "select a.id as article, a.site, a.key, coalesce(a.breaker_until, 0) as seen, count(*) as arrived, ",
        "sum(case when c.decided_at is not null and c.status in ('approved', 'rejected', 'spam') then 1 else 0 end) as decided, ",
        "sum(case when c.decided_at is not null and c.status in ('rejected', 'spam') then 1 else 0 end) as rejected ",
        "from (select article, status, submitted_at, decided_at from comments where id >= $1 and not staff ",
        "and form <> 'import' and (status <> 'spam' or decided_at is not null) order by id desc limit 100000) c ",
        "join articles a on a.id = c.article where a.deleted_at is null ",
        "and coalesce(a.breaker_until, 0) <= $2 and c.submitted_at > coalesce(a.breaker_until, 0) ",
        "group by a.id, a.site, a.key, a.breaker_until having count(*) >= $3 order by a.id limit 1000"
    );
    /// The moment at which the last one ended, or will, says whether somebody was quicker.
    TRIP = same!(
        "update articles set breaker = $3, breaker_at = $4, breaker_until = $5, breaker_note = null, breaker_by = null, ",
        "breaker_cause = $6, breaker_counted = $7, breaker_of = $8, version = version + 1, edition = edition + 1, ",
        "changed_at = $4 where id = $1 and deleted_at is null and coalesce(breaker_until, 0) = $2"
    );
    PAUSE = same!(
        "update articles set breaker = $4, breaker_at = $5, breaker_until = $6, breaker_note = $7, breaker_by = $8, ",
        "breaker_cause = null, breaker_counted = null, breaker_of = null, version = version + 1, edition = edition + 1, ",
        "changed_at = $5 where site = $1 and key = $2 and deleted_at is null and edition = coalesce($3, edition) returning ",
        columns!()
    );
    RESUME = same!(
        "update articles set breaker = null, breaker_until = $4, breaker_note = null, breaker_by = null, ",
        "breaker_cause = null, breaker_counted = null, breaker_of = null, version = version + 1, edition = edition + 1, ",
        "changed_at = $4 where site = $1 and key = $2 and deleted_at is null and edition = coalesce($3, edition) ",
        "and breaker is not null and breaker_until > $4 returning ",
        columns!()
    );
    IN_FORCE = same!(
        "select ", columns!(), " from articles where site = $1 and breaker is not null and breaker_until > $2 ",
        "and deleted_at is null order by breaker_until limit $3"
    );
}

/// What happened below an article within the time that was asked for.
#[derive(Clone, Debug)]
pub struct BurstRow {
    pub article: ArticleId,
    pub site: SiteId,
    pub key: String,
    /// When the last breaker ended; the beginning of time when there was none.
    pub seen: Timestamp,
    pub burst: Burst,
}

#[derive(FromRow)]
struct Counted {
    article: ArticleId,
    site: SiteId,
    key: String,
    seen: Timestamp,
    arrived: i64,
    decided: i64,
    rejected: i64,
}

impl From<Counted> for BurstRow {
    fn from(row: Counted) -> Self {
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let burst =
            Burst { arrived: count(row.arrived), decided: count(row.decided), rejected: count(row.rejected) };
        Self { article: row.article, site: row.site, key: row.key, seen: row.seen, burst }
    }
}

/// What takes an article out of the usual rules, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Interruption {
    pub action: BreakerAction,
    pub at: Timestamp,
    pub until: Timestamp,
}

impl Tx {
    /// What happened below articles since that comment, the smallest identifier of a moment; of each article only what came
    /// after its last breaker, and only those without one in force, with `least` comments or more.
    pub async fn bursts(
        &mut self,
        since: CommentId,
        (now, least): (Timestamp, u32),
    ) -> Result<Vec<BurstRow>, StoreError> {
        let rows: Vec<Counted> = on!(self, |conn, kind| sqlx::query_as(BURSTS.text(kind))
            .bind(since)
            .bind(now)
            .bind(i64::from(least))
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(BurstRow::from).collect())
    }

    /// A rule takes an article out of the usual rules; false when somebody was quicker.
    pub async fn trip(
        &mut self,
        (article, seen): (ArticleId, Timestamp),
        what: Interruption,
        cause: Cause,
    ) -> Result<bool, StoreError> {
        let (counted, of) = cause.counted();
        let rows = on!(self, |conn, kind| sqlx::query(TRIP.text(kind))
            .bind(article)
            .bind(seen)
            .bind(what.action)
            .bind(what.at)
            .bind(what.until)
            .bind(cause.name())
            .bind(i64::from(counted))
            .bind(of.map(i64::from))
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Somebody takes an article out of the usual rules, in place of a breaker that is in force; none when there is no such
    /// article, or not in that edition.
    pub async fn pause(
        &mut self,
        (site, key, edition): (SiteId, &str, Option<i64>),
        what: Interruption,
        (note, by): (Option<&str>, Option<ModeratorId>),
    ) -> Result<Option<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(PAUSE.text(kind))
            .bind(site)
            .bind(key)
            .bind(edition)
            .bind(what.action)
            .bind(what.at)
            .bind(what.until)
            .bind(note)
            .bind(by)
            .fetch_optional(conn)
            .await?))
    }

    /// Ends the breaker of an article; none when there is no such article, not in that edition, or no breaker in force.
    pub async fn resume(
        &mut self,
        (site, key, edition): (SiteId, &str, Option<i64>),
        now: Timestamp,
    ) -> Result<Option<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(RESUME.text(kind))
            .bind(site)
            .bind(key)
            .bind(edition)
            .bind(now)
            .fetch_optional(conn)
            .await?))
    }

    /// The articles of a site whose breaker is in force, the first to end first.
    pub async fn breakers(
        &mut self,
        site: SiteId,
        (now, limit): (Timestamp, i64),
    ) -> Result<Vec<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(IN_FORCE.text(kind))
            .bind(site)
            .bind(now)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }
}
