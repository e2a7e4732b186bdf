//! Mail through a real server and past one that misbehaves, by the service as a process.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use replydesk::{
    app::block_on,
    domain::Timestamp,
    notify::{
        DigestItem, DigestMail, DigestSite, Letter, MailLink, Mailer, ModeratorMail, Recipient, quoted,
    },
    store::Kind,
    texts::Texts,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    certificates::{Authority, Signed},
    support::{
        SITE, Service, Terminal, TestApp,
        smtp::{Fault, Server, Stage, Taken},
        until,
    },
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crash/mail_server.py");
/// How long anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// aiosmtpd, which files what it gets.
struct Smtpd {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Smtpd {
    /// `clear`, `starttls` or `tls`; with TLS it wants to be signed in to, as `desk` with `hunter2`.
    fn serves(how: &str, signed: Option<&Signed>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/usr/bin/python3");
        command.arg(SCRIPT).arg("serve").arg(folder.path()).arg(how).env_remove("PASSWORD");
        if let Some(signed) = signed {
            command
                .arg(&signed.certificate)
                .arg(&signed.key)
                .envs([("USER", "desk"), ("PASSWORD", "hunter2")]);
        }
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port =
            port.trim().parse().expect("aiosmtpd (the package python3-aiosmtpd) says where it listens");
        Self { server, folder, port }
    }

    /// Its letters, once it has this many.
    fn letters(&self, many: usize) -> Vec<Value> {
        until(PATIENCE, "letters arrive", || filed(self.folder.path()).len() >= many);
        filed(self.folder.path())
    }
}

impl Drop for Smtpd {
    fn drop(&mut self) {
        // it may have ended already
        let _gone = self.server.kill();
        let _gone = self.server.wait();
    }
}

fn filed(folder: &Path) -> Vec<Value> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    files.iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect()
}

/// The headers of each letter.
const HEADERS: [&str; 10] = [
    "auto-submitted",
    "content-type",
    "date",
    "from",
    "list-id",
    "message-id",
    "mime-version",
    "references",
    "subject",
    "to",
];

/// A newsroom with these people, whose mail goes there; it writes down all it can.
pub fn newsroom(kind: Kind, people: &[&str], mail: &str) -> Terminal {
    let mut at = Terminal::on(kind);
    for (name, value) in [
        ("REPLYDESK_MAIL__URL", mail),
        ("REPLYDESK_MAIL__FROM", "The Desk <desk@gazette.example>"),
        ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0"),
        ("REPLYDESK_MAIL__LETTERS_PER_HOUR", "0"),
        ("REPLYDESK_LOG__LEVEL", "trace"),
    ] {
        at.set(name, Some(value));
    }
    at.does(&["site", "add", SITE, "--name", "The Gazette", "--origin", "https://news.example"]);
    for person in people {
        let email = format!("{}@gazette.example", person.to_lowercase());
        at.does(&["moderator", "add", &email, "--name", person, "--role", "moderator"]);
    }
    at
}

fn submits(service: &Service, text: &str) {
    let answer =
        service.posts(&format!("/v1/sites/{SITE}/comments"), &TestApp::reply(text, "reader@example.org"));
    assert_eq!(answer.status, 202, "{}", answer.text());
}

pub fn rows(at: &Terminal, sql: &'static str) -> i64 {
    block_on(at.database.number(sql))
}

#[test]
fn a_real_server_takes_each_letter_over_each_kind_of_connection() {
    let authority = Authority::new();
    let signed = authority.signs("localhost", 1);
    for (how, url) in [
        ("clear", "smtp://localhost:PORT"),
        ("starttls", "smtp://desk:hunter2@localhost:PORT?tls=required"),
        ("tls", "smtps://desk:hunter2@localhost:PORT"),
    ] {
        let server = Smtpd::serves(how, (how != "clear").then_some(&signed));
        let mut at =
            newsroom(Kind::Sqlite, &["Ann", "Gone", "Cleo"], &url.replace("PORT", &server.port.to_string()));
        at.set("REPLYDESK_MAIL__CA_FILE", Some(&authority.file().display().to_string()));
        let service = Service::serves(&at);
        submits(&service, "Please look");
        let letters = server.letters(2);
        until(PATIENCE, "one is given up", || {
            rows(&at, "select count(*) from outbox where outcome = 'dead'") == 1
        });
        let done = service.ends();
        assert_eq!((done.code, server.letters(2).len()), (0, 2), "{how}");
        let mut told: Vec<&Value> = letters.iter().map(|letter| &letter["envelope"][1]).collect();
        told.sort_by_key(ToString::to_string);
        assert_eq!(told, [&json!(["ann@gazette.example"]), &json!(["cleo@gazette.example"])], "{how}");
        for letter in &letters {
            assert_eq!(letter["envelope"][0], "desk@gazette.example");
            assert_eq!(letter["to"][0][1], letter["envelope"][1][0]);
            assert_eq!(letter["subject"], "[The Gazette] New reply to \"The bridge\"");
            let user = if how == "clear" { Value::Null } else { json!("desk") };
            assert_eq!((&letter["secure"], &letter["user"]), (&json!(how != "clear"), &user), "{how}");
            assert_eq!(letter["defects"], json!([]));
        }
        assert_eq!(
            rows(&at, "select count(*) from outbox where outcome = 'sent'"),
            3,
            "the promise, and two"
        );
        assert_eq!(rows(&at, "select attempts from outbox where last_error = 'refused'"), 1);
        // the server's words quote the address
        assert!(done.err.contains("was given up") && !done.err.contains("@gazette.example"), "{}", done.err);
    }
}

#[test]
fn a_certificate_of_another_name_time_or_authority_is_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        ("another name", authority.signs("mail.example.org", 1), Some(authority.file())),
        ("expired", authority.signs("localhost", -1), Some(authority.file())),
        ("another authority", authority.signs("localhost", 1), Some(other.file())),
        ("no public root", authority.signs("localhost", 1), None),
    ];
    for (what, signed, trusted) in cases {
        for (how, url) in [
            ("starttls", "smtp://desk:hunter2@localhost:PORT?tls=required"),
            ("tls", "smtps://desk:hunter2@localhost:PORT"),
        ] {
            let server = Smtpd::serves(how, Some(&signed));
            let mut at = newsroom(Kind::Sqlite, &["Ann"], &url.replace("PORT", &server.port.to_string()));
            at.set(
                "REPLYDESK_MAIL__CA_FILE",
                trusted.as_ref().map(|file| file.display().to_string()).as_deref(),
            );
            let service = Service::serves(&at);
            submits(&service, "Please look");
            service.says("failed, will retry");
            let owed =
                "select count(*) from outbox where outcome is null and last_error = 'tls' and attempts = 1";
            until(PATIENCE, "it is settled", || rows(&at, owed) == 1);
            assert_eq!((service.ends().code, server.letters(0).len()), (0, 0), "{what}, {how}");
        }
    }
}

/// Until somebody mends the password nothing goes out, operators are alarmed, and nothing is lost.
#[test]
fn refused_credentials_raise_the_alarm_and_a_restart_ends_the_pause() {
    let authority = Authority::new();
    let server = Smtpd::serves("tls", Some(&authority.signs("localhost", 1)));
    let url = |password: &str| format!("smtps://desk:{password}@localhost:{}", server.port);
    let mut at = newsroom(Kind::Sqlite, &["Ann"], &url("guess"));
    at.set("REPLYDESK_MAIL__CA_FILE", Some(&authority.file().display().to_string()));
    let service = Service::serves(&at);
    let gauge = |value: u8| {
        let line = format!("replydesk_outbox_paused{{channel=\"mail\"}} {value}");
        until(PATIENCE, &line, || {
            block_on(service.ops.as_ref().unwrap().get("/metrics")).text().contains(&line)
        });
    };
    gauge(0);
    submits(&service, "Please look");
    let alarm = service.says("the mail server refuses to know us");
    assert!(alarm.contains("ERROR") && alarm.contains("sign-in-refused"), "{alarm}");
    gauge(1);
    submits(&service, "And here");
    assert_eq!(rows(&at, "select max(attempts) from outbox where outcome is null"), 0);
    assert_eq!((service.ends().code, server.letters(0).len()), (0, 0));
    at.set("REPLYDESK_MAIL__URL", Some(&url("hunter2")));
    let service = Service::serves(&at);
    assert_eq!(server.letters(2).len(), 2);
    assert_eq!(service.ends().code, 0);
}

/// Twelve letters meet a server that says nothing, and the process is told to end.
#[test]
fn leases_are_given_back_at_the_end_and_a_hanging_server_does_not_hold_it_up() {
    let sink = Server::beside(Fault::Hangs(Stage::Ehlo));
    let mut at = newsroom(Kind::Sqlite, &["Ann"], &sink.url());
    at.set("REPLYDESK_MAIL__TIMEOUT_SECONDS", Some("60"));
    at.set("REPLYDESK_SERVER__SHUTDOWN_SECONDS", Some("6"));
    let web = Service::starts(&at, &["serve", "--role", "web"], "serving http://");
    for n in 0..12 {
        submits(&web, &format!("Number {n}"));
    }
    assert_eq!(web.ends().code, 0);
    let service = Service::serves(&at);
    let leased = "select count(*) from outbox where leased_until is not null";
    until(PATIENCE, "all are leased", || sink.open() == 4 && rows(&at, leased) == 12);
    let told = Instant::now();
    service.hears("TERM");
    until(PATIENCE, "what was not begun is free", || rows(&at, leased) == 4);
    assert!(told.elapsed() < Duration::from_secs(4), "at once: {:?}", told.elapsed());
    assert_eq!(
        rows(&at, "select max(attempts) from outbox where outcome is null and leased_until is null"),
        0
    );
    let done = service.done();
    assert!(done.code == 0 && told.elapsed() < Duration::from_secs(9), "{:?}: {}", told.elapsed(), done.err);
    assert_eq!(rows(&at, leased), 0);
    assert_eq!(rows(&at, "select count(*) from outbox where last_error = 'ended' and attempts = 1"), 4);
    assert_eq!(rows(&at, "select count(*) from outbox where outcome is null and attempts = 0"), 8);
    sink.turns(Fault::None);
    let service = Service::serves(&at);
    until(PATIENCE, "all arrive", || sink.taken().len() == 12);
    assert_eq!(service.ends().code, 0);
}

/// A reply without an end is cut off, not collected.
#[test]
fn a_server_that_never_stops_talking_costs_no_memory() {
    let sink = Server::beside(Fault::Babbles(Stage::Ehlo));
    let at = newsroom(Kind::Sqlite, &["Ann", "Ben", "Cleo", "Dan"], &sink.url());
    let service = Service::serves(&at);
    submits(&service, "Before");
    let most = || {
        let status = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().to_owned();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    until(PATIENCE, "the first are cut off", || {
        rows(&at, "select count(*) from outbox where last_error = 'garbled'") == 4
    });
    let before = most();
    for n in 0..10 {
        submits(&service, &format!("Number {n}"));
    }
    until(PATIENCE, "all are cut off", || {
        rows(&at, "select count(*) from outbox where last_error = 'garbled'") == 44
    });
    let grown = most().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more");
    assert_eq!(service.ends().code, 0);
}

/// What people may type, and what only a broken database could hold: on the wire it is one message to one person.
#[test]
fn hostile_words_stay_words() {
    let hostile = hostile();
    let (sink, expected) = block_on(async {
        let sink = Server::with(Fault::None).await;
        let url = SecretString::from(sink.url());
        let mailer = Mailer::smtp(&url, "The Désk <desk@gazette.example>", PATIENCE, None).unwrap();
        let mut expected = Vec::new();
        for words in &hostile {
            let mail = ModeratorMail {
                t: Texts::default(),
                site: words.clone(),
                article_title: words.clone(),
                author: words.clone(),
                text: words.clone(),
                submitted: "24 November 2026, 21:04 UTC".to_owned(),
                overdue: None,
                findings: vec![quoted(words)],
                nothing: None,
                parent: None,
                link: MailLink::Desk { url: "https://desk.example/desk/comments/1".to_owned() },
            };
            let many = gathered(words);
            for (subject, text, html) in
                [(mail.subject(), mail.text(), mail.html()), (many.subject(), many.text(), many.html())]
            {
                let letter = Letter {
                    id: "0199".to_owned(),
                    date: Timestamp::from_micros(1_790_000_000_000_000),
                    site: "gazette".to_owned(),
                    thread: "article.1".to_owned(),
                    subject,
                    text: text.unwrap(),
                    html: html.unwrap(),
                    unsubscribe: None,
                };
                mailer.send(&letter, Recipient { name: words, email: "mo@gazette.example" }).await.unwrap();
                expected.push((letter.subject, letter.text));
            }
        }
        (sink.taken(), expected)
    });
    assert_eq!(sink.len(), 2 * hostile.len(), "one message each");
    let letters = read(&sink, "mo@gazette.example");
    for (letter, (subject, text)) in letters.iter().zip(expected) {
        assert_eq!(letter["subject"], subject);
        assert_eq!(letter["from"], json!([["The Désk", "desk@gazette.example"]]));
        let read = letter["text"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(read.trim_end(), text.trim_end(), "{subject}");
    }
}

/// A letter about two comments, all of whose texts are these words.
fn gathered(words: &str) -> DigestMail {
    let item = DigestItem {
        article_title: words.to_owned(),
        author: words.to_owned(),
        submitted: "24 November 2026, 21:04 UTC".to_owned(),
        excerpt: words.to_owned(),
        overdue: None,
        findings: vec![quoted(words)],
        nothing: None,
        link: MailLink::Desk { url: "https://desk.example/desk/comments/1".to_owned() },
    };
    DigestMail {
        t: Texts::default(),
        total: 2,
        sites_in_all: 1,
        sites: vec![DigestSite { name: words.to_owned(), count: 2, items: vec![item.clone(), item] }],
        desk_url: "https://desk.example/desk".to_owned(),
        is_digest: false,
        account_url: "https://desk.example/desk/account".to_owned(),
    }
}

/// The same words as readers send them, all the way.
fn hostile_comments_become_one_letter_each(kind: Kind) {
    let sink = Server::beside(Fault::None);
    let at = newsroom(kind, &["Mo"], &sink.url());
    let service = Service::serves(&at);
    let mut taken = 0;
    for (n, words) in hostile().iter().enumerate() {
        for field in ["/comment", "/name", "/article/title"] {
            let mut reply = TestApp::reply(&format!("Number {n}, {field}"), "reader@example.org");
            *reply.pointer_mut(field).unwrap() = json!(words);
            reply["article"]["key"] = json!(format!("article/{n}{field}"));
            let answer = service.posts(&format!("/v1/sites/{SITE}/comments"), &reply);
            assert!([202, 422].contains(&answer.status), "{field} {words:?}: {}", answer.text());
            taken += usize::from(answer.status == 202);
        }
    }
    assert!(taken > hostile().len(), "most of it is taken: {taken}");
    until(PATIENCE, "all letters arrive", || {
        rows(&at, "select count(*) from outbox where outcome is null") == 0
    });
    let done = service.ends();
    assert_eq!(done.code, 0, "{}", done.err);
    let letters = sink.taken();
    assert_eq!(letters.len(), taken, "one message each");
    for letter in read(&letters, "mo@gazette.example") {
        assert_eq!(letter["from"], json!([["The Desk", "desk@gazette.example"]]));
        assert_eq!(letter["to"], json!([["Mo", "mo@gazette.example"]]));
    }
}

#[test]
fn hostile_comments_become_one_letter_each_on_sqlite() {
    hostile_comments_become_one_letter_each(Kind::Sqlite);
}

#[test]
fn hostile_comments_become_one_letter_each_on_postgres() {
    hostile_comments_become_one_letter_each(Kind::Postgres);
}

/// What somebody writes who wants to be a header, a second message or another recipient.
fn hostile() -> [String; 22] {
    [
        "\r\nBcc: all@evil.example\r\n\r\nbody",
        "\nSubject: two",
        "\rTo: x@evil.example",
        "a\u{85}Bcc: x",
        "a\u{2028}b\u{2029}c",
        "nul\0byte",
        "=?utf-8?q?Free?=",
        "=?utf-8?q?=0D=0ABcc:_all@evil.example?=",
        "half =?utf-8?b?",
        "?= =?",
        "=?",
        "\"quoted\" <x@evil.example>",
        "a, b@evil.example;",
        "(comment) \\",
        "tab\there",
        "Grüße 🙂 \u{202e}txt",
        "=20=\u{3d}",
        &"x".repeat(10_000),
        ".",
        "\r.\r\n",
        "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
        "one\r.\rtwo\n.\nthree\r\n..\r\n.four",
    ]
    .map(str::to_owned)
}

/// The letters as another program reads them; holds that each is one message to this one, with our headers and no other.
fn read(letters: &[Taken], recipient: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for (n, letter) in letters.iter().enumerate() {
        assert_eq!(letter.recipients, [recipient], "{n}");
        assert!(
            letter.data.is_ascii() && !letter.data.replace("\r\n", "").contains(['\r', '\n', '\0']),
            "{n}"
        );
        let lines: Vec<&str> = letter.data.split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= 998), "{n}");
        assert!(lines.iter().all(|line| *line != "."), "{n}");
        // as a server takes the transparency of RFC 5321 §4.5.2 off again
        let raw: Vec<&str> = lines.iter().map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
        fs::write(folder.path().join(format!("{n:03}.eml")), raw.join("\r\n")).unwrap();
    }
    let read = Command::new("/usr/bin/python3").arg(SCRIPT).arg("read").arg(folder.path()).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let read = filed(folder.path());
    assert_eq!(read.len(), letters.len());
    for letter in &read {
        let mut headers: Vec<&str> =
            letter["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        headers.sort_unstable();
        assert_eq!(headers, HEADERS, "{letter}");
        let to = letter["to"].as_array().unwrap();
        assert_eq!((to.len(), &to[0][1]), (1, &json!(recipient)), "{letter}");
        assert_eq!(letter["parts"], json!(["text/html", "text/plain"]));
        assert_eq!(letter["defects"], json!([]), "{letter}");
    }
    read
}
