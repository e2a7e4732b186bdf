//! The files that pages need, compiled in, and the pages that explain problems.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Path};
use askama::Template;

use super::{
    pages::{ProblemListPage, ProblemPage},
    problems::{PROBLEMS, problem as find},
};
use crate::{domain::Language, http::error::ApiError, texts::Texts, vault::digest};

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// Name, type and bytes.
const ASSETS: [(&str, &str, &str); 7] = [
    ("replydesk.css", STYLE, include_str!("../../../assets/replydesk.css")),
    ("desk.css", STYLE, include_str!("../../../assets/desk.css")),
    ("desk.js", SCRIPT, include_str!("../../../assets/desk.js")),
    ("htmx.min.js", SCRIPT, include_str!("../../../assets/htmx.min.js")),
    ("gazette.css", STYLE, include_str!("../../../assets/gazette.css")),
    ("favicon.svg", PICTURE, include_str!("../../../assets/favicon.svg")),
    ("gazette-night.svg", PICTURE, include_str!("../../../assets/gazette-night.svg")),
];

/// `GET /assets/{name}`
pub async fn asset(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    serve(&request, &path)
}

/// `GET /favicon.ico`, for browsers that ask for it by habit.
pub async fn favicon(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    serve(&request, "favicon.svg")
}

fn serve(request: &HttpRequest, name: &str) -> Result<HttpResponse, ApiError> {
    let (_, kind, text) = ASSETS.into_iter().find(|(known, ..)| *known == name).ok_or(ApiError::NotFound)?;
    Ok(file(request, (kind, text)))
}

/// A text that stays the same, of that type; nothing when the client has it already.
pub fn file(request: &HttpRequest, (kind, text): (&'static str, &'static str)) -> HttpResponse {
    let etag = format!("\"{}\"", digest(text.as_bytes()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let has_it = known.is_some_and(|known| known.contains(&etag));
    let mut builder = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    if has_it { builder.finish() } else { builder.content_type(kind).body(text) }
}

/// `GET /problems`
pub async fn problems() -> HttpResponse {
    page(&ProblemListPage { t: Texts::for_readers(Language::English), problems: &PROBLEMS })
}

/// `GET /problems/{slug}`
pub async fn problem(path: Path<String>) -> Result<HttpResponse, ApiError> {
    let t = Texts::for_readers(Language::English);
    Ok(page(&ProblemPage { t, problem: find(&path).ok_or(ApiError::NotFound)? }))
}

fn page(template: &impl Template) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("text/html; charset=utf-8")
        .body(template.render().unwrap_or_default())
}
