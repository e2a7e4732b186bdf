//! What commenters see and change of their own comment.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    moderation::edits,
    support::{Answer, TestApp},
};
use replydesk::domain::{Mode, Policy};

both_databases! {
    async fn an_edit_of_a_published_comment_waits_while_the_old_text_stays(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Old words", "ann@example.org").await;
        moderator.approves(&comment).await;
        app.delivers_everything().await;
        let told = app.mails().await.len();
        app.waits(Duration::from_mins(14));
        let receipt = edits(app, &comment, "New words").await;
        assert_eq!((&receipt["status"], &receipt["text"]), (&json!("approved"), &json!("New words")));
        assert_eq!(app.reads("").await["comments"][0]["text"], "Old words");
        let waiting = moderator.queue("&needs=edit").await;
        assert_eq!((&waiting[0]["text"], &waiting[0]["published_text"]), (&json!("New words"), &json!("Old words")));
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), told + 1, "the moderators are told of the edit");
        moderator.approves(&comment).await;
        let page = app.reads("").await;
        assert_eq!((&page["comments"][0]["text"], page["comments"][0]["edited"].is_string()), (&json!("New words"), true));
        assert_eq!(page["article"]["count"], 1);
        app.waits(Duration::from_mins(2));
        assert_eq!(patch(app, &comment, "Too late").await.problem(), "already-decided");
    }

    async fn an_edit_does_not_take_back_that_it_was_escalated(app: TestApp) {
        let moderator = app.moderator().await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let comment = app.posts(&TestApp::reply("Old words", "ann@example.org")).await.json();
        moderator.does("escalate", &comment).await;
        app.sets_policy(Policy::default()).await;
        edits(app, &comment, "New words").await;
        let waiting = moderator.queue("&needs=escalated").await;
        assert_eq!((waiting.len(), &waiting[0]["text"], &waiting[0]["published_text"]), (1, &json!("New words"), &json!("Old words")));
        moderator.approves(&comment).await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "New words");
        assert_eq!(moderator.queue("").await, [] as [Value; 0]);
    }

    async fn an_open_site_publishes_an_edit_at_once(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let comment = app.posts(&TestApp::reply("Old words", "ann@example.org")).await.json();
        edits(app, &comment, "New words").await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "New words");
    }

    async fn an_edit_is_screened_like_what_is_new(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let campaign = "Sign the petition for the bridge today!";
        app.posts(&TestApp::reply(campaign, "ann@example.org")).await;
        let comment = app.posts(&TestApp::reply("Harmless", "eve@example.org")).await.json();
        edits(app, &comment, campaign).await;
        let moderator = app.moderator().await;
        let waiting = moderator.queue("&needs=edit").await;
        assert_eq!((waiting.len(), &waiting[0]["findings"][0]["code"]), (1, &json!("repeated-text")));
        assert_eq!(app.reads("").await["comments"][1]["text"], "Harmless");
        edits(app, &comment, "Harmless again").await;
        assert_eq!(app.reads("").await["comments"][1]["text"], "Harmless again");
        let after = moderator.opens(&comment).await;
        assert_eq!((&after["needs"], &after["findings"]), (&json!("decision"), &json!([])));
    }

    async fn how_a_comment_arrived_stays_true_after_an_edit(app: TestApp) {
        let fields = crate::submission::form("Buy now", &[("address", "12 Main Street")]);
        let answer = app.client.submit("/v1/sites/gazette/comments", &fields, &[]).await;
        let token = answer.header("location").rsplit('/').next().unwrap().to_owned();
        let spam = json!({"receipt": {"token": token}});
        edits(app, &spam, "Buy something else").await;
        let found = app.moderator().await.queue("&status=spam").await;
        assert_eq!((&found[0]["text"], &found[0]["findings"][0]["code"]), (&json!("Buy something else"), &json!("honeypot")));
    }

    async fn a_withdrawn_comment_is_gone_for_good(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Taken back", "ann@example.org").await;
        moderator.approves(&comment).await;
        assert_eq!(app.reads("").await["article"]["count"], 1);
        let path = receipt_of(&comment);
        let withdrawn = app.client.send(("DELETE", &path), &[], None).await;
        assert_eq!((withdrawn.status, &withdrawn.json()["status"]), (200, &json!("withdrawn")));
        assert_eq!(app.reads("").await, json!({
            "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge", "open": true, "count": 0},
            "comments": [],
            "next": null,
        }));
        assert_eq!(app.client.send(("DELETE", &path), &[], None).await.problem(), "already-decided");
        assert_eq!(moderator.decides(&comment, "approve", 3).await.problem(), "already-decided");
    }

    async fn spam_looks_like_what_waits_whatever_its_author_does(app: TestApp) {
        let moderator = app.moderator().await;
        let held = app.submits("Held", "ann@example.org").await;
        let spam = app.submits("Spam", "eve@example.org").await;
        moderator.does("spam", &spam).await;
        let shape = |receipt: &Value| {
            let mut receipt = receipt.clone();
            for private in ["id", "text", "submitted_at", "editable_until"] {
                receipt[private] = json!(receipt[private].is_string());
            }
            receipt
        };
        let (of_held, of_spam) = (app.client.get(&receipt_of(&held)).await, app.client.get(&receipt_of(&spam)).await);
        assert_eq!(shape(&of_held.json()), shape(&of_spam.json()));
        let edited = edits(app, &spam, "Better spam").await;
        assert_eq!((&edited["status"], &edited["text"]), (&json!("pending"), &json!("Better spam")));
        assert_eq!(moderator.opens(&spam).await["status"], "spam");
    }

    async fn a_link_that_is_forged_or_too_old_opens_nothing(app: TestApp) {
        let comment = app.submits("Mine", "ann@example.org").await;
        let path = receipt_of(&comment);
        let forged = format!("{}A", &path[..path.len() - 1]);
        let forged = if forged == path { format!("{}B", &path[..path.len() - 1]) } else { forged };
        assert_eq!(app.client.get(&forged).await.problem(), "not-found");
        assert_eq!(app.client.get("/v1/receipts/nothing").await.problem(), "not-found");
        app.waits(Duration::from_hours(24 * 365));
        assert_eq!((app.client.get(&path).await.status, app.client.get(&path).await.problem()), (410, "gone".to_owned()));
    }

    async fn the_page_of_a_receipt_edits_and_withdraws_without_javascript(app: TestApp) {
        let comment = app.submits("Pge with a slip", "ann@example.org").await;
        let path = receipt_of(&comment).replace("/v1", "");
        let page = app.client.get(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert!(page.text().contains("Pge with a slip") && page.header("referrer-policy") == "same-origin");
        assert!(!page.text().contains("ann@example.org"));
        let edited = app.client.submit(&path, &[("action", "edit"), ("comment", "Page without")], &[]).await;
        assert!(edited.status == 200 && edited.text().contains("Page without"), "{}", edited.text());
        let refused = app.client.submit(&path, &[("action", "edit"), ("comment", "  ")], &[]).await;
        assert_eq!(refused.status, 422);
        let elsewhere = [("origin", "https://evil.example")];
        let foreign = app.client.submit(&path, &[("action", "withdraw")], &elsewhere).await;
        assert_eq!(foreign.status, 403);
        let withdrawn = app.client.submit(&path, &[("action", "withdraw")], &[]).await;
        assert!(withdrawn.status == 200 && withdrawn.text().contains("withdrawn"));
    }
}

fn receipt_of(comment: &Value) -> String {
    format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap())
}

async fn patch(app: &TestApp, comment: &Value, text: &str) -> Answer {
    app.client.send(("PATCH", &receipt_of(comment)), &[], Some(&json!({"comment": text}))).await
}
