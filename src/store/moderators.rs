//! People at the desk: accounts, sessions and API tokens, of which only hashes are kept.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{ModeratorId, Role, SiteId, Timestamp};

macro_rules! columns {
    () => {
        "m.id, m.email, m.name, m.role, m.all_sites, m.password_hash"
    };
}

statements! {
    LIST = same!("select ", columns!(), " from moderators m where m.removed_at is null order by m.id");
    BY_EMAIL = same!("select ", columns!(), " from moderators m where m.email = $1 and m.removed_at is null");
    BY_ID = same!("select ", columns!(), " from moderators m where m.id = $1 and m.removed_at is null");
    BY_SESSION = same!(
        "select ", columns!(), " from sessions s join moderators m on m.id = s.moderator ",
        "where s.hash = $1 and s.expires_at > $2 and m.removed_at is null"
    );
    BY_API_TOKEN = same!(
        "select ", columns!(), " from api_tokens t join moderators m on m.id = t.moderator ",
        "where t.hash = $1 and m.removed_at is null"
    );
    OF_SITE = same!(
        "select ", columns!(), " from moderators m where m.removed_at is null and m.role <> 'operator' ",
        "and (m.all_sites or exists (select 1 from moderator_sites b where b.moderator = m.id and b.site = $1)) ",
        "order by m.id"
    );
    SITES_OF = same!("select site from moderator_sites where moderator = $1 order by site");
    ADD = same!(
        "insert into moderators (id, email, name, role, all_sites, password_hash, created_at) ",
        "values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do update set name = excluded.name, ",
        "role = excluded.role, all_sites = excluded.all_sites, password_hash = excluded.password_hash, ",
        "removed_at = null where moderators.removed_at is not null returning id"
    );
    SET = same!("update moderators set name = $2, role = $3, all_sites = $4, password_hash = $5 where id = $1");
    REMOVE = same!("update moderators set removed_at = $2, password_hash = null where id = $1");
    UNBIND = same!("delete from moderator_sites where moderator = $1");
    BIND = same!("insert into moderator_sites (moderator, site) values ($1, $2)");
    END_SESSIONS = same!("delete from sessions where moderator = $1");
    END_TOKENS = same!("delete from api_tokens where moderator = $1");
    ADD_SESSION = same!("insert into sessions (hash, moderator, created_at, expires_at) values ($1, $2, $3, $4)");
    END_SESSION = same!("delete from sessions where hash = $1");
    SWEEP_SESSIONS = same!("delete from sessions where expires_at <= $1");
    ADD_TOKEN = same!("insert into api_tokens (hash, moderator, created_at) values ($1, $2, $3)");
}

/// An account.
#[derive(Clone, Debug, FromRow)]
pub struct ModeratorRow {
    pub id: ModeratorId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub all_sites: bool,
    pub password_hash: Option<String>,
}

/// An account to be made or changed, with the sites it is bound to (none: all).
#[derive(Clone, Debug)]
pub struct NewModerator {
    pub row: ModeratorRow,
    pub sites: Vec<SiteId>,
}

impl Tx {
    /// All accounts.
    pub async fn moderators(&mut self) -> Result<Vec<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LIST.text(kind)).fetch_all(conn).await?))
    }

    /// The account under this address.
    pub async fn moderator_by_email(&mut self, email: &str) -> Result<Option<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_EMAIL.text(kind))
            .bind(email)
            .fetch_optional(conn)
            .await?))
    }

    /// The account of this id.
    pub async fn moderator(&mut self, id: ModeratorId) -> Result<Option<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_ID.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// Whose session this is.
    pub async fn moderator_by_session(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_SESSION.text(kind))
            .bind(hash)
            .bind(now)
            .fetch_optional(conn)
            .await?))
    }

    /// Whose API token this is.
    pub async fn moderator_by_token(&mut self, hash: &str) -> Result<Option<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_API_TOKEN.text(kind))
            .bind(hash)
            .fetch_optional(conn)
            .await?))
    }

    /// Who is told about comments of a site.
    pub async fn moderators_of(&mut self, site: SiteId) -> Result<Vec<ModeratorRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_SITE.text(kind)).bind(site).fetch_all(conn).await?))
    }

    /// The sites that an account is bound to.
    pub async fn sites_of(&mut self, moderator: ModeratorId) -> Result<Vec<SiteId>, StoreError> {
        let rows: Vec<(SiteId,)> = on!(self, |conn, kind| sqlx::query_as(SITES_OF.text(kind))
            .bind(moderator)
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(|(site,)| site).collect())
    }

    /// Makes an account, or brings back one that was removed; its id. `Taken`: the address has one.
    pub async fn add_moderator(
        &mut self,
        new: &NewModerator,
        now: Timestamp,
    ) -> Result<ModeratorId, StoreError> {
        let made: Option<(ModeratorId,)> = on!(self, |conn, kind| sqlx::query_as(ADD.text(kind))
            .bind(new.row.id)
            .bind(&new.row.email)
            .bind(&new.row.name)
            .bind(new.row.role)
            .bind(new.row.all_sites)
            .bind(&new.row.password_hash)
            .bind(now)
            .fetch_optional(conn)
            .await?);
        let (id,) = made.ok_or(StoreError::Taken)?;
        self.bind_to_sites(id, &new.sites).await?;
        Ok(id)
    }

    /// Changes an account; its sessions and claims end.
    pub async fn set_moderator(&mut self, new: &NewModerator) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SET.text(kind))
            .bind(new.row.id)
            .bind(&new.row.name)
            .bind(new.row.role)
            .bind(new.row.all_sites)
            .bind(&new.row.password_hash)
            .execute(conn)
            .await
            .map(drop)?);
        self.bind_to_sites(new.row.id, &new.sites).await?;
        self.end_claims_of(new.row.id).await?;
        self.with_id(END_SESSIONS, new.row.id).await
    }

    /// Takes an account away, with its sessions, tokens and claims; what it decided keeps its name.
    pub async fn remove_moderator(&mut self, id: ModeratorId, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(REMOVE.text(kind))
            .bind(id)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        self.end_claims_of(id).await?;
        self.with_id(END_SESSIONS, id).await?;
        self.with_id(END_TOKENS, id).await
    }

    async fn bind_to_sites(&mut self, id: ModeratorId, sites: &[SiteId]) -> Result<(), StoreError> {
        self.with_id(UNBIND, id).await?;
        for site in sites {
            on!(self, |conn, kind| sqlx::query(BIND.text(kind))
                .bind(id)
                .bind(*site)
                .execute(conn)
                .await
                .map(drop)?);
        }
        Ok(())
    }

    async fn with_id(&mut self, sql: super::Sql, id: ModeratorId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(sql.text(kind)).bind(id).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Keeps the hash of a session's secret until it expires.
    pub async fn add_session(
        &mut self,
        (hash, moderator): (&str, ModeratorId),
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_SESSION.text(kind))
            .bind(hash)
            .bind(moderator)
            .bind(now)
            .bind(expires_at)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END_SESSION.text(kind))
            .bind(hash)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Forgets the sessions that expired.
    pub async fn sweep_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SWEEP_SESSIONS.text(kind))
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Withdraws all API tokens of an account.
    pub async fn end_api_tokens(&mut self, id: ModeratorId) -> Result<(), StoreError> {
        self.with_id(END_TOKENS, id).await
    }

    /// Keeps the hash of an API token that was just given out.
    pub async fn add_api_token(
        &mut self,
        hash: &str,
        moderator: ModeratorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(ADD_TOKEN.text(kind))
            .bind(hash)
            .bind(moderator)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
