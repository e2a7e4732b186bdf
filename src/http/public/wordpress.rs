//! `POST /v1/sites/{site}/wp-comments-post.php`: the comment form of a `WordPress` theme, as it is, posted to us in place of
//! `WordPress`. The news site's server hands it on, so that its pages are shown at an address of the site.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    comments::{self, take},
    input::Raw,
    refused,
};
use crate::{
    domain::{ArticleKey, ArticleUrl, Code, Fault, Form, Notify, Site, Title},
    flow::{App, articles, submit::Accepted},
    http::{
        Shared, auth,
        body::FormBody,
        error::{ApiError, prefers_html},
        fields::Fields,
        openapi::{Operation, one_of, operation},
        site,
    },
};

/// The last part of the address, which is also that of the form at the site.
const FILE: &str = "/wp-comments-post.php";

/// What the keys of articles begin with that `WordPress` has numbered.
const KEY: &str = "wp:";

/// What the usual form calls a field, and what this one does. The last three are ours, for themes that have them: under the
/// usual names they could be somebody else's.
const NAMES: [(&str, &str); 10] = [
    ("name", "author"),
    ("email", "email"),
    ("website", "url"),
    ("comment", "comment"),
    ("article", "comment_post_ID"),
    ("parent", "comment_parent"),
    ("redirect", "redirect_to"),
    ("token", "replydesk_token"),
    ("notify", "replydesk_notify"),
    ("address", "replydesk_address"),
];

/// What it calls a field of the usual form.
pub(super) fn named(field: &'static str) -> &'static str {
    NAMES.iter().find(|(usual, _)| *usual == field).map_or(field, |(_, name)| name)
}

/// The number that an article's key is made of.
pub(super) fn post_of(key: &str) -> &str {
    key.strip_prefix(KEY).unwrap_or_default()
}

/// Whether it is this form that was sent.
pub fn is_form(request: &HttpRequest) -> bool {
    request.path().ends_with(FILE)
}

/// What the document says of [`post`].
pub fn about_post() -> Operation {
    let text = |most: usize| json!({"type": "string", "maxLength": most});
    let any = || json!({"type": "string"});
    let fields: [(&str, bool, Value); 10] = [
        ("author", true, text(100)),
        ("email", true, text(254)),
        ("url", false, text(500)),
        ("comment", true, any()),
        ("comment_post_ID", true, json!({"type": "string", "pattern": "^[0-9]+$"})),
        ("comment_parent", false, any()),
        ("redirect_to", false, any()),
        ("replydesk_token", false, any()),
        ("replydesk_notify", false, one_of(&Notify::ALL.map(Notify::name))),
        ("replydesk_address", false, json!({"type": "string", "description": "Stays empty."})),
    ];
    let example = json!({
        "author": "Ann",
        "email": "ann@example.org",
        "comment": "The bridge should open again, and before winter.",
        "comment_post_ID": "12",
        "comment_parent": "0",
        "redirect_to": "https://news.example/2026/the-bridge/",
    });
    operation("submitWordPress", "readers", "Takes a comment in from the form of a WordPress theme.")
        .note(
            "Post N is the article `wp:N`, made on first use with the address in `redirect_to` or `Referer`.",
        )
        .by_anybody_or_site()
        .takes_form(&fields, example)
        .answers_nothing(302, "To the article, at the comment; with `unapproved` while it is held.")
        .with(302, "Location")
        .refuses(&["origin-not-allowed", "comments-closed", "forbidden", "duplicate"])
        .limited()
        .idempotent()
}

/// Takes a comment in, and answers as `WordPress` where themes rely on it.
pub async fn post(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    auth::check_origin(&app, &request, Some(&site))?;
    let raw = read(&site, &request, &body.read(&NAMES.map(|(_, name)| name))?);
    let done = match &raw.article.key {
        Some(_) => take(&app, &shared, (&request, &site), &raw).await,
        None => Err(ApiError::NotFound),
    };
    match done {
        Ok((accepted, page)) => Ok(found(&app, &site, &accepted, page).await),
        Err(error) => refuse(&app, (&request, &site), &raw, error),
    }
}

/// What was sent, as the usual form says it; without an article where none is named.
fn read(site: &Site, request: &HttpRequest, fields: &Fields) -> Raw {
    let field = |usual| fields.owned(named(usual));
    let page = page(site, request, fields.get("redirect_to"));
    let mut raw = Raw {
        parent: field("parent").filter(|parent| parent.trim() != "0"),
        name: field("name"),
        email: field("email"),
        website: field("website"),
        comment: field("comment"),
        notify: field("notify"),
        token: field("token"),
        trap: field("address"),
        form: Some(Form::WordPress),
        ..Raw::default()
    };
    raw.article.0.key = fields.get("comment_post_ID").and_then(key);
    let article = page.as_ref().and_then(|page| ArticleUrl::parse(article_of(page).as_str()).ok());
    raw.article.0.title = article.as_ref().map(title);
    raw.article.0.url = article.map(|url| url.as_str().to_owned());
    raw.redirect = page.map(Url::into);
    raw
}

/// The key of the article that has this number; no post has the number 0.
fn key(raw: &str) -> Option<String> {
    let digits = Some(raw.trim()).filter(|raw| raw.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number: u64 = digits.parse().ok()?;
    (number > 0).then(|| format!("{KEY}{number}"))
}

/// The page that the form stands on: what it says itself, or the article that the browser came from. What is not on the
/// site's origins is left alone, as `WordPress` does.
fn page(site: &Site, request: &HttpRequest, said: Option<&str>) -> Option<Url> {
    let from = auth::header_value(request, "referer").and_then(|raw| Url::parse(raw).ok());
    let from = from.filter(|url| is_on(site, url)).map(|url| article_of(&url));
    // from another origin browsers say no more than theirs, and this page is none to go back to
    let is_whole = |url: &Url| (url.path() != "/" || url.query().is_some()) && !url.path().ends_with(FILE);
    let home = || Url::parse(site.origins.first()?.as_str()).ok();
    let is_address = |raw: &&str| raw.starts_with("http") || raw.starts_with('/');
    let said = said.map(str::trim).filter(is_address).and_then(|raw| {
        let base = from.clone().or_else(home)?;
        base.join(raw).ok().filter(|url| is_on(site, url))
    });
    said.or_else(|| from.filter(is_whole))
}

fn is_on(site: &Site, url: &Url) -> bool {
    let owns = |url: ArticleUrl| site.owns(url.origin());
    matches!(url.scheme(), "http" | "https") && ArticleUrl::parse(url.as_str()).is_ok_and(owns)
}

/// The address of the article itself: of the query only what `WordPress` knows a post by, since anything may stand there,
/// addresses of readers too; and without the page of comments.
fn article_of(page: &Url) -> Url {
    const OF_POSTS: [&str; 5] = ["p", "page_id", "attachment_id", "post_type", "lang"];
    let mut url = with_query(page, |name| OF_POSTS.contains(&name));
    let whole = page.path().trim_end_matches('/');
    if let Some((article, last)) = whole.rsplit_once('/')
        && let Some(number) = last.strip_prefix("comment-page-")
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        let slash = if page.path().ends_with('/') { "/" } else { "" };
        url.set_path(&format!("{article}{slash}"));
    }
    url
}

/// An address with these of its parameters, as they are.
fn with_query(url: &Url, keeps: impl Fn(&str) -> bool) -> Url {
    let is_kept = |pair: &&str| keeps(pair.split('=').next().unwrap_or_default());
    let kept: Vec<&str> =
        url.query().into_iter().flat_map(|query| query.split('&')).filter(is_kept).collect();
    let query = Some(kept.join("&")).filter(|query| !query.is_empty());
    let mut url = url.clone();
    url.set_query(query.as_deref());
    url.set_fragment(None);
    url
}

/// The form says none: the address stands for it, as people read it, until the site says the title.
fn title(url: &ArticleUrl) -> String {
    let (_, plain) = url.as_str().split_once("://").unwrap_or_default();
    let cut = |text: &str| text.chars().take(300).collect::<String>();
    let decoded = percent_encoding::percent_decode_str(plain).decode_utf8().map(|text| cut(&text));
    decoded.ok().filter(|text| Title::parse(text).is_ok()).unwrap_or_else(|| cut(plain))
}

/// Back to the article, where the browser looks for the comment.
async fn found(app: &App, site: &Site, accepted: &Accepted, page: Option<Url>) -> HttpResponse {
    let page = match page {
        Some(page) => Some(page),
        None => known(app, site, &accepted.article).await,
    };
    let location = match page {
        None => format!("{}/receipts/{}", app.settings.public_url, accepted.receipt),
        Some(page) => {
            const ADDED: [&str; 3] = ["replytocom", "unapproved", "moderation-hash"];
            let mut url = with_query(&page, |name| !ADDED.contains(&name));
            if !accepted.published {
                url.query_pairs_mut().append_pair("unapproved", &accepted.id.to_string());
            }
            url.set_fragment(Some(&format!("comment-{}", accepted.id)));
            url.into()
        }
    };
    comments::led(HttpResponse::Found(), accepted, location)
}

/// Where an article is that everybody may know.
async fn known(app: &App, site: &Site, key: &str) -> Option<Url> {
    let article = articles::get(app, site, &ArticleKey::parse(key).ok()?).await.ok()?;
    if article.provisional { None } else { Url::parse(&article.url).ok() }
}

/// As a page, or as problem details for a program.
fn refuse(
    app: &App,
    (request, site): (&HttpRequest, &Site),
    raw: &Raw,
    error: ApiError,
) -> Result<HttpResponse, ApiError> {
    let ApiError::Validation(mut faults) = error else {
        return told(app, (request, site), raw, error);
    };
    // nobody can see to a title that the form does not have
    faults.retain(|fault| fault.field != "article.title");
    for fault in &mut faults {
        // one of WordPress's own comments, which are none of ours
        let is_number = |raw: &String| raw.trim().bytes().all(|byte| byte.is_ascii_digit());
        if *fault == (Fault { field: "parent", code: Code::NotAnId })
            && raw.parent.as_ref().is_some_and(is_number)
        {
            fault.code = Code::NotPublished;
        }
    }
    let is_unseen = |fault: &Fault| *fault == Fault { field: "parent", code: Code::NotPublished };
    let is_forbidden = !faults.is_empty() && faults.iter().all(is_unseen);
    if is_forbidden && !prefers_html(request) {
        return Err(ApiError::Forbidden);
    }
    let mut answer = told(app, (request, site), raw, ApiError::Validation(faults))?;
    if is_forbidden {
        *answer.status_mut() = StatusCode::FORBIDDEN;
    }
    Ok(answer)
}

fn told(
    app: &App,
    (request, site): (&HttpRequest, &Site),
    raw: &Raw,
    error: ApiError,
) -> Result<HttpResponse, ApiError> {
    match error {
        error if prefers_html(request) => Ok(refused::page(app, (request, site), raw, &error)),
        ApiError::Validation(mut faults) => {
            for fault in &mut faults {
                fault.field = match fault.field {
                    "article.key" => "comment_post_ID",
                    "article.url" => "redirect_to",
                    field => named(field),
                };
            }
            Err(ApiError::Validation(faults))
        }
        error => Err(error),
    }
}
