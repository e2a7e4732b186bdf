//! What goes on beside each other in a process, none of which may end before it is told to.
//!
//! A part that panicked or returned leaves a service that looks alive and does half its work, so
//! whoever runs the service waits for that too, and ends it.

use std::{future::pending, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use tokio::task::JoinSet;

/// Parts on this thread; dropping them ends them where they stand.
#[derive(Debug, Default)]
pub(super) struct Parts(JoinSet<&'static str>);

impl Parts {
    /// Starts one. Its name is for the log.
    pub(super) fn start(&mut self, name: &'static str, work: impl Future<Output = ()> + 'static) {
        self.0.spawn_local(async move {
            // a panic has been told on stderr, and ends this part like a return
            let _ended = AssertUnwindSafe(work).catch_unwind().await;
            name
        });
    }

    /// The name of the next that ends; never returns when there is none.
    pub(super) async fn next_to_end(&mut self) -> &'static str {
        match self.0.join_next().await {
            Some(ended) => ended.unwrap_or("a part"),
            None => pending().await,
        }
    }

    /// Waits until all have ended.
    pub(super) async fn all_end(&mut self) {
        while self.0.join_next().await.is_some() {}
    }

    #[cfg(test)]
    pub(super) fn break_down(&mut self) {
        self.0.abort_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::block_on;

    #[test]
    fn a_part_that_returns_or_panics_is_named_and_the_others_go_on() {
        block_on(async {
            let mut parts = Parts::default();
            parts.start("the one that waits", pending());
            parts.start("the one that returns", async {});
            assert_eq!(parts.next_to_end().await, "the one that returns");
            parts.start("the one that panics", async { panic!("as it must") });
            assert_eq!(parts.next_to_end().await, "the one that panics");
            assert!(parts.next_to_end().now_or_never().is_none());
        });
    }

    #[test]
    fn where_there_are_none_none_ends() {
        block_on(async {
            let mut parts = Parts::default();
            parts.all_end().await;
            assert!(parts.next_to_end().now_or_never().is_none());
        });
    }
}
