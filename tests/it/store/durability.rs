use std::{
    fs,
    time::{Duration, Instant},
};

use replydesk::{
    app::{self, Overrides, Role, StartError},
    store::{Db, Kind, StoreError},
};

use super::{Stranger, site_of};
use crate::support::{Database, SITE, TestApp};

both_databases! {
    async fn what_is_acknowledged_is_on_the_disk(app: TestApp) {
        let durability = app.app().db.durability().await.unwrap();
        assert!(durability.safe);
        let settings: Vec<(&str, &str)> =
            durability.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match app.database().kind {
            // 2 is FULL
            Kind::Sqlite => assert_eq!(settings, [("journal_mode", "wal"), ("synchronous", "2")]),
            Kind::Postgres => {
                assert_eq!(settings, [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")]);
            }
        }
    }

    async fn one_file_is_served_once_and_one_cluster_by_any_number(app: TestApp) {
        let second = app::start(&app.config(&[]), Role::All, by_hand()).await;
        match (app.database().kind, second) {
            (Kind::Sqlite, Err(StartError::AlreadyServed)) => {}
            (Kind::Postgres, Ok(second)) => second.stop().await,
            (_, other) => panic!("{other:?}"),
        }
        app.submits("The first one still answers", "ann@example.org").await;
    }

    async fn a_write_that_waits_too_long_is_given_up_and_the_next_one_works(app: TestApp) {
        let hurried = app.config(&[("REPLYDESK_DATABASE__DEADLINE_MS", "300")]);
        let db = Db::connect(&hurried.database).await.unwrap();
        let site = site_of(app);
        let mut row = db.read(async |tx| tx.sites().await).await.unwrap().remove(0);
        assert_eq!(row.id, site);
        let mut stranger = Stranger::connects(app.database()).await;
        stranger.says("begin immediate", "begin; select id from sites for update").await;
        for _ in 0..3 {
            let refused = db.write(async |tx| tx.set_site(&row).await).await;
            // SQLite's own patience ends at the same time
            let late = ["deadline", "busy", "pool-timed-out"];
            match refused {
                Err(StoreError::Unavailable(class)) if late.contains(&class) => {
                    assert!(class == "deadline" || app.database().kind == Kind::Sqlite, "{class}");
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(db.read(async |tx| tx.sites().await).await.unwrap().len(), 1, "readers do not wait");
        stranger.says("rollback", "rollback").await;
        "The Evening Gazette".clone_into(&mut row.name);
        let mut written = db.write(async |tx| tx.set_site(&row).await).await;
        for _ in 0..20 {
            // the connections that were given up let go of the lock one after the other
            if written.is_ok() {
                break;
            }
            written = db.write(async |tx| tx.set_site(&row).await).await;
        }
        written.unwrap();
        let sites = db.read(async |tx| tx.sites().await).await.unwrap();
        assert_eq!(sites[0].name, "The Evening Gazette");
        assert_eq!(app.rows("select version from sites").await, 2, "nothing of the others was written");
        db.close().await;
    }

    async fn who_waits_behind_a_submission_that_hangs_is_told_so_in_time(app: TestApp) {
        let hurried = app.beside(&[("REPLYDESK_DATABASE__DEADLINE_MS", "2000")]).await;
        hurried.submits("Before", "ann@example.org").await;
        let mut stranger = Stranger::connects(hurried.database()).await;
        // what was there can be read, and nothing can be written
        stranger.says("begin immediate", "begin; lock table contacts in share mode").await;
        let mut tick = tokio::time::interval(Duration::from_millis(200));
        let mut waiting = Vec::new();
        for number in 0..6 {
            tick.tick().await;
            let client = hurried.client.clone();
            waiting.push(actix_web::rt::spawn(async move {
                let began = Instant::now();
                let reply = TestApp::reply(&format!("Reply {number}"), "ann@example.org");
                let answer = client.post(&format!("/v1/sites/{SITE}/comments"), &reply).await;
                (answer, began.elapsed())
            }));
        }
        for (number, waiting) in waiting.into_iter().enumerate() {
            let (answer, took) = waiting.await.unwrap();
            assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("unavailable", "2"));
            assert!(took < Duration::from_secs(3), "{number} took {took:?}");
        }
        stranger.says("rollback", "rollback").await;
        let after = async || hurried.posts(&TestApp::reply("After", "ann@example.org")).await.status;
        let mut taken = after().await;
        for _ in 0..20 {
            if taken == 202 {
                break;
            }
            taken = after().await;
        }
        assert_eq!(taken, 202);
        assert_eq!(hurried.rows("select count(*) from comments").await, 2, "nothing of the others was written");
        hurried.stops().await;
    }

    async fn a_write_that_hangs_in_its_middle_leaves_nothing_and_no_lock(app: TestApp) {
        let hurried = app.config(&[("REPLYDESK_DATABASE__DEADLINE_MS", "300")]);
        let db = Db::connect(&hurried.database).await.unwrap();
        let row = db.read(async |tx| tx.sites().await).await.unwrap().remove(0);
        let hung = db.write(async |tx| {
            tx.set_site(&row).await?;
            std::future::pending::<Result<(), StoreError>>().await
        }).await;
        assert!(matches!(hung, Err(StoreError::Unavailable("deadline"))), "{hung:?}");
        assert_eq!(app.rows("select version from sites").await, 1);
        app.app().db.write(async |tx| tx.set_site(&row).await).await.unwrap();
        db.write(async |tx| tx.set_site(&row).await).await.unwrap();
        assert_eq!(app.rows("select version from sites").await, 3);
        db.close().await;
    }
}

#[test]
fn a_cluster_that_may_forget_is_refused_unless_that_is_wanted() {
    app::block_on(async {
        let database = Database::postgres();
        let config = database.config(&[]);
        let name = database.url().rsplit_once('/').unwrap().1.to_owned();
        let forget = format!("alter database {name} set synchronous_commit = off");
        Stranger::connects(&database).await.says("", &forget).await;
        match app::start(&config, Role::All, by_hand()).await {
            Err(StartError::Unsafe(settings)) => {
                assert!(settings.contains(&("synchronous_commit", "off".to_owned())), "{settings:?}");
            }
            other => panic!("{other:?}"),
        }
        let wanted = database.config(&[("REPLYDESK_DATABASE__ALLOW_UNSAFE_DURABILITY", "true")]);
        let running = app::start(&wanted, Role::All, by_hand()).await.unwrap();
        assert!(!running.app.db.durability().await.unwrap().safe);
        running.stop().await;
    });
}

/// On PostgreSQL, where they run beside each other.
#[test]
fn a_decision_under_way_holds_up_no_submission_to_its_article() {
    app::block_on(async {
        let app = TestApp::start(Database::postgres()).await;
        app.submits("First", "ann@example.org").await;
        let mut stranger = Stranger::connects(app.database()).await;
        stranger.says("", "begin; select id from articles for no key update").await;
        app.submits("Second", "ben@example.org").await;
        stranger.says("", "rollback").await;
        assert_eq!(app.rows("select count(*) from comments").await, 2);
        app.stops().await;
    });
}

#[test]
fn a_log_that_readers_kept_is_emptied_once_they_are_through() {
    app::block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        let log = || {
            let file = app.database().url().trim_start_matches("sqlite://").to_owned() + "-wal";
            fs::metadata(file).unwrap().len()
        };
        let db = &app.app().db;
        app.submits("First", "ann@example.org").await;
        let mut reader = Stranger::connects(app.database()).await;
        reader.says("begin; select * from comments", "").await;
        app.submits("Second", "ben@example.org").await;
        let grown = log();
        assert!(db.shorten_log(grown).await.unwrap(), "that is as long as it may be");
        assert_eq!(log(), grown);
        assert!(!db.shorten_log(grown - 1).await.unwrap(), "somebody reads from it");
        app.submits("Third", "cid@example.org").await;
        assert!(log() > grown);
        reader.says("rollback", "").await;
        assert!(db.shorten_log(grown).await.unwrap());
        assert_eq!(log(), 0);
        app.submits("Fourth", "dan@example.org").await;
        assert_eq!(app.rows("select count(*) from comments").await, 4);
        app.stops().await;
    });
}

#[test]
fn a_database_with_contacts_does_not_get_new_keys() {
    app::block_on(async {
        let app = TestApp::start(Database::sqlite()).await;
        app.submits("Sealed", "ann@example.org").await;
        fs::remove_file(app.database().keys()).unwrap();
        let again = app::open(&app.config(&[]), &app.clock, "http://127.0.0.1".to_owned()).await;
        assert!(matches!(again, Err(StartError::Keys(_))));
        assert!(!app.database().keys().exists());
        app.stops().await;
    });
}

fn by_hand() -> Overrides {
    Overrides { by_hand: true, ..Overrides::default() }
}
