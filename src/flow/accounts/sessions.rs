//! Who is signed in where. The database is asked at each request, so what ends is over everywhere.

use std::time::Duration;

use super::{
    record::{Event, owner, record},
    whole,
};
use crate::{
    config::SecondFactor,
    domain::{Mark, Moderator, ModeratorId, Role, Timestamp},
    flow::{App, FlowError},
    store::{OwnSession, StoreError},
    vault::SecretHash,
};

/// The use of a session is noted at most so often.
const NOTED: Duration = Duration::from_mins(1);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who.
    pub moderator: Moderator,
    /// Until when.
    pub expires_at: Timestamp,
    /// What the database keeps of the session.
    pub hash: SecretHash,
    /// They must set up a second factor before anything else.
    pub must_enrol: bool,
}

/// Whose session this is.
pub async fn of_session(app: &App, secret: &str) -> Result<Option<Signed>, FlowError> {
    let (hash, now) = (SecretHash::of(secret), app.clock.now());
    let found = app
        .db
        .snapshot(async |tx| {
            let Some(row) = tx.moderator_by_session(hash.as_str(), now).await? else { return Ok(None) };
            let must_enrol = must_have(app, row.moderator.role) && !row.has_second_factor;
            let (used_at, expires_at) = (row.used_at, row.expires_at);
            let moderator = whole(tx, row.moderator).await?;
            let signed = Signed { moderator, expires_at, hash: hash.clone(), must_enrol };
            Ok::<_, StoreError>(Some((signed, used_at)))
        })
        .await?;
    let Some((signed, used_at)) = found else { return Ok(None) };
    if now.since(used_at) >= NOTED {
        // whoever is signed in may go on without the note
        let _noted = app.db.write(async |tx| tx.use_session(hash.as_str(), now).await).await;
    }
    Ok(Some(signed))
}

/// Whether the settings ask a second factor of this role.
pub fn must_have(app: &App, role: Role) -> bool {
    match app.settings.second_factor {
        SecondFactor::None => false,
        SecondFactor::Admin => role == Role::Admin,
        SecondFactor::All => true,
    }
}

/// The sessions of somebody, the newest first.
pub async fn sessions_of(app: &App, id: ModeratorId) -> Result<Vec<OwnSession>, FlowError> {
    let now = app.clock.now();
    Ok(app.db.read(async |tx| tx.sessions_of(id, now).await).await?)
}

/// Ends a session.
pub async fn end_session(app: &App, secret: &str) -> Result<(), FlowError> {
    let hash = SecretHash::of(secret);
    Ok(app.db.write(async |tx| tx.end_session(hash.as_str()).await).await?)
}

/// Ends another session of somebody, the one that has this mark; `NotFound` when they have none.
pub async fn end_marked_session(app: &App, id: ModeratorId, mark: &Mark) -> Result<(), FlowError> {
    let now = app.clock.now();
    let ended = app
        .db
        .write(async |tx| {
            let is_ended = tx.end_marked_session(id, mark).await?;
            if is_ended {
                record(app, tx, (id, &[Event::of("end-session")]), (owner(id), now)).await?;
            }
            Ok(is_ended)
        })
        .await?;
    if ended { Ok(()) } else { Err(FlowError::NotFound) }
}

/// Ends all sessions of somebody but the one they are at.
pub async fn end_other_sessions(app: &App, signed: &Signed) -> Result<u64, FlowError> {
    let (id, kept, now) = (signed.moderator.id, signed.hash.as_str(), app.clock.now());
    let ended = app.db.write(async |tx| {
        let ended = tx.end_other_sessions(id, kept).await?;
        if ended > 0 {
            record(app, tx, (id, &[Event::of("end-other-sessions")]), (owner(id), now)).await?;
        }
        Ok(ended)
    });
    Ok(ended.await?)
}
