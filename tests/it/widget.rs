//! The widget as it is served: its size, its languages, and who may read what it says.

use std::{collections::BTreeMap, io::Read, time::Duration};

use replydesk::domain::{Language, Mode, Policy};
use serde_json::Value;

use crate::support::{Answer, TestApp};

/// All that is fetched to read and to post, without the comments: a budget, in bytes.
const BUDGET: usize = 8 * 1024;
const SCRIPT: &str = "/embed.js";
const DATA: &str = "/v1/sites/gazette/widget";

fn policy(language: Language) -> Policy {
    Policy {
        language,
        privacy_url: Some("https://news.example/about/privacy".to_owned()),
        rules_url: Some("https://news.example/about/house-rules".to_owned()),
        ..Policy::default()
    }
}

async fn packed(app: &TestApp, path: &str) -> Answer {
    let answer = app.client.send(("GET", path), &[("accept-encoding", "gzip")], None).await;
    assert_eq!((answer.status, answer.header("content-encoding")), (200, "gzip"), "{path}");
    answer
}

both_databases! {
    async fn all_that_is_fetched_to_read_and_to_post_fits_into_eight_kilobytes(app: TestApp) {
        let script = packed(app, SCRIPT).await.body.len();
        let mut sizes = BTreeMap::new();
        for language in Language::ALL {
            app.sets_policy(policy(*language)).await;
            let data = packed(app, DATA).await.body.len();
            let form = app.client.get("/v1/sites/gazette/form").await.body.len();
            sizes.insert(language.name(), [script, data, form]);
        }
        assert!(sizes.values().all(|parts| parts.iter().sum::<usize>() <= BUDGET), "script, texts, token: {sizes:?}");
    }

    async fn pages_of_every_origin_may_load_the_script(app: TestApp) {
        for (coding, taken) in [("br", "br"), ("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
            let headers = [("accept-encoding", coding), ("origin", "https://elsewhere.example")];
            let answer = app.client.send(("GET", SCRIPT), &headers, None).await;
            let header = |name| answer.header(name);
            assert_eq!((answer.status, header("access-control-allow-origin")), (200, "*"));
            assert_eq!((header("content-type"), header("content-encoding")), ("text/javascript; charset=utf-8", taken));
            assert_eq!((header("cache-control"), header("vary")), ("public, max-age=300", "Accept-Encoding"));
            let mut plain = String::new();
            match taken {
                "br" => brotli::Decompressor::new(answer.body.as_slice(), 4096).read_to_string(&mut plain).unwrap(),
                "gzip" => flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_string(&mut plain).unwrap(),
                _ => answer.body.as_slice().read_to_string(&mut plain).unwrap(),
            };
            assert_eq!(plain, include_str!("../../assets/embed.min.js"));
            let etag = header("etag").to_owned();
            let again = [("accept-encoding", coding), ("if-none-match", &etag)];
            let again = app.client.send(("GET", SCRIPT), &again, None).await;
            assert_eq!((again.status, again.body.len()), (304, 0));
            assert_eq!((again.header("access-control-allow-origin"), again.header("cache-control")), ("*", "public, max-age=300"));
        }
    }

    async fn the_widget_speaks_the_language_that_is_asked_for_or_that_of_its_site(app: TestApp) {
        app.sets_policy(policy(Language::French)).await;
        for (query, language) in [("", "fr"), ("?lang=", "fr"), ("?lang=xx", "fr"), ("?lang=de", "de"), ("?lang=de-AT", "de"), ("?lang=UK", "uk")] {
            let told = app.client.get(&format!("{DATA}{query}")).await.json();
            assert_eq!((&told["language"], &told["direction"]), (&Value::from(language), &Value::from("ltr")), "{query}");
            assert_eq!(told["comment_chars"], 10_000);
            assert_eq!(told["rules_url"], "https://news.example/about/house-rules");
            let texts = told["texts"].as_object().unwrap();
            assert!(texts.len() > 50 && texts.values().all(|text| text.as_str().is_some_and(|text| !text.is_empty())));
            for (name, gap) in [("reply_to", "{author}"), ("report_of", "{author}"), ("rate-limited", "{when}")] {
                assert!(texts[name].as_str().unwrap().contains(gap), "{language}: {name}");
            }
        }
        assert_eq!(app.client.get("/v1/sites/nowhere/widget").await.status, 404);
    }

    async fn what_the_policy_says_is_said_at_once(app: TestApp) {
        app.sets_policy(Policy::default()).await;
        let before = app.client.get(DATA).await;
        assert_eq!((&before.json()["privacy_url"], &before.json()["language"]), (&Value::Null, &Value::from("en")));
        app.sets_policy(Policy { comment_chars: 600, ..policy(Language::English) }).await;
        let after = app.client.get(DATA).await;
        assert_eq!(after.json()["comment_chars"], 600);
        assert_ne!(before.header("etag"), after.header("etag"));
        let same = app.client.send(("GET", DATA), &[("if-none-match", after.header("etag"))], None).await;
        assert_eq!((same.status, same.body.len()), (304, 0));
    }

    async fn only_pages_of_the_site_read_what_its_widget_says(app: TestApp) {
        for (origin, told) in [("https://news.example", "https://news.example"), ("https://elsewhere.example", "")] {
            let answer = app.client.send(("GET", DATA), &[("origin", origin)], None).await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, told));
            assert_eq!(answer.header("cache-control"), "public, max-age=0, s-maxage=30");
        }
    }

    async fn a_receipt_that_the_form_of_the_widget_brings_is_proof(app: TestApp) {
        let policy = Policy { mode: Mode::TrustKnown, ..Policy::default() };
        app.sets_policy(policy).await;
        let desk = app.moderator().await;
        let first = app.submits("The first of them", "ann@example.org").await;
        desk.approves(&first).await;
        let receipt = first["receipt"]["token"].as_str().unwrap();
        for (proof, state) in [("", "held"), (receipt, "published")] {
            let token = app.client.get("/v1/sites/gazette/form").await.json()["token"].as_str().unwrap().to_owned();
            app.waits(Duration::from_mins(1));
            let text = format!("Another one, which will be {state}");
            let fields = [
                ("article", "news/1"), ("name", "Ann"), ("email", "ann@example.org"), ("comment", text.as_str()), ("token", &token),
                ("receipt", proof), ("redirect", "https://news.example/news/1"),
            ];
            let answer = app.client.submit("/v1/sites/gazette/comments", &fields, &[]).await;
            let expected = format!("https://news.example/news/1?replydesk={state}#");
            assert!(answer.header("location").starts_with(&expected), "{proof}: {}", answer.header("location"));
        }
    }
}
