//! Decisions by the link in a moderator's mail.
//!
//! The link is a signed token without a row of its own. It names the comment, the version that the mail showed and the
//! moderator, and all three are looked up when it is used: whatever changed of them leaves it without effect.

use std::time::Duration;

use super::{
    App, FlowError, accounts,
    moderate::{self, Action, Outcome, Ruling, Target},
};
use crate::{
    domain::{CommentId, Decision, Links, Moderator, ModeratorId, Status, Timestamp},
    store::{LastChange, QueueRow, StoreError},
    vault::{Token, TokenError, TokenPurpose},
};

/// How long a link decides, counted from when its letter is made.
pub const LIFE: Duration = Duration::from_hours(7 * 24);

/// A genuine link, in time, of somebody who may decide.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whom the mail was sent to: the decision is theirs.
    pub moderator: Moderator,
    /// The comment as it stands.
    pub item: QueueRow,
    /// The version that the mail showed.
    pub version: i64,
    /// From this moment on it decides no more.
    pub expires: Timestamp,
    /// What is left for it to do.
    pub state: State,
}

/// What became of a comment since the mail about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing: it can be decided.
    Open,
    /// The moderator of the link ruled on it, with the link or at the desk.
    Used {
        /// When.
        at: Timestamp,
    },
    /// Somebody else did.
    Late {
        /// Their name.
        by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// It is not what the mail showed.
    Changed,
    /// Its author took it back.
    Withdrawn,
}

/// Why a link does nothing.
#[derive(Clone, Debug)]
pub enum LinkError {
    /// It is not one of ours, or not as we made it.
    NotFound,
    /// It is too old.
    Expired(CommentId),
    /// Its moderator is gone, decides no more, or not on this site.
    NotAllowed,
    /// The site decides at the desk.
    AtTheDesk(CommentId),
    /// The database did not do what it was asked.
    Store(StoreError),
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<FlowError> for LinkError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Forbidden => Self::NotAllowed,
            FlowError::Store(error) => Self::Store(error),
            FlowError::NotFound | FlowError::VersionConflict | FlowError::AlreadyDecided => Self::NotFound,
        }
    }
}

/// A link for one moderator to a comment in this version: its token, and until when it decides.
pub fn mint(app: &App, (comment, version): (CommentId, i64), moderator: ModeratorId) -> (String, Timestamp) {
    let expires = app.clock.now().plus(LIFE);
    let token = Token {
        purpose: TokenPurpose::Decide,
        object: comment.uuid(),
        version,
        recipient: Some(moderator.uuid()),
        expires,
    };
    (app.vault.mint(&token), expires)
}

/// Opens a link; this changes nothing. What is not genuine never reaches the database.
pub async fn open(app: &App, raw: &str) -> Result<Opened, LinkError> {
    let now = app.clock.now();
    let token = match app.vault.verify(TokenPurpose::Decide, raw, now) {
        Ok(token) => token,
        Err(TokenError::Expired(token)) => return Err(LinkError::Expired(token.object.into())),
        Err(TokenError::Malformed | TokenError::Forged) => return Err(LinkError::NotFound),
    };
    let (comment, recipient) = (CommentId::from(token.object), token.recipient.ok_or(LinkError::NotFound)?);
    let (moderator, item, last) = app
        .db
        .snapshot(async |tx| {
            let moderator = match tx.moderator(recipient.into()).await? {
                Some(row) => Some(accounts::whole(tx, row).await?),
                None => None,
            };
            let item = tx.queue_items(&[comment], now).await?.pop();
            let last = match &item {
                Some(item) if item.version != token.version => {
                    tx.change_since(comment, token.version).await?
                }
                _ => None,
            };
            Ok::<_, StoreError>((moderator, item, last))
        })
        .await?;
    let item = item.ok_or(LinkError::NotFound)?;
    let moderator = moderator
        .filter(|moderator| moderator.role.moderates() && moderator.sees(item.site))
        .ok_or(LinkError::NotAllowed)?;
    let links = app.sites.get(item.site).map_or(Links::Open, |site| site.policy.links);
    if links == Links::Open {
        return Err(LinkError::AtTheDesk(comment));
    }
    let state =
        if item.version == token.version { State::Open } else { since(item.status, last, moderator.id) };
    Ok(Opened { moderator, item, version: token.version, expires: token.expires, state })
}

/// What became of a comment whose version is another one than the link's.
fn since(status: Status, last: Option<LastChange>, moderator: ModeratorId) -> State {
    if status == Status::Withdrawn {
        return State::Withdrawn;
    }
    match last {
        Some(LastChange { actor: Some(actor), name, action, at }) if Action::parse(&action).is_some() => {
            if actor == moderator {
                State::Used { at }
            } else {
                State::Late { by: name, at }
            }
        }
        _ => State::Changed,
    }
}

/// Decides in the name of the link's moderator on the version that the mail showed. A conflict tells no name: whoever
/// may know it is told by [`open`].
pub async fn decide(
    app: &App,
    raw: &str,
    (decision, reason, reason_code): (Decision, Option<String>, Option<String>),
) -> Result<Outcome, LinkError> {
    let opened = open(app, raw).await?;
    let ruling = Ruling {
        action: Action::Decide(decision),
        reason,
        reason_code,
        note: None,
        moderator: &opened.moderator,
        via: "mail",
    };
    let target = Target { id: opened.item.id, version: opened.version };
    match moderate::decide(app, &[target], &ruling).await?.pop() {
        Some(Outcome::Conflict(standing)) => {
            Ok(Outcome::Conflict(moderate::Standing { by: None, ..standing }))
        }
        Some(outcome) => Ok(outcome),
        None => Err(LinkError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;

    const AT: Timestamp = Timestamp::from_micros(7);

    fn late() -> State {
        State::Late { by: Some("Ann".to_owned()), at: AT }
    }

    #[rstest]
    #[case::by_this_link((Status::Approved, Some(1), "approve"), State::Used { at: AT })]
    #[case::by_the_same_person_at_the_desk((Status::Pending, Some(1), "hold"), State::Used { at: AT })]
    #[case::by_somebody_else((Status::Spam, Some(2), "spam"), late())]
    #[case::passed_on((Status::Pending, Some(2), "escalate"), late())]
    #[case::taken_back_by_somebody((Status::Pending, Some(2), "undo"), State::Changed)]
    #[case::edited_by_its_author((Status::Pending, None, "edit"), State::Changed)]
    #[case::decided_by_nobody((Status::Rejected, None, "reject"), State::Changed)]
    #[case::withdrawn((Status::Withdrawn, None, "withdraw"), State::Withdrawn)]
    fn what_a_link_finds(
        #[case] (status, actor, action): (Status, Option<u128>, &str),
        #[case] expected: State,
    ) {
        let id = |n| ModeratorId::from(Uuid::from_u128(n));
        let name = actor.map(|_| "Ann".to_owned());
        let last = LastChange { actor: actor.map(id), name, action: action.to_owned(), at: AT };
        assert_eq!(since(status, Some(last), id(1)), expected);
    }

    #[test]
    fn without_an_entry_it_has_changed() {
        assert_eq!(since(Status::Approved, None, Uuid::nil().into()), State::Changed);
    }
}
