//! Taking decisions back: what is restored, when it is too late, and who may.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    claims::wait,
    moderation::edits,
    support::{Answer, Desk, TestApp},
};
use replydesk::{
    domain::{Policy, Role},
    flow::upkeep,
};

const PATH: &str = "/v1/moderation/undo";

/// Decides on the version there is; by what it can be undone.
async fn decides(desk: &Desk<'_>, decision: &str, comment: &Value) -> Value {
    let done = desk.does(decision, comment).await;
    assert!(done["decision_id"].is_string(), "{done}");
    desk.app.waits(Duration::from_secs(1));
    json!({"decision_id": done["decision_id"]})
}

async fn undoes(desk: &Desk<'_>, what: &Value) -> Value {
    let answer = desk.post(PATH, what).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    desk.app.waits(Duration::from_secs(1));
    answer.json()["results"].clone()
}

/// A comment as moderators, readers and its author see it, without its version and its history.
async fn seen(app: &TestApp, desk: &Desk<'_>, comment: &Value) -> Value {
    let mut item = desk.opens(comment).await;
    for own in ["version", "history"] {
        item.as_object_mut().unwrap().remove(own);
    }
    let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
    let public = format!("/v1/sites/gazette/comments/{}", comment["id"].as_str().unwrap());
    let public = app.client.get(&public).await;
    let public = if public.status == 200 { public.json() } else { json!(public.status) };
    let article = app.reads("").await;
    json!({"item": item, "receipt": app.client.get(&receipt).await.json(), "public": public, "list": article["comments"], "count": article["article"]["count"]})
}

both_databases! {
    async fn every_decision_is_taken_back_to_the_letter(app: TestApp) {
        let moderator = app.moderator().await;
        let ways: [(&[&str], &[&str]); 5] = [
            (&[], &["approve", "reject", "spam", "hold", "escalate"]),
            (&["approve"], &["reject", "spam", "hold"]),
            (&["reject"], &["approve", "spam", "hold"]),
            (&["spam"], &["approve", "reject", "hold"]),
            (&["approve", "reject", "hold"], &["approve", "reject", "spam", "escalate"]),
        ];
        for (way, decisions) in ways {
            for decision in decisions {
                let words = format!("{way:?}, then {decision}");
                let comment = app.submits(&words, "ann@example.org").await;
                for step in way {
                    moderator.does(step, &comment).await;
                    app.waits(Duration::from_secs(1));
                }
                let before = seen(app, &moderator, &comment).await;
                let version = moderator.opens(&comment).await["version"].as_i64().unwrap();
                let made = decides(&moderator, decision, &comment).await;
                assert_ne!(seen(app, &moderator, &comment).await, before, "{words}");
                app.waits(Duration::from_secs(1));
                let results = undoes(&moderator, &made).await;
                assert_eq!(results[0]["outcome"], "done", "{words}");
                assert_eq!(results[0]["version"], version + 2, "{words}: it is a change like any");
                assert_eq!(seen(app, &moderator, &comment).await, before, "{words}");
                moderator.does("reject", &app.submits(&format!("After {words}"), "ann@example.org").await).await;
            }
        }
    }

    async fn after_thirty_days_it_stands(app: TestApp) {
        let moderator = app.moderator().await;
        let old = decides(&moderator, "approve", &app.submits("Long ago", "ann@example.org").await).await;
        app.waits(Duration::from_hours(24));
        let recent = decides(&moderator, "approve", &app.submits("The day after", "ann@example.org").await).await;
        app.waits(upkeep::UNDOABLE.saturating_sub(Duration::from_hours(12)));
        upkeep::sweep(app.app(), Duration::from_hours(1)).await.unwrap();
        assert_eq!(app.rows("select count(*) from decisions").await, 1);
        assert_eq!(moderator.post(PATH, &old).await.problem(), "already-decided");
        undoes(&moderator, &recent).await;
    }

    async fn an_approval_undone_is_out_of_sight_at_once(app: TestApp) {
        let moderator = app.moderator().await;
        let (shown, comment) = (app.submits("For all to see", "ann@example.org").await, app.submits("A mistake", "bob@example.org").await);
        moderator.approves(&shown).await;
        let before = app.reads("").await;
        let made = decides(&moderator, "approve", &comment).await;
        let public = app.reads("").await;
        assert_eq!((&public["article"]["count"], public["comments"].as_array().unwrap().len()), (&json!(2), 2));
        let version = app.rows("select version from articles").await;
        undoes(&moderator, &made).await;
        assert_eq!(app.reads("").await, before);
        assert_eq!(app.rows("select version from articles").await, version + 1, "other processes notice");
        assert_eq!(app.rows("select count(*) from comments where published_at is not null").await, 1);
        assert_eq!(moderator.queue("").await[0]["id"], comment["id"], "it waits again");
    }

    async fn a_rejection_undone_brings_back_what_stood_below_it(app: TestApp) {
        let moderator = app.moderator().await;
        let root = app.submits("The root", "ann@example.org").await;
        moderator.approves(&root).await;
        let reply = app.answers(&root, "The reply", "bob@example.org").await;
        moderator.approves(&reply).await;
        let before = app.reads("").await;
        let (of_reply, of_root) = (decides(&moderator, "reject", &reply).await, decides(&moderator, "reject", &root).await);
        assert_eq!(app.reads("").await["comments"], json!([]));
        undoes(&moderator, &of_reply).await;
        let tombstone = &app.reads("").await["comments"][0];
        assert_eq!((&tombstone["removed"], &tombstone["replies"][0]["id"]), (&json!(true), &reply["id"]));
        undoes(&moderator, &of_root).await;
        assert_eq!(app.reads("").await, before);
        assert_eq!(app.rows("select approved_below from comments where parent is null").await, 1);
    }

    async fn an_approved_edit_undone_shows_the_earlier_text(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("First words", "ann@example.org").await;
        moderator.approves(&comment).await;
        edits(app, &comment, "Second words").await;
        let before = seen(app, &moderator, &comment).await;
        assert_eq!((&before["item"]["needs"], &before["public"]["text"]), (&json!("edit"), &json!("First words")));
        let made = decides(&moderator, "approve", &comment).await;
        let public = seen(app, &moderator, &comment).await["public"].clone();
        assert_eq!(public["text"], "Second words");
        undoes(&moderator, &made).await;
        assert_eq!(seen(app, &moderator, &comment).await, before);
    }

    async fn what_came_after_is_left_and_said(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Editor, &[]).await);
        let comment = app.submits("Contested", "ann@example.org").await;
        let first = decides(&ann, "approve", &comment).await;
        let second = decides(&ben, "reject", &comment).await;
        let late = ann.post(PATH, &first).await;
        assert_eq!((late.status, late.problem().as_str()), (409, "already-decided"));
        assert_eq!((&late.json()["current"]["by"], &late.json()["current"]["version"]), (&json!("Ben"), &json!(3)));
        undoes(&ben, &second).await;
        assert_eq!(ann.post(PATH, &first).await.status, 409, "an undoing came after");
        assert_eq!(ben.post(PATH, &second).await.status, 409, "once");
        let history = ben.opens(&comment).await["history"].clone();
        assert_eq!((&history[0]["action"], &history[0]["by"]), (&json!("undo"), &json!("Ben")));
        assert_eq!((&history[0]["from"], &history[0]["to"]), (&json!("rejected"), &json!("approved")));
        let undoing = json!({"decision_id": history[0]["id"]});
        assert_eq!(ben.post(PATH, &undoing).await.problem(), "already-decided", "an undoing is not undone");
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 3);
        let edited = app.submits("To be edited", "cid@example.org").await;
        let made = decides(&ann, "approve", &edited).await;
        edits(app, &edited, "Edited since").await;
        assert_eq!(ann.post(PATH, &made).await.status, 409);
    }

    async fn a_batch_is_taken_back_but_for_what_came_after(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 120).await;
        let items: Vec<Value> = waiting.iter().map(|comment| json!({"id": comment["id"], "version": 1})).collect();
        let done = ann.post("/v1/moderation/decisions", &json!({"items": items, "decision": "approve"})).await.json();
        assert_eq!(app.reads("").await["article"]["count"], 120);
        ben.does("spam", &waiting[7]).await;
        let what = json!({"batch": done["batch"]});
        assert_eq!(ben.post(PATH, &what).await.problem(), "forbidden", "it is not his");
        let results = undoes(&ann, &what).await;
        let outcome = |of: &Value| results.as_array().unwrap().iter().find(|result| result["id"] == of["id"]).unwrap().clone();
        assert_eq!(results.as_array().unwrap().len(), 120);
        let left = outcome(&waiting[7]);
        assert_eq!((&left["outcome"], &left["status"], &left["current"]["by"]), (&json!("conflict"), &json!("spam"), &json!("Ben")));
        assert_eq!(outcome(&waiting[8]), json!({"id": waiting[8]["id"], "outcome": "done", "status": "pending", "version": 3}));
        assert_eq!((app.reads("").await["article"]["count"].clone(), app.rows("select count(*) from comments where needs = 'decision'").await), (json!(0), 119));
        assert_eq!(app.rows("select count(*) from audit where action = 'undo'").await, 119);
        let again = undoes(&ann, &what).await;
        assert!(again.as_array().unwrap().iter().all(|result| result["outcome"] == "conflict"));
        assert_eq!(app.rows("select count(*) from audit where action = 'undo'").await, 119);
    }

    async fn who_decided_may_and_editors(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let elsewhere = app.hires("Olga", Role::Admin, &["herald"]).await;
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        let comment = app.submits("Whose?", "ann@example.org").await;
        let made = decides(&ann, "reject", &comment).await;
        let unknown = json!({"decision_id": comment["id"]});
        let problem = |answer: Answer| (answer.status, answer.problem());
        let not_found = (404, "not-found".to_owned());
        assert_eq!(problem(ben.post(PATH, &made).await), (403, "forbidden".to_owned()));
        assert_eq!(problem(operator.post(PATH, &made).await), (403, "forbidden".to_owned()));
        assert_eq!(problem(elsewhere.post(PATH, &made).await), not_found);
        assert_eq!(problem(elsewhere.post(PATH, &unknown).await), not_found);
        assert_eq!(problem(ann.post(PATH, &json!({"batch": comment["id"]})).await), not_found);
        assert_eq!(app.client.post(PATH, &made).await.problem(), "unauthenticated");
        let foreign = [("authorization", format!("Bearer {}", ann.token)), ("origin", "https://evil.example".to_owned())];
        let foreign: Vec<(&str, &str)> = foreign.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(app.client.send(("POST", PATH), &foreign, Some(&made)).await.problem(), "origin-not-allowed");
        assert_eq!(undoes(&editor, &made).await[0]["status"], "pending");
        for (body, field, code) in [
            (json!({}), "decision_id", "required"),
            (json!({"batch": "x"}), "batch", "not-an-id"),
            (json!({"decision_id": "x"}), "decision_id", "not-an-id"),
            (json!({"decision_id": comment["id"], "batch": comment["id"]}), "decision_id", "unknown-member"),
        ] {
            assert_eq!(ann.post(PATH, &body).await.faults(), [(field.to_owned(), code.to_owned())], "{body}");
        }
    }

    async fn an_undoing_leaves_the_claim_of_whoever_reads_it_now(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let comment = app.submits("Hard", "ann@example.org").await;
        let escalated = decides(&ann, "escalate", &comment).await;
        assert_eq!(ben.claims(1).await.len(), 1);
        undoes(&ann, &escalated).await;
        assert_eq!(ann.opens(&comment).await["claim"]["by"], "Ben");
        ben.approves(&comment).await;
        let held = decides(&ann, "hold", &comment).await;
        assert_eq!(ben.claims(1).await.len(), 1);
        undoes(&ann, &held).await;
        assert_eq!(app.rows("select count(*) from claims").await, 0, "it waits no more");
    }
}
