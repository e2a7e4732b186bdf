//! The link in a moderator's mail: a page that shows and changes nothing, and the decision that it posts.
//!
//! Nobody has to be signed in: the token is the secret, and the form posts to the address that holds it. A session is
//! looked at only to know whether names may be told.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::StatusCode,
    web::{Data, Path},
};

use serde_json::json;

use super::{
    html,
    link::{About, LinkPage, Settled, SettledLinkPage},
    pages::DeskMessagePage,
    see,
    session::Session,
    show,
};
use crate::{
    domain::{Code, CommentId, Decision, Fault, Moderator, SiteId, Status, Timestamp},
    flow::{
        App,
        links::{self, LinkError, Opened, State},
        moderate::Outcome,
    },
    http::{
        auth,
        body::FormBody,
        error::{ApiError, prefers_html},
        fields::Fields,
        language::texts,
        moderation::free_text,
        openapi::{Operation, one_of, operation},
        view::{Link, Moment},
    },
};

/// What the document says of [`page`].
pub fn about_page() -> Operation {
    operation("link", "moderation", "The link in a moderator's mail: a page that changes nothing.")
        .answers_page(200, "The comment with what can be decided, or what became of it.")
        .refuses(&["forbidden", "gone"])
}

/// What the document says of [`decide`].
pub fn about_decide() -> Operation {
    let fields = [
        ("decision", true, one_of(&["approve", "reject", "spam"])),
        ("reason", false, json!({"type": "string", "maxLength": 500})),
        ("reason_code", false, json!({"type": "string"})),
    ];
    operation(
        "decideByLink",
        "moderation",
        "Decides in the name of the mail's recipient: the form of that page.",
    )
    .takes_form(&fields, json!({"decision": "approve"}))
    .answers_nothing(303, "It is decided; the page tells so.")
    .with(303, "Location")
    .answers_page(409, "Somebody was first; what became of it.")
    .refuses(&["forbidden", "gone", "already-decided", "origin-not-allowed"])
}

/// `GET /d/{token}`
pub async fn page(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    match links::open(&app, &path).await {
        Ok(opened) => shown(&app, &request, (&path, &opened), StatusCode::OK).await,
        Err(error) => refused(&request, error),
    }
}

/// `POST /d/{token}`: `decision=approve|reject|spam`, and perhaps `reason` with a rejection.
pub async fn decide(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let said = said(&body.read(&["decision", "reason", "reason_code"])?)?;
    let standing = match links::decide(&app, &path, said).await {
        Ok(Outcome::Done { .. }) => return Ok(see(&format!("/d/{path}"))),
        Ok(Outcome::Conflict(standing)) => standing,
        Ok(Outcome::NotFound) => return refused(&request, LinkError::NotFound),
        Err(error) => return refused(&request, error),
    };
    if !prefers_html(&request) {
        return Err(ApiError::AlreadyDecided(Some(standing)));
    }
    match links::open(&app, &path).await {
        Ok(opened) => shown(&app, &request, (&path, &opened), StatusCode::CONFLICT).await,
        Err(error) => refused(&request, error),
    }
}

/// One of the decisions that the page offers, with its reason.
fn said(form: &Fields) -> Result<(Decision, Option<String>, Option<String>), ApiError> {
    let invalid = |code| ApiError::Validation(vec![Fault { field: "decision", code }]);
    let decision = match form.get("decision").map(Decision::parse) {
        None => return Err(invalid(Code::Required)),
        Some(Ok(decision @ (Decision::Approve | Decision::Reject | Decision::Spam))) => decision,
        Some(Ok(Decision::Hold) | Err(_)) => return Err(invalid(Code::UnknownValue)),
    };
    let reason =
        free_text("reason", form.owned("reason"), 500).map_err(|fault| ApiError::Validation(vec![fault]))?;
    // a reason belongs to a rejection, whatever else its field was sent with
    let code = form.owned("reason_code").filter(|code| !code.is_empty());
    let is_reject = decision == Decision::Reject;
    Ok((decision, reason.filter(|_| is_reject), code.filter(|_| is_reject)))
}

/// Whoever is signed in, if names of this site are for them.
async fn viewer(app: &App, request: &HttpRequest, site: SiteId) -> Result<Option<Moderator>, ApiError> {
    let viewer = Session::of(app, request).await?.map(|session| session.moderator);
    Ok(viewer.filter(|viewer| viewer.role.moderates() && viewer.sees(site)))
}

async fn shown(
    app: &App,
    request: &HttpRequest,
    (token, opened): (&str, &Opened),
    status: StatusCode,
) -> Result<HttpResponse, ApiError> {
    let (t, viewer) = (texts(request), viewer(app, request, opened.item.site).await?);
    let site = app.sites.get(opened.item.site).map_or_else(String::new, |site| site.name.clone());
    let desk_url = desk_url(opened.item.id);
    let Some((settled, at)) = settled(opened, viewer.as_ref()) else {
        let card = show::linked_card(app, t, &opened.item, &format!("/d/{token}"));
        let decides_for = viewer.map(|_| opened.moderator.name.clone());
        let until = t.moment(opened.expires).to_string();
        return Ok(with(status, html(&LinkPage { t, site, card, decides_for, until, desk_url })));
    };
    let page = SettledLinkPage {
        t,
        site,
        at: at.map(|at| Moment::told(t, at, app.clock.now())),
        about: about(opened, &settled),
        settled,
        is_refused: status == StatusCode::CONFLICT,
        desk_url,
    };
    Ok(with(status, html(&page)))
}

/// What became of the comment and when, as this viewer may know it; nothing when it can be decided.
fn settled(opened: &Opened, viewer: Option<&Moderator>) -> Option<(Settled, Option<Timestamp>)> {
    let status = opened.item.status;
    match &opened.state {
        State::Open => None,
        State::Used { at } => {
            // somebody else may be looking, by a mail that was passed on
            let other = viewer.filter(|viewer| viewer.id != opened.moderator.id);
            let settled = match other {
                Some(_) => Settled::Others(status, Some(opened.moderator.name.clone())),
                None => Settled::Yours(status),
            };
            Some((settled, Some(*at)))
        }
        State::Late { by, at } => {
            let by = by.clone().filter(|_| viewer.is_some());
            Some((Settled::Others(status, by), Some(*at)))
        }
        State::Changed => Some((Settled::Changed, None)),
        State::Withdrawn => Some((Settled::Withdrawn, None)),
    }
}

/// Which comment it was about: not when its text is no longer the one of the mail, or was taken back.
fn about(opened: &Opened, settled: &Settled) -> Option<About> {
    let row = &opened.item;
    let is_told = matches!(settled, Settled::Yours(_) | Settled::Others(..));
    // one change since the mail: the decision. More, and the text may be one that the mail did not show
    (is_told && row.version == opened.version + 1).then(|| About {
        author: row.name.clone(),
        article: Link::new(&row.article_title, &row.article_url),
        text: row.text.clone(),
        // a colleague's may name somebody
        reason: row.reason.clone().filter(|_| matches!(settled, Settled::Yours(_))),
        published_url: (row.status == Status::Approved)
            .then(|| format!("{}#comment-{}", row.article_url, row.id)),
    })
}

fn desk_url(comment: CommentId) -> String {
    format!("/desk/comments/{comment}")
}

/// Why the link does nothing, and where to go; of the comment it tells nothing.
fn refused(request: &HttpRequest, error: LinkError) -> Result<HttpResponse, ApiError> {
    let t = texts(request);
    let at_the_desk = |comment| Link::new(t.say("link-desk"), desk_url(comment));
    let desk = || Link::new(t.say("link-to-desk"), "/desk");
    let (problem, title, text, link) = match error {
        LinkError::NotFound => {
            (ApiError::NotFound, t.say("link-unknown"), t.say("link-unknown-text"), desk())
        }
        LinkError::Expired(comment) => {
            (ApiError::Gone, t.say("link-expired"), t.say("link-expired-text"), at_the_desk(comment))
        }
        LinkError::NotAllowed => {
            (ApiError::Forbidden, t.say("link-not-allowed"), t.say("link-not-allowed-text"), desk())
        }
        LinkError::AtTheDesk(comment) => {
            (ApiError::Forbidden, t.say("link-at-desk"), t.say("link-at-desk-text"), at_the_desk(comment))
        }
        LinkError::Store(error) => return Err(error.into()),
    };
    if !prefers_html(request) {
        return Err(problem);
    }
    let status = problem.status_code();
    let (title, text) = (title.into(), text.into());
    let page = DeskMessagePage { t, bar: None, status: status.as_u16(), title, text, link: Some(link) };
    Ok(with(status, html(&page)))
}

fn with(status: StatusCode, mut answer: HttpResponse) -> HttpResponse {
    *answer.status_mut() = status;
    answer
}
