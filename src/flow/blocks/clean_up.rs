//! What else came from somebody who is blocked: found before it is done, and done as one batch that can be undone.

use std::time::Duration;

use super::{BlockError, By, broken, make::Taken};
use crate::{
    domain::{BlockKind, Code, CommentId, Decision},
    flow::{
        App, FlowError,
        batch::{self, Batch},
        moderate::{Action, Ruling, Target},
    },
    store::{QueueRow, SameOrigin},
    vault::SealedPerson,
};

/// Comments of one clean-up, at most.
pub const MOST: usize = 1_000;
/// Comments that are shown before it is done, at most.
const SHOWN: usize = 50;

/// What a clean-up would mark as spam.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many comments.
    pub count: usize,
    /// The first of them, as they arrived.
    pub items: Vec<QueueRow>,
}

/// What a clean-up after this comment would do, for editors and above.
pub async fn preview(
    app: &App,
    (moderator, _): By<'_>,
    (comment, days): (CommentId, u32),
) -> Result<Preview, BlockError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let taken = Taken::from(app, moderator, comment).await?;
    let targets = find(app, &taken, days).await?;
    let ids: Vec<CommentId> = targets.iter().take(SHOWN).map(|target| target.id).collect();
    let now = app.clock.now();
    let items = app.db.snapshot(async |tx| tx.queue_items(&ids, now).await).await?;
    Ok(Preview { count: targets.len(), items })
}

/// What waits or is published of the last days and came from the same host prefix; or is by the same author, as receipts
/// prove; or under the same address, where the site vouched for it each time: an address that somebody typed leads to
/// nobody.
pub(super) async fn find(app: &App, taken: &Taken, days: u32) -> Result<Vec<Target>, BlockError> {
    let kinds = [BlockKind::Network, BlockKind::Host, BlockKind::Email];
    let mut values = Vec::new();
    for kind in kinds.into_iter().filter(|kind| *kind != BlockKind::Email || taken.kept.proven) {
        let value = app.vault.blockable(kind, &taken.sealed()).map_err(broken)?;
        values.extend(value.iter().flat_map(|value| app.vault.blocked(taken.kept.site, value)));
    }
    let span = Duration::from_hours(24).saturating_mul(days);
    let origin = SameOrigin {
        site: taken.kept.site,
        values: &values,
        first: taken.kept.first,
        since: app.clock.now().minus(span),
        most: i64::try_from(MOST).unwrap_or(i64::MAX) + 1,
    };
    let found = app.db.snapshot(async |tx| tx.from_there(origin).await).await?;
    if found.len() > MOST {
        return Err(BlockError::field("clean_up_days", Code::TooLong));
    }
    Ok(found.into_iter().map(|(id, version)| Target { id, version }).collect())
}

/// Marks them as spam: in turns, and what changes meanwhile is left alone.
pub(super) async fn mark(
    app: &App,
    (moderator, via): By<'_>,
    targets: &[Target],
) -> Result<Batch, FlowError> {
    let ruling = Ruling {
        action: Action::Decide(Decision::Spam),
        reason: None,
        reason_code: None,
        note: None,
        moderator,
        via,
    };
    batch::in_turns(app, targets, &ruling).await
}

impl Taken {
    /// Who wrote it, with what is sealed of them.
    pub(super) fn sealed(&self) -> SealedPerson<'_> {
        SealedPerson {
            contact: self.contact.uuid(),
            email: self.kept.email.as_deref(),
            address: self.kept.address.as_deref(),
        }
    }
}
