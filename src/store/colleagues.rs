//! All people at the desk, as whoever keeps them sees them.

use sqlx::FromRow;

use super::{
    ModeratorRow, StoreError, Tx,
    moderators::columns,
    sql::{on, statements},
};
use crate::domain::{ModeratorId, SiteId, Timestamp};

statements! {
    COLLEAGUES = same!(
        "select ", columns!(), ", m.version, m.invited_at, m.created_at, exists (select 1 from second_factors f ",
        "where f.moderator = m.id and f.confirmed_at is not null) as has_second_factor, ",
        "(select max(s.used_at) from sessions s where s.moderator = m.id) as seen_at ",
        "from moderators m where m.removed_at is null order by m.id"
    );
    BOUND = same!("select moderator, site from moderator_sites order by moderator, site");
}

/// An account as whoever keeps it sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ColleagueRow {
    #[sqlx(flatten)]
    pub moderator: ModeratorRow,
    /// Rises with every change.
    pub version: i64,
    pub invited_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub has_second_factor: bool,
    /// Of the sessions that are there.
    pub seen_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub sites: Vec<SiteId>,
}

impl Tx {
    /// All accounts with the sites that they are bound to.
    pub async fn colleagues(&mut self) -> Result<Vec<ColleagueRow>, StoreError> {
        let mut rows: Vec<ColleagueRow> =
            on!(self, |conn, kind| sqlx::query_as(COLLEAGUES.text(kind)).fetch_all(conn).await?);
        let bound: Vec<(ModeratorId, SiteId)> =
            on!(self, |conn, kind| sqlx::query_as(BOUND.text(kind)).fetch_all(conn).await?);
        for row in &mut rows {
            row.sites =
                bound.iter().filter(|(whose, _)| *whose == row.moderator.id).map(|(_, site)| *site).collect();
        }
        Ok(rows)
    }
}
