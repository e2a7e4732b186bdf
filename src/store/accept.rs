//! The one door through which comments come in.
//!
//! It takes a slice, because concurrent submissions share a commit: one statement a table, with
//! the rows of the whole batch as one JSON array.

use serde::{Serialize, Serializer};
use sqlx::types::Json;

use super::{
    EntryRow, Move, NewMessage, Sql, Stirred, StoreError, Tx,
    articles::INSERT_ARTICLES,
    audit::INSERT_AUDIT,
    outbox::INSERT_MESSAGES,
    search::{INSERT_SEARCHABLE, SearchableRow},
    sql::{on, statements},
};
use crate::domain::{ArticleId, ClusterId, CommentId, ContactId, Needs, SiteId, Status, Timestamp};

statements! {
    INSERT_CONTACTS = insert!("contacts": id uuid, site uuid, purpose text, comment uuid, email text,
        email_index text, reader_index text, address text, host_index text, network_index text,
        index_key text, proven boolean, expires_at bigint);
    INSERT_COMMENTS = insert!("comments": id uuid, site uuid, article uuid, thread uuid, parent uuid,
        reply_to uuid, depth bigint, status text, needs text, version bigint, revision bigint, name text,
        website text, staff boolean, notify text, form text, contact uuid, fingerprint bigint,
        duplicate_key text, likeness bigint, cluster uuid, approved_below bigint, submitted_at bigint, published_at bigint,
        lineage uuid);
    INSERT_REVISIONS = insert!("revisions": comment uuid, number bigint, text text, submitted_at bigint);
    INSERT_FINDINGS = insert!("findings": comment uuid, number bigint, code text, term text, weight bigint,
        waits boolean, field text, starts bigint, length bigint);
    INSERT_KEYS = insert!("idempotency": site uuid, key text, fingerprint text, comment uuid, status bigint,
        expires_at bigint);
}

/// All that one submission writes, as one value.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// The article, when nobody has written under it before.
    pub article: Option<NewArticle>,
    /// The comment itself.
    pub comment: CommentRow,
    /// Its text.
    pub text: String,
    /// Who wrote it, sealed; none of the site's own people.
    pub contact: Option<ContactRow>,
    /// Why screening did not let it pass.
    pub findings: Vec<FindingRow>,
    /// What a rule decided of it.
    pub entry: Option<EntryRow>,
    /// The promises to tell the moderators, its author, and whom it answers.
    pub messages: Vec<NewMessage>,
    /// What is needed to answer the same request again.
    pub idempotency: Vec<IdempotencyRow>,
}

/// An article on its first use.
#[derive(Clone, Debug, Serialize)]
pub struct NewArticle {
    pub id: ArticleId,
    pub site: SiteId,
    pub key: String,
    pub url: String,
    pub title: String,
    pub section: Option<String>,
    /// Said by a reader, not yet by the site.
    pub provisional: bool,
    pub open: bool,
    pub closes_at: Option<Stamp>,
    pub approved_count: i64,
    pub version: i64,
    pub changed_at: Stamp,
    pub created_at: Stamp,
}

/// A row of `comments` as it arrives.
#[derive(Clone, Debug, Serialize)]
pub struct CommentRow {
    pub id: CommentId,
    pub site: SiteId,
    pub article: ArticleId,
    pub thread: CommentId,
    pub parent: Option<CommentId>,
    pub reply_to: Option<CommentId>,
    pub depth: i64,
    pub status: Status,
    pub needs: Option<Needs>,
    pub version: i64,
    pub revision: i64,
    pub name: String,
    pub website: Option<String>,
    pub staff: bool,
    pub notify: &'static str,
    pub form: &'static str,
    pub contact: Option<ContactId>,
    pub fingerprint: i64,
    pub duplicate_key: Option<String>,
    pub likeness: Option<i64>,
    pub cluster: Option<ClusterId>,
    pub approved_below: i64,
    pub submitted_at: Stamp,
    pub published_at: Option<Stamp>,
    /// The first of the comments that are proven to be by the same author, when this is a later one.
    pub lineage: Option<CommentId>,
}

/// A row of `contacts`: only sealed and keyed values.
#[derive(Clone, Debug, Serialize)]
pub struct ContactRow {
    pub id: ContactId,
    pub site: SiteId,
    pub purpose: &'static str,
    pub comment: CommentId,
    pub email: String,
    pub email_index: String,
    pub reader_index: Option<String>,
    pub address: Option<String>,
    pub host_index: Option<String>,
    pub network_index: Option<String>,
    pub index_key: String,
    /// The site vouched for the address: true or nothing.
    pub proven: Option<bool>,
    pub expires_at: Option<Stamp>,
}

/// A row of `findings`; `number` counts within the comment.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRow {
    pub comment: CommentId,
    pub number: i64,
    pub code: &'static str,
    pub term: Option<String>,
    pub weight: i64,
    /// Where it stands: the field, and in characters of it.
    pub field: Option<&'static str>,
    pub starts: Option<i64>,
    pub length: Option<i64>,
}

/// A row of `idempotency`.
#[derive(Clone, Debug, Serialize)]
pub struct IdempotencyRow {
    pub site: SiteId,
    pub key: String,
    pub fingerprint: String,
    pub comment: CommentId,
    /// The HTTP status that was answered.
    pub status: i64,
    pub expires_at: Stamp,
}

/// A finding as it is kept: whether its comment waits is said with it.
#[derive(Serialize)]
pub(super) struct KeptFinding<'a> {
    #[serde(flatten)]
    pub(super) finding: &'a FindingRow,
    /// True or nothing.
    pub(super) waits: Option<bool>,
}

#[derive(Serialize)]
struct TextRow<'a> {
    comment: CommentId,
    number: i64,
    text: &'a str,
    submitted_at: Stamp,
}

impl Tx {
    /// Writes a batch of submissions, each whole. `Taken` means that one of them was there already —
    /// a key of idempotency, a duplicate, an article made by someone else meanwhile — and that none
    /// was written.
    pub async fn accept(&mut self, batch: &[NewComment]) -> Result<(), StoreError> {
        self.bring_in(batch).await?;
        let mut published: Vec<_> =
            batch.iter().filter(|new| new.comment.status == Status::Approved).collect();
        // in the order in which decisions take articles, so that neither waits for the other
        published.sort_by_key(|new| new.comment.article);
        for new in &published {
            self.show(&new.comment.published(), new.comment.submitted_at.0).await?;
        }
        let stirred: Vec<_> = published
            .iter()
            .map(|new| Stirred { comment: new.comment.id, article: new.comment.article })
            .collect();
        self.stir(&stirred).await
    }

    /// The same without counting what is published: for archives, whose articles come with their counts. Nobody is heard
    /// in their threads (`top`).
    pub async fn bring_in(&mut self, batch: &[NewComment]) -> Result<(), StoreError> {
        let articles: Vec<_> = batch.iter().filter_map(|new| new.article.as_ref()).collect();
        let contacts: Vec<_> = batch.iter().filter_map(|new| new.contact.as_ref()).collect();
        let comments: Vec<_> = batch.iter().map(|new| &new.comment).collect();
        let texts: Vec<_> = batch.iter().map(NewComment::first_revision).collect();
        let findings: Vec<_> = batch.iter().flat_map(NewComment::kept_findings).collect();
        let entries: Vec<_> = batch.iter().filter_map(|new| new.entry.as_ref()).collect();
        let messages: Vec<_> = batch.iter().flat_map(|new| &new.messages).collect();
        let keys: Vec<_> = batch.iter().flat_map(|new| &new.idempotency).collect();
        let searchable: Vec<_> = batch.iter().map(|new| SearchableRow::of(new.comment.id)).collect();
        self.insert(INSERT_ARTICLES, &articles).await?;
        self.insert(INSERT_CONTACTS, &contacts).await?;
        self.insert(INSERT_COMMENTS, &comments).await?;
        self.insert(INSERT_REVISIONS, &texts).await?;
        self.insert(INSERT_FINDINGS, &findings).await?;
        self.insert(INSERT_AUDIT, &entries).await?;
        self.insert(INSERT_MESSAGES, &messages).await?;
        self.insert(INSERT_KEYS, &keys).await?;
        self.insert(INSERT_SEARCHABLE, &searchable).await
    }

    /// Inserts rows by a statement of the `insert!` form; no rows, no statement.
    pub(super) async fn insert<R: Serialize + Sync>(
        &mut self,
        sql: Sql,
        rows: &[R],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        on!(self, |conn, kind| sqlx::query(sql.text(kind)).bind(Json(rows)).execute(conn).await.map(drop)?);
        Ok(())
    }
}

impl NewComment {
    fn kept_findings(&self) -> impl Iterator<Item = KeptFinding<'_>> {
        let waits = self.comment.needs.is_some().then_some(true);
        self.findings.iter().map(move |finding| KeptFinding { finding, waits })
    }

    fn first_revision(&self) -> TextRow<'_> {
        TextRow {
            comment: self.comment.id,
            number: 1,
            text: &self.text,
            submitted_at: self.comment.submitted_at,
        }
    }
}

impl CommentRow {
    fn published(&self) -> Move {
        Move { comment: self.id, article: self.article, thread: self.thread, shown: 1 }
    }
}

/// A moment inside a JSON row: microseconds, as the column keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Stamp(pub Timestamp);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.micros())
    }
}
