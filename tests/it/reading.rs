//! What readers see: threads, tombstones, pages, and nothing that is held.

use std::time::Duration;

use futures_util::future::join_all;
use replydesk::{
    domain::{Decision, Mode, Policy},
    flow::{
        accounts,
        moderate::{self, Action, Ruling, Target},
    },
};
use serde_json::{Value, json};

use crate::support::{Desk, SITE, TestApp};

both_databases! {
    async fn threads_nest_and_the_deepest_replies_hang_beside_each_other(app: TestApp) {
        let moderator = app.moderator().await;
        let mut last = app.submits("Depth 0", "reader@example.org").await;
        moderator.approves(&last).await;
        let mut chain = vec![last.clone()];
        for depth in 1..=7 {
            let reply = app.answers(&last, &format!("Depth {depth}"), "reader@example.org").await;
            moderator.approves(&reply).await;
            chain.push(reply.clone());
            last = reply;
        }
        let page = app.reads("").await;
        let mut here = &page["comments"][0];
        for depth in 0..5 {
            assert_eq!(here["text"], format!("Depth {depth}"));
            here = &here["replies"][0];
        }
        assert_eq!(here["text"], "Depth 5");
        let deepest = chain[4]["id"].as_str().unwrap();
        let siblings = texts_below(&page, deepest);
        assert_eq!(siblings, ["Depth 5", "Depth 6", "Depth 7"]);
        assert_eq!(page["article"]["count"], 8);
    }

    async fn a_removed_comment_with_replies_leaves_a_tombstone(app: TestApp) {
        let moderator = app.moderator().await;
        let root = app.submits("Root", "ann@example.org").await;
        moderator.approves(&root).await;
        let middle = app.answers(&root, "Middle", "bob@example.org").await;
        moderator.approves(&middle).await;
        let leaf = app.answers(&middle, "Leaf", "cem@example.org").await;
        moderator.approves(&leaf).await;
        moderator.does("reject", &root).await;
        moderator.does("spam", &middle).await;
        let page = app.reads("").await;
        assert_eq!(page["article"]["count"], 1);
        let tombstone = &page["comments"][0];
        assert_eq!((&tombstone["id"], &tombstone["removed"]), (&root["id"], &json!(true)));
        assert_eq!(tombstone["replies"][0]["removed"], true);
        assert_eq!(tombstone["replies"][0]["replies"][0]["text"], "Leaf");
        assert!(tombstone.get("text").is_none() && tombstone.get("author").is_none());
        let path = format!("/v1/sites/{SITE}/comments/{}", root["id"].as_str().unwrap());
        assert_eq!(app.client.get(&path).await.status, 404);
        assert_eq!(app.client.get(&format!("{path}/replies")).await.json()["comments"].as_array().unwrap().len(), 2);
        moderator.does("reject", &leaf).await;
        assert_eq!(app.reads("").await["comments"], json!([]));
        moderator.does("approve", &root).await;
        assert_eq!(app.reads("").await["comments"][0]["replies"], json!([]));
    }

    async fn pages_follow_each_other_in_every_order(app: TestApp) {
        let moderator = app.moderator().await;
        for n in 0..7 {
            let comment = app.submits(&format!("Number {n}"), "ann@example.org").await;
            moderator.approves(&comment).await;
        }
        let all = |names: std::ops::Range<usize>| names.map(|n| format!("Number {n}")).collect::<Vec<_>>();
        assert_eq!(walk(app, "&sort=oldest&limit=3").await, all(0..7));
        let mut backwards = all(0..7);
        backwards.reverse();
        assert_eq!(walk(app, "&sort=newest&limit=2").await, backwards);
        assert_eq!(walk(app, "&limit=7").await, all(0..7));
        for bad in ["&sort=best", "&limit=0", "&limit=101", "&cursor=nowhere", "&around=nothing"] {
            let answer = app.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1{bad}")).await;
            assert_eq!((answer.status, answer.problem().as_str()), (422, "validation"), "{bad}");
        }
    }

    async fn the_top_comment_is_the_one_that_most_people_answered(app: TestApp) {
        let moderator = app.moderator().await;
        let (shouted, discussed) = (app.submits("Shouted at", "ann@example.org").await, app.submits("Discussed", "bob@example.org").await);
        moderator.approves(&shouted).await;
        moderator.approves(&discussed).await;
        for n in 0..4 {
            let reply = app.answers(&shouted, &format!("Shout {n}"), "eve@example.org").await;
            moderator.approves(&reply).await;
        }
        for n in 0..2 {
            let reply = app.answers(&discussed, &format!("Thought {n}"), &format!("reader{n}@example.org")).await;
            moderator.approves(&reply).await;
        }
        let page = app.reads("&sort=top").await;
        assert_eq!((&page["comments"][0]["text"], &page["next"]), (&json!("Discussed"), &Value::Null));
    }

    async fn the_order_of_the_best_follows_each_decision_page_by_page(app: TestApp) {
        let moderator = app.moderator().await;
        let mut roots = Vec::new();
        for name in ["A", "B", "C", "D", "E"] {
            let root = app.submits(name, "ann@example.org").await;
            moderator.approves(&root).await;
            roots.push(root);
            app.waits(Duration::from_secs(1));
        }
        let mut replies = Vec::new();
        for (root, text, author) in [(2, "C1", "eve"), (2, "C2", "bob"), (3, "D1", "eve"), (3, "D2", "eve"), (3, "D3", "bob"), (3, "D4", "kim"), (1, "B1", "eve")] {
            let reply = app.answers(&roots[root], text, &format!("{author}@example.org")).await;
            moderator.approves(&reply).await;
            replies.push(reply);
            app.waits(Duration::from_secs(1));
        }
        assert_eq!(best(app, 2).await, ["D C", "B A", "E"]);
        app.ranks_are_kept().await;
        // another one of the same person is heard in place of the first
        moderator.does("reject", &replies[2]).await;
        assert_eq!(best(app, 2).await, ["D C", "B A", "E"]);
        moderator.does("reject", &replies[3]).await;
        assert_eq!(best(app, 2).await, ["C D", "B A", "E"]);
        moderator.does("reject", &replies[0]).await;
        moderator.does("reject", &replies[1]).await;
        assert_eq!(best(app, 2).await, ["D B", "A C", "E"]);
        moderator.approves(&replies[3]).await;
        moderator.approves(&replies[2]).await;
        picks(&moderator, &roots[4], true).await;
        assert_eq!(best(app, 3).await, ["E D B", "A C"]);
        app.ranks_are_kept().await;
        // a removed one that holds up replies keeps its place
        moderator.does("reject", &roots[3]).await;
        assert_eq!(best(app, 3).await, ["E - B", "A C"]);
        // the page that shows one begins with it
        let around = app.reads(&format!("&sort=top&limit=2&around={}", roots[1]["id"].as_str().unwrap())).await;
        assert_eq!(names(&around), "B A");
        picks(&moderator, &roots[4], false).await;
        assert_eq!(best(app, 9).await, ["- B A C E"]);
        app.ranks_are_kept().await;
        // what was there before the order was kept finds its place in it
        picks(&moderator, &roots[0], true).await;
        app.database().forces("update comments set rank = 0, heard = false").await;
        let migration = include_str!("../../migrations/sqlite/0022_reading.sql");
        for statement in migration.split(";\n").filter(|statement| statement.trim_start().starts_with("update")) {
            app.database().forces(statement).await;
        }
        app.ranks_are_kept().await;
        assert_eq!(app.rows("select count(*) from comments where heard").await, 4);
    }

    async fn who_is_published_at_once_counts_once_too(app: TestApp) {
        let moderator = app.moderator().await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let post = async |text: &str, parent: Option<&Value>, email: &str| {
            let mut reply = TestApp::reply(text, email);
            reply["parent"] = parent.map_or(Value::Null, |parent| parent["id"].clone());
            let answer = app.posts(&reply).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()
        };
        let (first, second) = (post("First", None, "ann@example.org").await, post("Second", None, "ann@example.org").await);
        // at one time, of which some share a transaction
        let crowd = (0..12).map(|n| {
            let (text, email) = (format!("Word {n} of this."), format!("reader{}@example.org", n % 3));
            let (post, second) = (&post, &second);
            async move { post(&text, Some(second), &email).await }
        });
        let replies = join_all(crowd).await;
        assert_eq!(app.rows("select -rank from comments where parent is null and rank < 0").await, 3);
        assert_eq!(best(app, 9).await, ["Second First"]);
        join_all(replies.iter().map(|reply| moderator.does("reject", reply))).await;
        assert_eq!(best(app, 9).await, ["First Second"]);
        join_all(replies.iter().take(4).map(|reply| moderator.does("approve", reply))).await;
        app.ranks_are_kept().await;
        assert_eq!(app.rows("select count(*) from comments where heard").await, 3);
        withdraws(app, &replies[0]).await;
        app.ranks_are_kept().await;
        withdraws(app, &replies[3]).await;
        assert_eq!(app.rows("select -rank from comments where parent is null and rank < 0").await, 2);
        // the site's own people are no readers
        let token = app.backend().await;
        let mut own = TestApp::reply("From the newsroom.", "desk@example.org");
        own["parent"] = first["id"].clone();
        own["commenter"] = json!({"id": "staff-1", "verified": true, "staff": true});
        let bearer = format!("Bearer {token}");
        let answer = app.client.send(("POST", &format!("/v1/sites/{SITE}/comments")), &[("authorization", &bearer)], Some(&own)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(best(app, 9).await, ["Second First"]);
    }

    async fn a_page_of_long_texts_ends_early(app: TestApp) {
        let moderator = app.moderator().await;
        for n in 0..20 {
            let comment = app.submits(&format!("Thread {n}."), "ann@example.org").await;
            moderator.approves(&comment).await;
        }
        // 75,000 bytes each
        app.database().forces(&format!("update revisions set text = '{}'", "Word for word. ".repeat(5_000))).await;
        let (mut seen, mut pages, mut cursor) = (0, 0, String::new());
        loop {
            let answer = app.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1&sort=newest{cursor}")).await;
            assert!(answer.body.len() < 3 * 1024 * 1024, "{} bytes", answer.body.len());
            let page = answer.json();
            seen += page["comments"].as_array().unwrap().len();
            pages += 1;
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!((seen, pages), (20, 2));
    }

    async fn behind_what_never_was_there_is_nothing(app: TestApp) {
        let moderator = app.moderator().await;
        let (root, other) = (app.submits("Root", "ann@example.org").await, app.submits("Other", "ann@example.org").await);
        for comment in [&root, &other] {
            moderator.approves(comment).await;
        }
        let reply = app.answers(&root, "Reply", "bob@example.org").await;
        moderator.approves(&reply).await;
        let behind = async |id: &str| names(&app.reads(&format!("&sort=top&cursor={id}")).await);
        assert_eq!(behind(root["id"].as_str().unwrap()).await, "Other");
        assert_eq!(behind(reply["id"].as_str().unwrap()).await, "");
        assert_eq!(behind("01a20af0-dc8f-7591-9eb1-0d2af4d96cfe").await, "");
        // where somebody stops who is gone meanwhile, others go on
        moderator.does("reject", &other).await;
        assert_eq!(behind(other["id"].as_str().unwrap()).await, "");
        moderator.does("reject", &root).await;
        moderator.approves(&other).await;
        assert_eq!(behind(root["id"].as_str().unwrap()).await, "Other");
    }

    async fn a_link_to_a_reply_finds_its_page(app: TestApp) {
        let moderator = app.moderator().await;
        let mut roots = Vec::new();
        for n in 0..5 {
            let root = app.submits(&format!("Root {n}"), "ann@example.org").await;
            moderator.approves(&root).await;
            roots.push(root);
        }
        let mut replies = Vec::new();
        for n in 0..30 {
            let reply = app.answers(&roots[3], &format!("Reply {n}"), &format!("reader{n}@example.org")).await;
            moderator.approves(&reply).await;
            replies.push(reply);
        }
        let held = app.answers(&roots[3], "Held", "eve@example.org").await;
        let around = |comment: &Value| format!("&limit=2&around={}", comment["id"].as_str().unwrap());
        for sort in ["oldest", "newest", "top"] {
            let page = app.reads(&format!("{}&sort={sort}", around(&replies[28]))).await;
            assert_eq!(page["comments"][0]["text"], "Root 3");
            assert!(page["comments"][0].to_string().contains("\"Reply 28\""));
            assert_eq!(page["comments"][0]["replies"].as_array().unwrap().len(), 29);
        }
        let page = app.reads(&around(&roots[3])).await;
        assert_eq!(page["comments"][0]["replies"].as_array().unwrap().len(), 25);
        let more = page["comments"][0]["more_replies"].as_str().unwrap().to_owned();
        let path = format!("/v1/sites/{SITE}/comments/{}/replies?cursor={more}", roots[3]["id"].as_str().unwrap());
        let rest = app.client.get(&path).await.json();
        assert_eq!((rest["comments"].as_array().unwrap().len(), &rest["next"]), (5, &Value::Null));
        assert_eq!(rest["comments"][0]["text"], "Reply 25");
        let nowhere = app.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1{}", around(&held))).await;
        assert_eq!(nowhere.problem(), "not-found");
    }

    async fn an_article_without_comments_is_read_from_memory_until_there_is_one(app: TestApp) {
        let desk = app.moderator().await;
        let first = app.submits("The first one", "ann@example.org").await;
        assert_eq!(app.reads("").await["comments"], json!([]));
        let other = replydesk::app::open(&app.config(&[]), &app.clock, "http://127.0.0.1".to_owned()).await.unwrap();
        let moderator = accounts::of_token(&other, &desk.token).await.unwrap().unwrap().moderator;
        let target = Target { id: first["id"].as_str().unwrap().parse().unwrap(), version: 1 };
        let ruling = Ruling { action: Action::Decide(Decision::Approve), reason: None, reason_code: None, note: None, moderator: &moderator, via: "api" };
        moderate::decide(&other, &[target], &ruling).await.unwrap();
        other.db.close().await;
        assert_eq!(app.reads("").await["comments"], json!([]));
        app.looks_around().await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "The first one");
    }

    async fn replies_of_a_reply_are_only_those_below_it(app: TestApp) {
        let moderator = app.moderator().await;
        let root = app.submits("Root", "ann@example.org").await;
        moderator.approves(&root).await;
        let one = app.answers(&root, "One", "bob@example.org").await;
        let two = app.answers(&root, "Two", "cem@example.org").await;
        moderator.approves(&one).await;
        moderator.approves(&two).await;
        let below = app.answers(&one, "Below one", "dee@example.org").await;
        moderator.approves(&below).await;
        let path = format!("/v1/sites/{SITE}/comments/{}/replies", one["id"].as_str().unwrap());
        let replies = app.client.get(&path).await.json();
        let texts: Vec<&Value> = replies["comments"].as_array().unwrap().iter().map(|reply| &reply["text"]).collect();
        assert_eq!(texts, ["Below one"]);
    }

    async fn an_answer_is_kept_until_something_visible_changes(app: TestApp) {
        let moderator = app.moderator().await;
        let long = "A comment that is long enough to be worth some compression. ".repeat(20);
        let first = app.submits(&long, "ann@example.org").await;
        moderator.approves(&first).await;
        let path = format!("/v1/sites/{SITE}/comments?article=news/1");
        let fresh = app.client.get(&path).await;
        let etag = fresh.header("etag").to_owned();
        assert_eq!(fresh.header("cache-control"), "public, max-age=0, s-maxage=30");
        let again = app.client.send(("GET", &path), &[("if-none-match", &etag)], None).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
        let head = app.client.send(("HEAD", &path), &[], None).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, etag.as_str()));
        assert_eq!(head.header("content-length"), fresh.body.len().to_string());
        let second = app.submits("Held", "bob@example.org").await;
        assert_eq!(app.client.send(("GET", &path), &[("if-none-match", &etag)], None).await.status, 304);
        moderator.approves(&second).await;
        let changed = app.client.send(("GET", &path), &[("if-none-match", &etag)], None).await;
        assert_eq!((changed.status, &changed.json()["article"]["count"]), (200, &json!(2)));
        for coding in ["br", "gzip"] {
            let packed = app.client.send(("GET", &path), &[("accept-encoding", coding)], None).await;
            assert_eq!(packed.header("content-encoding"), coding);
            assert!(packed.body.len() < changed.body.len() && packed.header("etag") != changed.header("etag"));
            assert!(packed.header("vary").to_lowercase().contains("accept-encoding"));
        }
    }

    async fn another_process_is_noticed_at_the_next_look(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Seen by both", "ann@example.org").await;
        moderator.approves(&comment).await;
        app.reads("").await;
        let feed = async || app.client.get(&format!("/v1/sites/{SITE}/feed.atom")).await.text();
        let was = feed().await;
        assert!(was.contains("Ann on The bridge"));
        app.waits(Duration::from_secs(1));
        let config = app.config(&[]);
        let url = "http://127.0.0.1".to_owned();
        let other = replydesk::app::open(&config, &app.clock, url).await.unwrap();
        let site = other.sites.find(SITE).unwrap();
        let key = replydesk::domain::ArticleKey::parse("news/1").unwrap();
        let patch = replydesk::store::ArticlePatch { title: Some("The new bridge".to_owned()), ..Default::default() };
        let author = replydesk::flow::audit::Author { moderator: None, via: "cli" };
        replydesk::flow::articles::patch(&other, &site, (&key, &patch), author).await.unwrap();
        other.db.close().await;
        assert_eq!(app.reads("").await["article"]["title"], "The bridge");
        assert_eq!(feed().await, was);
        app.looks_around().await;
        assert_eq!(app.reads("").await["article"]["title"], "The new bridge");
        assert!(feed().await.contains("Ann on The new bridge"));
    }
}

async fn withdraws(app: &TestApp, comment: &Value) {
    let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
    assert_eq!(app.client.send(("DELETE", &path), &[], None).await.status, 200);
}

async fn picks(desk: &Desk<'_>, comment: &Value, picked: bool) {
    let version = desk.opens(comment).await["version"].clone();
    let path = format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap());
    let answer = desk.sends(("PATCH", &path), Some(&json!({"picked": picked, "version": version}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The pages of the best, each as the texts of its top-level comments.
async fn best(app: &TestApp, limit: usize) -> Vec<String> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.reads(&format!("&sort=top&limit={limit}{cursor}")).await;
        pages.push(names(&page));
        let Some(next) = page["next"].as_str() else { return pages };
        cursor = format!("&cursor={next}");
    }
}

fn names(page: &Value) -> String {
    let comments = page["comments"].as_array().unwrap();
    comments.iter().map(|comment| comment["text"].as_str().unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

async fn walk(app: &TestApp, query: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.reads(&format!("{query}{cursor}")).await;
        seen.extend(
            page["comments"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
    }
}

/// The texts right below the comment of that id, wherever it stands.
fn texts_below(node: &Value, id: &str) -> Vec<String> {
    let below = |node: &Value, member: &str| node[member].as_array().cloned().unwrap_or_default();
    let children = [below(node, "comments"), below(node, "replies")].concat();
    if node["id"] == id {
        return children.iter().map(|child| child["text"].as_str().unwrap().to_owned()).collect();
    }
    children.iter().flat_map(|child| texts_below(child, id)).collect()
}
