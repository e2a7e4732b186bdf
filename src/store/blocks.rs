//! Blocks: keyed values of what editors block, each for a time. Those that are about a submission are read with its
//! other facts.

use serde::Serialize;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    accept::Stamp,
    sql::{on, statements},
};
use crate::domain::{BlockId, BlockKind, CommentId, ContactId, Effect, ModeratorId, SiteId, Timestamp};

macro_rules! viewed {
    () => {
        "select b.id, b.site, s.key as site_key, b.kind, b.effect, b.needs_proof, b.reason, b.moderator, m.name as moderator_name, \
         b.comment, b.made_at, b.expires_at from blocks b join sites s on s.id = b.site left join moderators m on m.id = b.moderator"
    };
}

statements! {
    INSERT_BLOCKS = insert!("blocks": id uuid, site uuid, kind text, value text, index_key text, term text, effect text,
        needs_proof boolean, reason text, moderator uuid, comment uuid, made_at bigint, expires_at bigint);
    THESE = among!(concat!(viewed!(), " where b.id in ("), 1, ") order by b.id");
    LIST = same!(
        viewed!(), " where b.id < $1 and ($3 or exists (select 1 from moderator_sites a where a.moderator = $4 and a.site = b.site)) ",
        "and (b.site = $5 or $5 is null) order by b.id desc limit $2"
    );
    /// Also those that are over: what is blocked anew has one row.
    REPLACE = given!(2, "delete from blocks where value in (select value from these) and site = $1 returning id");
    END = same!("delete from blocks where id = $1");
    SWEEP = same!(
        "delete from blocks where expires_at <= $1 and id in ",
        "(select id from blocks where expires_at <= $1 order by expires_at limit $2)"
    );
    TERMS = same!("select id, site, term, effect, expires_at from blocks where kind = 'term' and expires_at > $1 order by site, id");
    /// Different after any change: of the moments at which they were made the part that does not run over.
    TERMS_FINGERPRINT = same!(
        "select count(*), cast(coalesce(sum(made_at % 1000000007), 0) as bigint) from blocks where kind = 'term'"
    );
    COUNT_TERMS = same!(
        "select count(*) from (select id from blocks where kind = 'term' and site = $1 and expires_at > $2 limit $3) few"
    );
    CONTACT = same!(
        "select c.site, coalesce(c.lineage, c.id) as first, k.id as contact, k.email, k.address, ",
        "coalesce(k.proven, false) as proven ",
        "from comments c left join contacts k on k.id = c.contact where c.id = $1"
    );
    /// Along the list of what is published, the latest first.
    PUBLISHED_CONTACTS = same!(
        "select k.id, k.email from (select c.contact, c.id from comments c where c.site = $1 and c.status = 'approved' ",
        "order by c.id desc limit $2) latest join contacts k on k.id = latest.contact where k.email is not null"
    );
    /// Each along an index: a host is within its network. Who only typed the address is not meant by it; who is proven by
    /// a receipt to have written the comment is. A cross join, since SQLite keeps the order of that: what was found is looked
    /// up, and not all that waits or is published.
    FROM_THERE = given!(1, concat!(
        "select c.id, c.version from (select h.comment as id from contacts h where h.network_index in (select value from these) ",
        "and h.host_index in (select value from these) union select e.comment from contacts e ",
        "where e.email_index in (select value from these) and e.proven ",
        "union select t.id from comments t where t.lineage = $5 union select t.id from comments t where t.id = $5) found cross join comments c ",
        "where c.id = found.id and c.site = $2 and c.submitted_at >= $3 and c.status in ('pending', 'approved') and not c.staff ",
        "order by c.id limit $4"
    ));
}

/// A row of `blocks`.
#[derive(Clone, Debug, Serialize)]
pub struct BlockRow {
    pub id: BlockId,
    pub site: SiteId,
    pub kind: &'static str,
    /// Keyed.
    pub value: String,
    /// The key of that.
    pub index_key: String,
    /// Of a term: sealed under the id.
    pub term: Option<String>,
    pub effect: &'static str,
    /// It refuses only what proves its address.
    pub needs_proof: bool,
    pub reason: String,
    pub moderator: ModeratorId,
    /// From which it was taken.
    pub comment: Option<CommentId>,
    pub made_at: Stamp,
    pub expires_at: Stamp,
}

/// A block as editors see it: without what is blocked.
#[derive(Clone, Debug, FromRow)]
pub struct BlockView {
    pub id: BlockId,
    pub site: SiteId,
    pub site_key: String,
    pub kind: BlockKind,
    pub effect: Effect,
    pub needs_proof: bool,
    pub reason: String,
    pub moderator: Option<ModeratorId>,
    pub moderator_name: Option<String>,
    pub comment: Option<CommentId>,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Which blocks to list, the latest first.
#[derive(Clone, Copy, Debug)]
pub struct BlocksQuery {
    /// Older than this one.
    pub before: BlockId,
    pub limit: i64,
    /// For whom: only their sites, unless they are bound to none.
    pub moderator: ModeratorId,
    pub all_sites: bool,
    pub site: Option<SiteId>,
}

/// A blocked term as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct TermRow {
    pub id: BlockId,
    pub site: SiteId,
    /// Sealed under the id.
    pub term: Option<String>,
    pub effect: Effect,
    pub expires_at: Timestamp,
}

/// Who wrote a comment, as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct KeptContact {
    pub site: SiteId,
    /// The first of the comments that are proven to be by the same author.
    pub first: CommentId,
    /// None of the site's own people.
    pub contact: Option<ContactId>,
    /// Sealed.
    pub email: Option<String>,
    /// Sealed.
    pub address: Option<String>,
    /// The site vouched for the address.
    pub proven: bool,
}

/// Which comments come from the same place, or from the same proven address.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin<'a> {
    pub site: SiteId,
    /// The keyed values of the network and of the host in it, and of the address where that is proven.
    pub values: &'a [String],
    /// The first of the comments that are proven to be by the same author.
    pub first: CommentId,
    /// Not sent before.
    pub since: Timestamp,
    pub most: i64,
}

impl Tx {
    /// Keeps blocks; of what was blocked already the earlier ones go, whose ids these are.
    pub async fn block(
        &mut self,
        (site, values): (SiteId, &[String]),
        rows: &[BlockRow],
    ) -> Result<Vec<BlockId>, StoreError> {
        let replaced = on!(self, |conn, kind| sqlx::query_scalar(REPLACE.text(kind))
            .bind(site)
            .bind(Json(values))
            .fetch_all(conn)
            .await?);
        self.insert(INSERT_BLOCKS, rows).await?;
        Ok(replaced)
    }

    /// The named blocks, also those that are over.
    pub async fn blocks(&mut self, ids: &[BlockId]) -> Result<Vec<BlockView>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(THESE.text(kind)).bind(Json(ids)).fetch_all(conn).await?))
    }

    /// A page of them.
    pub async fn list_blocks(&mut self, query: BlocksQuery) -> Result<Vec<BlockView>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LIST.text(kind))
            .bind(query.before)
            .bind(query.limit)
            .bind(query.all_sites)
            .bind(query.moderator)
            .bind(query.site)
            .fetch_all(conn)
            .await?))
    }

    /// Ends a block; whether there was one.
    pub async fn end_block(&mut self, id: BlockId) -> Result<bool, StoreError> {
        let rows =
            on!(self, |conn, kind| sqlx::query(END.text(kind)).bind(id).execute(conn).await?.rows_affected());
        Ok(rows == 1)
    }

    /// Deletes blocks that were over by then, at most so many; how many.
    pub async fn sweep_blocks(&mut self, before: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }

    /// The blocked terms of all sites that are in force.
    pub async fn term_blocks(&mut self, now: Timestamp) -> Result<Vec<TermRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(TERMS.text(kind)).bind(now).fetch_all(conn).await?))
    }

    /// A value that is different after any change of a blocked term.
    pub async fn terms_fingerprint(&mut self) -> Result<(i64, i64), StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(TERMS_FINGERPRINT.text(kind)).fetch_one(conn).await?))
    }

    /// How many terms a site blocks; no more than `most` are counted.
    pub async fn count_terms(
        &mut self,
        site: SiteId,
        (now, most): (Timestamp, i64),
    ) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COUNT_TERMS.text(kind))
            .bind(site)
            .bind(now)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// Who wrote a comment; none when there is no such comment.
    pub async fn contact_of(&mut self, comment: CommentId) -> Result<Option<KeptContact>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CONTACT.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// The sealed addresses of the latest published comments of a site, each with the id of its contact.
    pub async fn published_contacts(
        &mut self,
        site: SiteId,
        latest: i64,
    ) -> Result<Vec<(Uuid, String)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(PUBLISHED_CONTACTS.text(kind))
            .bind(site)
            .bind(latest)
            .fetch_all(conn)
            .await?))
    }

    /// What waits or is published of the same origin, in the order of arrival, each with its version.
    pub async fn from_there(&mut self, origin: SameOrigin<'_>) -> Result<Vec<(CommentId, i64)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(FROM_THERE.text(kind))
            .bind(Json(origin.values))
            .bind(origin.site)
            .bind(origin.since)
            .bind(origin.most)
            .bind(origin.first)
            .fetch_all(conn)
            .await?))
    }
}
