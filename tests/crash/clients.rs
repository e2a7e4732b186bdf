//! Clients that are slow on purpose, and many: the others do not notice, and each of them is let go.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};

use crate::support::{Client, Service, Terminal, TestApp, is_long, until};

/// How long the service waits for a client here, and how long it keeps an idle connection.
const PATIENCE: Duration = Duration::from_secs(5);
const KEPT: Duration = Duration::from_secs(12);
/// What a busy machine may add to either.
const LEEWAY: Duration = Duration::from_secs(5);
/// Slow connections at one time.
const CROWD: usize = 1_000;
/// How soon a normal request must be answered to count as good.
const GOOD: Duration = Duration::from_secs(2);
/// Between two normal requests of each of four clients, at least.
const PACE: Duration = Duration::from_millis(20);

const POST: &str = "/v1/sites/gazette/comments";
const READ: &str = "/v1/sites/gazette/comments?article=news/1";

/// A site with published comments, and the shortest patience that may be set.
fn serves(at: &mut Terminal) -> Service {
    for (name, value) in [
        ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0"),
        ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "0"),
        // they all say the same, which is not what this is about
        ("REPLYDESK_COMMENTS__LIKENESS_DAYS", "0"),
        ("REPLYDESK_SERVER__CLIENT_REQUEST_TIMEOUT_SECONDS", "5"),
        ("REPLYDESK_SERVER__CLIENT_TIMEOUT_SECONDS", "5"),
        ("REPLYDESK_SERVER__KEEP_ALIVE_SECONDS", "12"),
    ] {
        at.set(name, Some(value));
    }
    at.does(&["site", "add", "gazette", "--origin", "https://news.example", "--policy", "open"]);
    let service = Service::serves(at);
    for n in 0..100 {
        let reply =
            TestApp::reply(&format!("Number {n}: {}", "as was said before, ".repeat(40)), "ann@example.org");
        assert_eq!(service.posts(POST, &reply).status, 201);
    }
    service
}

fn connects(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Whether the service has closed the connection; reads what there is until then.
fn is_let_go(mut stream: &TcpStream) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return true,
            Err(_) => return false,
        }
    }
}

/// The clients whose connections the service holds, by port, as the system lists them (`proc_pid_net(5)`).
fn clients(service: &Service) -> Vec<u16> {
    const ESTABLISHED: &str = "01";
    let port = |address: &str| u16::from_str_radix(address.split(':').nth(1)?, 16).ok();
    let listed = fs::read_to_string("/proc/net/tcp").unwrap();
    let connections = listed.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours =
        connections.filter(|line| line[3] == ESTABLISHED && port(line[1]) == Some(service.address.port()));
    ours.filter_map(|line| port(line[2])).collect()
}

/// One answer with a body of known length.
fn answer(mut stream: &TcpStream) -> String {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return text;
            }
        }
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "closed in the middle of an answer");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

/// What a client begins and does not end, on a connection that has had an answer before or not.
#[test]
fn who_does_not_go_on_is_let_go_and_who_only_pauses_is_not() {
    let mut at = Terminal::on(Kind::Sqlite);
    let service = serves(&mut at);
    let counts = "GET /v1/sites/gazette/counts?article=news/1 HTTP/1.1\r\nHost: desk.example\r\n\r\n";
    let body = "POST /v1/sites/gazette/comments HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{\"name\": ";
    let chunk = "POST /v1/sites/gazette/comments HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n";
    let (mut slow, mut answered) = (Vec::new(), Vec::new());
    for (begun, is_second) in
        [("", false), ("GET /v1/si", false), ("GET /v1/si", true), (body, true), (chunk, true)]
    {
        let mut stream = connects(&service);
        if is_second {
            stream.write_all(counts.as_bytes()).unwrap();
            assert!(answer(&stream).starts_with("HTTP/1.1 200"), "the first request is answered");
        }
        stream.write_all(begun.as_bytes()).unwrap();
        slow.push((begun, is_second, stream, Instant::now()));
    }
    // what is written to these two is not the answer that they wait for
    let continued = body.replace("\r\n\r\n{", "\r\nExpect: 100-continue\r\n\r\n{");
    for begun in [format!("{counts}{body}"), continued] {
        let mut stream = connects(&service);
        stream.write_all(begun.as_bytes()).unwrap();
        answered.push((begun, stream, Instant::now()));
    }
    let mut paused = connects(&service);
    paused.write_all(counts.as_bytes()).unwrap();
    answer(&paused);
    for (begun, is_second, stream, since) in &slow {
        assert!(is_let_go(stream), "still open after {begun:?}, second: {is_second}");
        let took = since.elapsed();
        assert!(took < PATIENCE + LEEWAY, "{begun:?}, second: {is_second}: {took:?}");
    }
    // for longer than a request may take, and less long than a connection is kept
    paused.write_all(counts.as_bytes()).unwrap();
    assert!(answer(&paused).starts_with("HTTP/1.1 200"));
    let since = Instant::now();
    for (begun, stream, since) in &answered {
        assert!(is_let_go(stream), "still open after {begun:?}");
        assert!(since.elapsed() < PATIENCE + KEPT + LEEWAY, "{begun:?}: {:?}", since.elapsed());
    }
    assert!(is_let_go(&paused) && since.elapsed() < KEPT + LEEWAY, "{:?}", since.elapsed());
    assert_eq!(service.ends().code, 0);
}

/// A client that asks for more than the sockets hold, and takes nothing of it.
#[test]
fn who_does_not_take_the_answer_is_let_go() {
    let mut at = Terminal::on(Kind::Sqlite);
    let service = serves(&mut at);
    let mut stream = connects(&service);
    let request = format!("GET {READ}&limit=100 HTTP/1.1\r\nHost: desk.example\r\n\r\n");
    let requests = request.repeat(200);
    stream.write_all(requests.as_bytes()).unwrap();
    let client = stream.local_addr().unwrap().port();
    assert!(clients(&service).contains(&client), "the connection is found");
    until(PATIENCE + LEEWAY, "the connection is closed", || !clients(&service).contains(&client));
    assert_eq!(service.gets(READ).status, 200);
    assert_eq!(service.ends().code, 0);
}

/// A normal request: whether it is answered as it should be, soon enough.
async fn asks(client: &Client, number: u32, of: &str) -> bool {
    let asked = Instant::now();
    let (expected, answer) = if number.is_multiple_of(10) {
        let reply = TestApp::reply(&format!("{of}, {number}"), "ann@example.org");
        (201, client.tries(("POST", POST), &[], Some(&reply)).await)
    } else {
        (200, client.tries(("GET", READ), &[], None).await)
    };
    answer.is_ok_and(|answer| answer.status == expected) && asked.elapsed() < GOOD
}

/// A crowd of slow clients, which ends when it has been let go, or after this many seconds.
fn crowd(mode: &[&str], seconds: &str) -> Child {
    let crowd = Command::new("slowhttptest")
        // a few fail to connect
        .args(["-c", &(CROWD + CROWD / 10).to_string(), "-r", "500", "-l", seconds, "-p", "5"])
        .args(mode)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    crowd.expect("slowhttptest is a package of Debian; scripts/test installs it")
}

/// Crowds of clients that send their heads or bodies byte by byte, or take their answers so: normal readers
/// and writers beside them are served as ever.
fn a_crowd_of_slow_clients_does_not_slow_the_others(kind: Kind) {
    let mut at = Terminal::on(kind);
    let service = serves(&mut at);
    let url = |path: &str| format!("http://{}{path}", service.address);
    let (read, post) = (url(&format!("{READ}&limit=100")), url(POST));
    let modes: [(&str, Vec<&str>); 3] = [
        ("heads", vec!["-H", "-i", "1", "-x", "8", "-u", &read]),
        ("bodies", vec!["-B", "-i", "1", "-x", "8", "-s", "65536", "-f", "application/json", "-u", &post]),
        ("reading", vec!["-X", "-n", "2", "-w", "64", "-y", "128", "-z", "16", "-k", "1", "-u", &read]),
    ];
    let (requests, seconds) = if is_long() { (20_000, "60") } else { (1_000, "15") };
    for (name, mode) in modes {
        let (number, bad, most) = (AtomicU32::new(0), AtomicU32::new(0), AtomicUsize::new(0));
        let mut crowds = 0;
        while number.load(Relaxed) < requests {
            crowds += 1;
            let crowd = Mutex::new(crowd(&mode, seconds));
            let prober = async || {
                let mut pace = tokio::time::interval(PACE);
                while crowd.lock().unwrap().try_wait().unwrap().is_none() {
                    pace.tick().await;
                    let number = number.fetch_add(1, Relaxed);
                    if !asks(&service.client, number, name).await {
                        bad.fetch_add(1, Relaxed);
                    }
                    if number.is_multiple_of(32) {
                        most.fetch_max(clients(&service).len(), Relaxed);
                    }
                }
            };
            block_on(futures_util::future::join_all((0..4).map(|_| prober())));
        }
        let (all, bad, most) = (number.into_inner(), bad.into_inner(), most.into_inner());
        println!("slow {name}: {all} requests, {bad} bad, {crowds} crowds, at most {most} connections");
        assert!(most >= CROWD, "{name}: the crowd was {most}");
        assert!(f64::from(all - bad) >= 0.999 * f64::from(all), "{name}: {bad} of {all} were not good");
        until(Duration::from_secs(20), "the crowd is let go", || clients(&service).len() < 20);
    }
    assert_eq!(service.ends().code, 0);
}

#[test]
fn a_crowd_of_slow_clients_does_not_slow_the_others_on_sqlite() {
    a_crowd_of_slow_clients_does_not_slow_the_others(Kind::Sqlite);
}

#[test]
fn a_crowd_of_slow_clients_does_not_slow_the_others_on_postgres() {
    a_crowd_of_slow_clients_does_not_slow_the_others(Kind::Postgres);
}
