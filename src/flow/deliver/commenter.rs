//! Letters to commenters on their way out.

use super::Deliverer;
use crate::{
    domain::Message,
    flow::commenters::{self, Post},
    store::{Leased, Settlement, StoreError},
};

impl Deliverer {
    /// A letter to a commenter, if there is something to say that they want to hear.
    pub(super) async fn tell_commenter(
        &self,
        job: &Leased,
        message: &Message,
    ) -> Result<Settlement, StoreError> {
        match commenters::post(&self.app, job.id, message).await {
            Ok(Some(Post { letter, name, email })) => Ok(self.hand_over(job, &letter, (&name, &email)).await),
            Ok(None) => Ok(Settlement::Dropped),
            // such as an address whose key was destroyed: it would be so each time
            Err(StoreError::Corrupt(what)) => {
                tracing::error!(outbox.id = %job.id, "message {} was given up: the {what} cannot be read", job.id);
                Ok(Settlement::Dead("unreadable"))
            }
            Err(error) => Err(error),
        }
    }
}
