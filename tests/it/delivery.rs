//! Mail: what is promised is sent, once to each who should have it, however the other side behaves.

use std::time::Duration;

use crate::support::{Database, PASSWORD, SITE, TestApp, smtp};
use replydesk::{
    app::block_on,
    config::Config,
    domain::{Policy, Role},
    flow::deliver::{Deliverer, Turn},
    notify::Mailer,
};
use secrecy::SecretString;

both_databases! {
    async fn what_comes_back_into_the_queue_is_told_again(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Approved by mistake", "ann@example.org").await;
        moderator.approves(&comment).await;
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 0, "it was decided before the letter went out");
        moderator.does("hold", &comment).await;
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 1);
        let made = moderator.does("reject", &comment).await;
        let undo = serde_json::json!({"decision_id": made["decision_id"]});
        assert_eq!(moderator.post("/v1/moderation/undo", &undo).await.status, 200);
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 2);
    }

    async fn every_moderator_of_the_site_gets_one_letter(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        app.hires("Ann", Role::Moderator, &[]).await;
        app.hires("Ben", Role::Editor, &["gazette"]).await;
        app.hires("Olga", Role::Moderator, &["other"]).await;
        app.hires("Otto", Role::Operator, &[]).await;
        app.submits("Please look at <b>this</b> https://example.org/x", "reader@example.org").await;
        app.delivers_everything().await;
        let mails = app.mails().await;
        let mut recipients: Vec<&str> = mails.iter().map(|(to, _)| to[0].as_str()).collect();
        recipients.sort_unstable();
        assert_eq!(recipients, ["ann@gazette.example", "ben@gazette.example"]);
        for (_, raw) in &mails {
            let readable = decoded(raw);
            assert_eq!((readable.matches("/d/").count(), readable.matches("<a ").count()), (2, 1), "{readable}");
            assert!(readable.contains("Please look at <b>this</b>") && readable.contains("&#60;b&#62;this") || readable.contains("&lt;b&gt;this"));
            assert!(!readable.contains("reader@example.org") && !readable.contains("href=\"https://example.org"));
            assert!(raw.contains("Subject: [The Gazette] New reply to \"The bridge\""), "{raw}");
        }
        let ids: std::collections::BTreeSet<&str> =
            mails.iter().map(|(_, raw)| raw.lines().find(|line| line.starts_with("Message-ID:")).unwrap()).collect();
        assert_eq!(ids.len(), 2);
    }

    async fn what_was_decided_meanwhile_is_left_out(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Quick one", "reader@example.org").await;
        moderator.approves(&comment).await;
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 0);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dropped'").await, 1);
    }

    async fn a_failure_is_tried_again_by_the_schedule_and_then_kept(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::start(|_| smtp::Reply::Refuse("451 later, reader@example.org")).await;
        let worker = worker(app, &server);
        app.submits("Hello", "reader@example.org").await;
        exhaust(&worker).await;
        assert_eq!(app.rows("select attempts from outbox where outcome is null").await, 1);
        assert_eq!(app.rows("select count(*) from outbox where last_error = 'put-off'").await, 1);
        for minutes in [1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440, 1440] {
            assert_eq!(app.rows("select count(*) from outbox where outcome is null").await, 1);
            app.waits(Duration::from_secs(minutes * 60 / 2));
            let before = server.conversations();
            exhaust(&worker).await;
            assert_eq!(server.conversations(), before, "not before its time");
            app.waits(Duration::from_secs(minutes * 60));
            exhaust(&worker).await;
        }
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dead'").await, 1);
        retries_and_drops(app).await;
    }

    async fn a_letter_that_is_retried_while_it_is_sent_is_not_given_up(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::with(smtp::Fault::Hangs(smtp::Stage::End)).await;
        let url = SecretString::from(server.url());
        let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", Duration::from_secs(1), None).unwrap();
        let config = app.config(&[]);
        let worker = Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox);
        app.submits("Hello", "reader@example.org").await;
        exhaust(&worker).await;
        let db = &app.app().db;
        let owed = db.read(async |tx| tx.outbox(None, 9).await).await.unwrap().remove(0);
        assert_eq!((owed.attempts, owed.last_error.as_deref()), (1, Some("timeout")));
        // after the next failure it would be given up
        app.database().forces("update outbox set attempts = 12 where outcome is null").await;
        app.waits(Duration::from_mins(2));
        let retries = async {
            let mut tick = tokio::time::interval(Duration::from_millis(5));
            while server.ignored().len() < 2 {
                tick.tick().await;
            }
            assert!(db.write(async |tx| tx.retry_message(owed.id, app.clock.now()).await).await.unwrap());
        };
        let (turn, ()) = tokio::join!(worker.turn(100), retries);
        assert_eq!(turn.unwrap().letters, 1);
        let row = db.read(async |tx| tx.outbox_message(owed.id).await).await.unwrap().unwrap();
        assert_eq!((row.outcome, row.attempts, row.due_at), (None, 0, app.clock.now()));
        server.turns(smtp::Fault::None);
        exhaust(&worker).await;
        assert_eq!((server.ignored().len(), server.taken().len()), (2, 1));
    }

    async fn a_refusal_for_good_is_kept_at_once(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::start(|_| smtp::Reply::Refuse("550 no such user reader@example.org")).await;
        let worker = worker(app, &server);
        app.submits("Hello", "reader@example.org").await;
        exhaust(&worker).await;
        assert_eq!(app.rows("select attempts from outbox where outcome = 'dead'").await, 1);
        assert_eq!(app.rows("select count(*) from outbox where last_error = 'refused'").await, 1);
        retries_and_drops(app).await;
    }

    async fn a_server_that_does_not_know_us_pauses_the_channel(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::start(|_| smtp::Reply::Refuse("535 authentication failed")).await;
        let worker = worker(app, &server);
        app.submits("Hello", "reader@example.org").await;
        exhaust(&worker).await;
        assert_eq!(app.rows("select attempts from outbox where outcome is null").await, 0);
        app.waits(Duration::from_mins(14));
        let before = server.conversations();
        exhaust(&worker).await;
        assert_eq!(server.conversations(), before);
        app.waits(Duration::from_mins(2));
        exhaust(&worker).await;
        assert!(server.conversations() > before);
    }

    async fn what_is_over_is_swept_in_turns_until_nothing_is_left(app: TestApp) {
        for n in 0..510 {
            app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        }
        app.delivers_everything().await;
        assert_eq!(app.rows("select count(*) from outbox where outcome is not null").await, 510);
        app.waits(Duration::from_hours(24 * 31));
        let keep = app.config(&[]).outbox.keep;
        replydesk::flow::upkeep::sweep(app.app(), keep).await.unwrap();
        assert_eq!(app.rows("select count(*) from outbox").await, 0);
    }

    async fn a_letter_on_the_wire_is_whole_and_harmless(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::start(|_| smtp::Reply::Take).await;
        let worker = worker(app, &server);
        app.submits("Dots\n.\n..\nRCPT TO:<x@evil.example>\nünïcode \u{85} end", "reader@example.org").await;
        exhaust(&worker).await;
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].recipients, ["mo@gazette.example"]);
        let wire = &taken[0].data;
        assert!(!wire.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF on the wire");
        assert!(wire.is_ascii());
        let readable = decoded(wire);
        assert!(readable.contains("RCPT TO:<x@evil.example>") && readable.contains("ünïcode"));
    }

    async fn two_workers_send_each_letter_once(app: TestApp) {
        app.moderator().await;
        let server = smtp::Server::start(|_| smtp::Reply::Take).await;
        let (one, other) = (worker(app, &server), worker(app, &server));
        for n in 0..20 {
            app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        }
        while Box::pin(futures_util::future::join(one.turn(3), other.turn(3))).await.0.unwrap() != Turn::default() {}
        exhaust(&one).await;
        assert_eq!(server.taken().len(), 20);
    }

    async fn a_worker_that_died_loses_only_its_lease(app: TestApp) {
        app.moderator().await;
        app.submits("Hello", "reader@example.org").await;
        let now = app.clock.now();
        let until = now.plus(Duration::from_mins(2));
        let leased = app.app().db.write(async |tx| tx.lease(now, until, 10).await).await.unwrap();
        assert_eq!(leased.len(), 1);
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 0);
        app.waits(Duration::from_mins(2));
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 1);
    }
}

/// A server that takes the connection and then says nothing holds a letter for less than its lease.
#[test]
fn a_server_that_says_nothing_does_not_outlast_the_lease() {
    block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        app.moderator().await;
        app.submits("Hello", "reader@example.org").await;
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = SecretString::from(format!("smtp://127.0.0.1:{}", silent.local_addr().unwrap().port()));
        let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", Duration::from_mins(5), None).unwrap();
        let lease = [("REPLYDESK_OUTBOX__LEASE_SECONDS", "50"), ("REPLYDESK_MAIL__TIMEOUT_SECONDS", "1")];
        let config = app.config(&lease);
        let worker = Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox);
        exhaust(&worker).await;
        assert_eq!(
            app.rows("select count(*) from outbox where outcome is null and last_error = 'timeout'").await,
            1
        );
        assert_eq!(app.rows("select count(*) from outbox where leased_until is not null").await, 0);
        drop(silent);
        app.stops().await;
    });
}

/// The whole way in a browser's requests: sign in, open, approve, sign out.
#[test]
fn a_moderator_follows_the_link_and_decides_at_the_desk() {
    block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        app.moderator().await;
        let comment = app.submits("Please look", "reader@example.org").await;
        let path = format!("/desk/comments/{}", comment["id"].as_str().unwrap());
        let asked = app.client.get(&path).await;
        assert_eq!(asked.status, 303);
        let sign_in = app.client.get(asked.header("location")).await;
        let field = |page: &str, name: &str| {
            let at = page.find(&format!("name=\"{name}\"")).unwrap();
            let value = page[at..].split("value=\"").nth(1).unwrap();
            value.split('"').next().unwrap().to_owned()
        };
        let csrf = field(&sign_in.text(), "csrf");
        let fields = |password| {
            [
                ("email", "Mo@gazette.example"),
                ("password", password),
                ("csrf", csrf.as_str()),
                ("next", path.as_str()),
            ]
        };
        let wrong = app.client.submit("/desk/sign-in", &fields("not the password"), &[]).await;
        assert_eq!((wrong.status, wrong.header("set-cookie")), (422, ""));
        let signed_in = app.client.submit("/desk/sign-in", &fields(PASSWORD), &[]).await;
        assert_eq!((signed_in.status, signed_in.header("location")), (303, path.as_str()));
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(
            signed_in.header("set-cookie").contains("HttpOnly")
                && signed_in.header("set-cookie").contains("SameSite=Lax")
        );
        let page = app.client.send(("GET", &path), &[("cookie", &cookie)], None).await;
        assert!(
            page.status == 200
                && page.text().contains("Please look")
                && !page.text().contains("reader@example.org")
        );
        let decide = format!("{path}/decisions");
        let csrf = field(&page.text(), "csrf");
        let ruling = [("decision", "approve"), ("version", "1"), ("csrf", csrf.as_str())];
        let forged = [("decision", "approve"), ("version", "1"), ("csrf", "AQ")];
        assert_eq!(app.client.submit(&decide, &forged, &[("cookie", &cookie)]).await.status, 403);
        let done = app.client.submit(&decide, &ruling, &[("cookie", &cookie)]).await;
        assert!(done.status == 303 && done.header("location").starts_with("/desk?done=approve&undo="));
        let late = app.client.submit(&decide, &ruling, &[("cookie", &cookie)]).await;
        assert!(
            late.header("location").contains("by=Mo") && late.header("location").contains("late=approved")
        );
        let told = app.client.send(("GET", late.header("location")), &[("cookie", &cookie)], None).await;
        assert!(told.text().contains("You have approved it already"));
        assert_eq!(
            app.client
                .get(&format!("/v1/sites/{SITE}/comments/{}", comment["id"].as_str().unwrap()))
                .await
                .status,
            200
        );
        let out =
            app.client.submit("/desk/sign-out", &[("csrf", csrf.as_str())], &[("cookie", &cookie)]).await;
        assert_eq!(out.status, 303);
        assert_eq!(app.client.send(("GET", &path), &[("cookie", &cookie)], None).await.status, 303);
        // a decision without a session leads back to the comment: the decision itself is no page
        let asked = app.client.submit(&decide, &ruling, &[]).await;
        let back = format!("/desk/sign-in?next={}", path.replace('/', "%2F"));
        assert_eq!((asked.status, asked.header("location")), (303, back.as_str()));
        app.stops().await;
    });
}

/// A worker that speaks to this server.
pub fn worker(app: &TestApp, server: &smtp::Server) -> Deliverer {
    let config: Config = app.config(&[]);
    let url = SecretString::from(format!("smtp://127.0.0.1:{}", server.port));
    let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", Duration::from_secs(5), None).unwrap();
    Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox)
}

pub async fn exhaust(worker: &Deliverer) {
    while worker.turn(100).await.unwrap() != Turn::default() {}
}

/// What an operator does with a dead letter.
pub async fn retries_and_drops(app: &TestApp) {
    let dead = app.app().db.read(async |tx| tx.outbox(Some("dead"), 10).await).await.unwrap();
    let (id, now) = (dead[0].id, app.clock.now());
    assert!(app.app().db.write(async |tx| tx.retry_message(id, now).await).await.unwrap());
    assert!(app.app().db.write(async |tx| tx.drop_message(id, now).await).await.unwrap());
}

/// The text of a message with its quoted-printable undone.
pub fn decoded(raw: &str) -> String {
    let joined = raw.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'=', Some(high), Some(low)) = (first, hex(1), hex(2)) {
            bytes.push(u8::try_from(high * 16 + low).unwrap());
            rest = &rest[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
