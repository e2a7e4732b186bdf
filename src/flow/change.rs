//! The compare-and-set under decisions and their undoing: many comments in one transaction, each changed
//! if its version is still the one that was named; with it the audit row, what it replaced, and the end of
//! the claim.

use std::collections::{HashMap, HashSet};

use super::{
    App,
    audit::{self, Author, NewEntry, Object},
    moderate::{Outcome, Target, standing},
};
use crate::{
    domain::{BatchId, CommentId, Moderator, Timestamp},
    metrics,
    store::{Current, Decided, DecisionRow, Moved, StoreError, Tx},
};

/// Who changes comments, how it is called, and with which words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    /// As audit rows and metrics name it.
    pub action: &'static str,
    pub reason: Option<&'a str>,
    pub note: Option<&'a str>,
    pub moderator: &'a Moderator,
    /// The way it came: `api`, `desk`, `mail`.
    pub via: &'static str,
    /// The batch of a decision, which can be undone; an undoing has none.
    pub batch: Option<BatchId>,
}

/// What became of one target, and where it stood before when it is there for this person.
pub(super) type Changed = (Option<Current>, Outcome);

/// Changes the targets to what `becomes` makes of them, in their order, as long as it makes anything.
pub(super) async fn change(
    app: &App,
    tx: &mut Tx,
    (targets, deed, now): (&[Target], Deed<'_>, Timestamp),
    becomes: impl Fn(&Current) -> Option<Decided>,
) -> Result<Vec<Changed>, StoreError> {
    let ids: Vec<CommentId> = targets.iter().map(|target| target.id).collect();
    let mut known: HashMap<CommentId, Current> =
        tx.current(&ids).await?.into_iter().map(|current| (current.id, current)).collect();
    known.retain(|_, current| deed.moderator.sees(current.site));
    let articles: Vec<_> = known.values().map(|current| current.article).collect();
    tx.lock_articles(&articles).await?;
    let mut changed: Vec<Changed> = Vec::with_capacity(targets.len());
    let (mut entries, mut replaced, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    let mut done = HashSet::new();
    for target in targets {
        let Some(seen) = known.get(&target.id).cloned() else {
            changed.push((None, Outcome::NotFound));
            continue;
        };
        // a target that is named twice is changed once, and then it is too late
        let in_time = seen.version == target.version && !done.contains(&target.id);
        let decided = in_time.then(|| becomes(&seen)).flatten();
        let won = match &decided {
            Some(decided) => tx.move_on(decided, now).await? == Moved::Won,
            None => false,
        };
        let outcome = match decided.filter(|_| won) {
            Some(decided) => {
                let entry = entry(app, (&decided, deed), now);
                let (decision, version, status) = (entry.id, seen.version + 1, decided.status);
                replaced.extend(deed.batch.map(|batch| DecisionRow::new((decision, batch), &seen)));
                // a decision answers whoever was reading; what is undone may wait again, for a reader of its own
                if deed.batch.is_some() || decided.needs.is_none() {
                    ended.push(seen.id);
                }
                entries.push(entry);
                done.insert(seen.id);
                Outcome::Done { status, version, decision }
            }
            None => standing(tx, *target).await?,
        };
        changed.push((Some(seen), outcome));
    }
    audit::record(app, tx, &entries).await?;
    tx.keep_replaced(&replaced).await?;
    tx.end_claims(&ended).await?;
    Ok(changed)
}

/// Once it is written: counts what was changed, and lets readers see it.
pub(super) fn tell(app: &App, deed: Deed<'_>, changed: &[Changed]) {
    for (seen, outcome) in changed {
        if let (Some(seen), Outcome::Done { .. }) = (seen, outcome) {
            if let Some(site) = app.sites.get(seen.site) {
                metrics::decisions(site.key.as_str(), deed.action, deed.via, 1);
            }
            app.pages.forget(seen.site, &seen.article_key);
        }
    }
}

fn entry(app: &App, (decided, deed): (&Decided, Deed<'_>), now: Timestamp) -> NewEntry {
    let seen = &decided.seen;
    let object = Object { kind: "comment", id: seen.id.uuid(), site: Some(seen.site) };
    let author = Author { moderator: Some(deed.moderator.id), via: deed.via };
    NewEntry {
        version: Some(seen.version + 1),
        statuses: Some((seen.status, decided.status)),
        reason: deed.reason.map(str::to_owned),
        note: deed.note.map(str::to_owned),
        ..NewEntry::new(app, now, (object, deed.action, author))
    }
}
