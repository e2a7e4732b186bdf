//! Attempts to sign in, counted for all replicas: one row for each name and place, with the moment
//! from which it is as if nobody had tried (GCRA, as in `screen::limit`).

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::Timestamp;

statements! {
    TAKE = same!(
        "insert into sign_in_attempts (key, free_at) values ($1, cast($2 as bigint) + $3) ",
        "on conflict (key) do update set free_at = $3 + ",
        "case when sign_in_attempts.free_at > $2 then sign_in_attempts.free_at else $2 end ",
        "where sign_in_attempts.free_at <= $4"
    );
    FREE_AT = same!("select free_at from sign_in_attempts where key = $1");
    FORGET = same!("delete from sign_in_attempts where key = $1");
    SWEEP_ATTEMPTS = same!("delete from sign_in_attempts where free_at <= $1");
}

/// How often: one attempt each so many microseconds, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub every: i64,
    pub at_once: i64,
}

impl Pace {
    /// How far ahead of the present a bucket may be to give one more, in microseconds.
    pub(super) const fn room(self) -> i64 {
        self.every.saturating_mul(self.at_once - 1)
    }
}

impl Tx {
    /// Counts an attempt; when it is one too many, the moment from which the next is none.
    pub async fn take_attempt(
        &mut self,
        key: &str,
        pace: Pace,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let room = pace.room();
        let taken = on!(self, |conn, kind| sqlx::query(TAKE.text(kind))
            .bind(key)
            .bind(now)
            .bind(pace.every)
            .bind(now.micros().saturating_add(room))
            .execute(conn)
            .await?
            .rows_affected());
        if taken == 1 {
            return Ok(Ok(()));
        }
        let free_at: Option<(i64,)> =
            on!(self, |conn, kind| sqlx::query_as(FREE_AT.text(kind)).bind(key).fetch_optional(conn).await?);
        let free_at = free_at.map_or(now.micros(), |(free_at,)| free_at);
        Ok(Err(Timestamp::from_micros(free_at.saturating_sub(room))))
    }

    /// Forgets the attempts of a name and place: the last one was right.
    pub async fn forget_attempts(&mut self, key: &str) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(FORGET.text(kind)).bind(key).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Forgets what is as if nobody had tried.
    pub async fn sweep_attempts(&mut self, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SWEEP_ATTEMPTS.text(kind))
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
