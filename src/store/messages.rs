//! Messages as operators see them, and what they do with those that are owed or were given up.

use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, ModeratorId, OutboxId, SiteId, Timestamp};

macro_rules! columns {
    () => {
        "id, channel, message, created_at, due_at, attempts, leased_until, last_error, outcome, settled_at"
    };
}

statements! {
    OLDEST = same!(
        "select ", columns!(), " from outbox ",
        "where (cast($1 as text) is null and outcome is null) or outcome = $1 order by id limit $2"
    );
    OWED = same!(
        "select ", columns!(), " from outbox where outcome is null and (due_at, id) > ($1, $2) ",
        "order by due_at, id limit $3"
    );
    SETTLED = same!(
        "select ", columns!(), " from outbox where outcome is not null and outcome = $4 ",
        "and (settled_at, id) < ($1, $2) order by settled_at desc, id desc limit $3"
    );
    SHOW = same!("select ", columns!(), " from outbox where id = $1");
    /// A dead letter takes nothing more up: another one may be open by now. What a worker holds stays with it: it may be
    /// speaking with the server, and a second one would tell it twice. Its count tells the worker that this was here.
    RETRY = same!(
        "update outbox set closed_at = case when outcome is null then closed_at else coalesce(closed_at, $2) end, ",
        "outcome = null, settled_at = null, due_at = $2, attempts = 0, ",
        "leased_until = case when leased_until > $2 then leased_until end ",
        "where id = $1 and (outcome is null or outcome = 'dead')"
    );
    DROP = same!(
        "update outbox set outcome = 'dropped', settled_at = $2, leased_until = null, ",
        "closed_at = coalesce(closed_at, $2), sent_at = null ",
        "where id = $1 and (outcome is null or outcome = 'dead')"
    );
    SITES = among!("select id, site from comments where id in (", 1, ")");
    NAMES = among!("select id, name, all_sites from moderators where id in (", 1, ")");
    BOUND = among!("select moderator, site from moderator_sites where moderator in (", 1, ")");
}

/// A message as operators see it.
#[derive(Clone, Debug, FromRow)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub channel: String,
    pub message: Json<serde_json::Value>,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub attempts: i64,
    pub leased_until: Option<Timestamp>,
    /// A class, never the server's words.
    pub last_error: Option<String>,
    pub outcome: Option<String>,
    pub settled_at: Option<Timestamp>,
}

/// Whom a message goes to, also when the account was removed since.
#[derive(Clone, Debug, FromRow)]
pub struct RecipientRow {
    pub id: ModeratorId,
    pub name: String,
    pub all_sites: bool,
    #[sqlx(skip)]
    pub sites: Vec<SiteId>,
}

impl Tx {
    /// Messages of an outcome (`sent`, `dropped`, `dead`), or those still owed; the oldest first.
    pub async fn outbox(&mut self, outcome: Option<&str>, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OLDEST.text(kind))
            .bind(outcome)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// Messages still owed, behind this one, as they are due.
    pub async fn owed_messages(
        &mut self,
        (due_at, id): (Timestamp, OutboxId),
        limit: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OWED.text(kind))
            .bind(due_at)
            .bind(id)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// Messages of an outcome, before this one, the latest first.
    pub async fn settled_messages(
        &mut self,
        outcome: &str,
        (settled_at, id): (Timestamp, OutboxId),
        limit: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SETTLED.text(kind))
            .bind(settled_at)
            .bind(id)
            .bind(limit)
            .bind(outcome)
            .fetch_all(conn)
            .await?))
    }

    /// One message.
    pub async fn outbox_message(&mut self, id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SHOW.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// The sites of these comments.
    pub async fn sites_of_comments(
        &mut self,
        ids: &[CommentId],
    ) -> Result<Vec<(CommentId, SiteId)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SITES.text(kind)).bind(Json(ids)).fetch_all(conn).await?))
    }

    /// The people of these ids, with the sites that they are bound to.
    pub async fn recipients(&mut self, ids: &[ModeratorId]) -> Result<Vec<RecipientRow>, StoreError> {
        let mut rows: Vec<RecipientRow> =
            on!(self, |conn, kind| sqlx::query_as(NAMES.text(kind)).bind(Json(ids)).fetch_all(conn).await?);
        let bound: Vec<(ModeratorId, SiteId)> =
            on!(self, |conn, kind| sqlx::query_as(BOUND.text(kind)).bind(Json(ids)).fetch_all(conn).await?);
        for row in &mut rows {
            row.sites = bound.iter().filter(|(whose, _)| *whose == row.id).map(|(_, site)| *site).collect();
        }
        Ok(rows)
    }

    /// Makes a message that is owed or dead due at once, with a fresh count; whether there was one. One that is leased
    /// now is due when its holder has failed, or is gone.
    pub async fn retry_message(&mut self, id: OutboxId, now: Timestamp) -> Result<bool, StoreError> {
        self.touch(RETRY, id, now).await
    }

    /// Gives up a message that is owed or dead; whether there was one.
    pub async fn drop_message(&mut self, id: OutboxId, now: Timestamp) -> Result<bool, StoreError> {
        self.touch(DROP, id, now).await
    }

    async fn touch(&mut self, sql: super::Sql, id: OutboxId, now: Timestamp) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(sql.text(kind))
            .bind(id)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}
