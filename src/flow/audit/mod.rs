//! The audit log: who may read it, how it is sealed, and whether it still is what was written.

mod notes;
mod verify;

use std::{
    cmp::Reverse,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use uuid::Uuid;

pub use notes::{erase_note, erase_notes};
pub use verify::{Head, Report, Trouble, verify};

use super::{App, FlowError};
use crate::{
    domain::{AuditId, Moderator, ModeratorId, SiteId, Status, Timestamp},
    store::{AuditQuery, AuditView, EntryRow, LinkRow, NoteRow, StoreError, Tx},
    vault,
};

/// Entries that one transaction seals, and that a look at all of them reads at one time.
const TURN: i64 = 500;
/// How late an entry may be committed, and how far the clocks of replicas may be apart.
const LATE: Duration = Duration::from_hours(1);

/// Who changes an article, for the audit log.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// A moderator, when it is one.
    pub moderator: Option<ModeratorId>,
    /// The way it came: `api`, `backend`, `cli`.
    pub via: &'static str,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// Such as `article`.
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// The site it belongs to.
    pub site: Option<SiteId>,
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub(super) struct NewEntry {
    pub(super) id: AuditId,
    pub(super) at: Timestamp,
    pub(super) object: Object,
    pub(super) action: &'static str,
    pub(super) author: Author,
    /// Of the object, after the change.
    pub(super) version: Option<i64>,
    /// The status before and after.
    pub(super) statuses: Option<(Status, Status)>,
    pub(super) reason: Option<String>,
    pub(super) note: Option<String>,
}

impl NewEntry {
    /// About something that has no status.
    pub(super) fn new(
        app: &App,
        at: Timestamp,
        (object, action, author): (Object, &'static str, Author),
    ) -> Self {
        let id = AuditId::from(app.clock.id(at));
        Self { id, at, object, action, author, version: None, statuses: None, reason: None, note: None }
    }
}

/// Appends entries, signed by the key that only the service has, with their notes apart.
pub(super) async fn record(app: &App, tx: &mut Tx, entries: &[NewEntry]) -> Result<(), StoreError> {
    let (mut signed, mut notes) = (Vec::with_capacity(entries.len()), Vec::new());
    for entry in entries {
        let (row, note) = signed_row(app, entry)?;
        signed.push(row);
        notes.extend(note);
    }
    tx.record(&signed, &notes).await
}

/// The rows of an entry, signed: for what writes many things at one time.
pub(super) fn signed_row(app: &App, entry: &NewEntry) -> Result<(EntryRow, Option<NoteRow>), StoreError> {
    let (mut row, note) = row(app, entry);
    row.mac = app.vault.sign_entry(&row.key, &signed_bytes(&row)?).ok_or(StoreError::Corrupt("audit key"))?;
    Ok((row, note))
}

fn row(app: &App, entry: &NewEntry) -> (EntryRow, Option<NoteRow>) {
    let note =
        entry.note.clone().map(|text| NoteRow { audit: entry.id, salt: vault::salt(&app.clock), text });
    let row = EntryRow {
        id: entry.id,
        at: entry.at,
        site: entry.object.site,
        actor: entry.author.moderator,
        via: entry.author.via.to_owned(),
        action: entry.action.to_owned(),
        object: entry.object.kind.to_owned(),
        object_id: entry.object.id,
        version: entry.version,
        from_status: entry.statuses.map(|(from, _)| from.name().to_owned()),
        to_status: entry.statuses.map(|(_, to)| to.name().to_owned()),
        reason: entry.reason.clone(),
        note_hash: note.as_ref().map(|note| vault::note_hash(&note.salt, &note.text)),
        key: app.vault.chain_key().as_str().to_owned(),
        mac: String::new(),
    };
    (row, note)
}

/// Which entries a person asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only about this object.
    pub object: Option<Uuid>,
    /// Only of this moderator.
    pub actor: Option<ModeratorId>,
    /// Only of the site with this key.
    pub site: Option<String>,
    /// Older than this one.
    pub before: Option<AuditId>,
    /// 1 to 100.
    pub limit: usize,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The entries, the latest first.
    pub entries: Vec<AuditView>,
    /// Where the next page begins, if there is one.
    pub next: Option<AuditId>,
}

/// A page of what this person may see: editors and above, of their sites.
pub async fn list(app: &App, moderator: &Moderator, wanted: &Wanted) -> Result<AuditPage, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let site = match &wanted.site {
        None => None,
        Some(key) => match app.sites.find(key) {
            Some(site) => Some(site.id),
            // as empty as a site of others
            None => return Ok(AuditPage { entries: Vec::new(), next: None }),
        },
    };
    let query = AuditQuery {
        object: wanted.object,
        actor: wanted.actor,
        site,
        before: wanted.before.unwrap_or_else(|| Uuid::max().into()),
        limit: i64::try_from(wanted.limit).unwrap_or(100) + 1,
        moderator: moderator.id,
        all_sites: moderator.sites.is_none(),
    };
    let mut entries = app
        .db
        .read(async |tx| {
            let mut entries = Vec::new();
            for query in along(query, moderator) {
                entries.extend(tx.audit(query).await?);
            }
            Ok::<_, StoreError>(entries)
        })
        .await?;
    entries.sort_by_key(|entry| Reverse(entry.id));
    let more = entries.len() > wanted.limit;
    entries.truncate(wanted.limit);
    let next = entries.last().map(|entry| entry.id).filter(|_| more);
    Ok(AuditPage { entries, next })
}

/// Each along an index: who is bound to sites would else walk through the entries of all others.
fn along(query: AuditQuery, moderator: &Moderator) -> Vec<AuditQuery> {
    match (query, &moderator.sites) {
        (AuditQuery { object: None, actor: None, site: None, .. }, Some(sites)) => {
            sites.iter().map(|site| AuditQuery { site: Some(*site), ..query }).collect()
        }
        _ => vec![query],
    }
}

/// How far this process has sealed, so that it does not go on from an end that somebody else made.
#[derive(Debug, Default)]
pub struct Sealed(Mutex<Option<Head>>);

impl Sealed {
    fn head(&self) -> Option<Head> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn goes_on(&self, head: Head) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }
}

/// Gives entries their place in the chain, at most 500 of them; how many. Entries that were not signed with a live key get
/// none. `Corrupt`: what this process sealed last is not there any more.
pub async fn chain(app: &App) -> Result<usize, StoreError> {
    let sealed = app.db.write(async |tx| seal(app, tx).await).await;
    match sealed {
        // another worker was first; what it left is there the next time
        Err(StoreError::Taken) => Ok(0),
        Err(error) => Err(error),
        Ok((count, head)) => {
            if let Some(head) = head {
                app.sealed.goes_on(head);
            }
            Ok(count)
        }
    }
}

/// Where the chain ends now.
pub async fn head(app: &App) -> Result<Option<Head>, StoreError> {
    let head = app.db.read(async |tx| tx.chain_head().await).await?;
    Ok(head.map(|head| Head { number: head.number, seal: head.seal }))
}

async fn seal(app: &App, tx: &mut Tx) -> Result<(usize, Option<Head>), StoreError> {
    if let Some(known) = app.sealed.head() {
        let stands = tx.link(known.number).await?.is_some_and(|link| link.seal == known.seal);
        if !stands {
            return Err(StoreError::Corrupt("audit chain"));
        }
    }
    let head = tx.chain_head().await?;
    // the clock of whoever wrote the last one may have been ahead
    let last = |head: &LinkRow| time_of(head.audit).min(app.clock.now());
    let after = head.as_ref().map_or_else(|| Uuid::nil().into(), |head| first_id(last(head).minus(LATE)));
    let key = app.vault.chain_key().as_str();
    let mut head = head.map(|head| Head { number: head.number, seal: head.seal });
    let mut links = Vec::new();
    for entry in tx.unchained(after, TURN).await? {
        if !is_signed(app, &entry)? {
            continue;
        }
        let (number, before) = head.as_ref().map_or((1, ""), |head| (head.number + 1, head.seal.as_str()));
        let seal = app.vault.seal_entry(key, (number, before), &sealed_bytes(&entry)?);
        let seal = seal.ok_or(StoreError::Corrupt("audit key"))?;
        links.push(LinkRow { number, audit: entry.id, key: key.to_owned(), seal: seal.clone() });
        head = Some(Head { number, seal });
    }
    tx.chain(&links).await?;
    Ok((links.len(), head))
}

/// Whether the service wrote it.
fn is_signed(app: &App, entry: &EntryRow) -> Result<bool, StoreError> {
    let mac = app.vault.sign_entry(&entry.key, &signed_bytes(entry)?);
    Ok(mac.is_some_and(|mac| mac == entry.mac))
}

fn signed_bytes(entry: &EntryRow) -> Result<Vec<u8>, StoreError> {
    sealed_bytes(&EntryRow { key: String::new(), mac: String::new(), ..entry.clone() })
}

fn sealed_bytes(entry: &EntryRow) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(entry).map_err(|_| StoreError::Corrupt("audit entry"))
}

/// The least id of a moment (RFC 9562 §5.7).
pub fn first_id(at: Timestamp) -> AuditId {
    let millis = u128::try_from(at.micros() / 1_000).unwrap_or_default();
    Uuid::from_u128(millis << 80).into()
}

fn time_of(id: AuditId) -> Timestamp {
    Timestamp::from_micros(i64::try_from(id.uuid().as_u128() >> 80).unwrap_or_default().saturating_mul(1_000))
}
