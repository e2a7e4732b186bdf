//! Decisions: compare-and-set on the version, and what readers see follows in the same transaction.

use serde::{Serialize, Serializer};
use sqlx::{FromRow, types::Json};

use super::{
    Stirred, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ArticleId, Basis, CommentId, ModeratorId, Needs, Notify, SiteId, Status, Timestamp};

statements! {
    /// The state of the named comments, with who decided last.
    CURRENT = among!(
        concat!(
            "select c.id, c.site, c.article, a.key as article_key, c.thread, c.version, c.status, c.needs, c.revision, ",
            "c.waiting, c.reason, c.reason_code, c.basis, c.decided_at, c.published_at, c.edited_at, c.picked_at, ",
            "c.notify, c.reply_to, b.notify as answered_notify, p.appealed_at, p.answered_at ",
            "from comments c join articles a on a.id = c.article left join comments b on b.id = c.reply_to ",
            "left join appeals p on p.comment = c.id ",
            "where c.id in ("
        ),
        1,
        ") order by c.id"
    );
    LAST_CHANGE = same!(
        "select a.actor, m.name, a.action, a.at from audit a left join moderators m on m.id = a.actor ",
        "where a.object_id = $1 and a.version = $2 order by a.id desc limit 1"
    );
    /// A recommendation changes nothing of what a link is about.
    CHANGE_SINCE = same!(
        "select a.actor, m.name, a.action, a.at from audit a left join moderators m on m.id = a.actor ",
        "where a.object_id = $1 and a.version > $2 and a.action not in ('pick', 'unpick') ",
        "order by a.version desc, a.id desc limit 1"
    );
    /// Articles before comments, in the order of their ids: two decisions never wait for each other. Not their keys:
    /// submissions, which refer to them, go on meanwhile.
    LOCK_ARTICLE = locking!("select id from articles where id = $1", "for no key update", "");
    MOVE = same!(
        "update comments set status = $3, needs = $4, revision = $5, waiting = $6, version = version + 1, ",
        "decided_at = $7, reason = $8, published_at = $9, edited_at = $10, reason_code = $11, basis = $12, ",
        "picked_at = $13 where id = $1 and version = $2"
    );
    MARK_FINDINGS = same!(
        "update findings set waits = (select true from comments c where c.id = findings.comment and c.needs is not null) ",
        "where comment = $1"
    );
    RAISE_ARTICLE = same!(
        "update articles set approved_count = approved_count + $2, version = version + 1, changed_at = $3, ",
        "provisional = provisional and not $4 where id = $1"
    );
    RAISE_ANCESTORS = same!(
        "with recursive above (id) as (select c.parent from comments c where c.id = $1 ",
        "union all select c.parent from comments c join above a on c.id = a.id where a.id is not null) ",
        "update comments set approved_below = approved_below + $2 ",
        "where id in (select id from above where id is not null)"
    );
}

/// A comment as a decision sees it.
#[derive(Clone, Debug, FromRow)]
pub struct Current {
    pub id: CommentId,
    pub site: SiteId,
    pub article: ArticleId,
    pub article_key: String,
    pub thread: CommentId,
    pub version: i64,
    /// What its author wants mail about.
    pub notify: Notify,
    /// Whom it answers, and what they want mail about.
    pub reply_to: Option<CommentId>,
    pub answered_notify: Option<Notify>,
    /// When its author appealed against a rejection, and the decision that answered.
    pub appealed_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    #[sqlx(flatten)]
    pub state: State,
}

/// All of a comment that moderators change, and that undoing puts back.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct State {
    pub status: Status,
    pub needs: Option<Needs>,
    /// The text in force.
    pub revision: i64,
    /// The text that waits for a decision.
    pub waiting: Option<i64>,
    /// Why it was decided so, for its author.
    pub reason: Option<String>,
    /// The canned reason that this is.
    pub reason_code: Option<String>,
    /// What that reason rests on.
    pub basis: Option<Basis>,
    /// Set by a decision, kept by an edit.
    #[serde(serialize_with = "micros")]
    pub decided_at: Option<Timestamp>,
    /// Set by the first approval.
    #[serde(serialize_with = "micros")]
    pub published_at: Option<Timestamp>,
    /// Set when a new text takes the place of a published one.
    #[serde(serialize_with = "micros")]
    pub edited_at: Option<Timestamp>,
    /// Set while the editors recommend it.
    #[serde(serialize_with = "micros")]
    pub picked_at: Option<Timestamp>,
}

/// As the column keeps it.
#[expect(clippy::ref_option, reason = "serde passes references")]
fn micros<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::micros).serialize(serializer)
}

/// What made a version of a comment.
#[derive(Clone, Debug, FromRow)]
pub struct LastChange {
    /// A moderator; none for the commenter.
    pub actor: Option<ModeratorId>,
    /// The moderator's name.
    pub name: Option<String>,
    pub action: String,
    pub at: Timestamp,
}

/// Where a comment goes from the version that was seen.
#[derive(Clone, Debug)]
pub struct Decided {
    pub seen: Current,
    /// Its whole state after that.
    pub becomes: State,
}

/// Who won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// This change did.
    Won,
    /// Another one did; nothing was written.
    Lost,
}

/// A comment that comes into sight (1), goes out of it (-1), or changes within it (0).
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub comment: CommentId,
    pub article: ArticleId,
    pub thread: CommentId,
    pub shown: i64,
}

impl Move {
    fn is_of_reply(&self) -> bool {
        self.comment != self.thread
    }
}

impl Decided {
    /// Whether search finds it by other words than before: it has another text, or waits again, however old.
    fn is_sought_anew(&self) -> bool {
        let (before, after) = (&self.seen.state, &self.becomes);
        let waits_again = after.needs.is_some() && before.needs.is_none();
        waits_again || self.has_another_text()
    }

    /// Whether what was found in it counts for the queue from now on, or no more.
    fn moves_findings(&self) -> bool {
        self.becomes.needs.is_some() != self.seen.state.needs.is_some() || self.has_another_text()
    }

    /// Whether it may count otherwise from now on for how engaging its article is: only what is published does.
    fn stirs(&self) -> bool {
        let of = |state: &State| {
            let counts = (state.published_at, state.picked_at, state.decided_at.is_some());
            (state.status == Status::Approved).then_some(counts)
        };
        of(&self.seen.state) != of(&self.becomes)
    }

    /// The decision that answers an appeal from now on; none while it waits.
    fn answered_at(&self) -> Option<Timestamp> {
        let (seen, before, after) = (&self.seen, &self.seen.state, &self.becomes);
        let ends = before.needs.is_some() && after.needs.is_none();
        let waits_again = before.needs.is_none() && after.needs.is_some();
        let is_taken_back = seen.answered_at == before.decided_at && after.decided_at != before.decided_at;
        match seen.answered_at {
            None => after.decided_at.filter(|_| ends && seen.appealed_at.is_some()),
            Some(_) if waits_again && is_taken_back => None,
            stays => stays,
        }
    }

    fn has_another_text(&self) -> bool {
        let (before, after) = (&self.seen.state, &self.becomes);
        (after.revision, after.waiting) != (before.revision, before.waiting)
    }

    /// What readers notice of it, if anything.
    pub fn visible(&self) -> Option<Move> {
        let (before, after) = (&self.seen.state, &self.becomes);
        let (was, is) = (before.status == Status::Approved, after.status == Status::Approved);
        let shown = i64::from(is) - i64::from(was);
        let differs = before.revision != after.revision || before.picked_at != after.picked_at;
        (shown != 0 || (was && is && differs)).then_some(Move {
            comment: self.seen.id,
            article: self.seen.article,
            thread: self.seen.thread,
            shown,
        })
    }
}

impl Tx {
    /// The named comments as they stand; those that do not exist are absent.
    pub async fn current(&mut self, ids: &[CommentId]) -> Result<Vec<Current>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CURRENT.text(kind)).bind(Json(ids)).fetch_all(conn).await?))
    }

    /// Who made this version, a moderator or the commenter, and when.
    pub async fn last_change(
        &mut self,
        comment: CommentId,
        version: i64,
    ) -> Result<Option<LastChange>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LAST_CHANGE.text(kind))
            .bind(comment)
            .bind(version)
            .fetch_optional(conn)
            .await?))
    }

    /// Who changed the text or the state last, of those who made a later version than this one.
    pub async fn change_since(
        &mut self,
        comment: CommentId,
        version: i64,
    ) -> Result<Option<LastChange>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CHANGE_SINCE.text(kind))
            .bind(comment)
            .bind(version)
            .fetch_optional(conn)
            .await?))
    }

    /// Holds the articles of these changes, so that their counters change one after the other.
    pub async fn lock_articles(&mut self, articles: &[ArticleId]) -> Result<(), StoreError> {
        let mut sorted = articles.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        for article in sorted {
            on!(self, |conn, kind| sqlx::query(LOCK_ARTICLE.text(kind))
                .bind(article)
                .fetch_optional(conn)
                .await
                .map(drop)?);
        }
        Ok(())
    }

    /// Moves a comment on if its version is still the one that was seen, and lets readers see it.
    pub async fn move_on(&mut self, decided: &Decided, now: Timestamp) -> Result<Moved, StoreError> {
        let becomes = &decided.becomes;
        let rows = on!(self, |conn, kind| sqlx::query(MOVE.text(kind))
            .bind(decided.seen.id)
            .bind(decided.seen.version)
            .bind(becomes.status)
            .bind(becomes.needs)
            .bind(becomes.revision)
            .bind(becomes.waiting)
            .bind(becomes.decided_at)
            .bind(&becomes.reason)
            .bind(becomes.published_at)
            .bind(becomes.edited_at)
            .bind(&becomes.reason_code)
            .bind(becomes.basis)
            .bind(becomes.picked_at)
            .execute(conn)
            .await?
            .rows_affected());
        if rows == 0 {
            return Ok(Moved::Lost);
        }
        if let Some(visible) = decided.visible() {
            self.show(&visible, now).await?;
        }
        if decided.seen.state.picked_at != becomes.picked_at {
            self.rank(decided.seen.id).await?;
        }
        if decided.stirs() {
            let Current { id: comment, article, .. } = decided.seen;
            self.stir(&[Stirred { comment, article }]).await?;
        }
        if decided.moves_findings() {
            on!(self, |conn, kind| sqlx::query(MARK_FINDINGS.text(kind))
                .bind(decided.seen.id)
                .execute(conn)
                .await
                .map(drop)?);
        }
        let answered_at = decided.answered_at();
        if answered_at != decided.seen.answered_at {
            self.answer_appeal(decided.seen.id, answered_at).await?;
        }
        if decided.is_sought_anew() {
            self.mark_for_search(decided.seen.id).await?;
        }
        Ok(Moved::Won)
    }

    /// Keeps the counters and the version of the article, the tombstones above the comment, and the place of its thread.
    pub(super) async fn show(&mut self, visible: &Move, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(RAISE_ARTICLE.text(kind))
            .bind(visible.article)
            .bind(visible.shown)
            .bind(now)
            .bind(visible.shown > 0)
            .execute(conn)
            .await
            .map(drop)?);
        if !visible.is_of_reply() || visible.shown == 0 {
            return Ok(());
        }
        on!(self, |conn, kind| sqlx::query(RAISE_ANCESTORS.text(kind))
            .bind(visible.comment)
            .bind(visible.shown)
            .execute(conn)
            .await
            .map(drop)?);
        self.hear(visible).await
    }
}
