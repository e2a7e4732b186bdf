//! What screening must know of the past, in one round trip.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Alike, Sought, StoreError, Tx,
    likeness::alike,
    lineage::{approved_of, was_looked_at},
    sql::{on, statements},
};
use crate::domain::{
    ArticleId, ArticleRules, ClusterId, CommentId, Force, Notify, SiteId, Status, Timestamp,
};

/// Of the blocks of each kind the strongest counts: 1 holds, 2 refuses what is proven, 3 refuses.
macro_rules! strongest {
    () => {
        concat!(
            strongest!("email"),
            ", ",
            strongest!("domain"),
            ", ",
            strongest!("host"),
            ", ",
            strongest!("network"),
            " from blocks b "
        )
    };
    ($kind:literal) => {
        concat!(
            "cast(max(case when b.kind = '",
            $kind,
            "' then case when b.effect = 'hold' then 1 when b.needs_proof then 2 else 3 end end) as bigint) as blocked_",
            $kind
        )
    };
}

/// What a reader wrote for whom the site's backend vouches, by the way back from each contact. The join says in which order, which
/// `SQLite` keeps.
macro_rules! of_reader {
    () => {
        "from contacts e cross join comments t where t.id = e.comment and t.contact = e.id and e.reader_index = $14"
    };
}

statements! {
    /// Name and address are looked for among the latest that came under the address: anybody can type it.
    FACTS = given!(17, concat!(
        "select a.id as article, a.deleted_at, coalesce(a.open, true) as open, a.closes_at, ",
        "coalesce(a.created_at, 0) as created_at, coalesce(a.stays_open, false) as stays_open, a.mode, ",
        "a.slow_seconds, a.breaker, a.breaker_until, ",
        "p.id as parent, p.status as parent_status, p.depth as parent_depth, p.parent as parent_parent, ",
        "p.thread as parent_thread, p.notify as parent_notify, ",
        "i.comment as replay_comment, i.fingerprint as replay_fingerprint, i.status as replay_status, ",
        "r.submitted_at as replay_submitted_at, ",
        "exists (select 1 from comments d where d.duplicate_key in ($5, $6) and d.submitted_at > $7) as duplicate, ",
        "exists (select 1 from comments f where f.fingerprint = $8 and f.submitted_at > $9 and f.site = $1) ",
        "as repeated, (select count(*) from idempotency u where u.site = $1 and u.key = $23 and u.expires_at > $10) ",
        "as forms, n.id as near, n.likeness as near_likeness, n.cluster as near_cluster, ",
        "k.first as lineage, ",
        approved_of!("k.first", "$13", ""), " as proven, ",
        "case when exists (select 1 ", of_reader!(), " and t.status = 'spam') then 0 else ",
        "(select count(*) from (select t.id ", of_reader!(), was_looked_at!(), " limit $13) as few) ",
        "end as vouched, ",
        "case when $15 then exists (select 1 from ",
        "(select e.id, e.comment from contacts e where e.email_index = $12 order by e.id desc limit 1000) as own ",
        "cross join comments t where t.id = own.comment and t.contact = own.id and t.name = $16 and t.site = $1",
        was_looked_at!(), ") else false end as named, ",
        "blocking.blocked_email, blocking.blocked_domain, blocking.blocked_host, blocking.blocked_network ",
        "from (select 1 as one) as once ",
        "left join (select coalesce(q.lineage, q.id) as first from comments q where q.id = $11 and q.site = $1 and ",
        "exists (select 1 from contacts e where e.id = q.contact and e.email_index = $12)) as k on true ",
        "left join articles a on a.site = $1 and a.key = $2 ",
        "left join comments p on p.id = $3 and p.article = a.id ",
        "left join idempotency i on i.site = $1 and i.key = $4 and i.expires_at > $10 ",
        "left join comments r on r.id = i.comment ",
        "cross join (select ", strongest!(), "where b.value in (select value from these) and b.site = $1 ",
        "and b.expires_at > $10) as blocking ",
        "left join (", alike!("$18", "$19", "$20", "$21", "$22"), ") n on true"
    ));
    /// Whoever wrote a comment, as its contact is indexed, and by the values that its address has under all keys.
    BLOCKED_AUTHOR = given!(3, concat!(
        "select ", strongest!(), "where b.value in (select e.email_index from contacts e join comments c on c.contact = e.id ",
        "where c.id = $1 union all select e.host_index from contacts e join comments c on c.contact = e.id where c.id = $1 ",
        "union all select e.network_index from contacts e join comments c on c.contact = e.id where c.id = $1 ",
        "union all select value from these) and b.expires_at > $2 ",
        "and b.site = (select c.site from comments c where c.id = $1)"
    ));
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct FactsQuery<'a> {
    pub site: SiteId,
    pub article: &'a str,
    pub parent: Option<CommentId>,
    pub idempotency_key: Option<&'a str>,
    /// The name of the form that was sent.
    pub form_key: Option<&'a str>,
    /// The keys that the same text of the same person has in this window and the one before.
    pub duplicate_keys: [&'a str; 2],
    pub duplicates_since: Timestamp,
    pub fingerprint: i64,
    pub repeats_since: Timestamp,
    /// The keyed values by which blocks may know whoever submits.
    pub marks: &'a [String],
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
    /// How often the form was sent before that is remembered: once, or not.
    pub forms: i64,
    /// What may say nearly the same, in no order.
    pub alike: Vec<Alike>,
    /// The first of the comments that are proven to be by the same author.
    pub lineage: Option<CommentId>,
    /// Who it is has had enough comments approved, by one of the proofs.
    pub is_known: bool,
    /// What is blocked of whoever submits.
    pub blocked: BlockedFacts,
}

/// What the blocks that are in force ask for, by their kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockedFacts {
    pub email: Option<Force>,
    pub domain: Option<Force>,
    pub host: Option<Force>,
    pub network: Option<Force>,
}

/// An article as a submission sees it.
#[derive(Clone, Debug)]
pub struct ArticleFacts {
    pub id: ArticleId,
    pub rules: ArticleRules,
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
    /// What its author wants mail about.
    pub notify: Notify,
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
    #[sqlx(flatten)]
    rules: ArticleRules,
    deleted_at: Option<Timestamp>,
    parent: Option<CommentId>,
    parent_status: Option<Status>,
    parent_depth: Option<i64>,
    parent_parent: Option<CommentId>,
    parent_thread: Option<CommentId>,
    parent_notify: Option<Notify>,
    replay_comment: Option<CommentId>,
    replay_fingerprint: Option<String>,
    replay_status: Option<i64>,
    replay_submitted_at: Option<Timestamp>,
    duplicate: bool,
    repeated: bool,
    forms: i64,
    near: Option<CommentId>,
    near_likeness: Option<i64>,
    near_cluster: Option<ClusterId>,
    lineage: Option<CommentId>,
    proven: i64,
    vouched: i64,
    named: bool,
    #[sqlx(flatten)]
    blocked: BlockedRow,
}

#[derive(FromRow)]
struct BlockedRow {
    #[sqlx(rename = "blocked_email")]
    email: Option<i64>,
    #[sqlx(rename = "blocked_domain")]
    domain: Option<i64>,
    #[sqlx(rename = "blocked_host")]
    host: Option<i64>,
    #[sqlx(rename = "blocked_network")]
    network: Option<i64>,
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
            .bind(Json(query.marks))
            .bind(bands.map(|bands| bands[0]))
            .bind(bands.map(|bands| bands[1]))
            .bind(bands.map(|bands| bands[2]))
            .bind(bands.map(|bands| bands[3]))
            .bind(query.alike.after)
            .bind(query.form_key)
            .fetch_all(conn)
            .await?);
        let alike = rows.iter().filter_map(Row::alike).collect();
        let row = rows.pop().ok_or(StoreError::Corrupt("facts"))?;
        Ok(Facts { alike, ..row.facts(enough) })
    }

    /// What is blocked of whoever wrote a comment: by address and prefix, as they were indexed, and by these values.
    pub async fn blocked_author(
        &mut self,
        (comment, marks): (CommentId, &[String]),
        now: Timestamp,
    ) -> Result<BlockedFacts, StoreError> {
        let row: BlockedRow = on!(self, |conn, kind| sqlx::query_as(BLOCKED_AUTHOR.text(kind))
            .bind(comment)
            .bind(now)
            .bind(Json(marks))
            .fetch_one(conn)
            .await?);
        Ok(row.into())
    }
}

impl Row {
    fn alike(&self) -> Option<Alike> {
        Some(Alike { id: self.near?, likeness: self.near_likeness?, cluster: self.near_cluster? })
    }

    fn facts(self, enough: i64) -> Facts {
        let row = self;
        let article =
            row.article.map(|id| ArticleFacts { id, rules: row.rules, deleted: row.deleted_at.is_some() });
        let parent =
            row.parent.zip(row.parent_status).zip(row.parent_thread).map(|((id, status), thread)| {
                ParentFacts {
                    id,
                    status,
                    depth: row.parent_depth.unwrap_or_default(),
                    parent: row.parent_parent,
                    thread,
                    notify: row.parent_notify.unwrap_or_default(),
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
            forms: row.forms,
            alike: Vec::new(),
            lineage: row.lineage,
            is_known: row.proven >= enough || row.vouched >= enough || row.named,
            blocked: row.blocked.into(),
        }
    }
}

impl From<BlockedRow> for BlockedFacts {
    fn from(row: BlockedRow) -> Self {
        let force = |strongest: Option<i64>| {
            strongest.map(|strongest| match strongest {
                1 => Force::Hold,
                2 => Force::RefuseProven,
                _ => Force::Refuse,
            })
        };
        Self {
            email: force(row.email),
            domain: force(row.domain),
            host: force(row.host),
            network: force(row.network),
        }
    }
}
