//! The second factor: one-time codes of an app, and recovery codes for whom it is lost.

use std::time::Duration;

use super::{
    Change, Signed,
    passwords::{Again, Refusal, asks_again},
    record::{Event, owner, record},
    set,
};
use crate::{
    domain::{ModeratorId, Timestamp},
    flow::{App, FlowError},
    store::{Credentials, StoreError, Tx},
    vault::{OneTimeKey, RecoveryCode},
};

/// Recovery codes given out at one time.
const CODES: usize = 10;

/// How long a key waits to be confirmed.
const BEGUN_LIFE: Duration = Duration::from_mins(15);

/// What somebody has of a second factor.
#[derive(Debug)]
pub enum Enrolment {
    /// Nothing.
    None,
    /// A key that the session made and has yet to confirm.
    Begun(OneTimeKey),
    /// It counts, since when, and so many recovery codes are left.
    Confirmed(Timestamp, usize),
}

/// How a code was right, to be taken with the session that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Used {
    /// None is needed.
    Nothing,
    /// The one-time code of this step.
    Step(i64),
    /// This recovery code, as it is kept.
    Recovery(String),
}

/// Whether a code is right for an account; none when it is not. It is not taken by that.
pub(super) fn read_code(
    app: &App,
    known: &Credentials,
    (typed, kept): (&str, &[String]),
) -> Result<Option<Used>, StoreError> {
    let id = known.moderator.id;
    let (Some(sealed), Some(_)) = (&known.secret, known.confirmed_at) else { return Ok(Some(Used::Nothing)) };
    let key = app.vault.open_one_time_key(id, sealed).map_err(|_| StoreError::Corrupt("second-factor"))?;
    let step = key.step_of(typed, app.clock.now()).filter(|step| known.step.is_none_or(|last| last < *step));
    let recovery = app.vault.find_recovery_code(id, typed, kept);
    Ok(step.map(Used::Step).or(recovery.cloned().map(Used::Recovery)))
}

/// What somebody has, as the session they are at may see it.
pub async fn enrolment(app: &App, signed: &Signed) -> Result<Enrolment, FlowError> {
    let id = signed.moderator.id;
    let (known, codes) = app
        .db
        .snapshot(async |tx| Ok::<_, StoreError>((tx.credentials(id).await?, tx.recovery_codes(id).await?)))
        .await?;
    let known = known.ok_or(FlowError::NotFound)?;
    match (begun(app, signed, &known)?, known.confirmed_at) {
        (_, Some(at)) => Ok(Enrolment::Confirmed(at, codes.len())),
        (Some(key), None) => Ok(Enrolment::Begun(key)),
        (None, None) => Ok(Enrolment::None),
    }
}

/// The key that this session made and may still confirm. No other session is shown it: a stranger's would
/// keep it, and wait for its owner to turn it on.
fn begun(app: &App, signed: &Signed, known: &Credentials) -> Result<Option<OneTimeKey>, StoreError> {
    let (Some(sealed), Some(at), None) = (&known.secret, known.begun_at, known.confirmed_at) else {
        return Ok(None);
    };
    let is_ours = known.begun_by.as_deref() == Some(signed.hash.as_str());
    if !is_ours || app.clock.now() >= at.plus(BEGUN_LIFE) {
        return Ok(None);
    }
    let key = app.vault.open_one_time_key(signed.moderator.id, sealed);
    key.map(Some).map_err(|_| StoreError::Corrupt("second-factor"))
}

/// Makes a key, which does not count before it is confirmed, in this session and within 15 minutes.
/// `AlreadyDecided`: one counts.
pub async fn begin_second_factor(app: &App, signed: &Signed) -> Result<(), FlowError> {
    let (id, key) = (signed.moderator.id, OneTimeKey::generate(&app.clock));
    let (sealed, now) = (app.vault.seal_one_time_key(&app.clock, id, &key), app.clock.now());
    let made = (sealed.as_str(), signed.hash.as_str());
    let begun = app.db.write(async |tx| tx.begin_second_factor(id, made, now).await).await?;
    if begun { Ok(()) } else { Err(FlowError::AlreadyDecided) }
}

/// From now on the key counts: its owner has it, since they give a code of it, and is its owner, since
/// they know the password. Their other sessions end. The recovery codes, which are shown once.
pub async fn confirm_second_factor(
    app: &App,
    signed: &Signed,
    (password, code): (String, &str),
) -> Result<Vec<RecoveryCode>, Refusal> {
    let id = signed.moderator.id;
    let again = asks_again(app, id, password).await?;
    let key = begun(app, signed, &again.known)?.ok_or(Refusal::Wrong)?;
    let sealed = again.known.secret.as_deref().ok_or(Refusal::Wrong)?;
    let now = app.clock.now();
    let step = key.step_of(code, now).ok_or(Refusal::Wrong)?;
    let (codes, kept) = draw(app, id);
    let confirmed = app
        .db
        .write(async |tx| {
            // whoever signs in without a code right now does so before this, and is signed out, or not at all
            let is_ours = tx.lock_moderator(id).await?.is_some()
                && tx.confirm_second_factor(id, (sealed, step), now).await?;
            if is_ours {
                tx.set_recovery_codes(id, &kept).await?;
                tx.end_other_sessions(id, signed.hash.as_str()).await?;
                again.forget(tx, &Used::Step(step)).await?;
                record(app, tx, (id, &[Event::of("set-second-factor")]), (owner(id), now)).await?;
            }
            Ok(is_ours)
        })
        .await?;
    if confirmed { Ok(codes) } else { Err(Refusal::Wrong) }
}

/// New recovery codes in place of all that are left. It takes password and code, as signing in does.
pub async fn new_recovery_codes(
    app: &App,
    id: ModeratorId,
    given: (String, &str),
) -> Result<Vec<RecoveryCode>, Refusal> {
    let proof = having_one(prove(app, id, given).await?)?;
    let ((codes, kept), now) = (draw(app, id), app.clock.now());
    let done = app
        .db
        .write(async |tx| {
            let is_first = proof.take(tx).await?;
            if is_first {
                tx.set_recovery_codes(id, &kept).await?;
                record(app, tx, (id, &[Event::of("make-recovery-codes")]), (owner(id), now)).await?;
            }
            Ok(is_first)
        })
        .await?;
    if done { Ok(codes) } else { Err(Refusal::Wrong) }
}

/// Takes somebody's own second factor away. It takes password and code, as signing in does.
pub async fn stop_second_factor(app: &App, id: ModeratorId, given: (String, &str)) -> Result<(), Refusal> {
    let proof = having_one(prove(app, id, given).await?)?;
    let now = app.clock.now();
    let done = app
        .db
        .write(async |tx| {
            let is_first = proof.take(tx).await?;
            if is_first {
                tx.end_second_factor(id).await?;
                record(app, tx, (id, &[Event::of("end-second-factor")]), (owner(id), now)).await?;
            }
            Ok(is_first)
        })
        .await?;
    if done { Ok(()) } else { Err(Refusal::Wrong) }
}

/// Takes the second factor of somebody away who has lost it, as the command line does; their sessions end.
pub async fn reset_second_factor(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let change = Change { reset_second_factor: true, ..Change::default() };
    set(app, id, (&change, None)).await
}

/// What somebody who is signed in has proved once more: the password, and a code where one is needed.
pub(super) struct Proof {
    again: Again,
    used: Used,
}

/// Asks somebody who is signed in for password and code. Nothing is taken by that.
pub(super) async fn prove(
    app: &App,
    id: ModeratorId,
    (password, code): (String, &str),
) -> Result<Proof, Refusal> {
    let again = asks_again(app, id, password).await?;
    let kept = app.db.read(async |tx| tx.recovery_codes(id).await).await?;
    let used = read_code(app, &again.known, (code, &kept))?.ok_or(Refusal::Wrong)?;
    Ok(Proof { again, used })
}

/// Where there is no code, there is nothing to prove it by.
fn having_one(proof: Proof) -> Result<Proof, Refusal> {
    if proof.used == Used::Nothing { Err(Refusal::Wrong) } else { Ok(proof) }
}

impl Proof {
    /// Takes the code and forgets the attempts; false when somebody was first.
    pub(super) async fn take(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let is_first = take(tx, self.again.known.moderator.id, &self.used).await?;
        if is_first {
            self.again.forget(tx, &self.used).await?;
        }
        Ok(is_first)
    }
}

/// Takes a code that was right; false when somebody was first, or when one is needed by now.
pub(super) async fn take(tx: &mut Tx, id: ModeratorId, used: &Used) -> Result<bool, StoreError> {
    match used {
        Used::Nothing => Ok(tx.lock_moderator(id).await?.is_some() && !tx.has_second_factor(id).await?),
        Used::Step(step) => tx.take_step(id, *step).await,
        Used::Recovery(code) => tx.take_recovery_code(id, code).await,
    }
}

fn draw(app: &App, id: ModeratorId) -> (Vec<RecoveryCode>, Vec<String>) {
    let codes: Vec<RecoveryCode> = (0..CODES).map(|_| RecoveryCode::generate(&app.clock)).collect();
    let kept = codes.iter().map(|code| app.vault.keep_recovery_code(id, code)).collect();
    (codes, kept)
}
