//! A reply on its way in: what is taken, what is refused, what is taken only once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{ORIGIN, SITE, TestApp};
use replydesk::domain::{Mode, Policy};

both_databases! {
    async fn a_reply_is_held_and_nothing_of_it_is_seen(app: TestApp) {
        let before = app.client.get("/v1/sites/gazette/comments?article=news/1").await;
        let held = app.submits("Nice piece", "ann@example.org").await;
        assert_eq!(held["status"], "pending");
        let receipt = held["receipt"]["token"].as_str().unwrap();
        assert!(held["receipt"]["url"].as_str().unwrap().ends_with(&format!("/receipts/{receipt}")));
        let after = app.client.get("/v1/sites/gazette/comments?article=news/1").await;
        assert_eq!((before.text(), before.header("etag")), (after.text(), after.header("etag")));
        let counts = app.client.get("/v1/sites/gazette/counts?article=news/1").await.json();
        assert_eq!(counts, json!({"counts": {"news/1": 0}}));
        let one = app.client.get(&format!("/v1/sites/gazette/comments/{}", held["id"].as_str().unwrap())).await;
        let none = app.client.get("/v1/sites/gazette/comments/01a20af0-dc8f-7591-9eb1-0d2af4d96cfe").await;
        assert_eq!((one.status, without_instance(&one.json())), (404, without_instance(&none.json())));
    }

    async fn an_open_site_publishes_at_once_and_reviews_after(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let answer = app.posts(&TestApp::reply("Out at once", "ann@example.org")).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (201, Some("approved")));
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert!(answer.header("location").ends_with(&format!("/v1/sites/gazette/comments/{id}")));
        assert_eq!(app.reads("").await["article"]["count"], 1);
        let moderator = app.moderator().await;
        assert_eq!(moderator.queue("&needs=decision").await.len(), 1);
        let reviewed = moderator.approves(&answer.json()).await;
        assert_eq!((reviewed["status"].as_str(), reviewed["needs"].as_str()), (Some("approved"), None));
        assert_eq!(app.reads("").await["article"]["count"], 1);
    }

    async fn the_same_text_twice_is_a_duplicate_until_the_window_ends(app: TestApp) {
        let reply = TestApp::reply("The bridge should open again.", "ann@example.org");
        assert_eq!(app.posts(&reply).await.status, 202);
        let mut louder = reply.clone();
        louder["comment"] = json!("  The BRIDGE should\nopen   again. ");
        assert_eq!(app.posts(&louder).await.problem(), "duplicate");
        let mut other_case = reply.clone();
        other_case["email"] = json!("ANN@Example.ORG");
        assert_eq!(app.posts(&other_case).await.problem(), "duplicate");
        app.waits(Duration::from_mins(61));
        assert_eq!(app.posts(&reply).await.status, 202);
    }

    async fn the_same_text_of_someone_else_is_taken_with_a_finding(app: TestApp) {
        app.submits("Sign the petition for the bridge today!", "ann@example.org").await;
        app.submits("Sign the petition for the bridge today!", "bob@example.org").await;
        let moderator = app.moderator().await;
        let queue = moderator.queue("").await;
        assert_eq!(queue[0]["findings"], json!([]));
        assert_eq!(queue[1]["findings"], json!([{"code": "repeated-text", "term": null, "weight": 40, "field": null, "start": null, "length": null}]));
        assert_eq!(moderator.queue("&finding=repeated-text").await.len(), 1);
    }

    async fn a_double_click_without_a_key_is_one_comment(app: TestApp) {
        let reply = TestApp::reply("Clicked twice", "ann@example.org");
        let posts = (0..20).map(|_| app.posts(&reply));
        let answers = futures_util::future::join_all(posts).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 19);
        assert_eq!(app.rows("select count(*) from comments").await, 1);
    }

    async fn one_key_from_twenty_clients_is_one_comment_and_one_answer(app: TestApp) {
        let path = format!("/v1/sites/{SITE}/comments");
        let reply = TestApp::reply("Sent again and again", "ann@example.org");
        let key = [("idempotency-key", "5f3c")];
        let answers = futures_util::future::join_all((0..20).map(|_| app.client.send(("POST", &path), &key, Some(&reply)))).await;
        let first = &answers[0];
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (202, &first.body));
            assert_eq!(answer.header("location"), first.header("location"));
        }
        assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count(), 19);
        assert_eq!(app.rows("select count(*) from comments").await, 1);
        let other = TestApp::reply("Another text", "ann@example.org");
        let refused = app.client.send(("POST", &path), &key, Some(&other)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (422, "idempotency-key-reused"));
        app.waits(Duration::from_hours(25));
        assert_eq!(app.client.send(("POST", &path), &key, Some(&other)).await.status, 202);
    }

    async fn many_first_replies_to_one_new_article_are_all_taken(app: TestApp) {
        let posts = (0..30).map(|n| {
            let reply = TestApp::reply(&format!("First! {n}"), &format!("reader{n}@example.org"));
            async move { app.posts(&reply).await.status }
        });
        let statuses = futures_util::future::join_all(posts).await;
        assert_eq!(statuses, vec![202; 30]);
        assert_eq!(app.rows("select count(*) from articles").await, 1);
        assert_eq!(app.rows("select count(*) from comments").await, 30);
        assert_eq!(app.rows("select count(*) from outbox").await, 30);
    }

    async fn the_honeypot_is_answered_like_any_other(app: TestApp) {
        let fields = form("Buy now", &[("address", "12 Main Street")]);
        let answer = app.client.submit(&format!("/v1/sites/{SITE}/comments"), &fields, &[("origin", ORIGIN)]).await;
        assert_eq!(answer.status, 303);
        let token = answer.header("location").rsplit('/').next().unwrap().to_owned();
        let receipt = app.client.get(&format!("/v1/receipts/{token}")).await.json();
        assert_eq!(receipt["status"], "pending");
        let moderator = app.moderator().await;
        assert_eq!(moderator.queue("").await.len(), 0);
        let spam = moderator.queue("&status=spam").await;
        assert_eq!(spam[0]["findings"][0]["code"], "honeypot");
        assert_eq!(app.rows("select count(*) from outbox").await, 0);
    }

    async fn a_closed_article_takes_nothing(app: TestApp) {
        let token = app.backend().await;
        let bearer = format!("Bearer {token}");
        let path = "/v1/sites/gazette/articles/news%2F1";
        let article = json!({"url": "https://news.example/news/1", "title": "The bridge", "closes_at": "2026-11-01T13:00:00Z"});
        let made = app.client.send(("PUT", path), &[("authorization", &bearer)], Some(&article)).await;
        assert_eq!((made.status, made.json()["key"].as_str()), (201, Some("news/1")));
        app.submits("In time", "ann@example.org").await;
        app.waits(Duration::from_hours(1));
        let late = app.posts(&TestApp::reply("Too late", "ann@example.org")).await;
        assert_eq!((late.status, late.problem().as_str()), (403, "comments-closed"));
        assert_eq!(app.reads("").await["article"]["open"], false);
        let reopened = json!({"closes_at": null});
        assert_eq!(app.client.send(("PATCH", path), &[("authorization", &bearer)], Some(&reopened)).await.status, 200);
        app.submits("Open again", "ann@example.org").await;
        assert_eq!(app.client.send(("DELETE", path), &[("authorization", &bearer)], None).await.status, 204);
        assert_eq!(app.posts(&TestApp::reply("Gone", "ann@example.org")).await.problem(), "not-found");
    }

    async fn a_parent_that_waits_and_one_that_is_not_there_answer_the_same(app: TestApp) {
        let held = app.submits("Held", "ann@example.org").await;
        let mut reply = TestApp::reply("To the held one", "bob@example.org");
        reply["parent"] = held["id"].clone();
        let to_held = app.posts(&reply).await;
        reply["parent"] = json!("01a20af0-dc8f-7591-9eb1-0d2af4d96cfe");
        let to_none = app.posts(&reply).await;
        assert_eq!((to_held.status, to_held.faults()), (422, vec![("parent".to_owned(), "not-published".to_owned())]));
        assert_eq!(without_instance(&to_held.json()), without_instance(&to_none.json()));
    }

    async fn a_backend_speaks_for_its_readers(app: TestApp) {
        let bearer = format!("Bearer {}", app.backend().await);
        let path = format!("/v1/sites/{SITE}/comments");
        let mut reply = TestApp::reply("From the newsroom", "rita@news.example");
        reply["client"] = json!({"ip": "203.0.113.5", "user_agent": "Gecko"});
        reply["commenter"] = json!({"id": "staff-7", "verified": true, "staff": true});
        let answer = app.client.send(("POST", &path), &[("authorization", &bearer)], Some(&reply)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let moderator = app.moderator().await;
        assert_eq!(moderator.queue("").await[0]["author"]["staff"], true);
        let stranger = app.posts(&reply).await;
        let not_permitted = |field: &str| (field.to_owned(), "not-permitted".to_owned());
        assert_eq!(stranger.faults(), vec![not_permitted("client"), not_permitted("commenter")]);
        let wrong = app.client.send(("POST", &path), &[("authorization", "Bearer rd_site_x")], Some(&reply)).await;
        assert_eq!((wrong.status, wrong.problem().as_str()), (401, "unauthenticated"));
    }
}

/// A reply as a form.
pub fn form<'a>(comment: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("article", "news/1"),
        ("article_url", "https://news.example/news/1"),
        ("article_title", "The bridge"),
        ("name", "Ann"),
        ("email", "ann@example.org"),
        ("website", ""),
        ("comment", comment),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

pub fn without_instance(problem: &Value) -> Value {
    let mut problem = problem.clone();
    problem["instance"] = Value::Null;
    problem
}
