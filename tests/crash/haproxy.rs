//! Two servers on one PostgreSQL behind a real proxy, `deploy/haproxy.cfg`: one after the other ends and starts again,
//! and no request is lost.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use replydesk::store::Kind;

use crate::{
    stage::{COMMENTS, beside, hires, opens_site, reply},
    support::{Client, Service, Terminal, is_long},
};

/// How long a proxy or a server may take to be where it should.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two requests of one client.
const PACE: Duration = Duration::from_millis(50);
/// What is read.
const ARTICLE: (&str, &str) = ("GET", "/v1/sites/gazette/comments?article=news/1");

/// The addresses of one server, the same in each of its lives.
struct Seat {
    public: SocketAddr,
    ops: SocketAddr,
}

struct Proxy {
    process: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// As recommended, but for the addresses.
    fn before(seats: &[Seat; 2]) -> Self {
        let address = free();
        let mut text = std::fs::read_to_string("deploy/haproxy.cfg").unwrap();
        let mut fill = |recommended: &str, here: String| {
            assert_eq!(text.matches(recommended).count(), 1, "{recommended}");
            text = text.replace(recommended, &here);
        };
        fill("bind :443 ssl crt /etc/ssl/comments.example.pem alpn h2,http/1.1", format!("bind {address}"));
        for (seat, recommended) in
            seats.iter().zip(["192.0.2.11:8080 port 9090", "192.0.2.12:8080 port 9090"])
        {
            fill(recommended, format!("{} port {}", seat.public, seat.ops.port()));
        }
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("haproxy.cfg");
        std::fs::write(&configuration, text).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("haproxy")
            .args(["-db", "-f"])
            .arg(&configuration)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("haproxy is installed; scripts/test does it");
        Self { process, address, folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // it may have ended already
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn takes(at: &mut Terminal, seat: &Seat) -> Service {
    at.set("REPLYDESK_SERVER__LISTEN", Some(&seat.public.to_string()));
    at.set("REPLYDESK_OPS__LISTEN", Some(&seat.ops.to_string()));
    let service = Service::starts(at, &["serve"], "serving https://");
    let since = Instant::now();
    while service.readiness().0 != 200 {
        assert!(since.elapsed() < PATIENCE, "not ready: {:?}", service.said());
    }
    service
}

/// What the clients of the proxy got.
#[derive(Default)]
struct Tally {
    enough: AtomicBool,
    answered: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

impl Tally {
    fn count(&self, what: &str, answer: reqwest::Result<crate::support::Answer>, good: u16) {
        self.answered.fetch_add(1, Ordering::SeqCst);
        let failure = match answer {
            Ok(answer) if answer.status == good => return,
            Ok(answer) => format!("{what}: {} {}", answer.status, answer.text()),
            Err(error) => format!("{what}: {error:?}"),
        };
        self.failures.lock().unwrap().push(failure);
    }
}

async fn reads(client: Client, tally: Arc<Tally>) {
    let mut pace = tokio::time::interval(PACE);
    while !tally.enough.load(Ordering::SeqCst) {
        pace.tick().await;
        tally.count("read", client.tries(ARTICLE, &[], None).await, 200);
    }
}

async fn writes(client: Client, tally: Arc<Tally>, writer: usize) {
    let mut pace = tokio::time::interval(PACE);
    for number in 0.. {
        pace.tick().await;
        if tally.enough.load(Ordering::SeqCst) {
            return;
        }
        let (text, key) = (format!("Number {number} of writer {writer}"), format!("w{writer}-{number}"));
        let body = reply(&text, "Ann");
        let sent = client.tries(("POST", COMMENTS), &[("idempotency-key", &key)], Some(&body)).await;
        tally.count("post", sent, 202);
    }
}

#[test]
fn servers_are_replaced_behind_a_proxy_without_a_failed_request() {
    let mut at = Terminal::on(Kind::Postgres);
    opens_site(&mut at);
    hires(&at, "mo@gazette.example");
    at.set("REPLYDESK_SERVER__TRUSTED_PROXIES", Some("127.0.0.1/32"));
    at.set("REPLYDESK_SERVER__PUBLIC_URL", Some("https://comments.example"));
    // as it is without a setting
    at.set("REPLYDESK_SERVER__DRAIN_SECONDS", None);
    let seats = [Seat { public: free(), ops: free() }, Seat { public: free(), ops: free() }];
    let mut services = [Some(takes(&mut at, &seats[0])), Some(takes(&mut at, &seats[1]))];
    let proxy = Proxy::before(&seats);
    let runtime = beside();
    let client = Client::new(proxy.address);
    let serves =
        || runtime.block_on(client.tries(ARTICLE, &[], None)).is_ok_and(|answer| answer.status == 200);
    let since = Instant::now();
    while !serves() {
        assert!(since.elapsed() < PATIENCE, "the proxy does not serve: {}", proxy.log());
    }

    let tally = Arc::new(Tally::default());
    let mut load = Vec::new();
    for number in 0..4 {
        // connections of its own, as clients have
        load.push(runtime.spawn(reads(Client::new(proxy.address), tally.clone())));
        load.push(runtime.spawn(writes(Client::new(proxy.address), tally.clone(), number)));
    }
    let cycles = if is_long() { 20 } else { 4 };
    for cycle in 0..cycles {
        let before = tally.answered.load(Ordering::SeqCst);
        let done = services[cycle % 2].take().unwrap().ends();
        assert_eq!(done.code, 0, "{}", done.err);
        services[cycle % 2] = Some(takes(&mut at, &seats[cycle % 2]));
        assert!(tally.answered.load(Ordering::SeqCst) > before + 50, "there was no load");
        assert_eq!(*tally.failures.lock().unwrap(), [""; 0], "cycle {cycle}: {}", proxy.log());
        // the other one ends only when the proxy knows that this one is back
        let seat = &seats[cycle % 2];
        returns(&runtime, seat, services[cycle % 2].as_ref());
    }
    tally.enough.store(true, Ordering::SeqCst);
    for client in load {
        runtime.block_on(client).unwrap();
    }
    assert_eq!(*tally.failures.lock().unwrap(), [""; 0]);
    println!("{cycles} cycles, {} requests, 0 failed", tally.answered.load(Ordering::SeqCst));
}

/// Waits until requests come through the proxy to this server again: it counts them.
fn returns(runtime: &tokio::runtime::Runtime, seat: &Seat, service: Option<&Service>) {
    let ops = Client::new(seat.ops);
    let since = Instant::now();
    while !runtime
        .block_on(ops.get("/metrics"))
        .text()
        .contains("replydesk_http_request_duration_seconds_count")
    {
        assert!(since.elapsed() < PATIENCE, "no request comes: {:?}", service.map(Service::said));
    }
}
