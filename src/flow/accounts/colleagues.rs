//! How admins keep the people at the desk. An admin who is bound to sites keeps those who are bound to
//! some of them and to no other; the rest look like nobody.

use super::{Account, add, invite, remove, reset_second_factor, set};
use crate::{
    domain::{Moderator, ModeratorId, Role, SiteId},
    flow::{App, FlowError},
    store::{ColleagueRow, StoreError},
};

/// What an admin changes of an account; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Their name.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The sites they are bound to; an empty list for all.
    pub sites: Option<Vec<SiteId>>,
    /// Send them a link to set a password.
    pub invite: bool,
    /// Take their second factor off.
    pub reset_second_factor: bool,
}

/// All whom this admin keeps, by name. `Forbidden`: they are no admin.
pub async fn colleagues(app: &App, admin: &Moderator) -> Result<Vec<ColleagueRow>, FlowError> {
    if admin.role != Role::Admin {
        return Err(FlowError::Forbidden);
    }
    let mut rows = app.db.snapshot(async |tx| tx.colleagues().await).await?;
    rows.retain(|row| keeps(admin, &row.sites));
    // here, since databases differ in how they sort
    rows.sort_by_cached_key(|row| (row.moderator.name.to_lowercase(), row.moderator.id));
    Ok(rows)
}

/// One of them; `NotFound`: none, or not one of theirs.
pub async fn colleague(app: &App, admin: &Moderator, id: ModeratorId) -> Result<ColleagueRow, FlowError> {
    let found = colleagues(app, admin).await?.into_iter().find(|row| row.moderator.id == id);
    found.ok_or(FlowError::NotFound)
}

/// No sites mean all of them.
fn keeps(admin: &Moderator, sites: &[SiteId]) -> bool {
    admin.sites.is_none() || (!sites.is_empty() && sites.iter().all(|site| admin.sees(*site)))
}

/// Makes an account, and invites its owner. `Store(Taken)`: the address has one.
pub async fn hire(app: &App, admin: &Moderator, account: &Account) -> Result<ModeratorId, FlowError> {
    if admin.role != Role::Admin || !keeps(admin, &account.sites) {
        return Err(FlowError::Forbidden);
    }
    let id = add(app, account).await?;
    invite(app, id).await?;
    Ok(id)
}

/// Changes an account; its sessions end when what it may do is another thing. Nobody changes their own
/// role or sites: the last admin would lock everybody out.
pub async fn change(
    app: &App,
    admin: &Moderator,
    (id, change): (ModeratorId, &Change),
) -> Result<(), FlowError> {
    let row = colleague(app, admin, id).await?;
    let sites = change.sites.clone().unwrap_or_else(|| row.sites.clone());
    let role = change.role.unwrap_or(row.moderator.role);
    let is_raised = role != row.moderator.role || sites != row.sites;
    if !keeps(admin, &sites) || (is_raised && id == admin.id) {
        return Err(FlowError::Forbidden);
    }
    let name = change.name.clone().unwrap_or_else(|| row.moderator.name.clone());
    if is_raised || name != row.moderator.name {
        let account = Account { email: row.moderator.email.clone(), name, role, sites, password: None };
        set(app, &row.moderator, &account).await?;
    }
    if change.reset_second_factor {
        reset_second_factor(app, id).await?;
    }
    if change.invite { invite(app, id).await } else { Ok(()) }
}

/// Takes an account away. Nobody takes their own.
pub async fn dismiss(app: &App, admin: &Moderator, id: ModeratorId) -> Result<(), FlowError> {
    let row = colleague(app, admin, id).await?;
    if id == admin.id { Err(FlowError::Forbidden) } else { remove(app, row.moderator.id).await }
}

/// Whether an account could not be made because the address has one.
pub fn is_taken(error: &FlowError) -> bool {
    matches!(error, FlowError::Store(StoreError::Taken))
}
