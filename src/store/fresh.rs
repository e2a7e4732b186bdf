//! What feeds tell: the comments that were published last, of an article or of a whole site.

use sqlx::FromRow;

use super::{
    PublishedRow, StoreError, Tx,
    published::{columns, texts},
    sql::{on, statements},
};
use crate::domain::{ArticleId, CommentId, SiteId};

statements! {
    OF_ARTICLE = same!(
        "select ", columns!(), ", a.url, a.title from comments c", texts!(), " join articles a on a.id = c.article ",
        "where c.article = $1 and c.status = 'approved' order by c.published_at desc, c.id desc limit $2"
    );
    OF_SITE = same!(
        "select ", columns!(), ", a.url, a.title from comments c", texts!(), " join articles a on a.id = c.article ",
        "where c.site = $1 and c.status = 'approved' and a.deleted_at is null and not a.provisional ",
        "order by c.published_at desc, c.id desc limit $2"
    );
    /// What tells whether these are other ones than before, or look otherwise.
    STATE_OF_SITE = same!(
        "select c.id, c.version, a.version as of_article from comments c join articles a on a.id = c.article ",
        "where c.site = $1 and c.status = 'approved' and a.deleted_at is null and not a.provisional ",
        "order by c.published_at desc, c.id desc limit $2"
    );
}

/// A comment of a feed, with the address and the title of its article.
#[derive(Clone, Debug, FromRow)]
pub struct FreshRow {
    #[sqlx(flatten)]
    pub comment: PublishedRow,
    pub url: String,
    pub title: String,
}

impl Tx {
    /// The comments of an article that were published last, the newest first.
    pub async fn fresh_of_article(
        &mut self,
        article: ArticleId,
        most: i64,
    ) -> Result<Vec<FreshRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_ARTICLE.text(kind))
            .bind(article)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// Those of a site.
    pub async fn fresh_of_site(&mut self, site: SiteId, most: i64) -> Result<Vec<FreshRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_SITE.text(kind))
            .bind(site)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// Which these are: each with its version and that of its article. The same ones look the same.
    pub async fn fresh_state(
        &mut self,
        site: SiteId,
        most: i64,
    ) -> Result<Vec<(CommentId, i64, i64)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(STATE_OF_SITE.text(kind))
            .bind(site)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }
}
