//! Hostile markup in every field, by every way in: it is stored as it was typed, or refused by codes. What is stored comes
//! out as what the sanitiser made of it, byte for byte. What a browser makes of the pages is told in `tests/browser/hostile.mjs`.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use replydesk::flow::render::comment_html;
use serde_json::{Value, json};

use crate::{
    corpora,
    support::{Answer, SITE, TestApp},
};

/// Requests under way at one time.
pub(super) const AT_ONCE: usize = 16;
/// In the short form one of so many texts is told; the browser is shown all of them.
const SHARE: usize = 8;

/// A field of a submission: where it stands, the codes it is refused with, and what is sent instead, the first that is
/// taken: the text within an address, and something plain.
struct Field {
    name: &'static str,
    codes: &'static [&'static str],
    instead: fn(&str) -> [String; 2],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "comment",
        codes: &["required", "too-long", "control-character"],
        instead: |_| ["Nothing".to_owned(), "Nothing at all".to_owned()],
    },
    Field {
        name: "name",
        codes: &["required", "too-long", "control-character", "at-sign"],
        instead: |text| [short(&text.replace('@', "%"), 100), "Ann".to_owned()],
    },
    Field {
        name: "website",
        codes: &["too-long", "not-a-url", "user-info"],
        instead: |text| [format!("https://ann.example/?q={}", tight(text)), "https://ann.example".to_owned()],
    },
    Field {
        name: "article.url",
        codes: &["too-long", "not-a-url", "user-info", "foreign-origin"],
        instead: |text| {
            [format!("https://news.example/{}", tight(text)), "https://news.example/n".to_owned()]
        },
    },
    Field {
        name: "article.title",
        codes: &["required", "too-long", "control-character"],
        instead: |text| [short(text, 300), "The bridge".to_owned()],
    },
];

/// How a text gets into a comment that is there already.
#[derive(Clone, Copy)]
enum Edit {
    Json,
    Form,
}

const EDITS: [Edit; 2] = [Edit::Json, Edit::Form];

pub(super) fn short(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn tight(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("+")
}

/// A few of our own, and the collections of attackers.
pub(super) fn texts() -> Vec<String> {
    let mut texts: BTreeSet<String> = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">a</a>",
        "\"><svg onload=alert(1)>",
        "</div></main><iframe srcdoc=\"<script>alert(1)</script>\">",
        "<a href=https://a.example/?b=1&c=\"2\" onclick=x>a</a> <b>b<i>c</b>d</i>",
    ]
    .map(str::to_owned)
    .into();
    texts.extend(corpora::lines("xss-payloadbox/payloads.txt").iter().map(|line| line.trim().to_owned()));
    let cases = corpora::members("sanitizer-dompurify/cases.jsonl", "payload");
    texts.extend(cases.iter().map(|text| text.trim().replace("\r\n", "\n").replace('\r', "\n")));
    texts.remove("");
    let share = if crate::support::is_long() { 1 } else { SHARE };
    texts.into_iter().step_by(share).collect()
}

fn set(body: &mut Value, field: &str, text: String) {
    match field.split_once('.') {
        Some((outer, inner)) => body[outer][inner] = text.into(),
        None => body[field] = text.into(),
    }
}

/// Refused, and nothing but known codes of the fields said so.
fn refused(answer: &Answer, text: &str) -> Vec<&'static Field> {
    assert_eq!(answer.status, 422, "{text:?}: {}", answer.text());
    assert_eq!(answer.problem(), "validation");
    let known = |(name, code): (String, String)| {
        let field =
            FIELDS.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("{name} for {text:?}"));
        assert!(field.codes.contains(&code.as_str()), "{name} is {code} for {text:?}");
        field
    };
    let fields: Vec<_> = answer.faults().into_iter().map(known).collect();
    assert!(!fields.is_empty());
    fields
}

/// Posts the text in all fields; what is refused is sent otherwise, and then it is taken. The answer's body and what
/// was sent.
async fn creates(app: &TestApp, nth: usize, text: &str) -> (Value, Value) {
    let mut body =
        json!({"article": {"key": format!("hostile/{nth}")}, "email": format!("reader{nth}@example.org")});
    for field in &FIELDS {
        set(&mut body, field.name, text.to_owned());
    }
    for round in 0..3 {
        let answer = app.client.post(&format!("/v1/sites/{SITE}/comments"), &body).await;
        if answer.status == 202 {
            return (answer.json(), body);
        }
        assert!(round < 2, "{text:?} is refused for good: {}", answer.text());
        for field in refused(&answer, text) {
            let instead = (field.instead)(text)[round].clone();
            set(&mut body, field.name, instead);
        }
    }
    unreachable!("the third answer is the last")
}

/// Changes the comment into the text; whether that was taken.
async fn edits(app: &TestApp, (edit, receipt): (Edit, &str), text: &str) -> bool {
    match edit {
        Edit::Json => {
            let path = format!("/v1/receipts/{receipt}");
            let answer = app.client.send(("PATCH", &path), &[], Some(&json!({"comment": text}))).await;
            if answer.status != 200 {
                refused(&answer, text);
            }
            answer.status == 200
        }
        Edit::Form => {
            let fields = [("action", "edit"), ("comment", text)];
            let answer = app.client.submit(&format!("/receipts/{receipt}"), &fields, &[]).await;
            assert!([200, 422].contains(&answer.status), "{text:?}: {}", answer.text());
            assert!(answer.header("content-type").starts_with("text/html"));
            answer.status == 200
        }
    }
}

/// One text: created, looked at, edited into the other, looked at again. How often it was stored.
async fn told(app: &TestApp, nth: usize, (text, other): (&str, &str)) -> usize {
    let (taken, sent) = creates(app, nth, text).await;
    let receipt = taken["receipt"]["token"].as_str().unwrap();
    let shown = app.client.get(&format!("/v1/receipts/{receipt}")).await.json();
    assert_eq!(shown["text"], sent["comment"], "as it was typed");
    let title = sent["article"]["title"].as_str().unwrap();
    assert_eq!(shown["article"]["title"], title.split_whitespace().collect::<Vec<_>>().join(" "));
    let is_stored = sent["comment"] == text;
    let is_edited = edits(app, (EDITS[nth % 2], receipt), other).await;
    let page = app.client.get(&format!("/receipts/{receipt}")).await;
    assert_eq!(page.status, 200);
    let shown = app.client.get(&format!("/v1/receipts/{receipt}")).await.json();
    assert_eq!(shown["text"], if is_edited { other.into() } else { sent["comment"].clone() });
    usize::from(is_stored) + usize::from(is_edited)
}

both_databases! {
    async fn hostile_markup_is_stored_or_refused_and_comes_out_sanitised(app: TestApp) {
        let texts = texts();
        let pairs = texts.iter().zip(texts.iter().cycle().skip(1)).enumerate();
        let stories = pairs.map(|(nth, (text, other))| told(app, nth, (text, other)));
        let stored: usize = stream::iter(stories).buffer_unordered(AT_ONCE).fold(0, async |sum, n| sum + n).await;
        assert!(stored > texts.len() * 3 / 2, "most are comments: {stored} of {}", texts.len());

        let desk = app.moderator().await;
        let mut read = 0;
        loop {
            let waiting = desk.queue("").await;
            if waiting.is_empty() {
                break;
            }
            let mut items = Vec::new();
            for item in &waiting {
                let html = comment_html(item["text"].as_str().unwrap());
                assert_eq!(item["html"], html, "at the desk");
                let link = app.link_for(item, "mo").await;
                let page = app.client.get(&link).await;
                assert_eq!(page.status, 200, "{}", page.text());
                assert!(page.text().contains(&format!("<div class=\"text\" dir=\"auto\">{html}</div>")), "behind the link");
                items.push(json!({"id": item["id"], "version": item["version"]}));
            }
            let decided = json!({"decision": "approve", "items": items});
            assert_eq!(desk.post("/v1/moderation/decisions", &decided).await.status, 200);
            for item in &waiting {
                let key = item["article"]["key"].as_str().unwrap();
                let page = app.client.get(&format!("/v1/sites/{SITE}/comments?article={key}")).await.json();
                let comment = &page["comments"][0];
                assert_eq!((&comment["html"], &comment["text"]), (&item["html"], &item["text"]), "as approved");
                assert_eq!(comment["author"], item["author"]);
                assert_eq!(page["article"]["title"], item["article"]["title"]);
            }
            read += waiting.len();
        }
        assert_eq!(read, texts.len());
    }
}
