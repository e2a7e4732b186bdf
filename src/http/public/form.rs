//! The "Leave a Reply" form: shown under an article, and again, filled, when something was wrong.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::{Template, filters::HtmlSafe};
use serde::Serialize;
use utoipa::ToSchema;

use super::wordpress;
use crate::{
    domain::{Form, Notify, Site, Timestamp},
    flow::{App, submit},
    http::{
        error::ApiError,
        openapi::{Operation, operation},
        site,
    },
    texts::Texts,
};

/// A token for one form.
#[derive(Serialize, ToSchema)]
pub struct FormToken {
    /// For the field `token`.
    token: String,
    expires_at: Timestamp,
}

/// What the document says of [`token`].
pub fn about_token() -> Operation {
    operation("formToken", "readers", "A token for one form: when it was rendered, and a name of its own.")
        .note("A submission that brings it is known again when it is sent twice, as by an `Idempotency-Key`.")
        .answers::<FormToken>(200, "The token. Every request gets another one.")
}

/// `GET /v1/sites/{site}/form`
pub async fn token(app: Data<App>, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let (token, expires_at) = submit::form_token(&app, &*site(&app, &path)?);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(FormToken { token, expires_at }))
}

/// The form as a part of a page: `{{ form }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "public/form.html")]
pub struct FormView {
    /// The language of the site.
    pub t: Texts,
    /// How its fields are called.
    pub form: Form,
    /// Where it posts to: `/v1/sites/{site}/comments`; when empty, to where the page is from.
    pub action: String,
    /// The article it belongs to.
    pub article: ArticleFields,
    /// Where the browser goes afterwards; left out when empty.
    pub redirect: String,
    /// The form token (contract §3), when the page was made with one.
    pub token: Option<String>,
    /// What the reader wants mail about.
    pub notify: Notify,
    /// The comment it answers, if it answers one.
    pub parent: Option<Parent>,
    /// What the reader typed before; empty on a fresh form.
    pub typed: Typed,
    /// What was wrong with it, in the order of the fields.
    pub errors: Vec<FieldError>,
    /// Most characters a comment may have.
    pub comment_chars: usize,
    /// What the site says of what comments may be.
    pub rules_url: Option<String>,
    /// What the site says of people's data.
    pub privacy_url: Option<String>,
}

/// The hidden fields that say which article is meant.
#[derive(Clone, Debug, Default)]
pub struct ArticleFields {
    /// `article`
    pub key: String,
    /// `article_url`
    pub url: String,
    /// `article_title`
    pub title: String,
}

/// The comment that a reply answers.
#[derive(Clone, Debug)]
pub struct Parent {
    /// Its id.
    pub id: String,
    /// Who wrote it; empty when that is not known here.
    pub author: String,
    /// The page with the form for a new comment.
    pub cancel_url: String,
}

/// What the reader typed, kept so that nobody has to type twice. The only place on any page where a
/// commenter's address may stand: in the answer to the person who just sent it.
#[derive(Clone, Default)]
pub struct Typed {
    /// `comment`
    pub comment: String,
    /// `name`
    pub name: String,
    /// `email`
    pub email: String,
    /// `website`
    pub website: String,
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(redacted)")
    }
}

/// One thing that is wrong, made from a code of the contract and never from the value.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The form field's name, or another name when it is none of the visible ones.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

impl FormView {
    /// An empty form of a site, for no article yet.
    pub fn of(site: &Site) -> Self {
        Self {
            t: Texts::for_readers(site.policy.language),
            form: Form::Web,
            action: format!("/v1/sites/{}/comments", site.key.as_str()),
            article: ArticleFields::default(),
            redirect: String::new(),
            token: None,
            notify: Notify::default(),
            parent: None,
            typed: Typed::default(),
            errors: Vec::new(),
            comment_chars: site.policy.comment_chars,
            rules_url: site.policy.rules_url.clone(),
            privacy_url: site.policy.privacy_url.clone(),
        }
    }

    /// How this form calls a field of the usual one.
    fn named(&self, field: &'static str) -> &'static str {
        if self.form == Form::WordPress { wordpress::named(field) } else { field }
    }

    /// The fields that people do not see, with what they hold.
    fn hidden(&self) -> Vec<(&'static str, &str)> {
        let article = &self.article;
        let mut fields = match self.form {
            Form::WordPress => vec![("comment_post_ID", wordpress::post_of(&article.key))],
            Form::Web | Form::Api => vec![
                ("article", article.key.as_str()),
                ("article_url", &article.url),
                ("article_title", &article.title),
            ],
        };
        let may_lack = [
            ("redirect", self.redirect.as_str()),
            ("parent", self.parent.as_ref().map_or("", |parent| &parent.id)),
            ("token", self.token.as_deref().unwrap_or_default()),
        ];
        let there = may_lack.into_iter().filter(|(_, value)| !value.is_empty());
        fields.extend(there.map(|(field, value)| (self.named(field), value)));
        fields
    }

    /// What mail can be chosen, as [`mail_choices`] has it.
    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        mail_choices(self.t, self.notify)
    }

    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }
}

impl FieldError {
    fn is_visible(&self) -> bool {
        matches!(self.field.as_str(), "comment" | "name" | "email" | "website" | "notify")
    }
}

/// What mail readers can choose: its value, its label, and whether it is chosen.
pub fn mail_choices(t: Texts, chosen: Notify) -> Vec<(&'static str, String, bool)> {
    let label = |notify| match notify {
        Notify::Nothing => t.say("form-notify-none"),
        Notify::Outcome => t.say("form-notify-outcome"),
        Notify::Replies => t.say("form-notify-replies"),
    };
    Notify::ALL.map(|notify| (notify.name(), label(notify).into(), notify == chosen)).to_vec()
}

/// The form is escaped by its own template.
impl HtmlSafe for FormView {}
