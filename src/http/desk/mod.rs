//! The desk: the moderators' web pages, as far as one person needs them to walk the whole way.

pub mod link;
pub mod links;
pub mod pages;
mod session;
mod show;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::Template;

pub use session::{sign_in, sign_in_page, sign_out};

use self::{
    pages::{CommentPage, Flash, QueuePage, Tab},
    session::Session,
};
use super::{auth, body::FormBody, error::ApiError, moderation::free_text, query::Query, view::Link};
use crate::{
    domain::{CommentId, Status},
    flow::{
        App,
        moderate::{self, Action, Outcome, Ruling, Standing, Target},
        queue::{self as queues, Wanted},
    },
};

/// Comments on one page of the queue.
const PAGE: usize = 25;

/// The lists, by the name in the address and the words on the tab.
const TABS: [(&str, &str, Option<Status>); 4] = [
    ("waiting", "Waiting", None),
    ("approved", "Approved", Some(Status::Approved)),
    ("rejected", "Rejected", Some(Status::Rejected)),
    ("spam", "Spam", Some(Status::Spam)),
];

/// What the last decision says to the next page; see [`conflict`].
const FLASH: [&str; 5] = ["done", "late", "comment", "by", "at"];
const QUEUE: [&str; 7] = ["list", "cursor", "done", "late", "comment", "by", "at"];

/// `GET /desk`
pub async fn queue(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    let query = Query::of(&request, &QUEUE)?;
    let list = query.get("list").unwrap_or("waiting");
    let (name, _, status) = TABS.into_iter().find(|(name, ..)| *name == list).ok_or(ApiError::NotFound)?;
    let after: Option<CommentId> = query.parsed("cursor", |raw| raw.parse().ok())?;
    let newest_first = status.is_some();
    let wanted = Wanted { status, newest_first, after, limit: PAGE, ..Wanted::default() };
    let page = queues::list(&app, &session.moderator, &wanted).await?;
    let here = |name: &str| format!("/desk?list={name}");
    let tab = |(tab, label, _): (&str, &str, _)| Tab {
        label: label.to_owned(),
        url: here(tab),
        current: tab == name,
        count: None,
    };
    let next_label = if newest_first { "Older" } else { "Next" };
    let template = QueuePage {
        bar: session.bar(),
        tabs: TABS.into_iter().map(tab).collect(),
        flash: flash(&query),
        cards: page.items.iter().map(|item| show::card(&app, &session, item, (None, &here(name)))).collect(),
        first: after.map(|_| Link::new("Back to the start", here(name))),
        next: page.next.map(|next| Link::new(next_label, format!("{}&cursor={next}", here(name)))),
    };
    Ok(html(&template))
}

/// `GET /desk/comments/{id}`
pub async fn comment(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    // before anybody is asked to sign in, since that repeats the path
    let id: CommentId = path.parse().map_err(|_| ApiError::NotFound)?;
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    let dossier = queues::open(&app, &session.moderator, id).await?;
    let here = format!("/desk/comments/{id}");
    let mut card = show::card(&app, &session, &dossier.item, (dossier.parent.as_ref(), &here));
    card.detail_url = None;
    let template = CommentPage {
        bar: session.bar(),
        back: Link::new("Queue", "/desk"),
        flash: flash(&Query::of(&request, &FLASH)?).map(Flash::at_the_comment),
        card,
        history: show::history(&app, &dossier.history),
    };
    Ok(html(&template))
}

/// `POST /desk/comments/{id}/decisions`
pub async fn decide(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let id: CommentId = path.parse().map_err(|_| ApiError::NotFound)?;
    let Some(session) = Session::of(&app, &request).await? else {
        return Ok(session::ask(&format!("/desk/comments/{id}")));
    };
    let form = body.read(&["csrf", "decision", "version", "reason", "next"])?;
    session.check(&app, form.get("csrf"))?;
    let action = form.get("decision").and_then(Action::parse).ok_or(ApiError::Malformed)?;
    let version = form.get("version").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let reason =
        free_text("reason", form.owned("reason"), 500).map_err(|fault| ApiError::Validation(vec![fault]))?;
    // a reason belongs to a rejection, whatever else its field was sent with
    let reason = reason.filter(|_| action.name() == "reject");
    let ruling = Ruling { action, reason, note: None, moderator: &session.moderator, via: "desk" };
    let outcome = moderate::decide(&app, &[Target { id, version }], &ruling).await?.pop();
    let said = match outcome {
        Some(Outcome::Done { .. }) => format!("done={}", action.name()),
        Some(Outcome::Conflict(standing)) => conflict(id, &standing),
        Some(Outcome::NotFound) | None => return Err(ApiError::NotFound),
    };
    let next = form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk");
    let joint = if next.contains('?') { '&' } else { '?' };
    Ok(see(&format!("{next}{joint}{said}")))
}

/// What the next page says about the last decision. It travels in the address, so it holds words of
/// ours only, and the name of a colleague.
fn conflict(id: CommentId, standing: &Standing) -> String {
    let mut said = url::form_urlencoded::Serializer::new(String::new());
    said.append_pair("late", standing.status.name()).append_pair("comment", &id.to_string());
    if let Some(by) = &standing.by {
        said.append_pair("by", by)
            .append_pair("at", &standing.at.map_or_else(String::new, |at| at.to_string()));
    }
    said.finish()
}

fn flash(query: &Query) -> Option<Flash> {
    if let Some(done) = query.get("done") {
        let said = match done {
            "approve" => "Approved. It is on the page now.",
            "reject" => "Rejected.",
            "spam" => "Marked as spam.",
            "hold" => "Back in the queue.",
            "escalate" => "Escalated.",
            _ => return None,
        };
        return Some(Flash::Done(said.to_owned()));
    }
    let status = query.get("late").and_then(|raw| Status::parse(raw).ok())?;
    let comment = query.parsed("comment", |raw| raw.parse::<CommentId>().ok()).ok().flatten();
    let comment = comment.map(|id| Link::new("See the comment", format!("/desk/comments/{id}")));
    Some(Flash::Conflict { text: late(status, query), comment })
}

/// Who was first, and what became of the comment.
fn late(status: Status, query: &Query) -> String {
    let done = match status {
        Status::Approved => "approved it",
        Status::Rejected => "rejected it",
        Status::Spam => "marked it as spam",
        Status::Pending => "left it for another look",
        Status::Withdrawn => "withdrawn it",
    };
    let at = query.get("at").and_then(crate::domain::Timestamp::parse);
    let at = at.map(|at| format!(" ({})", at.for_people())).unwrap_or_default();
    let by = query.get("by").map(|by| by.chars().take(100).collect::<String>());
    match (by, status) {
        (Some(by), _) => {
            format!("Someone else was first: {by} has {done}{at}. Your decision was not applied.")
        }
        (None, Status::Withdrawn) => {
            "Its author was first and has withdrawn the comment. Your decision was not applied.".to_owned()
        }
        (None, _) => "The comment has changed since you opened the page. Your decision was not applied: \
                      please read it again."
            .to_owned(),
    }
}

/// Only our own pages follow a decision, and only what may stand in a header.
fn is_ours(next: &str) -> bool {
    (next == "/desk" || next.starts_with("/desk?") || next.starts_with("/desk/"))
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn see(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn html(template: &impl Template) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(template.render().unwrap_or_default())
}
