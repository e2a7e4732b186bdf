//! The databases: the only place with SQL.
//!
//! One text and one body serve SQLite and PostgreSQL (`sql`); what must be true together is
//! written by one function in one transaction. `flow` calls; nothing here decides what is right.

#![expect(missing_docs, reason = "the fields of a row are columns, and the migrations describe those")]

mod accept;
mod articles;
mod audit;
mod db;
mod decide;
mod error;
mod facts;
mod gauges;
mod group;
mod moderators;
mod outbox;
mod pools;
mod published;
mod queue;
mod receipts;
mod sites;
mod sql;
mod tx;
mod types;

pub use accept::{CommentRow, ContactRow, FindingRow, IdempotencyRow, NewArticle, NewComment, Stamp};
pub use articles::{ArticlePatch, ArticleRow, ArticleSettings, Change};
pub use audit::{AuditRow, History};
pub use db::{Db, Durability, by};
pub use decide::{Current, Decided, LastChange, Move, Moved};
pub use error::StoreError;
pub use facts::{ArticleFacts, Facts, FactsQuery, ParentFacts, Replay};
pub use gauges::{OutboxGauge, QueueGauge};
pub use group::{Coming, Committer, Doorway};
pub use moderators::{ModeratorRow, NewModerator};
pub use outbox::{Leased, NewMessage, OutboxRow, Settlement};
pub use published::{Around, PublishedArticle, PublishedRow, RootsQuery, Sort};
pub use queue::{FindingView, QueueQuery, QueueRow, Record, RevisionRow};
pub use receipts::{NewRevision, ReceiptRow};
pub use sites::{SiteRow, SiteToken};
pub use sql::{Kind, Sql};
pub use tx::Tx;

/// Every statement of the store by file, so that a test can prepare each on both databases.
pub const STATEMENTS: &[(&str, &[(&str, Sql)])] = &[
    ("accept", accept::STATEMENTS),
    ("articles", articles::STATEMENTS),
    ("audit", audit::STATEMENTS),
    ("decide", decide::STATEMENTS),
    ("facts", facts::STATEMENTS),
    ("gauges", gauges::STATEMENTS),
    ("moderators", moderators::STATEMENTS),
    ("outbox", outbox::STATEMENTS),
    ("published", published::STATEMENTS),
    ("queue", queue::STATEMENTS),
    ("receipts", receipts::STATEMENTS),
    ("sites", sites::STATEMENTS),
];
