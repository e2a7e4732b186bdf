use std::fmt;

use sqlx::error::ErrorKind;

/// Why the database did not do what it was asked. It names a class, never the server's own words:
/// those may quote a row.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// No connection, no answer in time, shutting down: try again later.
    Unavailable(&'static str),
    /// The disk is full.
    Full,
    /// A row with that key is there already: somebody else was first.
    Taken,
    /// A concurrent transaction got in the way: the same again may succeed.
    Contended,
    /// What was read does not make sense; the name says where.
    Corrupt(&'static str),
    /// Anything else: a mistake of ours.
    Broken(String),
}

impl StoreError {
    /// A stable name for logs.
    pub fn class(&self) -> &str {
        match self {
            Self::Unavailable(class) | Self::Corrupt(class) => class,
            Self::Full => "out-of-space",
            Self::Taken => "taken",
            Self::Contended => "contended",
            Self::Broken(class) => class,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(class) => write!(f, "database: not available ({class})"),
            _ => write!(f, "database: {}", self.class()),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.kind() == ErrorKind::UniqueViolation => Self::Taken,
            sqlx::Error::Database(db) => Self::of_code(db.code().as_deref().unwrap_or_default()),
            sqlx::Error::PoolTimedOut => Self::Unavailable("pool-timed-out"),
            sqlx::Error::PoolClosed => Self::Unavailable("pool-closed"),
            sqlx::Error::WorkerCrashed => Self::Unavailable("worker-crashed"),
            sqlx::Error::Io(_) => Self::Unavailable("io"),
            sqlx::Error::Tls(_) => Self::Unavailable("tls"),
            sqlx::Error::Protocol(_) => Self::Unavailable("protocol"),
            sqlx::Error::RowNotFound => Self::Corrupt("row-missing"),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt("decode"),
            _ => Self::Broken("driver".to_owned()),
        }
    }
}

impl StoreError {
    /// By SQLSTATE (PostgreSQL, appendix A) or by SQLite's result code (primary in the low byte).
    fn of_code(code: &str) -> Self {
        match code {
            "40001" | "40P01" => Self::Contended,
            "53100" => Self::Full,
            "57014" | "25P03" => Self::Unavailable("deadline"),
            "25006" => Self::Unavailable("read-only"),
            "58030" => Self::Unavailable("disk-io"),
            "3D000" => Self::Unavailable("no-such-database"),
            _ if code.starts_with("28") => Self::Unavailable("sign-in-refused"),
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
                Self::Unavailable("connection")
            }
            _ => match (code.len() < 5).then(|| code.parse::<i32>().unwrap_or_default() & 0xff) {
                Some(13) => Self::Full,
                Some(5 | 6 | 15) => Self::Unavailable("busy"),
                Some(8) => Self::Unavailable("read-only"),
                Some(14) => Self::Unavailable("cannot-open"),
                Some(10) => Self::Unavailable("disk-io"),
                Some(11 | 26) => Self::Unavailable("database-damaged"),
                _ => Self::Broken(format!("code-{code}")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_have_one_meaning() {
        assert!(matches!(StoreError::of_code("13"), StoreError::Full));
        assert!(matches!(StoreError::of_code("53100"), StoreError::Full));
        assert!(matches!(StoreError::of_code("40P01"), StoreError::Contended));
        assert!(matches!(StoreError::of_code("57P01"), StoreError::Unavailable(_)));
        assert!(matches!(StoreError::of_code("28P01"), StoreError::Unavailable("sign-in-refused")));
        assert!(matches!(StoreError::of_code("25006"), StoreError::Unavailable("read-only")));
        assert!(matches!(StoreError::of_code("1032"), StoreError::Unavailable("read-only")));
        assert!(matches!(StoreError::of_code("14"), StoreError::Unavailable("cannot-open")));
        assert!(matches!(StoreError::of_code("517"), StoreError::Unavailable("busy")));
        assert_eq!(StoreError::of_code("42601").class(), "code-42601");
    }
}
