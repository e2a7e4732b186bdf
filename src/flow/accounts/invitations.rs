//! Invitations: a letter with a link to a page where somebody sets their password, the first one or one
//! in place of what they forgot. The link is a signed token that names the moment of the invitation; the
//! account keeps that moment for as long as it is open, so a link works once.

use std::time::Duration;

use super::{
    Change,
    passwords::hashed,
    record::{Event, record},
    set,
};
use crate::{
    domain::{Message, ModeratorId, OutboxId, Timestamp},
    flow::{App, FlowError, audit::Author},
    store::{ModeratorRow, NewMessage, StoreError},
    vault::{Password, Token, TokenPurpose},
};

/// How long the link of an invitation works.
const LIFE: Duration = Duration::from_hours(7 * 24);

/// An invitation that is open.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Who was invited.
    pub moderator: ModeratorRow,
    at: Timestamp,
}

/// Invites somebody, as the command line does. An earlier invitation is over by that.
pub async fn invite(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    set(app, id, (&Change { invite: true, ..Change::default() }, None)).await
}

/// The letter that an invitation of this moment owes.
pub(super) fn letter(app: &App, id: ModeratorId, at: Timestamp) -> NewMessage {
    let message = Message::Invitation { moderator: id, invited_at: at };
    NewMessage::mail(OutboxId::from(app.clock.id(at)), message, at)
}

/// The link for the letter, and until when it works; none when the invitation is not open any more.
pub async fn link(
    app: &App,
    id: ModeratorId,
    invited_at: Timestamp,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    let open = app.db.read(async |tx| tx.invited_at(id).await).await?;
    let expires = invited_at.plus(LIFE);
    if open != Some(invited_at) || expires <= app.clock.now() {
        return Ok(None);
    }
    let token = Token {
        purpose: TokenPurpose::Invite,
        object: id.uuid(),
        version: invited_at.micros(),
        recipient: None,
        expires,
    };
    Ok(Some((format!("{}/desk/invitations/{}", app.settings.public_url, app.vault.mint(&token)), expires)))
}

/// The invitation behind a link; none when it was used, is too old, or never was one.
pub async fn read_invitation(app: &App, raw: &str) -> Result<Option<Invitation>, FlowError> {
    let Ok(token) = app.vault.verify(TokenPurpose::Invite, raw, app.clock.now()) else { return Ok(None) };
    let (id, at) = (ModeratorId::from(token.object), Timestamp::from_micros(token.version));
    let found = app
        .db
        .snapshot(async |tx| Ok::<_, StoreError>((tx.moderator(id).await?, tx.invited_at(id).await?)))
        .await?;
    let (moderator, open) = found;
    Ok(moderator.filter(|_| open == Some(at)).map(|moderator| Invitation { moderator, at }))
}

/// Sets the password of whoever was invited; their sessions and API tokens end. False when somebody was
/// first.
pub async fn accept(app: &App, invitation: &Invitation, password: Password) -> Result<bool, FlowError> {
    let hash = hashed(app, password).await?;
    let (id, at, now) = (invitation.moderator.id, invitation.at, app.clock.now());
    let author = Author { moderator: Some(id), via: "mail" };
    let accepted = app
        .db
        .write(async |tx| {
            let is_first = tx.accept_invitation(id, at, &hash).await?;
            if is_first {
                record(app, tx, (id, &[Event::of("accept-invitation")]), (author, now)).await?;
            }
            Ok(is_first)
        })
        .await?;
    Ok(accepted)
}
