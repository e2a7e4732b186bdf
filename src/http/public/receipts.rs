//! A commenter's private link to one comment, as JSON and as a page.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::receipt::{EditForm, ReceiptPage, ReceiptState};
use crate::{
    domain::{Basis, CommentId, Fault, Site, Status, Timestamp},
    flow::{
        App,
        receipt::{self, EditError, Receipt},
    },
    http::{
        auth,
        body::{FormBody, JsonBody},
        error::ApiError,
        item::ArticleOf,
        openapi::{Operation, one_of, operation},
        view::{Link, When},
    },
    texts::{Phrase, Texts},
};

/// A comment as its author sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
struct Told<'a> {
    id: CommentId,
    /// What its author is told: never `spam`.
    status: Status,
    /// Of a rejection.
    reason: Option<&'a str>,
    basis: Option<Basis>,
    article: ArticleOf<'a>,
    /// The newest one.
    text: &'a str,
    edited_by_site: bool,
    submitted_at: Timestamp,
    decided_at: Option<Timestamp>,
    /// Nothing when it cannot be changed.
    editable_until: Option<Timestamp>,
    /// Comes with a later version.
    #[schema(value_type = Option<String>)]
    appeal: Option<&'a str>,
}

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation("receipt", "readers", "The state of one comment, for its author.")
        .answers::<Told>(200, "How it is.")
        .refuses(&["gone"])
}

/// `GET /v1/receipts/{token}`
pub async fn get(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(as_json(&receipt::open(&app, &path).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// The whole new text.
    comment: String,
}

/// What the document says of [`patch`].
pub fn about_patch() -> Operation {
    operation("editReceipt", "readers", "Changes the text while it waits, or within the time for edits.")
        .note("A published text stays up until the new one is decided.")
        .takes::<Edit>(json!({"comment": "The bridge should open again soon."}))
        .answers::<Told>(200, "How it is now.")
        .refuses(&["gone", "already-decided", "version-conflict"])
        .limited()
}

/// What the document says of [`delete`].
pub fn about_delete() -> Operation {
    operation("withdraw", "readers", "Takes the comment back, for good.")
        .answers::<Told>(200, "How it is now.")
        .refuses(&["gone", "already-decided", "version-conflict"])
        .limited()
}

/// `PATCH /v1/receipts/{token}`
pub async fn patch(app: Data<App>, path: Path<String>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let edit: Edit = body.read(&["comment"])?;
    Ok(as_json(&receipt::edit(&app, &path, &edit.comment).await?))
}

/// `DELETE /v1/receipts/{token}`
pub async fn delete(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(as_json(&receipt::withdraw(&app, &path).await?))
}

fn as_json(receipt: &Receipt) -> HttpResponse {
    let row = &receipt.row;
    // not of what was withdrawn: it would tell that a moderator had marked it as spam
    let is_decided = matches!(receipt.status, Status::Approved | Status::Rejected);
    let body = Told {
        id: row.id,
        status: receipt.status,
        reason: row.reason.as_deref().filter(|_| receipt.status == Status::Rejected),
        basis: row.basis.filter(|_| receipt.status == Status::Rejected),
        article: ArticleOf { key: &row.article_key, url: &row.article_url, title: &row.article_title },
        text: &row.text,
        edited_by_site: row.by_site,
        submitted_at: row.submitted_at,
        decided_at: row.decided_at.filter(|_| is_decided),
        editable_until: receipt.editable_until,
        appeal: None,
    };
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// What the document says of [`page`].
pub fn about_page() -> Operation {
    operation("receiptPage", "readers", "The same as a page, with what its author can do.")
        .answers_page(200, "The page.")
        .refuses(&["gone"])
}

/// `GET /receipts/{token}`
pub async fn page(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let receipt = receipt::open(&app, &path).await?;
    Ok(Shown::of(&app, &path, &receipt).page(StatusCode::OK))
}

/// What the document says of [`act`].
pub fn about_act() -> Operation {
    let fields = [
        ("action", true, one_of(&["edit", "withdraw"])),
        ("comment", false, json!({"type": "string", "description": "With `edit`: the whole new text."})),
    ];
    operation("receiptForm", "readers", "What the form of that page posts.")
        .takes_form(&fields, json!({"action": "edit", "comment": "The bridge should open again soon."}))
        .answers_page(200, "The page as it is now.")
        .refuses(&["gone", "already-decided", "version-conflict", "origin-not-allowed"])
        .limited()
}

/// `POST /receipts/{token}`: `action=edit` with `comment`, or `action=withdraw`.
pub async fn act(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let form = body.read(&["action", "comment"])?;
    match form.get("action") {
        Some("edit") => edit(&app, &path, form.get("comment").unwrap_or_default()).await,
        Some("withdraw") => {
            let receipt = receipt::withdraw(&app, &path).await?;
            let shown = Shown::of(&app, &path, &receipt);
            let notice = Some(shown.t.say("receipt-withdrawn-now"));
            Ok(Shown { notice, ..shown }.page(StatusCode::OK))
        }
        _ => Err(ApiError::Malformed),
    }
}

async fn edit(app: &App, token: &str, text: &str) -> Result<HttpResponse, ApiError> {
    match receipt::edit(app, token, text).await {
        Ok(receipt) => {
            let shown = Shown::of(app, token, &receipt);
            let notice = match (receipt.status, receipt.edit_waits) {
                (Status::Approved, true) => shown.t.say("receipt-saved-waits"),
                _ => shown.t.say("receipt-saved"),
            };
            Ok(Shown { notice: Some(notice), ..shown }.page(StatusCode::OK))
        }
        // what was typed stays in the form
        Err(EditError::Invalid(code)) => {
            let receipt = receipt::open(app, token).await?;
            let shown = Shown::of(app, token, &receipt);
            let refused = Some((text, shown.t.refused(&Fault { field: "comment", code })));
            Ok(Shown { refused, ..shown }.page(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(EditError::Receipt(error)) => Err(error.into()),
    }
}

/// What the page of a receipt is made from.
struct Shown<'a> {
    token: &'a str,
    receipt: &'a Receipt,
    site: Option<Arc<Site>>,
    t: Texts,
    notice: Option<Phrase>,
    refused: Option<(&'a str, Phrase)>,
}

impl<'a> Shown<'a> {
    fn of(app: &'a App, token: &'a str, receipt: &'a Receipt) -> Self {
        let site = app.sites.get(receipt.row.site);
        let language = site.as_ref().map(|site| site.policy.language).unwrap_or_default();
        let t = Texts::for_readers(language);
        Self { token, receipt, site, t, notice: None, refused: None }
    }

    fn page(&self, status: StatusCode) -> HttpResponse {
        let (receipt, site, t) = (self.receipt, self.site.as_ref(), self.t);
        let row = &receipt.row;
        let state = match receipt.status {
            Status::Pending | Status::Spam => ReceiptState::Waiting,
            Status::Approved => ReceiptState::Published {
                url: format!("{}#comment-{}", row.article_url, row.id),
                edit_waits: receipt.edit_waits,
            },
            Status::Rejected => ReceiptState::NotPublished { reason: row.reason.clone(), basis: row.basis },
            Status::Withdrawn => ReceiptState::Withdrawn,
        };
        let edit = receipt.editable_until.map(|until| EditForm {
            text: self.refused.as_ref().map_or_else(|| row.text.clone(), |(typed, _)| (*typed).to_owned()),
            until: (receipt.status == Status::Approved).then(|| When::new(t, until).exact),
            error: self.refused.as_ref().map(|(_, message)| message.to_string()),
            comment_chars: site.map_or(10_000, |site| site.policy.comment_chars),
        });
        let page = ReceiptPage {
            t,
            site: site.map_or_else(String::new, |site| site.name.clone()),
            state,
            article: Link::new(&row.article_title, &row.article_url),
            text: row.text.clone(),
            by_site: row.by_site,
            submitted: When::new(t, row.submitted_at),
            action: format!("/receipts/{}", self.token),
            edit,
            can_withdraw: receipt.status != Status::Withdrawn,
            notice: self.notice.as_ref().map(ToString::to_string),
        };
        HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(page.render().unwrap_or_default())
    }
}
