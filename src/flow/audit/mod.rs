//! The audit log: who may read it, how it is sealed, and whether it still is what was written.

mod verify;

use std::time::Duration;

use uuid::Uuid;

pub use verify::{Head, Report, Trouble, verify};

use super::{App, FlowError};
use crate::{
    domain::{AuditId, Moderator, ModeratorId, SiteId, Timestamp},
    store::{AuditQuery, AuditRow, AuditView, EntryRow, LinkRow, NewNote, Stamp, StoreError, Tx},
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

/// An entry about something that has no status.
pub(super) fn entry(app: &App, object: Object, (action, author): (&'static str, Author)) -> AuditRow {
    let now = app.clock.now();
    AuditRow {
        id: AuditId::from(app.clock.id(now)),
        at: Stamp(now),
        site: object.site,
        actor: author.moderator,
        via: author.via,
        action,
        object: object.kind,
        object_id: object.id,
        version: None,
        from_status: None,
        to_status: None,
        reason: None,
        note: None,
    }
}

/// The note of an entry, with what the entry keeps of it.
pub fn note(app: &App, text: String) -> NewNote {
    let salt = vault::salt(&app.clock);
    NewNote { hash: vault::note_hash(&salt, &text), salt, text }
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
    let mut entries = app.db.read(async |tx| tx.audit(query).await).await?;
    let more = entries.len() > wanted.limit;
    entries.truncate(wanted.limit);
    let next = entries.last().map(|entry| entry.id).filter(|_| more);
    Ok(AuditPage { entries, next })
}

/// Gives entries their place in the chain, at most 500 of them; how many. The end of the chain afterwards is
/// [`Head`]'s.
pub async fn chain(app: &App) -> Result<usize, StoreError> {
    let sealed = app.db.write(async |tx| seal(app, tx).await).await;
    match sealed {
        // another worker was first; what it left is there the next time
        Err(StoreError::Taken) => Ok(0),
        done => done,
    }
}

/// Where the chain ends now.
pub async fn head(app: &App) -> Result<Option<Head>, StoreError> {
    let head = app.db.read(async |tx| tx.chain_head().await).await?;
    Ok(head.map(|head| Head { number: head.number, seal: head.seal }))
}

async fn seal(app: &App, tx: &mut Tx) -> Result<usize, StoreError> {
    let head = tx.chain_head().await?;
    let after =
        head.as_ref().map_or_else(|| Uuid::nil().into(), |head| first_id(time_of(head.audit).minus(LATE)));
    let key = app.vault.chain_key().as_str();
    let (mut number, mut before) = head.map_or((0, String::new()), |head| (head.number, head.seal));
    let mut links = Vec::new();
    for entry in tx.unchained(after, TURN).await? {
        number += 1;
        let seal = app.vault.seal_entry(key, (number, &before), &bytes(&entry)?);
        before = seal.ok_or(StoreError::Corrupt("chain key"))?;
        links.push(LinkRow { number, audit: entry.id, key: key.to_owned(), seal: before.clone() });
    }
    tx.chain(&links).await?;
    Ok(links.len())
}

/// What is sealed of an entry.
fn bytes(entry: &EntryRow) -> Result<Vec<u8>, StoreError> {
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
