//! How an account is made, changed and taken away: each in one transaction, with what follows from it and
//! with its entries in the audit log, whoever asks for it and however they came.

use super::{
    Account,
    invitations::letter,
    record::{Event, named, record},
};
use crate::{
    domain::{ModeratorId, Role, SiteId, Timestamp},
    flow::{App, audit::Author},
    store::{ModeratorPatch, ModeratorRow, NewMessage, NewModerator, StoreError, Tx},
};

/// What is changed of an account; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The version that it is a change of; none for whichever there is.
    pub version: Option<i64>,
    /// Their name.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The sites they are bound to; an empty list for all.
    pub sites: Option<Vec<SiteId>>,
    /// Send them a link to set a password.
    pub invite: bool,
    /// Take their second factor off; their sessions end.
    pub reset_second_factor: bool,
}

/// An account that nobody else changes before the transaction ends, with its sites.
pub(super) struct Held {
    pub(super) row: ModeratorRow,
    pub(super) version: i64,
    /// None of them means all.
    pub(super) sites: Vec<SiteId>,
}

impl Held {
    /// None when it was removed.
    pub(super) async fn of(tx: &mut Tx, id: ModeratorId) -> Result<Option<Self>, StoreError> {
        let Some(locked) = tx.lock_moderator(id).await? else { return Ok(None) };
        let row = locked.moderator;
        let sites = if row.all_sites { Vec::new() } else { tx.sites_of(id).await? };
        Ok(Some(Self { row, version: locked.version, sites }))
    }
}

/// An account that is made.
pub(super) struct Added {
    new: NewModerator,
    letter: Option<NewMessage>,
    at: Timestamp,
}

impl Added {
    pub(super) fn new(app: &App, (account, hash): (&Account, Option<String>), invites: bool) -> Self {
        let at = app.clock.now();
        let id = ModeratorId::from(app.clock.id(at));
        let row = ModeratorRow {
            id,
            email: account.email.clone(),
            name: account.name.clone(),
            role: account.role,
            all_sites: account.sites.is_empty(),
            password_hash: hash,
        };
        let new = NewModerator { row, sites: account.sites.clone() };
        Self { new, letter: invites.then(|| letter(app, id, at)), at }
    }

    pub(super) async fn write(
        &self,
        app: &App,
        tx: &mut Tx,
        author: Author,
    ) -> Result<ModeratorId, StoreError> {
        let id = tx.add_moderator(&self.new, self.at).await?;
        let told = [self.new.row.role.name(), &named(app, &self.new.sites)].join(", ");
        let mut events = vec![Event::telling("hire", told)];
        if let Some(letter) = &self.letter {
            tx.invite(id, self.at).await?;
            tx.enqueue(std::slice::from_ref(letter)).await?;
            events.push(Event::of("invite"));
        }
        record(app, tx, (id, &events), (author, self.at)).await?;
        Ok(id)
    }
}

/// An account that is changed.
pub(super) struct Altered<'a> {
    pub(super) change: &'a Change,
    pub(super) hash: Option<&'a str>,
    /// Of its moment.
    pub(super) letter: Option<&'a NewMessage>,
}

/// Whether a change gives another role or other sites than these.
pub(super) fn moves(change: &Change, held: &Held) -> bool {
    let patch = patch((change, None), held);
    patch.role.is_some() || patch.sites.is_some()
}

/// What would be other than it is.
fn patch<'a>((change, hash): (&'a Change, Option<&'a str>), held: &Held) -> ModeratorPatch<'a> {
    ModeratorPatch {
        name: change.name.as_deref().filter(|name| *name != held.row.name),
        role: change.role.filter(|role| *role != held.row.role),
        sites: change.sites.as_deref().filter(|sites| !are_same(sites, &held.sites)),
        password_hash: hash,
    }
}

impl Altered<'_> {
    pub(super) async fn write(
        &self,
        app: &App,
        (tx, held): (&mut Tx, &Held),
        (author, at): (Author, Timestamp),
    ) -> Result<(), StoreError> {
        let (id, patch, mut events) = (held.row.id, patch((self.change, self.hash), held), Vec::new());
        events.extend(patch.name.map(|_| Event::of("rename")));
        if let Some(role) = patch.role {
            events.push(Event::telling("change-role", [held.row.role.name(), role.name()].join(" → ")));
        }
        if let Some(sites) = patch.sites {
            let told = [named(app, &held.sites), named(app, sites)].join(" → ");
            events.push(Event::telling("change-sites", told));
        }
        events.extend(patch.password_hash.map(|_| Event::of("set-password")));
        if !events.is_empty() {
            tx.set_moderator(id, &patch).await?;
        }
        if self.change.reset_second_factor {
            tx.end_second_factor(id).await?;
            tx.end_sessions(id).await?;
            events.push(Event::of("reset-second-factor"));
        }
        if let Some(letter) = self.letter {
            tx.invite(id, at).await?;
            tx.enqueue(std::slice::from_ref(letter)).await?;
            events.push(Event::of("invite"));
        }
        record(app, tx, (id, &events), (author, at)).await
    }
}

fn are_same(one: &[SiteId], other: &[SiteId]) -> bool {
    one.len() == other.len() && one.iter().all(|site| other.contains(site))
}

/// Takes an account away, unless that was done before.
pub(super) async fn take_away(
    app: &App,
    tx: &mut Tx,
    id: ModeratorId,
    (author, at): (Author, Timestamp),
) -> Result<(), StoreError> {
    if tx.remove_moderator(id, at).await? {
        record(app, tx, (id, &[Event::of("remove")]), (author, at)).await?;
    }
    Ok(())
}
