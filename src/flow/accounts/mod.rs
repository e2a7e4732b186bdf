//! People at the desk: who they are, how they sign in, and how their programs do.

mod altered;
mod colleagues;
mod hashing;
mod invitations;
mod passwords;
mod record;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use self::{
    altered::{Added, Altered, Held, take_away},
    invitations::letter,
    passwords::hashed,
    record::{COMMAND, Event, owner, record},
};
use super::{App, FlowError};
use crate::{
    domain::{Code, Email, MailSettings, Moderator, ModeratorId, Name, Role, SiteId},
    store::{ModeratorRow, StoreError, Tx},
    vault::Password,
};

pub use altered::Change;
pub use colleagues::{
    Keeper, change, colleague, colleagues, dismiss, hire, is_taken, revoke_colleagues_token,
    tokens_of_colleagues,
};
pub use hashing::Hashing;
pub use invitations::{Invitation, accept, invite, link, read_invitation};
pub use passwords::{Refusal, change_password};
pub use second_factor::{
    Enrolment, begin_second_factor, confirm_second_factor, enrolment, new_recovery_codes,
    reset_second_factor, stop_second_factor,
};
pub use sessions::{
    Signed, end_marked_session, end_other_sessions, end_session, must_have, of_session, sessions_of,
};
pub use sign_in::{Attempt, Device, Entered, device_of, known_device, sign_in};
pub use tokens::{
    MOST_TOKENS, NewApiToken, Program, issue_own_token, issue_token, of_token, revoke_token, revoke_tokens,
    tokens_of,
};

/// What an operator says of a moderator.
#[derive(Clone, Debug)]
pub struct Account {
    /// Their address: the name they sign in with, and where letters go.
    pub email: String,
    /// Their name, as colleagues see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The sites they are bound to; none means all.
    pub sites: Vec<SiteId>,
    /// None keeps the one there is.
    pub password: Option<Password>,
}

/// Whoever wrote it, the same address.
pub fn sign_in_name(raw: &str) -> Option<String> {
    Email::parse(raw.trim()).ok().map(|_| raw.trim().to_lowercase())
}

/// A name as colleagues see it, checked as those of commenters are: it stands beside these, and in mails.
pub fn display_name(raw: &str) -> Result<String, Code> {
    Name::parse(raw).map(|name| name.as_str().to_owned())
}

/// Makes an account, as the command line does. `Store(Taken)`: the address has one.
pub async fn add(app: &App, account: &Account) -> Result<ModeratorId, FlowError> {
    add_with(app, account, false).await
}

/// The same, and invites its owner when that is wanted.
pub async fn add_with(app: &App, account: &Account, invites: bool) -> Result<ModeratorId, FlowError> {
    let hash = match account.password.clone() {
        Some(password) => Some(hashed(app, password).await?),
        None => None,
    };
    let added = Added::new(app, (account, hash), invites);
    let id = app.db.write(async |tx| added.write(app, tx, COMMAND).await).await?;
    app.owed.notify_one();
    Ok(id)
}

/// Changes what is named of an account, as the command line does; see [`change`] for what ends by that, and
/// a password ends the invitation. `NotFound`: it was removed.
pub async fn set(
    app: &App,
    id: ModeratorId,
    (change, password): (&Change, Option<Password>),
) -> Result<(), FlowError> {
    let hash = match password {
        Some(password) => Some(hashed(app, password).await?),
        None => None,
    };
    let now = app.clock.now();
    let letter = change.invite.then(|| letter(app, id, now));
    let found = app
        .db
        .write(async |tx| {
            let Some(held) = Held::of(tx, id).await? else { return Ok(false) };
            let altered = Altered { change, hash: hash.as_deref(), letter: letter.as_ref() };
            altered.write(app, (tx, &held), (COMMAND, now)).await?;
            Ok(true)
        })
        .await?;
    app.owed.notify_one();
    if found { Ok(()) } else { Err(FlowError::NotFound) }
}

/// The account under this address.
pub async fn find(app: &App, email: &str) -> Result<Option<ModeratorRow>, FlowError> {
    let Some(email) = sign_in_name(email) else { return Ok(None) };
    Ok(app.db.read(async |tx| tx.moderator_by_email(&email).await).await?)
}

/// Takes an account away, as the command line does: its sessions, tokens and second factor end, what it
/// decided stays.
pub async fn remove(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let removed = app.db.write(async |tx| take_away(app, tx, id, (COMMAND, now)).await);
    Ok(removed.await?)
}

/// How somebody wants their mail. `NotFound`: there is no such account.
pub async fn mail_of(app: &App, id: ModeratorId) -> Result<MailSettings, FlowError> {
    let row = app.db.read(async |tx| tx.addressee(id).await).await?;
    row.map(|row| row.mail).ok_or(FlowError::NotFound)
}

/// Changes how somebody wants their mail; what is owed to them follows that.
pub async fn set_mail(app: &App, id: ModeratorId, mail: &MailSettings) -> Result<(), FlowError> {
    let now = app.clock.now();
    app.db
        .write(async |tx| {
            tx.set_mail(id, mail, now).await?;
            record(app, tx, (id, &[Event::of("set-mail")]), (owner(id), now)).await
        })
        .await?;
    app.owed.notify_one();
    Ok(())
}

/// An account as requests act for it, with its sites.
pub(super) async fn whole(tx: &mut Tx, row: ModeratorRow) -> Result<Moderator, StoreError> {
    let sites = if row.all_sites { None } else { Some(tx.sites_of(row.id).await?) };
    Ok(Moderator { id: row.id, name: row.name, role: row.role, sites })
}
