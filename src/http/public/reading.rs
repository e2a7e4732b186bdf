//! What readers fetch: pages of comments, single ones, replies and counts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::{
    domain::{ArticleKey, ArticleUrl, Code, CommentId, Fault},
    flow::{
        App,
        read::{self, CommentView, Page, PageView, Reading, RepliesView},
    },
    http::{
        error::ApiError,
        openapi::{Operation, one_of, operation},
        query::{Query, listed},
        site,
    },
    store::Sort,
};

/// Top-level comments of a page, when nobody says.
const COMMENTS: usize = 50;

const PARAMETERS: [&str; 6] = ["article", "article_url", "sort", "limit", "cursor", "around"];

/// What the document says of [`comments`].
pub fn about_comments() -> Operation {
    let text = || json!({"type": "string"});
    let sorts = one_of(&["oldest", "newest", "top"]);
    let around = json!({"type": "string", "format": "uuid"});
    operation("comments", "readers", "Published comments of an article, replies below what they answer.")
        .note("Of an article that nobody has commented on: none.")
        .query(
            "article",
            json!({"type": "string", "maxLength": 200}),
            "The key of the article: it or its URL.",
        )
        .query("article_url", text(), "Its URL, where the site gave it no key.")
        .query("sort", sorts, "`oldest` when unsaid; `top` is picks first, then most repliers, on one page.")
        .query("around", around, "The page that shows this comment, instead of a cursor.")
        .paged(COMMENTS)
        .answers::<PageView>(200, "A page of them.")
        .cached()
        .refuses(&["not-acceptable"])
}

/// What the document says of [`comment`].
pub fn about_comment() -> Operation {
    operation("comment", "readers", "One published comment.")
        .answers::<CommentView>(200, "The comment.")
        .cached()
        .refuses(&["not-acceptable"])
}

/// What the document says of [`replies`].
pub fn about_replies() -> Operation {
    operation("replies", "readers", "More replies of one comment, each with what it answers.")
        .paged(COMMENTS)
        .answers::<RepliesView>(200, "A page of them, in the order of arrival.")
        .cached()
        .refuses(&["not-acceptable"])
}

/// How many published comments there are, by the keys of the articles.
#[derive(Serialize, ToSchema)]
struct Counts {
    counts: BTreeMap<String, i64>,
}

/// What the document says of [`counts`].
pub fn about_counts() -> Operation {
    let keys = json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 100});
    operation("counts", "readers", "How many published comments articles have.")
        .needed("article", keys, "The keys of the articles, each as a parameter of its own.")
        .answers::<Counts>(200, "The numbers.")
        .cached()
        .refuses(&["not-acceptable"])
}

/// `GET /v1/sites/{site}/comments`
pub async fn comments(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    accepts_json(&request)?;
    let query = Query::of(&request, &PARAMETERS)?;
    let article = article(&query)?;
    let reading = Reading {
        site: &site,
        article: article.as_str(),
        sort: query.parsed("sort", sort)?.unwrap_or_default(),
        limit: query.limit(COMMENTS)?,
        after: query.parsed("cursor", cursor)?,
        around: query.parsed("around", |raw| raw.parse().ok())?,
    };
    let page = read::comments(&app, &reading).await?;
    Ok(answer(&request, &page))
}

/// `GET /v1/sites/{site}/comments/{id}`
pub async fn comment(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path.0)?;
    accepts_json(&request)?;
    let view = read::comment(&app, &site, id(&path.1)?).await?;
    Ok(prepared(&request, &view))
}

/// `GET /v1/sites/{site}/comments/{id}/replies`
pub async fn replies(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path.0)?;
    accepts_json(&request)?;
    let query = Query::of(&request, &["cursor", "limit"])?;
    let page = (query.parsed("cursor", cursor)?, query.limit(COMMENTS)?);
    let view = read::replies(&app, &site, id(&path.1)?, page).await?;
    Ok(prepared(&request, &view))
}

/// `GET /v1/sites/{site}/counts`
pub async fn counts(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    accepts_json(&request)?;
    // many articles may be asked for at once
    let query = Query::of(&request, &[])?;
    let keys: Vec<String> = query.all("article").map(str::to_owned).collect();
    let invalid = |code| ApiError::Validation(vec![Fault { field: "article", code }]);
    match keys.len() {
        0 => return Err(invalid(Code::Required)),
        1..=100 => {}
        _ => return Err(invalid(Code::TooLong)),
    }
    if let Some(code) = keys.iter().find_map(|key| ArticleKey::parse(key).err()) {
        return Err(invalid(code));
    }
    let counts = read::counts(&app, &site, &keys).await?;
    Ok(prepared(&request, &Counts { counts }))
}

/// The article that is read: its key, or its URL where the site gave it no key.
pub(super) fn article(query: &Query) -> Result<ArticleKey, ApiError> {
    let invalid = |field| move |code| ApiError::Validation(vec![Fault { field, code }]);
    match (query.get("article"), query.get("article_url")) {
        (Some(key), _) => ArticleKey::parse(key).map_err(invalid("article")),
        (None, Some(url)) => ArticleUrl::parse(url)
            .and_then(|url| ArticleKey::parse(url.as_str()))
            .map_err(invalid("article_url")),
        (None, None) => Err(invalid("article")(Code::Required)),
    }
}

pub(super) fn sort(raw: &str) -> Option<Sort> {
    match raw {
        "oldest" => Some(Sort::Oldest),
        "newest" => Some(Sort::Newest),
        "top" => Some(Sort::Top),
        _ => None,
    }
}

fn cursor(raw: &str) -> Option<CommentId> {
    raw.parse().ok()
}

/// What is no id names no comment.
fn id(raw: &str) -> Result<CommentId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
}

/// Refuses a client that takes nothing we have (RFC 9110 §12.5.1).
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

fn prepared(request: &HttpRequest, view: &impl Serialize) -> HttpResponse {
    answer(request, &Page::prepare(view))
}

/// A prepared page in the best encoding that the client takes, or nothing when it has it already.
pub fn answer(request: &HttpRequest, page: &Page) -> HttpResponse {
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
    builder.content_type("application/json").body(body.clone())
}

fn is_zero(parameters: &str) -> bool {
    matches!(parameters.trim_start_matches(';').trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
}
