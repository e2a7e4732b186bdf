//! Taking decisions back: each comment becomes what it was before, if nothing came after.

use std::collections::HashMap;

use super::{
    App, FlowError,
    batch::{TURN, still_may},
    change::{Deed, Kind, change, tell},
    moderate::{Outcome, Target},
};
use crate::{
    domain::{AuditId, BatchId, CommentId, Moderator},
    store::{Current, Made},
};
use tokio::time::Instant;
use uuid::Uuid;

/// What is to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All decisions of a request.
    Batch(BatchId),
    /// One decision, by its audit row.
    Decision(AuditId),
}

/// Somebody who takes back, and the way it came: `api`, `desk`.
pub type By<'a> = (&'a Moderator, &'static str);

/// What was taken back.
#[derive(Clone, Debug)]
pub struct Undone {
    /// Each comment, in the order of the decisions.
    pub results: Vec<(CommentId, Outcome)>,
    /// How many were not tried, as with a batch; the same request goes on with them.
    pub left: usize,
}

/// Takes decisions back, those of a batch in turns. Whoever decided may, and editors; each decision once, and an
/// undoing never (`AlreadyDecided`). What somebody changed since is left as it is, and says so.
pub async fn undo(app: &App, by: By<'_>, which: Which) -> Result<Undone, FlowError> {
    if !by.0.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    match which {
        Which::Decision(id) => Ok(Undone { results: one(app, by, id).await?, left: 0 }),
        Which::Batch(id) => all(app, by, id).await,
    }
}

async fn one(app: &App, by: By<'_>, id: AuditId) -> Result<Vec<(CommentId, Outcome)>, FlowError> {
    let (made, site) = app
        .db
        .snapshot(async |tx| Ok::<_, FlowError>((tx.decision(id).await?, tx.changed_site(id).await?)))
        .await?;
    // of another site, it looks like none
    if site.is_none_or(|site| !by.0.sees(site)) {
        return Err(FlowError::NotFound);
    }
    let made = made.ok_or(FlowError::AlreadyDecided)?;
    put_back(app, by, vec![made]).await
}

async fn all(app: &App, by: By<'_>, batch: BatchId) -> Result<Undone, FlowError> {
    let until = Instant::now() + app.settings.batch;
    let mut after = AuditId::from(Uuid::nil());
    let viewer = (by.0.id, by.0.sites.is_none());
    let total = app.db.read(async |tx| tx.decisions_left((batch, after), viewer).await).await?;
    let (mut results, mut left) = (Vec::new(), usize::try_from(total).unwrap_or_default());
    while left > 0 {
        let is_first = results.is_empty();
        if !is_first && (Instant::now() >= until || !still_may(app, by.0).await) {
            break;
        }
        match turn(app, by, (batch, after)).await {
            Ok(None) => left = 0,
            Ok(Some(turn)) => {
                left = left.saturating_sub(turn.results.len());
                after = turn.last;
                results.extend(turn.results);
            }
            Err(error) if is_first => return Err(error),
            // what was taken back stays so: say it
            Err(error) => {
                tracing::warn!(
                    batch.id = %batch, error.class = error.class(),
                    "the undoing of batch {batch} ended early"
                );
                break;
            }
        }
        // whoever waits for the writer goes first
        tokio::task::yield_now().await;
    }
    if results.is_empty() { Err(FlowError::NotFound) } else { Ok(Undone { results, left }) }
}

/// Some decisions of a batch.
struct Turn {
    results: Vec<(CommentId, Outcome)>,
    last: AuditId,
}

/// Takes the next ones back; none when there are no more.
async fn turn(app: &App, by: By<'_>, (batch, after): (BatchId, AuditId)) -> Result<Option<Turn>, FlowError> {
    let most = i64::try_from(TURN).unwrap_or(i64::MAX);
    let mut made = app.db.read(async |tx| tx.decisions_of(batch, after, most).await).await?;
    let Some(last) = made.last().map(|last| last.id) else { return Ok(None) };
    made.retain(|made| by.0.sees(made.site));
    Ok(Some(Turn { results: put_back(app, by, made).await?, last }))
}

async fn put_back(
    app: &App,
    (moderator, via): By<'_>,
    made: Vec<Made>,
) -> Result<Vec<(CommentId, Outcome)>, FlowError> {
    let own = made.iter().all(|made| made.actor == Some(moderator.id));
    if !own && !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let targets: Vec<Target> =
        made.iter().map(|made| Target { id: made.comment, version: made.version }).collect();
    let before: HashMap<CommentId, Made> = made.into_iter().map(|made| (made.comment, made)).collect();
    let deed = Deed { kind: Kind::Undoing, action: "undo", note: None, moderator, via };
    // the comment as the decision found it
    let becomes = |seen: &Current| before.get(&seen.id).map(|made| made.state.clone());
    let now = app.clock.now();
    let done = app.db.write(async |tx| change(app, tx, (&targets, deed, now), becomes).await).await?;
    tell(app, deed, &done);
    Ok(targets.into_iter().zip(done).map(|(target, (_, outcome))| (target.id, outcome)).collect())
}
