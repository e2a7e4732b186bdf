//! What authors say against a rejection.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, Timestamp};

statements! {
    /// In place of an earlier one that another decision answered.
    KEEP_APPEAL = same!(
        "insert into appeals (comment, text, appealed_at) values ($1, $2, $3) on conflict (comment) do update set ",
        "text = excluded.text, appealed_at = excluded.appealed_at, answered_at = null ",
        "where appeals.answered_at is not null and appeals.answered_at is distinct from $4"
    );
    ANSWER = same!("update appeals set answered_at = $2 where comment = $1");
    OF_COMMENT = same!("select text, appealed_at from appeals where comment = $1");
}

/// An appeal.
#[derive(Clone, Debug, FromRow)]
pub struct AppealRow {
    pub text: String,
    pub appealed_at: Timestamp,
}

impl Tx {
    /// Keeps an appeal against a decision; whether it is the first one against that.
    pub async fn keep_appeal(
        &mut self,
        (comment, decided_at): (CommentId, Option<Timestamp>),
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(KEEP_APPEAL.text(kind))
            .bind(comment)
            .bind(text)
            .bind(now)
            .bind(decided_at)
            .execute(conn)
            .await?
            .rows_affected())
            == 1)
    }

    /// Says which decision answered the appeal of a comment; none when that was taken back.
    pub(super) async fn answer_appeal(
        &mut self,
        comment: CommentId,
        decided_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ANSWER.text(kind))
            .bind(comment)
            .bind(decided_at)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The appeal of a comment.
    pub async fn appeal(&mut self, comment: CommentId) -> Result<Option<AppealRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_COMMENT.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }
}
