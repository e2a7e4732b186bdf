use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::signal::unix::{Signal, SignalKind, signal};

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
        let mut signals = Signals::listen()?;
        let Some(running) = signals.unless_told(app::start(config, role, Overrides::default())).await? else {
            return Ok(());
        };
        let (ops, url) = (running.ops, &running.app.settings.public_url);
        let place = running
            .public
            .map_or_else(|| "delivering".to_owned(), |public| format!("serving {url} on {public}"));
        tracing::info!("{place}, operations on {ops}");
        until_told_to_end(running, signals, config.server.drain).await
    }
}

/// SIGTERM and SIGINT. They are listened for before anything is started: one that comes at any moment
/// after ends the process in order.
pub(super) struct Signals {
    term: Signal,
    int: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Failure> {
        let heard = |kind| signal(kind).map_err(|_| Failure::failed("cannot listen for signals"));
        Ok(Self { term: heard(SignalKind::terminate())?, int: heard(SignalKind::interrupt())? })
    }

    /// The next of them.
    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.term.recv() => SignalKind::terminate(),
            _ = self.int.recv() => SignalKind::interrupt(),
        }
    }

    /// Starts something, and gives it up when one comes before: then nothing is in flight yet.
    pub(super) async fn unless_told<T, E: Into<Failure>>(
        &mut self,
        start: impl Future<Output = Result<T, E>>,
    ) -> Result<Option<T>, Failure> {
        tokio::select! {
            started = start => started.map(Some).map_err(E::into),
            _ = self.next() => Ok(None),
        }
    }
}

/// Waits for a signal, then ends in order; a second one ends at once. A supervisor says SIGTERM, and load
/// balancers need `drain` to notice; a person at a terminal says SIGINT and shall not wait for that.
pub(super) async fn until_told_to_end(
    mut running: Running,
    mut signals: Signals,
    drain: Duration,
) -> Result<(), Failure> {
    let told = tokio::select! {
        told = signals.next() => Ok(if told == SignalKind::terminate() { drain } else { Duration::ZERO }),
        part = running.loses_a_part() => Err(part),
    };
    tracing::info!("ending: finishing what is in flight");
    let end = async {
        let drained = match told {
            Ok(drain) => running.drains(drain).await,
            Err(part) => Err(part),
        };
        running.stop().await;
        drained.map_err(|part| Failure::failed(format_args!("{part} ended by itself")))
    };
    tokio::select! {
        done = end => done,
        _ = signals.next() => Err(Failure::failed("told to end at once")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Crash only: a supervisor starts it anew, instead of half a service that refuses everything.
    #[test]
    fn a_service_that_lost_a_part_ends_as_failed() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("replydesk.db").display());
        let listen = |name| (name, "127.0.0.1:0".to_owned());
        let settings = [
            ("REPLYDESK_DATABASE__URL", url),
            listen("REPLYDESK_SERVER__LISTEN"),
            listen("REPLYDESK_OPS__LISTEN"),
        ];
        let config = Config::load(None, settings).unwrap();
        app::block_on(async {
            let overrides = Overrides { by_hand: true, ..Overrides::default() };
            let mut running = app::start(&config, Role::All, overrides).await.unwrap();
            running.breaks_down();
            let done = until_told_to_end(running, Signals::listen().unwrap(), Duration::ZERO).await;
            assert!(
                matches!(&done, Err(Failure::Failed(why)) if why.ends_with(" ended by itself")),
                "{done:?}"
            );
        });
    }
}
