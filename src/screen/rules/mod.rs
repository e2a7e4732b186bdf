//! The rules, one function each. They run without I/O, in time linear in what was sent.

mod arrival;
mod name;
mod text;
mod trust;

use super::{Case, Finding};

/// A rule: what it finds in a submission.
pub(super) type Rule = fn(&Case<'_>) -> Vec<Finding>;

/// All of them, in the order in which moderators read what was found.
pub(super) const RULES: &[Rule] = &[
    arrival::honeypot,
    arrival::site_rate,
    text::repeated_text,
    text::near_duplicate,
    arrival::form_token,
    text::links,
    text::own_address,
    name::staff_name,
    name::mixed_script_name,
    trust::not_known,
];

/// The codes of what they find, and of a rule that could not run.
pub const CODES: [&str; 15] = [
    "honeypot",
    "not-checked",
    "repeated-text",
    "near-duplicate",
    "site-rate",
    "form-missing",
    "form-forged",
    "form-early",
    "form-late",
    "form-reused",
    "links",
    "own-address",
    "staff-name",
    "mixed-script-name",
    "not-known",
];
