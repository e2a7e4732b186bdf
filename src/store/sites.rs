//! Sites and the tokens of their backends.

use sqlx::{FromRow, types::Json};

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{Policy, SiteId, Timestamp};

statements! {
    SITES = same!("select id, key, name, origins, policy from sites order by id");
    HOLD = locking!("select id, key, name, origins, policy from sites where id = $1", "for update", "");
    SITE = same!("select id, key, name, origins, policy from sites where id = $1");
    TOKENS = same!("select hash, site from site_tokens");
    FINGERPRINT = same!(
        "select (select cast(coalesce(sum(version), 0) as bigint) from sites), (select count(*) from sites), ",
        "(select cast(coalesce(sum(created_at), 0) as bigint) + count(*) from site_tokens), ",
        "(select cast(coalesce(sum(version), 0) as bigint) from rules where part = 'words')"
    );
    ADD = same!(
        "insert into sites (id, key, name, origins, policy, version, created_at) ",
        "values ($1, $2, $3, $4, $5, 1, $6)"
    );
    SET = same!("update sites set name = $2, origins = $3, policy = $4, version = version + 1 where id = $1");
    ADD_TOKEN = same!("insert into site_tokens (hash, site, created_at) values ($1, $2, $3)");
    REVOKE_TOKENS = same!("delete from site_tokens where site = $1");
    HOLDS_SEALS = same!(
        "select exists (select 1 from contacts) or exists (select 1 from second_factors) ",
        "or exists (select 1 from blocks) as holds"
    );
    NEWEST_MIGRATION = same!("select max(version) from _sqlx_migrations where success");
}

/// A site as the table holds it.
#[derive(Clone, Debug, FromRow)]
pub struct SiteRow {
    pub id: SiteId,
    pub key: String,
    pub name: String,
    pub origins: Json<Vec<String>>,
    pub policy: Json<Policy>,
}

impl SiteRow {
    /// A row from its parts: the id and the key, the name, the origins and the policy.
    pub fn new((id, key): (SiteId, String), name: String, origins: Vec<String>, policy: Policy) -> Self {
        Self { id, key, name, origins: Json(origins), policy: Json(policy) }
    }
}

/// The hash of a token, and the site whose backend holds the token.
#[derive(Clone, Debug, FromRow)]
pub struct SiteToken {
    pub hash: String,
    pub site: SiteId,
}

impl Tx {
    /// All sites.
    pub async fn sites(&mut self) -> Result<Vec<SiteRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SITES.text(kind)).fetch_all(conn).await?))
    }

    /// One site.
    pub async fn site(&mut self, site: SiteId) -> Result<Option<SiteRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(SITE.text(kind)).bind(site).fetch_optional(conn).await?))
    }

    /// One site, held until the transaction ends: what is made of its policy is made of the one in force.
    pub async fn hold_site(&mut self, site: SiteId) -> Result<Option<SiteRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(HOLD.text(kind)).bind(site).fetch_optional(conn).await?))
    }

    /// The tokens of all sites.
    pub async fn site_tokens(&mut self) -> Result<Vec<SiteToken>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(TOKENS.text(kind)).fetch_all(conn).await?))
    }

    /// A value that is different after any change of a site, its tokens or its word lists.
    pub async fn sites_fingerprint(&mut self) -> Result<(i64, i64, i64, i64), StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(FINGERPRINT.text(kind)).fetch_one(conn).await?))
    }

    /// Makes a site. `Taken`: there is one of that key.
    pub async fn add_site(&mut self, site: &SiteRow, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD.text(kind))
            .bind(site.id)
            .bind(&site.key)
            .bind(&site.name)
            .bind(&site.origins)
            .bind(&site.policy)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Changes a site's name, origins and policy.
    pub async fn set_site(&mut self, site: &SiteRow) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SET.text(kind))
            .bind(site.id)
            .bind(&site.name)
            .bind(&site.origins)
            .bind(&site.policy)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Keeps the hash of a token that was just given out.
    pub async fn add_site_token(&mut self, token: &SiteToken, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_TOKEN.text(kind))
            .bind(&token.hash)
            .bind(token.site)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Withdraws all tokens of a site; how many there were.
    pub async fn revoke_site_tokens(&mut self, site: SiteId) -> Result<u64, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query(REVOKE_TOKENS.text(kind))
            .bind(site)
            .execute(conn)
            .await?
            .rows_affected()))
    }

    /// Whether anything is sealed here already.
    pub async fn holds_seals(&mut self) -> Result<bool, StoreError> {
        let (holds,): (bool,) =
            on!(self, |conn, kind| sqlx::query_as(HOLDS_SEALS.text(kind)).fetch_one(conn).await?);
        Ok(holds)
    }

    /// The version of the newest migration that is in force.
    pub(super) async fn newest_migration(&mut self) -> Result<Option<i64>, StoreError> {
        let (version,): (Option<i64>,) =
            on!(self, |conn, kind| sqlx::query_as(NEWEST_MIGRATION.text(kind)).fetch_one(conn).await?);
        Ok(version)
    }
}
