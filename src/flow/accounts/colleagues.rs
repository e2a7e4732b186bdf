//! How admins keep the people at the desk. An admin who is bound to sites keeps those who are bound to
//! some of them and to no other; the rest look like nobody.

use super::{
    Account, Change,
    altered::{Added, Altered, Held, moves, take_away},
    invitations::letter,
    record::{Event, record},
    whole,
};
use crate::{
    domain::{Mark, Moderator, ModeratorId, SiteId},
    flow::{App, FlowError, audit::Author},
    store::{ColleagueRow, ColleagueToken, StoreError, Tx},
};

/// An admin who keeps people, and the way they came.
#[derive(Clone, Copy, Debug)]
pub struct Keeper<'a> {
    /// Who.
    pub admin: &'a Moderator,
    /// Such as `desk`.
    pub via: &'static str,
}

impl Keeper<'_> {
    const fn author(self) -> Author {
        Author { moderator: Some(self.admin.id), via: self.via }
    }
}

/// All whom this admin keeps, by name. `Forbidden`: they are no admin.
pub async fn colleagues(app: &App, admin: &Moderator) -> Result<Vec<ColleagueRow>, FlowError> {
    if !admin.role.keeps_people() {
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
pub async fn hire(app: &App, keeper: Keeper<'_>, account: &Account) -> Result<ModeratorId, FlowError> {
    let added = Added::new(app, (account, None), true);
    let hired = app
        .db
        .write(async |tx| {
            let Some(admin) = still(tx, keeper.admin.id).await? else { return Ok(Err(FlowError::Forbidden)) };
            if !keeps(&admin, &account.sites) {
                return Ok(Err(FlowError::Forbidden));
            }
            added.write(app, tx, keeper.author()).await.map(Ok)
        })
        .await??;
    app.owed.notify_one();
    Ok(hired)
}

/// Changes an account, all at once; its sessions and claims end when what it may do is another thing.
/// `Forbidden`: nobody changes their own role or sites, or takes off their own second factor, which takes
/// the password and a code. `VersionConflict`: somebody changed it since.
///
/// An admin without bounds remains whoever is changed: the one who does it, who is locked meanwhile.
pub async fn change(
    app: &App,
    keeper: Keeper<'_>,
    (id, change): (ModeratorId, &Change),
) -> Result<(), FlowError> {
    let now = app.clock.now();
    let letter = change.invite.then(|| letter(app, id, now));
    app.db
        .write(async |tx| {
            let (admin, held) = match both(tx, (keeper.admin.id, id)).await? {
                Ok(both) => both,
                Err(refused) => return Ok(Err(refused)),
            };
            if change.version.is_some_and(|version| version != held.version) {
                return Ok(Err(FlowError::VersionConflict));
            }
            let is_too_far = change.sites.as_ref().is_some_and(|sites| !keeps(&admin, sites));
            let is_own = id == admin.id && (moves(change, &held) || change.reset_second_factor);
            if is_too_far || is_own {
                return Ok(Err(FlowError::Forbidden));
            }
            let altered = Altered { change, hash: None, letter: letter.as_ref() };
            altered.write(app, (tx, &held), (keeper.author(), now)).await.map(Ok)
        })
        .await??;
    app.owed.notify_one();
    Ok(())
}

/// Takes an account away. Nobody takes their own.
pub async fn dismiss(app: &App, keeper: Keeper<'_>, id: ModeratorId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let dismissed = app.db.write(async |tx| {
        if let Err(refused) = both(tx, (keeper.admin.id, id)).await? {
            return Ok(Err(refused));
        }
        if id == keeper.admin.id {
            return Ok(Err(FlowError::Forbidden));
        }
        take_away(app, tx, id, (keeper.author(), now)).await.map(Ok)
    });
    dismissed.await?
}

/// The API tokens of all whom this admin keeps, in the order of their marks.
pub async fn tokens_of_colleagues(app: &App, admin: &Moderator) -> Result<Vec<ColleagueToken>, FlowError> {
    let whose: Vec<ModeratorId> = colleagues(app, admin).await?.iter().map(|row| row.moderator.id).collect();
    let mut tokens = app.db.read(async |tx| tx.api_tokens_of_all(&whose).await).await?;
    tokens.sort_unstable_by(|one, other| one.token.hash.cmp(&other.token.hash));
    Ok(tokens)
}

/// Withdraws the API token that has this mark; `NotFound`: there is none, or not of theirs.
pub async fn revoke_colleagues_token(app: &App, keeper: Keeper<'_>, mark: &Mark) -> Result<(), FlowError> {
    if !keeper.admin.role.keeps_people() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let revoked = app.db.write(async |tx| {
        let Some(id) = tx.whose_marked_token(mark).await? else { return Ok(Err(FlowError::NotFound)) };
        if let Err(refused) = both(tx, (keeper.admin.id, id)).await? {
            return Ok(Err(refused));
        }
        if !tx.end_marked_token(id, mark).await? {
            return Ok(Err(FlowError::NotFound));
        }
        record(app, tx, (id, &[Event::of("revoke-token")]), (keeper.author(), now)).await.map(Ok)
    });
    revoked.await?
}

/// The admin as they are now, locked; none when they are one no more.
async fn still(tx: &mut Tx, id: ModeratorId) -> Result<Option<Moderator>, StoreError> {
    let Some(locked) = tx.lock_moderator(id).await? else { return Ok(None) };
    let admin = whole(tx, locked.moderator).await?;
    Ok(Some(admin).filter(|admin| admin.role.keeps_people()))
}

/// An admin and somebody whom they keep, both locked, so that what was checked is so until it is written.
/// In the order of their ids: two admins who change each other come one after the other, and the second
/// may be none any more.
async fn both(
    tx: &mut Tx,
    (admin, id): (ModeratorId, ModeratorId),
) -> Result<Result<(Moderator, Held), FlowError>, StoreError> {
    tx.lock_moderator(admin.min(id)).await?;
    tx.lock_moderator(admin.max(id)).await?;
    let Some(admin) = still(tx, admin).await? else { return Ok(Err(FlowError::Forbidden)) };
    let held = Held::of(tx, id).await?.filter(|held| keeps(&admin, &held.sites));
    Ok(held.map(|held| (admin, held)).ok_or(FlowError::NotFound))
}

/// Whether an account could not be made because the address has one.
pub fn is_taken(error: &FlowError) -> bool {
    matches!(error, FlowError::Store(StoreError::Taken))
}
