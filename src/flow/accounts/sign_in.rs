//! Signing in: name, password and, for whom has a second factor, a code. Whatever is wrong, the answer
//! is the same, and so is the work.
//!
//! Guessing is slowed down by name, and nobody can be locked out by it: a browser that has signed in
//! before shows a cookie that says so, and is counted apart from all that have not (OWASP, "Slow Down
//! Online Guessing Attacks with Device Cookies").

use std::time::Duration;

use uuid::Uuid;

use super::{
    passwords::{Paced, Refusal, count, is_right},
    second_factor::{Used, read_code, take},
    sign_in_name,
};
use crate::{
    domain::{ClientAddress, ModeratorId, Timestamp},
    flow::App,
    store::{Credentials, NewSession, StoreError},
    vault::{Place, Secret, SecretHash, Token, TokenPurpose},
};

/// How long a device is known that nobody signs in with.
const DEVICE_LIFE: Duration = Duration::from_hours(365 * 24);

/// Sessions that one account may have at a time; the oldest ends for the next.
const MOST_SESSIONS: i64 = 50;

/// Somebody who tries to sign in.
pub struct Attempt<'a> {
    /// The name that was typed.
    pub name: &'a str,
    /// The password that was typed.
    pub password: String,
    /// The code that was typed; empty for none.
    pub code: &'a str,
    /// Where from.
    pub client: &'a ClientAddress,
    /// What the browser shows of earlier times.
    pub device: Option<Device>,
    /// What kind of browser, in words of ours.
    pub browser: &'a str,
    /// The secret of the session that the browser shows, which a new one takes the place of.
    pub session: Option<&'a str>,
    /// The client has tried too often, whatever the names: seconds to wait. A device that is known
    /// under the name is let through.
    pub over: Option<u64>,
}

/// A browser that somebody signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    id: Uuid,
    whose: Uuid,
}

/// Somebody who signed in.
#[derive(Debug)]
pub struct Entered {
    /// The secret of the session, for a cookie.
    pub secret: Secret,
    /// Who.
    pub moderator: ModeratorId,
    /// Until when.
    pub expires_at: Timestamp,
    /// What the browser may show the next time, for a cookie.
    pub device: String,
    /// How long that cookie lives.
    pub device_life: Duration,
}

/// The device that a cookie names; none when it is not genuine or too old.
pub fn device_of(app: &App, cookie: &str) -> Option<Device> {
    let token = app.vault.verify(TokenPurpose::Device, cookie, app.clock.now()).ok()?;
    Some(Device { id: token.object, whose: token.recipient? })
}

/// Signs somebody in.
pub async fn sign_in(app: &App, attempt: Attempt<'_>) -> Result<Entered, Refusal> {
    let name = sign_in_name(attempt.name).unwrap_or_default();
    let (known, kept) = app
        .db
        .snapshot(async |tx| {
            let known = tx.credentials_by_name(&name).await?;
            Ok::<_, StoreError>((known, tx.recovery_codes_by_name(&name).await?))
        })
        .await?;
    let typed = attempt.name.trim().to_lowercase();
    let key = counted(app, &attempt, (&typed, known.as_ref())).await?;
    let used =
        known.as_ref().map(|known| read_code(app, known, (attempt.code, &kept))).transpose()?.flatten();
    let hash = known.as_ref().and_then(|known| known.moderator.password_hash.clone());
    let is_right = is_right(app, hash.clone(), attempt.password).await?;
    match (known, used, hash) {
        (Some(known), Some(used), Some(hash)) if is_right => {
            let at = Browser { words: attempt.browser, shown: attempt.session };
            enter(app, (known.moderator.id, &hash), (&used, &key, at)).await
        }
        _ => Err(Refusal::Wrong),
    }
}

/// Counts the attempt; the key that is forgotten when it was right.
async fn counted(
    app: &App,
    attempt: &Attempt<'_>,
    (name, known): (&str, Option<&Credentials>),
) -> Result<String, Refusal> {
    let whose = known.map(|known| known.moderator.id.uuid());
    let device = attempt.device.filter(|device| Some(device.whose) == whose);
    if let Some(device) = device {
        let key = app.vault.attempts(name, Place::Device(device.id));
        count(app, &[(&key, Paced::Close)]).await?;
        return Ok(key);
    }
    if let Some(seconds) = attempt.over {
        return Err(Refusal::TooMany(seconds));
    }
    let key = app.vault.attempts(name, Place::Client(attempt.client));
    let anywhere = app.vault.attempts(name, Place::Anywhere);
    count(app, &[(&key, Paced::Close), (&anywhere, Paced::Wide)]).await?;
    Ok(key)
}

/// The browser that somebody signs in with.
#[derive(Clone, Copy)]
struct Browser<'a> {
    words: &'a str,
    shown: Option<&'a str>,
}

/// Opens the session, takes the code and forgets the attempts, all at once, unless the password was
/// changed or the code taken meanwhile.
async fn enter(
    app: &App,
    (id, hash): (ModeratorId, &str),
    (used, key, browser): (&Used, &str, Browser<'_>),
) -> Result<Entered, Refusal> {
    let secret = Secret::generate(&app.clock, "");
    let (now, kept) = (app.clock.now(), secret.hash());
    let expires_at = now.plus(app.settings.session);
    let session = NewSession { hash: kept.as_str(), moderator: id, expires_at, browser: browser.words };
    let before = browser.shown.map(SecretHash::of);
    let entered = app
        .db
        .write(async |tx| {
            let is_good = tx.has_password(id, hash).await? && take(tx, id, used).await?;
            if is_good {
                if let Some(before) = &before {
                    tx.end_session(before.as_str()).await?;
                }
                tx.add_session(&session, now).await?;
                tx.end_oldest_sessions(id, (kept.as_str(), MOST_SESSIONS - 1)).await?;
                tx.forget_attempts(key).await?;
            }
            Ok(is_good)
        })
        .await?;
    if !entered {
        return Err(Refusal::Wrong);
    }
    let (device, device_life) = known_device(app, id);
    Ok(Entered { secret, moderator: id, expires_at, device, device_life })
}

/// What a browser shows from now on, under which somebody proved who they are; and for how long.
pub fn known_device(app: &App, whose: ModeratorId) -> (String, Duration) {
    let now = app.clock.now();
    let token = Token {
        purpose: TokenPurpose::Device,
        object: app.clock.id(now),
        version: 0,
        recipient: Some(whose.uuid()),
        expires: now.plus(DEVICE_LIFE),
    };
    (app.vault.mint(&token), DEVICE_LIFE)
}
