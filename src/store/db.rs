use std::{
    fs::{File, OpenOptions},
    future::{Future, poll_fn},
    path::PathBuf,
    time::Duration,
};

use sqlx::migrate::Migrator;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout_at},
};

use super::{Kind, StoreError, Tx, pools::Pools, sql::on, tx::Mode};
use crate::config::{DatabaseConfig, DatabaseTarget};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How often a transaction that others got in the way of is tried, all within its deadline.
const ATTEMPTS: usize = 4;

/// What a migration does not have: an end of its own patience.
const PATIENT: &str = "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0";

/// The database, whichever it is: bounded pools, and a deadline on everything.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    deadline: Duration,
    home: Handle,
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
        Ok(Self { pools, deadline, home: Handle::current() })
    }

    pub(super) const fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        match self.pools {
            Pools::Sqlite { .. } => Kind::Sqlite,
            Pools::Postgres(_) => Kind::Postgres,
        }
    }

    /// Brings the tables up to this version; does nothing when they are. Not under the deadline, but for
    /// finding the database: a migration of a large archive takes its time.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let done = match &self.pools {
            Pools::Sqlite { writer, .. } => SQLITE.run(&mut writer.acquire().await?.detach()).await,
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?.detach();
                sqlx::raw_sql(PATIENT).execute(&mut conn).await?;
                POSTGRES.run(&mut conn).await
            }
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
        self.run((Mode::Single, self.due()), work).await
    }

    /// Runs several statements that read one moment.
    pub async fn snapshot<T, E: From<StoreError>>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run((Mode::Snapshot, self.due()), work).await
    }

    /// Writes: everything that `work` does is durable when this returns `Ok`, and nothing of it
    /// happened when `work` fails. Work that others got in the way of is run again, so it must not
    /// do anything but speak to the database.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_until(self.due(), work).await
    }

    /// The same by a moment of the caller's.
    pub(super) async fn write_until<T>(
        &self,
        until: Instant,
        work: impl AsyncFn(&mut Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 1..ATTEMPTS {
            match self.run((Mode::Write, until), &work).await {
                Err(StoreError::Contended) => {}
                done => return done,
            }
        }
        self.run((Mode::Write, until), &work).await
    }

    /// Runs one statement that writes, and is a transaction by itself. For PostgreSQL: a `SQLite` file has one
    /// writer, and this is not it.
    pub async fn single<T>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let until = self.due();
        for _ in 1..ATTEMPTS {
            match self.run((Mode::Single, until), &work).await {
                Err(StoreError::Contended) => {}
                done => return done,
            }
        }
        self.run((Mode::Single, until), &work).await
    }

    /// How long work may take.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// When work that begins now must be done.
    pub fn due(&self) -> Instant {
        Instant::now() + self.deadline
    }

    async fn run<T, E: From<StoreError>>(
        &self,
        (mode, until): (Mode, Instant),
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let whole = async {
            let conn = self.at_home(self.pools.acquire(mode)).await?;
            let mut tx = Tx::begin(conn, mode).await?;
            match work(&mut tx).await {
                Ok(done) => tx.commit(mode).await.map(|()| done).map_err(E::from),
                Err(error) => {
                    // it failed for this reason, however the way back goes
                    let _ = tx.roll_back(mode).await;
                    Err(error)
                }
            }
        };
        by(until, whole).await
    }

    /// Polls this on the runtime that opened the database. Each thread of the server has a runtime of
    /// its own, a socket dies with the one that it was made on, and the pool is shared: a connection
    /// that a thread made would fail the others when that thread is the first to end.
    fn at_home<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        let mut work = Box::pin(work);
        poll_fn(move |context| {
            let _entered = self.home.enter();
            work.as_mut().poll(context)
        })
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

    /// As the connection that writes has it.
    async fn setting(&self, text: &'static str) -> Result<String, StoreError> {
        self.write(async |tx| Ok(on!(tx, |conn, _kind| sqlx::query_scalar(text).fetch_one(conn).await?)))
            .await
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
        self.pools.close().await;
    }
}

/// Gives work up when its time is over.
pub async fn by<T, E: From<StoreError>>(
    until: Instant,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    timeout_at(until, work).await.unwrap_or_else(|_| Err(StoreError::Unavailable("deadline").into()))
}
