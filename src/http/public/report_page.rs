//! `GET /sites/{site}/comments/{id}/report`: the form with which a reader reports a comment, and what comes of it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use askama::Template;
use serde_json::json;

use super::form::FieldError;
use crate::{
    domain::{CommentId, Fault, ReportReason, Site},
    flow::{
        App,
        read::{self, Published},
    },
    http::{
        error::ApiError,
        openapi::{Operation, operation},
        query::Query,
        site,
        view::Link,
    },
    texts::{Phrase, Texts},
};

/// What the document says of [`page`].
pub fn about_page() -> Operation {
    operation("reportPage", "readers", "The form that reports a published comment, as a page.")
        .query("done", json!({"type": "string"}), "`received` after one has arrived.")
        .answers_page(200, "The page.")
}

/// The form of a comment.
#[derive(Clone, Debug, Template)]
#[template(path = "public/report.html")]
pub struct ReportPage {
    /// The language of the site.
    pub t: Texts,
    /// The site.
    pub site: String,
    /// Who wrote the comment.
    pub author: String,
    /// What it says, as it was typed.
    pub text: String,
    /// Where the form posts to; nothing once the report has arrived.
    pub action: Option<String>,
    /// The comment, on the article.
    pub back: Link,
    /// What was typed before.
    pub typed: TypedReport,
    /// What was wrong with it.
    pub errors: Vec<FieldError>,
}

/// A report as it was typed, kept so that nobody has to type twice.
#[derive(Clone, Default)]
pub struct TypedReport {
    /// The name of a reason.
    pub reason: String,
    /// In their words.
    pub text: String,
    /// Where they can be answered.
    pub email: String,
    /// Which law.
    pub law: String,
    /// Who they are.
    pub name: String,
    /// Whether they believe it.
    pub good_faith: bool,
}

impl std::fmt::Debug for TypedReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedReport(redacted)")
    }
}

/// The path of the form of a comment.
pub fn path(site: &Site, id: CommentId) -> String {
    format!("/sites/{}/comments/{id}/report", site.key.as_str())
}

/// `GET /sites/{site}/comments/{id}/report`
pub async fn page(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path.0)?;
    let query = Query::of(&request, &["done"])?;
    let id = path.1.parse().map_err(|_| ApiError::NotFound)?;
    let page = of(&app, &site, id).await?;
    let action = page.action.clone().filter(|_| query.get("done") != Some("received"));
    Ok(answer(StatusCode::OK, &ReportPage { action, ..page }))
}

/// A report that was not taken: with what was typed, and what is wrong with it.
pub async fn refused(
    app: &App,
    (site, id): (&Site, CommentId),
    (typed, faults): (TypedReport, &[Fault]),
) -> Result<HttpResponse, ApiError> {
    let page = of(app, site, id).await?;
    let error =
        |fault: &Fault| FieldError { field: fault.field.to_owned(), message: page.t.refused(fault).into() };
    let errors = faults.iter().map(error).collect();
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &ReportPage { typed, errors, ..page }))
}

/// A report that has arrived: to a page that can be loaded again.
pub fn taken(site: &Site, id: CommentId) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{}?done=received", path(site, id))))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

async fn of(app: &App, site: &Site, id: CommentId) -> Result<ReportPage, ApiError> {
    let t = Texts::for_readers(site.policy.language);
    let (comment, url) = read::with_article(app, site, id).await?;
    let Published { author, text, .. } = comment;
    Ok(ReportPage {
        t,
        site: site.name.clone(),
        author: author.name,
        text,
        action: Some(format!("/v1/sites/{}/comments/{id}/reports", site.key.as_str())),
        back: Link::new(t.say("report-back"), format!("{url}#comment-{id}")),
        typed: TypedReport::default(),
        errors: Vec::new(),
    })
}

fn answer(status: StatusCode, page: &ReportPage) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

impl ReportPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    /// The reasons with their words, the one that was chosen marked.
    fn reasons(&self) -> Vec<(&'static str, Phrase, bool)> {
        let t = self.t;
        let words = |reason| match reason {
            ReportReason::Illegal => t.say("report-illegal"),
            ReportReason::Abuse => t.say("report-abuse"),
            ReportReason::Spam => t.say("report-spam"),
            ReportReason::OffTopic => t.say("report-off-topic"),
            ReportReason::Other => t.say("report-other"),
        };
        // what hardly anybody comes for stands last, above what it needs
        let [illegal, others @ ..] = ReportReason::ALL;
        let all = others.into_iter().chain([illegal]);
        all.map(|reason| (reason.name(), words(reason), reason.name() == self.typed.reason)).collect()
    }
}
