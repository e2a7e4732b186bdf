//! What goes on beside the requests, until the end is told.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use crate::{
    flow::{
        App, breakers,
        deliver::{Deliverer, End, Turn},
        engaging, mentions, search, upkeep,
    },
    metrics::Metrics,
};

/// What SQLite's log may grow to before it is emptied: a start after a crash reads it in a moment.
pub(super) const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// Looks once a second for what other processes changed, and keeps the log short.
pub(super) async fn look(app: Arc<App>, mut ended: watch::Receiver<bool>) {
    let mut watch = upkeep::Watch::from(app.clock.now());
    let mut tick = every(Duration::from_secs(1));
    while goes_on(&mut ended, tick.tick()).await {
        if let Err(error) = watch.look(&app).await {
            tracing::warn!(error.class = error.class(), "cannot see what changed: {error}");
        }
        if let Err(error) = app.db.shorten_log(LOG_BYTES).await {
            tracing::warn!(error.class = error.class(), "cannot shorten the database's log: {error}");
        }
    }
}

/// Lets search know, once a second, what came and what changed.
pub(super) async fn make_searchable(app: Arc<App>, mut ended: watch::Receiver<bool>) {
    let mut tick = every(Duration::from_secs(1));
    while goes_on(&mut ended, tick.tick()).await {
        if let Some(Err(error)) = until_end(&mut ended, search::catch_up(&app)).await {
            tracing::warn!(error.class = error.class(), "search falls behind: {error}");
        }
    }
}

/// Counts once a second what makes articles engaging.
pub(super) async fn count_engagement(app: Arc<App>, mut ended: watch::Receiver<bool>) {
    let mut tick = every(Duration::from_secs(1));
    while goes_on(&mut ended, tick.tick()).await {
        if let Some(Err(error)) = until_end(&mut ended, engaging::catch_up(&app)).await {
            tracing::warn!(error.class = error.class(), "Most Engaging falls behind: {error}");
        }
    }
}

/// Measures, seals and looks for floods every few seconds, brings up once a minute what has waited for too long, and forgets what is over every few minutes.
pub(super) async fn keep_up(app: Arc<App>, keep: Duration, mut ended: watch::Receiver<bool>) {
    let metrics = Metrics::install();
    let mut tick = every(Duration::from_secs(5));
    let mut turns: u32 = 0;
    let mut head_told = None;
    while goes_on(&mut ended, tick.tick()).await {
        metrics.upkeep();
        let is_time = turns.is_multiple_of(60);
        let swept = async { if is_time { upkeep::sweep(&app, keep).await } else { Ok(()) } };
        let Some(swept) = until_end(&mut ended, swept).await else { return };
        let measured = upkeep::measure(&app).await;
        let sealed = upkeep::seal(&app, &mut head_told).await;
        let broken = breakers::look(&app).await;
        let brought_up = if turns.is_multiple_of(12) { mentions::bring_up(&app).await } else { Ok(()) };
        if let Err(error) = swept.and(measured).and(sealed).and(broken).and(brought_up) {
            tracing::warn!(error.class = error.class(), "upkeep failed: {error}");
        }
        turns = turns.wrapping_add(1);
    }
}

/// What binds the delivery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Letters, at most.
    pub per_second: u32,
    /// From the signal to the end of the process.
    pub shutdown: Duration,
}

/// What is left of the end of the process for giving back what was in conversation.
const GIVING_BACK: Duration = Duration::from_secs(1);

/// Delivers what is owed, at most so many letters a second.
pub(super) async fn deliver(
    app: Arc<App>,
    deliverer: Arc<Deliverer>,
    terms: Terms,
    mut ended: watch::Receiver<bool>,
) {
    let end = End { told: ended.clone(), grace: terms.shutdown.saturating_sub(GIVING_BACK) };
    let mut tick = every(Duration::from_secs(1));
    let mut allowance = terms.per_second;
    loop {
        let woken = async {
            tokio::select! {
                _ = tick.tick() => true,
                () = app.owed.notified(), if allowance > 0 => false,
            }
        };
        let Some(is_second) = until_end(&mut ended, woken).await else { return };
        if is_second {
            allowance = terms.per_second;
        }
        while allowance > 0 {
            match deliverer.turn_until(allowance, &end).await {
                Ok(Turn { leased: 0, .. }) => break,
                Ok(turn) => allowance = allowance.saturating_sub(turn.letters.max(1)),
                Err(error) => {
                    tracing::warn!(error.class = error.class(), "the outbox cannot be read: {error}");
                    break;
                }
            }
        }
    }
}

fn every(span: Duration) -> tokio::time::Interval {
    let mut tick = interval(span);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

async fn goes_on<T>(ended: &mut watch::Receiver<bool>, next: impl Future<Output = T>) -> bool {
    until_end(ended, next).await.is_some()
}

/// What comes next, unless the end comes first.
async fn until_end<T>(ended: &mut watch::Receiver<bool>, next: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        next = next => Some(next),
        _ = ended.wait_for(|ended| *ended) => None,
    }
}
