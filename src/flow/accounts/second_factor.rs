//! The second factor: one-time codes of an app, and recovery codes for whom it is lost.

use super::{
    Signed,
    passwords::{Refusal, asks_again},
};
use crate::{
    domain::{ModeratorId, Timestamp},
    flow::{App, FlowError},
    store::{Credentials, StoreError},
    vault::{OneTimeKey, RecoveryCode},
};

/// Recovery codes given out at one time.
const CODES: usize = 10;

/// What somebody has of a second factor.
#[derive(Debug)]
pub enum Enrolment {
    /// Nothing.
    None,
    /// A key that they have yet to confirm.
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

/// What somebody has.
pub async fn enrolment(app: &App, id: ModeratorId) -> Result<Enrolment, FlowError> {
    let (known, codes) = app
        .db
        .snapshot(async |tx| Ok::<_, StoreError>((tx.credentials(id).await?, tx.recovery_codes(id).await?)))
        .await?;
    let known = known.ok_or(FlowError::NotFound)?;
    match (known.secret, known.confirmed_at) {
        (None, _) => Ok(Enrolment::None),
        (Some(_), Some(at)) => Ok(Enrolment::Confirmed(at, codes.len())),
        (Some(sealed), None) => {
            let key = app.vault.open_one_time_key(id, &sealed);
            Ok(Enrolment::Begun(key.map_err(|_| StoreError::Corrupt("second-factor"))?))
        }
    }
}

/// Makes a key, which does not count before it is confirmed. `AlreadyDecided`: one counts.
pub async fn begin_second_factor(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let key = OneTimeKey::generate(&app.clock);
    let (sealed, now) = (app.vault.seal_one_time_key(&app.clock, id, &key), app.clock.now());
    let begun = app.db.write(async |tx| tx.begin_second_factor(id, sealed.as_str(), now).await).await?;
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
    let known = asks_again(app, id, password).await?;
    let (Some(sealed), None) = (known.secret, known.confirmed_at) else { return Err(Refusal::Wrong) };
    let key = app.vault.open_one_time_key(id, &sealed).map_err(|_| StoreError::Corrupt("second-factor"))?;
    let now = app.clock.now();
    let step = key.step_of(code, now).ok_or(Refusal::Wrong)?;
    let (codes, kept) = draw(app, id);
    let confirmed = app
        .db
        .write(async |tx| {
            let is_ours = tx.confirm_second_factor(id, (&sealed, step), now).await?;
            if is_ours {
                tx.set_recovery_codes(id, &kept).await?;
                tx.end_other_sessions(id, signed.hash.as_str()).await?;
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
    let used = proved(app, id, given).await?;
    let (codes, kept) = draw(app, id);
    let done = app
        .db
        .write(async |tx| {
            let is_first = take(tx, id, &used).await?;
            if is_first {
                tx.set_recovery_codes(id, &kept).await?;
            }
            Ok(is_first)
        })
        .await?;
    if done { Ok(codes) } else { Err(Refusal::Wrong) }
}

/// Takes somebody's own second factor away. It takes password and code, as signing in does.
pub async fn stop_second_factor(app: &App, id: ModeratorId, given: (String, &str)) -> Result<(), Refusal> {
    let used = proved(app, id, given).await?;
    let done = app
        .db
        .write(async |tx| {
            let is_first = take(tx, id, &used).await?;
            if is_first {
                tx.end_second_factor(id).await?;
            }
            Ok(is_first)
        })
        .await?;
    if done { Ok(()) } else { Err(Refusal::Wrong) }
}

/// Takes the second factor of somebody away who has lost it.
pub async fn reset_second_factor(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    Ok(app.db.write(async |tx| tx.end_second_factor(id).await).await?)
}

async fn proved(app: &App, id: ModeratorId, (password, code): (String, &str)) -> Result<Used, Refusal> {
    let known = asks_again(app, id, password).await?;
    let kept = app.db.read(async |tx| tx.recovery_codes(id).await).await?;
    match read_code(app, &known, (code, &kept))? {
        Some(Used::Nothing) | None => Err(Refusal::Wrong),
        Some(used) => Ok(used),
    }
}

/// Takes a code that was right; false when somebody was first.
pub(super) async fn take(
    tx: &mut crate::store::Tx,
    id: ModeratorId,
    used: &Used,
) -> Result<bool, StoreError> {
    match used {
        Used::Nothing => Ok(true),
        Used::Step(step) => tx.take_step(id, *step).await,
        Used::Recovery(code) => tx.take_recovery_code(id, code).await,
    }
}

fn draw(app: &App, id: ModeratorId) -> (Vec<RecoveryCode>, Vec<String>) {
    let codes: Vec<RecoveryCode> = (0..CODES).map(|_| RecoveryCode::generate(&app.clock)).collect();
    let kept = codes.iter().map(|code| app.vault.keep_recovery_code(id, code)).collect();
    (codes, kept)
}
