//! Time tells nothing either: what is there and hidden costs what is not there costs.
//!
//! Pairs of requests, one about each, in turns and in changing order, on one connection each that is kept open; the medians
//! of all of them may differ by a tenth at most. Both submissions of a pair are stored.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, Service, Terminal, TestApp};

const POST: &str = "/v1/sites/gazette/comments";
/// How many hidden comments are asked for in turns, and as many that are not there.
const HIDDEN: usize = 40;
/// The medians of two may be so far apart.
const ALIKE: f64 = 1.10;

/// How many pairs: the contract's 2,000 in the long form, a quarter of them in the short one.
fn pairs() -> usize {
    if crate::support::is_long() { 2_000 } else { 500 }
}

/// Holds that two requests take the same time.
async fn takes_the_same(what: &str, pairs: usize, ask: impl AsyncFn(bool, usize) -> Answer) -> u16 {
    let mut took: [Vec<Duration>; 2] = Default::default();
    let mut status = 0;
    let warm = pairs / 10;
    for n in 0..pairs + warm {
        // who is first has no say in who is faster
        let order = if n % 2 == 0 { [true, false] } else { [false, true] };
        let mut statuses = [0; 2];
        for is_there in order {
            let began = Instant::now();
            let answer = ask(is_there, n).await;
            let spent = began.elapsed();
            statuses[usize::from(is_there)] = answer.status;
            if n >= warm {
                took[usize::from(is_there)].push(spent);
            }
        }
        assert_eq!(statuses[0], statuses[1], "{what}");
        status = statuses[0];
    }
    let [absent, there] = took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2]
    });
    let ratio = there.as_secs_f64() / absent.as_secs_f64();
    println!(
        "{what}: {there:?} where it is, {absent:?} where it is not: ratio {ratio:.3} over {pairs} pairs"
    );
    assert!(ratio < ALIKE && ratio > 1.0 / ALIKE, "{what}: {there:?} and {absent:?}");
    status
}

struct Desk {
    service: Service,
    token: String,
    /// Its database goes with it.
    _at: Terminal,
}

impl Desk {
    /// Without a worker: what is sent meanwhile is no part of an answer.
    fn opens(kind: Kind) -> Self {
        let mut at = Terminal::on(kind);
        for limit in ["SUBMIT_PER_MINUTE", "SITE_PER_MINUTE", "SIGN_IN_PER_MINUTE", "SIGN_IN_PER_HOUR"] {
            at.set(&format!("REPLYDESK_LIMITS__{limit}"), Some("0"));
        }
        at.set("REPLYDESK_SERVER__WORKERS", Some("1"));
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        let add = [
            "moderator",
            "add",
            "mo@gazette.example",
            "--name",
            "Mo",
            "--role",
            "moderator",
            "--password-stdin",
        ];
        assert_eq!(at.hears(&add, PASSWORD).code, 0);
        let token =
            at.does(&["moderator", "token", "mo@gazette.example"]).lines().next_back().unwrap().to_owned();
        let service = Service::starts(&at, &["serve", "--role", "web"], "serving http://");
        Self { service, token, _at: at }
    }

    fn ends(self) {
        assert_eq!(self.service.ends().code, 0);
    }

    fn client(&self) -> &Client {
        &self.service.client
    }

    async fn submits(&self, reply: &Value) -> Value {
        let answer = self.client().post(POST, reply).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    /// An article with one comment for all to see, and hidden ones below it; their ids, and as many of nobody.
    async fn hides(&self) -> [Vec<String>; 2] {
        let shown = self.submits(&TestApp::reply("For all to see.", "ann@example.org")).await;
        let path = format!("/v1/moderation/comments/{}/decisions", shown["id"].as_str().unwrap());
        let bearer = format!("Bearer {}", self.token);
        let approve = json!({"decision": "approve", "version": 1});
        let approved =
            self.client().send(("POST", &path), &[("authorization", &bearer)], Some(&approve)).await;
        assert_eq!(approved.status, 200, "{}", approved.text());
        let mut hidden = Vec::new();
        for n in 0..HIDDEN {
            let held = self
                .submits(&TestApp::reply(&format!("Hidden {n}"), &format!("hidden{n}@example.org")))
                .await;
            hidden.push(held["id"].as_str().unwrap().to_owned());
        }
        // neighbours of theirs, so that they lie in the same place of an index
        let nobody = hidden.iter().map(|id| {
            let last = if id.ends_with('0') { "1" } else { "0" };
            format!("{}{last}", &id[..id.len() - 1])
        });
        let nobody = nobody.collect();
        [nobody, hidden]
    }
}

async fn hidden_and_absent_comments(kind: Kind) {
    let desk = Desk::opens(kind);
    let ids = desk.hides().await;
    let id = |is_there: bool, n: usize| &ids[usize::from(is_there)][n % HIDDEN];
    for (what, before, after, expected) in [
        ("a comment", "/v1/sites/gazette/comments/", "", 404),
        ("its replies", "/v1/sites/gazette/comments/", "/replies", 404),
        ("the page around it", "/v1/sites/gazette/comments?article=news/1&around=", "", 404),
    ] {
        let ask = async |is_there: bool, n: usize| {
            desk.client().get(&format!("{before}{}{after}", id(is_there, n))).await
        };
        assert_eq!(takes_the_same(&format!("{kind:?}: {what}"), pairs(), ask).await, expected);
    }
    let answered = async |is_there: bool, n: usize| {
        let mut reply = TestApp::reply(&format!("An answer {n}"), "ann@example.org");
        reply["parent"] = json!(id(is_there, n));
        desk.client().post(POST, &reply).await
    };
    assert_eq!(takes_the_same(&format!("{kind:?}: an answer to it"), pairs(), answered).await, 422);
    desk.ends();
}

async fn receipts(kind: Kind) {
    let desk = Desk::opens(kind);
    let mut tokens: [Vec<String>; 2] = Default::default();
    for n in 0..HIDDEN {
        for is_spam in [false, true] {
            let mut reply =
                TestApp::reply(&format!("On hold {n} {is_spam}"), &format!("reader{n}@example.org"));
            reply["article"]["key"] = json!(format!("news/{n}"));
            let held = desk.submits(&reply).await;
            if is_spam {
                let path = format!("/v1/moderation/comments/{}/decisions", held["id"].as_str().unwrap());
                let bearer = format!("Bearer {}", desk.token);
                let spam = json!({"decision": "spam", "version": 1});
                let done =
                    desk.client().send(("POST", &path), &[("authorization", &bearer)], Some(&spam)).await;
                assert_eq!(done.status, 200);
            }
            tokens[usize::from(is_spam)].push(held["receipt"]["token"].as_str().unwrap().to_owned());
        }
    }
    for (what, path) in [("the receipt of spam", "/v1/receipts"), ("its page", "/receipts")] {
        let ask = async |is_spam: bool, n: usize| {
            desk.client().get(&format!("{path}/{}", tokens[usize::from(is_spam)][n % HIDDEN])).await
        };
        assert_eq!(takes_the_same(&format!("{kind:?}: {what}"), pairs(), ask).await, 200);
    }
    desk.ends();
}

async fn known_and_new_addresses(kind: Kind) {
    let desk = Desk::opens(kind);
    desk.hides().await;
    let posted = AtomicUsize::new(0);
    let ask = async |is_known: bool, n: usize| {
        let number = posted.fetch_add(1, Ordering::Relaxed);
        let email =
            if is_known { "hidden1@example.org".to_owned() } else { format!("new{n:04}@example.org") };
        let reply = TestApp::reply(&format!("A text of its own: {number:06}"), &email);
        desk.client().post(POST, &reply).await
    };
    assert_eq!(takes_the_same(&format!("{kind:?}: a known address"), pairs(), ask).await, 202);
    desk.ends();
}

/// Each of them costs a password's hash, so the short form asks for a few.
async fn known_and_unknown_names(kind: Kind) {
    let desk = Desk::opens(kind);
    let page = desk.client().get("/desk/sign-in").await.text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ask = async |is_known: bool, n: usize| {
        let email =
            if is_known { "mo@gazette.example".to_owned() } else { format!("no@gazette{n:03}.example") };
        let fields = [("email", email.as_str()), ("password", "a wrong password"), ("csrf", &csrf)];
        desk.client().submit("/desk/sign-in", &fields, &[]).await
    };
    let pairs = if pairs() == 2_000 { 2_000 } else { 60 };
    assert_eq!(takes_the_same(&format!("{kind:?}: a moderator's name"), pairs, ask).await, 422);
    desk.ends();
}

macro_rules! on_both {
    ($($name:ident)+) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::block_on(super::$name(super::Kind::Sqlite));
            }

            #[test]
            fn postgres() {
                super::block_on(super::$name(super::Kind::Postgres));
            }
        }
    )+};
}

on_both! { hidden_and_absent_comments receipts known_and_new_addresses known_and_unknown_names }
