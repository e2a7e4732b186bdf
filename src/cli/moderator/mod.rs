mod mail;
mod tokens;

use std::io::{BufRead, IsTerminal};

use clap::Subcommand;

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{Role, SiteId},
    flow::{
        App, FlowError,
        accounts::{self, Account, Change},
    },
    store::{ModeratorRow, StoreError},
    vault::{Password, WeakPassword},
};

/// Make and change the people at the desk.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account.
    Add {
        /// The address that its owner signs in with and is told by.
        email: String,
        /// Their name, as colleagues see it.
        #[arg(long)]
        name: String,
        /// moderator, editor, admin or operator.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Bind them to a site; may be given several times. Without it they see all.
        #[arg(long = "site", value_name = "KEY")]
        sites: Vec<String>,
        /// Read a password of 12 characters or more from standard input.
        #[arg(long, conflicts_with = "invite")]
        password_stdin: bool,
        /// Send them a mail with a link to set their password; it works once, for seven days.
        #[arg(long)]
        invite: bool,
    },
    /// All accounts.
    List,
    /// Change an account; what is not named stays. Its sessions end, unless only the name is another one.
    Set {
        /// The address.
        email: String,
        /// Their name.
        #[arg(long)]
        name: Option<String>,
        /// moderator, editor, admin or operator.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Bind them to these sites only.
        #[arg(long = "site", value_name = "KEY", conflicts_with = "all_sites")]
        sites: Vec<String>,
        /// Let them see all sites.
        #[arg(long)]
        all_sites: bool,
        /// Read a new password from standard input.
        #[arg(long, conflicts_with = "invite")]
        password_stdin: bool,
        /// Send them a mail with a link to set a new password, in place of one they forgot.
        #[arg(long)]
        invite: bool,
        /// Take their second factor off, which they lost.
        #[arg(long)]
        reset_second_factor: bool,
        #[command(flatten)]
        mail: mail::Mail,
    },
    /// Take an account away, with its sessions and tokens.
    Remove {
        /// The address.
        email: String,
    },
    /// Give out an API token, which is shown once; list or withdraw those there are.
    Token(tokens::Token),
}

fn role(raw: &str) -> Result<Role, String> {
    Role::parse(raw).ok_or_else(|| "one of moderator, editor, admin, operator".to_owned())
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config).await?;
    match command {
        Command::Add { email, name, role, sites, password_stdin, invite } => {
            let email =
                accounts::sign_in_name(&email).ok_or_else(|| Failure::usage("not an e-mail address"))?;
            let account = Account {
                email,
                name: person(&name)?,
                role,
                sites: bound(&app, &sites)?,
                password: password(password_stdin)?,
            };
            match accounts::add_with(&app, &account, invite).await {
                Err(FlowError::Store(StoreError::Taken)) => {
                    Err(Failure::failed("that address has an account already"))
                }
                done => done.map(drop).map_err(Failure::from),
            }?;
            say(format_args!("Made the account of {}.", account.name))?;
            invited(invite)
        }
        Command::List => {
            let rows = app.db.read(async |tx| tx.addressees().await).await?;
            rows.iter().try_for_each(|row| {
                let bound = if row.all_sites { "all sites" } else { "bound to sites" };
                let mail = mail::in_words(&row.mail);
                say(format_args!("{}\t{}\t{}\t{bound}\t{mail}", row.email, row.name, row.role.name()))
            })
        }
        Command::Set {
            email,
            name,
            role,
            sites,
            all_sites,
            password_stdin,
            invite,
            reset_second_factor,
            mail,
        } => {
            let row = find(&app, &email).await?;
            let named = bound(&app, &sites)?;
            let mail = mail.over(&app, row.id).await?;
            let change = Change {
                name: name.as_deref().map(person).transpose()?,
                role,
                sites: (all_sites || !named.is_empty()).then_some(named),
                invite,
                reset_second_factor,
                version: None,
            };
            accounts::set(&app, row.id, (&change, password(password_stdin)?)).await?;
            if let Some(mail) = mail {
                accounts::set_mail(&app, row.id, &mail).await?;
            }
            say(format_args!("Changed the account of {}.", change.name.as_ref().unwrap_or(&row.name)))?;
            if reset_second_factor {
                say("The second factor is off.")?;
            }
            invited(invite)
        }
        Command::Remove { email } => {
            let row = find(&app, &email).await?;
            accounts::remove(&app, row.id).await?;
            say(format_args!("Removed the account of {}.", row.name))
        }
        Command::Token(token) => token.run(&app).await,
    }
}

fn invited(is_owed: bool) -> Result<(), Failure> {
    if is_owed { say("An invitation is owed; a running worker sends it.") } else { Ok(()) }
}

async fn find(app: &App, email: &str) -> Result<ModeratorRow, Failure> {
    accounts::find(app, email).await?.ok_or_else(|| Failure::failed("there is no account of that address"))
}

fn bound(app: &App, keys: &[String]) -> Result<Vec<SiteId>, Failure> {
    keys.iter().map(|key| site_of(app, key).map(|site| site.id)).collect()
}

fn person(name: &str) -> Result<String, Failure> {
    accounts::display_name(name)
        .map_err(|_| Failure::usage("--name takes 1 to 100 characters on one line, none of them an @"))
}

/// The first line of standard input; the terminal would show what is typed.
fn password(is_wanted: bool) -> Result<Option<Password>, Failure> {
    if !is_wanted {
        return Ok(None);
    }
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(Failure::usage(
            "--password-stdin reads from a pipe, as a terminal would show the password",
        ));
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(|_| Failure::failed("cannot read standard input"))?;
    Password::parse(line.trim_end_matches(['\r', '\n'])).map(Some).map_err(|weak| {
        Failure::usage(match weak {
            WeakPassword::TooShort => "a password has at least 12 characters",
            WeakPassword::TooLong => "a password has at most 1024 bytes",
            WeakPassword::Guessable => "that password is among those that are guessed first",
        })
    })
}
