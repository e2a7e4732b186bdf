//! Addresses that want mail, and what commenters are told by it.

use serde::Serialize;
use sqlx::{FromRow, types::Json};

use super::{
    Stamp, StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{
    Basis, CommentId, ConfirmationId, ContactId, Notify, OutboxId, SiteId, Status, Timestamp, Told,
};

macro_rules! columns {
    () => {
        "id, site, asked, asked_at, asked_by, confirmed_at, ended_at"
    };
}

statements! {
    INSERT_CONFIRMATIONS = insert!("confirmations": id uuid, site uuid, email_index text, index_key text, asked bigint,
        letters bigint, letters_of bigint; " where true on conflict do nothing");
    OF_ADDRESS = given!(2, concat!(
        "select ", columns!(), " from confirmations where site = $1 and email_index in (select value from these) ",
        "order by confirmed_at is null, id limit 1"
    ));
    BY_ID = same!("select ", columns!(), " from confirmations where id = $1");
    INDEX = same!("select email_index from confirmations where id = $1");
    ASK = same!(
        "update confirmations set asked = asked + 1, asked_at = $3, asked_by = $4 where id = $1 and asked = $2 ",
        "and confirmed_at is null and ended_at is null"
    );
    CONFIRM = same!(
        "update confirmations set confirmed_at = coalesce(confirmed_at, $2), ended_at = null, asked = 0 where id = $1 ",
        "and (confirmed_at is null or ended_at is not null)"
    );
    END = same!("update confirmations set ended_at = coalesce(ended_at, $2) where id = $1");
    COUNT_LETTER = same!(
        "update confirmations set letters = case when letters_of = $2 then letters + 1 else 1 end, letters_of = $2 ",
        "where id = $1 and (letters_of <> $2 or letters < $3)"
    );
    ADDRESSEE = same!(
        "select c.id, c.site, c.name, c.status, c.notify, c.reason, c.basis, c.submitted_at, c.decided_at, c.published_at, c.told, c.told_of, c.told_by, c.reply_told_by, ",
        "r.text, a.key as article_key, a.url as article_url, a.title as article_title, k.id as contact, k.email, k.email_index, ",
        "p.answered_at ",
        "from comments c join articles a on a.id = c.article and a.deleted_at is null join revisions r on r.comment = c.id and r.number = c.revision ",
        "left join contacts k on k.id = c.contact left join appeals p on p.comment = c.id where c.id = $1"
    );
    /// If it still stands, and nobody told it meanwhile.
    TELL = same!(
        "update comments set told = $2, told_of = decided_at, told_by = $3 where id = $1 and status = $4 ",
        "and decided_at is not distinct from $5 and told_by is not distinct from $6"
    );
    TELL_OF_REPLY = same!(
        "update comments set reply_told_by = $2 where id = $1 and status = 'approved' ",
        "and (reply_told_by is null or reply_told_by = $2)"
    );
    /// What was decided before somebody confirmed the address, the latest first.
    UNTOLD = same!(
        "select c.id from (select k.comment from contacts k where k.email_index = $1 order by k.id desc limit $4) own ",
        "cross join comments c where c.id = own.comment and c.site = $2 and c.notify <> 'none' and c.status in ('approved', 'rejected') ",
        "and c.decided_at <= $3 and (c.told_of is null or c.told_of <> c.decided_at) order by c.id"
    );
    SET_NOTIFY = same!("update comments set notify = $2 where id = $1 and status <> 'withdrawn'");
}

/// A row of `confirmations` as it begins.
#[derive(Clone, Debug, Serialize)]
pub struct NewConfirmation {
    pub id: ConfirmationId,
    pub site: SiteId,
    pub email_index: String,
    pub index_key: String,
    pub asked: i64,
    pub letters: i64,
    pub letters_of: Stamp,
}

/// Whether an address wants mail.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct ConfirmationRow {
    pub id: ConfirmationId,
    pub site: SiteId,
    /// How often it was asked, without an answer.
    pub asked: i64,
    pub asked_at: Option<Timestamp>,
    pub asked_by: Option<OutboxId>,
    pub confirmed_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// A comment whose author may be told something.
#[derive(Clone, Debug, FromRow)]
pub struct AddresseeOf {
    pub id: CommentId,
    pub site: SiteId,
    pub name: String,
    pub status: Status,
    pub notify: Notify,
    pub reason: Option<String>,
    pub basis: Option<Basis>,
    pub submitted_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    /// What its author was told last, of which decision, and by which message.
    pub told: Option<Told>,
    pub told_of: Option<Timestamp>,
    pub told_by: Option<OutboxId>,
    /// The message that told the author of what it answers.
    pub reply_told_by: Option<OutboxId>,
    /// The text in force.
    pub text: String,
    pub article_key: String,
    pub article_url: String,
    pub article_title: String,
    /// None of the site's own people, and none that was erased.
    pub contact: Option<ContactId>,
    /// Sealed.
    pub email: Option<String>,
    /// Keyed.
    pub email_index: Option<String>,
    /// The decision that answered an appeal.
    pub answered_at: Option<Timestamp>,
}

impl AddresseeOf {
    /// What this message has to tell its author: what stands, unless they know it. Tried again, it tells the same.
    pub fn news(&self, by: OutboxId) -> Option<Told> {
        let stands = match self.status {
            Status::Approved => Told::Published,
            Status::Rejected if self.is_answer() => Told::Upheld,
            Status::Rejected => Told::Rejected,
            Status::Pending | Status::Spam | Status::Withdrawn => return None,
        };
        let was_at_once = self.published_at == Some(self.submitted_at);
        let knows = self.told.or(was_at_once.then_some(Told::Published));
        // another rejection may have another reason
        let is_known =
            knows == Some(stands) && (stands == Told::Published || self.told_of == self.decided_at);
        (is_known == (self.told_by == Some(by))).then_some(stands)
    }

    /// Whether the decision in force answered an appeal.
    pub fn is_answer(&self) -> bool {
        self.answered_at.is_some() && self.answered_at == self.decided_at
    }
}

impl ConfirmationRow {
    /// Whether mail may go there.
    pub fn wants_mail(&self) -> bool {
        self.confirmed_at.is_some() && self.ended_at.is_none()
    }
}

impl Tx {
    /// What is known of an address on a site, by the indexes that it has under all keys; a confirmed one first.
    pub async fn confirmation_of(
        &mut self,
        site: SiteId,
        indexes: &[String],
    ) -> Result<Option<ConfirmationRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(OF_ADDRESS.text(kind))
            .bind(site)
            .bind(Json(indexes))
            .fetch_optional(conn)
            .await?))
    }

    /// The confirmation of a link.
    pub async fn confirmation(&mut self, id: ConfirmationId) -> Result<Option<ConfirmationRow>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(BY_ID.text(kind)).bind(id).fetch_optional(conn).await?))
    }

    /// Notes an address; nothing where it is there.
    pub async fn add_confirmation(&mut self, new: &NewConfirmation) -> Result<(), StoreError> {
        self.insert(INSERT_CONFIRMATIONS, &[new]).await
    }

    /// Counts that an address is asked, if nothing changed since it was read; whether it may be.
    pub async fn ask(
        &mut self,
        seen: &ConfirmationRow,
        by: OutboxId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(ASK.text(kind))
            .bind(seen.id)
            .bind(seen.asked)
            .bind(now)
            .bind(by)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whoever reads mail at the address wants it; whether that is new.
    pub async fn confirm(&mut self, id: ConfirmationId, now: Timestamp) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(CONFIRM.text(kind))
            .bind(id)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whoever reads mail at the address wants none.
    pub async fn end_mail(&mut self, id: ConfirmationId, now: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(END.text(kind))
            .bind(id)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Counts a letter of the day that began at this moment; whether there may be one more.
    pub async fn count_letter(
        &mut self,
        id: ConfirmationId,
        (day, most): (Timestamp, i64),
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(COUNT_LETTER.text(kind))
            .bind(id)
            .bind(day)
            .bind(most)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// A comment with what its author may be told; nothing where its article was deleted.
    pub async fn addressee_of(&mut self, comment: CommentId) -> Result<Option<AddresseeOf>, StoreError> {
        Ok(on!(self, |conn, kind| sqlx::query_as(ADDRESSEE.text(kind))
            .bind(comment)
            .fetch_optional(conn)
            .await?))
    }

    /// Notes what a message tells the author of a comment that was read; whether that stands as it was read.
    pub async fn tell_author(
        &mut self,
        seen: &AddresseeOf,
        told: Told,
        by: OutboxId,
    ) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(TELL.text(kind))
            .bind(seen.id)
            .bind(told)
            .bind(by)
            .bind(seen.status)
            .bind(seen.decided_at)
            .bind(seen.told_by)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Notes that a message tells of a published reply; whether it is the first one.
    pub async fn tell_of_reply(&mut self, reply: CommentId, by: OutboxId) -> Result<bool, StoreError> {
        let rows = on!(self, |conn, kind| sqlx::query(TELL_OF_REPLY.text(kind))
            .bind(reply)
            .bind(by)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Of the latest `most` comments under the address, what was decided by that moment and never told.
    pub async fn untold(
        &mut self,
        seen: &ConfirmationRow,
        (before, most): (Timestamp, i64),
    ) -> Result<Vec<CommentId>, StoreError> {
        let index: Option<(String,)> = on!(self, |conn, kind| sqlx::query_as(INDEX.text(kind))
            .bind(seen.id)
            .fetch_optional(conn)
            .await?);
        let Some((index,)) = index else { return Ok(Vec::new()) };
        Ok(on!(self, |conn, kind| sqlx::query_scalar(UNTOLD.text(kind))
            .bind(&index)
            .bind(seen.site)
            .bind(before)
            .bind(most)
            .fetch_all(conn)
            .await?))
    }

    /// What its author wants mail about.
    pub async fn set_notify(&mut self, comment: CommentId, notify: Notify) -> Result<(), StoreError> {
        on!(self, |conn, kind| sqlx::query(SET_NOTIFY.text(kind))
            .bind(comment)
            .bind(notify)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
