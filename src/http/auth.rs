//! Who asks: the site's backend, a moderator's program, or a browser at the desk.

use actix_web::{
    HttpRequest,
    http::{Method, header},
};
use std::net::IpAddr;

use super::{Shared, desk::session::Session, error::ApiError};
use crate::{
    domain::{ClientAddress, Moderator, Origin, Scope, Site, SiteId, kind_of_browser},
    flow::{App, accounts},
};

/// Where a request that changes something shows that it was made for its session.
pub const CSRF: &str = "x-csrf-token";

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

/// The moderator whom a request acts for: by an API token whose scope allows it, or by the session of a
/// browser, which must prove more than its cookie before it changes anything.
pub async fn moderator(app: &App, request: &HttpRequest) -> Result<Moderator, ApiError> {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(token) = bearer(request) {
        let program = accounts::of_token(app, token).await?.ok_or(ApiError::Unauthenticated)?;
        let may = only_reads || program.scope == Scope::All;
        return if may { Ok(program.moderator) } else { Err(ApiError::Forbidden) };
    }
    let session = Session::any(app, request).await?.ok_or(ApiError::Unauthenticated)?;
    if !only_reads {
        session.check(app, header_value(request, CSRF))?;
    }
    if session.must_enrol { Err(ApiError::Forbidden) } else { Ok(session.moderator) }
}

/// A header that has one value.
pub fn header_value<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
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

/// What kind of browser asks, in words of ours.
pub fn browser(request: &HttpRequest) -> String {
    kind_of_browser(header_value(request, "user-agent").unwrap_or_default())
}
