//! What has the wrong shape: types, members, repetitions, headers, and what only a backend may say.

use serde_json::{Value, json};

use super::{BROWSER, FORM, POST, PROGRAM, as_fields, encoded, is_problem, reply_with};
use crate::support::{ORIGIN, SITE, TestApp};
use replydesk::domain::Policy;

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

both_databases! {
    async fn a_member_of_another_type_is_named(app: TestApp) {
        let texts = [
            "parent", "name", "email", "website", "comment", "notify", "token", "receipt",
            "article.key", "article.url", "article.title", "client.ip", "client.user_agent", "commenter.id",
        ];
        let others = [json!(7), json!(true), json!(["canary-value"]), json!({"canary-value": 1})];
        for field in texts {
            for other in &others {
                let answer = app.posts(&reply_with(field, Some(other.clone()))).await;
                is_problem(app, &answer, (422, "validation")).await;
                assert_eq!(answer.faults(), one(field, "wrong-type"), "{field} = {other}");
                assert!(!answer.text().contains("canary"));
            }
        }
        for field in ["article", "client", "commenter"] {
            let answer = app.posts(&reply_with(field, Some(json!("canary-value")))).await;
            assert_eq!(answer.faults(), one(field, "wrong-type"));
        }
        for body in [json!("text"), json!(7), json!(null), json!([])] {
            assert_eq!(app.posts(&body).await.faults(), one("body", "wrong-type"), "{body}");
        }
        let mut said = reply_with("commenter.id", Some(json!("7")));
        said["commenter"]["verified"] = json!("yes");
        assert_eq!(app.posts(&said).await.faults(), one("commenter.verified", "wrong-type"));
    }

    async fn unknown_and_repeated_members_are_refused_and_not_repeated(app: TestApp) {
        for (field, named) in [
            ("canary", "body"), ("article.canary", "body"), ("client.canary", "body"), ("commenter.canary", "body"),
            ("address", "body"), ("redirect", "redirect"),
        ] {
            let answer = app.posts(&reply_with(field, Some(json!("canary-value")))).await;
            assert_eq!(answer.faults(), one(named, "unknown-member"), "{field}");
            assert!(!answer.text().contains("canary"));
        }
        for (body, field) in [
            (r#"{"name":"Ann","name":"Bob"}"#, "name"),
            (r#"{"article":{"key":"a","key":"b"}}"#, "article.key"),
        ] {
            let headers = [("content-type", "application/json")];
            let answer = app.client.raw(("POST", POST), &headers, body.as_bytes().to_vec()).await;
            assert_eq!((answer.status, answer.faults()), (422, one(field, "repeated")), "{body}");
        }
        let absent = app.posts(&reply_with("commenter.verified", Some(json!(true)))).await;
        assert_eq!(absent.faults(), one("commenter.id", "required"));
    }

    async fn null_is_the_same_as_absent(app: TestApp) {
        let mut reply = TestApp::reply("Nothing more to say", "ann@example.org");
        for member in ["parent", "website", "notify", "token", "receipt", "client", "commenter"] {
            reply[member] = Value::Null;
        }
        assert_eq!(app.posts(&reply).await.status, 202);
        assert_eq!(app.posts(&reply_with("name", Some(Value::Null))).await.faults(), one("name", "required"));
    }

    async fn a_form_may_hold_more_but_nothing_twice(app: TestApp) {
        let mut fields = as_fields(&TestApp::reply("With more", "ann@example.org"));
        fields.extend([("csrf", "x"), ("utm_source", "y"), ("submit", "Post")].map(|(n, v)| (n.into(), v.into())));
        assert_eq!(app.fills_in(&fields, BROWSER).await.status, 303);
        for (name, field) in [("name", "name"), ("article", "article.key"), ("article_url", "article.url"), ("email", "email")] {
            let mut twice = as_fields(&TestApp::reply("Twice", "ann@example.org"));
            twice.push((name.to_owned(), "again".to_owned()));
            let answer = app.fills_in(&twice, PROGRAM).await;
            assert_eq!((answer.status, answer.faults()), (422, one(field, "repeated")));
        }
    }

    async fn a_redirect_leads_to_the_site_or_to_us(app: TestApp) {
        let own = format!("{}/demo?a=b", app.url());
        for (number, (redirect, code)) in [
            ("https://news.example/news/1", None),
            (own.as_str(), None),
            ("", None),
            ("https://evil.example/", Some("foreign-origin")),
            ("https://news.example.evil.example/", Some("foreign-origin")),
            ("https://news.example@evil.example/", Some("foreign-origin")),
            ("http://news.example/", Some("foreign-origin")),
            ("javascript:alert(1)", Some("not-a-url")),
            ("blob:https://news.example/news/1", Some("not-a-url")),
            ("https://ann:secret@news.example/", Some("user-info")),
            ("//news.example/", Some("not-a-url")),
            ("/news/1", Some("not-a-url")),
        ].into_iter().enumerate() {
            let mut fields = as_fields(&TestApp::reply(&format!("Number {number}"), "ann@example.org"));
            fields.push(("redirect".to_owned(), redirect.to_owned()));
            let browser = app.fills_in(&fields, BROWSER).await;
            assert_eq!(browser.status, if code.is_some() { 422 } else { 303 }, "{redirect}");
            if let Some(code) = code {
                assert_eq!(app.fills_in(&fields, PROGRAM).await.faults(), one("redirect", code), "{redirect}");
                assert!(!browser.text().contains("name=\"redirect\""), "what was refused is not sent again: {redirect}");
            }
        }
    }

    async fn an_idempotency_key_has_one_to_255_visible_characters(app: TestApp) {
        let (most, more) = ("k".repeat(255), "k".repeat(256));
        for (key, expected) in [
            ("", Some("required")), ("  ", Some("required")), (&more, Some("too-long")), ("ä", Some("control-character")),
            (&most, None), ("a", None),
        ] {
            let reply = TestApp::reply(&format!("Key of {}", key.len()), "ann@example.org");
            let answer = app.posts_with(&[("idempotency-key", key)], &reply).await;
            match expected {
                None => assert_eq!(answer.status, 202, "{key}"),
                Some(code) => assert_eq!(answer.faults(), one("Idempotency-Key", code), "{key}"),
            }
        }
    }

    async fn what_a_backend_says_of_its_reader_is_checked(app: TestApp) {
        let bearer = format!("Bearer {}", app.backend().await);
        let (most, more) = ("i".repeat(200), "i".repeat(201));
        for (number, (field, value, code)) in [
            ("client.ip", "203.0.113.7", None),
            ("client.ip", "2001:db8::1", None),
            ("client.ip", "localhost", Some("unknown-value")),
            ("client.ip", "203.0.113.256", Some("unknown-value")),
            ("client.user_agent", "Gecko", None),
            ("commenter.id", "7", None),
            ("commenter.id", &most, None),
            ("commenter.id", &more, Some("too-long")),
            ("commenter.id", "", Some("required")),
        ].into_iter().enumerate() {
            let mut reply = reply_with(field, Some(json!(value)));
            reply["comment"] = json!(format!("Said by the site, number {number}"));
            let answer = app.posts_with(&[("authorization", &bearer)], &reply).await;
            match code {
                None => assert_eq!(answer.status, 202, "{field} = {value}: {}", answer.text()),
                Some(code) => assert_eq!(answer.faults(), one(field, code), "{field} = {value}"),
            }
            let parent = field.split('.').next().unwrap();
            assert_eq!(app.posts(&reply).await.faults(), one(parent, "not-permitted"), "a stranger says {field}");
        }
    }

    async fn a_token_of_another_site_opens_nothing(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        let bearer = format!("Bearer {}", app.backend().await);
        let reply = TestApp::reply("To the other one", "ann@example.org");
        let answer = app.client.send(("POST", "/v1/sites/other/comments"), &[("authorization", &bearer)], Some(&reply)).await;
        is_problem(app, &answer, (403, "forbidden")).await;
    }

    async fn the_charset_of_a_form_changes_nothing_and_plus_is_a_space(app: TestApp) {
        let fields = encoded(&as_fields(&TestApp::reply("Sugar & spice + ümläut = 100 %", "ann@example.org")));
        let kinds = ["application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded"];
        for (kind, status) in kinds.into_iter().zip([303, 409]) {
            let headers = [("content-type", kind), ("origin", ORIGIN)];
            assert_eq!(app.client.raw(("POST", POST), &headers, fields.clone()).await.status, status, "{kind}");
        }
        let desk = app.moderator().await;
        assert_eq!(desk.queue("").await[0]["text"], "Sugar & spice + ümläut = 100 %");
        let path = format!("/v1/sites/{SITE}/comments?whatever=1&article=x");
        let reply = TestApp::reply("Unknown parameters do not matter", "ann@example.org");
        assert_eq!(app.client.post(&path, &reply).await.status, 202);
        assert_eq!(app.client.raw(("POST", POST), &[FORM], Vec::new()).await.status, 422);
    }
}
