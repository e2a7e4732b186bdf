//! What every answer has, and whom browsers let read it.

use super::{BROWSER, NOBODY, POST, is_page};
use crate::support::{Answer, ORIGIN, TestApp};

/// One path of each kind, and the status it answers a GET with.
const ANSWERS: [(&str, u16); 10] = [
    ("/v1/sites/gazette/comments?article=a", 200),
    ("/v1/sites/gazette/counts", 422),
    ("/v1/sites/nowhere/counts?article=a", 404),
    ("/v1/moderation/comments", 401),
    ("/v1/moderation/decisions", 405),
    ("/v1/receipts/nonsense", 404),
    ("/d/nonsense", 404),
    ("/desk", 303),
    ("/assets/replydesk.css", 200),
    ("/nowhere", 404),
];

const PAGES: [(&str, u16); 5] = [
    ("/problems", 200),
    ("/problems/gone", 200),
    ("/desk/sign-in", 200),
    ("/receipts/nonsense", 404),
    ("/d/nonsense", 404),
];

fn allowed(answer: &Answer) -> &str {
    answer.header("access-control-allow-origin")
}

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
    let asks = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,idempotency-key"),
    ];
    app.client.send(("OPTIONS", path), &asks, None).await
}

both_databases! {
    async fn every_answer_has_an_id_of_its_own_and_is_not_sniffed(app: TestApp) {
        let mut ids = Vec::new();
        for (path, status) in ANSWERS.iter().chain(&PAGES) {
            let answer = app.client.get(path).await;
            assert_eq!((answer.status, answer.header("x-content-type-options")), (*status, "nosniff"), "{path}");
            assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
            ids.push(answer.header("x-request-id").to_owned());
        }
        let own = app.client.send(("GET", "/problems"), &[("x-request-id", "mine")], None).await;
        assert_ne!(own.header("x-request-id"), "mine", "a stranger's word does not reach the log");
        let taken = app.posts(&TestApp::reply("Hello", "ann@example.org")).await;
        let asked = preflight(app, POST, ORIGIN).await;
        ids.extend([taken, asked].iter().map(|answer| answer.header("x-request-id").to_owned()));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), ids[0].len()), (ANSWERS.len() + PAGES.len() + 2, 36));
    }

    async fn pages_run_no_script_and_stand_in_no_frame(app: TestApp) {
        for (path, status) in PAGES {
            let page = app.client.send(("GET", path), &[BROWSER], None).await;
            is_page(&page, status);
            let policy = page.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}");
            assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
            assert!(!page.text().contains("<script") && !page.text().contains(" style="), "{path}");
        }
    }

    async fn pages_of_the_site_may_ask_and_others_may_not(app: TestApp) {
        let held = app.submits("Hello", "ann@example.org").await;
        let receipt = format!("/v1/receipts/{}", held["receipt"]["token"].as_str().unwrap());
        for path in [POST, &receipt, "/v1/sites/gazette/counts"] {
            let own = preflight(app, path, ORIGIN).await;
            assert_eq!((own.status, allowed(&own)), (200, ORIGIN), "{path}");
            let (methods, headers) = ("access-control-allow-methods", "access-control-allow-headers");
            assert!(own.header(methods).contains("POST") && own.header(headers).to_lowercase().contains("idempotency-key"));
            assert!(own.header("access-control-max-age") == "3600" && own.body.is_empty());
            for foreign in ["https://evil.example", "null", "https://news.example:8443", "http://news.example"] {
                let other = preflight(app, path, foreign).await;
                assert_eq!(allowed(&other), "", "{path} for {foreign}");
                assert_eq!(other.header("access-control-allow-credentials"), "");
            }
        }
        assert_eq!(allowed(&preflight(app, "/v1/sites/nowhere/comments", ORIGIN).await), "");
    }

    async fn simple_requests_are_readable_by_the_sites_pages_only(app: TestApp) {
        let missing = format!("/v1/sites/gazette/comments/{NOBODY}");
        for (path, status) in [("/v1/sites/gazette/comments?article=a", 200), (missing.as_str(), 404), ("/v1/sites/gazette/counts", 422)] {
            let own = app.client.send(("GET", path), &[("origin", ORIGIN)], None).await;
            assert_eq!((own.status, allowed(&own)), (status, ORIGIN), "{path}");
            let exposed = own.header("access-control-expose-headers").to_lowercase();
            for name in ["location", "etag", "retry-after", "ratelimit", "ratelimit-policy", "idempotency-replayed", "x-request-id"] {
                assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{name} in {exposed}");
            }
            assert!(own.header("vary").to_lowercase().contains("origin"), "{path}");
            let foreign = app.client.send(("GET", path), &[("origin", "https://evil.example")], None).await;
            assert_eq!((foreign.status, allowed(&foreign)), (status, ""), "{path}");
        }
        let reply = TestApp::reply("Cross-site", "ann@example.org");
        let own = app.posts_with(&[("origin", ORIGIN)], &reply).await;
        assert_eq!((own.status, allowed(&own)), (202, ORIGIN));
        let refused = app.posts_with(&[("origin", ORIGIN)], &reply).await;
        assert_eq!((refused.status, allowed(&refused)), (409, ORIGIN), "errors are readable too");
        let foreign = app.posts_with(&[("origin", "https://evil.example")], &reply).await;
        assert_eq!((foreign.status, allowed(&foreign)), (403, ""));
        for path in ["/v1/moderation/comments", "/desk/sign-in", "/problems"] {
            let answer = app.client.send(("GET", path), &[("origin", ORIGIN)], None).await;
            assert_eq!(allowed(&answer), "", "{path}");
        }
    }
}
