//! A mail server in trouble does not slow those who submit: one service, many short blocks, in turns with a
//! healthy mail server, with one that says nothing, and with one that refuses.

use std::time::{Duration, Instant};

use replydesk::{app::block_on, store::Kind};

use crate::support::{
    SITE, Service, Terminal, TestApp, is_long,
    smtp::{Fault, Server, Stage},
};

const MODES: [(&str, Fault); 3] = [
    ("healthy", Fault::None),
    ("hanging", Fault::Hangs(Stage::Ehlo)),
    ("refusing", Fault::Says(Stage::Rcpt, "450 not now")),
];
/// What a fault may cost.
const MOST: f64 = 1.1;
/// Clients that submit, each one comment after the other.
const CLIENTS: usize = 8;
/// How long a mode lasts: first what is under way from the one before ends, at most one delivery; then it counts.
const SETTLING: Duration = Duration::from_millis(1_100);
const BLOCK: Duration = Duration::from_millis(1_400);
/// A figure less sure than this tells nothing.
const SURE: f64 = 0.3;
const SURE_IN_THE_LONG_RUN: f64 = 0.1;

#[test]
fn submissions_are_not_slowed_by_the_mail_server() {
    if is_long() {
        compares(Kind::Sqlite, Duration::from_mins(5));
        compares(Kind::Postgres, Duration::from_mins(5));
    } else {
        compares(Kind::Sqlite, Duration::from_secs(45));
    }
}

/// The rounds of each mode: each one block.
type Rounds = Vec<Vec<Duration>>;

fn compares(kind: Kind, most: Duration) {
    let sink = Server::beside(Fault::None);
    let mut at = Terminal::on(kind);
    for (name, value) in [
        ("REPLYDESK_MAIL__URL", sink.url().as_str()),
        ("REPLYDESK_MAIL__TIMEOUT_SECONDS", "1"),
        ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0"),
        ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "0"),
        ("REPLYDESK_MAIL__LETTERS_PER_HOUR", "0"),
    ] {
        at.set(name, Some(value));
    }
    at.does(&["site", "add", SITE, "--name", "The Gazette", "--origin", "https://news.example"]);
    at.does(&["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "moderator"]);
    let service = Service::serves(&at);
    let began = Instant::now();
    let mut rounds: [Rounds; 3] = Default::default();
    block_on(async {
        for round in 0_usize.. {
            for turn in 0..MODES.len() {
                // each mode comes as often after each other
                let mode = if round.is_multiple_of(2) { turn } else { MODES.len() - 1 - turn };
                let mode = (mode + round / 2) % MODES.len();
                sink.turns(MODES[mode].1);
                let clients = (0..CLIENTS).map(|client| submits(&service, (round, mode, client)));
                let block = futures_util::future::join_all(clients).await;
                rounds[mode].push(block.into_iter().flatten().collect());
            }
            if began.elapsed() > most {
                break;
            }
        }
    });
    assert!(!sink.taken().is_empty() && sink.conversations() > sink.taken().len(), "every mode was in force");
    let [healthy, faults @ ..] = &rounds;
    println!("{kind:?}, healthy: p99 {:?} of {}", p99(&healthy.concat()), healthy.concat().len());
    for ((name, _), fault) in MODES[1..].iter().zip(faults) {
        let (ratio, error) = ratio(fault, healthy);
        let all = fault.concat();
        println!(
            "{kind:?}, {name}: p99 {:?} of {}; ratio in a round {ratio:.3} ± {error:.3} over {} rounds in {:?}",
            p99(&all),
            all.len(),
            fault.len(),
            began.elapsed(),
        );
        // a short run cannot tell a tenth from chance; it must not show more than that
        let (least, sure) =
            if is_long() { (ratio, SURE_IN_THE_LONG_RUN) } else { (ratio - 2.0 * error, SURE) };
        assert!(error <= sure, "{name}: ± {error:.3} says nothing");
        assert!(least <= MOST, "{name}: {ratio:.3} ± {error:.3}");
    }
    assert_eq!(service.ends().code, 0);
}

/// How long each submission took, of those that began when the mode had settled.
async fn submits(service: &Service, (round, mode, client): (usize, usize, usize)) -> Vec<Duration> {
    let since = Instant::now();
    let mut took = Vec::new();
    for n in 0.. {
        let began = Instant::now();
        if began - since > SETTLING + BLOCK {
            break;
        }
        let reply = TestApp::reply(&format!("{round}.{mode}.{client}.{n}"), "reader@example.org");
        let answer = service.client.post(&format!("/v1/sites/{SITE}/comments"), &reply).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        if began - since > SETTLING {
            took.push(began.elapsed());
        }
    }
    took
}

/// How much slower the fault's hundredth slowest is than the healthy one's of the same round, as the disk is another one
/// a minute later: the geometric mean over the rounds, and its standard error.
#[expect(clippy::cast_precision_loss, reason = "a handful of rounds")]
fn ratio(fault: &Rounds, healthy: &Rounds) -> (f64, f64) {
    let pairs = fault.iter().zip(healthy);
    let logs: Vec<f64> =
        pairs.map(|(one, other)| (p99(one).as_secs_f64() / p99(other).as_secs_f64()).ln()).collect();
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let spread = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean.exp(), mean.exp() * (spread / count).sqrt())
}

fn p99(samples: &[Duration]) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * 99).div_ceil(100) - 1]
}
