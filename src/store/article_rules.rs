//! What holds for an article, as several tables of facts read it along with their own.

use sqlx::{FromRow, Row};

use crate::domain::{ArticleRules, Breaker, BreakerAction, Mode, Timestamp};

/// The columns of [`ArticleRules`], of an article that goes by this name in the statement.
macro_rules! article_rules {
    ($article:literal) => {
        concat!(
            $article,
            ".open, ",
            $article,
            ".closes_at, ",
            $article,
            ".created_at, ",
            $article,
            ".stays_open, ",
            $article,
            ".mode, ",
            $article,
            ".slow_seconds, ",
            $article,
            ".breaker, ",
            $article,
            ".breaker_until"
        )
    };
}

pub(super) use article_rules;

#[derive(FromRow)]
struct RulesRow {
    open: bool,
    closes_at: Option<Timestamp>,
    created_at: Timestamp,
    stays_open: bool,
    mode: Option<Mode>,
    slow_seconds: Option<i64>,
    breaker: Option<BreakerAction>,
    breaker_until: Option<Timestamp>,
}

impl<'r, R: Row> FromRow<'r, R> for ArticleRules
where
    RulesRow: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let row = RulesRow::from_row(row)?;
        Ok(Self {
            open: row.open,
            closes_at: row.closes_at,
            created_at: row.created_at,
            stays_open: row.stays_open,
            mode: row.mode,
            slow_seconds: row.slow_seconds.map(|seconds| u32::try_from(seconds).unwrap_or_default()),
            breaker: row.breaker.zip(row.breaker_until).map(|(action, until)| Breaker { action, until }),
        })
    }
}
