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
        let post = commenters::post(&self.app, (job.id, job.attempts), message).await?;
        let Some(Post { letter, name, email }) = post else { return Ok(Settlement::Dropped) };
        Ok(self.hand_over(job, &letter, (&name, &email)).await)
    }
}
