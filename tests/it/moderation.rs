//! Decisions: one winner, who may, and what the transition table says.

use futures_util::future::join;
use serde_json::{Value, json};

use crate::support::{Desk, TestApp};
use replydesk::domain::{Policy, Role};

/// A status, the decisions that lead there, and where approve, reject, spam and hold lead from there.
type Row = (&'static str, &'static [&'static str], [Option<&'static str>; 4]);

both_databases! {
    async fn two_moderators_decide_at_once_two_hundred_times(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let ben = app.hires("Ben", Role::Moderator, &[]).await;
        for round in 0..200 {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let (one, other) = join(ann.decides(&comment, "approve", 1), ben.decides(&comment, "reject", 1)).await;
            let ((winner, won), (_, lost)) =
                if one.status == 200 { (("Ann", one), ("Ben", other)) } else { (("Ben", other), ("Ann", one)) };
            assert_eq!((won.status, lost.status), (200, 409), "{} {}", won.text(), lost.text());
            assert_eq!(lost.problem(), "already-decided");
            let current = &lost.json()["current"];
            assert_eq!((current["by"].as_str(), current["version"].as_i64()), (Some(winner), Some(2)));
            assert_eq!(current["status"], won.json()["status"]);
            assert!(current["at"].is_string());
        }
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 200);
        assert_eq!(app.rows("select count(distinct object_id) from audit where object = 'comment'").await, 200);
    }

    async fn an_edit_between_reading_and_approving_wins(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("First words", "ann@example.org").await;
        let read = moderator.opens(&comment).await;
        edits(app, &comment, "Other words").await;
        let late = moderator.decides(&comment, "approve", read["version"].as_i64().unwrap()).await;
        assert_eq!((late.status, late.problem().as_str()), (409, "already-decided"));
        assert_eq!(late.json()["current"]["version"], 2);
        assert_eq!(app.reads("").await["article"]["count"], 0);
        assert_eq!(moderator.approves(&comment).await["text"], "Other words");
        assert_eq!(app.reads("").await["comments"][0]["text"], "Other words");
    }

    async fn every_cell_of_the_transition_table(app: TestApp) {
        let moderator = app.moderator().await;
        let table: &[Row] = &[
            ("pending", &[], [Some("approved"), Some("rejected"), Some("spam"), Some("pending")]),
            ("approved", &["approve"], [None, Some("rejected"), Some("spam"), Some("pending")]),
            ("rejected", &["reject"], [Some("approved"), None, Some("spam"), Some("pending")]),
            ("spam", &["spam"], [Some("approved"), Some("rejected"), None, Some("pending")]),
        ];
        for (from, way, cells) in table {
            for (decision, becomes) in ["approve", "reject", "spam", "hold"].into_iter().zip(cells) {
                let words = format!("From {from} by {decision}");
                let comment = app.submits(&words, "ann@example.org").await;
                for step in *way {
                    moderator.does(step, &comment).await;
                }
                let version = moderator.opens(&comment).await["version"].as_i64().unwrap();
                let answer = moderator.decides(&comment, decision, version).await;
                match becomes {
                    Some(status) => assert_eq!(answer.json()["status"], *status, "{words}"),
                    None => assert_eq!(answer.problem(), "already-decided", "{words}"),
                }
            }
        }
    }

    async fn holding_what_waits_escalates_it(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Difficult", "ann@example.org").await;
        assert_eq!(moderator.does("hold", &comment).await["needs"], "escalated");
        let other = app.submits("Difficult, too", "ann@example.org").await;
        assert_eq!(moderator.does("escalate", &other).await["needs"], "escalated");
        assert_eq!(moderator.queue("&needs=escalated").await.len(), 2);
        assert_eq!(moderator.queue("&needs=decision").await.len(), 0);
        assert_eq!(moderator.approves(&other).await["needs"], Value::Null);
    }

    async fn many_at_once_each_decided_by_itself(app: TestApp) {
        let moderator = app.moderator().await;
        let mut items = Vec::new();
        for n in 0..30 {
            let comment = app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
            items.push(json!({"id": comment["id"], "version": 1}));
        }
        let early = json!({"id": items[3]["id"]});
        moderator.does("reject", &early).await;
        items.push(json!({"id": "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "version": 1}));
        items.push(items[0].clone());
        let answer = moderator.post("/v1/moderation/decisions", &json!({"decision": "approve", "items": items})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let results = answer.json()["results"].as_array().unwrap().clone();
        let outcomes: Vec<&str> = results.iter().map(|result| result["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "done").count(), 29);
        assert_eq!((outcomes[3], outcomes[30], outcomes[31]), ("conflict", "not-found", "conflict"));
        assert_eq!(results[3]["current"]["by"], "Mo");
        assert_eq!(app.reads("").await["article"]["count"], 29);
        let too_many: Vec<Value> = (0..201).map(|_| items[0].clone()).collect();
        let refused = moderator.post("/v1/moderation/decisions", &json!({"decision": "approve", "items": too_many})).await;
        assert_eq!(refused.faults(), vec![("items".to_owned(), "too-long".to_owned())]);
    }

    async fn two_shifts_decide_the_same_hundred_in_bulk(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let ben = app.hires("Ben", Role::Moderator, &[]).await;
        let mut items = Vec::new();
        for n in 0..100 {
            let comment = app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
            items.push(json!({"id": comment["id"], "version": 1}));
        }
        let mut backwards = items.clone();
        backwards.reverse();
        let path = "/v1/moderation/decisions";
        let (approving, rejecting) = (json!({"decision": "approve", "items": items}), json!({"decision": "reject", "items": backwards}));
        let (one, other) = join(ann.post(path, &approving), ben.post(path, &rejecting)).await;
        assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text(), other.text());
        let done = |answer: &Value| {
            answer["results"].as_array().unwrap().iter().filter(|result| result["outcome"] == "done").count()
        };
        assert_eq!(done(&one.json()) + done(&other.json()), 100);
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 100);
        let approved = app.rows("select count(*) from comments where status = 'approved'").await;
        assert_eq!(app.reads("").await["article"]["count"].as_i64(), Some(approved));
    }

    async fn who_may_see_and_do_what(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        let comment = app.submits("Hello", "ann@example.org").await;
        let bound = app.hires("Olga", Role::Editor, &["other"]).await;
        assert_eq!(bound.queue("").await.len(), 0);
        let path = format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap());
        assert_eq!(bound.get(&path).await.problem(), "not-found");
        assert_eq!(bound.decides(&comment, "approve", 1).await.problem(), "not-found");
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        assert_eq!(operator.get("/v1/moderation/comments").await.problem(), "forbidden");
        assert_eq!(operator.decides(&comment, "approve", 1).await.problem(), "forbidden");
        let nobody = Desk { app, token: "rd_mod_nobody".to_owned() };
        assert_eq!(nobody.get("/v1/moderation/comments").await.problem(), "unauthenticated");
        assert_eq!(app.client.get("/v1/moderation/comments").await.problem(), "unauthenticated");
        let own = app.hires("Gus", Role::Moderator, &["gazette"]).await;
        assert_eq!(own.queue("").await.len(), 1);
    }

    async fn a_decision_from_a_strangers_page_is_refused(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Hello", "ann@example.org").await;
        let id = comment["id"].as_str().unwrap();
        let one = (format!("/v1/moderation/comments/{id}/decisions"), json!({"decision": "approve", "version": 1}));
        let items = json!([{"id": id, "version": 1}]);
        let many = ("/v1/moderation/decisions".to_owned(), json!({"decision": "approve", "items": items}));
        let bearer = format!("Bearer {}", moderator.token);
        for (path, body) in [&one, &many] {
            let headers = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
            let refused = app.client.send(("POST", path), &headers, Some(body)).await;
            assert_eq!((refused.status, refused.problem().as_str()), (403, "origin-not-allowed"));
        }
        let headers = [("authorization", bearer.as_str()), ("origin", "https://news.example")];
        assert_eq!(app.client.send(("POST", &one.0), &headers, Some(&one.1)).await.status, 200);
    }

    async fn the_queue_is_paged_filtered_and_tells_the_record(app: TestApp) {
        let moderator = app.moderator().await;
        let first = app.submits("One", "ann@example.org").await;
        moderator.approves(&first).await;
        let second = app.submits("Two", "ann@example.org").await;
        moderator.does("reject", &second).await;
        for n in 0..5 {
            app.submits(&format!("Waiting {n}"), "ann@example.org").await;
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = moderator.get(&format!("/v1/moderation/comments?limit=2{cursor}")).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, ["Waiting 0", "Waiting 1", "Waiting 2", "Waiting 3", "Waiting 4"]);
        let newest = moderator.queue("&sort=newest").await;
        assert_eq!(newest[0]["text"], "Waiting 4");
        assert_eq!(newest[0]["commenter"], json!({"approved": 1, "rejected": 1, "spam": 0}));
        assert_eq!(moderator.queue("&status=approved").await.len(), 1);
        assert_eq!(moderator.queue("&site=elsewhere").await.len(), 0);
        assert_eq!(moderator.queue("&article=news/1&site=gazette").await.len(), 5);
        for bad in ["needs=all", "status=gone", "sort=random", "limit=0", "limit=101", "cursor=x"] {
            let answer = moderator.get(&format!("/v1/moderation/comments?{bad}")).await;
            assert_eq!((answer.status, answer.problem().as_str()), (422, "validation"), "{bad}");
        }
    }

    async fn the_history_says_who_and_why(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Rude words", "ann@example.org").await;
        let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        let ruling = json!({"decision": "reject", "version": 1, "reason": "House rule 3", "note": "Third time"});
        assert_eq!(moderator.post(&path, &ruling).await.status, 200);
        let history = moderator.opens(&comment).await["history"].clone();
        let entry = &history[0];
        assert_eq!((&entry["by"], &entry["via"], &entry["action"]), (&json!("Mo"), &json!("api"), &json!("reject")));
        assert_eq!((&entry["from"], &entry["to"]), (&json!("pending"), &json!("rejected")));
        assert_eq!((&entry["reason"], &entry["note"]), (&json!("House rule 3"), &json!("Third time")));
        let token = comment["receipt"]["token"].as_str().unwrap();
        let receipt = app.client.get(&format!("/v1/receipts/{token}")).await.json();
        assert_eq!((&receipt["status"], &receipt["reason"]), (&json!("rejected"), &json!("House rule 3")));
        assert!(!receipt.to_string().contains("Third time"), "a note is for colleagues");
    }
}

/// The commenter changes the text.
pub async fn edits(app: &TestApp, comment: &Value, text: &str) -> Value {
    let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
    let answer = app.client.send(("PATCH", &path), &[], Some(&json!({"comment": text}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
