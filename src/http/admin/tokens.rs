//! The API tokens of the people whom an admin keeps: what there are, and their end. Each is known by its
//! mark, the beginning of its hash.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{keeper, next, unkept};
use crate::{
    domain::{Mark, ModeratorId, Role, Scope, Timestamp},
    flow::{App, FlowError, accounts},
    http::{
        auth,
        error::ApiError,
        openapi::{Operation, operation},
        query::Query,
    },
    store::ColleagueToken,
};

/// A page of tokens.
#[derive(Serialize, ToSchema)]
struct Tokens<'a> {
    items: Vec<Token<'a>>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

/// An API token, without itself.
#[derive(Serialize, ToSchema)]
struct Token<'a> {
    /// The beginning of its hash.
    id: String,
    /// Whose it is.
    moderator: ModeratorId,
    /// What it is for.
    name: &'a str,
    #[schema(value_type = Scope)]
    scope: &'static str,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    operation("tokens", "people", "The API tokens of the people whom one keeps.")
        .by(Role::keeps_people)
        .paged(50)
        .answers::<Tokens>(200, "A page of them.")
}

/// What the document says of [`revoke`].
pub fn about_revoke() -> Operation {
    operation("revokeToken", "people", "Ends an API token.")
        .by(Role::keeps_people)
        .answers_nothing(204, "It has ended.")
}

/// `GET /v1/admin/tokens`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let admin = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["cursor", "limit"])?;
    let after = query.parsed("cursor", Mark::parse)?;
    let limit = query.limit(50)?;
    let mut rows = accounts::tokens_of_colleagues(&app, &admin).await?;
    rows.retain(|row| after.as_ref().is_none_or(|after| mark(row) > *after));
    let next = next(&rows, limit).map(|row| mark(row).to_string());
    Ok(unkept(Tokens { items: rows.iter().take(limit).map(Token::from).collect(), next }))
}

/// `DELETE /v1/admin/tokens/{id}`
pub async fn revoke(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let admin = auth::moderator(&app, &request).await?;
    if !admin.role.keeps_people() {
        return Err(FlowError::Forbidden.into());
    }
    let mark = Mark::parse(&path).ok_or(ApiError::NotFound)?;
    accounts::revoke_colleagues_token(&app, keeper(&admin), &mark).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn mark(row: &ColleagueToken) -> Mark {
    Mark::of(&row.token.hash)
}

impl<'a> From<&'a ColleagueToken> for Token<'a> {
    fn from(row: &'a ColleagueToken) -> Self {
        Self {
            id: mark(row).to_string(),
            moderator: row.moderator,
            name: &row.token.name,
            scope: row.token.scope.name(),
            created_at: row.token.created_at,
            expires_at: row.token.expires_at,
            used_at: row.token.used_at,
        }
    }
}
