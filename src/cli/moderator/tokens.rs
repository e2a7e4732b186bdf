use std::time::Duration;

use clap::Args;

use super::{Failure, find, say};
use crate::{
    domain::{Mark, Scope},
    flow::{
        App, FlowError,
        accounts::{self, MOST_TOKENS, NewApiToken},
    },
    store::{ModeratorRow, OwnToken},
};

/// `moderator token`.
#[derive(Debug, Args)]
pub struct Token {
    /// The address.
    email: String,
    /// What it may do: read (only look) or all (what its owner may).
    #[arg(long, default_value = "all", value_parser = scope)]
    scope: Scope,
    /// Days until it ends, 1 to 3650.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// What it is for.
    #[arg(long, default_value = "")]
    name: String,
    /// List the tokens of the account instead: the beginning of each hash, what it may do, until when,
    /// when it was last used, and its name.
    #[arg(long, conflicts_with_all = ["revoke", "scope", "days", "name"])]
    list: bool,
    /// Withdraw a token instead, by the beginning of its hash as --list shows it; without one, all.
    #[arg(long, value_name = "HASH", num_args = 0..=1, require_equals = true, default_missing_value = "", conflicts_with_all = ["scope", "days", "name"])]
    revoke: Option<String>,
}

fn scope(raw: &str) -> Result<Scope, String> {
    Scope::parse(raw).ok_or_else(|| "one of read, all".to_owned())
}

impl Token {
    pub(super) async fn run(self, app: &App) -> Result<(), Failure> {
        let row = find(app, &self.email).await?;
        if self.list {
            return accounts::tokens_of(app, row.id).await?.iter().try_for_each(line);
        }
        match &self.revoke {
            Some(mark) => revoke(app, &row, mark).await,
            None => self.issue(app, &row).await,
        }
    }

    async fn issue(&self, app: &App, row: &ModeratorRow) -> Result<(), Failure> {
        let name = self.name.trim();
        if name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Failure::usage("--name takes up to 100 characters"));
        }
        let life = Duration::from_hours(24) * self.days;
        let new = NewApiToken { name: name.to_owned(), scope: self.scope, life, made_by: None };
        let secret = match accounts::issue_token(app, row.id, &new).await {
            Err(FlowError::AlreadyDecided) => {
                Err(Failure::failed(format_args!("the account has {MOST_TOKENS} tokens already")))
            }
            issued => issued.map_err(Failure::from),
        }?;
        say(format_args!("An API token for {}, shown once:", row.name))?;
        say(secret.reveal())
    }
}

async fn revoke(app: &App, row: &ModeratorRow, mark: &str) -> Result<(), Failure> {
    if mark.is_empty() {
        accounts::revoke_tokens(app, row.id).await?;
        return say(format_args!("Withdrew the API tokens of {}.", row.name));
    }
    let ended = match Mark::parse(mark) {
        Some(mark) => accounts::revoke_token(app, (row.id, &mark), false).await,
        None => Err(FlowError::NotFound),
    };
    match ended {
        Err(FlowError::NotFound) => Err(Failure::failed("the account has no such token; see --list")),
        done => {
            done?;
            say(format_args!("Withdrew an API token of {}.", row.name))
        }
    }
}

fn line(row: &OwnToken) -> Result<(), Failure> {
    let mark = Mark::of(&row.hash);
    let or_dash =
        |at: Option<crate::domain::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let (until, used) = (or_dash(row.expires_at), or_dash(row.used_at));
    say(format_args!("{mark}\t{}\tuntil {until}\tused {used}\t{}", row.scope.name(), row.name))
}
