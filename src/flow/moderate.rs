//! Decisions: who may, what follows from the transition table, and one winner.

use super::{
    App, FlowError,
    change::{Changed, Deed, Kind, change, tell},
};
use crate::{
    domain::{AuditId, BatchId, CommentId, Decision, Moderator, Needs, Status, Timestamp},
    store::{Current, QueueRow, State, StoreError, Tx},
};

/// Most comments that one call decides on.
pub const MOST: usize = 200;

/// What a moderator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move it through the transition table.
    Decide(Decision),
    /// Leave it to somebody who knows better.
    Escalate,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] = [
        Self::Decide(Decision::Approve),
        Self::Decide(Decision::Reject),
        Self::Decide(Decision::Spam),
        Self::Decide(Decision::Hold),
        Self::Escalate,
    ];

    /// Its name in requests, audit rows and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decide(decision) => decision.name(),
            Self::Escalate => "escalate",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// A comment in the version that the moderator saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The comment.
    pub id: CommentId,
    /// The version that was read.
    pub version: i64,
}

/// What is to be done, by whom and why.
#[derive(Clone, Debug)]
pub struct Ruling<'a> {
    /// What.
    pub action: Action,
    /// The reason that the commenter is given, at most 500 characters; in place of the canned one when both are there.
    pub reason: Option<String>,
    /// A canned reason of the comment's site: a comment of a site that has none of that code is left as it is.
    pub reason_code: Option<String>,
    /// A remark for colleagues, at most 2,000 characters.
    pub note: Option<String>,
    /// Who.
    pub moderator: &'a Moderator,
    /// The way it came: `api`, `desk`, `mail`.
    pub via: &'static str,
}

/// What became of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This ruling won.
    Done {
        /// The status now.
        status: Status,
        /// The version now.
        version: i64,
        /// The audit row, by which it can be undone.
        decision: AuditId,
    },
    /// Someone else was first, or the state does not allow it; nothing changed.
    Conflict(Standing),
    /// No such comment, or not for this person.
    NotFound,
}

/// Where a comment stands, for those who came too late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status now.
    pub status: Status,
    /// The version now.
    pub version: i64,
    /// The name of the moderator who made this version, when it was one.
    pub by: Option<String>,
    /// When this version came to be.
    pub at: Option<Timestamp>,
    /// Whether the version is the one that was named: then the state itself forbids the ruling.
    pub was_seen: bool,
}

impl<'a> Ruling<'a> {
    /// As a decision of this batch.
    fn deed(&'a self, batch: BatchId) -> Deed<'a> {
        Deed {
            kind: Kind::Decision(batch),
            action: self.action.name(),
            note: self.note.as_deref(),
            moderator: self.moderator,
            via: self.via,
        }
    }
}

/// Decides on comments, each by compare-and-set on its version, all in one transaction. The outcomes
/// stand in the order of the targets.
pub async fn decide(app: &App, targets: &[Target], ruling: &Ruling<'_>) -> Result<Vec<Outcome>, FlowError> {
    let batch = BatchId::from(app.clock.id(app.clock.now()));
    decide_in(app, batch, targets, ruling).await
}

/// The same as a part of a batch, which can be undone as a whole.
pub(super) async fn decide_in(
    app: &App,
    batch: BatchId,
    targets: &[Target],
    ruling: &Ruling<'_>,
) -> Result<Vec<Outcome>, FlowError> {
    if !ruling.moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let deed = ruling.deed(batch);
    let done = app.db.write(async |tx| rule(app, tx, (targets, deed), ruling).await).await?;
    tell(app, deed, &done);
    Ok(done.into_iter().map(|(_, outcome)| outcome).collect())
}

/// Decides on one comment; as it stands by this decision, whatever comes right after.
pub async fn decide_one(
    app: &App,
    target: Target,
    ruling: &Ruling<'_>,
) -> Result<(Outcome, Option<QueueRow>), FlowError> {
    if !ruling.moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let deed = ruling.deed(BatchId::from(app.clock.id(app.clock.now())));
    let (done, row) = app
        .db
        .write(async |tx| {
            let done = rule(app, tx, (&[target], deed), ruling).await?;
            // read here: what is decided shall not be answered as a failure for want of another connection
            let row = tx.queue_items(&[target.id], app.clock.now()).await?.pop();
            Ok((done, row))
        })
        .await?;
    tell(app, deed, &done);
    let outcome = done.into_iter().next().map_or(Outcome::NotFound, |(_, outcome)| outcome);
    let row = row.filter(|_| matches!(outcome, Outcome::Done { .. }));
    Ok((outcome, row))
}

async fn rule(
    app: &App,
    tx: &mut Tx,
    (targets, deed): (&[Target], Deed<'_>),
    ruling: &Ruling<'_>,
) -> Result<Vec<Changed>, StoreError> {
    let now = app.clock.now();
    let becomes = |seen: &Current| explained(app, seen, ruling, follow(&seen.state, ruling.action, now)?);
    change(app, tx, (targets, deed, now), becomes).await
}

/// Where a comment goes by this action; nowhere when its state does not allow it. What was said of the state before
/// is not said of this one.
fn follow(seen: &State, action: Action, now: Timestamp) -> Option<State> {
    let stays = State { decided_at: Some(now), reason: None, reason_code: None, basis: None, ..seen.clone() };
    let escalated = || {
        let waits = seen.needs.is_some_and(|needs| needs != Needs::Escalated);
        waits.then(|| State { needs: Some(Needs::Escalated), decided_at: seen.decided_at, ..stays.clone() })
    };
    match action {
        Action::Escalate => escalated(),
        Action::Decide(Decision::Hold) if seen.status == Status::Pending => escalated(),
        // an approved comment is approved again only when something of it waits
        Action::Decide(Decision::Approve) if seen.status == Status::Approved && seen.needs.is_none() => None,
        // who appealed is answered: it stays as it was decided
        Action::Decide(Decision::Reject) if seen.status == Status::Rejected => {
            seen.needs.is_some().then(|| State { needs: None, decided_at: Some(now), ..seen.clone() })
        }
        Action::Decide(decision) => {
            let status = seen.status.after(decision)?;
            let approved = status == Status::Approved;
            let held = status == Status::Pending;
            let revision = seen.waiting.filter(|_| approved).unwrap_or(seen.revision);
            let edited = seen.published_at.is_some() && revision != seen.revision;
            Some(State {
                status,
                needs: held.then_some(Needs::Decision),
                revision,
                waiting: seen.waiting.filter(|_| held),
                published_at: seen.published_at.or(approved.then_some(now)),
                edited_at: edited.then_some(now).or(seen.edited_at),
                ..stays
            })
        }
    }
}

/// The state with what its author is told; none when the site does not know the canned reason.
fn explained(app: &App, seen: &Current, ruling: &Ruling<'_>, state: State) -> Option<State> {
    let Some(code) = &ruling.reason_code else {
        // what a canned reason rests on is not said of other words
        return Some(match ruling.reason.clone() {
            Some(own) => State { reason: Some(own), reason_code: None, basis: None, ..state },
            None => state,
        });
    };
    let site = app.sites.get(seen.site)?;
    let canned = site.policy.reason(code)?;
    Some(State {
        reason: ruling.reason.clone().or_else(|| Some(canned.text().to_owned())),
        reason_code: Some(code.clone()),
        basis: Some(canned.basis()),
        ..state
    })
}

/// Where the target stands instead.
pub(super) async fn standing(tx: &mut Tx, target: Target) -> Result<Outcome, StoreError> {
    let Some(current) = tx.current(&[target.id]).await?.pop() else { return Ok(Outcome::NotFound) };
    let last = tx.last_change(target.id, current.version).await?;
    Ok(Outcome::Conflict(Standing {
        status: current.state.status,
        version: current.version,
        at: last.as_ref().map(|last| last.at),
        by: last.and_then(|last| last.name),
        was_seen: current.version == target.version,
    }))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn seen(status: Status, needs: Option<Needs>, waiting: Option<i64>) -> State {
        State {
            status,
            needs,
            revision: 1,
            waiting,
            reason: Some("An earlier one".to_owned()),
            reason_code: None,
            basis: None,
            decided_at: None,
            edited_at: None,
            published_at: (status == Status::Approved).then_some(Timestamp::from_micros(1)),
            picked_at: None,
        }
    }

    #[rstest]
    #[case::an_edit_is_published((Status::Approved, Some(Needs::Edit), Some(2)), "approve", Some((Status::Approved, None, 2, None)))]
    #[case::approved_twice((Status::Approved, None, None), "approve", None)]
    #[case::reviewed_after((Status::Approved, Some(Needs::Decision), None), "approve", Some((Status::Approved, None, 1, None)))]
    #[case::a_rejected_edit_takes_all((Status::Approved, Some(Needs::Edit), Some(2)), "reject", Some((Status::Rejected, None, 1, None)))]
    #[case::held_again_keeps_the_edit((Status::Approved, Some(Needs::Edit), Some(2)), "hold", Some((Status::Pending, Some(Needs::Decision), 1, Some(2))))]
    #[case::holding_what_waits_escalates((Status::Pending, Some(Needs::Decision), None), "hold", Some((Status::Pending, Some(Needs::Escalated), 1, None)))]
    #[case::escalated_twice((Status::Pending, Some(Needs::Escalated), None), "escalate", None)]
    #[case::nothing_to_escalate((Status::Rejected, None, None), "escalate", None)]
    #[case::withdrawn_is_final((Status::Withdrawn, None, None), "approve", None)]
    fn rulings(
        #[case] (status, needs, waiting): (Status, Option<Needs>, Option<i64>),
        #[case] action: &str,
        #[case] becomes: Option<(Status, Option<Needs>, i64, Option<i64>)>,
    ) {
        let action = Action::parse(action).unwrap();
        let state = follow(&seen(status, needs, waiting), action, Timestamp::from_micros(9));
        assert!(state.iter().all(|state| state.reason.is_none()), "{state:?}");
        assert_eq!(state.map(|s| (s.status, s.needs, s.revision, s.waiting)), becomes);
    }
}
