//! Who is told of comments that wait, and how they want that.

use sqlx::FromRow;

use super::{
    StoreError, Tx,
    sql::{on, statements},
};
use crate::domain::{
    DigestEvery, MailMode, MailSettings, ModeratorId, QuietHours, Role, SiteId, Timestamp, Zone,
};

macro_rules! columns {
    () => {
        "select id, email, name, role, all_sites, mail, digest_minutes, quiet_from, quiet_to, time_zone from moderators "
    };
}

statements! {
    /// While what they are told of is written down, no letter of theirs is closed: it would leave that behind.
    HOLD_ALL = locking!(
        concat!(columns!(), "where removed_at is null and role <> 'operator' order by id"),
        "for share",
        ""
    );
    /// Whoever closes a letter waits for what is being written down for it, and for others who close one.
    HOLD_ONE = locking!(concat!(columns!(), "where id = $1 and removed_at is null"), "for no key update", "");
    ONE = same!(columns!(), "where id = $1 and removed_at is null");
    ALL = same!(columns!(), "where removed_at is null order by id");
    BOUND = same!("select moderator, site from moderator_sites order by moderator, site");
    SET = same!(
        "update moderators set mail = $2, digest_minutes = $3, quiet_from = $4, quiet_to = $5, time_zone = $6 ",
        "where id = $1 and removed_at is null"
    );
}

/// Somebody who may be told, with how they want that.
#[derive(Clone, Debug)]
pub struct AddresseeRow {
    pub id: ModeratorId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub all_sites: bool,
    /// The sites that they are bound to, where those were asked for.
    pub sites: Vec<SiteId>,
    pub mail: MailSettings,
}

impl AddresseeRow {
    /// Whether they are told of this site.
    pub fn sees(&self, site: SiteId) -> bool {
        self.all_sites || self.sites.contains(&site)
    }
}

#[derive(FromRow)]
struct Row {
    id: ModeratorId,
    email: String,
    name: String,
    role: Role,
    all_sites: bool,
    mail: String,
    digest_minutes: i64,
    quiet_from: Option<i64>,
    quiet_to: Option<i64>,
    time_zone: String,
}

impl From<Row> for AddresseeRow {
    /// What this version cannot read is as if it had never been set: nobody misses a comment for that.
    fn from(row: Row) -> Self {
        let default = MailSettings::default();
        let mail = MailSettings {
            mode: MailMode::parse(&row.mail).unwrap_or(default.mode),
            digest: DigestEvery::parse(row.digest_minutes).unwrap_or(default.digest),
            quiet: row.quiet_from.zip(row.quiet_to).and_then(|(from, to)| QuietHours::of(from, to)),
            zone: Zone::parse(&row.time_zone).unwrap_or(default.zone),
        };
        let (id, email, name) = (row.id, row.email, row.name);
        Self { id, email, name, role: row.role, all_sites: row.all_sites, sites: Vec::new(), mail }
    }
}

impl Tx {
    /// Everybody who may be told of comments, with their sites; until the end of the transaction none of their letters is
    /// closed.
    pub async fn hold_addressees(&mut self) -> Result<Vec<AddresseeRow>, StoreError> {
        let rows: Vec<Row> =
            on!(self, |conn, kind| sqlx::query_as(HOLD_ALL.text(kind)).fetch_all(conn).await?);
        let bound: Vec<(ModeratorId, SiteId)> =
            on!(self, |conn, kind| sqlx::query_as(BOUND.text(kind)).fetch_all(conn).await?);
        let of = |id| bound.iter().filter(move |(whose, _)| *whose == id).map(|(_, site)| *site);
        let with_sites = |row: AddresseeRow| AddresseeRow { sites: of(row.id).collect(), ..row };
        Ok(rows.into_iter().map(AddresseeRow::from).map(with_sites).collect())
    }

    /// Somebody whose letter is about to go out; until the end of the transaction nobody else closes one of theirs.
    pub async fn hold_addressee(&mut self, id: ModeratorId) -> Result<Option<AddresseeRow>, StoreError> {
        let row: Option<Row> =
            on!(self, |conn, kind| sqlx::query_as(HOLD_ONE.text(kind)).bind(id).fetch_optional(conn).await?);
        Ok(row.map(AddresseeRow::from))
    }

    /// How somebody wants their mail; none when the account is gone.
    pub async fn addressee(&mut self, id: ModeratorId) -> Result<Option<AddresseeRow>, StoreError> {
        let row: Option<Row> =
            on!(self, |conn, kind| sqlx::query_as(ONE.text(kind)).bind(id).fetch_optional(conn).await?);
        Ok(row.map(AddresseeRow::from))
    }

    /// How everybody wants their mail.
    pub async fn addressees(&mut self) -> Result<Vec<AddresseeRow>, StoreError> {
        let rows: Vec<Row> = on!(self, |conn, kind| sqlx::query_as(ALL.text(kind)).fetch_all(conn).await?);
        Ok(rows.into_iter().map(AddresseeRow::from).collect())
    }

    /// Changes how somebody wants their mail. What is owed to them is looked at again at once; who wants none is owed
    /// nothing any more.
    pub async fn set_mail(
        &mut self,
        id: ModeratorId,
        mail: &MailSettings,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let quiet = mail.quiet.map(QuietHours::minutes);
        on!(self, |conn, kind| sqlx::query(SET.text(kind))
            .bind(id)
            .bind(mail.mode.name())
            .bind(i64::from(mail.digest.minutes()))
            .bind(quiet.map(|(from, _)| i64::from(from)))
            .bind(quiet.map(|(_, to)| i64::from(to)))
            .bind(mail.zone.name())
            .execute(conn)
            .await
            .map(drop)?);
        if mail.mode == MailMode::Off {
            self.forget_loose_mentions(id).await?;
        }
        self.look_at_open_letter(id, now).await
    }
}
