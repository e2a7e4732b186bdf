//! Articles: the pages of a site that can carry comments, as the site and the desk keep them.

use serde::{Deserialize, Deserializer};
use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ArticleId, SiteId, Timestamp};

macro_rules! columns {
    () => {
        "id, site, key, url, title, section, provisional, open, closes_at, approved_count, version, changed_at, deleted_at, edition"
    };
}

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
    CHANGED = same!("select ", columns!(), " from articles where changed_at >= $1 order by changed_at limit 10000");
    PUT = same!(
        "insert into articles (id, site, key, url, title, section, provisional, open, closes_at, approved_count, ",
        "version, changed_at, created_at) values ($1, $2, $3, $4, $5, $6, false, $7, $8, 0, 1, $9, $9) ",
        "on conflict (site, key) do update set url = excluded.url, title = excluded.title, ",
        "section = excluded.section, provisional = false, open = excluded.open, closes_at = excluded.closes_at, ",
        "deleted_at = null, version = articles.version + 1, edition = articles.edition + 1, changed_at = excluded.changed_at ",
        "returning ", columns!()
    );
    PATCH = same!(
        "update articles set url = coalesce($3, url), title = coalesce($4, title), section = coalesce($5, section), ",
        "open = coalesce($6, open), closes_at = case when $7 then $8 else closes_at end, provisional = false, ",
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
    pub open: bool,
    pub closes_at: Option<Timestamp>,
    pub approved_count: i64,
    /// Counts visible changes.
    pub version: i64,
    pub changed_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    /// Counts changes of what the site or the desk says of it.
    pub edition: i64,
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
}

/// What changes of an article; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ArticlePatch {
    pub url: Option<String>,
    pub title: Option<String>,
    pub section: Option<String>,
    pub open: Option<bool>,
    pub closes_at: Change<Timestamp>,
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

/// Where it is given, it becomes what is given; null takes it away.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Becomes)
    }
}

impl Tx {
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

    /// The articles that changed visibly at or after that moment.
    pub async fn articles_changed_since(&mut self, since: Timestamp) -> Result<Vec<ArticleRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CHANGED.text(kind)).bind(since).fetch_all(conn).await?))
    }

    /// Makes the article, or sets all that the site says of it; `new` is its id if it is made.
    pub async fn put_article(
        &mut self,
        (new, site, key): (ArticleId, SiteId, &str),
        says: &ArticleSettings,
        now: Timestamp,
    ) -> Result<ArticleRow, StoreError> {
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
        let (closing, closes_at) = match patch.closes_at {
            Change::Stays => (false, None),
            Change::Becomes(at) => (true, at),
        };
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
