//! Mentions: what a moderator is to be told of. A mention is loose until a letter is closed, and bound to that one then.

use serde::{Serialize, Serializer};
use sqlx::FromRow;

use super::{
    Stamp, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, ModeratorId, OutboxId, SiteId, Timestamp};

/// What a letter lists for somebody who is bound to sites: what still waits, on those.
macro_rules! listed {
    () => {
        concat!(
            "from mentions m join comments c on c.id = m.comment ",
            "join revisions r on r.comment = c.id and r.number = coalesce(c.waiting, c.revision) ",
            "where m.letter = $1 and c.needs is not null ",
            "and ($2 or exists (select 1 from moderator_sites b where b.moderator = m.moderator and b.site = c.site)) "
        )
    };
}

statements! {
    MENTION = insert!("mentions": comment uuid, kind text, moderator uuid, version bigint, letter uuid,
        created_at bigint; " where true on conflict do nothing");
    BIND = same!("update mentions set letter = $2 where moderator = $1 and letter is null");
    FORGET = same!("delete from mentions where moderator = $1 and letter is null");
    OWES_OVERDUE = same!(
        "select 1 from mentions where moderator = $1 and kind = 'overdue' and letter is null limit 1"
    );
    LISTED = same!(
        "select c.id, c.site, c.decided_at, r.submitted_at, ",
        "cast(max(case when m.kind = 'overdue' then 1 else 0 end) as bigint) as overdue ", listed!(),
        "group by c.id, c.site, c.decided_at, r.submitted_at order by 5 desc, c.id limit $3"
    );
    COUNTED = same!("select c.site, count(distinct c.id) as comments ", listed!(), "group by c.site");
    /// The oldest comment of a site that has waited since that moment and was not brought up yet. A comment is not
    /// younger than its identifier.
    OVERDUE = same!(
        "select c.id, c.version from comments c ",
        "join revisions r on r.comment = c.id and r.number = coalesce(c.waiting, c.revision) ",
        "where c.needs is not null and c.site = $1 and c.id <= $3 and r.submitted_at <= $2 ",
        "and (c.decided_at is null or c.decided_at <= $2) ",
        "and not exists (select 1 from mentions m where m.comment = c.id and m.kind = 'overdue') ",
        "order by c.id limit 1"
    );
    /// Replicas that look at the same moment meet here: one of them brings it up.
    BRING_UP = same!("update sites set overdue_at = $2 where id = $1 and (overdue_at is null or overdue_at <= $3)");
    LOOSE = same!("select count(*) as mentions, min(created_at) as oldest from mentions where letter is null");
    ON_THEIR_WAY = same!(
        "select count(*) as mentions, min(m.created_at) as oldest from outbox o join mentions m on m.letter = o.id ",
        "where o.outcome is null"
    );
    COVERED = same!(
        "select count(*) from mentions m join outbox o on o.id = m.letter ",
        "where m.moderator = $1 and m.comment = $2 and o.outcome = 'sent'"
    );
    /// With their letter, which is settled and goes next.
    SWEEP = same!(
        "delete from mentions where (comment, kind, moderator, version) in ",
        "(select m.comment, m.kind, m.moderator, m.version from outbox o join mentions m on m.letter = o.id ",
        "where o.outcome is not null and o.outcome in ('sent', 'dropped') and o.settled_at < $1 limit $2)"
    );
}

/// Why a moderator is told of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It began to wait.
    Waits,
    /// It has waited for too long.
    Overdue,
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Waits => "waits",
            Self::Overdue => "overdue",
        })
    }
}

/// A mention as it is written.
#[derive(Clone, Debug, Serialize)]
pub struct NewMention {
    pub comment: CommentId,
    pub kind: Why,
    pub moderator: ModeratorId,
    pub version: i64,
    /// None: that of the letter that is closed next.
    pub letter: Option<OutboxId>,
    pub created_at: Stamp,
}

/// A comment of a letter.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    pub comment: CommentId,
    pub site: SiteId,
    /// Since when it waits.
    pub since: Timestamp,
    /// It has waited for too long, which is what the letter is about.
    pub is_overdue: bool,
}

#[derive(FromRow)]
struct ListedRow {
    id: CommentId,
    site: SiteId,
    decided_at: Option<Timestamp>,
    submitted_at: Timestamp,
    overdue: i64,
}

impl From<ListedRow> for Listed {
    fn from(row: ListedRow) -> Self {
        let since = row.decided_at.map_or(row.submitted_at, |at| at.max(row.submitted_at));
        Self { comment: row.id, site: row.site, since, is_overdue: row.overdue > 0 }
    }
}

/// A comment that has waited for too long.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct OverdueRow {
    pub id: CommentId,
    pub version: i64,
}

/// What moderators were not told of yet.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Uncovered {
    pub mentions: i64,
    pub oldest: Option<Timestamp>,
}

impl Tx {
    /// Writes mentions down; one that is there already stays as it is.
    pub async fn mention(&mut self, mentions: &[NewMention]) -> Result<(), StoreError> {
        self.insert(MENTION, mentions).await
    }

    /// Binds all loose mentions of a moderator to a letter; how many.
    pub async fn bind_mentions(
        &mut self,
        moderator: ModeratorId,
        letter: OutboxId,
    ) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(BIND.text(kind))
            .bind(moderator)
            .bind(letter)
            .execute(conn)
            .await?
            .rows_affected()))
    }

    /// Forgets what a moderator was to be told of and is not any more.
    pub async fn forget_loose_mentions(&mut self, moderator: ModeratorId) -> Result<(), StoreError> {
        self.with_id(FORGET, moderator).await
    }

    /// Whether a moderator is to be told of something that has waited for too long.
    pub async fn owes_overdue(&mut self, moderator: ModeratorId) -> Result<bool, StoreError> {
        let found: Option<(i32,)> = on!(self, |conn, kind| sqlx::query_as(OWES_OVERDUE.text(kind))
            .bind(moderator)
            .fetch_optional(conn)
            .await?);
        Ok(found.is_some())
    }

    /// What of a letter still waits, on the sites of whom it is for: what has waited for too long and then the oldest
    /// first, at most so many.
    pub async fn listed(
        &mut self,
        (letter, all_sites): (OutboxId, bool),
        limit: i64,
    ) -> Result<Vec<Listed>, StoreError> {
        let rows: Vec<ListedRow> = on!(self, |conn, kind| sqlx::query_as(LISTED.text(kind))
            .bind(letter)
            .bind(all_sites)
            .bind(limit)
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(Listed::from).collect())
    }

    /// How many comments that is, by site.
    pub async fn counted(
        &mut self,
        (letter, all_sites): (OutboxId, bool),
    ) -> Result<Vec<(SiteId, i64)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(COUNTED.text(kind))
            .bind(letter)
            .bind(all_sites)
            .fetch_all(conn)
            .await?))
    }

    /// The oldest comment of a site that has waited since then, and that nobody was told so of; `last` is the greatest
    /// identifier that a comment of that moment can have.
    pub async fn overdue(
        &mut self,
        site: SiteId,
        (since, last): (Timestamp, CommentId),
    ) -> Result<Option<OverdueRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OVERDUE.text(kind))
            .bind(site)
            .bind(since)
            .bind(last)
            .fetch_optional(conn)
            .await?))
    }

    /// Notes that something of a site is brought up now; false when that was done after `last`.
    pub async fn bring_up(
        &mut self,
        site: SiteId,
        (now, last): (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(BRING_UP.text(kind))
            .bind(site)
            .bind(now)
            .bind(last)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// What moderators are still to be told of: what is loose, and what is on its way.
    pub async fn uncovered(&mut self) -> Result<[Uncovered; 2], StoreError> {
        Ok([
            on!(self, |conn, kind| sqlx::query_as(LOOSE.text(kind)).fetch_one(conn).await?),
            on!(self, |conn, kind| sqlx::query_as(ON_THEIR_WAY.text(kind)).fetch_one(conn).await?),
        ])
    }

    /// Whether a moderator was told of a comment: it is listed, or counted, in a letter that was sent.
    pub async fn is_covered(
        &mut self,
        moderator: ModeratorId,
        comment: CommentId,
    ) -> Result<bool, StoreError> {
        let (letters,): (i64,) = on!(self, |conn, kind| sqlx::query_as(COVERED.text(kind))
            .bind(moderator)
            .bind(comment)
            .fetch_one(conn)
            .await?);
        Ok(letters > 0)
    }

    /// Forgets at most `most` mentions whose letters were settled before then; how many it found.
    pub async fn sweep_mentions(&mut self, settled_before: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(settled_before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}
