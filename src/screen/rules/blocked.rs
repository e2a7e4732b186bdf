//! What editors block of a person, and in what is written.

use super::{Case, Finding};
use crate::{
    domain::{Effect, Field, Force, Name, Website},
    screen::{Legible, List, NOT_CHECKED},
};

/// The address, its domain or one above it, and where it came from.
pub(in crate::screen) fn person(case: &Case<'_>) -> Vec<Finding> {
    let blocks = &case.blocks;
    let found = [
        ("blocked-address", blocks.email),
        ("blocked-domain", blocks.domain),
        ("blocked-network", blocks.host.max(blocks.network)),
    ];
    found.into_iter().filter_map(|(code, force)| Some(finding(case, code, force?))).collect()
}

/// Terms in what readers would see. Where they stand is told, and not which they are: a finding outlives its block.
pub(in crate::screen) fn terms(case: &Case<'_>) -> Vec<Finding> {
    // what cannot be read could stand in anything
    let unread = case.blocks.is_incomplete.then_some(NOT_CHECKED);
    let Some(terms) = case.blocks.terms else { return unread.into_iter().collect() };
    let said = [
        (Field::Text, Some(case.body.as_str())),
        (Field::Name, case.name.map(Name::as_str)),
        (Field::Website, case.website.map(Website::as_str)),
    ];
    let mut found = Vec::new();
    for (field, text) in said {
        let Some(text) = text.map(Legible::new) else { continue };
        found.extend(terms.find(&text).into_iter().map(|hit| {
            let force = if hit.list == List::Hold { Force::Hold } else { Force::Refuse };
            finding(case, "blocked-term", force).at(field, hit.start, hit.length)
        }));
    }
    found.extend(unread);
    found
}

fn finding(case: &Case<'_>, code: &'static str, force: Force) -> Finding {
    match force.effect(case.blocks.is_proven) {
        Effect::Hold => Finding::held(code, 60),
        Effect::Refuse => Finding::spam(code, 100),
    }
}
