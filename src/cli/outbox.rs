use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use super::{Failure, open, say};
use crate::{
    config::Config,
    domain::{Message, OutboxId},
    flow::{
        FlowError, accounts,
        outbox::{self, Action},
    },
    store::{NewMessage, OutboxRow},
};

/// See and settle the messages that are owed.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Messages of a state, the oldest first, at most 1,000.
    List {
        /// Which.
        #[arg(value_enum, default_value_t = State::Owed)]
        state: State,
    },
    /// One message.
    Show {
        /// Its id.
        id: OutboxId,
    },
    /// Make a message due at once that is owed or was given up.
    Retry {
        /// Its id.
        id: OutboxId,
    },
    /// Give up a message that is owed or dead.
    Drop {
        /// Its id.
        id: OutboxId,
    },
    /// Owe a test letter to a moderator.
    Test {
        /// The moderator's address.
        email: String,
    },
}

/// The state of a message.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum State {
    /// Not delivered yet.
    Owed,
    /// Given up, until somebody looks.
    Dead,
    /// Delivered.
    Sent,
    /// Not needed any more.
    Dropped,
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config).await?;
    let now = app.clock.now();
    let settled = |done: Result<(), FlowError>| match done {
        Err(FlowError::NotFound | FlowError::VersionConflict) => {
            Err(Failure::failed("there is no such message that is owed or dead"))
        }
        done => done.map_err(Failure::from),
    };
    match command {
        Command::List { state } => {
            let outcome = match state {
                State::Owed => None,
                State::Dead => Some("dead"),
                State::Sent => Some("sent"),
                State::Dropped => Some("dropped"),
            };
            let rows = app.db.read(async |tx| tx.outbox(outcome, 1_000).await).await?;
            rows.iter().try_for_each(line)
        }
        Command::Show { id } => {
            let row = app.db.read(async |tx| tx.outbox_message(id).await).await?;
            line(&row.ok_or_else(|| Failure::failed("there is no such message"))?)
        }
        Command::Retry { id } => {
            settled(outbox::settle_by_command(&app, id, Action::Retry).await)?;
            say("It is due now.")
        }
        Command::Drop { id } => {
            settled(outbox::settle_by_command(&app, id, Action::Drop).await)?;
            say("Dropped.")
        }
        Command::Test { email } => {
            let row = accounts::find(&app, &email).await?;
            let row = row.ok_or_else(|| Failure::failed("there is no account of that address"))?;
            let id = OutboxId::from(app.clock.id(now));
            let letter = NewMessage::mail(id, Message::TestLetter { moderator: row.id }, now);
            app.db.write(async |tx| tx.enqueue(std::slice::from_ref(&letter)).await).await?;
            say(format_args!("A test letter is owed as {id}; a running worker sends it."))
        }
    }
}

fn line(row: &OutboxRow) -> Result<(), Failure> {
    let state = row.outcome.as_deref().unwrap_or("owed");
    let kind = row.message.get("kind").and_then(Value::as_str).unwrap_or("?");
    let error = row.last_error.as_deref().unwrap_or("-");
    say(format_args!("{}\t{state}\t{kind}\tattempts {}\tdue {}\t{error}", row.id, row.attempts, row.due_at))
}
