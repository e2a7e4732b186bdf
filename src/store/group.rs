//! Concurrent submissions share a commit.
//!
//! A commit costs a sync of the disk, whatever it holds. So submissions queue here, and whoever waits
//! when the writer is free goes into one transaction. A batch that fails is written one by one, so that
//! a submission pays only for its own mistake.

use tokio::sync::{mpsc, oneshot};

use super::{Db, NewComment, StoreError};

/// Most submissions in one transaction.
const BATCH: usize = 64;
/// Most submissions that wait; more are told to come back later.
const WAITING: usize = 1024;

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// Where submissions are handed in.
#[derive(Clone, Debug)]
pub struct Doorway(mpsc::Sender<(NewComment, Answer)>);

/// The one that writes what was handed in. Somebody must run it.
#[derive(Debug)]
pub struct Committer {
    db: Db,
    waiting: mpsc::Receiver<(NewComment, Answer)>,
}

impl Doorway {
    /// A door to this database, and the committer that stands behind it.
    pub fn new(db: Db) -> (Self, Committer) {
        let (sender, waiting) = mpsc::channel(WAITING);
        (Self(sender), Committer { db, waiting })
    }

    /// Hands a submission in; durable when this returns `Ok`. `Taken`: something of it was there
    /// already, look again.
    pub async fn accept(&self, new: NewComment) -> Result<(), StoreError> {
        let (answer, written) = oneshot::channel();
        self.0.try_send((new, answer)).map_err(|_| StoreError::Unavailable("too-many-waiting"))?;
        written.await.unwrap_or(Err(StoreError::Unavailable("shutting-down")))
    }
}

impl Committer {
    /// Writes until the last doorway is gone and all that was handed in is answered.
    pub async fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH);
        while self.waiting.recv_many(&mut taken, BATCH).await > 0 {
            let (batch, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
            self.commit(batch, answers).await;
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
