//! Two at once, again and again: one winner, one audit row, and what follows of it once.
//!
//! 100 rounds of each; 1,000 in the long form.

use std::cell::Cell;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::{
    events::Watch,
    support::{Answer, Desk, TestApp, is_long},
};
use replydesk::domain::Role;

fn rounds() -> usize {
    if is_long() { 1_000 } else { 100 }
}

/// What a round may raise by one, or leave.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Books {
    audit: i64,
    /// The public version of the article: what readers' caches and other processes go by.
    article: i64,
    shown: i64,
}

impl Books {
    async fn of(app: &TestApp) -> Self {
        Self {
            audit: app.rows("select count(*) from audit where object = 'comment'").await,
            article: app.rows("select coalesce(max(version), 0) from articles").await,
            shown: app.rows("select coalesce(max(approved_count), 0) from articles").await,
        }
    }

    /// Later by so many audit rows, so many visible changes, and so many comments that are shown.
    fn and(self, (audit, article, shown): (i64, i64, i64)) -> Self {
        Self { audit: self.audit + audit, article: self.article + article, shown: self.shown + shown }
    }
}

async fn pair(app: &TestApp) -> (Desk<'_>, Desk<'_>) {
    (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await)
}

/// Exactly one of the two was taken: whether it was the first. The other is told who was quicker, and which version
/// stands.
fn first_won(one: &Answer, other: &Answer, version: i64) -> bool {
    let first = one.status == 200;
    let (won, lost) = if first { (one, other) } else { (other, one) };
    assert_eq!((won.status, lost.status), (200, 409), "{} {}", won.text(), lost.text());
    assert_eq!(lost.problem(), "already-decided");
    let current = &lost.json()["current"];
    assert_eq!(current["version"], version, "{current}");
    assert_eq!(current["by"], if first { "Ann" } else { "Ben" });
    first
}

both_databases! {
    async fn approve_against_reject(app: TestApp) {
        let (ann, ben) = pair(app).await;
        let (mut watch, mut comments) = (Watch::of(&ann).await, Vec::new());
        let mut approved = 0;
        for round in 0..rounds() {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let before = Books::of(app).await;
            let (one, other) = join(ann.decides(&comment, "approve", 1), ben.decides(&comment, "reject", 1)).await;
            let shown = i64::from(first_won(&one, &other, 2));
            assert_eq!(Books::of(app).await, before.and((1, shown, shown)));
            approved += shown;
            app.looks_around().await;
            watch.hears_of(&comment, 2).await;
            comments.push(comment);
        }
        app.looks_around().await;
        assert!(comments.iter().all(|comment| watch.told(comment, 2) == 1), "one event each");
        assert_eq!(app.rows("select count(distinct object_id) from audit where object = 'comment'").await, i64::try_from(rounds()).unwrap());
        assert_eq!(app.rows("select count(*) from decisions").await, i64::try_from(rounds()).unwrap());
        eprintln!("{approved} of {} were approved", rounds());
    }

    async fn a_hundred_clients_at_one_comment(app: TestApp) {
        let (ann, ben) = pair(app).await;
        let mut watch = Watch::of(&ann).await;
        let put_off = Cell::new(0);
        for round in 0..rounds() / 20 {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let before = Books::of(app).await;
            let decide = async |n: usize| {
                let (desk, decision) = [(&ann, "approve"), (&ben, "reject"), (&ann, "spam"), (&ben, "escalate")][n % 4];
                loop {
                    let answer = desk.decides(&comment, decision, 1).await;
                    // on a busy machine not everybody gets a connection in time; who is told so asks again
                    if answer.status != 503 {
                        return answer;
                    }
                    put_off.set(put_off.get() + 1);
                }
            };
            let answers = join_all((0..100).map(decide)).await;
            let count = |status| answers.iter().filter(|answer| answer.status == status).count();
            assert_eq!((count(200), count(409)), (1, 99));
            let won = answers.iter().find(|answer| answer.status == 200).unwrap().json();
            for lost in answers.iter().filter(|answer| answer.status == 409) {
                assert_eq!((&lost.json()["current"]["status"], &lost.json()["current"]["version"]), (&won["status"], &json!(2)));
            }
            let shown = i64::from(won["status"] == "approved");
            assert_eq!(Books::of(app).await, before.and((1, shown, shown)));
            app.looks_around().await;
            watch.hears_of(&comment, 2).await;
            app.looks_around().await;
            assert_eq!((watch.told(&comment, 2), watch.told(&comment, 3)), (1, 0), "one event");
        }
        eprintln!("{} requests were told to come back later", put_off.get());
    }

    async fn edit_against_approve(app: TestApp) {
        let (ann, _) = pair(app).await;
        let mut watch = Watch::of(&ann).await;
        let mut edited_first = 0;
        for round in 0..rounds() {
            let comment = app.submits(&format!("Read {round}"), &format!("reader{round}@example.org")).await;
            let before = Books::of(app).await;
            let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
            let words = json!({"comment": format!("Unread {round}")});
            let edit = app.client.send(("PATCH", &receipt), &[], Some(&words));
            let (approval, edit) = join(ann.decides(&comment, "approve", 1), edit).await;
            assert_eq!(edit.status, 200, "whoever writes is not in the way of anybody: {}", edit.text());
            let after = Books::of(app).await;
            let item = ann.opens(&comment).await;
            let public = app.client.get(&format!("/v1/sites/gazette/comments/{}", comment["id"].as_str().unwrap())).await;
            if approval.status == 200 {
                assert_eq!((&item["version"], &item["needs"]), (&json!(3), &json!("edit")));
                assert_eq!(public.json()["text"], format!("Read {round}"), "what was read is what is shown");
                assert_eq!(after, before.and((2, 1, 1)));
            } else {
                edited_first += 1;
                assert_eq!((approval.problem().as_str(), &approval.json()["current"]["version"]), ("already-decided", &json!(2)));
                assert_eq!((&item["version"], &item["status"]), (&json!(2), &json!("pending")));
                assert_eq!(public.status, 404, "nobody has read what is there now");
                assert_eq!(after, before.and((1, 0, 0)));
            }
            // as it waits now, and nothing of what came between
            let version = item["version"].as_i64().unwrap();
            app.looks_around().await;
            watch.hears_of(&comment, version).await;
            app.looks_around().await;
            let told: Vec<usize> = (2..=4).map(|version| watch.told(&comment, version)).collect();
            assert_eq!(told, if version == 3 { [0, 1, 0] } else { [1, 0, 0] }, "one event");
        }
        eprintln!("{edited_first} of {} were edited first", rounds());
    }

    async fn undo_against_decide(app: TestApp) {
        let (ann, ben) = pair(app).await;
        let (mut watch, mut comments) = (Watch::of(&ann).await, Vec::new());
        let mut undone = 0;
        for round in 0..rounds() {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let made = json!({"decision_id": ann.approves(&comment).await["decision_id"]});
            let before = Books::of(app).await;
            let undo = ann.post("/v1/moderation/undo", &made);
            let (undo, rejection) = join(undo, ben.decides(&comment, "reject", 2)).await;
            let first = first_won(&undo, &rejection, 3);
            assert_eq!(Books::of(app).await, before.and((1, 1, -1)), "either takes it out of sight, once");
            let status = if first { "pending" } else { "rejected" };
            assert_eq!(ann.opens(&comment).await["status"], status);
            undone += usize::from(first);
            app.looks_around().await;
            watch.hears_of(&comment, 3).await;
            comments.push(comment);
        }
        app.looks_around().await;
        assert!(comments.iter().all(|comment| watch.told(comment, 3) == 1), "one event each");
        eprintln!("{undone} of {} were undone", rounds());
    }

    async fn undo_against_undo(app: TestApp) {
        let (ann, _) = pair(app).await;
        for round in 0..rounds() / 2 {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let made = json!({"decision_id": ann.approves(&comment).await["decision_id"]});
            let before = Books::of(app).await;
            let undo = || ann.post("/v1/moderation/undo", &made);
            let (one, other) = join(undo(), undo()).await;
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", one.text(), other.text());
            assert_eq!(Books::of(app).await, before.and((1, 1, -1)));
        }
    }

    async fn two_shifts_decide_and_undo_the_same_batch(app: TestApp) {
        let (ann, ben) = pair(app).await;
        for round in 0..rounds() / 20 {
            let mut items = Vec::new();
            for n in 0..20 {
                let comment = app.submits(&format!("Round {round}, {n}"), &format!("reader{n}@example.org")).await;
                items.push(json!({"id": comment["id"], "version": 1}));
            }
            let path = "/v1/moderation/decisions";
            let made = ann.post(path, &json!({"items": items, "decision": "approve"})).await.json();
            for item in &mut items {
                item["version"] = json!(2);
            }
            items.reverse();
            let before = Books::of(app).await;
            let (undoes, rejects) = (json!({"batch": made["batch"]}), json!({"items": items, "decision": "reject"}));
            let (undone, rejected) = join(ann.post("/v1/moderation/undo", &undoes), ben.post(path, &rejects)).await;
            assert_eq!((undone.status, rejected.status), (200, 200), "{} {}", undone.text(), rejected.text());
            let done = |answer: &Answer| {
                let results: Vec<Value> = answer.json()["results"].as_array().unwrap().clone();
                results.iter().filter(|result| result["outcome"] == "done").count()
            };
            assert_eq!(done(&undone) + done(&rejected), 20);
            assert_eq!(Books::of(app).await, before.and((20, 20, -20)));
        }
    }

    async fn claim_against_decide(app: TestApp) {
        let (ann, ben) = pair(app).await;
        let mut taken = 0;
        for round in 0..rounds() {
            let comment = app.submits(&format!("Round {round}"), &format!("reader{round}@example.org")).await;
            let (claims, decision) = join(ben.claims(1), ann.decides(&comment, "reject", 1)).await;
            assert_eq!(decision.status, 200, "a claim is in nobody's way: {}", decision.text());
            assert_eq!(app.rows("select count(*) from claims").await, 0, "what is decided is not being read");
            taken += claims.len();
        }
        eprintln!("{taken} of {} were taken first", rounds());
    }
}
