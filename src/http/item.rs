//! A comment as the moderators' API tells it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{AuditId, Basis, CommentId, Moderator, Needs, ReportId, ReportReason, Status, Timestamp},
    flow::{queue::Dossier, render::comment_html},
    store::{History, QueueRow, ReportView, RevisionRow},
};

/// One comment, as a person at the desk may see it.
#[derive(Serialize, ToSchema)]
pub struct Item<'a> {
    pub id: CommentId,
    /// The key of its site.
    pub site: &'a str,
    pub article: ArticleOf<'a>,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    pub author: AuthorOf<'a>,
    /// The text to decide on, as it was written.
    pub text: &'a str,
    /// The same as safe HTML.
    pub html: String,
    /// The text that is public while a newer one waits.
    pub published_text: Option<&'a str>,
    pub status: Status,
    /// Why it waits.
    pub needs: Option<Needs>,
    /// Rises with every change: what a decision names.
    pub version: i64,
    pub findings: Vec<Finding<'a>>,
    /// What readers reported since the last decision, the most pressing first.
    pub reports: Vec<Reports>,
    pub submitted_at: Timestamp,
    /// What its author was told with the decision.
    pub reason: Option<&'a str>,
    pub reason_code: Option<&'a str>,
    pub basis: Option<Basis>,
    /// Recommended by the editors.
    pub picked: bool,
    /// The name of the moderator whose text it is.
    pub edited_by: Option<&'a str>,
    /// Who reads it at present.
    pub claim: Option<Claim<'a>>,
    pub commenter: Commenter,
    /// Other comments that say nearly the same, whatever became of them; no more than 100 are counted.
    pub similar: i64,
    /// What its author said against a rejection.
    pub appeal: Option<&'a str>,
}

/// The article of a comment.
#[derive(Serialize, ToSchema)]
pub struct ArticleOf<'a> {
    pub key: &'a str,
    pub url: &'a str,
    pub title: &'a str,
}

/// Who wrote a comment, as far as that is public.
#[derive(Serialize, ToSchema)]
pub struct AuthorOf<'a> {
    pub name: &'a str,
    pub website: Option<&'a str>,
    /// Works for the site.
    pub staff: bool,
}

/// One reason why screening did not let it pass.
#[derive(Serialize, ToSchema)]
pub struct Finding<'a> {
    pub code: &'a str,
    pub term: Option<&'a str>,
    pub weight: i64,
    /// Where it was found: `text`, `name`, `website`, `email`, `client` or `agent`.
    pub field: Option<&'a str>,
    /// Characters of the field before it.
    pub start: Option<i64>,
    /// Its length in characters.
    pub length: Option<i64>,
}

/// How often it was reported for one reason.
#[derive(Serialize, ToSchema)]
pub struct Reports {
    #[schema(value_type = ReportReason)]
    pub reason: &'static str,
    pub count: i64,
}

/// One report of a reader; who sent it is told to editors who ask for it.
#[derive(Serialize, ToSchema)]
pub struct Report<'a> {
    pub id: ReportId,
    #[schema(value_type = ReportReason)]
    pub reason: &'static str,
    pub text: Option<&'a str>,
    /// Of a notice of illegal content: which law.
    pub law: Option<&'a str>,
    /// Whoever sent it left an address.
    pub has_contact: bool,
    /// Nobody has decided since.
    pub open: bool,
    pub reported_at: Timestamp,
}

/// Who reads a comment, until when.
#[derive(Serialize, ToSchema)]
pub struct Claim<'a> {
    pub by: &'a str,
    /// Whether that is who asks.
    pub mine: bool,
    pub expires_at: Timestamp,
}

/// What became of the latest hundred comments under the same address.
#[derive(Serialize, ToSchema)]
pub struct Commenter {
    pub approved: i64,
    pub rejected: i64,
    pub spam: i64,
}

/// One comment with all that there is about it.
#[derive(Serialize, ToSchema)]
pub struct Opened<'a> {
    #[serde(flatten)]
    pub item: Item<'a>,
    /// What readers reported about it, the latest first, at most 50.
    pub reported: Vec<Report<'a>>,
    /// What was done to it, the latest first.
    pub history: Vec<Done<'a>>,
    /// Its texts, the first one first.
    pub revisions: Vec<Revision<'a>>,
    /// What it answers and what that answered, the first one first, at most 50; then what answers it, the first one first,
    /// at most 50.
    pub thread: Vec<Item<'a>>,
}

/// Something that was done to a comment.
#[derive(Serialize, ToSchema)]
pub struct Done<'a> {
    /// The name to undo it by, when it was a decision.
    pub id: AuditId,
    pub at: Timestamp,
    /// The name of the moderator, when it was one.
    pub by: Option<&'a str>,
    pub via: &'a str,
    pub action: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub note: Option<&'a str>,
    /// There was a note, and somebody erased it.
    pub note_erased: bool,
}

/// One text of a comment.
#[derive(Serialize, ToSchema)]
pub struct Revision<'a> {
    pub number: i64,
    pub text: &'a str,
    pub submitted_at: Timestamp,
    /// The name of the moderator who wrote it; nothing for the commenter.
    pub edited_by: Option<&'a str>,
}

/// One comment as a change left it.
#[derive(Serialize, ToSchema)]
pub struct Changed<'a> {
    #[serde(flatten)]
    pub item: Item<'a>,
    /// The name to undo the change by.
    pub decision_id: AuditId,
}

impl<'a> Item<'a> {
    /// As this person may see it.
    pub fn of(row: &'a QueueRow, moderator: &Moderator) -> Self {
        let findings = row.findings.iter().map(|finding| Finding {
            code: &finding.code,
            term: finding.term.as_deref(),
            weight: finding.weight,
            field: finding.field.as_deref(),
            start: finding.starts,
            length: finding.length,
        });
        Self {
            id: row.id,
            site: &row.site_key,
            article: ArticleOf { key: &row.article_key, url: &row.article_url, title: &row.article_title },
            parent: row.parent,
            author: AuthorOf { name: &row.name, website: row.website.as_deref(), staff: row.staff },
            text: &row.text,
            html: comment_html(&row.text),
            published_text: row.published_text.as_deref(),
            status: row.status,
            needs: row.needs,
            version: row.version,
            findings: findings.collect(),
            reports: row
                .reports
                .iter()
                .map(|reports| Reports { reason: reports.reason.name(), count: reports.times })
                .collect(),
            submitted_at: row.submitted_at,
            reason: row.reason.as_deref(),
            reason_code: row.reason_code.as_deref(),
            basis: row.basis,
            picked: row.picked_at.is_some(),
            edited_by: row.editor.as_deref(),
            claim: row.claim.as_ref().map(|claim| Claim {
                by: &claim.name,
                mine: claim.moderator == moderator.id,
                expires_at: claim.expires_at,
            }),
            commenter: Commenter {
                approved: row.record.approved,
                rejected: row.record.rejected,
                spam: row.record.spam,
            },
            similar: row.similar,
            appeal: row.appeal.as_deref(),
        }
    }

    /// Those of a list.
    pub fn all(rows: &'a [QueueRow], moderator: &Moderator) -> Vec<Self> {
        rows.iter().map(|row| Self::of(row, moderator)).collect()
    }
}

impl<'a> Opened<'a> {
    /// As this person may see it.
    pub fn of(dossier: &'a Dossier, moderator: &Moderator) -> Self {
        Self {
            item: Item::of(&dossier.item, moderator),
            reported: dossier.reports.iter().map(Report::from).collect(),
            history: dossier.history.iter().map(Done::from).collect(),
            revisions: dossier.revisions.iter().map(Revision::from).collect(),
            thread: dossier.above.iter().chain(&dossier.below).map(|row| Item::of(row, moderator)).collect(),
        }
    }
}

impl<'a> From<&'a History> for Done<'a> {
    fn from(entry: &'a History) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            by: entry.actor.as_deref(),
            via: &entry.via,
            action: &entry.action,
            from: entry.from_status.as_deref(),
            to: entry.to_status.as_deref(),
            reason: entry.reason.as_deref(),
            note: entry.note.as_deref(),
            note_erased: entry.note_erased,
        }
    }
}

impl<'a> From<&'a ReportView> for Report<'a> {
    fn from(row: &'a ReportView) -> Self {
        Self {
            id: row.id,
            reason: row.reason.name(),
            text: row.text.as_deref(),
            law: row.law.as_deref(),
            has_contact: row.has_contact,
            open: row.is_open,
            reported_at: row.reported_at,
        }
    }
}

impl<'a> From<&'a RevisionRow> for Revision<'a> {
    fn from(row: &'a RevisionRow) -> Self {
        Self {
            number: row.number,
            text: &row.text,
            submitted_at: row.submitted_at,
            edited_by: row.editor.as_deref(),
        }
    }
}
