//! Servers on one database hold a client to one limit, whichever of them dies meanwhile.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};

use crate::{
    stage::{COMMENTS, beside, opens_site, passes, reply},
    support::{Client, Service, Terminal, is_long},
};

const SERVERS: usize = 4;
/// What a client may send at once.
const LIMIT: u64 = 20;
/// After which it may send one more.
const INTERVAL: Duration = Duration::from_secs(1);
/// Between two deaths.
const LIFE: Duration = Duration::from_secs(5);

/// Where one of the servers is, and what each of its lives has answered.
struct Place {
    client: Mutex<Option<Client>>,
    life: AtomicUsize,
    answered: Mutex<BTreeMap<usize, BTreeMap<u16, u64>>>,
}

impl Place {
    fn of(service: &Service) -> Self {
        let client = Mutex::new(Some(service.client.clone()));
        Self { client, life: AtomicUsize::default(), answered: Mutex::default() }
    }

    fn is_closed(&self) {
        *self.client.lock().unwrap() = None;
    }

    fn opens(&self, service: &Service) {
        self.life.fetch_add(1, Ordering::SeqCst);
        *self.client.lock().unwrap() = Some(service.client.clone());
    }

    /// Sends replies of the one client as fast as it is answered.
    fn is_pressed(&self, name: usize, enough: &AtomicBool) {
        block_on(async {
            let mut number = 0;
            while !enough.load(Ordering::SeqCst) {
                let (client, life) = (self.client.lock().unwrap().clone(), self.life.load(Ordering::SeqCst));
                let Some(client) = client else {
                    tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>()).await.ok();
                    continue;
                };
                number += 1;
                let body = reply(&format!("Number {number} through door {name}"), "Ann");
                // it may be gone before it has answered
                if let Ok(answer) = client.tries(("POST", COMMENTS), &[], Some(&body)).await {
                    assert!(matches!(answer.status, 202 | 429), "{}", answer.text());
                    assert_eq!(answer.status == 429, !answer.header("retry-after").is_empty());
                    *self
                        .answered
                        .lock()
                        .unwrap()
                        .entry(life)
                        .or_default()
                        .entry(answer.status)
                        .or_default() += 1;
                }
                tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>()).await.ok();
            }
        });
    }
}

#[test]
fn four_servers_of_which_one_dies_every_five_seconds_hold_a_client_to_one_limit() {
    let span = Duration::from_secs(if is_long() { 120 } else { 20 });
    let mut at = Terminal::on(Kind::Postgres);
    opens_site(&mut at);
    at.set("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", Some("60"));
    at.set("REPLYDESK_LIMITS__SUBMIT_BURST", Some("20"));
    at.set("REPLYDESK_LIMITS__NEW_ARTICLES_PER_MINUTE", Some("0"));
    let runtime = beside();
    let mut servers: Vec<Service> = (0..SERVERS).map(|_| Service::serves(&at)).collect();
    let places: Vec<Place> = servers.iter().map(Place::of).collect();
    let enough = AtomicBool::new(false);
    let (began, mut deaths) = (Instant::now(), 0);
    std::thread::scope(|scope| {
        for (name, place) in places.iter().enumerate() {
            let enough = &enough;
            scope.spawn(move || place.is_pressed(name, enough));
        }
        while began.elapsed() + LIFE < span {
            passes(&runtime, LIFE);
            let dead = deaths % SERVERS;
            places[dead].is_closed();
            servers.remove(dead).dies();
            servers.insert(dead, Service::serves(&at));
            places[dead].opens(&servers[dead]);
            deaths += 1;
        }
        passes(&runtime, LIFE);
        enough.store(true, Ordering::SeqCst);
    });
    // with what was written and not acknowledged any more
    let elapsed = began.elapsed();
    let taken = u64::try_from(block_on(at.database.number("select count(*) from comments"))).unwrap();
    let intervals = u64::try_from(elapsed.as_millis().div_ceil(INTERVAL.as_millis())).unwrap();
    let answers: Vec<_> = places.iter().map(|place| place.answered.lock().unwrap().clone()).collect();
    let of = |status: u16| -> u64 {
        answers.iter().flat_map(BTreeMap::values).filter_map(|statuses| statuses.get(&status)).sum()
    };
    println!(
        "{taken} of {LIMIT} + {intervals} taken in {elapsed:?}, {deaths} deaths, {} refused; {answers:?}",
        of(429)
    );
    assert!(taken <= LIMIT + intervals + 4, "{taken} taken in {elapsed:?}");
    assert!(of(202) <= taken, "{} acknowledged, {taken} written", of(202));
    // it is the limit that is held to, and by all of them: alone, each would have let as many through
    assert!(taken >= LIMIT + intervals / 2, "only {taken} in {elapsed:?}");
    assert!(of(429) > 3 * taken, "{} refused", of(429));
    let lives: usize = answers.iter().map(BTreeMap::len).sum();
    assert_eq!(lives, SERVERS + deaths, "each life of each server has answered");
    for service in servers {
        assert_eq!(service.ends().code, 0);
    }
}
