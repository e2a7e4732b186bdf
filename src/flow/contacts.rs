//! The one way in which a moderator is told a commenter's address: by asking, with a reason that is written down.

use std::fmt;

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{CommentId, Email, Moderator},
    store::{SealedEmail, StoreError},
    vault::{Owner, Purpose, Sealed},
};

/// An address on its way to the one who asked for it, and to nobody else: it has no `Display` and no `Serialize`.
pub struct Told(String);

impl Told {
    /// What is shown to the one who asked.
    pub fn into_answer(self) -> String {
        self.0
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told(redacted)")
    }
}

/// The address that a comment was sent under, for editors and above; none when there is none, or no more. That it was
/// asked for, by whom and why, is durable before anything is told.
pub async fn ask(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    comment: CommentId,
    reason: &str,
) -> Result<Option<Told>, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let kept = app
        .db
        .write(async |tx| {
            let Some(seen) = tx.current(&[comment]).await?.pop().filter(|seen| moderator.sees(seen.site))
            else {
                return Ok(None);
            };
            let kept = tx.sealed_email(comment).await?;
            let object = Object { kind: "comment", id: comment.uuid(), site: Some(seen.site) };
            let author = Author { moderator: Some(moderator.id), via };
            let entry = NewEntry {
                reason: Some(reason.to_owned()),
                ..NewEntry::new(app, now, (object, "ask-contact", author))
            };
            audit::record(app, tx, &[entry]).await?;
            Ok(Some(kept))
        })
        .await?
        .ok_or(FlowError::NotFound)?;
    Ok(kept.map(|kept| opened(app, &kept)).transpose()?.map(Told))
}

/// An address for the rules to look at; none when there is none, or no more.
pub(super) fn email_of(app: &App, kept: Option<SealedEmail>) -> Result<Option<Email>, StoreError> {
    let Some(kept) = kept else { return Ok(None) };
    // one that came with an archive may be none
    Ok(Email::parse(&opened(app, &kept)?).ok())
}

fn opened(app: &App, kept: &SealedEmail) -> Result<String, StoreError> {
    let owner = Owner { contact: kept.id, purpose: Purpose::Email };
    let broken = |_| StoreError::Corrupt("contact");
    let sealed = Sealed::parse(&kept.email).map_err(broken)?;
    app.vault.open(owner, &sealed).map_err(broken)
}
