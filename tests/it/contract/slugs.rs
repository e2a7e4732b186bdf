//! Every problem of the contract §2 that a request can cause, each by a real request: as JSON, and as
//! a page where a browser can cause it. The rest is held by `http::error`'s own test.

use std::time::Duration;

use serde_json::json;

use super::{BROWSER, FORM, NOBODY, POST, PROGRAM, as_fields, encoded, is_page, is_problem};
use crate::support::{ORIGIN, PASSWORD, TestApp};
use replydesk::domain::Role;

const JSON: (&str, &str) = ("content-type", "application/json");

fn padded(length: usize) -> Vec<u8> {
    let mut body = TestApp::reply("Padded", "ann@example.org").to_string().into_bytes();
    body.resize(length, b' ');
    body
}

both_databases! {
    async fn malformed(app: TestApp) {
        let bodies: [&[u8]; 7] = [
            b"", b"{", b"{\"name\": \"Ann\"} trailing", b"name=Ann", b"{\"name\": \"\xff\"}", b"{\"name\": \"\\ud800\"}", b"{'name': 1}",
        ];
        for body in bodies {
            let answer = app.client.raw(("POST", POST), &[JSON], body.to_vec()).await;
            is_problem(app, &answer, (400, "malformed")).await;
        }
        let deep = [b"{\"article\":".to_vec(), b"[".repeat(100_000)].concat();
        is_problem(app, &app.client.raw(("POST", POST), &[JSON], deep).await, (422, "validation")).await;
        let forms: [&[u8]; 3] = [b"name=%ff", b"name=\xff", b"%c3%28=x"];
        for body in forms {
            let answer = app.client.raw(("POST", POST), &[FORM, PROGRAM], body.to_vec()).await;
            is_problem(app, &answer, (400, "malformed")).await;
            is_page(&app.client.raw(("POST", POST), &[FORM, BROWSER], body.to_vec()).await, 400);
            is_page(&app.client.raw(("POST", POST), &[FORM], body.to_vec()).await, 400);
        }
    }

    async fn unauthenticated(app: TestApp) {
        let stale = [("authorization", "Bearer rd_site_nothing")];
        let reply = TestApp::reply("Hello", "ann@example.org");
        let answer = app.posts_with(&stale, &reply).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        is_problem(app, &answer, (401, "unauthenticated")).await;
        for path in ["/v1/moderation/comments", "/v1/sites/gazette/articles/news%2F1"] {
            is_problem(app, &app.client.get(path).await, (401, "unauthenticated")).await;
            let answer = app.client.send(("GET", path), &stale, None).await;
            is_problem(app, &answer, (401, "unauthenticated")).await;
        }
        is_page(&app.client.send(("GET", "/v1/moderation/comments"), &[BROWSER], None).await, 401);
    }

    async fn forbidden(app: TestApp) {
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        is_problem(app, &operator.get("/v1/moderation/comments").await, (403, "forbidden")).await;
        let moderator = app.moderator().await;
        is_problem(app, &moderator.get("/v1/sites/gazette/articles/a").await, (403, "forbidden")).await;
    }

    async fn origin_not_allowed(app: TestApp) {
        let reply = TestApp::reply("From elsewhere", "ann@example.org");
        let foreign = ["https://evil.example", "null", "https://news.example.evil.example", "http://news.example", "x"];
        for origin in foreign {
            let answer = app.posts_with(&[("origin", origin)], &reply).await;
            is_problem(app, &answer, (403, "origin-not-allowed")).await;
            let headers = [FORM, BROWSER, ("origin", origin)];
            is_page(&app.client.raw(("POST", POST), &headers, encoded(&as_fields(&reply))).await, 403);
        }
        for path in ["/receipts/x", "/d/x", "/desk/sign-in", "/desk/sign-out", &format!("/desk/comments/{NOBODY}/decisions")] {
            let headers = [FORM, ("origin", "https://evil.example"), PROGRAM];
            let answer = app.client.raw(("POST", path), &headers, Vec::new()).await;
            is_problem(app, &answer, (403, "origin-not-allowed")).await;
        }
        assert_eq!(app.rows("select count(*) from comments").await, 0);
        for (origin, text) in [(ORIGIN, "From the site"), (app.url(), "From ourselves")] {
            let reply = TestApp::reply(text, "ann@example.org");
            assert_eq!(app.posts_with(&[("origin", origin)], &reply).await.status, 202);
        }
    }

    async fn comments_closed_and_not_found(app: TestApp) {
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let path = "/v1/sites/gazette/articles/news%2F1";
        let article = json!({"url": "https://news.example/news/1", "title": "The bridge", "open": false});
        let bearer = format!("Bearer {}", editor.token);
        let put = app.client.send(("PUT", path), &[("authorization", &bearer)], Some(&article)).await;
        assert_eq!(put.status, 201);
        let reply = TestApp::reply("Too late", "ann@example.org");
        is_problem(app, &app.posts(&reply).await, (403, "comments-closed")).await;
        let nowhere = app.client.post("/v1/sites/nowhere/comments", &reply).await;
        is_problem(app, &nowhere, (404, "not-found")).await;
        for path in [
            "/", "/nowhere", "/v1", "/v1/sites", "/v1/sites/gazette", "/v1/sites/gazette/nothing", "/v1/sites/gazette/comments/", "/v1/receipts", "/v1/receipts/a/b",
            "/v1/sites/nowhere/comments?article=a", "/v1/sites/gazette/comments/1", "/v1/receipts/nonsense", "/d", "/d/", "/d/nonsense",
            "/problems/nonsense", "/assets/nonsense.css", &format!("/v1/sites/gazette/comments/{NOBODY}"),
        ] {
            is_problem(app, &app.client.get(path).await, (404, "not-found")).await;
            is_page(&app.client.send(("GET", path), &[BROWSER], None).await, 404);
        }
    }

    async fn not_acceptable(app: TestApp) {
        for path in ["/v1/sites/gazette/comments?article=a", "/v1/sites/gazette/counts?article=a"] {
            for accept in ["text/html", "image/png", "application/json;q=0", "text/*"] {
                let answer = app.client.send(("GET", path), &[("accept", accept)], None).await;
                match accept {
                    "text/html" => is_page(&answer, 406),
                    // what takes no JSON is told so in JSON all the same
                    _ => drop(is_problem(app, &answer, (406, "not-acceptable")).await),
                }
            }
            for accept in ["application/json", "*/*", "text/html, application/*;q=0.5", ""] {
                assert_eq!(app.client.send(("GET", path), &[("accept", accept)], None).await.status, 200, "{accept}");
            }
        }
    }

    async fn duplicate_and_a_key_that_was_used(app: TestApp) {
        let reply = TestApp::reply("Said before", "ann@example.org");
        assert_eq!(app.posts_with(&[("idempotency-key", "1")], &reply).await.status, 202);
        is_problem(app, &app.posts(&reply).await, (409, "duplicate")).await;
        let page = app.fills_in(&as_fields(&reply), BROWSER).await;
        is_page(&page, 409);
        assert!(page.text().contains("Said before</textarea>"));
        let other = TestApp::reply("Something else", "ann@example.org");
        let answer = app.posts_with(&[("idempotency-key", "1")], &other).await;
        is_problem(app, &answer, (422, "idempotency-key-reused")).await;
        let headers = [FORM, BROWSER, ("idempotency-key", "1")];
        is_page(&app.client.raw(("POST", POST), &headers, encoded(&as_fields(&other))).await, 422);
    }

    async fn already_decided(app: TestApp) {
        let held = app.submits("Decide me", "ann@example.org").await;
        let (first, second) = (app.moderator().await, app.hires("Una", Role::Editor, &[]).await);
        assert_eq!(first.decides(&held, "approve", 1).await.status, 200);
        let late = second.decides(&held, "reject", 1).await;
        let problem = is_problem(app, &late, (409, "already-decided")).await;
        let current = &problem["current"];
        assert_eq!((current["status"].as_str(), current["version"].as_i64()), (Some("approved"), Some(2)));
        assert_eq!(current["by"], "Mo");
        assert!(current["at"].as_str().unwrap().starts_with("2026-11-01T12:00:00"));
        let receipt = format!("/v1/receipts/{}", held["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        let edit = json!({"comment": "Once more"});
        for (method, body) in [("DELETE", None), ("PATCH", Some(&edit))] {
            let answer = app.client.send((method, &receipt), &[], body).await;
            is_problem(app, &answer, (409, "already-decided")).await;
        }
    }

    async fn gone(app: TestApp) {
        let held = app.submits("A year ago", "ann@example.org").await;
        let token = held["receipt"]["token"].as_str().unwrap();
        let (path, page) = (format!("/v1/receipts/{token}"), format!("/receipts/{token}"));
        app.waits(Duration::from_hours(365 * 24 - 1));
        assert_eq!(app.client.get(&path).await.status, 200);
        app.waits(Duration::from_hours(25));
        let edit = json!({"comment": "Once more"});
        for (method, body) in [("GET", None), ("DELETE", None), ("PATCH", Some(&edit))] {
            is_problem(app, &app.client.send((method, &path), &[], body).await, (410, "gone")).await;
        }
        is_page(&app.client.send(("GET", &page), &[BROWSER], None).await, 410);
        is_page(&app.client.submit(&page, &[("action", "withdraw")], &[]).await, 410);
    }

    async fn too_large(app: TestApp) {
        let most = 128 * 1024;
        assert_eq!(app.client.raw(("POST", POST), &[JSON], padded(most)).await.status, 202);
        is_problem(app, &app.client.raw(("POST", POST), &[JSON], padded(most + 1)).await, (413, "too-large")).await;
        let form = [b"name=".to_vec(), b"a".repeat(most - 5)].concat();
        assert_eq!(app.client.raw(("POST", POST), &[FORM, BROWSER], form.clone()).await.status, 422);
        let longer = [form, b"a".to_vec()].concat();
        is_page(&app.client.raw(("POST", POST), &[FORM, BROWSER], longer.clone()).await, 413);
        is_page(&app.client.raw(("POST", POST), &[FORM], longer.clone()).await, 413);
        is_problem(app, &app.client.raw(("POST", POST), &[FORM, PROGRAM], longer).await, (413, "too-large")).await;
        let bearer = format!("Bearer {}", app.backend().await);
        let headers = [JSON, ("authorization", bearer.as_str())];
        let answer = app.client.raw(("PUT", "/v1/sites/gazette/articles/a"), &headers, padded(most + 1)).await;
        is_problem(app, &answer, (413, "too-large")).await;
    }

    async fn unsupported_media_type(app: TestApp) {
        let body = TestApp::reply("As what?", "ann@example.org").to_string().into_bytes();
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/xml", "application/jsonp", ""] {
            let answer = app.client.raw(("POST", POST), &[("content-type", kind)], body.clone()).await;
            is_problem(app, &answer, (415, "unsupported-media-type")).await;
        }
        is_problem(app, &app.client.raw(("POST", POST), &[], body.clone()).await, (415, "unsupported-media-type")).await;
        is_page(&app.client.raw(("POST", POST), &[("content-type", "text/plain"), BROWSER], body.clone()).await, 415);
        let kind = [("content-type", "Application/JSON; charset=utf-8")];
        assert_eq!(app.client.raw(("POST", POST), &kind, body).await.status, 202);
    }

    async fn too_many_attempts_to_sign_in(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "2")]).await;
        let wrong = [("email", "mo@gazette.example"), ("password", PASSWORD)];
        for status in [403, 403, 429] {
            assert_eq!(app.client.submit("/desk/sign-in", &wrong, &[]).await.status, status);
        }
        let answer = app.client.raw(("POST", "/desk/sign-in"), &[FORM, PROGRAM], encoded(&wrong)).await;
        assert_eq!(answer.header("retry-after"), "30");
        is_problem(app, &answer, (429, "rate-limited")).await;
    }
}
