//! The nets under the store: statements that prepare, schemas that match, leases that hold, texts that
//! come back, and commits that last.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner},
};
use replydesk::{
    app::{self, Overrides, Role, StartError, block_on},
    store::{Kind, STATEMENTS, Settlement, StoreError},
};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};

use crate::support::{Database, SITE, TestApp};

both_databases! {
    async fn every_statement_prepares(app: TestApp) {
        let url = app.database().url();
        let mut failed = Vec::new();
        for (file, statements) in STATEMENTS {
            for (name, sql) in *statements {
                let text = sql.text(app.database().kind).into_sql_str();
                let prepared = match app.database().kind {
                    Kind::Sqlite => {
                        let mut conn = SqliteConnection::connect(&url).await.unwrap();
                        (&mut conn).prepare(text).await.map(drop)
                    }
                    Kind::Postgres => {
                        let mut conn = PgConnection::connect(&url).await.unwrap();
                        (&mut conn).prepare(text).await.map(drop)
                    }
                };
                if let Err(error) = prepared {
                    failed.push(format!("{file}::{name}: {error}"));
                }
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
    }

    async fn four_workers_never_lease_the_same_message(app: TestApp) {
        app.moderator().await;
        for n in 0..100 {
            app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        }
        let now = app.clock.now();
        let until = now.plus(Duration::from_mins(2));
        let worker = async || {
            let mut mine = Vec::new();
            loop {
                let leased = app.app().db.write(async |tx| tx.lease(now, until, 7).await).await.unwrap();
                if leased.is_empty() {
                    return mine;
                }
                mine.extend(leased.into_iter().map(|job| job.id));
            }
        };
        let all = futures_util::future::join_all((0..4).map(|_| worker())).await.concat();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (100, 100));
        app.waits(Duration::from_mins(2));
    }

    async fn a_lease_that_ran_out_settles_nothing(app: TestApp) {
        app.moderator().await;
        app.submits("Hello", "ann@example.org").await;
        let db = &app.app().db;
        let lease = async |minutes: u64| {
            let now = app.clock.now();
            db.write(async |tx| tx.lease(now, now.plus(Duration::from_mins(minutes)), 10).await).await.unwrap()
        };
        let first = lease(2).await;
        app.waits(Duration::from_mins(2));
        let second = lease(2).await;
        let now = app.clock.now();
        let settle = async |job, settlement| db.write(async |tx| tx.settle(job, &settlement, now).await).await.unwrap();
        assert!(!settle(&first[0], Settlement::Sent).await, "the lease went to another");
        assert!(settle(&second[0], Settlement::Again(now, "put-off")).await);
        assert!(!settle(&second[0], Settlement::Dropped).await, "settled is settled");
        let third = lease(2).await;
        assert_eq!(third[0].attempts, 3);
        assert!(settle(&third[0], Settlement::GivenBack(now, "sign-in-refused")).await);
        assert_eq!(lease(2).await[0].attempts, 3, "what was given back was not an attempt");
        app.waits(Duration::from_mins(2));
    }

    async fn commits_last(app: TestApp) {
        let durability = app.app().db.durability().await.unwrap();
        assert!(durability.safe, "{durability:?}");
        let said: Vec<(&str, &str)> = durability.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match app.database().kind {
            Kind::Sqlite => assert_eq!(said, [("journal_mode", "wal"), ("synchronous", "2")]),
            Kind::Postgres => {
                assert_eq!(said, [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")]);
            }
        }
    }

    async fn any_text_comes_back_as_it_was_written(app: TestApp) {
        let long = std::env::var_os("REPLYDESK_TEST_LONG").is_some();
        let cases = if long { 2_000 } else { 48 };
        let text = "[^\\p{Cc}]{0,40}(\\\\|\"|'|\u{fffd}|\\{\\}|\\n|é|🙂|\u{202b}|%00|\\$1){0,6}[a-z]{1,3}";
        let strategy = (text, "[\\p{L} '.-]{1,40}[a-z]", "[^\\p{Cc}@]{1,60}[a-z]");
        // the same cases at every run
        let mut runner = TestRunner::new_with_rng(Cases::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let moderator = app.moderator().await;
        for case in 0..cases {
            let (text, name, title) = strategy.new_tree(&mut runner).unwrap().current();
            let key = format!("case/{case}");
            let reply = json!({
                "article": {"key": key, "url": "https://news.example/x", "title": title},
                "name": name, "email": format!("reader{case}@example.org"), "comment": text,
            });
            let answer = app.posts(&reply).await;
            if answer.status == 422 {
                continue; // a name that is none, for example of invisible characters
            }
            let item = moderator.opens(&answer.json()).await;
            assert_eq!(item["text"], text.trim(), "case {case}");
            assert_eq!(item["author"]["name"], name.trim());
            assert_eq!(item["article"]["title"], title.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let stored = app.rows("select count(*) from comments").await;
        assert!(stored > i64::from(cases) / 2, "most cases were posted: {stored}");
    }

    async fn a_write_that_waits_too_long_gives_up_and_the_pool_lives(app: TestApp) {
        let config = app.config(&[("REPLYDESK_DATABASE__DEADLINE_MS", "300")]);
        let other = app::open(&config, &app.clock, "http://127.0.0.1".to_owned()).await.unwrap();
        let url = app.database().url();
        let site = app.app().sites.find(SITE).unwrap();
        let blocked = async || sites_touch(&other, &site).await;
        match app.database().kind {
            Kind::Sqlite => {
                let mut holder = SqliteConnection::connect(&url).await.unwrap();
                sqlx::raw_sql("begin immediate").execute(&mut holder).await.unwrap();
                assert!(matches!(blocked().await, Err(StoreError::Unavailable(_))));
                sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
            }
            Kind::Postgres => {
                let mut holder = PgConnection::connect(&url).await.unwrap();
                sqlx::raw_sql("begin; select * from sites for update").execute(&mut holder).await.unwrap();
                assert!(matches!(blocked().await, Err(StoreError::Unavailable("deadline"))));
                sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
            }
        }
        blocked().await.unwrap();
        other.db.close().await;
    }
}

async fn sites_touch(app: &replydesk::flow::App, site: &replydesk::domain::Site) -> Result<(), StoreError> {
    let says = replydesk::flow::sites::SiteSettings {
        name: "Renamed".to_owned(),
        origins: site.origins.clone(),
        policy: site.policy.clone(),
    };
    replydesk::flow::sites::set(app, site, &says).await
}

/// Table by table: columns in their order with a common name for each type, whether they may be null,
/// and every index with its columns, its uniqueness and whether it is partial.
type Schema = BTreeMap<String, (Vec<(String, String, bool)>, Vec<(String, bool, bool)>)>;

#[test]
fn the_two_schemas_are_one() {
    block_on(async {
        let (sqlite, postgres) = (Database::sqlite(), Database::postgres());
        let one = TestApp::start(sqlite).await;
        let other = TestApp::start(postgres).await;
        let (left, right) =
            (of_sqlite(&one.database().url()).await, of_postgres(&other.database().url()).await);
        assert!(left.len() >= 15, "{:?}", left.keys());
        assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
        for (table, there) in &left {
            assert_eq!(there, &right[table], "table {table}");
        }
        one.stops().await;
        other.stops().await;
    });
}

async fn of_sqlite(url: &str) -> Schema {
    let mut conn = SqliteConnection::connect(url).await.unwrap();
    let columns = "select m.name, c.name, c.type, c.\"notnull\" = 1 from sqlite_schema m join pragma_table_info(m.name) c \
                   where m.type = 'table' and m.name not like '\\_%' escape '\\' and m.name not like 'sqlite%' order by m.name, c.cid";
    let indexes = "select m.name, group_concat(x.name, ','), l.\"unique\" = 1, l.partial = 1 from sqlite_schema m \
                   join pragma_index_list(m.name) l join pragma_index_info(l.name) x where m.type = 'table' \
                   and m.name not like '\\_%' escape '\\' group by m.name, l.name";
    let mut schema = Schema::new();
    for row in sqlx::query(columns).fetch_all(&mut conn).await.unwrap() {
        let kind: String = row.get(2);
        schema.entry(row.get(0)).or_default().0.push((row.get(1), common(&kind), row.get(3)));
    }
    for row in sqlx::query(indexes).fetch_all(&mut conn).await.unwrap() {
        schema.get_mut(row.get::<&str, _>(0)).unwrap().1.push((row.get(1), row.get(2), row.get(3)));
    }
    sorted(schema)
}

async fn of_postgres(url: &str) -> Schema {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let columns = "select table_name::text, column_name::text, data_type::text, is_nullable = 'NO' \
                   from information_schema.columns where table_schema = 'public' and table_name not like '\\_%' \
                   order by table_name, ordinal_position";
    let indexes = "select t.relname::text, string_agg(a.attname::text, ',' order by k.place), i.indisunique, \
                   i.indpred is not null from pg_index i join pg_class t on t.oid = i.indrelid \
                   join pg_namespace n on n.oid = t.relnamespace cross join unnest(i.indkey) with ordinality k (number, place) \
                   join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number \
                   where n.nspname = 'public' and t.relname not like '\\_%' group by t.relname, i.indexrelid, i.indisunique, i.indpred";
    let mut schema = Schema::new();
    for row in sqlx::query(columns).fetch_all(&mut conn).await.unwrap() {
        let kind: String = row.get(2);
        schema.entry(row.get(0)).or_default().0.push((row.get(1), common(&kind), row.get(3)));
    }
    for row in sqlx::query(indexes).fetch_all(&mut conn).await.unwrap() {
        schema.get_mut(row.get::<&str, _>(0)).unwrap().1.push((row.get(1), row.get(2), row.get(3)));
    }
    sorted(schema)
}

fn sorted(mut schema: Schema) -> Schema {
    for (_, indexes) in schema.values_mut() {
        indexes.sort();
    }
    schema
}

fn common(kind: &str) -> String {
    match kind.to_lowercase().as_str() {
        "blob" | "uuid" => "uuid",
        // SQLite has no type of its own for truth
        "integer" | "bigint" | "boolean" => "integer",
        "text" | "jsonb" => "text",
        other => other,
    }
    .to_owned()
}

#[test]
fn every_file_with_statements_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut declaring: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| fs::read_to_string(path).unwrap().contains("\nstatements! {"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    declaring.sort();
    assert_eq!(declaring, STATEMENTS.iter().map(|(file, _)| *file).collect::<Vec<_>>());
}

#[test]
fn a_second_server_on_one_file_is_refused() {
    block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        let second = app::start(&app.config(&[]), Role::All, Overrides::default()).await;
        assert!(matches!(second, Err(StartError::AlreadyServed)));
        app.stops().await;
    });
}

#[test]
fn a_server_that_forgets_is_refused_unless_it_is_allowed() {
    block_on(async {
        let app = TestApp::start(Database::postgres()).await;
        let mut conn = PgConnection::connect(&app.database().url()).await.unwrap();
        let name: String =
            sqlx::query_scalar("select current_database()::text").fetch_one(&mut conn).await.unwrap();
        let forget = format!("alter database {name} set synchronous_commit = off");
        sqlx::raw_sql(sqlx::AssertSqlSafe(forget)).execute(&mut conn).await.unwrap();
        let by_hand = || Overrides { by_hand: true, ..Overrides::default() };
        let refused = app::start(&app.config(&[]), Role::All, by_hand()).await.unwrap_err();
        assert!(refused.to_string().contains("synchronous_commit = off"), "{refused}");
        let allowed = app.config(&[("REPLYDESK_DATABASE__ALLOW_UNSAFE_DURABILITY", "true")]);
        app::start(&allowed, Role::All, by_hand()).await.unwrap().stop().await;
        app.stops().await;
    });
}

#[test]
fn a_database_with_contacts_does_not_get_new_keys() {
    block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        app.submits("Sealed", "ann@example.org").await;
        fs::remove_file(app.database().keys()).unwrap();
        let again = app::open(&app.config(&[]), &app.clock, "http://127.0.0.1".to_owned()).await;
        assert!(matches!(again, Err(StartError::Keys(_))));
        assert!(!app.database().keys().exists());
        app.stops().await;
    });
}
