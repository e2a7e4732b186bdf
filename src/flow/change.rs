//! The compare-and-set under decisions and their undoing: many comments in one transaction, each changed
//! if its version is still the one that was named; with it the audit row, what it replaced, and the end of
//! the claim.

use std::collections::{HashMap, HashSet};

use super::{
    App,
    audit::{self, Author, NewEntry, Object},
    commenters,
    moderate::{Outcome, Target, standing},
};
use crate::{
    domain::{BatchId, CommentId, Message, Moderator, OutboxId, Timestamp},
    metrics,
    store::{Current, Decided, DecisionRow, Moved, NewMessage, State, StoreError, Tx},
};

/// Who changes comments, how it is called, and with which words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    pub kind: Kind,
    /// As audit rows and metrics name it.
    pub action: &'static str,
    pub note: Option<&'a str>,
    pub moderator: &'a Moderator,
    /// The way it came: `api`, `desk`, `mail`.
    pub via: &'static str,
}

/// What a change is to those who read the comment, and whether it can be undone: as a part of which batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It answers whoever was reading, and gives a reason.
    Decision(BatchId),
    /// The comment goes on waiting, for the same reader.
    Amendment(BatchId),
    /// What is undone may wait again, for a reader of its own.
    Undoing,
}

impl Kind {
    const fn batch(self) -> Option<BatchId> {
        match self {
            Self::Decision(batch) | Self::Amendment(batch) => Some(batch),
            Self::Undoing => None,
        }
    }

    const fn answers(self) -> bool {
        matches!(self, Self::Decision(_))
    }
}

/// What became of one target, and where it stood before when it is there for this person.
pub(super) type Changed = (Option<Current>, Outcome);

/// Changes the targets to what `becomes` makes of them, in their order, as long as it makes anything.
pub(super) async fn change(
    app: &App,
    tx: &mut Tx,
    (targets, deed, now): (&[Target], Deed<'_>, Timestamp),
    becomes: impl Fn(&Current) -> Option<State>,
) -> Result<Vec<Changed>, StoreError> {
    let ids: Vec<CommentId> = targets.iter().map(|target| target.id).collect();
    let mut known: HashMap<CommentId, Current> =
        tx.current(&ids).await?.into_iter().map(|current| (current.id, current)).collect();
    known.retain(|_, current| deed.moderator.sees(current.site));
    // a version that is not the one that was seen never comes back: who is late holds up nobody
    let articles: Vec<_> = targets
        .iter()
        .filter_map(|target| known.get(&target.id).filter(|seen| seen.version == target.version))
        .filter(|seen| becomes(seen).is_some())
        .map(|seen| seen.article)
        .collect();
    tx.lock_articles(&articles).await?;
    let mut changed: Vec<Changed> = Vec::with_capacity(targets.len());
    let (mut entries, mut replaced, mut ended, mut owed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut done = HashSet::new();
    for target in targets {
        let Some(seen) = known.get(&target.id).cloned() else {
            changed.push((None, Outcome::NotFound));
            continue;
        };
        // a target that is named twice is changed once, and then it is too late
        let in_time = seen.version == target.version && !done.contains(&target.id);
        let decided = in_time.then(|| becomes(&seen)).flatten();
        let decided = decided.map(|becomes| Decided { seen: seen.clone(), becomes });
        let won = match &decided {
            Some(decided) => tx.move_on(decided, now).await? == Moved::Won,
            None => false,
        };
        let outcome = match decided.filter(|_| won) {
            Some(decided) => {
                let entry = entry(app, (&decided, deed), now);
                let (decision, version, status) = (entry.id, seen.version + 1, decided.becomes.status);
                replaced.extend(deed.kind.batch().map(|batch| DecisionRow::new((decision, batch), &seen)));
                if deed.kind.answers() || decided.becomes.needs.is_none() {
                    ended.push(seen.id);
                }
                if seen.state.needs.is_none() && decided.becomes.needs.is_some() {
                    let message = Message::CommentWaits { comment: seen.id, version };
                    owed.push(NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now));
                }
                owed.extend(commenters::owed(app, &decided, now));
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
    // what comes back into the queue is told like what is new
    tx.enqueue(&owed).await?;
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
            app.owed.notify_one();
        }
    }
}

fn entry(app: &App, (decided, deed): (&Decided, Deed<'_>), now: Timestamp) -> NewEntry {
    let seen = &decided.seen;
    let object = Object { kind: "comment", id: seen.id.uuid(), site: Some(seen.site) };
    let author = Author { moderator: Some(deed.moderator.id), via: deed.via };
    NewEntry {
        version: Some(seen.version + 1),
        statuses: Some((seen.state.status, decided.becomes.status)),
        reason: decided.becomes.reason.clone().filter(|_| deed.kind.answers()),
        note: deed.note.map(str::to_owned),
        ..NewEntry::new(app, now, (object, deed.action, author))
    }
}
