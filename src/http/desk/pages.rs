//! The desk's pages as values: sign-in, queue, one comment, and a page for what went wrong. They hold
//! no contact: the commenter's address cannot be shown here because it is not here.

use askama::{Template, filters::HtmlSafe};

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
    /// Waiting, Approved, Rejected, Spam.
    pub tabs: Vec<Tab>,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// One card a comment.
    pub cards: Vec<Card>,
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

/// What the last action did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flash {
    /// It was done.
    Done(String),
    /// It was not: somebody else was first.
    Conflict {
        /// Who, and what became of the comment.
        text: String,
        /// The comment's own page.
        comment: Option<Link>,
    },
}

/// A comment as moderators see it, with its form. `{{ card }}` renders it.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/card.html")]
pub struct Card {
    /// The comment's id.
    pub id: String,
    /// The author's name.
    pub author: String,
    /// What became of other comments under the same address, such as `2 approved, 1 rejected`.
    pub earlier: Option<String>,
    /// The author's website: shown as text, never linked.
    pub website: Option<String>,
    /// The article's title and address.
    pub article: Link,
    /// The site's name, when the moderator has several.
    pub site: Option<String>,
    /// When it was sent.
    pub submitted: Moment,
    /// Status or need in words, such as `Waiting` or `Edit waiting`.
    pub label: String,
    /// Why screening held it.
    pub findings: Vec<Finding>,
    /// Whether it answers another comment.
    pub is_reply: bool,
    /// The comment it answers, where that was looked up.
    pub reply_to: Option<ReplyTo>,
    /// The text, as the sanitiser made it: the published one when an edit waits.
    pub html: String,
    /// The new text of a waiting edit, as the sanitiser made it.
    pub edit_html: Option<String>,
    /// The comment's own page; `None` when this is it.
    pub detail_url: Option<String>,
    /// What can be decided.
    pub decide: DecisionForm,
}

/// One reason of the screening, in plain words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Such as `Honeypot filled`.
    pub label: String,
    /// The word or number that it was found by.
    pub term: Option<String>,
}

/// The comment that a reply answers, shortened.
#[derive(Clone, Debug)]
pub struct ReplyTo {
    /// Who wrote it.
    pub author: String,
    /// Its beginning, as text.
    pub excerpt: String,
}

/// The form that posts `decision`, `version`, `csrf`, `next` and perhaps `reason`.
#[derive(Clone, Debug)]
pub struct DecisionForm {
    /// Where it posts to.
    pub action: String,
    /// The version that the moderator sees.
    pub version: i64,
    /// The CSRF token; empty behind the link in a mail, whose address proves it all: then the version is left out, too.
    pub csrf: String,
    /// The page to come back to; left out when empty.
    pub next: String,
    /// What the transition table allows now, in the order shown.
    pub choices: Vec<Choice>,
}

/// A decision that a button offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Publish it.
    Approve,
    /// Do not publish it; can carry a reason.
    Reject,
    /// It is spam.
    Spam,
    /// Put it back among those that wait.
    Hold,
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
    /// The reason or note.
    pub reason: Option<String>,
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
    /// On the comment's own page, where a link to it leads nowhere.
    #[must_use]
    pub fn at_the_comment(self) -> Self {
        match self {
            Self::Conflict { text, .. } => Self::Conflict { text, comment: None },
            done @ Self::Done(_) => done,
        }
    }
}

impl Choice {
    fn value(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Spam => "spam",
            Self::Hold => "hold",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Approve => "Approve",
            Self::Reject => "Reject",
            Self::Spam => "Spam",
            Self::Hold => "Hold",
        }
    }
}

impl DecisionForm {
    fn can_reject(&self) -> bool {
        self.choices.contains(&Choice::Reject)
    }
}

/// A card is escaped by its own template.
impl HtmlSafe for Card {}
