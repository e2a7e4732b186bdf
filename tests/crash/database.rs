//! A PostgreSQL that stops, freezes or is cut off while people write and read.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use replydesk::app::block_on;
use sqlx::{Connection, PgConnection};

use crate::{
    cluster::Cluster,
    load::{Ask, Caller, Load, Seen, serves},
    proxy::Proxy,
    stage::beside,
    support::{Database, Service, Terminal},
};

/// An answer comes within this, whatever happens.
const ANSWERED: Duration = Duration::from_secs(3);
/// The first success comes within this after the database is back.
const BACK: Duration = Duration::from_secs(2);
const WRITERS: usize = 12;
/// `database.connections` as it is by default.
const CONNECTIONS: i64 = 8;

/// Two deadlines and more; longer in the long form.
fn outage() -> Duration {
    Duration::from_secs(if crate::support::is_long() { 30 } else { 6 })
}

#[test]
fn it_withstands_a_database_that_is_stopped() {
    // without the line, which would take connections for a server that is not there
    let mut trial = Trial::begins((0, 1));
    drop(trial.service);
    trial.at.set("REPLYDESK_DATABASE__URL", Some(&trial.at.database.url()));
    trial.service = Service::serves(&trial.at);
    trial.withstands(|trial| trial.cluster.stops(), |trial| trial.cluster.starts_again());
}

#[test]
fn it_withstands_a_database_that_is_frozen() {
    Trial::begins((0, 1)).withstands(|trial| trial.cluster.freezes(), |trial| trial.cluster.thaws());
}

#[test]
fn it_withstands_a_line_that_falls_silent_and_resumes() {
    Trial::begins((0, 1)).withstands(|trial| trial.proxy.falls_silent(), |trial| trial.proxy.resumes());
}

#[test]
fn it_withstands_a_line_whose_connections_never_speak_again() {
    Trial::begins((0, 1)).withstands(|trial| trial.proxy.falls_silent(), |trial| trial.proxy.starts_afresh());
}

#[test]
fn it_ends_in_order_while_the_database_is_frozen() {
    let Trial { cluster, service, .. } = Trial::begins((0, 1));
    cluster.freezes();
    let told = Instant::now();
    let done = service.ends();
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(told.elapsed() < 3 * ANSWERED, "it took {:?}", told.elapsed());
}

/// A service that speaks to a cluster of its own through a line.
pub struct Trial {
    cluster: Cluster,
    pub proxy: Proxy,
    at: Terminal,
    pub service: Service,
    /// A published comment.
    comment: String,
}

impl Trial {
    pub fn begins(resets: (u64, u64)) -> Self {
        let cluster = Cluster::starts();
        let (proxy, mut at) = through_a_proxy(&cluster, resets);
        let (service, comment) = serves(&mut at);
        Self { cluster, proxy, at, service, comment }
    }

    fn withstands(mut self, fails: impl FnOnce(&mut Self), returns: impl FnOnce(&mut Self)) {
        let load = Load::starts(&self.service, WRITERS);
        let is_taken = |seen: &Seen| seen.ask == Ask::Write && seen.status == 202;
        let warm = |seen: &[Seen]| seen.iter().filter(|seen| is_taken(seen)).count() > 10 * WRITERS;
        assert!(load.until(Duration::from_secs(20), warm), "{:?}", load.seen().last());

        fails(&mut self);
        let down = Instant::now();
        load.goes_on(outage());
        let up_from = Instant::now();
        returns(&mut self);
        let up = Instant::now();
        let is_back = |ask: Ask, good: u16| {
            move |seen: &[Seen]| {
                seen.iter().any(|seen| seen.ask == ask && seen.status == good && seen.ended > up)
            }
        };
        for (ask, good) in [(Ask::Write, 202), (Ask::Uncached, 200), (Ask::Ready, 200)] {
            let left = BACK.saturating_sub(up.elapsed());
            assert!(load.until(left, is_back(ask, good)), "no {ask:?} within {BACK:?}");
        }
        load.goes_on(Duration::from_secs(1));
        let (taken, seen) = load.ends();
        for seen in &seen {
            answers_as_it_must(seen, (down, up_from));
        }
        for ask in [Ask::Write, Ask::Cached, Ask::Uncached, Ask::Ready] {
            let during = seen.iter().filter(|seen| seen.ask == ask && is_within(seen, (down, up_from)));
            assert!(during.count() >= 1, "{ask:?} was asked for during the outage");
        }
        self.has_all_of_its_pool();
        self.has_every_comment_once(&taken);
        report(&seen, (down, up));
        let done = self.service.ends();
        assert_eq!(done.code, 0, "{}", done.err);
    }

    /// As many statements run at a time as it may have connections.
    pub fn has_all_of_its_pool(&self) {
        let runtime = beside();
        let caller = Caller::new(self.service.address);
        let path = format!("/v1/sites/front/comments/{}", self.comment);
        let until = Instant::now() + ANSWERED;
        runtime.block_on(async {
            let mut keeper = PgConnection::connect(&self.at.database.url()).await.unwrap();
            let mut looker = PgConnection::connect(&self.at.database.url()).await.unwrap();
            sqlx::raw_sql("begin; lock table comments in access exclusive mode")
                .execute(&mut keeper)
                .await
                .unwrap();
            let readers: Vec<_> = (0..2 * CONNECTIONS)
                .map(|_| {
                    let (caller, path) = (caller.clone(), path.clone());
                    tokio::spawn(async move { caller.gets(&path).await })
                })
                .collect();
            let mut most = 0;
            while most < CONNECTIONS && Instant::now() < until {
                most = sqlx::query_scalar(WAITING).fetch_one(&mut looker).await.unwrap();
            }
            sqlx::raw_sql("rollback").execute(&mut keeper).await.unwrap();
            assert_eq!(most, CONNECTIONS, "connections that can be used at a time");
            for reader in readers {
                assert_eq!(reader.await.unwrap().status, 200);
            }
        });
    }

    /// Nothing that was acknowledged is lost, and no key made two.
    pub fn has_every_comment_once(&self, taken: &BTreeMap<String, String>) {
        let ids: Vec<&String> = taken.values().collect();
        let rows = block_on(
            self.at
                .database
                .number("select count(*) from comments where id in (select comment from idempotency)"),
        );
        let all = block_on(self.at.database.number("select count(*) from comments"));
        let acknowledged = i64::try_from(ids.len()).unwrap();
        // the published one came without a key
        assert_eq!((rows, all), (acknowledged, acknowledged + 1));
        let known = block_on(known_among(&self.at.database.url(), &ids));
        assert_eq!(known, acknowledged);
    }
}

const WAITING: &str =
    "select count(*) from pg_stat_activity where application_name = 'replydesk' and wait_event_type = 'Lock'";

async fn known_among(url: &str, ids: &[&String]) -> i64 {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let among = "select count(*) from comments where id::text in (select jsonb_array_elements_text($1))";
    sqlx::query_scalar(among).bind(serde_json::json!(ids)).fetch_one(&mut conn).await.unwrap()
}

/// Asked after it was gone, answered before it was back.
fn is_within(seen: &Seen, (down, up): (Instant, Instant)) -> bool {
    seen.began > down && seen.ended < up
}

fn answers_as_it_must(seen: &Seen, outage: (Instant, Instant)) {
    assert!(seen.took() <= ANSWERED, "{seen:?} took {:?}", seen.took());
    let good = if seen.ask == Ask::Write { 202 } else { 200 };
    if seen.ask == Ask::Cached {
        assert_eq!(seen.status, good, "{seen:?}");
        return;
    }
    assert!([good, 503].contains(&seen.status), "{seen:?}");
    if is_within(seen, outage) {
        assert_eq!(seen.status, 503, "{seen:?}");
    }
    if seen.status == 503 && seen.ask == Ask::Ready {
        assert_eq!(seen.body, r#"{"failed":["database"],"ready":false}"#);
    } else if seen.status == 503 {
        assert!(seen.retry_after.is_some() && seen.body.contains("/problems/unavailable"), "{seen:?}");
    }
}

/// What `scripts/test` shows with `--no-capture`, for the record.
fn report(seen: &[Seen], (down, up): (Instant, Instant)) {
    let refused = || seen.iter().filter(|seen| seen.ask == Ask::Write && seen.status == 503);
    let slowest = refused().map(Seen::took).max().unwrap_or_default();
    let first = |ask, good| {
        let after = seen.iter().filter(|seen| seen.ask == ask && seen.status == good && seen.ended > up);
        after.map(|seen| seen.ended - up).min().unwrap_or_default()
    };
    println!(
        "outage {:.1?}: {} writes refused, slowest {slowest:.2?}; back after: write {:.2?}, read {:.2?}, ready {:.2?}; {} writes in all",
        up - down,
        refused().count(),
        first(Ask::Write, 202),
        first(Ask::Uncached, 200),
        first(Ask::Ready, 200),
        seen.iter().filter(|seen| seen.ask == Ask::Write).count(),
    );
}

/// The address of a cluster, and a terminal that reaches it through a proxy.
pub fn through_a_proxy(cluster: &Cluster, resets: (u64, u64)) -> (Proxy, Terminal) {
    let mut at = Terminal::at(Database::on(&cluster.url()));
    let proxy = Proxy::to(address(&cluster.url()), resets);
    let near = at.database.url().replace(&address(&cluster.url()).to_string(), &proxy.address().to_string());
    at.set("REPLYDESK_DATABASE__URL", Some(&near));
    (proxy, at)
}

fn address(url: &str) -> SocketAddr {
    url.split(['@', '/']).nth(3).unwrap().parse().unwrap()
}

#[test]
fn without_a_database_commands_end_at_once_with_one_line() {
    let mut cluster = Cluster::starts();
    let (proxy, mut at) = through_a_proxy(&cluster, (0, 1));
    at.does(&["migrate"]);
    let ends = |at: &Terminal, class: &str| {
        for arguments in [["migrate"].as_slice(), &["serve"], &["site", "list"]] {
            let began = Instant::now();
            let done = at.runs(arguments);
            assert_eq!(
                (done.code, done.err.as_str()),
                (1, format!("replydesk: database: not available ({class})\n").as_str())
            );
            assert!(began.elapsed() < ANSWERED, "{arguments:?} took {:?}", began.elapsed());
        }
    };
    proxy.falls_silent();
    ends(&at, "pool-timed-out");
    proxy.resumes();
    at.set("REPLYDESK_DATABASE__URL", Some(&format!("{}_", at.database.url())));
    ends(&at, "no-such-database");
    cluster.stops();
    at.set("REPLYDESK_DATABASE__URL", Some(&at.database.url()));
    ends(&at, "pool-timed-out");
    cluster.starts_again();
    at.does(&["migrate"]);
}
