//! `SQLite`'s write-ahead log.
//!
//! A writer copies it back into the database now and then, but begins it anew only at a moment in which nobody
//! reads from it. Under constant reading that moment does not come by itself: the log grows, every read searches
//! more of it, and after a crash the next start reads all of it before it answers.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use super::{Db, StoreError, db::by, pools::Pools};

/// For how long writers are kept waiting until readers are through.
const PATIENCE: Duration = Duration::from_millis(100);

impl Db {
    /// Empties the log when it is longer than this, in bytes; whether it is short now. It is not while somebody reads for
    /// longer than a tenth of a second: then it is worth another try later. PostgreSQL keeps its own in order.
    pub async fn shorten_log(&self, longest: u64) -> Result<bool, StoreError> {
        let Pools::Sqlite { file, .. } = self.pools() else { return Ok(true) };
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        if std::fs::metadata(log).map_or(0, |log| log.len()) <= longest {
            return Ok(true);
        }
        // a connection of its own, whose patience is not that of those who write
        let options =
            SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE).disable_statement_logging();
        by(self.due(), async {
            let mut conn = options.connect().await?;
            let done: Result<i64, _> =
                sqlx::query_scalar("pragma wal_checkpoint(truncate)").fetch_one(&mut conn).await;
            conn.close().await?;
            Ok(done? == 0)
        })
        .await
    }
}
