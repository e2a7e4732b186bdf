//! Most Engaging: who counts and how often, what no reader may notice, and that what is kept ready is what one would
//! count anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::future::join;
use replydesk::{
    domain::{Mode, Policy, Timestamp, Window, engaging_since},
    flow::engaging,
    store::Kind,
};
use serde_json::{Value, json};

use crate::support::{Chance, Desk, SITE, TestApp, is_long};

const ARTICLES: [&str; 3] = ["news/1", "news/2", "news/3"];

/// Posts to one of the articles; the answer's body.
async fn says(app: &TestApp, (article, name): (&str, &str), parent: Option<&Value>) -> Value {
    let number = app.rows("select count(*) from comments").await;
    let mut reply = TestApp::reply(&format!("Number {number}"), &format!("{name}@example.org"));
    reply["name"] = json!(name);
    reply["article"] =
        json!({"key": article, "url": format!("https://news.example/{article}"), "title": article});
    if let Some(parent) = parent {
        reply["parent"] = parent["id"].clone();
    }
    let answer = app.posts(&reply).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
    answer.json()
}

/// Two replicas at once, until there is nothing left.
async fn catches_up(app: &TestApp) {
    loop {
        let (one, other) = join(engaging::catch_up(app.app()), engaging::catch_up(app.app())).await;
        if one.unwrap() + other.unwrap() == 0 {
            return;
        }
    }
}

/// What readers get of a window.
async fn ranks(app: &TestApp, window: &str) -> Vec<Value> {
    catches_up(app).await;
    let answer = app.client.get(&format!("/v1/sites/{SITE}/engaging?window={window}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["articles"].as_array().unwrap().clone()
}

fn keys(ranks: &[Value]) -> Vec<&str> {
    ranks.iter().map(|article| article["key"].as_str().unwrap()).collect()
}

async fn publishes(desk: &Desk<'_>, whose: (&str, &str), parent: Option<&Value>) -> Value {
    let comment = says(desk.app, whose, parent).await;
    desk.approves(&comment).await;
    comment
}

both_databases! {
    async fn one_who_shouts_moves_less_than_five_who_speak(app: TestApp) {
        let desk = app.moderator().await;
        let first = publishes(&desk, ("news/1", "eve"), None).await;
        for _ in 1..100 {
            publishes(&desk, ("news/1", "eve"), Some(&first)).await;
        }
        for name in ["ann", "bob", "cem", "dee", "edo"] {
            publishes(&desk, ("news/2", name), None).await;
        }
        for window in ["24h", "7d", "30d"] {
            let ranks = ranks(app, window).await;
            assert_eq!(keys(&ranks), ["news/2", "news/1"]);
            let (five, one) = (&ranks[0], &ranks[1]);
            assert_eq!((&five["commenters"], &five["score"]), (&json!(5), &json!(62.5)));
            // however often: as if written once, and who answers themselves has no conversation
            assert_eq!((&one["comments"], &one["commenters"], &one["score"]), (&json!(100), &json!(1), &json!(12.5)));
            assert_eq!(one["explained"]["conversations"], json!({"count": 0, "adds": 0.0}));
        }
    }

    async fn the_reasons_are_told(app: TestApp) {
        let desk = app.moderator().await;
        let first = publishes(&desk, ("news/1", "ann"), None).await;
        publishes(&desk, ("news/1", "bob"), Some(&first)).await;
        app.waits(Duration::from_secs(1));
        let picked = desk.sends(("PATCH", &format!("/v1/moderation/comments/{}", first["id"].as_str().unwrap())), Some(&json!({"picked": true, "version": 2}))).await;
        assert_eq!(picked.status, 200, "{}", picked.text());
        // staff are not counted
        let reply = desk.post(&format!("/v1/moderation/comments/{}/replies", first["id"].as_str().unwrap()), &json!({"comment": "Thank you."})).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let ranks = ranks(app, "7d").await;
        let told = json!([{
            "key": "news/1", "url": "https://news.example/news/1", "title": "news/1", "comments": 3, "commenters": 2,
            "score": 50.0, "last_comment_at": app.clock.now().to_string(),
            "explained": {
                "commenters": {"count": 2, "adds": 20.0}, "conversations": {"count": 1, "adds": 5.0},
                "picks": {"count": 1, "adds": 15.0}, "approval": {"share": 1.0, "adds": 10.0},
            },
        }]);
        assert_eq!(json!(ranks), told);
    }

    async fn what_readers_cannot_see_moves_nothing(app: TestApp) {
        let desk = app.moderator().await;
        let ann = publishes(&desk, ("news/1", "ann"), None).await;
        publishes(&desk, ("news/2", "bob"), None).await;
        let path = |window| format!("/v1/sites/{SITE}/engaging?window={window}");
        catches_up(app).await;
        let seen = async || {
            catches_up(app).await;
            let mut all = Vec::new();
            for window in ["24h", "7d", "30d"] {
                let answer = app.client.get(&path(window)).await;
                all.push((answer.header("etag").to_owned(), answer.body));
            }
            all
        };
        let before = seen().await;
        // by a stranger and by whoever is published already, under either article
        for (name, decision) in [("eve", "reject"), ("ann", "reject"), ("eve", "spam"), ("bob", "spam"), ("ann", "hold")] {
            let held = says(app, ("news/1", name), Some(&ann)).await;
            assert_eq!(seen().await, before, "held by {name}");
            desk.does(decision, &held).await;
            assert_eq!(seen().await, before, "{decision} of {name}");
        }
        let withdrawn = says(app, ("news/2", "ann"), None).await;
        let receipt = format!("/v1/receipts/{}", withdrawn["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        assert_eq!(seen().await, before, "withdrawn");
        // an edit that waits
        let receipt = format!("/v1/receipts/{}", ann["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("PATCH", &receipt), &[], Some(&json!({"comment": "Another text"}))).await.status, 200);
        assert_eq!(seen().await, before, "an edit");
        // what was published and is not any more, as if it had never been
        for (n, decision) in ["reject", "spam", "hold", "undo"].into_iter().enumerate() {
            let gone = says(app, ("news/2", ["eve", "ann"][n % 2]), None).await;
            let done = desk.approves(&gone).await;
            assert_ne!(seen().await, before);
            if decision == "undo" {
                let undone = desk.post("/v1/moderation/undo", &json!({"decision_id": done["decision_id"]})).await;
                assert_eq!(undone.json()["results"][0]["outcome"], "done", "{}", undone.text());
            } else {
                desk.does(decision, &gone).await;
            }
            assert_eq!(seen().await, before, "{decision} after it was published");
        }
        // an article that nobody may read any more, and one that nobody has heard of
        let backend = app.backend().await;
        publishes(&desk, ("news/3", "eve"), None).await;
        assert_ne!(seen().await, before);
        let bearer = format!("Bearer {backend}");
        let gone = app.client.send(("DELETE", &format!("/v1/sites/{SITE}/articles/news%2F3")), &[("authorization", &bearer)], None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(seen().await, before, "deleted");
        says(app, ("news/4", "eve"), None).await;
        assert_eq!(seen().await, before, "provisional");
    }

    async fn what_is_over_is_not_listed(app: TestApp) {
        let desk = app.moderator().await;
        publishes(&desk, ("news/1", "ann"), None).await;
        let score = async |window: &'static str| ranks(app, window).await.first().map(|first| first["score"].as_f64().unwrap());
        let before = score("24h").await.unwrap();
        app.waits(Duration::from_hours(6));
        assert_eq!(score("24h").await, Some(before / 2.0));
        app.waits(Duration::from_hours(19));
        assert_eq!(score("24h").await, None);
        assert!(score("7d").await.unwrap() < before);
        app.waits(Duration::from_hours(24 * 30));
        assert_eq!((score("7d").await, score("30d").await), (None, None));
        app.waits(Duration::from_hours(31));
        replydesk::flow::upkeep::sweep(app.app(), Duration::from_hours(24)).await.unwrap();
        catches_up(app).await;
        let left = "select (select count(*) from engaging) + (select count(*) from engagement) + (select count(*) from voices)";
        assert_eq!(app.rows(left).await, 0);
    }

    async fn what_was_there_before_the_update_counts(app: TestApp) {
        let desk = app.moderator().await;
        let first = publishes(&desk, ("news/1", "ann"), None).await;
        publishes(&desk, ("news/1", "bob"), Some(&first)).await;
        app.waits(Duration::from_hours(24 * 40));
        let second = publishes(&desk, ("news/2", "ann"), None).await;
        publishes(&desk, ("news/2", "cem"), Some(&second)).await;
        says(app, ("news/2", "dee"), None).await;
        let before = (ranks(app, "30d").await, kept(app).await);
        app.database().forces("delete from voices; delete from engagement; delete from engaging; delete from stirred").await;
        assert!(ranks(app, "30d").await.is_empty());
        let migration = match app.database().kind {
            Kind::Sqlite => include_str!("../../migrations/sqlite/0019_engaging.sql"),
            Kind::Postgres => include_str!("../../migrations/postgres/0019_engaging.sql"),
        };
        let (_, marks) = migration.split_once("insert into stirred").unwrap();
        app.database().forces(&format!("insert into stirred{marks}")).await;
        assert_eq!(app.rows("select count(*) from stirred").await, 2, "what is too old is not even looked at");
        assert_eq!((ranks(app, "30d").await, kept(app).await), before);
    }

    async fn what_is_kept_ready_is_what_one_would_count_anew(app: TestApp) {
        let stories = if is_long() { 20 } else { 2 };
        let seed = Chance::seeded(0x0e17_9a61);
        for story in 0..stories {
            let mut chance = Chance::of(seed + story);
            let mut tale = Tale { app, desk: app.hires(&format!("Mo{story}"), replydesk::domain::Role::Moderator, &[]).await, said: Vec::new(), decided: Vec::new() };
            for event in 0..120 {
                tale.goes_on(&mut chance).await;
                if event % 8 == 7 {
                    catches_up(app).await;
                    holds(app, &format!("seed {seed}, story {story}, event {event}")).await;
                }
            }
            let before = kept(app).await;
            assert!(!before.is_empty());
            for _ in 0..2 {
                engaging::rebuild(app.app()).await.unwrap();
                assert_eq!(kept(app).await, before, "counted anew: seed {seed}, story {story}");
            }
            app.waits(Duration::from_hours(40 * 24));
            app.sets_policy(Policy::default()).await;
        }
    }
}

/// Whatever happens on a site.
struct Tale<'a> {
    app: &'a TestApp,
    desk: Desk<'a>,
    said: Vec<(usize, Value)>,
    decided: Vec<Value>,
}

impl Tale<'_> {
    async fn goes_on(&mut self, chance: &mut Chance) {
        let app = self.app;
        let some = (!self.said.is_empty()).then(|| chance.pick(&self.said).clone());
        match (chance.below(20), some) {
            (0..=6, some) => {
                let (article, parent) = match some {
                    Some((article, parent)) if chance.below(2) == 0 && self.is_public(&parent).await => {
                        (article, Some(parent))
                    }
                    _ => (chance.below(ARTICLES.len()), None),
                };
                let name = ["ann", "bob", "cem", "dee"][chance.below(4)];
                self.said.push((article, says(app, (ARTICLES[article], name), parent.as_ref()).await));
            }
            (7..=13, Some((_, comment))) => {
                let decision =
                    ["approve", "approve", "approve", "approve", "reject", "spam", "hold"][chance.below(7)];
                let version = self.version(&comment).await;
                let answer = self.desk.decides(&comment, decision, version).await;
                self.decided.extend((answer.status == 200).then(|| answer.json()["decision_id"].clone()));
            }
            (14, Some((_, comment))) => {
                let (version, picked) = (self.version(&comment).await, chance.below(3) > 0);
                let path = format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap());
                let answer = self
                    .desk
                    .sends(("PATCH", &path), Some(&json!({"picked": picked, "version": version})))
                    .await;
                assert!(answer.status < 500, "{}", answer.text());
            }
            (15, _) => {
                if let Some(decision) = self.decided.pop() {
                    self.desk.post("/v1/moderation/undo", &json!({"decision_id": decision})).await;
                }
            }
            (16, Some((_, comment))) => {
                let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
                let edit = json!({"comment": format!("Edited {}", chance.draw())});
                let (method, body) =
                    if chance.below(3) == 0 { ("DELETE", None) } else { ("PATCH", Some(&edit)) };
                app.client.send((method, &receipt), &[], body).await;
            }
            (17, _) => {
                let mode = if chance.below(2) == 0 { Mode::Open } else { Mode::HoldAll };
                app.sets_policy(Policy { mode, ..Policy::default() }).await;
            }
            (18, _) => catches_up(app).await,
            _ => {
                let hours = [0, 1, 1, 5, 7, 30, 100][chance.below(7)];
                app.waits(Duration::from_hours(hours) + chance.below_millis(3_600_000));
            }
        }
    }

    async fn is_public(&self, comment: &Value) -> bool {
        let path = format!("/v1/sites/{SITE}/comments/{}", comment["id"].as_str().unwrap());
        self.app.client.get(&path).await.status == 200
    }

    async fn version(&self, comment: &Value) -> i64 {
        self.desk.opens(comment).await["version"].as_i64().unwrap()
    }
}

/// All that is kept of what counts now, in an order.
async fn kept(app: &TestApp) -> Vec<String> {
    const SCORES: &str = "select a.key || ' ' || e.span || ' ' || e.bucket || ' ' || e.score || ' ' || e.last_at || ' ' || e.commenters || ' ' || \
        e.by_commenters || ' ' || e.conversations || ' ' || e.by_conversations || ' ' || e.picks || ' ' || e.by_picks || ' ' || \
        e.share || ' ' || e.by_approval from engaging e join articles a on a.id = e.article order by a.key, e.span";
    const TALLIES: &str = "select a.key || ' ' || e.span || ' ' || e.bucket || ' ' || e.people || ' ' || e.approved || ' ' || e.answers || ' ' || \
        e.picks from engagement e join articles a on a.id = e.article order by a.key, e.span, e.bucket";
    let database = app.database();
    let voices = database.texts(["select lower(hex(comment)) || person || at || approved || answers || picked from voices order by comment",
        "select replace(comment::text, '-', '') || person || at || approved::int || answers::int || picked::int from voices order by comment"]);
    let since = engaging_since(app.clock.now());
    // what counts nowhere may still be there
    let gone = format!("delete from voices where at < {}", since.micros());
    database.forces(&gone).await;
    [database.texts([SCORES; 2]).await, database.texts([TALLIES; 2]).await, voices.await].concat()
}

/// A comment as it stands, read past everything that counts.
struct Row {
    id: String,
    article: String,
    answers: String,
    is_public: bool,
    at: Timestamp,
    approved: bool,
    picked: bool,
    name: String,
}

async fn rows(app: &TestApp) -> Vec<Row> {
    let texts = app.database().texts([
        "select lower(hex(c.id)) || '|' || a.key || '|' || coalesce(lower(hex(c.reply_to)), '') || '|' || c.status || '|' || coalesce(c.published_at, 0) \
         || '|' || (c.decided_at is not null) || '|' || (c.picked_at is not null) || '|' || c.name from comments c join articles a on a.id = c.article",
        "select replace(c.id::text, '-', '') || '|' || a.key || '|' || coalesce(replace(c.reply_to::text, '-', ''), '') || '|' || c.status || '|' || \
         coalesce(c.published_at, 0) || '|' || (c.decided_at is not null)::int || '|' || (c.picked_at is not null)::int || '|' || c.name \
         from comments c join articles a on a.id = c.article",
    ]);
    let row = |text: &String| {
        let parts: Vec<&str> = text.split('|').collect();
        Row {
            id: parts[0].to_owned(),
            article: parts[1].to_owned(),
            answers: parts[2].to_owned(),
            is_public: parts[3] == "approved",
            at: Timestamp::from_micros(parts[4].parse().unwrap()),
            approved: parts[5] == "1",
            picked: parts[6] == "1",
            name: parts[7].to_owned(),
        }
    };
    texts.await.iter().map(row).collect()
}

/// What readers get is what one counts who reads every comment, person by person.
async fn holds(app: &TestApp, when: &str) {
    let (rows, now) = (rows(app).await, app.clock.now());
    let names: BTreeMap<&str, &str> = rows.iter().map(|row| (row.id.as_str(), row.name.as_str())).collect();
    let people: BTreeSet<&str> = names.values().copied().collect();
    for window in Window::ALL {
        let mut expected = Vec::new();
        for article in ARTICLES {
            let of = |name: &str| {
                rows.iter()
                    .filter(move |row| row.is_public && row.article == article && row.name == name)
                    .collect::<Vec<_>>()
            };
            let left = |at: Timestamp| window.left(window.bucket(at), now);
            let (mut score, mut approved, mut written, mut counts) = (0, 0, 0, [0; 3]);
            for name in &people {
                let theirs = of(name);
                let latest = |of: &dyn Fn(&&&Row) -> bool| {
                    theirs.iter().filter(|row| of(row)).max_by_key(|row| (row.at, &row.id)).copied()
                };
                let reasons = [
                    (latest(&|_| true), 10),
                    (latest(&|row| names.get(row.answers.as_str()).is_some_and(|other| other != name)), 5),
                    (latest(&|row| row.picked), 15),
                ];
                for (reason, (row, points)) in reasons.into_iter().enumerate() {
                    let Some(row) = row.filter(|row| left(row.at) > 0) else { continue };
                    counts[reason] += 1;
                    score += points * left(row.at);
                    if reason == 0 {
                        written += left(row.at);
                        approved += if row.approved { left(row.at) } else { 0 };
                    }
                }
            }
            let share = if written > 0 { approved * 1_000 / written } else { 0 };
            score += score * share / 4_000;
            let last =
                rows.iter().filter(|row| row.is_public && row.article == article).map(|row| row.at).max();
            let Some(last) = last.filter(|last| *last > now.minus(window.span()) && score > 0) else {
                continue;
            };
            expected.push((score, last, article, counts));
        }
        expected.sort_by(|one, other| other.0.cmp(&one.0).then(other.1.cmp(&one.1)));
        let ranks = ranks(app, window.name()).await;
        let told = |article: &Value| {
            let count = |reason: &str| article["explained"][reason]["count"].as_i64().unwrap();
            let thousandths = format!("{:.0}", article["score"].as_f64().unwrap() * 1_000.0);
            (
                thousandths,
                article["last_comment_at"].as_str().unwrap().to_owned(),
                article["key"].as_str().unwrap().to_owned(),
                [count("commenters"), count("conversations"), count("picks")],
            )
        };
        let expected: Vec<_> = expected
            .iter()
            .map(|(score, last, article, counts)| {
                (score.to_string(), last.to_string(), (*article).to_owned(), *counts)
            })
            .collect();
        assert_eq!(ranks.iter().map(told).collect::<Vec<_>>(), expected, "{} at {when}", window.name());
    }
}
