//! The forms of blocks: what they offer, what was typed into them, and what is wrong with it.

use super::{
    act::Sent,
    block_pages::BlockForm,
    blocks::DAYS,
    people_pages::{Choice, FieldFault},
};
use crate::{
    domain::{BlockKind, Code, Effect, Fault},
    http::blocks::Asked,
    texts::{Phrase, Texts},
};

/// What both forms ask for alike.
pub fn asked(sent: &Sent) -> Asked {
    let owned = |name| sent.form.owned(name).unwrap_or_default();
    let count = |name| sent.form.get(name).and_then(|raw| raw.trim().parse().ok());
    Asked {
        effect: owned("effect"),
        reason: owned("reason"),
        days: sent.form.get("days").map_or(0, whole),
        expect: count("expect"),
        neighbours: count("neighbours"),
        ..Asked::default()
    }
}

/// The same as it was typed.
pub fn typed(sent: &Sent) -> BlockForm {
    let owned = |name| sent.form.owned(name).unwrap_or_default();
    let count = |name| sent.form.get(name).and_then(|raw| raw.trim().parse().ok());
    BlockForm {
        next: owned("next"),
        effects: effects(sent.session.t, &owned("effect")),
        reason: owned("reason"),
        days: owned("days"),
        cleans: sent.form.get("clean_up").is_some(),
        clean_up_days: owned("clean_up_days"),
        expect: count("expect"),
        neighbours: count("neighbours"),
        ..BlockForm::default()
    }
}

/// A whole number; of anything else one that is out of all bounds.
pub fn whole(raw: &str) -> u32 {
    raw.trim().parse().unwrap_or(0)
}

/// A fault, beside its field.
pub fn in_words(t: Texts, fault: &Fault) -> FieldFault {
    let text = match (fault.field, fault.code) {
        ("days", _) => t.say("block-days-fault"),
        ("clean_up_days", Code::TooLong) => t.say("block-clean-up-long"),
        ("clean_up_days", _) => t.say("block-clean-up-fault"),
        ("kinds", Code::Required) => t.say("block-kinds-none"),
        ("kinds", _) => t.say("block-kinds-unknown"),
        ("kind", Code::TooLong) => t.say("block-terms-many"),
        ("comment", _) => t.say("block-comment-fault"),
        ("value", Code::NotAnAddress) => t.say("block-value-fault"),
        (field, code) => t.fault(field, code),
    };
    FieldFault { field: fault.field, text: text.into() }
}

/// The form of a block by its value.
pub fn by_value(t: Texts) -> BlockForm {
    BlockForm {
        kinds: all_kinds(t, BlockKind::Term.name()),
        effects: effects(t, Effect::Hold.name()),
        days: DAYS.to_string(),
        ..BlockForm::default()
    }
}

fn choice(value: &str, label: Phrase, is_chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.into(), is_chosen }
}

/// What can happen.
pub fn effects(t: Texts, chosen: &str) -> Vec<Choice> {
    let label = |effect| match effect {
        Effect::Hold => t.say("block-effect-hold"),
        Effect::Refuse => t.say("block-effect-refuse"),
    };
    let of = |effect: Effect| choice(effect.name(), label(effect), effect.name() == chosen);
    Effect::ALL.into_iter().map(of).collect()
}

/// What can be blocked by its value.
pub fn all_kinds(t: Texts, chosen: &str) -> Vec<Choice> {
    let label = |kind| match kind {
        BlockKind::Email => t.say("block-email"),
        BlockKind::Domain => t.say("block-domain"),
        BlockKind::Host => t.say("block-host"),
        BlockKind::Network => t.say("block-network"),
        BlockKind::Term => t.say("block-term"),
    };
    let of = |kind: BlockKind| choice(kind.name(), label(kind), kind.name() == chosen);
    BlockKind::ALL.into_iter().map(of).collect()
}

/// What is blocked of an author, the narrowest first.
pub fn kinds_of_a_person(t: Texts, chosen: &[&str]) -> Vec<Choice> {
    [
        (BlockKind::Host, t.say("block-their-host")),
        (BlockKind::Email, t.say("block-their-email")),
        (BlockKind::Network, t.say("block-their-network")),
        (BlockKind::Domain, t.say("block-their-domain")),
    ]
    .into_iter()
    .map(|(kind, label)| choice(kind.name(), label, chosen.contains(&kind.name())))
    .collect()
}
