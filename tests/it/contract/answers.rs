//! What a submission is answered with: JSON to programs, a redirect or a page to browsers.

use serde_json::{Value, json};

use super::{BROWSER, FORM, POST, PROGRAM, as_fields, encoded, is_page};
use crate::support::{ORIGIN, TestApp};
use replydesk::domain::{Mode, Policy};

fn form(text: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = as_fields(&TestApp::reply(text, "ann@example.org"));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn members(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Whether it is `start`, and then the comment as its fragment.
fn ends_with_comment(location: &str, start: &str) -> bool {
    location
        .strip_prefix(start)
        .is_some_and(|rest| rest.strip_prefix("#comment-").is_some_and(|id| id.len() == 36))
}

both_databases! {
    async fn a_program_gets_the_receipt(app: TestApp) {
        let answer = app.posts(&TestApp::reply("Nice piece", "ann@example.org")).await;
        let body = answer.json();
        assert_eq!((answer.status, answer.header("content-type")), (202, "application/json"));
        assert_eq!(members(&body), ["article", "id", "receipt", "status", "submitted_at"]);
        assert_eq!(members(&body["receipt"]), ["expires_at", "token", "url"]);
        assert_eq!((body["status"].as_str(), body["article"].as_str()), (Some("pending"), Some("news/1")));
        assert_eq!(body["submitted_at"], "2026-11-01T12:00:00.001000Z");
        assert_eq!(body["receipt"]["expires_at"], "2027-11-01T12:00:00.001000Z");
        let token = body["receipt"]["token"].as_str().unwrap();
        let url = format!("{}/receipts/{token}", app.url());
        assert_eq!((body["receipt"]["url"].as_str(), answer.header("location")), (Some(url.as_str()), url.as_str()));
        assert_eq!((answer.header("cache-control"), answer.header("idempotency-replayed")), ("no-store", ""));
        assert_eq!(app.client.get(&format!("/v1/receipts/{token}")).await.json()["id"], body["id"]);
        assert!(!answer.text().contains("ann@"));
    }

    async fn what_is_published_is_answered_with_its_place(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let answer = app.posts(&TestApp::reply("Out at once", "ann@example.org")).await;
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!((answer.status, answer.json()["status"].as_str()), (201, Some("approved")));
        assert_eq!(answer.header("location"), format!("{}/v1/sites/gazette/comments/{id}", app.url()));
        assert_eq!(app.client.get(&format!("/v1/sites/gazette/comments/{id}")).await.status, 200);
        let fields = form("From a browser", &[("redirect", "https://news.example/news/1")]);
        let browser = app.fills_in(&fields, BROWSER).await;
        assert!(ends_with_comment(browser.header("location"), "https://news.example/news/1?replydesk=published"));
    }

    async fn a_browser_goes_back_to_where_it_came_from(app: TestApp) {
        for (number, (redirect, start)) in [
            ("https://news.example/news/1", "https://news.example/news/1?replydesk=held"),
            ("https://news.example/?p=12&a=b#top", "https://news.example/?p=12&a=b&replydesk=held"),
            ("https://news.example/x?replydesk=held&p=1", "https://news.example/x?p=1&replydesk=held"),
        ].into_iter().enumerate() {
            let answer = app.fills_in(&form(&format!("Number {number}"), &[("redirect", redirect)]), BROWSER).await;
            assert_eq!((answer.status, answer.header("cache-control")), (303, "no-store"));
            assert!(ends_with_comment(answer.header("location"), start), "{}", answer.header("location"));
        }
    }

    async fn without_a_way_back_a_browser_sees_its_receipt(app: TestApp) {
        let answer = app.fills_in(&form("Nice piece", &[]), BROWSER).await;
        assert_eq!(answer.status, 303);
        let path = answer.header("location").strip_prefix(app.url()).unwrap();
        assert!(path.starts_with("/receipts/"));
        let page = app.client.get(path).await;
        is_page(&page, 200);
        assert!(page.text().contains("Nice piece") && !page.text().contains("ann@"));
    }

    async fn a_form_that_accepts_json_gets_json(app: TestApp) {
        let taken = app.fills_in(&form("By a script", &[]), PROGRAM).await;
        assert_eq!((taken.status, taken.json()["status"].as_str()), (202, Some("pending")));
        let refused = app.fills_in(&form("By a script", &[]), PROGRAM).await;
        assert_eq!((refused.status, refused.problem().as_str()), (409, "duplicate"));
        // nobody but a browser posts a form without saying what it reads
        let silent = app.fills_in(&form("By something", &[]), ("accept", "*/*")).await;
        assert_eq!(silent.status, 303);
    }

    async fn a_refused_form_comes_back_filled_escaped_and_with_a_way_back(app: TestApp) {
        let redirect = "https://news.example/news/1?a=1&b=2";
        let mut fields = form("Kept <b>text</b> & \"more\"", &[
            ("redirect", redirect), ("website", "no \"url\""), ("notify", "replies"), ("token", "t<1>"), ("parent", ""),
        ]);
        fields.retain(|(name, _)| name != "name");
        fields.push(("name".to_owned(), "<i>@nn</i>".to_owned()));
        let page = app.fills_in(&fields, BROWSER).await;
        is_page(&page, 422);
        let text = page.text();
        assert!(text.contains("Kept &#60;b&#62;text&#60;/b&#62; &#38; &#34;more&#34;</textarea>"), "{text}");
        assert!(text.contains("value=\"&#60;i&#62;@nn&#60;/i&#62;\"") && text.contains("value=\"no &#34;url&#34;\""));
        assert!(text.contains("value=\"ann@example.org\"") && !text.contains("<b>text") && !text.contains("<i>@nn"));
        assert!(text.contains("<option value=\"replies\" selected>") && text.contains("name=\"token\" value=\"t&#60;1&#62;\""));
        assert!(text.contains("<a href=\"#reply-name\">") && text.contains("<a href=\"#reply-website\">"));
        assert!(text.contains("href=\"https://news.example/news/1?a=1&#38;b=2\""), "the way back: {text}");
        assert!(text.contains("name=\"redirect\" value=\"https://news.example/news/1?a=1&#38;b=2\""));
        assert!(text.contains("name=\"article\" value=\"news/1\"") && text.contains("action=\"/v1/sites/gazette/comments\""));
        let policy = page.header("content-security-policy");
        assert!(policy.contains(&format!("form-action 'self' {ORIGIN}")) && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store");
    }

    async fn a_text_that_comes_too_late_is_kept_to_be_copied(app: TestApp) {
        let bearer = format!("Bearer {}", app.backend().await);
        let article = json!({"url": "https://news.example/news/1", "title": "The bridge", "open": false});
        let path = "/v1/sites/gazette/articles/news%2F1";
        assert_eq!(app.client.send(("PUT", path), &[("authorization", &bearer)], Some(&article)).await.status, 201);
        let closed = app.fills_in(&form("Long <thoughts>", &[]), BROWSER).await;
        is_page(&closed, 403);
        assert!(closed.text().contains("Comments are closed") && closed.text().contains("Long &#60;thoughts&#62;</textarea>"));
        assert!(closed.text().contains("href=\"https://news.example/news/1\"") && !closed.text().contains("<form"));
        assert_eq!(app.client.send(("DELETE", path), &[("authorization", &bearer)], None).await.status, 204);
        let gone = app.fills_in(&form("Long thoughts", &[]), BROWSER).await;
        is_page(&gone, 404);
        assert!(gone.text().contains("Long thoughts</textarea>"));
    }

    async fn a_repeated_request_is_answered_again(app: TestApp) {
        let reply = TestApp::reply("Sent twice", "ann@example.org");
        let key = [("idempotency-key", "5f3c")];
        let (first, second) = (app.posts_with(&key, &reply).await, app.posts_with(&key, &reply).await);
        assert_eq!((first.status, second.status, &first.body), (202, 202, &second.body));
        assert_eq!(first.header("location"), second.header("location"));
        let told = [first.header("idempotency-replayed"), second.header("idempotency-replayed")];
        assert_eq!(told, ["", "true"]);
        // the form of the same payload is the same request
        let headers = [FORM, BROWSER, ("idempotency-key", "5f3c")];
        let browser = app.client.raw(("POST", POST), &headers, encoded(&as_fields(&reply))).await;
        assert_eq!((browser.status, browser.header("idempotency-replayed")), (303, "true"));
        assert_eq!(app.rows("select count(*) from comments").await, 1);
    }
}
