//! `WordPress`'s decision table, with the settings that give it here: `check_comment` (links, words in six fields, an
//! author who was approved before) and the disallowed words that override everything.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Desk, TestApp};
use replydesk::domain::Role;

/// What becomes of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Becomes {
    Published,
    Held,
    Spam,
}

use Becomes::{Held, Published, Spam};

/// "Comment must be manually approved", "Comment author must have a previously approved comment", neither.
const MANUAL: &str = "hold-all";
const PREVIOUSLY: &str = "trust-known";
const NEITHER: &str = "open";

/// Settings > Discussion: "Hold a comment if it contains 2 or more links", and one key in each of the two lists, which
/// `WordPress` looks for anywhere in a word.
async fn sets(eve: &Desk<'_>, mode: &str) {
    let policy = json!({
        "version": eve.get("/v1/sites/gazette/policy").await.json()["version"],
        "mode": mode,
        "trust": {"approved": 1, "by_name_and_address": true},
        "max_links": 2,
        "word_fields": ["text", "name", "website", "email", "client", "agent"],
    });
    assert_eq!(eve.sends(("PUT", "/v1/sites/gazette/policy"), Some(&policy)).await.status, 200);
}

/// A comment of somebody in whom nothing is found, of a text of its own.
fn plain(number: usize) -> Value {
    let mut reply = TestApp::reply(&format!("Remark {number} about the old stones."), "reader@example.org");
    reply["name"] = json!("A Reader");
    reply
}

fn with(number: usize, field: &str, value: &str) -> Value {
    let mut reply = plain(number);
    reply[field] = json!(value);
    reply
}

both_databases! {
    async fn comments_are_decided_as_wordpress_decides(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let words = json!({"version": 0, "hold": ["*press*"], "spam": ["*viagra*"]});
        assert_eq!(eve.sends(("PUT", "/v1/sites/gazette/words"), Some(&words)).await.status, 200);
        let token = format!("Bearer {}", app.backend().await);
        // somebody whose comment was approved before
        let known = |number| {
            let mut reply = plain(number);
            reply["name"] = json!("Known Ann");
            reply["email"] = json!("ann@example.org");
            reply
        };
        let first = app.submits("The first comment of Ann, which is approved.", "ann@example.org").await;
        let mut named = known(0);
        named["comment"] = json!("The second comment of Ann, under the name that counts.");
        let second = app.posts(&named).await.json();
        eve.approves(&first).await;
        eve.approves(&second).await;
        let of_known = |number, field: &str, value: &str| {
            let mut reply = known(number);
            reply[field] = json!(value);
            reply
        };
        let two = "https://a.example and https://b.example";
        let marked = "<a href=\"https://a.example\">one</a> and https://b.example";
        let cases: Vec<(&str, &str, Value, &str, Becomes)> = vec![
            ("nothing wrong", MANUAL, plain(1), "", Held),
            ("nothing wrong", NEITHER, plain(2), "", Published),
            ("nothing wrong", PREVIOUSLY, plain(3), "", Held),
            ("approved before", PREVIOUSLY, known(4), "", Published),
            ("approved before", MANUAL, known(5), "", Held),
            ("the address of another name", PREVIOUSLY, with(6, "email", "ann@example.org"), "", Held),
            ("one link", NEITHER, with(7, "comment", "7 see https://a.example"), "", Published),
            ("two links", NEITHER, with(8, "comment", &format!("8 {two}")), "", Held),
            ("two links, one marked up", NEITHER, with(9, "comment", &format!("9 {marked}")), "", Held),
            ("two links of somebody approved before", PREVIOUSLY, of_known(10, "comment", &format!("10 {two}")), "", Held),
            ("a word in the name", NEITHER, with(11, "name", "Press Office"), "", Held),
            ("a word in the address", NEITHER, with(12, "email", "office@press.example"), "", Held),
            ("a word in the URL", NEITHER, with(13, "website", "https://wordpress.example/"), "", Held),
            ("a word in the text", NEITHER, with(14, "comment", "14 I like WordPress."), "", Held),
            ("a word in the IP address", NEITHER, plain(15), "203.0.113.66", Held),
            ("a word in the user agent", NEITHER, plain(16), "agent:Press/1.0", Held),
            ("a word of somebody approved before", PREVIOUSLY, of_known(17, "comment", "17 I like WordPress."), "", Held),
            ("disallowed in the name", NEITHER, with(18, "name", "Viagra Man"), "", Spam),
            ("disallowed in the address", NEITHER, with(19, "email", "man@viagra.example"), "", Spam),
            ("disallowed in the URL", NEITHER, with(20, "website", "https://buyviagra.example/"), "", Spam),
            ("disallowed in the text", NEITHER, with(21, "comment", "21 buy viagra"), "", Spam),
            ("disallowed in the IP address", NEITHER, plain(22), "203.0.113.77", Spam),
            ("disallowed in the user agent", NEITHER, plain(23), "agent:viagrabot", Spam),
            ("disallowed overrides manual approval", MANUAL, with(24, "comment", "24 buy viagra"), "", Spam),
            ("disallowed overrides earlier approval", PREVIOUSLY, of_known(25, "comment", "25 buy viagra"), "", Spam),
            ("disallowed overrides links and words", NEITHER, with(26, "comment", &format!("26 {two} wordpress viagra")), "", Spam),
        ];
        let lists = json!({"version": 1, "hold": ["*press*", "203.0.113.66"], "spam": ["*viagra*", "203.0.113.77"]});
        assert_eq!(eve.sends(("PUT", "/v1/sites/gazette/words"), Some(&lists)).await.status, 200);
        for (what, mode, mut reply, from, becomes) in cases {
            sets(&eve, mode).await;
            app.waits(Duration::from_mins(2));
            // a backend says where its reader writes from
            let (ip, agent) = match from.strip_prefix("agent:") {
                Some(agent) => ("192.0.2.9", agent),
                None if from.is_empty() => ("192.0.2.9", "Mozilla/5.0"),
                None => (from, "Mozilla/5.0"),
            };
            reply["client"] = json!({"ip": ip, "user_agent": agent});
            let answer = app.client.send(("POST", "/v1/sites/gazette/comments"), &[("authorization", &token)], Some(&reply)).await;
            assert!(matches!(answer.status, 201 | 202), "{what}, {mode}: {}", answer.text());
            let status = eve.opens(&answer.json()).await["status"].clone();
            let is = match status.as_str() {
                Some("approved") => Published,
                Some("pending") => Held,
                _ => Spam,
            };
            assert_eq!((is, answer.status == 201), (becomes, becomes == Published), "{what}, {mode}");
        }
    }
}
