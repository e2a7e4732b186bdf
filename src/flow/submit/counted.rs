use super::{Arrival, SubmitError};
use crate::{
    domain::{ClientAddress, Submission},
    flow::{
        App,
        limits::{self, Said, Submitted},
    },
    store::Facts,
};

/// Counts it against the limits that all replicas share.
pub(super) async fn count(
    app: &App,
    arrival: &Arrival,
    submission: &Submission,
    facts: &Facts,
) -> Result<Said, SubmitError> {
    let client = arrival.client.as_ref().map(ClientAddress::host_prefix);
    // the site's own people answer as fast as they like
    let is_staff = submission.reader.as_ref().is_some_and(|reader| reader.staff);
    let submitted = Submitted {
        site: arrival.site.id,
        article: submission.article.key.as_str(),
        client: client.as_ref(),
        begins_article: facts.article.is_none() && !arrival.is_backend,
        slow_seconds: if is_staff { 0 } else { arrival.site.policy.slow_seconds },
    };
    let said = limits::submission(app, &submitted).await?;
    if said.check.retry_after().is_some() { Err(SubmitError::Limited(said.check)) } else { Ok(said) }
}
