//! People at the desk: who they are, how they sign in, and how their programs do.

use super::{App, FlowError};
use crate::{
    domain::{Email, Moderator, ModeratorId, Role, SiteId},
    store::{ModeratorRow, NewModerator, StoreError, Tx},
    vault::{Password, Secret, SecretHash, hash_password, verify_nothing, verify_password},
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

/// Makes an account. `Store(Taken)`: the address has one.
pub async fn add(app: &App, account: &Account) -> Result<ModeratorId, FlowError> {
    let now = app.clock.now();
    let new = prepared(app, account, (app.clock.id(now).into(), None))?;
    Ok(app.db.write(async |tx| tx.add_moderator(&new, now).await).await?)
}

/// Changes an account; whoever is signed in with it must sign in again.
pub async fn set(app: &App, current: &ModeratorRow, account: &Account) -> Result<(), FlowError> {
    let new = prepared(app, account, (current.id, current.password_hash.clone()))?;
    Ok(app.db.write(async |tx| tx.set_moderator(&new).await).await?)
}

fn prepared(
    app: &App,
    account: &Account,
    (id, kept): (ModeratorId, Option<String>),
) -> Result<NewModerator, FlowError> {
    let hashed = account.password.as_ref().map(|password| hash_password(password, &app.clock)).transpose();
    let password_hash = hashed.map_err(|_| StoreError::Broken("hashing".to_owned()))?.or(kept);
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

/// Takes an account away: its sessions and tokens end, what it decided stays.
pub async fn remove(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let now = app.clock.now();
    Ok(app.db.write(async |tx| tx.remove_moderator(id, now).await).await?)
}

/// Gives out a token for a moderator's programs; it is shown once, and only its hash is kept.
pub async fn issue_token(app: &App, id: ModeratorId) -> Result<Secret, FlowError> {
    let secret = Secret::generate(&app.clock, "rd_mod_");
    let now = app.clock.now();
    app.db.write(async |tx| tx.add_api_token(secret.hash().as_str(), id, now).await).await?;
    Ok(secret)
}

/// Withdraws all API tokens of an account.
pub async fn revoke_tokens(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    Ok(app.db.write(async |tx| tx.end_api_tokens(id).await).await?)
}

/// Whether the password is right. Takes tens of milliseconds and 19 MiB, for unknown names too.
pub fn is_right(row: Option<&ModeratorRow>, typed: &str) -> bool {
    match row.and_then(|row| row.password_hash.as_deref()) {
        Some(stored) => verify_password(typed, stored),
        None => verify_nothing(typed),
    }
}

/// Opens a session for someone whose password was right; the secret goes into their cookie.
pub async fn open_session(app: &App, id: ModeratorId) -> Result<Secret, FlowError> {
    let secret = Secret::generate(&app.clock, "");
    let now = app.clock.now();
    let expires = now.plus(app.settings.session);
    app.db.write(async |tx| tx.add_session((secret.hash().as_str(), id), now, expires).await).await?;
    Ok(secret)
}

/// Ends a session.
pub async fn end_session(app: &App, secret: &str) -> Result<(), FlowError> {
    let hash = SecretHash::of(secret);
    Ok(app.db.write(async |tx| tx.end_session(hash.as_str()).await).await?)
}

/// Whose session this is.
pub async fn of_session(app: &App, secret: &str) -> Result<Option<Moderator>, FlowError> {
    let (hash, now) = (SecretHash::of(secret), app.clock.now());
    let found = app
        .db
        .snapshot(async |tx| {
            let row = tx.moderator_by_session(hash.as_str(), now).await?;
            whole(tx, row).await
        })
        .await?;
    Ok(found)
}

/// Whose API token this is.
pub async fn of_token(app: &App, raw: &str) -> Result<Option<Moderator>, FlowError> {
    let hash = SecretHash::of(raw);
    let found = app
        .db
        .snapshot(async |tx| {
            let row = tx.moderator_by_token(hash.as_str()).await?;
            whole(tx, row).await
        })
        .await?;
    Ok(found)
}

/// An account as requests act for it, with its sites.
pub(super) async fn whole(tx: &mut Tx, row: Option<ModeratorRow>) -> Result<Option<Moderator>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let sites = if row.all_sites { None } else { Some(tx.sites_of(row.id).await?) };
    Ok(Some(Moderator { id: row.id, name: row.name, role: row.role, sites }))
}
