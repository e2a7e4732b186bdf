//! Killed at any moment, it loses nothing that it acknowledged, doubles nothing, and leaves nothing half done.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};
use serde_json::json;
use tokio::{
    runtime::Runtime,
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use uuid::Uuid;

use crate::{
    books,
    stage::{COMMENTS, beside, hires, opens_site, passes, reply},
    support::{Answer, Chance, Client, Service, Terminal, is_long, smtp},
};

/// From the spawn to the first `200` of `/readyz`.
const READY: Duration = Duration::from_secs(2);
const WRITERS: u64 = 8;
/// Between two replies of one writer.
const PACE: Duration = Duration::from_millis(40);
pub const MODERATORS: [&str; 2] = ["mo@gazette.example", "flo@gazette.example"];

/// A reply that was taken; a browser is not told its id.
pub struct Reply {
    pub text: String,
    pub id: Option<Uuid>,
}

/// A decision that was answered with 200.
pub struct Decision {
    pub comment: Uuid,
    pub status: &'static str,
}

/// What the service acknowledged, as those know who were answered.
#[derive(Default)]
pub struct Ledger {
    pub replies: Vec<Reply>,
    pub decisions: Vec<Decision>,
    /// When it was killed, and all was heard that it had said.
    pub kills: Vec<Instant>,
}

/// Where the service is in its present life; nowhere while it is dead.
#[derive(Clone, Default)]
struct Door {
    client: Option<Client>,
    is_over: bool,
}

#[derive(Clone)]
struct Crowd {
    door: watch::Receiver<Door>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Crowd {
    async fn client(&mut self) -> Client {
        let door = self.door.wait_for(|door| door.client.is_some()).await.unwrap();
        door.client.clone().unwrap()
    }

    fn is_over(&self) -> bool {
        self.door.borrow().is_over
    }

    /// One request; none when there was no whole answer.
    async fn tries(
        &mut self,
        what: (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&serde_json::Value>,
    ) -> Option<Answer> {
        let client = self.client().await;
        timeout(Duration::from_secs(10), client.tries(what, headers, body)).await.ok()?.ok()
    }

    /// Writes replies; with a key, each until it is acknowledged, and now and then once more.
    async fn writes(mut self, writer: u64, mut chance: Chance) {
        let (mut pace, is_keyed) = (pace(), writer.is_multiple_of(2));
        for number in 0.. {
            pace.tick().await;
            if self.is_over() {
                return;
            }
            let text = format!("Reply {number} of writer {writer}");
            if writer == 1 && number % 2 == 1 {
                self.spams(text).await;
                continue;
            }
            let body = reply(&text, if is_keyed { "Keyed" } else { "Once" });
            let key = format!("w{writer}-{number}");
            let headers: &[(&str, &str)] = if is_keyed { &[("idempotency-key", &key)] } else { &[] };
            let mut known: Option<Uuid> = None;
            loop {
                let answer = self.tries(("POST", COMMENTS), headers, Some(&body)).await;
                let Some(answer) = answer.filter(|answer| answer.status != 503) else {
                    if is_keyed {
                        continue;
                    }
                    break;
                };
                assert_eq!(answer.status, 202, "{}", answer.text());
                let id: Uuid = answer.json()["id"].as_str().unwrap().parse().unwrap();
                assert_eq!(*known.get_or_insert(id), id, "a key gives one comment");
                self.ledger.lock().unwrap().replies.push(Reply { text: text.clone(), id: Some(id) });
                if !is_keyed || chance.below(8) > 0 {
                    break;
                }
            }
        }
    }

    /// A form whose hidden field is filled in, as a bot does it.
    async fn spams(&mut self, text: String) {
        let client = self.client().await;
        let fields = [
            ("article", "news/1"),
            ("article_url", "https://news.example/news/1"),
            ("article_title", "The bridge"),
            ("name", "Bot"),
            ("email", "bot@example.org"),
            ("comment", text.as_str()),
            ("address", "filled in"),
        ];
        let sent = timeout(Duration::from_secs(10), client.tries_to_submit(COMMENTS, &fields, &[])).await;
        let Ok(Ok(answer)) = sent else { return };
        if answer.status != 503 {
            assert_eq!(answer.status, 303, "{}", answer.text());
            self.ledger.lock().unwrap().replies.push(Reply { text, id: None });
        }
    }

    /// Decides on what waits, the newest first; each comment once, as far as is known.
    async fn decides(mut self, token: String, mut chance: Chance) {
        let mut pace = pace();
        while !self.is_over() {
            pace.tick().await;
            let headers: &[(&str, &str)] = &[("authorization", &token)];
            let queue = ("GET", "/v1/moderation/comments?sort=newest&limit=3");
            let Some(answer) = self.tries(queue, headers, None).await.filter(|answer| answer.status == 200)
            else {
                continue;
            };
            for item in answer.json()["items"].as_array().unwrap() {
                let (decision, status) =
                    [("approve", "approved"), ("reject", "rejected"), ("spam", "spam")][chance.below(3)];
                let comment = item["id"].as_str().unwrap();
                let path = format!("/v1/moderation/comments/{comment}/decisions");
                let body = json!({"decision": decision, "version": item["version"]});
                let answer = self.tries(("POST", &path), headers, Some(&body)).await;
                if answer.is_some_and(|answer| answer.status == 200) {
                    let decision = Decision { comment: comment.parse().unwrap(), status };
                    self.ledger.lock().unwrap().decisions.push(decision);
                }
            }
        }
    }
}

fn pace() -> tokio::time::Interval {
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

fn survives(kind: Kind, fixed: u64) {
    let (seed, rounds) = (Chance::seeded(fixed), if is_long() { 200 } else { 10 });
    println!("seed {seed}, {rounds} rounds");
    let mut chance = Chance::of(seed);
    let runtime = beside();
    let mail = runtime.block_on(smtp::Server::start(|_| smtp::Reply::Take));
    let (at, token) = prepared(kind, mail.port);
    let (opens, door) = watch::channel(Door::default());
    let crowd = Crowd { door, ledger: Arc::default() };
    let mut people: Vec<_> = (0..WRITERS)
        .map(|writer| runtime.spawn(crowd.clone().writes(writer, Chance::of(seed + writer + 1))))
        .collect();
    people.push(runtime.spawn(crowd.clone().decides(token, Chance::of(seed + 99))));
    let ledger = crowd.ledger.clone();

    let life_ends = || {
        runtime.block_on(mail.hears_the_end());
        ledger.lock().unwrap().kills.push(Instant::now());
    };

    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        if round % 5 == 4 {
            dies_while_it_starts(&at, &runtime, chance.below_millis(150));
            life_ends();
        }
        let (service, took) = starts(&at);
        slowest = slowest.max(took);
        // before anybody writes: whoever reads one moment for long makes SQLite's log grow without end
        block_on(books::are_good(&at.database, &ledger));
        opens.send_replace(Door { client: Some(service.client.clone()), is_over: false });
        passes(&runtime, chance.below_millis(900));
        opens.send_replace(Door::default());
        service.dies();
        life_ends();
        assert!(people.iter().all(|one| !one.is_finished()), "round {round}: somebody was answered wrongly");
    }
    let (service, took) = starts(&at);
    opens.send_replace(Door { client: Some(service.client.clone()), is_over: true });
    for one in people {
        runtime.block_on(one).unwrap();
    }
    drained(&at, &runtime, &service);
    block_on(books::are_good(&at.database, &ledger));
    let said = block_on(books::everybody_was_told(&at.database, &ledger.lock().unwrap(), &mail.taken()));
    let done = service.ends();
    assert_eq!(done.code, 0, "{}", done.err);
    let ledger = ledger.lock().unwrap();
    println!(
        "{} kills, {} replies and {} decisions acknowledged, {said}; slowest start {:?}",
        ledger.kills.len(),
        ledger.replies.len(),
        ledger.decisions.len(),
        slowest.max(took)
    );
}

fn prepared(kind: Kind, mail: u16) -> (Terminal, String) {
    let mut at = Terminal::on(kind);
    opens_site(&mut at);
    at.set("REPLYDESK_MAIL__URL", Some(&format!("smtp://127.0.0.1:{mail}")));
    at.set("REPLYDESK_MAIL__PER_SECOND", Some("1000"));
    at.set("REPLYDESK_MAIL__LETTERS_PER_HOUR", Some("0"));
    at.set("REPLYDESK_MAIL__TIMEOUT_SECONDS", Some("4"));
    at.set("REPLYDESK_OUTBOX__LEASE_SECONDS", Some("15"));
    at.set("REPLYDESK_SERVER__DRAIN_SECONDS", Some("0"));
    let token = MODERATORS.map(|email| hires(&at, email)).into_iter().next().unwrap();
    (at, token)
}

fn starts(at: &Terminal) -> (Service, Duration) {
    let since = Instant::now();
    let service = Service::serves(at);
    while service.readiness().0 != 200 {
        assert!(since.elapsed() < READY, "not ready: {:?}", service.said());
    }
    let took = since.elapsed();
    assert!(took < READY, "ready after {took:?}");
    (service, took)
}

fn dies_while_it_starts(at: &Terminal, runtime: &Runtime, after: Duration) {
    let mut command = at.command(&["serve"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    passes(runtime, after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits until nothing is owed any more.
fn drained(at: &Terminal, runtime: &Runtime, service: &Service) {
    let patience = Duration::from_secs(if is_long() { 1800 } else { 120 });
    let since = Instant::now();
    while block_on(at.database.number("select count(*) from outbox where outcome is null")) > 0 {
        assert!(since.elapsed() < patience, "mail is still owed: {:?}", service.said());
        passes(runtime, Duration::from_millis(100));
    }
}

#[test]
fn killed_at_any_moment_it_loses_nothing_on_sqlite() {
    survives(Kind::Sqlite, 20_261_124);
}

#[test]
fn killed_at_any_moment_it_loses_nothing_on_postgres() {
    survives(Kind::Postgres, 42_112_026);
}
