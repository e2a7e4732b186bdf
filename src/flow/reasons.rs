//! The reasons that moderators of a site give again and again.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    rules, sites,
};
use crate::{
    domain::{CannedReason, Moderator, Policy, Site},
    store::StoreError,
};

/// Puts a new list in place of a site's reasons, for editors and above: as `make` makes it of the one that is there. What
/// was decided with a reason keeps its words. None, when the list is no list of reasons: too long, or with a code twice.
pub async fn set(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    site: &Site,
    make: impl Fn(Vec<CannedReason>) -> Vec<CannedReason>,
) -> Result<Option<Vec<CannedReason>>, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let set = app
        .db
        .write(async |tx| {
            let mut row = tx.hold_site(site.id).await?.ok_or(StoreError::Corrupt("site"))?;
            let policy = Policy { reasons: make(row.policy.0.reasons.clone()), ..row.policy.0.clone() };
            if policy.check().is_err() {
                return Ok(None);
            }
            if policy == row.policy.0 {
                return Ok(Some(policy.reasons));
            }
            row.policy.0 = policy;
            tx.set_site(&row).await?;
            rules::keep_policy(tx, &row, (now, Some(moderator))).await?;
            let object = Object { kind: "site", id: site.id.uuid(), site: Some(site.id) };
            let author = Author { moderator: Some(moderator.id), via };
            audit::record(app, tx, &[NewEntry::new(app, now, (object, "set-reasons", author))]).await?;
            Ok(Some(row.policy.0.reasons))
        })
        .await?;
    sites::refresh(app).await?;
    Ok(set)
}
