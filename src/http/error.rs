//! Every error an answer can be, in one table.
//!
//! Handlers return [`ApiError`]; the edge layer turns it into RFC 9457 problem details, or into a
//! page when a browser asked for one. Nothing here repeats what was sent.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use std::fmt;

use super::{
    details::Details,
    layer::page_policy,
    public::{
        message,
        problems::{Problem, problem},
        wordpress,
    },
    query::listed,
};
use crate::{
    domain::{Code, Fault},
    flow::{
        FlowError,
        batch::BatchError,
        moderate::Standing,
        receipt::{EditError, ReceiptError},
        submit::SubmitError,
    },
    store::StoreError,
};

/// Why a request was not answered as it was meant.
#[derive(Clone, Debug)]
pub enum ApiError {
    Malformed,
    Unauthenticated,
    Forbidden,
    OriginNotAllowed,
    CommentsClosed,
    NotFound,
    /// The methods that would do.
    MethodNotAllowed(String),
    NotAcceptable,
    Duplicate,
    /// Where the comment stands now.
    AlreadyDecided(Option<Standing>),
    VersionConflict,
    /// So many comments there are now, and not as many as were expected.
    CountMoved(usize),
    Gone,
    TooLarge,
    /// The media types that would do.
    UnsupportedMediaType(&'static [&'static str]),
    /// A content coding: none would do.
    UnsupportedCoding,
    Validation(Vec<Fault>),
    IdempotencyKeyReused,
    /// Seconds to wait.
    RateLimited(u64),
    Internal,
    /// Where: for the log, never for the answer.
    Panicked(String),
    Unavailable,
    OutOfSpace,
}

/// Seconds after which a request that found the database away may try again.
const RETRY_AFTER: u64 = 2;

impl ApiError {
    /// The last part of its `type`; the rest of it stands in the table of problems.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::OriginNotAllowed => "origin-not-allowed",
            Self::CommentsClosed => "comments-closed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed(_) => "method-not-allowed",
            Self::NotAcceptable => "not-acceptable",
            Self::Duplicate => "duplicate",
            Self::AlreadyDecided(_) => "already-decided",
            Self::VersionConflict | Self::CountMoved(_) => "version-conflict",
            Self::Gone => "gone",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType(_) | Self::UnsupportedCoding => "unsupported-media-type",
            Self::Validation(_) => "validation",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::RateLimited(_) => "rate-limited",
            Self::Internal | Self::Panicked(_) => "internal",
            Self::Unavailable => "unavailable",
            Self::OutOfSpace => "out-of-space",
        }
    }

    /// Its row in the table of problems.
    #[expect(clippy::expect_used, reason = "a test holds that every slug has its row")]
    pub fn problem(&self) -> &'static Problem {
        problem(self.slug()).expect("every slug has its row")
    }

    /// Seconds after which it may be tried again, where that helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(seconds) => Some(*seconds),
            Self::Unavailable => Some(RETRY_AFTER),
            _ => None,
        }
    }

    /// Where the handler panicked, when it did.
    pub fn place_of_panic(&self) -> Option<&str> {
        match self {
            Self::Panicked(place) => Some(place),
            _ => None,
        }
    }

    /// The faults of single fields.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Validation(faults) => faults,
            _ => &[],
        }
    }

    /// The answer: problem details, or a page for those who read pages.
    pub fn respond(&self, request: &HttpRequest, (public_url, request_id): (&str, &str)) -> HttpResponse {
        let mut builder = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after() {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        let told = match self {
            Self::MethodNotAllowed(allow) => Some((header::ALLOW, allow.clone())),
            Self::Unauthenticated => Some((header::WWW_AUTHENTICATE, "Bearer".to_owned())),
            // RFC 9110 §15.5.16: each says what would be taken
            Self::UnsupportedMediaType(kinds) => Some((header::ACCEPT, kinds.join(", "))),
            Self::UnsupportedCoding => Some((header::ACCEPT_ENCODING, "identity".to_owned())),
            _ => None,
        };
        if let Some(told) = told {
            builder.insert_header(told);
        }
        if prefers_html(request) {
            let home = if wordpress::is_form(request) { public_url } else { "" };
            builder.insert_header((header::CACHE_CONTROL, "no-store"));
            builder.insert_header((header::CONTENT_SECURITY_POLICY, page_policy(home)));
            return builder.content_type("text/html; charset=utf-8").body(message::page(self, request, home));
        }
        let details = Details::of(self, public_url, request_id);
        let body = serde_json::to_vec(&details).unwrap_or_default();
        builder.content_type("application/problem+json").body(body)
    }
}

/// Whether the client would rather read a page: a browser names HTML first, and nobody but a browser
/// posts a form without saying what it reads.
pub fn prefers_html(request: &HttpRequest) -> bool {
    let accept = listed(request, header::ACCEPT);
    match (accept.find("html"), accept.find("json")) {
        (Some(html), Some(json)) => html < json,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            listed(request, header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        // the edge layer writes the body, since it knows the request
        HttpResponse::new(self.status_code())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable("hashing") => {
                tracing::warn!(error.class = "hashing", "too many passwords are being hashed at one time");
                Self::Unavailable
            }
            StoreError::Unavailable(class) => {
                tracing::warn!(error.class = class, "the database is not available: {class}");
                Self::Unavailable
            }
            StoreError::Contended => {
                tracing::warn!(error.class = "contended", "others got in the way of every attempt");
                Self::Unavailable
            }
            StoreError::Full => {
                tracing::error!(error.class = "out-of-space", "the database's disk is full");
                Self::OutOfSpace
            }
            other => {
                tracing::error!(error.class = other.class(), "the database failed: {}", other.class());
                Self::Internal
            }
        }
    }
}

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::NotFound => Self::NotFound,
            FlowError::Forbidden => Self::Forbidden,
            FlowError::VersionConflict => Self::VersionConflict,
            FlowError::AlreadyDecided => Self::AlreadyDecided(None),
            FlowError::Store(error) => error.into(),
        }
    }
}

impl From<BatchError> for ApiError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Moved(count) => Self::CountMoved(count),
            BatchError::TooWide => Self::Validation(vec![Fault { field: "filter", code: Code::TooLong }]),
            BatchError::Flow(error) => error.into(),
        }
    }
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Invalid(faults) => Self::Validation(faults),
            SubmitError::NotFound => Self::NotFound,
            SubmitError::Closed => Self::CommentsClosed,
            SubmitError::Limited(check) => Self::RateLimited(check.retry_after().unwrap_or(1)),
            SubmitError::Duplicate => Self::Duplicate,
            SubmitError::KeyReused => Self::IdempotencyKeyReused,
            SubmitError::Store(error) => error.into(),
        }
    }
}

impl From<ReceiptError> for ApiError {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::NotFound => Self::NotFound,
            ReceiptError::Gone => Self::Gone,
            ReceiptError::NotAllowed => Self::AlreadyDecided(None),
            ReceiptError::VersionConflict => Self::VersionConflict,
            ReceiptError::Store(error) => error.into(),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Invalid(code) => Self::Validation(vec![Fault { field: "comment", code }]),
            EditError::Receipt(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, test::TestRequest};
    use serde_json::{Value, json};

    use super::*;

    /// What no request of a test can cause, or not by itself.
    #[test]
    fn what_fails_inside_tells_nothing_of_it() {
        let failed = |error: StoreError| ApiError::from(error);
        for (error, status, slug, wait) in [
            (failed(StoreError::Unavailable("deadline")), 503, "unavailable", Some("2")),
            (failed(StoreError::Full), 507, "out-of-space", None),
            (failed(StoreError::Broken("canary".to_owned())), 500, "internal", None),
            (failed(StoreError::Corrupt("canary")), 500, "internal", None),
            (ApiError::from(FlowError::VersionConflict), 409, "version-conflict", None),
            (ApiError::from(ReceiptError::VersionConflict), 409, "version-conflict", None),
        ] {
            let answer =
                error.respond(&TestRequest::default().to_http_request(), ("https://d.example", "id-1"));
            let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
            assert_eq!((answer.status().as_u16(), header(header::RETRY_AFTER)), (status, wait));
            assert_eq!(header(header::CONTENT_TYPE), Some("application/problem+json"));
            let problem = error.problem();
            let expected = json!({
                "type": format!("https://d.example/problems/{slug}"),
                "title": problem.title,
                "status": status,
                "detail": problem.meaning,
                "instance": "id-1",
            });
            assert_eq!(json!(Details::of(&error, "https://d.example", "id-1")), expected);
            let body = to_bytes(answer.into_body());
            let body = futures_util::FutureExt::now_or_never(body).and_then(Result::ok).unwrap_or_default();
            assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected);
        }
    }

    #[test]
    fn pages_are_for_those_who_read_pages() {
        let form = "application/x-www-form-urlencoded";
        for (accept, kind, expected) in [
            (None, "application/json", false),
            (None, form, true),
            (Some("*/*"), form, true),
            (Some("*/*"), "application/json", false),
            (Some("application/json"), form, false),
            (Some("application/problem+json, */*"), form, false),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), "application/json", true),
            (Some("application/json, text/html;q=0.5"), form, false),
            (Some("text/html, application/json;q=0.5"), "application/json", true),
        ] {
            let mut request = TestRequest::default().insert_header((header::CONTENT_TYPE, kind));
            if let Some(accept) = accept {
                request = request.insert_header((header::ACCEPT, accept));
            }
            assert_eq!(prefers_html(&request.to_http_request()), expected, "{accept:?} {kind}");
        }
    }
}
