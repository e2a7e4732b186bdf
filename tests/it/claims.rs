//! Claims: who reads which comments, for how long, and that it is a courtesy.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    moderation::edits,
    support::{Answer, Desk, TestApp},
};
use replydesk::{
    domain::{Policy, Role},
    flow::{accounts, upkeep},
};

const PATH: &str = "/v1/moderation/claims";
const LEASE: Duration = Duration::from_mins(5);

/// So many comments that wait, the oldest first.
pub async fn wait(app: &TestApp, count: usize) -> Vec<Value> {
    let mut waiting = Vec::with_capacity(count);
    for n in 0..count {
        waiting.push(app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await);
    }
    waiting
}

fn texts(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(|n| format!("Number {n}")).collect()
}

fn ids(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["ids"].as_array().unwrap().clone()
}

async fn renews(desk: &Desk<'_>, body: Option<&Value>) -> Vec<Value> {
    ids(&desk.sends(("PUT", PATH), body).await)
}

async fn gives_back(desk: &Desk<'_>, body: Option<&Value>) -> Vec<Value> {
    ids(&desk.sends(("DELETE", PATH), body).await)
}

both_databases! {
    async fn the_next_ones_are_taken_and_others_see_by_whom(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 5).await;
        let answer = ann.post(PATH, &json!({"limit": 2})).await.json();
        let until = app.clock.now().plus(LEASE).to_string();
        assert_eq!(answer["expires_at"], json!(until));
        assert_eq!(answer["items"][1]["claim"], json!({"by": "Ann", "mine": true, "expires_at": until}));
        // the same items as in the list
        assert_eq!(answer["items"].as_array().unwrap()[..], ann.queue("").await[..2]);
        assert_eq!(ben.opens(&waiting[0]).await["claim"], json!({"by": "Ann", "mine": false, "expires_at": until}));
        assert_eq!(ben.claims(100).await, texts(2..5));
        let holders: Vec<Value> = ben.queue("").await.iter().map(|item| item["claim"]["by"].clone()).collect();
        assert_eq!(holders, [json!("Ann"), json!("Ann"), json!("Ben"), json!("Ben"), json!("Ben")]);
        let nothing = ann.post(PATH, &json!({"limit": 1})).await.json();
        assert_eq!(nothing, json!({"items": [], "expires_at": null}));
    }

    async fn a_shift_takes_all_and_nobody_reads_what_another_does(app: TestApp) {
        wait(app, 90).await;
        let mut shift = Vec::new();
        for name in ["Ann", "Ben", "Cid", "Dee", "Eli", "Fay"] {
            shift.push(app.hires(name, Role::Moderator, &[]).await);
        }
        let reads = async |desk: &Desk<'_>| {
            let mut mine = Vec::new();
            for _ in 0..6 {
                mine.extend(desk.claims(4).await);
            }
            mine
        };
        let taken = join_all(shift.iter().map(reads)).await.concat();
        assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (90, 90));
        assert_eq!(app.rows("select count(*) from claims").await, 90);
    }

    async fn a_claim_runs_out_unless_it_is_renewed(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 3).await;
        ann.claims(3).await;
        app.waits(Duration::from_mins(4));
        let kept = json!({"ids": [waiting[1]["id"]]});
        assert_eq!(renews(&ann, Some(&kept)).await, [waiting[1]["id"].clone()]);
        app.waits(Duration::from_mins(1).saturating_sub(Duration::from_micros(1)));
        assert_eq!(ben.claims(3).await.len(), 0);
        app.waits(Duration::from_micros(1));
        assert_eq!(ann.opens(&waiting[0]).await["claim"], Value::Null, "over, also before it is swept");
        assert_eq!(renews(&ann, None).await, [waiting[1]["id"].clone()], "what ran out is not hers");
        assert_eq!(ben.claims(3).await, ["Number 0", "Number 2"]);
        assert_eq!(ann.opens(&waiting[1]).await["claim"]["expires_at"], json!(app.clock.now().plus(LEASE).to_string()));
        app.waits(Duration::from_hours(1));
        upkeep::sweep(app.app(), Duration::from_hours(1)).await.unwrap();
        assert_eq!(app.rows("select count(*) from claims").await, 0);
    }

    async fn what_is_given_back_is_free_for_the_next(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 4).await;
        ann.claims(4).await;
        let two = json!({"ids": [waiting[2]["id"], waiting[0]["id"]]});
        assert_eq!(gives_back(&ben, Some(&two)).await.len(), 0, "not his to give back");
        assert_eq!(renews(&ben, Some(&two)).await.len(), 0, "nor to keep");
        assert_eq!(gives_back(&ann, Some(&two)).await, [waiting[0]["id"].clone(), waiting[2]["id"].clone()]);
        assert_eq!(gives_back(&ann, Some(&json!({"ids": []}))).await.len(), 0);
        assert_eq!(ben.claims(9).await, ["Number 0", "Number 2"]);
        assert_eq!(gives_back(&ann, None).await.len(), 2);
        assert_eq!(gives_back(&ann, Some(&json!({}))).await.len(), 0);
        assert_eq!(ben.claims(9).await, ["Number 1", "Number 3"]);
        assert_eq!(ann.queue("&claimed=me").await.len(), 0);
        let mine: Vec<Value> = ben.queue("&claimed=me&sort=newest").await.iter().map(|item| item["text"].clone()).collect();
        assert_eq!(mine, ["Number 3", "Number 2", "Number 1", "Number 0"]);
    }

    async fn somebody_else_may_decide_and_that_ends_the_claim(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let waiting = wait(app, 4).await;
        ann.claims(4).await;
        assert_eq!(ben.opens(&waiting[0]).await["claim"]["by"], "Ann", "he sees it before");
        assert_eq!(ben.approves(&waiting[0]).await["claim"], Value::Null);
        assert_eq!(ann.does("escalate", &waiting[1]).await["claim"], Value::Null);
        let withdraws = format!("/v1/receipts/{}", waiting[2]["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &withdraws), &[], None).await.status, 200);
        edits(app, &waiting[3], "Other words").await;
        assert_eq!(app.rows("select count(*) from claims").await, 1, "an edit leaves it with who reads it");
        assert_eq!(ben.opens(&waiting[3]).await["claim"]["by"], "Ann");
        assert_eq!(ben.claims(9).await, ["Number 1"], "what was escalated waits for the next");
    }

    async fn nobody_has_more_than_a_hundred(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        wait(app, 120).await;
        let some = async || ann.claims(30).await.len();
        let taken: usize = join_all((0..5).map(|_| some())).await.iter().sum();
        assert_eq!((taken, app.rows("select count(*) from claims").await), (100, 100));
        assert_eq!(ann.claims(1).await.len(), 0);
        gives_back(&ann, None).await;
        assert_eq!(ann.claims(100).await.len(), 100);
    }

    async fn a_moderator_who_goes_holds_nothing(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        wait(app, 2).await;
        ann.claims(2).await;
        let row = accounts::find(app.app(), "ann@gazette.example").await.unwrap().unwrap();
        accounts::remove(app.app(), row.id).await.unwrap();
        assert_eq!(ben.queue("").await[0]["claim"], Value::Null);
        assert_eq!(ben.claims(2).await.len(), 2);
        assert_eq!(ann.post(PATH, &json!({"limit": 1})).await.problem(), "unauthenticated");
    }

    async fn only_what_somebody_may_see_is_taken(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        wait(app, 2).await;
        let elsewhere = TestApp::reply("Elsewhere", "ann@example.org");
        assert_eq!(app.client.post("/v1/sites/herald/comments", &elsewhere).await.status, 202);
        let bound = app.hires("Olga", Role::Editor, &["herald"]).await;
        assert_eq!(bound.claims(9).await, ["Elsewhere"]);
        assert_eq!(gives_back(&bound, None).await.len(), 1);
        let all = app.moderator().await;
        let of = async |site: &str| all.post(PATH, &json!({"limit": 9, "site": site})).await.json()["items"].as_array().unwrap().len();
        assert_eq!((of("herald").await, of("nowhere").await, of("gazette").await), (1, 0, 2));
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        for method in ["POST", "PUT", "DELETE"] {
            let body = json!({"limit": 1});
            let body = (method == "POST").then_some(&body);
            assert_eq!(operator.sends((method, PATH), body).await.problem(), "forbidden", "{method}");
            let foreign = [("authorization", format!("Bearer {}", all.token)), ("origin", "https://evil.example".to_owned())];
            let foreign: Vec<(&str, &str)> = foreign.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(app.client.send((method, PATH), &foreign, body).await.problem(), "origin-not-allowed", "{method}");
            assert_eq!(app.client.send((method, PATH), &[], body).await.problem(), "unauthenticated", "{method}");
        }
    }

    async fn what_is_asked_for_must_make_sense(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        let fault = |answer: &Answer| answer.faults().remove(0);
        let said = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        for (body, field, code) in [
            (json!({}), "limit", "required"),
            (json!({"limit": 0}), "limit", "unknown-value"),
            (json!({"limit": 101}), "limit", "unknown-value"),
            (json!({"limit": -1}), "limit", "wrong-type"),
            (json!({"limit": "9"}), "limit", "wrong-type"),
            (json!({"limit": 9, "site": "a\0b"}), "site", "control-character"),
        ] {
            assert_eq!(fault(&ann.post(PATH, &body).await), said(field, code), "{body}");
        }
        let crowd = json!({"ids": vec![json!("01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"); 101]});
        for method in ["PUT", "DELETE"] {
            assert_eq!(fault(&ann.sends((method, PATH), Some(&crowd)).await), said("ids", "too-long"));
            let other = json!({"id": 1});
            assert_eq!(fault(&ann.sends((method, PATH), Some(&other)).await), said("body", "unknown-member"));
        }
        let answer = ann.get("/v1/moderation/comments?claimed=ben").await;
        assert_eq!(fault(&answer), said("claimed", "unknown-value"));
    }
}
