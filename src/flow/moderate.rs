//! Decisions: who may, what follows from the transition table, and one winner.

use super::{
    App, FlowError,
    change::{Deed, change, tell},
};
use crate::{
    domain::{AuditId, BatchId, CommentId, Decision, Moderator, Needs, Status, Timestamp},
    store::{Current, Decided, StoreError, Tx},
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
    /// Its name in requests, audit rows and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decide(decision) => decision.name(),
            Self::Escalate => "escalate",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "escalate" => Some(Self::Escalate),
            _ => Decision::parse(name).ok().map(Self::Decide),
        }
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
    /// The reason that the commenter is given, at most 500 characters.
    pub reason: Option<String>,
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
            action: self.action.name(),
            reason: self.reason.as_deref(),
            note: self.note.as_deref(),
            moderator: self.moderator,
            via: self.via,
            batch: Some(batch),
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
    let (deed, now) = (ruling.deed(batch), app.clock.now());
    let becomes = |seen: &Current| follow(seen, ruling, now);
    let done = app.db.write(async |tx| change(app, tx, (targets, deed, now), becomes).await).await?;
    tell(app, deed, &done);
    Ok(done.into_iter().map(|(_, outcome)| outcome).collect())
}

/// Where the comment goes by this ruling; nowhere when its state does not allow it.
fn follow(seen: &Current, ruling: &Ruling<'_>, now: Timestamp) -> Option<Decided> {
    let stays = Decided { decided_at: Some(now), reason: ruling.reason.clone(), ..Decided::unchanged(seen) };
    let escalated = || {
        let waits = seen.needs.is_some_and(|needs| needs != Needs::Escalated);
        waits.then(|| Decided { needs: Some(Needs::Escalated), decided_at: seen.decided_at, ..stays.clone() })
    };
    match ruling.action {
        Action::Escalate => escalated(),
        Action::Decide(Decision::Hold) if seen.status == Status::Pending => escalated(),
        // an approved comment is approved again only when something of it waits
        Action::Decide(Decision::Approve) if seen.status == Status::Approved && seen.needs.is_none() => None,
        Action::Decide(decision) => {
            let status = seen.status.after(decision)?;
            let approved = status == Status::Approved;
            let held = status == Status::Pending;
            let revision = seen.waiting.filter(|_| approved).unwrap_or(seen.revision);
            let edited = seen.published_at.is_some() && revision != seen.revision;
            Some(Decided {
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

/// Where the target stands instead.
pub(super) async fn standing(tx: &mut Tx, target: Target) -> Result<Outcome, StoreError> {
    let Some(current) = tx.current(&[target.id]).await?.pop() else { return Ok(Outcome::NotFound) };
    let last = tx.last_change(target.id, current.version).await?;
    Ok(Outcome::Conflict(Standing {
        status: current.status,
        version: current.version,
        at: last.as_ref().map(|last| last.at),
        by: last.and_then(|last| last.name),
        was_seen: current.version == target.version,
    }))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;
    use crate::domain::Role;

    fn seen(status: Status, needs: Option<Needs>, waiting: Option<i64>) -> Current {
        let id = Uuid::from_u128(1);
        Current {
            id: id.into(),
            site: id.into(),
            article: id.into(),
            article_key: "news/1".to_owned(),
            parent: None,
            status,
            needs,
            version: 3,
            revision: 1,
            waiting,
            reason: None,
            decided_at: None,
            edited_at: None,
            published_at: (status == Status::Approved).then_some(Timestamp::from_micros(1)),
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
        let moderator =
            Moderator { id: Uuid::nil().into(), name: "Mo".to_owned(), role: Role::Moderator, sites: None };
        let action = Action::parse(action).unwrap();
        let ruling = Ruling { action, reason: None, note: None, moderator: &moderator, via: "api" };
        let decided = follow(&seen(status, needs, waiting), &ruling, Timestamp::from_micros(9));
        assert_eq!(decided.map(|d| (d.status, d.needs, d.revision, d.waiting)), becomes);
    }
}
