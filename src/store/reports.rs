//! What readers reported, and what moderators see of it.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    Stamp, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{CommentId, ReportId, ReportReason, SiteId, Timestamp};

/// What came after the last decision nobody has answered.
macro_rules! is_open {
    () => {
        "r.reported_at > coalesce(c.decided_at, 0)"
    };
}

statements! {
    INSERT_REPORTS = insert!("reports": id uuid, site uuid, comment uuid, revision bigint, reason text, text text, law text,
        name text, email text, place text, reported_at bigint, expires_at bigint; " where true on conflict do nothing");
    /// Whether somebody decided since the text in force was reported, too: then others have said what is said again.
    REPORTED = given!(2, concat!(
        "select (select count(*) from (select r.id from reports r where r.comment = $1 limit $3) few) as kept, ",
        "exists (select 1 from reports r where r.comment = $1 and r.place in (select value from these)) as from_here, ",
        "exists (select 1 from reports r join comments c on c.id = r.comment where r.comment = $1 ",
        "and r.revision = c.revision and r.reported_at <= c.decided_at) as answered"
    ));
    OPEN = among!(
        concat!(
            "select r.comment, r.reason, count(*) as times from reports r join comments c on c.id = r.comment where ",
            is_open!(), " and r.comment in ("
        ),
        1,
        ") group by r.comment, r.reason"
    );
    OF_COMMENT = same!(
        "select r.id, r.reason, r.text, r.law, r.email is not null as has_contact, ", is_open!(), " as is_open, r.reported_at ",
        "from reports r join comments c on c.id = r.comment where r.comment = $1 order by r.id desc limit $2"
    );
    CONTACT = same!("select name, email from reports where id = $1 and comment = $2");
    SWEEP = same!(
        "delete from reports where expires_at <= $1 and id in ",
        "(select id from reports where expires_at <= $1 order by expires_at limit $2)"
    );
}

/// A row of `reports`.
#[derive(Clone, Debug, Serialize)]
pub struct ReportRow {
    pub id: ReportId,
    pub site: SiteId,
    pub comment: CommentId,
    pub revision: i64,
    pub reason: &'static str,
    pub text: Option<String>,
    pub law: Option<String>,
    /// Sealed.
    pub name: Option<String>,
    /// Sealed.
    pub email: Option<String>,
    /// Keyed.
    pub place: Option<String>,
    pub reported_at: Stamp,
    pub expires_at: Stamp,
}

/// What is there already of a comment that is reported.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Reported {
    /// How many reports, up to as many as were asked for.
    pub kept: i64,
    /// One came from this place.
    pub from_here: bool,
    /// A moderator has decided since this text was reported for the first time.
    pub answered: bool,
}

/// How often a comment was reported for one reason since the last decision.
#[derive(Clone, Debug, FromRow)]
pub struct ReportsView {
    pub(super) comment: CommentId,
    pub reason: ReportReason,
    pub times: i64,
}

/// One report as moderators see it: without who it is from.
#[derive(Clone, Debug, FromRow)]
pub struct ReportView {
    pub id: ReportId,
    pub reason: ReportReason,
    pub text: Option<String>,
    pub law: Option<String>,
    /// Whoever sent it can be answered.
    pub has_contact: bool,
    /// It came after the last decision.
    pub is_open: bool,
    pub reported_at: Timestamp,
}

/// Who reported, sealed.
#[derive(Clone, Debug, FromRow)]
pub struct SealedReporter {
    pub name: Option<String>,
    pub email: Option<String>,
}

impl Tx {
    /// What is there of a comment's reports, of which at most `most` are counted; `places` as the vault keys them.
    pub async fn reported(
        &mut self,
        comment: CommentId,
        places: &[String],
        most: i64,
    ) -> Result<Reported, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(REPORTED.text(kind))
            .bind(comment)
            .bind(Json(places))
            .bind(most)
            .fetch_one(conn)
            .await?))
    }

    /// Keeps a report; nothing where one came from the same place meanwhile.
    pub async fn keep_report(&mut self, report: &ReportRow) -> Result<(), StoreError> {
        self.insert(INSERT_REPORTS, &[report]).await
    }

    /// How often these were reported since they were last decided, by reason.
    pub(super) async fn open_reports(
        &mut self,
        comments: &[CommentId],
    ) -> Result<Vec<ReportsView>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OPEN.text(kind))
            .bind(Json(comments))
            .fetch_all(conn)
            .await?))
    }

    /// The latest reports of a comment.
    pub async fn reports(&mut self, comment: CommentId, most: i64) -> Result<Vec<ReportView>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_COMMENT.text(kind))
            .bind(comment)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// Who sent a report about this comment.
    pub async fn reporter(
        &mut self,
        report: ReportId,
        comment: CommentId,
    ) -> Result<Option<SealedReporter>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(CONTACT.text(kind))
            .bind(report)
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// Forgets at most `most` reports that are over; how many.
    pub async fn sweep_reports(&mut self, now: Timestamp, most: i64) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(SWEEP.text(kind))
            .bind(now)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}
