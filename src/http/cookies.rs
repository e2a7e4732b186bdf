//! The two cookies of the desk: that of a session, which ends with it, and the one by which a browser is
//! known that somebody signed in with. The second opens nothing: it only counts attempts apart.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
};

use super::error::ApiError;
use crate::flow::{
    App,
    accounts::{self, Device, Entered},
};

/// Their names: bound to the host where https is used.
fn names(app: &App) -> [&'static str; 2] {
    if is_secure(app) {
        ["__Host-replydesk", "__Host-replydesk-device"]
    } else {
        ["replydesk", "replydesk-device"]
    }
}

fn is_secure(app: &App) -> bool {
    app.settings.public_url.starts_with("https:")
}

fn shown(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// The secret of the session that a browser shows.
pub fn session(app: &App, request: &HttpRequest) -> Option<String> {
    shown(request, names(app)[0])
}

/// The device that a browser shows, when somebody signed in with it before.
pub fn device(app: &App, request: &HttpRequest) -> Option<Device> {
    accounts::device_of(app, &shown(request, names(app)[1])?)
}

/// Gives somebody who signed in both cookies.
pub fn enter(app: &App, answer: &mut HttpResponse, entered: &Entered) -> Result<(), ApiError> {
    let [session, device] = names(app);
    let secret = &entered.secret;
    set(answer, &cookie(app, (device, &entered.device), entered.device_life))?;
    set(answer, &cookie(app, (session, secret.reveal()), app.settings.session))
}

/// Makes a browser known under which somebody showed who they are, without signing them in.
pub fn know(app: &App, answer: &mut HttpResponse, (device, life): (&str, Duration)) -> Result<(), ApiError> {
    set(answer, &cookie(app, (names(app)[1], device), life))
}

/// Ends the session in the browser; the device stays known.
pub fn leave(app: &App, answer: &mut HttpResponse) -> Result<(), ApiError> {
    set(answer, &cookie(app, (names(app)[0], ""), Duration::ZERO))
}

fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), ApiError> {
    answer.add_cookie(cookie).map_err(|_| ApiError::Internal)
}

fn cookie(app: &App, (name, value): (&'static str, &str), life: Duration) -> Cookie<'static> {
    // Lax: a moderator who follows the link in a mail is still signed in
    let cookie = Cookie::build(name, value.to_owned()).path("/").http_only(true).secure(is_secure(app));
    let age = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    cookie.same_site(SameSite::Lax).max_age(actix_web::cookie::time::Duration::seconds(age)).finish()
}
