//! What authors say against a rejection.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, Timestamp};

statements! {
    INSERT_APPEAL = same!(
        "insert into appeals (comment, text, appealed_at) values ($1, $2, $3) on conflict do nothing"
    );
    OF_COMMENT = same!("select text, appealed_at from appeals where comment = $1");
}

/// An appeal.
#[derive(Clone, Debug, FromRow)]
pub struct AppealRow {
    pub text: String,
    pub appealed_at: Timestamp,
}

impl Tx {
    /// Keeps an appeal; whether it is the first one.
    pub async fn keep_appeal(
        &mut self,
        comment: CommentId,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(INSERT_APPEAL.text(kind))
            .bind(comment)
            .bind(text)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected())
            == 1)
    }

    /// The appeal of a comment.
    pub async fn appeal(&mut self, comment: CommentId) -> Result<Option<AppealRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_COMMENT.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }
}
