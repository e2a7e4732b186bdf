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
    store::{Decided, NewMessage, StoreError, Tx},
};

pub use self::{
    letters::{Post, link, post},
    links::{Opened, Wish, act, open},
};

/// An address that does not answer is asked so often.
const ASKED: i64 = 3;
/// So much later it may be asked again.
const AGAIN: Duration = Duration::from_hours(24);
/// Letters that an address is sent on one day, at most.
const LETTERS: i64 = 20;

/// What the author of a comment, and that of the one it answers, are owed when it changes from one state to another.
pub(super) fn owed(app: &App, decided: &Decided, now: Timestamp) -> Vec<NewMessage> {
    let (seen, becomes) = (&decided.seen, &decided.becomes);
    let comment = seen.id;
    let is_outcome = matches!(becomes.status, Status::Approved | Status::Rejected);
    let is_told = becomes.status != seen.state.status || is_upheld(decided);
    let outcome = (is_outcome && is_told && seen.notify != Notify::Nothing)
        .then_some(becomes.decided_at)
        .flatten()
        .map(|decided_at| Message::OutcomeLetter { comment, decided_at });
    let is_new = becomes.status == Status::Approved && seen.state.published_at.is_none();
    let reply = becomes.published_at.filter(|_| is_new).zip(seen.reply_to);
    let reply = reply.filter(|_| seen.answered_notify == Some(Notify::Replies));
    let reply = reply.map(|(published_at, answered)| reply_letter(answered, comment, published_at));
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
pub(super) const fn reply_letter(comment: CommentId, reply: CommentId, published_at: Timestamp) -> Message {
    Message::ReplyLetter { comment, reply, published_at }
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
    seen: &crate::store::ConfirmationRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    // what is decided since then is owed already
    let before = now.minus(app.settings.comments.told_after);
    let untold = tx.untold(seen, (before, LETTERS)).await?;
    let letter = |(comment, decided_at)| {
        let message = Message::OutcomeLetter { comment, decided_at };
        NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now)
    };
    let letters: Vec<NewMessage> = untold.into_iter().map(letter).collect();
    tx.enqueue(&letters).await
}
