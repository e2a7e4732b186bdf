//! What moderators change of one comment: its text, a recommendation, an answer; and whom they may ask for.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    moderation::edits,
    shift::{Browser, hidden},
    support::{Answer, Desk, TestApp},
};
use replydesk::domain::{Policy, Role};

async fn amends(desk: &Desk<'_>, comment: &Value, body: Value) -> Answer {
    desk.sends(("PATCH", &at(comment, "")), Some(&body)).await
}

fn at(comment: &Value, what: &str) -> String {
    format!("/v1/moderation/comments/{}{what}", comment["id"].as_str().unwrap())
}

async fn undone(desk: &Desk<'_>, made: &Answer) -> Value {
    let what = json!({"decision_id": made.json()["decision_id"]});
    let answer = desk.post("/v1/moderation/undo", &what).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["results"][0].clone()
}

both_databases! {
    async fn an_edited_text_is_published_and_the_original_kept(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("The mayor is a fool", "reader@example.org").await;
        ann.approves(&comment).await;
        app.waits(Duration::from_secs(1));
        let edited = amends(&ann, &comment, json!({"comment": "The mayor is wrong", "version": 2})).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        assert_eq!((&edited.json()["version"], &edited.json()["edited_by"]), (&json!(3), &json!("Ann")));
        let shown = app.reads("").await["comments"][0].clone();
        assert_eq!((&shown["text"], &shown["edited_by_site"]), (&json!("The mayor is wrong"), &json!(true)));
        assert!(shown["edited"].is_string());
        let opened = ann.opens(&comment).await;
        let revisions: Vec<(&Value, &Value)> =
            opened["revisions"].as_array().unwrap().iter().map(|r| (&r["text"], &r["edited_by"])).collect();
        assert_eq!(revisions, [(&json!("The mayor is a fool"), &Value::Null), (&json!("The mayor is wrong"), &json!("Ann"))]);
        assert_eq!((&opened["history"][0]["action"], &opened["history"][0]["by"]), (&json!("edit"), &json!("Ann")));
        assert_eq!(undone(&ann, &edited).await["outcome"], "done");
        let shown = app.reads("").await["comments"][0].clone();
        assert_eq!((&shown["text"], &shown["edited_by_site"], &shown["edited"]), (&json!("The mayor is a fool"), &json!(false), &Value::Null));
    }

    async fn what_waits_is_edited_before_it_is_published(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("With a number: 555 1234", "reader@example.org").await;
        assert_eq!(ann.claims(1).await.len(), 1);
        let edited = amends(&ann, &comment, json!({"comment": "With a number", "version": 1})).await.json();
        assert_eq!((&edited["status"], &edited["needs"], &edited["claim"]["mine"]), (&json!("pending"), &json!("decision"), &json!(true)));
        assert_eq!(app.reads("").await["article"]["count"], 0);
        ann.approves(&comment).await;
        let shown = app.reads("").await["comments"][0].clone();
        assert_eq!((&shown["text"], &shown["edited"]), (&json!("With a number"), &Value::Null), "nobody saw another one");
    }

    async fn of_a_waiting_edit_the_waiting_text_is_edited(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("First", "reader@example.org").await;
        ann.approves(&comment).await;
        edits(app, &comment, "Second").await;
        let edited = amends(&ann, &comment, json!({"comment": "Second, mended", "version": 3})).await.json();
        assert_eq!((&edited["text"], &edited["published_text"], &edited["needs"]), (&json!("Second, mended"), &json!("First"), &json!("edit")));
        assert_eq!(app.reads("").await["comments"][0]["text"], "First");
        ann.approves(&comment).await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "Second, mended");
    }

    async fn a_recommendation_is_seen_first_and_taken_back(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let (first, second) = (app.submits("One", "a@example.org").await, app.submits("Two", "b@example.org").await);
        let early = amends(&ann, &second, json!({"picked": true, "version": 1})).await;
        assert_eq!((early.status, early.problem().as_str()), (409, "already-decided"), "nobody sees it yet");
        for comment in [&first, &second] {
            ann.approves(comment).await;
        }
        let version = || async { app.rows("select version from articles").await };
        let before = version().await;
        let picked = amends(&ann, &second, json!({"picked": true, "version": 2})).await;
        assert_eq!((picked.status, &picked.json()["picked"]), (200, &json!(true)));
        assert_eq!(version().await, before + 1, "prepared pages are made anew");
        let top = app.reads("&sort=top").await;
        assert_eq!((&top["comments"][0]["text"], &top["comments"][0]["picked"]), (&json!("Two"), &json!(true)));
        assert_eq!(amends(&ann, &second, json!({"picked": true, "version": 3})).await.status, 409, "it is already");
        let not = amends(&ann, &second, json!({"picked": false, "version": 3})).await;
        assert_eq!(not.json()["picked"], false);
        assert_eq!(undone(&ann, &not).await["outcome"], "done");
        assert_eq!(ann.opens(&second).await["picked"], true);
        assert_eq!(app.rows("select count(*) from audit where action in ('pick', 'unpick')").await, 2);
    }

    async fn text_and_recommendation_together_are_one_change(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("Good, with a tpyo", "a@example.org").await;
        ann.approves(&comment).await;
        let both = amends(&ann, &comment, json!({"comment": "Good, with a typo", "picked": true, "version": 2})).await;
        assert_eq!((both.status, &both.json()["version"], &both.json()["picked"]), (200, &json!(3), &json!(true)));
        assert_eq!(app.rows("select count(*) from audit where action in ('edit', 'pick') and version = 3").await, 2);
        undone(&ann, &both).await;
        let opened = ann.opens(&comment).await;
        assert_eq!((&opened["text"], &opened["picked"]), (&json!("Good, with a tpyo"), &json!(false)));
    }

    async fn who_amends_too_late_or_wrongly_changes_nothing(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("Words", "a@example.org").await;
        edits(app, &comment, "Other words").await;
        let late = amends(&ann, &comment, json!({"comment": "Mine", "version": 1})).await;
        assert_eq!((late.status, late.json()["current"]["version"].as_i64()), (409, Some(2)));
        for (body, field, code) in [
            (json!({"version": 2}), "comment", "required"),
            (json!({"comment": "  ", "version": 2}), "comment", "required"),
            (json!({"comment": "a\u{7}b", "version": 2}), "comment", "control-character"),
            (json!({"comment": "x".repeat(10_001), "version": 2}), "comment", "too-long"),
            (json!({"comment": "x", "status": "approved", "version": 2}), "body", "unknown-member"),
            (json!({"picked": "yes", "version": 2}), "picked", "wrong-type"),
        ] {
            assert_eq!(amends(&ann, &comment, body.clone()).await.faults(), [(field.to_owned(), code.to_owned())], "{body}");
        }
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        let elsewhere = app.hires("Olga", Role::Admin, &["herald"]).await;
        let body = json!({"comment": "Mine", "version": 2});
        assert_eq!(amends(&operator, &comment, body.clone()).await.problem(), "forbidden");
        assert_eq!(amends(&elsewhere, &comment, body.clone()).await.problem(), "not-found");
        ann.does("reject", &comment).await;
        assert_eq!(amends(&ann, &comment, json!({"comment": "Mine", "version": 3})).await.problem(), "already-decided");
        assert_eq!(app.rows("select count(*) from revisions where editor is not null").await, 0);
    }

    async fn a_reply_for_the_site_stands_at_once_and_is_marked(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let comment = app.submits("Why is the bridge shut?", "a@example.org").await;
        let early = ann.post(&at(&comment, "/replies"), &json!({"comment": "Soon"})).await;
        assert_eq!(early.faults(), [("parent".to_owned(), "not-published".to_owned())]);
        ann.approves(&comment).await;
        let key = [("authorization", format!("Bearer {}", ann.token)), ("idempotency-key", "once".to_owned())];
        let key: Vec<(&str, &str)> = key.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let way = ("POST", &*at(&comment, "/replies"));
        let said = json!({"comment": "It opens on Monday."});
        let reply = app.client.send(way, &key, Some(&said)).await;
        assert_eq!((reply.status, &reply.json()["status"]), (201, &json!("approved")), "{}", reply.text());
        let again = app.client.send(way, &key, Some(&said)).await;
        assert_eq!((again.status, again.header("idempotency-replayed"), &again.json()["id"]), (201, "true", &reply.json()["id"]));
        let other = app.client.send(way, &key, Some(&json!({"comment": "Never."}))).await;
        assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"));
        let page = app.reads("").await;
        let shown = &page["comments"][0]["replies"][0];
        assert_eq!((&shown["author"], &shown["text"]), (&json!({"name": "Ann", "website": null, "staff": true}), &json!("It opens on Monday.")));
        assert_eq!((&page["article"]["count"], app.rows("select count(*) from contacts").await), (&json!(2), 1));
        let opened = ann.opens(&reply.json()).await;
        assert_eq!((&opened["history"][0]["action"], &opened["history"][0]["by"], &opened["needs"]), (&json!("reply"), &json!("Ann"), &Value::Null));
        ann.does("reject", &comment).await;
        let standing = app.reads("").await;
        assert_eq!((&standing["comments"][0]["removed"], &standing["comments"][0]["replies"][0]["text"]), (&json!(true), &json!("It opens on Monday.")));
    }

    async fn an_address_is_told_to_editors_who_say_why(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let comment = app.submits("Call me", "Reader@Example.org").await;
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let path = at(&comment, "/contact");
        let asked = editor.post(&path, &json!({"reason": "She offered documents"})).await;
        app.waits(Duration::from_secs(1));
        assert_eq!((asked.status, asked.json(), asked.header("cache-control")), (200, json!({"email": "Reader@Example.org", "name": null}), "no-store"));
        let entry = editor.opens(&comment).await["history"][0].clone();
        assert_eq!((&entry["action"], &entry["by"], &entry["reason"]), (&json!("ask-contact"), &json!("Eve"), &json!("She offered documents")));
        for (body, code) in [(json!({"reason": " "}), "required"), (json!({"reason": "x".repeat(501)}), "too-long")] {
            assert_eq!(editor.post(&path, &body).await.faults(), [("reason".to_owned(), code.to_owned())]);
        }
        let why = json!({"reason": "Curious"});
        for (name, role, bound, problem) in [
            ("Mo", Role::Moderator, &[][..], "forbidden"),
            ("Otto", Role::Operator, &[], "forbidden"),
            ("Olga", Role::Admin, &["herald"], "not-found"),
        ] {
            assert_eq!(app.hires(name, role, bound).await.post(&path, &why).await.problem(), problem, "{name}");
        }
        editor.approves(&comment).await;
        let reply = editor.post(&at(&comment, "/replies"), &json!({"comment": "Thanks"})).await.json();
        assert_eq!(editor.post(&at(&reply, "/contact"), &why).await.json(), json!({"email": null, "name": null}));
        assert_eq!(app.rows("select count(*) from audit where action = 'ask-contact'").await, 2, "nobody else was told");
    }

    async fn all_of_it_at_the_desk(app: TestApp) {
        let desk = Browser::of(app, "Eve", Role::Editor).await;
        let comment = app.submits("Why is the bridge shut?", "reader@example.org").await;
        let page = format!("/desk/comments/{}", comment["id"].as_str().unwrap());
        let first = desk.sees(&page).await;
        assert!(!first.contains("Reply for the site") && !first.contains("Recommend"), "nobody sees it yet");
        let version = hidden(&first, "version");
        let (edited, _) = desk.does(&page, &[("action", "edit"), ("version", &version), ("comment", "Why is it shut?")]).await;
        assert!(edited.contains("What its author wrote is kept") && edited.contains("Edited by <bdi>Eve</bdi>"));
        let undone = desk.undoes(&edited).await;
        assert!(undone.contains("Undone: the comment is as it was before."));
        let late = desk.does(&page, &[("action", "edit"), ("version", &version), ("comment", "Late")]).await.0;
        assert!(late.contains("You have left it for another look already"));
        let refused = desk.sends(&page, &[("action", "edit"), ("version", "3"), ("comment", " ")]).await;
        assert!(refused.status == 422 && refused.text().contains("Please write a comment."));
        desk.does(&format!("{page}/decisions"), &[("decision", "approve"), ("version", "3")]).await;
        let (picked, _) = desk.does(&page, &[("action", "pick"), ("version", "4")]).await;
        assert!(picked.contains("Recommended: readers see it marked.") && picked.contains("Recommend no longer"));
        let answer = [("action", "reply"), ("key", "k1"), ("comment", "On Monday.")];
        let (replied, _) = desk.does(&page, &answer).await;
        assert!(replied.contains("Your reply is on the page."));
        desk.does(&page, &answer).await;
        assert_eq!(app.reads("").await["article"]["count"], 2, "a double click is one");
        let blank = desk.sends(&page, &[("action", "contact"), ("reason", "")]).await;
        assert!(blank.status == 422 && !blank.text().contains("reader@example.org"));
        let asked = desk.sends(&page, &[("action", "contact"), ("reason", "She offered documents")]).await;
        assert_eq!((asked.status, asked.header("cache-control")), (200, "no-store"));
        assert!(asked.text().contains("<strong class=\"address\">reader@example.org</strong>"));
        let after = desk.sees(&page).await;
        assert!(!after.contains("reader@example.org") && after.contains("Was told the address"));
        assert_eq!(desk.sends(&page, &[("action", "burn")]).await.status, 400);
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        assert!(!mo.sees(&page).await.contains("Ask for the author"));
        assert_eq!(mo.sends(&page, &[("action", "contact"), ("reason", "Curious")]).await.status, 403);
        let foreign = [("csrf", "x"), ("action", "pick"), ("version", "5")];
        let without = app.client.submit(&page, &foreign, &[("cookie", desk.cookie())]).await;
        assert_eq!(without.status, 403, "{}", without.text());
    }
}
