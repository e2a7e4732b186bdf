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
use crate::domain::CommentId;

/// Clocks of replicas may differ by so many milliseconds.
const SKEW: u128 = 10_000;

statements! {
    /// A reply that came into sight is heard if no other one of the same person is; nobody is known of the site's own people.
    /// Of what came under their address since the thread began, the latest few hundred are looked through: anybody can type it.
    HEAR = same!(
        "update comments set heard = true where id = $1 and not staff and exists (select 1 from contacts k ",
        "where k.id = comments.contact and k.email_index is not null and not exists (select 1 from ",
        "(select o.comment from contacts o where o.email_index = k.email_index and o.id > $2 order by o.id desc limit 500) own ",
        "cross join comments r where r.id = own.comment and r.thread = comments.thread and r.heard and r.status = 'approved'))"
    );
    /// Another one of the same person is heard in place of one that goes out of sight.
    HAND_ON = same!(
        "update comments set heard = true where id = (select r.id from ",
        "(select o.comment, c.thread from comments c cross join contacts k cross join contacts o where c.id = $1 and c.heard ",
        "and k.id = c.contact and o.email_index = k.email_index and o.id > $2 order by o.id desc limit 500) own ",
        "cross join comments r where r.id = own.comment and r.thread = own.thread and r.parent is not null ",
        "and r.status = 'approved' and not r.staff and r.id <> $1 order by r.id limit 1)"
    );
    SILENCE = same!("update comments set heard = false where id = $1 and heard");
    /// Counted, and not only changed: what a process of an earlier version did without knowing of ranks is made good by that.
    RANK = same!(
        "update comments set rank = -(select count(case when r.status = 'approved' then 1 end) from comments r ",
        "where r.thread = comments.id and r.heard) - case when picked_at is null then 0 else 1000000000 end where id = $1"
    );
}

impl Tx {
    /// Keeps the place of a thread when a reply in it came into sight (1) or went out of it (-1).
    pub(super) async fn hear(&mut self, moved: &Move) -> Result<(), StoreError> {
        if moved.shown > 0 {
            self.give_ear(HEAR, moved).await?;
        } else {
            self.give_ear(HAND_ON, moved).await?;
            self.of_one(SILENCE, moved.comment).await?;
        }
        self.rank(moved.thread).await
    }

    /// Puts a top-level comment where it belongs.
    pub(super) async fn rank(&mut self, comment: CommentId) -> Result<(), StoreError> {
        self.of_one(RANK, comment).await
    }

    async fn give_ear(&mut self, sql: Sql, moved: &Move) -> Result<(), StoreError> {
        // identifiers begin with 48 bits of milliseconds (RFC 9562 §5.7)
        let began = moved.thread.uuid().as_u128() >> 80;
        let since = Uuid::from_u128(began.saturating_sub(SKEW) << 80);
        on!(self, |conn, kind| sqlx::query(sql.text(kind))
            .bind(moved.comment)
            .bind(since)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    async fn of_one(&mut self, sql: Sql, comment: CommentId) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(sql.text(kind)).bind(comment).execute(conn).await.map(drop)?);
        Ok(())
    }
}
