//! Most Engaging: people by article and stretch of time, and the scores that follow from these.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    sql::{on, statements},
    voices::micros,
};
use crate::domain::{ArticleId, SiteId, Timestamp, Window};

statements! {
    ADD = insert!("engagement": article uuid, span text, bucket bigint, people bigint, approved bigint, answers bigint,
        picks bigint; " where true on conflict (article, span, bucket) do update set people = engagement.people + excluded.people, \
        approved = engagement.approved + excluded.approved, answers = engagement.answers + excluded.answers, \
        picks = engagement.picks + excluded.picks");
    /// Stretches that nobody counts in any more, or that have gone by.
    CLEAR = among!(
        "delete from engagement where ((people = 0 and answers = 0 and picks = 0) or (span = '24h' and bucket < $2) \
        or (span = '7d' and bucket < $3) or (span = '30d' and bucket < $4)) and article in (", 1, ")"
    );
    TALLIES = among!(
        "select article, span, bucket, people, approved, answers, picks from engagement where article in (", 1, ")"
    );
    LATEST = among!(
        "select a.id, a.site, (select max(v.at) from voices v where v.article = a.id) as last_at from articles a where a.id in (",
        1, ")"
    );
    INSERT_SCORES = insert!("engaging": article uuid, span text, site uuid, bucket bigint, score bigint, last_at bigint,
        commenters bigint, by_commenters bigint, conversations bigint, by_conversations bigint, picks bigint,
        by_picks bigint, share bigint, by_approval bigint);
    REMOVE_SCORES = among!("delete from engaging where article in (", 1, ")");
    /// Scores of a stretch that has gone by.
    DUE = same!("select distinct article from engaging where span = $1 and bucket < $2 limit $3");
    RANKED = same!(
        "select a.key, a.url, a.title, a.approved_count, e.score, e.last_at, e.commenters, e.by_commenters, e.conversations, ",
        "e.by_conversations, e.picks, e.by_picks, e.share, e.by_approval from engaging e join articles a on a.id = e.article ",
        "where e.site = $1 and e.span = $2 and e.last_at > $3 and a.deleted_at is null and not a.provisional ",
        "order by e.score desc, e.last_at desc, e.article desc limit $4"
    );
    LIVELY = same!(
        "select id, changed_at from articles where changed_at >= $1 and (changed_at > $1 or id > $2) ",
        "order by changed_at, id limit $3"
    );
    FORGET_TALLIES = same!("delete from engagement where article = $1");
    FORGET_SCORES = same!("delete from engaging where article = $1");
}

/// A row of `engagement`, or what is added to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow, Serialize)]
pub struct TallyRow {
    pub article: ArticleId,
    #[serde(serialize_with = "named")]
    pub span: Window,
    pub bucket: i64,
    pub people: i64,
    pub approved: i64,
    pub answers: i64,
    pub picks: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn named<S: serde::Serializer>(window: &Window, serializer: S) -> Result<S::Ok, S::Error> {
    window.name().serialize(serializer)
}

/// A row of `engaging`.
#[derive(Clone, Debug, Serialize)]
pub struct ScoreRow {
    pub article: ArticleId,
    #[serde(serialize_with = "named")]
    pub span: Window,
    pub site: SiteId,
    /// As of this stretch.
    pub bucket: i64,
    #[serde(serialize_with = "micros")]
    pub last_at: Timestamp,
    pub score: i64,
    #[serde(flatten)]
    pub reasons: Reasons,
}

/// What a score is made of; points in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct Reasons {
    pub commenters: i64,
    pub by_commenters: i64,
    pub conversations: i64,
    pub by_conversations: i64,
    pub picks: i64,
    pub by_picks: i64,
    pub share: i64,
    pub by_approval: i64,
}

/// An article among the most engaging ones.
#[derive(Clone, Debug, FromRow)]
pub struct RankedRow {
    pub key: String,
    pub url: String,
    pub title: String,
    pub approved_count: i64,
    pub score: i64,
    pub last_at: Timestamp,
    #[sqlx(flatten)]
    pub reasons: Reasons,
}

/// An article, and when the last of its comments came that counts.
#[derive(Clone, Debug, FromRow)]
pub struct LatestRow {
    pub id: ArticleId,
    pub site: SiteId,
    pub last_at: Option<Timestamp>,
}

impl Tx {
    /// Adds to the tallies; what is taken away is less than nothing.
    pub async fn tally(&mut self, more: &[TallyRow]) -> Result<(), StoreError> {
        self.insert(ADD, more).await
    }

    /// The tallies of these articles, without what has gone by; where each article stands.
    pub async fn tallies(
        &mut self,
        articles: &[ArticleId],
        now: Timestamp,
    ) -> Result<(Vec<TallyRow>, Vec<LatestRow>), StoreError> {
        let articles = Json(articles);
        on!(self, |conn, kind| sqlx::query(CLEAR.text(kind))
            .bind(articles)
            .bind(Window::Day.first_bucket(now))
            .bind(Window::Week.first_bucket(now))
            .bind(Window::Month.first_bucket(now))
            .execute(conn)
            .await
            .map(drop)?);
        let tallies =
            on!(self, |conn, kind| sqlx::query_as(TALLIES.text(kind)).bind(articles).fetch_all(conn).await?);
        let latest =
            on!(self, |conn, kind| sqlx::query_as(LATEST.text(kind)).bind(articles).fetch_all(conn).await?);
        Ok((tallies, latest))
    }

    /// Puts these scores in place of all that the articles had.
    pub async fn score(&mut self, articles: &[ArticleId], scores: &[ScoreRow]) -> Result<(), StoreError> {
        self.insert(REMOVE_SCORES, articles).await?;
        self.insert(INSERT_SCORES, scores).await
    }

    /// Articles with a score of a stretch that has gone by.
    pub async fn due_for_score(
        &mut self,
        window: Window,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<ArticleId>, StoreError> {
        let due: Vec<(ArticleId,)> = on!(self, |conn, kind| sqlx::query_as(DUE.text(kind))
            .bind(window)
            .bind(window.bucket(now))
            .bind(most)
            .fetch_all(conn)
            .await?);
        Ok(due.into_iter().map(|(article,)| article).collect())
    }

    /// The articles of a site that are the most engaging ones in a window: a range of an index.
    pub async fn ranked(
        &mut self,
        (site, window): (SiteId, Window),
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<RankedRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(RANKED.text(kind))
            .bind(site)
            .bind(window)
            .bind(since)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// Articles that changed at or behind this place, in the order of that.
    pub async fn lively(
        &mut self,
        (since, after): (Timestamp, ArticleId),
        most: i64,
    ) -> Result<Vec<(ArticleId, Timestamp)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LIVELY.text(kind))
            .bind(since)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }
}
