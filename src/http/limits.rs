//! The arrival limit: in front of the routes that strangers can make work for us, before a body is
//! read.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use super::{Shared, auth, error::ApiError};
use crate::{
    flow::{App, submit},
    screen::{Check, Limiter},
};

/// Limits submissions by client. A site's backend is not limited by its own address, and a request
/// that was answered before is answered again.
pub async fn submissions<B: MessageBody>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let check = match arrives(&app, &shared, request.request()).await {
        Ok(check) => check,
        Err((error, check)) => {
            // as an answer, not as an error: errors of middleware know no request
            let mut response = HttpResponse::from_error(error);
            announce(response.headers_mut(), &shared.submissions, &check);
            let (request, _) = request.into_parts();
            return Ok(ServiceResponse::new(request, response.map_into_right_body()));
        }
    };
    let mut answer = next.call(request).await?.map_into_left_body();
    // a backend is limited by the client that it states, which only the handler learns
    let stated = answer.request().extensions().get::<Check>().copied();
    let check = stated.unwrap_or(check);
    announce(answer.headers_mut(), &shared.submissions, &check);
    Ok(answer)
}

async fn arrives(app: &App, shared: &Shared, request: &HttpRequest) -> Result<Check, (ApiError, Check)> {
    let unlimited = |error| (error, Check::Unlimited);
    if auth::backend(app, request).map_err(unlimited)?.is_some() {
        return Ok(Check::Unlimited);
    }
    let client = auth::client(shared, request).host_prefix();
    let check = shared.submissions.check(&client);
    let Check::Refused { retry_after_seconds, .. } = check else { return Ok(check) };
    // a second limit, so that made-up keys cannot keep the database busy
    let may_look = !matches!(shared.replays.check(&client), Check::Refused { .. });
    if may_look && is_replay(app, request).await.map_err(|error| (error, check))? {
        return Ok(check);
    }
    Err((ApiError::RateLimited(retry_after_seconds), check))
}

/// Whether the request repeats one that was answered, by its key; its payload is compared later.
async fn is_replay(app: &App, request: &HttpRequest) -> Result<bool, ApiError> {
    let site = request.match_info().get("site").and_then(|key| app.sites.find(key));
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
    match (site, key) {
        (Some(site), Some(key)) => Ok(submit::was_answered(app, &site, key).await?),
        _ => Ok(false),
    }
}

/// Says of every attempt to sign in how many more its client has.
pub async fn sign_ins<B: MessageBody>(
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    // none when it was refused before it counted
    let counted = answer.request().extensions().get::<Check>().copied();
    if let Some(check) = counted {
        announce(answer.headers_mut(), &shared.sign_ins, &check);
    }
    Ok(answer)
}

/// Counts one attempt to sign in of a client, whatever the name; seconds to wait when it is one too many.
pub fn sign_in_over(shared: &Shared, request: &HttpRequest) -> Option<u64> {
    let check = shared.sign_ins.check(&auth::client(shared, request).host_prefix());
    request.extensions_mut().insert(check);
    match check {
        Check::Refused { retry_after_seconds, .. } => Some(retry_after_seconds),
        Check::Pass { .. } | Check::Unlimited => None,
    }
}

/// Asks who somebody is before a large body is read.
pub async fn known_moderators<B: MessageBody>(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if let Err(error) = auth::moderator(&app, request.request()).await {
        let response = HttpResponse::from_error(error);
        let (request, _) = request.into_parts();
        return Ok(ServiceResponse::new(request, response.map_into_right_body()));
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn announce(headers: &mut HeaderMap, limiter: &Limiter, check: &Check) {
    for (name, value) in limiter.headers(check).into_iter().flatten() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
}
