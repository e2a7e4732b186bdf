use std::fmt;

use crate::store::StoreError;

/// Why a use case could not be carried out, for those that need no list of their own.
#[derive(Clone, Debug)]
pub enum FlowError {
    /// There is no such thing, or none that this person may know of.
    NotFound,
    /// There is, but this person may not do that.
    Forbidden,
    /// Somebody changed it since it was read.
    VersionConflict,
    /// The state it is in does not allow that.
    AlreadyDecided,
    /// The database did not do what it was asked.
    Store(StoreError),
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Forbidden => f.write_str("not permitted"),
            Self::VersionConflict => f.write_str("changed meanwhile"),
            Self::AlreadyDecided => f.write_str("its state does not allow that"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FlowError {}

impl FlowError {
    /// For logs: what kind of thing went wrong.
    pub fn class(&self) -> &str {
        match self {
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::VersionConflict => "version-conflict",
            Self::AlreadyDecided => "already-decided",
            Self::Store(error) => error.class(),
        }
    }
}

impl From<StoreError> for FlowError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
