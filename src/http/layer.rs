//! The edge: what every answer has, whoever made it — an id, safe headers, a measurement, and errors
//! in their one shape.

use std::{
    panic::AssertUnwindSafe,
    rc::Rc,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{Shared, error::ApiError, gate};
use crate::{flow::App, metrics, telemetry};

/// The id of a request; the `instance` of its problem says the same.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What pages may load: only their own style and pictures.
pub const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                               base-uri 'none'; frame-ancestors 'none'";

/// The same for a page that is shown at an address of the site, with its style at `home`.
pub fn page_policy(home: &str) -> String {
    let own = format!("'self' {home}");
    let own = own.trim_end();
    PAGE_POLICY
        .replace("style-src 'self'", &format!("style-src {own}"))
        .replace("img-src 'self'", &format!("img-src {own}"))
}

/// The same for the desk, whose script listens to what happens to the queue.
pub const DESK_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
                               img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The line of the route table that answers a request.
struct Line(Rc<str>);

/// Stands around all routes of the public side.
pub async fn edge(
    (app, shared): (Data<App>, Data<Shared>),
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let started = Instant::now();
    let id = app.clock.id(app.clock.now()).to_string();
    let body = gate::Watched::new(&mut request);
    let answer = match gate::one_meaning(request.method(), request.headers()) {
        Ok(()) => next.call(request).await?,
        // as an answer, not as an error: errors of middleware know no request
        Err(error) => ServiceResponse::new(request.into_parts().0, HttpResponse::from_error(error)),
    };
    let failure = failure(answer.response());
    let panicked = failure.as_ref().and_then(ApiError::place_of_panic).map(str::to_owned);
    let mut answer = match failure {
        None => answer,
        Some(error) => {
            let kept = limit_headers(answer.response());
            let mut response = error.respond(answer.request(), (&app.settings.public_url, &id));
            for (name, value) in kept {
                response.headers_mut().insert(name, value);
            }
            answer.into_response(response)
        }
    };
    if shared.draining.load(Ordering::Acquire) {
        // a connection that a proxy keeps must not carry the next request into the end
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let (status, took) = (answer.status(), started.elapsed());
    if status.is_server_error() {
        let status = status.as_u16();
        tracing::error!(request.id = %id, http.status = status, panic.location = panicked, "request {id} could not be answered");
    }
    dress(answer.headers_mut(), id);
    measure(answer.request(), status, took);
    Ok(body.answered(answer))
}

/// The headers that every answer has, and those that every page has.
fn dress(headers: &mut HeaderMap, id: String) {
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let Ok(value) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_page {
        // same-origin, not no-referrer: with that, browsers post forms with `Origin: null`
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        }
    }
}

fn measure(request: &HttpRequest, status: StatusCode, took: Duration) {
    let (method, status) = (request.method().as_str(), status.as_u16());
    if let Some(Line(route)) = request.extensions().get() {
        return metrics::request(route, method, status, took);
    }
    // what stands in front of the lines answered
    let route = request.match_pattern();
    metrics::request(route.as_deref().unwrap_or("unmatched"), method, status, took);
}

/// Stands around a line of the table.
pub async fn line<B: MessageBody>(
    pattern: Rc<str>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    // matching the path once more, to find the pattern, would take as long as to route it
    request.extensions_mut().insert(Line(pattern));
    calm(request, next).await
}

/// Ends a panic where it began: its request is answered like one that failed, and all others go on.
///
/// It stands right around a path. The copy of the request would get in the way of routing.
pub async fn calm<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let kept = request.request().clone();
    // a transaction that is dropped closes its connection, and what requests share has no half-made state
    if let Ok(answer) = AssertUnwindSafe(async { next.call(request).await }).catch_unwind().await {
        return Ok(answer?.map_into_left_body());
    }
    let error = ApiError::Panicked(telemetry::last_panic().unwrap_or_default());
    Ok(ServiceResponse::new(kept, HttpResponse::from_error(error).map_into_right_body()))
}

/// The error behind an answer: ours, or what the framework made of a request it could not read.
fn failure<B>(response: &HttpResponse<B>) -> Option<ApiError> {
    if let Some(error) = response.error().and_then(Error::as_error::<ApiError>) {
        return Some(error.clone());
    }
    // answers of handlers come without an error, whatever their status
    response.error()?;
    Some(match response.status() {
        StatusCode::NOT_FOUND => ApiError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        status if status.is_client_error() => ApiError::Malformed,
        _ => ApiError::Internal,
    })
}

/// What the limiter and the CORS layer said stays, whoever writes the body.
fn limit_headers<B>(response: &HttpResponse<B>) -> Vec<(HeaderName, HeaderValue)> {
    let kept = |name: &HeaderName| {
        let name = name.as_str();
        name.starts_with("ratelimit") || name.starts_with("access-control") || name == "vary"
    };
    response.headers().iter().filter(|(name, _)| kept(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
}
