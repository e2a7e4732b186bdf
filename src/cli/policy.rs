use std::{fs, path::PathBuf, time::Duration};

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{Policy, Status, TermList},
    flow::trial::{self, Cell, Finding, Report, Rules, Verdict},
};

const DAY: Duration = Duration::from_hours(24);

/// Try a policy and word lists before they are switched on.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge again what people decided lately, and show what would have come of it. Nothing is changed.
    ///
    /// What is not named is as it is in force. At most the 10,000 latest decisions are judged again: by text, name, website and
    /// address; how a comment arrived is taken from what was found then.
    Test {
        /// The key of a site.
        site: String,
        #[command(flatten)]
        changes: Changes,
        /// How far back, in days.
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        /// Also list up to ten comments of each kind in which people and rules differ.
        #[arg(long)]
        examples: bool,
    },
}

/// What is to be tried.
#[derive(Debug, Args)]
pub struct Changes {
    /// A JSON file with members of a policy, as `PUT /v1/sites/SITE/policy` takes them.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A file with the terms that hold, one a line.
    #[arg(long, value_name = "FILE")]
    hold: Option<PathBuf>,
    /// A file with the terms that make spam, one a line.
    #[arg(long, value_name = "FILE")]
    spam: Option<PathBuf>,
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let Command::Test { site, changes, days, examples } = command;
    let app = open(config).await?;
    let site = site_of(&app, &site)?;
    let rules = changes.over(trial::in_force(&app, &site).await?)?;
    let since = app.clock.now().minus(DAY * days);
    let done = trial::run(&app, &site, (&rules, since), progress).await?;
    let report = done.ok_or_else(|| Failure::usage("the word lists are too large to be looked for"))?;
    tell(&report, (site.key.as_str(), days))?;
    if examples { tell_examples(&report) } else { Ok(()) }
}

#[expect(clippy::print_stderr, reason = "how far it is, beside what it finds")]
fn progress(judged: usize) {
    if judged.is_multiple_of(1_000) && judged > 0 {
        eprintln!("judged {judged} comments");
    }
}

impl Changes {
    fn over(self, in_force: Rules) -> Result<Rules, Failure> {
        let policy = match &self.policy {
            Some(path) => changed(&in_force.policy, &read(path, "--policy")?)?,
            None => in_force.policy,
        };
        let list = |path: &Option<PathBuf>, flag, now: TermList| match path {
            Some(path) => terms(&read(path, flag)?, flag),
            None => Ok(now),
        };
        Ok(Rules {
            policy,
            hold: list(&self.hold, "--hold", in_force.hold)?,
            spam: list(&self.spam, "--spam", in_force.spam)?,
        })
    }
}

fn read(path: &PathBuf, flag: &str) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{flag}: cannot read it: {}", error.kind())))
}

fn terms(text: &str, flag: &str) -> Result<TermList, Failure> {
    TermList::parse(text.lines())
        .map_err(|bad| Failure::usage(format!("{flag}: line {}: {}", bad.index + 1, bad.code.as_str())))
}

/// A policy with the members of a JSON object in place of its own, and theirs in place of those.
fn changed(policy: &Policy, text: &str) -> Result<Policy, Failure> {
    let wrong = || Failure::usage("--policy: not an object with members of a policy");
    let said: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let mut whole = serde_json::to_value(policy).map_err(|_| wrong())?;
    let (Value::Object(members), Value::Object(said)) = (&mut whole, said) else { return Err(wrong()) };
    for (name, value) in said.into_iter().filter(|(name, _)| name != "version") {
        match (members.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(said)) => inner.extend(said),
            (_, value) => drop(members.insert(name, value)),
        }
    }
    let policy: Policy = serde_json::from_value(whole).map_err(|_| wrong())?;
    policy.check().map_err(|member| Failure::usage(format!("--policy: {member} is out of its bounds")))?;
    Ok(policy)
}

const DECIDED: [Status; 3] = [Status::Approved, Status::Rejected, Status::Spam];
const VERDICTS: [Verdict; 3] = [Verdict::Approve, Verdict::Hold, Verdict::Spam];

fn tell(report: &Report, (site, days): (&str, u32)) -> Result<(), Failure> {
    let more = if report.is_cut { ", the latest ones" } else { "" };
    say(format_args!(
        "Judged again on {site}: {} comments that people decided in the last {days} days{more}.",
        report.judged
    ))?;
    say(format_args!("\n{:<18}{:>10}{:>10}{:>10}", "people decided", "published", "held", "spam"))?;
    for decided in DECIDED {
        let [published, held, spam] = VERDICTS.map(|verdict| report.count(decided, verdict));
        say(format_args!("{:<18}{published:>10}{held:>10}{spam:>10}", decided.name()))?;
    }
    say(format_args!("\nKept from everybody, though people approved it: {}", report.silenced()))?;
    say(format_args!("Published, though people rejected it:           {}", report.let_through()))
}

fn tell_examples(report: &Report) -> Result<(), Failure> {
    let differs = |cell: &&Cell| match cell.decided {
        Status::Approved => cell.verdict != Verdict::Approve,
        _ => cell.verdict == Verdict::Approve,
    };
    for cell in report.cells.iter().filter(differs) {
        let verdict = match cell.verdict {
            Verdict::Approve => "published",
            Verdict::Hold => "held",
            Verdict::Spam => "spam",
        };
        say(format_args!("\n{} by people, {verdict} by the rules:", cell.decided.name()))?;
        for example in &cell.examples {
            say(format_args!("  {} {}: {}", example.id, example.author, example.excerpt))?;
            let found: Vec<String> = example.findings.iter().map(finding).collect();
            if !found.is_empty() {
                say(format_args!("    {}", found.join(", ")))?;
            }
        }
    }
    Ok(())
}

fn finding(finding: &Finding) -> String {
    match &finding.term {
        Some(term) => format!("{} ({term})", finding.code),
        None => finding.code.to_owned(),
    }
}
