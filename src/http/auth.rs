//! Who asks: the site's backend, a moderator's program, or a browser at the desk.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
    http::header,
};
use std::net::IpAddr;

use super::{Shared, error::ApiError};
use crate::{
    domain::{ClientAddress, Moderator, Origin, Site, SiteId},
    flow::{App, accounts},
};

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1), if there is one.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The site whose backend this is; an error when it shows a token that is none.
pub fn backend(app: &App, request: &HttpRequest) -> Result<Option<SiteId>, ApiError> {
    match bearer(request) {
        None => Ok(None),
        Some(token) => app.sites.of_token(token).map(Some).ok_or(ApiError::Unauthenticated),
    }
}

/// The moderator whose API token the request shows.
pub async fn moderator(app: &App, request: &HttpRequest) -> Result<Moderator, ApiError> {
    let token = bearer(request).ok_or(ApiError::Unauthenticated)?;
    accounts::of_token(app, token).await?.ok_or(ApiError::Unauthenticated)
}

/// Where a request came from, seen past the configured proxies.
pub fn client(shared: &Shared, request: &HttpRequest) -> ClientAddress {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip());
    let forwarded: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    ClientAddress::of(peer, forwarded.into_iter(), &shared.trusted_proxies)
}

/// A post from a page must come from one of the site's, or from one of ours; programs send no origin.
pub fn check_origin(app: &App, request: &HttpRequest, site: Option<&Site>) -> Result<(), ApiError> {
    let Some(value) = request.headers().get(header::ORIGIN) else { return Ok(()) };
    let origin = value.to_str().ok().and_then(|raw| Origin::parse(raw).ok());
    let is_ours = |origin: &Origin| app.settings.public_url == origin.as_str();
    match origin {
        Some(origin) if is_ours(&origin) || site.is_some_and(|site| site.owns(&origin)) => Ok(()),
        _ => Err(ApiError::OriginNotAllowed),
    }
}

/// The same where no site is named: a page of any site will do.
pub fn check_any_origin(app: &App, request: &HttpRequest) -> Result<(), ApiError> {
    let is_known = || app.sites.all().iter().any(|site| check_origin(app, request, Some(site)).is_ok());
    if check_origin(app, request, None).is_ok() || is_known() {
        Ok(())
    } else {
        Err(ApiError::OriginNotAllowed)
    }
}

/// The desk's cookie: bound to the host where https is used.
pub fn cookie_name(app: &App) -> &'static str {
    if app.settings.public_url.starts_with("https:") { "__Host-replydesk" } else { "replydesk" }
}

/// The secret of the session that a browser shows.
pub fn session(app: &App, request: &HttpRequest) -> Option<String> {
    request
        .cookie(cookie_name(app))
        .map(|cookie| cookie.value().to_owned())
        .filter(|secret| !secret.is_empty())
}

/// A cookie for a session; an empty secret ends it in the browser.
pub fn session_cookie(app: &App, secret: &str) -> Cookie<'static> {
    let secure = app.settings.public_url.starts_with("https:");
    // Lax: a moderator who follows the link in a mail is still signed in
    let cookie = Cookie::build(cookie_name(app), secret.to_owned()).path("/").http_only(true).secure(secure);
    let cookie = cookie.same_site(SameSite::Lax);
    let length = i64::try_from(app.settings.session.as_secs()).unwrap_or(i64::MAX);
    let age = if secret.is_empty() { 0 } else { length };
    cookie.max_age(actix_web::cookie::time::Duration::seconds(age)).finish()
}
