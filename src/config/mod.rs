//! The settings: compiled-in defaults, under a file, under the environment.
//!
//! The command line loads them once, and hands each part to whom it concerns. What loads is valid:
//! addresses are addresses and numbers are within the bounds that `replydesk.default.toml` states.
//! An error names the setting and never its value, which may be a password.

mod fields;
mod layers;
mod redact;
mod sections;
mod target;

use std::{
    ffi::OsString,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

pub use sections::{
    AccountsConfig, CacheConfig, CommentsConfig, DatabaseConfig, KeysConfig, LimitsConfig, LogConfig,
    LogFormat, LogLevel, MailConfig, OpsConfig, OutboxConfig, SecondFactor, ServerConfig, SessionsConfig,
};
pub use target::{DatabaseTarget, MailTarget, PublicUrl};

use layers::Layers;

/// All settings of one process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The public side.
    pub server: ServerConfig,
    /// The operators' port.
    pub ops: OpsConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// Where the keys are kept.
    pub keys: KeysConfig,
    /// How mail leaves.
    pub mail: MailConfig,
    /// How the worker leases what is owed.
    pub outbox: OutboxConfig,
    /// How much is too much.
    pub limits: LimitsConfig,
    /// What comments may be, on all sites.
    pub comments: CommentsConfig,
    /// Prepared pages.
    pub cache: CacheConfig,
    /// Signed-in moderators.
    pub sessions: SessionsConfig,
    /// The people at the desk.
    pub accounts: AccountsConfig,
    /// What is said on stderr.
    pub log: LogConfig,
    #[serde(skip)]
    shown: String,
}

impl Config {
    /// The defaults and their documentation, for `config default`.
    pub const fn default_toml() -> &'static str {
        include_str!("../../replydesk.default.toml")
    }

    /// Loads the defaults, then `file`, then the variables of `environment` that start with
    /// `REPLYDESK_`; `REPLYDESK_CONFIG`, `REPLYDESK_BIN` and `REPLYDESK_TEST_*` are others' business.
    pub fn load<K: Into<OsString>, V: Into<OsString>>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::defaults();
        if let Some(path) = file {
            layers.add_file(path)?;
        }
        layers.add_environment(environment.into_iter().map(|(key, value)| (key.into(), value.into())))?;
        layers.read_secret("database")?;
        layers.read_secret("mail")?;
        let shown = redact::shown(&layers.table);
        let config = Self { shown, ..Self::read(layers.table)? };
        config.check()?;
        Ok(config)
    }

    /// The settings in force, for `config show`: passwords in URLs are replaced by `***`.
    pub fn to_redacted_toml(&self) -> &str {
        &self.shown
    }

    /// The keys file: as set, or beside the `SQLite` database; with `PostgreSQL` it must be set.
    pub fn keys_file(&self) -> Result<PathBuf, ConfigError> {
        match (&self.keys.file, &self.database.url) {
            (Some(path), _) => Ok(path.clone()),
            (None, DatabaseTarget::Sqlite(database)) => Ok(database.with_file_name("keys.toml")),
            (None, DatabaseTarget::Postgres(_)) => Err(bad("keys.file", "must be given with PostgreSQL")),
        }
    }

    /// Where mail goes: as set, or the folder `mail` beside the `SQLite` database. None only with
    /// `PostgreSQL` and no `mail.url`: replicas have no folder in common.
    pub fn mail_target(&self) -> Option<MailTarget> {
        match (&self.mail.url, &self.database.url) {
            (Some(target), _) => Some(target.clone()),
            (None, DatabaseTarget::Sqlite(path)) => Some(MailTarget::Folder(path.with_file_name("mail"))),
            (None, DatabaseTarget::Postgres(_)) => None,
        }
    }

    /// Where readers reach the service: as set, or made from the address it was `bound` to, whose
    /// port is known only then when the setting says 0.
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        self.server.public_url.clone().unwrap_or_else(|| PublicUrl::of(bound))
    }

    fn read(table: Table) -> Result<Self, ConfigError> {
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let setting = error.path().to_string();
            // every field is read by our own functions, whose messages hold no value
            ConfigError::Bad { setting, what: error.inner().message().to_owned() }
        })
    }

    /// What two settings owe each other.
    fn check(&self) -> Result<(), ConfigError> {
        if self.ops.listen == self.server.listen && self.ops.listen.port() != 0 {
            return Err(bad("ops.listen", "must differ from server.listen"));
        }
        if self.database.deadline >= self.server.client_timeout {
            return Err(bad("database.deadline_ms", "must be less than server.client_timeout_seconds"));
        }
        // a moment to begin, and time to settle
        if self.outbox.lease <= self.mail.timeout + OutboxConfig::margin(self.database.deadline) {
            let what = "must be more than mail.timeout_seconds, 5 seconds and twice database.deadline_ms";
            return Err(bad("outbox.lease_seconds", what));
        }
        Ok(())
    }
}

/// Which setting is wrong, and how it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// No setting has this name: `section.key`, or a variable of the environment.
    Unknown(String),
    /// The setting, and what it must be.
    Bad {
        /// Its name, as `section.key`.
        setting: String,
        /// What is wrong; never the value.
        what: String,
    },
    /// The configuration file as a whole: where it is, and what is wrong.
    File(PathBuf, String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "unknown setting {name}"),
            Self::Bad { setting, what } => write!(f, "setting {setting}: {what}"),
            Self::File(path, what) => write!(f, "configuration file {}: {what}", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {}

fn bad(setting: impl Into<String>, what: impl Into<String>) -> ConfigError {
    ConfigError::Bad { setting: setting.into(), what: what.into() }
}

#[cfg(test)]
mod tests;
