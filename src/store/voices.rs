//! The published comments that count for Most Engaging, each as the voice of whoever wrote it.
//!
//! Whoever changes what counts marks the comment, and holds its article then; the turn that has the mark holds the article
//! too, before it looks. So a mark is taken away only by a turn that saw what it stands for.

use serde::{Serialize, Serializer};
use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    accept::Stamp,
    engaging::{FORGET_SCORES, FORGET_TALLIES},
    sql::{on, statements},
};
use crate::domain::{ArticleId, CommentId, Status, Timestamp};

statements! {
    STIR = insert!("stirred": comment uuid, article uuid; " where true on conflict (comment) do nothing");
    STIRRED = same!("select comment, article from stirred order by comment limit $1");
    CALM = among!("delete from stirred where comment in (", 1, ")");
    /// Of comments proven to be by one author, the address of the first one stands for all: it stays when a newer key indexes
    /// the others.
    STATES = among!(
        concat!(
            "select c.id, c.article, c.status, c.staff, c.reply_to, c.published_at, c.decided_at, c.picked_at, ",
            "coalesce(c.lineage, c.id) as first, coalesce(f.email_index, k.email_index) as email_index ",
            "from comments c left join contacts k on k.id = c.contact left join comments l on l.id = c.lineage ",
            "left join contacts f on f.id = l.contact where c.id in ("
        ),
        1,
        ")"
    );
    VOICES = among!(
        "select comment, article, person, at, approved, answers, picked from voices where comment in (", 1, ")"
    );
    STANDING = listed!(
        "with these (article, person) as (", article uuid, person text;
        ") select t.article, t.person, \
         (select v.at from voices v where v.article = t.article and v.person = t.person \
         order by v.at desc, v.comment desc limit 1) as spoke_at, \
         (select v.approved from voices v where v.article = t.article and v.person = t.person \
         order by v.at desc, v.comment desc limit 1) as approved, \
         (select max(v.at) from voices v where v.article = t.article and v.person = t.person and v.answers) as answered_at, \
         (select max(v.at) from voices v where v.article = t.article and v.person = t.person and v.picked) as picked_at \
         from these t"
    );
    INSERT_VOICES = insert!("voices": comment uuid, article uuid, person text, at bigint, approved boolean,
        answers boolean, picked boolean);
    REMOVE_VOICES = among!("delete from voices where comment in (", 1, ")");
    SWEEP = same!(
        "delete from voices where at < $1 and comment in (select comment from voices where at < $1 order by at limit $2)"
    );
    FORGET_VOICES = same!("delete from voices where article = $1");
    STIR_ALL = same!(
        "insert into stirred (comment, article) select c.id, c.article from comments c ",
        "where c.article = $1 and c.status = 'approved' and c.published_at >= $2 on conflict (comment) do nothing"
    );
}

/// A comment of which something changed that may count.
#[derive(Clone, Copy, Debug, FromRow, Serialize)]
pub struct Stirred {
    pub comment: CommentId,
    pub article: ArticleId,
}

/// A comment as it stands, as far as that counts.
#[derive(Clone, Debug, FromRow)]
pub struct StateRow {
    pub id: CommentId,
    pub article: ArticleId,
    pub status: Status,
    pub staff: bool,
    pub reply_to: Option<CommentId>,
    pub published_at: Option<Timestamp>,
    pub decided_at: Option<Timestamp>,
    pub picked_at: Option<Timestamp>,
    /// Of those that are proven to be by the same author.
    pub first: CommentId,
    email_index: Option<String>,
}

impl StateRow {
    /// Who wrote it, as a keyed value that says nothing to others; nobody of the site's own people. Whose address was erased is
    /// known by their comment alone.
    pub fn person(&self) -> Option<String> {
        let known = || self.email_index.clone().unwrap_or_else(|| self.first.to_string());
        (!self.staff).then(known)
    }
}

/// A row of `voices`: a published comment that counts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct VoiceRow {
    pub comment: CommentId,
    pub article: ArticleId,
    pub person: Option<String>,
    #[serde(serialize_with = "micros")]
    pub at: Timestamp,
    pub approved: bool,
    pub answers: bool,
    pub picked: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(super) fn micros<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    Stamp(*at).serialize(serializer)
}

/// Somebody under an article.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Presence {
    pub article: ArticleId,
    pub person: String,
}

/// What somebody counts for under an article, by their voices there.
#[derive(Clone, Debug, FromRow)]
pub struct StandingRow {
    pub article: ArticleId,
    pub person: String,
    pub spoke_at: Option<Timestamp>,
    pub approved: Option<bool>,
    pub answered_at: Option<Timestamp>,
    pub picked_at: Option<Timestamp>,
}

impl Tx {
    /// Says that what counts of these comments may have changed; their articles are held.
    pub(super) async fn stir(&mut self, comments: &[Stirred]) -> Result<(), StoreError> {
        self.insert(STIR, comments).await
    }

    /// Comments that somebody must look at, the oldest first.
    pub async fn stirred(&mut self, most: i64) -> Result<Vec<Stirred>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(STIRRED.text(kind)).bind(most).fetch_all(conn).await?))
    }

    /// These comments as they stand.
    pub async fn states(&mut self, comments: &[CommentId]) -> Result<Vec<StateRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(STATES.text(kind))
            .bind(Json(comments))
            .fetch_all(conn)
            .await?))
    }

    /// These comments as they count.
    pub async fn voices(&mut self, comments: &[CommentId]) -> Result<Vec<VoiceRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(VOICES.text(kind))
            .bind(Json(comments))
            .fetch_all(conn)
            .await?))
    }

    /// What each of them counts for, by their voices.
    pub async fn standing(&mut self, people: &[Presence]) -> Result<Vec<StandingRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(STANDING.text(kind))
            .bind(Json(people))
            .fetch_all(conn)
            .await?))
    }

    /// Puts voices in place of those of the same comments, some of which have none any more.
    pub async fn give_voice(
        &mut self,
        comments: &[CommentId],
        voices: &[VoiceRow],
    ) -> Result<(), StoreError> {
        self.insert(REMOVE_VOICES, comments).await?;
        self.insert(INSERT_VOICES, voices).await
    }

    /// What these comments were marked for is counted.
    pub async fn calm(&mut self, comments: &[CommentId]) -> Result<(), StoreError> {
        self.insert(CALM, comments).await
    }

    /// Forgets at most `most` voices from before that moment, which count nowhere; how many it found.
    pub async fn sweep_voices(&mut self, before: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(before)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }

    /// Forgets all that is counted of an article, and marks what is published there since then. The article is held.
    pub async fn stir_anew(&mut self, article: ArticleId, since: Timestamp) -> Result<(), StoreError> {
        for forget in [FORGET_VOICES, FORGET_TALLIES, FORGET_SCORES] {
            on!(self, |conn, kind| sqlx::query(forget.text(kind))
                .bind(article)
                .execute(conn)
                .await
                .map(drop)?);
        }
        on!(self, |conn, kind| sqlx::query(STIR_ALL.text(kind))
            .bind(article)
            .bind(since)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
