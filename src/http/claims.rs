//! The moderators' API: taking comments to read, keeping them, giving them back.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Deserialize;
use serde_json::json;

use super::{
    auth,
    body::{JsonBody, MaybeJson},
    error::ApiError,
    moderation::items,
};
use crate::{
    domain::{Code, CommentId, Fault},
    flow::{App, claims},
};

/// Most comments that one request takes or names.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Take {
    site: Option<String>,
    limit: usize,
}

/// `POST /v1/moderation/claims`: the next ones that nobody has.
pub async fn take(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Take = body.read(&["site", "limit"])?;
    let invalid = |field, code| Err(ApiError::Validation(vec![Fault { field, code }]));
    if !(1..=MOST).contains(&said.limit) {
        return invalid("limit", Code::UnknownValue);
    }
    // PostgreSQL takes no U+0000 in a text: here both databases are still alike
    if said.site.as_ref().is_some_and(|site| site.chars().any(char::is_control)) {
        return invalid("site", Code::ControlCharacter);
    }
    let share = claims::take_next(&app, &moderator, said.site.as_deref(), said.limit).await?;
    let expires_at = (!share.items.is_empty()).then_some(share.expires_at);
    let items = items(&share.items, &moderator);
    Ok(HttpResponse::Ok().json(json!({"items": items, "expires_at": expires_at})))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mine {
    ids: Option<Vec<CommentId>>,
}

/// `PUT /v1/moderation/claims`: renews those named, or all.
pub async fn renew(app: Data<App>, request: HttpRequest, body: MaybeJson) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let only = named(&body)?;
    let (ids, until) = claims::renew(&app, &moderator, only.as_deref()).await?;
    let expires_at = (!ids.is_empty()).then_some(until);
    Ok(HttpResponse::Ok().json(json!({"ids": ids, "expires_at": expires_at})))
}

/// `DELETE /v1/moderation/claims`: gives back those named, or all.
pub async fn give_back(
    app: Data<App>,
    request: HttpRequest,
    body: MaybeJson,
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let only = named(&body)?;
    let ids = claims::give_back(&app, &moderator, only.as_deref()).await?;
    Ok(HttpResponse::Ok().json(json!({ "ids": ids })))
}

fn named(body: &MaybeJson) -> Result<Option<Vec<CommentId>>, ApiError> {
    let mine: Mine = body.read(&["ids"])?;
    match mine.ids {
        Some(ids) if ids.len() > MOST => {
            Err(ApiError::Validation(vec![Fault { field: "ids", code: Code::TooLong }]))
        }
        ids => Ok(ids),
    }
}
