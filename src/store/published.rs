//! What readers see: approved comments, and the tombstones that hold up approved replies.
//!
//! Every list here is a range of a partial index whose condition stands word for word in the query.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    article_rules::article_rules,
    sql::{on, statements},
};
use crate::domain::{ArticleId, ArticleRules, CommentId, SiteId, Status, Timestamp};

macro_rules! columns {
    () => {
        "c.id, c.thread, c.parent, c.status, c.name, c.website, c.staff, r.text, c.published_at, c.edited_at, c.picked_at, \
         r.editor is not null as by_site"
    };
}

pub(super) use columns;

macro_rules! texts {
    () => {
        " join revisions r on r.comment = c.id and r.number = c.revision"
    };
}

pub(super) use texts;

statements! {
    /// The first replies of each thread: up to the last of these, so that a thread with thousands costs no more than one with
    /// as many as are shown.
    REPLIES = among!(
        "with these (thread) as (",
        1,
        concat!(
            "), ends (thread, last) as materialized (select t.thread, coalesce((select a.id from comments a ",
            "where a.thread = t.thread and a.parent is not null and (a.status = 'approved' or a.approved_below > 0) ",
            "order by a.id limit 1 offset $2), $3) from these t) ",
            "select ", columns!(), " from ends e join comments c on c.thread = e.thread and c.id <= e.last", texts!(),
            " where c.parent is not null and (c.status = 'approved' or c.approved_below > 0) order by c.id"
        )
    );
    REPLIES_UNTIL = same!(
        "select ", columns!(), " from comments c", texts!(),
        " where c.thread = $1 and c.parent is not null and (c.status = 'approved' or c.approved_below > 0)",
        " and c.id <= $2 order by c.id limit $3"
    );
    MORE_REPLIES = same!(
        "select ", columns!(), " from comments c", texts!(),
        " where c.thread = $1 and c.parent is not null and (c.status = 'approved' or c.approved_below > 0)",
        " and c.id > $2 order by c.id limit $3"
    );
    REPLIES_BELOW = same!(
        "with recursive below (id) as (select a.id from comments a where a.parent = $1 and a.parent is not null ",
        "and (a.status = 'approved' or a.approved_below > 0) and (a.id > $2 or a.approved_below > 0) ",
        "union all select a.id from below b join comments a on a.parent = b.id where a.parent is not null ",
        "and (a.status = 'approved' or a.approved_below > 0) and (a.id > $2 or a.approved_below > 0)) ",
        "select ", columns!(), " from comments c", texts!(),
        " where c.id in (select id from below) and c.id > $2 order by c.id limit $3"
    );
    ONE = same!(
        "select ", columns!(), ", a.id as article, a.site, a.key, a.url, a.title, ", article_rules!("a"), ", ",
        "a.approved_count, a.version from comments c", texts!(),
        " join articles a on a.id = c.article ",
        "where c.id = $1 and a.site = $2 and a.deleted_at is null and c.status = 'approved'"
    );
    /// A comment that stands, or a tombstone that holds up others.
    PLACE = same!(
        "select c.thread, c.article from comments c join articles a on a.id = c.article where c.id = $1 and a.site = $2 ",
        "and a.deleted_at is null and (c.status = 'approved' or c.approved_below > 0)"
    );
    /// Those of these keys.
    ARTICLES = given!(
        2,
        concat!(
            "select id as article, site, key, url, title, ", article_rules!("articles"), ", approved_count, version ",
            "from articles where site = $1 and key in (select value from these) and deleted_at is null and not provisional"
        )
    );
    ARTICLE = same!(
        "select id as article, site, key, url, title, ", article_rules!("articles"), ", approved_count, version from articles ",
        "where site = $1 and key = $2 and deleted_at is null and not provisional"
    );
}

/// An article as readers see it.
#[derive(Clone, Debug, FromRow)]
pub struct PublishedArticle {
    #[sqlx(rename = "article")]
    pub id: ArticleId,
    pub site: SiteId,
    pub key: String,
    pub url: String,
    pub title: String,
    #[sqlx(flatten)]
    pub rules: ArticleRules,
    pub approved_count: i64,
    /// Rises with every visible change.
    pub version: i64,
}

/// A comment as readers see it, or the place where one stood.
#[derive(Clone, Debug, FromRow)]
pub struct PublishedRow {
    pub id: CommentId,
    pub thread: CommentId,
    pub parent: Option<CommentId>,
    pub status: Status,
    pub name: String,
    pub website: Option<String>,
    pub staff: bool,
    pub text: String,
    pub published_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
    pub picked_at: Option<Timestamp>,
    /// Whether the text is one of a moderator, in place of the commenter's.
    pub by_site: bool,
}

#[derive(FromRow)]
struct OneRow {
    #[sqlx(flatten)]
    comment: PublishedRow,
    #[sqlx(flatten)]
    article: PublishedArticle,
}

/// A reply that a page must show, and the thread that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Around {
    pub thread: CommentId,
    pub comment: CommentId,
}

impl Tx {
    /// The article of that key, if readers may see it.
    pub async fn published_article(
        &mut self,
        site: SiteId,
        key: &str,
    ) -> Result<Option<PublishedArticle>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ARTICLE.text(kind))
            .bind(site)
            .bind(key)
            .fetch_optional(conn)
            .await?))
    }

    /// Those of the articles of these keys that readers may see, in no order.
    pub async fn published_articles(
        &mut self,
        site: SiteId,
        keys: &[&str],
    ) -> Result<Vec<PublishedArticle>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ARTICLES.text(kind))
            .bind(site)
            .bind(Json(keys))
            .fetch_all(conn)
            .await?))
    }

    /// The first `each` replies of each of these threads, in the order of arrival.
    pub async fn published_replies(
        &mut self,
        threads: &[CommentId],
        each: i64,
    ) -> Result<Vec<PublishedRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(REPLIES.text(kind))
            .bind(Json(threads))
            .bind((each - 1).max(0))
            .bind(Uuid::max())
            .fetch_all(conn)
            .await?))
    }

    /// The replies of a thread up to one that is looked for, and the next one behind it.
    pub async fn replies_around(
        &mut self,
        around: Around,
        most: i64,
    ) -> Result<Vec<PublishedRow>, StoreError> {
        let Around { thread, comment } = around;
        let mut replies: Vec<PublishedRow> = on!(self, |conn, kind| sqlx::query_as(REPLIES_UNTIL.text(kind))
            .bind(thread)
            .bind(comment)
            .bind(most)
            .fetch_all(conn)
            .await?);
        replies.extend(self.more_replies((thread, thread), comment, 1).await?);
        Ok(replies)
    }

    /// The replies below a comment that came after `after`, at any depth, in the order of arrival.
    pub async fn more_replies(
        &mut self,
        (thread, comment): (CommentId, CommentId),
        after: CommentId,
        limit: i64,
    ) -> Result<Vec<PublishedRow>, StoreError> {
        if thread == comment {
            return Ok(on!(self, |conn, kind| sqlx::query_as(MORE_REPLIES.text(kind))
                .bind(thread)
                .bind(after)
                .bind(limit)
                .fetch_all(conn)
                .await?));
        }
        let floor = after.max(comment);
        Ok(on!(self, |conn, kind| sqlx::query_as(REPLIES_BELOW.text(kind))
            .bind(comment)
            .bind(floor)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// One approved comment with its article; nothing for any other.
    pub async fn published(
        &mut self,
        site: SiteId,
        comment: CommentId,
    ) -> Result<Option<(PublishedRow, PublishedArticle)>, StoreError> {
        let row: Option<OneRow> = on!(self, |conn, kind| sqlx::query_as(ONE.text(kind))
            .bind(comment)
            .bind(site)
            .fetch_optional(conn)
            .await?);
        Ok(row.map(|row| (row.comment, row.article)))
    }

    /// The thread and the article of a comment that is in public lists, approved or as a tombstone.
    pub async fn published_thread(
        &mut self,
        site: SiteId,
        comment: CommentId,
    ) -> Result<Option<(CommentId, ArticleId)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(PLACE.text(kind))
            .bind(comment)
            .bind(site)
            .fetch_optional(conn)
            .await?))
    }
}
