//! What editors block of a person, and in what is written.

use super::{Case, Finding};
use crate::{
    domain::{BlockedTerm, Effect, Force, normalised_text},
    screen::NOT_CHECKED,
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

/// Terms in the text, the name and the website. Which ones is not told: a finding would outlive its block.
pub(in crate::screen) fn terms(case: &Case<'_>) -> Vec<Finding> {
    let blocks = &case.blocks;
    // what cannot be read could stand in anything
    let unread = blocks.is_incomplete.then_some(NOT_CHECKED);
    if blocks.terms.is_empty() {
        return unread.into_iter().collect();
    }
    let said = [Some(case.body.as_str()), case.name.map(|name| name.as_str()), case.website.map(|url| url.as_str())];
    let said: Vec<String> = said.into_iter().flatten().map(normalised_text).collect();
    let in_force = blocks.terms.iter().filter(|block| block.until > blocks.now);
    let standing = in_force.filter(|block| said.iter().any(|text| stands_in(&block.term, text)));
    let force = standing.map(|block| Force::of(block.effect, false)).max();
    force.map(|force| finding(case, "blocked-term", force)).into_iter().chain(unread).collect()
}

/// Whether a term stands in a text that was normalised.
fn stands_in(term: &BlockedTerm, text: &str) -> bool {
    term.stands_in(text)
}

fn finding(case: &Case<'_>, code: &'static str, force: Force) -> Finding {
    match force.effect(case.blocks.is_proven) {
        Effect::Hold => Finding::held(code, 60),
        Effect::Refuse => Finding::spam(code, 100),
    }
}
