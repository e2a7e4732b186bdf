//! Mail that does not flood: how moderators want it, how much of it there may be, and that nothing is lost by that.

mod flood;
mod lists;
mod overdue;

use std::time::Duration;

use replydesk::{
    config::Config,
    domain::{DigestEvery, MailMode, MailSettings, ModeratorId, QuietHours, Timestamp, Zone},
    flow::{
        accounts,
        deliver::{Deliverer, Turn},
    },
    notify::Mailer,
};
use secrecy::SecretString;
use serde_json::Value;

use crate::support::{TestApp, smtp};

/// What is the default outside of tests.
const LIMITED: [(&str, &str); 1] = [("REPLYDESK_MAIL__LETTERS_PER_HOUR", "6")];
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A comment that no letter tells of, and whose letter is not owed.
const LOST: &str = "select count(*) from mentions m left join outbox o on o.id = m.letter \
    where (m.letter is not null and o.outcome is not null and o.outcome <> 'sent') \
    or (m.letter is null and not exists (select 1 from outbox p where p.moderator = m.moderator and p.closed_at is null))";
const LOOSE: &str = "select count(*) from mentions where letter is null";

/// A service with the limit of the defaults.
async fn limited(app: &TestApp) -> TestApp {
    app.beside(&LIMITED).await
}

async fn id_of(app: &TestApp, name: &str) -> ModeratorId {
    let email = format!("{}@gazette.example", name.to_lowercase());
    accounts::find(app.app(), &email).await.unwrap().unwrap().id
}

/// How somebody wants their mail, in words such as `digest 30`, `each`, `off`.
async fn wants(app: &TestApp, name: &str, (mail, quiet, zone): (&str, &str, &str)) {
    let (mode, minutes) = mail.split_once(' ').unwrap_or((mail, "60"));
    let settings = MailSettings {
        mode: MailMode::parse(mode).unwrap(),
        digest: DigestEvery::parse(minutes.parse().unwrap()).unwrap(),
        quiet: QuietHours::parse(quiet),
        zone: Zone::parse(zone).unwrap(),
    };
    accounts::set_mail(app.app(), id_of(app, name).await, &settings).await.unwrap();
}

async fn comments(app: &TestApp, texts: &[&str]) -> Vec<Value> {
    let mut posted = Vec::new();
    for text in texts {
        posted.push(app.submits(text, "reader@example.org").await);
    }
    posted
}

/// The subjects of all mails so far to somebody, after what is due was sent.
async fn subjects(app: &TestApp, name: &str) -> Vec<String> {
    app.delivers_everything().await;
    let to = format!("{}@gazette.example", name.to_lowercase());
    let mails = app.mails().await;
    mails.iter().filter(|(recipients, _)| recipients[0] == to).map(|(_, raw)| subject(raw)).collect()
}

fn subject(raw: &str) -> String {
    let (_, rest) = raw.split_once("\r\nSubject: ").unwrap();
    let mut subject = String::new();
    for line in rest.split("\r\n") {
        if !subject.is_empty() && !line.starts_with(' ') {
            break;
        }
        subject.push_str(line);
    }
    subject
}

fn at(raw: &str) -> Timestamp {
    Timestamp::parse(raw).unwrap()
}

fn waits_until(app: &TestApp, moment: &str) {
    app.waits(at(moment).since(app.clock.now()));
    assert_eq!(app.clock.now(), at(moment), "that is over");
}

async fn is_covered(app: &TestApp, name: &str, comment: &Value) -> bool {
    let (moderator, comment) = (id_of(app, name).await, comment["id"].as_str().unwrap().parse().unwrap());
    app.app().db.read(async |tx| tx.is_covered(moderator, comment).await).await.unwrap()
}

/// A worker that speaks to this server.
fn worker(app: &TestApp, server: &smtp::Server) -> Deliverer {
    let config: Config = app.config(&[]);
    let url = SecretString::from(server.url());
    let mailer = Mailer::smtp(&url, "Desk <desk@gazette.example>", Duration::from_secs(5), None).unwrap();
    Deliverer::new(app.app().clone(), mailer, &config.mail, &config.outbox)
}

async fn exhaust(worker: &Deliverer) {
    while worker.turn(100).await.unwrap() != Turn::default() {}
}

const NEW: &str = "[The Gazette] New reply to \"The bridge\"";

both_databases! {
    async fn at_once_means_at_once_until_half_of_the_limit_and_then_they_gather(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        for n in 1..=3 {
            comments(&app, &[&format!("Number {n}")]).await;
            assert_eq!(subjects(&app, "Mo").await, vec![NEW; n]);
        }
        let late = comments(&app, &["Number 4", "Number 5"]).await;
        app.waits(Duration::from_secs(599));
        assert_eq!(subjects(&app, "Mo").await.len(), 3);
        assert!(!is_covered(&app, "Mo", &late[0]).await);
        app.waits(Duration::from_secs(1));
        assert_eq!(subjects(&app, "Mo").await[3..], ["[The Gazette] 2 replies wait"]);
        assert!(is_covered(&app, "Mo", &late[0]).await && is_covered(&app, "Mo", &late[1]).await);
        app.ends().await;
    }

    async fn a_digest_comes_at_once_and_then_at_its_time(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("digest 30", "none", "UTC")).await;
        comments(&app, &["Number 1"]).await;
        assert_eq!(subjects(&app, "Mo").await, [NEW]);
        let sent = app.clock.now();
        comments(&app, &["Number 2", "Number 3", "Number 4"]).await;
        app.waits(Duration::from_millis(30 * 60_000 - 10));
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.waits(sent.plus(30 * MINUTE).since(app.clock.now()));
        assert_eq!(subjects(&app, "Mo").await[1..], ["[The Gazette] 3 replies wait"]);
        app.waits(12 * HOUR);
        assert_eq!(subjects(&app, "Mo").await.len(), 2, "nothing waits, nothing comes");
        app.ends().await;
    }

    async fn who_wants_no_mail_gets_none_and_whoever_changes_their_mind_is_heard(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("off", "none", "UTC")).await;
        comments(&app, &["Number 1"]).await;
        assert_eq!((subjects(&app, "Mo").await.len(), app.rows("select count(*) from mentions").await), (0, 0));
        wants(&app, "Mo", ("digest 60", "none", "UTC")).await;
        comments(&app, &["Number 2"]).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        comments(&app, &["Number 3"]).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        // what is owed goes out by the new settings
        wants(&app, "Mo", ("each", "none", "UTC")).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 2);
        wants(&app, "Mo", ("digest 60", "none", "UTC")).await;
        comments(&app, &["Number 4"]).await;
        wants(&app, "Mo", ("off", "none", "UTC")).await;
        app.waits(2 * HOUR);
        assert_eq!(subjects(&app, "Mo").await.len(), 2);
        assert_eq!(app.rows(LOOSE).await, 0);
        app.ends().await;
    }

    async fn in_quiet_hours_nothing_comes_and_then_all_of_it_together(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("each", "22:00-07:00", "Europe/Berlin")).await;
        // the night in which clocks go forward has 23 hours
        waits_until(&app, "2027-03-27T21:30:00Z");
        comments(&app, &["Number 1"]).await;
        app.waits(3 * HOUR);
        comments(&app, &["Number 2", "Number 3"]).await;
        waits_until(&app, "2027-03-28T04:59:59Z");
        assert_eq!(subjects(&app, "Mo").await.len(), 0);
        waits_until(&app, "2027-03-28T05:00:00Z");
        assert_eq!(subjects(&app, "Mo").await, ["[The Gazette] 3 replies wait"]);
        // and that in which they go back has 25
        waits_until(&app, "2027-10-30T20:00:00Z");
        comments(&app, &["Number 4"]).await;
        waits_until(&app, "2027-10-31T05:59:59Z");
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        waits_until(&app, "2027-10-31T06:00:00Z");
        assert_eq!(subjects(&app, "Mo").await[1..], [NEW]);
        comments(&app, &["Number 5"]).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 3, "by day at once");
        app.ends().await;
    }

    async fn without_a_limit_each_comment_has_a_letter_but_for_quiet_hours(app: TestApp) {
        app.moderator().await;
        comments(app, &["Number 1", "Number 2", "Number 3"]).await;
        assert_eq!(subjects(app, "Mo").await, [NEW; 3]);
        wants(app, "Mo", ("each", "12:00-13:00", "UTC")).await;
        comments(app, &["Number 4", "Number 5"]).await;
        assert_eq!(subjects(app, "Mo").await.len(), 3);
        app.waits(HOUR);
        assert_eq!(subjects(app, "Mo").await[3..], ["[The Gazette] 2 replies wait"]);
    }

    async fn a_dead_mail_server_that_comes_back_brings_no_flood(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        let server = smtp::Server::with(smtp::Fault::Says(smtp::Stage::Rcpt, "451 later")).await;
        let worker = worker(&app, &server);
        let (mut taken, mut posted) = (Vec::new(), 0);
        for step in 0..(60 * 12) {
            app.waits(5 * MINUTE);
            if step < 120 {
                comments(&app, &[&format!("Number {step}")]).await;
                posted += 1;
            }
            if step == 96 {
                assert_eq!(server.taken().len(), 0);
                server.turns(smtp::Fault::None);
            }
            exhaust(&worker).await;
            taken.resize(server.taken().len(), app.clock.now());
        }
        for window in taken.windows(7) {
            assert!(window[6].since(window[0]) >= HOUR, "{taken:?}");
        }
        let letters = app.rows("select count(*) from outbox where moderator is not null").await;
        assert_eq!(usize::try_from(letters).unwrap(), taken.len(), "nothing twice, nothing dead");
        assert!(letters < 60, "while nothing goes out an hour gathers in one letter: {letters}");
        assert_eq!(app.rows("select count(*) from mentions m join outbox o on o.id = m.letter where o.outcome = 'sent'").await, posted);
        app.ends().await;
    }

    async fn one_letter_that_is_put_off_does_not_hold_up_the_others_for_long(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        let server = smtp::Server::with(smtp::Fault::Says(smtp::Stage::Rcpt, "451 not these words")).await;
        let worker = worker(&app, &server);
        comments(&app, &["Number 1"]).await;
        exhaust(&worker).await;
        // from here on the first letter is not tried any more: its next time never comes
        app.database().forces("update outbox set due_at = due_at + 3600000000000 where closed_at is not null and moderator is not null").await;
        server.turns(smtp::Fault::None);
        comments(&app, &["Number 2"]).await;
        exhaust(&worker).await;
        assert_eq!(server.taken().len(), 0);
        app.waits(HOUR);
        exhaust(&worker).await;
        assert_eq!(server.taken().len(), 1);
        app.stops().await;
    }

    async fn two_workers_at_once_keep_to_the_limit_and_leave_nothing_out(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        app.hires("Eve", replydesk::domain::Role::Editor, &[]).await;
        let server = smtp::Server::start(|_| smtp::Reply::Take).await;
        let (one, other) = (worker(&app, &server), worker(&app, &server));
        for n in 0..40 {
            comments(&app, &[&format!("Number {n}")]).await;
            Box::pin(futures_util::future::join(one.turn(3), other.turn(3))).await.0.unwrap();
        }
        for _ in 0..10 {
            Box::pin(futures_util::future::join(exhaust(&one), exhaust(&other))).await;
            app.waits(Duration::from_secs(5));
        }
        let in_the_hour = server.taken().len();
        assert!((4..=12).contains(&in_the_hour), "{in_the_hour}");
        assert_eq!(app.rows(LOST).await, 0);
        app.waits(HOUR);
        Box::pin(futures_util::future::join(exhaust(&one), exhaust(&other))).await;
        let covered = "select count(*) from mentions m join outbox o on o.id = m.letter where o.outcome = 'sent'";
        assert_eq!((app.rows(covered).await, app.rows("select count(*) from mentions").await), (80, 80));
        assert!(server.taken().len() <= in_the_hour + 2);
        let mut ids: Vec<String> = server.taken().iter().map(|letter| letter.id().to_owned()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), server.taken().len(), "no letter twice");
        app.ends().await;
    }
}
