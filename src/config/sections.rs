//! The settings as types. Units and bounds stand in `replydesk.default.toml`; a test holds both
//! together.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::{
    fields::{self, DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    target::{DatabaseTarget, MailTarget, PublicUrl},
};

/// `[server]`: the public side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Where it listens; port 0 takes any free one.
    #[serde(deserialize_with = "fields::address")]
    pub listen: SocketAddr,
    /// As set; ask [`Config::public_url`](super::Config::public_url) for the one in force.
    #[serde(deserialize_with = "fields::public_url")]
    pub public_url: Option<PublicUrl>,
    /// The peers whose word about the client's address is believed.
    #[serde(deserialize_with = "fields::proxies")]
    pub trusted_proxies: Vec<IpNet>,
    /// Threads; 0 means one for each core.
    #[serde(deserialize_with = "fields::within::<_, 0, 256>")]
    pub workers: u32,
    /// For the head of a request.
    #[serde(
        rename = "client_request_timeout_seconds",
        deserialize_with = "fields::span::<_, SECOND, 1, 300>"
    )]
    pub client_request_timeout: Duration,
    /// From the first byte of a request to that of its answer, and from part to part of an answer.
    #[serde(rename = "client_timeout_seconds", deserialize_with = "fields::span::<_, SECOND, 5, 600>")]
    pub client_timeout: Duration,
    /// For an idle connection; zero closes after each answer.
    #[serde(rename = "keep_alive_seconds", deserialize_with = "fields::span::<_, SECOND, 0, 300>")]
    pub keep_alive: Duration,
    /// From SIGTERM to the closing of the listener, not ready and answering.
    #[serde(rename = "drain_seconds", deserialize_with = "fields::span::<_, SECOND, 0, 60>")]
    pub drain: Duration,
    /// From there to the end.
    #[serde(rename = "shutdown_seconds", deserialize_with = "fields::span::<_, SECOND, 1, 600>")]
    pub shutdown: Duration,
    /// Over all threads.
    #[serde(deserialize_with = "fields::within::<_, 16, 1_000_000>")]
    pub max_connections: u32,
}

/// `[ops]`: the operators' port.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpsConfig {
    /// Where it listens; never public.
    #[serde(deserialize_with = "fields::address")]
    pub listen: SocketAddr,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// From `url` or the file that `url_file` names.
    #[serde(deserialize_with = "fields::database")]
    pub url: DatabaseTarget,
    /// `PostgreSQL`: the pool. `SQLite`: the readers.
    #[serde(deserialize_with = "fields::within::<_, 1, 200>")]
    pub connections: u32,
    /// For one call.
    #[serde(rename = "deadline_ms", deserialize_with = "fields::span::<_, MILLISECOND, 100, 60_000>")]
    pub deadline: Duration,
    /// Whether a `PostgreSQL` that may forget is only warned about.
    pub allow_unsafe_durability: bool,
}

/// `[keys]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysConfig {
    /// As set; ask [`Config::keys_file`](super::Config::keys_file) for the one in force.
    #[serde(deserialize_with = "fields::path")]
    pub file: Option<PathBuf>,
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// As set; ask [`Config::mail_target`](super::Config::mail_target) for the one in force.
    #[serde(deserialize_with = "fields::mail")]
    pub url: Option<MailTarget>,
    /// The certificates that a mail server is known by; the public roots when it is not set.
    #[serde(deserialize_with = "fields::path")]
    pub ca_file: Option<PathBuf>,
    /// The sender: a mailbox without control characters.
    #[serde(deserialize_with = "fields::sender")]
    pub from: String,
    /// Mails, at most.
    #[serde(deserialize_with = "fields::within::<_, 1, 1_000>")]
    pub per_second: u32,
    /// Letters about comments to one moderator, at most; 0 for any number.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000>")]
    pub letters_per_hour: u32,
    /// The wait after each temporary failure; after the last one the message is dead.
    #[serde(rename = "retry_minutes", deserialize_with = "fields::schedule")]
    pub retry: Vec<Duration>,
    /// For one delivery.
    #[serde(rename = "timeout_seconds", deserialize_with = "fields::span::<_, SECOND, 1, 300>")]
    pub timeout: Duration,
}

/// `[outbox]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboxConfig {
    /// How long a worker holds a message.
    #[serde(rename = "lease_seconds", deserialize_with = "fields::span::<_, SECOND, 11, 3_600>")]
    pub lease: Duration,
    /// Messages leased at one time.
    #[serde(deserialize_with = "fields::within::<_, 1, 500>")]
    pub batch: u32,
    /// How long what is done stays visible.
    #[serde(rename = "keep_days", deserialize_with = "fields::span::<_, DAY, 1, 365>")]
    pub keep: Duration,
}

impl OutboxConfig {
    /// What must be left of a lease when a conversation ends: a transaction that is under way, the one that settles, and
    /// a little.
    pub const fn margin(deadline: Duration) -> Duration {
        Duration::from_secs(5).saturating_add(deadline.saturating_mul(2))
    }
}

/// `[limits]`: a rate of 0 switches one off, a burst of 0 is as large as the rate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Submissions of one client.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub submit_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub submit_burst: u32,
    /// Submissions to one site.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000_000>")]
    pub site_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000_000>")]
    pub site_burst: u32,
    /// Articles that one client begins.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub new_articles_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub new_articles_burst: u32,
    /// Articles that readers begin on one site.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000_000>")]
    pub site_new_articles_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000_000>")]
    pub site_new_articles_burst: u32,
    /// Edits and withdrawals of one client.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub receipts_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub receipts_burst: u32,
    /// Reports of one client.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub reports_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 10_000>")]
    pub reports_burst: u32,
    /// Attempts to sign in.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000>")]
    pub sign_in_per_minute: u32,
    /// The same at once.
    #[serde(deserialize_with = "fields::within::<_, 0, 1_000>")]
    pub sign_in_burst: u32,
    /// Attempts to sign in under one name, from all devices that never signed in under it.
    #[serde(deserialize_with = "fields::within::<_, 0, 100_000>")]
    pub sign_in_per_hour: u32,
    /// Clients remembered, at most.
    #[serde(deserialize_with = "fields::within::<_, 1_000, 10_000_000>")]
    pub clients_tracked: u32,
}

/// `[comments]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentsConfig {
    /// How deep replies nest.
    #[serde(deserialize_with = "fields::within::<_, 0, 20>")]
    pub max_depth: u32,
    /// For editing a published comment.
    #[serde(rename = "edit_window_minutes", deserialize_with = "fields::span::<_, MINUTE, 0, 1_440>")]
    pub edit_window: Duration,
    /// How long a receipt works.
    #[serde(rename = "receipt_days", deserialize_with = "fields::span::<_, DAY, 1, 3_650>")]
    pub receipt: Duration,
    /// How long after a decision its author is told.
    #[serde(rename = "told_after_minutes", deserialize_with = "fields::span::<_, MINUTE, 0, 1_440>")]
    pub told_after: Duration,
    /// How long a report is kept.
    #[serde(rename = "report_days", deserialize_with = "fields::span::<_, DAY, 1, 3_650>")]
    pub reports_kept: Duration,
    /// In which the same is a duplicate.
    #[serde(rename = "duplicate_window_minutes", deserialize_with = "fields::span::<_, MINUTE, 0, 10_080>")]
    pub duplicate_window: Duration,
    /// In which nearly the same is found again; 0 for never.
    #[serde(rename = "likeness_days", deserialize_with = "fields::span::<_, DAY, 0, 90>")]
    pub likeness: Duration,
    /// How long an Idempotency-Key is remembered.
    #[serde(rename = "idempotency_hours", deserialize_with = "fields::span::<_, HOUR, 1, 168>")]
    pub idempotency: Duration,
    /// Before "more replies".
    #[serde(deserialize_with = "fields::within::<_, 1, 100>")]
    pub replies_per_thread: u32,
}

/// `[cache]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    /// MiB of prepared pages; 0 keeps none.
    #[serde(deserialize_with = "fields::within::<_, 0, 65_536>")]
    pub pages_mib: u32,
}

impl CacheConfig {
    /// The same in bytes, as a cache weighs.
    pub fn pages_bytes(&self) -> u64 {
        u64::from(self.pages_mib) * 1024 * 1024
    }
}

/// `[sessions]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsConfig {
    /// From signing in to signing in again.
    #[serde(rename = "hours", deserialize_with = "fields::span::<_, HOUR, 1, 720>")]
    pub length: Duration,
}

/// `[accounts]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    /// Who must have one to work at the desk.
    pub require_second_factor: SecondFactor,
}

/// Whose sign-in must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody's.
    None,
    /// That of admins.
    Admin,
    /// Everybody's.
    All,
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Of Replydesk's own lines.
    pub level: LogLevel,
    /// Of every line.
    pub format: LogFormat,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// What needs a person.
    Error,
    /// And what may.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And every step.
    Trace,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Text, for people.
    Text,
}

impl<'de> Deserialize<'de> for SecondFactor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::word(deserializer, &[("none", Self::None), ("admin", Self::Admin), ("all", Self::All)])
    }
}

impl<'de> Deserialize<'de> for LogLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use LogLevel::{Debug, Error, Info, Trace, Warn};
        let words = [("error", Error), ("warn", Warn), ("info", Info), ("debug", Debug), ("trace", Trace)];
        fields::word(deserializer, &words)
    }
}

impl<'de> Deserialize<'de> for LogFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::word(deserializer, &[("json", Self::Json), ("text", Self::Text)])
    }
}
