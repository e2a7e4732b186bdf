//! What a reader reports about a published comment.

use super::{Code, Email, Name};

/// Longest text of a report, and longest place in the law, in characters.
pub const REPORT_CHARS: usize = 2_000;

/// Why somebody reports a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportReason {
    /// Against the law: a notice, by somebody with a name and an address (Regulation (EU) 2022/2065, article 16).
    Illegal,
    /// It attacks people.
    Abuse,
    /// It advertises.
    Spam,
    /// It is about something else.
    OffTopic,
    /// As the text says.
    Other,
}

impl ReportReason {
    /// Every reason, the most pressing first.
    pub const ALL: [Self; 5] = [Self::Illegal, Self::Abuse, Self::Spam, Self::OffTopic, Self::Other];

    /// The word of the API and of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Illegal => "illegal",
            Self::Abuse => "abuse",
            Self::Spam => "spam",
            Self::OffTopic => "off-topic",
            Self::Other => "other",
        }
    }

    /// Reads [`ReportReason::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|reason| reason.name() == raw).ok_or(Code::UnknownValue)
    }
}

/// A report, as far as its sender says anything of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// Why.
    pub reason: ReportReason,
    /// In their words; at most [`REPORT_CHARS`].
    pub text: Option<String>,
    /// Where they can be answered; always there with [`ReportReason::Illegal`].
    pub email: Option<Email>,
    /// With [`ReportReason::Illegal`] alone.
    pub notice: Option<Notice>,
}

/// What makes a report a notice of illegal content, given in good faith.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Which law, as they name it; at most [`REPORT_CHARS`].
    pub law: String,
    /// Who says so.
    pub name: Name,
}
