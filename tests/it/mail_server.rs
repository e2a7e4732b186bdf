//! A mail server that misbehaves at every stage: what becomes of the letter, and what was said to it.

use std::{path::Path, time::Duration};

use crate::support::{
    Database, TestApp,
    smtp::{Fault, Reply, Server, Stage},
};
use replydesk::{
    app::block_on,
    flow::deliver::{Deliverer, Turn},
    notify::Mailer,
    store::OutboxRow,
};
use secrecy::SecretString;

/// The time of one delivery, so that a server that says nothing does not hold up a test.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells a story after which letters may be dead, once on each database.
fn on_both(story: &impl AsyncFn(&TestApp)) {
    block_on(async {
        for database in [Database::sqlite(), Database::postgres()] {
            let app = TestApp::start(database).await;
            story(&app).await;
            app.stops().await;
        }
    });
}

/// Still owed, with this class and so many attempts.
const fn owed(class: &'static str) -> (Option<&'static str>, &'static str, i64) {
    (None, class, 1)
}

/// Given up at once.
const DEAD: (Option<&str>, &str, i64) = (Some("dead"), "refused", 1);

#[test]
fn each_fault_has_its_class_and_only_a_refused_letter_is_given_up() {
    use {
        Fault::{Babbles, Closes, Hangs, Says},
        Stage::{Connect, Data, Ehlo, End, Mail, Rcpt},
    };
    const QUOTES: &str = "550 5.1.1 <mo@gazette.example> and reader@example.org are unknown here";
    let cases = [
        (Says(Connect, "421 too busy"), owed("put-off")),
        (Says(Connect, "554 no mail from you"), owed("turned-away")),
        (Says(Connect, "SSH-2.0-OpenSSH_9.9"), owed("garbled")),
        (Says(Connect, "<html>\r\n<body>\r\nnot here\r\n"), owed("garbled")),
        (Says(Connect, "220-one\r\n221-two\r\n220 three"), owed("garbled")),
        (Says(Ehlo, "502 what"), owed("turned-away")),
        (Says(Mail, "451 later"), owed("put-off")),
        (Says(Mail, "354 go on"), owed("garbled")),
        (Says(Rcpt, "450 greylisted, reader@example.org"), owed("put-off")),
        (Says(Rcpt, QUOTES), DEAD),
        (Says(Data, "250 what"), owed("garbled")),
        (Says(Data, "554 no valid recipients"), DEAD),
        (Says(End, "421 shutting down"), owed("put-off")),
        (Says(End, "552 too large"), DEAD),
        (Says(End, "354 and then"), owed("garbled")),
        (Says(Mail, "530 sign in first"), (None, "sign-in-refused", 0)),
        (Closes(Connect), owed("connection")),
        (Closes(Rcpt), owed("connection")),
        (Closes(Data), owed("connection")),
        (Closes(End), owed("connection")),
        (Hangs(Connect), owed("timeout")),
        (Hangs(Ehlo), owed("timeout")),
        (Hangs(Rcpt), owed("timeout")),
        (Hangs(Data), owed("timeout")),
        (Hangs(End), owed("timeout")),
        (Babbles(Connect), owed("garbled")),
        (Babbles(End), owed("garbled")),
    ];
    on_both(&async |app| {
        app.moderator().await;
        for (fault, expected) in cases {
            let server = Server::with(fault).await;
            let row = becomes(app, &worker(app, &server.url())).await;
            assert_eq!(outcome(&row), expected, "{fault:?}");
            assert!(row.leased_until.is_none() && server.taken().is_empty(), "{fault:?}");
        }
    });
}

#[test]
fn nobody_there_is_tried_again() {
    on_both(&async |app| {
        app.moderator().await;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let row = becomes(app, &worker(app, &format!("smtp://127.0.0.1:{port}"))).await;
        assert_eq!(outcome(&row), owed("connection"));
    });
}

/// Somebody in between took `STARTTLS` away, or answers in place of the server: nothing goes out in clear, and
/// nothing is lost.
#[test]
fn without_the_encryption_that_is_required_nothing_is_said() {
    const INJECTED: &str = "220 go\r\n250-sink.example\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok\r\n250 ok";
    on_both(&async |app| {
        app.moderator().await;
        for (offers, fault) in [
            ("AUTH PLAIN", Fault::None),
            ("STARTTLS", Fault::None),
            ("STARTTLS", Fault::Says(Stage::StartTls, "554 not for you")),
            ("STARTTLS", Fault::Says(Stage::StartTls, "220 go")),
            ("STARTTLS", Fault::Says(Stage::StartTls, INJECTED)),
            ("STARTTLS", Fault::Closes(Stage::StartTls)),
        ] {
            let server = Server::offering(offers, |_| Reply::Take).await;
            server.turns(fault);
            let url = format!("smtp://desk:hunter2@127.0.0.1:{}?tls=required", server.port);
            let row = becomes(app, &worker(app, &url)).await;
            let expected = match fault {
                // the handshake that nobody answers
                Fault::Says(_, "220 go") => ["tls", "timeout"].as_slice(),
                _ => &["tls"],
            };
            assert!(row.outcome.is_none() && row.attempts == 1, "{fault:?}");
            assert!(
                expected.contains(&row.last_error.as_deref().unwrap()),
                "{fault:?}: {:?}",
                row.last_error
            );
            let heard = server.heard();
            let clear =
                |line: &&String| ["AUTH", "MAIL", "RCPT", "DATA"].iter().any(|word| line.contains(word));
            assert_eq!(heard.iter().find(clear), None, "{fault:?}");
            assert_eq!(server.conversations(), 0);
        }
    });
}

#[test]
fn refused_credentials_pause_the_channel_and_missing_ones_are_tried_again() {
    on_both(&async |app| {
        app.moderator().await;
        let signs_in = |server: &Server| format!("smtp://desk:hunter2@127.0.0.1:{}", server.port);
        let silent = Server::with(Fault::None).await;
        let row = becomes(app, &worker(app, &signs_in(&silent))).await;
        assert_eq!(outcome(&row), owed("no-sign-in"));
        for (words, expected) in [
            ("454 not now", owed("put-off")),
            ("535 5.7.8 desk@gazette.example is unknown", (None, "sign-in-refused", 0)),
            ("504 no such way", (None, "sign-in-refused", 0)),
        ] {
            let server = Server::offering("AUTH PLAIN LOGIN", |_| Reply::Take).await;
            server.turns(Fault::Says(Stage::Auth, words));
            let worker = worker(app, &signs_in(&server));
            assert_eq!(outcome(&becomes(app, &worker).await), expected, "{words}");
            if expected.1 == "sign-in-refused" {
                let attempts = server.heard().len();
                let waiting = becomes(app, &worker).await;
                assert_eq!(
                    (waiting.attempts, waiting.leased_until),
                    (0, None),
                    "what is paused keeps its attempts"
                );
                assert_eq!(server.heard().len(), attempts, "nobody asks again");
                app.waits(Duration::from_mins(16));
                server.turns(Fault::None);
                exhaust(&worker).await;
                let left = app.rows("select count(*) from outbox where outcome is null").await;
                assert_eq!(left, 0, "after the pause all of it goes out");
            }
        }
    });
}

/// Twenty letters meet wrong credentials: those in conversation find out, the others do not even try.
#[test]
fn a_pause_begins_within_the_turn_that_met_it() {
    on_both(&async |app| {
        app.moderator().await;
        let server = Server::offering("AUTH PLAIN", |_| Reply::Take).await;
        server.turns(Fault::Says(Stage::Auth, "535 no"));
        let worker = worker(app, &format!("smtp://desk:hunter2@127.0.0.1:{}", server.port));
        for n in 0..20 {
            app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        }
        exhaust(&worker).await;
        let asked = server.heard().iter().filter(|line| line.starts_with("AUTH")).count();
        assert!((1..=4).contains(&asked), "{asked} attempts to sign in");
        assert_eq!(app.rows("select max(attempts) from outbox where outcome is null").await, 0);
        assert_eq!(app.rows("select count(*) from outbox where leased_until is not null").await, 0);
    });
}

/// A reply that comes too late must not answer the next letter.
#[test]
fn a_conversation_that_was_cut_off_is_not_gone_on_with() {
    on_both(&async |app| {
        app.moderator().await;
        let server = Server::with(Fault::None).await;
        let worker = worker(app, &server.url());
        app.submits("The first", "one@example.org").await;
        exhaust(&worker).await;
        assert_eq!((server.taken().len(), server.open()), (1, 1), "kept for the next letter");
        app.submits("The second", "two@example.org").await;
        exhaust(&worker).await;
        let greetings = || server.heard().iter().filter(|line| line.starts_with("EHLO")).count();
        assert_eq!((server.taken().len(), greetings()), (2, 1), "one conversation");
        server.turns(Fault::Hangs(Stage::End));
        let row = becomes(app, &worker).await;
        assert_eq!(outcome(&row), owed("timeout"));
        server.turns(Fault::None);
        app.submits("The last", "four@example.org").await;
        exhaust(&worker).await;
        assert_eq!((server.taken().len(), greetings()), (3, 3), "a new one each");
    });
}

/// Of three moderators one has no mailbox any more.
#[test]
fn a_refusal_of_one_is_not_a_refusal_of_all() {
    on_both(&async |app| {
        for name in ["Ann", "Ben", "Cleo"] {
            app.hires(name, replydesk::domain::Role::Moderator, &[]).await;
        }
        let server =
            Server::start(|n| if n == 1 { Reply::Refuse("550 no such user") } else { Reply::Take }).await;
        app.submits("Hello", "reader@example.org").await;
        exhaust(&worker(app, &server.url())).await;
        let mut told: Vec<String> = server.taken().into_iter().flat_map(|letter| letter.recipients).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!((told.len(), server.taken().len(), server.conversations()), (2, 2, 3));
        assert_eq!(
            app.rows("select count(*) from outbox where outcome = 'sent'").await,
            3,
            "the promise, and two"
        );
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dead' and attempts = 1").await, 1);
    });
}

/// Sixteen letters to a server that says nothing: what cannot begin in time is given back without an attempt.
#[test]
fn a_slow_server_costs_the_letters_behind_it_no_attempt() {
    on_both(&async |app| {
        app.moderator().await;
        for n in 0..16 {
            app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        }
        let server = Server::with(Fault::Hangs(Stage::Connect)).await;
        let worker = worker(app, &server.url());
        // the promises become letters first
        worker.turn(16).await.unwrap();
        let turn = async { worker.turn(16).await.unwrap() };
        let time_passes = async {
            while server.open() < 4 {
                tokio::task::yield_now().await;
            }
            app.waits(Duration::from_secs(90));
        };
        let (turn, ()) = futures_util::future::join(turn, time_passes).await;
        assert_eq!(turn, Turn { leased: 4, letters: 4 });
        assert_eq!(app.rows("select count(*) from outbox where outcome is null and attempts = 1").await, 4);
        assert_eq!(app.rows("select count(*) from outbox where outcome is null and attempts = 0").await, 12);
        assert_eq!(app.rows("select count(*) from outbox where leased_until is not null").await, 0);
    });
}

#[test]
fn a_file_without_certificates_is_refused() {
    let made = |file: &Path| {
        let url = SecretString::from("smtps://mail.example.org".to_owned());
        Mailer::smtp(&url, "Desk <desk@gazette.example>", PATIENCE, Some(file)).unwrap_err().to_string()
    };
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("ca.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    for file in [empty, folder.path().join("missing.pem")] {
        assert_eq!(made(&file), "setting mail.ca_file: not a file of certificates in PEM form");
    }
}

/// A letter of its own goes to this worker; what became of it.
async fn becomes(app: &TestApp, worker: &Deliverer) -> OutboxRow {
    let n = app.rows("select count(*) from outbox").await;
    app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
    exhaust(worker).await;
    let rows = app
        .app()
        .db
        .read(async |tx| {
            let mut rows = tx.outbox(None, 500).await?;
            rows.extend(tx.outbox(Some("dead"), 500).await?);
            Ok::<_, replydesk::store::StoreError>(rows)
        })
        .await
        .unwrap();
    rows.into_iter().max_by_key(|row| row.id.to_string()).unwrap()
}

fn outcome(row: &OutboxRow) -> (Option<&str>, &str, i64) {
    (row.outcome.as_deref(), row.last_error.as_deref().unwrap_or("none"), row.attempts)
}

/// A worker that speaks to the server at this URL.
fn worker(app: &TestApp, url: &str) -> Deliverer {
    let config = app.config(&[]);
    let url = SecretString::from(url.to_owned());
    let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", PATIENCE, None).unwrap();
    Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox)
}

async fn exhaust(worker: &Deliverer) {
    while worker.turn(100).await.unwrap() != Turn::default() {}
}
