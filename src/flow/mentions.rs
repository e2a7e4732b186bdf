//! What moderators are to be told of: each comment that begins to wait, and now and then one that has waited for too long.
//! A mention finds its letter, or one is opened for it.

use std::time::Duration;

use super::App;
use crate::{
    domain::{CommentId, MailMode, OutboxId, Policy, Site, SiteId, Timestamp, Waits},
    store::{AddresseeRow, NewMention, NewMessage, Stamp, StoreError, Tx, Why},
};

/// A site brings up a comment that has waited for too long at most so often.
const BROUGHT_UP: Duration = Duration::from_hours(24);

/// A comment that moderators are to be told of.
#[derive(Clone, Copy, Debug)]
pub struct Mentioned {
    /// The comment.
    pub comment: CommentId,
    /// Its version when it began to wait.
    pub version: i64,
    /// Its site.
    pub site: SiteId,
    /// Why.
    pub why: Why,
}

/// Writes down whom to tell of these comments; which of them have nobody.
///
/// Where somebody wants each comment at once and no limit keeps letters apart, each has a letter of its own. Else their
/// open letter takes it up, or one is opened.
pub async fn mention(
    app: &App,
    tx: &mut Tx,
    (comments, now): (&[Mentioned], Timestamp),
) -> Result<Vec<CommentId>, StoreError> {
    let people = tx.hold_addressees().await?;
    let (mut mentions, mut letters) = (Vec::new(), Vec::new());
    for person in people.iter().filter(|person| person.mail.mode != MailMode::Off) {
        let theirs: Vec<&Mentioned> = comments.iter().filter(|one| person.sees(one.site)).collect();
        if theirs.is_empty() {
            continue;
        }
        let is_overdue = theirs.iter().any(|one| one.why == Why::Overdue);
        let due = due(app, tx, (person, None), (is_overdue, now)).await?;
        let has_each = app.settings.letters_per_hour == 0 && person.mail.mode == MailMode::Each && due == now;
        if !has_each {
            tx.open_letter(app.clock.id(now).into(), person.id, (now, due)).await?;
        }
        for one in theirs {
            let letter = has_each.then(|| OutboxId::from(app.clock.id(now)));
            letters.extend(letter.map(|id| NewMessage::closed_letter(id, person.id, now)));
            mentions.push(NewMention {
                comment: one.comment,
                kind: one.why,
                moderator: person.id,
                version: one.version,
                letter,
                created_at: Stamp(now),
            });
        }
    }
    tx.enqueue(&letters).await?;
    tx.mention(&mentions).await?;
    let has_nobody = |one: &&Mentioned| !people.iter().any(|person| person.sees(one.site));
    Ok(comments.iter().filter(has_nobody).map(|one| one.comment).collect())
}

/// When the next letter to somebody may go out, or this one. What was closed waits for no digest, and neither does what has
/// waited for too long.
pub async fn due(
    app: &App,
    tx: &mut Tx,
    (person, letter): (&AddresseeRow, Option<OutboxId>),
    (is_pressing, now): (bool, Timestamp),
) -> Result<Timestamp, StoreError> {
    let per_hour = app.settings.letters_per_hour;
    let waits = if is_pressing { Waits::Limit } else { Waits::Digest };
    let but = letter.unwrap_or_else(|| uuid::Uuid::nil().into());
    let since = now.minus(person.mail.memory());
    let sent = tx.letters_sent(person.id, (since, but, i64::from(per_hour.max(1)))).await?;
    Ok(person.mail.due(waits, (per_hour, &sent), now))
}

/// Brings up, for each site, the oldest comment that has waited for longer than the site allows: once a comment, and at most
/// once a day a site. To be called once a minute, by as many processes as there are.
pub async fn bring_up(app: &App) -> Result<(), StoreError> {
    for site in app.sites.all() {
        if site.policy.overdue_minutes > 0 && bring_up_of(app, &site).await? {
            app.owed.notify_one();
        }
    }
    Ok(())
}

async fn bring_up_of(app: &App, site: &Site) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let since = now.minus(longest(&site.policy));
    let last = CommentId::from(uuid::Uuid::from_u128(app.clock.id(since).as_u128() | 0xffff_ffff_ffff_ffff));
    if app.db.read(async |tx| tx.overdue(site.id, (since, last)).await).await?.is_none() {
        return Ok(false);
    }
    app.db
        .write(async |tx| {
            let Some(found) = tx.overdue(site.id, (since, last)).await? else { return Ok(false) };
            if !tx.bring_up(site.id, (now, now.minus(BROUGHT_UP))).await? {
                return Ok(false);
            }
            let (comment, version) = (found.id, found.version);
            let one = Mentioned { comment, version, site: site.id, why: Why::Overdue };
            mention(app, tx, (&[one], now)).await?;
            Ok(true)
        })
        .await
}

fn longest(policy: &Policy) -> Duration {
    Duration::from_mins(u64::from(policy.overdue_minutes))
}
