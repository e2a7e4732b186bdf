//! All that say nearly the same, decided at once: the form above their list, and what it does.

use actix_web::HttpResponse;

use super::{
    act::Sent,
    flash::Said,
    pages::Canned,
    search::{self, Filters},
    see,
    session::Session,
};
use crate::{
    domain::{Code, Fault},
    flow::{
        App, FlowError,
        batch::{self, BatchError, Expected},
        moderate::Outcome,
    },
    http::{error::ApiError, query::Query},
};

/// Posts `decision`, `csrf`, `next`, `all` and `expect`, and perhaps `reason` and `reason_code`.
#[derive(Clone, Debug)]
pub struct WholeForm {
    /// The CSRF token.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
    /// The list, as its address names it.
    pub all: String,
    /// How many wait in it.
    pub count: usize,
    /// The canned reasons for a rejection that every site on the page has.
    pub reasons: Vec<Canned>,
}

/// How many comments a list has, on all of its pages; none when they are too many to be decided at once.
pub async fn count(app: &App, session: &Session, filters: &Filters) -> Result<Option<usize>, FlowError> {
    let Ok(wanted) = filters.wanted() else { return Ok(None) };
    batch::count(app, &session.moderator, &wanted).await
}

impl WholeForm {
    /// For a list of comments that say nearly the same; not for one alone, which has its own buttons.
    pub fn of(
        session: &Session,
        (filters, here): (&Filters, &str),
        count: usize,
        reasons: Vec<Canned>,
    ) -> Option<Self> {
        let address = filters.address("waiting");
        let (_, all) = address.split_once('?')?;
        let (csrf, next) = (session.csrf.clone(), here.to_owned());
        (count > 1).then(|| Self { csrf, next, all: all.to_owned(), count, reasons })
    }
}

/// Decides on all of a list, if they are as many as on the page that was seen.
pub async fn decide(app: &App, sent: &Sent, all: &str) -> Result<HttpResponse, ApiError> {
    let filters = Filters::of(&Query::read(all, &search::MEMBERS)?, true)?;
    // whatever is sent, it is not the whole queue
    if filters.cluster.is_none() {
        return Err(ApiError::Malformed);
    }
    let wanted =
        filters.wanted().map_err(|code: Code| ApiError::Validation(vec![Fault { field: "all", code }]))?;
    let count = sent.form.get("expect").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let ruling = sent.ruling(app)?;
    let said = match batch::decide_listed(app, (&wanted, Expected { count, slack: 0 }), &ruling).await {
        Ok(batch) => {
            let outcomes: Vec<Outcome> = batch.results.into_iter().map(|(_, outcome)| outcome).collect();
            Said::decided_many(ruling.action, batch.id.to_string(), &outcomes).leaving(batch.left)
        }
        Err(BatchError::Moved(_) | BatchError::TooWide) => Said::others_came(),
        Err(BatchError::Flow(error)) => return Err(error.into()),
    };
    Ok(see(&said.at(sent.next())))
}
