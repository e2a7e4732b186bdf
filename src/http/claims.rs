//! The moderators' API: taking comments to read, keeping them, giving them back.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::{JsonBody, MaybeJson},
    error::ApiError,
    item::Item,
    openapi::{Operation, operation},
};
use crate::{
    domain::{Code, CommentId, Fault, Role, Timestamp},
    flow::{App, claims},
};

/// Most comments that one request takes or names.
const MOST: usize = 100;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Take {
    /// The key of a site; any that one sees without.
    site: Option<String>,
    #[schema(minimum = 1, maximum = 100)]
    limit: usize,
}

/// Comments to read, and until when they are held.
#[derive(Serialize, ToSchema)]
struct Taken<'a> {
    items: Vec<Item<'a>>,
    /// Nothing where there are none.
    expires_at: Option<Timestamp>,
}

/// What the document says of [`take`].
pub fn about_take() -> Operation {
    operation("claim", "moderation", "Takes the next comments that nobody reads, for five minutes.")
        .note("Who has 100 gets no more.")
        .by(Role::moderates)
        .takes::<Take>(json!({"limit": 10}))
        .answers::<Taken>(200, "The comments, the oldest first.")
        .refuses(&["not-found"])
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
    Ok(HttpResponse::Ok().json(Taken { items: Item::all(&share.items, &moderator), expires_at }))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mine {
    /// All of one's own without.
    #[schema(max_items = 100)]
    ids: Option<Vec<CommentId>>,
}

/// Which claims were renewed.
#[derive(Serialize, ToSchema)]
struct Renewed {
    ids: Vec<CommentId>,
    /// Nothing where there are none.
    expires_at: Option<Timestamp>,
}

/// Which claims were given back.
#[derive(Serialize, ToSchema)]
struct GivenBack {
    ids: Vec<CommentId>,
}

/// What the document says of [`renew`].
pub fn about_renew() -> Operation {
    operation("renewClaims", "moderation", "Keeps one's own claims for five minutes more.")
        .by(Role::moderates)
        .may_take::<Mine>(json!({"ids": []}))
        .answers::<Renewed>(200, "Those that were still one's own.")
}

/// What the document says of [`give_back`].
pub fn about_give_back() -> Operation {
    operation("giveBackClaims", "moderation", "Gives one's own claims back.")
        .by(Role::moderates)
        .may_take::<Mine>(json!({"ids": []}))
        .answers::<GivenBack>(200, "Those that were one's own.")
}

/// `PUT /v1/moderation/claims`: renews those named, or all.
pub async fn renew(app: Data<App>, request: HttpRequest, body: MaybeJson) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let only = named(&body)?;
    let (ids, until) = claims::renew(&app, &moderator, only.as_deref()).await?;
    let expires_at = (!ids.is_empty()).then_some(until);
    Ok(HttpResponse::Ok().json(Renewed { ids, expires_at }))
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
    Ok(HttpResponse::Ok().json(GivenBack { ids }))
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
