//! What the comments of a site were judged by: each version of its policy, and of its word lists.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ModeratorId, SiteId, Timestamp};

/// Versions that are kept of each part; older ones go.
const KEPT: i64 = 50;

statements! {
    VERSION = same!("select coalesce(max(version), 0) as version from rules where site = $1 and part = $2");
    CONTENT = same!("select content from rules where site = $1 and part = $2 and version = $3");
    WORDS = same!("select site, max(version) as version from rules where part = 'words' group by site");
    ADD = same!(
        "insert into rules (site, part, version, content, at, actor) values ($1, $2, $3, $4, $5, $6)"
    );
    FORGET = same!("delete from rules where site = $1 and part = $2 and version <= $3");
    LATEST = same!(
        "select r.version, r.at, m.name as by from rules r left join moderators m on m.id = r.actor ",
        "where r.site = $1 and r.part = $2 order by r.version desc limit $3"
    );
}

/// What is kept in versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulePart {
    /// The policy. The one in force stands with its site, too.
    Policy,
    /// The word lists. The newest are in force.
    Words,
}

impl RulePart {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Words => "words",
        }
    }
}

/// Word lists as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordsRow {
    pub hold: Vec<String>,
    pub spam: Vec<String>,
}

/// That a part was changed.
#[derive(Clone, Debug, FromRow)]
pub struct RuleChange {
    pub version: i64,
    pub at: Timestamp,
    /// The moderator's name; none for the command line.
    pub by: Option<String>,
}

impl Tx {
    /// The newest version of a part; 0 when it was never changed.
    pub async fn rules_version(&mut self, site: SiteId, part: RulePart) -> Result<i64, StoreError> {
        let (version,): (i64,) = on!(self, |conn, kind| sqlx::query_as(VERSION.text(kind))
            .bind(site)
            .bind(part.name())
            .fetch_one(conn)
            .await?);
        Ok(version)
    }

    /// What a version says, while it is kept.
    pub async fn rules<T: DeserializeOwned + Send + Unpin + 'static>(
        &mut self,
        (site, part): (SiteId, RulePart),
        version: i64,
    ) -> Result<Option<T>, StoreError> {
        let found: Option<(Json<T>,)> = on!(self, |conn, kind| sqlx::query_as(CONTENT.text(kind))
            .bind(site)
            .bind(part.name())
            .bind(version)
            .fetch_optional(conn)
            .await?);
        Ok(found.map(|(content,)| content.0))
    }

    /// The newest version of the word lists of every site that has any.
    pub async fn words_versions(&mut self) -> Result<Vec<(SiteId, i64)>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(WORDS.text(kind)).fetch_all(conn).await?))
    }

    /// Keeps a new version, by a moderator or the command line, and forgets the oldest; its number. For a transaction that holds the site.
    pub async fn add_rules<T: Serialize + Sync>(
        &mut self,
        (site, part): (SiteId, RulePart),
        content: &T,
        (at, actor): (Timestamp, Option<ModeratorId>),
    ) -> Result<i64, StoreError> {
        let version = self.rules_version(site, part).await? + 1;
        on!(self, |conn, kind| sqlx::query(ADD.text(kind))
            .bind(site)
            .bind(part.name())
            .bind(version)
            .bind(Json(content))
            .bind(at)
            .bind(actor)
            .execute(conn)
            .await
            .map(drop)?);
        on!(self, |conn, kind| sqlx::query(FORGET.text(kind))
            .bind(site)
            .bind(part.name())
            .bind(version - KEPT)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(version)
    }

    /// The latest changes of a part, the newest first.
    pub async fn rule_changes(
        &mut self,
        (site, part): (SiteId, RulePart),
        limit: i64,
    ) -> Result<Vec<RuleChange>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LATEST.text(kind))
            .bind(site)
            .bind(part.name())
            .bind(limit)
            .fetch_all(conn)
            .await?))
    }
}
