//! A mail server that says nothing for minutes: nobody who submits notices, no letter is told twice at one time, and
//! when it speaks again, each arrives once.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};
use tokio::time::interval;

use crate::{
    mail::{PATIENCE, newsroom, rows},
    support::{
        SITE, Service, Terminal, TestApp, is_long,
        smtp::{Fault, Server, Stage},
        until,
    },
};

/// Conversations at one time, at most.
const AT_ONCE: usize = 4;
/// Letters that somebody does not want to wait for.
const RETRIED: usize = 3;
/// A conversation begins a little before the letter is whole.
const MOMENT: Duration = Duration::from_millis(200);
/// How long a submission may take, at most, beside another service and its database.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn a_server_that_hangs_for_minutes_costs_nothing_on_sqlite() {
    hangs_everywhere(Kind::Sqlite);
}

#[test]
fn a_server_that_hangs_for_minutes_costs_nothing_on_postgres() {
    hangs_everywhere(Kind::Postgres);
}

/// At the first word, and when it has the whole letter: two newsrooms side by side.
fn hangs_everywhere(kind: Kind) {
    thread::scope(|scope| {
        for stage in [Stage::Ehlo, Stage::End] {
            scope.spawn(move || hangs(kind, stage));
        }
    });
}

/// In the long form with the time-out as it comes, for three minutes.
fn hangs(kind: Kind, stage: Stage) {
    let sink = Server::beside(Fault::Hangs(stage));
    let mut at = newsroom(kind, &["Ann", "Ben", "Cleo"], &sink.url());
    at.set("REPLYDESK_LIMITS__SITE_PER_MINUTE", Some("0"));
    // a letter for each comment, more than can be tried; or as it comes, with one for all that waits
    let gathers = stage == Stage::Ehlo;
    if gathers {
        at.set("REPLYDESK_MAIL__LETTERS_PER_HOUR", None);
    }
    let (patience, lasts) = if is_long() {
        (Duration::from_secs(30), Duration::from_mins(3))
    } else {
        at.set("REPLYDESK_MAIL__TIMEOUT_SECONDS", Some("1"));
        (Duration::from_secs(1), Duration::from_secs(8))
    };
    let service = Service::serves(&at);
    let (submitted, slowest) = thread::scope(|scope| {
        let impatient = (!gathers).then(|| scope.spawn(|| retries_what_is_being_sent(&at, &sink)));
        let done = block_on(submits(&service, &sink, lasts));
        if let Some(one) = impatient {
            one.join().unwrap();
        }
        done
    });
    assert!(slowest < SOON, "{kind:?}, {stage:?}: {slowest:?}");
    let begun = || sink.heard().iter().filter(|line| line.starts_with("EHLO")).count();
    let tried = "select cast(coalesce(sum(attempts), 0) as bigint) from outbox where last_error is not null";
    let counts = |count: i64| usize::try_from(count).unwrap();
    until(PATIENCE, "each conversation is an attempt, or under way", || {
        let open = sink.open();
        // a retry begins to count anew
        let uncounted = if gathers { 0 } else { RETRIED };
        counts(rows(&at, tried)) + uncounted + open == begun() && open <= AT_ONCE
    });
    let timed_out = rows(&at, "select count(*) from outbox where last_error = 'timeout'");
    assert_eq!(rows(&at, "select count(*) from outbox where last_error <> 'timeout'"), 0);
    assert!(if gathers { timed_out == 3 } else { counts(timed_out) > AT_ONCE }, "{timed_out}");
    let again = rows(&at, "select count(*) from outbox where attempts > 1 and last_error = 'timeout'");
    if is_long() && gathers {
        assert_eq!(again, 3, "each is tried once more");
    }
    if !gathers {
        comes_alone(&sink, patience);
    }
    println!(
        "{kind:?}, {stage:?}: {submitted} submissions in {lasts:?}, the slowest {slowest:?}; {} conversations for \
         {timed_out} letters, {again} of them tried again",
        begun()
    );
    sink.turns(Fault::None);
    all_arrive(&at, &sink, gathers);
    assert_eq!(service.ends().code, 0);
}

/// Submits a comment twice a second, as long as this; how many, and the slowest.
async fn submits(service: &Service, sink: &Server, lasts: Duration) -> (usize, Duration) {
    let began = Instant::now();
    let mut pace = interval(Duration::from_millis(500));
    let mut slowest = Duration::ZERO;
    let mut submitted = 0;
    while began.elapsed() < lasts {
        pace.tick().await;
        let reply = TestApp::reply(&format!("Number {submitted}"), "reader@example.org");
        let before = Instant::now();
        let answer = service.client.post(&format!("/v1/sites/{SITE}/comments"), &reply).await;
        slowest = slowest.max(before.elapsed());
        assert_eq!(answer.status, 202, "{}", answer.text());
        submitted += 1;
        assert!(sink.open() <= AT_ONCE, "{} conversations", sink.open());
    }
    (submitted, slowest)
}

/// Somebody who does not want to wait: the first letters, while the server has them and says nothing.
fn retries_what_is_being_sent(at: &Terminal, sink: &Server) {
    until(PATIENCE, "letters are being sent", || sink.ignored().len() >= RETRIED);
    for letter in &sink.ignored()[..RETRIED] {
        at.does(&["outbox", "retry", letter.id()]);
    }
}

/// What the server was told whole and left unanswered: each letter again only when its first conversation was over. Those
/// that somebody retried are told again at once then.
fn comes_alone(sink: &Server, patience: Duration) {
    let ignored = sink.ignored();
    let mut letters: BTreeMap<&str, Vec<Instant>> = BTreeMap::new();
    for letter in &ignored {
        assert_eq!(letter.recipients.len(), 1);
        letters.entry(letter.id()).or_default().push(letter.at);
    }
    let mut again = 0;
    for (id, times) in letters {
        for pair in times.windows(2) {
            let apart = pair[1] - pair[0];
            assert!(apart + MOMENT >= patience, "{id}: {apart:?} apart");
            again += 1;
        }
    }
    assert!(again >= RETRIED, "{again} were told again");
}

/// Whoever runs the desk tries once more what waits for its next time; then each letter has arrived, once. The letters
/// about what came meanwhile have their own time where they gather.
fn all_arrive(at: &Terminal, sink: &Server, gathers: bool) {
    let owed = if gathers {
        "select count(*) from outbox where outcome is null and last_error is not null"
    } else {
        "select count(*) from outbox where outcome is null"
    };
    until(PATIENCE, "what was under way is given up", || {
        rows(at, "select count(*) from outbox where leased_until is not null and last_error is not null") == 0
    });
    until(Duration::from_mins(2), "all letters arrive", || {
        for line in at.does(&["outbox", "list"]).lines() {
            if line.ends_with("timeout") || line.ends_with("connection") {
                let done = at.runs(&["outbox", "retry", line.split('\t').next().unwrap()]);
                // it may have arrived since it was listed
                assert!(done.code == 0 || done.err.contains("there is no such message"), "{}", done.err);
            }
        }
        rows(at, owed) == 0
    });
    assert_eq!(rows(at, "select count(*) from outbox where outcome <> 'sent'"), 0);
    let mut told: Vec<String> = sink.taken().iter().map(|letter| letter.id().to_owned()).collect();
    told.sort_unstable();
    let letters = told.len();
    told.dedup();
    assert_eq!(told.len(), letters, "each letter once");
}
