//! The nets under one SQL text for two databases (design §4): every statement prepares on both, every
//! store function keeps its contract on both, the two schemas are the same, and rows come back as they
//! went in. And what an acknowledgement is worth: durability, deadlines, one server for a file.

mod articles;
mod blocks;
mod breakers;
mod claims;
mod credentials;
mod decisions;
mod durability;
mod likenesses;
mod long_articles;
mod outbox;
mod people;
mod plans;
mod rate_limits;
mod rows;
mod schema;
mod statements;
mod undone;

use replydesk::{domain::SiteId, store::Kind};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, raw_sql};

use crate::support::{Database, SITE, TestApp};

/// The site of the stories.
fn site_of(app: &TestApp) -> SiteId {
    app.app().sites.find(SITE).unwrap().id
}

/// A connection of somebody else.
enum Stranger {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Stranger {
    async fn connects(database: &Database) -> Self {
        match database.kind {
            Kind::Sqlite => Self::Sqlite(SqliteConnection::connect(&database.url()).await.unwrap()),
            Kind::Postgres => Self::Postgres(PgConnection::connect(&database.url()).await.unwrap()),
        }
    }

    /// Says the one or the other, by the database.
    async fn says(&mut self, sqlite: &str, postgres: &str) {
        match self {
            Self::Sqlite(conn) => {
                raw_sql(AssertSqlSafe(sqlite)).execute(conn).await.unwrap();
            }
            Self::Postgres(conn) => {
                raw_sql(AssertSqlSafe(postgres)).execute(conn).await.unwrap();
            }
        }
    }
}
