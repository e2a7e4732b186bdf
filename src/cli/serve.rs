use clap::{Args, ValueEnum};

use super::Failure;
use crate::{
    app::{self, Overrides, Role, Running},
    config::Config,
};

/// Run the service.
#[derive(Debug, Args)]
pub struct Serve {
    /// What this process does; replicas may share the work.
    #[arg(long, value_enum, default_value_t = Part::All)]
    role: Part,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// Answer requests and deliver messages.
    All,
    /// Only answer requests.
    Web,
    /// Only deliver messages.
    Worker,
}

impl Serve {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        let role = match self.role {
            Part::All => Role::All,
            Part::Web => Role::Web,
            Part::Worker => Role::Worker,
        };
        let running = app::start(config, role, Overrides::default()).await?;
        let (ops, url) = (running.ops, &running.app.settings.public_url);
        let place = running
            .public
            .map_or_else(|| "delivering".to_owned(), |public| format!("serving {url} on {public}"));
        tracing::info!("{place}, operations on {ops}");
        until_told_to_end(running).await
    }
}

/// Waits for SIGTERM or SIGINT, then ends in order; a second signal ends at once.
pub(super) async fn until_told_to_end(running: Running) -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let heard = |kind| signal(kind).map_err(|_| Failure::failed("cannot listen for signals"));
    let (mut term, mut int) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("ending: finishing what is in flight");
    tokio::select! {
        () = running.stop() => Ok(()),
        _ = term.recv() => Err(Failure::failed("told to end at once")),
        _ = int.recv() => Err(Failure::failed("told to end at once")),
    }
}
