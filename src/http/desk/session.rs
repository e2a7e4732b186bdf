//! Signing in and out, and who is signed in.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, Data},
};
use askama::Template;
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    html, is_ours,
    pages::{SignInPage, TopBar},
    see,
};
use crate::{
    domain::Moderator,
    flow::{App, accounts},
    http::{Shared, auth, body::FormBody, error::ApiError, limits, query::Query, view::Link},
    vault::{SecretHash, Token, TokenPurpose},
};

/// How long a page with a form stays good.
const FORM_LIFE: Duration = Duration::from_hours(12);

/// Somebody who is signed in.
pub struct Session {
    /// Who.
    pub moderator: Moderator,
    /// Proves that a form was made for this session.
    pub csrf: String,
    mark: i64,
}

impl Session {
    /// Who is signed in with this browser, if anybody is.
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Option<Self>, ApiError> {
        let Some(secret) = auth::session(app, request) else { return Ok(None) };
        let Some(moderator) = accounts::of_session(app, &secret).await? else { return Ok(None) };
        let mark = mark(&secret);
        let csrf = csrf(app, moderator.id.uuid(), mark);
        Ok(Some(Self { moderator, csrf, mark }))
    }

    /// Refuses a form that was not made for this session.
    pub fn check(&self, app: &App, csrf: Option<&str>) -> Result<(), ApiError> {
        check(app, csrf, (self.moderator.id.uuid(), self.mark))
    }

    /// The bar on top of every page of the desk.
    pub fn bar(&self) -> TopBar {
        TopBar {
            name: self.moderator.name.clone(),
            role: self.moderator.role.name().to_owned(),
            home_url: "/desk".to_owned(),
            links: if self.moderator.role.edits() {
                vec![Link::new("Audit log", "/desk/audit")]
            } else {
                Vec::new()
            },
            sign_out_url: "/desk/sign-out".to_owned(),
            csrf: self.csrf.clone(),
        }
    }
}

/// A number that tells sessions apart without telling the session.
fn mark(secret: &str) -> i64 {
    SecretHash::of(secret)
        .as_str()
        .bytes()
        .take(10)
        .fold(0, |mark, byte| mark.wrapping_mul(64) ^ i64::from(byte))
}

fn csrf(app: &App, object: Uuid, version: i64) -> String {
    let expires = app.clock.now().plus(FORM_LIFE);
    app.vault.mint(&Token { purpose: TokenPurpose::Csrf, object, version, recipient: None, expires })
}

fn check(app: &App, csrf: Option<&str>, (object, version): (Uuid, i64)) -> Result<(), ApiError> {
    let token = csrf.and_then(|raw| app.vault.verify(TokenPurpose::Csrf, raw, app.clock.now()).ok());
    match token {
        Some(token) if token.object == object && token.version == version => Ok(()),
        _ => Err(ApiError::Forbidden),
    }
}

/// Sends a browser to the sign-in page, and from there back: to the page, without what its address says beside.
pub fn ask(page: &str) -> HttpResponse {
    let back = form_urlencoded::Serializer::new(String::new()).append_pair("next", page).finish();
    see(&format!("/desk/sign-in?{back}"))
}

/// `GET /desk/sign-in`
pub async fn sign_in_page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let next = Query::of(&request, &["next"])?;
    let next = next.get("next").filter(|next| is_ours(next)).unwrap_or("/desk").to_owned();
    if Session::of(&app, &request).await?.is_some() {
        return Ok(see(&next));
    }
    Ok(html(&page(&app, next, (String::new(), None))))
}

fn page(app: &App, next: String, (email, error): (String, Option<&str>)) -> SignInPage {
    SignInPage {
        action: "/desk/sign-in".to_owned(),
        csrf: csrf(app, Uuid::nil(), 0),
        next,
        email,
        error: error.map(str::to_owned),
    }
}

/// `POST /desk/sign-in`: the same answer and the same work for names that are not known.
pub async fn sign_in(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    limits::check_sign_in(&shared, &request)?;
    let form = body.read(&["csrf", "next", "email", "password"])?;
    let next = form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk").to_owned();
    let email = form.owned("email").unwrap_or_default();
    if check(&app, form.get("csrf"), (Uuid::nil(), 0)).is_err() {
        let said = "This page was open for too long. Please try again.";
        return Ok(refuse(&page(&app, next, (email, Some(said))), StatusCode::FORBIDDEN));
    }
    let row = accounts::find(&app, &email).await?;
    let (known, typed) = (row.clone(), form.owned("password").unwrap_or_default());
    let is_right = web::block(move || accounts::is_right(known.as_ref(), &typed)).await;
    let Some(row) = row.filter(|_| is_right.unwrap_or_default()) else {
        let said = "The e-mail address or the password is not right.";
        return Ok(refuse(&page(&app, next, (email, Some(said))), StatusCode::UNPROCESSABLE_ENTITY));
    };
    let secret = accounts::open_session(&app, row.id).await?;
    let mut answer = see(&next);
    answer.add_cookie(&auth::session_cookie(&app, secret.reveal())).map_err(|_| ApiError::Internal)?;
    Ok(answer)
}

fn refuse(page: &SignInPage, status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

/// `POST /desk/sign-out`
pub async fn sign_out(
    app: Data<App>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    if let (Some(session), Some(secret)) = (Session::of(&app, &request).await?, auth::session(&app, &request))
    {
        session.check(&app, body.read(&["csrf"])?.get("csrf"))?;
        accounts::end_session(&app, &secret).await?;
    }
    let mut answer = see("/desk/sign-in");
    answer.add_cookie(&auth::session_cookie(&app, "")).map_err(|_| ApiError::Internal)?;
    Ok(answer)
}
