//! The widget: one script for the pages of all sites, and what it says in the language of its readers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    web::{Data, Path},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    domain::{Language, Policy, SiteId},
    flow::{App, read::Page},
    http::{
        Shared,
        error::ApiError,
        openapi::{Operation, operation},
        prepared::{Kind, accepts_json, answer},
        query::Query,
        site,
    },
    texts::{Phrase, Texts},
};

/// What `scripts/lib/embed.mjs` makes of `assets/embed.js`; a test holds that it is made of it.
const SCRIPT: &str = include_str!("../../../assets/embed.min.js");

/// `GET /embed.js`: nothing of it depends on who asks, so pages of any origin may load it, as a module too.
pub async fn script(request: HttpRequest) -> HttpResponse {
    static PREPARED: LazyLock<Page> = LazyLock::new(|| Page::prepare_small(SCRIPT.as_bytes().to_vec()));
    let mut response = answer(&request, &PREPARED, Kind::Json);
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in headers {
        if name != header::CONTENT_TYPE || response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// What the widget of a site says, and what of the site's policy it needs.
#[derive(Serialize, ToSchema)]
#[schema(as = Widget)]
struct Told<'a> {
    #[schema(value_type = Language)]
    language: &'static str,
    /// Where its lines begin: `ltr` or `rtl`.
    direction: &'static str,
    /// By the names that the script has for them. `{author}` and `{when}` stand for what it puts there.
    texts: BTreeMap<&'static str, String>,
    /// Longest comment in characters.
    comment_chars: usize,
    /// The site's privacy notice.
    privacy_url: Option<&'a str>,
    /// What the site says of what comments may be.
    rules_url: Option<&'a str>,
}

/// What was prepared for each site and language, with what the site's policy said then.
#[derive(Debug, Default)]
pub struct Prepared(Mutex<HashMap<(SiteId, Language), Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    said: Said,
    page: Arc<Page>,
}

/// The longest comment, the privacy notice and the house rules.
type Said = (usize, Option<String>, Option<String>);

/// What the document says of [`data`].
pub fn about_data() -> Operation {
    operation("widget", "readers", "What the widget `embed.js` of a site says, in one language.")
        .query(
            "lang",
            json!({"type": "string"}),
            "As BCP 47 has it; one that there is not is the site's own.",
        )
        .answers::<Told<'_>>(200, "Its texts, and what it needs of the policy.")
        .cached()
        .refuses(&["not-acceptable"])
}

/// `GET /v1/sites/{site}/widget`
pub async fn data(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    accepts_json(&request)?;
    let query = Query::of(&request, &["lang"])?;
    let wished = query.get("lang").and_then(|tag| Language::parse(tag.split('-').next().unwrap_or(tag)));
    let page = shared.widgets.of((site.id, wished.unwrap_or(site.policy.language)), &site.policy);
    Ok(answer(&request, &page, Kind::Json))
}

impl Prepared {
    fn of(&self, key: (SiteId, Language), policy: &Policy) -> Arc<Page> {
        let said = (policy.comment_chars, policy.privacy_url.clone(), policy.rules_url.clone());
        let known = self.0.lock().ok().and_then(|kept| kept.get(&key).cloned());
        if let Some(kept) = known.filter(|kept| kept.said == said) {
            return kept.page;
        }
        let t = Texts::for_readers(key.1);
        let told = Told {
            language: t.lang(),
            direction: t.dir(),
            texts: texts(t),
            comment_chars: said.0,
            privacy_url: said.1.as_deref(),
            rules_url: said.2.as_deref(),
        };
        let page = Arc::new(Page::prepare_small(serde_json::to_vec(&told).unwrap_or_default()));
        if let Ok(mut kept) = self.0.lock() {
            kept.insert(key, Kept { said, page: page.clone() });
        }
        page
    }
}

/// Every text by the name that the script has for it: that of a fault or a problem is its code.
fn texts(t: Texts) -> BTreeMap<&'static str, String> {
    let (author, when) = ("{author}", "{when}");
    [of_comments(t), of_the_form(t), of_reports(t)]
        .into_iter()
        .flatten()
        .chain([
            ("reply_to", t.say("comment-reply-to").with("author", author)),
            ("report_of", t.say("comment-report-of").with("author", author)),
            ("note", t.say("form-note").with("mark", "*")),
            ("rate-limited", t.say("widget-wait").with("when", when)),
        ])
        .map(|(name, phrase)| (name, phrase.to_string()))
        .collect()
}

fn of_comments(t: Texts) -> Vec<(&'static str, Phrase)> {
    vec![
        ("all", t.say("comments-all")),
        ("comments", t.say("comments-title")),
        ("comments-closed", t.say("comments-closed-text")),
        ("edited", t.say("comment-edited")),
        ("edited_by_site", t.say("comment-edited-by-site")),
        ("empty", t.say("comments-first")),
        ("failed", t.say("widget-failed")),
        ("held", t.say("widget-own-pending")),
        ("more", t.say("comments-more")),
        ("more_replies", t.say("comments-more-replies")),
        ("newest", t.say("sort-newest")),
        ("oldest", t.say("sort-oldest")),
        ("pick", t.say("comment-pick")),
        ("published", t.say("notice-published")),
        ("receipt", t.say("widget-receipt")),
        ("rejected", t.say("receipt-rejected-text")),
        ("removed", t.say("comment-removed")),
        ("reply", t.say("comment-reply")),
        ("report", t.say("comment-report")),
        ("retry", t.say("widget-again")),
        ("sort", t.say("sort-title")),
        ("staff", t.say("comment-staff")),
        ("top", t.say("sort-top")),
    ]
}

fn of_the_form(t: Texts) -> Vec<(&'static str, Phrase)> {
    vec![
        ("at-sign", t.say("fault-at-sign")),
        ("cancel", t.say("widget-cancel")),
        ("comment", t.say("form-comment")),
        ("correct", t.say("widget-correct")),
        ("duplicate", t.say("refused-duplicate-text")),
        ("email", t.say("form-email")),
        ("leave", t.say("form-title")),
        ("name", t.say("form-name")),
        ("not-a-url", t.say("fault-not-a-url")),
        ("not-an-address", t.say("fault-not-an-address")),
        ("not-published", t.say("fault-not-published")),
        ("notify", t.say("form-notify")),
        ("notify_none", t.say("form-notify-none")),
        ("notify_outcome", t.say("form-notify-outcome")),
        ("notify_replies", t.say("form-notify-replies")),
        ("other", t.say("fault-other")),
        ("post", t.say("form-post")),
        ("privacy", t.say("widget-privacy")),
        ("remember", t.say("widget-remember")),
        ("required", t.say("fault-required")),
        ("rules", t.say("widget-rules")),
        ("unsent", t.say("widget-unsent")),
        ("website", t.say("form-website")),
    ]
}

fn of_reports(t: Texts) -> Vec<(&'static str, Phrase)> {
    vec![
        ("good_faith", t.say("widget-report-faith")),
        ("law", t.say("widget-report-law")),
        ("reason", t.say("widget-report-reason")),
        ("report_abuse", t.say("widget-report-abuse")),
        ("report_illegal", t.say("widget-report-illegal")),
        ("report_off-topic", t.say("widget-report-off-topic")),
        ("report_other", t.say("widget-report-other")),
        ("report_spam", t.say("widget-report-spam")),
        ("reported", t.say("widget-report-done")),
        ("send", t.say("widget-report-send")),
        ("text", t.say("widget-report-text")),
    ]
}
