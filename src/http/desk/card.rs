//! A comment on the desk's pages, and what can be decided about it.

use askama::{Template, filters::HtmlSafe};

use crate::{
    http::view::{Link, Moment},
    texts::{Phrase, Texts},
};

/// A comment as moderators see it, with its form. `{{ card }}` renders it.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/card.html")]
pub struct Card {
    /// The language of the page.
    pub t: Texts,
    /// The comment's id.
    pub id: String,
    /// The author's name.
    pub author: String,
    /// What became of other comments under the same address, such as `2 approved, 1 rejected`.
    pub earlier: Option<String>,
    /// Where others from there, and on the article, are found; nothing behind the link in a mail.
    pub others: Option<Others>,
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
    /// What that edit changes; empty when none waits.
    pub changes: Vec<Span>,
    /// The moderator who wrote the text, when it is not its author's.
    pub editor: Option<String>,
    /// Whether it is recommended to readers.
    pub is_picked: bool,
    /// The comment's own page; `None` when this is it.
    pub detail_url: Option<String>,
    /// Who is reading it, when it waits.
    pub claim: Option<Claim>,
    /// In a list where many can be selected: whether this one is.
    pub selected: Option<bool>,
    /// What can be decided.
    pub decide: DecisionForm,
    /// For editors, of what its readers wrote: how long its author is blocked by the form on the card, and how far back
    /// the clean-up of it goes, in days. The form posts to the page of all blocks.
    pub block: Option<(u32, u32)>,
}

/// Addresses of lists of what waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Others {
    /// From the same address or network.
    pub from_there: String,
    /// On the same article.
    pub on_article: String,
    /// Which say nearly the same, when there are any.
    pub like_it: Option<Similar>,
}

/// Comments that say nearly the same as another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    /// How many, in words.
    pub label: String,
    /// Their list.
    pub url: String,
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

/// A part of two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// In which of them it is.
    pub kind: Change,
    /// The words.
    pub text: String,
}

/// In which of two texts words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In both.
    Kept,
    /// In the earlier one only.
    Removed,
    /// In the later one only.
    Added,
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
    /// The site's canned reasons for a rejection.
    pub reasons: Vec<Canned>,
}

/// A canned reason to choose.
#[derive(Clone, Debug)]
pub struct Canned {
    /// Its code.
    pub code: String,
    /// The beginning of its text.
    pub label: String,
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

impl Span {
    fn is_removed(&self) -> bool {
        self.kind == Change::Removed
    }

    fn is_added(&self) -> bool {
        self.kind == Change::Added
    }
}

impl Claim {
    /// Whether it can be taken: where it cannot, the button waits for the script to hear that it can.
    fn is_free(&self) -> bool {
        *self == Self::Free
    }
}

impl Card {
    /// With a check box, which may be set; or as it is.
    #[must_use]
    pub fn selectable(self, selected: Option<bool>) -> Self {
        Self { selected, ..self }
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

    fn label(self, t: Texts) -> Phrase {
        match self {
            Self::Approve => t.say("choice-approve"),
            Self::Reject => t.say("choice-reject"),
            Self::Spam => t.say("choice-spam"),
            Self::Hold => t.say("choice-hold"),
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
