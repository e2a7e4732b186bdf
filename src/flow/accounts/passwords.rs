//! Passwords, and how often one may be tried.

use std::time::Duration;

use super::{
    Signed,
    record::{Event, owner, record},
    second_factor::Used,
};
use crate::{
    domain::{ModeratorId, Timestamp},
    flow::{App, FlowError},
    store::{Credentials, Pace, StoreError, Tx},
    vault::{Password, Place, hash_password, verify_nothing, verify_password},
};

/// Why somebody was not let through.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The name, the password or the code is not right; which of them is not said.
    Wrong,
    /// There were too many attempts: seconds to wait.
    TooMany(u64),
    /// The database did not do what it was asked.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<FlowError> for Refusal {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Store(error) => Self::Store(error),
            _ => Self::Wrong,
        }
    }
}

/// Whether a password is that of an account; costs as much where there is none.
pub(super) async fn is_right(app: &App, stored: Option<String>, typed: String) -> Result<bool, StoreError> {
    let verify = move || match stored {
        Some(stored) => verify_password(&typed, &stored),
        None => verify_nothing(&typed),
    };
    app.hashing.run(verify).await
}

/// Hashes a new password.
pub(super) async fn hashed(app: &App, password: Password) -> Result<String, StoreError> {
    let clock = app.clock.clone();
    let hashed = app.hashing.run(move || hash_password(&password, &clock)).await?;
    hashed.map_err(|_| StoreError::Broken("hashing".to_owned()))
}

/// How attempts are paced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paced {
    /// Under one name from one client, from a device of its owner, or at the desk.
    Close,
    /// Under one name from everywhere else.
    Wide,
}

impl Paced {
    /// None when the limit is switched off.
    fn pace(self, per_hour: u32) -> Option<Pace> {
        let hour = i64::try_from(Duration::from_hours(1).as_micros()).unwrap_or(i64::MAX);
        let per_hour = i64::from(per_hour);
        match self {
            _ if per_hour == 0 => None,
            Self::Close => {
                Some(Pace { every: hour / (per_hour / 3).max(1), at_once: (per_hour / 12).max(1) })
            }
            Self::Wide => Some(Pace { every: hour / per_hour, at_once: (per_hour / 2).max(1) }),
        }
    }
}

/// Counts one attempt under each of these keys, until one says that it is one too many.
pub(super) async fn count(app: &App, keys: &[(&str, Paced)]) -> Result<(), Refusal> {
    let (now, per_hour) = (app.clock.now(), app.settings.sign_in_per_hour);
    let counted = app
        .db
        .write(async |tx| {
            for (key, paced) in keys {
                let Some(pace) = paced.pace(per_hour) else { continue };
                if let Err(until) = tx.take_attempt(key, pace, now).await? {
                    return Ok(Err(until));
                }
            }
            Ok(Ok(()))
        })
        .await?;
    counted.map_err(|until| Refusal::TooMany(seconds(until, now)))
}

fn seconds(until: Timestamp, now: Timestamp) -> u64 {
    until.since(now).as_micros().div_ceil(1_000_000).try_into().unwrap_or(u64::MAX).max(1)
}

/// Somebody who is signed in and typed the password once more.
pub(super) struct Again {
    /// Their account with what it signs in by.
    pub(super) known: Credentials,
    key: String,
}

/// Asks somebody who is signed in for the password once more, before what a stranger at their desk
/// must not do. The attempt stays counted until [`Again::forget`].
pub(super) async fn asks_again(app: &App, id: ModeratorId, typed: String) -> Result<Again, Refusal> {
    let key = app.vault.attempts(&id.to_string(), Place::Desk);
    count(app, &[(&key, Paced::Close)]).await?;
    let known = app.db.read(async |tx| tx.credentials(id).await).await?.ok_or(Refusal::Wrong)?;
    if is_right(app, known.moderator.password_hash.clone(), typed).await? {
        Ok(Again { known, key })
    } else {
        Err(Refusal::Wrong)
    }
}

impl Again {
    /// Forgets the attempts, in the transaction of what was asked for. Where codes are asked for, only
    /// one that was taken does so: else whoever has the password could guess codes without end.
    pub(super) async fn forget(&self, tx: &mut Tx, used: &Used) -> Result<(), StoreError> {
        let has_shown_all = self.known.confirmed_at.is_none() || *used != Used::Nothing;
        if has_shown_all { tx.forget_attempts(&self.key).await } else { Ok(()) }
    }
}

/// Changes somebody's own password; all their other sessions end.
pub async fn change_password(
    app: &App,
    signed: &Signed,
    (present, new): (String, Password),
) -> Result<(), Refusal> {
    let again = asks_again(app, signed.moderator.id, present).await?;
    let from = again.known.moderator.password_hash.as_deref().ok_or(Refusal::Wrong)?;
    let to = hashed(app, new).await?;
    let (id, kept, now) = (signed.moderator.id, signed.hash.as_str(), app.clock.now());
    let changed = app
        .db
        .write(async |tx| {
            let is_changed = tx.change_password(id, (from, &to), kept).await?;
            if is_changed {
                again.forget(tx, &Used::Nothing).await?;
                record(app, tx, (id, &[Event::of("set-password")]), (owner(id), now)).await?;
            }
            Ok(is_changed)
        })
        .await?;
    if changed { Ok(()) } else { Err(Refusal::Wrong) }
}
