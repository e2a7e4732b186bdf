//! What search knows: the words of comments, written by a worker and not by whoever submits, since each word is a
//! page of its own in a large table.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    accept::Stamp,
    sql::{on, statements},
};
use crate::domain::{CommentId, Needs, SiteId, Timestamp};

statements! {
    INSERT_SEARCHABLE = insert!("searchable": comment uuid, due_at bigint, tokens text);
    INSERT_WORDS = insert!("words": token bigint, comment uuid; " where true on conflict do nothing");
    /// Whoever changes a comment waits for the turn that has it, and marks it then.
    MARK = same!(
        "insert into searchable (comment, due_at, tokens) values ($1, 0, '[]') ",
        "on conflict (comment) do update set due_at = 0"
    );
    DUE = locking!(
        "select comment, tokens from searchable where due_at <= $1 order by due_at, comment limit $2",
        "for update skip locked",
        ""
    );
    TEXTS = among!(
        concat!(
            "select c.id, c.site, c.likeness, c.needs, c.submitted_at, c.name, c.website, r.text, w.text as waiting_text ",
            "from comments c join revisions r on r.comment = c.id and r.number = c.revision ",
            "left join revisions w on w.comment = c.id and w.number = c.waiting where c.id in ("
        ),
        1,
        ")"
    );
    FORGET = among!("delete from searchable where comment in (", 1, ")");
    REMOVE_WORDS = listed!("delete from words where (token, comment) in (", token bigint, comment uuid; ")");
}

/// A row of `searchable`: which tokens are written of a comment, and when to look at it next.
#[derive(Clone, Debug, Serialize)]
pub struct SearchableRow {
    pub comment: CommentId,
    pub due_at: Stamp,
    /// A JSON array.
    pub tokens: String,
}

/// A word of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WordRow {
    pub token: i64,
    pub comment: CommentId,
}

/// A comment that search must look at, and what it has written of it.
#[derive(Clone, Debug, FromRow)]
pub struct DueRow {
    pub comment: CommentId,
    /// A JSON array.
    pub tokens: String,
}

/// What can be searched of a comment.
#[derive(Clone, Debug, FromRow)]
pub struct TextsRow {
    pub id: CommentId,
    pub site: SiteId,
    /// Of its latest text, when that is long enough.
    pub likeness: Option<i64>,
    pub needs: Option<Needs>,
    pub submitted_at: Timestamp,
    pub name: String,
    pub website: Option<String>,
    pub text: String,
    /// The text that waits for a decision, when it is another one.
    pub waiting_text: Option<String>,
}

impl SearchableRow {
    /// A comment that nothing was written of: due at once.
    pub(super) fn of(comment: CommentId) -> Self {
        Self { comment, due_at: Stamp(Timestamp::from_micros(0)), tokens: "[]".to_owned() }
    }
}

impl Tx {
    /// Says that search must look at a comment again.
    pub(super) async fn mark_for_search(&mut self, comment: CommentId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(MARK.text(kind)).bind(comment).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// The comments that search must look at, at most `most`: new ones first. They are this transaction's alone.
    pub async fn due_for_search(&mut self, now: Timestamp, most: i64) -> Result<Vec<DueRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(DUE.text(kind))
            .bind(now)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// What can be searched of these comments.
    pub async fn texts_of(&mut self, comments: &[CommentId]) -> Result<Vec<TextsRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(TEXTS.text(kind))
            .bind(Json(comments))
            .fetch_all(conn)
            .await?))
    }

    /// Writes what search knows of the comments that were due: words that came and went, and the rows in place of
    /// those that were there.
    pub async fn write_searchable(
        &mut self,
        due: &[CommentId],
        (came, went): (&[WordRow], &[WordRow]),
        rows: &[SearchableRow],
    ) -> Result<(), StoreError> {
        self.insert(REMOVE_WORDS, went).await?;
        self.insert(INSERT_WORDS, came).await?;
        self.insert(FORGET, due).await?;
        self.insert(INSERT_SEARCHABLE, rows).await
    }
}
