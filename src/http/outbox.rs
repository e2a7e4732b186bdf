//! The outbox, for admins and operators.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth, body::JsonBody, error::ApiError, query::Query};
use crate::{
    domain::{Code, Fault, Message, OutboxId},
    flow::{
        App,
        outbox::{self, Action, Item, State, Wanted},
    },
};

/// The parameters of a list.
pub const PARAMETERS: [&str; 3] = ["state", "cursor", "limit"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    id: Option<String>,
    action: Option<String>,
}

/// `GET /v1/ops/outbox`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let viewer = auth::moderator(&app, &request).await?;
    let page = outbox::list(&app, &viewer, &wanted(&request, 50)?).await?;
    let items: Vec<Value> = page.items.iter().map(|item| view(&app, item)).collect();
    let next = page.next.map(|next| next.to_string());
    Ok(answer(json!({"items": items, "next": next})))
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

fn answer(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

fn view(app: &App, item: &Item) -> Value {
    let row = &item.row;
    let site = item.site.and_then(|site| app.sites.get(site));
    // a lease that ran out is none
    let leased_until = row.leased_until.filter(|at| *at > app.clock.now());
    json!({
        "id": row.id,
        "state": item.state.name(),
        "channel": row.channel,
        "kind": item.message.as_ref().map_or("unknown", Message::kind),
        "comment": item.comment,
        "site": site.map(|site| site.key.as_str().to_owned()),
        "moderator": item.person.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "created_at": row.created_at,
        "due_at": row.due_at,
        "settled_at": row.settled_at,
        "attempts": row.attempts,
        "leased_until": leased_until,
        "last_error": row.last_error,
    })
}
