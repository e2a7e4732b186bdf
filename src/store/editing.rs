//! What moderators write into a comment, and whom they may ask for.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, ModeratorId, Timestamp};

statements! {
    NEWEST_REVISION = same!("select coalesce(max(number), 0) as number from revisions where comment = $1");
    ADD_EDITED = same!(
        "insert into revisions (comment, number, text, submitted_at, editor) values ($1, $2, $3, $4, $5)"
    );
    SEALED_EMAIL = same!(
        "select k.id, k.email from comments c join contacts k on k.id = c.contact ",
        "where c.id = $1 and k.email is not null"
    );
}

/// A text that a moderator puts in the place of the commenter's.
#[derive(Clone, Copy, Debug)]
pub struct EditedRevision<'a> {
    pub comment: CommentId,
    /// One more than the newest.
    pub number: i64,
    pub text: &'a str,
    pub submitted_at: Timestamp,
    pub editor: ModeratorId,
}

/// The address of a commenter as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct SealedEmail {
    /// The contact, under which it was sealed.
    pub id: Uuid,
    pub email: String,
}

impl Tx {
    /// The number of the latest text of a comment; 0 when there is none.
    pub async fn newest_revision(&mut self, comment: CommentId) -> Result<i64, StoreError> {
        let (number,): (i64,) = on!(self, |conn, kind| sqlx::query_as(NEWEST_REVISION.text(kind))
            .bind(comment)
            .fetch_one(conn)
            .await?);
        Ok(number)
    }

    /// Keeps an edited text beside the older ones. What screening found stays: it was in the commenter's text.
    pub async fn add_edited(&mut self, edited: &EditedRevision<'_>) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_EDITED.text(kind))
            .bind(edited.comment)
            .bind(edited.number)
            .bind(edited.text)
            .bind(edited.submitted_at)
            .bind(edited.editor)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The sealed address of a comment's author, while it is kept.
    pub async fn sealed_email(&mut self, comment: CommentId) -> Result<Option<SealedEmail>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SEALED_EMAIL.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }
}
