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
    /// Who is reading it, when it waits.
    pub claim: Option<Claim>,
    /// In a list where many can be selected: whether this one is.
    pub selected: Option<bool>,
    /// What can be decided.
    pub decide: DecisionForm,
}

/// Who is reading a comment that waits. Its form posts `action` (`take`, `give-back`), `csrf` and `next`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody is.
    Free,
    /// Whoever looks at the page, for so long.
    Mine(String),
    /// A colleague.
    Others {
        /// Their name.
        by: String,
        /// For how long.
        left: String,
    },
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

/// The form that posts `decision`, `version`, `csrf`, `next` and perhaps `reason` and `note`.
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
    /// Whether colleagues can be told something with it.
    pub has_notes: bool,
    /// Whether it can be left to somebody who knows better.
    pub can_escalate: bool,
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

impl Card {
    /// With a check box, which may be set; or as it is.
    #[must_use]
    pub fn selectable(self, selected: Option<bool>) -> Self {
        Self { selected, ..self }
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

    /// The key that presses it; rejecting has one for the reason.
    fn key(self) -> Option<char> {
        match self {
            Self::Approve => Some('a'),
            Self::Spam => Some('s'),
            Self::Hold => Some('h'),
            Self::Reject => None,
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
