//! The page of a receipt, and what its forms post.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use askama::Template;
use serde_json::json;

use super::{
    form::mail_choices,
    receipt::{AppealForm, EditForm, ReceiptPage, ReceiptState},
};
use crate::{
    domain::{Code, Fault, Notify, Site, Status},
    flow::{
        App, appeals,
        receipt::{self, Appeal, EditError, Receipt},
    },
    http::{
        auth,
        body::FormBody,
        error::ApiError,
        openapi::{Operation, one_of, operation},
        view::{Link, When},
    },
    texts::{Phrase, Texts},
};

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
        ("action", true, one_of(&["edit", "withdraw", "appeal", "notify"])),
        ("comment", false, json!({"type": "string", "description": "With `edit`: the whole new text."})),
        (
            "text",
            false,
            json!({"type": "string", "description": "With `appeal`: what is to be said.", "maxLength": 2000}),
        ),
        ("notify", false, one_of(&Notify::ALL.map(Notify::name))),
    ];
    operation("receiptForm", "readers", "What the form of that page posts.")
        .takes_form(&fields, json!({"action": "edit", "comment": "The bridge should open again soon."}))
        .answers_page(200, "The page as it is now.")
        .refuses(&["gone", "already-decided", "version-conflict", "origin-not-allowed"])
        .limited()
}

/// `POST /receipts/{token}`: `action=edit` with `comment`, `withdraw`, `appeal` with `text`, or `notify`.
pub async fn act(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, FormBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let form = body.read(&["action", "comment", "text", "notify"])?;
    match form.get("action") {
        Some("edit") => edit(&app, &path, form.get("comment").unwrap_or_default()).await,
        Some("withdraw") => {
            let receipt = receipt::withdraw(&app, &path).await?;
            let shown = Shown::of(&app, &path, &receipt);
            let notice = Some(shown.t.say("receipt-withdrawn-now"));
            Ok(Shown { notice, ..shown }.page(StatusCode::OK))
        }
        Some("appeal") => appeal(&app, &path, form.get("text").unwrap_or_default()).await,
        Some("notify") => {
            let notify = form.get("notify").ok_or(Code::Required).and_then(Notify::parse);
            let notify =
                notify.map_err(|code| ApiError::Validation(vec![Fault { field: "notify", code }]))?;
            let receipt = appeals::notify(&app, &path, notify).await?;
            let shown = Shown::of(&app, &path, &receipt);
            let notice = Some(match notify {
                Notify::Nothing => shown.t.say("receipt-notify-none-now"),
                Notify::Outcome | Notify::Replies => shown.t.say("receipt-notify-now"),
            });
            Ok(Shown { notice, ..shown }.page(StatusCode::OK))
        }
        _ => Err(ApiError::Malformed),
    }
}

async fn appeal(app: &App, token: &str, text: &str) -> Result<HttpResponse, ApiError> {
    match appeals::appeal(app, token, text).await {
        Ok(receipt) => {
            let shown = Shown::of(app, token, &receipt);
            let notice = Some(shown.t.say("receipt-appeal-now"));
            Ok(Shown { notice, ..shown }.page(StatusCode::OK))
        }
        Err(EditError::Invalid(code)) => {
            let receipt = receipt::open(app, token).await?;
            let shown = Shown::of(app, token, &receipt);
            let objected = Some((text, shown.t.refused(&Fault { field: "text", code })));
            Ok(Shown { objected, ..shown }.page(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(EditError::Receipt(error)) => Err(error.into()),
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
    /// The same of an appeal.
    objected: Option<(&'a str, Phrase)>,
}

impl<'a> Shown<'a> {
    fn of(app: &'a App, token: &'a str, receipt: &'a Receipt) -> Self {
        let site = app.sites.get(receipt.row.site);
        let language = site.as_ref().map(|site| site.policy.language).unwrap_or_default();
        let t = Texts::for_readers(language);
        Self { token, receipt, site, t, notice: None, refused: None, objected: None }
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
            appeal: self.appeal(),
            notify: (receipt.status != Status::Withdrawn).then(|| mail_choices(self.t, receipt.row.notify)),
            notice: self.notice.as_ref().map(ToString::to_string),
        };
        HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(page.render().unwrap_or_default())
    }

    /// What can be said against a rejection, or was.
    fn appeal(&self) -> Option<AppealForm> {
        let t = self.t;
        match &self.receipt.appeal {
            Appeal::None => None,
            Appeal::Possible => Some(AppealForm::Open {
                text: self.objected.as_ref().map_or_else(String::new, |(typed, _)| (*typed).to_owned()),
                error: self.objected.as_ref().map(|(_, message)| message.to_string()),
            }),
            Appeal::Made { text, is_answered, .. } => {
                let told = match (is_answered, self.receipt.status) {
                    (false, _) => t.say("receipt-appeal-waits"),
                    (true, Status::Rejected) => t.say("commenter-appeal-refused"),
                    (true, _) => t.say("commenter-appeal-granted"),
                };
                Some(AppealForm::Made { text: text.clone(), told: told.into() })
            }
        }
    }
}
