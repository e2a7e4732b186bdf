//! Whether a letter about comments may go out now. The first time that it may, it is closed: from then on its contents are
//! fixed, whatever becomes of the attempt.

use std::time::Duration;

use crate::{
    domain::{MailMode, ModeratorId, Timestamp, Waits},
    flow::{App, mentions},
    store::{AddresseeRow, Leased, Settlement, StoreError},
};

/// While a letter is owed that was closed not longer ago, no other one of the same moderator is: a mail server that is away
/// gathers one letter an hour and not one a comment, and a letter that alone is put off holds up no others for long.
const BEHIND: Duration = Duration::from_hours(1);
/// How long a letter waits for one that is on its way at this moment.
const SOON: Duration = Duration::from_secs(5);

/// What may be done with a letter.
#[derive(Debug)]
pub(super) enum Permit {
    /// It goes out; when it was closed.
    Granted(AddresseeRow, Timestamp),
    /// It does not.
    Not(Settlement),
}

/// Asks for one letter. It counts as sent from here on, until it is known that it was not.
pub(super) async fn permit(app: &App, job: &Leased, moderator: ModeratorId) -> Result<Permit, StoreError> {
    if let Some(closed_at) = job.closed_at.filter(|_| app.settings.letters_per_hour == 0) {
        return again(app, moderator, closed_at).await;
    }
    app.db
        .write(async |tx| {
            let now = app.clock.now();
            let Some(person) = tx.hold_addressee(moderator).await?.filter(is_told) else {
                tx.forget_loose_mentions(moderator).await?;
                return Ok(Permit::Not(Settlement::Dropped));
            };
            let is_pressing = job.closed_at.is_some() || tx.owes_overdue(moderator).await?;
            let due = mentions::due(app, tx, (&person, Some(job.id)), (is_pressing, now)).await?;
            if due > now {
                return Ok(Permit::Not(Settlement::PutOff(due)));
            }
            if job.closed_at.is_none()
                && let Some(ahead) = tx.letter_ahead(moderator, (now.minus(BEHIND), job.id)).await?
            {
                let next = if ahead.due_at > now { ahead.due_at } else { now.plus(SOON) };
                return Ok(Permit::Not(Settlement::PutOff(next.min(ahead.closed_at.plus(BEHIND)))));
            }
            if !tx.close_letter(job, now).await? {
                // the lease is somebody else's, and so is the rest
                return Ok(Permit::Not(Settlement::PutOff(now)));
            }
            if job.closed_at.is_none() && tx.bind_mentions(moderator, job.id).await? == 0 {
                return Ok(Permit::Not(Settlement::Dropped));
            }
            Ok(Permit::Granted(person, job.closed_at.unwrap_or(now)))
        })
        .await
}

/// Without a limit, what was closed needs nothing written: only quiet hours hold it up.
async fn again(app: &App, moderator: ModeratorId, closed_at: Timestamp) -> Result<Permit, StoreError> {
    let now = app.clock.now();
    let person = app.db.read(async |tx| tx.addressee(moderator).await).await?.filter(is_told);
    Ok(match person {
        None => Permit::Not(Settlement::Dropped),
        Some(person) => match person.mail.due(Waits::Limit, (0, &[]), now) {
            due if due > now => Permit::Not(Settlement::PutOff(due)),
            _ => Permit::Granted(person, closed_at),
        },
    })
}

fn is_told(person: &AddresseeRow) -> bool {
    person.role.moderates() && person.mail.mode != MailMode::Off
}
