use std::{num::NonZeroU32, time::Duration};

use governor::Quota;

/// How much more an IPv6 /48 may do than one /64 of it.
const NETWORK_SHARE: u32 = 8;

/// How often something may be done: one each so often, and so many at once. GCRA, a leaky bucket without a
/// timer, has no other numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    every: Duration,
    at_once: NonZeroU32,
}

/// A rate with the name that it has in headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// A token of letters and hyphens.
    pub policy: &'static str,
    /// How often.
    pub rate: Rate,
}

impl Rate {
    /// So many a minute, and so many at once: as many, where `burst` is 0. Nothing for a rate of 0, which is
    /// no limit.
    pub fn per_minute(rate: u32, burst: u32) -> Option<Self> {
        let at_once = NonZeroU32::new(if burst == 0 { rate } else { burst })?;
        (rate > 0).then(|| Self { every: part(Duration::from_mins(1), rate), at_once })
    }

    /// One in so many seconds. Nothing for 0.
    pub fn once_in(seconds: u32) -> Option<Self> {
        (seconds > 0).then(|| Self { every: Duration::from_secs(seconds.into()), at_once: NonZeroU32::MIN })
    }

    /// So many times as often, and as many at once.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        let at_once = NonZeroU32::new(self.at_once().saturating_mul(factor)).unwrap_or(self.at_once);
        Self { every: part(self.every, factor), at_once }
    }

    /// What an IPv6 /48 may do when one /64 of it may do this.
    #[must_use]
    pub fn of_network(self) -> Self {
        self.times(NETWORK_SHARE)
    }

    /// The time between two, when nothing is left: whole microseconds, at least one.
    pub fn every(self) -> Duration {
        self.every
    }

    /// How many at once.
    pub fn at_once(self) -> u32 {
        self.at_once.get()
    }

    /// How far ahead of the present the moment may lie at which it is whole again, and one more still passes.
    pub fn room(self) -> Duration {
        self.every.saturating_mul(self.at_once() - 1)
    }

    /// After how many seconds so many are there again, rounded up.
    pub fn seconds_for(self, many: u32) -> u64 {
        seconds(self.every.saturating_mul(many))
    }

    /// How many are left when the last of those taken is given back after this time.
    pub fn left(self, until_whole: Duration) -> u32 {
        let taken = until_whole.as_micros().div_ceil(self.every.as_micros().max(1));
        self.at_once().saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    pub(super) fn quota(self) -> Option<Quota> {
        Some(Quota::with_period(self.every)?.allow_burst(self.at_once))
    }
}

/// Rounded up, so that a limit is never a little more than it says.
fn part(whole: Duration, parts: u32) -> Duration {
    let micros = whole.as_micros().div_ceil(u128::from(parts.max(1))).max(1);
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

/// Whole seconds, rounded up.
pub(super) fn seconds(span: Duration) -> u64 {
    u64::try_from(span.as_micros().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::burst_as_the_rate(4, 0, Some((15_000_000, 4, 60)))]
    #[case::a_larger_burst(4, 10, Some((15_000_000, 10, 150)))]
    #[case::one_at_a_time(60, 1, Some((1_000_000, 1, 1)))]
    #[case::rounded_up(7, 0, Some((8_571_429, 7, 61)))]
    #[case::the_largest(1_000_000, 0, Some((60, 1_000_000, 60)))]
    #[case::off(0, 0, None)]
    #[case::off_whatever_the_burst(0, 9, None)]
    fn so_many_a_minute(#[case] rate: u32, #[case] burst: u32, #[case] is: Option<(u128, u32, u64)>) {
        let rate = Rate::per_minute(rate, burst);
        let seen = rate.map(|it| (it.every().as_micros(), it.at_once(), it.seconds_for(it.at_once())));
        assert_eq!(seen, is);
    }

    #[test]
    fn networks_may_do_eight_times_as_much() {
        let network = Rate::per_minute(4, 6).unwrap().of_network();
        assert_eq!((network.every(), network.at_once()), (Duration::from_millis(1_875), 48));
    }

    #[test]
    fn what_is_left_is_told_by_when_it_is_whole_again() {
        let rate = Rate::per_minute(4, 0).unwrap();
        let left = |millis| rate.left(Duration::from_millis(millis));
        assert_eq!([0, 1, 15_000, 15_001, 60_000, 90_000].map(left), [4, 3, 3, 2, 0, 0]);
        let slow = Rate::once_in(30).unwrap();
        assert_eq!((slow.at_once(), slow.seconds_for(1), Rate::once_in(0)), (1, 30, None));
    }
}
