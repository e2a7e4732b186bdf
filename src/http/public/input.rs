//! Reading a submission: JSON or a plain form, into one shape, and from there into types.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    domain::{
        ArticleKey, ArticleRef, ArticleUrl, Body, ClientAddress, Code, CommentId, Email, Fault, Form, Name,
        Notify, Reader, Site, Submission, Title, Website,
    },
    http::{
        error::ApiError,
        fields,
        json::{self, Object},
        openapi::one_of,
    },
};

/// What was sent, before anything of it was believed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Submission)]
pub struct Raw {
    /// Its key or its URL is needed.
    #[serde(default)]
    #[schema(value_type = RawArticle, required)]
    pub article: Object<RawArticle>,
    /// The published comment of the same article that it answers.
    #[schema(value_type = Option<CommentId>)]
    pub parent: Option<String>,
    /// At most 245 bytes; no control characters, no `@`.
    #[schema(required, nullable = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A mailbox as HTML5 defines it. Never published.
    #[schema(required, nullable = false, max_length = 254)]
    pub email: Option<String>,
    #[schema(max_length = 500)]
    pub website: Option<String>,
    /// At most 10,000 characters, unless the site says otherwise.
    #[schema(required, nullable = false, min_length = 1)]
    pub comment: Option<String>,
    #[schema(value_type = Option<Notify>)]
    pub notify: Option<String>,
    /// Of the form: when it was rendered, and its nonce.
    pub token: Option<String>,
    /// An earlier receipt: proof for a policy that trusts.
    pub receipt: Option<String>,
    #[schema(value_type = Option<RawClient>)]
    pub client: Option<Object<RawClient>>,
    #[schema(value_type = Option<RawCommenter>)]
    pub commenter: Option<Object<RawCommenter>>,
    #[serde(skip)]
    pub redirect: Option<String>,
    /// The field that people do not see.
    #[serde(skip)]
    pub trap: Option<String>,
}

/// The article as it was named.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NamedArticle)]
pub struct RawArticle {
    /// Without one the canonical URL is the key.
    #[schema(max_length = 200)]
    pub key: Option<String>,
    /// On one of the site's origins; needed, with the title, when the article is new.
    pub url: Option<String>,
    #[schema(max_length = 300)]
    pub title: Option<String>,
}

/// Whom a site's backend speaks for: where they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Client)]
pub struct RawClient {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

/// Whom a site's backend speaks for: who they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SiteCommenter)]
pub struct RawCommenter {
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    #[serde(default)]
    pub verified: bool,
    #[serde(default)]
    pub staff: bool,
}

/// A submission with what only its transport needs.
#[derive(Debug)]
pub struct Parsed {
    pub submission: Submission,
    /// The reader's address, as the site's backend states it.
    pub client: Option<ClientAddress>,
}

/// The names that an error may give back: those of the contract, never the client's own.
const FIELDS: [&str; 20] = [
    "article",
    "article.key",
    "article.url",
    "article.title",
    "parent",
    "name",
    "email",
    "website",
    "comment",
    "notify",
    "token",
    "receipt",
    "client",
    "client.ip",
    "client.user_agent",
    "commenter",
    "commenter.id",
    "commenter.verified",
    "commenter.staff",
    "redirect",
];

/// The fields of a form for the document: their names, whether they are needed, and what they hold.
pub fn form_fields() -> [(&'static str, bool, Value); 13] {
    let text = |most: usize| json!({"type": "string", "maxLength": most});
    let any = || json!({"type": "string"});
    [
        ("article", false, text(200)),
        ("article_url", false, any()),
        ("article_title", false, text(300)),
        ("parent", false, any()),
        ("name", true, text(100)),
        ("email", true, text(254)),
        ("website", false, text(500)),
        ("comment", true, any()),
        ("notify", false, one_of(&Notify::ALL.map(Notify::name))),
        ("token", false, any()),
        ("receipt", false, any()),
        ("redirect", false, json!({"type": "string", "format": "uri"})),
        ("address", false, json!({"type": "string", "description": "Stays empty."})),
    ]
}

/// A submission as JSON, for the document.
pub fn example() -> Value {
    json!({
        "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge"},
        "name": "Ann",
        "email": "ann@example.org",
        "comment": "The bridge should open again.",
    })
}

/// The same as a form.
pub fn form_example() -> Value {
    json!({
        "article": "news/1",
        "article_url": "https://news.example/news/1",
        "article_title": "The bridge",
        "name": "Ann",
        "email": "ann@example.org",
        "comment": "The bridge should open again, and soon.",
    })
}

impl Raw {
    /// Reads JSON: what is no JSON is malformed, what is JSON of another shape is invalid.
    pub fn from_json(body: &[u8]) -> Result<Self, ApiError> {
        json::object(body, &FIELDS)
    }

    /// Reads `application/x-www-form-urlencoded` (WHATWG URL §5.1) in UTF-8; fields that are not ours
    /// are ignored.
    pub fn from_form(body: &[u8]) -> Result<Self, ApiError> {
        let mut raw = Self::default();
        for (name, value) in fields::pairs_of(body)? {
            let Some((field, slot)) = raw.slot(&name) else { continue };
            if slot.replace(value).is_some() {
                return Err(ApiError::Validation(vec![Fault { field, code: Code::Repeated }]));
            }
        }
        Ok(raw)
    }

    fn slot(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>)> {
        Some(match name {
            "article" => ("article.key", &mut self.article.0.key),
            "article_url" => ("article.url", &mut self.article.0.url),
            "article_title" => ("article.title", &mut self.article.0.title),
            "parent" => ("parent", &mut self.parent),
            "name" => ("name", &mut self.name),
            "email" => ("email", &mut self.email),
            "website" => ("website", &mut self.website),
            "comment" => ("comment", &mut self.comment),
            "notify" => ("notify", &mut self.notify),
            "token" => ("token", &mut self.token),
            "receipt" => ("receipt", &mut self.receipt),
            "redirect" => ("redirect", &mut self.redirect),
            "address" => ("address", &mut self.trap),
            _ => return None,
        })
    }

    /// Believes what is valid, and names all that is not.
    pub fn parse(&self, site: &Site, is_backend: bool) -> Result<Parsed, ApiError> {
        let mut faults = Faults::default();
        let article = faults.article(&self.article, site);
        let parent =
            faults.optional("parent", self.parent.as_ref(), |raw| raw.parse().map_err(|_| Code::NotAnId));
        let name = faults.required("name", self.name.as_ref(), Name::parse);
        let email = faults.required("email", self.email.as_ref(), Email::parse);
        let website = faults.optional("website", self.website.as_ref(), Website::parse);
        let body = faults
            .required("comment", self.comment.as_ref(), |raw| Body::parse(raw, site.policy.comment_chars));
        let notify = faults.optional("notify", self.notify.as_ref(), Notify::parse);
        let (client, reader) = faults.spoken_for(self, is_backend);
        let parsed = (article, name, email, body);
        let (Some(article), Some(name), Some(email), Some(body)) = parsed else {
            return Err(ApiError::Validation(faults.0));
        };
        if !faults.0.is_empty() {
            return Err(ApiError::Validation(faults.0));
        }
        let submission = Submission {
            article,
            parent,
            name,
            email,
            website,
            body,
            notify: notify.unwrap_or_default(),
            form: if is_backend { Form::Api } else { Form::Web },
            trapped: self.trap.as_ref().is_some_and(|trap| !trap.is_empty()),
            reader,
        };
        Ok(Parsed { submission, client })
    }
}

/// What is wrong, in the order of the contract.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add<T>(&mut self, field: &'static str, parsed: Result<T, Code>) -> Option<T> {
        parsed.map_err(|code| self.0.push(Fault { field, code })).ok()
    }

    fn required<T>(
        &mut self,
        field: &'static str,
        raw: Option<&String>,
        parse: impl Fn(&str) -> Result<T, Code>,
    ) -> Option<T> {
        let parsed = raw.ok_or(Code::Required).and_then(|raw| parse(raw));
        self.add(field, parsed)
    }

    /// A form sends an empty field where a program sends none.
    fn optional<T>(
        &mut self,
        field: &'static str,
        raw: Option<&String>,
        parse: impl Fn(&str) -> Result<T, Code>,
    ) -> Option<T> {
        let raw = raw.filter(|raw| !raw.trim().is_empty())?;
        self.add(field, parse(raw))
    }

    fn article(&mut self, raw: &RawArticle, site: &Site) -> Option<ArticleRef> {
        let url = self.optional("article.url", raw.url.as_ref(), |raw| {
            let url = ArticleUrl::parse(raw)?;
            if site.owns(url.origin()) { Ok(url) } else { Err(Code::ForeignOrigin) }
        });
        let title = self.optional("article.title", raw.title.as_ref(), Title::parse);
        let named = raw.key.as_ref().filter(|key| !key.trim().is_empty());
        let key = match (named, &url) {
            (Some(key), _) => self.add("article.key", ArticleKey::parse(key))?,
            (None, Some(url)) => self.add("article.url", ArticleKey::parse(url.as_str()))?,
            // an URL that was refused is fault enough
            (None, None) if raw.url.as_ref().is_some_and(|url| !url.trim().is_empty()) => return None,
            (None, None) => self.add("article.key", Err(Code::Required))?,
        };
        Some(ArticleRef { key, url, title })
    }

    /// Only the site's own backend speaks for others.
    fn spoken_for(&mut self, raw: &Raw, is_backend: bool) -> (Option<ClientAddress>, Option<Reader>) {
        if !is_backend {
            for (field, is_stated) in
                [("client", raw.client.is_some()), ("commenter", raw.commenter.is_some())]
            {
                if is_stated {
                    self.0.push(Fault { field, code: Code::NotPermitted });
                }
            }
            return (None, None);
        }
        let address = |raw: &str| ClientAddress::parse(raw).ok_or(Code::UnknownValue);
        let ip = raw.client.as_ref().and_then(|client| client.ip.as_ref());
        let client = self.optional("client.ip", ip, address);
        let reader = raw.commenter.as_ref().and_then(|said| {
            let id = match said.id.chars().count() {
                0 => Err(Code::Required),
                1..=200 => Ok(said.id.clone()),
                _ => Err(Code::TooLong),
            };
            let id = self.add("commenter.id", id)?;
            Some(Reader { id, verified: said.verified, staff: said.staff })
        });
        (client, reader)
    }
}
