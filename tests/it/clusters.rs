//! Texts that say nearly the same: found whoever sends them and wherever, held, and decided at once.

use std::time::Duration;

use replydesk::{
    domain::{Mode, Policy, Role},
    flow::{search, upkeep},
};
use serde_json::{Value, json};

use crate::{
    shift::{Browser, told},
    support::{Answer, Desk, TestApp},
};

const LIST: &str = "/v1/moderation/comments";
const PATH: &str = "/v1/moderation/decisions";
const CAMPAIGN: &str = "Sign the petition for the old bridge today, before the council sells the ferry and the market to \
                        those who never lived here.";
/// The same, as somebody sends it who does not want it to be found.
const VARIANTS: [&str; 4] = [
    "SIGN the petition for the old bridge today, before the council sells the ferry and the market to those who never \
     lived here!!! https://petition.example/bridge",
    "Sign the petition for the old brіdge tоday, befоre the council sells the ferry and the market to those who never \
     lived here.",
    "Sign this petition for the old bridge today, before the council sells the ferry and the market to those who never \
     lived here.",
    "Please sign the petition for the old bridge to\u{200B}day, before the council sells the ferry and the market to \
     those who never ever lived here.",
];
const OTHER: &str = "The ferry was late again this morning, and nobody at the pier could tell the people who waited in the \
                     rain when it would come.";

async fn opens(app: &TestApp) {
    app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
}

/// By the reader of that number, under an article of their own.
async fn posts(app: &TestApp, text: &str, number: usize) -> Answer {
    let mut reply = TestApp::reply(text, &format!("reader{number}@example.org"));
    let url = format!("https://news.example/news/{number}");
    reply["article"] = json!({"key": format!("news/{number}"), "url": url, "title": "Another"});
    reply["name"] = json!(format!("Reader {number}"));
    app.posts(&reply).await
}

async fn edits(app: &TestApp, comment: &Value, text: &str) -> Answer {
    app.waits(Duration::from_millis(1));
    let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
    app.client.send(("PATCH", &path), &[], Some(&json!({"comment": text}))).await
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

async fn findings(desk: &Desk<'_>, comment: &Value) -> Vec<String> {
    let opened = desk.opens(comment).await;
    let findings = opened["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// The ids of what says nearly the same and waits.
async fn like(desk: &Desk<'_>, comment: &Value, more: &str) -> Vec<String> {
    let found = desk.queue(&format!("&cluster={}{more}", id(comment))).await;
    found.iter().map(|item| id(item).to_owned()).collect()
}

/// A worker writes what finds texts; and what came is kept in mind no more.
async fn forgets(app: &TestApp) {
    assert!(search::catch_up(app.app()).await.unwrap() > 0);
    app.waits(Duration::from_mins(6));
}

/// The campaign and all its variants; and something else.
async fn floods(app: &TestApp) -> Vec<Value> {
    let mut sent = vec![posts(app, CAMPAIGN, 1).await.json()];
    for (number, text) in (2..).zip(VARIANTS) {
        sent.push(posts(app, text, number).await.json());
    }
    sent.push(posts(app, OTHER, 9).await.json());
    sent
}

both_databases! {
    async fn variants_by_other_people_on_other_articles_are_held_as_one(app: TestApp) {
        opens(app).await;
        let moderator = app.moderator().await;
        assert_eq!(posts(app, CAMPAIGN, 1).await.status, 201, "the first one is the first");
        for (number, text) in (2..).zip(VARIANTS) {
            // found at once, and by what a worker has written
            if number % 2 == 0 {
                forgets(app).await;
            }
            let answer = posts(app, text, number).await;
            assert_eq!(answer.status, 202, "{text}");
            assert_eq!(findings(&moderator, &answer.json()).await, ["near-duplicate"], "{text}");
        }
        let other = posts(app, OTHER, 9).await;
        assert_eq!(other.status, 201, "{}", other.text());
        let all = moderator.queue("").await;
        let campaign: Vec<&str> = all[..5].iter().map(id).collect();
        for comment in &all[..5] {
            assert_eq!(comment["similar"], 4);
            assert_eq!(like(&moderator, comment, "").await, campaign, "named by any of them");
        }
        assert_eq!(all[5]["similar"], 0);
        assert_eq!(like(&moderator, &all[5], "").await, [id(&all[5])]);
        assert_eq!(like(&moderator, &all[0], "&sort=newest").await, campaign.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(like(&moderator, &all[0], "&finding=near-duplicate").await, &campaign[1..]);
        assert_eq!(like(&moderator, &all[0], "&article=news/3").await, [campaign[2]]);
        assert_eq!(moderator.queue("&finding=near-duplicate").await.len(), 4);
    }

    async fn short_texts_are_like_none(app: TestApp) {
        opens(app).await;
        let moderator = app.moderator().await;
        let praise = posts(app, "Thank you for this, it is so true!", 1).await;
        assert_eq!(posts(app, "Thank you for this, it is so very true!", 2).await.status, 201);
        forgets(app).await;
        assert_eq!(like(&moderator, &praise.json(), "").await, [""; 0]);
        assert_eq!(moderator.opens(&praise.json()).await["similar"], 0);
        assert_eq!(app.rows("select count(*) from likenesses").await, 0);
    }

    async fn the_same_to_the_letter_is_told_as_that_for_a_day_and_as_nearly_the_same_for_a_fortnight(app: TestApp) {
        opens(app).await;
        let moderator = app.moderator().await;
        let first = posts(app, CAMPAIGN, 1).await.json();
        let second = posts(app, CAMPAIGN, 2).await.json();
        assert_eq!(findings(&moderator, &second).await, ["repeated-text"]);
        forgets(app).await;
        app.waits(Duration::from_hours(25));
        let third = posts(app, CAMPAIGN, 3).await.json();
        assert_eq!(findings(&moderator, &third).await, ["near-duplicate"]);
        assert_eq!(like(&moderator, &first, "").await.len(), 3);
        forgets(app).await;
        app.waits(Duration::from_hours(14 * 24 + 1));
        assert_eq!(app.rows("select count(*) from likenesses").await, 12);
        upkeep::sweep(app.app(), Duration::from_hours(1)).await.unwrap();
        assert_eq!(app.rows("select count(*) from likenesses").await, 0, "what is too old finds nothing any more");
        let late = posts(app, CAMPAIGN, 4).await;
        assert_eq!(late.status, 201, "{}", late.text());
        assert_eq!(like(&moderator, &late.json(), "").await, [id(&late.json())]);
        assert_eq!(like(&moderator, &first, "").await.len(), 3, "what was found stays together");
    }

    async fn a_changed_text_is_looked_for_again(app: TestApp) {
        opens(app).await;
        let moderator = app.moderator().await;
        let first = posts(app, CAMPAIGN, 1).await.json();
        let eve = posts(app, OTHER, 2).await.json();
        forgets(app).await;
        assert_eq!(edits(app, &eve, VARIANTS[0]).await.status, 200);
        assert_eq!(findings(&moderator, &eve).await, ["near-duplicate"]);
        assert_eq!(moderator.opens(&eve).await["needs"], "edit", "nobody reads it before a moderator did");
        assert_eq!(like(&moderator, &first, "").await, [id(&first), id(&eve)]);
        forgets(app).await;
        // the first one becomes another text: those that came after it stay together
        assert_eq!(edits(app, &first, OTHER).await.status, 200);
        assert_eq!(like(&moderator, &eve, "").await, [id(&eve)]);
        assert_eq!(like(&moderator, &first, "").await, [id(&first)]);
        assert_eq!(findings(&moderator, &first).await, [""; 0], "of the text of Eve that is no more nobody knows");
        // it is not like itself, and a short one is like none
        assert_eq!(edits(app, &first, &format!("{OTHER} Twice!")).await.status, 200);
        assert_eq!(findings(&moderator, &first).await, [""; 0]);
        assert_eq!(edits(app, &first, "Never mind.").await.status, 200);
        assert_eq!(like(&moderator, &first, "").await, [""; 0]);
        forgets(app).await;
        assert_eq!(app.rows("select count(*) from likenesses").await, 4, "of one text");
        let next = posts(app, CAMPAIGN, 3).await.json();
        assert_eq!(like(&moderator, &next, "").await, [id(&eve), id(&next)]);
    }

    async fn all_of_them_are_decided_at_once_and_taken_back(app: TestApp) {
        let moderator = app.moderator().await;
        let sent = floods(app).await;
        moderator.approves(&sent[2]).await;
        let body = |expect: usize| json!({"filter": {"cluster": id(&sent[4])}, "expect": expect, "decision": "spam"});
        assert_eq!(moderator.post(PATH, &body(5)).await.problem(), "version-conflict");
        let answer = moderator.post(PATH, &body(4)).await;
        assert_eq!((answer.status, answer.json()["results"].as_array().unwrap().len()), (200, 4));
        assert_eq!(moderator.queue("").await.len(), 1);
        assert_eq!(like(&moderator, &sent[0], "&status=spam").await.len(), 4);
        assert_eq!(like(&moderator, &sent[0], "&status=approved").await, [id(&sent[2])]);
        assert_eq!(moderator.opens(&sent[0]).await["similar"], 4, "whatever became of them");
        let undone = moderator.post("/v1/moderation/undo", &json!({"batch": answer.json()["batch"]})).await;
        assert_eq!(undone.status, 200, "{}", undone.text());
        assert_eq!(like(&moderator, &sent[0], "").await.len(), 4);
        let wrong = json!({"filter": {"cluster": "x"}, "expect": 0, "decision": "spam"});
        assert_eq!(moderator.post(PATH, &wrong).await.faults(), [("filter.cluster".to_owned(), "not-an-id".to_owned())]);
    }

    async fn other_sites_have_clusters_of_their_own(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (moderator, bound) = (app.moderator().await, app.hires("Hal", Role::Moderator, &["herald"]).await);
        let ours = posts(app, CAMPAIGN, 1).await.json();
        let mut reply = TestApp::reply(CAMPAIGN, "hal@example.org");
        reply["article"]["key"] = json!("herald/1");
        let theirs = app.client.post("/v1/sites/herald/comments", &reply).await;
        assert_eq!(theirs.status, 202, "{}", theirs.text());
        assert_eq!(moderator.opens(&ours).await["similar"], 0);
        assert_eq!(like(&moderator, &theirs.json(), "").await, [id(&theirs.json())]);
        let hidden = bound.get(&format!("{LIST}?cluster={}", id(&ours))).await;
        let absent = bound.get(&format!("{LIST}?cluster=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe")).await;
        assert_eq!((hidden.problem(), absent.problem()), ("not-found".to_owned(), "not-found".to_owned()));
        assert_eq!(bound.get(&format!("{LIST}?cluster=x")).await.faults(), [("cluster".to_owned(), "unknown-value".to_owned())]);
    }

    async fn it_can_be_switched_off(base: TestApp) {
        let app = base.beside(&[("REPLYDESK_COMMENTS__LIKENESS_DAYS", "0")]).await;
        opens(&app).await;
        assert_eq!(posts(&app, CAMPAIGN, 1).await.status, 201);
        assert_eq!(posts(&app, VARIANTS[0], 2).await.status, 201);
        forgets(&app).await;
        assert_eq!(app.rows("select count(*) from likenesses").await, 0);
        app.ends().await;
    }

    async fn the_desk_opens_the_whole_of_it(app: TestApp) {
        let sent = floods(app).await;
        let (ann, moderator) = (Browser::of(app, "Ann", Role::Moderator).await, app.moderator().await);
        let page = ann.sees("/desk").await;
        let list = format!("/desk?list=waiting&cluster={}", id(&sent[0]));
        assert!(page.contains(&list.replace('&', "&#38;")), "{page}");
        assert_eq!((page.matches("4 similar comments").count(), page.contains("class=\"whole\"")), (5, false));
        let page = ann.sees(&list).await;
        assert_eq!(page.matches("<article").count(), 5);
        assert!(page.contains("Only what says nearly the same as") && page.contains("Decide all 5 at once"), "{page}");
        let all = format!("list=waiting&cluster={}", id(&sent[0]));
        assert!(page.contains(&format!("name=\"all\" value=\"{}\"", all.replace('&', "&#38;"))));
        assert!(!ann.sees(&format!("/desk?list=spam&cluster={}", id(&sent[0]))).await.contains("class=\"whole\""));
        let decides = async |expect: &str| {
            let fields = [("decision", "spam"), ("all", all.as_str()), ("expect", expect), ("next", list.as_str())];
            ann.does("/desk/decisions", &fields).await
        };
        // one more came since the page was opened: nobody has seen it
        let late = posts(app, CAMPAIGN, 20).await.json();
        let (said, at) = decides("5").await;
        assert_eq!(told(&said), "Nothing was decided: these are not the same comments any more. Please look again.");
        assert_eq!(at, format!("{list}&others=came"));
        let (said, at) = decides("6").await;
        assert_eq!(told(&said), "6 comments marked as spam.");
        assert!(at.starts_with(&format!("{list}&done=spam&count=6&missed=0&batch=")), "{at}");
        assert_eq!(moderator.queue("").await.len(), 1, "the other one waits");
        assert!(ann.sees(&format!("/desk/comments/{}", id(&late))).await.contains(&format!("list=spam&#38;cluster={}", id(&late))));
        assert!(said.contains("action=\"/desk/undo\""), "{said}");
        let (_, batch) = at.split_once("batch=").unwrap();
        let (said, _) = ann.does("/desk/undo", &[("batch", batch), ("next", &list)]).await;
        assert_eq!(told(&said), "Undone: 6 comments are as they were before.");
        for (all, expect) in [("list=waiting", "7"), ("", "7"), (all.as_str(), ""), (all.as_str(), "x")] {
            let fields = [("decision", "spam"), ("all", all), ("expect", expect)];
            assert_eq!(ann.sends("/desk/decisions", &fields).await.status, 400, "{all} {expect}");
        }
        assert_eq!(moderator.queue("").await.len(), 7, "nobody decides on all of a queue by accident");
    }
}
