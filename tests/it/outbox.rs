//! The outbox as operators see it, by the API and at the desk.

use std::time::Duration;

use replydesk::{
    domain::{Policy, Role},
    flow::{
        accounts::{self, Change},
        deliver::{Deliverer, Turn},
    },
    notify::Mailer,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    shift::{Browser, hidden, told},
    support::{Desk, SITE, TestApp, smtp},
};

const API: &str = "/v1/ops/outbox";
const PAGE: &str = "/desk/outbox";

/// A worker that speaks to a server which answers each letter so.
async fn meets(app: &TestApp, reply: fn(usize) -> smtp::Reply) {
    let server = smtp::Server::start(reply).await;
    let url = SecretString::from(format!("smtp://127.0.0.1:{}", server.port));
    let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", Duration::from_secs(5), None).unwrap();
    let config = app.config(&[]);
    let worker = Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox);
    while worker.turn(100).await.unwrap() != Turn::default() {}
}

async fn listed(desk: &Desk<'_>, query: &str) -> Vec<Value> {
    let answer = desk.get(&format!("{API}?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

async fn does(desk: &Desk<'_>, action: &str, item: &Value) -> (u16, Value) {
    let answer = desk.post(API, &json!({"id": item["id"], "action": action})).await;
    (answer.status, answer.json())
}

/// Where "more" leads, if it leads on.
fn more(page: &str) -> Option<String> {
    Some(page.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

both_databases! {
    async fn what_is_owed_and_what_became_of_it_is_listed(app: TestApp) {
        let (_mo, otto) = (app.moderator().await, app.hires("Otto", Role::Operator, &[]).await);
        assert_eq!(otto.get(API).await.json(), json!({"items": [], "next": null}));
        let held = app.submits("Hello", "reader@example.org").await;
        let owed = listed(&otto, "").await;
        let now = app.clock.now();
        assert_eq!(owed, [json!({
            "id": owed[0]["id"], "state": "owed", "channel": "mail", "kind": "comment-waits", "comment": held["id"], "site": SITE,
            "moderator": null, "created_at": now, "due_at": now, "settled_at": null, "attempts": 0, "leased_until": null, "last_error": null,
        })]);
        app.waits(Duration::from_secs(1));
        meets(app, |_| smtp::Reply::Refuse("550 no such user reader@example.org")).await;
        let (sent, dead) = (listed(&otto, "state=sent").await, listed(&otto, "state=dead").await);
        assert_eq!((sent.len(), dead.len(), listed(&otto, "state=owed").await.len()), (1, 1, 0));
        assert_eq!((&sent[0]["id"], &sent[0]["settled_at"]), (&owed[0]["id"], &json!(app.clock.now())));
        let letter = &dead[0];
        assert_eq!((&letter["kind"], &letter["moderator"]["name"]), (&json!("moderator-letter"), &json!("Mo")));
        assert_eq!((&letter["attempts"], &letter["last_error"], &letter["comment"]), (&json!(1), &json!("refused"), &Value::Null));
        let all = otto.get(&format!("{API}?state=dead")).await.text();
        assert!(!all.contains('@') && !all.contains("reader"), "names and identifiers, and never an address: {all}");

        let (status, again) = does(&otto, "retry", letter).await;
        assert_eq!((status, &again["state"], &again["attempts"], &again["id"]), (200, &json!("owed"), &json!(0), &letter["id"]));
        let (status, gone) = does(&otto, "drop", letter).await;
        assert_eq!((status, &gone["state"]), (200, &json!("dropped")));
        for action in ["retry", "drop"] {
            assert_eq!(does(&otto, action, letter).await.0, 409, "{action}");
            assert_eq!(does(&otto, action, &sent[0]).await.0, 409, "{action}");
        }
        assert_eq!(listed(&otto, "state=dropped").await.len(), 1);
        let log = "select count(*) from audit where object = 'message' and action in ('retry', 'drop') and via = 'api' and actor is not null";
        assert_eq!(app.rows(log).await, 2);
        assert_eq!(otto.post(API, &json!({"id": letter["id"], "action": "drop"})).await.problem(), "version-conflict");
    }

    async fn a_request_is_checked(app: TestApp) {
        let ada = app.hires("Ada", Role::Admin, &[]).await;
        let nobody = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
        assert_eq!(ada.post(API, &json!({"id": nobody, "action": "drop"})).await.problem(), "not-found");
        let faults = |pairs: &[(&str, &str)]| pairs.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect::<Vec<_>>();
        assert_eq!(ada.post(API, &json!({})).await.faults(), faults(&[("id", "required"), ("action", "required")]));
        assert_eq!(ada.post(API, &json!({"id": "7", "action": "burn"})).await.faults(), faults(&[("id", "not-an-id"), ("action", "unknown-value")]));
        for (query, field) in [("state=lost", "state"), ("cursor=7", "cursor"), ("limit=0", "limit"), ("limit=101", "limit")] {
            assert_eq!(ada.get(&format!("{API}?{query}")).await.faults(), faults(&[(field, "unknown-value")]), "{query}");
        }
        let reads = accounts::find(app.app(), "ada@gazette.example").await.unwrap().unwrap().id;
        let reads = Desk { app, token: app.gives_token(reads, replydesk::domain::Scope::Read).await };
        assert_eq!(reads.get(API).await.status, 200);
        assert_eq!(reads.post(API, &json!({"id": nobody, "action": "drop"})).await.problem(), "forbidden");
    }

    async fn pages_end_where_the_list_does(app: TestApp) {
        let ada = app.hires("Ada", Role::Admin, &[]).await;
        for n in 0..7 { app.submits(&format!("Number {n}"), "reader@example.org").await; }
        let walk = async |state: &str| {
            let (mut seen, mut next, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let page = ada.get(&format!("{API}?state={state}&limit=3{next}")).await.json();
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                pages += 1;
                match page["next"].as_str() {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => return (seen, pages),
                }
            }
        };
        let (owed, pages) = walk("owed").await;
        assert_eq!((owed.len(), pages, owed.is_sorted()), (7, 3, true), "as they are due");
        app.delivers_everything().await;
        let (sent, _) = walk("sent").await;
        // seven promises, and the letters that they became
        assert_eq!(sent.len(), 14);
        assert!(owed.iter().all(|id| sent.contains(id)));
        assert_eq!(walk("dead").await, (vec![], 1));
    }

    async fn who_is_bound_to_sites_sees_what_is_theirs(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        app.hires("Mo", Role::Moderator, &[SITE]).await;
        app.hires("Hana", Role::Moderator, &["herald"]).await;
        let (gus, hal) = (app.hires("Gus", Role::Operator, &[SITE]).await, app.hires("Hal", Role::Admin, &["herald"]).await);
        app.submits("Hello", "reader@example.org").await;
        let (here, there) = (listed(&gus, "").await, listed(&hal, "").await);
        assert_eq!((here.len(), there.len()), (1, 0));
        assert_eq!(does(&hal, "drop", &here[0]).await.0, 404);
        meets(app, |_| smtp::Reply::Refuse("550 no")).await;
        let letters = listed(&gus, "state=dead").await;
        let names: Vec<&str> = letters.iter().map(|item| item["moderator"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Mo"]);
        assert_eq!(listed(&hal, "state=dead").await, [] as [Value; 0]);
        assert_eq!(does(&gus, "drop", &letters[0]).await.0, 200);
    }

    async fn it_is_for_admins_and_operators(app: TestApp) {
        for (name, role) in [("Mo", Role::Moderator), ("Eve", Role::Editor)] {
            let browser = Browser::of(app, name, role).await;
            let desk = Desk { app, token: app.gives_token(accounts::find(app.app(), &format!("{}@gazette.example", name.to_lowercase())).await.unwrap().unwrap().id, replydesk::domain::Scope::All).await };
            assert_eq!(desk.get(API).await.problem(), "forbidden", "{name}");
            assert_eq!(desk.post(API, &json!({"id": "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "action": "drop"})).await.problem(), "forbidden", "{name}");
            assert_eq!(browser.gets(PAGE).await.status, 403, "{name}");
            let drop = [("action", "drop"), ("id", "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe")];
            assert_eq!(browser.sends(PAGE, &drop).await.status, 403, "{name}");
            assert!(!browser.sees("/desk").await.contains(PAGE), "{name}");
        }
        assert_eq!(app.client.get(API).await.problem(), "unauthenticated");
        let nobody = app.client.get(PAGE).await;
        assert_eq!((nobody.status, nobody.header("location")), (303, "/desk/sign-in?next=%2Fdesk%2Foutbox"));
    }

    async fn an_operator_sees_to_it_at_the_desk(app: TestApp) {
        app.moderator().await;
        let otto = Browser::of(app, "Otto", Role::Operator).await;
        let queue = app.client.send(("GET", "/desk"), &[("cookie", otto.cookie())], None).await;
        assert_eq!((queue.status, queue.header("location")), (303, PAGE), "not met by a refusal");
        let page = otto.sees(PAGE).await;
        assert!(page.contains("Nothing is owed.") && page.contains("<a class=\"bar-home\" href=\"/desk/outbox\">"));
        for hidden in ["/desk/articles", "/desk/reasons", "/desk/policy", "/desk/audit", "/desk/people"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        app.submits("Hello", "reader@example.org").await;
        let page = otto.sees(PAGE).await;
        assert!(page.contains("News of a comment that waits") && page.contains("1 owed, the oldest made just now") && page.contains("The Gazette"));
        assert!(!page.contains("See the comment"), "an operator sees no comments");
        app.waits(Duration::from_secs(1));
        meets(app, |_| smtp::Reply::Refuse("550 no such user reader@example.org")).await;
        let dead = otto.sees(&format!("{PAGE}?state=dead")).await;
        assert!(dead.contains("Letter about comments that wait</strong> to <bdi>Mo</bdi>") && dead.contains("1 given up"));
        assert!(dead.contains("The mail server refuses this letter or its address.") && dead.contains("tried once"));
        assert!(!dead.contains('@'), "{dead}");
        let (id, of) = (hidden(&dead, "id"), [("state", "dead"), ("cursor", "")]);
        let act = |action: &'static str| [&[("action", action), ("id", id.as_str())], &of[..]].concat();
        let (page, at) = otto.does(PAGE, &act("retry")).await;
        assert_eq!((told(&page), at.as_str()), ("The message is due now, and will be tried anew.", "/desk/outbox?state=dead&done=retry"));
        assert!(page.contains("Nothing was given up."));
        let (page, _) = otto.does(PAGE, &act("drop")).await;
        assert_eq!(told(&page), "The message is dropped. It will not be sent.");
        let late = otto.sends(PAGE, &act("retry")).await;
        assert!(late.status == 409 && late.text().contains("Nothing was changed."));
        let log = "select count(*) from audit where object = 'message' and via = 'desk' and actor is not null";
        assert_eq!(app.rows(log).await, 2);
        for wrong in [&[("action", "burn"), ("id", id.as_str())][..], &[("id", id.as_str())]] {
            assert_eq!(otto.sends(PAGE, wrong).await.status, 400, "{wrong:?}");
        }
        assert_eq!(otto.sends(PAGE, &[("action", "drop"), ("id", "7")]).await.status, 404);
        // an admin sees the comments as well
        app.submits("Once more", "reader@example.org").await;
        let ada = Browser::of(app, "Ada", Role::Admin).await;
        assert!(ada.sees(PAGE).await.contains("See the comment") && ada.sees("/desk").await.contains("<a href=\"/desk/outbox\">Outbox</a>"));
    }

    async fn a_pause_is_told_and_what_is_being_sent(app: TestApp) {
        app.moderator().await;
        let otto = Browser::of(app, "Otto", Role::Operator).await;
        app.submits("Hello", "reader@example.org").await;
        let (now, until) = (app.clock.now(), app.clock.now().plus(Duration::from_mins(2)));
        app.app().db.write(async |tx| tx.lease(now, until, 10).await).await.unwrap();
        assert!(otto.sees(PAGE).await.contains("Being sent, until 1 November 2026, 12:02 UTC at most"));
        app.waits(Duration::from_mins(2));
        assert!(!otto.sees(PAGE).await.contains("Being sent"), "a lease that ran out is none");
        meets(app, |_| smtp::Reply::Refuse("535 authentication failed")).await;
        let page = otto.sees(PAGE).await;
        assert!(page.contains("Mail is held back until 1 November 2026, 12:17 UTC") && page.contains("refuses the name and the password of the desk."), "{page}");
        app.waits(Duration::from_mins(16));
        assert!(!otto.sees(PAGE).await.contains("Mail is held back"));
    }

    async fn a_long_list_has_pages_and_one_comes_back_to_them(app: TestApp) {
        let ada = Browser::of(app, "Ada", Role::Admin).await;
        for n in 0..60 { app.submits(&format!("Number {n}"), "reader@example.org").await; }
        let page = ada.sees(PAGE).await;
        assert_eq!(page.matches("<li id=\"message-").count(), 50);
        let next = more(&page).unwrap();
        let page = ada.sees(&next).await;
        assert_eq!((page.matches("<li id=\"message-").count(), more(&page)), (10, None));
        let (after, at) = ada.does(PAGE, &[("action", "drop"), ("id", &hidden(&page, "id")), ("state", "owed"), ("cursor", &hidden(&page, "cursor"))]).await;
        assert_eq!(after.matches("<li id=\"message-").count(), 9);
        assert_eq!(at, format!("{next}&done=drop"));
    }

    async fn letters_to_people_tell_what_they_are(app: TestApp) {
        let ada = Browser::of(app, "Ada", Role::Admin).await;
        app.hires("Ivy", Role::Moderator, &[]).await;
        let ivy = accounts::find(app.app(), "ivy@gazette.example").await.unwrap().unwrap();
        accounts::invite(app.app(), ivy.id).await.unwrap();
        let page = ada.sees(PAGE).await;
        assert!(page.contains("Link to set a password</strong> to <bdi>Ivy</bdi>") && !page.contains("ivy@"));
        // also of somebody who is not there any more
        accounts::set(app.app(), ivy.id, (&Change { name: Some("Ivy <b>".to_owned()), ..Change::default() }, None)).await.unwrap();
        accounts::remove(app.app(), ivy.id).await.unwrap();
        assert!(ada.sees(PAGE).await.contains("to <bdi>Ivy &#60;b&#62;</bdi>"));
    }
}
