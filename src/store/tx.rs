use sqlx::{Postgres, Sqlite, pool::PoolConnection};

use super::{StoreError, pools::let_go};

/// A connection in use, with or without a transaction open on it.
///
/// It closes its connection when it is dropped before it was finished: a statement that nobody
/// waits for any more may still be running on it, so the pool must not get it back.
#[derive(Debug)]
pub struct Tx {
    pub(super) conn: Conn,
    finished: bool,
}

#[derive(Debug)]
pub(super) enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// What a transaction promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// One statement; the database makes a transaction of it.
    Single,
    /// Several reads that see one moment.
    Snapshot,
    /// Reads and writes that happen together or not at all.
    Write,
}

impl Mode {
    /// SQLite takes the write lock at once, since a read that turns into a write can only fail;
    /// PostgreSQL waits row by row.
    const fn begin(self, conn: &Conn) -> Option<&'static str> {
        match (self, conn) {
            (Self::Single, _) => None,
            (Self::Snapshot, Conn::Sqlite(_)) => Some("begin deferred"),
            (Self::Snapshot, Conn::Postgres(_)) => Some("begin isolation level repeatable read read only"),
            (Self::Write, Conn::Sqlite(_)) => Some("begin immediate"),
            (Self::Write, Conn::Postgres(_)) => Some("begin"),
        }
    }
}

impl Tx {
    pub(super) async fn begin(conn: Conn, mode: Mode) -> Result<Self, StoreError> {
        let begin = mode.begin(&conn);
        let mut tx = Self { conn, finished: false };
        if let Some(text) = begin {
            tx.say(text).await?;
        }
        Ok(tx)
    }

    /// Ends the transaction: what was written is kept.
    pub(super) async fn commit(self, mode: Mode) -> Result<(), StoreError> {
        self.finish(mode, "commit").await
    }

    /// Ends the transaction: nothing happened.
    pub(super) async fn roll_back(self, mode: Mode) -> Result<(), StoreError> {
        self.finish(mode, "rollback").await
    }

    async fn finish(mut self, mode: Mode, word: &'static str) -> Result<(), StoreError> {
        if mode != Mode::Single {
            self.say(word).await?;
        }
        self.finished = true;
        Ok(())
    }

    async fn say(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.conn {
            Conn::Sqlite(conn) => sqlx::raw_sql(text).execute(&mut **conn).await.map(drop)?,
            Conn::Postgres(conn) => sqlx::raw_sql(text).execute(&mut **conn).await.map(drop)?,
        }
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        match &mut self.conn {
            Conn::Sqlite(conn) => let_go(conn, self.finished),
            Conn::Postgres(conn) => let_go(conn, self.finished),
        }
    }
}
