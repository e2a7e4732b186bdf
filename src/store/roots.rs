//! Pages of top-level comments, in each order.

use uuid::Uuid;

use super::{
    PublishedRow, StoreError, Tx,
    published::{columns, texts},
    sql::{on, statements},
};
use crate::domain::{ArticleId, CommentId};

macro_rules! roots {
    ($behind:literal, $order:literal) => {
        concat!(
            "select ",
            columns!(),
            " from comments c",
            texts!(),
            " where c.article = $1 and c.parent is null and (c.status = 'approved' or c.approved_below > 0)",
            " and ",
            $behind,
            " order by ",
            $order,
            " limit $2"
        )
    };
}

statements! {
    ROOTS_OLDEST = same!(roots!("c.id > $3", "c.id"));
    ROOTS_NEWEST = same!(roots!("c.id < $3", "c.id desc"));
    /// Those of one rank in the order of arrival.
    ROOTS_TOP = same!(roots!("(c.rank, c.id) > ($4, $3)", "c.rank, c.id"));
    RANK_OF = same!("select rank from comments where id = $1 and article = $2 and parent is null");
}

/// The order of top-level comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    #[default]
    Oldest,
    Newest,
    /// Picks first, then what the most different people answered.
    Top,
}

/// A page of top-level comments of an article, in the order of `sort`.
#[derive(Clone, Copy, Debug)]
pub struct RootsQuery {
    pub article: ArticleId,
    pub sort: Sort,
    pub start: Start,
    pub limit: i64,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub enum Start {
    /// With the first one.
    First,
    /// Right behind this one, wherever that stands now.
    Behind(CommentId),
    /// With this one.
    At(CommentId),
}

impl Start {
    const fn comment(self) -> Option<CommentId> {
        match self {
            Self::First => None,
            Self::Behind(comment) | Self::At(comment) => Some(comment),
        }
    }

    /// The id behind which the page begins among those of one rank.
    fn id(self, sort: Sort) -> Uuid {
        let is_rising = sort != Sort::Newest;
        match self {
            Self::First if is_rising => Uuid::nil(),
            Self::First => Uuid::max(),
            Self::Behind(comment) => comment.uuid(),
            Self::At(comment) if is_rising => Uuid::from_u128(comment.uuid().as_u128().saturating_sub(1)),
            Self::At(comment) => Uuid::from_u128(comment.uuid().as_u128().saturating_add(1)),
        }
    }
}

impl Tx {
    /// A page of top-level comments.
    pub async fn published_roots(&mut self, query: RootsQuery) -> Result<Vec<PublishedRow>, StoreError> {
        let RootsQuery { article, sort, start, limit } = query;
        let sql = match sort {
            Sort::Oldest => ROOTS_OLDEST,
            Sort::Newest => ROOTS_NEWEST,
            Sort::Top => return self.top(query).await,
        };
        Ok(on!(self, |conn, kind| sqlx::query_as(sql.text(kind))
            .bind(article)
            .bind(limit)
            .bind(start.id(sort))
            .fetch_all(conn)
            .await?))
    }

    async fn top(&mut self, query: RootsQuery) -> Result<Vec<PublishedRow>, StoreError> {
        let RootsQuery { article, sort, start, limit } = query;
        let rank = match start.comment() {
            Some(comment) => {
                let rank: Option<(i64,)> = on!(self, |conn, kind| sqlx::query_as(RANK_OF.text(kind))
                    .bind(comment)
                    .bind(article)
                    .fetch_optional(conn)
                    .await?);
                // nothing stands behind what was never there
                let Some((rank,)) = rank else { return Ok(Vec::new()) };
                rank
            }
            None => i64::MIN,
        };
        Ok(on!(self, |conn, kind| sqlx::query_as(ROOTS_TOP.text(kind))
            .bind(article)
            .bind(limit)
            .bind(start.id(sort))
            .bind(rank)
            .fetch_all(conn)
            .await?))
    }
}
