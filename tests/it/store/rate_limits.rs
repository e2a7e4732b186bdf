use std::time::Duration;

use futures_util::future::join_all;
use replydesk::{
    domain::Timestamp,
    store::{Bucket, Kind, Pace, Taken, Whose},
};

use super::Stranger;
use crate::support::{Database, TestApp, tell};

const SECOND: i64 = 1_000_000;
/// Two at once, one more each 30 seconds.
const TWO: Pace = Pace { every: 30 * SECOND, at_once: 2 };

fn bucket(key: &str, pace: Pace, whose: Whose) -> Bucket {
    Bucket { key: key.to_owned(), pace, whose }
}

async fn takes(app: &TestApp, buckets: &[Bucket]) -> Vec<Taken> {
    takes_at(app, buckets, app.clock.now()).await
}

async fn takes_at(app: &TestApp, buckets: &[Bucket], now: Timestamp) -> Vec<Taken> {
    app.app().db.single(async |tx| tx.take_from(buckets, now).await).await.unwrap()
}

/// Which of them gave one.
async fn given(app: &TestApp, buckets: &[Bucket]) -> Vec<bool> {
    takes(app, buckets).await.iter().map(|row| row.taken.is_some()).collect()
}

/// One client of a network of a site.
fn chain(client: &str) -> [Bucket; 3] {
    let network = Pace { every: 10 * SECOND, at_once: 5 };
    [
        bucket(client, TWO, Whose::Client),
        bucket("network", network, Whose::Neighbours),
        bucket("site", Pace { every: SECOND, at_once: 4 }, Whose::Site),
    ]
}

/// With SQLite the process remembers: its table stays empty, whatever is asked.
fn on_postgres(story: impl AsyncFnOnce(&TestApp)) {
    tell(Database::postgres, story);
}

both_databases! {
    async fn what_is_whole_is_swept_some_time_later_and_in_turns(app: TestApp) {
        for number in 0..5 {
            takes(app, &[bucket(&format!("client {number}"), TWO, Whose::Client)]).await;
        }
        let there = if app.database().kind == Kind::Postgres { 5 } else { 0 };
        assert_eq!(app.rows("select count(*) from rate_limits").await, there);
        let sweep = async || {
            let now = app.clock.now();
            app.app().db.write(async |tx| tx.sweep_rate_limits(now, 3).await).await.unwrap()
        };
        app.waits(Duration::from_mins(10));
        assert_eq!(sweep().await, 0, "clocks differ");
        app.waits(Duration::from_mins(11));
        let swept = if there == 5 { [3, 2, 0] } else { [0; 3] };
        assert_eq!([sweep().await, sweep().await, sweep().await], swept);
    }
}

#[test]
fn one_file_is_one_process_and_asks_nothing() {
    tell(Database::sqlite, async |app| {
        for _ in 0..9 {
            assert_eq!(takes(app, &chain("ann")).await, []);
        }
    });
}

#[test]
fn so_many_at_once_and_then_one_at_a_time() {
    on_postgres(async |app| {
        let now = app.clock.now();
        let ann = [bucket("ann", TWO, Whose::Client)];
        let at = |seconds| Timestamp::from_micros(now.micros() + seconds * SECOND);
        let row = |stood, taken: Option<i64>| {
            vec![Taken { key: "ann".to_owned(), stood: at(stood), taken: taken.map(at) }]
        };
        assert_eq!(takes(app, &ann).await, row(0, Some(30)));
        assert_eq!(takes(app, &ann).await, row(30, Some(60)));
        assert_eq!(takes(app, &ann).await, row(60, None));
        app.waits(Duration::from_micros(29_999_999));
        assert_eq!(takes(app, &ann).await, row(60, None));
        app.waits(Duration::from_micros(1));
        assert_eq!(takes(app, &ann).await, row(60, Some(90)));
        app.waits(Duration::from_mins(5));
        assert_eq!(takes(app, &ann).await, row(330, Some(360)), "what was not used is not saved up");
        assert_eq!(takes(app, &[]).await, []);
    });
}

#[test]
fn who_is_refused_takes_nothing_of_what_others_share() {
    on_postgres(async |app| {
        assert_eq!(given(app, &chain("ann")).await, [true; 3]);
        assert_eq!(given(app, &chain("ann")).await, [true; 3]);
        for _ in 0..100 {
            assert_eq!(given(app, &chain("ann")).await, [false; 3]);
        }
        // the network has three left, the site two
        assert_eq!(given(app, &chain("bob")).await, [true; 3]);
        assert_eq!(given(app, &chain("bob")).await, [true; 3]);
        assert_eq!(given(app, &chain("eve")).await, [true, true, false], "the site refuses nobody");
        for _ in 0..100 {
            assert_eq!(given(app, &chain("dan")).await, [false; 3]);
        }
        app.waits(Duration::from_secs(20));
        // and who was refused by the network has all of their own still
        assert_eq!(given(app, &chain("dan")).await, [true; 3]);
        assert_eq!(given(app, &chain("dan")).await, [true; 3]);
        assert_eq!(given(app, &chain("fay")).await, [false; 3]);
    });
}

#[test]
fn at_one_moment_no_more_pass_than_may() {
    on_postgres(async |app| {
        for round in 0..20 {
            let client = format!("client {round}");
            let network =
                bucket(&format!("network {round}"), Pace { every: SECOND, at_once: 50 }, Whose::Neighbours);
            let asks = [bucket(&client, TWO, Whose::Client), network.clone()];
            let all = join_all((0..12).map(|_| given(app, &asks))).await;
            assert_eq!(all.iter().filter(|given| given[0]).count(), 2, "{all:?}");
            assert!(all.iter().all(|given| given[0] == given[1]), "{all:?}");
            let left = takes(app, &[network]).await.remove(0);
            assert_eq!(left.stood.since(app.clock.now()), Duration::from_secs(2));
        }
    });
}

#[test]
fn a_clock_that_is_behind_takes_nothing_back() {
    on_postgres(async |app| {
        let ann = [bucket("ann", TWO, Whose::Client)];
        let now = app.clock.now();
        let first = takes_at(app, &ann, now).await.remove(0);
        let late = takes_at(app, &ann, now.minus(Duration::from_secs(20))).await.remove(0);
        assert_eq!(late.stood, first.taken.unwrap());
        assert_eq!(late.taken, None, "50 seconds ahead of its own present");
        let soon = takes_at(app, &ann, now.plus(Duration::from_secs(1))).await.remove(0);
        assert!(soon.taken.unwrap() > first.taken.unwrap());
        let whole = app.rows("select free_at from rate_limits").await;
        assert_eq!(whole, now.micros() + 60 * SECOND);
    });
}

#[test]
fn the_statement_does_not_wait_for_the_disk_and_no_other_is_told_so() {
    on_postgres(async |app| {
        use replydesk::store::STATEMENTS;
        use sqlx::{Row, SqlSafeStr, query, query_scalar, types::Json};
        let (_, statements) = STATEMENTS.iter().find(|(file, _)| *file == "rate_limits").unwrap();
        let (_, take) = statements.iter().find(|(name, _)| *name == "TAKE").unwrap();
        let Stranger::Postgres(mut conn) = Stranger::connects(app.database()).await else { unreachable!() };
        let setting = "select current_setting('synchronous_commit')";
        let begins = async |conn: &mut sqlx::PgConnection, word: &'static str| {
            query(word).execute(conn).await.unwrap();
        };
        begins(&mut conn, "begin").await;
        let asked = serde_json::json!([{"key": "ann", "step": 1, "every": SECOND, "room": 0}]);
        let text = take.text(Kind::Postgres).into_sql_str();
        let rows =
            query(text).bind(Json(asked)).bind(app.clock.now().micros()).fetch_all(&mut conn).await.unwrap();
        assert_eq!(rows[0].get::<String, _>("key"), "ann");
        let within: String = query_scalar(setting).fetch_one(&mut conn).await.unwrap();
        begins(&mut conn, "commit").await;
        let after: String = query_scalar(setting).fetch_one(&mut conn).await.unwrap();
        assert_eq!((within.as_str(), after.as_str()), ("off", "on"));
    });
}
