//! What moderators see of a comment: with its findings, its texts and its author's record. Which comments a list
//! shows is in `listing`.

use sqlx::{FromRow, types::Json};

use super::{
    ClaimView, ReportsView, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{Basis, CommentId, Needs, SiteId, Status, Timestamp};

macro_rules! columns {
    () => {
        "c.id, c.site, (select count(*) from (select o.id from comments o where o.cluster = c.cluster and o.id <> c.id \
         order by o.id limit 100) others) as similar, s.key as site_key, a.key as article_key, a.url as article_url, a.title as article_title, \
         c.parent, c.reply_to, c.name, c.website, c.staff, w.text, case when c.waiting is null then null else r.text end as \
         published_text, c.status, c.needs, c.version, c.submitted_at, c.reason, c.reason_code, c.basis, c.picked_at, e.name as editor, p.text as appeal"
    };
}

macro_rules! tables {
    () => {
        " from comments c join sites s on s.id = c.site join articles a on a.id = c.article \
         join revisions w on w.comment = c.id and w.number = coalesce(c.waiting, c.revision) \
         join revisions r on r.comment = c.id and r.number = c.revision left join moderators e on e.id = w.editor left join appeals p on p.comment = c.id"
    };
}

/// How many of the latest hundred under the same address have this status: some addresses have tens of thousands.
macro_rules! of_the_latest {
    ($status:literal) => {
        concat!(
            "(select count(*) from (select o.status from contacts e join comments o on o.id = e.comment ",
            "where e.email_index = k.email_index order by e.id desc limit 100) latest where latest.status = '",
            $status, "') as ", $status
        )
    };
}

statements! {
    THESE = among!(concat!("select ", columns!(), tables!(), " where c.id in ("), 1, ") order by c.id");
    FINDINGS = among!(
        "select comment, code, term, weight, field, starts, length from findings where comment in (",
        1,
        ") order by comment, number"
    );
    RECORDS = among!(
        concat!(
            "select k.comment, ", of_the_latest!("approved"), ", ", of_the_latest!("rejected"), ", ",
            of_the_latest!("spam"), " from contacts k where k.id in (select contact from comments where id in ("
        ),
        1,
        "))"
    );
    REVISIONS = same!("select r.number, r.text, r.submitted_at, m.name as editor from revisions r left join moderators m on m.id = r.editor ",
        "where r.comment = $1 order by r.number");
    ANSWERED = among!(
        "select c.id, c.name, c.status, r.text from comments c join revisions r on r.comment = c.id and r.number = c.revision \
         where c.id in (",
        1,
        ")"
    );
    /// The nearest ones first, so that a limit leaves out those furthest away.
    ABOVE = same!(
        "with recursive above (id, step) as (select c.reply_to, 1 from comments c where c.id = $1 and c.reply_to is not null ",
        "union all select c.reply_to, above.step + 1 from comments c join above on c.id = above.id ",
        "where c.reply_to is not null and above.step < $2) select id from above"
    );
    BELOW = same!("select c.id from comments c where c.reply_to = $1 order by c.id limit $2");
}

/// A comment as moderators see it.
#[derive(Clone, Debug, FromRow)]
pub struct QueueRow {
    pub id: CommentId,
    pub site: SiteId,
    pub site_key: String,
    pub article_key: String,
    pub article_url: String,
    pub article_title: String,
    /// Where readers see it hang.
    pub parent: Option<CommentId>,
    /// Whom it answers: somebody else than it hangs on, where a conversation is deep.
    pub reply_to: Option<CommentId>,
    pub name: String,
    pub website: Option<String>,
    pub staff: bool,
    /// The text to decide on: the waiting revision when there is one.
    pub text: String,
    /// The text that is public while a revision waits.
    pub published_text: Option<String>,
    pub status: Status,
    pub needs: Option<Needs>,
    pub version: i64,
    pub submitted_at: Timestamp,
    pub reason: Option<String>,
    pub reason_code: Option<String>,
    pub basis: Option<Basis>,
    pub picked_at: Option<Timestamp>,
    /// Other comments that say nearly the same; no more than a hundred are counted.
    pub similar: i64,
    /// The name of the moderator who wrote the text to decide on, when it is not the commenter's.
    pub editor: Option<String>,
    /// What its author said against a rejection.
    pub appeal: Option<String>,
    #[sqlx(skip)]
    pub findings: Vec<FindingView>,
    /// What readers reported since it was last decided, the most pressing reason first.
    #[sqlx(skip)]
    pub reports: Vec<ReportsView>,
    #[sqlx(skip)]
    pub record: Record,
    /// Who is reading it.
    #[sqlx(skip)]
    pub claim: Option<ClaimView>,
    /// The comment that it answers.
    #[sqlx(skip)]
    pub answered: Option<Answered>,
}

/// A comment that another one answers.
#[derive(Clone, Debug, FromRow)]
pub struct Answered {
    id: CommentId,
    pub name: String,
    pub status: Status,
    /// The text in force: not an edit that nobody has approved.
    pub text: String,
}

impl QueueRow {
    /// The text that others answered: not an edit that nobody has approved.
    pub fn text_in_force(&self) -> &str {
        self.published_text.as_deref().unwrap_or(&self.text)
    }
}

/// Why screening did not let it pass.
#[derive(Clone, Debug, FromRow)]
pub struct FindingView {
    comment: CommentId,
    pub code: String,
    pub term: Option<String>,
    pub weight: i64,
    /// Where it stands: the field, and in characters of it.
    pub field: Option<String>,
    pub starts: Option<i64>,
    pub length: Option<i64>,
}

/// What became of the latest hundred comments under the same address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record {
    pub approved: i64,
    pub rejected: i64,
    pub spam: i64,
}

#[derive(FromRow)]
struct RecordRow {
    comment: CommentId,
    approved: i64,
    rejected: i64,
    spam: i64,
}

/// One text of a comment.
#[derive(Clone, Debug, FromRow)]
pub struct RevisionRow {
    pub number: i64,
    pub text: String,
    pub submitted_at: Timestamp,
    /// The name of the moderator who wrote it; none for the commenter.
    pub editor: Option<String>,
}

impl Tx {
    /// The named comments as moderators see them, whatever their state, with the claims of this moment.
    pub async fn queue_items(
        &mut self,
        ids: &[CommentId],
        now: Timestamp,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let rows =
            on!(self, |conn, kind| sqlx::query_as(THESE.text(kind)).bind(Json(ids)).fetch_all(conn).await?);
        self.complete(rows, now).await
    }

    /// What a comment answers, and what that answered in its turn, at most `most` of them; and the first `most` of
    /// what answers it.
    pub async fn around(
        &mut self,
        comment: CommentId,
        most: i64,
    ) -> Result<(Vec<CommentId>, Vec<CommentId>), StoreError> {
        let above = on!(self, |conn, kind| sqlx::query_scalar(ABOVE.text(kind))
            .bind(comment)
            .bind(most)
            .fetch_all(conn)
            .await?);
        let below = on!(self, |conn, kind| sqlx::query_scalar(BELOW.text(kind))
            .bind(comment)
            .bind(most)
            .fetch_all(conn)
            .await?);
        Ok((above, below))
    }

    /// All texts of a comment, the first one first.
    pub async fn revisions(&mut self, comment: CommentId) -> Result<Vec<RevisionRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(REVISIONS.text(kind)).bind(comment).fetch_all(conn).await?))
    }

    /// The comments that these answer.
    async fn answered(&mut self, rows: &[QueueRow]) -> Result<Vec<Answered>, StoreError> {
        let ids: Vec<CommentId> = rows.iter().filter_map(|row| row.reply_to).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on!(self, |conn, kind| sqlx::query_as(ANSWERED.text(kind))
            .bind(Json(ids))
            .fetch_all(conn)
            .await?))
    }

    async fn complete(
        &mut self,
        mut rows: Vec<QueueRow>,
        now: Timestamp,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let ids: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(rows);
        }
        let findings: Vec<FindingView> = on!(self, |conn, kind| sqlx::query_as(FINDINGS.text(kind))
            .bind(Json(&ids))
            .fetch_all(conn)
            .await?);
        let records: Vec<RecordRow> = on!(self, |conn, kind| sqlx::query_as(RECORDS.text(kind))
            .bind(Json(&ids))
            .fetch_all(conn)
            .await?);
        let claims = self.claims_of(&ids, now).await?;
        let answered = self.answered(&rows).await?;
        let mut reports = self.open_reports(&ids).await?;
        reports.sort_by_key(|report| report.reason);
        for row in &mut rows {
            row.answered = answered.iter().find(|other| Some(other.id) == row.reply_to).cloned();
            row.claim = claims.iter().find(|claim| claim.comment == row.id).cloned();
            row.findings = findings.iter().filter(|finding| finding.comment == row.id).cloned().collect();
            row.reports = reports.iter().filter(|report| report.comment == row.id).cloned().collect();
            row.record = records
                .iter()
                .find(|record| record.comment == row.id)
                .map(|r| Record { approved: r.approved, rejected: r.rejected, spam: r.spam })
                .unwrap_or_default();
        }
        Ok(rows)
    }
}
