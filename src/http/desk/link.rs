//! The pages behind the link in a moderator's mail, as values. Their titles hold no word of a comment and no name:
//! programs that preview links show titles.

use askama::Template;

use super::pages::Card;
use crate::{
    domain::Status,
    http::view::{Link, Moment},
};

/// A comment that can be decided by the link.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/link.html")]
pub struct LinkPage {
    /// The site's name.
    pub site: String,
    /// The comment, with the form.
    pub card: Card,
    /// In whose name it decides; only told to those who are signed in.
    pub decides_for: Option<String>,
    /// Until when, for people.
    pub until: String,
    /// The comment at the desk.
    pub desk_url: String,
}

/// A comment that the link cannot decide any more.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/link_settled.html")]
pub struct SettledLinkPage {
    /// The site's name.
    pub site: String,
    /// What became of it.
    pub settled: Settled,
    /// When that was.
    pub at: Option<Moment>,
    /// Which comment it was about, where that is for the holder of the link.
    pub about: Option<About>,
    /// Whether a decision has just been sent, and was not applied.
    pub is_refused: bool,
    /// The comment at the desk.
    pub desk_url: String,
}

/// Which comment a link was about.
#[derive(Clone, Debug)]
pub struct About {
    /// Who wrote it.
    pub author: String,
    /// The article's title and address.
    pub article: Link,
    /// Its text, as typed.
    pub text: String,
    /// The reason that was given with the decision.
    pub reason: Option<String>,
    /// Where readers see it, when they do.
    pub published_url: Option<String>,
}

/// What became of a comment since the mail about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The link's moderator decided it.
    Yours(Status),
    /// Somebody else did; the name is only told to those who are signed in.
    Others(Status, Option<String>),
    /// It is not what the mail showed.
    Changed,
    /// Its author took it back.
    Withdrawn,
}

impl Settled {
    fn heading(&self) -> &'static str {
        match self {
            Self::Yours(Status::Approved) => "You have approved this comment",
            Self::Yours(Status::Rejected) => "You have rejected this comment",
            Self::Yours(Status::Spam) => "You have marked this comment as spam",
            Self::Yours(Status::Pending | Status::Withdrawn) => "You have left this comment for another look",
            Self::Others(..) => "Someone else was first",
            Self::Changed => "The comment has changed",
            Self::Withdrawn => "The comment was withdrawn",
        }
    }

    fn status(&self) -> Status {
        match self {
            Self::Yours(status) | Self::Others(status, _) => *status,
            Self::Changed => Status::Pending,
            Self::Withdrawn => Status::Withdrawn,
        }
    }

    fn label(&self) -> &'static str {
        match self.status() {
            Status::Approved => "Published",
            Status::Rejected => "Not published",
            Status::Spam => "Spam",
            Status::Pending if *self == Self::Changed => "To be read again",
            Status::Pending => "Waiting",
            Status::Withdrawn => "Withdrawn",
        }
    }

    fn class(&self) -> &'static str {
        match self.status() {
            Status::Approved => "state-good",
            Status::Rejected | Status::Spam => "state-bad",
            Status::Pending => "state-waiting",
            Status::Withdrawn => "state-quiet",
        }
    }

    /// Who was first, where that was somebody else; an empty name is not told.
    fn other(&self) -> Option<&str> {
        match self {
            Self::Others(_, by) => Some(by.as_deref().unwrap_or_default()),
            _ => None,
        }
    }

    fn is_yours(&self) -> bool {
        matches!(self, Self::Yours(_))
    }

    /// What became of it, in a sentence, or in the end of one that begins with who did it.
    fn told(&self) -> &'static str {
        match self {
            Self::Yours(Status::Approved) => "Readers can see it.",
            Self::Yours(Status::Rejected | Status::Spam) => "Readers do not see it.",
            Self::Yours(Status::Pending | Status::Withdrawn) => "It is waiting on the desk.",
            Self::Others(Status::Approved, _) => "has approved it. This link can decide no more.",
            Self::Others(Status::Rejected, _) => "has rejected it. This link can decide no more.",
            Self::Others(Status::Spam, _) => "has marked it as spam. This link can decide no more.",
            Self::Others(Status::Pending | Status::Withdrawn, _) => {
                "has left it for another look. It is waiting on the desk."
            }
            Self::Changed => {
                "It is no longer what the mail showed, so this link cannot decide on it. Please read it again on the desk."
            }
            Self::Withdrawn => "Its author has taken it back. There is nothing left to decide.",
        }
    }
}
