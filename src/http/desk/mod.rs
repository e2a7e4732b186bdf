//! The desk: the moderators' web pages. Everything works without scripts: what was done travels to the next
//! page in its address, and what is selected are check boxes of one form.

pub mod account;
pub mod account_pages;
mod act;
mod article_forms;
pub mod article_pages;
pub mod articles;
pub mod audit;
mod block_forms;
pub mod block_pages;
pub mod blocks;
mod card;
pub mod comment_page;
pub mod editing;
mod flash;
pub mod invitation;
pub mod link;
pub mod links;
pub mod mail_form;
pub mod outbox;
pub mod outbox_pages;
pub mod pages;
pub mod people;
pub mod people_pages;
pub mod policy;
mod policy_form;
mod qr;
mod queue;
pub mod reasons;
mod reports;
pub mod rule_pages;
mod rules;
pub mod script;
mod search;
pub mod second_factor;
pub mod session;
mod show;
mod sites;
pub mod thread;
mod whole;
pub mod words;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Data, Path},
};
use askama::Template;

pub use act::{claim, claim_many, decide, decide_selected, undo};
pub use queue::queue;
pub use session::{sign_in, sign_in_page, sign_out};

use self::{
    editing::Beside,
    flash::flash,
    pages::{CommentPage, Flash},
    session::Session,
};
use super::{error::ApiError, layer, query::Query, view::Link};
use crate::{
    domain::CommentId,
    flow::{App, queue as queues},
};

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
    (query, beside): (Option<&Query<'_>>, Beside),
) -> Result<HttpResponse, ApiError> {
    let dossier = queues::open(app, &session.moderator, id).await?;
    let here = format!("/desk/comments/{id}");
    let mut card = show::card(app, session, &dossier.item, &here);
    // what it answers stands above it, as far as it is there
    if !dossier.above.is_empty() {
        (card.reply_to, card.is_reply) = (None, false);
    }
    card.detail_url = None;
    let t = session.t;
    let template = CommentPage {
        t,
        bar: session.bar(),
        back: Link::new(t.say("page-back-to-queue"), "/desk"),
        flash: query.and_then(|query| flash_here(query, session, &here)),
        card,
        reports: reports::entries(app, t, &dossier.reports),
        thread: thread::thread(app, t, &dossier),
        forms: editing::forms(app, session, &dossier, &beside),
        versions: editing::versions(app, t, &dossier),
        history: show::history(app, session, &dossier.history),
    };
    Ok(watching(&template))
}

/// What the last action did with the comment of the page: after a decision, with the way on.
fn flash_here(query: &Query, session: &Session, here: &str) -> Option<Flash> {
    let is_settled = query.get("done").or(query.get("late")).is_some();
    let goes_on = is_settled.then(|| Link::new(session.t.say("flash-next"), session::QUEUE));
    Some(flash(query, session, here)?.at_the_comment(goes_on))
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
