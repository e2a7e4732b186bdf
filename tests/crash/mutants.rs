//! Good requests, changed by chance, by the thousand: nothing panics, nothing is answered with 500, every
//! answer can be read, and the memory comes back.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use replydesk::store::Kind;
use serde_json::json;

use crate::support::{Chance, PASSWORD, Service, Terminal};

const SEED: u64 = 20_261_103;
/// Writers at the same time.
const WRITERS: usize = 4;
/// How long one answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a process may hold more than after it was warm, in KiB. The cache of pages is set to 1 MiB, a
/// connection has buffers of 128 KiB at most and all are closed, SQLite keeps 2 MiB a connection: 32 MiB
/// is about their sum, with what the allocator does not give back. A leak of 1 KiB a request would be
/// 50 MiB in the long form.
const GROWTH_KIB: u64 = 32 * 1024;

fn rounds() -> usize {
    if crate::support::is_long() { 50_000 } else { 3_000 }
}

/// One request in its parts, so that a change can leave it whole.
#[derive(Clone)]
struct Request {
    method: &'static str,
    path: Vec<u8>,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    fn of(method: &'static str, path: &str, headers: &[(&'static str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes().to_vec())).collect();
        Self { method, path: path.as_bytes().to_vec(), headers, body: body.as_bytes().to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.path, b" HTTP/1.1\r\nHost: x\r\n"].concat();
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if !self.body.is_empty() {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }

    /// Changes a part, and leaves the framing as it is.
    fn mutates(&mut self, chance: &mut Chance) {
        let within_a_line = |bytes: &mut Vec<u8>| bytes.retain(|byte| !b"\r\n\0".contains(byte));
        match chance.below(4) {
            0 => {
                let mut rest = self.path.split_off(1);
                chance.mutates(&mut rest);
                rest.retain(|byte| *byte > b' ' && *byte < 127 && !b"<>\"\\^`{|}".contains(byte));
                self.path.extend(rest);
            }
            1 if !self.headers.is_empty() => {
                let at = chance.below(self.headers.len());
                chance.mutates(&mut self.headers[at].1);
                within_a_line(&mut self.headers[at].1);
                if chance.below(4) == 0 {
                    let again = self.headers[at].clone();
                    self.headers.push(again);
                }
            }
            _ => chance.mutates(&mut self.body),
        }
    }
}

/// What pages, backends and moderators send.
fn corpus(service: &Service, (site, moderator): (&str, &str)) -> Vec<Request> {
    let json_kind = ("Content-Type", "application/json");
    let form_kind = ("Content-Type", "application/x-www-form-urlencoded");
    let browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let (backend, desk) = (format!("Bearer {site}"), format!("Bearer {moderator}"));
    let (backend, desk) = (("Authorization", backend.as_str()), ("Authorization", desk.as_str()));
    let reply = json!({
        "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge"},
        "name": "Ann", "email": "ann@example.org", "website": "https://ann.example",
        "comment": "It should <b>open</b> again, see https://news.example/a?b=1&c=2", "notify": "outcome",
    });
    let said = service.posts("/v1/sites/gazette/comments", &reply);
    assert_eq!(said.status, 202, "{}", said.text());
    let (said, mut spoken) = (said.json(), reply.clone());
    let (id, token) = (said["id"].as_str().unwrap(), said["receipt"]["token"].as_str().unwrap());
    spoken["client"] = json!({"ip": "203.0.113.7", "user_agent": "Gecko"});
    spoken["commenter"] = json!({"id": "reader-7", "verified": true, "staff": false});
    let article = json!({"url": "https://news.example/a", "title": "A", "open": true, "closes_at": "2027-01-01T00:00:00Z", "section": "b", "author_email": "ed@news.example"});
    let one = json!({"decision": "hold", "version": 1, "reason": "why", "note": "so"}).to_string();
    let many = json!({"items": [{"id": id, "version": 1}], "decision": "hold", "note": "so"}).to_string();
    let filter = json!({"site": "gazette", "needs": "any", "finding": "links", "article": "news/1"});
    let listed =
        json!({"filter": filter, "expect": 1, "slack": 9, "decision": "escalate", "note": "so"}).to_string();
    let fields = "article=news/1&article_url=https%3A%2F%2Fnews.example%2Fnews%2F1&article_title=The+bridge&name=Ann&email=ann%40example.org&comment=By+form&redirect=https%3A%2F%2Fnews.example%2F";
    let posts = "/v1/sites/gazette/comments";
    vec![
        Request::of("POST", posts, &[json_kind, ("Idempotency-Key", "key-1")], &reply.to_string()),
        Request::of("POST", posts, &[json_kind, backend], &spoken.to_string()),
        Request::of("POST", posts, &[form_kind, browser, ("Origin", "https://news.example")], fields),
        Request::of(
            "GET",
            "/v1/sites/gazette/comments?article=news/1&sort=newest&limit=10",
            &[("Accept-Encoding", "br, gzip"), ("If-None-Match", "\"x\"")],
            "",
        ),
        Request::of(
            "GET",
            &format!(
                "/v1/sites/gazette/comments?article_url=https%3A%2F%2Fnews.example%2Fnews%2F1&around={id}&cursor={id}"
            ),
            &[("X-Forwarded-For", "203.0.113.7, 10.0.0.1")],
            "",
        ),
        Request::of(
            "GET",
            &format!("/v1/sites/gazette/comments/{id}/replies?limit=5&cursor={id}"),
            &[("Accept", "application/json")],
            "",
        ),
        Request::of(
            "GET",
            "/v1/sites/gazette/counts?article=news/1&article=b",
            &[("Origin", "https://news.example")],
            "",
        ),
        Request::of("PUT", "/v1/sites/gazette/articles/a", &[json_kind, backend], &article.to_string()),
        Request::of(
            "PATCH",
            "/v1/sites/gazette/articles/a",
            &[json_kind, backend],
            "{\"open\": false, \"closes_at\": null}",
        ),
        Request::of("GET", "/v1/sites/gazette/articles/a", &[backend], ""),
        Request::of("GET", &format!("/v1/receipts/{token}"), &[browser], ""),
        Request::of("PATCH", &format!("/v1/receipts/{token}"), &[json_kind], "{\"comment\": \"Changed\"}"),
        Request::of(
            "POST",
            &format!("/receipts/{token}"),
            &[form_kind, browser],
            "action=edit&comment=Changed+again",
        ),
        Request::of(
            "GET",
            "/v1/moderation/comments?needs=any&sort=oldest&status=pending&site=gazette&article=news/1&finding=links&limit=3",
            &[desk],
            "",
        ),
        Request::of("GET", &format!("/d/{token}"), &[browser], ""),
        Request::of(
            "POST",
            &format!("/d/{token}"),
            &[form_kind, browser, ("Origin", "http://127.0.0.1:8080")],
            "decision=reject&reason=why",
        ),
        Request::of("GET", &format!("/v1/moderation/comments/{id}"), &[desk], ""),
        Request::of("POST", &format!("/v1/moderation/comments/{id}/decisions"), &[json_kind, desk], &one),
        Request::of("POST", "/v1/moderation/decisions", &[json_kind, desk], &many),
        Request::of("POST", "/v1/moderation/decisions", &[json_kind, desk], &listed),
        Request::of("POST", "/v1/moderation/undo", &[json_kind, desk], &format!("{{\"batch\": \"{id}\"}}")),
        Request::of(
            "POST",
            "/v1/moderation/claims",
            &[json_kind, desk],
            "{\"site\": \"gazette\", \"limit\": 2}",
        ),
        Request::of("PUT", "/v1/moderation/claims", &[json_kind, desk], &format!("{{\"ids\": [\"{id}\"]}}")),
        Request::of("DELETE", "/v1/moderation/claims", &[desk], ""),
        Request::of(
            "POST",
            "/desk/decisions",
            &[form_kind, browser],
            &format!("csrf=x&decision=spam&item={id}%3A1&item={id}%3A2&next=%2Fdesk"),
        ),
        Request::of(
            "GET",
            "/desk?list=waiting&done=approve",
            &[("Cookie", "replydesk=abc; b=c"), browser],
            "",
        ),
        Request::of(
            "POST",
            "/desk/sign-in",
            &[form_kind, browser],
            "csrf=x&email=mo%40gazette.example&password=abc&next=%2Fdesk",
        ),
        Request::of("GET", "/problems/gone", &[browser], ""),
        Request::of(
            "OPTIONS",
            posts,
            &[("Origin", "https://news.example"), ("Access-Control-Request-Method", "POST")],
            "",
        ),
    ]
}

/// What people at the desk send, by their program and by their browser; nothing that would end the session. No passwords: each
/// takes 19 MiB to look at, which says nothing of what requests leave behind.
fn at_the_desk(service: &Service, (moderator, id): (&str, &str)) -> Vec<Request> {
    let signed_in =
        service.posts("/v1/session", &json!({"name": "mo@gazette.example", "password": PASSWORD}));
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let csrf = signed_in.json()["csrf"].as_str().unwrap().to_owned();
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let bearer = format!("Bearer {moderator}");
    let program = |method, path: &str, body: &serde_json::Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Request::of(method, path, &[("Content-Type", "application/json"), ("Authorization", &bearer)], &body)
    };
    let page = |path: &str| Request::of("GET", path, &[("Cookie", &cookie), ("Accept", "text/html")], "");
    let form = |path: &str, fields: &str| {
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        Request::of(
            "POST",
            path,
            &[kind, ("Cookie", &cookie), ("Accept", "text/html")],
            &format!("csrf={csrf}&{fields}"),
        )
    };
    let nothing = serde_json::Value::Null;
    let (api, desk) = (format!("/v1/moderation/comments/{id}"), format!("/desk/comments/{id}"));
    let reasons = json!({"reasons": [{"code": "off-topic", "text": "Not about it.", "basis": "terms"}]});
    vec![
        program("PATCH", &api, &json!({"comment": "Changed by us", "version": 1})),
        program("POST", &format!("{api}/replies"), &json!({"comment": "For the site"})),
        program("POST", &format!("{api}/contact"), &json!({"reason": "A court asks"})),
        program("PUT", "/v1/sites/gazette/reasons", &reasons),
        program("GET", "/v1/sites/gazette/reasons", &nothing),
        program("GET", "/v1/moderation/stats?site=gazette", &nothing),
        program(
            "GET",
            &format!("/v1/moderation/comments?q=bridge+open&same_as={id}&sort=priority&claimed=me"),
            &nothing,
        ),
        program("GET", &format!("/v1/audit?site=gazette&object={id}&limit=5"), &nothing),
        program("GET", "/v1/ops/outbox?state=owed&limit=5", &nothing),
        program("POST", "/v1/ops/outbox", &json!({"id": id, "action": "retry"})),
        program(
            "POST",
            "/v1/admin/moderators",
            &json!({"email": "ivy@gazette.example", "name": "Ivy", "role": "moderator", "sites": ["gazette"]}),
        ),
        program(
            "PATCH",
            &format!("/v1/admin/moderators/{id}"),
            &json!({"name": "Moira", "role": "editor", "version": 1}),
        ),
        program("GET", "/v1/admin/tokens?limit=5", &nothing),
        page("/desk?list=waiting&q=bridge&needs=decision&finding=links&site=gazette&sort=newest"),
        page("/desk?list=approved&late=approved&by=Mo"),
        page(&desk),
        page("/desk/audit?site=gazette"),
        page("/desk/articles?q=news%2F1"),
        page("/desk/outbox?state=dead"),
        page("/desk/reasons?site=gazette"),
        page("/desk/policy?site=gazette"),
        page("/desk/words?site=gazette"),
        page("/desk/people"),
        form(&desk, "action=edit&version=1&comment=Changed+at+the+desk"),
        form(&desk, "action=reply&key=k-1&comment=For+the+site"),
        form(
            &format!("{desk}/decisions"),
            "decision=reject&version=1&reason=why&reason_code=&note=so&next=%2Fdesk",
        ),
        form(&format!("{desk}/claim"), "action=take&next=%2Fdesk"),
        form("/desk/decisions", &format!("decision=spam&item={id}%3A1&next=%2Fdesk&reason=why")),
        form("/desk/claims", "action=take&next=%2Fdesk%3Flist%3Dmine"),
        form("/desk/undo", &format!("batch={id}&next=%2Fdesk")),
        form("/desk/reasons", "action=save&site=gazette&code=rude&text=It+is+rude&basis=terms"),
        form("/desk/articles", "action=rename&site=gazette&key=news%2F1&edition=1&title=The+bridge"),
        form("/desk/words", "action=test&site=gazette&version=0&hold=casino%0D%0Acrypto*&spam=&days=30"),
        form(
            "/desk/policy",
            "action=edit&site=gazette&version=0&mode=open&links=open&breaker.action=slow&max_links=2&word_fields=text",
        ),
        form("/desk/outbox", &format!("action=drop&id={id}&state=owed")),
        form(
            "/desk/account/mail",
            "mode=digest&digest_minutes=60&quiet_from=22%3A00&quiet_to=06%3A00&time_zone=UTC",
        ),
    ]
}

/// A connection that is kept for as long as the other side keeps it.
struct Line {
    address: SocketAddr,
    stream: Option<TcpStream>,
    before: String,
}

impl Line {
    fn opened(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends a whole request and reads its answer: the status.
    fn asks(&mut self, request: &[u8]) -> u16 {
        let mut stream = self.stream.take().unwrap_or_else(|| self.opened());
        stream.write_all(request).unwrap();
        let (mut said, mut buffer) = (Vec::new(), [0; 8192]);
        loop {
            if let Some((status, closes)) = whole(&said) {
                self.stream = (!closes).then_some(stream);
                self.before = shown(&said, request);
                return status;
            }
            let read = stream.read(&mut buffer).unwrap_or_else(|error| {
                panic!("no whole answer: {error}: {}; before: {}", shown(&said, request), self.before)
            });
            assert!(read > 0, "no whole answer: {}; before: {}", shown(&said, request), self.before);
            said.extend(&buffer[..read]);
        }
    }

    /// Sends anything, and that nothing follows; the statuses of what comes until the end.
    fn shouts(&self, bytes: &[u8]) -> Vec<u16> {
        let mut stream = self.opened();
        // it may have been closed in the middle
        let _heard = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut said = Vec::new();
        match stream.read_to_end(&mut said) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => {
                panic!("{error}: {}", shown(&said, bytes))
            }
            _ => {}
        }
        let text = String::from_utf8_lossy(&said);
        assert!(
            said.is_empty() || text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 "),
            "{}",
            shown(&said, bytes)
        );
        ["HTTP/1.1 ", "HTTP/1.0 "]
            .iter()
            .flat_map(|start| text.match_indices(start))
            .map(|(at, _)| text[at + 9..at + 12].parse().unwrap())
            .collect()
    }
}

fn shown(said: &[u8], sent: &[u8]) -> String {
    format!("{:?} after {:?}", String::from_utf8_lossy(said), String::from_utf8_lossy(sent))
}

/// The status of an answer that is there to its last byte, and whether the connection ends with it.
fn whole(said: &[u8]) -> Option<(u16, bool)> {
    let end = said.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&said[..end]).expect("a head of ASCII").to_ascii_lowercase();
    let status: u16 = head.strip_prefix("http/1.1 ").expect("an answer")[..3].parse().expect("a status");
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = match status {
        204 | 304 => 0,
        _ => header("content-length:").expect("a length").parse().expect("a number"),
    };
    assert!(said.len() <= end + length, "more than an answer: {}", String::from_utf8_lossy(said));
    // what the framework says by itself has no id, and ends the connection without saying so
    let closes = header("connection:") == Some("close") || header("x-request-id:").is_none();
    (said.len() == end + length).then_some((status, closes))
}

fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends that many, by all writers; how often each status came.
fn storm(address: SocketAddr, corpus: &[Request], (seed, count): (u64, usize)) -> Vec<(u16, usize)> {
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(std::collections::BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let mut line = Line { address, stream: None, before: String::new() };
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let mut chance = Chance::of(seed ^ (u64::try_from(number).unwrap() << 20));
                    let mut request = chance.pick(corpus).clone();
                    let statuses = if chance.below(4) == 0 {
                        let mut bytes = request.bytes();
                        chance.mutates(&mut bytes);
                        line.shouts(&bytes)
                    } else {
                        request.mutates(&mut chance);
                        vec![line.asks(&request.bytes())]
                    };
                    for status in statuses {
                        assert!(
                            status < 500,
                            "seed {seed}, number {number}: {}",
                            shown(b"", &request.bytes())
                        );
                        *answers.lock().unwrap().entry(status).or_insert(0) += 1;
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap().into_iter().collect()
}

fn withstands(kind: Kind) {
    let mut at = Terminal::on(kind);
    for (name, value) in [
        ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0"),
        ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "0"),
        ("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "0"),
        ("REPLYDESK_CACHE__PAGES_MIB", "1"),
        ("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1/32"),
    ] {
        at.set(name, Some(value));
    }
    let last = |said: String| said.lines().next_back().unwrap().to_owned();
    at.does(&["site", "add", "gazette", "--name", "The Gazette", "--origin", "https://news.example"]);
    let site = last(at.does(&["site", "token", "gazette"]));
    let adds =
        ["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "admin", "--password-stdin"];
    assert_eq!(at.hears(&adds, PASSWORD).code, 0);
    let moderator = last(at.does(&["moderator", "token", "mo@gazette.example"]));
    let service = Service::serves(&at);
    let mut corpus = corpus(&service, (&site, &moderator));
    let held = service.posts("/v1/sites/gazette/comments", &json!({"article": {"key": "news/1"}, "name": "Ben", "email": "ben@example.org", "comment": "And the ferry?"}));
    corpus.extend(at_the_desk(&service, (&moderator, held.json()["id"].as_str().unwrap())));
    let mut line = Line { address: service.address, stream: None, before: String::new() };
    for request in &corpus {
        assert!(line.asks(&request.bytes()) < 500, "{}", shown(b"", &request.bytes()));
    }

    let seed = Chance::seeded(SEED);
    storm(service.address, &corpus, (seed ^ 1, 500));
    let warm = resident_kib(service.id());
    let answers = storm(service.address, &corpus, (seed, rounds()));
    let after = resident_kib(service.id());
    println!(
        "{kind:?}, seed {seed}: {} requests, answers {answers:?}, resident {warm} KiB warm, {after} KiB after",
        rounds()
    );
    assert!(after <= warm + GROWTH_KIB, "resident {warm} KiB warm, {after} KiB after {} requests", rounds());
    // some are as good as before, some are not
    assert!(
        [200, 303, 400, 404, 422].iter().all(|status| answers.iter().any(|(one, _)| one == status)),
        "{answers:?}"
    );
    assert_eq!(
        service.ops.as_ref().map(|ops| replydesk::app::block_on(ops.get("/readyz")).status),
        Some(200)
    );
    let done = service.ends();
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(!done.err.contains("a panic at"), "{}", done.err);
}

#[test]
fn nothing_that_is_sent_breaks_it_on_sqlite() {
    withstands(Kind::Sqlite);
}

#[test]
fn nothing_that_is_sent_breaks_it_on_postgres() {
    withstands(Kind::Postgres);
}

/// Bodies that nobody reads to their end cost no memory, however long they go on.
#[test]
fn bodies_without_end_cost_nothing() {
    const MIB: usize = 1024 * 1024;
    let at = Terminal::on(Kind::Sqlite);
    at.does(&["site", "add", "gazette", "--name", "The Gazette", "--origin", "https://news.example"]);
    let service = Service::serves(&at);
    let chunk = [format!("{MIB:x}\r\n").into_bytes(), vec![b'x'; MIB], b"\r\n".to_vec()].concat();
    let before = resident_kib(service.id());
    std::thread::scope(|scope| {
        for path in ["/v1/sites/gazette/comments", "/nowhere", "/desk", "/v1/receipts/x"].repeat(4) {
            let (address, chunk) = (service.address, &chunk);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                stream.write_all(head.as_bytes()).unwrap();
                // far more than there is time for, if it is ever cut off
                let sent = (0..1_000_000).take_while(|_| stream.write_all(chunk).is_ok()).count();
                assert!(sent < 1_000_000, "{path}: it was never cut off");
            });
        }
    });
    let peak = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    let peak = peak
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse::<u64>()
        .unwrap();
    println!("resident {before} KiB before, {peak} KiB at most");
    assert!(peak <= before + GROWTH_KIB, "resident {before} KiB before, {peak} KiB at most");
    assert_eq!(service.ends().code, 0);
}
