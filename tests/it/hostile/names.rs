//! What stands in names and values: U+0000 above all, which PostgreSQL takes in no text, and things that
//! are said twice.

use serde_json::json;

use super::{ARTICLE, Doors, FORM, JSON, PROGRAM, Route, article, is, proof, refuses};
use crate::support::{PASSWORD, TestApp};

/// The form that reports a comment, among those of the doors.
const REPORT: usize = 27;

/// Every route that reads a query, and the parameters that it knows once.
const QUERIES: [(&str, &[&str]); 29] = [
    ("/sites/gazette/comments/01a20af0-dc8f-7591-9eb1-0d2af4d96cfe/report?", &["done"]),
    ("/v1/sites/gazette/widget?", &["lang"]),
    (
        "/sites/gazette/comments?",
        &[
            "article",
            "article_url",
            "article_title",
            "sort",
            "cursor",
            "around",
            "replyto",
            "replies",
            "replydesk",
        ],
    ),
    ("/v1/sites/gazette/comments?", &["article", "article_url", "sort", "limit", "cursor", "around"]),
    ("/v1/sites/gazette/comments.html?", &["article", "article_url", "sort", "limit", "cursor", "around"]),
    ("/v1/sites/gazette/comments.jsonld?", &["article", "article_url", "sort", "limit", "cursor", "around"]),
    ("/v1/sites/gazette/feed.atom?", &["article", "article_url"]),
    ("/v1/sites/gazette/engaging?", &["window", "limit"]),
    ("/v1/sites/gazette/engaging.html?", &["window", "limit"]),
    ("/v1/sites/gazette/comments/01a20af0-dc8f-7591-9eb1-0d2af4d96cfe/replies?", &["cursor", "limit"]),
    (
        "/v1/moderation/comments?",
        &[
            "needs", "sort", "status", "cursor", "limit", "site", "article", "finding", "claimed", "same_as",
            "cluster", "q",
        ],
    ),
    ("/v1/moderation/stats?", &["site"]),
    (
        "/desk?",
        &[
            "list", "cursor", "select", "done", "late", "comment", "by", "at", "undo", "batch", "count",
            "missed", "undone", "left", "claim", "amended", "others", "q", "needs", "finding", "article",
            "site", "same_as", "cluster", "sort",
        ],
    ),
    ("/desk/comments/HELD?", &FLASH),
    ("/desk/sign-in?", &["next", "welcome"]),
    ("/desk/account?", &["done"]),
    ("/desk/people?", &["done"]),
    ("/desk/reasons?", &["site", "done"]),
    ("/desk/policy?", &["site", "done"]),
    ("/desk/words?", &["site", "done"]),
    ("/desk/articles?", &["site", "q", "cursor", "done", "article"]),
    ("/v1/moderation/blocks?", &["site", "cursor", "limit"]),
    ("/desk/blocks?", &["site", "cursor", "done", "comment"]),
    ("/v1/ops/outbox?", &["state", "cursor", "limit"]),
    ("/desk/outbox?", &["state", "cursor", "limit", "done"]),
    ("/v1/audit?", &["site", "object", "actor", "cursor", "limit"]),
    ("/v1/admin/moderators?", &["cursor", "limit"]),
    ("/v1/admin/tokens?", &["cursor", "limit"]),
    ("/desk/audit?", &["site", "object", "actor", "cursor", "limit", "amended"]),
];

/// What a page tells of the last action.
const FLASH: [&str; 14] = [
    "done", "late", "comment", "by", "at", "undo", "batch", "count", "missed", "undone", "left", "claim",
    "amended", "others",
];

/// Whether a path is one of a pattern of the document.
fn fits(path: &str, pattern: &str) -> bool {
    let (path, pattern) = (path.trim_end_matches('?').split('/'), pattern.split('/'));
    path.clone().count() == pattern.clone().count()
        && path.zip(pattern).all(|(part, expected)| part == expected || expected.starts_with('{'))
}

/// By the place of the route: a form with U+0000 in it, and its status. In place of words in capitals stand the proofs of
/// somebody at the desk, outside and invited, and the password.
const FIELDS: &[(usize, &str, u16)] = &[
    (0, "article=news/1&name=a%00b&email=ann@example.org&comment=Zero", 422),
    (0, "article=news/1%00&name=Ann&email=ann@example.org&comment=Zero", 422),
    (0, "article=news/1&name=Ann&email=ann@example.org&comment=Ze%00ro", 422),
    (1, "action=edit&comment=a%00b", 422),
    (1, "action=edit%00&comment=a", 400),
    (2, "csrf=OUTSIDE&email=eve@gazette.example%00&password=x", 422),
    (2, "csrf=OUTSIDE&email=%00&password=%00", 422),
    (2, "csrf=%00&email=%00&password=%00", 403),
    (3, "csrf=CSRF&decision=reject&version=1&reason=a%00b", 422),
    (3, "csrf=CSRF%00&decision=reject&version=1", 403),
    (3, "csrf=CSRF&decision=reject%00&version=1", 400),
    (4, "csrf=%00", 403),
    (5, "csrf=CSRF&action=take%00", 400),
    (6, "csrf=CSRF&action=%00", 400),
    (7, "csrf=CSRF&decision=reject&item=%00", 400),
    (8, "csrf=CSRF&batch=%00", 422),
    (9, "csrf=CSRF&password=a%00b&new=correct+horse+battery&again=correct+horse+battery", 422),
    // what does not exist is ended already
    (10, "csrf=CSRF&end=others%00", 303),
    (10, "csrf=CSRF&end=abcdefghijk%00", 303),
    (11, "csrf=CSRF&end=abcdefghijk%00", 303),
    (11, "csrf=CSRF&name=a%00b&scope=read&days=9&password=TYPED", 422),
    (11, "csrf=CSRF&name=Figures&scope=read%00&days=9&password=TYPED", 422),
    (11, "csrf=CSRF&name=Figures&scope=read&days=9%00&password=TYPED", 422),
    (11, "csrf=CSRF&name=Figures&scope=read&days=9&password=TYPED%00", 422),
    (12, "csrf=CSRF&action=begin%00", 400),
    (12, "csrf=CSRF&action=confirm&code=%00&password=TYPED", 422),
    (13, "csrf=INVITED%00&password=correct+horse+battery&again=correct+horse+battery", 422),
    // nobody reads a password: it may hold anything
    (13, "csrf=INVITED&password=correct+horse%00battery&again=correct+horse%00battery", 303),
    (14, "csrf=CSRF&email=lee@gazette.example&name=a%00b&role=moderator", 422),
    (14, "csrf=CSRF&email=lee%00@gazette.example&name=Lee&role=moderator", 422),
    (14, "csrf=CSRF&email=lee@gazette.example&name=Lee&role=moderator%00", 422),
    (14, "csrf=CSRF&email=lee@gazette.example&name=Lee&role=moderator&site=gazette%00", 422),
    (15, "csrf=CSRF&action=remove%00", 400),
    (15, "csrf=CSRF&action=change&version=1&name=a%00b&role=moderator", 422),
    (18, "csrf=CSRF&action=edit&version=1&comment=a%00b", 422),
    (18, "csrf=CSRF&action=reply&key=1&comment=a%00b", 422),
    (18, "csrf=CSRF&action=reply&key=%00&comment=ab", 422),
    (18, "csrf=CSRF&action=contact&reason=a%00b", 422),
    (18, "csrf=CSRF&action=contact&reason=ab&report=%00", 404),
    (18, "csrf=CSRF&action=%00", 400),
    (19, "csrf=CSRF&action=save&site=gazette&code=rude&text=a%00b&basis=terms", 422),
    (19, "csrf=CSRF&action=save&site=gazette&code=ru%00de&text=Text&basis=terms", 422),
    (19, "csrf=CSRF&action=save&site=gazette&code=rude&text=Text&basis=%00", 422),
    (19, "csrf=CSRF&action=remove&site=gazette%00&code=rude", 404),
    (16, "decision=reject%00", 422),
    (16, "decision=reject&reason=a%00b", 422),
    (24, "csrf=CSRF&action=save%00&site=gazette&version=0", 400),
    (24, "csrf=CSRF&action=save&site=gazette%00&version=0", 404),
    (24, "csrf=CSRF&action=save&version=0&mode=open%00&links=decide&breaker.action=slow", 400),
    (
        24,
        "csrf=CSRF&action=save&version=0&mode=open&links=decide&breaker.action=slow&word_fields=text%00",
        400,
    ),
    (
        24,
        "csrf=CSRF&action=save&version=0&mode=open&links=decide&breaker.action=slow&language=en&max_links=1%00",
        422,
    ),
    (
        24,
        "csrf=CSRF&action=test&version=0&mode=open&links=decide&breaker.action=slow&language=en&staff_names=a%00b",
        422,
    ),
    (25, "csrf=CSRF&action=save&version=%00", 400),
    (25, "csrf=CSRF&action=save&version=0&hold=a%00b", 422),
    (25, "csrf=CSRF&action=test&version=0&spam=a%00b&days=30", 422),
    (25, "csrf=CSRF&action=test&version=0&spam=ab&days=30%00", 400),
    (17, "csrf=CSRF&mode=each%00&digest_minutes=60&time_zone=UTC", 422),
    (17, "csrf=CSRF&mode=each&digest_minutes=60&time_zone=UTC%00", 422),
    (20, "csrf=CSRF&action=rename&key=news/1&edition=1&title=a%00b", 422),
    (20, "csrf=CSRF&action=rename&key=news/1%00&edition=1&title=ab", 404),
    (20, "csrf=CSRF&action=close-at&key=news/1&edition=1&closes_at=2027-01-01T00:00%00", 422),
    (20, "csrf=CSRF&action=close%00&key=news/1&edition=1", 400),
    (20, "csrf=CSRF&action=close&key=news/1&edition=%00", 400),
    (20, "csrf=CSRF&action=close&key=news/1&edition=1&site=gazette%00", 404),
    (21, "csrf=CSRF&action=drop%00&id=x", 400),
    (21, "csrf=CSRF&action=drop&id=%00", 404),
    (22, "csrf=CSRF&action=erase-note%00&entry=x", 400),
    (22, "csrf=CSRF&action=erase-note&entry=%00", 404),
    (23, "csrf=CSRF&action=block%00&site=gazette", 400),
    (23, "csrf=CSRF&action=block&site=gazette&kind=term&value=a%00b&effect=hold&days=1&reason=Why", 422),
    (23, "csrf=CSRF&action=block&site=gazette&kind=term&value=ab&effect=hold&days=1&reason=a%00b", 422),
    (23, "csrf=CSRF&action=block&site=gazette&kind=term%00&value=ab&effect=hold&days=1&reason=Why", 422),
    (23, "csrf=CSRF&action=block-author&comment=%00&kind=host&effect=hold&days=1&reason=Why", 404),
    (23, "csrf=CSRF&action=end&site=gazette&id=%00", 404),
    (17, "csrf=CSRF&mode=each&digest_minutes=60%00&time_zone=UTC&quiet_from=%00", 422),
    (9, "csrf=CSRF&password=TYPED&new=correct+horse%00battery&again=correct+horse%00battery", 303),
    (26, "author=a%00b&email=ann@example.org&comment=Zero&comment_post_ID=12&redirect_to=/12", 422),
    (26, "author=Ann&email=ann@example.org&comment=a%00b&comment_post_ID=12&redirect_to=/12", 422),
    (26, "author=Ann&email=ann@example.org&url=%00&comment=Zero&comment_post_ID=12&redirect_to=/12", 422),
    (26, "author=Ann&email=ann@example.org&comment=Zero&comment_post_ID=12&comment_parent=%00", 422),
    (26, "author=Ann&email=ann@example.org&comment=Zero&comment_post_ID=12%00&redirect_to=/12", 404),
];

/// By the place of the route: a body with U+0000 in it, and how that is refused.
const TEXTS: &[(usize, &str, &str, &str)] = &[
    (4, r#"{"decision": "reject", "version": 1, "reason_code": "a\u0000b"}"#, "reason_code", "unknown-value"),
    (4, r#"{"decision": "reject\u0000", "version": 1}"#, "decision", "unknown-value"),
    (
        5,
        r#"{"items": [{"id": "ID", "version": 1}], "decision": "reject", "reason_code": "\u0000"}"#,
        "reason_code",
        "unknown-value",
    ),
    (5, r#"{"items": [{"id": "\u0000", "version": 1}], "decision": "reject"}"#, "body", "wrong-type"),
    (6, r#"{"batch": "a\u0000b"}"#, "batch", "not-an-id"),
    (8, r#"{"ids": ["\u0000"]}"#, "body", "wrong-type"),
    (9, r#"{"ids": ["\u0000"]}"#, "body", "wrong-type"),
    (
        11,
        r#"{"email": "lee@gazette.example", "name": "a\u0000b", "role": "moderator"}"#,
        "name",
        "control-character",
    ),
    (
        11,
        r#"{"email": "lee\u0000@gazette.example", "name": "Lee", "role": "moderator"}"#,
        "email",
        "not-an-address",
    ),
    (
        11,
        r#"{"email": "lee@gazette.example", "name": "Lee", "role": "moderator\u0000"}"#,
        "role",
        "unknown-value",
    ),
    (
        11,
        r#"{"email": "lee@gazette.example", "name": "Lee", "role": "moderator", "sites": ["gazette\u0000"]}"#,
        "sites",
        "unknown-value",
    ),
    (12, r#"{"name": "a\u0000b"}"#, "name", "control-character"),
    (12, r#"{"role": "\u0000"}"#, "role", "unknown-value"),
    (12, r#"{"sites": ["\u0000"]}"#, "sites", "unknown-value"),
    (13, r#"{"comment": "a\u0000b", "version": 1}"#, "comment", "control-character"),
    (14, r#"{"comment": "a\u0000b"}"#, "comment", "control-character"),
    (15, r#"{"reason": "a\u0000b"}"#, "reason", "control-character"),
    (
        16,
        r#"{"reasons": [{"code": "a\u0000b", "text": "Text", "basis": "terms"}]}"#,
        "reasons.code",
        "not-an-id",
    ),
    (
        16,
        r#"{"reasons": [{"code": "rude", "text": "a\u0000b", "basis": "terms"}]}"#,
        "reasons.text",
        "control-character",
    ),
    (
        16,
        r#"{"reasons": [{"code": "rude", "text": "Text", "basis": "terms\u0000"}]}"#,
        "reasons.basis",
        "unknown-value",
    ),
    (17, r#"{"id": "ID", "action": "retry\u0000"}"#, "action", "unknown-value"),
    (17, r#"{"id": "\u0000", "action": "retry"}"#, "id", "not-an-id"),
    (18, r#"{"version": 0, "mode": "open\u0000"}"#, "mode", "unknown-value"),
    (18, r#"{"version": 0, "staff_names": ["a\u0000b"]}"#, "staff_names", "unknown-value"),
    (18, r#"{"version": 0, "word_fields": ["text\u0000"]}"#, "word_fields", "unknown-value"),
    (18, r#"{"version": 0, "links": "\u0000"}"#, "links", "unknown-value"),
    (18, r#"{"version": 0, "breaker": {"action": "\u0000"}}"#, "breaker.action", "unknown-value"),
    (19, r#"{"version": 0, "hold": ["a\u0000b"], "spam": []}"#, "hold", "control-character"),
    (19, r#"{"version": 0, "hold": [], "spam": ["a\u0000b"]}"#, "spam", "control-character"),
    (20, r#"{"action": "slow\u0000", "minutes": 5}"#, "action", "unknown-value"),
    (20, r#"{"action": "slow", "minutes": 5, "note": "a\u0000b"}"#, "note", "control-character"),
    (
        21,
        r#"{"site": "gazette", "kind": "term", "value": "a\u0000b", "effect": "hold", "reason": "Why", "days": 1}"#,
        "value",
        "control-character",
    ),
    (
        21,
        r#"{"site": "gazette", "kind": "email", "value": "a\u0000@example.org", "effect": "hold", "reason": "Why", "days": 1}"#,
        "value",
        "not-an-address",
    ),
    (
        21,
        r#"{"site": "gazette", "kind": "term\u0000", "value": "ab", "effect": "hold", "reason": "Why", "days": 1}"#,
        "kind",
        "unknown-value",
    ),
    (
        21,
        r#"{"site": "gazette", "kind": "term", "value": "ab", "effect": "hold", "reason": "a\u0000b", "days": 1}"#,
        "reason",
        "control-character",
    ),
    (
        21,
        r#"{"site": "gazette", "kind": "term", "value": "ab", "effect": "hold\u0000", "reason": "Why", "days": 1}"#,
        "effect",
        "unknown-value",
    ),
    (22, r#"{"reason": "abuse", "text": "a\u0000b"}"#, "text", "control-character"),
    (22, r#"{"reason": "abuse\u0000"}"#, "reason", "unknown-value"),
    (22, r#"{"reason": "abuse", "email": "a\u0000@example.org"}"#, "email", "not-an-address"),
    (
        22,
        r#"{"reason": "illegal", "law": "a\u0000b", "name": "Ann", "email": "ann@example.org", "good_faith": true}"#,
        "law",
        "control-character",
    ),
    (
        22,
        r#"{"reason": "illegal", "law": "ab", "name": "a\u0000b", "email": "ann@example.org", "good_faith": true}"#,
        "name",
        "control-character",
    ),
    (23, r#"{"text": "a\u0000b"}"#, "text", "control-character"),
];

both_databases! {
    async fn no_text_holds_the_zero_character(app: TestApp) {
        let doors = Doors::of(app).await;
        for (field, code) in [
            ("name", "control-character"), ("email", "not-an-address"), ("website", "not-a-url"), ("comment", "control-character"),
            ("article.key", "control-character"), ("article.title", "control-character"), ("parent", "not-an-id"), ("notify", "unknown-value"),
        ] {
            let mut reply = TestApp::reply("Zero", "ann@example.org");
            let pointer = format!("/{}", field.replace('.', "/"));
            if reply.pointer(&pointer).is_none() { reply[field] = json!(""); }
            *reply.pointer_mut(&pointer).unwrap() = json!("https://news.example/a\0b@example.org");
            let code = if field == "website" { "" } else { code };
            let answer = doors.sends(&doors.json[0], JSON, reply.to_string()).await;
            // a URL may spell it as the URL standard does, `%00`; as a character it goes nowhere
            if code.is_empty() { assert!(matches!(answer.status, 202 | 422)); continue; }
            refuses(&answer, (field, code), field);
        }
        assert_eq!(app.rows("select count(*) from comments").await, 1 + app.rows("select count(*) from comments where website is not null").await);
        for (member, code) in [("title", "control-character"), ("section", "control-character"), ("closes_at", "unknown-value"), ("author_email", "not-an-address")] {
            for route in &doors.json[1..3] {
                let answer = doors.sends(route, JSON, article(member, "a\0b").to_string()).await;
                refuses(&answer, (member, code), member);
            }
        }
        refuses(&doors.sends(&doors.json[3], JSON, json!({"comment": "a\0b"}).to_string()).await, ("comment", "control-character"), "receipt");
        for member in ["reason", "note"] {
            let one = json!({"decision": "reject", "version": 1, member: "a\0b"}).to_string();
            refuses(&doors.sends(&doors.json[4], JSON, one).await, (member, "control-character"), member);
            let many = json!({"items": [{"id": doors.held["id"], "version": 1}], "decision": "reject", member: "a\0b"}).to_string();
            refuses(&doors.sends(&doors.json[5], JSON, many).await, (member, "control-character"), member);
        }
        let filtered = json!({"filter": {"site": "a\0b"}, "expect": 1, "decision": "reject"}).to_string();
        refuses(&doors.sends(&doors.json[5], JSON, filtered).await, ("filter.site", "control-character"), "filter");
        let claims = json!({"limit": 1, "site": "a\0b"}).to_string();
        refuses(&doors.sends(&doors.json[7], JSON, claims).await, ("site", "control-character"), "claims");
        assert_eq!(app.rows("select count(*) from comments where version > 1").await, 0);
    }

    async fn no_text_of_people_at_the_desk_does(app: TestApp) {
        let doors = Doors::of(app).await;
        let id = doors.held["id"].as_str().unwrap();
        for (route, body, field, code) in TEXTS {
            refuses(&doors.sends(&doors.json[*route], JSON, body.replace("ID", id)).await, (field, code), body);
        }
        let session = [
            r#"{"name": "a\u0000b", "password": "x"}"#, r#"{"name": "eve@gazette.example\u0000", "password": "x"}"#, r#"{"name": "eve@gazette.example", "password": "\u0000"}"#, r#"{"name": "\u0000", "password": "\u0000", "code": "\u0000"}"#,
        ];
        for body in session {
            is(&doors.sends(&doors.json[10], JSON, body).await, (401, "unauthenticated"), body);
        }
        // what takes a text is tried here or in the story above
        let above = [0, 1, 2, 3, 7, 10];
        let tried = |route: &usize| above.contains(route) || TEXTS.iter().any(|(known, ..)| known == route);
        assert_eq!((0..doors.json.len()).filter(|route| !tried(route)).collect::<Vec<_>>(), [0; 0]);
        doors.are_shut().await;
        assert_eq!(app.rows("select count(*) from moderators where name not in ('Eve', 'Ivy')").await, 0);
        let reasons = doors.gets("/v1/sites/gazette/reasons").await.text();
        assert!(!reasons.contains("rude"), "{reasons}");
    }

    async fn no_field_of_a_report_does(app: TestApp) {
        let doors = Doors::of(app).await;
        let notice = "reason=illegal&email=bob@example.org&good_faith=true";
        for body in ["reason=%00", "reason=abuse&text=a%00b", &format!("{notice}&name=Bob&law=a%00b"), &format!("{notice}&law=ab&name=B%00b")] {
            let answer = doors.sends(&doors.forms[REPORT], FORM, body).await;
            assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        }
        doors.are_shut().await;
    }

    async fn no_field_of_a_form_does(app: TestApp) {
        let doors = Doors::of(app).await;
        let (csrf, page) = (&doors.csrf, app.client.get("/desk/sign-in").await.text());
        let (outside, invited) = (proof(&page), proof(&app.client.get(&doors.forms[13].path).await.text()));
        let typed = PASSWORD.replace(' ', "+");
        let words = [("CSRF", csrf), ("OUTSIDE", &outside), ("INVITED", &invited), ("TYPED", &typed)];
        let filled = |body: &str| words.iter().fold(body.to_owned(), |body, (word, is)| body.replace(word, is));
        let cases = FIELDS.iter().map(|(route, body, status)| (route, filled(body), *status)).collect::<Vec<_>>();
        for (route, body, status) in &cases {
            let answer = doors.sends(&doors.forms[**route], FORM, body.clone()).await;
            assert_eq!(answer.status, *status, "{route} {body}: {}", answer.text());
        }
        let tried = |route: &usize| *route == REPORT || FIELDS.iter().any(|(known, ..)| known == route);
        assert_eq!((0..doors.forms.len()).filter(|route| !tried(route)).collect::<Vec<_>>(), [0; 0]);
        doors.are_shut().await;
        // a way back that cannot stand in a header is none
        for next in ["/desk?%00", "/desk?%0d%0aset-cookie:a", "/desk?%7f", "/desk?%c3%a4", "/desk/%5c%5cevil.example", "//evil.example"] {
            let held = app.submits(&format!("Decide {next}"), "bob@example.org").await;
            let path = format!("/desk/comments/{}/decisions", held["id"].as_str().unwrap());
            let body = format!("csrf={csrf}&decision=approve&version=1&next={next}");
            let who = &doors.forms[3].who;
            let answer = app.client.raw(("POST", &path), &[FORM, (who.0, &who.1)], body.into()).await;
            let location = answer.header("location");
            assert!(answer.status == 303 && location.starts_with("/desk?done=approve&undo="), "{next}: {location}");
        }
    }

    async fn no_path_does(app: TestApp) {
        let doors = Doors::of(app).await;
        for path in [
            "/%00", "/v1/sites/%00/comments?article=a", "/v1/sites/gazette%00/comments?article=a", "/v1/sites/gazette/comments/%00",
            "/v1/sites/gazette/comments/%00/replies", "/v1/sites/gazette/articles/%00", "/v1/sites/gazette/articles/a%00b",
            "/v1/receipts/%00", "/receipts/%00", "/d/%00", "/d/%ff", "/v1/moderation/comments/%00", "/desk/comments/%00", "/problems/%00", "/assets/%00", "/assets/replydesk.css%00",
            "/v1/sites/gazette/articles/%ff", "/v1/sites/gazette/articles/%0a",
            "/v1/sites/%2e%2e/comments", "/assets/..%2f..%2fCargo.toml", "/assets/%2e%2e/x", "/../../etc/passwd", "//",
        ] {
            is(&doors.gets(path).await, (404, "not-found"), path);
        }
        assert_eq!(doors.gets("/desk/invitations/%00").await.status, 410);
        for (method, path) in [("DELETE", "/v1/admin/tokens/abcdefghijk%00"), ("PATCH", "/v1/admin/moderators/%00"), ("DELETE", "/v1/sites/gazette/articles/a%00b")] {
            let route = Route { method, path: path.to_owned(), who: doors.json[1].who.clone(), text: "" };
            is(&doors.sends(&route, JSON, "{}").await, (404, "not-found"), path);
        }
        for method in ["PUT", "PATCH"] {
            let route = Route { method, path: "/v1/sites/gazette/articles/a%00b".to_owned(), who: doors.json[1].who.clone(), text: "" };
            is(&doors.sends(&route, JSON, article("title", "Zero").to_string()).await, (404, "not-found"), method);
        }
        assert_eq!(app.rows("select count(*) from articles").await, 1);
    }

    async fn no_parameter_does_and_none_is_given_twice(app: TestApp) {
        let doors = Doors::of(app).await;
        let document = app.client.get("/openapi.json").await.json();
        for (pattern, ways) in document["paths"].as_object().unwrap() {
            let parameters = ways["get"]["parameters"].as_array().into_iter().flatten();
            for parameter in parameters.filter(|known| known["in"] == "query" && known["schema"]["type"] != "array") {
                let name = parameter["name"].as_str().unwrap();
                let known = QUERIES.iter().any(|(path, names)| fits(path, pattern) && names.contains(&name));
                assert!(known, "nobody tries {name} of {pattern}");
            }
        }
        let held = doors.held["id"].as_str().unwrap();
        for (path, parameters) in QUERIES {
            let path = path.replace("HELD", held);
            for name in parameters {
                for (value, code) in [("%00", "control-character"), ("a%0ab", "control-character"), ("%ff", "unknown-value"), ("%ed%a0%80", "unknown-value")] {
                    let path = format!("{path}{name}={value}");
                    refuses(&doors.gets(&path).await, (name, code), &path);
                }
                for (first, second) in [("1", "2"), ("", ""), ("1", "1")] {
                    let path = format!("{path}{name}={first}&{name}={second}");
                    refuses(&doors.gets(&path).await, (name, "repeated"), &path);
                }
            }
        }
        let good = "/v1/sites/gazette/comments?article=news/1";
        for more in ["&zz=%00", "&zz=1&zz=2", "&%00=1", "&%ff=%ff", "&Article=x", "&", "&&&=&=", "&article[]=x"] {
            assert_eq!(doors.gets(&format!("{good}{more}")).await.status, 200, "{more}");
        }
        let counts = "/v1/sites/gazette/counts?article=news/1&article=news/1&article=b";
        assert_eq!(doors.gets(counts).await.json(), json!({"counts": {"news/1": 0, "b": 0}}));
        for value in ["%00", "a%01"] {
            refuses(&doors.gets(&format!("{counts}&article={value}")).await, ("article", "control-character"), value);
        }
        assert_eq!(doors.gets(&format!("{counts}&article=%ff")).await.status, 200);
    }

    async fn a_header_says_one_thing(app: TestApp) {
        let doors = Doors::of(app).await;
        let reply = TestApp::reply("Once", "bob@example.org").to_string();
        let post = ("POST", "/v1/sites/gazette/comments");
        let keys = [JSON, ("idempotency-key", "a"), ("idempotency-key", "a")];
        refuses(&app.client.raw(post, &keys, reply.clone().into()).await, ("Idempotency-Key", "repeated"), "keys");
        let bearer = doors.json[1].who.1.as_str();
        let origin = ("origin", "https://news.example");
        for (name, one, other) in [
            ("content-type", JSON.1, JSON.1), ("content-type", JSON.1, FORM.1), ("authorization", bearer, bearer),
            ("authorization", bearer, "Bearer x"), ("origin", origin.1, origin.1), ("origin", origin.1, "https://evil.example"),
        ] {
            let headers = [PROGRAM, (name, one), (name, other)];
            is(&app.client.raw(post, &headers, reply.clone().into()).await, (400, "malformed"), name);
        }
        is(&app.client.send(("GET", ARTICLE), &[("authorization", bearer), ("authorization", bearer)], None).await, (400, "malformed"), "GET");
        doors.are_shut().await;
        // lists are one list, however many lines they take
        let path = "/v1/sites/gazette/comments?article=news/1";
        let lines = [("accept", "text/plain"), ("accept", "application/json")];
        let answer = app.client.send(("GET", path), &lines, None).await;
        assert_eq!(answer.status, 200);
        let known = [("if-none-match", "\"x\""), ("if-none-match", answer.header("etag"))];
        assert_eq!(app.client.send(("GET", path), &known, None).await.status, 304);
    }
}
