//! The links in mails to commenters. Opening one asks; posting its form, or, of the one that ends mails, nothing at all (RFC
//! 8058), is what is meant.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Bytes, Data, Path},
};
use askama::Template;
use serde_json::json;

use crate::{
    flow::{
        App,
        commenters::{self, Opened, Wish},
    },
    http::{
        Shared, auth,
        error::ApiError,
        fields::Fields,
        limits,
        openapi::{Operation, one_of, operation},
    },
    texts::{Phrase, Texts},
};

/// Whether somebody wants mail about their comments.
#[derive(Clone, Debug, Template)]
#[template(path = "public/mail.html")]
pub struct MailPage {
    /// The language of the site.
    pub t: Texts,
    /// Who would write.
    pub site: String,
    /// How it is.
    pub state: MailState,
    /// Where the form posts to.
    pub action: String,
    /// Whether it can be wanted by this link.
    pub can_want: bool,
    /// It was answered just now.
    pub is_answer: bool,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Nobody has answered yet.
    Asked,
    /// Mail is wanted.
    Wanted,
    /// None is.
    Ended,
}

impl MailPage {
    fn heading(&self) -> Phrase {
        match self.state {
            MailState::Asked => self.t.say("commenter-question"),
            MailState::Wanted => self.t.say("commenter-wanted"),
            MailState::Ended => self.t.say("commenter-ended"),
        }
    }

    fn told(&self) -> Phrase {
        match self.state {
            MailState::Asked => self.t.say("commenter-question-who").with("site", &self.site),
            MailState::Wanted => self.t.say("commenter-wanted-text").with("site", &self.site),
            MailState::Ended => self.t.say("commenter-ended-text").with("site", &self.site),
        }
    }
}

/// What the document says of [`page`].
pub fn about_page() -> Operation {
    operation("mail", "readers", "The link in a mail to a commenter: asks, and changes nothing.")
        .answers_page(200, "Whether mail is wanted, and what can be said.")
        .refuses(&["gone"])
}

/// What the document says of [`act`].
pub fn about_act() -> Operation {
    let fields = [
        ("action", false, one_of(&["confirm", "end"])),
        (
            "List-Unsubscribe",
            false,
            json!({"type": "string", "description": "As mail programs send it (RFC 8058)."}),
        ),
    ];
    operation("answerMail", "readers", "Wants mail about comments under an address, or no more of it.")
        .note("The first yes is said by the link of the question alone.")
        .note("The link of `List-Unsubscribe` ends mails without a field, too.")
        .takes_form(&fields, json!({"action": "confirm"}))
        .answers_page(200, "How it is now.")
        .refuses(&["gone", "origin-not-allowed", "forbidden"])
        .limited()
}

/// `GET /mail/{token}`
pub async fn page(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let opened = commenters::open(&app, &path).await?.ok_or(ApiError::Gone)?;
    Ok(shown(&path, &opened, false))
}

/// `POST /mail/{token}`: `action=confirm` or `action=end`. A mail program sends what it likes.
pub async fn act(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    (path, body): (Path<String>, Bytes),
) -> Result<HttpResponse, ApiError> {
    auth::check_origin(&app, &request, None)?;
    let opened = commenters::open(&app, &path).await?.ok_or(ApiError::Gone)?;
    let said = Fields::of(&body, &["action"]).ok();
    let wish = match said.as_ref().and_then(|said| said.get("action")) {
        Some("confirm") => Wish::Mail,
        Some("end") => Wish::Silence,
        _ if opened.ends => Wish::Silence,
        _ => return Err(ApiError::Malformed),
    };
    // a mail program that ends mails sends them all from one place, so nothing of that is counted by client
    if opened.ends && wish == Wish::Mail {
        limits::wants_mail(&app, &shared, &request).await?;
    }
    Ok(shown(&path, &commenters::act(&app, &opened, wish).await?, true))
}

fn shown(token: &str, opened: &Opened, is_answer: bool) -> HttpResponse {
    let state = match (opened.row.ended_at, opened.row.confirmed_at) {
        (Some(_), _) => MailState::Ended,
        (None, Some(_)) => MailState::Wanted,
        (None, None) => MailState::Asked,
    };
    let page = MailPage {
        t: Texts::for_readers(opened.site.policy.language),
        site: opened.site.name.clone(),
        state,
        action: format!("/mail/{token}"),
        can_want: opened.can_want(),
        is_answer,
    };
    HttpResponse::build(StatusCode::OK)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}
