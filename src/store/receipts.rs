//! What a commenter sees and changes of their own comment.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    accept::{FindingRow, INSERT_FINDINGS},
    sql::{on, statements},
};
use crate::domain::{CommentId, SiteId, Status, Timestamp};

statements! {
    RECEIPT = same!(
        "select c.id, c.site, c.status, c.reason, c.version, c.name, a.key as article_key, a.url as article_url, ",
        "a.title as article_title, r.text, c.waiting, c.submitted_at, c.decided_at, c.published_at ",
        "from comments c join articles a on a.id = c.article ",
        "join revisions r on r.comment = c.id and r.number = coalesce(c.waiting, c.revision) where c.id = $1"
    );
    ADD_REVISION = same!(
        "insert into revisions (comment, number, text, submitted_at) ",
        "select $1, coalesce(max(number), 0) + 1, $2, $3 from revisions where comment = $1 returning number"
    );
    CLEAR_FINDINGS = same!("delete from findings where comment = $1");
}

/// A comment as its author sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ReceiptRow {
    pub id: CommentId,
    pub site: SiteId,
    pub status: Status,
    pub reason: Option<String>,
    pub version: i64,
    pub name: String,
    pub article_key: String,
    pub article_url: String,
    pub article_title: String,
    /// The newest text, whether it was decided or not.
    pub text: String,
    pub waiting: Option<i64>,
    pub submitted_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
}

/// A new text of a comment, and what screening found in it.
#[derive(Clone, Debug)]
pub struct NewRevision {
    pub comment: CommentId,
    pub text: String,
    pub findings: Vec<FindingRow>,
    pub submitted_at: Timestamp,
}

impl Tx {
    /// A comment as its author sees it.
    pub async fn receipt(&mut self, comment: CommentId) -> Result<Option<ReceiptRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(RECEIPT.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// Keeps a new text beside the older ones, with findings in place of theirs; its number.
    pub async fn add_revision(&mut self, new: &NewRevision) -> Result<i64, StoreError> {
        let (number,): (i64,) = on!(self, |conn, kind| sqlx::query_as(ADD_REVISION.text(kind))
            .bind(new.comment)
            .bind(&new.text)
            .bind(new.submitted_at)
            .fetch_one(conn)
            .await?);
        on!(self, |conn, kind| sqlx::query(CLEAR_FINDINGS.text(kind))
            .bind(new.comment)
            .execute(conn)
            .await
            .map(drop)?);
        self.insert(INSERT_FINDINGS, &new.findings).await?;
        Ok(number)
    }
}
