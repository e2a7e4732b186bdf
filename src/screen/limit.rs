//! How often one client may do something: GCRA (a leaky bucket without a timer) per client prefix,
//! in this process only. It runs before the body of a request is read.

use std::{
    num::NonZeroU32,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use governor::{
    NotUntil, Quota, RateLimiter, clock::Clock as TimeSource, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use crate::{
    clock::Clock,
    domain::{HostPrefix, NetworkPrefix},
};

/// How much more an IPv6 /48 may do than one /64 of it.
const NETWORK_SHARE: u32 = 8;

const WINDOW_SECONDS: u64 = 60;

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, Present, StateInformationMiddleware>;

/// A limit per minute and client prefix, with a burst of the same size.
#[derive(Debug)]
pub struct Limiter {
    policy: &'static str,
    per_minute: u32,
    hosts: Option<Tracked<HostPrefix>>,
    networks: Option<Tracked<NetworkPrefix>>,
}

/// What the limiter says about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The limit is switched off.
    Unlimited,
    /// Go on.
    Pass {
        /// Requests per minute.
        limit: u32,
        /// Requests that would pass right now.
        remaining: u32,
        /// Seconds after which the whole burst is there again, at most.
        reset_seconds: u64,
    },
    /// Answer 429.
    Refused {
        /// Requests per minute.
        limit: u32,
        /// Seconds after which one request will pass, at least 1.
        retry_after_seconds: u64,
    },
}

impl Limiter {
    /// A limit named `policy` in the headers; `per_minute` 0 switches it off. At most about
    /// `clients_tracked` prefixes are remembered, and as many IPv6 networks.
    pub fn new(policy: &'static str, per_minute: u32, clients_tracked: usize, clock: &Clock) -> Self {
        let network = per_minute.saturating_mul(NETWORK_SHARE);
        Self {
            policy,
            per_minute,
            hosts: Tracked::new(per_minute, clients_tracked, clock),
            networks: Tracked::new(network, clients_tracked, clock),
        }
    }

    /// Counts one request of this client and says whether it may go on.
    pub fn check(&self, client: &HostPrefix) -> Check {
        let (Some(hosts), Some(networks)) = (&self.hosts, &self.networks) else { return Check::Unlimited };
        // the client first: what it is refused must not use up its neighbours' share
        let left = hosts.take(client).and_then(|left| match client.shared_network() {
            Some(network) => networks.take(&network).map(|shared| left.min(shared)),
            None => Ok(left),
        });
        let limit = self.per_minute;
        match left {
            Ok(remaining) => {
                Check::Pass { limit, remaining, reset_seconds: self.refill_seconds(limit - remaining) }
            }
            Err(wait) => {
                let retry_after_seconds =
                    wait.as_micros().div_ceil(1_000_000).try_into().unwrap_or(u64::MAX).max(1);
                Check::Refused { limit, retry_after_seconds }
            }
        }
    }

    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 §3, §4), without
    /// a partition key: that would name the client. No headers when the limit is off.
    pub fn headers(&self, check: &Check) -> Option<[(&'static str, String); 2]> {
        let (limit, remaining, seconds) = match *check {
            Check::Unlimited => return None,
            Check::Pass { limit, remaining, reset_seconds } => (limit, remaining, reset_seconds),
            Check::Refused { limit, retry_after_seconds } => (limit, 0, retry_after_seconds),
        };
        let policy = self.policy;
        Some([
            ("RateLimit-Policy", format!("\"{policy}\";q={limit};w={WINDOW_SECONDS}")),
            ("RateLimit", format!("\"{policy}\";r={remaining};t={seconds}")),
        ])
    }

    fn refill_seconds(&self, used: u32) -> u64 {
        (u64::from(used) * WINDOW_SECONDS).div_ceil(u64::from(self.per_minute.max(1)))
    }
}

/// Buckets for a bounded number of keys.
#[derive(Debug)]
struct Tracked<K: Clone + Eq + std::hash::Hash> {
    quota: Quota,
    bound: usize,
    clock: Clock,
    buckets: RwLock<Buckets<K>>,
}

impl<K: Clone + Eq + std::hash::Hash> Tracked<K> {
    fn new(per_minute: u32, bound: usize, clock: &Clock) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        let buckets = RwLock::new(empty(quota, clock));
        Some(Self { quota, bound, clock: clock.clone(), buckets })
    }

    /// Takes one from the key's bucket: how many are left, or how long until there is one.
    fn take(&self, key: &K) -> Result<u32, Duration> {
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
}

fn empty<K: Clone + Eq + std::hash::Hash>(quota: Quota, clock: &Clock) -> Buckets<K> {
    RateLimiter::new(quota, DashMapStateStore::default(), Present(clock.clone()))
}

/// Our clock as governor asks for it: the time since the epoch.
#[derive(Clone, Debug)]
pub(super) struct Present(pub(super) Clock);

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
    use crate::domain::{ClientAddress, Timestamp};

    fn clock() -> Clock {
        Clock::manual(Timestamp::from_micros(1_790_000_000_000_000))
    }

    fn client(address: &str) -> HostPrefix {
        ClientAddress::parse(address).unwrap().host_prefix()
    }

    fn passes(limiter: &Limiter, address: &str) -> bool {
        matches!(limiter.check(&client(address)), Check::Pass { .. })
    }

    #[test]
    fn four_a_minute_then_one_every_fifteen_seconds() {
        let clock = clock();
        let limiter = Limiter::new("submit", 4, 1_000, &clock);
        let ann = client("203.0.113.7");
        for remaining in [3_u32, 2, 1, 0] {
            let reset_seconds = u64::from(4 - remaining) * 15;
            assert_eq!(limiter.check(&ann), Check::Pass { limit: 4, remaining, reset_seconds });
        }
        assert_eq!(limiter.check(&ann), Check::Refused { limit: 4, retry_after_seconds: 15 });
        assert!(passes(&limiter, "203.0.113.8"), "others are not concerned");
        clock.advance(Duration::from_millis(14_500));
        assert_eq!(limiter.check(&ann), Check::Refused { limit: 4, retry_after_seconds: 1 });
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(&ann), Check::Pass { limit: 4, remaining: 0, reset_seconds: 60 });
        clock.advance(Duration::from_mins(1));
        assert_eq!(limiter.check(&ann), Check::Pass { limit: 4, remaining: 3, reset_seconds: 15 });
    }

    #[test]
    fn the_headers_are_those_of_the_draft_and_name_nobody() {
        let limiter = Limiter::new("submit", 4, 10, &clock());
        let headers =
            |check| limiter.headers(&check).unwrap().map(|(name, value)| format!("{name}: {value}"));
        let policy = "RateLimit-Policy: \"submit\";q=4;w=60";
        let passed = limiter.check(&client("203.0.113.7"));
        assert_eq!(headers(passed), [policy, "RateLimit: \"submit\";r=3;t=15"]);
        let refused = Check::Refused { limit: 4, retry_after_seconds: 9 };
        assert_eq!(headers(refused), [policy, "RateLimit: \"submit\";r=0;t=9"]);
    }

    #[test]
    fn zero_switches_it_off() {
        let limiter = Limiter::new("submit", 0, 10, &clock());
        let checks: Vec<Check> = (0..100).map(|_| limiter.check(&client("203.0.113.7"))).collect();
        assert!(checks.iter().all(|check| *check == Check::Unlimited && limiter.headers(check).is_none()));
    }

    #[test]
    fn an_ipv6_network_may_do_eight_times_as_much_as_one_of_its_clients() {
        let limiter = Limiter::new("submit", 2, 1_000, &clock());
        let passed = (0..100).filter(|i| passes(&limiter, &format!("2001:db8:1:{i:x}::1"))).count();
        assert_eq!(passed, 16);
        assert!(passes(&limiter, "2001:db8:2::1"), "the next network is another one");
    }

    #[test]
    fn a_refused_client_does_not_use_up_its_neighbours_share() {
        let limiter = Limiter::new("submit", 2, 1_000, &clock());
        let passed = (0..100).filter(|_| passes(&limiter, "2001:db8:1::1")).count();
        assert_eq!((passed, passes(&limiter, "2001:db8:1:2::1")), (2, true));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_idle_are_forgotten_first() {
        let clock = clock();
        let limiter = Limiter::new("submit", 1, 100, &clock);
        let tracked = || limiter.hosts.as_ref().unwrap().buckets.read().unwrap().len();
        for i in 0..80 {
            assert!(passes(&limiter, &format!("198.51.100.{i}")));
        }
        clock.advance(Duration::from_secs(121));
        for i in 0..30 {
            assert!(passes(&limiter, &format!("203.0.113.{i}")));
        }
        assert!(tracked() <= 30 && !passes(&limiter, "203.0.113.0"), "recent ones are kept");
        for i in 0..10_000 {
            assert!(passes(&limiter, &format!("192.0.{}.{}", i / 250, i % 250)));
            assert!(tracked() <= 101, "a flood of prefixes does not grow it");
        }
    }
}
