//! The rules, one function each. They run without I/O, in time linear in what was sent.

mod arrival;
mod blocked;
mod name;
mod text;
mod trust;
mod words;

use super::{Case, Finding};

/// A rule: what it finds in a submission.
pub(super) type Rule = fn(&Case<'_>) -> Vec<Finding>;

/// All of them, in the order in which moderators read what was found.
pub(super) const RULES: &[Rule] = &[
    blocked::person,
    blocked::terms,
    arrival::honeypot,
    arrival::site_rate,
    arrival::breaker,
    text::repeated_text,
    text::near_duplicate,
    arrival::form_token,
    text::links,
    text::own_address,
    words::words,
    name::staff_name,
    name::mixed_script_name,
    trust::not_known,
];

/// The codes of what they find, and of a rule that could not run.
pub const CODES: [&str; 22] = [
    "blocked-address",
    "blocked-domain",
    "blocked-network",
    "blocked-term",
    "honeypot",
    "not-checked",
    "repeated-text",
    "near-duplicate",
    "site-rate",
    "breaker",
    "form-missing",
    "form-forged",
    "form-early",
    "form-late",
    "form-reused",
    "links",
    "word-hold",
    "word-spam",
    "own-address",
    "staff-name",
    "mixed-script-name",
    "not-known",
];
