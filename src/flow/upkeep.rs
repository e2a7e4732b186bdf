//! What must be done again and again: look for what other processes changed, forget what is over,
//! and measure what waits.

use std::{collections::HashMap, time::Duration};

use uuid::Uuid;

use super::{App, audit, blocks, events, figures, likeness, sites};
use crate::{
    domain::{ArticleId, Needs, Timestamp, engaging_since},
    metrics,
    store::StoreError,
};

/// Clocks of replicas may differ by this much.
const SKEW: Duration = Duration::from_secs(10);

/// Articles that one statement of the look reads.
const CHANGED: i64 = 1_000;

/// Looks for what another process changed, and tells those who watch the queue; to be called once a second.
#[derive(Debug, Default)]
pub struct Watch {
    newest: Timestamp,
    /// What the last look found, and the next one finds again: each article with its version.
    found: HashMap<ArticleId, i64>,
}

impl Watch {
    /// Forgets what is no longer current.
    pub async fn look(&mut self, app: &App) -> Result<(), StoreError> {
        // what cannot be read of the one must not keep the other old
        let (sites, blocks) = (sites::refresh(app).await, blocks::refresh(app).await);
        sites.and(blocks)?;
        // a transaction lasts as long as its deadline at most
        let mut found = HashMap::new();
        let mut place = (self.newest.minus(SKEW + app.db.deadline()), Uuid::nil().into());
        loop {
            let changed = app.db.read(async |tx| tx.articles_changed_since(place, CHANGED).await).await?;
            for article in &changed {
                if self.found.get(&article.id) != Some(&article.version) {
                    app.pages.forget_older(article.site, &article.key, article.version);
                }
                found.insert(article.id, article.version);
                self.newest = self.newest.max(article.changed_at);
                place = (article.changed_at, article.id);
            }
            if changed.len() < usize::try_from(CHANGED).unwrap_or_default() {
                break;
            }
        }
        self.found = found;
        // a process whose clock is ahead must not hide what others change
        self.newest = self.newest.min(app.clock.now());
        events::look(app).await
    }

    /// Begins at this moment: what is older was not read yet.
    pub fn from(now: Timestamp) -> Self {
        Self { newest: now, found: HashMap::new() }
    }
}

/// How often the end of the audit log is told.
const TOLD: Duration = Duration::from_hours(1);
/// Rows that one turn of the sweep takes: other writers come in between.
const SWEPT: i64 = 500;

/// How long a token that expired is still listed to its owner.
const LISTED: Duration = Duration::from_hours(30 * 24);

/// How long a block that is over is still listed.
const OVER: Duration = Duration::from_hours(7 * 24);

/// How long a decision can be undone.
pub const UNDOABLE: Duration = Duration::from_hours(30 * 24);

/// Deletes what is over: settled messages, answered requests, sessions, tokens, attempts to sign in, claims, blocks, reports, what
/// limits counted, what decisions replaced, what finds texts like those of long ago, what no longer counts
/// for how engaging an article is. In turns, so that a large backlog
/// neither runs into the deadline nor keeps submissions waiting.
pub async fn sweep(app: &App, keep_settled: Duration) -> Result<(), StoreError> {
    let now = app.clock.now();
    let before = now.minus(keep_settled);
    app.db
        .write(async |tx| {
            tx.sweep_sessions(now).await?;
            tx.sweep_api_tokens(now.minus(LISTED)).await?;
            tx.sweep_attempts(now).await
        })
        .await?;
    while app.db.write(async |tx| tx.sweep_mentions(before, SWEPT).await).await? > 0 {}
    while app.db.write(async |tx| tx.sweep(before, now, SWEPT).await).await? > 0 {}
    let oldest = likeness::oldest(app, now);
    while app.db.write(async |tx| tx.sweep_likenesses(oldest, SWEPT).await).await? > 0 {}
    while app.db.write(async |tx| tx.sweep_claims(now, SWEPT).await).await? > 0 {}
    while app.db.write(async |tx| tx.sweep_rate_limits(now, SWEPT).await).await? > 0 {}
    while app.db.write(async |tx| tx.sweep_blocks(now.minus(OVER), SWEPT).await).await? > 0 {}
    let counts_since = engaging_since(now);
    while app.db.write(async |tx| tx.sweep_voices(counts_since, SWEPT).await).await? > 0 {}
    while app.db.write(async |tx| tx.sweep_reports(now, SWEPT).await).await? > 0 {}
    let undoable = audit::first_id(now.minus(UNDOABLE));
    while app.db.write(async |tx| tx.sweep_decisions(undoable, SWEPT).await).await? > 0 {}
    Ok(())
}

/// Seals the audit log, and tells once an hour where it ends: what is cut off later shows against that.
pub async fn seal(app: &App, told: &mut Option<Timestamp>) -> Result<(), StoreError> {
    loop {
        match audit::chain(app).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(StoreError::Corrupt("audit chain")) => {
                tracing::error!(
                    "the audit log was changed by somebody else: what this process sealed last is not there any more"
                );
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    let now = app.clock.now();
    if told.is_some_and(|told| now.since(told) < TOLD) {
        return Ok(());
    }
    if let Some(head) = audit::head(app).await? {
        tracing::info!(audit.head = %head, "the audit log ends at {head}");
        *told = Some(now);
    }
    Ok(())
}

/// Measures what waits, for the operators.
pub async fn measure(app: &App) -> Result<(), StoreError> {
    let sample = figures::sample(app).await?;
    let (queue, now) = (&sample.queue, sample.at);
    let (outbox, uncovered) = app
        .db
        .snapshot(async |tx| Ok::<_, StoreError>((tx.outbox_gauges().await?, tx.uncovered().await?)))
        .await?;
    for site in app.sites.all() {
        let key = site.key.as_str();
        let of_site = || queue.iter().filter(|gauge| gauge.site == key);
        for needs in Needs::ALL {
            let waiting: i64 =
                of_site().filter(|gauge| gauge.needs == needs).map(|gauge| gauge.comments).sum();
            metrics::queue_comments(key, needs.name(), u32::try_from(waiting).unwrap_or(u32::MAX));
        }
        let oldest = of_site().map(|gauge| now.since(gauge.oldest)).max().unwrap_or_default();
        metrics::queue_oldest(key, oldest);
    }
    for state in ["due", "retrying", "dead"] {
        let messages: i64 =
            outbox.iter().filter(|gauge| gauge.state == state).map(|gauge| gauge.messages).sum();
        metrics::outbox_messages("mail", state, u32::try_from(messages).unwrap_or(u32::MAX));
    }
    let owed = outbox.iter().filter(|gauge| gauge.state != "dead");
    metrics::outbox_oldest("mail", owed.map(|gauge| now.since(gauge.oldest)).max().unwrap_or_default());
    let mentions: i64 = uncovered.iter().map(|part| part.mentions).sum();
    let oldest = uncovered.iter().filter_map(|part| part.oldest).map(|at| now.since(at)).max();
    metrics::mentions_uncovered(u32::try_from(mentions).unwrap_or(u32::MAX), oldest.unwrap_or_default());
    Ok(())
}
