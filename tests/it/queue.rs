//! Finding comments: words, places, what is most pressing, and pages that stay where they are.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    claims::wait,
    moderation::edits,
    support::{Answer, Desk, TestApp},
};
use replydesk::{
    domain::{Policy, Role},
    flow::{search, upkeep},
};

const DAY: Duration = Duration::from_hours(24);
const LIST: &str = "/v1/moderation/comments";

fn texts(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["text"].as_str().unwrap()).collect()
}

/// Search catches up with all that came and changed.
async fn indexes(app: &TestApp) {
    while search::catch_up(app.app()).await.unwrap() > 0 {}
}

/// What somebody finds, by its text.
async fn finds(desk: &Desk<'_>, query: &str) -> Vec<String> {
    texts(&desk.queue(query).await).into_iter().map(str::to_owned).collect()
}

/// All pages of a list.
async fn pages(desk: &Desk<'_>, query: &str, limit: usize) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = desk.get(&format!("{LIST}?limit={limit}{query}{cursor}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        seen.extend(texts(page["items"].as_array().unwrap()).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
    }
}

/// A reply with a name and a website.
async fn says(app: &TestApp, (name, website): (&str, Option<&str>), text: &str) -> Value {
    let mut reply = TestApp::reply(text, "somebody@mail.example");
    (reply["name"], reply["website"]) = (json!(name), json!(website));
    taken(&app.posts(&reply).await)
}

/// A reply that the site's backend passes on, from a reader's address.
async fn passes_on(app: &TestApp, backend: &str, (ip, email): (&str, &str), text: &str) -> Value {
    app.waits(Duration::from_millis(1));
    let mut reply = TestApp::reply(text, email);
    reply["client"] = json!({"ip": ip, "user_agent": "A browser"});
    let bearer = format!("Bearer {backend}");
    let headers = [("authorization", bearer.as_str())];
    taken(&app.client.send(("POST", "/v1/sites/gazette/comments"), &headers, Some(&reply)).await)
}

fn taken(answer: &Answer) -> Value {
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

both_databases! {
    async fn comments_are_found_by_words_of_name_host_and_text(app: TestApp) {
        let moderator = app.moderator().await;
        says(app, ("Ann Müller", Some("https://www.Bridge-Club.example/about")), "The ferry was late, again!").await;
        says(app, ("Bob", None), "Don’t close the STRASSE to the ferry").await;
        says(app, ("Cid", None), "Мост закрыт. 橋 is closed").await;
        assert_eq!(finds(&moderator, "&q=ferry").await.len(), 0, "search follows a second behind");
        indexes(app).await;
        let first = "The ferry was late, again!";
        let second = "Don’t close the STRASSE to the ferry";
        let third = "Мост закрыт. 橋 is closed";
        for (query, found) in [
            ("ferry", vec![first, second]),
            ("FERRY+late", vec![first]),
            ("late+ferry%21", vec![first]),
            ("ferry+tram", vec![]),
            ("m%C3%BCller", vec![first]),
            ("mu%CC%88ller", vec![first]),
            ("bridge-club.example", vec![first]),
            ("about", vec![]),
            ("don%27t+stra%C3%9Fe", vec![second]),
            ("%D0%BC%D0%9E%D0%A1%D0%A2", vec![third]),
            ("%E6%A9%8B", vec![third]),
            ("mail", vec![]),
            ("somebody", vec![]),
            ("the+ferry+to+close+strasse+don+t+bob", vec![second]),
        ] {
            assert_eq!(finds(&moderator, &format!("&q={query}")).await, found, "{query}");
        }
        assert_eq!(finds(&moderator, "&q=ferry&sort=newest").await, [second, first]);
        assert_eq!(finds(&moderator, "&q=ferry&sort=priority").await, [first, second]);
        assert_eq!(pages(&moderator, "&q=ferry", 1).await, [first, second]);
        assert_eq!(finds(&moderator, "&q=%20").await.len(), 3, "nothing was typed");
    }

    async fn a_search_that_cannot_be_is_refused(app: TestApp) {
        let moderator = app.moderator().await;
        let long = format!("q={}", "a+".repeat(251));
        for (query, field, code) in [
            ("q=%21%3F", "q", "too-short"), ("q=%F0%9F%91%8D", "q", "too-short"),
            ("q=a+b+c+d+e+f+g+h+i", "q", "too-long"), (long.as_str(), "q", "too-long"),
            ("same_as=x", "same_as", "unknown-value"), ("sort=priority&status=spam", "sort", "unknown-value"),
            ("cursor=decision.01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "cursor", "unknown-value"),
            ("sort=priority&cursor=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "cursor", "unknown-value"),
            ("sort=priority&cursor=none.01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "cursor", "unknown-value"),
            ("sort=priority&cursor=decision.x", "cursor", "unknown-value"),
        ] {
            let answer = moderator.get(&format!("{LIST}?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{query}");
        }
        for (filter, field, code) in [
            (json!({"q": "!"}), "filter.q", "too-short"), (json!({"q": "a\u{0}"}), "filter.q", "control-character"),
            (json!({"same_as": "x"}), "filter.same_as", "not-an-id"),
        ] {
            let body = json!({"filter": filter, "expect": 0, "decision": "reject"});
            let answer = moderator.post("/v1/moderation/decisions", &body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{body}");
        }
        let nobody = moderator.get(&format!("{LIST}?same_as=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe")).await;
        assert_eq!((nobody.status, nobody.problem().as_str()), (404, "not-found"));
    }

    async fn an_edit_is_found_by_its_words_and_by_those_that_are_public(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Alpha common", "ann@example.org").await;
        indexes(app).await;
        edits(app, &comment, "Beta common").await;
        indexes(app).await;
        assert_eq!(finds(&moderator, "&q=alpha").await, [""; 0], "it was never public");
        assert_eq!(finds(&moderator, "&q=beta+common").await, ["Beta common"]);
        moderator.approves(&comment).await;
        app.waits(Duration::from_secs(1));
        edits(app, &comment, "Gamma common").await;
        indexes(app).await;
        for word in ["beta", "gamma", "common"] {
            let found = moderator.queue(&format!("&q={word}&status=approved")).await;
            assert_eq!(texts(&found), ["Gamma common"], "{word}");
        }
        if moderator.opens(&comment).await["needs"] == "edit" {
            moderator.approves(&comment).await;
        }
        indexes(app).await;
        assert_eq!(finds(&moderator, "&q=beta&status=approved").await, [""; 0], "it is public no more");
        assert_eq!(finds(&moderator, "&q=gamma&status=approved").await, ["Gamma common"]);
        assert_eq!(app.rows("select count(*) from words where comment not in (select id from comments)").await, 0);
    }

    async fn what_is_decided_is_found_for_ninety_days_and_what_waits_for_ever(app: TestApp) {
        let moderator = app.moderator().await;
        let decided = app.submits("An old tale", "ann@example.org").await;
        let waits = app.submits("An old question", "bob@example.org").await;
        moderator.does("reject", &decided).await;
        indexes(app).await;
        let words = app.rows("select count(*) from words").await;
        assert_eq!(words, 8, "each with a name");
        app.waits(DAY * 89);
        indexes(app).await;
        assert_eq!(finds(&moderator, "&q=tale&status=rejected").await, ["An old tale"]);
        app.waits(DAY * 2);
        indexes(app).await;
        assert_eq!(finds(&moderator, "&q=tale&status=rejected").await, [""; 0]);
        assert_eq!(finds(&moderator, "&q=question").await, ["An old question"]);
        assert_eq!(app.rows("select count(*) from words").await, 4);
        assert_eq!(app.rows("select count(*) from searchable").await, 1);
        // it waits again, so it is found again
        moderator.does("hold", &decided).await;
        indexes(app).await;
        assert_eq!(finds(&moderator, "&q=old").await, ["An old tale", "An old question"]);
        for comment in [&decided, &waits] {
            moderator.does("spam", comment).await;
        }
        app.waits(DAY * 2);
        indexes(app).await;
        assert_eq!(app.rows("select count(*) from words").await + app.rows("select count(*) from searchable").await, 0);
    }

    async fn comments_from_the_same_place_are_found_and_the_place_is_not_told(app: TestApp) {
        let backend = app.backend().await;
        let moderator = app.moderator().await;
        let first = passes_on(app, &backend, ("198.51.100.7", "ann@example.org"), "One").await;
        passes_on(app, &backend, ("203.0.113.9", "Ann@example.org"), "The same person elsewhere").await;
        passes_on(app, &backend, ("198.51.100.200", "bob@example.org"), "A neighbour").await;
        let other = passes_on(app, &backend, ("192.0.2.1", "cid@example.org"), "Somebody else").await;
        let alike = format!("&same_as={}", id(&first));
        assert_eq!(finds(&moderator, &alike).await, ["One", "The same person elsewhere", "A neighbour"]);
        assert_eq!(pages(&moderator, &format!("{alike}&sort=newest"), 1).await, ["A neighbour", "The same person elsewhere", "One"]);
        assert_eq!(finds(&moderator, &format!("&same_as={}", id(&other))).await, ["Somebody else"]);
        let page = moderator.get(&format!("{LIST}?{alike}")).await.text();
        assert!(!page.contains("198.51") && !page.contains("example.org\""), "{page}");
        // together with other filters, and in a batch
        indexes(app).await;
        assert_eq!(finds(&moderator, &format!("{alike}&q=neighbour")).await, ["A neighbour"]);
        let body = json!({"filter": {"same_as": id(&first), "q": "person"}, "expect": 1, "decision": "spam"});
        assert_eq!(moderator.post("/v1/moderation/decisions", &body).await.status, 200);
        assert_eq!(finds(&moderator, &format!("{alike}&status=spam")).await, ["The same person elsewhere"]);
        assert_eq!(finds(&moderator, &alike).await, ["One", "A neighbour"]);
    }

    async fn other_sites_are_neither_found_nor_counted(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let all = app.moderator().await;
        let bound = app.hires("Hal", Role::Moderator, &["herald"]).await;
        let ours = app.submits("A secret bridge", "ann@example.org").await;
        let theirs = TestApp::reply("Their bridge", "ann@example.org");
        app.waits(Duration::from_millis(1));
        let theirs = taken(&app.client.post("/v1/sites/herald/comments", &theirs).await);
        indexes(app).await;
        upkeep::measure(app.app()).await.unwrap();
        assert_eq!(finds(&all, "&q=bridge").await, ["A secret bridge", "Their bridge"]);
        assert_eq!(finds(&all, "&q=bridge&site=gazette").await, ["A secret bridge"]);
        assert_eq!(finds(&all, "&article=news/1").await.len(), 2, "a key that both sites have");
        assert_eq!(finds(&all, "&article=news/1&site=herald").await, ["Their bridge"]);
        for query in ["&q=bridge", "", "&sort=priority", "&sort=newest", "&needs=decision", "&article=news/1", "&status=pending"] {
            assert_eq!(finds(&bound, query).await, ["Their bridge"], "{query}");
            assert_eq!(finds(&bound, &format!("{query}&site=gazette")).await, [""; 0], "{query}");
        }
        assert_eq!(finds(&bound, "&q=secret").await, [""; 0]);
        for desk in [&bound, &all] {
            let own = desk.get(&format!("{LIST}?same_as={}", id(&theirs))).await;
            assert_eq!(texts(own.json()["items"].as_array().unwrap()), ["Their bridge"], "an address is keyed by site");
        }
        let hidden = bound.get(&format!("{LIST}?same_as={}", id(&ours))).await;
        let absent = bound.get(&format!("{LIST}?same_as=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe")).await;
        assert_eq!((hidden.status, hidden.json()["detail"].clone()), (absent.status, absent.json()["detail"].clone()));
        let stats = async |desk: &Desk<'_>, query: &str| desk.get(&format!("/v1/moderation/stats{query}")).await.json();
        assert_eq!(stats(&all, "").await["needs"]["decision"], 2);
        assert_eq!(stats(&bound, "").await["needs"]["decision"], 1);
        assert_eq!(stats(&bound, "?site=gazette").await, stats(&bound, "?site=nowhere").await);
        assert_eq!(stats(&bound, "?site=gazette").await["needs"]["decision"], 0);
    }

    async fn somebody_with_several_sites_sees_them_in_one_order(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        app.opens_site("courier", Policy::default()).await;
        let desk = app.hires("Hal", Role::Moderator, &["herald", "gazette"]).await;
        for n in 0..12 {
            let site = ["gazette", "herald", "courier"][n % 3];
            app.waits(Duration::from_millis(1));
            let reply = TestApp::reply(&format!("Number {n}"), &format!("reader{n}@example.org"));
            taken(&app.client.post(&format!("/v1/sites/{site}/comments"), &reply).await);
        }
        indexes(app).await;
        let mut order: Vec<String> = (0..12).filter(|n| n % 3 != 2).map(|n| format!("Number {n}")).collect();
        for query in ["", "&status=pending", "&q=number", "&article=news/1", "&sort=priority", "&needs=decision"] {
            assert_eq!(pages(&desk, query, 3).await, order, "{query}");
        }
        order.reverse();
        for query in ["&sort=newest", "&sort=newest&status=pending", "&sort=newest&q=number"] {
            assert_eq!(pages(&desk, query, 3).await, order, "{query}");
        }
    }

    async fn what_presses_most_comes_first(app: TestApp) {
        let moderator = app.moderator().await;
        let waiting = wait(app, 6).await;
        moderator.does("escalate", &waiting[4]).await;
        moderator.does("escalate", &waiting[2]).await;
        moderator.approves(&waiting[0]).await;
        app.waits(Duration::from_secs(1));
        let changed = edits(app, &waiting[0], "Number 0, edited").await;
        assert!(changed.is_object());
        let order = ["Number 2", "Number 4", "Number 1", "Number 3", "Number 5", "Number 0, edited"];
        assert_eq!(finds(&moderator, "&sort=priority").await, order);
        for limit in 1..=6 {
            assert_eq!(pages(&moderator, "&sort=priority", limit).await, order, "pages of {limit}");
        }
        assert_eq!(finds(&moderator, "&sort=priority&needs=escalated").await, order[..2]);
    }

    async fn pages_stay_where_they_are_while_others_decide(app: TestApp) {
        let (moderator, other) = (app.moderator().await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 30).await;
        indexes(app).await;
        for (query, backwards) in [("", false), ("&sort=priority", false), ("&q=number", false), ("&sort=newest", true)] {
            let (mut seen, mut cursor, mut decided) = (Vec::new(), String::new(), 0);
            loop {
                let page = moderator.get(&format!("{LIST}?limit=5{query}{cursor}")).await.json();
                let items = page["items"].as_array().unwrap().clone();
                seen.extend(texts(&items).into_iter().map(str::to_owned));
                // one that was seen, and one that comes
                for item in items.first().into_iter().chain(waiting.get(if backwards { 1 } else { 27 })) {
                    let at = other.opens(item).await;
                    if at["status"] == "pending" {
                        other.does("reject", item).await;
                        decided += 1;
                    }
                }
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert!(decided > 3);
            let mut different = seen.clone();
            different.sort();
            different.dedup();
            assert_eq!(different.len(), seen.len(), "{query}: nothing twice");
            let numbers: Vec<usize> = seen.iter().map(|text| text["Number ".len()..].parse().unwrap()).collect();
            assert!(if backwards { numbers.iter().rev().is_sorted() } else { numbers.is_sorted() }, "{numbers:?}");
            for comment in &waiting {
                if other.opens(comment).await["status"] != "pending" {
                    other.does("hold", comment).await;
                }
            }
            indexes(app).await;
        }
    }

    async fn the_figures_tell_how_the_queue_does(app: TestApp) {
        let moderator = app.moderator().await;
        let nothing = moderator.get("/v1/moderation/stats").await.json();
        assert_eq!(nothing["needs"], json!({"decision": 0, "edit": 0, "report": 0, "appeal": 0, "escalated": 0}));
        assert_eq!(nothing["oldest_waiting_seconds"], Value::Null);
        assert_eq!((&nothing["decisions_per_hour"], &nothing["median_decision_seconds"]), (&json!(0), &Value::Null));
        let waiting = wait(app, 5).await;
        for (comment, minutes) in waiting.iter().zip([1, 10, 50]) {
            app.waits(Duration::from_mins(minutes));
            moderator.approves(comment).await;
        }
        moderator.does("escalate", &waiting[3]).await;
        app.waits(Duration::from_mins(5));
        assert_eq!(moderator.get("/v1/moderation/stats").await.json(), nothing, "it is a sample");
        upkeep::measure(app.app()).await.unwrap();
        let stats = moderator.get("/v1/moderation/stats?site=gazette").await.json();
        assert_eq!(stats["as_of"], json!(app.clock.now()));
        assert_eq!(stats["needs"], json!({"decision": 1, "edit": 0, "report": 0, "appeal": 0, "escalated": 1}));
        assert_eq!(stats["oldest_waiting_seconds"], 66 * 60);
        assert_eq!(stats["decisions_per_hour"], 2, "the first was made 65 minutes ago");
        assert_eq!(stats["median_decision_seconds"], 11 * 60);
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        // figures are what an operator may see
        assert_eq!(operator.get("/v1/moderation/stats?site=gazette").await.json(), stats);
        assert_eq!(app.client.get("/v1/moderation/stats").await.problem(), "unauthenticated");
    }
}
