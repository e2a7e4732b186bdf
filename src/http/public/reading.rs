//! What readers fetch: pages of comments, single ones, replies and counts.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

use crate::{
    domain::{ArticleKey, ArticleUrl, Code, CommentId, Fault, Site},
    flow::{
        App,
        read::{self, CommentView, Format, Page, PageView, Reading, RepliesView},
    },
    http::{
        error::ApiError,
        openapi::{Operation, one_of, operation},
        prepared::{Kind, accepts_json, answer, answer_json},
        query::Query,
        site,
    },
    store::Sort,
};

/// Top-level comments of a page, when nobody says.
const COMMENTS: usize = 50;

const PARAMETERS: [&str; 6] = ["article", "article_url", "sort", "limit", "cursor", "around"];

/// What the document says of [`comments`].
pub fn about_comments() -> Operation {
    about_in_any_form(operation(
        "comments",
        "readers",
        "Published comments of an article, replies below what they answer.",
    ))
    .answers::<PageView>(200, "A page of them.")
    .refuses(&["not-acceptable"])
}

/// What it says of the same in whatever form.
pub fn about_in_any_form(operation: Operation) -> Operation {
    let text = || json!({"type": "string"});
    let sorts = one_of(&["oldest", "newest", "top"]);
    let around = json!({"type": "string", "format": "uuid"});
    operation
        .note(
            "Of an article that nobody has commented on: none. A page that holds 1 MiB of text ends with that thread, \
             whatever `limit` says.",
        )
        .query(
            "article",
            json!({"type": "string", "maxLength": 200}),
            "The key of the article: it or its URL.",
        )
        .query("article_url", text(), "Its URL, where the site gave it no key.")
        .query("sort", sorts, "`oldest` when unsaid; `top` is picks first, then most repliers.")
        .query("around", around, "The page that shows this comment, instead of a cursor.")
        .paged(COMMENTS)
        .cached()
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
pub async fn comments(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let site = site(&app, request.match_info().query("site"))?;
    accepts_json(&request)?;
    let page = page(&app, &request, (&site, Format::Json)).await?;
    Ok(answer(&request, &page, Kind::Json))
}

/// The page that a query asks for, in a form.
pub(super) async fn page(
    app: &App,
    request: &HttpRequest,
    (site, format): (&Site, Format),
) -> Result<Arc<Page>, ApiError> {
    let query = Query::of(request, &PARAMETERS)?;
    let article = article(&query)?;
    let around: Option<CommentId> = query.parsed("around", |raw| raw.parse().ok())?;
    let reading = Reading {
        site,
        article: article.as_str(),
        sort: query.parsed("sort", sort)?.unwrap_or_default(),
        limit: query.limit(COMMENTS)?,
        after: query.parsed("cursor", cursor)?,
        around,
    };
    Ok(read::comments(app, &reading, format).await?)
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
    Ok(answer_json(&request, &view))
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
    Ok(answer_json(&request, &view))
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
    Ok(answer_json(&request, &Counts { counts }))
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
