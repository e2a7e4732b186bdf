//! The moderators' API: list, read, decide. Many decisions at once, and claims, have files of their own.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    item::{Changed, Item, Opened},
    listing,
    openapi::{ActionName, Operation, operation},
    query::Query,
};
use crate::{
    domain::{Code, CommentId, Fault, Moderator, Role, Timestamp},
    flow::{
        App,
        figures::{self, Stats},
        moderate::{self, Action, Outcome, Ruling, Target},
        queue,
    },
    store::QueueRow,
};

/// Longest reason and note, in characters.
pub const REASON: usize = 500;
/// See above.
pub const NOTE: usize = 2_000;

/// A page of the queue.
#[derive(Serialize, ToSchema)]
pub struct Items<'a> {
    items: Vec<Item<'a>>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    listing::described(operation("queue", "moderation", "What waits, or the comments of a status."))
        .note("Search covers what waits and the last 90 days.")
        .by(Role::moderates)
        .answers::<Items>(200, "A page of the list. It may be short, and still have a `next`.")
}

/// `GET /v1/moderation/comments`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let wanted = listing::wanted(&Query::of(&request, &listing::PARAMETERS)?)?;
    let page = queue::list(&app, &moderator, &wanted).await?;
    let items = Item::all(&page.items, &moderator);
    Ok(HttpResponse::Ok().json(Items { items, next: page.next.map(|next| next.to_string()) }))
}

/// How the queue does, as measured some seconds ago.
#[derive(Serialize, ToSchema)]
#[schema(as = Stats)]
pub struct Figures {
    as_of: Timestamp,
    /// How many comments wait, by what they need.
    needs: BTreeMap<&'static str, i64>,
    oldest_waiting_seconds: Option<u64>,
    decisions_per_hour: usize,
    /// From the submission to its first decision.
    median_decision_seconds: Option<u64>,
}

/// What the document says of [`stats`].
pub fn about_stats() -> Operation {
    operation("stats", "moderation", "How the queue does.")
        .by(Role::sees_figures)
        .query("site", json!({"type": "string"}), "The key of a site; all that one sees without.")
        .answers::<Figures>(200, "The figures, some seconds old; zeros for a site that one does not see.")
        .refuses(&["forbidden"])
}

/// `GET /v1/moderation/stats`
pub async fn stats(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["site"])?;
    let Stats { as_of, waiting, oldest, decisions_per_hour, median } =
        figures::stats(&app, &moderator, query.get("site")).await?;
    Ok(HttpResponse::Ok().json(Figures {
        as_of,
        needs: waiting.into_iter().map(|(needs, count)| (needs.name(), count)).collect(),
        oldest_waiting_seconds: oldest.map(|age| age.as_secs()),
        decisions_per_hour,
        median_decision_seconds: median.map(|span| span.as_secs()),
    }))
}

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation("queueItem", "moderation", "One comment, with its history, its texts and what it answers.")
        .by(Role::moderates)
        .answers::<Opened>(200, "The comment.")
}

/// `GET /v1/moderation/comments/{id}`
pub async fn get(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let dossier = queue::open(&app, &moderator, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Opened::of(&dossier, &moderator)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Decide)]
struct One {
    #[schema(value_type = ActionName)]
    decision: String,
    /// The version that was read.
    version: i64,
    /// For the commenter; in place of the canned one when both are there.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// The code of a canned reason of the site.
    reason_code: Option<String>,
    /// For colleagues.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// What the document says of [`decide`].
pub fn about_decide() -> Operation {
    operation("decide", "moderation", "Decides on the version of a comment that was read.")
        .by(Role::moderates)
        .takes::<One>(json!({"decision": "approve", "version": 1}))
        .answers::<Changed>(200, "The comment as the decision left it.")
        .refuses(&["already-decided"])
}

/// `POST /v1/moderation/comments/{id}/decisions`
pub async fn decide(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: One = body.read(&["decision", "version", "reason", "reason_code", "note"])?;
    let target = Target { id: id(&path)?, version: said.version };
    let words = Words { reason: said.reason, reason_code: said.reason_code, note: said.note };
    let ruling = ruling(&app, &moderator, &said.decision, words)?;
    changed(&moderate::decide_one(&app, target, &ruling).await?, &moderator)
}

/// One comment as a change left it, with the name to undo it by.
pub fn changed(
    (outcome, row): &(Outcome, Option<QueueRow>),
    moderator: &Moderator,
) -> Result<HttpResponse, ApiError> {
    match (outcome, row) {
        (Outcome::Done { decision, .. }, Some(row)) => {
            let item = Item::of(row, moderator);
            Ok(HttpResponse::Ok().json(Changed { item, decision_id: *decision }))
        }
        (Outcome::Conflict(standing), _) => Err(ApiError::AlreadyDecided(Some(standing.clone()))),
        (Outcome::Done { .. } | Outcome::NotFound, _) => Err(ApiError::NotFound),
    }
}

/// What a request says with a decision.
#[derive(Debug, Default)]
pub struct Words {
    /// For the commenter.
    pub reason: Option<String>,
    /// The code of a canned reason.
    pub reason_code: Option<String>,
    /// For colleagues.
    pub note: Option<String>,
}

/// What a request says is to be done; its words are checked here.
pub fn ruling<'a>(
    app: &App,
    moderator: &'a Moderator,
    decision: &str,
    Words { reason, reason_code, note }: Words,
) -> Result<Ruling<'a>, ApiError> {
    let mut faults = Vec::new();
    let reason_code = reason_code.map(|code| known_reason(app, moderator, code)).transpose();
    let reason_code = reason_code.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let action = Action::parse(decision);
    if action.is_none() {
        faults.push(Fault { field: "decision", code: Code::UnknownValue });
    }
    let reason = free_text("reason", reason, REASON).map_err(|fault| faults.push(fault)).unwrap_or_default();
    let note = free_text("note", note, NOTE).map_err(|fault| faults.push(fault)).unwrap_or_default();
    match action {
        Some(action) if faults.is_empty() => {
            Ok(Ruling { action, reason, reason_code, note, moderator, via: "api" })
        }
        _ => Err(ApiError::Validation(faults)),
    }
}

/// The code of a canned reason, of any site that this person sees.
pub fn known_reason(app: &App, moderator: &Moderator, code: String) -> Result<String, Fault> {
    let is_known =
        app.sites.all().iter().any(|site| moderator.sees(site.id) && site.policy.reason(&code).is_some());
    if is_known { Ok(code) } else { Err(Fault { field: "reason_code", code: Code::UnknownValue }) }
}

/// Free text of bounded length without control characters; blank is none.
pub fn free_text(field: &'static str, raw: Option<String>, most: usize) -> Result<Option<String>, Fault> {
    let Some(text) = raw.map(|raw| raw.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > most {
        return Err(Fault { field, code: Code::TooLong });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Fault { field, code: Code::ControlCharacter });
    }
    Ok(Some(text))
}

/// The comment of a path.
pub fn id(raw: &str) -> Result<CommentId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
}
