//! The databases: the only place with SQL.
//!
//! One text and one body serve SQLite and PostgreSQL (`sql`); what must be true together is
//! written by one function in one transaction. `flow` calls; nothing here decides what is right.

#![expect(missing_docs, reason = "the fields of a row are columns, and the migrations describe those")]

mod accept;
mod addressees;
mod api_tokens;
mod appeals;
mod article_rules;
mod articles;
mod attempts;
mod audit;
mod blocks;
mod breakers;
mod claims;
mod colleagues;
mod confirmations;
mod db;
mod decide;
mod editing;
mod engaging;
mod error;
mod facts;
mod fresh;
mod gauges;
mod group;
mod idempotency;
mod letters;
mod likeness;
mod lineage;
mod listing;
mod log;
mod mentions;
mod messages;
mod moderators;
mod news;
mod notes;
mod outbox;
mod pools;
mod published;
mod queue;
mod rate_limits;
mod receipts;
mod reports;
mod roots;
mod rules;
mod search;
mod second_factors;
mod sessions;
mod sites;
mod sql;
mod top;
mod trial;
mod tx;
mod types;
mod undo;
mod voices;

pub use accept::{CommentRow, ContactRow, FindingRow, IdempotencyRow, NewArticle, NewComment, Stamp};
pub use addressees::AddresseeRow;
pub use api_tokens::{ColleagueToken, NewToken, OwnToken, TokenRow};
pub use appeals::AppealRow;
pub use articles::{ArticlePatch, ArticleRow, ArticleSettings, BreakerRow, Change, KeptArticle};
pub use attempts::Pace;
pub use audit::{AuditQuery, AuditView, EntryRow, History, LinkRow, NoteRow};
pub use blocks::{BlockRow, BlockView, BlocksQuery, KeptContact, SameOrigin, TermRow};
pub use breakers::{BurstRow, Interruption};
pub use claims::{ClaimView, Claimant, LiveClaim, Reach};
pub use colleagues::ColleagueRow;
pub use confirmations::{AddresseeOf, ConfirmationRow, NewConfirmation};
pub use db::{Db, Durability, by};
pub use decide::{Current, Decided, LastChange, Move, Moved, State};
pub use editing::{EditedRevision, SealedEmail};
pub use engaging::{LatestRow, RankedRow, Reasons, ScoreRow, TallyRow};
pub use error::StoreError;
pub use facts::{ArticleFacts, BlockedFacts, Facts, FactsQuery, ParentFacts, Proof, Replay};
pub use fresh::FreshRow;
pub use gauges::{OutboxGauge, PaceRow, QueueGauge};
pub use group::{Coming, Committer, Doorway};
pub use letters::Ahead;
pub use likeness::{Alike, BandRow, Sought};
pub use listing::{Driver, Listing, Origin, SOUGHT, Seen, Stretch};
pub use mentions::{Listed, NewMention, OverdueRow, Uncovered, Why};
pub use messages::{OutboxRow, RecipientRow};
pub use moderators::{LockedModerator, ModeratorPatch, ModeratorRow, NewModerator};
pub use news::{Arrived, Changed};
pub use notes::NotedRow;
pub use outbox::{Leased, NewMessage, Settlement};
pub use published::{Around, PublishedArticle, PublishedRow};
pub use queue::{FindingView, QueueRow, Record, RevisionRow};
pub use rate_limits::{Bucket, Taken, Whose};
pub use receipts::{NewRevision, ReceiptRow};
pub use reports::{ReportRow, ReportView, Reported, ReportsView, SealedReporter};
pub use roots::{RootsQuery, Sort, Start};
pub use rules::{RuleChange, RulePart, WordsRow};
pub use search::{DueRow, SearchableRow, TextsRow, WordRow};
pub use second_factors::Credentials;
pub use sessions::{NewSession, OwnSession, SessionRow};
pub use sites::{SiteRow, SiteToken};
pub use sql::{Kind, Sql};
pub use trial::{Known, TrialRow};
pub use tx::Tx;
pub use undo::{DecisionRow, Made};
pub use voices::{Presence, StandingRow, StateRow, Stirred, VoiceRow};

/// Every statement of the store by file, so that a test can prepare each on both databases.
pub const STATEMENTS: &[(&str, &[(&str, Sql)])] = &[
    ("accept", accept::STATEMENTS),
    ("addressees", addressees::STATEMENTS),
    ("api_tokens", api_tokens::STATEMENTS),
    ("appeals", appeals::STATEMENTS),
    ("articles", articles::STATEMENTS),
    ("attempts", attempts::STATEMENTS),
    ("audit", audit::STATEMENTS),
    ("breakers", breakers::STATEMENTS),
    ("blocks", blocks::STATEMENTS),
    ("claims", claims::STATEMENTS),
    ("colleagues", colleagues::STATEMENTS),
    ("confirmations", confirmations::STATEMENTS),
    ("decide", decide::STATEMENTS),
    ("editing", editing::STATEMENTS),
    ("engaging", engaging::STATEMENTS),
    ("facts", facts::STATEMENTS),
    ("fresh", fresh::STATEMENTS),
    ("gauges", gauges::STATEMENTS),
    ("idempotency", idempotency::STATEMENTS),
    ("letters", letters::STATEMENTS),
    ("likeness", likeness::STATEMENTS),
    ("mentions", mentions::STATEMENTS),
    ("messages", messages::STATEMENTS),
    ("listing", listing::STATEMENTS),
    ("moderators", moderators::STATEMENTS),
    ("news", news::STATEMENTS),
    ("notes", notes::STATEMENTS),
    ("outbox", outbox::STATEMENTS),
    ("published", published::STATEMENTS),
    ("queue", queue::STATEMENTS),
    ("rate_limits", rate_limits::STATEMENTS),
    ("receipts", receipts::STATEMENTS),
    ("reports", reports::STATEMENTS),
    ("roots", roots::STATEMENTS),
    ("rules", rules::STATEMENTS),
    ("search", search::STATEMENTS),
    ("second_factors", second_factors::STATEMENTS),
    ("sessions", sessions::STATEMENTS),
    ("sites", sites::STATEMENTS),
    ("top", top::STATEMENTS),
    ("trial", trial::STATEMENTS),
    ("undo", undo::STATEMENTS),
    ("voices", voices::STATEMENTS),
];
