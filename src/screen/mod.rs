//! Judging what arrived: how often someone writes, and what it says.
//!
//! Every rule is a pure function of the submission, the facts and the site's policy; it yields a
//! finding or nothing. The verdict is the strongest that any of them asks for; a rule that breaks down
//! asks for a moderator. A new rule is a line in `RULES` and a function of its own.

mod likeness;
mod limit;
mod rules;
mod site_rate;

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

pub use likeness::{BANDS, Likeness, NEAR, alike};
pub use limit::{Check, Limiter};
pub use site_rate::SiteRate;

use crate::domain::{Body, Mode, Policy};

/// What screening concluded, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Publish it.
    Approve,
    /// A moderator decides.
    Hold,
    /// Nobody needs to see it; the commenter is told that it waits.
    Spam,
}

/// Why a submission did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable, for filters: one of [`CODES`].
    pub code: &'static str,
    /// The words of the text that caused it, where some did.
    pub term: Option<String>,
    /// How much it speaks against the submission, 1 to 100.
    pub weight: u8,
    /// What it asks for.
    pub asks: Verdict,
}

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The text.
    pub body: &'a Body,
    /// The field that people do not see was filled in.
    pub trapped: bool,
    /// The same text arrived on this site within the last day, from someone else or elsewhere.
    pub repeated: bool,
    /// Nearly the same text arrived on this site lately, from whoever.
    pub near: bool,
    /// The site takes more submissions than it should.
    pub flooded: bool,
    /// The site's rules.
    pub policy: &'a Policy,
}

/// The verdict, and every reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The strongest that any rule, or the policy, asks for.
    pub verdict: Verdict,
    /// In the order of the rules.
    pub findings: Vec<Finding>,
}

type Rule = fn(&Case<'_>) -> Option<Finding>;

const RULES: &[Rule] = &[rules::honeypot, rules::site_rate, rules::repeated_text, rules::near_duplicate];

/// Judges one submission.
pub fn judge(case: &Case<'_>) -> Judgement {
    judge_by(RULES, case)
}

fn judge_by(rules: &[Rule], case: &Case<'_>) -> Judgement {
    let found = |rule: &Rule| {
        // what a rule was at work on when it broke down is nobody else's
        catch_unwind(AssertUnwindSafe(|| rule(case))).unwrap_or(Some(NOT_CHECKED))
    };
    let mut findings: Vec<Finding> = rules.iter().filter_map(found).collect();
    // once, however many broke down
    let mut is_told = false;
    findings.retain(|finding| *finding != NOT_CHECKED || !mem::replace(&mut is_told, true));
    let policy = match case.policy.mode {
        Mode::HoldAll => Verdict::Hold,
        Mode::Open => Verdict::Approve,
    };
    let verdict = findings.iter().map(|finding| finding.asks).fold(policy, Verdict::max);
    Judgement { verdict, findings }
}

/// A check that could not run neither publishes nor refuses.
const NOT_CHECKED: Finding = Finding { code: "not-checked", term: None, weight: 1, asks: Verdict::Hold };

/// The codes of what is found.
pub const CODES: [&str; 5] = ["honeypot", "near-duplicate", "not-checked", "repeated-text", "site-rate"];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_found_and_hold_all(Mode::HoldAll, (false, false, false), Verdict::Hold, &[])]
    #[case::nothing_found_and_open(Mode::Open, (false, false, false), Verdict::Approve, &[])]
    #[case::the_honeypot_is_spam_whatever_the_policy(Mode::Open, (true, false, false), Verdict::Spam, &["honeypot"])]
    #[case::a_repeated_text_is_held(Mode::Open, (false, true, false), Verdict::Hold, &["repeated-text"])]
    #[case::a_flood_is_held(Mode::Open, (false, false, true), Verdict::Hold, &["site-rate"])]
    #[case::the_strongest_counts_and_all_are_told(
        Mode::HoldAll, (true, true, true), Verdict::Spam, &["honeypot", "site-rate", "repeated-text"]
    )]
    fn verdicts(
        #[case] mode: Mode,
        #[case] (trapped, repeated, flooded): (bool, bool, bool),
        #[case] verdict: Verdict,
        #[case] codes: &[&str],
    ) {
        let policy = Policy { mode, ..Policy::default() };
        let body = Body::parse("The bridge should open again before the winter.", 10_000).unwrap();
        let judged = judge(&Case { body: &body, trapped, repeated, near: false, flooded, policy: &policy });
        assert_eq!(judged.verdict, verdict);
        assert_eq!(judged.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes);
    }

    /// A rule with a bug. The message of a panic may quote what it was about: nobody is told of it.
    fn breaks_down(_: &Case<'_>) -> Option<Finding> {
        panic!("a bug in a rule")
    }

    #[rstest]
    #[case::it_holds_what_would_be_published(Mode::Open, false, Verdict::Hold, &["not-checked"])]
    #[case::and_the_others_are_asked_all_the_same(Mode::Open, true, Verdict::Spam, &["not-checked", "honeypot"])]
    fn a_check_that_cannot_run_holds(
        #[case] mode: Mode,
        #[case] trapped: bool,
        #[case] verdict: Verdict,
        #[case] codes: &[&str],
    ) {
        let policy = Policy { mode, ..Policy::default() };
        let body = Body::parse("The bridge should open again.", 10_000).unwrap();
        let case = Case { body: &body, trapped, repeated: false, near: false, flooded: false, policy: &policy };
        let judged = judge_by(&[breaks_down, rules::honeypot, breaks_down, rules::site_rate], &case);
        assert_eq!(judged.verdict, verdict);
        assert_eq!(judged.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn short_texts_may_repeat() {
        let body = Body::parse("Well said!", 10_000).unwrap();
        let policy = Policy { mode: Mode::Open, ..Policy::default() };
        let case = Case { body: &body, trapped: false, repeated: true, near: false, flooded: false, policy: &policy };
        assert_eq!(judge(&case).verdict, Verdict::Approve);
    }
}
