//! The canned reasons of a site: every moderator of it may read them, editors set them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    json::Object,
    openapi::{Operation, operation},
    policy::site_of,
};
use crate::{
    domain::{Basis, CannedReason, Code, Fault, Role},
    flow::{App, FlowError, reasons},
};

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation(
        "reasons",
        "articles",
        "The canned reasons of a site, in the order in which moderators see them.",
    )
    .by(Role::moderates)
    .answers::<Reasons>(200, "The list.")
}

/// `GET /v1/sites/{site}/reasons`
pub async fn get(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    Ok(told(&site_of(&app, &moderator, &path)?.policy.reasons))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetReasons)]
struct List {
    #[schema(value_type = Vec<Item>, max_items = 50)]
    reasons: Vec<Object<Item>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reason)]
struct Item {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$")]
    code: String,
    /// For the commenter.
    #[schema(min_length = 1, max_length = 500)]
    text: String,
    #[schema(value_type = Basis)]
    basis: String,
}

/// The reasons of a site.
#[derive(Serialize, ToSchema)]
struct Reasons<'a> {
    #[schema(value_type = Vec<Item>)]
    reasons: &'a [CannedReason],
}

/// What the document says of [`put`].
pub fn about_put() -> Operation {
    let reason = json!({"code": "personal-attack", "text": "Please argue with the text.", "basis": "terms"});
    operation("setReasons", "articles", "Sets the whole list of canned reasons.")
        .by(Role::edits)
        .takes::<List>(json!({"reasons": [reason]}))
        .answers::<Reasons>(200, "The list as it is now.")
}

/// `PUT /v1/sites/{site}/reasons`: the whole list, in the order in which moderators are shown it.
pub async fn put(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let site = site_of(&app, &moderator, &path)?;
    let said: List = body.read(&["reasons"])?;
    let parsed: Result<Vec<CannedReason>, Vec<Fault>> =
        said.reasons.iter().map(|item| CannedReason::parse(&item.code, &item.text, &item.basis)).collect();
    let list =
        parsed.map_err(|faults| ApiError::Validation(faults.into_iter().map(of_the_list).collect()))?;
    let set = reasons::set(&app, (&moderator, "api"), &site, |_| list.clone()).await?;
    let fault = || {
        let code = if list.len() > crate::domain::REASONS { Code::TooLong } else { Code::Repeated };
        ApiError::Validation(vec![Fault { field: "reasons", code }])
    };
    Ok(told(&set.ok_or_else(fault)?))
}

/// A fault of one reason, as a member of the list.
fn of_the_list(fault: Fault) -> Fault {
    let field = match fault.field {
        "code" => "reasons.code",
        "text" => "reasons.text",
        _ => "reasons.basis",
    };
    Fault { field, ..fault }
}

fn told(list: &[CannedReason]) -> HttpResponse {
    HttpResponse::Ok().json(Reasons { reasons: list })
}
