//! What a submission says.

use super::{Case, Finding};
use crate::{domain::Field, screen::Echo};

/// Shorter texts are said by many people: "Well said!" is no campaign.
const REPEATABLE_CHARS: usize = 20;

/// The same text from elsewhere is how campaigns look.
pub(in crate::screen) fn repeated_text(case: &Case<'_>) -> Vec<Finding> {
    let is_long_enough = case.body.as_str().chars().nth(REPEATABLE_CHARS - 1).is_some();
    if case.echo == Echo::Same && is_long_enough {
        vec![Finding::held("repeated-text", 40)]
    } else {
        Vec::new()
    }
}

/// Nearly the same text from elsewhere is how campaigns look that know of the rule above, which tells exact repetitions.
pub(in crate::screen) fn near_duplicate(case: &Case<'_>) -> Vec<Finding> {
    if case.echo == Echo::Near { vec![Finding::held("near-duplicate", 40)] } else { Vec::new() }
}

/// Many links are what spam is for. They are counted as readers would see them.
pub(in crate::screen) fn links(case: &Case<'_>) -> Vec<Finding> {
    let most = usize::try_from(case.policy.max_links).unwrap_or(usize::MAX);
    if most > 0 && case.links >= most {
        vec![Finding::held("links", 30).by(case.links.to_string())]
    } else {
        Vec::new()
    }
}

/// Who writes an address of their own into the text may not know that everybody can read it. The address is not told
/// again: it stands in the text.
pub(in crate::screen) fn own_address(case: &Case<'_>) -> Vec<Finding> {
    let stands = case.email.and_then(|email| email.stands_in(case.body.as_str()));
    stands
        .map(|(start, length)| Finding::held("own-address", 20).at(Field::Text, start, length))
        .into_iter()
        .collect()
}
