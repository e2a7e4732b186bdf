//! What Replydesk knows: the words of the trade as types, without I/O.
//!
//! Every value here was parsed at the edge and is valid by construction. This module imports
//! nothing of the crate, so that it can be read, and trusted, alone.

mod article;
mod block;
mod breaker;
mod browser;
mod characters;
mod client;
#[cfg(test)]
pub(crate) mod corpora;
mod engaging;
mod evened;
mod field;
mod fields;
mod id;
mod invalid;
mod language;
mod mail;
mod mark;
mod message;
mod normalise;
mod policy;
mod reason;
mod report;
mod role;
mod site;
mod status;
mod submission;
mod term;
mod time;
mod told;
mod words;

pub use article::{ArticleRules, BREAKER_MINUTES, BREAKER_NOTE, Breaker, Opening, SLOW_SECONDS, SLOWEST};
pub use block::{BLOCK_DAYS, BLOCK_REASON_CHARS, BlockKind, BlockValue, BlockedTerm, Effect, Force};
pub use breaker::{Burst, Cause, DECIDED};
pub use browser::kind_of_browser;
pub use characters::shows_nothing;
pub use client::{ClientAddress, HostPrefix, NetworkPrefix};
pub use engaging::{Engagement, Standing, Tallies, Tally, Window, engaging_since};
pub use evened::{Even, evened, joins};
pub use field::Field;
pub use fields::{
    ArticleKey, ArticleUrl, BODY_BYTES, BODY_CHARS, Body, Email, MailDomain, Name, Notify, Origin, SiteKey,
    Title, Website,
};
pub use id::{
    ArticleId, AuditId, BatchId, BlockId, ClusterId, CommentId, ConfirmationId, ContactId, ModeratorId,
    OutboxId, ReportId, SiteId,
};
pub use invalid::{Code, Fault};
pub(crate) use language::each_language;
pub use language::{Direction, Language};
pub use mail::{DigestEvery, MailMode, MailSettings, QuietHours, Waits, Zone};
pub use mark::Mark;
pub use message::Message;
pub use normalise::normalised_text;
pub use policy::{BreakerAction, BreakerRules, FormRules, Links, Mode, Policy, STAFF_NAMES, Trust};
pub use reason::{Basis, CannedReason, REASON_CHARS, REASONS};
pub use report::{Notice, REPORT_CHARS, Report, ReportReason};
pub use role::{Moderator, Role, Scope};
pub use site::Site;
pub use status::{Decision, EditOutcome, Needs, Status};
pub use submission::{ArticleRef, Form, Reader, Submission};
pub use term::{BadTerm, LIST_CHARS, TERM_CHARS, TERMS, Term, TermList};
pub use time::{Civil, Timestamp};
pub use told::Told;
pub use words::{WORDS, sought, words};
