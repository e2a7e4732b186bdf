//! The contract, row by row: what a site's pages, its backend and a browser send, and what they get.

mod answers;
mod common;
mod fields;
mod limits;
mod methods;
mod problems;
mod reading;
mod slugs;
mod wrong;

pub(crate) use methods::paths;
use replydesk::http::public::problems::problem;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::support::{Answer, Desk, SITE, TestApp};

/// Where replies are posted.
const POST: &str = "/v1/sites/gazette/comments";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
const PROGRAM: (&str, &str) = ("accept", "application/json");
/// An id that no comment has.
const NOBODY: &str = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";

/// The fields of the contract, as JSON names them; a form names the article's differently.
fn form_name(field: &str) -> &str {
    match field {
        "article.key" => "article",
        "article.url" => "article_url",
        "article.title" => "article_title",
        other => other,
    }
}

/// A body of a form.
fn encoded<N: AsRef<str>, V: AsRef<str>>(fields: &[(N, V)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// A good submission with one member set, or taken away.
fn reply_with(field: &str, value: Option<Value>) -> Value {
    let mut reply = TestApp::reply("The bridge should open again.", "ann@example.org");
    let (object, member) = match field.split_once('.') {
        Some((parent, member)) => (&mut reply[parent], member),
        None => (&mut reply, field),
    };
    if object.is_null() {
        *object = json!({});
    }
    match value {
        Some(value) => object[member] = value,
        None => drop(object.as_object_mut().unwrap().remove(member)),
    }
    reply
}

/// The same as the fields of a form.
fn as_fields(reply: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, value) in reply.as_object().unwrap() {
        let mut keep = |name: &str, value: &Value| {
            fields.push((form_name(name).to_owned(), value.as_str().unwrap().to_owned()));
        };
        match value.as_object() {
            Some(members) => {
                members.iter().for_each(|(member, value)| keep(&format!("{name}.{member}"), value));
            }
            None => keep(name, value),
        }
    }
    fields
}

/// Holds that an answer is this problem, in every respect that the contract names; its document.
async fn is_problem(app: &TestApp, answer: &Answer, (status, slug): (u16, &str)) -> Value {
    assert_eq!((answer.status, answer.problem().as_str()), (status, slug), "{}", answer.text());
    let (document, known) = (answer.json(), problem(slug).unwrap());
    assert_eq!(document["type"], format!("{}/problems/{slug}", app.url()));
    let told = ["title", "detail"].map(|member| document[member].as_str().unwrap());
    assert_eq!((told, known.status), ([known.title, known.meaning], status));
    assert!(
        !answer.header("x-request-id").is_empty() && answer.header("x-content-type-options") == "nosniff"
    );
    let page = app.client.get(&format!("/problems/{slug}")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains(known.title), "{slug}");
    document
}

/// Holds that a browser got a page of this status, which may be shown.
fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(answer.text().contains("<main id=\"main\""), "{}", answer.text());
}

impl TestApp {
    /// Posts a form, as a browser or as a program.
    async fn fills_in(&self, fields: &[(String, String)], accept: (&str, &str)) -> Answer {
        self.client.raw(("POST", POST), &[FORM, accept], encoded(fields)).await
    }

    /// Publishes a reply; its id.
    async fn publishes(&self, text: &str, email: &str, desk: &Desk<'_>) -> Value {
        let held = self.submits(text, email).await;
        desk.approves(&held).await;
        held
    }

    async fn posts_with(&self, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.client.send(("POST", &format!("/v1/sites/{SITE}/comments")), headers, Some(body)).await
    }
}
