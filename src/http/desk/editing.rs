//! What the comment's own page offers beside decisions: another text, a recommendation, a reply, and the address of
//! its author for those who may ask.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use similar::{ChangeTag, TextDiff};

use super::{
    act::{Sent, comment},
    flash::Said,
    pages::{Change, Contact, EditingForms, Span, TextVersion},
    reports, see,
    session::Session,
    show_comment,
};
use crate::{
    domain::{Code, CommentId, Moderator, Status},
    flow::{
        App,
        amend::{self, AmendError, Amendment},
        contacts,
        moderate::{Outcome, Target},
        queue::Dossier,
        replies::{self, Reply, ReplyError},
        submit::SubmitError,
    },
    http::{
        body::FormBody,
        editing::{reason, report},
        error::ApiError,
        view::Moment,
    },
    texts::Texts,
};

/// What was typed and not taken, beside the form that it was typed into.
#[derive(Clone, Debug, Default)]
pub struct TypedText {
    /// The form: `edit`, `reply` or `contact`.
    pub form: &'static str,
    /// What was typed.
    pub text: String,
    /// What was wrong with it; empty when nothing was.
    pub error: String,
}

/// What the page shows beside the comment.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What was not taken.
    pub typed: Option<TypedText>,
    /// What came of asking for the address.
    pub contact: Option<Contact>,
}

/// `POST /desk/comments/{id}`: `action` is `edit`, `pick`, `unpick`, `reply` or `contact`.
pub async fn act(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    let (id, page) = comment(&path)?;
    let known = ["csrf", "action", "version", "comment", "reason", "report", "key"];
    let sent = match Sent::of(&app, &request, (&body, &known), &page).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let moderator = &sent.session.moderator;
    let text = sent.form.owned("comment").unwrap_or_default();
    let target = || {
        let version = sent.form.get("version").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
        Ok::<_, ApiError>(Target { id, version })
    };
    let amended = match sent.form.get("action") {
        Some("edit") => {
            let amendment = Amendment { text: Some(&text), picked: None };
            ("edit", amend::amend(&app, (moderator, "desk"), target()?, &amendment).await)
        }
        Some(picks @ ("pick" | "unpick")) => {
            let amendment = Amendment { text: None, picked: Some(picks == "pick") };
            let said = if picks == "pick" { "pick" } else { "unpick" };
            (said, amend::amend(&app, (moderator, "desk"), target()?, &amendment).await)
        }
        Some("reply") => {
            let key = sent.form.get("key").filter(|key| !key.is_empty() && key.len() <= 64);
            let reply = Reply { to: id, text: &text, key, via: "desk" };
            return match replies::reply(&app, moderator, reply).await {
                Ok(_) => Ok(see(&Said::amended("reply", None).at(&page))),
                Err(error) => {
                    refused(
                        &app,
                        &sent.session,
                        id,
                        TypedText { form: "reply", text, error: refusal(sent.session.t, error)? },
                    )
                    .await
                }
            };
        }
        Some("contact") => return contact(&app, &sent, id).await,
        _ => return Err(ApiError::Malformed),
    };
    match amended {
        (what, Ok((Outcome::Done { decision, .. }, _))) => {
            Ok(see(&Said::amended(what, Some(decision)).at(&page)))
        }
        (_, Ok((Outcome::Conflict(standing), _))) => Ok(see(&Said::late(id, &standing).at(&page))),
        (_, Ok((Outcome::NotFound, _))) => Err(ApiError::NotFound),
        (_, Err(AmendError::Invalid(code))) => {
            let error = sent.session.t.fault("comment", code).into();
            refused(&app, &sent.session, id, TypedText { form: "edit", text, error }).await
        }
        (_, Err(AmendError::Flow(error))) => Err(error.into()),
    }
}

/// What is wrong with a reply, where its form can say it.
fn refusal(t: Texts, error: ReplyError) -> Result<String, ApiError> {
    match &error {
        ReplyError::Submit(SubmitError::Invalid(faults)) => match faults.first() {
            Some(fault) if fault.code == Code::NotPublished => Ok(t.say("reply-unseen").into()),
            Some(fault) => Ok(t.fault(fault.field, fault.code).into()),
            None => Err(error.into()),
        },
        _ => Err(error.into()),
    }
}

/// The page again, with what was typed.
async fn refused(
    app: &App,
    session: &Session,
    id: CommentId,
    typed: TypedText,
) -> Result<HttpResponse, ApiError> {
    let beside = Beside { typed: Some(typed), contact: None };
    let mut page = show_comment(app, session, id, (None, beside)).await?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

async fn contact(app: &App, sent: &Sent, id: CommentId) -> Result<HttpResponse, ApiError> {
    let raw = sent.form.owned("reason").unwrap_or_default();
    let reason = match reason(raw.clone()) {
        Ok(reason) => reason,
        Err(fault) => {
            let error = sent.session.t.fault(fault.field, fault.code).into();
            return refused(app, &sent.session, id, TypedText { form: "contact", text: raw, error }).await;
        }
    };
    let report = sent.form.get("report").filter(|raw| !raw.is_empty()).map(report).transpose()?;
    let whose = contacts::Whose { comment: id, report };
    let told = contacts::ask(app, (&sent.session.moderator, "desk"), whose, &reason).await?;
    let contact = Some(match (told.email(), report) {
        (None, _) => Contact::Gone,
        (Some(email), None) => Contact::Kept(email),
        (Some(email), Some(_)) => Contact::OfReport { email, name: told.name() },
    });
    show_comment(app, &sent.session, id, (None, Beside { typed: None, contact })).await
}

/// The forms that this state of the comment and this person allow.
pub fn forms(app: &App, session: &Session, dossier: &Dossier, beside: &Beside) -> EditingForms {
    let (item, moderator) = (&dossier.item, &session.moderator);
    let typed = |form: &str| beside.typed.clone().filter(|typed| typed.form == form);
    let can_edit = matches!(item.status, Status::Pending | Status::Approved);
    let is_published = item.status == Status::Approved;
    EditingForms {
        action: format!("/desk/comments/{}", item.id),
        csrf: session.csrf.clone(),
        version: item.version,
        edit: can_edit.then(|| {
            typed("edit").unwrap_or_else(|| TypedText { text: item.text.clone(), ..TypedText::default() })
        }),
        picked: is_published.then_some(item.picked_at.is_some()),
        reply: is_published.then(|| typed("reply").unwrap_or_default()),
        reply_key: app.clock.id(app.clock.now()).to_string(),
        name: moderator.name.clone(),
        ask: asks(moderator).then(|| typed("contact").unwrap_or_default()),
        reporters: reports::with_contact(app, session.t, &dossier.reports),
        contact: beside.contact.clone(),
        comment_chars: app.sites.get(item.site).map_or(10_000, |site| site.policy.comment_chars),
    }
}

const fn asks(moderator: &Moderator) -> bool {
    moderator.role.edits()
}

/// The texts that a comment had, the latest first; none when it never had another.
pub fn versions(app: &App, t: Texts, dossier: &Dossier) -> Vec<TextVersion> {
    if dossier.revisions.len() < 2 {
        return Vec::new();
    }
    let version = |row: &crate::store::RevisionRow| TextVersion {
        at: Moment::told(t, row.submitted_at, app.clock.now()),
        editor: row.editor.clone(),
        text: row.text.clone(),
    };
    dossier.revisions.iter().rev().map(version).collect()
}

/// How one text becomes another, word by word. Both are bounded, and so is the time it takes: what is not compared by
/// then counts as changed.
pub fn changes(before: &str, after: &str) -> Vec<Span> {
    let diff =
        TextDiff::configure().timeout(std::time::Duration::from_millis(50)).diff_unicode_words(before, after);
    let mut spans: Vec<Span> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => Change::Kept,
            ChangeTag::Delete => Change::Removed,
            ChangeTag::Insert => Change::Added,
        };
        match spans.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => spans.push(Span { kind, text: change.value().to_owned() }),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_word_by_word() {
        use Change::{Added, Kept, Removed};
        let spans = changes("The bridge is open.", "The old bridge is shut.");
        let told: Vec<(Change, &str)> = spans.iter().map(|span| (span.kind, span.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (Kept, "The "),
                (Added, "old "),
                (Kept, "bridge is "),
                (Removed, "open"),
                (Added, "shut"),
                (Kept, ".")
            ]
        );
    }

    #[test]
    fn nothing_is_lost_of_either_text() {
        let (before, after) = ("a b\n\nc\u{301} d", "b a\r\nc d <b>");
        let spans = changes(before, after);
        let without =
            |kind| spans.iter().filter(|span| span.kind != kind).map(|s| s.text.as_str()).collect::<String>();
        assert_eq!((without(Change::Added), without(Change::Removed)), (before.to_owned(), after.to_owned()));
    }
}
