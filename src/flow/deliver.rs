//! The worker: lease what is owed, deliver with nothing open, settle.
//!
//! It may die at any point: its leases run out, and the messages are free again. A message that was
//! delivered but not settled goes out once more, under the same Message-ID.

use std::{
    future::pending,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};
use tokio::{
    sync::{Mutex, Semaphore, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{App, letters};
use crate::{
    config::{MailConfig, OutboxConfig},
    domain::{CommentId, Message, ModeratorId, OutboxId, Timestamp},
    metrics,
    notify::{Failure, Mailer, Next, Recipient, after},
    store::{Kind, Leased, NewMessage, Settlement, StoreError, Tx},
};

/// Conversations with the mail server at one time.
const AT_ONCE: usize = 4;
/// What is left of a lease for settling.
const MARGIN: Duration = Duration::from_secs(5);
/// How long nothing goes out after the mail server refused to know us.
const PAUSE: Duration = Duration::from_mins(15);

/// Delivers what the outbox owes.
#[derive(Debug)]
pub struct Deliverer {
    app: Arc<App>,
    mailer: Mailer,
    retry: Vec<Duration>,
    lease: Duration,
    batch: u32,
    paused_until: AtomicI64,
    writing: Mutex<()>,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages that were taken up.
    pub leased: u32,
    /// Letters that were handed to the mail server, or tried to.
    pub letters: u32,
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
            app,
            mailer,
            retry: mail.retry.clone(),
            lease: outbox.lease,
            batch: outbox.batch,
            paused_until: AtomicI64::new(i64::MIN),
            writing: Mutex::new(()),
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
        let jobs = self.write(async |tx| tx.lease(now, until, limit).await).await?;
        let lines = Semaphore::new(AT_ONCE);
        // all of them end, also when one could not be settled
        let begun = join_all(jobs.iter().map(|job| self.unless_ended(job, &lines, end.clone()))).await;
        let begun = begun.into_iter().collect::<Result<Vec<_>, _>>()?;
        let letters: Vec<u32> = begun.into_iter().flatten().collect();
        Ok(Turn { leased: u32::try_from(letters.len()).unwrap_or(u32::MAX), letters: letters.iter().sum() })
    }

    /// Delivers one message when a line is free, and says how many letters that took; none when it was given back
    /// without a try.
    async fn unless_ended(
        &self,
        job: &Leased,
        lines: &Semaphore,
        mut end: End,
    ) -> Result<Option<u32>, StoreError> {
        let line = tokio::select! {
            biased;
            () = end.told() => None,
            line = lines.acquire() => line.ok(),
        };
        let now = self.app.clock.now();
        // a slow server took the others' time: what is left would not be enough for a conversation
        let is_late = job.leased_until.since(now) < self.lease / 2;
        if line.is_none() || is_late || self.is_paused(now) {
            return self.write(async |tx| tx.release(job).await).await.map(|_| None);
        }
        let letters = tokio::select! {
            delivered = AssertUnwindSafe(self.deliver(job)).catch_unwind() => {
                if let Ok(delivered) = delivered {
                    delivered?
                } else {
                    // it would panic again, and take everything else with it each time
                    self.settle(job, &Settlement::Dead("panicked")).await?;
                    1
                }
            }
            () = end.is_over() => {
                // it may have arrived: that was an attempt
                self.settle(job, &Settlement::Again(self.app.clock.now(), "ended")).await?;
                1
            }
        };
        Ok(Some(letters))
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        now.micros() < self.paused_until.load(Ordering::Acquire)
    }

    /// Delivers one message and settles it; how many letters that took.
    async fn deliver(&self, job: &Leased) -> Result<u32, StoreError> {
        let (settlement, letters) = match &job.message {
            Some(Message::CommentWaits { comment, version }) => {
                return self.spread(job, *comment, *version).await.map(|()| 0);
            }
            Some(Message::ModeratorLetter { comment, moderator, .. }) => {
                (self.tell(job, *moderator, Some(*comment)).await?, 1)
            }
            Some(Message::TestLetter { moderator }) => (self.tell(job, *moderator, None).await?, 1),
            None => (Settlement::Dead("unreadable"), 0),
        };
        self.settle(job, &settlement).await?;
        Ok(letters)
    }

    /// One promise becomes one letter for each moderator of the site, in one transaction.
    async fn spread(&self, job: &Leased, comment: CommentId, version: i64) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let told = self
            .write(async |tx| {
                let Some(current) = tx.current(&[comment]).await?.pop() else {
                    return tx.settle(job, &Settlement::Dropped, now).await.map(|_| None);
                };
                let moderators = tx.moderators_of(current.site).await?;
                let letters: Vec<NewMessage> = moderators
                    .iter()
                    .map(|moderator| {
                        let id = OutboxId::from(self.app.clock.id(now));
                        let message = Message::ModeratorLetter { comment, version, moderator: moderator.id };
                        NewMessage::mail(id, message, now)
                    })
                    .collect();
                // whoever lost the lease meanwhile must not spread it a second time
                if tx.settle(job, &Settlement::Sent, now).await? {
                    tx.enqueue(&letters).await?;
                }
                Ok(Some(letters.len()))
            })
            .await?;
        if told == Some(0) {
            tracing::warn!(comment.id = %comment, "comment {comment} waits, and its site has no moderator to tell");
        }
        Ok(())
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
            Some(comment) => letters::compose(&self.app, job.id, comment).await?,
            None => Some(letters::test_letter(&self.app, job.id)),
        };
        let Some(letter) = letter else { return Ok(Settlement::Dropped) };
        let to = Recipient { name: &person.name, email: &person.email };
        // the whole conversation must end while the lease is ours, or another worker would send it too
        let patience = job.leased_until.since(self.app.clock.now()).saturating_sub(MARGIN);
        let sent = timeout(patience, self.mailer.send(&letter, to)).await;
        Ok(match sent.unwrap_or(Err(Failure::Temporary("timeout"))) {
            Ok(()) => Settlement::Sent,
            Err(failure) => self.after(job, failure),
        })
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

    /// One after the other: a submission that comes meanwhile must not find all of them before it at the one
    /// writer of `SQLite`.
    async fn write<T>(&self, work: impl AsyncFn(&mut Tx) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let _turn = match self.app.db.kind() {
            Kind::Sqlite => Some(self.writing.lock().await),
            Kind::Postgres => None,
        };
        self.app.db.write(work).await
    }

    async fn settle(&self, job: &Leased, settlement: &Settlement) -> Result<(), StoreError> {
        let now: Timestamp = self.app.clock.now();
        let ours = self.write(async |tx| tx.settle(job, settlement, now).await).await?;
        if !ours {
            tracing::warn!(outbox.id = %job.id, "the lease of message {} ran out before it was settled", job.id);
        }
        Ok(())
    }
}
