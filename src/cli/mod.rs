//! The command line: one file a command. Commands run beside a server and through the same flows.

mod article;
mod audit;
mod configuration;
mod demo;
mod doctor;
mod keys;
mod moderator;
mod outbox;
mod policy;
mod serve;
mod site;

use std::{fmt, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::{
    app::{self, StartError},
    clock::Clock,
    config::{Config, ConfigError},
    domain::Site,
    flow::{App, FlowError},
    store::StoreError,
    telemetry,
};

/// The comment desk of a news site.
///
/// Settings come from the compiled-in defaults (`replydesk config default`), then from a file, then
/// from environment variables named `REPLYDESK_SECTION__KEY`.
#[derive(Debug, Parser)]
#[command(name = "replydesk", version, max_term_width = 100)]
struct Arguments {
    /// A TOML file with settings.
    #[arg(long, value_name = "FILE", env = "REPLYDESK_CONFIG", global = true, hide_env_values = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: a site, an article with a form, a desk, and mail in a folder.
    Demo(demo::Demo),
    /// Run the service.
    Serve(serve::Serve),
    /// Bring the database up to this version, and end.
    Migrate,
    /// Make and change sites.
    #[command(subcommand)]
    Site(site::Command),
    /// See, open, close, rename and delete articles.
    #[command(subcommand)]
    Article(article::Command),
    /// Try a policy and word lists before they are switched on.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Make and change the people at the desk.
    #[command(subcommand)]
    Moderator(moderator::Command),
    /// See and settle the messages that are owed.
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Check and take away the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Make keys and see which are live.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Check settings, keys, database and mail.
    Doctor,
    /// See the settings.
    #[command(subcommand)]
    Config(configuration::Command),
}

/// Why a command ended without being done.
#[derive(Debug)]
pub enum Failure {
    /// Called wrongly, or configured wrongly: exit code 2.
    Usage(String),
    /// Called rightly, and could not be done: exit code 1.
    Failed(String),
}

impl Failure {
    fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }

    fn usage(reason: impl fmt::Display) -> Self {
        Self::Usage(reason.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Config(_) | StartError::Mail(_) | StartError::Keys(_) => Self::usage(error),
            _ => Self::failed(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::failed(error)
    }
}

impl From<FlowError> for Failure {
    fn from(error: FlowError) -> Self {
        Self::failed(error)
    }
}

/// Runs the command of this process; its exit code is 0 when done, 1 when it failed, 2 when it was
/// called or configured wrongly.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = app::block_on_to_the_end(dispatch(arguments));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(reason)) => complain(&reason, 1),
        Err(Failure::Usage(reason)) => complain(&reason, 2),
    }
}

#[expect(clippy::print_stderr, reason = "this is where a command tells why it failed")]
fn complain(reason: &str, code: u8) -> ExitCode {
    eprintln!("replydesk: {reason}");
    ExitCode::from(code)
}

async fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let file = arguments.config.as_deref();
    if let Command::Config(configuration::Command::Default) = arguments.command {
        return configuration::print_default();
    }
    if let Command::Keys(keys::Command::Generate { stdout: true }) = arguments.command {
        return keys::print_new();
    }
    if let Command::Demo(demo) = arguments.command {
        return demo.run(file).await;
    }
    let config = Config::load(file, std::env::vars_os())?;
    telemetry::init(&config.log);
    match arguments.command {
        Command::Serve(serve) => serve.run(&config).await,
        Command::Migrate => migrate(&config).await,
        Command::Site(command) => site::run(command, &config).await,
        Command::Article(command) => article::run(command, &config).await,
        Command::Moderator(command) => moderator::run(command, &config).await,
        Command::Outbox(command) => outbox::run(command, &config).await,
        Command::Policy(command) => policy::run(command, &config).await,
        Command::Audit(command) => audit::run(command, &config).await,
        Command::Keys(command) => keys::run(command, &config),
        Command::Doctor => doctor::run(&config).await,
        Command::Config(_) => configuration::show(&config),
        Command::Demo(_) => Ok(()),
    }
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    let db = crate::store::Db::connect(&config.database).await?;
    db.migrate().await?;
    say("The database is up to date.")
}

/// What commands share with the server.
async fn open(config: &Config) -> Result<Arc<App>, Failure> {
    let public_url = config.public_url(config.server.listen).as_str().to_owned();
    Ok(app::open(config, &Clock::System, public_url).await?)
}

fn site_of(app: &App, key: &str) -> Result<Arc<Site>, Failure> {
    app.sites.find(key).ok_or_else(|| Failure::Failed(format!("there is no site {key}")))
}

/// Writes a line for the person at the terminal.
fn say(line: impl fmt::Display) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|_| Failure::failed("cannot write to standard output"))
}
