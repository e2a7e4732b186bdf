//! Answers that were prepared before they are asked for: what of them a client takes, and whether it has it already.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use serde::Serialize;

use super::{error::ApiError, query::members};
use crate::flow::read::{Coding, Page, Variant};

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
    let takes = |range: &str| {
        let (kind, parameters) = range.split_once(';').unwrap_or((range, ""));
        let kind = kind.trim().to_ascii_lowercase();
        !is_refused(parameters)
            && (matches!(kind.as_str(), "*/*" | "application/*" | "application/json")
                || kind.ends_with("+json"))
    };
    let mut ranges = members(request, header::ACCEPT).peekable();
    if ranges.peek().is_none() || ranges.any(takes) { Ok(()) } else { Err(ApiError::NotAcceptable) }
}

/// An answer of JSON that is made for this request.
pub fn answer_json(request: &HttpRequest, view: &impl Serialize) -> HttpResponse {
    answer_once(request, serde_json::to_vec(view).unwrap_or_default(), Kind::Json)
}

/// An answer that is made for this request and not kept.
pub fn answer_once(request: &HttpRequest, plain: Vec<u8>, kind: Kind) -> HttpResponse {
    let taken = Taken::by(request);
    let wanted = if taken.brotli { Some(Coding::Brotli) } else { taken.gzip.then_some(Coding::Gzip) };
    let (variant, coding) = Variant::once(plain, wanted);
    sent(request, (&variant, coding), kind)
}

/// A prepared page in the best coding that the client takes.
pub fn answer(request: &HttpRequest, page: &Page, kind: Kind) -> HttpResponse {
    let taken = Taken::by(request);
    let brotli = page.brotli.as_ref().filter(|_| taken.brotli);
    let gzip = page.gzip.as_ref().filter(|_| taken.gzip);
    let best = match (brotli, gzip) {
        (Some(variant), _) => (variant, Some(Coding::Brotli)),
        (None, Some(variant)) => (variant, Some(Coding::Gzip)),
        (None, None) => (&page.plain, None),
    };
    sent(request, best, kind)
}

/// The codings that a client takes (RFC 9110 §12.5.3).
#[derive(Clone, Copy, Default)]
struct Taken {
    brotli: bool,
    gzip: bool,
}

impl Taken {
    fn by(request: &HttpRequest) -> Self {
        let mut taken = Self::default();
        for member in members(request, header::ACCEPT_ENCODING) {
            let (name, parameters) = member.split_once(';').unwrap_or((member, ""));
            let wanted = match name.trim() {
                name if name.eq_ignore_ascii_case(Coding::Brotli.name()) => &mut taken.brotli,
                name if name.eq_ignore_ascii_case(Coding::Gzip.name()) => &mut taken.gzip,
                _ => continue,
            };
            *wanted |= !is_refused(parameters);
        }
        taken
    }
}

/// A variant, or nothing when the client has it already.
fn sent(request: &HttpRequest, (variant, coding): (&Variant, Option<Coding>), kind: Kind) -> HttpResponse {
    let has_it = members(request, header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/").as_bytes() == variant.etag);
    let mut response = if has_it {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok().body(variant.bytes.clone())
    };
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_maybe_shared(variant.etag.clone()) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, s-maxage=30"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if has_it {
        return response;
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.content_type()));
    response
}

/// Whether the parameters of a member say that it is not wanted (RFC 9110 §12.4.2).
fn is_refused(parameters: &str) -> bool {
    let zero = |part: &str| matches!(part.trim(), "q=0" | "q=0." | "q=0.0" | "q=0.00" | "q=0.000");
    parameters.split(';').any(zero)
}
