//! What readers report: kept for the moderators, who look at the comment again.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{
        ClientAddress, CommentId, Message, Needs, OutboxId, Report, ReportId, ReportReason, Site, Status,
    },
    metrics,
    store::{Current, Decided, Moved, NewMessage, ReportRow, Reported, Stamp, State, StoreError, Tx},
};

/// Reports of one comment that are kept; what more of them say is said. Notices of illegal content are always kept.
const KEPT: i64 = 200;

/// Takes in what somebody reports about a published comment; `NotFound` for any other, as if it had never been. From one
/// place a text is reported once, and whoever gives notice of illegal content does so once for each: what is said again has the same
/// answer and changes nothing.
///
/// The comment waits for a moderator from then on, and stays where it is. A text that was reported before, and left standing by
/// a moderator, does not wait again, unless it is said to be against the law.
pub async fn report(
    app: &App,
    (site, comment): (&Site, CommentId),
    client: Option<&ClientAddress>,
    report: &Report,
) -> Result<(), FlowError> {
    let said = Said { site, comment, client, report };
    let taken = app.db.write(async |tx| said.take_in(app, tx).await).await?;
    taken.then_some(()).ok_or(FlowError::NotFound)?;
    metrics::reports(site.key.as_str(), report.reason.name());
    app.owed.notify_one();
    Ok(())
}

struct Said<'a> {
    site: &'a Site,
    comment: CommentId,
    client: Option<&'a ClientAddress>,
    report: &'a Report,
}

impl Said<'_> {
    /// Whether there is such a comment for readers.
    async fn take_in(&self, app: &App, tx: &mut Tx) -> Result<bool, StoreError> {
        if tx.published(self.site.id, self.comment).await?.is_none() {
            return Ok(false);
        }
        let Some(seen) = tx.current(&[self.comment]).await?.pop() else { return Ok(false) };
        let places = self.places(app, &seen);
        let before = tx.reported(self.comment, &places, KEPT).await?;
        let is_notice = self.report.reason == ReportReason::Illegal;
        if !before.from_here && (is_notice || before.kept < KEPT) {
            tx.keep_report(&self.row(app, &seen, places.into_iter().next())).await?;
            if let Some(becomes) = waits(&seen.state, before, is_notice) {
                raise(app, tx, &Decided { seen, becomes }).await?;
            }
        }
        Ok(true)
    }

    /// By what it is known that this text was reported from here before.
    fn places(&self, app: &App, seen: &Current) -> Vec<String> {
        let (site, text) = (self.site.id, (self.comment, seen.state.revision));
        match (&self.report.notice, &self.report.email, self.client) {
            (Some(_), Some(email), _) => app.vault.notifiers(site, text, email),
            (_, _, Some(client)) => app.vault.places(site, text, &client.host_prefix()),
            _ => Vec::new(),
        }
    }

    fn row(&self, app: &App, seen: &Current, place: Option<String>) -> ReportRow {
        let (now, report) = (app.clock.now(), self.report);
        let id = ReportId::from(app.clock.id(now));
        let name = report.notice.as_ref().map(|notice| &notice.name);
        let (name, email) = app.vault.keep_reporter(&app.clock, id, (name, report.email.as_ref()));
        ReportRow {
            id,
            site: self.site.id,
            comment: self.comment,
            revision: seen.state.revision,
            reason: report.reason.name(),
            text: report.text.clone(),
            law: report.notice.as_ref().map(|notice| notice.law.clone()),
            name: name.map(|sealed| sealed.as_str().to_owned()),
            email: email.map(|sealed| sealed.as_str().to_owned()),
            place,
            reported_at: Stamp(now),
            expires_at: Stamp(now.plus(app.settings.comments.reports_kept)),
        }
    }
}

/// The state of a published comment that is reported; nothing where it stays as it is. What was passed to an editor, or is
/// reported already, is looked at as it is.
fn waits(seen: &State, before: Reported, is_notice: bool) -> Option<State> {
    let is_called_for = is_notice || !before.answered;
    let is_more_pressing = !matches!(seen.needs, Some(Needs::Report | Needs::Escalated));
    (seen.status == Status::Approved && is_called_for && is_more_pressing)
        .then(|| State { needs: Some(Needs::Report), ..seen.clone() })
}

/// Brings the comment before the moderators; they are told where it did not wait before.
async fn raise(app: &App, tx: &mut Tx, decided: &Decided) -> Result<(), StoreError> {
    let now = app.clock.now();
    if tx.move_on(decided, now).await? == Moved::Lost {
        return Err(StoreError::Contended);
    }
    let (seen, version) = (&decided.seen, decided.seen.version + 1);
    let object = Object { kind: "comment", id: seen.id.uuid(), site: Some(seen.site) };
    let entry = NewEntry {
        version: Some(version),
        ..NewEntry::new(app, now, (object, "report", Author { moderator: None, via: "rule" }))
    };
    audit::record(app, tx, &[entry]).await?;
    if seen.state.needs.is_none() {
        let message = Message::CommentWaits { comment: seen.id, version };
        tx.enqueue(&[NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now)]).await?;
    }
    Ok(())
}
