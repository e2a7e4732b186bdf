//! A commenter's private link to one comment, as JSON and as a page.

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
    domain::{Basis, CommentId, Status, Timestamp},
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
        view::{Link, Moment},
    },
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
            let shown =
                Shown { notice: Some("Your comment was withdrawn."), ..Shown::of(&app, &path, &receipt) };
            Ok(shown.page(StatusCode::OK))
        }
        _ => Err(ApiError::Malformed),
    }
}

async fn edit(app: &App, token: &str, text: &str) -> Result<HttpResponse, ApiError> {
    match receipt::edit(app, token, text).await {
        Ok(receipt) => {
            let notice = match (receipt.status, receipt.edit_waits) {
                (Status::Approved, true) => {
                    "Saved. The published text stays until a moderator has read the new one."
                }
                _ => "Your changes are saved.",
            };
            let shown = Shown { notice: Some(notice), ..Shown::of(app, token, &receipt) };
            Ok(shown.page(StatusCode::OK))
        }
        // what was typed stays in the form
        Err(EditError::Invalid(code)) => {
            let receipt = receipt::open(app, token).await?;
            let refused = Some((text, code.message("comment")));
            Ok(Shown { refused, ..Shown::of(app, token, &receipt) }.page(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(EditError::Receipt(error)) => Err(error.into()),
    }
}

/// What the page of a receipt is made from.
struct Shown<'a> {
    app: &'a App,
    token: &'a str,
    receipt: &'a Receipt,
    notice: Option<&'static str>,
    refused: Option<(&'a str, &'static str)>,
}

impl<'a> Shown<'a> {
    fn of(app: &'a App, token: &'a str, receipt: &'a Receipt) -> Self {
        Self { app, token, receipt, notice: None, refused: None }
    }

    fn page(&self, status: StatusCode) -> HttpResponse {
        let (receipt, now) = (self.receipt, self.app.clock.now());
        let row = &receipt.row;
        let site = self.app.sites.get(row.site);
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
            text: self.refused.map_or_else(|| row.text.clone(), |(typed, _)| typed.to_owned()),
            until: (receipt.status == Status::Approved).then(|| Moment::new(until, now).exact),
            error: self.refused.map(|(_, message)| message.to_owned()),
            comment_chars: site.as_ref().map_or(10_000, |site| site.policy.comment_chars),
        });
        let page = ReceiptPage {
            site: site.map_or_else(String::new, |site| site.name.clone()),
            state,
            article: Link::new(&row.article_title, &row.article_url),
            text: row.text.clone(),
            by_site: row.by_site,
            submitted: Moment::new(row.submitted_at, now),
            action: format!("/receipts/{}", self.token),
            edit,
            can_withdraw: receipt.status != Status::Withdrawn,
            notice: self.notice.map(str::to_owned),
        };
        HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(page.render().unwrap_or_default())
    }
}
