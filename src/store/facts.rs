//! What screening must know of the past, in one round trip.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Alike, Sought, StoreError, Tx,
    likeness::alike,
    sql::{on, statements},
};
use crate::domain::{ArticleId, ClusterId, CommentId, SiteId, Status, Timestamp};

statements! {
    FACTS = same!(
        "select a.id as article, a.open, a.closes_at, a.deleted_at, ",
        "p.id as parent, p.status as parent_status, p.depth as parent_depth, p.parent as parent_parent, ",
        "p.thread as parent_thread, ",
        "i.comment as replay_comment, i.fingerprint as replay_fingerprint, i.status as replay_status, ",
        "r.submitted_at as replay_submitted_at, ",
        "exists (select 1 from comments d where d.duplicate_key in ($5, $6) and d.submitted_at > $7) as duplicate, ",
        "exists (select 1 from comments f where f.fingerprint = $8 and f.submitted_at > $9 and f.site = $1) ",
        "as repeated, n.id as near, n.likeness as near_likeness, n.cluster as near_cluster, ",
        "k.first as lineage, ",
        "case when exists (select 1 from comments t where t.lineage = k.first and t.status = 'spam') ",
        "or exists (select 1 from comments t where t.id = k.first and t.status = 'spam') then 0 ",
        "else (select count(*) from (",
        "select t.id from comments t where t.lineage = k.first and t.status = 'approved' ",
        "union all select t.id from comments t where t.id = k.first and t.status = 'approved' limit $13) as few) ",
        "end as proven, ",
        "(select count(*) from (select t.id from contacts e join comments t on t.contact = e.id ",
        "where e.reader_index = $14 and t.status = 'approved' limit $13) as few) as vouched, ",
        "case when $15 then exists (select 1 from contacts e join comments t on t.contact = e.id ",
        "where e.email_index = $12 and t.name = $16 and t.site = $1 and t.status = 'approved') ",
        "else false end as named ",
        "from (select 1 as one) as o ",
        "left join (select coalesce(q.lineage, q.id) as first from comments q where q.id = $11 and q.site = $1 and ",
        "exists (select 1 from contacts e where e.id = q.contact and e.email_index = $12)) as k on true ",
        "left join articles a on a.site = $1 and a.key = $2 ",
        "left join comments p on p.id = $3 and p.article = a.id ",
        "left join idempotency i on i.site = $1 and i.key = $4 and i.expires_at > $10 ",
        "left join comments r on r.id = i.comment ",
        "left join (", alike!("$17", "$18", "$19", "$20", "$21"), ") n on true"
    );
    FORGET_EXPIRED_KEY = same!("delete from idempotency where site = $1 and key = $2 and expires_at <= $3");
    KEY_IS_KNOWN = same!("select 1 from idempotency where site = $1 and key = $2 and expires_at > $3");
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct FactsQuery<'a> {
    pub site: SiteId,
    pub article: &'a str,
    pub parent: Option<CommentId>,
    pub idempotency_key: Option<&'a str>,
    /// The keys that the same text of the same person has in this window and the one before.
    pub duplicate_keys: [&'a str; 2],
    pub duplicates_since: Timestamp,
    pub fingerprint: i64,
    pub repeats_since: Timestamp,
    pub alike: Sought,
    pub now: Timestamp,
    /// What they prove to be known by.
    pub proof: Proof<'a>,
}

/// By what somebody may turn out to be known.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// The comment whose receipt came along.
    pub receipt: Option<CommentId>,
    /// Keyed, of the address.
    pub email_index: &'a str,
    /// Keyed, of the reader for whom the site's backend vouches.
    pub reader_index: Option<&'a str>,
    /// The name, where name and address are proof enough.
    pub name: Option<&'a str>,
    /// As many approved comments are needed.
    pub enough: u32,
}

impl Proof<'_> {
    /// Nothing is proven.
    pub const NONE: Self = Self { receipt: None, email_index: "", reader_index: None, name: None, enough: 1 };
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The article, if anybody made it before.
    pub article: Option<ArticleFacts>,
    /// The comment that is answered, if it is on this article.
    pub parent: Option<ParentFacts>,
    /// An earlier submission under the same idempotency key.
    pub replay: Option<Replay>,
    /// The same person said the same here within the window.
    pub duplicate: bool,
    /// The same text arrived on this site within the last day.
    pub repeated: bool,
    /// What may say nearly the same, in no order.
    pub alike: Vec<Alike>,
    /// The first of the comments that are proven to be by the same author.
    pub lineage: Option<CommentId>,
    /// Who it is has had enough comments approved, by one of the proofs.
    pub is_known: bool,
}

/// An article as a submission sees it.
#[derive(Clone, Debug)]
pub struct ArticleFacts {
    pub id: ArticleId,
    pub open: bool,
    pub closes_at: Option<Timestamp>,
    pub deleted: bool,
}

/// A comment as its reply sees it.
#[derive(Clone, Debug)]
pub struct ParentFacts {
    pub id: CommentId,
    pub status: Status,
    pub depth: i64,
    pub parent: Option<CommentId>,
    pub thread: CommentId,
}

/// An earlier submission, as far as its answer needs it.
#[derive(Clone, Debug)]
pub struct Replay {
    pub comment: CommentId,
    pub fingerprint: String,
    pub status: i64,
    pub submitted_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    article: Option<ArticleId>,
    open: Option<bool>,
    closes_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    parent: Option<CommentId>,
    parent_status: Option<Status>,
    parent_depth: Option<i64>,
    parent_parent: Option<CommentId>,
    parent_thread: Option<CommentId>,
    replay_comment: Option<CommentId>,
    replay_fingerprint: Option<String>,
    replay_status: Option<i64>,
    replay_submitted_at: Option<Timestamp>,
    duplicate: bool,
    repeated: bool,
    near: Option<CommentId>,
    near_likeness: Option<i64>,
    near_cluster: Option<ClusterId>,
    lineage: Option<CommentId>,
    proven: i64,
    vouched: i64,
    named: bool,
}

impl Tx {
    /// Reads all facts about one submission.
    pub async fn facts(&mut self, query: &FactsQuery<'_>) -> Result<Facts, StoreError> {
        let enough = i64::from(query.proof.enough);
        let bands = query.alike.bands;
        // what may be alike is a row each, and all else is the same in each of them
        let mut rows: Vec<Row> = on!(self, |conn, kind| sqlx::query_as(FACTS.text(kind))
            .bind(query.site)
            .bind(query.article)
            .bind(query.parent.map_or_else(Uuid::nil, CommentId::uuid))
            .bind(query.idempotency_key)
            .bind(query.duplicate_keys[0])
            .bind(query.duplicate_keys[1])
            .bind(query.duplicates_since)
            .bind(query.fingerprint)
            .bind(query.repeats_since)
            .bind(query.now)
            .bind(query.proof.receipt.map_or_else(Uuid::nil, CommentId::uuid))
            .bind(query.proof.email_index)
            .bind(enough)
            .bind(query.proof.reader_index)
            .bind(query.proof.name.is_some())
            .bind(query.proof.name.unwrap_or_default())
            .bind(bands.map(|bands| bands[0]))
            .bind(bands.map(|bands| bands[1]))
            .bind(bands.map(|bands| bands[2]))
            .bind(bands.map(|bands| bands[3]))
            .bind(query.alike.after)
            .fetch_all(conn)
            .await?);
        let alike = rows.iter().filter_map(Row::alike).collect();
        let row = rows.pop().ok_or(StoreError::Corrupt("facts"))?;
        Ok(Facts { alike, ..row.facts(enough) })
    }

    /// Makes room for a key whose time is over.
    pub async fn forget_expired_key(
        &mut self,
        site: SiteId,
        key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(FORGET_EXPIRED_KEY.text(kind))
            .bind(site)
            .bind(key)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Whether a request with this idempotency key was answered before.
    pub async fn knows_key(&mut self, site: SiteId, key: &str, now: Timestamp) -> Result<bool, StoreError> {
        let found: Option<(i32,)> = on!(self, |conn, kind| sqlx::query_as(KEY_IS_KNOWN.text(kind))
            .bind(site)
            .bind(key)
            .bind(now)
            .fetch_optional(conn)
            .await?);
        Ok(found.is_some())
    }
}

impl Row {
    fn alike(&self) -> Option<Alike> {
        Some(Alike { id: self.near?, likeness: self.near_likeness?, cluster: self.near_cluster? })
    }

    fn facts(self, enough: i64) -> Facts {
        let row = self;
        let article = row.article.map(|id| ArticleFacts {
            id,
            open: row.open.unwrap_or_default(),
            closes_at: row.closes_at,
            deleted: row.deleted_at.is_some(),
        });
        let parent =
            row.parent.zip(row.parent_status).zip(row.parent_thread).map(|((id, status), thread)| {
                ParentFacts {
                    id,
                    status,
                    depth: row.parent_depth.unwrap_or_default(),
                    parent: row.parent_parent,
                    thread,
                }
            });
        let replay = row.replay_comment.zip(row.replay_submitted_at).map(|(comment, submitted_at)| Replay {
            comment,
            fingerprint: row.replay_fingerprint.unwrap_or_default(),
            status: row.replay_status.unwrap_or_default(),
            submitted_at,
        });
        Facts {
            article,
            parent,
            replay,
            duplicate: row.duplicate,
            repeated: row.repeated,
            alike: Vec::new(),
            lineage: row.lineage,
            is_known: row.proven >= enough || row.vouched >= enough || row.named,
        }
    }
}
