//! The rules, one function each. They run without I/O, in time linear in the text.

use super::{Case, Finding, Verdict};

/// Shorter texts are said by many people: "Well said!" is no campaign.
const REPEATABLE_CHARS: usize = 20;

/// People do not see the field `address`; programs fill in what they find.
pub(super) fn honeypot(case: &Case<'_>) -> Option<Finding> {
    case.trapped.then_some(Finding { code: "honeypot", term: None, weight: 100, asks: Verdict::Spam })
}

/// A flood must not close the comments, so what comes in it is held, without a mail each.
pub(super) fn site_rate(case: &Case<'_>) -> Option<Finding> {
    case.flooded.then_some(Finding { code: "site-rate", term: None, weight: 20, asks: Verdict::Hold })
}

/// The same text from elsewhere is how campaigns look.
pub(super) fn repeated_text(case: &Case<'_>) -> Option<Finding> {
    let long_enough = case.body.as_str().chars().nth(REPEATABLE_CHARS - 1).is_some();
    (case.repeated && long_enough).then_some(Finding {
        code: "repeated-text",
        term: None,
        weight: 40,
        asks: Verdict::Hold,
    })
}

/// Nearly the same text from elsewhere is how campaigns look that know of the rule above, which tells exact repetitions.
pub(super) fn near_duplicate(case: &Case<'_>) -> Option<Finding> {
    (case.near && !case.repeated).then_some(Finding {
        code: "near-duplicate",
        term: None,
        weight: 40,
        asks: Verdict::Hold,
    })
}
