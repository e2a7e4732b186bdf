//! `/v1/session`: signing in and out, and who one is, for programs and pages of one's own.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared, auth,
    body::JsonBody,
    cookies,
    desk::session::{Session, Typed, arrives, enter},
    error::ApiError,
};
use crate::{
    domain::{Moderator, Scope, Timestamp},
    flow::{
        App,
        accounts::{self, Refusal},
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    name: String,
    password: String,
    code: Option<String>,
}

/// `POST /v1/session`: the same answer and the same work for names that are not known.
pub async fn sign_in(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let said: Said = body.read(&["name", "password", "code"])?;
    let arrival = arrives(&app, &shared, &request)?;
    let typed = Typed { name: said.name, password: said.password, code: said.code.unwrap_or_default() };
    let entered = match enter(&app, (&shared, &request), arrival, typed).await {
        Ok(entered) => entered,
        Err(Refusal::Wrong) => return Err(ApiError::Unauthenticated),
        Err(Refusal::TooMany(seconds)) => return Err(ApiError::RateLimited(seconds)),
        Err(Refusal::Store(error)) => return Err(error.into()),
    };
    let session = Session::entered(&app, &request, &entered).await?.ok_or(ApiError::Unauthenticated)?;
    let mut answer = told(of_session(&app, &session));
    cookies::enter(&app, &mut answer, &entered)?;
    Ok(answer)
}

/// `GET /v1/session`
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(token) = auth::bearer(&request) {
        let program = accounts::of_token(&app, token).await?.ok_or(ApiError::Unauthenticated)?;
        return Ok(told(view(&app, &program.moderator, (program.scope, program.expires_at))));
    }
    let session = Session::any(&app, &request).await?.ok_or(ApiError::Unauthenticated)?;
    Ok(told(of_session(&app, &session)))
}

/// `DELETE /v1/session`
pub async fn sign_out(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let session = Session::any(&app, &request).await?.ok_or(ApiError::Unauthenticated)?;
    session.check(&app, auth::header_value(&request, auth::CSRF))?;
    if let Some(secret) = cookies::session(&app, &request) {
        accounts::end_session(&app, &secret).await?;
    }
    let mut answer = HttpResponse::NoContent().finish();
    cookies::leave(&app, &mut answer)?;
    Ok(answer)
}

fn told(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

fn of_session(app: &App, session: &Session) -> Value {
    let mut body = view(app, &session.moderator, (Scope::All, Some(session.signed.expires_at)));
    body["csrf"] = json!(session.csrf);
    body["second_factor_required"] = json!(session.must_enrol);
    body
}

fn view(app: &App, moderator: &Moderator, (scope, expires_at): (Scope, Option<Timestamp>)) -> Value {
    let key = |site: &crate::domain::SiteId| app.sites.get(*site).map(|site| site.key.as_str().to_owned());
    let sites: Option<Vec<String>> =
        moderator.sites.as_ref().map(|sites| sites.iter().filter_map(key).collect());
    json!({
        "id": moderator.id,
        "name": moderator.name,
        "role": moderator.role.name(),
        "sites": sites,
        "scope": scope.name(),
        "expires_at": expires_at,
    })
}
