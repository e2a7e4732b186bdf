//! Taking decisions back: each comment becomes what it was before, if nothing came after.

use std::collections::HashMap;

use super::{
    App, FlowError,
    batch::TURN,
    change::{Deed, change, tell},
    moderate::{Outcome, Target},
};
use crate::{
    domain::{AuditId, BatchId, CommentId, Moderator},
    store::{Current, Decided, Made},
};
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

/// Takes decisions back, those of a batch in turns. Whoever decided may, and editors; each decision once, and an
/// undoing never (`AlreadyDecided`). What somebody changed since is left as it is, and says so.
pub async fn undo(app: &App, by: By<'_>, which: Which) -> Result<Vec<(CommentId, Outcome)>, FlowError> {
    if !by.0.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    match which {
        Which::Decision(id) => one(app, by, id).await,
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

async fn all(app: &App, by: By<'_>, batch: BatchId) -> Result<Vec<(CommentId, Outcome)>, FlowError> {
    let most = i64::try_from(TURN).unwrap_or(i64::MAX);
    let (mut after, mut results) = (AuditId::from(Uuid::nil()), Vec::new());
    loop {
        let mut turn = app.db.read(async |tx| tx.decisions_of(batch, after, most).await).await?;
        let Some(last) = turn.last() else { break };
        after = last.id;
        turn.retain(|made| by.0.sees(made.site));
        results.extend(put_back(app, by, turn).await?);
        // whoever waits for the writer goes first
        tokio::task::yield_now().await;
    }
    if results.is_empty() { Err(FlowError::NotFound) } else { Ok(results) }
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
    let deed = Deed { action: "undo", reason: None, note: None, moderator, via, batch: None };
    let becomes = |seen: &Current| before.get(&seen.id).map(|made| restored(seen, made));
    let now = app.clock.now();
    let done = app.db.write(async |tx| change(app, tx, (&targets, deed, now), becomes).await).await?;
    tell(app, deed, &done);
    Ok(targets.into_iter().zip(done).map(|(target, (_, outcome))| (target.id, outcome)).collect())
}

/// The comment as the decision found it.
fn restored(seen: &Current, made: &Made) -> Decided {
    Decided {
        seen: seen.clone(),
        status: made.status,
        needs: made.needs,
        revision: made.revision,
        waiting: made.waiting,
        reason: made.reason.clone(),
        decided_at: made.decided_at,
        published_at: made.published_at,
        edited_at: made.edited_at,
    }
}
