//! Submitting a reply: the facts in one read, the verdict, and one durable write.

mod counted;
mod draft;
mod form;
mod proof;
mod traces;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

pub(super) use self::draft::{Place, finding_rows};
pub use self::form::form_token;
use self::{
    counted::count,
    draft::Draft,
    proof::{is_proven, standing},
    traces::{Traces, person},
};
use super::{App, blocks, likeness, render};
use crate::{
    domain::{ArticleRules, ClientAddress, Code, CommentId, Fault, Site, Status, Submission, Timestamp},
    metrics,
    screen::{self, Case, Check, Echo, FormToken},
    store::{Facts, FactsQuery, ParentFacts, Proof, Replay, StoreError, by},
};

/// How often it looks again when somebody else was quicker: a duplicate, the same key, a new article.
const ATTEMPTS: usize = 4;
/// How long the same text from elsewhere is remembered.
pub(super) const REPEATS: Duration = Duration::from_hours(24);

/// The circumstances of a submission.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The site it was posted to.
    pub site: Arc<Site>,
    /// Where it came from, when that is known.
    pub client: Option<ClientAddress>,
    /// The site's own backend posted it.
    pub is_backend: bool,
    /// The request's `Idempotency-Key`, 1 to 255 characters.
    pub idempotency_key: Option<String>,
    /// The token of the form, as it came.
    pub form_token: Option<String>,
    /// The program that they write with, as it calls itself; looked at, and not kept.
    pub agent: Option<String>,
    /// An earlier receipt of the same person, as it came.
    pub receipt: Option<String>,
}

/// A submission that was taken in.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The comment's id.
    pub id: CommentId,
    /// Whether readers see it already; what is held, refused by a block or spam, looks the same.
    pub published: bool,
    /// The key of its article.
    pub article: String,
    /// When it arrived.
    pub submitted_at: Timestamp,
    /// The commenter's private link: its token.
    pub receipt: String,
    /// Until when that link works.
    pub receipt_expires_at: Timestamp,
    /// The same request was answered before.
    pub replayed: bool,
    /// What the shared limits said; a repetition is not counted.
    pub check: Check,
}

/// Why a submission was not taken in.
#[derive(Clone, Debug)]
pub enum SubmitError {
    /// Fields that only the stored state can refuse.
    Invalid(Vec<Fault>),
    /// The article was taken away.
    NotFound,
    /// The article takes no comments (any more).
    Closed,
    /// Too much of it came: what the limit that is used up says.
    Limited(Check),
    /// The same person said the same here a moment ago.
    Duplicate,
    /// The same `Idempotency-Key` came with another payload.
    KeyReused,
    /// The database did not do what it was asked.
    Store(StoreError),
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Takes a submission in: durable when this returns `Ok`. One deadline is over the whole of it; what
/// comes after that may have been written all the same.
pub async fn submit(app: &App, arrival: &Arrival, submission: &Submission) -> Result<Accepted, SubmitError> {
    let until = app.db.due();
    let done = by(until, Box::pin(attempt(app, (arrival, until), submission))).await;
    metrics::submission(arrival.site.key.as_str(), outcome(&done));
    done
}

async fn attempt(
    app: &App,
    (arrival, until): (&Arrival, Instant),
    submission: &Submission,
) -> Result<Accepted, SubmitError> {
    let traces = Traces::of(app, arrival, submission);
    let mut counted = None;
    let lists = app.sites.lists(arrival.site.id);
    let links = render::links(submission.body.as_str());
    let terms = blocks::known(app, arrival.site.id);
    for _ in 0..ATTEMPTS {
        let coming = app.door.expect(until);
        let facts = look(app, arrival, submission, &traces).await?;
        match &facts.replay {
            Some(replay) if traces.payload.as_deref() == Some(replay.fingerprint.as_str()) => {
                return Ok(replayed(app, submission, replay));
            }
            Some(_) if arrival.idempotency_key.is_some() => return Err(SubmitError::KeyReused),
            // who goes back, and writes something else into the form that was sent, did nothing wrong
            Some(_) | None => {}
        }
        let policy = &arrival.site.policy;
        let known = facts.article.as_ref().map(|article| article.rules);
        let rules = known.unwrap_or_else(|| ArticleRules::unsaid(traces.now));
        admit(submission, &facts, rules.opening(policy, traces.now).is_open())?;
        let slow_seconds = rules.slow_seconds(policy, traces.now);
        // once, however often it looks again
        let said = match counted {
            Some(said) => said,
            None => *counted.insert(count(app, arrival, submission, (&facts, slow_seconds)).await?),
        };
        if facts.duplicate {
            return Err(SubmitError::Duplicate);
        }
        let joins = likeness::joins(app, (traces.likeness, traces.now), &facts.alike, None);
        let case = Case {
            body: &submission.body,
            name: Some(&submission.name),
            website: submission.website.as_ref(),
            email: Some(&submission.email),
            client: arrival.client.as_ref(),
            agent: arrival.agent.as_deref(),
            links,
            standing: standing(submission, &facts),
            trapped: submission.trapped,
            form: if facts.forms > 0 { FormToken::Reused } else { traces.form },
            echo: Echo::of(facts.repeated, joins.is_some()),
            flooded: said.is_flood,
            held: rules.holds_all(traces.now),
            blocks: blocks::about(facts.blocked, &terms).proven(is_proven(submission, &facts)),
            mode: rules.mode(policy),
            policy,
            lists: &lists,
        };
        let judged = screen::judge(&case);
        let draft = Draft { app, arrival, submission, traces: &traces, facts: &facts, joins, judged };
        let new = draft.compose()?;
        let accepted = Accepted { check: said.check, ..draft.accepted(&new) };
        let text = traces.likeness.zip(new.comment.cluster);
        match coming.accept(new).await {
            // what took the key may be over, and only waits to be swept
            Err(StoreError::Taken) => forget_keys(app, arrival, &traces).await?,
            done => {
                done?;
                app.owed.notify_one();
                if text.is_some() {
                    app.recent.keep(accepted.id, text);
                }
                if accepted.published {
                    app.pages.forget(arrival.site.id, &accepted.article);
                }
                return Ok(accepted);
            }
        }
    }
    Err(StoreError::Unavailable("submissions-collide").into())
}

/// Makes room where a key or a form is over and only waits to be swept.
async fn forget_keys(app: &App, arrival: &Arrival, traces: &Traces) -> Result<(), StoreError> {
    for key in traces.request.iter().chain(&traces.form_key) {
        app.db.write(async |tx| tx.forget_expired_key(arrival.site.id, key, traces.now).await).await?;
    }
    Ok(())
}

async fn look(
    app: &App,
    arrival: &Arrival,
    submission: &Submission,
    traces: &Traces,
) -> Result<Facts, StoreError> {
    let trust = arrival.site.policy.trust;
    let query = FactsQuery {
        site: arrival.site.id,
        article: submission.article.key.as_str(),
        parent: submission.parent,
        idempotency_key: traces.request.as_deref().or(traces.form_key.as_deref()),
        form_key: traces.form_key.as_deref(),
        duplicate_keys: [&traces.duplicates[0], &traces.duplicates[1]],
        duplicates_since: traces.now.minus(app.settings.comments.duplicate_window),
        fingerprint: traces.fingerprint,
        repeats_since: traces.now.minus(REPEATS),
        marks: &traces.marks,
        alike: likeness::sought(app, traces.likeness, traces.now),
        now: traces.now,
        proof: Proof {
            receipt: traces.receipt,
            email_index: &traces.email_index,
            reader_index: traces.reader_index.as_deref(),
            name: trust.by_name_and_address.then_some(submission.name.as_str()),
            enough: trust.approved,
        },
    };
    app.db.read(async |tx| tx.facts(&query).await).await
}

fn replayed(app: &App, submission: &Submission, replay: &Replay) -> Accepted {
    let (receipt, receipt_expires_at) = app.receipt_token(replay.comment, replay.submitted_at);
    Accepted {
        id: replay.comment,
        published: replay.status == PUBLISHED,
        article: submission.article.key.as_str().to_owned(),
        submitted_at: replay.submitted_at,
        receipt,
        receipt_expires_at,
        replayed: true,
        check: Check::Unlimited,
    }
}

/// The answers that a replay repeats, as the contract numbers them.
pub(super) const PUBLISHED: i64 = 201;
const HELD: i64 = 202;

/// What the stored state refuses.
fn admit(submission: &Submission, facts: &Facts, is_open: bool) -> Result<(), SubmitError> {
    match &facts.article {
        Some(known) if known.deleted => return Err(SubmitError::NotFound),
        Some(_) if !is_open => return Err(SubmitError::Closed),
        Some(_) => {}
        None => introduce(submission)?,
    }
    let published = |parent: &ParentFacts| parent.status == Status::Approved;
    if submission.parent.is_some() && !facts.parent.as_ref().is_some_and(published) {
        return Err(SubmitError::Invalid(vec![Fault { field: "parent", code: Code::NotPublished }]));
    }
    Ok(())
}

/// An article that nobody knows needs a URL and a title.
fn introduce(submission: &Submission) -> Result<(), SubmitError> {
    let missing = |field, is_missing: bool| is_missing.then_some(Fault { field, code: Code::UnknownArticle });
    let article = &submission.article;
    let faults: Vec<Fault> = missing("article.url", article.url.is_none())
        .into_iter()
        .chain(missing("article.title", article.title.is_none()))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(SubmitError::Invalid(faults)) }
}

fn outcome(done: &Result<Accepted, SubmitError>) -> &'static str {
    match done {
        Ok(accepted) if accepted.replayed => "replayed",
        Ok(Accepted { published: true, .. }) => "published",
        Ok(_) => "held",
        Err(SubmitError::Invalid(_)) => "invalid",
        Err(SubmitError::NotFound | SubmitError::Closed) => "closed",
        Err(SubmitError::Limited(_)) => "limited",
        Err(SubmitError::Duplicate) => "duplicate",
        Err(SubmitError::KeyReused) => "key-reused",
        Err(SubmitError::Store(_)) => "failed",
    }
}

/// Whether a request with this idempotency key was answered before.
pub async fn was_answered(app: &App, site: &Site, key: &str) -> Result<bool, StoreError> {
    let (key, now) = (app.vault.request(site.id, key), app.clock.now());
    app.db.read(async |tx| tx.knows_key(site.id, &key, now).await).await
}
