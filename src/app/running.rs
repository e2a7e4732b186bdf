use std::{
    fmt,
    fs::File,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_web::{dev::ServerHandle, web::Data};
use futures_util::future::join;
use tokio::{sync::watch, time::timeout};

use super::parts::Parts;
use crate::{
    flow::{App, deliver::Deliverer},
    http::Shared,
};

/// How long the database may take to let go, after all else has ended.
const CLOSING: Duration = Duration::from_secs(2);

/// A service that is up, and what is needed to end it.
pub struct Running {
    /// What every use case works with.
    pub app: Arc<App>,
    /// Delivers what the outbox owes; none when there is no mail door.
    pub deliverer: Option<Arc<Deliverer>>,
    /// Where readers reach it.
    pub public: Option<SocketAddr>,
    /// Where operators reach it.
    pub ops: SocketAddr,
    pub(super) shared: Data<Shared>,
    /// In the order in which they started.
    pub(super) handles: Vec<ServerHandle>,
    /// The servers and the committer, which answers them.
    pub(super) core: Parts,
    /// What goes on beside the requests; ends when `ending` says so.
    pub(super) tasks: Parts,
    pub(super) ending: watch::Sender<bool>,
    pub(super) shutdown: Duration,
    pub(super) _lock: Option<File>,
}

impl Running {
    /// The HTTP side's own state.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Waits for a part that ends by itself, which is a bug: its name. The service is good for
    /// nothing but [`Running::stop`] then.
    pub async fn loses_a_part(&mut self) -> &'static str {
        let part = tokio::select! {
            part = self.core.next_to_end() => part,
            part = self.tasks.next_to_end() => part,
        };
        tracing::error!("{part} ended by itself");
        part
    }

    /// Not ready any more, and answering for this long: until load balancers have noticed. The name
    /// of a part that was lost meanwhile is the error.
    pub async fn drains(&mut self, span: Duration) -> Result<(), &'static str> {
        self.is_not_ready();
        timeout(span, self.loses_a_part()).await.map_or(Ok(()), Err)
    }

    /// Ends it: not ready any more, what is in flight finished, everything acknowledged durable.
    pub async fn stop(mut self) {
        self.is_not_ready();
        // a receiver that is gone has ended already
        let _ = self.ending.send(true);
        let answered = async {
            // operators can look until the end
            for server in self.handles.iter().rev() {
                server.stop(true).await;
            }
        };
        if timeout(self.shutdown, join(answered, self.tasks.all_end())).await.is_err() {
            tracing::warn!("not all that was in flight ended in time");
        }
        // whoever was not answered by now never will be: what they sent is written or not, and they ask again
        drop((self.core, self.tasks));
        if timeout(CLOSING, self.app.db.close()).await.is_err() {
            tracing::warn!("the database did not let go in time");
        }
    }

    fn is_not_ready(&self) {
        self.shared.draining.store(true, Ordering::Release);
    }

    /// Every part ends as by a bug.
    #[cfg(test)]
    pub(crate) fn breaks_down(&mut self) {
        self.core.break_down();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("public", &self.public)
            .field("ops", &self.ops)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn by_default_it_ends_within_thirty_seconds() {
        let config = Config::load(None, [("", ""); 0]).unwrap();
        let whole = config.server.drain + config.server.shutdown + CLOSING;
        assert!(whole <= Duration::from_secs(30), "{whole:?}");
    }
}
