//! Slow mode: one client may write under one article now and then only.
//!
//! What was written is in the database, so all replicas know of it, and a restart forgets nothing. Two of one client that
//! arrive in the same moment may both pass: that is no flood.

use std::time::Duration;

use super::{Arrival, SubmitError};
use crate::{
    domain::Timestamp,
    flow::{App, breakers::first_id},
    store::Facts,
};

/// Refuses a client that wrote under the article less than so many seconds ago; 0 refuses nobody, and neither is one
/// refused whose address nobody knows.
pub(super) async fn slow(
    app: &App,
    arrival: &Arrival,
    (facts, seconds): (&Facts, u32),
    now: Timestamp,
) -> Result<(), SubmitError> {
    let (Some(article), Some(client)) = (&facts.article, &arrival.client) else { return Ok(()) };
    if seconds == 0 {
        return Ok(());
    }
    let wait = Duration::from_secs(u64::from(seconds));
    let host = app.vault.host_index(arrival.site.id, client);
    let since = first_id(now.minus(wait));
    let last = app.db.read(async |tx| tx.last_under((article.id, since), &host).await).await?;
    match last.map(|last| seconds_left(last, wait, now)) {
        None | Some(0) => Ok(()),
        Some(left) => Err(SubmitError::Slow(left)),
    }
}

/// How many seconds somebody who wrote then still has to wait, rounded up.
fn seconds_left(last: Timestamp, wait: Duration, now: Timestamp) -> u64 {
    let left = last.plus(wait).since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_rounded_up_and_ends() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let left = |ago: Duration| seconds_left(now.minus(ago), Duration::from_secs(60), now);
        assert_eq!(left(Duration::ZERO), 60);
        assert_eq!(left(Duration::from_millis(100)), 60);
        assert_eq!(left(Duration::from_millis(59_999)), 1);
        assert_eq!(left(Duration::from_secs(60)), 0);
        assert_eq!(left(Duration::from_hours(1)), 0);
    }
}
