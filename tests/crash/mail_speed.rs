//! A mail server in trouble does not slow those who submit: one service, many short blocks, in turns with a
//! healthy mail server, with one that says nothing, and with one that refuses.

use std::time::{Duration, Instant};

use replydesk::{app::block_on, store::Kind};

use crate::support::{
    SITE, Service, Terminal, TestApp,
    smtp::{Fault, Server, Stage},
};

const MODES: [(&str, Fault); 3] = [
    ("healthy", Fault::None),
    ("hanging", Fault::Hangs(Stage::Ehlo)),
    ("refusing", Fault::Says(Stage::Rcpt, "450 not now")),
];
/// What a fault may cost.
const MOST: f64 = 1.1;
/// Submissions of one block, after those that meet the change.
const BLOCK: usize = 20;
const SETTLING: usize = 4;
/// Parts of the sample whose absence tells how sure the figure is.
const PARTS: usize = 10;

#[test]
fn submissions_are_not_slowed_by_the_mail_server() {
    if is_long() {
        compares(Kind::Sqlite, Duration::from_mins(5));
        compares(Kind::Postgres, Duration::from_mins(5));
    } else {
        compares(Kind::Sqlite, Duration::from_secs(40));
    }
}

fn is_long() -> bool {
    std::env::var_os("REPLYDESK_TEST_LONG").is_some()
}

/// The rounds of each mode: each one block.
type Rounds = Vec<Vec<Duration>>;

#[expect(clippy::print_stdout, reason = "the figures, for who asks for them")]
fn compares(kind: Kind, most: Duration) {
    let sink = Server::beside(Fault::None);
    let mut at = Terminal::on(kind);
    for (name, value) in [
        ("REPLYDESK_MAIL__URL", sink.url().as_str()),
        ("REPLYDESK_MAIL__TIMEOUT_SECONDS", "2"),
        ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0"),
        ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "0"),
    ] {
        at.set(name, Some(value));
    }
    at.does(&["site", "add", SITE, "--name", "The Gazette", "--origin", "https://news.example"]);
    at.does(&["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "moderator"]);
    let service = Service::serves(&at);
    let began = Instant::now();
    let mut rounds: [Rounds; 3] = Default::default();
    block_on(async {
        for round in 0.. {
            for turn in 0..MODES.len() {
                // each mode comes as often after each other
                let mode = if round % 2 == 0 { turn } else { MODES.len() - 1 - turn };
                let mode = (mode + round / 2) % MODES.len();
                sink.turns(MODES[mode].1);
                let block = submits(&service, &format!("{round}.{mode}")).await;
                rounds[mode].push(block);
            }
            let is_sure = round >= 6 * PARTS
                && (1..MODES.len()).all(|mode| {
                    let (ratio, error) = ratio(&rounds[mode], &rounds[0]);
                    ratio + 2.0 * error <= MOST
                });
            if is_sure || began.elapsed() > most {
                break;
            }
        }
    });
    assert!(!sink.taken().is_empty() && sink.conversations() > sink.taken().len(), "every mode was in force");
    for mode in 1..MODES.len() {
        let (ratio, error) = ratio(&rounds[mode], &rounds[0]);
        println!(
            "{kind:?}, {}: p99 {:?} of {}, healthy {:?}: ratio {ratio:.3} ± {error:.3} in {:?}",
            MODES[mode].0,
            p99(rounds[mode].iter().flatten()),
            rounds[mode].len() * BLOCK,
            p99(rounds[0].iter().flatten()),
            began.elapsed(),
        );
        assert!(ratio <= MOST, "{}: {ratio:.3} ± {error:.3}", MODES[mode].0);
    }
    assert_eq!(service.ends().code, 0);
    at.database.drop();
}

async fn submits(service: &Service, block: &str) -> Vec<Duration> {
    let mut took = Vec::with_capacity(BLOCK);
    for n in 0..SETTLING + BLOCK {
        let reply = TestApp::reply(&format!("{block}.{n}"), "reader@example.org");
        let began = Instant::now();
        let answer = service.client.post(&format!("/v1/sites/{SITE}/comments"), &reply).await;
        took.push(began.elapsed());
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    took.split_off(SETTLING)
}

/// The ratio of the pooled samples, and its standard error by the jackknife.
#[expect(clippy::cast_precision_loss, reason = "a handful of parts")]
fn ratio(fault: &Rounds, healthy: &Rounds) -> (f64, f64) {
    let without = |rounds: &Rounds, part: Option<usize>| {
        let kept = rounds.iter().enumerate().filter(|(n, _)| Some(n % PARTS) != part);
        p99(kept.flat_map(|(_, block)| block)).as_secs_f64()
    };
    let of = |part| without(fault, part) / without(healthy, part);
    let parts: Vec<f64> = (0..PARTS).map(|part| of(Some(part))).collect();
    let mean = parts.iter().sum::<f64>() / PARTS as f64;
    let spread: f64 = parts.iter().map(|part| (part - mean).powi(2)).sum();
    (of(None), (spread * (PARTS - 1) as f64 / PARTS as f64).sqrt())
}

fn p99<'a>(samples: impl Iterator<Item = &'a Duration>) -> Duration {
    let mut sorted: Vec<Duration> = samples.copied().collect();
    sorted.sort_unstable();
    sorted[(sorted.len() * 99).div_ceil(100) - 1]
}
