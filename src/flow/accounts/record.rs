//! What becomes of accounts, for the audit log: who did what to whose, and never a secret or an address.

use crate::{
    domain::{ModeratorId, SiteId, Timestamp},
    flow::{
        App,
        audit::{self, Author, NewEntry, Object},
    },
    store::{StoreError, Tx},
};

/// The command line, which nobody is signed in at.
pub(super) const COMMAND: Author = Author { moderator: None, via: "cli" };

/// Somebody at the desk, of their own account.
pub(super) const fn owner(id: ModeratorId) -> Author {
    Author { moderator: Some(id), via: "desk" }
}

/// Something that becomes of an account: its name in the log, and from what to what where that is told.
#[derive(Clone, Debug)]
pub(super) struct Event {
    action: &'static str,
    told: Option<String>,
}

impl Event {
    pub(super) const fn of(action: &'static str) -> Self {
        Self { action, told: None }
    }

    pub(super) const fn telling(action: &'static str, told: String) -> Self {
        Self { action, told: Some(told) }
    }
}

/// Writes down what becomes of an account, in the transaction in which it does.
pub(super) async fn record(
    app: &App,
    tx: &mut Tx,
    (id, events): (ModeratorId, &[Event]),
    (author, at): (Author, Timestamp),
) -> Result<(), StoreError> {
    let object = Object { kind: "moderator", id: id.uuid(), site: None };
    let entry = |event: &Event| NewEntry {
        reason: event.told.clone(),
        ..NewEntry::new(app, at, (object, event.action, author))
    };
    let entries: Vec<NewEntry> = events.iter().map(entry).collect();
    if entries.is_empty() { Ok(()) } else { audit::record(app, tx, &entries).await }
}

/// The sites that somebody is bound to, by their keys.
pub(super) fn named(app: &App, sites: &[SiteId]) -> String {
    if sites.is_empty() {
        return "all sites".to_owned();
    }
    let mut keys: Vec<String> = sites
        .iter()
        .filter_map(|site| app.sites.get(*site).map(|site| site.key.as_str().to_owned()))
        .collect();
    keys.sort_unstable();
    keys.join(", ")
}
