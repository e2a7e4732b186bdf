//! The order `top`: picks first, then what the most different people answered.
//!
//! Where a top-level comment stands is kept with it (`rank`, the least first), so that a page of the best is a range of an
//! index like every other. A person counts once in a thread, by one of their published replies there: that one is `heard`, and
//! another one of theirs takes its place when it goes out of sight. The article is held meanwhile.

use super::{
    Sql, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::CommentId;

statements! {
    /// A reply that came into sight is heard if no other one of the same person is. Nobody is known of the site's own people.
    HEAR = same!(
        "update comments set heard = true where id = $1 and exists (select 1 from contacts k where k.id = comments.contact ",
        "and k.email_index is not null and not exists (select 1 from contacts o join comments r on r.id = o.comment ",
        "where o.email_index = k.email_index and r.thread = comments.thread and r.heard))"
    );
    /// Another one of the same person is heard in place of one that goes out of sight.
    HAND_ON = same!(
        "update comments set heard = true where id = (select r.id from comments c join contacts k on k.id = c.contact ",
        "join contacts o on o.email_index = k.email_index join comments r on r.id = o.comment ",
        "where c.id = $1 and c.heard and r.thread = c.thread and r.parent is not null and r.status = 'approved' ",
        "and r.id <> c.id order by r.id limit 1)"
    );
    SILENCE = same!("update comments set heard = false where id = $1 and heard");
    /// So many places further back.
    SHIFT = same!("update comments set rank = rank + $2 where id = (select c.thread from comments c where c.id = $1)");
}

impl Tx {
    /// Keeps the place of a thread when a reply in it came into sight.
    pub(super) async fn hear(&mut self, reply: CommentId) -> Result<(), StoreError> {
        if self.change_heard(HEAR, reply).await? {
            self.shift(reply, -1).await?;
        }
        Ok(())
    }

    /// Keeps it when one went out of sight.
    pub(super) async fn silence(&mut self, reply: CommentId) -> Result<(), StoreError> {
        let is_handed_on = self.change_heard(HAND_ON, reply).await?;
        if self.change_heard(SILENCE, reply).await? && !is_handed_on {
            self.shift(reply, 1).await?;
        }
        Ok(())
    }

    /// Whether the statement found a reply to change.
    async fn change_heard(&mut self, sql: Sql, reply: CommentId) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(sql.text(kind))
            .bind(reply)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }

    async fn shift(&mut self, reply: CommentId, places: i64) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SHIFT.text(kind))
            .bind(reply)
            .bind(places)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
