//! Articles: the pages of a site that can carry comments, as the site and the desk keep them.

use serde::{Deserialize, Deserializer};
use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ArticleId, ArticleRules, Cause, Mode, SiteId, Timestamp};

macro_rules! columns {
    () => {
        concat!(
            "id, site, key, url, title, section, provisional, approved_count, version, changed_at, deleted_at, edition, ",
            $crate::store::article_rules::article_rules!("articles"), ", breaker_at, breaker_note, breaker_cause, breaker_counted, breaker_of, ",
            "(select m.name from moderators m where m.id = articles.breaker_by) as breaker_by"
        )
    };
}

pub(super) use columns;

/// How many comments wait below an article, counted to 1,000: a flood makes a page no slower.
macro_rules! waiting {
    () => {
        "(select count(*) from (select c.id from comments c where c.article = articles.id and c.needs is not null \
         limit 1000) w) as waiting"
    };
}

statements! {
    INSERT_ARTICLES = insert!("articles": id uuid, site uuid, key text, url text, title text, section text,
        provisional boolean, open boolean, closes_at bigint, approved_count bigint, version bigint,
        changed_at bigint, created_at bigint);
    ONE = same!("select ", columns!(), " from articles where id = $1 and deleted_at is null");
    FIND = same!("select ", columns!(), " from articles where site = $1 and key = $2");
    LIST = same!(
        "select ", columns!(), " from articles where site = $1 and deleted_at is null and id < $2 ",
        "order by id desc limit $3"
    );
    KEPT = same!(
        "select ", columns!(), ", ", waiting!(), " from articles where site = $1 and deleted_at is null and id < $2 ",
        "order by id desc limit $3"
    );
    /// By its key or its address, each along an index of its own. The site is named there only: named here as well, it
    /// would tempt SQLite to walk along all of its articles.
    SOUGHT = same!(
        "select ", columns!(), ", ", waiting!(), " from articles where deleted_at is null and id < $2 ",
        "and id in (select k.id from articles k where k.site = $1 and k.key = $4 ",
        "union select u.id from articles u where u.site = $1 and u.url = $5) order by id desc limit $3"
    );
    CHANGED = same!(
        "select ", columns!(), " from articles where changed_at >= $1 and (changed_at > $1 or id > $2) ",
        "order by changed_at, id limit $3"
    );
    PUT = same!(
        "insert into articles (id, site, key, url, title, section, provisional, open, closes_at, approved_count, ",
        "version, changed_at, created_at, mode, slow_seconds) ",
        "values ($1, $2, $3, $4, $5, $6, false, $7, $8, 0, 1, $9, $9, $11, $13) ",
        "on conflict (site, key) do update set url = excluded.url, title = excluded.title, ",
        "section = excluded.section, provisional = false, open = excluded.open, closes_at = excluded.closes_at, ",
        "stays_open = articles.stays_open and excluded.open, ",
        "mode = case when $10 then excluded.mode else articles.mode end, ",
        "slow_seconds = case when $12 then excluded.slow_seconds else articles.slow_seconds end, ",
        "deleted_at = null, version = articles.version + 1, edition = articles.edition + 1, changed_at = excluded.changed_at ",
        "returning ", columns!()
    );
    PATCH = same!(
        "update articles set url = coalesce($3, url), title = coalesce($4, title), section = coalesce($5, section), ",
        "open = coalesce($6, open), stays_open = coalesce($6, stays_open), ",
        "closes_at = case when $7 then $8 else closes_at end, mode = case when $11 then $12 else mode end, ",
        "slow_seconds = case when $13 then $14 else slow_seconds end, provisional = false, ",
        "version = version + 1, edition = edition + 1, changed_at = $9 ",
        "where site = $1 and key = $2 and deleted_at is null and edition = coalesce($10, edition) returning ", columns!()
    );
    DELETE = same!(
        "update articles set deleted_at = $3, version = version + 1, edition = edition + 1, changed_at = $3 ",
        "where site = $1 and key = $2 and deleted_at is null"
    );
}

/// An article as the site's backend and the desk see it.
#[derive(Clone, Debug, FromRow)]
pub struct ArticleRow {
    pub id: ArticleId,
    pub site: SiteId,
    pub key: String,
    pub url: String,
    pub title: String,
    pub section: Option<String>,
    pub provisional: bool,
    #[sqlx(flatten)]
    pub rules: ArticleRules,
    #[sqlx(flatten)]
    pub breaker: BreakerRow,
    pub approved_count: i64,
    /// Counts visible changes.
    pub version: i64,
    pub changed_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    /// Counts changes of what the site or the desk says of it.
    pub edition: i64,
}

/// What is told of the last breaker of an article, beside what it does and until when.
#[derive(Clone, Debug, Default, FromRow)]
pub struct BreakerRow {
    pub breaker_at: Option<Timestamp>,
    pub breaker_note: Option<String>,
    /// The name of whoever did it, when that was a moderator.
    pub breaker_by: Option<String>,
    breaker_cause: Option<String>,
    breaker_counted: Option<i64>,
    breaker_of: Option<i64>,
}

impl BreakerRow {
    /// Why a rule did it, when it was one.
    pub fn cause(&self) -> Option<Cause> {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Cause::parse(self.breaker_cause.as_deref()?, count(self.breaker_counted?), self.breaker_of.map(count))
    }
}

/// An article as editors keep it.
#[derive(Clone, Debug, FromRow)]
pub struct KeptArticle {
    #[sqlx(flatten)]
    pub article: ArticleRow,
    /// How many of its comments wait, counted to 1,000.
    pub waiting: i64,
}

/// What the site says of an article.
#[derive(Clone, Debug)]
pub struct ArticleSettings {
    pub url: String,
    pub title: String,
    pub section: Option<String>,
    pub open: bool,
    pub closes_at: Option<Timestamp>,
    /// In place of the mode of its site; where nothing is said of it, it stays.
    pub mode: Change<Mode>,
    /// In place of the slow mode of its site, in seconds; where nothing is said of it, it stays.
    pub slow_seconds: Change<u32>,
}

/// What changes of an article; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ArticlePatch {
    pub url: Option<String>,
    pub title: Option<String>,
    pub section: Option<String>,
    pub open: Option<bool>,
    pub closes_at: Change<Timestamp>,
    pub mode: Change<Mode>,
    pub slow_seconds: Change<u32>,
    /// Only while it is in this edition, when one is named.
    pub edition: Option<i64>,
}

/// A member that can stay, be set, or be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// As it was.
    #[default]
    Stays,
    /// To this, or to nothing.
    Becomes(Option<T>),
}

impl<T> Change<T> {
    /// Whether it changes, and what to.
    fn parts(self) -> (bool, Option<T>) {
        match self {
            Self::Stays => (false, None),
            Self::Becomes(value) => (true, value),
        }
    }
}

/// Where it is given, it becomes what is given; null takes it away.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Becomes)
    }
}

impl Tx {
    /// The article with that identifier; none when it was deleted.
    pub async fn article_of(&mut self, id: ArticleId) -> Result<Option<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ONE.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// The article of that key, also a deleted one.
    pub async fn article(&mut self, site: SiteId, key: &str) -> Result<Option<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(FIND.text(kind))
            .bind(site)
            .bind(key)
            .fetch_optional(conn)
            .await?))
    }

    /// The newest articles of a site, those before `before`.
    pub async fn articles(
        &mut self,
        site: SiteId,
        before: ArticleId,
        limit: i64,
    ) -> Result<Vec<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LIST.text(kind))
            .bind(site)
            .bind(before)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// The same with what waits below them; when something is sought, only those with this key or under this address.
    pub async fn kept_articles(
        &mut self,
        site: SiteId,
        sought: Option<(&str, &str)>,
        (before, limit): (ArticleId, i64),
    ) -> Result<Vec<KeptArticle>, StoreError> {
        Ok(on!(self, |conn, kind| match sought {
            None =>
                sqlx::query_as(KEPT.text(kind)).bind(site).bind(before).bind(limit).fetch_all(conn).await?,
            Some((key, url)) =>
                sqlx::query_as(SOUGHT.text(kind))
                    .bind(site)
                    .bind(before)
                    .bind(limit)
                    .bind(key)
                    .bind(url)
                    .fetch_all(conn)
                    .await?,
        }))
    }

    /// The articles that changed visibly after that moment, or at it and with a later id: so many at most, in this order.
    pub async fn articles_changed_since(
        &mut self,
        (since, after): (Timestamp, ArticleId),
        most: i64,
    ) -> Result<Vec<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CHANGED.text(kind))
            .bind(since)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// Makes the article, or sets all that the site says of it; `new` is its id if it is made.
    pub async fn put_article(
        &mut self,
        (new, site, key): (ArticleId, SiteId, &str),
        says: &ArticleSettings,
        now: Timestamp,
    ) -> Result<ArticleRow, StoreError> {
        let (moding, mode) = says.mode.parts();
        let (slowing, slow_seconds) = says.slow_seconds.parts();
        Ok(on!(self, |conn, kind| sqlx::query_as(PUT.text(kind))
            .bind(new)
            .bind(site)
            .bind(key)
            .bind(&says.url)
            .bind(&says.title)
            .bind(&says.section)
            .bind(says.open)
            .bind(says.closes_at)
            .bind(now)
            .bind(moding)
            .bind(mode)
            .bind(slowing)
            .bind(slow_seconds.map(i64::from))
            .fetch_one(conn)
            .await?))
    }

    /// Changes some of what the site says of an article; none when there is no such article, or not in that edition.
    pub async fn patch_article(
        &mut self,
        (site, key): (SiteId, &str),
        patch: &ArticlePatch,
        now: Timestamp,
    ) -> Result<Option<ArticleRow>, StoreError> {
        let (closing, closes_at) = patch.closes_at.parts();
        let (moding, mode) = patch.mode.parts();
        let (slowing, slow_seconds) = patch.slow_seconds.parts();
        Ok(on!(self, |conn, kind| sqlx::query_as(PATCH.text(kind))
            .bind(site)
            .bind(key)
            .bind(&patch.url)
            .bind(&patch.title)
            .bind(&patch.section)
            .bind(patch.open)
            .bind(closing)
            .bind(closes_at)
            .bind(now)
            .bind(patch.edition)
            .bind(moding)
            .bind(mode)
            .bind(slowing)
            .bind(slow_seconds.map(i64::from))
            .fetch_optional(conn)
            .await?))
    }

    /// Makes an article and its comments unreachable; whether there was one.
    pub async fn delete_article(
        &mut self,
        site: SiteId,
        key: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(DELETE.text(kind))
            .bind(site)
            .bind(key)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}
