use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{
    accounts::Hashing, audit::Sealed, blocks, events::Events, figures::Figures, likeness::Recent,
    limits::Limits, outbox::Pause, pages::Pages, sites::Sites,
};
use crate::{
    clock::Clock,
    config::{CommentsConfig, LimitsConfig, SecondFactor},
    domain::{CommentId, Timestamp},
    store::{Db, Doorway},
    vault::{Token, TokenPurpose, Vault},
};

/// What every use case works with; made once at start and shared by all threads.
pub struct App {
    /// The database.
    pub db: Db,
    /// Where submissions are handed in.
    pub door: Doorway,
    /// The keys.
    pub vault: Vault,
    /// The time, identifiers and randomness.
    pub clock: Clock,
    /// The settings that use cases need.
    pub settings: Settings,
    /// The sites, kept in memory.
    pub sites: Sites,
    /// How much of what is too much.
    pub limits: Limits,
    /// Wakes the worker: something is owed.
    pub owed: Notify,
    /// Whether mail is held back by a worker of this process.
    pub mail_pause: Pause,
    /// Where passwords are hashed.
    pub hashing: Hashing,
    /// How far the audit log was sealed here.
    pub(super) sealed: Sealed,
    /// What those who watch the queue are told.
    pub events: Events,
    /// How the queue did a moment ago.
    pub(super) figures: Figures,
    pub(super) blocked_terms: blocks::Terms,
    /// Texts that came a moment ago.
    pub(super) recent: Recent,
    pub(super) pages: Pages,
}

/// The settings that use cases need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where readers reach the service, without a slash at the end.
    pub public_url: String,
    /// What comments may be.
    pub comments: CommentsConfig,
    /// How long a moderator stays signed in.
    pub session: Duration,
    /// Letters about comments that one moderator gets an hour, at most; 0 for any number.
    pub letters_per_hour: u32,
    /// Attempts to sign in an hour under one name; 0 for any number.
    pub sign_in_per_hour: u32,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// How long one request goes on with decisions in turns.
    pub batch: Duration,
    /// Bytes of prepared pages; 0 keeps none.
    pub cache_bytes: u64,
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Its door for submissions.
    pub door: Doorway,
    /// The keys.
    pub vault: Vault,
    /// The time.
    pub clock: Clock,
    /// The settings that use cases need.
    pub settings: Settings,
    /// The limits.
    pub limits: LimitsConfig,
}

impl App {
    /// Puts the parts together. The sites are empty until they are read for the first time.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            limits: Limits::new(&parts.limits, &parts.clock),
            pages: Pages::new(parts.settings.cache_bytes),
            sites: Sites::default(),
            blocked_terms: blocks::Terms::default(),
            recent: Recent::default(),
            events: Events::default(),
            figures: Figures::default(),
            sealed: Sealed::default(),
            mail_pause: Pause::default(),
            hashing: Hashing::default(),
            owed: Notify::new(),
            db: parts.db,
            door: parts.door,
            vault: parts.vault,
            clock: parts.clock,
            settings: parts.settings,
        })
    }

    /// The commenter's private link to one comment: the token, and until when it works.
    pub fn receipt_token(&self, comment: CommentId, submitted_at: Timestamp) -> (String, Timestamp) {
        let expires = submitted_at.plus(self.settings.comments.receipt);
        let token = Token {
            purpose: TokenPurpose::Receipt,
            object: comment.uuid(),
            version: 0,
            recipient: None,
            expires,
        };
        (self.vault.mint(&token), expires)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}
