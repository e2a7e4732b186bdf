//! Where this process remembers how much of a limit is used up: `governor`, with a bound on how many keys it
//! keeps.

use std::{
    collections::BTreeMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use governor::{
    NotUntil, Quota, RateLimiter, clock::Clock as TimeSource, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{Check, Limit, Rate};
use crate::clock::Clock;

type State<K> = RateLimiter<K, DashMapStateStore<K>, Present, StateInformationMiddleware>;

/// By the name of a limit and its rate.
type ByRate = BTreeMap<(&'static str, Rate), Arc<Tracked<String>>>;

/// Rates of one limit that are remembered at one time.
const RATES: usize = 16;

/// Limits by keyed values. Their rates may be settings of a site or an article, so each rate of each limit
/// has buckets of its own.
#[derive(Debug)]
pub struct Buckets {
    bound: usize,
    clock: Clock,
    by_rate: RwLock<ByRate>,
}

impl Buckets {
    /// At most about `bound` keys are remembered for each rate, and 16 rates of each limit.
    pub fn new(bound: usize, clock: &Clock) -> Self {
        Self { bound, clock: clock.clone(), by_rate: RwLock::default() }
    }

    /// Takes one of this limit from the key's bucket.
    pub fn take(&self, limit: Limit, key: &str) -> Check {
        let Some(tracked) = self.of(limit) else { return Check::Unlimited };
        Check::of(limit, tracked.take(&key.to_owned()))
    }

    fn of(&self, limit: Limit) -> Option<Arc<Tracked<String>>> {
        let (policy, rate) = (limit.policy, limit.rate);
        let known = self.by_rate.read().unwrap_or_else(PoisonError::into_inner).get(&(policy, rate)).cloned();
        if known.is_some() {
            return known;
        }
        let new = Arc::new(Tracked::new(rate, self.bound, &self.clock)?);
        let mut by_rate = self.by_rate.write().unwrap_or_else(PoisonError::into_inner);
        if by_rate.keys().filter(|(of, _)| *of == policy).count() >= RATES {
            // settings that were in force once; who was counted by one in force begins anew
            by_rate.retain(|(of, _), _| *of != policy);
        }
        Some(by_rate.entry((policy, rate)).or_insert(new).clone())
    }
}

/// Buckets for a bounded number of keys.
#[derive(Debug)]
pub(super) struct Tracked<K: Clone + Eq + Hash> {
    quota: Quota,
    bound: usize,
    clock: Clock,
    buckets: RwLock<State<K>>,
}

impl<K: Clone + Eq + Hash> Tracked<K> {
    /// Nothing for a rate that is none.
    pub(super) fn new(rate: Rate, bound: usize, clock: &Clock) -> Option<Self> {
        let quota = rate.quota()?;
        let buckets = RwLock::new(empty(quota, clock));
        Some(Self { quota, bound, clock: clock.clone(), buckets })
    }

    /// Takes one from the key's bucket: how many are left, or how long until there is one.
    pub(super) fn take(&self, key: &K) -> Result<u32, Duration> {
        let (taken, tracked) = {
            let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
            (buckets.check_key(key), buckets.len())
        };
        if tracked > self.bound {
            self.make_room();
        }
        let wait = |until: NotUntil<Duration>| until.wait_time_from(present(&self.clock));
        taken.map(|state| state.remaining_burst_capacity()).map_err(wait)
    }

    /// Forgets the keys whose bucket is full again. If more than half are left, it forgets all:
    /// whoever commands that many prefixes is not stopped by a limit per prefix (the site's limit
    /// holds those comments), and refusing newcomers instead would let them lock readers out.
    /// Half, so that the next sweep is at least that many new keys away.
    fn make_room(&self) {
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() <= self.bound {
            return; // another request has just swept
        }
        buckets.retain_recent();
        if buckets.len() > self.bound / 2 {
            *buckets = empty(self.quota, &self.clock);
        }
        buckets.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn tracked(&self) -> usize {
        self.buckets.read().unwrap().len()
    }
}

fn empty<K: Clone + Eq + Hash>(quota: Quota, clock: &Clock) -> State<K> {
    RateLimiter::new(quota, DashMapStateStore::default(), Present(clock.clone()))
}

/// Our clock as governor asks for it: the time since the epoch.
#[derive(Clone, Debug)]
struct Present(Clock);

impl TimeSource for Present {
    type Instant = Duration;

    fn now(&self) -> Duration {
        present(&self.0)
    }
}

fn present(clock: &Clock) -> Duration {
    Duration::from_micros(u64::try_from(clock.now().micros()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn clock() -> Clock {
        Clock::manual(Timestamp::from_micros(1_790_000_000_000_000))
    }

    fn passes(check: Check) -> bool {
        matches!(check, Check::Pass { .. })
    }

    #[test]
    fn keys_limits_and_rates_have_nothing_to_do_with_each_other() {
        let clock = clock();
        let buckets = Buckets::new(100, &clock);
        let limit = |policy, seconds| Limit { policy, rate: Rate::once_in(seconds).unwrap() };
        let slow = limit("slow", 30);
        assert!(passes(buckets.take(slow, "ann")));
        assert_eq!(buckets.take(slow, "ann"), Check::Refused { by: slow, retry_after_seconds: 30 });
        for (limit, key) in [(slow, "bob"), (limit("slow", 60), "ann"), (limit("other", 30), "ann")] {
            assert!(passes(buckets.take(limit, key)), "{limit:?} {key}");
        }
        clock.advance(Duration::from_secs(30));
        assert!(passes(buckets.take(slow, "ann")));
    }

    #[test]
    fn so_many_rates_are_remembered_and_other_limits_are_left_alone() {
        let buckets = Buckets::new(100, &clock());
        let limit = |policy, seconds| Limit { policy, rate: Rate::once_in(seconds).unwrap() };
        assert!(passes(buckets.take(limit("other", 1), "ann")));
        for seconds in 1..=1_000 {
            assert!(passes(buckets.take(limit("slow", seconds), "ann")));
            assert!(buckets.by_rate.read().unwrap().len() <= RATES + 1);
        }
        assert!(!passes(buckets.take(limit("other", 1), "ann")));
        assert!(!passes(buckets.take(limit("slow", 1_000), "ann")), "the latest are remembered");
    }
}
