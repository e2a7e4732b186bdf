//! The page of a site's articles, as a value.

use askama::Template;

use super::{
    account_pages::Said,
    pages::{Tab, TopBar},
    people_pages::FieldFault,
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
    /// How many of its comments are published, in words.
    pub published: String,
    /// How many wait, in words, and the list of them; none when none do.
    pub waiting: Option<Link>,
    /// Another title, as it is or as it was typed.
    pub typed_title: String,
    /// When it closes, as a field holds it: `2026-12-01T18:00`, or as it was typed.
    pub typed_closing: String,
    /// What is wrong with what was typed.
    pub fault: Option<FieldFault>,
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
}

impl ArticleLine {
    fn is_open(&self) -> bool {
        matches!(self.opening, Opening::Open | Opening::Until(_))
    }

    fn fault_of(&self, field: &str) -> Option<&str> {
        self.fault.as_ref().filter(|fault| fault.field == field).map(|fault| fault.text.as_str())
    }
}
