//! People at the desk: their accounts, and what ends with these. Sessions, API tokens and second
//! factors have files of their own.

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
pub(super) use columns;

statements! {
    LIST = same!("select ", columns!(), " from moderators m where m.removed_at is null order by m.id");
    BY_EMAIL = same!("select ", columns!(), " from moderators m where m.email = $1 and m.removed_at is null");
    BY_ID = same!("select ", columns!(), " from moderators m where m.id = $1 and m.removed_at is null");
    OF_SITE = same!(
        "select ", columns!(), " from moderators m where m.removed_at is null and m.role <> 'operator' ",
        "and (m.all_sites or exists (select 1 from moderator_sites b where b.moderator = m.id and b.site = $1)) ",
        "order by m.id"
    );
    SITES_OF = same!("select site from moderator_sites where moderator = $1 order by site");
    ADD = same!(
        "insert into moderators (id, email, name, role, all_sites, password_hash, created_at) ",
        "values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing"
    );
    /// Two who change one account, or an account and what it signs in by, come one after the other.
    LOCK = locking!(
        concat!(
            "select ", columns!(), ", m.version from moderators m where m.id = $1 and m.removed_at is null"
        ),
        "for update",
        ""
    );
    SET = same!(
        "update moderators set version = version + 1, name = coalesce($2, name), role = coalesce($3, role), ",
        "all_sites = coalesce($4, all_sites), password_hash = coalesce($5, password_hash), ",
        "invited_at = case when $5 is null then invited_at end where id = $1 and removed_at is null"
    );
    /// Its address is free again.
    REMOVE = same!(
        "update moderators set version = version + 1, removed_at = $2, email = $3, password_hash = null, ",
        "invited_at = null where id = $1 and removed_at is null"
    );
    SET_PASSWORD = same!(
        "update moderators set password_hash = $3, invited_at = null ",
        "where id = $1 and password_hash = $2 and removed_at is null"
    );
    /// Whoever signs in waits for a change of the password that has begun, and the other way round.
    STILL = locking!(
        "select 1 from moderators where id = $1 and password_hash = $2 and removed_at is null",
        "for update",
        ""
    );
    INVITE = same!("update moderators set invited_at = $2 where id = $1 and removed_at is null");
    INVITED_AT = same!("select invited_at from moderators where id = $1 and removed_at is null");
    ACCEPT = same!(
        "update moderators set password_hash = $3, invited_at = null ",
        "where id = $1 and invited_at = $2 and removed_at is null"
    );
    UNBIND = same!("delete from moderator_sites where moderator = $1");
    BIND = same!("insert into moderator_sites (moderator, site) values ($1, $2)");
    END_SESSIONS = same!("delete from sessions where moderator = $1");
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

/// An account that nobody else changes before the transaction ends.
#[derive(Clone, Debug, FromRow)]
pub struct LockedModerator {
    #[sqlx(flatten)]
    pub moderator: ModeratorRow,
    /// Rises with every change.
    pub version: i64,
}

/// What is changed of an account; what is none stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModeratorPatch<'a> {
    pub name: Option<&'a str>,
    pub role: Option<Role>,
    /// None of them means all.
    pub sites: Option<&'a [SiteId]>,
    pub password_hash: Option<&'a str>,
}

/// An account to be made, with the sites it is bound to (none: all).
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

    /// Makes an account. `Taken`: the address has one.
    pub async fn add_moderator(
        &mut self,
        new: &NewModerator,
        now: Timestamp,
    ) -> Result<ModeratorId, StoreError> {
        let made = on!(self, |conn, kind| sqlx::query(ADD.text(kind))
            .bind(new.row.id)
            .bind(&new.row.email)
            .bind(&new.row.name)
            .bind(new.row.role)
            .bind(new.row.all_sites)
            .bind(&new.row.password_hash)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected());
        if made == 0 {
            return Err(StoreError::Taken);
        }
        self.bind_to_sites(new.row.id, &new.sites).await?;
        Ok(new.row.id)
    }

    /// An account, which nobody else changes before the transaction ends; none when it was removed.
    /// Whoever locks two takes them in the order of their ids.
    pub async fn lock_moderator(&mut self, id: ModeratorId) -> Result<Option<LockedModerator>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(LOCK.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// Changes what is named of an account; false when it was removed. Another role, other sites and
    /// another password end its sessions, the first two its claims as well; a password closes an
    /// invitation.
    pub async fn set_moderator(
        &mut self,
        id: ModeratorId,
        patch: &ModeratorPatch<'_>,
    ) -> Result<bool, StoreError> {
        let set = on!(self, |conn, kind| sqlx::query(SET.text(kind))
            .bind(id)
            .bind(patch.name)
            .bind(patch.role)
            .bind(patch.sites.map(<[SiteId]>::is_empty))
            .bind(patch.password_hash)
            .execute(conn)
            .await?
            .rows_affected());
        if set == 0 {
            return Ok(false);
        }
        if let Some(sites) = patch.sites {
            self.bind_to_sites(id, sites).await?;
        }
        let is_moved = patch.role.is_some() || patch.sites.is_some();
        if is_moved {
            self.end_claims_of(id).await?;
        }
        if is_moved || patch.password_hash.is_some() {
            self.end_sessions(id).await?;
        }
        Ok(true)
    }

    /// Takes an account away, with its sessions, tokens and claims; what it decided keeps its name, and
    /// its address is free. False when that was done before.
    pub async fn remove_moderator(&mut self, id: ModeratorId, now: Timestamp) -> Result<bool, StoreError> {
        let address = ["removed:", &id.uuid().simple().to_string()].concat();
        let removed = on!(self, |conn, kind| sqlx::query(REMOVE.text(kind))
            .bind(id)
            .bind(now)
            .bind(address)
            .execute(conn)
            .await?
            .rows_affected());
        if removed == 0 {
            return Ok(false);
        }
        self.end_claims_of(id).await?;
        self.forget_loose_mentions(id).await?;
        self.end_sessions(id).await?;
        self.end_api_tokens(id).await?;
        self.end_second_factor(id).await?;
        Ok(true)
    }

    /// Ends all sessions of an account.
    pub async fn end_sessions(&mut self, id: ModeratorId) -> Result<(), StoreError> {
        self.with_id(END_SESSIONS, id).await
    }

    /// Changes the password of an account from this hash to that one, and ends its sessions but one;
    /// false when it was another one.
    pub async fn change_password(
        &mut self,
        id: ModeratorId,
        (from, to): (&str, &str),
        kept: &str,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, |conn, kind| sqlx::query(SET_PASSWORD.text(kind))
            .bind(id)
            .bind(from)
            .bind(to)
            .execute(conn)
            .await?
            .rows_affected());
        if changed == 1 {
            self.end_other_sessions(id, kept).await?;
        }
        Ok(changed == 1)
    }

    /// Whether this is still the hash of the account's password, and stays so until the end of the
    /// transaction.
    pub async fn has_password(&mut self, id: ModeratorId, hash: &str) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(self, |conn, kind| sqlx::query_as(STILL.text(kind))
            .bind(id)
            .bind(hash)
            .fetch_optional(conn)
            .await?);
        Ok(row.is_some())
    }

    /// Opens an invitation of this moment, in place of an earlier one.
    pub async fn invite(&mut self, id: ModeratorId, at: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(INVITE.text(kind))
            .bind(id)
            .bind(at)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// When the invitation of an account was made that is open.
    pub async fn invited_at(&mut self, id: ModeratorId) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(Option<Timestamp>,)> = on!(self, |conn, kind| sqlx::query_as(INVITED_AT.text(kind))
            .bind(id)
            .fetch_optional(conn)
            .await?);
        Ok(row.and_then(|(at,)| at))
    }

    /// Sets the password of whoever was invited at that moment, and ends their sessions and API tokens,
    /// which whoever knew the old password may have made; false when that invitation is not open any more.
    pub async fn accept_invitation(
        &mut self,
        id: ModeratorId,
        invited_at: Timestamp,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let accepted = on!(self, |conn, kind| sqlx::query(ACCEPT.text(kind))
            .bind(id)
            .bind(invited_at)
            .bind(password_hash)
            .execute(conn)
            .await?
            .rows_affected());
        if accepted == 1 {
            self.end_sessions(id).await?;
            self.end_api_tokens(id).await?;
        }
        Ok(accepted == 1)
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

    pub(super) async fn with_id(&mut self, sql: super::Sql, id: ModeratorId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(sql.text(kind)).bind(id).execute(conn).await.map(drop)?);
        Ok(())
    }
}
