//! The pages behind the link in a moderator's mail, as values. Their titles hold no word of a comment and no name:
//! programs that preview links show titles.

use askama::Template;

use super::pages::Card;
use crate::{
    domain::Status,
    http::view::{Link, Moment},
    texts::{Part, Phrase, Texts},
};

/// A comment that can be decided by the link.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/link.html")]
pub struct LinkPage {
    /// The language of the page.
    pub t: Texts,
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
    /// The language of the page.
    pub t: Texts,
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
    fn heading(&self, t: Texts) -> Phrase {
        match self {
            Self::Yours(Status::Approved) => t.say("link-yours-approved"),
            Self::Yours(Status::Rejected) => t.say("link-yours-rejected"),
            Self::Yours(Status::Spam) => t.say("link-yours-spam"),
            Self::Yours(Status::Pending | Status::Withdrawn) => t.say("link-yours-pending"),
            Self::Others(..) => t.say("link-others"),
            Self::Changed => t.say("link-changed"),
            Self::Withdrawn => t.say("link-withdrawn"),
        }
    }

    fn status(&self) -> Status {
        match self {
            Self::Yours(status) | Self::Others(status, _) => *status,
            Self::Changed => Status::Pending,
            Self::Withdrawn => Status::Withdrawn,
        }
    }

    fn label(&self, t: Texts) -> Phrase {
        match self.status() {
            Status::Approved => t.say("link-state-approved"),
            Status::Rejected => t.say("link-state-rejected"),
            Status::Spam => t.say("link-state-spam"),
            Status::Pending if *self == Self::Changed => t.say("link-state-changed"),
            Status::Pending => t.say("link-state-pending"),
            Status::Withdrawn => t.say("link-state-withdrawn"),
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

    /// Who was first; empty where that is not told.
    fn other(&self) -> &str {
        match self {
            Self::Others(_, by) => by.as_deref().unwrap_or_default(),
            _ => "",
        }
    }

    fn is_yours(&self) -> bool {
        matches!(self, Self::Yours(_))
    }

    /// What became of it, with a gap for who was first where that was somebody else.
    fn told(&self, t: Texts) -> Vec<Part> {
        let told = match self {
            Self::Yours(Status::Approved) => t.say("link-told-approved"),
            Self::Yours(Status::Rejected | Status::Spam) => t.say("link-told-rejected"),
            Self::Yours(Status::Pending | Status::Withdrawn) => t.say("link-told-pending"),
            Self::Others(Status::Approved, _) => t.say("link-told-others-approved").gap("who"),
            Self::Others(Status::Rejected, _) => t.say("link-told-others-rejected").gap("who"),
            Self::Others(Status::Spam, _) => t.say("link-told-others-spam").gap("who"),
            Self::Others(Status::Pending | Status::Withdrawn, _) => {
                t.say("link-told-others-pending").gap("who")
            }
            Self::Changed => t.say("link-told-changed"),
            Self::Withdrawn => t.say("link-told-withdrawn"),
        };
        told.parts()
    }
}
