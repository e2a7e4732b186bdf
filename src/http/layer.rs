//! The edge: what every answer has, whoever made it — an id, safe headers, a measurement, and errors
//! in their one shape.

use std::{panic::AssertUnwindSafe, sync::atomic::Ordering, time::Instant};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{Shared, error::ApiError};
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

/// Wraps every route of the public side.
pub async fn edge<B: MessageBody + 'static>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let started = Instant::now();
    let id = app.clock.id(app.clock.now()).to_string();
    let answer = next.call(request).await?;
    let failure = failure(answer.response());
    let panicked = failure.as_ref().and_then(ApiError::place_of_panic).map(str::to_owned);
    let mut answer = match failure {
        None => answer.map_into_left_body(),
        Some(error) => {
            let kept = limit_headers(answer.response());
            let mut response = error.respond(answer.request(), (&app.settings.public_url, &id));
            for (name, value) in kept {
                response.headers_mut().insert(name, value);
            }
            answer.into_response(response.map_into_right_body())
        }
    };
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
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
    if shared.draining.load(Ordering::Acquire) {
        // a connection that a proxy keeps must not carry the next request into the end
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if answer.status().is_server_error() {
        let status = answer.status().as_u16();
        tracing::error!(request.id = %id, http.status = status, panic.location = panicked, "request {id} could not be answered");
    }
    let route = answer.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    metrics::request(&route, answer.request().method().as_str(), answer.status().as_u16(), started.elapsed());
    Ok(answer)
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
