//! The policy of a site: every moderator of it may read it, editors set it.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    json::Object,
    openapi::{Operation, operation},
};
use crate::{
    domain::{
        BreakerAction, BreakerRules, Code, Fault, Field, FormRules, Language, Links, Mode, Moderator, Policy,
        Role, Site, Trust, Website,
    },
    flow::{App, rules},
};

/// A policy as requests and answers have it. What is not said has its default.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Policy)]
pub struct Told {
    /// Rises with each change; a change names the one that it was made from.
    #[schema(required, nullable = false, value_type = i64)]
    version: Option<i64>,
    /// What happens to a comment in which nothing is found.
    #[schema(value_type = Mode)]
    mode: String,
    #[schema(value_type = TrustOf)]
    trust: Object<TrustOf>,
    /// As many links hold a comment; 0 for any number.
    #[schema(maximum = 1000)]
    max_links: u32,
    /// Names of the site's own people, at most 500.
    staff_names: Vec<String>,
    /// Where the word lists look.
    #[schema(value_type = Vec<Field>)]
    word_fields: Vec<String>,
    #[schema(value_type = FormOf)]
    form: Object<FormOf>,
    /// Days after which articles take no more comments; 0 for never.
    #[schema(maximum = 36500)]
    close_after_days: u32,
    /// One client may write once in so many seconds under one article; 0 for no such limit.
    #[schema(maximum = 86400)]
    slow_seconds: u32,
    #[schema(value_type = BreakerOf)]
    breaker: Object<BreakerOf>,
    /// Longest comment in characters.
    #[schema(minimum = 1, maximum = 65525)]
    comment_chars: usize,
    /// What the link in a moderator's mail may do.
    #[schema(value_type = Links)]
    links: String,
    /// Minutes after which a comment that still waits is brought up again; 0 for never.
    #[schema(maximum = 43200)]
    overdue_minutes: u32,
    /// What readers are spoken to in.
    #[schema(value_type = Language)]
    language: String,
    /// The site's privacy notice: http(s), without user information.
    #[schema(max_length = 500)]
    privacy_url: Option<String>,
    /// What the site says of what comments may be; the same.
    #[schema(max_length = 500)]
    rules_url: Option<String>,
}

/// Who is known.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Trust)]
pub struct TrustOf {
    /// Their comments that were approved, at least.
    #[schema(minimum = 1, maximum = 1000)]
    approved: u32,
    /// Whether an approved comment of the same name and address is enough, without any proof.
    by_name_and_address: bool,
}

/// What is asked of the form of a browser.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = FormRules)]
pub struct FormOf {
    /// Whether a comment without a token is held.
    required: bool,
    #[schema(maximum = 600)]
    min_seconds: u32,
    #[schema(minimum = 1, maximum = 10080)]
    max_minutes: u32,
}

/// When an article is taken out of the usual rules.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BreakerRules)]
pub struct BreakerOf {
    /// As many comments in ten minutes; 0 for never.
    #[schema(maximum = 100_000)]
    per_ten_minutes: u32,
    /// Such a share of rejections; 0 for never.
    #[schema(maximum = 100)]
    rejected_percent: u32,
    #[schema(value_type = BreakerAction)]
    action: String,
    #[schema(minimum = 1, maximum = 10080)]
    minutes: u32,
}

const MEMBERS: [&str; 26] = [
    "version",
    "mode",
    "trust",
    "trust.approved",
    "trust.by_name_and_address",
    "max_links",
    "staff_names",
    "word_fields",
    "form",
    "form.required",
    "form.min_seconds",
    "form.max_minutes",
    "close_after_days",
    "slow_seconds",
    "breaker",
    "breaker.per_ten_minutes",
    "breaker.rejected_percent",
    "breaker.action",
    "breaker.minutes",
    "comment_chars",
    "links",
    "overdue_minutes",
    "language",
    "privacy_url",
    "rules_url",
    "body",
];

impl Default for Told {
    fn default() -> Self {
        let mut told = Self::of(0, &Policy::default());
        told.version = None;
        told
    }
}

impl Default for TrustOf {
    fn default() -> Self {
        Self::of(Trust::default())
    }
}

impl Default for FormOf {
    fn default() -> Self {
        Self::of(FormRules::default())
    }
}

impl Default for BreakerOf {
    fn default() -> Self {
        Self::of(BreakerRules::default())
    }
}

impl TrustOf {
    fn of(trust: Trust) -> Self {
        Self { approved: trust.approved, by_name_and_address: trust.by_name_and_address }
    }
}

impl FormOf {
    fn of(form: FormRules) -> Self {
        Self { required: form.required, min_seconds: form.min_seconds, max_minutes: form.max_minutes }
    }
}

impl BreakerOf {
    fn of(rules: BreakerRules) -> Self {
        Self {
            per_ten_minutes: rules.per_ten_minutes,
            rejected_percent: rules.rejected_percent,
            action: rules.action.name().to_owned(),
            minutes: rules.minutes,
        }
    }
}

impl Told {
    fn of(version: i64, policy: &Policy) -> Self {
        Self {
            version: Some(version),
            mode: policy.mode.name().to_owned(),
            trust: Object(TrustOf::of(policy.trust)),
            max_links: policy.max_links,
            staff_names: policy.staff_names.clone(),
            word_fields: policy.word_fields.iter().map(|field| field.name().to_owned()).collect(),
            form: Object(FormOf::of(policy.form)),
            close_after_days: policy.close_after_days,
            slow_seconds: policy.slow_seconds,
            breaker: Object(BreakerOf::of(policy.breaker)),
            comment_chars: policy.comment_chars,
            links: policy.links.name().to_owned(),
            overdue_minutes: policy.overdue_minutes,
            language: policy.language.name().to_owned(),
            privacy_url: policy.privacy_url.clone(),
            rules_url: policy.rules_url.clone(),
        }
    }

    /// The version that was seen, and what shall be in force. The canned reasons are not among it.
    fn parse(self) -> Result<(i64, Policy), ApiError> {
        let mut faults = Vec::new();
        let version = known(&mut faults, ("version", Code::Required), self.version);
        let unknown = |field| (field, Code::UnknownValue);
        let mode = known(&mut faults, unknown("mode"), Mode::parse(&self.mode));
        let fields = self.word_fields.iter().map(|name| Field::parse(name)).collect();
        let word_fields: Option<Vec<Field>> = known(&mut faults, unknown("word_fields"), fields);
        let action = BreakerAction::parse(&self.breaker.action);
        let action = known(&mut faults, unknown("breaker.action"), action);
        let links = known(&mut faults, unknown("links"), Links::parse(&self.links));
        let language = known(&mut faults, unknown("language"), Language::parse(&self.language));
        let privacy_url = link(&mut faults, "privacy_url", self.privacy_url.as_deref());
        let rules_url = link(&mut faults, "rules_url", self.rules_url.as_deref());
        let (Some(version), Some(mode), Some(word_fields), Some(action), Some(links), Some(language)) =
            (version, mode, word_fields, action, links, language)
        else {
            return Err(ApiError::Validation(faults));
        };
        if !faults.is_empty() {
            return Err(ApiError::Validation(faults));
        }
        let policy = Policy {
            mode,
            trust: Trust {
                approved: self.trust.approved,
                by_name_and_address: self.trust.by_name_and_address,
            },
            max_links: self.max_links,
            staff_names: self.staff_names.iter().map(|name| name.trim().to_owned()).collect(),
            word_fields,
            form: FormRules {
                required: self.form.required,
                min_seconds: self.form.min_seconds,
                max_minutes: self.form.max_minutes,
            },
            close_after_days: self.close_after_days,
            slow_seconds: self.slow_seconds,
            breaker: BreakerRules {
                per_ten_minutes: self.breaker.per_ten_minutes,
                rejected_percent: self.breaker.rejected_percent,
                action,
                minutes: self.breaker.minutes,
            },
            comment_chars: self.comment_chars,
            links,
            reasons: Vec::new(),
            overdue_minutes: self.overdue_minutes,
            language,
            privacy_url,
            rules_url,
        };
        let fault = |field| ApiError::Validation(vec![Fault { field, code: Code::UnknownValue }]);
        policy.check().map_err(fault)?;
        Ok((version, policy))
    }
}

fn known<T>(faults: &mut Vec<Fault>, (field, code): (&'static str, Code), value: Option<T>) -> Option<T> {
    if value.is_none() {
        faults.push(Fault { field, code });
    }
    value
}

/// An address of the web as it is kept; none where nothing is said.
fn link(faults: &mut Vec<Fault>, field: &'static str, said: Option<&str>) -> Option<String> {
    let parsed = Website::parse(said.filter(|said| !said.trim().is_empty())?);
    parsed.map(|url| url.as_str().to_owned()).map_err(|code| faults.push(Fault { field, code })).ok()
}

/// What the document says of [`get`].
pub fn about_get() -> Operation {
    operation("policy", "articles", "The policy of a site: what happens to its comments.")
        .by(Role::moderates)
        .answers::<Told>(200, "The policy.")
}

/// `GET /v1/sites/{site}/policy`
pub async fn get(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let site = site_of(&app, &moderator, &path)?;
    let policy = rules::policy(&app, &moderator, &site).await?;
    Ok(HttpResponse::Ok().json(Told::of(policy.version, &policy.rules)))
}

/// What the document says of [`put`].
pub fn about_put() -> Operation {
    operation("setPolicy", "articles", "Sets the whole policy of a site: what is not said has its default.")
        .note("The canned reasons have a door of their own.")
        .by(Role::edits)
        .takes::<Told>(json!({"version": 0, "mode": "trust-known", "max_links": 3}))
        .answers::<Told>(200, "The policy as it is now.")
        .refuses(&["version-conflict"])
}

/// `PUT /v1/sites/{site}/policy`
pub async fn put(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let site = site_of(&app, &moderator, &path)?;
    let said: Told = body.read(&MEMBERS)?;
    let (seen, policy) = said.parse()?;
    let version = rules::set_policy(&app, (&moderator, "api"), &site, (seen, &policy)).await?;
    Ok(HttpResponse::Ok().json(Told::of(version, &policy)))
}

/// The site of a path, if this person may know of it.
pub(super) fn site_of(app: &App, moderator: &Moderator, key: &str) -> Result<Arc<Site>, ApiError> {
    super::site(app, key).ok().filter(|site| moderator.sees(site.id)).ok_or(ApiError::NotFound)
}
