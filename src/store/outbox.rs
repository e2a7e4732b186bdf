//! Messages owed to the outside: enqueue with their cause, lease, settle.
//!
//! There is no "running" state. A lease is a moment until which others keep off; when its holder
//! died, that moment passes and the message is free again.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    accept::Stamp,
    sql::{on, statements},
};
use crate::domain::{Message, ModeratorId, OutboxId, Timestamp};

statements! {
    INSERT_MESSAGES = insert!("outbox": id uuid, channel text, message json, created_at bigint, due_at bigint,
        attempts bigint, moderator uuid, closed_at bigint);
    /// A CTE, because PostgreSQL may run a subquery in the `where` once a row, and each run would lease
    /// another `$3`. The condition stands twice: by the time a waiting PostgreSQL worker gets a row, it
    /// may have changed.
    LEASE = locking!(
        "with due as materialized (select id from outbox \
         where outcome is null and due_at <= $1 and (leased_until is null or leased_until <= $1) \
         order by due_at, id limit $3",
        "for update skip locked",
        ") update outbox set leased_until = $2, attempts = attempts + 1 where id in (select id from due) \
         and outcome is null and (leased_until is null or leased_until <= $1) \
         returning id, message, attempts, leased_until, closed_at"
    );
    /// Whatever became of a letter, it takes nothing more up. Somebody who retried it meanwhile does not want it given up.
    SETTLE = same!(
        "update outbox set outcome = $3, settled_at = $4, last_error = $5, leased_until = null, ",
        "closed_at = coalesce(closed_at, $4), ",
        "sent_at = case when moderator is not null and $3 = 'sent' then $4 end ",
        "where id = $1 and outcome is null and leased_until = $2 and (attempts = $6 or $3 <> 'dead')"
    );
    /// What was retried meanwhile is due when that says, and has its fresh count.
    AGAIN = same!(
        "update outbox set due_at = case when attempts = $6 then $3 else due_at end, ",
        "attempts = case when attempts = $6 then attempts - $5 else attempts end, ",
        "last_error = coalesce($4, last_error), leased_until = null, sent_at = case when $4 is null then sent_at end ",
        "where id = $1 and outcome is null and leased_until = $2"
    );
    RELEASE = same!(
        "update outbox set leased_until = null, attempts = case when attempts = $3 then attempts - 1 else attempts end ",
        "where id = $1 and outcome is null and leased_until = $2"
    );
    SWEEP = same!(
        "delete from outbox where id in (select id from outbox where outcome is not null ",
        "and outcome in ('sent', 'dropped') and settled_at < $1 limit $2)"
    );
    SWEEP_KEYS = same!(
        "delete from idempotency where (site, key) in ",
        "(select site, key from idempotency where expires_at <= $1 order by expires_at limit $2)"
    );
}

/// A message to be owed.
#[derive(Clone, Debug, Serialize)]
pub struct NewMessage {
    pub id: OutboxId,
    pub channel: &'static str,
    pub message: Message,
    pub created_at: Stamp,
    pub due_at: Stamp,
    pub attempts: i64,
    /// Whose letter it is, when it is one about comments.
    pub moderator: Option<ModeratorId>,
    /// When it is one that takes nothing more up.
    pub closed_at: Option<Stamp>,
}

impl NewMessage {
    /// A message owed by mail from now on.
    pub fn mail(id: OutboxId, message: Message, now: Timestamp) -> Self {
        Self {
            id,
            channel: "mail",
            message,
            created_at: Stamp(now),
            due_at: Stamp(now),
            attempts: 0,
            moderator: None,
            closed_at: None,
        }
    }

    /// A message owed by mail from a later moment on.
    pub fn mail_at(id: OutboxId, message: Message, now: Timestamp, due: Timestamp) -> Self {
        Self { due_at: Stamp(due), ..Self::mail(id, message, now) }
    }

    /// A letter to a moderator about what its mentions name, which takes nothing more up.
    pub fn closed_letter(id: OutboxId, moderator: ModeratorId, now: Timestamp) -> Self {
        Self::closed(id, (Message::ModeratorLetter { moderator }, moderator), now)
    }

    /// A letter to a moderator that counts among those that an hour may have, and takes nothing up.
    pub fn closed(id: OutboxId, (message, moderator): (Message, ModeratorId), now: Timestamp) -> Self {
        Self { moderator: Some(moderator), closed_at: Some(Stamp(now)), ..Self::mail(id, message, now) }
    }
}

/// A message that is ours until the lease ends.
#[derive(Clone, Debug)]
pub struct Leased {
    pub id: OutboxId,
    /// None when this version cannot read it: a newer one wrote it.
    pub message: Option<Message>,
    /// Counts this attempt.
    pub attempts: i64,
    pub leased_until: Timestamp,
    /// From when on it takes nothing more up, if it is a letter about comments.
    pub closed_at: Option<Timestamp>,
}

/// What became of a leased message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It was taken over by the other side, or by the letters that it became.
    Sent,
    /// It is not needed any more.
    Dropped,
    /// It cannot be delivered; a person must look.
    Dead(&'static str),
    /// Try again at that time.
    Again(Timestamp, &'static str),
    /// Nothing was tried, because the channel is paused; due at that time.
    GivenBack(Timestamp, &'static str),
    /// Nothing was tried, because it is not the time; due at that one.
    PutOff(Timestamp),
}

#[derive(FromRow)]
struct LeaseRow {
    id: OutboxId,
    message: Json<serde_json::Value>,
    attempts: i64,
    leased_until: Timestamp,
    closed_at: Option<Timestamp>,
}

impl Tx {
    /// Owes messages.
    pub async fn enqueue(&mut self, messages: &[NewMessage]) -> Result<(), StoreError> {
        self.insert(INSERT_MESSAGES, messages).await
    }

    /// Takes at most `limit` messages that are due, for as long as `until`.
    pub async fn lease(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Leased>, StoreError> {
        let rows: Vec<LeaseRow> = on!(self, |conn, kind| sqlx::query_as(LEASE.text(kind))
            .bind(now)
            .bind(until)
            .bind(limit)
            .fetch_all(conn)
            .await?);
        Ok(rows
            .into_iter()
            .map(|row| Leased {
                id: row.id,
                message: serde_json::from_value(row.message.0).ok(),
                attempts: row.attempts,
                leased_until: row.leased_until,
                closed_at: row.closed_at,
            })
            .collect())
    }

    /// Gives back a message with which nothing was begun: due as before, and no attempt; whether the lease was
    /// still ours.
    pub async fn release(&mut self, leased: &Leased) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(RELEASE.text(kind))
            .bind(leased.id)
            .bind(leased.leased_until)
            .bind(leased.attempts)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Writes down what became of a message; whether the lease was still ours. One that was retried while it was leased
    /// is neither given up nor put off: it is due as that says.
    pub async fn settle(
        &mut self,
        leased: &Leased,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (outcome, error) = match settlement {
            Settlement::Sent => ("sent", None),
            Settlement::Dropped => ("dropped", None),
            Settlement::Dead(class) => ("dead", Some(*class)),
            Settlement::Again(at, class) => return self.put_off(leased, (*at, Some(class)), 0).await,
            Settlement::GivenBack(at, class) => return self.put_off(leased, (*at, Some(class)), 1).await,
            Settlement::PutOff(at) => return self.put_off(leased, (*at, None), 1).await,
        };
        let rows = on!(self, |conn, kind| sqlx::query(SETTLE.text(kind))
            .bind(leased.id)
            .bind(leased.leased_until)
            .bind(outcome)
            .bind(now)
            .bind(error)
            .bind(leased.attempts)
            .execute(conn)
            .await?
            .rows_affected());
        match settlement {
            Settlement::Dead(class) if rows == 0 => self.put_off(leased, (now, Some(class)), 0).await,
            _ => Ok(rows == 1),
        }
    }

    async fn put_off(
        &mut self,
        leased: &Leased,
        (due_at, class): (Timestamp, Option<&'static str>),
        uncounted: i64,
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(AGAIN.text(kind))
            .bind(leased.id)
            .bind(leased.leased_until)
            .bind(due_at)
            .bind(class)
            .bind(uncounted)
            .bind(leased.attempts)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Forgets at most `most` settled messages, and as many answered requests, whose time is over; how
    /// many it found. Dead letters stay.
    pub async fn sweep(
        &mut self,
        settled_before: Timestamp,
        now: Timestamp,
        most: i64,
    ) -> Result<u64, StoreError> {
        let messages = self.sweep_by(SWEEP, settled_before, most).await?;
        Ok(messages + self.sweep_by(SWEEP_KEYS, now, most).await?)
    }

    async fn sweep_by(&mut self, sql: super::Sql, before: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(sql.text(kind))
            .bind(before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}
