//! The outbox, for admins and operators.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    openapi::{Operation, operation},
    query::Query,
};
use crate::{
    domain::{Code, CommentId, Fault, Message, ModeratorId, OutboxId, Role, Timestamp},
    flow::{
        App,
        outbox::{self, Action, Item, State, Wanted},
    },
};

/// The parameters of a list.
pub const PARAMETERS: [&str; 3] = ["state", "cursor", "limit"];

/// A page of messages.
#[derive(Serialize, ToSchema)]
struct Messages<'a> {
    items: Vec<Owed<'a>>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

/// A message owed to the outside, and what became of it. It holds no address.
#[derive(Serialize, ToSchema)]
#[schema(as = OutboxMessage)]
struct Owed<'a> {
    id: OutboxId,
    /// `owed`, `dead`, `sent` or `dropped`.
    state: &'static str,
    channel: &'a str,
    kind: &'static str,
    /// The comment that it is about, when it is about one.
    comment: Option<CommentId>,
    /// The key of its site.
    site: Option<String>,
    moderator: Option<Addressee<'a>>,
    created_at: Timestamp,
    due_at: Timestamp,
    settled_at: Option<Timestamp>,
    attempts: i64,
    /// Somebody is delivering it until then.
    leased_until: Option<Timestamp>,
    /// What kind of failure the last one was.
    last_error: Option<&'a str>,
}

/// Whom it is for.
#[derive(Serialize, ToSchema)]
struct Addressee<'a> {
    id: ModeratorId,
    name: &'a str,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Settle)]
struct Said {
    id: Option<String>,
    /// `retry`: due at once, with a fresh count. `drop`: given up for good.
    action: Option<String>,
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    operation("outbox", "operation", "What is owed to the outside, and what was given up.")
        .by(Role::operates)
        .query(
            "state",
            json!({"type": "string", "enum": State::ALL.map(State::name), "default": "owed"}),
            "What became of it.",
        )
        .paged(50)
        .answers::<Messages>(200, "A page of messages.")
}

/// What the document says of [`settle`].
pub fn about_settle() -> Operation {
    operation("settleMessage", "operation", "Makes a message due again, or gives it up.")
        .by(Role::operates)
        .takes_with::<Said>(
            &["id", "action"],
            json!({"id": "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "action": "retry"}),
        )
        .answers::<Owed>(200, "The message as it is now.")
        .refuses(&["not-found", "version-conflict"])
}

/// `GET /v1/ops/outbox`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let viewer = auth::moderator(&app, &request).await?;
    let page = outbox::list(&app, &viewer, &wanted(&request, 50)?).await?;
    let items = page.items.iter().map(|item| view(&app, item)).collect();
    let next = page.next.map(|next| next.to_string());
    Ok(answer(Messages { items, next }))
}

/// `POST /v1/ops/outbox`: `retry` or `drop`.
pub async fn settle(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let viewer = auth::moderator(&app, &request).await?;
    let said: Said = body.read(&["id", "action"])?;
    let id: Result<OutboxId, Code> = match &said.id {
        None => Err(Code::Required),
        Some(raw) => raw.parse().map_err(|_| Code::NotAnId),
    };
    let action = match &said.action {
        None => Err(Code::Required),
        Some(raw) => Action::parse(raw).ok_or(Code::UnknownValue),
    };
    match (id, action) {
        (Ok(id), Ok(action)) => {
            Ok(answer(view(&app, &outbox::settle(&app, (&viewer, "api"), id, action).await?)))
        }
        (id, action) => {
            let faults = [id.err().map(Fault::of("id")), action.err().map(Fault::of("action"))];
            Err(ApiError::Validation(faults.into_iter().flatten().collect()))
        }
    }
}

/// What a request asks for; bad values are refused.
pub fn wanted(request: &HttpRequest, limit: usize) -> Result<Wanted, ApiError> {
    let query = Query::of(request, &PARAMETERS)?;
    Ok(Wanted {
        state: query.parsed("state", State::parse)?.unwrap_or_default(),
        after: query.parsed("cursor", |raw| raw.parse().ok())?,
        limit: query.limit(limit)?,
    })
}

fn answer(body: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

fn view<'a>(app: &App, item: &'a Item) -> Owed<'a> {
    let row = &item.row;
    let site = item.site.and_then(|site| app.sites.get(site));
    Owed {
        id: row.id,
        state: item.state.name(),
        channel: &row.channel,
        kind: item.message.as_ref().map_or("unknown", Message::kind),
        comment: item.comment,
        site: site.map(|site| site.key.as_str().to_owned()),
        moderator: item.person.as_ref().map(|(id, name)| Addressee { id: *id, name }),
        created_at: row.created_at,
        due_at: row.due_at,
        settled_at: row.settled_at,
        attempts: row.attempts,
        // a lease that ran out is none
        leased_until: row.leased_until.filter(|at| *at > app.clock.now()),
        last_error: row.last_error.as_deref(),
    }
}
