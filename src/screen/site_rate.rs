use std::{num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};

use super::limit::Present;
use crate::{clock::Clock, domain::SiteId};

type Buckets = RateLimiter<SiteId, DashMapStateStore<SiteId>, Present, NoOpMiddleware<Duration>>;

/// How many submissions a site takes a minute, over all clients, before they are held as a flood.
/// Bounded by the number of sites.
#[derive(Debug)]
pub struct SiteRate(Option<Buckets>);

impl SiteRate {
    /// `per_minute` 0 switches it off.
    pub fn new(per_minute: u32, clock: &Clock) -> Self {
        let source = Present(clock.clone());
        Self(
            NonZeroU32::new(per_minute).map(|limit| {
                RateLimiter::new(Quota::per_minute(limit), DashMapStateStore::default(), source)
            }),
        )
    }

    /// Counts one submission; whether it is one too many.
    pub fn is_flooded(&self, site: SiteId) -> bool {
        self.0.as_ref().is_some_and(|buckets| buckets.check_key(&site).is_err())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn each_site_has_its_own_rate() {
        let clock = Clock::manual(Timestamp::from_micros(1_790_000_000_000_000));
        let rate = SiteRate::new(2, &clock);
        let (one, other) = (SiteId::from(Uuid::from_u128(1)), SiteId::from(Uuid::from_u128(2)));
        assert_eq!([rate.is_flooded(one), rate.is_flooded(one), rate.is_flooded(one)], [false, false, true]);
        assert!(!rate.is_flooded(other));
        clock.advance(Duration::from_secs(30));
        assert!(!rate.is_flooded(one));
        assert!(!SiteRate::new(0, &clock).is_flooded(one));
    }
}
