//! Articles, for the site's backend and for editors.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    domain::{
        ArticleKey, ArticleUrl, Breaker, BreakerAction, Cause, Code, Email, Fault, Mode, Role, SLOWEST, Site,
        Timestamp, Title,
    },
    flow::{App, articles, audit::Author},
    http::{
        auth,
        body::JsonBody,
        error::ApiError,
        openapi::{CauseName, Operation, operation},
        site,
    },
    store::{ArticlePatch, ArticleRow, ArticleSettings, Change},
};

const MEMBERS: [&str; 8] =
    ["url", "title", "open", "closes_at", "section", "author_email", "mode", "slow_seconds"];

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetArticle)]
struct Said {
    /// On one of the site's origins.
    url: Option<String>,
    #[schema(max_length = 300)]
    title: Option<String>,
    /// Whether it takes comments. Where it is said that it does, its age does not close it any more.
    open: Option<bool>,
    /// From when on it takes none; null for no moment of its own.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    closes_at: Change<String>,
    section: Option<String>,
    author_email: Option<String>,
    /// In place of the mode of its site; null for that. Where it is not said, also by PUT, it stays.
    #[serde(default)]
    #[schema(value_type = Option<Mode>)]
    mode: Change<String>,
    /// Seconds between two comments of one reader, in place of those of its site; 0 for none, null for those of its site.
    /// Where it is not said, also by PUT, it stays.
    #[serde(default)]
    #[schema(value_type = Option<u32>, maximum = 86400)]
    slow_seconds: Change<i64>,
}

/// An article as the site's backend and editors see it.
#[derive(Serialize, ToSchema)]
#[schema(as = KeptArticle)]
pub struct Kept<'a> {
    key: &'a str,
    url: &'a str,
    title: &'a str,
    section: Option<&'a str>,
    /// Nobody closed it.
    open: bool,
    closes_at: Option<Timestamp>,
    /// Whether it takes comments at this moment: after its closing time, its age, and its breaker.
    takes_comments: bool,
    mode: Option<Mode>,
    slow_seconds: Option<u32>,
    /// What takes it out of the usual rules at this moment.
    breaker: Option<InForce<'a>>,
    /// Said by a reader, not yet by the site or an approval.
    provisional: bool,
    /// Published comments.
    count: i64,
}

/// A breaker that is in force.
#[derive(Serialize, ToSchema)]
#[schema(as = Breaker)]
struct InForce<'a> {
    action: BreakerAction,
    since: Option<Timestamp>,
    until: Timestamp,
    note: Option<&'a str>,
    /// The moderator who did it, where it was one.
    by: Option<&'a str>,
    /// Why a rule did it, where it was one.
    #[schema(value_type = Option<CauseName>)]
    cause: Option<&'static str>,
}

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation("article", "articles", "An article of a site.")
        .by_site_or(Role::edits)
        .answers::<Kept>(200, "The article.")
}

/// What the document says of [`put`].
pub fn about_put() -> Operation {
    let example = json!({"url": "https://news.example/news/1", "title": "The bridge", "open": true});
    operation("setArticle", "articles", "Makes an article, or says all of it again.")
        .by_site_or(Role::edits)
        .takes_with::<Said>(&["url", "title"], example)
        .answers::<Kept>(200, "The article as it is now.")
        .answers::<Kept>(201, "The article, which is new.")
}

/// What the document says of [`patch`].
pub fn about_patch() -> Operation {
    operation("changeArticle", "articles", "Changes an article: what is not said stays.")
        .by_site_or(Role::edits)
        .takes::<Said>(json!({"open": false}))
        .answers::<Kept>(200, "The article as it is now.")
}

/// What the document says of [`delete`].
pub fn about_delete() -> Operation {
    operation("deleteArticle", "articles", "Removes an article: its comments are not reachable any more.")
        .by_site_or(Role::edits)
        .answers_nothing(204, "It is removed.")
}

/// `GET /v1/sites/{site}/articles/{key}`
pub async fn get(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (site, _) = entitled(&app, &request, &path.0, Role::edits).await?;
    let row = articles::get(&app, &site, &key(&path.1)?).await?;
    Ok(HttpResponse::Ok().json(Kept::of(&app, &site, &row)))
}

/// `PUT /v1/sites/{site}/articles/{key}`
pub async fn put(
    app: Data<App>,
    request: HttpRequest,
    (names, body): (Path<(String, String)>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    let (site, author) = entitled(&app, &request, &names.0, Role::edits).await?;
    let key = key(&names.1)?;
    let patch = Said::read(&body)?.parse(&site)?;
    let required = |field| Fault { field, code: Code::Required };
    let (Some(url), Some(title)) = (&patch.url, &patch.title) else {
        let missing = [("url", patch.url.is_none()), ("title", patch.title.is_none())];
        let faults =
            missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(field, _)| required(field));
        return Err(ApiError::Validation(faults.collect()));
    };
    let says = ArticleSettings {
        url: url.clone(),
        title: title.clone(),
        section: patch.section.clone(),
        open: patch.open.unwrap_or(true),
        closes_at: match patch.closes_at {
            Change::Stays => None,
            Change::Becomes(at) => at,
        },
        mode: patch.mode,
        slow_seconds: patch.slow_seconds,
    };
    let (row, is_made) = articles::put(&app, &site, (&key, &says), author).await?;
    let mut builder = if is_made { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(builder.json(Kept::of(&app, &site, &row)))
}

/// `PATCH /v1/sites/{site}/articles/{key}`
pub async fn patch(
    app: Data<App>,
    request: HttpRequest,
    (names, body): (Path<(String, String)>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    let (site, author) = entitled(&app, &request, &names.0, Role::edits).await?;
    let patch = Said::read(&body)?.parse(&site)?;
    let row = articles::patch(&app, &site, (&key(&names.1)?, &patch), author).await?;
    Ok(HttpResponse::Ok().json(Kept::of(&app, &site, &row)))
}

/// `DELETE /v1/sites/{site}/articles/{key}`
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (site, author) = entitled(&app, &request, &path.0, Role::edits).await?;
    articles::delete(&app, &site, &key(&path.1)?, author).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The site's own backend, or somebody who may see the site and do that; for all others there is no such site.
pub async fn entitled(
    app: &App,
    request: &HttpRequest,
    raw: &str,
    may: fn(Role) -> bool,
) -> Result<(std::sync::Arc<Site>, Author), ApiError> {
    if let Some(of) = auth::bearer(request).and_then(|token| app.sites.of_token(token)) {
        let site = site(app, raw)?;
        if site.id != of {
            return Err(ApiError::NotFound);
        }
        return Ok((site, Author { moderator: None, via: "backend" }));
    }
    let moderator = auth::moderator(app, request).await?;
    let site = site(app, raw)?;
    if !moderator.sees(site.id) {
        return Err(ApiError::NotFound);
    }
    if !may(moderator.role) {
        return Err(ApiError::Forbidden);
    }
    Ok((site, Author { moderator: Some(moderator.id), via: "api" }))
}

impl Said {
    fn read(body: &JsonBody) -> Result<Self, ApiError> {
        body.read(&MEMBERS)
    }

    fn parse(&self, site: &Site) -> Result<ArticlePatch, ApiError> {
        let mut faults = Vec::new();
        let mut note = |field, code| faults.push(Fault { field, code });
        let url = self.url.as_deref().and_then(|raw| match ArticleUrl::parse(raw) {
            Ok(url) if site.owns(url.origin()) => Some(url.as_str().to_owned()),
            Ok(_) => {
                note("url", Code::ForeignOrigin);
                None
            }
            Err(code) => {
                note("url", code);
                None
            }
        });
        let title = self.title.as_deref().and_then(|raw| {
            Title::parse(raw).map(|title| title.as_str().to_owned()).map_err(|code| note("title", code)).ok()
        });
        let section = self.section.as_deref().and_then(|raw| {
            Title::parse(raw)
                .map(|title| title.as_str().to_owned())
                .map_err(|code| note("section", code))
                .ok()
        });
        if let Some(raw) = &self.author_email
            && let Err(code) = Email::parse(raw)
        {
            note("author_email", code);
        }
        let closes_at = match &self.closes_at {
            Change::Stays => Change::Stays,
            Change::Becomes(raw) => Change::Becomes(raw.as_deref().and_then(|raw| {
                let at = Timestamp::parse(raw);
                if at.is_none() {
                    note("closes_at", Code::UnknownValue);
                }
                at
            })),
        };
        let mode = match &self.mode {
            Change::Stays => Change::Stays,
            Change::Becomes(None) => Change::Becomes(None),
            Change::Becomes(Some(raw)) => {
                let mode = Mode::parse(raw);
                if mode.is_none() {
                    note("mode", Code::UnknownValue);
                }
                Change::Becomes(mode)
            }
        };
        let slow_seconds = match self.slow_seconds {
            Change::Stays => Change::Stays,
            Change::Becomes(None) => Change::Becomes(None),
            Change::Becomes(Some(raw)) => {
                let seconds = u32::try_from(raw).ok().filter(|seconds| *seconds <= SLOWEST);
                if seconds.is_none() {
                    note("slow_seconds", Code::UnknownValue);
                }
                Change::Becomes(seconds)
            }
        };
        if faults.is_empty() {
            let (open, edition) = (self.open, None);
            Ok(ArticlePatch { url, title, section, open, closes_at, mode, slow_seconds, edition })
        } else {
            Err(ApiError::Validation(faults))
        }
    }
}

/// The article of a path.
pub fn key(raw: &str) -> Result<ArticleKey, ApiError> {
    ArticleKey::parse(raw).map_err(|_| ApiError::NotFound)
}

impl<'a> Kept<'a> {
    /// As it is at this moment.
    pub fn of(app: &App, site: &Site, row: &'a ArticleRow) -> Self {
        let now = app.clock.now();
        let in_force = |breaker: Breaker| InForce {
            action: breaker.action,
            since: row.breaker.breaker_at,
            until: breaker.until,
            note: row.breaker.breaker_note.as_deref(),
            by: row.breaker.breaker_by.as_deref(),
            cause: row.breaker.cause().map(Cause::name),
        };
        Self {
            key: &row.key,
            url: &row.url,
            title: &row.title,
            section: row.section.as_deref(),
            open: row.rules.open,
            closes_at: row.rules.closes_at,
            takes_comments: row.rules.opening(&site.policy, now).is_open(),
            mode: row.rules.mode,
            slow_seconds: row.rules.slow_seconds,
            breaker: row.rules.breaker(now).map(in_force),
            provisional: row.provisional,
            count: row.approved_count,
        }
    }
}
