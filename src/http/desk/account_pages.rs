//! The pages about the person at the desk themself, as values. What is shown once stands on a page of
//! its own.

use askama::Template;

use super::pages::TopBar;
use crate::{
    domain::{Mark, Scope, Timestamp},
    http::view::Moment,
    texts::{Part, Texts},
};

/// "Your account".
#[derive(Clone, Debug, Template)]
#[template(path = "desk/account.html")]
pub struct AccountPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// Their address: the name they sign in with.
    pub email: String,
    /// The sites they are bound to, by name; empty for all.
    pub sites: Vec<String>,
    /// What the last action did.
    pub said: Option<Said>,
    /// How they want their mail; none for whom there is no mail.
    pub mail: Option<MailForm>,
    /// Of the second factor.
    pub factor: Factor,
    /// Where they are signed in.
    pub sessions: Vec<SessionLine>,
    /// What their programs show.
    pub tokens: Vec<TokenLine>,
    /// What was typed of a new token.
    pub token_name: String,
    /// The same: that it may do all.
    pub token_may_all: bool,
    /// The same: the days until it ends.
    pub token_days: String,
}

/// What the last action did, shown in the part of the page that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The part: `mail`, `password`, `factor`, `sessions` or `tokens`.
    pub part: &'static str,
    /// In words.
    pub text: String,
    /// Whether it was done.
    pub is_good: bool,
}

/// How somebody wants their mail, as a form holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailForm {
    /// `each`, `digest` or `off`.
    pub mode: String,
    /// Minutes between two digests.
    pub digest_minutes: String,
    /// When the quiet hours begin, as `22:00`; empty for none.
    pub quiet_from: String,
    /// When they end.
    pub quiet_to: String,
    /// Where.
    pub time_zone: String,
    /// What is wrong, by field.
    pub errors: Vec<(&'static str, String)>,
}

impl MailForm {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(wrong, _)| *wrong == field).map(|(_, why)| why.as_str())
    }
}

/// What somebody has of a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Factor {
    /// None.
    Off,
    /// One, since when, and how many recovery codes are left.
    On {
        /// Since when.
        since: Moment,
        /// Recovery codes.
        left: usize,
    },
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Names it in the form.
    pub mark: Mark,
    /// Such as `Firefox on Linux`.
    pub browser: String,
    /// When it began.
    pub begun: Moment,
    /// When it was last used, when that was noted.
    pub used: Option<Moment>,
    /// It is the one that the page was asked for with.
    pub is_this: bool,
}

/// An API token as its owner sees it.
#[derive(Clone, Debug)]
pub struct TokenLine {
    /// Names it in the form.
    pub mark: Mark,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// When it ends, if it does.
    pub ends: Option<Timestamp>,
    /// It has ended.
    pub is_over: bool,
    /// When it was last used.
    pub used: Option<Moment>,
}

impl TokenLine {
    /// What it may do and how long, with a gap for when it was last used.
    fn line(&self, t: Texts) -> Vec<Part> {
        let scope = match self.scope {
            Scope::Read => t.say("account-token-reads"),
            Scope::All => t.say("account-token-does-all"),
        };
        let ends = match self.ends {
            Some(at) if self.is_over => t.say("account-token-ended").with("day", t.day(at)),
            Some(at) => t.say("account-token-until").with("day", t.day(at)),
            None => t.say("account-token-endless"),
        };
        match self.used {
            Some(_) => {
                t.say("account-token-line-used").with("scope", scope).with("ends", ends).gap("used").parts()
            }
            None => t.say("account-token-line-unused").with("scope", scope).with("ends", ends).parts(),
        }
    }
}

/// Where a second factor is set up.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/second_factor.html")]
pub struct SecondFactorPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// They can do nothing else before.
    pub is_required: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    /// The key to be confirmed; none before one was made.
    pub key: Option<KeyView>,
}

/// A key, as a picture and as text.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// In groups of four characters.
    pub text: String,
    /// The same with the names that apps show.
    pub uri: String,
    /// The same as a QR code.
    pub picture: Picture,
}

/// A QR code as the outline of its dark squares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Squares on each side, with the quiet zone around them.
    pub side: usize,
    /// What an SVG path draws: letters and numbers only.
    pub path: String,
}

/// What is shown once.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/once.html")]
pub struct OncePage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The heading.
    pub title: String,
    /// What it is, and what to do with it.
    pub lead: String,
    /// A token, or codes.
    pub secrets: Vec<String>,
}

/// Where somebody who was invited sets their password.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/invitation.html")]
pub struct InvitationPage {
    /// The language of the page.
    pub t: Texts,
    /// Where it posts to.
    pub action: String,
    /// The CSRF token.
    pub csrf: String,
    /// Their name.
    pub name: String,
    /// The name they sign in with.
    pub email: String,
    /// They had a password: it is another one that they set.
    pub is_reset: bool,
    /// Why the last try failed.
    pub error: Option<String>,
}

impl AccountPage {
    fn said_of(&self, part: &str) -> Option<&Said> {
        self.said.as_ref().filter(|said| said.part == part)
    }

    fn is_refused(&self, part: &str) -> bool {
        self.said_of(part).is_some_and(|said| !said.is_good)
    }

    fn others(&self) -> usize {
        self.sessions.iter().filter(|session| !session.is_this).count()
    }
}
