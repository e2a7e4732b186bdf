//! Judging what arrived: how often someone writes, and what it says.
//!
//! Every rule is a pure function of the submission, the facts and the site's policy; it yields findings
//! or nothing. The verdict is the strongest that any of them asks for; a rule that breaks down
//! asks for a moderator. A new rule is a function of its own, a line in `RULES` and its codes in [`CODES`].

mod buckets;
mod finding;
mod legible;
mod likeness;
mod limit;
mod lists;
mod look_alike;
mod rate;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub use buckets::Buckets;
pub use finding::{Finding, Place};
pub use legible::Legible;
pub use likeness::{BANDS, Likeness, NEAR, alike};
pub use limit::{Check, Limiter};
pub use lists::Lists;
pub use rate::{Limit, Rate};
pub use rules::CODES;
pub use words::{HITS, Hit, List, TooLarge, WordLists};

use self::rules::{RULES, Rule};
use crate::domain::{Body, ClientAddress, Email, Force, Mode, Name, Policy, Website};

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
    /// Where they wrote from, where that is at hand.
    pub client: Option<&'a ClientAddress>,
    /// The program that they wrote with, as it calls itself.
    pub agent: Option<&'a str>,
    /// Links that readers would see in the text.
    pub links: usize,
    /// Who they proved to be.
    pub standing: Standing,
    /// The field that people do not see was filled in.
    pub trapped: bool,
    /// What the form carried.
    pub form: FormToken,
    /// Whether it was said before.
    pub echo: Echo,
    /// The site takes more submissions than it should.
    pub flooded: bool,
    /// A breaker holds all that arrives on its article.
    pub held: bool,
    /// What the site blocks, as far as it is about this submission.
    pub blocks: Blocks<'a>,
    /// What happens when nothing is found: the site's, or what stands in its place for this article.
    pub mode: Mode,
    /// The site's rules.
    pub policy: &'a Policy,
    /// What these look up.
    pub lists: &'a Lists,
}

/// Whether a text was said before on its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Not that the site remembers.
    None,
    /// Nearly so, within the days that likeness is remembered.
    Near,
    /// The same, within the last day, by someone else or elsewhere.
    Same,
}

impl Echo {
    /// Of a text that is the same as one before, or that joins others that it is like.
    pub const fn of(is_same: bool, is_near: bool) -> Self {
        match (is_same, is_near) {
            (true, _) => Self::Same,
            (false, true) => Self::Near,
            (false, false) => Self::None,
        }
    }
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

/// What a site blocks of whoever submits, and the terms that it blocks in what they write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blocks<'a> {
    /// The address.
    pub email: Option<Force>,
    /// Its domain, or one above it.
    pub domain: Option<Force>,
    /// The client.
    pub host: Option<Force>,
    /// Its neighbourhood.
    pub network: Option<Force>,
    /// The terms that hold ([`List::Hold`]) and that refuse ([`List::Blocked`]).
    pub terms: Option<&'a WordLists>,
    /// There are others that cannot be read.
    pub is_incomplete: bool,
    /// The submission proves that its address is its author's.
    pub is_proven: bool,
}

impl Blocks<'_> {
    /// The same of a submission that proves its address, or does not.
    #[must_use]
    pub fn proven(self, is_proven: bool) -> Self {
        Self { is_proven, ..self }
    }
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
