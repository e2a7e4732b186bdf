//! Sessions at the desk: who is signed in, where, until when. Each request asks here, so a session
//! that ended is over on every replica at once.

use sqlx::FromRow;

use super::{
    ModeratorRow, StoreError, Tx,
    moderators::columns,
    sql::{on, statements},
};
use crate::domain::{Mark, ModeratorId, Timestamp};

statements! {
    BY_SESSION = same!(
        "select ", columns!(), ", s.used_at, s.expires_at, exists (select 1 from second_factors f ",
        "where f.moderator = m.id and f.confirmed_at is not null) as has_second_factor ",
        "from sessions s join moderators m on m.id = s.moderator ",
        "where s.hash = $1 and s.expires_at > $2 and m.removed_at is null"
    );
    OF_MODERATOR = same!(
        "select hash, created_at, used_at, expires_at, browser from sessions ",
        "where moderator = $1 and expires_at > $2 order by created_at desc, hash limit 100"
    );
    ADD_SESSION = same!(
        "insert into sessions (hash, moderator, created_at, expires_at, used_at, browser) ",
        "values ($1, $2, $3, $4, $3, $5)"
    );
    END_OLDEST = same!(
        "delete from sessions where moderator = $1 and hash <> $2 and hash not in (select s.hash from sessions s ",
        "where s.moderator = $1 and s.hash <> $2 order by s.created_at desc, s.hash limit $3)"
    );
    USE_SESSION = same!("update sessions set used_at = $2 where hash = $1 and used_at < $2");
    END_SESSION = same!("delete from sessions where hash = $1");
    END_MARKED = same!("delete from sessions where moderator = $1 and substr(hash, 1, 12) = $2");
    END_OTHERS = same!("delete from sessions where moderator = $1 and hash <> $2");
    SWEEP_SESSIONS = same!("delete from sessions where expires_at <= $1");
}

/// A session, and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    #[sqlx(flatten)]
    pub moderator: ModeratorRow,
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    pub has_second_factor: bool,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct OwnSession {
    pub hash: String,
    pub created_at: Timestamp,
    /// Zero when it was not noted yet.
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    pub browser: String,
}

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    pub hash: &'a str,
    pub moderator: ModeratorId,
    pub expires_at: Timestamp,
    /// What kind, in words of ours.
    pub browser: &'a str,
}

impl Tx {
    /// Whose session this is.
    pub async fn moderator_by_session(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<SessionRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_SESSION.text(kind))
            .bind(hash)
            .bind(now)
            .fetch_optional(conn)
            .await?))
    }

    /// The sessions of an account, the newest first, at most 100.
    pub async fn sessions_of(
        &mut self,
        moderator: ModeratorId,
        now: Timestamp,
    ) -> Result<Vec<OwnSession>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_MODERATOR.text(kind))
            .bind(moderator)
            .bind(now)
            .fetch_all(conn)
            .await?))
    }

    /// Keeps the hash of a session's secret until it expires.
    pub async fn add_session(&mut self, new: &NewSession<'_>, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_SESSION.text(kind))
            .bind(new.hash)
            .bind(new.moderator)
            .bind(now)
            .bind(new.expires_at)
            .bind(new.browser)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends all sessions of an account but this one and so many of the newest beside it.
    pub async fn end_oldest_sessions(
        &mut self,
        moderator: ModeratorId,
        (kept, beside): (&str, i64),
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END_OLDEST.text(kind))
            .bind(moderator)
            .bind(kept)
            .bind(beside)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Notes that a session was used.
    pub async fn use_session(&mut self, hash: &str, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(USE_SESSION.text(kind))
            .bind(hash)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END_SESSION.text(kind))
            .bind(hash)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends the session of an account whose hash begins so; whether there was one.
    pub async fn end_marked_session(
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

    /// Ends all sessions of an account but this one; how many.
    pub async fn end_other_sessions(
        &mut self,
        moderator: ModeratorId,
        kept: &str,
    ) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(END_OTHERS.text(kind))
            .bind(moderator)
            .bind(kept)
            .execute(conn)
            .await?
            .rows_affected()))
    }

    /// Forgets the sessions that expired.
    pub async fn sweep_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SWEEP_SESSIONS.text(kind))
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
