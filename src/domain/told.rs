//! What the author of a comment was told of it.

use super::Code;

/// What was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is published.
    Published,
    /// It is not.
    Rejected,
    /// It is not, and an appeal did not change that.
    Upheld,
}

impl Told {
    /// Everything that can be told.
    pub const ALL: [Self; 3] = [Self::Published, Self::Rejected, Self::Upheld];

    /// The word of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Upheld => "upheld",
        }
    }

    /// Reads [`Told::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|told| told.name() == raw).ok_or(Code::UnknownValue)
    }
}
