//! Answers that were prepared before they are asked for: what of them a client takes, and whether it has it already.

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Serialize;

use super::{error::ApiError, query::listed};
use crate::flow::read::Page;

/// What a prepared answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The usual answer.
    Json,
    /// Comments as schema.org describes them.
    JsonLd,
    /// A piece of a page.
    Html,
    /// A feed (RFC 4287).
    Atom,
}

impl Kind {
    /// As `Content-Type` says it: JSON has one coding and needs no word about it.
    const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLd => "application/ld+json",
            Self::Html => "text/html; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
        }
    }
}

/// Refuses a client that takes nothing we have (RFC 9110 §12.5.1). For addresses that name no form: those which do are
/// answered in it, whatever the client says that it takes.
pub fn accepts_json(request: &HttpRequest) -> Result<(), ApiError> {
    let accept = listed(request, header::ACCEPT).to_ascii_lowercase();
    let takes = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        !is_refused
            && (matches!(kind, "*/*" | "application/*" | "application/json") || kind.ends_with("+json"))
    };
    if accept.is_empty() || accept.split(',').any(takes) { Ok(()) } else { Err(ApiError::NotAcceptable) }
}

/// An answer of JSON that is prepared for this request.
pub fn prepared(request: &HttpRequest, view: &impl Serialize) -> HttpResponse {
    answer(request, &Page::prepare(view), Kind::Json)
}

/// A prepared page in the best encoding that the client takes, or nothing when it has it already.
pub fn answer(request: &HttpRequest, page: &Page, kind: Kind) -> HttpResponse {
    let accepted = listed(request, header::ACCEPT_ENCODING);
    let takes = |coding: &str| {
        accepted.split(',').map(str::trim).any(|part| {
            part.strip_prefix(coding)
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with(';') && !is_zero(rest)))
        })
    };
    let (body, coding) = match (&page.brotli, &page.gzip) {
        (Some(bytes), _) if takes("br") => (bytes, Some("br")),
        (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
        _ => (&page.plain, None),
    };
    let etag = format!("\"{}{}\"", page.etag, coding.map(|coding| format!("-{coding}")).unwrap_or_default());
    let known = listed(request, header::IF_NONE_MATCH);
    let has_it = known == "*" || known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag);
    let mut builder = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=0, s-maxage=30"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if has_it {
        return builder.finish();
    }
    if let Some(coding) = coding {
        builder.insert_header((header::CONTENT_ENCODING, coding));
    }
    builder.content_type(kind.content_type()).body(body.clone())
}

fn is_zero(parameters: &str) -> bool {
    matches!(parameters.trim_start_matches(';').trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
}
