//! What commenters know: they are told of what they do not know, once, and of what stands.

use std::time::Duration;

use replydesk::domain::{CannedReason, Mode, Policy};
use serde_json::{Value, json};

use crate::{
    commenters::{
        FORM, WINDOW, answers, answers_mail, confirms, decides, mailbox, one_click, question, sends,
    },
    delivery::{exhaust, retries_and_drops, worker},
    support::{Database, Desk, TestApp, smtp, tell},
};

const ANN: &str = "ann@example.org";

/// The mails to Ann, but for the question.
async fn told(app: &TestApp) -> Vec<String> {
    mailbox(app, ANN).await.into_iter().filter(|mail| !mail.contains("Answer yes or no")).collect()
}

async fn undoes(app: &TestApp, desk: &Desk<'_>, decision: &Value) {
    app.waits(Duration::from_secs(1));
    let undone = desk.post("/v1/moderation/undo", &json!({"decision_id": decision["decision_id"]})).await;
    assert_eq!(undone.status, 200, "{}", undone.text());
}

async fn reports(app: &TestApp, comment: &Value) {
    says(app, comment, &json!({"reason": "abuse"})).await;
}

async fn notices(app: &TestApp, comment: &Value) {
    let notice = json!({"reason": "illegal", "law": "Section 126a", "name": "Vera Quist", "email": "vera@lawyers.example", "good_faith": true});
    says(app, comment, &notice).await;
}

async fn says(app: &TestApp, comment: &Value, report: &Value) {
    app.waits(Duration::from_secs(1));
    let path = format!("/v1/sites/gazette/comments/{}/reports", comment["id"].as_str().unwrap());
    assert_eq!(app.client.post(&path, report).await.status, 202);
}

fn receipt(comment: &Value) -> String {
    format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap())
}

both_databases! {
    async fn what_is_approved_twice_is_told(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        confirms(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        reports(app, &comment).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 1 && mails[0].contains("Your comment is published"), "{mails:?}");
        // whatever is decided of what a notice says, nothing is new to its author
        notices(app, &comment).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 1);
    }

    async fn who_ended_mail_and_wants_it_again_hears_no_old_news(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        let end = one_click(&mailbox(app, ANN).await[0]);
        confirms(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 1);
        notices(app, &comment).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        for action in ["action=end", "action=confirm"] {
            assert_eq!(answers_mail(app, &end, action).await.status, 200);
            assert_eq!(told(app).await.len(), 1, "{action}");
        }
    }

    async fn what_was_published_at_once_its_author_saw(app: TestApp) {
        let mo = app.moderator().await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        // a moderator looks at it, and it stays
        reports(app, &comment).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        confirms(app, ANN).await;
        assert_eq!(told(app).await.len(), 0);
        // what takes it away is news, and what brings it back
        let version = mo.opens(&comment).await["version"].as_i64().unwrap();
        let decision = mo.decides(&comment, "reject", version).await.json();
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 1 && mails[0].contains("Your comment was not published"), "{mails:?}");
        undoes(app, &mo, &decision).await;
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 2 && mails[1].contains("Your comment is published"), "{mails:?}");
        // thought over in time, nothing was
        let version = mo.opens(&comment).await["version"].as_i64().unwrap();
        let decision = mo.decides(&comment, "reject", version).await.json();
        undoes(app, &mo, &decision).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 2);
    }

    async fn an_answer_that_comes_back_is_told_and_none_twice(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "What about the ferry?", (ANN, "replies")).await;
        confirms(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 1);
        let reply = answers(app, &comment, "It was sold in March.", ("bob@example.org", "none")).await;
        // taken away while it was to be told of, and back later
        decides(app, &mo, "approve", &reply).await;
        decides(app, &mo, "reject", &reply).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 1);
        let version = mo.opens(&reply).await["version"].as_i64().unwrap();
        let decision = mo.decides(&reply, "approve", version).await.json();
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 2 && mails[1].contains("It was sold in March."), "{mails:?}");
        undoes(app, &mo, &decision).await;
        decides(app, &mo, "approve", &reply).await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 2);
    }

    async fn two_letters_about_one_thing_are_one(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        let path = question(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        // nobody delivers meanwhile: the letter is still there when the author says yes
        app.waits(2 * WINDOW);
        let (one, other) = tokio::join!(answers_mail(app, &path, "action=confirm"), answers_mail(app, &path, "action=confirm"));
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(app.rows("select count(*) from outbox where cast(message as text) like '%outcome-letter%' and outcome is null").await, 2);
        assert_eq!(told(app).await.len(), 1);
    }

    async fn what_cannot_be_sent_uses_up_no_letters(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        confirms(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        let server = smtp::Server::start(|_| smtp::Reply::Refuse("535 authentication failed")).await;
        let worker = worker(app, &server);
        for _ in 0..30 {
            exhaust(&worker).await;
            app.waits(Duration::from_mins(16));
        }
        assert!(server.conversations() >= 30);
        assert_eq!(told(app).await.len(), 1);
    }

    async fn what_cannot_be_read_is_given_up(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        confirms(app, ANN).await;
        decides(app, &mo, "approve", &comment).await;
        app.database().forces("update contacts set email = 'nothing'").await;
        app.waits(WINDOW);
        assert_eq!(told(app).await.len(), 0);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dead' and last_error = 'unreadable'").await, 1);
        retries_and_drops(app).await;
    }

    async fn the_first_yes_is_said_by_the_question_alone(app: TestApp) {
        sends(app, "The first words", (ANN, "outcome")).await;
        let end = one_click(&mailbox(app, ANN).await[0]);
        let page = app.client.get(&end).await.text();
        assert!(page.contains("No, never ask again") && !page.contains("Yes, send me mail"), "{page}");
        let refused = answers_mail(app, &end, "action=confirm").await;
        assert!(refused.status == 403 && refused.text().contains("<h1>"), "{}", refused.text());
        assert_eq!(answers_mail(app, &end, "").await.status, 200);
        let page = app.client.get(&end).await.text();
        assert!(page.contains("You get no more mail") && !page.contains("I want mail again"), "{page}");
        assert_eq!(answers_mail(app, &end, "action=confirm").await.status, 403);
        // by the other one it can be said
        assert_eq!(answers_mail(app, &question(app, ANN).await, "action=confirm").await.status, 200);
    }

    async fn a_later_rejection_does_not_speak_of_an_earlier_appeal(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "I sell no ferries", (ANN, "outcome")).await;
        confirms(app, ANN).await;
        let appeal = format!("{}/appeal", receipt(&comment));
        let state = async || app.client.get(&receipt(&comment)).await.json()["appeal"]["state"].clone();
        let appeals = async |text: &str| {
            app.waits(Duration::from_secs(1));
            app.client.post(&appeal, &json!({"text": text})).await.status
        };
        decides(app, &mo, "reject", &comment).await;
        assert_eq!(appeals("Look again").await, 200);
        decides(app, &mo, "approve", &comment).await;
        assert_eq!(state().await, json!("answered"));
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 1 && mails[0].contains("as you asked, and it is published"), "{mails:?}");
        reports(app, &comment).await;
        assert_eq!(state().await, json!("answered"), "a report decides nothing");
        decides(app, &mo, "reject", &comment).await;
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 2 && mails[1].contains("Your comment was not published") && !mails[1].contains("as you asked"), "{mails:?}");
        // against this one there is another word
        assert_eq!(state().await, json!("possible"));
        assert_eq!((appeals("And again").await, appeals("And again").await), (200, 409));
        assert_eq!(mo.queue("&needs=appeal").await[0]["appeal"], "And again");
        let version = mo.opens(&comment).await["version"].as_i64().unwrap();
        let decision = mo.decides(&comment, "reject", version).await.json();
        assert_eq!(state().await, json!("answered"));
        // what answered it is taken back: it waits again
        undoes(app, &mo, &decision).await;
        assert_eq!(state().await, json!("waiting"));
        decides(app, &mo, "reject", &comment).await;
        app.waits(WINDOW);
        let mails = told(app).await;
        assert!(mails.len() == 3 && mails[2].contains("it stays unpublished"), "{mails:?}");
    }

    async fn other_words_do_not_rest_on_what_the_canned_ones_did(app: TestApp) {
        let mo = app.moderator().await;
        let law = CannedReason::parse("law", "It is against the law.", "law").unwrap();
        app.sets_policy(Policy { reasons: vec![law], ..Policy::default() }).await;
        let comment = sends(app, "I sell no ferries", (ANN, "outcome")).await;
        confirms(app, ANN).await;
        let decide = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        app.waits(Duration::from_secs(1));
        assert_eq!(mo.post(&decide, &json!({"decision": "reject", "version": 1, "reason_code": "law"})).await.status, 200);
        app.waits(Duration::from_secs(1));
        assert_eq!(app.client.post(&format!("{}/appeal", receipt(&comment)), &json!({"text": "Which one?"})).await.status, 200);
        app.waits(Duration::from_secs(1));
        let said = json!({"decision": "reject", "version": 3, "reason": "Please stay with the article."});
        assert_eq!(mo.post(&decide, &said).await.status, 200);
        let shown = app.client.get(&receipt(&comment)).await.json();
        assert_eq!((&shown["reason"], &shown["basis"]), (&json!("Please stay with the article."), &json!(null)));
    }

    async fn a_wish_that_is_there_asks_nobody(app: TestApp) {
        let comment = sends(app, "The first words", (ANN, "outcome")).await;
        for _ in 0..3 {
            let answer = app.client.send(("PATCH", &receipt(&comment)), &[], Some(&json!({"notify": "outcome"}))).await;
            assert_eq!(answer.status, 200);
        }
        assert_eq!(app.rows("select count(*) from outbox where cast(message as text) like '%confirmation-letter%'").await, 1);
    }
}

/// Mail providers end mails for many people from one place.
#[test]
fn ending_mails_is_not_limited_by_where_it_comes_from() {
    for database in [Database::sqlite, Database::postgres] {
        tell(database, async |first| {
            let app = first
                .beside(&[
                    ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "1000"),
                    ("REPLYDESK_LIMITS__RECEIPTS_PER_MINUTE", "2"),
                    ("REPLYDESK_LIMITS__RECEIPTS_BURST", "2"),
                ])
                .await;
            sends(&app, "The first words", (ANN, "outcome")).await;
            let (end, yes) = (one_click(&mailbox(&app, ANN).await[0]), question(&app, ANN).await);
            for _ in 0..10 {
                assert_eq!(
                    app.client
                        .raw(("POST", &end), &[FORM], b"List-Unsubscribe=One-Click".to_vec())
                        .await
                        .status,
                    200
                );
            }
            // a yes is, and so is a guess
            let mut statuses = Vec::new();
            for _ in 0..3 {
                statuses.push(answers_mail(&app, &yes, "action=confirm").await.status);
            }
            statuses.push(answers_mail(&app, &end, "action=confirm").await.status);
            statuses.push(answers_mail(&app, "/mail/guess", "action=confirm").await.status);
            assert_eq!(statuses, [200, 200, 429, 429, 429]);
            app.stops().await;
        });
    }
}
