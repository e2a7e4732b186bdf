//! Comments that say nearly the same, found by the bands of their texts.

use serde::Serialize;
use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ClusterId, CommentId, SiteId};

/// The first comments with one band, enough to find the one that began a campaign behind some that are like it by
/// chance.
macro_rules! of_band {
    ($band:literal, $after:literal) => {
        concat!(
            "select * from (select l.comment from likenesses l where l.band = ",
            $band,
            " and l.comment > ",
            $after,
            " order by l.comment limit 32) found"
        )
    };
}

/// What has one of four bands, with what tells how alike it is.
macro_rules! alike {
    ($one:literal, $two:literal, $three:literal, $four:literal, $after:literal) => {
        concat!(
            "select c.id, c.likeness, c.cluster from (",
            $crate::store::likeness::of_band!($one, $after),
            " union ",
            $crate::store::likeness::of_band!($two, $after),
            " union ",
            $crate::store::likeness::of_band!($three, $after),
            " union ",
            $crate::store::likeness::of_band!($four, $after),
            ") shared join comments c on c.id = shared.comment where c.cluster is not null"
        )
    };
}

statements! {
    INSERT = insert!("likenesses": band bigint, comment uuid; " where true on conflict do nothing");
    ALIKE = same!(alike!("$1", "$2", "$3", "$4", "$5"));
    FORGET = same!("delete from likenesses where comment = $1");
    GROUP = same!("update comments set likeness = $2, cluster = $3 where id = $1");
    CLUSTER = same!("select site, cluster from comments where id = $1");
    /// All rows of the oldest comments, whose ids begin with the time: a range, or a planner may read the whole table.
    SWEEP = same!(
        "delete from likenesses where comment between ",
        "(select l.comment from likenesses l where l.comment < $1 order by l.comment limit 1) and ",
        "(select few.comment from (select l.comment from likenesses l where l.comment < $1 order by l.comment limit $2) ",
        "few order by few.comment desc limit 1)"
    );
}

/// By which bands, and behind which comment, others are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought {
    /// Of the text; none where it is too short to be like another.
    pub bands: Option<[i64; 4]>,
    /// Only what came after this.
    pub after: CommentId,
}

/// A comment that may say nearly the same.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Alike {
    pub id: CommentId,
    /// Tells whether it does.
    pub likeness: i64,
    pub cluster: ClusterId,
}

/// A row of `likenesses`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BandRow {
    pub band: i64,
    pub comment: CommentId,
}

impl Tx {
    /// What may say nearly the same, in no order; of each band the first few.
    pub async fn alike(&mut self, sought: Sought) -> Result<Vec<Alike>, StoreError> {
        let Some(bands) = sought.bands else { return Ok(Vec::new()) };
        Ok(on!(self, |conn, kind| sqlx::query_as(ALIKE.text(kind))
            .bind(bands[0])
            .bind(bands[1])
            .bind(bands[2])
            .bind(bands[3])
            .bind(sought.after)
            .fetch_all(conn)
            .await?))
    }

    /// Puts a comment with a new text into a cluster, or into none, in place of the one of its earlier text; nothing finds
    /// it by that any more.
    pub async fn regroup(
        &mut self,
        comment: CommentId,
        group: Option<(i64, ClusterId)>,
    ) -> Result<(), StoreError> {
        let (likeness, cluster) = group.unzip();
        on!(self, |conn, kind| sqlx::query(FORGET.text(kind)).bind(comment).execute(conn).await.map(drop)?);
        on!(self, |conn, kind| sqlx::query(GROUP.text(kind))
            .bind(comment)
            .bind(likeness)
            .bind(cluster)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Writes what finds texts; what is there already stays.
    pub async fn write_likenesses(&mut self, rows: &[BandRow]) -> Result<(), StoreError> {
        self.insert(INSERT, rows).await
    }

    /// The site of a comment, and the cluster that it belongs to, if its text is long enough for one.
    pub async fn cluster_of(
        &mut self,
        comment: CommentId,
    ) -> Result<Option<(SiteId, Option<ClusterId>)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CLUSTER.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// Forgets what finds the texts of comments before this one, at most `most` rows at a time; clusters stay. How many
    /// rows went.
    pub async fn sweep_likenesses(&mut self, before: CommentId, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}

pub(super) use {alike, of_band};
