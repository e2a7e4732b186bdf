//! The one way in which a moderator is told a commenter's address: by asking, with a reason that is written down.

use std::fmt;

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{CommentId, Email, Moderator, ReportId},
    store::{SealedEmail, SealedReporter, StoreError},
    vault::{Owner, Purpose, Sealed},
};

/// Whose address is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    /// Of this comment's author,
    pub comment: CommentId,
    /// or of whoever sent this report about it.
    pub report: Option<ReportId>,
}

/// An address, and perhaps a name, on its way to the one who asked for it, and to nobody else: it has no `Display` and no
/// `Serialize`.
#[derive(Default)]
pub struct Told {
    email: Option<String>,
    name: Option<String>,
}

impl Told {
    /// The address for the one who asked; none when there is none, or no more.
    pub fn email(&self) -> Option<String> {
        self.email.clone()
    }

    /// The name for the one who asked, of whoever gave one with a report.
    pub fn name(&self) -> Option<String> {
        self.name.clone()
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told(redacted)")
    }
}

/// The address that a comment or a report about it was sent under, for editors and above. That it was asked for, by whom
/// and why, is durable before anything is told.
pub async fn ask(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    whose: Whose,
    reason: &str,
) -> Result<Told, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let kept = app
        .db
        .write(async |tx| {
            let comment = whose.comment;
            let Some(seen) = tx.current(&[comment]).await?.pop().filter(|seen| moderator.sees(seen.site))
            else {
                return Ok(None);
            };
            let kept = match whose.report {
                None => Kept::Author(tx.sealed_email(comment).await?),
                Some(report) => match tx.reporter(report, comment).await? {
                    Some(sealed) => Kept::Reporter(report, sealed),
                    None => return Ok(None),
                },
            };
            let action = if whose.report.is_some() { "ask-reporter" } else { "ask-contact" };
            let object = Object { kind: "comment", id: comment.uuid(), site: Some(seen.site) };
            let author = Author { moderator: Some(moderator.id), via };
            let entry = NewEntry {
                reason: Some(reason.to_owned()),
                ..NewEntry::new(app, now, (object, action, author))
            };
            audit::record(app, tx, &[entry]).await?;
            Ok(Some(kept))
        })
        .await?
        .ok_or(FlowError::NotFound)?;
    match kept {
        Kept::Author(None) => Ok(Told::default()),
        Kept::Author(Some(sealed)) => Ok(Told { email: Some(opened(app, &sealed)?), name: None }),
        Kept::Reporter(report, sealed) => {
            let open = |purpose, value: Option<String>| {
                let opened = value.map(|value| app.vault.reporter(report.uuid(), purpose, &value));
                opened.transpose().map_err(|_| StoreError::Corrupt("report"))
            };
            Ok(Told { email: open(Purpose::Email, sealed.email)?, name: open(Purpose::Name, sealed.name)? })
        }
    }
}

enum Kept {
    Author(Option<SealedEmail>),
    Reporter(ReportId, SealedReporter),
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
