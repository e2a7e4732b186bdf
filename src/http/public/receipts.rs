//! A commenter's private link to one comment, as JSON and as a page.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    domain::{Basis, Code, CommentId, Fault, Notify, Status, Timestamp},
    flow::{
        App, appeals,
        receipt::{self, Appeal, EditError, Receipt},
    },
    http::{
        body::JsonBody,
        error::ApiError,
        item::ArticleOf,
        openapi::{Operation, operation},
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
    /// What mail its author wants about it, once the address is confirmed.
    #[schema(value_type = Notify)]
    notify: &'static str,
    /// Of a rejection: whether its author can say something against it, or has.
    appeal: Option<Appealed<'a>>,
}

/// An author's word against a rejection.
#[derive(Serialize, ToSchema)]
#[schema(as = Appeal)]
struct Appealed<'a> {
    /// `possible`, `waiting` or `answered`; the answer is the status of the comment.
    state: AppealState,
    text: Option<&'a str>,
    at: Option<Timestamp>,
}

/// How it stands with an appeal.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AppealState {
    Possible,
    Waiting,
    Answered,
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
    comment: Option<String>,
    /// What mail its author wants.
    #[schema(value_type = Option<Notify>)]
    notify: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeAppeal)]
struct Against {
    /// What is to be said against the rejection.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// What the document says of [`patch`].
pub fn about_patch() -> Operation {
    operation("editReceipt", "readers", "Changes the text while it waits, or within the time for edits.")
        .note("A published text stays up until the new one is decided.")
        .note("`notify` changes what mail its author wants; an address that was never asked is asked first.")
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
    let edit: Edit = body.read(&["comment", "notify"])?;
    let invalid = |field| move |code| ApiError::Validation(vec![Fault { field, code }]);
    let notify = edit.notify.as_deref().map(Notify::parse).transpose().map_err(invalid("notify"))?;
    let mut receipt = match (&edit.comment, notify) {
        (None, None) => return Err(invalid("comment")(Code::Required)),
        (Some(text), _) => Some(receipt::edit(&app, &path, text).await?),
        (None, Some(_)) => None,
    };
    if let Some(notify) = notify {
        receipt = Some(appeals::notify(&app, &path, notify).await?);
    }
    receipt.map_or(Err(ApiError::NotFound), |receipt| Ok(as_json(&receipt)))
}

/// What the document says of [`appeal`].
pub fn about_appeal() -> Operation {
    operation("appeal", "readers", "Asks for another look at a rejection, once.")
        .takes::<Against>(json!({"text": "It is no advertisement: I do not sell ferries."}))
        .answers::<Told>(200, "How it is now: rejected still, until a moderator has looked.")
        .refuses(&["gone", "already-decided", "version-conflict"])
        .limited()
}

/// `POST /v1/receipts/{token}/appeal`
pub async fn appeal(app: Data<App>, path: Path<String>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let against: Against = body.read(&["text"])?;
    match appeals::appeal(&app, &path, &against.text).await {
        Err(EditError::Invalid(code)) => Err(ApiError::Validation(vec![Fault { field: "text", code }])),
        done => Ok(as_json(&done?)),
    }
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
        notify: row.notify.name(),
        appeal: match &receipt.appeal {
            Appeal::None => None,
            Appeal::Possible => Some(Appealed { state: AppealState::Possible, text: None, at: None }),
            Appeal::Made { text, at, is_answered } => {
                let state = if *is_answered { AppealState::Answered } else { AppealState::Waiting };
                Some(Appealed { state, text: Some(text), at: Some(*at) })
            }
        },
    };
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
