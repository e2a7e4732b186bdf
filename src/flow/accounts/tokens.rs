//! API tokens: for somebody's programs, with what these may do and until when.

use std::time::Duration;

use super::whole;
use crate::{
    domain::{Moderator, ModeratorId, Scope, Timestamp},
    flow::{App, FlowError},
    store::{NewToken, OwnToken, StoreError},
    vault::{Secret, SecretHash},
};

/// Tokens that one account may have.
pub const MOST_TOKENS: usize = 50;

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

/// Gives out a token for a moderator's programs; it is shown once, and only its hash is kept.
/// `AlreadyDecided`: there are [`MOST_TOKENS`] already.
pub async fn issue_token(app: &App, id: ModeratorId, new: &NewApiToken) -> Result<Secret, FlowError> {
    let secret = Secret::generate(&app.clock, "rd_mod_");
    let (hash, now) = (secret.hash(), app.clock.now());
    let row = NewToken {
        hash: hash.as_str(),
        moderator: id,
        name: &new.name,
        scope: new.scope,
        expires_at: now.plus(new.life),
        made_by: new.made_by,
    };
    let is_made = app
        .db
        .write(async |tx| {
            let has_room = tx.api_tokens_of(id).await?.len() < MOST_TOKENS;
            if has_room {
                tx.add_api_token(&row, now).await?;
            }
            Ok(has_room)
        })
        .await?;
    if is_made { Ok(secret) } else { Err(FlowError::AlreadyDecided) }
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

/// Withdraws the token of somebody that has this mark; `NotFound` when they have none.
pub async fn revoke_token(app: &App, id: ModeratorId, mark: &str) -> Result<(), FlowError> {
    let ended = app.db.write(async |tx| tx.end_marked_token(id, mark).await).await?;
    if ended { Ok(()) } else { Err(FlowError::NotFound) }
}

/// Withdraws all API tokens of an account.
pub async fn revoke_tokens(app: &App, id: ModeratorId) -> Result<(), FlowError> {
    Ok(app.db.write(async |tx| tx.end_api_tokens(id).await).await?)
}
