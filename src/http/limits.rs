//! The limits by client, in front of the routes that strangers can make work for us: first what this process
//! remembers, before a body is read, then what all replicas share.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use super::{
    Shared, auth,
    desk::session::{self, Session},
    error::ApiError,
};
use crate::{
    domain::HostPrefix,
    flow::{App, FlowError, commenters, limits, receipt, submit},
    screen::{Check, Limiter},
};

type Answer<B> = Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>;

/// Limits submissions by client. A site's backend is not limited by its own address, and a request
/// that was answered before is answered again. What replicas share is counted behind the checks that need
/// no count (`flow::submit`).
pub async fn submissions<B: MessageBody>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    match arrives(&app, &shared, request.request()).await {
        Ok(check) => lets_through(request, next, check).await,
        Err((error, check)) => Ok(turns_away(request, error, check)),
    }
}

/// Limits by client what is done by receipts. What is no link of ours costs the database nothing.
pub async fn receipts<B: MessageBody>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    let is_ours = request.match_info().get("token").is_some_and(|token| receipt::is_open(&app, token));
    let counted = by_link(&app, &shared, request.request(), is_ours).await;
    goes_by(request, next, counted).await
}

/// The same of the links in mails to commenters, but for those that end mails (RFC 8058): these are posted by the servers of mail
/// providers, for many people from one place, and each of them ends the mails of one address once.
pub async fn mails<B: MessageBody>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    let kind = request.match_info().get("token").and_then(|token| commenters::kind_of(&app, token));
    let counted = match kind {
        Some(commenters::Kind::Ends) => Ok(Check::Unlimited),
        kind => by_link(&app, &shared, request.request(), kind.is_some()).await,
    };
    goes_by(request, next, counted).await
}

/// Counts one who wants mail again by a link that ends it.
pub async fn wants_mail(app: &App, shared: &Shared, request: &HttpRequest) -> Result<(), ApiError> {
    let check = by_link(app, shared, request, true).await?;
    notes(request, check);
    check.retry_after().map_or(Ok(()), |seconds| Err(ApiError::RateLimited(seconds)))
}

/// What is no link of ours is not counted by the database.
async fn by_link(
    app: &App,
    shared: &Shared,
    request: &HttpRequest,
    is_ours: bool,
) -> Result<Check, ApiError> {
    let client = auth::client(shared, request).host_prefix();
    match shared.receipts.limit().filter(|_| is_ours) {
        Some(_) => count(app, &shared.receipts, &client).await,
        None => Ok(shared.receipts.check(&client)),
    }
}

/// Limits reports by client. A site's backend is not limited by its own address, but by that which it states.
pub async fn reports<B: MessageBody>(
    app: Data<App>,
    shared: Data<Shared>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    let counted = match auth::backend(&app, request.request()) {
        Ok(None) => {
            let client = auth::client(&shared, request.request()).host_prefix();
            count(&app, &shared.reports, &client).await
        }
        Ok(Some(_)) => Ok(Check::Unlimited),
        Err(error) => Err(error),
    };
    goes_by(request, next, counted).await
}

/// Counts a report that a site's backend passes on for a client.
pub async fn passes_on_report(
    app: &App,
    shared: &Shared,
    (request, client): (&HttpRequest, &HostPrefix),
) -> Result<(), ApiError> {
    let check = count(app, &shared.reports, client).await?;
    notes(request, check);
    check.retry_after().map_or(Ok(()), |seconds| Err(ApiError::RateLimited(seconds)))
}

async fn goes_by<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
    counted: Result<Check, ApiError>,
) -> Answer<B> {
    match counted.map(|check| (check, check.retry_after())) {
        Ok((check, None)) => lets_through(request, next, check).await,
        Ok((check, Some(seconds))) => Ok(turns_away(request, ApiError::RateLimited(seconds), check)),
        Err(error) => Ok(turns_away(request, error, Check::Unlimited)),
    }
}

/// Says of every attempt to sign in how many more its client has.
pub async fn sign_ins<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    // none when it was refused before it counted
    lets_through(request, next, Check::Unlimited).await
}

/// Counts one attempt to sign in of a client, whatever the name; seconds to wait when it is one too many.
pub async fn sign_in_over(
    app: &App,
    shared: &Shared,
    request: &HttpRequest,
) -> Result<Option<u64>, ApiError> {
    let check = count(app, &shared.sign_ins, &auth::client(shared, request).host_prefix()).await?;
    notes(request, check);
    Ok(check.retry_after())
}

/// What a handler learns of limits, for the headers of its answer: the tightest is told.
pub fn notes(request: &HttpRequest, check: Check) {
    let known = noted(request);
    request.extensions_mut().insert(known.tighter(check));
}

/// What was learned of limits so far.
pub fn noted(request: &HttpRequest) -> Check {
    request.extensions().get::<Check>().copied().unwrap_or(Check::Unlimited)
}

/// Counts a request of a client here and, when it passes, for all replicas.
async fn count(app: &App, limiter: &Limiter, client: &HostPrefix) -> Result<Check, ApiError> {
    let here = limiter.check(client);
    match (limiter.limit(), here.retry_after()) {
        (Some(limit), None) => Ok(here.tighter(limits::shared(app, limit, client).await?)),
        _ => Ok(here),
    }
}

async fn lets_through<B: MessageBody>(request: ServiceRequest, next: Next<B>, check: Check) -> Answer<B> {
    let mut answer = next.call(request).await?.map_into_left_body();
    let check = check.tighter(noted(answer.request()));
    announce(answer.headers_mut(), &check);
    Ok(answer)
}

/// As an answer, not as an error: errors of middleware know no request.
fn turns_away<B>(
    request: ServiceRequest,
    error: ApiError,
    check: Check,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let mut response = HttpResponse::from_error(error);
    announce(response.headers_mut(), &check);
    let (request, _) = request.into_parts();
    ServiceResponse::new(request, response.map_into_right_body())
}

async fn arrives(app: &App, shared: &Shared, request: &HttpRequest) -> Result<Check, (ApiError, Check)> {
    let unlimited = |error| (error, Check::Unlimited);
    if auth::backend(app, request).map_err(unlimited)?.is_some() {
        return Ok(Check::Unlimited);
    }
    let client = auth::client(shared, request).host_prefix();
    let check = shared.submissions.check(&client);
    let Some(seconds) = check.retry_after() else { return Ok(check) };
    if is_replay(app, (shared, request), &client).await.map_err(|error| (error, check))? {
        return Ok(check);
    }
    Err((ApiError::RateLimited(seconds), check))
}

/// Whether the request repeats one that was answered, by its key; its payload is compared later. A second limit
/// counts who asks, so that made-up keys cannot keep the database busy.
async fn is_replay(
    app: &App,
    (shared, request): (&Shared, &HttpRequest),
    client: &HostPrefix,
) -> Result<bool, ApiError> {
    let site = request.match_info().get("site").and_then(|key| app.sites.find(key));
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
    let (Some(site), Some(key)) = (site, key) else { return Ok(false) };
    if shared.replays.check(client).retry_after().is_some() {
        return Ok(false);
    }
    Ok(submit::was_answered(app, &site, key).await?)
}

/// Asks who somebody is before a large body is read.
pub async fn known_moderators<B: MessageBody>(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    match auth::moderator(&app, request.request()).await {
        Ok(_) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => Ok(turns_away(request, error, Check::Unlimited)),
    }
}

/// The same for a form of the desk that editors send: whoever is signed out signs in first, and comes back to it.
pub async fn known_editors<B: MessageBody>(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<B>,
) -> Answer<B> {
    let refused = match Session::of(&app, request.request()).await {
        Ok(Some(session)) if session.moderator.role.edits() => {
            return Ok(next.call(request).await?.map_into_left_body());
        }
        Ok(Some(_)) => FlowError::Forbidden.into(),
        Ok(None) => {
            let asked = session::ask(request.path());
            return Ok(ServiceResponse::new(request.into_parts().0, asked.map_into_right_body()));
        }
        Err(error) => error,
    };
    Ok(turns_away(request, refused, Check::Unlimited))
}

fn announce(headers: &mut HeaderMap, check: &Check) {
    for (name, value) in check.headers().into_iter().flatten() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
}
