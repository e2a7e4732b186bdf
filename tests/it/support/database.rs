use std::{fs, path::PathBuf, process::Command};

use replydesk::{config::Config, domain::AuditId, store::Kind};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A database of one story: a file, or a database of the test cluster.
pub struct Database {
    pub kind: Kind,
    pub folder: TempDir,
    name: String,
    cluster: String,
    /// Whether the cluster stays, and the database must be dropped.
    is_guest: bool,
}

impl Database {
    pub fn sqlite() -> Self {
        let (name, cluster, is_guest) = Default::default();
        Self { kind: Kind::Sqlite, folder: TempDir::new().unwrap(), name, cluster, is_guest }
    }

    /// A missing cluster is a failure, not a skip.
    pub fn postgres() -> Self {
        let cluster = std::env::var("REPLYDESK_TEST_POSTGRES").expect(
            "REPLYDESK_TEST_POSTGRES names the cluster to test on; scripts/test starts one and sets it",
        );
        let mut database = Self::on(&cluster);
        database.is_guest = true;
        database
    }

    /// One of the test's choice.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::sqlite(),
            Kind::Postgres => Self::postgres(),
        }
    }

    /// A database of a cluster of the test's own, with which it goes.
    pub fn on(cluster: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let unique =
            folder.path().file_name().unwrap().to_string_lossy().replace(['.', '-'], "").to_lowercase();
        let name = format!("rd_{}_{unique}", std::process::id());
        Self { kind: Kind::Postgres, folder, name, cluster: cluster.to_owned(), is_guest: false }
    }

    pub fn url(&self) -> String {
        match self.kind {
            Kind::Sqlite => format!("sqlite://{}", self.folder.path().join("replydesk.db").display()),
            Kind::Postgres => {
                let (server, _) = self.cluster.rsplit_once('/').unwrap();
                format!("{server}/{}", self.name)
            }
        }
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.toml")
    }

    /// Settings for a service on this database; made ready on first use.
    pub fn config(&self, settings: &[(&str, &str)]) -> Config {
        if self.kind == Kind::Postgres && !self.keys().exists() {
            self.create();
        }
        let mut environment: Vec<(String, String)> = [
            ("REPLYDESK_SERVER__LISTEN", "127.0.0.1:0".to_owned()),
            ("REPLYDESK_OPS__LISTEN", "127.0.0.1:0".to_owned()),
            ("REPLYDESK_SERVER__WORKERS", "2".to_owned()),
            ("REPLYDESK_DATABASE__URL", self.url()),
            ("REPLYDESK_DATABASE__DEADLINE_MS", "20000".to_owned()),
            ("REPLYDESK_KEYS__FILE", self.keys().display().to_string()),
            ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "0".to_owned()),
            ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "0".to_owned()),
            // a letter for each comment, where that is not what the story is about
            ("REPLYDESK_MAIL__LETTERS_PER_HOUR", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        for (name, value) in settings {
            environment.retain(|(known, _)| known != name);
            environment.push(((*name).to_owned(), (*value).to_owned()));
        }
        Config::load(None, environment).unwrap()
    }

    fn create(&self) {
        use replydesk::{clock::Clock, vault::Keyrings};
        Keyrings::generate(&Clock::manual(super::NOON)).write_new(&self.keys()).unwrap();
        let statement = format!("create database {} template template0 encoding 'UTF8'", self.name);
        let cluster = self.cluster.clone();
        std::thread::spawn(move || on_cluster(&cluster, statement)).join().unwrap();
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self.kind {
            Kind::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.unwrap();
                let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
                // a dropped one closes later, in a thread of its own; whoever reads the file meanwhile takes its locks away
                // (POSIX), and it removes the log from under a service that has just begun
                conn.close().await.unwrap();
                number
            }
            Kind::Postgres => {
                let mut conn = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
            }
        }
    }

    /// One column of texts out of the database, by a statement for each of the two.
    pub async fn texts(&self, [sqlite, postgres]: [&'static str; 2]) -> Vec<String> {
        match self.kind {
            Kind::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.unwrap();
                let texts = sqlx::query_scalar(sqlite).fetch_all(&mut conn).await.unwrap();
                conn.close().await.unwrap();
                texts
            }
            Kind::Postgres => {
                let mut conn = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query_scalar(postgres).fetch_all(&mut conn).await.unwrap()
            }
        }
    }

    /// Changes what may not be changed, as somebody with the database in their hands could.
    pub async fn forces(&self, sql: &str) {
        match self.kind {
            Kind::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.unwrap();
                sqlx::raw_sql("pragma foreign_keys = off").execute(&mut conn).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
                conn.close().await.unwrap();
            }
            Kind::Postgres => {
                let mut conn = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
            }
        }
    }

    /// The entry of the audit log in this place.
    pub async fn audit_id(&self, number: i64) -> AuditId {
        const ENTRY: &str = "select audit from audit_chain where number = $1";
        let id: Uuid = match self.kind {
            Kind::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.unwrap();
                let id = sqlx::query_scalar(ENTRY).bind(number).fetch_one(&mut conn).await.unwrap();
                conn.close().await.unwrap();
                id
            }
            Kind::Postgres => {
                let mut conn = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query_scalar(ENTRY).bind(number).fetch_one(&mut conn).await.unwrap()
            }
        };
        id.into()
    }

    /// All bytes that the database keeps: the file with its log, or a dump.
    pub fn bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::Sqlite => ["", "-wal"]
                .iter()
                .filter_map(|end| {
                    fs::read(format!("{}{end}", self.folder.path().join("replydesk.db").display())).ok()
                })
                .flatten()
                .collect(),
            Kind::Postgres => {
                let dump = Command::new(programs().join("pg_dump")).arg(self.url()).output().unwrap();
                assert!(dump.status.success(), "pg_dump failed");
                dump.stdout
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.is_guest {
            let statement = format!("drop database if exists {} with (force)", self.name);
            let cluster = self.cluster.clone();
            let dropped = std::thread::spawn(move || on_cluster(&cluster, statement)).join();
            // a test that fails already has more to say
            assert!(dropped.is_ok() || std::thread::panicking(), "{} stays on the cluster", self.name);
        }
    }
}

/// Where PostgreSQL's programs are.
pub fn programs() -> PathBuf {
    let programs = std::env::var_os("REPLYDESK_TEST_POSTGRES_BIN").expect(
        "REPLYDESK_TEST_POSTGRES_BIN names PostgreSQL's programs; scripts/test finds them and sets it",
    );
    programs.into()
}

/// Runs one statement on a thread of its own, since some callers are not asynchronous.
fn on_cluster(cluster: &str, statement: String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = PgConnection::connect(cluster).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
    });
}
