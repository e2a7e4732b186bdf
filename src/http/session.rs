//! `/v1/session`: signing in and out, and who one is, for programs and pages of one's own.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Shared, auth,
    body::JsonBody,
    cookies,
    desk::session::{Session, Typed, arrives, enter},
    error::ApiError,
    openapi::{Operation, operation},
};
use crate::{
    domain::{Moderator, ModeratorId, Role, Scope, Timestamp},
    flow::{
        App,
        accounts::{self, Refusal},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
struct Said {
    /// The address of the account.
    name: String,
    password: String,
    /// Of the second factor, where there is one.
    code: Option<String>,
}

/// Who somebody is.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct Told<'a> {
    id: ModeratorId,
    name: &'a str,
    #[schema(value_type = Role)]
    role: &'static str,
    /// The keys of the sites that they are bound to; null for none in particular.
    #[schema(required)]
    sites: Option<Vec<String>>,
    #[schema(value_type = Scope)]
    scope: &'static str,
    #[schema(required)]
    expires_at: Option<Timestamp>,
    /// Of a browser: for `X-CSRF-Token`, with whatever changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<&'a str>,
    /// Of a browser: nothing is allowed before one is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor_required: Option<bool>,
}

/// What the document says of [`sign_in`].
pub fn about_sign_in() -> Operation {
    operation("signIn", "people", "Signs a browser in.")
        .note("One answer for whatever is wrong.")
        .takes::<Said>(json!({"name": "mo@gazette.example", "password": "correct horse battery staple"}))
        .answers::<Told>(200, "Who they are.")
        .with(200, "Set-Cookie")
        .refuses(&["unauthenticated", "origin-not-allowed"])
        .limited()
}

/// What the document says of [`show`].
pub fn about_show() -> Operation {
    operation("session", "people", "Who one is.")
        .by(Role::is_known)
        .answers::<Told>(200, "Who one is; with `csrf` for a browser.")
}

/// What the document says of [`sign_out`].
pub fn about_sign_out() -> Operation {
    operation("signOut", "people", "Ends the session of a browser.")
        .by_browser()
        .answers_nothing(204, "It has ended.")
        .with(204, "Set-Cookie")
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
    let arrival = arrives(&app, &shared, &request).await?;
    let typed = Typed { name: said.name, password: said.password, code: said.code.unwrap_or_default() };
    let entered = match enter(&app, (&shared, &request), arrival, typed).await {
        Ok(entered) => entered,
        Err(Refusal::Wrong) => return Err(ApiError::Unauthenticated),
        Err(Refusal::TooMany(seconds)) => return Err(ApiError::RateLimited(seconds)),
        Err(Refusal::Store(error)) => return Err(error.into()),
    };
    let session = Session::entered(&app, &request, &entered).await?.ok_or(ApiError::Unauthenticated)?;
    let mut answer = told(&of_session(&app, &session));
    cookies::enter(&app, &mut answer, &entered)?;
    Ok(answer)
}

/// `GET /v1/session`
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(token) = auth::bearer(&request) {
        let program = accounts::of_token(&app, token).await?.ok_or(ApiError::Unauthenticated)?;
        return Ok(told(&Told::of(&app, &program.moderator, (program.scope, program.expires_at))));
    }
    let session = Session::any(&app, &request).await?.ok_or(ApiError::Unauthenticated)?;
    Ok(told(&of_session(&app, &session)))
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

fn told(body: &Told<'_>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

fn of_session<'a>(app: &App, session: &'a Session) -> Told<'a> {
    Told {
        csrf: Some(&session.csrf),
        second_factor_required: Some(session.must_enrol),
        ..Told::of(app, &session.moderator, (Scope::All, Some(session.signed.expires_at)))
    }
}

impl<'a> Told<'a> {
    fn of(app: &App, moderator: &'a Moderator, (scope, expires_at): (Scope, Option<Timestamp>)) -> Self {
        let key =
            |site: &crate::domain::SiteId| app.sites.get(*site).map(|site| site.key.as_str().to_owned());
        Self {
            id: moderator.id,
            name: &moderator.name,
            role: moderator.role.name(),
            sites: moderator.sites.as_ref().map(|sites| sites.iter().filter_map(key).collect()),
            scope: scope.name(),
            expires_at,
            csrf: None,
            second_factor_required: None,
        }
    }
}
