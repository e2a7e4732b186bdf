//! The desk's pages as values: sign-in, queue, one comment, and a page for what went wrong. They hold
//! no contact: the commenter's address cannot be shown here because it is not here.

use askama::Template;

pub use super::card::{Card, Choice, Claim, DecisionForm, Finding, ReplyTo};
use crate::http::view::{Link, Moment};

/// The door.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/sign_in.html")]
pub struct SignInPage {
    /// Where it posts to.
    pub action: String,
    /// The CSRF token.
    pub csrf: String,
    /// The page to go to afterwards; left out when empty.
    pub next: String,
    /// The moderator's own address, as typed.
    pub email: String,
    /// Why the last try failed: the same words for an unknown name and a wrong password.
    pub error: Option<String>,
    /// They have just set a password.
    pub is_welcome: bool,
}

/// The bar on every page of a signed-in moderator.
#[derive(Clone, Debug)]
pub struct TopBar {
    /// The moderator's name.
    pub name: String,
    /// The role, in words.
    pub role: String,
    /// The queue.
    pub home_url: String,
    /// Other pages that this role may see.
    pub links: Vec<Link>,
    /// Where the sign-out form posts to.
    pub sign_out_url: String,
    /// The CSRF token of all forms on the page.
    pub csrf: String,
}

/// Comments of one status, newest or oldest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/queue.html")]
pub struct QueuePage {
    /// Who is signed in.
    pub bar: TopBar,
    /// Waiting, Mine, Approved, Rejected, Spam.
    pub tabs: Vec<Tab>,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// Where comments wait: taking some to read.
    pub claims: Option<ClaimsForm>,
    /// One card a comment.
    pub cards: Vec<Card>,
    /// Where comments wait: what can be done with those that are selected.
    pub bulk: Option<BulkForm>,
    /// Back to the first page, when this is not it.
    pub first: Option<Link>,
    /// The next page, if there is one.
    pub next: Option<Link>,
}

/// One list of comments.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Its address.
    pub url: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// How many wait in it, when that is known cheaply.
    pub count: Option<u64>,
}

/// Posts `action` (`take`, `renew`, `give-back`), `csrf` and `next`.
#[derive(Clone, Debug)]
pub struct ClaimsForm {
    /// The CSRF token.
    pub csrf: String,
    /// The list of one's own, which follows.
    pub mine: String,
    /// Whether there are some to be kept or given back here.
    pub has_mine: bool,
}

/// Posts `decision`, `csrf`, `next` and an `item` for each card that is selected.
#[derive(Clone, Debug)]
pub struct BulkForm {
    /// The CSRF token.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
    /// The same page with all of them selected, unless they are.
    pub all: Option<Link>,
}

/// What the last action did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flash {
    /// It was done.
    Done {
        /// What.
        text: String,
        /// How it is taken back, when it can be.
        undo: Option<UndoForm>,
    },
    /// It was not: somebody else was first.
    Conflict {
        /// Who, and what became of the comment.
        text: String,
        /// The comment's own page.
        comment: Option<Link>,
    },
}

/// Posts `batch` or `decision_id`, `csrf` and `next`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoForm {
    /// Which of the two.
    pub name: &'static str,
    /// The identifier.
    pub value: String,
    /// The CSRF token.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
}

/// One comment with everything that happened to it.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/comment.html")]
pub struct CommentPage {
    /// Who is signed in.
    pub bar: TopBar,
    /// The list it was opened from.
    pub back: Link,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// The comment.
    pub card: Card,
    /// What happened to it since it was sent, the latest first.
    pub history: Vec<HistoryEntry>,
}

/// One thing that happened to a comment.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// When.
    pub at: Moment,
    /// What, such as `Approved`.
    pub what: String,
    /// Who, such as `Nora Lind`; empty for the commenter or a rule named in `what`.
    pub who: String,
    /// The reason.
    pub reason: Option<String>,
    /// The remark for colleagues.
    pub note: Option<String>,
}

/// A page of the desk with one thing to say: not found, not allowed, form out of date.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/message.html")]
pub struct DeskMessagePage {
    /// Who is signed in, if somebody is.
    pub bar: Option<TopBar>,
    /// The HTTP status, shown small.
    pub status: u16,
    /// The heading.
    pub title: String,
    /// One or two sentences.
    pub text: String,
    /// Where to go from here.
    pub link: Option<Link>,
}

impl QueuePage {
    fn heading(&self) -> &str {
        self.tabs.iter().find(|tab| tab.current).map_or("Comments", |tab| tab.label.as_str())
    }
}

impl Flash {
    /// It was done, and nothing more can be done about it.
    pub fn done(text: impl Into<String>) -> Self {
        Self::Done { text: text.into(), undo: None }
    }

    /// It was not done.
    pub fn warning(text: impl Into<String>) -> Self {
        Self::Conflict { text: text.into(), comment: None }
    }

    /// On the comment's own page, where a link to it leads nowhere.
    #[must_use]
    pub fn at_the_comment(self) -> Self {
        match self {
            Self::Conflict { text, .. } => Self::Conflict { text, comment: None },
            done @ Self::Done { .. } => done,
        }
    }
}
