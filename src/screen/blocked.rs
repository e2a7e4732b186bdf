//! What editors block of a person, and in what is written.

use super::{Case, Finding, Verdict};
use crate::domain::{BlockedTerm, Effect, Force, normalised_text};

/// The address, by whoever typed it.
pub(super) fn address(case: &Case<'_>) -> Option<Finding> {
    found("blocked-address", case.blocks.email, case)
}

/// The domain of the address, or one above it.
pub(super) fn domain(case: &Case<'_>) -> Option<Finding> {
    found("blocked-domain", case.blocks.domain, case)
}

/// The client, or its neighbourhood.
pub(super) fn network(case: &Case<'_>) -> Option<Finding> {
    found("blocked-network", case.blocks.host.max(case.blocks.network), case)
}

/// A term in the text. Which one is not told: the finding would outlive the block.
pub(super) fn term(case: &Case<'_>) -> Option<Finding> {
    let blocks = &case.blocks;
    if blocks.terms.is_empty() {
        return None;
    }
    let text = normalised_text(case.body.as_str());
    let in_force = blocks.terms.iter().filter(|block| block.until > blocks.now);
    let standing = in_force.filter(|block| stands_in(&block.term, &text));
    found("blocked-term", standing.map(|block| Force::of(block.effect, false)).max(), case)
}

/// Terms that cannot be read could stand in anything.
pub(super) fn unread_terms(case: &Case<'_>) -> Option<Finding> {
    case.blocks.is_incomplete.then_some(super::NOT_CHECKED)
}

/// Whether a term stands in a text that was normalised.
fn stands_in(term: &BlockedTerm, text: &str) -> bool {
    term.stands_in(text)
}

fn found(code: &'static str, force: Option<Force>, case: &Case<'_>) -> Option<Finding> {
    let (weight, asks) = match force?.effect(case.proven) {
        Effect::Hold => (60, Verdict::Hold),
        Effect::Refuse => (100, Verdict::Spam),
    };
    Some(Finding { code, term: None, weight, asks })
}
