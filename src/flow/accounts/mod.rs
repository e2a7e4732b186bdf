//! People at the desk: who they are, how they sign in, and how their programs do.

mod colleagues;
mod invitations;
mod passwords;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use super::{App, FlowError};
use crate::{
    domain::{Code, Email, MailSettings, Moderator, ModeratorId, Role, SiteId},
    store::{ModeratorRow, NewModerator, StoreError, Tx},
    vault::{Password, hash_password},
};

pub use colleagues::{Change, change, colleague, colleagues, dismiss, hire, is_taken};
pub use invitations::{Invitation, accept, invite, link, read_invitation};
pub use passwords::{Refusal, change_password, confirm_password};
pub use second_factor::{
    Enrolment, begin_second_factor, confirm_second_factor, enrolment, new_recovery_codes,
    reset_second_factor, stop_second_factor,
};
pub use sessions::{
    MARK, Signed, end_marked_session, end_other_sessions, end_session, must_have, of_session, sessions_of,
};
pub use sign_in::{Attempt, Device, Entered, device_of, known_device, sign_in};
pub use tokens::{
    MOST_TOKENS, NewApiToken, Program, issue_token, of_token, revoke_token, revoke_tokens, tokens_of,
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

/// A name as colleagues see it: 1 to 100 characters on one line.
pub fn display_name(raw: &str) -> Result<String, Code> {
    let name = raw.trim();
    match name.chars().count() {
        0 => Err(Code::Required),
        1..=100 if name.chars().any(char::is_control) => Err(Code::ControlCharacter),
        1..=100 => Ok(name.to_owned()),
        _ => Err(Code::TooLong),
    }
}

/// Makes an account. `Store(Taken)`: the address has one.
pub async fn add(app: &App, account: &Account) -> Result<ModeratorId, FlowError> {
    let now = app.clock.now();
    let new = prepared(app, account, app.clock.id(now).into())?;
    Ok(app.db.write(async |tx| tx.add_moderator(&new, now).await).await?)
}

/// Changes an account; whoever is signed in with it must sign in again.
pub async fn set(app: &App, current: &ModeratorRow, account: &Account) -> Result<(), FlowError> {
    let new = prepared(app, account, current.id)?;
    Ok(app.db.write(async |tx| tx.set_moderator(&new).await).await?)
}

fn prepared(app: &App, account: &Account, id: ModeratorId) -> Result<NewModerator, FlowError> {
    let hashed = account.password.as_ref().map(|password| hash_password(password, &app.clock)).transpose();
    let password_hash = hashed.map_err(|_| StoreError::Broken("hashing".to_owned()))?;
    let row = ModeratorRow {
        id,
        email: account.email.clone(),
        name: account.name.clone(),
        role: account.role,
        all_sites: account.sites.is_empty(),
        password_hash,
    };
    Ok(NewModerator { row, sites: account.sites.clone() })
}

/// The account under this address.
pub async fn find(app: &App, email: &str) -> Result<Option<ModeratorRow>, FlowError> {
    let Some(email) = sign_in_name(email) else { return Ok(None) };
    Ok(app.db.read(async |tx| tx.moderator_by_email(&email).await).await?)
}

/// Takes an account away: its sessions, tokens and second factor end, what it decided stays.
pub async fn remove(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let now = app.clock.now();
    Ok(app.db.write(async |tx| tx.remove_moderator(id, now).await).await?)
}

/// How somebody wants their mail. `NotFound`: there is no such account.
pub async fn mail_of(app: &App, id: ModeratorId) -> Result<MailSettings, FlowError> {
    let row = app.db.read(async |tx| tx.addressee(id).await).await?;
    row.map(|row| row.mail).ok_or(FlowError::NotFound)
}

/// Changes how somebody wants their mail; what is owed to them follows that.
pub async fn set_mail(app: &App, id: ModeratorId, mail: &MailSettings) -> Result<(), FlowError> {
    let now = app.clock.now();
    app.db.write(async |tx| tx.set_mail(id, mail, now).await).await?;
    app.owed.notify_one();
    Ok(())
}

/// An account as requests act for it, with its sites.
pub(super) async fn whole(tx: &mut Tx, row: ModeratorRow) -> Result<Moderator, StoreError> {
    let sites = if row.all_sites { None } else { Some(tx.sites_of(row.id).await?) };
    Ok(Moderator { id: row.id, name: row.name, role: row.role, sites })
}
