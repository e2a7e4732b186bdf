use std::{fmt, io};

use crate::{config::ConfigError, notify::MailerError, store::StoreError, vault::KeysError};

/// Why the service did not start. One line each, without values.
#[derive(Debug)]
pub enum StartError {
    /// A setting.
    Config(ConfigError),
    /// The keys.
    Keys(KeysError),
    /// The mail door.
    Mail(MailerError),
    /// The database.
    Store(StoreError),
    /// Another server has the `SQLite` file open.
    AlreadyServed,
    /// `PostgreSQL` would forget what it acknowledged; the settings that say so.
    Unsafe(Vec<(&'static str, String)>),
    /// An address could not be listened on.
    Listen(&'static str, io::ErrorKind),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "keys: {error}"),
            Self::Mail(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::AlreadyServed => f.write_str("another `replydesk serve` has this SQLite database open"),
            Self::Unsafe(settings) => {
                let said: Vec<String> =
                    settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                write!(
                    f,
                    "the database would lose acknowledged comments in a crash ({}); \
                     set database.allow_unsafe_durability to run it all the same",
                    said.join(", ")
                )
            }
            Self::Listen(setting, kind) => write!(f, "setting {setting}: cannot listen there ({kind})"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
