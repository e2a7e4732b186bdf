//! The token of a form: given out when it is rendered, and read when it is posted. It is kept nowhere; its name stands in
//! place of the key by which a repeated request is known.

use std::time::Duration;

use uuid::Uuid;

use super::Arrival;
use crate::{
    domain::{Form, Site, Submission, Timestamp},
    flow::App,
    screen::FormToken,
    vault::{Token, TokenError, TokenPurpose},
};

/// A token for a form of this site, and until when it is good.
pub fn form_token(app: &App, site: &Site) -> (String, Timestamp) {
    let now = app.clock.now();
    let expires = now.plus(Duration::from_mins(site.policy.form.max_minutes.into()));
    let token = Token {
        purpose: TokenPurpose::Form,
        object: Uuid::from_bytes(app.clock.random()),
        version: now.micros(),
        recipient: Some(site.id.uuid()),
        expires,
    };
    (app.vault.mint(&token), expires)
}

/// What the form of a browser carried, and the name that it was given out under.
pub(super) fn read(
    app: &App,
    arrival: &Arrival,
    submission: &Submission,
    now: Timestamp,
) -> (FormToken, Option<Uuid>) {
    if submission.form == Form::Api {
        return (FormToken::NotAsked, None);
    }
    let Some(raw) = &arrival.form_token else { return (FormToken::Missing, None) };
    let is_ours = |token: &Token| token.recipient == Some(arrival.site.id.uuid());
    match app.vault.verify(TokenPurpose::Form, raw, now) {
        Ok(token) if is_ours(&token) => {
            let age = now.since(Timestamp::from_micros(token.version));
            (FormToken::Aged(age), Some(token.object))
        }
        Err(TokenError::Expired(token)) if is_ours(&token) => (FormToken::Late, Some(token.object)),
        Ok(_) | Err(_) => (FormToken::Forged, None),
    }
}
