//! Hostile markup by the hands of those who are signed in: edits, replies, reasons, notes, names and what is looked for.
//! Somebody who took over an account is as hostile as a stranger. Stored as it was typed, or refused by codes.

use futures_util::{StreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use replydesk::{domain::Role, flow::render::comment_html};
use serde_json::{Value, json};

use super::markup::{AT_ONCE, short, texts};
use crate::support::{Answer, Desk, SITE, TestApp};

/// Most characters of a reason, of a note, of a name.
const REASON: usize = 500;
const NOTE: usize = 2_000;
const NAME: usize = 100;
/// Canned reasons of a site, at most.
const CANNED: usize = 50;

/// Taken, or refused for this field by one of these codes.
fn taken(answer: &Answer, (field, codes): (&str, &[&str]), text: &str) -> bool {
    if answer.status < 300 {
        return true;
    }
    assert_eq!(answer.status, 422, "{text:?}: {}", answer.text());
    for (name, code) in answer.faults() {
        assert!(name == field && codes.contains(&code.as_str()), "{name} is {code} for {text:?}");
    }
    false
}

/// What is kept of free text.
fn kept(text: &str) -> Value {
    json!(text.trim().replace("\r\n", "\n"))
}

/// A text as an edit, a reply, a note and a reason, on a comment of its own; how often it was taken.
async fn told(app: &TestApp, desk: &Desk<'_>, (nth, text): (usize, &str)) -> usize {
    let held =
        app.submits(&format!("Nothing to see, number {nth}"), &format!("reader{nth}@example.org")).await;
    desk.approves(&held).await;
    let (id, receipt) = (held["id"].as_str().unwrap(), held["receipt"]["token"].as_str().unwrap());
    let path = format!("/v1/moderation/comments/{id}");
    let body = ("comment", &["required", "too-long", "control-character"][..]);

    let edit = desk.sends(("PATCH", &path), Some(&json!({"comment": text, "version": 2}))).await;
    let is_edited = taken(&edit, body, text);
    let reply = desk.post(&format!("{path}/replies"), &json!({"comment": text})).await;
    let is_answered = taken(&reply, body, text);
    let public =
        app.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1&around={id}")).await.json();
    let shown = public["comments"].as_array().unwrap().iter().find(|comment| comment["id"] == id).unwrap();
    if is_edited {
        assert_eq!((&shown["text"], &shown["html"]), (&json!(text), &json!(comment_html(text))));
    }
    if is_answered {
        let below = &shown["replies"][0];
        assert_eq!((&below["text"], &below["html"]), (&json!(text), &json!(comment_html(text))));
    }

    let words = json!({
        "decision": "reject", "version": if is_edited { 3 } else { 2 },
        "reason": short(text, REASON), "note": short(text, NOTE),
    });
    let rejection = desk.post(&format!("{path}/decisions"), &words).await;
    if rejection.status == 200 {
        let told = app.client.get(&format!("/v1/receipts/{receipt}")).await.json();
        let open = desk.opens(&held).await;
        assert_eq!(told["reason"], kept(&short(text, REASON)));
        // what happened at one moment has no order
        let note = kept(&short(text, NOTE));
        assert!(open["history"].as_array().unwrap().iter().any(|entry| entry["note"] == note), "{text:?}");
    } else {
        assert_eq!(rejection.status, 422, "{text:?}: {}", rejection.text());
        let faults = rejection.faults();
        assert!(
            faults
                .iter()
                .all(|(field, code)| ["reason", "note"].contains(&field.as_str())
                    && code == "control-character"),
            "{faults:?}"
        );
    }
    usize::from(is_edited) + usize::from(is_answered) + usize::from(rejection.status == 200)
}

both_databases! {
    async fn what_moderators_write_is_stored_or_refused_and_comes_out_sanitised(app: TestApp) {
        let texts = texts();
        let desk = app.hires("Eve", Role::Editor, &[]).await;
        let stories = texts.iter().enumerate().map(|(nth, text)| told(app, &desk, (nth, text)));
        let stored: usize = stream::iter(stories).buffer_unordered(AT_ONCE).fold(0, async |sum, n| sum + n).await;
        assert!(stored > texts.len() * 5 / 2, "most are taken: {stored} of {}", texts.len() * 3);
    }

    async fn so_are_canned_reasons_names_and_what_is_looked_for(app: TestApp) {
        let texts = texts();
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let path = format!("/v1/sites/{SITE}/reasons");
        for chunk in texts.chunks(CANNED) {
            let known = ["required", "too-long", "control-character"];
            let mut reasons: Vec<Value> = (0..).zip(chunk)
                .map(|(nth, text)| json!({"code": format!("r{nth}"), "text": short(text.trim(), REASON), "basis": "terms"}))
                .collect();
            let mut answer = eve.sends(("PUT", &path), Some(&json!({"reasons": reasons}))).await;
            while !taken(&answer, ("reasons.text", &known), &chunk[0]) {
                // which one is not said: each is tried alone
                let mut good = Vec::new();
                for reason in reasons {
                    let alone = eve.sends(("PUT", &path), Some(&json!({"reasons": [reason]}))).await;
                    if taken(&alone, ("reasons.text", &known), "one of them") { good.push(reason); }
                }
                reasons = good;
                answer = eve.sends(("PUT", &path), Some(&json!({"reasons": reasons}))).await;
            }
            assert_eq!(eve.get(&path).await.json()["reasons"], json!(reasons));
        }
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let people = admin.get("/v1/admin/moderators").await.json();
        let eve_id = people["items"].as_array().unwrap().iter().find(|one| one["name"] == "Eve").unwrap()["id"].clone();
        let own = format!("/v1/admin/moderators/{}", eve_id.as_str().unwrap());
        let mut renamed = 0;
        for text in &texts {
            let name = short(text, NAME);
            let codes = ["required", "too-long", "control-character", "at-sign"];
            if taken(&admin.sends(("PATCH", &own), Some(&json!({"name": name}))).await, ("name", &codes), text) {
                renamed += 1;
                let people = admin.get("/v1/admin/moderators").await.json();
                let shown = people["items"].as_array().unwrap().iter().find(|one| one["id"] == eve_id).unwrap();
                assert_eq!(shown["name"], name.trim());
            }
            let q = utf8_percent_encode(text, NON_ALPHANUMERIC);
            assert!(matches!(eve.get(&format!("/v1/moderation/comments?q={q}")).await.status, 200 | 422), "{text:?}");
        }
        assert!(renamed > texts.len() / 2, "most are names: {renamed} of {}", texts.len());
    }
}
