//! What the desk's forms do. Each leads to a page that says what came of it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::{flash::Said, is_ours, see, session, session::Session, whole};
use crate::{
    domain::{Code, CommentId, Decision, Fault},
    flow::{
        App, batch, claims,
        moderate::{self, Action, Outcome, Ruling, Target},
        undo as undoing,
    },
    http::{
        auth, batches,
        body::FormBody,
        error::ApiError,
        fields::Fields,
        moderation::{NOTE, REASON, free_text, known_reason},
    },
};

/// Comments that "Take the next" takes.
const SHARE: usize = 10;

/// A form that somebody who is signed in has sent.
pub struct Sent {
    pub session: Session,
    pub form: Fields,
}

impl Sent {
    /// Who sent it, and its fields; or where to sign in first, to come back to `page`.
    pub async fn of(
        app: &App,
        request: &HttpRequest,
        (body, known): (&FormBody, &[&'static str]),
        page: &str,
    ) -> Result<Result<Self, HttpResponse>, ApiError> {
        auth::check_origin(app, request, None)?;
        let Some(session) = Session::of(app, request).await? else { return Ok(Err(session::ask(page))) };
        let form = body.read(known)?;
        session.check(app, form.get("csrf"))?;
        Ok(Ok(Self { session, form }))
    }

    fn action(&self) -> Result<Action, ApiError> {
        self.form.get("decision").and_then(Action::parse).ok_or(ApiError::Malformed)
    }

    fn text(&self, field: &'static str, most: usize) -> Result<Option<String>, ApiError> {
        free_text(field, self.form.owned(field), most).map_err(|fault| ApiError::Validation(vec![fault]))
    }

    /// What is to be done, with its words.
    pub fn ruling(&self, app: &App) -> Result<Ruling<'_>, ApiError> {
        let (action, moderator) = (self.action()?, &self.session.moderator);
        // a reason belongs to a rejection, whatever else its field was sent with
        let is_rejection = action == Action::Decide(Decision::Reject);
        let reason = self.text("reason", REASON)?.filter(|_| is_rejection);
        let code = self.form.owned("reason_code").filter(|code| !code.is_empty() && is_rejection);
        let reason_code = code.map(|code| known_reason(app, moderator, code)).transpose();
        let reason_code = reason_code.map_err(|fault| ApiError::Validation(vec![fault]))?;
        Ok(Ruling { action, reason, reason_code, note: self.text("note", NOTE)?, moderator, via: "desk" })
    }

    /// The page that follows.
    pub fn next(&self) -> &str {
        self.form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk")
    }
}

/// `POST /desk/comments/{id}/decisions`
pub async fn decide(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    let (id, page) = comment(&path)?;
    let known = ["csrf", "decision", "version", "reason", "reason_code", "note", "next"];
    let sent = match Sent::of(&app, &request, (&body, &known), &page).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let version = sent.form.get("version").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let ruling = sent.ruling(&app)?;
    let outcome = moderate::decide(&app, &[Target { id, version }], &ruling).await?.pop();
    let said =
        outcome.and_then(|outcome| Said::decided(id, ruling.action, &outcome)).ok_or(ApiError::NotFound)?;
    Ok(see(&said.at(sent.next())))
}

/// `POST /desk/decisions`: on the comments that were selected, each in the version that was on the page; or on all of a
/// list that say nearly the same.
pub async fn decide_selected(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let known = ["csrf", "decision", "reason", "reason_code", "note", "next", "all", "expect"];
    let sent = match Sent::of(&app, &request, (&body, &known), "/desk").await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    if let Some(all) = sent.form.get("all") {
        return whole::decide(&app, &sent, all).await;
    }
    let ruling = sent.ruling(&app)?;
    let targets = body.every("item")?.iter().map(|raw| selected(raw)).collect::<Option<Vec<_>>>();
    let targets = targets.ok_or(ApiError::Malformed)?;
    if targets.len() > moderate::MOST {
        return Err(ApiError::Validation(vec![Fault { field: "item", code: Code::TooLong }]));
    }
    let batch = batch::decide(&app, &targets, &ruling).await?;
    let outcomes: Vec<Outcome> = batch.results.into_iter().map(|(_, outcome)| outcome).collect();
    Ok(see(&Said::decided_many(ruling.action, batch.id.to_string(), &outcomes).at(sent.next())))
}

/// A comment and its version, as a check box names them.
fn selected(raw: &str) -> Option<Target> {
    let (id, version) = raw.split_once(':')?;
    Some(Target { id: id.parse().ok()?, version: version.parse().ok()? })
}

/// `POST /desk/undo`
pub async fn undo(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let known = ["csrf", "batch", "decision_id", "next"];
    let sent = match Sent::of(&app, &request, (&body, &known), "/desk").await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let which = batches::which(sent.form.get("batch"), sent.form.get("decision_id"))?;
    let undone = undoing::undo(&app, (&sent.session.moderator, "desk"), which).await?;
    let outcomes: Vec<Outcome> = undone.results.into_iter().map(|(_, outcome)| outcome).collect();
    Ok(see(&Said::undone(&outcomes, undone.left).at(sent.next())))
}

/// `POST /desk/comments/{id}/claim`
pub async fn claim(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    let (id, page) = comment(&path)?;
    let sent = match Sent::of(&app, &request, (&body, &["csrf", "action", "next"]), &page).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let moderator = &sent.session.moderator;
    let said = match sent.form.get("action") {
        Some("take") => Said::wished(&claims::take(&app, moderator, id).await?),
        Some("give-back") => {
            Said::claimed("back", claims::give_back(&app, moderator, Some(&[id])).await?.len())
        }
        _ => return Err(ApiError::Malformed),
    };
    Ok(see(&said.at(sent.next())))
}

/// `POST /desk/claims`: takes the next ones, keeps all of one's own, or gives them back.
pub async fn claim_many(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    let sent = match Sent::of(&app, &request, (&body, &["csrf", "action", "next"]), "/desk").await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let moderator = &sent.session.moderator;
    let said = match sent.form.get("action") {
        Some("take") => {
            Said::claimed("took", claims::take_next(&app, moderator, None, SHARE).await?.items.len())
        }
        Some("renew") => Said::claimed("kept", claims::renew(&app, moderator, None).await?.0.len()),
        Some("give-back") => Said::claimed("back", claims::give_back(&app, moderator, None).await?.len()),
        _ => return Err(ApiError::Malformed),
    };
    Ok(see(&said.at(sent.next())))
}

/// The comment of a path, and its page.
pub fn comment(path: &str) -> Result<(CommentId, String), ApiError> {
    let id: CommentId = path.parse().map_err(|_| ApiError::NotFound)?;
    Ok((id, format!("/desk/comments/{id}")))
}
