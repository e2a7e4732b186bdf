//! Claims: who reads which waiting comments, so that two moderators do not read the same ones. A claim
//! is a courtesy: a decision by somebody else is taken all the same, and ends it.

use std::time::Duration;

use super::{App, FlowError};
use crate::{
    domain::{CommentId, Moderator, Timestamp},
    store::{Claimant, QueueRow, Reach, StoreError, Tx},
};

/// How long a claim lasts that nobody renews.
const LEASE: Duration = Duration::from_mins(5);
/// Most comments that one person may have claimed at a time.
const MOST: i64 = 100;
/// How often the next ones are looked for in one request: others may take some at the same moment.
const TRIES: usize = 3;

/// What somebody was given to read.
#[derive(Clone, Debug)]
pub struct Share {
    /// The comments, the oldest first; none when nothing is free, or when they have as many as they may.
    pub items: Vec<QueueRow>,
    /// Until when they are theirs.
    pub expires_at: Timestamp,
}

/// What became of a wish for one comment.
#[derive(Clone, Debug)]
pub enum Wish {
    /// It is theirs until then.
    Granted(Timestamp),
    /// A colleague of this name reads it, until then.
    Taken(String, Timestamp),
    /// It waits for nobody, or they have as many as they may.
    Refused,
}

fn claimant(app: &App, moderator: &Moderator) -> Result<Claimant, FlowError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    Ok(Claimant { moderator: moderator.id, now, until: now.plus(LEASE) })
}

/// Claims the oldest waiting comments that nobody has, at most so many.
pub async fn take_next(
    app: &App,
    moderator: &Moderator,
    site: Option<&str>,
    limit: usize,
) -> Result<Share, FlowError> {
    let by = claimant(app, moderator)?;
    // whatever was typed there goes no further
    if site.is_some_and(|key| app.sites.find(key).is_none()) {
        return Ok(Share { items: Vec::new(), expires_at: by.until });
    }
    let reach = Reach { all_sites: moderator.sites.is_none(), site };
    let wanted = i64::try_from(limit).unwrap_or(MOST);
    let items = app
        .db
        .write(async |tx| {
            let mut room = room(tx, by).await?.min(wanted);
            let mut taken = Vec::new();
            for _ in 0..TRIES {
                if room <= 0 {
                    break;
                }
                let more = tx.claim_next(by, reach, room).await?;
                room -= i64::try_from(more.len()).unwrap_or(room);
                taken.extend(more);
            }
            // read here: what is theirs shall not be answered as a failure for want of another connection
            tx.queue_items(&taken, by.now).await
        })
        .await?;
    Ok(Share { items, expires_at: by.until })
}

/// How many more comments somebody may claim; their requests follow each other from here on.
async fn room(tx: &mut Tx, by: Claimant) -> Result<i64, StoreError> {
    // who was removed meanwhile gets nothing
    let is_there = tx.hold_claimant(by.moderator).await?;
    let held = tx.claims_held(by.moderator, by.now).await?;
    Ok(if is_there { MOST - held } else { 0 })
}

/// Claims one comment, or renews the claim on it.
pub async fn take(app: &App, moderator: &Moderator, comment: CommentId) -> Result<Wish, FlowError> {
    let by = claimant(app, moderator)?;
    let found = app
        .db
        .write(async |tx| {
            let Some(item) = tx.queue_items(&[comment], by.now).await?.pop() else { return Ok(None) };
            if !moderator.sees(item.site) {
                return Ok(None);
            }
            let is_mine = item.claim.as_ref().is_some_and(|claim| claim.moderator == by.moderator);
            let (is_there, held) =
                (tx.hold_claimant(by.moderator).await?, tx.claims_held(by.moderator, by.now).await?);
            if is_there && (is_mine || held < MOST) && tx.claim(by, comment).await? {
                return Ok(Some(Wish::Granted(by.until)));
            }
            let claim = tx.queue_items(&[comment], by.now).await?.pop().and_then(|item| item.claim);
            let others = claim.filter(|claim| claim.moderator != by.moderator);
            Ok(Some(others.map_or(Wish::Refused, |claim| Wish::Taken(claim.name, claim.expires_at))))
        })
        .await?;
    found.ok_or(FlowError::NotFound)
}

/// Lets this person's claims last for as long as new ones would: those on the named comments, or all. Which
/// did, and until when; what ran out is not theirs any more.
pub async fn renew(
    app: &App,
    moderator: &Moderator,
    only: Option<&[CommentId]>,
) -> Result<(Vec<CommentId>, Timestamp), FlowError> {
    let by = claimant(app, moderator)?;
    Ok((app.db.write(async |tx| tx.renew_claims(by, only).await).await?, by.until))
}

/// Gives this person's claims back: those on the named comments, or all. Which there were.
pub async fn give_back(
    app: &App,
    moderator: &Moderator,
    only: Option<&[CommentId]>,
) -> Result<Vec<CommentId>, FlowError> {
    let by = claimant(app, moderator)?;
    Ok(app.db.write(async |tx| tx.give_claims_back((by.moderator, by.now), only).await).await?)
}
