//! Second factors: the sealed keys of one-time codes, and the codes for whom the key is lost. What
//! may be used once is used by an update or a deletion, whose row count says whether it was the first.

use sqlx::FromRow;

use super::{
    ModeratorRow, StoreError, Tx,
    moderators::columns,
    sql::{on, statements},
};
use crate::domain::{ModeratorId, Timestamp};

statements! {
    BY_NAME = same!(
        "select ", columns!(), ", f.secret, f.step, f.confirmed_at, f.created_at as begun_at, f.begun_by ",
        "from moderators m left join second_factors f on f.moderator = m.id ",
        "where m.email = $1 and m.removed_at is null"
    );
    FACTOR = same!(
        "select ", columns!(), ", f.secret, f.step, f.confirmed_at, f.created_at as begun_at, f.begun_by ",
        "from moderators m left join second_factors f on f.moderator = m.id ",
        "where m.id = $1 and m.removed_at is null"
    );
    CODES_OF_NAME = same!(
        "select c.code from recovery_codes c join moderators m on m.id = c.moderator ",
        "where m.email = $1 and m.removed_at is null"
    );
    CODES = same!("select code from recovery_codes where moderator = $1");
    BEGIN = same!(
        "insert into second_factors (moderator, secret, step, created_at, begun_by) values ($1, $2, 0, $3, $4) ",
        "on conflict (moderator) do update set secret = excluded.secret, created_at = excluded.created_at, ",
        "begun_by = excluded.begun_by ",
        "where second_factors.confirmed_at is null"
    );
    CONFIRM = same!(
        "update second_factors set confirmed_at = $2, step = $3 ",
        "where moderator = $1 and secret = $4 and confirmed_at is null"
    );
    TAKE_STEP = same!(
        "update second_factors set step = $2 where moderator = $1 and step < $2 and confirmed_at is not null"
    );
    HAS_FACTOR = same!("select 1 from second_factors where moderator = $1 and confirmed_at is not null");
    END_FACTOR = same!("delete from second_factors where moderator = $1");
    ADD_CODE = same!("insert into recovery_codes (moderator, code) values ($1, $2)");
    TAKE_CODE = same!("delete from recovery_codes where moderator = $1 and code = $2");
    END_CODES = same!("delete from recovery_codes where moderator = $1");
}

/// An account with what it signs in by.
#[derive(Clone, Debug, FromRow)]
pub struct Credentials {
    #[sqlx(flatten)]
    pub moderator: ModeratorRow,
    /// The sealed key of the one-time codes, when one was made.
    pub secret: Option<String>,
    /// The step of the last code that was taken.
    pub step: Option<i64>,
    /// None: the key was made, and does not count yet.
    pub confirmed_at: Option<Timestamp>,
    /// When the key was made.
    pub begun_at: Option<Timestamp>,
    /// The hash of the session that it was made in.
    pub begun_by: Option<String>,
}

impl Tx {
    /// The account under this address. The same work for one that is not there.
    pub async fn credentials_by_name(&mut self, email: &str) -> Result<Option<Credentials>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_NAME.text(kind))
            .bind(email)
            .fetch_optional(conn)
            .await?))
    }

    /// Its recovery codes, as keyed values.
    pub async fn recovery_codes_by_name(&mut self, email: &str) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = on!(self, |conn, kind| sqlx::query_as(CODES_OF_NAME.text(kind))
            .bind(email)
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(|(code,)| code).collect())
    }

    /// The account of this id.
    pub async fn credentials(&mut self, id: ModeratorId) -> Result<Option<Credentials>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(FACTOR.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// The recovery codes of an account, as keyed values.
    pub async fn recovery_codes(&mut self, id: ModeratorId) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            on!(self, |conn, kind| sqlx::query_as(CODES.text(kind)).bind(id).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(code,)| code).collect())
    }

    /// Keeps a new key that a session made and that is not confirmed yet, in place of an earlier one;
    /// false when one counts.
    pub async fn begin_second_factor(
        &mut self,
        id: ModeratorId,
        (secret, session): (&str, &str),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let kept = on!(self, |conn, kind| sqlx::query(BEGIN.text(kind))
            .bind(id)
            .bind(secret)
            .bind(now)
            .bind(session)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(kept == 1)
    }

    /// From now on this key counts; false when it is another one, or counts already.
    pub async fn confirm_second_factor(
        &mut self,
        id: ModeratorId,
        (secret, step): (&str, i64),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let confirmed = on!(self, |conn, kind| sqlx::query(CONFIRM.text(kind))
            .bind(id)
            .bind(now)
            .bind(step)
            .bind(secret)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(confirmed == 1)
    }

    /// Whether a key counts. It stays so until the end of the transaction for whoever has locked the
    /// account.
    pub async fn has_second_factor(&mut self, id: ModeratorId) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(self, |conn, kind| sqlx::query_as(HAS_FACTOR.text(kind))
            .bind(id)
            .fetch_optional(conn)
            .await?);
        Ok(row.is_some())
    }

    /// Takes the code of a step; false when that or a later one was taken before.
    pub async fn take_step(&mut self, id: ModeratorId, step: i64) -> Result<bool, StoreError> {
        let taken = on!(self, |conn, kind| sqlx::query(TAKE_STEP.text(kind))
            .bind(id)
            .bind(step)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(taken == 1)
    }

    /// Takes a recovery code; false when it was taken before.
    pub async fn take_recovery_code(&mut self, id: ModeratorId, code: &str) -> Result<bool, StoreError> {
        let taken = on!(self, |conn, kind| sqlx::query(TAKE_CODE.text(kind))
            .bind(id)
            .bind(code)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(taken == 1)
    }

    /// Keeps these recovery codes in place of all earlier ones.
    pub async fn set_recovery_codes(&mut self, id: ModeratorId, codes: &[String]) -> Result<(), StoreError> {
        self.with_id(END_CODES, id).await?;
        for code in codes {
            on!(self, |conn, kind| sqlx::query(ADD_CODE.text(kind))
                .bind(id)
                .bind(code)
                .execute(conn)
                .await
                .map(drop)?);
        }
        Ok(())
    }

    /// Takes the second factor of an account away, with its recovery codes.
    pub async fn end_second_factor(&mut self, id: ModeratorId) -> Result<(), StoreError> {
        self.with_id(END_CODES, id).await?;
        self.with_id(END_FACTOR, id).await
    }
}
