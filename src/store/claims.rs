//! Claims: leases on waiting comments, so that moderators do not read the same ones. A claim whose
//! moment has passed is none, also before it is swept.

use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, ModeratorId, SiteId, Timestamp};

statements! {
    /// Two requests of one person wait here for each other, so that nobody holds more than they may;
    /// somebody who was removed gets nothing.
    HOLD_CLAIMANT = locking!(
        "select id from moderators where id = $1 and removed_at is null",
        "for no key update",
        ""
    );
    HELD = same!("select count(*) as held from claims where moderator = $1 and expires_at > $2");
    /// A comment that another request is taking, or deciding, is stepped over. The condition stands
    /// twice: by the time a row is written, somebody may have taken it.
    TAKE_NEXT = locking!(
        "with free as materialized (select c.id from comments c where c.needs is not null \
         and ($4 or exists (select 1 from moderator_sites b where b.moderator = $1 and b.site = c.site)) \
         and (cast($5 as text) is null or exists (select 1 from sites s where s.id = c.site and s.key = $5)) \
         and not exists (select 1 from claims k where k.comment = c.id and k.expires_at > $2) \
         order by c.id limit $6",
        "for no key update of c skip locked",
        ") insert into claims (comment, moderator, expires_at) select id, $1, $3 from free where true \
         on conflict (comment) do update set moderator = excluded.moderator, expires_at = excluded.expires_at \
         where claims.expires_at <= $2 returning comment"
    );
    /// Waits for a decision that is being written: what does not wait any more is not claimed.
    TAKE_ONE = locking!(
        "with free as materialized (select c.id from comments c where c.id = $4 and c.needs is not null",
        "for no key update",
        ") insert into claims (comment, moderator, expires_at) select id, $1, $3 from free where true \
         on conflict (comment) do update set moderator = excluded.moderator, expires_at = excluded.expires_at \
         where claims.expires_at <= $2 or claims.moderator = $1 returning comment"
    );
    RENEW = among!(
        concat!(
            "update claims set expires_at = $3 where moderator = $1 and expires_at > $2 ",
            "and ($4 or comment in ("
        ),
        5,
        ")) returning comment"
    );
    GIVE_BACK = among!(
        "delete from claims where moderator = $1 and expires_at > $2 and ($3 or comment in (",
        4,
        ")) returning comment"
    );
    CLAIMS_OF = among!(
        concat!(
            "select k.comment, k.moderator, m.name, k.expires_at from claims k join moderators m on m.id = k.moderator ",
            "where k.expires_at > $2 and k.comment in ("
        ),
        1,
        ")"
    );
    /// Of all sites, for those who are told of each other's claims.
    LIVE = same!(
        "select k.comment, c.site, k.moderator, m.name, k.expires_at from claims k join comments c on c.id = k.comment ",
        "join moderators m on m.id = k.moderator where k.expires_at > $1 order by k.expires_at desc limit $2"
    );
    END = among!("delete from claims where comment in (", 1, ")");
    END_ALL_OF = same!("delete from claims where moderator = $1");
    /// The condition stands twice: what was taken anew meanwhile is not swept.
    SWEEP = same!(
        "delete from claims where expires_at <= $1 and comment in ",
        "(select comment from claims where expires_at <= $1 order by expires_at limit $2)"
    );
}

/// Who takes claims, when, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Claimant {
    pub moderator: ModeratorId,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// Which waiting comments somebody may be given.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// For whom there are no bounds; else only the sites that they are bound to.
    pub all_sites: bool,
    /// Only those of the site with this key.
    pub site: Option<&'a str>,
}

/// A claim that holds.
#[derive(Clone, Debug, FromRow)]
pub struct ClaimView {
    pub(super) comment: CommentId,
    pub moderator: ModeratorId,
    /// The name of its holder.
    pub name: String,
    pub expires_at: Timestamp,
}

/// A claim that holds, with the site of its comment.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LiveClaim {
    pub comment: CommentId,
    pub site: SiteId,
    pub moderator: ModeratorId,
    /// The name of its holder.
    pub name: String,
    pub expires_at: Timestamp,
}

impl Tx {
    /// At most so many claims that hold, those that last longest first.
    pub async fn live_claims(&mut self, now: Timestamp, most: i64) -> Result<Vec<LiveClaim>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LIVE.text(kind))
            .bind(now)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// Holds somebody's account, so that their requests follow each other; whether there is one.
    pub async fn hold_claimant(&mut self, moderator: ModeratorId) -> Result<bool, StoreError> {
        let found: Option<(ModeratorId,)> = on!(self, |conn, kind| sqlx::query_as(HOLD_CLAIMANT.text(kind))
            .bind(moderator)
            .fetch_optional(conn)
            .await?);
        Ok(found.is_some())
    }

    /// How many comments somebody has claimed.
    pub async fn claims_held(&mut self, moderator: ModeratorId, now: Timestamp) -> Result<i64, StoreError> {
        let (held,): (i64,) = on!(self, |conn, kind| sqlx::query_as(HELD.text(kind))
            .bind(moderator)
            .bind(now)
            .fetch_one(conn)
            .await?);
        Ok(held)
    }

    /// Claims the oldest waiting comments that nobody has, at most `limit`. Fewer may come while others
    /// take some at the same moment; no comment comes twice.
    pub async fn claim_next(
        &mut self,
        claimant: Claimant,
        reach: Reach<'_>,
        limit: i64,
    ) -> Result<Vec<CommentId>, StoreError> {
        let rows: Vec<(CommentId,)> = on!(self, |conn, kind| sqlx::query_as(TAKE_NEXT.text(kind))
            .bind(claimant.moderator)
            .bind(claimant.now)
            .bind(claimant.until)
            .bind(reach.all_sites)
            .bind(reach.site)
            .bind(limit)
            .fetch_all(conn)
            .await?);
        Ok(ids(rows))
    }

    /// Claims one waiting comment, or renews the claim on it; whether that went, since it may wait no
    /// more, or be somebody else's.
    pub async fn claim(&mut self, claimant: Claimant, comment: CommentId) -> Result<bool, StoreError> {
        let taken: Option<(CommentId,)> = on!(self, |conn, kind| sqlx::query_as(TAKE_ONE.text(kind))
            .bind(claimant.moderator)
            .bind(claimant.now)
            .bind(claimant.until)
            .bind(comment)
            .fetch_optional(conn)
            .await?);
        Ok(taken.is_some())
    }

    /// Lets somebody's claims last until then: those on the named comments, or all. Which did.
    pub async fn renew_claims(
        &mut self,
        claimant: Claimant,
        only: Option<&[CommentId]>,
    ) -> Result<Vec<CommentId>, StoreError> {
        let rows: Vec<(CommentId,)> = on!(self, |conn, kind| sqlx::query_as(RENEW.text(kind))
            .bind(claimant.moderator)
            .bind(claimant.now)
            .bind(claimant.until)
            .bind(only.is_none())
            .bind(Json(only.unwrap_or_default()))
            .fetch_all(conn)
            .await?);
        Ok(ids(rows))
    }

    /// Ends somebody's claims: those on the named comments, or all. Which there were.
    pub async fn give_claims_back(
        &mut self,
        (moderator, now): (ModeratorId, Timestamp),
        only: Option<&[CommentId]>,
    ) -> Result<Vec<CommentId>, StoreError> {
        let rows: Vec<(CommentId,)> = on!(self, |conn, kind| sqlx::query_as(GIVE_BACK.text(kind))
            .bind(moderator)
            .bind(now)
            .bind(only.is_none())
            .bind(Json(only.unwrap_or_default()))
            .fetch_all(conn)
            .await?);
        Ok(ids(rows))
    }

    /// The claims on these comments that hold at this moment.
    pub(super) async fn claims_of(
        &mut self,
        comments: &[CommentId],
        now: Timestamp,
    ) -> Result<Vec<ClaimView>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CLAIMS_OF.text(kind))
            .bind(Json(comments))
            .bind(now)
            .fetch_all(conn)
            .await?))
    }

    /// Ends the claims on these comments, whoever has them: they were decided.
    pub async fn end_claims(&mut self, comments: &[CommentId]) -> Result<(), StoreError> {
        if comments.is_empty() {
            return Ok(());
        }
        on!(self, |conn, kind| sqlx::query(END.text(kind))
            .bind(Json(comments))
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends all claims of somebody who is going.
    pub(super) async fn end_claims_of(&mut self, moderator: ModeratorId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END_ALL_OF.text(kind))
            .bind(moderator)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Forgets at most `most` claims that ran out; how many it found.
    pub async fn sweep_claims(&mut self, now: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(now)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}

/// In the order of their arrival, whatever the database made of it.
fn ids(rows: Vec<(CommentId,)>) -> Vec<CommentId> {
    let mut ids: Vec<CommentId> = rows.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    ids
}
