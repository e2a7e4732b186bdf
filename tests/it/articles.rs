//! Articles as the site's backend and editors keep them: made, changed, closed, taken away.

use serde_json::{Value, json};

use crate::support::{Answer, SITE, TestApp};
use replydesk::domain::{Policy, Role};

const PATH: &str = "/v1/sites/gazette/articles/news%2F1";

fn bridge() -> Value {
    json!({"url": "https://news.example/news/1", "title": "The bridge"})
}

/// Somebody with a token.
struct Holder<'a>(&'a TestApp, String);

impl Holder<'_> {
    async fn does(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.1);
        self.0.client.send((method, path), &[("authorization", &bearer)], body).await
    }
}

async fn backend(app: &TestApp) -> Holder<'_> {
    Holder(app, app.backend().await)
}

async fn hired<'a>(app: &'a TestApp, role: Role, bound_to: &[&str]) -> Holder<'a> {
    Holder(app, app.hires(&format!("{role:?}{}", bound_to.concat()), role, bound_to).await.token)
}

/// A member, a value of it, and the field and code that are refused.
type Member = (&'static str, Value, Option<(&'static str, &'static str)>);

both_databases! {
    async fn a_backend_and_an_editor_keep_an_article(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        let holders = [backend(app).await, hired(app, Role::Editor, &[]).await, hired(app, Role::Admin, &[SITE]).await];
        for (number, holder) in holders.iter().enumerate() {
            let path = format!("/v1/sites/gazette/articles/{number}");
            assert_eq!(holder.does("GET", &path, None).await.problem(), "not-found");
            assert_eq!(holder.does("PATCH", &path, Some(&json!({"open": false}))).await.problem(), "not-found");
            assert_eq!(holder.does("DELETE", &path, None).await.problem(), "not-found");
            let full = json!({
                "url": "https://news.example/a/?utm_source=x", "title": "  The\n bridge ", "open": true,
                "closes_at": "2026-12-01T13:00:00+01:00", "section": "City", "author_email": "rita@news.example",
            });
            let made = holder.does("PUT", &path, Some(&full)).await;
            let expected = json!({
                "key": number.to_string(), "url": "https://news.example/a", "title": "The bridge", "section": "City",
                "open": true, "closes_at": "2026-12-01T12:00:00.000000Z", "takes_comments": true, "mode": null, "slow_seconds": null, "breaker": null,
                "provisional": false, "count": 0,
            });
            assert_eq!((made.status, made.json()), (201, expected.clone()));
            assert_eq!(holder.does("GET", &path, None).await.json(), expected);
            let replaced = holder.does("PUT", &path, Some(&bridge())).await;
            assert_eq!(replaced.status, 200);
            let rest = ["section", "closes_at", "open"].map(|member| replaced.json()[member].clone());
            assert_eq!(rest, [Value::Null, Value::Null, json!(true)], "what is not said is not kept");
            let patched = holder.does("PATCH", &path, Some(&json!({"open": false, "section": "Town"}))).await;
            let said = ["title", "section", "open"].map(|member| patched.json()[member].clone());
            assert_eq!((patched.status, said), (200, [json!("The bridge"), json!("Town"), json!(false)]));
            assert_eq!(holder.does("PATCH", &path, Some(&json!({}))).await.json()["open"], false);
            let deleted = holder.does("DELETE", &path, None).await;
            assert_eq!((deleted.status, deleted.body.len()), (204, 0));
            for method in ["GET", "DELETE"] {
                assert_eq!(holder.does(method, &path, None).await.problem(), "not-found");
            }
        }
        assert_eq!(app.rows("select count(*) from audit where object = 'article'").await, 15);
    }

    async fn others_keep_nothing(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        let holders = [
            (hired(app, Role::Moderator, &[]).await, 403, "forbidden"),
            (hired(app, Role::Operator, &[]).await, 403, "forbidden"),
            (hired(app, Role::Editor, &["other"]).await, 404, "not-found"),
            (Holder(app, "rd_site_nothing".to_owned()), 401, "unauthenticated"),
        ];
        for (holder, status, slug) in &holders {
            for (method, body) in [("PUT", Some(bridge())), ("PATCH", Some(json!({}))), ("GET", None), ("DELETE", None)] {
                let answer = holder.does(method, PATH, body.as_ref()).await;
                assert_eq!((answer.status, answer.problem().as_str()), (*status, *slug), "{method}");
            }
        }
        let own = backend(app).await;
        for path in ["/v1/sites/other/articles/a", "/v1/sites/nowhere/articles/a"] {
            let answer = own.does("PUT", path, Some(&bridge())).await;
            assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"), "{path}");
        }
        let nobody = app.client.send(("PUT", PATH), &[], Some(&bridge())).await;
        assert_eq!((nobody.status, nobody.problem().as_str()), (401, "unauthenticated"));
        assert_eq!(app.rows("select count(*) from articles").await, 0);
    }

    async fn a_key_may_hold_anything_that_a_path_can_say(app: TestApp) {
        let own = backend(app).await;
        for (encoded, key) in [
            ("news%2F2026%2F11%2Fbridge", "news/2026/11/bridge"), ("wp:12", "wp:12"), ("50%25", "50%"), ("a+b", "a+b"),
            ("a%20b", "a b"), ("%C3%BC", "ü"), ("ü", "ü"), ("a%3Fb%23c", "a?b#c"), ("a%2525", "a%25"),
            ("https:%2F%2Fnews.example%2Fa", "https://news.example/a"), ("..%2Fx", "../x"),
        ] {
            let path = format!("/v1/sites/gazette/articles/{encoded}");
            let made = own.does("PUT", &path, Some(&bridge())).await;
            assert!(matches!(made.status, 200 | 201), "{encoded}: {}", made.text());
            assert_eq!(made.json()["key"], key, "{encoded}");
            assert_eq!(own.does("GET", &path, None).await.json()["key"], key, "{encoded}");
        }
        for (encoded, status) in [("k".repeat(200), 201), ("k".repeat(201), 404), ("a%00".to_owned(), 404), ("%20".to_owned(), 404)] {
            let path = format!("/v1/sites/gazette/articles/{encoded}");
            assert_eq!(own.does("PUT", &path, Some(&bridge())).await.status, status, "{encoded}");
        }
    }

    async fn every_member_is_checked(app: TestApp) {
        let own = backend(app).await;
        assert_eq!(own.does("PUT", PATH, Some(&bridge())).await.status, 201);
        let (title, too_long) = ("T".repeat(300), "T".repeat(301));
        let rows: [Member; 31] = [
            ("url", json!("https://evil.example/"), Some(("url", "foreign-origin"))),
            ("url", json!("/news/1"), Some(("url", "not-a-url"))),
            ("url", json!("https://a:b@news.example/"), Some(("url", "user-info"))),
            ("url", json!(format!("https://news.example/{}", "a".repeat(1_980))), Some(("url", "too-long"))),
            ("url", json!(7), Some(("url", "wrong-type"))),
            ("title", json!(title), None),
            ("title", json!(too_long), Some(("title", "too-long"))),
            ("title", json!(" "), Some(("title", "required"))),
            ("title", json!("a\u{202e}b"), Some(("title", "control-character"))),
            ("title", json!(["a"]), Some(("title", "wrong-type"))),
            ("open", json!("yes"), Some(("open", "wrong-type"))),
            ("open", json!(false), None),
            ("closes_at", json!("tomorrow"), Some(("closes_at", "unknown-value"))),
            ("closes_at", json!("2026-13-01T00:00:00Z"), Some(("closes_at", "unknown-value"))),
            ("closes_at", json!(1_793_534_400), Some(("closes_at", "wrong-type"))),
            ("closes_at", json!("2026-12-01T00:00:00.5+01:00"), None),
            ("closes_at", Value::Null, None),
            ("section", json!(too_long), Some(("section", "too-long"))),
            ("section", json!("City"), None),
            ("mode", json!("open"), None),
            ("mode", Value::Null, None),
            ("mode", json!("closed"), Some(("mode", "unknown-value"))),
            ("mode", json!(1), Some(("mode", "wrong-type"))),
            ("slow_seconds", json!(86_400), None),
            ("slow_seconds", Value::Null, None),
            ("slow_seconds", json!(86_401), Some(("slow_seconds", "unknown-value"))),
            ("slow_seconds", json!(-1), Some(("slow_seconds", "unknown-value"))),
            ("slow_seconds", json!("60"), Some(("slow_seconds", "wrong-type"))),
            ("author_email", json!("rita"), Some(("author_email", "not-an-address"))),
            ("author_email", json!("rita@news.example"), None),
            ("colour", json!("canary"), Some(("body", "unknown-member"))),
        ];
        for (member, value, expected) in rows {
            let mut put = bridge();
            put[member] = value.clone();
            for (method, body) in [("PUT", put), ("PATCH", json!({member: value}))] {
                let answer = own.does(method, PATH, Some(&body)).await;
                match expected {
                    None => assert_eq!(answer.status, 200, "{method} {body}: {}", answer.text()),
                    Some((field, code)) => {
                        assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{method} {body}");
                        assert!(!answer.text().contains("canary") && answer.problem() == "validation");
                    }
                }
            }
        }
        for (body, missing) in [
            (json!({}), vec!["url", "title"]), (json!({"title": "A"}), vec!["url"]), (json!({"url": "https://news.example/"}), vec!["title"]),
        ] {
            let expected: Vec<_> = missing.into_iter().map(|field| (field.to_owned(), "required".to_owned())).collect();
            assert_eq!(own.does("PUT", PATH, Some(&body)).await.faults(), expected, "{body}");
        }
    }

    async fn what_the_site_says_is_what_readers_see(app: TestApp) {
        app.submits("First", "ann@example.org").await;
        let own = backend(app).await;
        assert_eq!(own.does("GET", PATH, None).await.json()["provisional"], true);
        let renamed = own.does("PATCH", PATH, Some(&json!({"title": "The old bridge"}))).await;
        assert_eq!((renamed.json()["title"].as_str(), renamed.json()["provisional"].as_bool()), (Some("The old bridge"), Some(false)));
        let page = app.reads("").await;
        assert_eq!((page["article"]["title"].as_str(), page["article"]["open"].as_bool()), (Some("The old bridge"), Some(true)));
        assert_eq!(own.does("PATCH", PATH, Some(&json!({"open": false}))).await.status, 200);
        assert_eq!(app.reads("").await["article"]["open"], false);
        assert_eq!(own.does("DELETE", PATH, None).await.status, 204);
        let gone = app.reads("").await;
        assert_eq!((gone["article"]["count"].as_i64(), gone["comments"].as_array().unwrap().len()), (Some(0), 0));
        assert_eq!(app.rows("select count(*) from comments").await, 1, "kept until retention");
    }
}
