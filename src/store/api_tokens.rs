//! API tokens of moderators' programs: only hashes, with what they may do and until when.

use sqlx::{FromRow, types::Json};

use super::{
    ModeratorRow, StoreError, Tx,
    moderators::columns,
    sql::{on, statements},
};
use crate::domain::{Mark, ModeratorId, Scope, Timestamp};

statements! {
    BY_API_TOKEN = same!(
        "select ", columns!(), ", t.scope, t.used_at, t.expires_at ",
        "from api_tokens t join moderators m on m.id = t.moderator ",
        "where t.hash = $1 and (t.expires_at is null or t.expires_at > $2) and m.removed_at is null"
    );
    OF_MODERATOR = same!(
        "select hash, name, scope, created_at, expires_at, used_at from api_tokens where moderator = $1 ",
        "order by created_at desc, hash limit 100"
    );
    OF_MODERATORS = among!(
        "select hash, moderator, name, scope, created_at, expires_at, used_at from api_tokens where moderator in (",
        1,
        ")"
    );
    WHOSE_MARKED = same!("select moderator from api_tokens where substr(hash, 1, 12) = $1");
    ADD_TOKEN = same!(
        "insert into api_tokens (hash, moderator, created_at, name, scope, expires_at, made_by) ",
        "values ($1, $2, $3, $4, $5, $6, $7)"
    );
    USE_TOKEN = same!("update api_tokens set used_at = $2 where hash = $1");
    END_MARKED = same!("delete from api_tokens where moderator = $1 and substr(hash, 1, 12) = $2");
    END_TOKENS = same!("delete from api_tokens where moderator = $1");
    SWEEP_TOKENS = same!("delete from api_tokens where expires_at <= $1");
}

/// A token, and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct TokenRow {
    #[sqlx(flatten)]
    pub moderator: ModeratorRow,
    pub scope: Scope,
    pub used_at: Option<Timestamp>,
    /// None for one that was made before tokens expired.
    pub expires_at: Option<Timestamp>,
}

/// A token as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct OwnToken {
    pub hash: String,
    pub name: String,
    pub scope: Scope,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

/// A token as whoever keeps its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ColleagueToken {
    pub moderator: ModeratorId,
    #[sqlx(flatten)]
    pub token: OwnToken,
}

/// A token that is given out.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    pub hash: &'a str,
    pub moderator: ModeratorId,
    pub name: &'a str,
    pub scope: Scope,
    pub expires_at: Timestamp,
    /// None for the command line.
    pub made_by: Option<ModeratorId>,
}

impl Tx {
    /// Whose API token this is, unless it has expired.
    pub async fn moderator_by_token(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<TokenRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_API_TOKEN.text(kind))
            .bind(hash)
            .bind(now)
            .fetch_optional(conn)
            .await?))
    }

    /// The tokens of an account, the newest first, at most 100; also those that expired lately.
    pub async fn api_tokens_of(&mut self, moderator: ModeratorId) -> Result<Vec<OwnToken>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_MODERATOR.text(kind))
            .bind(moderator)
            .fetch_all(conn)
            .await?))
    }

    /// The tokens of these accounts, in no order: each has a bounded number of them.
    pub async fn api_tokens_of_all(
        &mut self,
        whose: &[ModeratorId],
    ) -> Result<Vec<ColleagueToken>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_MODERATORS.text(kind))
            .bind(Json(whose))
            .fetch_all(conn)
            .await?))
    }

    /// Whose the token is whose hash begins so.
    pub async fn whose_marked_token(&mut self, mark: &Mark) -> Result<Option<ModeratorId>, StoreError> {
        let row: Option<(ModeratorId,)> = on!(self, |conn, kind| sqlx::query_as(WHOSE_MARKED.text(kind))
            .bind(mark.as_str())
            .fetch_optional(conn)
            .await?);
        Ok(row.map(|(whose,)| whose))
    }

    /// Keeps the hash of an API token that was just given out.
    pub async fn add_api_token(&mut self, new: &NewToken<'_>, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_TOKEN.text(kind))
            .bind(new.hash)
            .bind(new.moderator)
            .bind(now)
            .bind(new.name)
            .bind(new.scope)
            .bind(new.expires_at)
            .bind(new.made_by)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Notes that a token was used.
    pub async fn use_api_token(&mut self, hash: &str, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(USE_TOKEN.text(kind))
            .bind(hash)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Withdraws the token of an account whose hash begins so; whether there was one.
    pub async fn end_marked_token(
        &mut self,
        moderator: ModeratorId,
        mark: &Mark,
    ) -> Result<bool, StoreError> {
        let ended = on!(self, |conn, kind| sqlx::query(END_MARKED.text(kind))
            .bind(moderator)
            .bind(mark.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(ended > 0)
    }

    /// Withdraws all API tokens of an account.
    pub async fn end_api_tokens(&mut self, id: ModeratorId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END_TOKENS.text(kind)).bind(id).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Forgets the tokens that expired before this moment.
    pub async fn sweep_api_tokens(&mut self, before: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SWEEP_TOKENS.text(kind))
            .bind(before)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
