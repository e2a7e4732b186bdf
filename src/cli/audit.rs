use clap::Subcommand;
use serde_json::json;

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{AuditId, Timestamp},
    flow::{
        App, FlowError,
        audit::{self, Head},
    },
    store::StoreError,
};
use uuid::Uuid;

/// Entries that are read at one time.
const PAGE: i64 = 1_000;

/// Check and take away the audit log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make every seal of the log again: finds entries that were altered, removed, moved or cut off.
    ///
    /// That the end was cut off shows only against an end that is known from elsewhere: the service writes it to its log
    /// once an hour. Exit code 1 when anything is wrong.
    Verify {
        /// An end of the log as the service told it, NUMBER:SEAL; may be given more than once.
        #[arg(long, value_name = "HEAD")]
        head: Vec<Head>,
    },
    /// Write the log as JSON Lines, the oldest entry first.
    Export {
        /// Only of this site.
        #[arg(long)]
        site: Option<String>,
        /// From this moment on (RFC 3339).
        #[arg(long, value_name = "TIME", value_parser = moment)]
        since: Option<Timestamp>,
        /// Before this moment (RFC 3339).
        #[arg(long, value_name = "TIME", value_parser = moment)]
        until: Option<Timestamp>,
        /// With the notes that were not erased. A copy of them must be erased by hand.
        #[arg(long)]
        with_notes: bool,
    },
    /// Erase notes for good, and write down that it was done.
    ///
    /// The log stays whole: it keeps a salted hash of each note, and the salt goes with the note. Exit code 1 when there was
    /// nothing to erase.
    EraseNote {
        /// The id of an entry of the log, or of a comment: then all notes about it.
        id: Uuid,
    },
}

fn moment(raw: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(raw).ok_or("a date and time such as 2026-11-25T08:00:00Z")
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config).await?;
    match command {
        Command::Verify { head } => verify(&app, &head).await,
        Command::Export { site, since, until, with_notes } => {
            if let Some(site) = &site {
                site_of(&app, site)?;
            }
            let after = audit::first_id(since.unwrap_or_default());
            let before = until.map_or_else(|| Uuid::max().into(), audit::first_id);
            export(&app, (after, before), site.as_deref(), with_notes).await
        }
        Command::EraseNote { id } => erase(&app, id).await,
    }
}

async fn erase(app: &App, id: Uuid) -> Result<(), Failure> {
    let erased = audit::erase_notes(app, id).await.map_err(|error| match error {
        FlowError::NotFound => Failure::failed("there is no entry or comment of that id with a note"),
        other => other.into(),
    })?;
    if erased.is_empty() {
        return Err(Failure::failed("nothing is left to erase: it was done before"));
    }
    erased.iter().try_for_each(|row| {
        let by = row.actor.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
        say(format_args!("Erased the note of entry {}: {}{by}, {}.", row.id, row.action, row.at))
    })
}

async fn verify(app: &App, heads: &[Head]) -> Result<(), Failure> {
    // what no service has sealed yet is signed, and can be
    while audit::chain(app).await? > 0 {}
    let report = audit::verify(app, heads, progress).await?;
    for trouble in &report.troubles {
        say(trouble)?;
    }
    let wrong = report.troubles.len() as u64 + report.more;
    if wrong > 0 {
        return Err(Failure::Failed(format!(
            "the audit log is not what was written: {wrong} finding{}; {} entries are good",
            if wrong == 1 { "" } else { "s" },
            report.good
        )));
    }
    let notes = match report.erased_notes {
        0 => String::new(),
        1 => " (1 of their notes was erased)".to_owned(),
        notes => format!(" ({notes} of their notes were erased)"),
    };
    say(format_args!("{} entries are as they were written{notes}.", report.good))?;
    match report.head {
        Some(head) => say(format_args!("The log ends at {head}")),
        None => Ok(()),
    }
}

/// A line now and then while a long log is read, beside what the command says.
#[expect(clippy::print_stderr, reason = "progress is not part of the output")]
fn progress(looked_at: u64) {
    if looked_at.is_multiple_of(100_000) {
        eprintln!("replydesk: {looked_at} entries looked at");
    }
}

async fn export(
    app: &App,
    (mut after, before): (AuditId, AuditId),
    site: Option<&str>,
    with_notes: bool,
) -> Result<(), Failure> {
    loop {
        let (entries, notes) = app
            .db
            .snapshot(async |tx| {
                let entries = tx.entries_between((after, before), site, PAGE).await?;
                let ids: Vec<AuditId> = entries.iter().filter(|_| with_notes).map(|entry| entry.id).collect();
                let notes = tx.notes(&ids).await?;
                Ok::<_, StoreError>((entries, notes))
            })
            .await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.id;
        for entry in &entries {
            let mut line = json!(entry);
            line["at"] = json!(entry.at);
            if let Some(note) = notes.iter().find(|note| note.audit == entry.id) {
                line["note"] = json!(note.text);
            }
            say(line)?;
        }
    }
}
