//! What operators do with messages that are owed or were given up.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::OutboxId,
    store::{StoreError, Tx},
};

/// Makes a message due at once that is owed or was given up; `NotFound`: there is none such.
pub async fn retry(app: &App, id: OutboxId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let done = app
        .db
        .write(async |tx| {
            let is_done = tx.retry_message(id, now).await?;
            if is_done { record(app, tx, (id, "retry")).await.map(|()| true) } else { Ok(false) }
        })
        .await?;
    if done { Ok(()) } else { Err(FlowError::NotFound) }
}

/// Gives a message up that is owed or dead; `NotFound`: there is none such.
pub async fn drop_message(app: &App, id: OutboxId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let done = app
        .db
        .write(async |tx| {
            let is_done = tx.drop_message(id, now).await?;
            if is_done { record(app, tx, (id, "drop")).await.map(|()| true) } else { Ok(false) }
        })
        .await?;
    if done { Ok(()) } else { Err(FlowError::NotFound) }
}

/// The command line alone does so.
async fn record(app: &App, tx: &mut Tx, (id, action): (OutboxId, &'static str)) -> Result<(), StoreError> {
    let object = Object { kind: "message", id: id.uuid(), site: None };
    let author = Author { moderator: None, via: "cli" };
    audit::record(app, tx, &[NewEntry::new(app, app.clock.now(), (object, action, author))]).await
}
