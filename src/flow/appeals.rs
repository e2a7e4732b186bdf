//! What else authors say by their receipt: their word against a rejection, and what mail they want.

use super::{
    App, commenters,
    receipt::{EditError, Receipt, ReceiptError, moved, open, read_token},
};
use crate::{
    domain::{Code, CommentId, Message, Needs, Notify, OutboxId, Status, Timestamp},
    store::{Decided, NewMessage, State, StoreError, Tx},
};

/// Longest appeal, in characters.
pub const APPEAL_CHARS: usize = 2_000;

/// Asks for another look at a rejection, once for each: the comment waits for a moderator again, and stays rejected until then.
pub async fn appeal(app: &App, token: &str, raw: &str) -> Result<Receipt, EditError> {
    let (comment, _) = read_token(app, token)?;
    let text = raw.trim().replace("\r\n", "\n");
    match text.chars().count() {
        0 => return Err(EditError::Invalid(Code::Required)),
        1..=APPEAL_CHARS => {}
        _ => return Err(EditError::Invalid(Code::TooLong)),
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(EditError::Invalid(Code::ControlCharacter));
    }
    let done = app.db.write(async |tx| appeal_in(app, tx, (comment, &text), app.clock.now()).await).await;
    if !done.map_err(ReceiptError::from)? {
        return Err(ReceiptError::NotAllowed.into());
    }
    app.owed.notify_one();
    Ok(open(app, token).await?)
}

/// What its author wants mail about from now on. An address that was never asked is asked.
pub async fn notify(app: &App, token: &str, notify: Notify) -> Result<Receipt, ReceiptError> {
    let (comment, _) = read_token(app, token)?;
    let done = app
        .db
        .write(async |tx| {
            let before = tx.receipt(comment).await?;
            let Some(before) = before.filter(|row| row.status != Status::Withdrawn) else {
                return Ok::<_, StoreError>(false);
            };
            if before.notify == notify {
                return Ok(true);
            }
            tx.set_notify(comment, notify).await?;
            if notify != Notify::Nothing {
                tx.enqueue(&[commenters::question(app, comment, app.clock.now())]).await?;
            }
            Ok(true)
        })
        .await?;
    done.then_some(()).ok_or(ReceiptError::NotAllowed)?;
    app.owed.notify_one();
    open(app, token).await
}

async fn appeal_in(
    app: &App,
    tx: &mut Tx,
    (comment, text): (CommentId, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(seen) = tx.current(&[comment]).await?.pop() else { return Ok(false) };
    if seen.state.status != Status::Rejected
        || !tx.keep_appeal((comment, seen.state.decided_at), text, now).await?
    {
        return Ok(false);
    }
    let becomes = State { needs: Some(Needs::Appeal), ..seen.state.clone() };
    moved(app, tx, (&Decided { seen: seen.clone(), becomes }, "appeal"), now).await?;
    let message = Message::CommentWaits { comment, version: seen.version + 1 };
    tx.enqueue(&[NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now)]).await?;
    Ok(true)
}
