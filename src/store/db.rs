use std::{
    fs::{File, OpenOptions},
    future::Future,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Kind, StoreError, Tx,
    tx::{Conn, Mode},
};
use crate::config::{DatabaseConfig, DatabaseTarget};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Pages that `SQLite`'s writer keeps, in KiB (negative by its convention): keyed indexes are hit
/// anywhere, and what falls out must be read again.
const WRITER_CACHE: &str = "-16000";
/// How often a transaction that others got in the way of is tried again.
const ATTEMPTS: usize = 4;
/// A pooled PostgreSQL connection that idled longer is asked whether it lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// The database, whichever it is: bounded pools, and a deadline on everything.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    deadline: Duration,
}

#[derive(Clone, Debug)]
enum Pools {
    /// One writer, so that writers queue in the pool and not in the file's lock; several readers.
    Sqlite {
        file: PathBuf,
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// What the database does with a commit before it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// Whether a commit that was answered survives a loss of power.
    pub safe: bool,
    /// The settings that say so, by name and value.
    pub settings: Vec<(&'static str, String)>,
}

impl Db {
    /// Opens the configured database with bounded pools. Nothing is created but, for `SQLite`, the file
    /// and its folder.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, StoreError> {
        let (connections, deadline) = (config.connections, config.deadline);
        let pools = match &config.url {
            DatabaseTarget::Sqlite(path) => Pools::sqlite(path, connections, deadline).await?,
            DatabaseTarget::Postgres(url) => Pools::postgres(url, connections, deadline)?,
        };
        Ok(Self { pools, deadline })
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        match self.pools {
            Pools::Sqlite { .. } => Kind::Sqlite,
            Pools::Postgres(_) => Kind::Postgres,
        }
    }

    /// Brings the tables up to this version; does nothing when they are. Not under the deadline: a
    /// migration of a large archive takes its time.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let done = match &self.pools {
            Pools::Sqlite { writer, .. } => SQLITE.run(writer).await,
            Pools::Postgres(pool) => POSTGRES.run(pool).await,
        };
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => StoreError::from(error),
            _ => StoreError::Broken("migrations-differ".to_owned()),
        })
    }

    /// Whether all migrations of this version are in force.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let newest = match self.kind() {
            Kind::Sqlite => SQLITE.iter().map(|m| m.version).max(),
            Kind::Postgres => POSTGRES.iter().map(|m| m.version).max(),
        };
        let there = self.read(async |tx| tx.newest_migration().await).await?;
        Ok(there == newest)
    }

    /// Runs one statement that reads.
    pub async fn read<T, E: From<StoreError>>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Mode::Single, work).await
    }

    /// Runs several statements that read one moment.
    pub async fn snapshot<T, E: From<StoreError>>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Mode::Snapshot, work).await
    }

    /// Writes: everything that `work` does is durable when this returns `Ok`, and nothing of it
    /// happened when `work` fails. Work that others got in the way of is run again, so it must not
    /// do anything but speak to the database.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 1..ATTEMPTS {
            match self.run(Mode::Write, &work).await {
                Err(StoreError::Contended) => {}
                done => return done,
            }
        }
        self.run(Mode::Write, &work).await
    }

    async fn run<T, E: From<StoreError>>(
        &self,
        mode: Mode,
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let whole = async {
            let conn = self.pools.acquire(mode).await?;
            let mut tx = Tx::begin(conn, mode).await?;
            let done = work(&mut tx).await;
            tx.finish(mode, done.is_ok()).await?;
            done
        };
        self.within_deadline(whole).await?
    }

    async fn within_deadline<F: Future>(&self, work: F) -> Result<F::Output, StoreError> {
        tokio::time::timeout(self.deadline, work).await.map_err(|_| StoreError::Unavailable("deadline"))
    }

    /// Asks the database how it keeps a commit (SQLite: journal and synchronous; PostgreSQL: fsync,
    /// `full_page_writes` and `synchronous_commit`).
    pub async fn durability(&self) -> Result<Durability, StoreError> {
        let asked: &[(&str, &str, &[&str])] = match self.kind() {
            Kind::Sqlite => &[
                ("journal_mode", "select journal_mode from pragma_journal_mode", &["wal"]),
                ("synchronous", "select cast(synchronous as text) from pragma_synchronous", &["2", "3"]),
            ],
            Kind::Postgres => &[
                ("fsync", "select current_setting('fsync')", &["on"]),
                ("full_page_writes", "select current_setting('full_page_writes')", &["on"]),
                (
                    "synchronous_commit",
                    "select current_setting('synchronous_commit')",
                    &["on", "local", "remote_write", "remote_apply"],
                ),
            ],
        };
        let mut durability = Durability { safe: true, settings: Vec::new() };
        for (name, text, good) in asked {
            let value = self.setting(text).await?;
            durability.safe &= good.contains(&value.as_str());
            durability.settings.push((name, value));
        }
        Ok(durability)
    }

    async fn setting(&self, text: &'static str) -> Result<String, StoreError> {
        let whole = async {
            match &self.pools {
                Pools::Sqlite { writer, .. } => sqlx::query_scalar(text).fetch_one(writer).await,
                Pools::Postgres(pool) => sqlx::query_scalar(text).fetch_one(pool).await,
            }
        };
        Ok(self.within_deadline(whole).await??)
    }

    /// Keeps a second server off the same SQLite file for as long as the returned lock lives. Nothing
    /// to lock with PostgreSQL, whose replicas share.
    pub fn lock_for_serving(&self) -> Result<Option<File>, StoreError> {
        let Pools::Sqlite { file, .. } = &self.pools else { return Ok(None) };
        let mut name = file.as_os_str().to_owned();
        name.push(".lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(PathBuf::from(name))
            .map_err(|_| StoreError::Unavailable("lock-file"))?;
        lock.try_lock().map_err(|_| StoreError::Taken)?;
        Ok(Some(lock))
    }

    /// Closes the pools when what is running has ended.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Pools {
    async fn sqlite(path: &Path, connections: u32, deadline: Duration) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(deadline)
            .disable_statement_logging();
        let file = path.to_path_buf();
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            std::fs::create_dir_all(folder).map_err(|_| StoreError::Unavailable("folder"))?;
        }
        let pool = |max| {
            SqlitePoolOptions::new()
                .max_connections(max)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
                .acquire_timeout(deadline)
        };
        let roomy = options.clone().pragma("cache_size", WRITER_CACHE);
        let writer = pool(1).connect_with(roomy).await?;
        let readers = pool(connections).connect_lazy_with(options);
        Ok(Self::Sqlite { file, writer, readers })
    }

    fn postgres(url: &SecretString, connections: u32, deadline: Duration) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url.expose_secret())
            .map_err(|_| StoreError::Broken("bad-url".to_owned()))?
            .application_name("replydesk")
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(deadline)
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for < TRUSTED_IDLE {
                        return Ok(true);
                    }
                    Ok(sqlx::Connection::ping(conn).await.is_ok())
                })
            });
        Ok(Self::Postgres(pool.connect_lazy_with(options)))
    }

    async fn acquire(&self, mode: Mode) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } if mode == Mode::Write => Conn::Sqlite(writer.acquire().await?),
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }
}
