//! Canned reasons: who sets them, and what a commenter reads of them.

use serde_json::{Value, json};

use crate::{
    shift::Browser,
    support::{Desk, SITE, TestApp},
};
use replydesk::domain::{Policy, Role};

const PATH: &str = "/v1/sites/gazette/reasons";

fn some() -> Value {
    json!({"reasons": [
        {"code": "off-topic", "text": "It is not about the article.", "basis": "terms"},
        {"code": "illegal", "text": "The law forbids it.", "basis": "law"},
    ]})
}

async fn rejects(desk: &Desk<'_>, comment: &Value, said: Value) -> Value {
    let mut body = json!({"decision": "reject", "version": desk.opens(comment).await["version"]});
    body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
    let answer = desk.post(&path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn receipt(app: &TestApp, comment: &Value) -> Value {
    app.client.get(&format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap())).await.json()
}

both_databases! {
    async fn editors_set_them_and_moderators_read_them(app: TestApp) {
        assert_eq!(SITE, "gazette");
        app.opens_site("herald", Policy::default()).await;
        let (eve, mo) = (app.hires("Eve", Role::Editor, &[]).await, app.hires("Mo", Role::Moderator, &[]).await);
        assert_eq!(mo.get(PATH).await.json(), json!({"reasons": []}));
        assert_eq!(eve.sends(("PUT", PATH), Some(&some())).await.json(), some());
        assert_eq!(mo.get(PATH).await.json(), some());
        assert_eq!(eve.sends(("PUT", PATH), Some(&some())).await.status, 200);
        assert_eq!(app.rows("select count(*) from audit where action = 'set-reasons'").await, 1, "the same again is no change");
        assert_eq!(mo.sends(("PUT", PATH), Some(&some())).await.problem(), "forbidden");
        let (otto, olga) = (app.hires("Otto", Role::Operator, &[]).await, app.hires("Olga", Role::Admin, &["herald"]).await);
        assert_eq!(otto.get(PATH).await.problem(), "forbidden");
        assert_eq!(olga.get(PATH).await.problem(), "not-found");
        assert_eq!(olga.sends(("PUT", PATH), Some(&some())).await.problem(), "not-found");
        assert_eq!(app.client.get(PATH).await.problem(), "unauthenticated");
        assert_eq!(eve.get("/v1/sites/nowhere/reasons").await.problem(), "not-found");
    }

    async fn a_list_has_its_bounds(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let one = |code: &str, text: &str, basis: &str| json!({"code": code, "text": text, "basis": basis});
        let many = |count: usize| (0..count).map(|n| one(&format!("r{n}"), "Text", "terms")).collect::<Vec<_>>();
        for (list, field, code) in [
            (vec![one("a", "x", "terms"), one("a", "y", "law")], "reasons", "repeated"),
            (many(51), "reasons", "too-long"),
            (vec![one("A b", "x", "terms")], "reasons.code", "not-an-id"),
            (vec![one("a", "", "terms")], "reasons.text", "required"),
            (vec![one("a", "x", "whim")], "reasons.basis", "unknown-value"),
        ] {
            let refused = eve.sends(("PUT", PATH), Some(&json!({"reasons": list}))).await;
            assert_eq!(refused.faults(), [(field.to_owned(), code.to_owned())]);
        }
        let full = json!({"reasons": many(50)});
        assert_eq!(eve.sends(("PUT", PATH), Some(&full)).await.json(), full);
        assert_eq!(app.rows("select count(*) from audit where action = 'set-reasons'").await, 1);
    }

    async fn a_rejected_commenter_reads_the_reason_that_was_chosen(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        eve.sends(("PUT", PATH), Some(&some())).await;
        let comment = app.submits("Buy lamps", "a@example.org").await;
        let rejected = rejects(&eve, &comment, json!({"reason_code": "off-topic"})).await;
        assert_eq!((&rejected["reason"], &rejected["reason_code"], &rejected["basis"]), (&json!("It is not about the article."), &json!("off-topic"), &json!("terms")));
        let told = receipt(app, &comment).await;
        assert_eq!((&told["reason"], &told["basis"]), (&json!("It is not about the article."), &json!("terms")));
        let page = app.client.get(&format!("/receipts/{}", comment["receipt"]["token"].as_str().unwrap())).await.text();
        assert!(page.contains("It is not about the article.") && page.contains("terms of"), "{page}");
        assert_eq!(eve.opens(&comment).await["history"][0]["reason"], "It is not about the article.");
        let undo = json!({"decision_id": rejected["decision_id"]});
        assert_eq!(eve.post("/v1/moderation/undo", &undo).await.status, 200);
        let open = eve.opens(&comment).await;
        assert_eq!((&open["reason"], &open["reason_code"], &open["basis"]), (&Value::Null, &Value::Null, &Value::Null));
        let own = rejects(&eve, &comment, json!({"reason_code": "illegal", "reason": "Paragraph 12 forbids it."})).await;
        assert_eq!((&own["reason"], &own["basis"]), (&json!("Paragraph 12 forbids it."), &json!("law")));
        eve.sends(("PUT", PATH), Some(&json!({"reasons": []}))).await;
        assert_eq!(receipt(app, &comment).await["reason"], "Paragraph 12 forbids it.", "what was said stays said");
        let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        let unknown = eve.post(&path, &json!({"decision": "spam", "version": 4, "reason_code": "illegal"})).await;
        assert_eq!(unknown.faults(), [("reason_code".to_owned(), "unknown-value".to_owned())]);
    }

    async fn in_a_batch_each_site_says_its_own_words(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        eve.sends(("PUT", PATH), Some(&some())).await;
        let here = app.submits("Here", "a@example.org").await;
        let mut there = TestApp::reply("There", "b@example.org");
        there["article"]["key"] = json!("h/1");
        let there = app.client.post("/v1/sites/herald/comments", &there).await.json();
        let item = |of: &Value| json!({"id": of["id"], "version": 1});
        let body = json!({"items": [item(&here), item(&there)], "decision": "reject", "reason_code": "off-topic"});
        let done = eve.post("/v1/moderation/decisions", &body).await.json();
        let outcomes: Vec<&Value> = done["results"].as_array().unwrap().iter().map(|result| &result["outcome"]).collect();
        assert_eq!(outcomes, ["done", "conflict"], "the other site has no such reason");
        assert_eq!(eve.opens(&there).await["status"], "pending");
    }

    async fn many_are_rejected_at_the_desk_with_one_reason(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let said = [("action", "save"), ("site", SITE), ("code", "off-topic"), ("text", "It is not about the article."), ("basis", "terms")];
        eve.does("/desk/reasons", &said).await;
        let (first, second) = (app.submits("Buy lamps", "a@example.org").await, app.submits("Buy boats", "b@example.org").await);
        let page = eve.sees("/desk").await;
        let bulk = page.split("id=\"bulk\"").nth(1).unwrap();
        assert!(bulk.contains("<option value=\"off-topic\">It is not about the article.</option>"));
        let items = [&first, &second].map(|comment| format!("{}:1", comment["id"].as_str().unwrap()));
        let fields = [("item", items[0].as_str()), ("item", &items[1]), ("decision", "reject"), ("reason_code", "off-topic"), ("reason", "")];
        let (page, _) = eve.does("/desk/decisions", &fields).await;
        assert!(page.contains("2 comments rejected."));
        for comment in [&first, &second] {
            assert_eq!(receipt(app, comment).await["reason"], "It is not about the article.");
        }
        let comment = app.submits("Buy owls", "c@example.org").await;
        let item = format!("{}:1", comment["id"].as_str().unwrap());
        // a reason is part of a rejection; whatever stands in its field does not go with another decision
        eve.does("/desk/decisions", &[("item", &item), ("decision", "spam"), ("reason_code", ""), ("reason", "Go away")]).await;
        assert_eq!(app.rows("select count(*) from comments where reason is not null").await, 2);
        let unknown = eve.sends("/desk/decisions", &[("item", &item), ("decision", "reject"), ("reason_code", "whim")]).await;
        assert_eq!(unknown.status, 422);
        // where a page holds comments of several sites, only what all of them have can be chosen
        let mut there = TestApp::reply("Over there", "d@example.org");
        there["article"]["key"] = json!("h/1");
        assert_eq!(app.client.post("/v1/sites/herald/comments", &there).await.status, 202);
        app.submits("Over here", "e@example.org").await;
        assert!(!eve.sees("/desk").await.split("id=\"bulk\"").nth(1).unwrap().contains("off-topic"));
    }

    async fn at_the_desk_they_are_kept_and_chosen(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let comment = app.submits("Buy lamps", "a@example.org").await;
        let said = [("action", "save"), ("site", SITE), ("code", "off-topic"), ("text", "It is not about the article."), ("basis", "terms")];
        let (page, _) = eve.does("/desk/reasons", &said).await;
        assert!(page.contains("It is not about the article.") && page.contains("The reason is saved."));
        let wrong = eve.sends("/desk/reasons", &[("action", "save"), ("site", SITE), ("code", "Off topic"), ("text", "Kept"), ("basis", "terms")]).await;
        assert!(wrong.status == 422 && wrong.text().contains("Kept") && wrong.text().contains("value=\"Off topic\""));
        // what was refused stands in its field, and what is kept above it
        let wrong = eve.sends("/desk/reasons", &[("action", "save"), ("site", SITE), ("code", "off-topic"), ("text", &"Long ".repeat(101)), ("basis", "law")]).await;
        assert!(wrong.status == 422 && wrong.text().contains("<p class=\"version-text\" dir=\"auto\">It is not about the article.</p>"), "{}", wrong.text());
        assert_eq!((wrong.text().matches("Long Long").count(), wrong.text().matches("<textarea").count()), (50, 2));
        let card = eve.sees("/desk").await;
        assert!(card.contains("<option value=\"off-topic\">It is not about the article.</option>"));
        let path = format!("/desk/comments/{}/decisions", comment["id"].as_str().unwrap());
        eve.does(&path, &[("decision", "reject"), ("version", "1"), ("reason_code", "off-topic"), ("reason", "")]).await;
        assert_eq!(receipt(app, &comment).await["reason"], "It is not about the article.");
        let (gone, _) = eve.does("/desk/reasons", &[("action", "remove"), ("site", SITE), ("code", "off-topic")]).await;
        assert!(gone.contains("The reason is removed.") && !gone.contains("It is not about the article."));
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        assert_eq!(mo.sends("/desk/reasons", &said).await.status, 403);
    }
}
