//! How a submission came.

use super::{Case, Finding};
use crate::screen::FormToken;

/// People do not see the field `address`; programs fill in what they find.
pub(in crate::screen) fn honeypot(case: &Case<'_>) -> Vec<Finding> {
    if case.trapped { vec![Finding::spam("honeypot", 100)] } else { Vec::new() }
}

/// A flood must not close the comments, so what comes in it is held, without a mail each.
pub(in crate::screen) fn site_rate(case: &Case<'_>) -> Vec<Finding> {
    if case.flooded { vec![Finding::held("site-rate", 20)] } else { Vec::new() }
}

/// A form that a person filled in was fetched some time before, not too long ago, and is posted once.
pub(in crate::screen) fn form_token(case: &Case<'_>) -> Vec<Finding> {
    let rules = &case.policy.form;
    let found = match case.form {
        FormToken::Missing => rules.required.then(|| Finding::held("form-missing", 30)),
        FormToken::Forged => Some(Finding::held("form-forged", 50)),
        FormToken::Reused => Some(Finding::held("form-reused", 20)),
        FormToken::Late => Some(Finding::held("form-late", 10)),
        FormToken::Aged(age) if age.as_secs() < u64::from(rules.min_seconds) => {
            Some(Finding::held("form-early", 50).by(age.as_secs().to_string()))
        }
        FormToken::Aged(_) | FormToken::NotAsked => None,
    };
    found.into_iter().collect()
}
