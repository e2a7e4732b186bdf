//! How often one client may do something, as this process sees it. It is asked before the body of a request
//! is read.

use std::time::Duration;

use super::{Limit, buckets::Tracked, rate::seconds};
use crate::{
    clock::Clock,
    domain::{HostPrefix, NetworkPrefix},
};

/// A limit by client prefix: IPv4 /32 or IPv6 /64, and eight times as much for an IPv6 /48.
#[derive(Debug)]
pub struct Limiter(Option<Counted>);

#[derive(Debug)]
struct Counted {
    limit: Limit,
    hosts: Tracked<HostPrefix>,
    networks: Tracked<NetworkPrefix>,
}

/// What limits say of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// There is no limit.
    Unlimited,
    /// Go on.
    Pass {
        /// The limit that is nearest.
        of: Limit,
        /// Requests that would pass right now.
        remaining: u32,
    },
    /// Answer 429.
    Refused {
        /// The limit that is used up.
        by: Limit,
        /// Seconds after which one request will pass, at least 1.
        retry_after_seconds: u64,
    },
}

impl Limiter {
    /// No limit at all where there is none. At most about `clients_tracked` prefixes are remembered, and as
    /// many IPv6 networks.
    pub fn new(limit: Option<Limit>, clients_tracked: usize, clock: &Clock) -> Self {
        Self(limit.and_then(|limit| {
            Some(Counted {
                limit,
                hosts: Tracked::new(limit.rate, clients_tracked, clock)?,
                networks: Tracked::new(limit.rate.of_network(), clients_tracked, clock)?,
            })
        }))
    }

    /// What it holds clients to.
    pub fn limit(&self) -> Option<Limit> {
        self.0.as_ref().map(|counted| counted.limit)
    }

    /// Counts one request of this client and says whether it may go on.
    pub fn check(&self, client: &HostPrefix) -> Check {
        let Some(Counted { limit, hosts, networks }) = &self.0 else { return Check::Unlimited };
        // the client first: what it is refused must not use up its neighbours' share
        let left = hosts.take(client).and_then(|left| match client.shared_network() {
            Some(network) => networks.take(&network).map(|shared| left.min(shared)),
            None => Ok(left),
        });
        Check::of(*limit, left)
    }
}

impl Check {
    /// How many are left, or how long until there is one.
    pub fn of(limit: Limit, left: Result<u32, Duration>) -> Self {
        match left {
            Ok(remaining) => Self::Pass { of: limit, remaining },
            Err(wait) => Self::Refused { by: limit, retry_after_seconds: seconds(wait).max(1) },
        }
    }

    /// Seconds to wait, when it may not go on.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Refused { retry_after_seconds, .. } => Some(*retry_after_seconds),
            Self::Pass { .. } | Self::Unlimited => None,
        }
    }

    /// The one of two that lets less through, or for longer nothing.
    #[must_use]
    pub fn tighter(self, other: Self) -> Self {
        match (&self, &other) {
            (_, Self::Unlimited) | (Self::Refused { .. }, Self::Pass { .. }) => self,
            (Self::Unlimited, _) | (Self::Pass { .. }, Self::Refused { .. }) => other,
            (Self::Pass { remaining, .. }, Self::Pass { remaining: fewer, .. }) => {
                if fewer < remaining {
                    other
                } else {
                    self
                }
            }
            (Self::Refused { .. }, Self::Refused { .. }) => {
                if other.retry_after() > self.retry_after() {
                    other
                } else {
                    self
                }
            }
        }
    }

    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 §3, §4), without
    /// a partition key: that would name the client. No headers where there is no limit.
    ///
    /// The quota is what passes at once, and the window the time in which it comes back.
    pub fn headers(&self) -> Option<[(&'static str, String); 2]> {
        let (limit, remaining, seconds) = match *self {
            Self::Unlimited => return None,
            Self::Pass { of, remaining } => {
                (of, remaining, of.rate.seconds_for(of.rate.at_once().saturating_sub(remaining)))
            }
            Self::Refused { by, retry_after_seconds } => (by, 0, retry_after_seconds),
        };
        let Limit { policy, rate } = limit;
        let (quota, window) = (rate.at_once(), rate.seconds_for(rate.at_once()));
        Some([
            ("RateLimit-Policy", format!("\"{policy}\";q={quota};w={window}")),
            ("RateLimit", format!("\"{policy}\";r={remaining};t={seconds}")),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ClientAddress, Timestamp},
        screen::Rate,
    };

    fn clock() -> Clock {
        Clock::manual(Timestamp::from_micros(1_790_000_000_000_000))
    }

    fn submit(rate: u32, burst: u32) -> Option<Limit> {
        Rate::per_minute(rate, burst).map(|rate| Limit { policy: "submit", rate })
    }

    fn client(address: &str) -> HostPrefix {
        ClientAddress::parse(address).unwrap().host_prefix()
    }

    fn passes(limiter: &Limiter, address: &str) -> bool {
        matches!(limiter.check(&client(address)), Check::Pass { .. })
    }

    #[test]
    fn four_a_minute_then_one_every_fifteen_seconds() {
        let (clock, limit) = (clock(), submit(4, 0).unwrap());
        let limiter = Limiter::new(Some(limit), 1_000, &clock);
        let ann = client("203.0.113.7");
        for remaining in [3_u32, 2, 1, 0] {
            assert_eq!(limiter.check(&ann), Check::Pass { of: limit, remaining });
        }
        let refused = |retry_after_seconds| Check::Refused { by: limit, retry_after_seconds };
        assert_eq!(limiter.check(&ann), refused(15));
        assert!(passes(&limiter, "203.0.113.8"), "others are not concerned");
        clock.advance(Duration::from_millis(14_500));
        assert_eq!(limiter.check(&ann), refused(1));
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(&ann), Check::Pass { of: limit, remaining: 0 });
        clock.advance(Duration::from_mins(1));
        assert_eq!(limiter.check(&ann), Check::Pass { of: limit, remaining: 3 });
    }

    #[test]
    fn rate_and_burst_are_two_settings() {
        let clock = clock();
        let limiter = Limiter::new(submit(4, 7), 1_000, &clock);
        let passed = || (0..100).filter(|_| passes(&limiter, "203.0.113.7")).count();
        assert_eq!(passed(), 7);
        clock.advance(Duration::from_mins(1));
        assert_eq!(passed(), 4);
    }

    #[test]
    fn the_headers_are_those_of_the_draft_and_name_nobody() {
        let limiter = Limiter::new(submit(4, 0), 10, &clock());
        let headers = |check: Check| check.headers().unwrap().map(|(name, value)| format!("{name}: {value}"));
        let policy = "RateLimit-Policy: \"submit\";q=4;w=60";
        let passed = limiter.check(&client("203.0.113.7"));
        assert_eq!(headers(passed), [policy, "RateLimit: \"submit\";r=3;t=15"]);
        let by = submit(4, 0).unwrap();
        let refused = Check::Refused { by, retry_after_seconds: 9 };
        assert_eq!(headers(refused), [policy, "RateLimit: \"submit\";r=0;t=9"]);
        let of = submit(4, 10).unwrap();
        let wider = headers(Check::Pass { of, remaining: 6 });
        assert_eq!(wider, ["RateLimit-Policy: \"submit\";q=10;w=150", "RateLimit: \"submit\";r=6;t=60"]);
    }

    #[test]
    fn of_two_the_tighter_one_is_told() {
        let of = submit(4, 0).unwrap();
        let (many, few) = (Check::Pass { of, remaining: 3 }, Check::Pass { of, remaining: 0 });
        let refused = |retry_after_seconds| Check::Refused { by: of, retry_after_seconds };
        let rising = [Check::Unlimited, many, few, refused(3), refused(9)];
        for (at, one) in rising.iter().enumerate() {
            for other in &rising[at..] {
                assert_eq!((one.tighter(*other), other.tighter(*one)), (*other, *other));
            }
        }
    }

    #[test]
    fn zero_switches_it_off() {
        let limiter = Limiter::new(submit(0, 0), 10, &clock());
        let checks: Vec<Check> = (0..100).map(|_| limiter.check(&client("203.0.113.7"))).collect();
        assert!(checks.iter().all(|check| *check == Check::Unlimited && check.headers().is_none()));
    }

    #[test]
    fn an_ipv6_network_may_do_eight_times_as_much_as_one_of_its_clients() {
        let limiter = Limiter::new(submit(2, 0), 1_000, &clock());
        let passed = (0..100).filter(|i| passes(&limiter, &format!("2001:db8:1:{i:x}::1"))).count();
        assert_eq!(passed, 16);
        assert!(passes(&limiter, "2001:db8:2::1"), "the next network is another one");
    }

    #[test]
    fn a_thousand_addresses_of_one_client_are_one() {
        let limiter = Limiter::new(submit(4, 0), 1_000, &clock());
        let passed = (0..1_000).filter(|i| passes(&limiter, &format!("2001:db8:1:2::{i:x}"))).count();
        assert_eq!(passed, 4);
    }

    #[test]
    fn ipv4_is_the_same_however_it_is_written() {
        let limiter = Limiter::new(submit(4, 0), 1_000, &clock());
        let ways = ["203.0.113.7", "::ffff:203.0.113.7", "[::ffff:cb00:7107]:80", "203.0.113.7:443"];
        let passed = (0..100).filter(|i| passes(&limiter, ways[i % ways.len()])).count();
        assert_eq!(passed, 4);
    }

    #[test]
    fn a_refused_client_does_not_use_up_its_neighbours_share() {
        let limiter = Limiter::new(submit(2, 0), 1_000, &clock());
        let passed = (0..100).filter(|_| passes(&limiter, "2001:db8:1::1")).count();
        assert_eq!((passed, passes(&limiter, "2001:db8:1:2::1")), (2, true));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_idle_are_forgotten_first() {
        let clock = clock();
        let limiter = Limiter::new(submit(1, 0), 100, &clock);
        let tracked = || limiter.0.as_ref().unwrap().hosts.tracked();
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
