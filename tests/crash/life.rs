//! The life of a process: it ends in order when it is told to, and loses no request over it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};

use crate::{
    cluster::Cluster,
    stage::{COMMENTS, hires, opens_site, reply},
    support::{Client, Database, Service, Terminal, until},
};

/// What the test sets the drain to.
const DRAIN: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(30);

fn terminal(kind: Kind) -> Terminal {
    let mut at = Terminal::on(kind);
    opens_site(&mut at);
    hires(&at, "mo@gazette.example");
    at.set("REPLYDESK_SERVER__DRAIN_SECONDS", Some("3"));
    at
}

/// A request that has begun and whose rest is still to come.
struct Begun(TcpStream, String);

impl Begun {
    fn at(service: &Service) -> Self {
        let body = reply("The last one through the door", "Ann").to_string();
        let mut stream = TcpStream::connect(service.address).unwrap();
        let head = format!(
            "POST {COMMENTS} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        Self(stream, body)
    }

    fn finishes(mut self) -> String {
        self.0.write_all(self.1.as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        self.0.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn drains_under_load(kind: Kind) {
    let at = terminal(kind);
    let service = Service::serves(&at);
    assert_eq!(service.readiness(), (200, "[]".to_owned()));
    let begun = Begun::at(&service);
    let (told, enough) = (AtomicBool::new(false), AtomicBool::new(false));
    let answered = AtomicUsize::new(0);
    let closing = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (told, enough, answered) = (&told, &enough, &answered);
                let address = service.address;
                scope.spawn(move || {
                    block_on(async {
                        let (client, mut closing) = (Client::new(address), 0);
                        while !enough.load(Ordering::SeqCst) {
                            let was_told = told.load(Ordering::SeqCst);
                            let number = answered.fetch_add(1, Ordering::SeqCst);
                            let body = reply(&format!("Number {number} of writer {writer}"), "Ann");
                            let answer = client.post(COMMENTS, &body).await;
                            assert_eq!(answer.status, 202, "{}", answer.text());
                            // the proxy's next request comes by a new connection, to another server
                            if was_told {
                                assert_eq!(answer.header("connection"), "close");
                                closing += 1;
                            }
                        }
                        closing
                    })
                })
            })
            .collect();
        until(PATIENCE, "there is load", || answered.load(Ordering::SeqCst) > 50);
        let since = Instant::now();
        service.hears("TERM");
        until(PATIENCE, "not ready", || service.readiness() == (503, r#"["draining"]"#.to_owned()));
        assert!(since.elapsed() < Duration::from_secs(1), "not ready after {:?}", since.elapsed());
        told.store(true, Ordering::SeqCst);
        until(PATIENCE, "half of the drain", || since.elapsed() > DRAIN / 2);
        enough.store(true, Ordering::SeqCst);
        let closing: usize = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        // it outlasts the listener
        until(PATIENCE, "nobody listens", || TcpStream::connect(service.address).is_err());
        assert!(since.elapsed() >= DRAIN, "the listener closed after {:?}", since.elapsed());
        closing
    });
    assert!(closing > 8, "{closing} answers while it drained");
    let answer = begun.finishes();
    assert!(answer.starts_with("HTTP/1.1 202") && answer.contains("connection: close"), "{answer}");
    let done = service.done();
    assert_eq!(done.code, 0, "{}", done.err);
    let number = |sql| block_on(at.database.number(sql));
    let comments = i64::try_from(answered.load(Ordering::SeqCst)).unwrap() + 1;
    assert_eq!(number("select count(*) from comments"), comments);
    let leased = number("select count(*) from outbox where outcome is null and leased_until is not null");
    assert_eq!(leased, 0, "{}", done.err);
}

#[test]
fn told_to_end_under_load_it_drains_on_sqlite() {
    drains_under_load(Kind::Sqlite);
}

#[test]
fn told_to_end_under_load_it_drains_on_postgres() {
    drains_under_load(Kind::Postgres);
}

#[test]
fn told_twice_it_ends_at_once() {
    let at = terminal(Kind::Sqlite);
    for signal in ["TERM", "INT"] {
        let service = Service::serves(&at);
        let _begun = Begun::at(&service);
        service.hears("TERM");
        service.says("ending");
        let since = Instant::now();
        service.hears(signal);
        let done = service.done();
        assert_eq!(done.code, 1, "{}", done.err);
        assert!(done.err.ends_with("replydesk: told to end at once"), "{}", done.err);
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    }
}

#[test]
fn a_person_at_a_terminal_does_not_wait_for_load_balancers() {
    let mut at = terminal(Kind::Sqlite);
    at.set("REPLYDESK_SERVER__DRAIN_SECONDS", Some("60"));
    for (arguments, last, signal) in
        [(&["serve"][..], "serving http://", "INT"), (&["demo", "--data", "demo"][..], "  password", "TERM")]
    {
        let service = Service::starts(&at, arguments, last);
        let since = Instant::now();
        service.hears(signal);
        let done = service.done();
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
    }
}

#[test]
fn it_ends_on_a_cluster_of_its_own() {
    let mut cluster = Cluster::starts();
    let mut at = Terminal::at(Database::on(&cluster.url()));
    at.set("REPLYDESK_SERVER__DRAIN_SECONDS", Some("0"));
    assert_eq!(Service::serves(&at).ends().code, 0);
    cluster.freezes();
    cluster.thaws();
    cluster.stops();
    cluster.starts_again();
    assert_eq!(Service::serves(&at).ends().code, 0);
}
