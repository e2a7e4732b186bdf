//! Concurrent submissions share a commit.
//!
//! A commit costs a sync of the disk, whatever it holds. So submissions queue here, and whoever waits
//! when the writer is free goes into one transaction, with those who are known to be on their way. A
//! batch that fails is written one by one, so that a submission pays only for its own mistake.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::{Db, NewComment, StoreError};

/// Most submissions in one transaction.
const BATCH: usize = 64;
/// Most submissions that wait; more are told to come back later.
const WAITING: usize = 1024;

/// How long the writer waits for those on their way. Without it, batches stay as small as the time of
/// one commit, and each of them costs a whole one; alone, nobody waits.
const GATHERING: Duration = Duration::from_millis(3);

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// A submission that was handed in, and who waits for it until when.
#[derive(Debug)]
struct Waiting {
    new: NewComment,
    until: Instant,
    answer: Answer,
}

/// Where submissions are handed in.
#[derive(Clone, Debug)]
pub struct Doorway {
    sender: mpsc::Sender<Waiting>,
    coming: Arc<AtomicUsize>,
}

/// A submission on its way to the door; it counts until it is handed in, or given up.
#[derive(Debug)]
pub struct Coming<'a> {
    door: &'a Doorway,
    until: Instant,
}

/// The one that writes what was handed in. Somebody must run it.
#[derive(Debug)]
pub struct Committer {
    db: Db,
    waiting: mpsc::Receiver<Waiting>,
    coming: Arc<AtomicUsize>,
}

impl Doorway {
    /// A door to this database, and the committer that stands behind it.
    pub fn new(db: Db) -> (Self, Committer) {
        let (sender, waiting) = mpsc::channel(WAITING);
        let coming = Arc::new(AtomicUsize::new(0));
        (Self { sender, coming: coming.clone() }, Committer { db, waiting, coming })
    }

    /// Says that a submission is on its way, so that the writer may wait for it. Nobody waits for its end
    /// longer than `until`.
    pub fn expect(&self, until: Instant) -> Coming<'_> {
        self.coming.fetch_add(1, Ordering::AcqRel);
        Coming { door: self, until }
    }
}

impl Coming<'_> {
    /// Hands the submission in; durable when this returns `Ok`. `Taken`: something of it was there
    /// already, look again.
    pub async fn accept(self, new: NewComment) -> Result<(), StoreError> {
        let (answer, written) = oneshot::channel();
        let (door, until) = (self.door, self.until);
        // first, or the writer would wait for the one that it has in hand
        drop(self);
        let waiting = Waiting { new, until, answer };
        door.sender.try_send(waiting).map_err(|_| StoreError::Unavailable("too-many-waiting"))?;
        written.await.unwrap_or(Err(StoreError::Unavailable("shutting-down")))
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.door.coming.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Committer {
    /// Writes until the last doorway is gone and all that was handed in is answered.
    pub async fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH);
        while self.waiting.recv_many(&mut taken, BATCH).await > 0 {
            self.gather(&mut taken).await;
            // who was told already that it took too long will come again
            let (batch, answers) =
                taken.drain(..).filter(|waiting| !waiting.answer.is_closed()).map(Waiting::parts).unzip();
            self.commit(batch, answers).await;
        }
    }

    /// Waits a moment for those on their way, up to a full batch.
    async fn gather(&mut self, taken: &mut Vec<Waiting>) {
        let until = Instant::now() + GATHERING;
        while taken.len() < BATCH && self.coming.load(Ordering::Acquire) > 0 {
            let room = BATCH - taken.len();
            match timeout_at(until, self.waiting.recv_many(taken, room)).await {
                Ok(arrived) if arrived > 0 => {}
                _ => return,
            }
        }
    }

    async fn commit(&self, batch: Vec<NewComment>, answers: Vec<(Instant, Answer)>) {
        let Some(latest) = answers.iter().map(|(until, _)| *until).max() else { return };
        match self.write(&batch, latest).await {
            Err(error) if batch.len() > 1 && !matches!(error, StoreError::Unavailable(_)) => {
                for (new, (until, answer)) in batch.iter().zip(answers) {
                    // a caller that went away has nobody to tell
                    let _ = answer.send(self.write(std::slice::from_ref(new), until).await);
                }
            }
            done => {
                for (_, answer) in answers {
                    let _ = answer.send(done.clone());
                }
            }
        }
    }

    async fn write(&self, batch: &[NewComment], until: Instant) -> Result<(), StoreError> {
        self.db.write_until(until, async |tx| tx.accept(batch).await).await
    }
}

impl Waiting {
    fn parts(self) -> (NewComment, (Instant, Answer)) {
        (self.new, (self.until, self.answer))
    }
}
