//! The desk's pages as values: sign-in, queue, one comment, and a page for what went wrong. They hold
//! no contact: the commenter's address cannot be shown here because it is not here.

use askama::Template;

pub use super::{
    article_pages::PausedLine,
    card::{Canned, Card, Change, Choice, Claim, DecisionForm, Others, ReplyTo, Similar, Span},
    comment_page::{CommentPage, Contact, EditingForms, HistoryEntry, ReportEntry, TextVersion},
    editing::TypedText,
    people_pages::Choice as Pick,
    thread::{Neighbour, Thread},
    whole::WholeForm,
};
use crate::{domain::Role, http::view::Link, texts::Texts};

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
