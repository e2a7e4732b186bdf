//! What is acknowledged is on the disk: the kernel's own record of system calls says so. A kill alone does not show it,
//! since what was written stays with the kernel when a process dies. The same record tells whom a request reaches.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};
use serde_json::json;

use crate::{
    cluster::Cluster,
    stage::{COMMENTS, hires, opens_site, reply},
    support::{Database, SITE, Service, Terminal, service::signals},
};

/// What is recorded: what comes in, what goes out, and what makes it safe.
const CALLS: &str = "trace=connect,sendmmsg,read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync,sync_file_range";
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests of each kind.
const TIMES: usize = 5;

/// A tracer of processes that run already; it lets go of them when it is dropped.
struct Tracer(Child);

impl Tracer {
    /// Of all that there are, also of what came to be while it attached.
    fn of(processes: impl Fn() -> Vec<u32>, record: &Path) -> Self {
        loop {
            let tracer = Self::attaches(&processes(), record);
            if processes().iter().copied().all(is_attached) {
                return tracer;
            }
        }
    }

    fn attaches(processes: &[u32], record: &Path) -> Self {
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-s", "64", "-e", CALLS, "-o"]).arg(record);
        for process in processes {
            command.args(["-p", &process.to_string()]);
        }
        let said = fs::File::create(record.with_extension("said")).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stderr(said)
            .spawn()
            .expect("strace is installed; scripts/test does it");
        let tracer = Self(child);
        let since = Instant::now();
        while !processes.iter().copied().all(is_attached) {
            let said = fs::read_to_string(record.with_extension("said")).unwrap_or_default();
            assert!(since.elapsed() < PATIENCE, "strace does not attach: {said}");
            std::thread::yield_now();
        }
        tracer
    }
}

fn is_attached(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
}

impl Drop for Tracer {
    fn drop(&mut self) {
        signals(self.0.id(), "INT");
        let _gone = self.0.wait();
    }
}

/// Answers that came after a sync of the log which began after their request, as each must.
#[derive(Debug, Default, PartialEq)]
struct Synced {
    all: usize,
    /// Of them, those before which the log was not written again.
    clean: usize,
}

/// Every answer comes after a sync of the log that began after its request, and after something was written.
fn each_answer_follows_a_sync(record: &str, log: &str, request: &str) -> Synced {
    let (mut answers, mut is_asked) = (Synced::default(), false);
    // since the request: something was written, that was synced, and nothing was written since
    let (mut is_written, mut is_synced, mut is_clean) = (false, false, false);
    // threads whose sync began since something was written; several may be at it at one time
    let mut syncing: HashSet<&str> = HashSet::new();
    for line in record.lines() {
        let thread = line.split_whitespace().next().unwrap_or_default();
        let is_sync = line.contains("fdatasync(") || line.contains("fsync(");
        let is_write = [" pwrite64(", " write(", " pwritev("].iter().any(|call| line.contains(call));
        if line.contains(&format!("\"{request} ")) {
            (is_asked, is_written, is_synced, is_clean) = (true, false, false, false);
            syncing.clear();
        } else if line.contains("\"HTTP/1.1 20") && is_asked {
            assert!(is_written, "nothing was written between the request and its answer");
            assert!(is_synced, "an answer before the sync");
            answers.all += 1;
            answers.clean += usize::from(is_clean);
            is_asked = false;
        } else if line.contains(log) && is_write {
            (is_written, is_clean) = (true, false);
        } else if line.contains(log) && is_sync {
            // what another thread does meanwhile stands in between
            if line.contains("<unfinished") {
                syncing.extend(is_written.then_some(thread));
            } else if is_written && line.ends_with("= 0") {
                (is_synced, is_clean) = (true, true);
            }
        } else if line.contains("sync resumed") && syncing.remove(thread) && line.ends_with("= 0") {
            (is_synced, is_clean) = (true, true);
        }
    }
    answers
}

/// Posts, decides, edits, withdraws and introduces an article, one after the other, under a tracer of these processes.
fn acknowledges_what_is_synced(
    at: &Terminal,
    service: &Service,
    (token, backend): (&str, &str),
    (processes, log): (impl Fn() -> Vec<u32>, &str),
) {
    let record = at.folder().join("record");
    let tracer = Tracer::of(processes, &record);
    for number in 0..TIMES {
        let answer = service.posts(COMMENTS, &reply(&format!("Number {number}"), "Ann"));
        assert_eq!(answer.status, 202, "{}", answer.text());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/moderation/comments/{id}/decisions");
        let body = json!({"decision": "approve", "version": 1});
        let headers = [("authorization", token)];
        let decided = block_on(service.client.send(("POST", &path), &headers, Some(&body)));
        assert_eq!(decided.status, 200, "{}", decided.text());
        let receipt = format!("/v1/receipts/{}", answer.json()["receipt"]["token"].as_str().unwrap());
        let article = format!("/v1/sites/gazette/articles/traced%2F{number}");
        let about = json!({"url": format!("https://news.example/traced/{number}"), "title": "Traced"});
        for (way, body) in [
            (("PATCH", &*receipt), Some(json!({"comment": format!("Edited {number}")}))),
            (("DELETE", &receipt), None),
            (("PUT", &article), Some(about)),
        ] {
            let headers = [("authorization", backend)];
            let done = block_on(service.client.send(way, &headers, body.as_ref()));
            assert!(matches!(done.status, 200 | 201), "{way:?}: {}", done.text());
        }
    }
    drop(tracer);
    let record = fs::read_to_string(record).unwrap();
    for request in [
        "POST /v1/sites/",
        "POST /v1/moderation/",
        "PATCH /v1/receipts/",
        "DELETE /v1/receipts/",
        "PUT /v1/sites/",
    ] {
        let read = record.lines().filter(|line| line.contains(&format!("\"{request}"))).count();
        assert_eq!(read, TIMES, "the record holds the requests");
    }
    for (method, times) in [("POST", 2 * TIMES), ("PATCH", TIMES), ("DELETE", TIMES), ("PUT", TIMES)] {
        let synced = each_answer_follows_a_sync(&record, log, method);
        // search and the engaging articles write once a second, too, so now and then something of theirs comes in between
        assert!(synced.all == times && synced.clean > times / 2, "{method}: {synced:?}");
    }
}

/// A newsroom, with the tokens of a moderator and of the site's backend.
fn prepared(database: Terminal) -> (Terminal, String, String) {
    let mut at = database;
    opens_site(&mut at);
    let token = hires(&at, "mo@gazette.example");
    // a tracer slows everything down
    at.set("REPLYDESK_DATABASE__DEADLINE_MS", Some("20000"));
    let said = at.does(&["site", "token", SITE]);
    let backend = format!("Bearer {}", said.lines().last().unwrap().trim());
    (at, token, backend)
}

/// Without delivery, which writes for each comment.
fn serves(at: &Terminal) -> Service {
    let service = Service::starts(at, &["serve", "--role", "web"], "serving http://");
    let since = Instant::now();
    while service.readiness().0 != 200 {
        assert!(since.elapsed() < PATIENCE, "not ready: {:?}", service.said());
    }
    service
}

#[test]
fn sqlite_syncs_its_log_before_each_answer() {
    let (at, token, backend) = prepared(Terminal::on(Kind::Sqlite));
    let service = serves(&at);
    acknowledges_what_is_synced(
        &at,
        &service,
        (&token, &backend),
        (|| vec![service.id()], "replydesk.db-wal>"),
    );
    assert_eq!(service.ends().code, 0);
}

#[test]
fn postgres_syncs_its_log_before_each_answer() {
    let cluster = Cluster::starts();
    let (at, token, backend) = prepared(Terminal::at(Database::on(&cluster.url())));
    let service = serves(&at);
    let processes = || [vec![cluster.id(), service.id()], cluster.children()].concat();
    acknowledges_what_is_synced(&at, &service, (&token, &backend), (processes, "/pg_wal/"));
    assert_eq!(service.ends().code, 0);
}

/// A mail domain, a website and a way back that a service could look up, in every way that a commenter has.
fn reaches_nothing_but_the_database(kind: Kind) {
    let (at, ..) = prepared(Terminal::on(kind));
    let service = serves(&at);
    let record = at.folder().join("record");
    let tracer = Tracer::of(|| vec![service.id()], &record);
    for number in 0..TIMES {
        let mut reply = reply(&format!("Number {number}, https://pictures.example/{number}.png"), "Ann");
        reply["website"] = json!("https://ann.example");
        let answer = service.posts(COMMENTS, &reply);
        assert_eq!(answer.status, 202, "{}", answer.text());
        let receipt = format!("/v1/receipts/{}", answer.json()["receipt"]["token"].as_str().unwrap());
        let edit = json!({"comment": "https://pictures.example/other.png"});
        let edited = block_on(service.client.send(("PATCH", &receipt), &[], Some(&edit)));
        assert_eq!(edited.status, 200, "{}", edited.text());
        assert_eq!(block_on(service.client.send(("DELETE", &receipt), &[], None)).status, 200);
        let page = receipt.replace("/v1", "");
        let way_back = "https://elsewhere.example/back";
        let text = format!("By a form, {number}: https://pictures.example/x.png");
        let form = [
            ("article", "news/1"),
            ("name", "Ann"),
            ("email", "ann@mailbox.example"),
            ("comment", &text),
            ("redirect", way_back),
        ];
        let posted = block_on(service.client.submit(COMMENTS, &form, &[("referer", way_back)]));
        assert!(matches!(posted.status, 303 | 422), "{}", posted.text());
        for action in ["edit", "withdraw"] {
            block_on(service.client.submit(&page, &[("action", action)], &[]));
        }
        for path in [&page, &format!("{COMMENTS}?article=news/1")] {
            assert_eq!(service.gets(path).status, 200);
        }
    }
    drop(tracer);
    let record = fs::read_to_string(record).unwrap();
    let answered = record.lines().filter(|line| line.contains("\"HTTP/1.1 ")).count();
    assert_eq!(answered, 8 * TIMES, "the record holds the answers");
    assert_eq!(spoken_to(&record, url::Url::parse(&at.database.url()).unwrap().port()), [""; 0]);
    assert_eq!(service.ends().code, 0);
}

/// Everybody but the database at this port: whoever is spoken to for the first time, or without a connection, is named by
/// a port or a path.
fn spoken_to(record: &str, database: Option<u16>) -> Vec<&str> {
    let is_the_database = |line: &str| database.is_some_and(|port| line.contains(&format!("htons({port})")));
    record
        .lines()
        .filter(|line| {
            line.contains("connect(") || line.contains("_port=htons(") || line.contains("sun_path=")
        })
        .filter(|line| !is_the_database(line))
        .collect()
}

#[test]
fn a_record_with_a_stranger_is_refused() {
    let database = "1 connect(9<socket:[1]>, {sa_family=AF_INET, sin_port=htons(5432)}, 16) = 0\n";
    let mail = database.replace("5432", "25");
    let resolver =
        "2 sendmmsg(9<socket:[2]>, [{msg_name={sa_family=AF_INET, sin_port=htons(53)}}], 2, 0) = 2\n";
    let local = "2 connect(9<socket:[2]>, {sa_family=AF_UNIX, sun_path=\"/run/nscd/socket\"}, 110) = 0\n";
    let answered = "1 sendto(9<socket:[1]>, \"HTTP/1.1 202 Accepted\"..., 300) = 300\n";
    assert_eq!(spoken_to(&[database, answered].concat(), Some(5432)), [""; 0]);
    assert_eq!(spoken_to(database, None).len(), 1);
    for stranger in [&*mail, resolver, local] {
        assert_eq!(spoken_to(&[database, answered, stranger].concat(), Some(5432)), [stranger.trim_end()]);
    }
}

#[test]
fn a_commenters_request_reaches_nothing_but_the_database_on_sqlite() {
    reaches_nothing_but_the_database(Kind::Sqlite);
}

#[test]
fn a_commenters_request_reaches_nothing_but_the_database_on_postgres() {
    reaches_nothing_but_the_database(Kind::Postgres);
}

#[test]
fn a_record_without_a_sync_in_its_place_is_refused() {
    let asked = "1 recvfrom(9<socket:[1]>, \"POST /v1/sites/gazette/co\"..., 8192) = 300\n";
    let written = "2 pwrite64(5</x/replydesk.db-wal>, \"x\"..., 24, 0) = 24\n";
    let synced = "2 fdatasync(5</x/replydesk.db-wal>) = 0\n";
    let (begun, ended) =
        ("2 fdatasync(5</x/replydesk.db-wal> <unfinished ...>\n", "2 <... fdatasync resumed>) = 0\n");
    let answered = "1 sendto(9<socket:[1]>, \"HTTP/1.1 202 Accepted\"..., 300) = 300\n";
    let judge = |lines: &[&str]| {
        let record = lines.concat();
        std::panic::catch_unwind(|| each_answer_follows_a_sync(&record, "replydesk.db-wal>", "POST")).ok()
    };
    let clean = Some(Synced { all: 1, clean: 1 });
    assert_eq!(judge(&[asked, written, synced, answered]), clean);
    assert_eq!(judge(&[asked, written, begun, ended, answered]), clean);
    assert_eq!(judge(&[asked, written, synced, written, answered]), Some(Synced { all: 1, clean: 0 }));
    let (beside, after_it) = (begun.replace("2 ", "3 "), ended.replace("2 ", "3 "));
    assert_eq!(
        judge(&[asked, written, begun, &beside, ended, &after_it, answered]),
        clean,
        "two at one time"
    );
    assert_eq!(judge(&[asked, written, &beside, begun, ended, answered]), clean);
    assert_eq!(judge(&[asked, begun, written, ended, answered]), None, "the sync began before");
    assert_eq!(judge(&[asked, written, begun, answered, ended]), None, "the answer does not wait");
    assert_eq!(judge(&[asked, written, answered, synced]), None, "the sync comes late");
    assert_eq!(judge(&[asked, synced, written, answered]), None, "the sync is of something else");
    assert_eq!(judge(&[written, synced, asked, answered]), None, "the sync is of an earlier one");
}
