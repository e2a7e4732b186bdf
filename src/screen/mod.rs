//! Judging what arrived: how often someone writes, and what it says.
//!
//! Every rule is a pure function of the submission, the facts and the site's policy; it yields findings
//! or nothing. The verdict is the strongest that any of them asks for; a rule that breaks down
//! asks for a moderator. A new rule is a function of its own, a line in `RULES` and its codes in [`CODES`].

mod finding;
mod likeness;
mod limit;
mod lists;
mod rules;
mod site_rate;
#[cfg(test)]
mod tests;

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub use finding::{Finding, Place};
pub use likeness::{BANDS, Likeness, NEAR, alike};
pub use limit::{Check, Limiter};
pub use lists::Lists;
pub use rules::CODES;
pub use site_rate::SiteRate;

use self::rules::{RULES, Rule};
use crate::domain::{Body, ClusterId, Email, Mode, Name, Policy, Website};

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

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The text.
    pub body: &'a Body,
    /// How they want to be called; that does not change with a text.
    pub name: Option<&'a Name>,
    /// Their own page.
    pub website: Option<&'a Website>,
    /// Their address, where it is at hand: not when a text is changed.
    pub email: Option<&'a Email>,
    /// Links that readers would see in the text.
    pub links: usize,
    /// Who they proved to be.
    pub standing: Standing,
    /// The field that people do not see was filled in.
    pub trapped: bool,
    /// What the form carried.
    pub form: FormToken,
    /// The same text arrived on this site within the last day, from someone else or elsewhere.
    pub repeated: bool,
    /// Nearly the same text arrived on this site lately, from whoever.
    pub near: Option<ClusterId>,
    /// The site takes more submissions than it should.
    pub flooded: bool,
    /// What happens when nothing is found: the site's, or what stands in its place for this article.
    pub mode: Mode,
    /// The site's rules.
    pub policy: &'a Policy,
    /// What these look up.
    pub lists: &'a Lists,
}

/// Who somebody proved to be. An address that is typed in proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody that the site knows.
    Unknown,
    /// Somebody whose comments were approved before.
    Known,
    /// One of the site's own people, as its backend says.
    Staff,
}

/// The token that a form carried, as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormToken {
    /// It came from a backend, or is a text that was changed.
    NotAsked,
    /// None.
    Missing,
    /// Not one of ours, or one of another site.
    Forged,
    /// Another submission had it before.
    Reused,
    /// Its time is over.
    Late,
    /// How long ago it was given out.
    Aged(Duration),
}

/// The verdict, and every reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The strongest that any rule, or the policy, asks for.
    pub verdict: Verdict,
    /// In the order of the rules.
    pub findings: Vec<Finding>,
}

/// Judges one submission.
pub fn judge(case: &Case<'_>) -> Judgement {
    judge_by(RULES, case)
}

fn judge_by(rules: &[Rule], case: &Case<'_>) -> Judgement {
    let found = |rule: &Rule| {
        // what a rule was at work on when it broke down is nobody else's
        catch_unwind(AssertUnwindSafe(|| rule(case))).unwrap_or_else(|_| vec![NOT_CHECKED])
    };
    let mut findings: Vec<Finding> = rules.iter().flat_map(found).collect();
    // once, however many broke down
    let mut is_told = false;
    findings.retain(|finding| *finding != NOT_CHECKED || !mem::replace(&mut is_told, true));
    let policy = match (case.mode, case.standing) {
        (Mode::HoldAll, _) | (Mode::TrustKnown, Standing::Unknown) => Verdict::Hold,
        (Mode::Open, _) | (Mode::TrustKnown, Standing::Known | Standing::Staff) => Verdict::Approve,
    };
    let verdict = findings.iter().map(|finding| finding.asks).fold(policy, Verdict::max);
    Judgement { verdict, findings }
}

/// A check that could not run neither publishes nor refuses.
const NOT_CHECKED: Finding = Finding::held("not-checked", 1);
