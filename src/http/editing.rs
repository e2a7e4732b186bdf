//! The moderators' API: what they change of one comment, what they answer, and whom they may ask for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    item::{Changed, Item},
    moderation::{self, REASON, free_text},
    openapi::{Operation, operation},
    public::comments::idempotency_key,
};
use crate::{
    domain::{Code, Fault, ReportId, Role},
    flow::{
        App,
        amend::{self, AmendError, Amendment},
        contacts,
        moderate::Target,
        replies::{self, Reply, ReplyError},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Amend)]
struct Change {
    /// Another text; the original is kept.
    comment: Option<String>,
    /// Whether the editors recommend it.
    picked: Option<bool>,
    /// The version that was read.
    version: i64,
}

/// What the document says of [`patch`].
pub fn about_patch() -> Operation {
    operation("amend", "moderation", "Changes the text of a comment, or recommends it.")
        .by(Role::moderates)
        .takes::<Change>(json!({"comment": "The bridge should open again.", "version": 1}))
        .answers::<Changed>(200, "The comment as the change left it.")
        .refuses(&["already-decided"])
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reply)]
struct Answer {
    comment: String,
}

/// What the document says of [`reply`].
pub fn about_reply() -> Operation {
    operation("reply", "moderation", "Replies for the site, published at once.")
        .by(Role::moderates)
        .takes::<Answer>(json!({"comment": "Thank you: we have corrected it."}))
        .answers::<Item>(201, "The reply.")
        .with(201, "Location")
        .idempotent()
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
    Ok(answer.json(Item::of(&replied.item, &moderator)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Kept in the audit log.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Of whoever sent this report, in place of the author.
    #[schema(value_type = Option<ReportId>)]
    report: Option<String>,
}

/// The address of an author, or of whoever reported.
#[derive(Serialize, ToSchema)]
struct Contact {
    /// Nothing where there is none any more.
    email: Option<String>,
    /// Of whoever gave a notice of illegal content.
    name: Option<String>,
}

/// What the document says of [`contact`].
pub fn about_contact() -> Operation {
    operation("contact", "moderation", "Tells an address, for a reason that is kept.")
        .note("That of the comment's author, or of whoever sent the report that is named.")
        .by(Role::edits)
        .takes::<Question>(json!({"reason": "A correction that the author asked for."}))
        .answers::<Contact>(200, "The address.")
}

/// `POST /v1/moderation/comments/{id}/contact`: the address of the author, for a reason that is written down.
pub async fn contact(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Question = body.read(&["reason", "report"])?;
    let reason = reason(said.reason).map_err(|fault| ApiError::Validation(vec![fault]))?;
    let report = said.report.as_deref().map(report).transpose()?;
    let whose = contacts::Whose { comment: moderation::id(&path)?, report };
    let told = contacts::ask(&app, (&moderator, "api"), whose, &reason).await?;
    let contact = Contact { email: told.email(), name: told.name() };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(contact))
}

/// The report that is named.
pub fn report(raw: &str) -> Result<ReportId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
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
