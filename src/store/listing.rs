//! Which comments a list shows, whatever it is filtered by, and however many there are.
//!
//! No planner is left to guess. A list walks along one *driver*, a range of one index in the order of the
//! comments' ids, and looks the rest of the filter up for each comment by primary key. A statement walks a stretch
//! of bounded length: `found` is read from the index alone, and each comment of it is looked at by a subquery,
//! which neither database turns into a join. So its cost is that of its stretch, however large the tables are.
//! `flow::queue` chooses the driver, by counts that are bounded too, and goes on until a page is full.

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ArticleId, ClusterId, CommentId, ModeratorId, Needs, SiteId, Status, Timestamp};

/// Most words that are looked for at one time.
pub const SOUGHT: usize = 8;

/// Whether a comment is what is looked for, all of it; what does not matter is null, false or zero. The counts are
/// subqueries that cannot become joins. A parameter is first named where its type shows.
macro_rules! looked_at {
    ($found:expr) => {
        concat!(
            "with found as materialized (",
            $found,
            ") select found.id, (select c.version from comments c where c.id = found.id ",
            "and case when cast($8 as text) is not null then c.status = $8 ",
            "else c.needs is not null and (cast($9 as text) is null or c.needs = $9) end ",
            "and ($4 or exists (select 1 from moderator_sites b where b.moderator = $5 and b.site = c.site)) ",
            "and (c.site = $6 or $6 is null) and (c.article = $7 or $7 is null) ",
            "and (c.cluster = $25 or $25 is null) and (cast($10 as text) is null ",
            "or (select count(*) from findings p where p.comment = c.id and p.code = $10) > 0) ",
            "and (not $11 or (select count(*) from claims k ",
            "where k.comment = c.id and k.moderator = $5 and k.expires_at > $12) > 0) ",
            "and (not $13 or (select count(*) from contacts e ",
            "where e.id = c.contact and (e.email_index = $14 or e.network_index = $15)) > 0) ",
            "and (cast($16 as bigint) = 0 or (select count(*) from words w where w.comment = c.id ",
            "and w.token in ($17, $18, $19, $20, $21, $22, $23, $24)) = $16)) as version from found"
        )
    };
}

/// A stretch of the comments themselves.
macro_rules! comments {
    ($which:literal, $order:literal) => {
        looked_at!(concat!(
            "select c.id from comments c where ",
            $which,
            " and c.id > $1 and c.id < $2 order by c.id",
            $order,
            " limit $3"
        ))
    };
}

/// A stretch of what refers to comments.
macro_rules! referring {
    ($table:literal, $which:literal, $order:literal) => {
        looked_at!(concat!(
            "select distinct r.comment as id from ",
            $table,
            " r where ",
            $which,
            " and r.comment > $1 and r.comment < $2 order by r.comment",
            $order,
            " limit $3"
        ))
    };
}

macro_rules! alike {
    ($order:literal) => {
        looked_at!(concat!(
            "select alike.id from (select a.comment as id from contacts a where a.email_index = $14 ",
            "union select b.comment from contacts b where b.network_index = $15) alike ",
            "where alike.id > $1 and alike.id < $2 order by alike.id",
            $order,
            " limit $3"
        ))
    };
}

statements! {
    WAITING_UP = same!(comments!("c.needs is not null", ""));
    WAITING_DOWN = same!(comments!("c.needs is not null", " desc"));
    NEEDING_UP = same!(comments!("c.needs = $9", ""));
    NEEDING_DOWN = same!(comments!("c.needs = $9", " desc"));
    SITE_WAITING_UP = same!(comments!("c.site = $6 and c.needs is not null", ""));
    SITE_WAITING_DOWN = same!(comments!("c.site = $6 and c.needs is not null", " desc"));
    STATUS_UP = same!(comments!("c.status = $8", ""));
    STATUS_DOWN = same!(comments!("c.status = $8", " desc"));
    SITE_STATUS_UP = same!(comments!("c.site = $6 and c.status = $8", ""));
    SITE_STATUS_DOWN = same!(comments!("c.site = $6 and c.status = $8", " desc"));
    ARTICLE_UP = same!(comments!("c.article = $7", ""));
    ARTICLE_DOWN = same!(comments!("c.article = $7", " desc"));
    WORD_UP = same!(referring!("words", "r.token = $17", ""));
    WORD_DOWN = same!(referring!("words", "r.token = $17", " desc"));
    FINDING_UP = same!(referring!("findings", "r.code = $10", ""));
    FINDING_DOWN = same!(referring!("findings", "r.code = $10", " desc"));
    FINDING_WAITING_UP = same!(referring!("findings", "r.code = $10 and r.waits is not null", ""));
    FINDING_WAITING_DOWN = same!(referring!("findings", "r.code = $10 and r.waits is not null", " desc"));
    CLAIMED_UP = same!(referring!("claims", "r.moderator = $5 and r.expires_at > $12", ""));
    CLAIMED_DOWN = same!(referring!("claims", "r.moderator = $5 and r.expires_at > $12", " desc"));
    CLUSTER_UP = same!(comments!("c.cluster = $25", ""));
    CLUSTER_DOWN = same!(comments!("c.cluster = $25", " desc"));
    ALIKE_UP = same!(alike!(""));
    ALIKE_DOWN = same!(alike!(" desc"));
    // in the order of an index, or a planner may think that some of the whole table are found sooner
    COUNT_WORD = same!(
        "select count(*) from (select comment from words where token = $1 order by comment limit $2) few"
    );
    COUNT_FINDING = same!(
        "select count(*) from (select comment from findings where code = $1 order by comment limit $2) few"
    );
    COUNT_FINDING_WAITING = same!(
        "select count(*) from (select comment from findings where code = $1 and waits is not null order by comment limit $2) few"
    );
    COUNT_NEEDING = same!(
        "select count(*) from (select id from comments where needs = $1 order by id limit $2) few"
    );
    COUNT_CLUSTER = same!(
        "select count(*) from (select id from comments where cluster = $1 order by id limit $2) few"
    );
    COUNT_ALIKE = same!(
        "select (select count(*) from (select id from contacts where email_index = $1 order by id limit $3) few) + ",
        "(select count(*) from (select comment from contacts where network_index = $2 order by comment limit $3) more)"
    );
    /// The article of this key on each site, which a unique index finds.
    ARTICLES = same!(
        "select s.id as site, (select a.id from articles a where a.site = s.id and a.key = $1) as article from sites s"
    );
    ORIGIN = same!(
        "select c.site, e.email_index, e.network_index from comments c left join contacts e on e.id = c.contact ",
        "where c.id = $1"
    );
}

/// What comments must be to stand in a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What they wait for; any when neither this nor a status is named.
    pub needs: Option<Needs>,
    /// Those of a status instead of those that wait.
    pub status: Option<Status>,
    /// For whom: only their sites, unless they are bound to none.
    pub moderator: ModeratorId,
    pub all_sites: bool,
    pub site: Option<SiteId>,
    pub article: Option<ArticleId>,
    pub finding: Option<String>,
    /// Only what says nearly the same.
    pub cluster: Option<ClusterId>,
    /// Written from there.
    pub alike: Option<Origin>,
    /// With all these words, at most [`SOUGHT`], the rarest first.
    pub tokens: Vec<i64>,
    /// Only what this moderator has claimed.
    pub mine: bool,
    /// When claims must hold to count.
    pub now: Timestamp,
}

/// Where a comment was written: keyed values, never told.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Of the address.
    pub email: Option<String>,
    /// Of the network, which holds the host.
    pub network: Option<String>,
}

/// The index whose range a list walks along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// All that wait.
    Waiting,
    /// What waits for one thing.
    Needing,
    /// What waits on one site.
    SiteWaiting,
    /// A status.
    Status,
    /// A status on one site.
    SiteStatus,
    /// An article.
    Article,
    /// The first of the words.
    Word,
    /// A finding.
    Finding,
    /// A finding in what waits.
    FindingWaiting,
    /// Those that say nearly the same.
    Cluster,
    /// Those from the same place.
    Alike,
    /// Those that the moderator has claimed.
    Claimed,
}

/// A part of a list: behind which comment, up to which (neither is in it), and how many to look at, in which order.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub above: CommentId,
    pub below: CommentId,
    pub length: i64,
    pub newest_first: bool,
}

/// A comment of a stretch, with its version when it is what was looked for.
pub type Seen = (CommentId, Option<i64>);

impl Tx {
    /// Looks at a stretch of the driver; all comments of it, in its order. Fewer than asked for means that it ends
    /// there.
    pub async fn look_along(
        &mut self,
        listing: &Listing,
        driver: Driver,
        stretch: Stretch,
    ) -> Result<Vec<Seen>, StoreError> {
        let (up, down) = match driver {
            Driver::Waiting => (WAITING_UP, WAITING_DOWN),
            Driver::Needing => (NEEDING_UP, NEEDING_DOWN),
            Driver::SiteWaiting => (SITE_WAITING_UP, SITE_WAITING_DOWN),
            Driver::Status => (STATUS_UP, STATUS_DOWN),
            Driver::SiteStatus => (SITE_STATUS_UP, SITE_STATUS_DOWN),
            Driver::Article => (ARTICLE_UP, ARTICLE_DOWN),
            Driver::Word => (WORD_UP, WORD_DOWN),
            Driver::Finding => (FINDING_UP, FINDING_DOWN),
            Driver::FindingWaiting => (FINDING_WAITING_UP, FINDING_WAITING_DOWN),
            Driver::Cluster => (CLUSTER_UP, CLUSTER_DOWN),
            Driver::Alike => (ALIKE_UP, ALIKE_DOWN),
            Driver::Claimed => (CLAIMED_UP, CLAIMED_DOWN),
        };
        let sql = if stretch.newest_first { down } else { up };
        // fewer words than there is room for: the last one again, which changes nothing
        let token = |n: usize| listing.tokens.get(n).or(listing.tokens.last()).copied().unwrap_or_default();
        let origin = listing.alike.clone().unwrap_or_default();
        let mut seen: Vec<Seen> = on!(self, |conn, kind| sqlx::query_as(sql.text(kind))
            .bind(stretch.above)
            .bind(stretch.below)
            .bind(stretch.length)
            .bind(listing.all_sites)
            .bind(listing.moderator)
            .bind(listing.site)
            .bind(listing.article)
            .bind(listing.status)
            .bind(listing.needs)
            .bind(&listing.finding)
            .bind(listing.mine)
            .bind(listing.now)
            .bind(listing.alike.is_some())
            .bind(&origin.email)
            .bind(&origin.network)
            .bind(i64::try_from(listing.tokens.len()).unwrap_or(i64::MAX))
            .bind(token(0))
            .bind(token(1))
            .bind(token(2))
            .bind(token(3))
            .bind(token(4))
            .bind(token(5))
            .bind(token(6))
            .bind(token(7))
            .bind(listing.cluster)
            .fetch_all(conn)
            .await?);
        seen.sort_unstable_by_key(|(id, _)| *id);
        if stretch.newest_first {
            seen.reverse();
        }
        Ok(seen)
    }

    /// In how many comments a word stands; no more than `most` are counted.
    pub async fn count_word(&mut self, token: i64, most: i64) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COUNT_WORD.text(kind))
            .bind(token)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// How many findings there are of a kind, in all comments or in those that wait; no more than `most` are counted.
    pub async fn count_finding(
        &mut self,
        (code, in_all): (&str, bool),
        most: i64,
    ) -> Result<i64, StoreError> {
        let sql = if in_all { COUNT_FINDING } else { COUNT_FINDING_WAITING };
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(sql.text(kind))
            .bind(code)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// How many comments wait for this; no more than `most` are counted.
    pub async fn count_needing(&mut self, needs: Needs, most: i64) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COUNT_NEEDING.text(kind))
            .bind(needs)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// How many comments say nearly the same; no more than `most` are counted.
    pub async fn count_cluster(&mut self, cluster: ClusterId, most: i64) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COUNT_CLUSTER.text(kind))
            .bind(cluster)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// How many comments came from there, those of the address and of the network twice; no more than `most` of
    /// each are counted.
    pub async fn count_alike(&mut self, origin: &Origin, most: i64) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COUNT_ALIKE.text(kind))
            .bind(&origin.email)
            .bind(&origin.network)
            .bind(most)
            .fetch_one(conn)
            .await?);
        Ok(count)
    }

    /// The articles of this key, each with its site.
    pub async fn articles_of(&mut self, key: &str) -> Result<Vec<(SiteId, ArticleId)>, StoreError> {
        let rows: Vec<(SiteId, Option<ArticleId>)> =
            on!(self, |conn, kind| sqlx::query_as(ARTICLES.text(kind)).bind(key).fetch_all(conn).await?);
        Ok(rows.into_iter().filter_map(|(site, article)| Some((site, article?))).collect())
    }

    /// The site of a comment, and where it was written.
    pub async fn origin_of(&mut self, comment: CommentId) -> Result<Option<(SiteId, Origin)>, StoreError> {
        let row: Option<(SiteId, Option<String>, Option<String>)> =
            on!(self, |conn, kind| sqlx::query_as(ORIGIN.text(kind))
                .bind(comment)
                .fetch_optional(conn)
                .await?);
        Ok(row.map(|(site, email, network)| (site, Origin { email, network })))
    }
}
