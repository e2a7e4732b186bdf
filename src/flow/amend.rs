//! What moderators change of a comment beside its status: its text, and whether they recommend it.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    change::{Deed, Kind, change, tell},
    moderate::{Outcome, Target},
};
use crate::{
    domain::{BatchId, Body, Code, Moderator, Status, Timestamp},
    store::{Current, EditedRevision, QueueRow, State, StoreError},
};

/// What is to be changed.
#[derive(Clone, Debug, Default)]
pub struct Amendment<'a> {
    /// The text that stands in place of the one that readers see, or that waits.
    pub text: Option<&'a str>,
    /// Whether it is recommended to readers.
    pub picked: Option<bool>,
}

/// Why an amendment was not made.
#[derive(Clone, Debug)]
pub enum AmendError {
    /// The text is not a comment.
    Invalid(Code),
    /// The rest.
    Flow(FlowError),
}

impl From<FlowError> for AmendError {
    fn from(error: FlowError) -> Self {
        Self::Flow(error)
    }
}

impl From<StoreError> for AmendError {
    fn from(error: StoreError) -> Self {
        Self::Flow(error.into())
    }
}

/// Somebody who changes a comment, and the way it came: `api`, `desk`.
pub type By<'a> = (&'a Moderator, &'static str);

/// Changes a comment from the version that was seen; both changes or none, and each can be undone. The original is
/// kept. A text changes where the comment waits or is published; one that waits for a decision beside the published
/// one is the one that changes. Only what is published can be recommended.
pub async fn amend(
    app: &App,
    (moderator, via): By<'_>,
    target: Target,
    amendment: &Amendment<'_>,
) -> Result<(Outcome, Option<QueueRow>), AmendError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let found = app.db.read(async |tx| tx.current(&[target.id]).await).await?.pop();
    let seen = found.filter(|seen| moderator.sees(seen.site)).ok_or(FlowError::NotFound)?;
    let most = app.sites.get(seen.site).map_or(0, |site| site.policy.comment_chars);
    let text = amendment.text.map(|text| Body::parse(text, most)).transpose().map_err(AmendError::Invalid)?;
    let now = app.clock.now();
    let kind = Kind::Amendment(BatchId::from(app.clock.id(now)));
    let deed = Deed { kind, action: amendment.action(), note: None, moderator, via };
    let (done, row) = app
        .db
        .write(async |tx| {
            let number = tx.newest_revision(target.id).await? + 1;
            let becomes = |seen: &Current| amendment.of(&seen.state, number, now);
            let done = change(app, tx, (&[target], deed, now), becomes).await?;
            let [(Some(seen), Outcome::Done { .. })] = done.as_slice() else { return Ok((done, None)) };
            if let Some(text) = &text {
                let comment = seen.id;
                let text = text.as_str();
                tx.add_edited(&EditedRevision {
                    comment,
                    number,
                    text,
                    submitted_at: now,
                    editor: moderator.id,
                })
                .await?;
            }
            if text.is_some()
                && let Some(picked) = amendment.picked
            {
                audit::record(app, tx, &[entry(app, seen, (picked, moderator, via), now)]).await?;
            }
            let row = tx.queue_items(&[target.id], now).await?.pop();
            Ok((done, row))
        })
        .await?;
    tell(app, deed, &done);
    Ok((done.into_iter().next().map_or(Outcome::NotFound, |(_, outcome)| outcome), row))
}

/// What is said of a recommendation that came with a text: the change itself is called after the text.
fn entry(
    app: &App,
    seen: &Current,
    (picked, moderator, via): (bool, &Moderator, &'static str),
    now: Timestamp,
) -> NewEntry {
    let object = Object { kind: "comment", id: seen.id.uuid(), site: Some(seen.site) };
    let author = Author { moderator: Some(moderator.id), via };
    let action = if picked { "pick" } else { "unpick" };
    NewEntry { version: Some(seen.version + 1), ..NewEntry::new(app, now, (object, action, author)) }
}

impl Amendment<'_> {
    /// As audit rows name it; a text that comes with a recommendation is the greater change.
    const fn action(&self) -> &'static str {
        match (self.text, self.picked) {
            (Some(_), _) | (None, None) => "edit",
            (None, Some(true)) => "pick",
            (None, Some(false)) => "unpick",
        }
    }

    /// What becomes of a comment, whose next text has this number; nothing when that is not possible, or is so already.
    fn of(&self, seen: &State, number: i64, now: Timestamp) -> Option<State> {
        let mut state = seen.clone();
        if self.text.is_some() {
            match seen.status {
                Status::Pending | Status::Approved => {}
                Status::Rejected | Status::Spam | Status::Withdrawn => return None,
            }
            if seen.waiting.is_some() {
                state.waiting = Some(number);
            } else {
                state.revision = number;
                state.edited_at = seen.published_at.map(|_| now).or(seen.edited_at);
            }
        }
        if let Some(picked) = self.picked {
            if seen.status != Status::Approved {
                return None;
            }
            state.picked_at = picked.then(|| seen.picked_at.unwrap_or(now));
        }
        (state != *seen).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::Needs;

    const NOW: Timestamp = Timestamp::from_micros(9);
    const BEFORE: Timestamp = Timestamp::from_micros(1);

    fn seen(status: Status, waiting: Option<i64>) -> State {
        State {
            status,
            needs: waiting.map(|_| Needs::Edit),
            revision: 1,
            waiting,
            reason: None,
            reason_code: None,
            basis: None,
            decided_at: None,
            published_at: (status == Status::Approved).then_some(BEFORE),
            edited_at: None,
            picked_at: None,
        }
    }

    #[rstest]
    #[case::waits((Status::Pending, None), Some((3, None, None)))]
    #[case::published((Status::Approved, None), Some((3, None, Some(NOW))))]
    #[case::an_edit_waits((Status::Approved, Some(2)), Some((1, Some(3), None)))]
    #[case::rejected((Status::Rejected, None), None)]
    #[case::spam((Status::Spam, None), None)]
    #[case::withdrawn((Status::Withdrawn, None), None)]
    fn texts(
        #[case] (status, waiting): (Status, Option<i64>),
        #[case] becomes: Option<(i64, Option<i64>, Option<Timestamp>)>,
    ) {
        let amendment = Amendment { text: Some("New"), picked: None };
        let state = amendment.of(&seen(status, waiting), 3, NOW);
        assert_eq!(state.map(|state| (state.revision, state.waiting, state.edited_at)), becomes);
    }

    #[rstest]
    #[case::picked((Status::Approved, None), true, Ok(Some(NOW)))]
    #[case::picked_twice((Status::Approved, Some(BEFORE)), true, Err(()))]
    #[case::unpicked((Status::Approved, Some(BEFORE)), false, Ok(None))]
    #[case::never_picked((Status::Approved, None), false, Err(()))]
    #[case::what_waits((Status::Pending, None), true, Err(()))]
    fn picks(
        #[case] (status, picked_at): (Status, Option<Timestamp>),
        #[case] picked: bool,
        #[case] becomes: Result<Option<Timestamp>, ()>,
    ) {
        let state = State { picked_at, ..seen(status, None) };
        let amendment = Amendment { text: None, picked: Some(picked) };
        assert_eq!(amendment.of(&state, 2, NOW).map(|state| state.picked_at).ok_or(()), becomes);
    }
}
