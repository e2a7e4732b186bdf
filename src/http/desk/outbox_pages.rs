//! The page of the outbox, as a value.

use askama::Template;

use super::{
    account_pages::Said,
    pages::{Tab, TopBar},
};
use crate::{
    http::view::{Link, Moment},
    texts::{Part, Texts},
};

/// Messages of one state.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/outbox.html")]
pub struct OutboxPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// What the last action did.
    pub said: Option<Said>,
    /// Until when mail is held back, where that is known.
    pub paused_until: Option<String>,
    /// How much is owed and was given up, in a sentence.
    pub messages: Option<String>,
    /// How the queue does, in a sentence.
    pub queue: Option<String>,
    /// The states.
    pub tabs: Vec<Tab>,
    /// The state that is shown.
    pub state: &'static str,
    /// Behind which message the page begins, to come back to it; empty for the first page.
    pub cursor: String,
    /// The messages.
    pub items: Vec<MessageLine>,
    /// What it means when there are none.
    pub empty: String,
    /// The first page, when this is not it.
    pub first: Option<Link>,
    /// The next page, if there is one.
    pub next: Option<Link>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct MessageLine {
    /// Its id.
    pub id: String,
    /// What it is, in words.
    pub kind: String,
    /// The name of whoever it goes to.
    pub person: Option<String>,
    /// The name of the site of the comment that it is about.
    pub site: Option<String>,
    /// That comment's page, for those who may see it.
    pub comment: Option<String>,
    /// When it was made.
    pub made: Moment,
    /// When it is due, or what became of it, in words.
    pub stands: String,
    /// How often it was tried, in words; none before the first time.
    pub tried: Option<String>,
    /// Why the last try failed, in words.
    pub failure: Option<String>,
    /// Until when it is being sent, unless it is settled sooner.
    pub leased_until: Option<String>,
    /// Whether it can be retried and dropped.
    pub is_open: bool,
}

impl OutboxPage {
    fn heading(&self) -> &str {
        self.tabs.iter().find(|tab| tab.current).map(|tab| tab.label.as_str()).unwrap_or_default()
    }
}

impl MessageLine {
    fn was_made(&self, t: Texts) -> Vec<Part> {
        match self.site {
            Some(_) => t.say("message-made-for").gap("time").gap("site").parts(),
            None => t.say("message-made").gap("time").parts(),
        }
    }
}
