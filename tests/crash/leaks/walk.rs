//! Requests that carry the reader's addresses wherever a request can, and everything that came back.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};

use super::{
    canary::{EMAIL, V4, V6, WRITTEN},
    table::Way,
};
use crate::support::{Answer, Client, SITE};

pub const POST: &str = "/v1/sites/gazette/comments";
pub const ORIGIN: &str = "https://news.example";
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub const JSON: (&str, &str) = ("content-type", "application/json");
pub const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// Somebody who asks, through a trusted proxy that says where they are.
pub struct Walk<'a> {
    pub client: &'a Client,
    pub site_token: &'a str,
    pub api_token: &'a str,
    /// What was asked, and the answer: status, headers and body.
    pub heard: RefCell<Vec<(String, Vec<u8>)>>,
    asked: Cell<usize>,
}

impl<'a> Walk<'a> {
    pub fn new(client: &'a Client, (site_token, api_token): (&'a str, &'a str)) -> Self {
        Self { client, site_token, api_token, heard: RefCell::default(), asked: Cell::default() }
    }

    /// Asks with the canaries in the headers and in the query, and keeps the answer.
    pub async fn asks(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let answer = self.carries((method, path), headers, body).await;
        self.hears(&format!("{method} {}", path.split('?').next().unwrap()), &answer);
        answer
    }

    /// Looks for the address at the desk, as somebody there may: its fields and its ways on hold what they typed, and it is
    /// nobody else's to keep.
    pub async fn types(&self, path: &str, headers: &[(&str, &str)]) {
        let answer = self.carries(("GET", path), headers, Vec::new()).await;
        let is_page = answer.header("content-type").starts_with("text/html");
        assert!(
            !is_page || answer.header("cache-control").contains("no-store"),
            "{path}: {:?}",
            answer.headers
        );
        let body =
            if is_page { without(&answer.text(), &[FIELDS, SHOWN].concat()).into() } else { answer.body };
        let head = format!("{} {:?}\n", answer.status, answer.headers);
        self.keeps(&format!("GET {}", path.split('?').next().unwrap()), [head.into_bytes(), body].concat());
    }

    async fn carries(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let asked = self.asked.replace(self.asked.get() + 1);
        let place = if asked.is_multiple_of(2) { V4 } else { V6 };
        let forwarded = format!("for=\"{place}\"");
        let says = |name: &str| headers.iter().any(|(given, _)| *given == name);
        let mut all = headers.to_vec();
        let carries = [
            ("x-forwarded-for", place),
            ("forwarded", &forwarded),
            ("from", EMAIL),
            ("user-agent", EMAIL),
            ("referer", "https://news.example/?e=Canary.Reader%2Bquiet%40nightingale-place.example"),
            ("cookie", "seen=Canary.Reader+quiet@nightingale-place.example"),
        ];
        all.extend(carries.into_iter().filter(|(name, _)| !says(name)));
        let joint = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{joint}e-mail={}&ip={place}", EMAIL.replace('+', "%2B"));
        self.client.raw((method, &path), &all, body).await
    }

    /// Keeps an answer. A form that was refused is shown again to the one who sent it, with what was typed: nowhere else
    /// may an address stand, and nobody may keep such a page.
    fn hears(&self, asked: &str, answer: &Answer) {
        let is_page = answer.header("content-type").starts_with("text/html");
        let body = if is_page && asked.starts_with("POST ") {
            assert_eq!(answer.header("cache-control"), "no-store", "{asked}");
            without(&answer.text(), FIELDS).into_bytes()
        } else {
            answer.body.clone()
        };
        let head = format!("{} {:?}\n", answer.status, answer.headers);
        self.keeps(asked, [head.into_bytes(), body].concat());
    }

    pub fn keeps(&self, asked: &str, bytes: Vec<u8>) {
        self.heard.borrow_mut().push((asked.to_owned(), bytes));
    }

    pub async fn gets(&self, path: &str) -> Answer {
        self.asks(("GET", path), &[], Vec::new()).await
    }

    pub async fn sends(&self, way: (&str, &str), headers: &[(&str, &str)], body: &Value) -> Answer {
        self.asks(way, &[&[JSON], headers].concat(), body.to_string().into_bytes()).await
    }

    pub async fn submits(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.asks(("POST", path), &[&[FORM, BROWSER], headers].concat(), body.into_bytes()).await
    }

    /// As a moderator's program.
    pub async fn moderates(&self, way: (&str, &str), body: &Value) -> Answer {
        self.sends(way, &[("authorization", &format!("Bearer {}", self.api_token))], body).await
    }

    /// As the site's backend, which says where the reader is.
    pub async fn speaks_for(&self, mut reply: Value, ip: &str) -> Answer {
        reply["client"] = json!({"ip": ip, "user_agent": EMAIL});
        reply["commenter"] = json!({"id": EMAIL, "verified": true});
        self.sends(("POST", POST), &[("authorization", &self.bearer())], &reply).await
    }

    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.site_token)
    }

    pub async fn posts(&self, reply: &Value) -> Answer {
        self.sends(("POST", POST), &[], reply).await
    }

    /// The statuses of all answers so far.
    pub fn statuses(&self) -> Vec<u16> {
        let heard = self.heard.borrow();
        heard
            .iter()
            .filter_map(|(_, bytes)| std::str::from_utf8(bytes.get(..3)?).ok()?.parse().ok())
            .collect()
    }
}

/// The reader's reply; the text holds another address, as people write them.
pub fn reply(text: &str) -> Value {
    json!({
        "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge"},
        "name": "Quiet Reader",
        "email": EMAIL,
        "comment": format!("{text} Write to {WRITTEN}."),
    })
}

/// A notice of illegal content, by the reader.
pub fn notice() -> Value {
    json!({
        "reason": "illegal",
        "text": format!("Ask {WRITTEN}."),
        "law": "Criminal Code",
        "name": "Quiet Reader",
        "email": EMAIL,
        "good_faith": true,
    })
}

/// Every path of the table with good values in it.
pub fn filled(pattern: &str, id: &str, token: &str) -> String {
    let named = if pattern.starts_with("/assets") { "replydesk.css" } else { "gone" };
    pattern
        .replace("{site}", SITE)
        .replace("{id}", id)
        .replace("{token}", token)
        .replace("{key}", "news%2F1")
        .replace("{name}", named)
        .replace("{slug}", named)
}

/// Where what was typed stands in a form.
const FIELDS: &[(&str, &str)] = &[(" value=\"", "\""), ("<textarea", "</textarea>")];

/// Where the desk shows what it was asked for: its ways on, and what the list is of.
const SHOWN: &[(&str, &str)] =
    &[(" href=\"", "\""), (" data-here=\"", "\""), ("<p class=\"narrowing\"", "</p>")];

/// The page without what stands between these.
fn without(page: &str, spans: &[(&str, &str)]) -> String {
    let next = |rest: &str| {
        let span = |(open, close): &(&str, &str)| {
            let start = rest.find(open)? + open.len();
            Some((start, start + rest[start..].find(close)?))
        };
        spans.iter().filter_map(span).min()
    };
    let (mut kept, mut rest) = (String::new(), page);
    while let Some((start, end)) = next(rest) {
        kept.push_str(&rest[..start]);
        rest = &rest[end..];
    }
    kept + rest
}

/// Whether the figures know that this way was answered with success.
pub fn was_good(metrics: &str, (pattern, method): &Way) -> bool {
    let labels = format!(
        "replydesk_http_request_duration_seconds_count{{route=\"{pattern}\",method=\"{method}\",status=\""
    );
    metrics.lines().filter_map(|line| line.strip_prefix(&labels)).any(|rest| rest.starts_with(['2', '3']))
}
