//! The links in mails to commenters: to say yes, and to end them. Opening one changes nothing.

use std::sync::Arc;

use super::owe_untold;
use crate::{
    domain::{ConfirmationId, Site, Timestamp},
    flow::{App, FlowError},
    store::ConfirmationRow,
    vault::{Token, TokenError, TokenPurpose},
};

/// What somebody wants who opened a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Mail about their comments.
    Mail,
    /// None, never again.
    Silence,
}

/// A link that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The site that would write.
    pub site: Arc<Site>,
    /// Whether the address wants mail.
    pub row: ConfirmationRow,
    /// It is the one that ends mails by itself (RFC 8058): sent without a word, that is what is meant.
    pub ends: bool,
}

impl Opened {
    /// Whether mail can be wanted by this link. The first yes is said by that of the question alone: the other one works for
    /// years, and mail servers handle it.
    pub fn can_want(&self) -> bool {
        !self.ends || self.row.confirmed_at.is_some()
    }
}

/// How long a question can be answered.
const ANSWERED: std::time::Duration = std::time::Duration::from_hours(24 * 30);
/// How long a letter can be answered by ending all: as long as it may lie in a mailbox.
const ENDED: std::time::Duration = std::time::Duration::from_hours(24 * 3_650);

/// The link by which whoever reads mail at an address answers; that which ends mails by itself.
pub(super) fn links(app: &App, id: ConfirmationId, now: Timestamp) -> (String, String) {
    let link = |purpose, span| {
        let token =
            Token { purpose, object: id.uuid(), version: 0, recipient: None, expires: now.plus(span) };
        format!("{}/mail/{}", app.settings.public_url, app.vault.mint(&token))
    };
    (link(TokenPurpose::Confirm, ANSWERED), link(TokenPurpose::Unsubscribe, ENDED))
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It answers the question.
    Answers,
    /// It ends mails.
    Ends,
}

/// What a link of ours is for, if it works still; the database is not asked.
pub fn kind_of(app: &App, raw: &str) -> Option<Kind> {
    read(app, raw).ok().map(|(_, kind)| kind)
}

fn read(app: &App, raw: &str) -> Result<(Token, Kind), TokenError> {
    let now = app.clock.now();
    match app.vault.verify(TokenPurpose::Confirm, raw, now) {
        Ok(token) => Ok((token, Kind::Answers)),
        Err(TokenError::Expired(token)) => Err(TokenError::Expired(token)),
        Err(TokenError::Malformed | TokenError::Forged) => {
            Ok((app.vault.verify(TokenPurpose::Unsubscribe, raw, now)?, Kind::Ends))
        }
    }
}

/// Opens a link. `Ok(None)`: it is too old.
pub async fn open(app: &App, raw: &str) -> Result<Option<Opened>, FlowError> {
    let (token, kind) = match read(app, raw) {
        Ok(read) => read,
        Err(TokenError::Expired(_)) => return Ok(None),
        Err(TokenError::Malformed | TokenError::Forged) => return Err(FlowError::NotFound),
    };
    let id = ConfirmationId::from(token.object);
    let row = app.db.read(async |tx| tx.confirmation(id).await).await?.ok_or(FlowError::NotFound)?;
    let site = app.sites.get(row.site).ok_or(FlowError::NotFound)?;
    Ok(Some(Opened { site, row, ends: kind == Kind::Ends }))
}

/// Does what somebody wants; how it is then. Said again, it changes nothing. `Forbidden`: not by this link.
pub async fn act(app: &App, opened: &Opened, wish: Wish) -> Result<Opened, FlowError> {
    if wish == Wish::Mail && !opened.can_want() {
        return Err(FlowError::Forbidden);
    }
    if wish == Wish::Silence && opened.row.ended_at.is_some() {
        return Ok(opened.clone());
    }
    let (id, now) = (opened.row.id, app.clock.now());
    let row = app
        .db
        .write(async |tx| {
            let before = tx.confirmation(id).await?;
            match (wish, before) {
                // said twice at one time, it is owed once
                (Wish::Mail, Some(before)) if !before.wants_mail() && tx.confirm(id, now).await? => {
                    owe_untold(app, tx, &before, now).await?;
                }
                (Wish::Silence, Some(_)) => tx.end_mail(id, now).await?,
                _ => {}
            }
            tx.confirmation(id).await
        })
        .await?
        .ok_or(FlowError::NotFound)?;
    app.owed.notify_one();
    Ok(Opened { row, ..opened.clone() })
}
