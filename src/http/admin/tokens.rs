//! The API tokens of the people whom an admin keeps: what there are, and their end. Each is known by its
//! mark, the beginning of its hash.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde_json::{Value, json};

use super::{keeper, paged};
use crate::{
    flow::{
        App,
        accounts::{self, MARK},
    },
    http::{auth, error::ApiError, query::Query},
    store::ColleagueToken,
};

/// `GET /v1/admin/tokens`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let admin = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["cursor", "limit"])?;
    let after = query.parsed("cursor", |raw| is_mark(raw).then(|| raw.to_owned()))?;
    let limit = query.limit(50)?;
    let mut rows = accounts::tokens_of_colleagues(&app, &admin).await?;
    rows.retain(|row| after.as_ref().is_none_or(|after| mark(row) > *after));
    Ok(paged((rows, limit), mark, view))
}

/// `DELETE /v1/admin/tokens/{id}`
pub async fn revoke(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    accounts::revoke_colleagues_token(&app, keeper(&admin), &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Characters of base64url.
fn is_mark(raw: &str) -> bool {
    raw.len() == MARK && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn mark(row: &ColleagueToken) -> String {
    row.token.hash.chars().take(MARK).collect()
}

fn view(row: &ColleagueToken) -> Value {
    json!({
        "id": mark(row),
        "moderator": row.moderator,
        "name": row.token.name,
        "scope": row.token.scope.name(),
        "created_at": row.token.created_at,
        "expires_at": row.token.expires_at,
        "used_at": row.token.used_at,
    })
}
