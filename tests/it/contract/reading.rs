//! The rules that all reads share: parameters and their bounds, validators, encodings.

use std::io::Read;

use replydesk::flow::engaging;

use super::{NOBODY, is_problem};
use crate::support::{Answer, TestApp};

const PAGE: &str = "/v1/sites/gazette/comments?article=news/1";

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

async fn reads_as(app: &TestApp, path: &str, encoding: &str) -> Answer {
    app.client.send(("GET", path), &[("accept-encoding", encoding)], None).await
}

/// The bytes as they were before they were encoded.
fn decoded(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        "br" => {
            brotli::Decompressor::new(answer.body.as_slice(), 4096).read_to_end(&mut plain).unwrap();
        }
        "gzip" => {
            flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain).unwrap();
        }
        _ => plain.clone_from(&answer.body),
    }
    plain
}

both_databases! {
    async fn bad_values_of_known_parameters_are_refused_and_unknown_ones_ignored(app: TestApp) {
        let site = "/v1/sites/gazette";
        let replies = format!("{site}/comments/{NOBODY}/replies");
        for (path, field, code) in [
            (format!("{PAGE}&limit=0"), "limit", "unknown-value"),
            (format!("{PAGE}&limit=101"), "limit", "unknown-value"),
            (format!("{PAGE}&limit=-1"), "limit", "unknown-value"),
            (format!("{PAGE}&limit=canary"), "limit", "unknown-value"),
            (format!("{PAGE}&limit=99999999999999999999"), "limit", "unknown-value"),
            (format!("{PAGE}&sort=canary"), "sort", "unknown-value"),
            (format!("{PAGE}&cursor=canary"), "cursor", "unknown-value"),
            (format!("{PAGE}&around=canary"), "around", "unknown-value"),
            (format!("{replies}?limit=101"), "limit", "unknown-value"),
            (format!("{replies}?cursor=canary"), "cursor", "unknown-value"),
            (format!("{site}/comments"), "article", "required"),
            (format!("{site}/comments?article="), "article", "required"),
            (format!("{site}/comments?article={}", "k".repeat(201)), "article", "too-long"),
            (format!("{site}/comments?article=%00"), "article", "control-character"),
            (format!("{site}/comments?article_url=canary"), "article_url", "not-a-url"),
            (format!("{site}/counts"), "article", "required"),
            (format!("{site}/counts?article="), "article", "required"),
            (format!("{site}/counts?{}", "article=a&".repeat(101)), "article", "too-long"),
        ] {
            let answer = app.client.get(&path).await;
            is_problem(app, &answer, (422, "validation")).await;
            assert_eq!(answer.faults(), one(field, code), "{path}");
            assert!(!answer.text().contains("canary"));
        }
        let plain = app.client.get(PAGE).await;
        for same in ["&limit=1", "&limit=100", "&sort=oldest", "&sort=newest", "&sort=top", "&limit=", "&utm_source=x&whatever=1"] {
            assert_eq!(app.client.get(&format!("{PAGE}{same}")).await.text(), plain.text(), "{same}");
        }
        assert_eq!(app.client.get(&format!("{site}/counts?{}", "article=a&".repeat(100))).await.status, 200);
    }

    async fn the_moderators_list_has_the_same_bounds(app: TestApp) {
        let desk = app.moderator().await;
        for (query, field) in [
            ("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("needs=x", "needs"), ("status=x", "status"), ("sort=x", "sort"),
        ] {
            let answer = desk.get(&format!("/v1/moderation/comments?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, one(field, "unknown-value")), "{query}");
        }
        for query in ["limit=1", "limit=100", "whatever=1", "needs=any&sort=oldest"] {
            let answer = desk.get(&format!("/v1/moderation/comments?{query}")).await;
            assert_eq!((answer.status, answer.json()), (200, serde_json::json!({"items": [], "next": null})), "{query}");
        }
    }

    async fn what_a_client_has_is_not_sent_again(app: TestApp) {
        let desk = app.moderator().await;
        let held = app.publishes("Nice piece", "ann@example.org", &desk).await;
        let id = held["id"].as_str().unwrap();
        let single = format!("/v1/sites/gazette/comments/{id}");
        engaging::catch_up(app.app()).await.unwrap();
        let (json, html) = ("application/json", "text/html; charset=utf-8");
        for (path, kind) in [
            (PAGE, json), ("/v1/sites/gazette/counts?article=news/1", json), (&single, json), (&format!("{single}/replies"), json),
            ("/v1/sites/gazette/comments.html?article=news/1", html), ("/v1/sites/gazette/engaging", json), ("/v1/sites/gazette/engaging.html", html),
            ("/v1/sites/gazette/comments.jsonld?article=news/1", "application/ld+json"), ("/v1/sites/gazette/feed.atom", "application/atom+xml; charset=utf-8"),
            ("/v1/sites/gazette/feed.atom?article=news/1", "application/atom+xml; charset=utf-8"),
        ] {
            let first = app.client.get(path).await;
            let etag = first.header("etag").to_owned();
            assert!(first.status == 200 && etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag}");
            assert_eq!(first.header("cache-control"), "public, max-age=0, s-maxage=30", "{path}");
            assert_eq!(first.header("content-type"), kind);
            // an address that names its form has no other
            let other = app.client.send(("GET", path), &[("accept", "image/png, text/css")], None).await;
            assert_eq!(other.status, if path.contains(".html") || path.contains(".jsonld") || path.contains(".atom") { 200 } else { 406 }, "{path}");
            assert!(first.header("vary").to_lowercase().contains("accept-encoding"), "{path}");
            for known in [etag.clone(), format!("\"x\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
                for method in ["GET", "HEAD"] {
                    let answer = app.client.send((method, path), &[("if-none-match", &known)], None).await;
                    assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, etag.as_str()), "{path} {known}");
                    assert_eq!(answer.header("cache-control"), first.header("cache-control"));
                }
            }
            assert_eq!(app.client.send(("GET", path), &[("if-none-match", "\"x\"")], None).await.status, 200);
        }
        let before = app.client.get(PAGE).await;
        app.publishes("Another one", "bob@example.org", &desk).await;
        let changed = app.client.send(("GET", PAGE), &[("if-none-match", before.header("etag"))], None).await;
        assert_eq!((changed.status, changed.json()["article"]["count"].as_i64()), (200, Some(2)));
        assert_ne!(changed.header("etag"), before.header("etag"));
    }

    async fn each_encoding_has_its_own_validator_and_the_same_content(app: TestApp) {
        let desk = app.moderator().await;
        let comment = app.publishes(&"The bridge should open again. ".repeat(40), "ann@example.org", &desk).await;
        // one that is kept, and one that is made each time
        for path in [PAGE.to_owned(), format!("/v1/sites/gazette/comments/{}", comment["id"].as_str().unwrap())] {
            let plain = reads_as(app, &path, "identity").await;
            assert_eq!(plain.header("content-encoding"), "");
            for (accepted, chosen) in [
                ("br", "br"), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip"), ("gzip;q=0.5", "gzip"),
                ("deflate", ""), ("", ""), ("br;q=0.0, gzip;q=0", ""),
            ] {
                let answer = reads_as(app, &path, accepted).await;
                assert_eq!((answer.status, answer.header("content-encoding")), (200, chosen), "{path} {accepted}");
                assert_eq!(decoded(&answer), plain.body, "{path} {accepted}");
                assert_eq!(answer.header("etag") == plain.header("etag"), chosen.is_empty(), "{path} {accepted}");
                assert!(chosen.is_empty() || answer.body.len() < plain.body.len());
                let own = [("accept-encoding", accepted), ("if-none-match", answer.header("etag"))];
                assert_eq!(app.client.send(("GET", &path), &own, None).await.status, 304, "{path} {accepted}");
                let other = [("accept-encoding", "identity"), ("if-none-match", answer.header("etag"))];
                let status = if chosen.is_empty() { 304 } else { 200 };
                assert_eq!(app.client.send(("GET", &path), &other, None).await.status, status, "{path} {accepted}");
            }
            let tags = [reads_as(app, &path, "br").await, reads_as(app, &path, "gzip").await];
            assert_ne!(tags[0].header("etag"), tags[1].header("etag"));
        }
    }

    async fn an_unknown_article_is_empty(app: TestApp) {
        let page = app.client.get("/v1/sites/gazette/comments?article_url=https://news.example/never").await;
        assert_eq!((page.status, page.json()["article"]["count"].as_i64()), (200, Some(0)));
        assert_eq!((page.json()["comments"].as_array().unwrap().len(), page.json()["next"].is_null()), (0, true));
        let counts = app.client.get("/v1/sites/gazette/counts?article=never").await;
        assert_eq!(counts.json(), serde_json::json!({"counts": {"never": 0}}));
    }
}
