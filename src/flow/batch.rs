//! Many decisions in one request: on named comments, or on all that a list would show. All of them carry
//! one name, by which they can be undone.

use super::{
    App, FlowError, accounts,
    moderate::{self, Outcome, Ruling, Target},
    queue::{Asking, Order, Picked, Wanted, pick},
};
use crate::domain::{BatchId, Moderator};
use tokio::time::Instant;

/// Decisions of one transaction when there are many: about 10 ms of the writer, between which submissions
/// that wait for it come first.
pub(super) const TURN: usize = 50;
/// Most comments that one request decides on by what they have in common.
pub const MOST: usize = 10_000;

/// Comments that are looked at to find those, at most.
const LOOKED_AT: usize = 100_000;

/// What became of many decisions.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The name of all of them.
    pub id: BatchId,
    /// Each, in the order of the request or of arrival.
    pub results: Vec<(Target, Outcome)>,
    /// How many were not tried: the database failed on the way, the time of a request was over, or the moderator's rights.
    pub left: usize,
}

/// How many comments somebody thinks there are, and by how many they may be wrong.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// What they counted.
    pub count: usize,
    /// How far it may have moved since.
    pub slack: usize,
}

/// Why many comments were not decided on.
#[derive(Clone, Debug)]
pub enum BatchError {
    /// There are so many now; nothing was decided.
    Moved(usize),
    /// It would take too long to find them all; nothing was decided.
    TooWide,
    /// As for one of them.
    Flow(FlowError),
}

impl From<FlowError> for BatchError {
    fn from(error: FlowError) -> Self {
        Self::Flow(error)
    }
}

/// Decides on named comments, at most [`moderate::MOST`], in one transaction.
pub async fn decide(app: &App, targets: &[Target], ruling: &Ruling<'_>) -> Result<Batch, FlowError> {
    let id = BatchId::from(app.clock.id(app.clock.now()));
    let outcomes = moderate::decide_in(app, id, targets, ruling).await?;
    Ok(Batch { id, results: targets.iter().copied().zip(outcomes).collect(), left: 0 })
}

/// Decides on all comments that a list shows now, if there are as many as expected. In turns: what changes
/// meanwhile is left alone, what comes meanwhile is not touched.
pub async fn decide_listed(
    app: &App,
    (wanted, expected): (&Wanted, Expected),
    ruling: &Ruling<'_>,
) -> Result<Batch, BatchError> {
    if !ruling.moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let order = if wanted.order == Order::Priority { Order::Priority } else { Order::Oldest };
    let all = Wanted { limit: MOST, after: None, order, ..wanted.clone() };
    let asking =
        Asking { moderator: ruling.moderator, wanted: &all, now: app.clock.now(), budget: LOOKED_AT };
    let Picked { targets: found, next } =
        app.db.snapshot(async |tx| pick(app, tx, &asking).await).await.map_err(BatchError::Flow)?;
    let is_whole = next.is_none();
    // one more than may be is too many, however many more there are
    let count = found.len() + usize::from(found.len() == MOST && !is_whole);
    if count > MOST || (is_whole && count.abs_diff(expected.count) > expected.slack) {
        return Err(BatchError::Moved(count));
    }
    if !is_whole {
        return Err(BatchError::TooWide);
    }
    let targets: Vec<Target> = found.into_iter().map(|(id, version)| Target { id, version }).collect();
    in_turns(app, &targets, ruling).await.map_err(BatchError::Flow)
}

/// Decides on any number of comments as one batch: in turns, each a transaction. What changes meanwhile is left alone; an
/// error only where nothing was done.
pub(super) async fn in_turns(app: &App, targets: &[Target], ruling: &Ruling<'_>) -> Result<Batch, FlowError> {
    let mut batch = Batch { id: BatchId::from(app.clock.id(app.clock.now())), results: Vec::new(), left: 0 };
    let until = Instant::now() + app.settings.batch;
    for turn in targets.chunks(TURN) {
        let is_first = batch.results.is_empty();
        if !is_first && (Instant::now() >= until || !still_may(app, ruling.moderator).await) {
            batch.left = targets.len() - batch.results.len();
            break;
        }
        match moderate::decide_in(app, batch.id, turn, ruling).await {
            Ok(outcomes) => batch.results.extend(turn.iter().copied().zip(outcomes)),
            Err(error) if is_first => return Err(error),
            // what was done stays done: say so, with the name to undo it by
            Err(error) => {
                tracing::warn!(
                    batch.id = %batch.id, error.class = error.class(),
                    "the batch of decisions {} ended early", batch.id
                );
                batch.left = targets.len() - batch.results.len();
                break;
            }
        }
        // whoever waits for the writer goes first
        tokio::task::yield_now().await;
    }
    Ok(batch)
}

/// How many comments a list shows, as somebody is asked to confirm it; nothing when they are more than one request decides on.
pub async fn count(app: &App, moderator: &Moderator, wanted: &Wanted) -> Result<Option<usize>, FlowError> {
    let all = Wanted { limit: MOST, after: None, order: Order::Oldest, ..wanted.clone() };
    let asking = Asking { moderator, wanted: &all, now: app.clock.now(), budget: LOOKED_AT };
    let Picked { targets, next } = app.db.snapshot(async |tx| pick(app, tx, &asking).await).await?;
    Ok(next.is_none().then_some(targets.len()))
}

/// Whether somebody may still do what they began: a batch takes its time, and people are removed meanwhile.
/// Not, as long as nobody can tell.
pub(super) async fn still_may(app: &App, moderator: &Moderator) -> bool {
    let now = app
        .db
        .snapshot(async |tx| {
            let Some(row) = tx.moderator(moderator.id).await? else { return Ok::<_, FlowError>(None) };
            Ok(Some(accounts::whole(tx, row).await?))
        })
        .await;
    now.is_ok_and(|now| now.is_some_and(|now| now.role == moderator.role && now.sites == moderator.sites))
}
