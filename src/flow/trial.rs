//! Trying rules before they are switched on: what another policy, or other word lists, would have made of the comments
//! that people decided lately, and where they would have been wrong.
//!
//! Only what can be told from the comment itself is judged again: its text, name, website and address. How it arrived (a
//! flood, a form, the same text elsewhere) is taken from what was found then, as far as the rule is still there.

use std::{mem, sync::Arc};

use uuid::Uuid;

use super::{App, audit, render, rules};
use crate::{
    domain::{Body, CommentId, Email, Name, Policy, Site, Status, TermList, Timestamp, Website},
    screen::{self, Blocks, Case, Echo, FormToken, Lists, Standing},
    store::{StoreError, TrialRow},
    vault::{Owner, Purpose, Sealed},
};

pub use crate::screen::{Finding, Verdict};

/// Comments that are judged again, at most: the latest ones.
pub const MOST: usize = 10_000;
/// Examples of each kind, at most.
pub const EXAMPLES: usize = 10;
/// Comments that are read and judged at one time.
const TURN: i64 = 250;

/// Rules that are not in force.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The policy.
    pub policy: Policy,
    /// Terms that hold.
    pub hold: TermList,
    /// Terms that make spam.
    pub spam: TermList,
}

/// What they would have made of the comments that people decided.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Comments that were judged again.
    pub judged: usize,
    /// There are more, older ones.
    pub is_cut: bool,
    /// By what people decided, and what the rules would have made of it.
    pub cells: Vec<Cell>,
}

/// Comments of one kind.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What people decided.
    pub decided: Status,
    /// What the rules would have made of it.
    pub verdict: Verdict,
    /// How many of them.
    pub count: usize,
    /// Some of them, the latest first.
    pub examples: Vec<Example>,
}

/// A comment, and why the rules would have treated it so.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its id.
    pub id: CommentId,
    /// Its author's name.
    pub author: String,
    /// The beginning of its text, in one line.
    pub excerpt: String,
    /// What would have been found.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many people decided so while the rules would have said that.
    pub fn count(&self, decided: Status, verdict: Verdict) -> usize {
        self.cell(decided, verdict).map_or(0, |cell| cell.count)
    }

    /// The comments of one kind; none when there are none.
    pub fn cell(&self, decided: Status, verdict: Verdict) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.decided == decided && cell.verdict == verdict)
    }

    /// Comments that people approved, and that the rules would have kept from everybody.
    pub fn silenced(&self) -> usize {
        self.count(Status::Approved, Verdict::Spam)
    }

    /// Comments that people rejected or marked as spam, and that the rules would have published.
    pub fn let_through(&self) -> usize {
        self.count(Status::Rejected, Verdict::Approve) + self.count(Status::Spam, Verdict::Approve)
    }

    fn add(&mut self, row: &TrialRow, judged: screen::Judgement) {
        self.judged += 1;
        let at = self
            .cells
            .iter()
            .position(|cell| cell.decided == row.status && cell.verdict == judged.verdict)
            .unwrap_or_else(|| {
                let (decided, verdict) = (row.status, judged.verdict);
                self.cells.push(Cell { decided, verdict, count: 0, examples: Vec::new() });
                self.cells.len() - 1
            });
        let cell = &mut self.cells[at];
        cell.count += 1;
        if cell.examples.len() < EXAMPLES {
            cell.examples.push(Example {
                id: row.id,
                author: row.name.clone(),
                excerpt: render::excerpt(&row.text, 160),
                findings: judged.findings,
            });
        }
    }
}

/// The rules of a site as they are, to change some of them.
pub async fn in_force(app: &App, site: &Site) -> Result<Rules, StoreError> {
    let policy = rules::policy_of(app, site).await?.rules;
    let words = rules::words_of(app, site).await?.rules;
    let parsed = |list: &Vec<String>| {
        TermList::parse(list.iter().map(String::as_str)).map_err(|_| StoreError::Corrupt("words"))
    };
    Ok(Rules { policy, hold: parsed(&words.hold)?, spam: parsed(&words.spam)? })
}

/// Judges again what people decided since then, the latest first; `told` hears how many were judged after each turn.
/// None when the word lists are too large to be looked for.
pub async fn run(
    app: &App,
    site: &Site,
    (trial, since): (&Rules, Timestamp),
    mut told: impl FnMut(usize),
) -> Result<Option<Report>, StoreError> {
    let Ok(words) = rules::compile((trial.hold.clone(), trial.spam.clone())).await else { return Ok(None) };
    let lists = Arc::new(Lists::new(&trial.policy, Arc::new(words)));
    let policy = Arc::new(trial.policy.clone());
    let mut report = Report::default();
    let since = audit::first_id(since);
    let mut before = Uuid::max().into();
    let known = (trial.policy.trust.approved, trial.policy.trust.by_name_and_address);
    loop {
        let turn = app
            .db
            .read(async |tx| tx.decided_by_people((site.id, TURN), (since, before), known).await)
            .await?;
        let (rows, Some(last)) = turn else { return Ok(Some(report)) };
        before = last;
        let mut cases = Vec::with_capacity(rows.len());
        for row in rows {
            cases.push((email_of(app, &row)?, row));
        }
        let (lists, policy, mut so_far) = (lists.clone(), policy.clone(), mem::take(&mut report));
        // judging takes long enough to keep others waiting
        let work = move || {
            for (email, row) in &cases {
                if so_far.judged == MOST {
                    so_far.is_cut = true;
                    break;
                }
                if let Some(judged) = judge_again(row, email.as_ref(), (&policy, &lists)) {
                    so_far.add(row, judged);
                }
            }
            so_far
        };
        report = tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Unavailable("trial"))?;
        told(report.judged);
        if report.is_cut {
            return Ok(Some(report));
        }
    }
}

/// What the rules make of it; nothing when it is no comment by today's bounds.
fn judge_again(
    row: &TrialRow,
    email: Option<&Email>,
    (policy, lists): (&Policy, &Lists),
) -> Option<screen::Judgement> {
    let body = Body::parse(&row.text, usize::MAX).ok()?;
    let name = Name::parse(&row.name).ok();
    let website = row.website.as_deref().and_then(|raw| Website::parse(raw).ok());
    let was_found = |code: &str| row.found.iter().any(|found| found == code);
    let standing = match () {
        () if row.staff => Standing::Staff,
        () if row.is_known => Standing::Known,
        () => Standing::Unknown,
    };
    let form = match () {
        () if was_found("form-missing") => FormToken::Missing,
        () if was_found("form-forged") => FormToken::Forged,
        () if was_found("form-reused") => FormToken::Reused,
        () if was_found("form-late") => FormToken::Late,
        () => FormToken::NotAsked,
    };
    Some(screen::judge(&Case {
        body: &body,
        name: name.as_ref(),
        website: website.as_ref(),
        email,
        client: None,
        agent: None,
        links: render::links(&row.text),
        standing,
        trapped: was_found("honeypot"),
        form,
        echo: Echo::of(was_found("repeated-text"), was_found("near-duplicate")),
        flooded: was_found("site-rate"),
        held: was_found("breaker"),
        // what is blocked is no part of a policy
        blocks: Blocks::default(),
        mode: policy.mode,
        policy,
        lists,
    }))
}

fn email_of(app: &App, row: &TrialRow) -> Result<Option<Email>, StoreError> {
    let (Some(contact), Some(email)) = (row.contact, &row.email) else { return Ok(None) };
    let broken = |_| StoreError::Corrupt("contact");
    let sealed = Sealed::parse(email).map_err(broken)?;
    let owner = Owner { contact: contact.uuid(), purpose: Purpose::Email };
    Ok(Email::parse(&app.vault.open(owner, &sealed).map_err(broken)?).ok())
}
