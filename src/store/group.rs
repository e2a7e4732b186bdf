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

/// Where submissions are handed in.
#[derive(Clone, Debug)]
pub struct Doorway {
    sender: mpsc::Sender<(NewComment, Answer)>,
    coming: Arc<AtomicUsize>,
}

/// A submission on its way to the door; it counts until it is handed in, or given up.
#[derive(Debug)]
pub struct Coming<'a>(&'a Doorway);

/// The one that writes what was handed in. Somebody must run it.
#[derive(Debug)]
pub struct Committer {
    db: Db,
    waiting: mpsc::Receiver<(NewComment, Answer)>,
    coming: Arc<AtomicUsize>,
}

impl Doorway {
    /// A door to this database, and the committer that stands behind it.
    pub fn new(db: Db) -> (Self, Committer) {
        let (sender, waiting) = mpsc::channel(WAITING);
        let coming = Arc::new(AtomicUsize::new(0));
        (Self { sender, coming: coming.clone() }, Committer { db, waiting, coming })
    }

    /// Says that a submission is on its way, so that the writer may wait for it.
    pub fn expect(&self) -> Coming<'_> {
        self.coming.fetch_add(1, Ordering::AcqRel);
        Coming(self)
    }
}

impl Coming<'_> {
    /// Hands the submission in; durable when this returns `Ok`. `Taken`: something of it was there
    /// already, look again.
    pub async fn accept(self, new: NewComment) -> Result<(), StoreError> {
        let (answer, written) = oneshot::channel();
        let door = self.0;
        // first, or the writer would wait for the one that it has in hand
        drop(self);
        door.sender.try_send((new, answer)).map_err(|_| StoreError::Unavailable("too-many-waiting"))?;
        written.await.unwrap_or(Err(StoreError::Unavailable("shutting-down")))
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.coming.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Committer {
    /// Writes until the last doorway is gone and all that was handed in is answered.
    pub async fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH);
        while self.waiting.recv_many(&mut taken, BATCH).await > 0 {
            self.gather(&mut taken).await;
            let (batch, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
            self.commit(batch, answers).await;
        }
    }

    /// Waits a moment for those on their way, up to a full batch.
    async fn gather(&mut self, taken: &mut Vec<(NewComment, Answer)>) {
        let until = Instant::now() + GATHERING;
        while taken.len() < BATCH && self.coming.load(Ordering::Acquire) > 0 {
            let room = BATCH - taken.len();
            match timeout_at(until, self.waiting.recv_many(taken, room)).await {
                Ok(arrived) if arrived > 0 => {}
                _ => return,
            }
        }
    }

    async fn commit(&self, batch: Vec<NewComment>, answers: Vec<Answer>) {
        match self.write(&batch).await {
            Err(error) if batch.len() > 1 && !matches!(error, StoreError::Unavailable(_)) => {
                for (new, answer) in batch.iter().zip(answers) {
                    // a caller that went away has nobody to tell
                    let _ = answer.send(self.write(std::slice::from_ref(new)).await);
                }
            }
            done => {
                for answer in answers {
                    let _ = answer.send(done.clone());
                }
            }
        }
    }

    async fn write(&self, batch: &[NewComment]) -> Result<(), StoreError> {
        self.db.write(async |tx| tx.accept(batch).await).await
    }
}
