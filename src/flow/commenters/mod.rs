//! Mail to commenters: only to an address whose reader said yes, only about what stands when it goes out, and at most
//! once of each.
//!
//! Whether an address is known is looked at by the worker alone. So no request takes longer for one, and no answer tells
//! anything of it.

mod letters;
mod links;

use std::time::Duration;

use super::App;
use crate::{
    domain::{CommentId, Message, Notify, OutboxId, Status, Timestamp},
    store::{ConfirmationRow, Decided, NewMessage, StoreError, Tx},
};

pub use self::{
    letters::{Post, link, post},
    links::{Kind, Opened, Wish, act, kind_of, open},
};

/// An address that does not answer is asked so often.
const ASKED: i64 = 3;
/// So much later it may be asked again.
const AGAIN: Duration = Duration::from_hours(24);
/// Letters that an address is sent on one day, at most.
const LETTERS: i64 = 20;

/// What the author of a comment, and that of the one it answers, are owed when it changes from one state to another. Whether
/// it is news to them is seen when it goes out.
pub(super) fn owed(app: &App, decided: &Decided, now: Timestamp) -> Vec<NewMessage> {
    let (seen, becomes) = (&decided.seen, &decided.becomes);
    let (comment, moves) = (seen.id, becomes.status != seen.state.status);
    let is_outcome = matches!(becomes.status, Status::Approved | Status::Rejected);
    let is_owed = is_outcome && (moves || is_upheld(decided)) && seen.notify != Notify::Nothing;
    let outcome = is_owed.then_some(Message::OutcomeLetter { comment });
    let appears = moves && becomes.status == Status::Approved;
    let answered = seen.reply_to.filter(|_| appears && seen.answered_notify == Some(Notify::Replies));
    let reply = answered.map(|answered| reply_letter(answered, comment));
    outcome.into_iter().chain(reply).map(|message| later(app, message, now)).collect()
}

/// A rejection that was appealed against stays one.
fn is_upheld(decided: &Decided) -> bool {
    let (before, after) = (&decided.seen.state, &decided.becomes);
    (before.status, after.status) == (Status::Rejected, Status::Rejected)
        && before.needs.is_some()
        && after.needs.is_none()
}

/// That somebody was answered.
pub(super) const fn reply_letter(comment: CommentId, reply: CommentId) -> Message {
    Message::ReplyLetter { comment, reply }
}

/// Owed when whoever decided had time to think again.
pub(super) fn later(app: &App, message: Message, now: Timestamp) -> NewMessage {
    let id = OutboxId::from(app.clock.id(now));
    NewMessage::mail_at(id, message, now, now.plus(app.settings.comments.told_after))
}

/// The question whether an address wants mail, for a comment whose author asked for it.
pub(super) fn question(app: &App, comment: CommentId, now: Timestamp) -> NewMessage {
    NewMessage::mail(OutboxId::from(app.clock.id(now)), Message::ConfirmationLetter { comment }, now)
}

/// Owes what was decided before somebody confirmed the address.
async fn owe_untold(
    app: &App,
    tx: &mut Tx,
    seen: &ConfirmationRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    // what is decided since then is owed already
    let before = now.minus(app.settings.comments.told_after);
    let untold = tx.untold(seen, (before, LETTERS)).await?;
    let letter = |comment| {
        let message = Message::OutcomeLetter { comment };
        NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now)
    };
    let letters: Vec<NewMessage> = untold.into_iter().map(letter).collect();
    tx.enqueue(&letters).await
}
