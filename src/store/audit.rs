//! Who did what to which object. Append-only: no statement here changes or removes an entry.

use serde::{Serialize, Serializer};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{AuditId, CommentId, ModeratorId, SiteId, Timestamp};

macro_rules! entry {
    () => {
        "a.id, a.at, a.site, a.actor, a.via, a.action, a.object, a.object_id, a.version, a.from_status, a.to_status, \
         a.reason, a.note_hash, a.key, a.mac"
    };
}

/// Whether there was a note that is not there any more.
macro_rules! erased {
    () => {
        "a.note_hash is not null and n.audit is null as note_erased"
    };
}

macro_rules! page {
    ($which:literal) => {
        concat!(
            "select a.id, a.at, s.key as site, a.actor as actor_id, m.name as actor, a.via, a.action, a.object, a.object_id, a.version, ",
            "a.from_status, a.to_status, a.reason, n.text as note, ", erased!(), " from audit a left join sites s on s.id = a.site ",
            "left join moderators m on m.id = a.actor left join notes n on n.audit = a.id where ", $which,
            " and a.id < $1 and ($2 or exists (select 1 from moderator_sites b where b.moderator = $3 and b.site = a.site)) ",
            "and a.object_id = coalesce($5, a.object_id) and a.actor is not distinct from coalesce($6, a.actor) ",
            "and a.site is not distinct from coalesce($7, a.site) ",
            "order by a.id desc limit $4"
        )
    };
}

statements! {
    INSERT_AUDIT = insert!("audit": id uuid, at bigint, site uuid, actor uuid, via text, action text, object text,
        object_id uuid, version bigint, from_status text, to_status text, reason text, note_hash text,
        key text, mac text);
    INSERT_NOTES = insert!("notes": audit uuid, salt text, text text);
    HISTORY = same!(
        "select a.id, a.at, m.name as actor, a.via, a.action, a.from_status, a.to_status, a.reason, n.text as note, ", erased!(),
        " from audit a left join moderators m on m.id = a.actor left join notes n on n.audit = a.id ",
        "where a.object_id = $1 order by a.id desc limit 100"
    );
    // each by the index of what it asks for
    PAGE = same!(page!("true"));
    PAGE_OF_OBJECT = same!(page!("a.object_id = $5"));
    PAGE_OF_ACTOR = same!(page!("a.actor = $6"));
    PAGE_OF_SITE = same!(page!("a.site = $7"));
    LINK = same!("select number, audit, key, seal from audit_chain where number = $1");
    CHAIN_HEAD = same!("select number, audit, key, seal from audit_chain order by number desc limit 1");
    UNCHAINED = same!(
        "select ", entry!(), " from audit a where a.id > $1 and not exists ",
        "(select 1 from audit_chain c where c.audit = a.id) order by a.id limit $2"
    );
    INSERT_LINKS = insert!("audit_chain": number bigint, audit uuid, key text, seal text);
    LINKS = same!("select number, audit, key, seal from audit_chain where number > $1 order by number limit $2");
    ENTRIES = among!(concat!("select ", entry!(), " from audit a where a.id in ("), 1, ")");
    CHAINED = among!("select audit from audit_chain where number > 0 and audit in (", 1, ")");
    NOTES = among!("select audit, salt, text from notes where audit in (", 1, ")");
    /// In the order of their ids, for whoever takes all of it away.
    ALL = same!(
        "select ", entry!(), " from audit a left join sites s on s.id = a.site where a.id > $1 and a.id < $2 ",
        "and (cast($3 as text) is null or s.key = $3) order by a.id limit $4"
    );
}

/// A note as it is kept.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct NoteRow {
    pub audit: AuditId,
    pub salt: String,
    pub text: String,
}

/// An entry as it is kept. What is signed are its members in this order, without the last two; what is sealed, with them.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct EntryRow {
    pub id: AuditId,
    #[serde(serialize_with = "micros")]
    pub at: Timestamp,
    pub site: Option<SiteId>,
    pub actor: Option<ModeratorId>,
    pub via: String,
    pub action: String,
    pub object: String,
    pub object_id: Uuid,
    pub version: Option<i64>,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub note_hash: Option<String>,
    /// The key of the signature.
    pub key: String,
    pub mac: String,
}

/// As the column has it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn micros<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.micros())
}

/// An entry as people read it.
#[derive(Clone, Debug, FromRow)]
pub struct AuditView {
    pub id: AuditId,
    pub at: Timestamp,
    /// The key of the site.
    pub site: Option<String>,
    pub actor_id: Option<ModeratorId>,
    /// The name of the moderator.
    pub actor: Option<String>,
    pub via: String,
    pub action: String,
    pub object: String,
    pub object_id: Uuid,
    pub version: Option<i64>,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    /// There was one, and it was erased.
    pub note_erased: bool,
}

/// An entry's place in the chain.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct LinkRow {
    pub number: i64,
    pub audit: AuditId,
    pub key: String,
    pub seal: String,
}

/// Which entries, the latest first.
#[derive(Clone, Copy, Debug)]
pub struct AuditQuery {
    pub object: Option<Uuid>,
    pub actor: Option<ModeratorId>,
    pub site: Option<SiteId>,
    /// Older than this one.
    pub before: AuditId,
    pub limit: i64,
    /// For whom: only their sites, unless they are bound to none.
    pub moderator: ModeratorId,
    pub all_sites: bool,
}

/// One entry of a comment's history as people read it.
#[derive(Clone, Debug, FromRow)]
pub struct History {
    pub id: AuditId,
    pub at: Timestamp,
    pub actor: Option<String>,
    pub via: String,
    pub action: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    /// There was one, and it was erased.
    pub note_erased: bool,
}

impl Tx {
    /// Appends signed entries, and their notes.
    pub async fn record(&mut self, entries: &[EntryRow], notes: &[NoteRow]) -> Result<(), StoreError> {
        self.insert(INSERT_AUDIT, entries).await?;
        self.insert(INSERT_NOTES, notes).await
    }

    /// What happened to a comment, the latest first; at most 100 entries.
    pub async fn history(&mut self, comment: CommentId) -> Result<Vec<History>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(HISTORY.text(kind)).bind(comment).fetch_all(conn).await?))
    }

    /// A page of the log.
    pub async fn audit(&mut self, query: AuditQuery) -> Result<Vec<AuditView>, StoreError> {
        let sql = match query {
            AuditQuery { object: Some(_), .. } => PAGE_OF_OBJECT,
            AuditQuery { actor: Some(_), .. } => PAGE_OF_ACTOR,
            AuditQuery { site: Some(_), .. } => PAGE_OF_SITE,
            _ => PAGE,
        };
        Ok(on!(self, |conn, kind| sqlx::query_as(sql.text(kind))
            .bind(query.before)
            .bind(query.all_sites)
            .bind(query.moderator)
            .bind(query.limit)
            .bind(query.object)
            .bind(query.actor)
            .bind(query.site)
            .fetch_all(conn)
            .await?))
    }

    /// Entries between two ids, in their order; of one site, when it is named.
    pub async fn entries_between(
        &mut self,
        (after, before): (AuditId, AuditId),
        site: Option<&str>,
        limit: i64,
    ) -> Result<Vec<EntryRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ALL.text(kind))
            .bind(after)
            .bind(before)
            .bind(site)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// The last entry of the chain.
    pub async fn chain_head(&mut self) -> Result<Option<LinkRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CHAIN_HEAD.text(kind)).fetch_optional(conn).await?))
    }

    /// The entry of the chain with this number.
    pub async fn link(&mut self, number: i64) -> Result<Option<LinkRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LINK.text(kind)).bind(number).fetch_optional(conn).await?))
    }

    /// Entries behind this id that have no place in the chain, in the order of their ids.
    pub async fn unchained(&mut self, after: AuditId, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(UNCHAINED.text(kind))
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// Appends to the chain. `Taken`: another worker was first.
    pub async fn chain(&mut self, links: &[LinkRow]) -> Result<(), StoreError> {
        self.insert(INSERT_LINKS, links).await
    }

    /// The chain behind this number, in its order.
    pub async fn links(&mut self, after: i64, limit: i64) -> Result<Vec<LinkRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LINKS.text(kind))
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }

    /// The entries of these ids, in no order.
    pub async fn entries(&mut self, ids: &[AuditId]) -> Result<Vec<EntryRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ENTRIES.text(kind)).bind(Json(ids)).fetch_all(conn).await?))
    }

    /// Those of these entries that have a place in the chain.
    pub async fn chained(&mut self, ids: &[AuditId]) -> Result<Vec<AuditId>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_scalar(CHAINED.text(kind))
            .bind(Json(ids))
            .fetch_all(conn)
            .await?))
    }

    /// The notes of these entries that were not erased, in no order.
    pub async fn notes(&mut self, ids: &[AuditId]) -> Result<Vec<NoteRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(NOTES.text(kind)).bind(Json(ids)).fetch_all(conn).await?))
    }
}
