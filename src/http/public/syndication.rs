//! Comments for others to show: pieces of pages for the site's own backend, and feeds.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Data, Path},
};
use serde_json::json;
use url::form_urlencoded;

use super::reading;
use crate::{
    domain::{ArticleKey, CommentId},
    flow::{
        App,
        read::{self, Format},
    },
    http::{
        error::ApiError,
        openapi::{Operation, operation},
        prepared::{Kind, answer},
        query::Query,
        site,
    },
};

/// What the document says of [`html`].
pub fn about_html() -> Operation {
    about_piece(operation("comments-html", "readers", "The same as a piece of HTML, for a page of the site."))
        .note(
            "Safe to put into a page as it is: no script, no style, no form. In the language of the site. Where a thread has \
             more replies than are shown, a link leads to the page with the others.",
        )
        .answers_page(200, "A page of them: an `<ol>`, each comment with the id `comment-ID`.")
        .with(200, "Link")
}

/// What the document says of [`linked`].
pub fn about_linked() -> Operation {
    about_piece(operation("comments-jsonld", "readers", "The same in the words of schema.org."))
        .note(
            "Safe to put into `<script type=\"application/ld+json\">` as it is. Where a thread has more replies than are shown, \
             `discussionUrl` is the page with the others.",
        )
        .answers_text(200, "A page of them, as the `comment` of an `Article`.", "application/ld+json")
        .with(200, "Link")
}

/// What it says of both.
pub fn about_piece(operation: Operation) -> Operation {
    reading::about_in_any_form(operation)
        .note("The next page is that of the header `Link` whose `rel` is `next` (RFC 8288).")
}

/// What the document says of [`feed`].
pub fn about_feed() -> Operation {
    let key = json!({"type": "string", "maxLength": 200});
    operation("feed", "readers", "The comments that were published last, as a feed (Atom, RFC 4287).")
        .note("The last 50. Of an article that nobody has commented on: none.")
        .query("article", key, "The key of the article; all of the site when unsaid.")
        .query("article_url", json!({"type": "string"}), "Its URL, where the site gave it no key.")
        .answers_text(200, "The feed.", "application/atom+xml")
        .cached()
}

/// `GET /v1/sites/{site}/comments.html`
pub async fn html(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    let format = Format::Html(site.policy.language);
    let page = reading::page(&app, &request, (&site, format)).await?;
    Ok(with_next(&request, page.next, answer(&request, &page, Kind::Html)))
}

/// `GET /v1/sites/{site}/comments.jsonld`
pub async fn linked(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    let page = reading::page(&app, &request, (&site, Format::JsonLd)).await?;
    Ok(with_next(&request, page.next, answer(&request, &page, Kind::JsonLd)))
}

/// `GET /v1/sites/{site}/feed.atom`
pub async fn feed(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    let query = Query::of(&request, &["article", "article_url"])?;
    let is_of_article = query.get("article").or(query.get("article_url")).is_some();
    let key = is_of_article.then(|| reading::article(&query)).transpose()?;
    let page = read::feed(&app, &site, key.as_ref().map(ArticleKey::as_str)).await?;
    Ok(answer(&request, &page, Kind::Atom))
}

/// Says where the next page is: at the same address, with another cursor.
fn with_next(request: &HttpRequest, next: Option<CommentId>, mut response: HttpResponse) -> HttpResponse {
    let Some(next) = next else { return response };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        if name != "cursor" && name != "around" {
            query.append_pair(&name, &value);
        }
    }
    let query = query.append_pair("cursor", &next.to_string()).finish();
    if let Ok(link) = HeaderValue::try_from(format!("<?{query}>; rel=\"next\"")) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
