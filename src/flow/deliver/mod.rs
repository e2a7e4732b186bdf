//! The worker: lease what is owed, deliver with nothing open, settle.
//!
//! It may die at any point: its leases run out, and the messages are free again. A message that was
//! delivered but not settled goes out once more, under the same Message-ID.

mod commenter;
mod permit;
mod settle;

use std::{
    future::pending,
    iter::Sum,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{join, join_all},
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use self::{
    permit::{Permit, permit},
    settle::{Done, Outcome, settle_all},
};
use super::{App, letters};
use crate::{
    config::{MailConfig, OutboxConfig},
    domain::{ArticleId, CommentId, Message, ModeratorId, Timestamp},
    metrics,
    notify::{Failure, Letter, Mailer, Next, Recipient, after},
    store::{Leased, Settlement, StoreError},
};

/// Conversations with the mail server at one time.
const AT_ONCE: usize = 4;
/// How long nothing goes out after the mail server refused to know us.
const PAUSE: Duration = Duration::from_mins(15);

/// Delivers what the outbox owes.
#[derive(Debug)]
pub struct Deliverer {
    app: Arc<App>,
    mailer: Mailer,
    retry: Vec<Duration>,
    patience: Duration,
    /// What is left of a lease for settling.
    margin: Duration,
    lease: Duration,
    batch: u32,
    paused_until: AtomicI64,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages that were taken up.
    pub leased: u32,
    /// Letters that were handed to the mail server, or tried to.
    pub letters: u32,
}

impl Turn {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Tried(Settlement::PutOff(_)) | Outcome::Spread { .. } => Self { leased: 1, letters: 0 },
            Outcome::Tried(_) => Self { leased: 1, letters: 1 },
            Outcome::Untouched => Self::default(),
        }
    }
}

impl Sum for Turn {
    fn sum<I: Iterator<Item = Self>>(turns: I) -> Self {
        turns.fold(Self::default(), |all, one| Self {
            leased: all.leased + one.leased,
            letters: all.letters + one.letters,
        })
    }
}

/// When a worker must end: how long after it was told conversations may still take.
#[derive(Clone, Debug)]
pub struct End {
    /// Becomes true.
    pub told: watch::Receiver<bool>,
    /// From then on.
    pub grace: Duration,
}

impl End {
    fn is_told(&self) -> bool {
        *self.told.borrow()
    }

    /// Waits until it is told; for ever when nobody can any more.
    async fn told(&mut self) {
        if self.told.wait_for(|told| *told).await.is_err() {
            pending::<()>().await;
        }
    }

    async fn is_over(&mut self) {
        self.told().await;
        sleep_until(Instant::now() + self.grace).await;
    }
}

impl Deliverer {
    /// A worker for this mailer.
    pub fn new(app: Arc<App>, mailer: Mailer, mail: &MailConfig, outbox: &OutboxConfig) -> Self {
        Self {
            margin: OutboxConfig::margin(app.db.deadline()),
            app,
            mailer,
            retry: mail.retry.clone(),
            patience: mail.timeout,
            lease: outbox.lease,
            batch: outbox.batch,
            paused_until: AtomicI64::new(i64::MIN),
        }
    }

    /// The door that letters leave by.
    pub fn mailer(&self) -> &Mailer {
        &self.mailer
    }

    /// Delivers at most `most` messages that are due now.
    pub async fn turn(&self, most: u32) -> Result<Turn, StoreError> {
        let (_tells, never) = watch::channel(false);
        self.turn_until(most, &End { told: never, grace: Duration::ZERO }).await
    }

    /// The same, until the end is told: then what was not begun is given back at once, and what is in conversation
    /// with the mail server when the grace is over.
    pub async fn turn_until(&self, most: u32, end: &End) -> Result<Turn, StoreError> {
        let now = self.app.clock.now();
        let is_paused = self.is_paused(now);
        metrics::outbox_paused("mail", is_paused);
        if is_paused || end.is_told() {
            return Ok(Turn::default());
        }
        let limit = i64::from(most.min(self.batch));
        let until = now.plus(self.lease);
        let jobs = self.app.db.write(async |tx| tx.lease(now, until, limit).await).await?;
        let lines = Semaphore::new(AT_ONCE);
        let (tells, done) = mpsc::unbounded_channel();
        let dealt_with = async {
            // so that nothing more can be told when all are done
            let tells = tells;
            join_all(jobs.iter().map(async |job| {
                let done = self.unless_ended(job, &lines, end.clone()).await?;
                let turn = Turn::of(&done.outcome);
                // it is heard until there is nobody to tell
                let _heard = tells.send(done);
                Ok(turn)
            }))
            .await
        };
        let (dealt_with, settled) = join(dealt_with, settle_all(&self.app, done)).await;
        settled?;
        dealt_with.into_iter().sum()
    }

    /// Deals with one message, a letter when a line is free.
    async fn unless_ended<'a>(
        &self,
        job: &'a Leased,
        lines: &'a Semaphore,
        mut end: End,
    ) -> Result<Done<'a>, StoreError> {
        let done = |outcome, line| Done { job, outcome, _line: line };
        if let (Some(Message::CommentWaits { comment, version }), false) = (&job.message, end.is_told()) {
            return Ok(done(Outcome::Spread { comment: *comment, version: *version }, None));
        }
        let line = tokio::select! {
            biased;
            () = end.told() => None,
            line = lines.acquire() => line.ok(),
        };
        let now = self.app.clock.now();
        // a slow server took the others' time: what is left would not be enough for a conversation
        let is_late = job.leased_until.since(now) < self.patience + self.margin;
        if line.is_none() || is_late || self.is_paused(now) {
            return Ok(done(Outcome::Untouched, None));
        }
        let settlement = tokio::select! {
            delivered = AssertUnwindSafe(self.deliver(job)).catch_unwind() => {
                // it would panic again, and take everything else with it each time
                delivered.unwrap_or(Ok(Settlement::Dead("panicked")))?
            }
            // it may have arrived: that was an attempt
            () = end.is_over() => Settlement::Again(self.app.clock.now(), "ended"),
        };
        Ok(done(Outcome::Tried(settlement), line))
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        now.micros() < self.paused_until.load(Ordering::Acquire)
    }

    /// Sends one letter.
    async fn deliver(&self, job: &Leased) -> Result<Settlement, StoreError> {
        match &job.message {
            Some(Message::ModeratorLetter { moderator }) => self.tell_of_mentions(job, *moderator).await,
            Some(Message::LetterAboutOne { comment, moderator, .. }) => {
                self.tell(job, *moderator, Some(*comment)).await
            }
            Some(Message::BreakerLetter { moderator, article, tripped_at }) => {
                self.warn(job, *moderator, (*article, *tripped_at)).await
            }
            Some(
                message @ (Message::ConfirmationLetter { .. }
                | Message::OutcomeLetter { .. }
                | Message::ReplyLetter { .. }),
            ) => self.tell_commenter(job, message).await,
            Some(Message::TestLetter { moderator }) => self.tell(job, *moderator, None).await,
            Some(Message::Invitation { moderator, invited_at }) => {
                self.invite(job, *moderator, *invited_at).await
            }
            Some(Message::CommentWaits { .. }) | None => Ok(Settlement::Dead("unreadable")),
        }
    }

    /// A letter to one moderator about what its mentions name, if it is the time for one.
    async fn tell_of_mentions(&self, job: &Leased, moderator: ModeratorId) -> Result<Settlement, StoreError> {
        let (person, closed_at) = match permit(&self.app, job, moderator).await? {
            Permit::Granted(person, closed_at) => (person, closed_at),
            Permit::Not(settlement) => return Ok(settlement),
        };
        let Some(letter) = letters::about_mentions(&self.app, (job.id, closed_at), &person).await? else {
            return Ok(Settlement::Dropped);
        };
        Ok(self.hand_over(job, &letter, (&person.name, &person.email)).await)
    }

    /// A letter to one moderator about an article that a rule took out of the usual rules, if it is the time for one.
    async fn warn(
        &self,
        job: &Leased,
        moderator: ModeratorId,
        tripped: (ArticleId, Timestamp),
    ) -> Result<Settlement, StoreError> {
        let Some(letter) = letters::breaker(&self.app, job.id, tripped).await? else {
            return Ok(Settlement::Dropped);
        };
        match permit(&self.app, job, moderator).await? {
            Permit::Granted(person, _) => {
                Ok(self.hand_over(job, &letter, (&person.name, &person.email)).await)
            }
            Permit::Not(settlement) => Ok(settlement),
        }
    }

    /// A letter to one moderator, about one comment or as a test.
    async fn tell(
        &self,
        job: &Leased,
        moderator: ModeratorId,
        comment: Option<CommentId>,
    ) -> Result<Settlement, StoreError> {
        let Some(person) = self.app.db.read(async |tx| tx.moderator(moderator).await).await? else {
            return Ok(Settlement::Dropped);
        };
        let letter = match comment {
            Some(comment) => letters::about_one(&self.app, job.id, (comment, moderator)).await?,
            None => Some(letters::test_letter(&self.app, job.id)),
        };
        let Some(letter) = letter else { return Ok(Settlement::Dropped) };
        Ok(self.hand_over(job, &letter, (&person.name, &person.email)).await)
    }

    /// A letter with the link of an invitation, unless that is over by now.
    async fn invite(
        &self,
        job: &Leased,
        moderator: ModeratorId,
        invited_at: Timestamp,
    ) -> Result<Settlement, StoreError> {
        let person = self.app.db.read(async |tx| tx.moderator(moderator).await).await?;
        let Some(person) = person else { return Ok(Settlement::Dropped) };
        let letter = letters::invitation(&self.app, job.id, (&person, invited_at)).await?;
        let Some(letter) = letter else { return Ok(Settlement::Dropped) };
        Ok(self.hand_over(job, &letter, (&person.name, &person.email)).await)
    }

    async fn hand_over(&self, job: &Leased, letter: &Letter, (name, email): (&str, &str)) -> Settlement {
        let to = Recipient { name, email };
        // the whole conversation must end while the lease is ours, or another worker would send it too
        let patience = job.leased_until.since(self.app.clock.now()).saturating_sub(self.margin);
        let sent = timeout(patience, self.mailer.send(letter, to)).await;
        match sent.unwrap_or(Err(Failure::Temporary("timeout"))) {
            Ok(()) => Settlement::Sent,
            Err(failure) => self.after(job, failure),
        }
    }

    fn after(&self, job: &Leased, failure: Failure) -> Settlement {
        let now = self.app.clock.now();
        let (id, class) = (job.id, failure.class());
        match after(failure, usize::try_from(job.attempts).unwrap_or(usize::MAX), &self.retry) {
            Next::RetryIn(wait) => {
                tracing::warn!(outbox.id = %id, outbox.attempts = job.attempts, error.class = class, "delivery of message {id} failed, will retry");
                Settlement::Again(now.plus(self.jittered(wait)), class)
            }
            Next::GiveUp => {
                tracing::error!(outbox.id = %id, outbox.attempts = job.attempts, error.class = class, "message {id} was given up; see `replydesk outbox list dead`");
                Settlement::Dead(class)
            }
            Next::PauseChannel => {
                let until = now.plus(PAUSE);
                let before = self.paused_until.fetch_max(until.micros(), Ordering::AcqRel);
                self.app.mail_pause.lasts(until);
                // the conversations beside it find out too
                if before <= now.micros() {
                    metrics::outbox_paused("mail", true);
                    tracing::error!(
                        error.class = class,
                        "the mail server refuses to know us; mail is paused for 15 minutes"
                    );
                }
                // due at once for whoever knows better: another process, or this one after a restart
                Settlement::GivenBack(now, class)
            }
        }
    }

    /// A tenth more or less, so that what failed together is not tried together.
    fn jittered(&self, wait: Duration) -> Duration {
        let [byte] = self.app.clock.random::<1>();
        wait.mul_f64(0.9 + f64::from(byte) / 255.0 * 0.2)
    }
}
