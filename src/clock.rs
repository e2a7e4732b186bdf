//! The one place that asks the system for the time, for identifiers and for randomness.
//!
//! Everything else takes a [`Clock`], so that a test can stop time, move it by hand and
//! repeat a run to the byte. The composition root makes one and shares it.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use uuid::Uuid;

use crate::domain::Timestamp;

/// Source of the present, of identifiers and of random bytes.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock and the operating system's random numbers.
    System,
    /// Time that moves only by [`Clock::advance`], and a counted sequence in place of chance.
    Manual(Arc<Manual>),
}

/// The state of a clock that a test moves by hand.
#[derive(Debug)]
pub struct Manual {
    micros: AtomicI64,
    drawn: AtomicU64,
}

impl Clock {
    /// A clock that stands still at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(Manual { micros: AtomicI64::new(start.micros()), drawn: AtomicU64::new(0) }))
    }

    /// The present, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Manual(manual) => Timestamp::from_micros(manual.micros.load(Ordering::Acquire)),
        }
    }

    /// Moves a manual clock forward; the system's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(manual) = self {
            let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            manual.micros.fetch_add(micros, Ordering::AcqRel);
        }
    }

    /// A time-ordered identifier (UUIDv7, RFC 9562 §5.7): 48 bits of milliseconds, 12 bits of the
    /// fraction of the millisecond (§6.2, method 3), 62 random bits.
    pub fn id(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros().div_euclid(1000)).unwrap_or_default();
        let fraction = now.micros().rem_euclid(1000) * 4096 / 1000;
        let [high, low] = u16::try_from(fraction).unwrap_or_default().to_be_bytes();
        let mut random: [u8; 10] = match self {
            Self::System => pooled_random(),
            Self::Manual(_) => self.random(),
        };
        random[0] = high;
        random[1] = low;
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Bytes nobody can guess: keys, nonces, secrets.
    ///
    /// # Panics
    /// When the operating system cannot give random bytes: nothing here may go on without them.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => system_random(&mut bytes),
            Self::Manual(manual) => manual.fill(&mut bytes),
        }
        bytes
    }
}

impl Manual {
    /// SplitMix64 over a counter: distinct and repeatable, never secret.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.drawn.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::AcqRel);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system for randomness")]
#[expect(clippy::expect_used, reason = "without randomness there are no secrets: stop")]
fn system_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// Random bytes for identifiers, which every request has: fetched for many of them at a time, and given out once. What
/// must stay secret is not taken from here, since it would lie in memory before it is wanted.
fn pooled_random<const N: usize>() -> [u8; N] {
    const POOL: usize = 1024;
    thread_local! {
        static LEFT: RefCell<(usize, [u8; POOL])> = const { RefCell::new((0, [0; POOL])) };
    }
    LEFT.with_borrow_mut(|(left, pool)| {
        if *left < N {
            system_random(pool);
            *left = POOL;
        }
        *left -= N;
        let mut bytes = [0; N];
        bytes.copy_from_slice(&pool[*left..*left + N]);
        bytes
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_sort_by_time_to_the_microsecond() {
        let clock = Clock::manual(Timestamp::from_micros(1_790_000_000_000_000));
        let ids: Vec<Uuid> = (0..2_000)
            .map(|_| {
                clock.advance(Duration::from_micros(1));
                clock.id(clock.now())
            })
            .collect();
        assert!(ids.is_sorted() && ids[0].get_version_num() == 7);
    }

    #[test]
    fn no_two_ids_are_alike_on_whichever_thread() {
        let now = Clock::System.now();
        let made = move || (0..5_000).map(|_| Clock::System.id(now)).collect::<Vec<Uuid>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(made)).collect();
        let ids: Vec<Uuid> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 20_000);
    }

    #[test]
    fn a_manual_clock_stands_still_and_repeats_itself() {
        let start = Timestamp::from_micros(5);
        let (one, two) = (Clock::manual(start), Clock::manual(start));
        assert_eq!((one.now(), one.random::<16>()), (two.now(), two.random::<16>()));
        assert_ne!(one.random::<16>(), one.random::<16>());
    }
}
