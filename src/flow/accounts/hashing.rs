//! How many passwords are hashed at one time. Each takes 19 MiB and a core for tens of milliseconds, and
//! a stranger can ask for it: without a bound, a flood of attempts would take all memory there is.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use tokio::{sync::Semaphore, time::timeout};

use crate::store::StoreError;

/// How long an attempt waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The places in which passwords are hashed and compared: two for each core.
#[derive(Debug)]
pub struct Hashing {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::new(2 * available_parallelism().map_or(1, usize::from), PATIENCE)
    }
}

impl Hashing {
    /// So many places, and how long one is waited for.
    pub fn new(places: usize, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), patience }
    }

    /// The places, so that a test can take them all.
    pub fn places(&self) -> &Arc<Semaphore> {
        &self.places
    }

    /// Does this on a thread beside those that answer requests, when there is a place; `Unavailable` when
    /// none is free in time. The place is taken until the work is done, also when nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(StoreError::Unavailable("hashing"))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(|_| StoreError::Broken("hashing".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_no_place_in_time_is_sent_away_and_places_come_back() {
        let hashing = Hashing::new(1, Duration::ZERO);
        assert_eq!(hashing.run(|| 7).await.unwrap(), 7);
        let taken = Arc::clone(hashing.places()).acquire_owned().await.unwrap();
        assert!(matches!(hashing.run(|| 7).await, Err(StoreError::Unavailable("hashing"))));
        drop(taken);
        assert_eq!(hashing.run(|| 8).await.unwrap(), 8);
    }
}
