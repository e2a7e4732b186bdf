//! The moderators' API: what they change of one comment, what they answer, and whom they may ask for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    moderation::{self, REASON, free_text},
    public::comments::idempotency_key,
};
use crate::{
    domain::{Code, Fault},
    flow::{
        App,
        amend::{self, AmendError, Amendment},
        contacts,
        moderate::Target,
        replies::{self, Reply, ReplyError},
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    comment: Option<String>,
    picked: Option<bool>,
    version: i64,
}

/// `PATCH /v1/moderation/comments/{id}`: another text, or a recommendation; `decision_id` undoes it.
pub async fn patch(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Change = body.read(&["comment", "picked", "version"])?;
    if said.comment.is_none() && said.picked.is_none() {
        return Err(ApiError::Validation(vec![Fault { field: "comment", code: Code::Required }]));
    }
    let target = Target { id: moderation::id(&path)?, version: said.version };
    let amendment = Amendment { text: said.comment.as_deref(), picked: said.picked };
    moderation::changed(&amend::amend(&app, (&moderator, "api"), target, &amendment).await?, &moderator)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    comment: String,
}

/// `POST /v1/moderation/comments/{id}/replies`: an answer of the site's own people, published at once.
pub async fn reply(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Answer = body.read(&["comment"])?;
    let key = idempotency_key(&request)?;
    let to = moderation::id(&path)?;
    let reply = Reply { to, text: &said.comment, key: key.as_deref(), via: "api" };
    let replied = replies::reply(&app, &moderator, reply).await?;
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::LOCATION, format!("/v1/moderation/comments/{}", replied.item.id)));
    if replied.replayed {
        answer.insert_header(("idempotency-replayed", "true"));
    }
    Ok(answer.json(moderation::item(&replied.item, &moderator)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    reason: String,
}

/// `POST /v1/moderation/comments/{id}/contact`: the address of the author, for a reason that is written down.
pub async fn contact(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Question = body.read(&["reason"])?;
    let reason = reason(said.reason).map_err(|fault| ApiError::Validation(vec![fault]))?;
    let email = contacts::ask(&app, (&moderator, "api"), moderation::id(&path)?, &reason).await?;
    let email = email.map(contacts::Told::into_answer);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "email": email })))
}

/// Why somebody asks for an address: there must be something.
pub fn reason(raw: String) -> Result<String, Fault> {
    free_text("reason", Some(raw), REASON)?.ok_or(Fault { field: "reason", code: Code::Required })
}

impl From<AmendError> for ApiError {
    fn from(error: AmendError) -> Self {
        match error {
            AmendError::Invalid(code) => Self::Validation(vec![Fault { field: "comment", code }]),
            AmendError::Flow(error) => error.into(),
        }
    }
}

impl From<ReplyError> for ApiError {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Submit(error) => error.into(),
            ReplyError::Flow(error) => error.into(),
        }
    }
}
