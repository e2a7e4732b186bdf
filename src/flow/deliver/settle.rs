//! What became of messages, written down: all that came about while one transaction ran goes into the next one together,
//! since every transaction of the worker keeps those waiting who submit.

use std::{panic::AssertUnwindSafe, slice};

use futures_util::FutureExt;
use tokio::sync::{SemaphorePermit, mpsc::UnboundedReceiver};

use crate::{
    domain::{CommentId, OutboxId, Timestamp},
    flow::{
        App,
        mentions::{self, Mentioned},
    },
    store::{Leased, Settlement, StoreError, Tx, Why},
};

/// Messages that one transaction settles at most: it must end within the deadline of the database.
const TOGETHER: usize = 16;

/// A message that was dealt with, and the line that is free for another once that is written.
#[derive(Debug)]
pub(super) struct Done<'a> {
    pub(super) job: &'a Leased,
    pub(super) outcome: Outcome,
    pub(super) _line: Option<SemaphorePermit<'a>>,
}

/// What is to be written.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A mention for each moderator of the site in place of the promise.
    Spread { comment: CommentId, version: i64 },
    /// A letter was tried.
    Tried(Settlement),
    /// Nothing was begun.
    Untouched,
}

/// What is told when it is written.
#[derive(Default)]
struct Notes {
    /// Messages whose lease ran out before.
    lost: Vec<OutboxId>,
    /// Comments that nobody is there to be told of.
    untold: Vec<CommentId>,
}

/// Writes down what arrives, until nothing can any more; of several failures the first is told.
pub(super) async fn settle_all(
    app: &App,
    mut arrives: UnboundedReceiver<Done<'_>>,
) -> Result<(), StoreError> {
    let (mut all, mut batch) = (Ok(()), Vec::new());
    while arrives.recv_many(&mut batch, TOGETHER).await > 0 {
        all = all.and(settle(app, &batch).await);
        batch.clear();
    }
    all
}

/// In one transaction; when that fails for what may be one of them, each in its own.
async fn settle(app: &App, batch: &[Done<'_>]) -> Result<(), StoreError> {
    match AssertUnwindSafe(write(app, batch)).catch_unwind().await {
        Ok(done) if batch.len() == 1 || is_of_all(&done) => done,
        Err(panicked) if batch.len() == 1 => match batch {
            // it would panic again, and take everything else with it each time
            [Done { job, outcome: Outcome::Spread { .. }, .. }] => {
                let dead = Done { job, outcome: Outcome::Tried(Settlement::Dead("panicked")), _line: None };
                write(app, slice::from_ref(&dead)).await
            }
            _ => std::panic::resume_unwind(panicked),
        },
        _ => {
            let mut all = Ok(());
            for one in batch.chunks(1) {
                all = all.and(Box::pin(settle(app, one)).await);
            }
            all
        }
    }
}

/// Whether another one of the same batch would fare alike; of several a time-out can be of their number.
fn is_of_all(done: &Result<(), StoreError>) -> bool {
    match done {
        Ok(()) | Err(StoreError::Full) => true,
        Err(StoreError::Unavailable(class)) => *class != "deadline",
        Err(_) => false,
    }
}

async fn write(app: &App, batch: &[Done<'_>]) -> Result<(), StoreError> {
    let now = app.clock.now();
    let notes = app
        .db
        .write(async |tx| {
            let mut notes = Notes::default();
            let mut mentioned = Vec::new();
            for Done { job, outcome, .. } in batch {
                let is_ours = match outcome {
                    Outcome::Spread { comment, version } => {
                        let one = spread(tx, (job, *comment, *version, now)).await?;
                        mentioned.extend(one.iter().copied().flatten());
                        one.is_some()
                    }
                    Outcome::Tried(settlement) => tx.settle(job, settlement, now).await?,
                    Outcome::Untouched => {
                        tx.release(job).await?;
                        true
                    }
                };
                if !is_ours {
                    notes.lost.push(job.id);
                }
            }
            if !mentioned.is_empty() {
                notes.untold = mentions::mention(app, tx, (&mentioned, now)).await?;
            }
            Ok(notes)
        })
        .await?;
    for id in notes.lost {
        tracing::warn!(outbox.id = %id, "the lease of message {id} ran out before it was settled");
    }
    for id in notes.untold {
        tracing::warn!(comment.id = %id, "comment {id} waits, and its site has no moderator to tell");
    }
    Ok(())
}

/// One promise becomes what moderators are to be told of, if its comment is there; none when the lease was lost, since
/// somebody else spreads it then.
async fn spread(
    tx: &mut Tx,
    (job, comment, version, now): (&Leased, CommentId, i64, Timestamp),
) -> Result<Option<Option<Mentioned>>, StoreError> {
    let current = tx.current(&[comment]).await?.pop();
    let settlement = if current.is_some() { Settlement::Sent } else { Settlement::Dropped };
    let is_ours = tx.settle(job, &settlement, now).await?;
    Ok(is_ours
        .then(|| current.map(|current| Mentioned { comment, version, site: current.site, why: Why::Waits })))
}
