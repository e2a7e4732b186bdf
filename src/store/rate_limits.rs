//! Limits that replicas share: how much of each is used up, in one statement for all that a request asks of
//! (GCRA, as in `screen::limit`).
//!
//! Only with PostgreSQL. A `SQLite` file is served by one process, whose own memory is what all share; a row
//! for each request would cost it a sync of the disk.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    Pace, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::Timestamp;

/// One turn of [`TAKE`]: it takes from the buckets of one kind when all before it were taken.
///
/// The condition stands twice. What `open` read may be old by the time a row is written, and the `where` of the
/// update sees the row as it is then. Rows are written in the order of their keys, so that requests which share
/// some wait for each other and never for one another.
macro_rules! turn {
    ($step:literal, $when:literal) => {
        concat!(
            "(insert into rate_limits as l (key, free_at, expires_at) ",
            "select key, $2 + every, (($2 + every) / 600000000 + 2) * 600000000 from open where step = ",
            $step,
            $when,
            " order by key on conflict (key) do update set ",
            "free_at = greatest(l.free_at, $2) + excluded.free_at - $2, ",
            "expires_at = ((greatest(l.free_at, $2) + excluded.free_at - $2) / 600000000 + 2) * 600000000 ",
            "where l.free_at <= $2 + (select a.room from asked a where a.key = excluded.key) ",
            "returning l.key, l.free_at)"
        )
    };
}

statements! {
    /// First what is the client's own, then what it shares with its neighbours, then the site's. Whoever is
    /// refused by one of the first two takes nothing at all; the site refuses nobody.
    ///
    /// What is lost with the power costs a client nothing, so this commit need not wait for the disk: the
    /// setting holds until the end of the transaction, which is this statement.
    TAKE = replicated!(
        "select '' as key, 0 as stood, null as taken where $1 is null and $2 is null",
        concat!(
            "with asked as materialized (select value ->> 'key' as key, cast(value ->> 'step' as bigint) as step, ",
            "cast(value ->> 'every' as bigint) as every, cast(value ->> 'room' as bigint) as room ",
            "from jsonb_array_elements($1) as list (value), ",
            "(select set_config('synchronous_commit', 'off', true)) as once (is_set)), ",
            "stood as materialized (select a.key, a.step, a.every, a.room, greatest($2, ",
            "(select l.free_at from rate_limits l where l.key = a.key)) as free_at from asked a), ",
            "open as materialized (select s.key, s.step, s.every from stood s where not exists ",
            "(select 1 from stood w where w.step < 3 and w.free_at > $2 + w.room)), ",
            "own as ", turn!("1", ""), ", ",
            "shared as ",
            turn!("2", " and (select count(*) from own) = (select count(*) from asked where step = 1)"), ", ",
            "whole as ",
            turn!(
                "3",
                " and (select count(*) from own) + (select count(*) from shared) = (select count(*) from asked where step < 3)"
            ), " ",
            "select s.key, s.free_at as stood, t.free_at as taken from stood s left join ",
            "(select key, free_at from own union all select key, free_at from shared ",
            "union all select key, free_at from whole) t on t.key = s.key"
        )
    );
    /// The condition stands twice: what was taken from meanwhile is not swept.
    SWEEP = same!(
        "delete from rate_limits where expires_at <= $1 and key in ",
        "(select key from rate_limits where expires_at <= $1 order by expires_at limit $2)"
    );
}

/// Who shares a bucket, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// One client's own.
    Client,
    /// That of a client and its neighbours.
    Neighbours,
    /// All of a site. It lets everything through, and only tells when it is too much.
    Site,
}

/// One bucket that a request takes from.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// A keyed value of the limit and the place.
    pub key: String,
    pub pace: Pace,
    pub whose: Whose,
}

/// What became of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Taken {
    pub key: String,
    /// The moment from which it would have been whole, the present at least.
    pub stood: Timestamp,
    /// The same with what was taken; nothing when nothing was.
    pub taken: Option<Timestamp>,
}

#[derive(Serialize)]
struct Asked<'a> {
    key: &'a str,
    step: i64,
    every: i64,
    room: i64,
}

impl Tx {
    /// Takes one from each of these buckets, or, where one of a client or its neighbours is empty, none; in
    /// the order of `buckets`. No two may have one key. With `SQLite` nothing, and nothing is told.
    pub async fn take_from(&mut self, buckets: &[Bucket], now: Timestamp) -> Result<Vec<Taken>, StoreError> {
        let asked: Vec<Asked<'_>> = buckets.iter().map(Asked::of).collect();
        let mut rows: Vec<Taken> = on!(self, |conn, kind| sqlx::query_as(TAKE.text(kind))
            .bind(Json(asked))
            .bind(now)
            .fetch_all(conn)
            .await?);
        rows.sort_by_key(|row| buckets.iter().position(|bucket| bucket.key == row.key));
        Ok(rows)
    }

    /// Forgets at most `most` buckets that are long whole again; how many it found.
    pub async fn sweep_rate_limits(&mut self, now: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(now)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}

impl<'a> Asked<'a> {
    fn of(bucket: &'a Bucket) -> Self {
        let Bucket { key, pace, whose } = bucket;
        let step = match whose {
            Whose::Client => 1,
            Whose::Neighbours => 2,
            Whose::Site => 3,
        };
        Self { key, step, every: pace.every, room: pace.room() }
    }
}
