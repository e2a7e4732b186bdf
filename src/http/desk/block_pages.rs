//! The pages of blocks, as values. None of them knows what is blocked: that is kept nowhere in the open.

use askama::Template;

use super::{
    account_pages::Said,
    pages::{Tab, TopBar},
    people_pages::{Choice, FieldFault},
};
use crate::{
    domain::{BlockKind, Effect},
    http::view::{Link, Moment},
    texts::{Phrase, Texts},
};

/// The blocks of one site, the latest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/blocks.html")]
pub struct BlocksPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The sites that they see, when there are several.
    pub tabs: Vec<Tab>,
    /// The key of the site that is shown.
    pub site: String,
    /// What the last action did.
    pub said: Option<Said>,
    /// The blocks.
    pub blocks: Vec<BlockLine>,
    /// A new one, by its value.
    pub form: BlockForm,
    /// The latest blocks, when this is not their page.
    pub first: Option<Link>,
    /// The blocks before these.
    pub next: Option<Link>,
}

/// One block. Its form posts `action` (`end`), `csrf`, `site` and `id`.
#[derive(Clone, Debug)]
pub struct BlockLine {
    /// Its id.
    pub id: String,
    /// Of what kind it is.
    pub kind: BlockKind,
    /// What it does.
    pub effect: Effect,
    /// It refuses only what proves its address.
    pub needs_proof: bool,
    /// Why, for colleagues.
    pub reason: String,
    /// Who made it, while their account is there.
    pub by: Option<String>,
    /// When.
    pub made: Moment,
    /// When it ends, or ended.
    pub ends: String,
    /// Whether it is over.
    pub is_over: bool,
    /// The page of the comment that it was taken from.
    pub comment: Option<String>,
}

/// Whoever wrote a comment is to be blocked: with what else came from them, before it is marked as spam.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/block_author.html")]
pub struct BlockAuthorPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// To the comment.
    pub back: Link,
    /// The author's name.
    pub author: String,
    /// What was wrong, or has to be said yes to.
    pub said: Option<Said>,
    /// What is to be blocked.
    pub form: BlockForm,
    /// What would be marked as spam.
    pub marked: Option<Marked>,
}

/// Comments that would be marked as spam.
#[derive(Clone, Debug)]
pub struct Marked {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Vec<MarkedLine>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct MarkedLine {
    /// Its author.
    pub author: String,
    /// Its page.
    pub url: String,
    /// Its status, in words.
    pub label: String,
    /// When it was sent.
    pub submitted: Moment,
    /// Its beginning, as text.
    pub excerpt: String,
}

/// Posts `action` (`block` by value, `block-author`), `csrf`, and `site`, `kind` and `value`, or `comment`, `next`, any
/// `kind`, `clean_up`, `clean_up_days` and `expect`; and `effect`, `reason`, `days` and `neighbours`.
#[derive(Clone, Debug, Default)]
pub struct BlockForm {
    /// The comment whose author it is.
    pub comment: String,
    /// The page that follows.
    pub next: String,
    /// What can be blocked.
    pub kinds: Vec<Choice>,
    /// By value: what.
    pub value: String,
    /// What can happen.
    pub effects: Vec<Choice>,
    /// For colleagues.
    pub reason: String,
    /// For so long.
    pub days: String,
    /// Whether what came from there is marked as spam.
    pub cleans: bool,
    /// Of so many days.
    pub clean_up_days: String,
    /// How many comments that is, where they were shown.
    pub expect: Option<usize>,
    /// How many published authors have an address of the domain, where that was said.
    pub neighbours: Option<usize>,
    /// What is wrong with what was typed.
    pub faults: Vec<FieldFault>,
}

impl BlockForm {
    fn fault_of(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.text.as_str())
    }
}

impl BlockLine {
    fn what(&self, t: Texts) -> Phrase {
        match self.kind {
            BlockKind::Email => t.say("block-email"),
            BlockKind::Domain => t.say("block-domain"),
            BlockKind::Host => t.say("block-host"),
            BlockKind::Network => t.say("block-network"),
            BlockKind::Term => t.say("block-term"),
        }
    }

    fn does(&self, t: Texts) -> Phrase {
        match (self.effect, self.needs_proof) {
            (Effect::Hold, _) => t.say("block-holds"),
            (Effect::Refuse, false) => t.say("block-refuses"),
            (Effect::Refuse, true) => t.say("block-refuses-proven"),
        }
    }
}
