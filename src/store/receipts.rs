//! What a commenter sees and changes of their own comment.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    accept::{FindingRow, INSERT_FINDINGS, KeptFinding},
    lineage::approved_of,
    sql::{on, statements},
};
use crate::domain::{Basis, CommentId, Notify, SiteId, Status, Timestamp};

statements! {
    RECEIPT = same!(
        "select c.id, c.site, c.status, c.reason, c.basis, r.editor is not null as by_site, c.version, c.name, a.key as article_key, a.url as article_url, ",
        "a.title as article_title, r.text, c.waiting, c.submitted_at, c.decided_at, c.published_at, c.notify, ",
        "p.text as appeal, p.appealed_at, p.answered_at ",
        "from comments c join articles a on a.id = c.article left join appeals p on p.comment = c.id ",
        "join revisions r on r.comment = c.id and r.number = coalesce(c.waiting, c.revision) where c.id = $1"
    );
    ADD_REVISION = same!(
        "insert into revisions (comment, number, text, submitted_at) ",
        "select $1, coalesce(max(number), 0) + 1, $2, $3 from revisions where comment = $1 returning number"
    );
    /// What was found in the text; how it arrived stays true.
    CLEAR_FINDINGS = same!(
        "delete from findings where comment = $1 and coalesce(field, 'text') = 'text' and code not in ",
        "('blocked-address', 'blocked-domain', 'blocked-network', 'breaker', 'honeypot', 'not-checked', 'site-rate') ",
        "and code not like 'form-%' and code <> 'staff-name'"
    );
    FOUND_BEFORE = same!("select distinct code, field from findings where comment = $1");
    REMEMBER = same!("update comments set fingerprint = $2 where id = $1");
    IS_REPEATED = same!(
        "select exists (select 1 from comments where fingerprint = $1 and submitted_at > $2 and site = $3 and id <> $4) ",
        "as repeated"
    );
    IS_KNOWN = same!(
        "select ", approved_of!("k.first", "$2", ""), " as proven ",
        "from (select coalesce(c.lineage, c.id) as first from comments c where c.id = $1) as k"
    );
}

/// A comment as its author sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ReceiptRow {
    pub id: CommentId,
    pub site: SiteId,
    pub status: Status,
    pub reason: Option<String>,
    pub basis: Option<Basis>,
    /// Whether the text is one of a moderator, in place of the commenter's.
    pub by_site: bool,
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
    /// What its author wants mail about.
    pub notify: Notify,
    /// What its author said against a rejection.
    pub appeal: Option<String>,
    pub appealed_at: Option<Timestamp>,
    /// The decision that answered it.
    pub answered_at: Option<Timestamp>,
}

/// A new text of a comment, and what screening found in it.
#[derive(Clone, Debug)]
pub struct NewRevision {
    pub comment: CommentId,
    pub text: String,
    pub findings: Vec<FindingRow>,
    /// Keyed, of the normalised text.
    pub fingerprint: i64,
    pub submitted_at: Timestamp,
}

impl Tx {
    /// Whether the same text arrived on this site since then, under another comment.
    pub async fn is_repeated(
        &mut self,
        fingerprint: i64,
        since: Timestamp,
        (site, except): (SiteId, CommentId),
    ) -> Result<bool, StoreError> {
        let (repeated,): (bool,) = on!(self, |conn, kind| sqlx::query_as(IS_REPEATED.text(kind))
            .bind(fingerprint)
            .bind(since)
            .bind(site)
            .bind(except)
            .fetch_one(conn)
            .await?);
        Ok(repeated)
    }

    /// Whether enough comments were approved of those that are proven to be by this one's author, and none is spam.
    pub async fn is_known(&mut self, comment: CommentId, enough: u32) -> Result<bool, StoreError> {
        let enough = i64::from(enough);
        let known: Option<(i64,)> = on!(self, |conn, kind| sqlx::query_as(IS_KNOWN.text(kind))
            .bind(comment)
            .bind(enough)
            .fetch_optional(conn)
            .await?);
        Ok(known.is_some_and(|(proven,)| proven >= enough))
    }

    /// A comment as its author sees it.
    pub async fn receipt(&mut self, comment: CommentId) -> Result<Option<ReceiptRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(RECEIPT.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// Keeps a new text beside the older ones, with findings in place of those of the last text; its
    /// number.
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
        on!(self, |conn, kind| sqlx::query(REMEMBER.text(kind))
            .bind(new.comment)
            .bind(new.fingerprint)
            .execute(conn)
            .await
            .map(drop)?);
        let stays: Vec<(String, Option<String>)> =
            on!(self, |conn, kind| sqlx::query_as(FOUND_BEFORE.text(kind))
                .bind(new.comment)
                .fetch_all(conn)
                .await?);
        let is_told = |finding: &FindingRow| {
            stays.iter().any(|(code, field)| code == finding.code && field.as_deref() == finding.field)
        };
        // numbers of an earlier text are not used again
        let findings: Vec<FindingRow> = new
            .findings
            .iter()
            .filter(|finding| !is_told(finding))
            .map(|finding| FindingRow { number: number * 1_000 + finding.number, ..finding.clone() })
            .collect();
        // whether the comment waits is said when it moves on
        let kept: Vec<_> = findings.iter().map(|finding| KeptFinding { finding, waits: None }).collect();
        self.insert(INSERT_FINDINGS, &kept).await?;
        Ok(number)
    }
}
