//! How the queue does, for moderators. Sampled by each process, so that asking costs the same however much waits
//! and however large the archive is.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{App, FlowError, audit::first_id};
use crate::{
    domain::{Moderator, Needs, SiteId, Timestamp},
    store::{PaceRow, QueueGauge, StoreError},
};

/// How old the paces may be before they are sampled again.
const PACED: Duration = Duration::from_mins(1);
/// The decisions that the median is made of: those of a day, and of a site no more than this.
const DAY: Duration = Duration::from_hours(24);
/// See above.
const MOST: i64 = 5_000;
/// What "per hour" means.
const HOUR: Duration = Duration::from_hours(1);

/// The latest sample of this process.
#[derive(Debug, Default)]
pub struct Figures(RwLock<Option<Arc<Sample>>>);

/// What was measured at one moment.
#[derive(Debug)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// What waits.
    pub queue: Vec<QueueGauge>,
    paces: Arc<Paces>,
}

/// The latest decisions of each site.
#[derive(Debug)]
struct Paces {
    at: Timestamp,
    by_site: HashMap<SiteId, Vec<PaceRow>>,
}

/// How the queue does, as far as somebody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// When that was measured: some seconds ago.
    pub as_of: Timestamp,
    /// How many comments wait for what.
    pub waiting: [(Needs, i64); 5],
    /// How long the oldest of them has waited.
    pub oldest: Option<Duration>,
    /// Approved, rejected or called spam in the hour before.
    pub decisions_per_hour: usize,
    /// From the submission to its first decision: the median of the decisions of a day, at most 5,000 a site.
    pub median: Option<Duration>,
}

impl Figures {
    fn latest(&self) -> Option<Arc<Sample>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Measures anew; to be called every few seconds.
pub async fn sample(app: &App) -> Result<Arc<Sample>, StoreError> {
    let at = app.clock.now();
    let recent = app.figures.latest().map(|sample| sample.paces.clone());
    let recent = recent.filter(|paces| at.since(paces.at) < PACED && paces.at <= at);
    let paces = match recent {
        Some(paces) => paces,
        None => Arc::new(paces(app, at).await?),
    };
    let queue = app.db.read(async |tx| tx.queue_gauges().await).await?;
    let sample = Arc::new(Sample { at, queue, paces });
    *app.figures.0.write().unwrap_or_else(PoisonError::into_inner) = Some(sample.clone());
    Ok(sample)
}

async fn paces(app: &App, at: Timestamp) -> Result<Paces, StoreError> {
    let since = first_id(at.minus(DAY));
    let mut by_site = HashMap::new();
    for site in app.sites.all() {
        let rows = app.db.read(async |tx| tx.decided_since(site.id, since, MOST).await).await?;
        by_site.insert(site.id, rows);
    }
    Ok(Paces { at, by_site })
}

/// How the sites of this person do, or one of them. Of a site that is not theirs, nothing is told but zeros.
pub async fn stats(app: &App, moderator: &Moderator, site: Option<&str>) -> Result<Stats, FlowError> {
    if !moderator.role.sees_figures() {
        return Err(FlowError::Forbidden);
    }
    let sample = match app.figures.latest() {
        Some(sample) => sample,
        None => sample_once(app).await?,
    };
    let mut sites = app.sites.all();
    sites.retain(|known| moderator.sees(known.id) && site.is_none_or(|key| known.key.as_str() == key));
    let of_theirs = |gauge: &&QueueGauge| sites.iter().any(|site| site.key.as_str() == gauge.site);
    let waiting = Needs::ALL.map(|needs| {
        let gauges = sample.queue.iter().filter(of_theirs).filter(|gauge| gauge.needs == needs);
        (needs, gauges.map(|gauge| gauge.comments).sum())
    });
    let oldest = sample.queue.iter().filter(of_theirs).map(|gauge| sample.at.since(gauge.oldest)).max();
    let paces: Vec<&PaceRow> =
        sites.iter().filter_map(|site| sample.paces.by_site.get(&site.id)).flatten().collect();
    let since = sample.paces.at.minus(HOUR);
    let mut spans: Vec<u64> = paces
        .iter()
        .filter_map(|pace| pace.span)
        .map(|span| u64::try_from(span).unwrap_or_default())
        .collect();
    spans.sort_unstable();
    Ok(Stats {
        as_of: sample.at,
        waiting,
        oldest,
        decisions_per_hour: paces.iter().filter(|pace| pace.at > since).count(),
        median: spans.get(spans.len() / 2).copied().map(Duration::from_micros),
    })
}

async fn sample_once(app: &App) -> Result<Arc<Sample>, FlowError> {
    Ok(sample(app).await?)
}
