//! The articles that readers find the most engaging.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde_json::json;

use crate::{
    domain::Window,
    flow::{
        App,
        read::{self, EngagingView},
    },
    http::{
        error::ApiError,
        openapi::{Operation, one_of, operation},
        prepared::{Kind, accepts_json, answer_json, answer_once},
        query::Query,
        site,
    },
};

/// Articles, when nobody says how many.
const ARTICLES: usize = 10;

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    about_either(operation("engaging", "readers", "The most engaging articles of a site, and why."))
        .note("Everybody counts once for each reason, however much they write; what counts is what readers see.")
        .answers::<EngagingView>(200, "The articles, the most engaging one first.")
        .refuses(&["not-acceptable"])
}

/// What the document says of [`fragment`].
pub fn about_fragment() -> Operation {
    about_either(operation(
        "engaging-html",
        "readers",
        "The same as a list of links, for the side of a page.",
    ))
    .answers_page(200, "A piece of HTML, in the language of the site: an `<ol>`.")
}

/// What it says of both.
pub fn about_either(operation: Operation) -> Operation {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": ARTICLES});
    operation
        .query("window", one_of(&["24h", "7d", "30d"]), "How far it looks back; `24h` when unsaid.")
        .query("limit", limit, "How many at most.")
        .cached()
}

/// `GET /v1/sites/{site}/engaging`
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    accepts_json(&request)?;
    let (window, limit) = asked(&request)?;
    Ok(answer_json(&request, &read::engaging(&app, &site, window, limit).await?))
}

/// `GET /v1/sites/{site}/engaging.html`
pub async fn fragment(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    let (window, limit) = asked(&request)?;
    let html = read::engaging_fragment(&app, &site, window, limit).await?;
    Ok(answer_once(&request, html.into_bytes(), Kind::Html))
}

fn asked(request: &HttpRequest) -> Result<(Window, usize), ApiError> {
    let query = Query::of(request, &["window", "limit"])?;
    Ok((query.parsed("window", Window::parse)?.unwrap_or_default(), query.limit(ARTICLES)?))
}
