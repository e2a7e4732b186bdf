//! The desk's pages as values: sign-in, queue, one comment, and a page for what went wrong. They hold
//! no contact: the commenter's address cannot be shown here because it is not here.

use askama::Template;

pub use super::{
    article_pages::PausedLine,
    card::{Canned, Card, Change, Choice, Claim, DecisionForm, Finding, Others, ReplyTo, Similar, Span},
    editing::TypedText,
    people_pages::Choice as Pick,
    thread::{Neighbour, Thread},
    whole::WholeForm,
};
use crate::{
    domain::Role,
    http::view::{Link, Moment},
    texts::Texts,
};

/// The door.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/sign_in.html")]
pub struct SignInPage {
    /// The language of the page.
    pub t: Texts,
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
    /// The role.
    pub role: Role,
    /// The queue.
    pub home_url: String,
    /// The path of this page.
    pub here: String,
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
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// Waiting, Mine, Approved, Rejected, Spam.
    pub tabs: Vec<Tab>,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// Articles that are out of the usual rules.
    pub paused: Vec<PausedLine>,
    /// Where comments wait: how the queue does, in a sentence.
    pub figures: Option<String>,
    /// Searching and filtering.
    pub search: SearchForm,
    /// Where comments wait: taking some to read.
    pub claims: Option<ClaimsForm>,
    /// Where they say nearly the same and several wait: all of them at once.
    pub whole: Option<WholeForm>,
    /// One card a comment.
    pub cards: Vec<Card>,
    /// Where comments wait: what can be done with those that are selected.
    pub bulk: Option<BulkForm>,
    /// Back to the first page, when this is not it.
    pub first: Option<Link>,
    /// The next page, if there is one.
    pub next: Option<Link>,
    /// The address of this page.
    pub here: String,
    /// Not all of the list is meant.
    pub is_narrowed: bool,
    /// An identifier of this moment: comments with later ones are not on the page yet.
    pub since: String,
}

/// Asks for `list`, `q`, `needs`, `finding`, `site`, `sort`, and keeps `same_as`, `cluster` and `article`.
#[derive(Clone, Debug)]
pub struct SearchForm {
    /// The list that is shown.
    pub list: String,
    /// What was typed.
    pub q: String,
    /// Why that cannot be looked for.
    pub problem: Option<String>,
    /// What comments can wait for, where they wait.
    pub needs: Vec<Pick>,
    /// What screening can find.
    pub findings: Vec<Pick>,
    /// The sites, where there are several.
    pub sites: Vec<Pick>,
    /// The orders of this list.
    pub orders: Vec<Pick>,
    /// Only from the place of this comment.
    pub same_as: Option<String>,
    /// Only like this comment.
    pub cluster: Option<String>,
    /// Only on this article.
    pub article: Option<String>,
    /// Whether one of the choices is not the usual one.
    pub is_open: bool,
    /// What a link has narrowed the list to.
    pub narrowings: Vec<Narrowing>,
}

/// A filter that has no field of its own.
#[derive(Clone, Debug)]
pub struct Narrowing {
    /// Such as `Only on the article`.
    pub text: String,
    /// Which one.
    pub what: String,
    /// Its page, when it has one.
    pub url: Option<String>,
    /// The list without it.
    pub ends: String,
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

/// Posts `decision`, `csrf`, `next`, an `item` for each card that is selected, and perhaps `reason` and `reason_code`.
#[derive(Clone, Debug)]
pub struct BulkForm {
    /// The CSRF token.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
    /// The same page with all of them selected, unless they are.
    pub all: Option<Link>,
    /// The canned reasons for a rejection that every site on the page has.
    pub reasons: Vec<Canned>,
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
        /// Where one goes on, when that is another page.
        next: Option<Link>,
    },
    /// It was not: somebody else was first.
    Conflict {
        /// Who, and what became of the comment.
        text: String,
        /// The comment's own page; there, where one goes on.
        link: Option<Link>,
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
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The list it was opened from.
    pub back: Link,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// The comment.
    pub card: Card,
    /// What it answers, and what answers it.
    pub thread: Thread,
    /// What else can be done with it.
    pub forms: EditingForms,
    /// The texts it had, the latest first; none when there was one only.
    pub versions: Vec<TextVersion>,
    /// What happened to it since it was sent, the latest first.
    pub history: Vec<HistoryEntry>,
}

/// Each posts `action`, `csrf` and `version`, and what its fields hold.
#[derive(Clone, Debug)]
pub struct EditingForms {
    /// Where they post to.
    pub action: String,
    /// The CSRF token.
    pub csrf: String,
    /// The version that the moderator sees.
    pub version: i64,
    /// The text, where it can be changed.
    pub edit: Option<TypedText>,
    /// Whether it is recommended, where it can be.
    pub picked: Option<bool>,
    /// A reply, where readers would see it.
    pub reply: Option<TypedText>,
    /// Sent with the reply, so that a double click is one.
    pub reply_key: String,
    /// Under which name the reply stands.
    pub name: String,
    /// Why the address is asked for, for those who may.
    pub ask: Option<TypedText>,
    /// What came of asking for the address.
    pub contact: Option<Contact>,
    /// Most characters of a text.
    pub comment_chars: usize,
}

/// What came of asking for the address of a comment's author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// This is it.
    Kept(String),
    /// There is none, or none any more.
    Gone,
}

/// One text of a comment.
#[derive(Clone, Debug)]
pub struct TextVersion {
    /// When it was sent.
    pub at: Moment,
    /// The moderator who wrote it; none for the commenter.
    pub editor: Option<String>,
    /// The text, as typed.
    pub text: String,
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
    /// There was one, and it was erased.
    pub note_erased: bool,
    /// The entry whose note it is, for those who may erase it.
    pub erases: Option<String>,
}

/// A page of the desk with one thing to say: not found, not allowed, form out of date.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/message.html")]
pub struct DeskMessagePage {
    /// The language of the page.
    pub t: Texts,
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

impl TopBar {
    /// Whether a link of the bar leads to this page, or to one that it stands for.
    pub(super) fn is_at(&self, url: &str) -> bool {
        self.here.strip_prefix(url).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl QueuePage {
    fn heading(&self) -> &str {
        self.tabs.iter().find(|tab| tab.current).map(|tab| tab.label.as_str()).unwrap_or_default()
    }
}

impl Flash {
    /// It was done, and nothing more can be done about it.
    pub fn done(text: impl Into<String>) -> Self {
        Self::Done { text: text.into(), undo: None, next: None }
    }

    /// It was not done.
    pub fn warning(text: impl Into<String>) -> Self {
        Self::Conflict { text: text.into(), link: None }
    }

    /// On the comment's own page, where a link to it leads nowhere: after a decision one goes on in the queue.
    #[must_use]
    pub fn at_the_comment(self, goes_on: Option<Link>) -> Self {
        match self {
            Self::Conflict { text, .. } => Self::Conflict { text, link: goes_on },
            Self::Done { text, undo, .. } => Self::Done { text, undo, next: goes_on },
        }
    }
}
