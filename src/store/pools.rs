//! The connections: bounded pools in which no step lasts for ever.
//!
//! A database may stop, freeze or be cut off at any moment, and then a connection that looks alive
//! answers nothing any more. So whoever waits for one, asks one whether it lives, or gives one back
//! has a time for that; and a server that lost its client ends the transaction by itself, with the
//! locks that a repetition of it would wait for.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, Database, PgConnection, PgPool, SqlitePool,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{
    StoreError,
    tx::{Conn, Mode},
};

/// Pages that `SQLite`'s writer keeps, in KiB (negative by its convention): keyed indexes are hit
/// anywhere, and what falls out must be read again.
const WRITER_CACHE: &str = "-16000";
/// A pooled PostgreSQL connection that idled longer is asked whether it lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// How long a connection may take to say that it lives; one that does not is closed.
const REPLY: Duration = Duration::from_millis(500);
/// The part of the deadline that may be spent on getting a PostgreSQL connection. Attempts from before
/// the database came back must not keep those after it waiting.
const CONNECTING: f64 = 0.4;

#[derive(Clone, Debug)]
pub(super) enum Pools {
    /// One writer, so that writers queue in the pool and not in the file's lock; several readers.
    Sqlite {
        file: PathBuf,
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Pools {
    pub(super) async fn sqlite(
        path: &Path,
        connections: u32,
        deadline: Duration,
    ) -> Result<Self, StoreError> {
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

    pub(super) fn postgres(
        url: &SecretString,
        connections: u32,
        deadline: Duration,
    ) -> Result<Self, StoreError> {
        // in milliseconds, as PostgreSQL takes a number without a unit
        let patience = deadline.as_millis().to_string();
        let options = PgConnectOptions::from_str(url.expose_secret())
            .map_err(|_| StoreError::Broken("bad-url".to_owned()))?
            .application_name("replydesk")
            .options([("statement_timeout", &patience), ("idle_in_transaction_session_timeout", &patience)])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(deadline.mul_f64(CONNECTING))
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(
                    async move { if meta.idle_for < TRUSTED_IDLE { Ok(true) } else { lives(conn).await } },
                )
            });
        Ok(Self::Postgres(pool.connect_lazy_with(options)))
    }

    pub(super) async fn acquire(&self, mode: Mode) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } if mode == Mode::Write => Conn::Sqlite(writer.acquire().await?),
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Asks a connection whether it lives. An error closes it without a farewell.
async fn lives(conn: &mut PgConnection) -> sqlx::Result<bool> {
    timeout(REPLY, conn.ping()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
}

/// Lets a connection go: back to its pool when it is `good`, otherwise closed at once, whatever may still
/// run on it. Either way its place in the pool is free soon.
///
/// The pool would ask it whether it lives, and wait for ever when it does not say (sqlx 0.9).
pub(super) fn let_go<D: Database>(conn: &mut PoolConnection<D>, good: bool) {
    let back = conn.return_to_pool();
    if good {
        tokio::spawn(timeout(REPLY, back));
    }
}
