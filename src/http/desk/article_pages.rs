//! The page of a site's articles, as a value.

use askama::Template;

use super::{
    account_pages::Said,
    pages::{Tab, TopBar},
    people_pages::{Choice, FieldFault},
};
use crate::{http::view::Link, texts::Texts};

/// The articles of one site, the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/articles.html")]
pub struct ArticlesPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The sites that they see, when there are several.
    pub tabs: Vec<Tab>,
    /// The key of the site that is shown.
    pub site: String,
    /// What was looked for; empty for nothing.
    pub q: String,
    /// Behind which article the page begins, to come back to it; empty for the first page.
    pub cursor: String,
    /// Whether whoever is signed in keeps articles; who does not can still take one out of the usual rules.
    pub edits: bool,
    /// What the last action did.
    pub said: Option<Said>,
    /// To the article that it was done to, where that is on the page.
    pub said_of: Option<Link>,
    /// The articles.
    pub articles: Vec<ArticleLine>,
    /// All articles, where only some are meant.
    pub all: String,
    /// The newest articles, when this is not their page.
    pub first: Option<Link>,
    /// The articles before these.
    pub next: Option<Link>,
}

/// One article.
#[derive(Clone, Debug)]
pub struct ArticleLine {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// In which edition it is shown.
    pub edition: i64,
    /// Its title.
    pub title: String,
    /// Its address, when that is one of the web.
    pub url: Option<String>,
    /// Only a reader has said so far that it is there.
    pub is_provisional: bool,
    /// Whether it takes comments.
    pub opening: Opening,
    /// What holds for it in place of the policy of its site, in words.
    pub rules: Vec<String>,
    /// What takes it out of the usual rules at this moment.
    pub broken: Option<Broken>,
    /// How many of its comments are published, in words.
    pub published: String,
    /// How many wait, in words, and the list of them; none when none do.
    pub waiting: Option<Link>,
    /// What its forms hold.
    pub typed: Typed,
    /// What is wrong with what was typed.
    pub fault: Option<FieldFault>,
}

/// What the forms of an article hold: how it is, or what was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Another title.
    pub title: String,
    /// When it closes, as a field holds it: `2026-12-01T18:00`.
    pub closing: String,
    /// What may hold in place of the mode of its site.
    pub modes: Vec<Choice>,
    /// Seconds in place of those of its site; empty for these.
    pub slow: String,
    /// What a breaker may do.
    pub actions: Vec<Choice>,
    /// For how many minutes.
    pub minutes: String,
    /// Why, for colleagues.
    pub note: String,
}

/// A breaker that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What it does, and until when, in words.
    pub what: String,
    /// Why a rule did it, or who did it, in words.
    pub why: String,
    /// What they wrote beside it.
    pub note: Option<String>,
}

/// An article that is out of the usual rules, as a line above the queue.
#[derive(Clone, Debug)]
pub struct PausedLine {
    /// To the article, at the desk.
    pub article: Link,
    /// What that does, and until when, in words.
    pub what: String,
}

/// Whether an article takes comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Until somebody closes it.
    Open,
    /// Until this moment.
    Until(String),
    /// No more, since this moment.
    Since(String),
    /// No more.
    Closed,
    /// Not until this moment: a breaker closed it.
    Paused(String),
}

impl ArticleLine {
    /// Whether somebody could close it: also what is closed for a while only.
    fn can_close(&self) -> bool {
        matches!(self.opening, Opening::Open | Opening::Until(_) | Opening::Paused(_))
    }

    fn fault_of(&self, field: &str) -> Option<&str> {
        self.fault.as_ref().filter(|fault| fault.field == field).map(|fault| fault.text.as_str())
    }

    fn is_refused(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.fault_of(field).is_some())
    }
}
