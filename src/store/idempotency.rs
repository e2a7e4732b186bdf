//! Which requests were answered before.

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{SiteId, Timestamp};

statements! {
    FORGET_EXPIRED_KEY = same!("delete from idempotency where site = $1 and key = $2 and expires_at <= $3");
    KEY_IS_KNOWN = same!("select 1 from idempotency where site = $1 and key = $2 and expires_at > $3");
}

impl Tx {
    /// Makes room for a key whose time is over.
    pub async fn forget_expired_key(
        &mut self,
        site: SiteId,
        key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(FORGET_EXPIRED_KEY.text(kind))
            .bind(site)
            .bind(key)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Whether a request with this idempotency key was answered before.
    pub async fn knows_key(&mut self, site: SiteId, key: &str, now: Timestamp) -> Result<bool, StoreError> {
        let found: Option<(i32,)> = on!(self, |conn, kind| sqlx::query_as(KEY_IS_KNOWN.text(kind))
            .bind(site)
            .bind(key)
            .bind(now)
            .fetch_optional(conn)
            .await?);
        Ok(found.is_some())
    }
}
