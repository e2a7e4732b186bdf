//! `POST /v1/sites/{site}/comments`: a reader's browser, the news site's page or its backend.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web::{Data, Path},
};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::{
    input::{self, Parsed, Raw},
    refused,
};
use crate::{
    domain::{Code, CommentId, Fault, Origin, Site, Status, Timestamp},
    flow::{
        App,
        submit::{self, Accepted, Arrival, SubmitError},
    },
    http::{
        Shared, auth,
        body::AnyBody,
        error::{ApiError, prefers_html},
        limits,
        openapi::{Operation, operation},
        site,
    },
};

/// A submission that was taken in.
#[derive(Serialize, ToSchema)]
#[schema(as = Submitted)]
struct Told<'a> {
    id: CommentId,
    /// `pending` or `approved`.
    status: Status,
    /// The key of its article.
    article: &'a str,
    submitted_at: Timestamp,
    receipt: ReceiptLink<'a>,
}

/// The author's private link to their comment.
#[derive(Serialize, ToSchema)]
struct ReceiptLink<'a> {
    token: &'a str,
    url: &'a str,
    expires_at: Timestamp,
}

/// What the document says of [`post`].
pub fn about_post() -> Operation {
    operation("submit", "readers", "Takes a comment in, from a page, a form or the site's own backend.")
        .note("Only the site's backend may state `client`, by which it is limited, and `commenter`.")
        .note("A browser that posts a form gets pages and redirections.")
        .by_anybody_or_site()
        .takes::<Raw>(input::example())
        .takes_form(&input::form_fields(), input::form_example())
        .answers::<Told>(201, "It is published.")
        .with(201, "Location")
        .answers::<Told>(202, "It waits for a moderator.")
        .with(202, "Location")
        .answers_nothing(303, "For a browser: back to `redirect`, or to the receipt.")
        .with(303, "Location")
        .refuses(&["origin-not-allowed", "comments-closed", "duplicate"])
        .limited()
        .idempotent()
}

/// Takes a submission in, and answers in the kind of the question: JSON for JSON, a page for a form.
pub async fn post(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    (path, body): (Path<String>, AnyBody),
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    auth::check_origin(&app, &request, Some(&site))?;
    let (raw, is_form) = match &body {
        AnyBody::Json(body) => (Raw::from_json(body.bytes())?, false),
        AnyBody::Form(body) => (Raw::from_form(body.bytes())?, true),
    };
    let done = take(&app, &shared, (&request, &site), &raw).await;
    match (done, is_form && prefers_html(&request)) {
        (Ok((accepted, _)), false) => Ok(as_json(&app, &site, &accepted)),
        (Ok((accepted, redirect)), true) => Ok(as_redirect(&app, &accepted, redirect)),
        (Err(error), true) => Ok(refused::page(&app, (&request, &site), &raw, &error)),
        (Err(error), false) => Err(error),
    }
}

/// Takes in what was sent, whatever its form; also where its browser goes back to.
pub(super) async fn take(
    app: &App,
    shared: &Shared,
    (request, site): (&HttpRequest, &Arc<Site>),
    raw: &Raw,
) -> Result<(Accepted, Option<Url>), ApiError> {
    let is_backend = match auth::backend(app, request)? {
        None => false,
        Some(of) if of == site.id => true,
        Some(_) => return Err(ApiError::Forbidden),
    };
    let idempotency_key = idempotency_key(request)?;
    let redirect =
        raw.redirect.as_deref().filter(|raw| !raw.is_empty()).map(|raw| redirect(app, site, raw)).transpose();
    let Parsed { submission, client } = match (raw.parse(site, is_backend), &redirect) {
        (Err(ApiError::Validation(mut faults)), Err(fault)) => {
            faults.push(*fault);
            return Err(ApiError::Validation(faults));
        }
        (parsed, _) => parsed?,
    };
    let redirect = redirect.map_err(|fault| ApiError::Validation(vec![fault]))?;
    let client = if is_backend { client } else { Some(auth::client(shared, request)) };
    if let (true, Some(client)) = (is_backend, &client) {
        let check = shared.submissions.check(&client.host_prefix());
        limits::notes(request, check);
        if let Some(seconds) = check.retry_after() {
            let is_known = match &idempotency_key {
                Some(key) => submit::was_answered(app, site, key).await?,
                None => false,
            };
            if !is_known {
                return Err(ApiError::RateLimited(seconds));
            }
        }
    }
    let said = |field: &Option<String>| field.clone().filter(|said| !said.is_empty());
    let arrival = Arrival {
        site: site.clone(),
        client,
        is_backend,
        idempotency_key,
        agent: agent(request, raw, is_backend),
        form_token: said(&raw.token),
        receipt: said(&raw.receipt),
    };
    let done = submit::submit(app, &arrival, &submission).await;
    match &done {
        Ok(Accepted { check, .. }) | Err(SubmitError::Limited(check)) => limits::notes(request, *check),
        Err(_) => {}
    }
    Ok((done?, redirect))
}

/// How the reader's program calls itself: a backend says it, a browser's head has it. At most 500 characters of it.
fn agent(request: &HttpRequest, raw: &Raw, is_backend: bool) -> Option<String> {
    let said = if is_backend {
        raw.client.as_ref().and_then(|client| client.user_agent.as_deref())
    } else {
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok())
    };
    said.map(|said| said.chars().take(500).collect())
}

/// 1 to 255 visible ASCII characters.
pub fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let invalid = |code| ApiError::Validation(vec![Fault { field: "Idempotency-Key", code }]);
    let key = value.to_str().map_err(|_| invalid(Code::ControlCharacter))?.trim();
    match key.len() {
        0 => Err(invalid(Code::Required)),
        1..=255 => Ok(Some(key.to_owned())),
        _ => Err(invalid(Code::TooLong)),
    }
}

/// Where the browser goes back to: only to the site, or to a page of our own. The scheme is checked too, since the origin of
/// a `blob:` URL is that of the page within.
pub(super) fn redirect(app: &App, site: &Site, raw: &str) -> Result<Url, Fault> {
    let fault = |code| Fault { field: "redirect", code };
    let url = Url::parse(raw).map_err(|_| fault(Code::NotAUrl))?;
    let origin = Origin::parse(&url.origin().ascii_serialization()).map_err(|_| fault(Code::NotAUrl))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(fault(Code::NotAUrl));
    }
    if !(site.owns(&origin) || origin.as_str() == app.settings.public_url) {
        return Err(fault(Code::ForeignOrigin));
    }
    let names_user = !url.username().is_empty() || url.password().is_some();
    if names_user { Err(fault(Code::UserInfo)) } else { Ok(url) }
}

fn as_json(app: &App, site: &Site, accepted: &Accepted) -> HttpResponse {
    let public_url = &app.settings.public_url;
    let receipt_url = format!("{public_url}/receipts/{}", accepted.receipt);
    let (status, location) = if accepted.published {
        (StatusCode::CREATED, format!("{public_url}/v1/sites/{}/comments/{}", site.key.as_str(), accepted.id))
    } else {
        (StatusCode::ACCEPTED, receipt_url.clone())
    };
    let mut builder = HttpResponse::build(status);
    builder.insert_header((header::LOCATION, location)).insert_header((header::CACHE_CONTROL, "no-store"));
    if accepted.replayed {
        builder.insert_header(("Idempotency-Replayed", "true"));
    }
    builder.json(Told {
        id: accepted.id,
        status: if accepted.published { Status::Approved } else { Status::Pending },
        article: &accepted.article,
        submitted_at: accepted.submitted_at,
        receipt: ReceiptLink {
            token: &accepted.receipt,
            url: &receipt_url,
            expires_at: accepted.receipt_expires_at,
        },
    })
}

fn as_redirect(app: &App, accepted: &Accepted, redirect: Option<Url>) -> HttpResponse {
    let location = match redirect {
        None => format!("{}/receipts/{}", app.settings.public_url, accepted.receipt),
        Some(mut url) => {
            let others: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(name, _)| name != "replydesk" && name != "replyto")
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            let state = if accepted.published { "published" } else { "held" };
            url.query_pairs_mut().clear().extend_pairs(others).append_pair("replydesk", state);
            url.set_fragment(Some(&format!("comment-{}", accepted.id)));
            url.into()
        }
    };
    led(HttpResponse::SeeOther(), accepted, location)
}

/// A browser is sent on, once its comment was taken in.
pub(super) fn led(mut builder: HttpResponseBuilder, accepted: &Accepted, location: String) -> HttpResponse {
    builder.insert_header((header::LOCATION, location)).insert_header((header::CACHE_CONTROL, "no-store"));
    if accepted.replayed {
        builder.insert_header(("Idempotency-Replayed", "true"));
    }
    builder.finish()
}
