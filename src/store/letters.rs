//! Letters to moderators about comments, as rows of the outbox: open while they take more up, closed from their first
//! lease on. There is at most one open letter for each moderator, held by a unique index.

use sqlx::types::Json;

use super::{
    Leased, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{Message, ModeratorId, OutboxId, Timestamp};

statements! {
    /// One that is open already goes out earlier, when it would be later.
    OPEN = same!(
        "insert into outbox (id, channel, message, created_at, due_at, attempts, moderator) ",
        "values ($1, 'mail', $2, $3, $4, 0, $5) ",
        "on conflict (moderator) where moderator is not null and closed_at is null and outcome is null ",
        "do update set due_at = excluded.due_at where outbox.due_at > excluded.due_at"
    );
    LOOK_AT = same!(
        "update outbox set due_at = $2 where moderator = $1 and closed_at is null and outcome is null and due_at > $2"
    );
    /// Also what may have gone out: its attempt goes on, or nobody knows how it ended.
    SENT = same!(
        "select sent_at from outbox where moderator = $1 and sent_at is not null and sent_at > $2 and id <> $3 ",
        "order by sent_at desc limit $4"
    );
    AHEAD = same!(
        "select due_at, closed_at from outbox where moderator = $1 and outcome is null and closed_at > $2 ",
        "and id <> $3 order by closed_at limit 1"
    );
    /// From here on its contents are fixed; whoever lost the lease fixes nothing.
    CLOSE = same!(
        "update outbox set closed_at = coalesce(closed_at, $3), sent_at = $3 ",
        "where id = $1 and leased_until = $2 and outcome is null"
    );
}

/// A letter that was closed before, and is still owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    pub due_at: Timestamp,
    pub closed_at: Timestamp,
}

impl Tx {
    /// Sees to it that a moderator has an open letter, due at that moment or earlier.
    pub async fn open_letter(
        &mut self,
        id: OutboxId,
        moderator: ModeratorId,
        (now, due): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(OPEN.text(kind))
            .bind(id)
            .bind(Json(Message::ModeratorLetter { moderator }))
            .bind(now)
            .bind(due)
            .bind(moderator)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Lets a worker look at the open letter of a moderator now, whenever it is due.
    pub(super) async fn look_at_open_letter(
        &mut self,
        moderator: ModeratorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(LOOK_AT.text(kind))
            .bind(moderator)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// When the letters of a moderator went out, but for this one: the newest first, at most so many.
    pub async fn letters_sent(
        &mut self,
        moderator: ModeratorId,
        (since, but, limit): (Timestamp, OutboxId, i64),
    ) -> Result<Vec<Timestamp>, StoreError> {
        let rows: Vec<(Timestamp,)> = on!(self, |conn, kind| sqlx::query_as(SENT.text(kind))
            .bind(moderator)
            .bind(since)
            .bind(but)
            .bind(limit)
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }

    /// A letter of this moderator that was closed after that moment and is still owed, but for this one.
    pub async fn letter_ahead(
        &mut self,
        moderator: ModeratorId,
        (since, but): (Timestamp, OutboxId),
    ) -> Result<Option<Ahead>, StoreError> {
        let row: Option<(Timestamp, Timestamp)> = on!(self, |conn, kind| sqlx::query_as(AHEAD.text(kind))
            .bind(moderator)
            .bind(since)
            .bind(but)
            .fetch_optional(conn)
            .await?);
        Ok(row.map(|(due_at, closed_at)| Ahead { due_at, closed_at }))
    }

    /// Closes a letter, unless that was done before, and notes that it is on its way; whether the lease was still ours.
    pub async fn close_letter(&mut self, leased: &Leased, now: Timestamp) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(CLOSE.text(kind))
            .bind(leased.id)
            .bind(leased.leased_until)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}
