//! API tokens: for somebody's programs, with what these may do and until when.

use std::time::Duration;

use super::{
    passwords::Refusal,
    record::{COMMAND, Event, owner, record},
    second_factor::prove,
    whole,
};
use crate::{
    domain::{Mark, Moderator, ModeratorId, Scope, Timestamp},
    flow::{App, FlowError},
    store::{NewToken, OwnToken, StoreError, Tx},
    vault::{Secret, SecretHash},
};

/// Tokens that one account may have.
pub const MOST_TOKENS: usize = 50;

/// What a token begins with, so that whoever finds one knows what it is.
const PREFIX: &str = "rd_mod_";

/// The use of a token is noted at most so often.
const NOTED: Duration = Duration::from_hours(1);

/// A token to be given out.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// How long.
    pub life: Duration,
    /// Who makes it; none for the command line.
    pub made_by: Option<ModeratorId>,
}

/// A program that acts for somebody.
#[derive(Clone, Debug)]
pub struct Program {
    /// For whom.
    pub moderator: Moderator,
    /// What it may do.
    pub scope: Scope,
    /// Until when, when there is an end.
    pub expires_at: Option<Timestamp>,
}

/// Gives out a token for a moderator's programs, as the command line does; it is shown once, and only its
/// hash is kept. `AlreadyDecided`: there are [`MOST_TOKENS`] already. `NotFound`: the account was removed.
pub async fn issue_token(app: &App, id: ModeratorId, new: &NewApiToken) -> Result<Secret, FlowError> {
    let secret = Secret::generate(&app.clock, PREFIX);
    let made = app.db.write(async |tx| keep(app, tx, (id, new, &secret.hash())).await).await?;
    made.map(|()| secret)
}

/// Gives somebody who is signed in a token for their own programs: it takes the password, and a code where
/// one is needed to sign in. None when they have [`MOST_TOKENS`] already; the code stays good then.
pub async fn issue_own_token(
    app: &App,
    id: ModeratorId,
    (new, given): (&NewApiToken, (String, &str)),
) -> Result<Option<Secret>, Refusal> {
    let proof = prove(app, id, given).await?;
    let secret = Secret::generate(&app.clock, PREFIX);
    let made = app
        .db
        .write(async |tx| {
            let made = keep(app, tx, (id, new, &secret.hash())).await?;
            // nothing of it happened when the code was taken meanwhile
            if made.is_ok() && !proof.take(tx).await? {
                return Err(StoreError::Taken);
            }
            Ok(made)
        })
        .await;
    match made {
        Ok(Ok(())) => Ok(Some(secret)),
        Ok(Err(FlowError::AlreadyDecided)) => Ok(None),
        Ok(Err(_)) | Err(StoreError::Taken) => Err(Refusal::Wrong),
        Err(error) => Err(error.into()),
    }
}

/// Keeps a token, unless the account was removed or has as many as it may.
async fn keep(
    app: &App,
    tx: &mut Tx,
    (id, new, hash): (ModeratorId, &NewApiToken, &SecretHash),
) -> Result<Result<(), FlowError>, StoreError> {
    if tx.lock_moderator(id).await?.is_none() {
        return Ok(Err(FlowError::NotFound));
    }
    if tx.api_tokens_of(id).await?.len() >= MOST_TOKENS {
        return Ok(Err(FlowError::AlreadyDecided));
    }
    let now = app.clock.now();
    let row = NewToken {
        hash: hash.as_str(),
        moderator: id,
        name: &new.name,
        scope: new.scope,
        expires_at: now.plus(new.life),
        made_by: new.made_by,
    };
    tx.add_api_token(&row, now).await?;
    let author = new.made_by.map_or(COMMAND, owner);
    record(app, tx, (id, &[Event::telling("issue-token", new.scope.name().to_owned())]), (author, now))
        .await?;
    Ok(Ok(()))
}

/// Whose API token this is; none for one that has expired.
pub async fn of_token(app: &App, raw: &str) -> Result<Option<Program>, FlowError> {
    let (hash, now) = (SecretHash::of(raw), app.clock.now());
    let found = app
        .db
        .snapshot(async |tx| {
            let Some(row) = tx.moderator_by_token(hash.as_str(), now).await? else { return Ok(None) };
            let (scope, expires_at, used_at) = (row.scope, row.expires_at, row.used_at);
            let program = Program { moderator: whole(tx, row.moderator).await?, scope, expires_at };
            Ok::<_, StoreError>(Some((program, used_at)))
        })
        .await?;
    let Some((program, used_at)) = found else { return Ok(None) };
    if used_at.is_none_or(|used_at| now.since(used_at) >= NOTED) {
        // the program may go on without the note
        let _noted = app.db.write(async |tx| tx.use_api_token(hash.as_str(), now).await).await;
    }
    Ok(Some(program))
}

/// The tokens of somebody, the newest first.
pub async fn tokens_of(app: &App, id: ModeratorId) -> Result<Vec<OwnToken>, FlowError> {
    Ok(app.db.read(async |tx| tx.api_tokens_of(id).await).await?)
}

/// Withdraws the token of somebody that has this mark; `NotFound` when they have none. Its owner does so
/// themself, or the command line.
pub async fn revoke_token(
    app: &App,
    (id, mark): (ModeratorId, &Mark),
    is_owner: bool,
) -> Result<(), FlowError> {
    let (author, now) = (if is_owner { owner(id) } else { COMMAND }, app.clock.now());
    let ended = app
        .db
        .write(async |tx| {
            let is_ended = tx.end_marked_token(id, mark).await?;
            if is_ended {
                record(app, tx, (id, &[Event::of("revoke-token")]), (author, now)).await?;
            }
            Ok(is_ended)
        })
        .await?;
    if ended { Ok(()) } else { Err(FlowError::NotFound) }
}

/// Withdraws all API tokens of an account, as the command line does.
pub async fn revoke_tokens(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let ended = app.db.write(async |tx| {
        tx.end_api_tokens(id).await?;
        record(app, tx, (id, &[Event::of("revoke-tokens")]), (COMMAND, now)).await
    });
    Ok(ended.await?)
}
