//! Real input, all the way: posted, approved, read back unchanged, on both databases with the same
//! bytes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    corpora,
    support::{Database, SITE, TestApp},
};
use replydesk::app::block_on;

/// Posts and approves all of them, and reads the article to its end: the bytes of every page.
async fn publish(database: Database, texts: &[String]) -> Vec<String> {
    let app = TestApp::start(database).await;
    for (n, text) in texts.iter().enumerate() {
        app.submits(text, &format!("reader{n}@example.org")).await;
    }
    let moderator = app.moderator().await;
    loop {
        let items: Vec<Value> = moderator
            .queue("")
            .await
            .iter()
            .map(|item| json!({"id": item["id"], "version": item["version"]}))
            .collect();
        if items.is_empty() {
            break;
        }
        let answer =
            moderator.post("/v1/moderation/decisions", &json!({"decision": "approve", "items": items})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer =
            app.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1&limit=100{cursor}")).await;
        pages.push(answer.text());
        let Some(next) = answer.json()["next"].as_str().map(str::to_owned) else { break };
        cursor = format!("&cursor={next}");
    }
    app.stops().await;
    pages
}

/// Ids and times are each service's own.
fn without_own(page: &str) -> String {
    let mut value: Value = serde_json::from_str(page).unwrap();
    value["next"] = json!(value["next"].is_string());
    for comment in value["comments"].as_array_mut().unwrap() {
        for own in ["id", "published_at"] {
            comment[own] = json!(comment[own].is_string());
        }
    }
    value.to_string()
}

#[test]
fn every_comment_of_the_corpus_comes_back_as_it_was_written() {
    let texts = corpora::members("fox-news-comments/comments.jsonl", "text");
    if texts.is_empty() {
        return;
    }
    assert_eq!(texts.len(), 1528);
    block_on(async {
        let on_sqlite = publish(Database::sqlite(), &texts).await;
        let on_postgres = publish(Database::postgres(), &texts).await;
        let read: Vec<String> = on_sqlite
            .iter()
            .flat_map(|page| {
                serde_json::from_str::<Value>(page).unwrap()["comments"].as_array().unwrap().clone()
            })
            .map(|comment| comment["text"].as_str().unwrap().to_owned())
            .collect();
        let written: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        assert_eq!(read.len(), 1528);
        assert_eq!(read.iter().collect::<BTreeSet<_>>(), written.iter().collect::<BTreeSet<_>>());
        assert!(read == written, "the order is that of arrival");
        let own = |pages: &[String]| pages.iter().map(|page| without_own(page)).collect::<Vec<_>>();
        assert!(own(&on_sqlite) == own(&on_postgres), "the same bytes on both databases");
    });
}
