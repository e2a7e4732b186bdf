//! The desk: the moderators' web pages. Everything works without scripts: what was done travels to the next
//! page in its address, and what is selected are check boxes of one form.

pub mod account;
pub mod account_pages;
mod act;
pub mod audit;
mod card;
pub mod editing;
mod flash;
pub mod invitation;
pub mod link;
pub mod links;
pub mod mail_form;
pub mod pages;
pub mod people;
pub mod people_pages;
mod qr;
pub mod reasons;
pub mod second_factor;
pub mod session;
mod show;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Data, Path},
};
use askama::Template;

pub use act::{claim, claim_many, decide, decide_selected, undo};
pub use session::{sign_in, sign_in_page, sign_out};

use self::{
    editing::Beside,
    flash::flash,
    pages::{BulkForm, ClaimsForm, CommentPage, Flash, QueuePage, Tab},
    session::Session,
};
use super::{error::ApiError, layer, query::Query, view::Link};
use crate::{
    domain::{CommentId, Status},
    flow::{
        App,
        queue::{self as queues, Wanted},
    },
};

/// Comments on one page of the queue.
const PAGE: usize = 25;

/// The lists, by the name in the address and the words on the tab.
const TABS: [(&str, &str, Option<Status>); 5] = [
    ("waiting", "Waiting", None),
    ("mine", "Mine", None),
    ("approved", "Approved", Some(Status::Approved)),
    ("rejected", "Rejected", Some(Status::Rejected)),
    ("spam", "Spam", Some(Status::Spam)),
];

/// `GET /desk`
pub async fn queue(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    let query = Query::of(&request, &[&flash::MEMBERS[..], &["list", "cursor", "select"]].concat())?;
    let list = query.get("list").unwrap_or("waiting");
    let (name, _, status) = TABS.into_iter().find(|(name, ..)| *name == list).ok_or(ApiError::NotFound)?;
    let after: Option<CommentId> = query.parsed("cursor", |raw| raw.parse().ok())?;
    let (newest_first, mine) = (status.is_some(), name == "mine");
    let wanted = Wanted { status, newest_first, after, mine, limit: PAGE, ..Wanted::default() };
    let page = queues::list(&app, &session.moderator, &wanted).await?;
    let here = |name: &str| format!("/desk?list={name}");
    let tab = |(tab, label, _): (&str, &str, _)| Tab {
        label: label.to_owned(),
        url: here(tab),
        current: tab == name,
        count: None,
    };
    let is_selected = query.get("select") == Some("all");
    let selects = status.is_none().then_some(is_selected);
    let card = |item| show::card(&app, &session, item, (None, &here(name))).selectable(selects);
    let this = after.map_or_else(|| here(name), |after| format!("{}&cursor={after}", here(name)));
    let template = QueuePage {
        bar: session.bar(),
        tabs: TABS.into_iter().map(tab).collect(),
        flash: flash(&query, &session, &here(name)),
        claims: status.is_none().then(|| ClaimsForm {
            csrf: session.csrf.clone(),
            mine: here("mine"),
            has_mine: mine && !page.items.is_empty(),
        }),
        cards: page.items.iter().map(card).collect(),
        bulk: (status.is_none() && !page.items.is_empty()).then(|| BulkForm {
            csrf: session.csrf.clone(),
            next: here(name),
            all: (!is_selected)
                .then(|| Link::new("Select all on this page", format!("{this}&select=all#bulk"))),
        }),
        first: after.map(|_| Link::new("Back to the start", here(name))),
        next: page.next.map(|next| {
            let label = if newest_first { "Older" } else { "Next" };
            Link::new(label, format!("{}&cursor={next}", here(name)))
        }),
    };
    Ok(watching(&template))
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
    let query = Query::of(&request, &flash::MEMBERS)?;
    show_comment(&app, &session, id, (Some(&query), Beside::default())).await
}

/// The page of a comment: with what the last action did, and what stands beside it.
async fn show_comment(
    app: &App,
    session: &Session,
    id: CommentId,
    (query, beside): (Option<&Query>, Beside),
) -> Result<HttpResponse, ApiError> {
    let dossier = queues::open(app, &session.moderator, id).await?;
    let here = format!("/desk/comments/{id}");
    let mut card = show::card(app, session, &dossier.item, (dossier.parent.as_ref(), &here));
    card.detail_url = None;
    let template = CommentPage {
        bar: session.bar(),
        back: Link::new("Queue", "/desk"),
        flash: query.and_then(|query| flash(query, session, &here)).map(Flash::at_the_comment),
        card,
        forms: editing::forms(app, session, &dossier, &beside),
        versions: editing::versions(app, &dossier),
        history: show::history(app, &dossier.history),
    };
    Ok(watching(&template))
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

/// A page whose script listens to what happens to the queue.
fn watching(template: &impl Template) -> HttpResponse {
    let mut page = html(template);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(layer::DESK_POLICY));
    page
}
