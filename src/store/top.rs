//! The order `top`: picks first, then what the most different people answered.
//!
//! Where a top-level comment stands is kept with it (`rank`, the least first), so that a page of the best is a range of an
//! index like every other. A person counts once in a thread, by one of their published replies there: that one is `heard`, and
//! another one of theirs takes its place when it goes out of sight. The article is held meanwhile.

use uuid::Uuid;

use super::{
    Move, Sql, StoreError, Tx,
    sql::{on, statements},
};
/// The bits of a time-ordered identifier that say no time (RFC 9562 §5.7).
const NO_TIME: u128 = (1 << 80) - 1;

statements! {
    /// A reply that came into sight is heard if no other one of the same person is; nobody is known of the site's own people.
    /// Of all that they wrote, what came since the thread began is looked through.
    HEAR = same!(
        "update comments set heard = true where id = $1 and not staff and exists (select 1 from contacts k ",
        "where k.id = comments.contact and k.email_index is not null and not exists (select 1 from contacts o ",
        "join comments r on r.id = o.comment where o.email_index = k.email_index and o.id > $2 ",
        "and r.thread = comments.thread and r.heard))"
    );
    /// Another one of the same person is heard in place of one that goes out of sight.
    HAND_ON = same!(
        "update comments set heard = true where id = (select r.id from comments c join contacts k on k.id = c.contact ",
        "join contacts o on o.email_index = k.email_index join comments r on r.id = o.comment ",
        "where c.id = $1 and c.heard and o.id > $2 and r.thread = c.thread and r.parent is not null ",
        "and r.status = 'approved' and not r.staff and r.id <> c.id order by r.id limit 1)"
    );
    SILENCE = same!("update comments set heard = false where id = $1 and heard");
    /// So many places further back.
    SHIFT = same!("update comments set rank = rank + $2 where id = $1");
}

impl Tx {
    /// Keeps the place of a thread when a reply in it came into sight, or went out of it.
    pub(super) async fn rank_anew(&mut self, moved: &Move) -> Result<(), StoreError> {
        let places = if moved.shown > 0 {
            -self.give_ear(HEAR, moved).await?
        } else {
            let handed_on = self.give_ear(HAND_ON, moved).await?;
            let silenced = on!(self, |conn, kind| sqlx::query(SILENCE.text(kind))
                .bind(moved.comment)
                .execute(conn)
                .await?
                .rows_affected());
            i64::from(silenced > 0) - handed_on
        };
        if places != 0 {
            on!(self, |conn, kind| sqlx::query(SHIFT.text(kind))
                .bind(moved.thread)
                .bind(places)
                .execute(conn)
                .await
                .map(drop)?);
        }
        Ok(())
    }

    /// How many replies are heard from now on: one or none.
    async fn give_ear(&mut self, sql: Sql, moved: &Move) -> Result<i64, StoreError> {
        let since = Uuid::from_u128(moved.thread.uuid().as_u128() & !NO_TIME);
        let heard = on!(self, |conn, kind| sqlx::query(sql.text(kind))
            .bind(moved.comment)
            .bind(since)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(i64::from(heard > 0))
    }
}
