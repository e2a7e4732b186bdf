//! The receipt page: a commenter's private view of one comment.

use askama::Template;

use crate::{
    domain::Basis,
    http::view::{Link, When},
    texts::{Phrase, Texts},
};

/// The state of one comment, and what its author can still do.
#[derive(Clone, Debug, Template)]
#[template(path = "public/receipt.html")]
pub struct ReceiptPage {
    /// The language of the site.
    pub t: Texts,
    /// The site it was sent to.
    pub site: String,
    /// Where it stands.
    pub state: ReceiptState,
    /// The article's title and address.
    pub article: Link,
    /// The newest text, as typed.
    pub text: String,
    /// Whether it is one of the site's own people.
    pub by_site: bool,
    /// When it was sent.
    pub submitted: When,
    /// Where both forms post to: the receipt's own path.
    pub action: String,
    /// The edit form, while editing is allowed.
    pub edit: Option<EditForm>,
    /// Whether it can be taken back.
    pub can_withdraw: bool,
    /// What can be said against a rejection, or was.
    pub appeal: Option<AppealForm>,
    /// What mail can be chosen: value, label, and whether it is; none when it was taken back.
    pub notify: Option<Vec<(&'static str, String, bool)>>,
    /// What the last action did.
    pub notice: Option<String>,
}

/// What a commenter is told about the status. Spam is told as `Waiting`, for good (design §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptState {
    /// Nobody has decided yet.
    Waiting,
    /// On the page, at this address.
    Published {
        /// The article with `#comment-ID`.
        url: String,
        /// A changed text waits for a moderator; the published one stays up.
        edit_waits: bool,
    },
    /// Rejected, perhaps with a reason.
    NotPublished {
        /// The moderator's reason, in words for the commenter.
        reason: Option<String>,
        /// What that rests on.
        basis: Option<Basis>,
    },
    /// Taken back by its author.
    Withdrawn,
}

/// An author's word against a rejection.
#[derive(Clone, Debug)]
pub enum AppealForm {
    /// It can be said.
    Open {
        /// What was just typed.
        text: String,
        /// What was wrong with it.
        error: Option<String>,
    },
    /// It was said.
    Made {
        /// So.
        text: String,
        /// What became of it.
        told: String,
    },
}

/// The form that changes the text.
#[derive(Clone, Debug)]
pub struct EditForm {
    /// What the text area holds: the newest text, or what was just typed.
    pub text: String,
    /// Until when, as [`When::exact`]; `None` means while it waits.
    pub until: Option<String>,
    /// What was wrong with the last try.
    pub error: Option<String>,
    /// Most characters a comment may have.
    pub comment_chars: usize,
}

impl ReceiptState {
    fn label(&self, t: Texts) -> Phrase {
        match self {
            Self::Waiting => t.say("receipt-waiting"),
            Self::Published { .. } => t.say("receipt-published"),
            Self::NotPublished { .. } => t.say("receipt-rejected"),
            Self::Withdrawn => t.say("receipt-withdrawn"),
        }
    }

    fn is_public(&self) -> bool {
        matches!(self, Self::Published { .. })
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Waiting => "state-waiting",
            Self::Published { .. } => "state-good",
            Self::NotPublished { .. } => "state-bad",
            Self::Withdrawn => "state-quiet",
        }
    }
}
