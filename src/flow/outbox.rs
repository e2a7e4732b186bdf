//! What operators see of messages, and what they do with those that are owed or were given up.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicI64, Ordering},
};

use uuid::Uuid;

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{CommentId, Message, Moderator, ModeratorId, OutboxId, SiteId, Timestamp},
    store::{OutboxGauge, OutboxRow, RecipientRow, StoreError, Tx},
};

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing yet.
    #[default]
    Owed,
    /// It was given up, until somebody looks.
    Dead,
    /// It was delivered.
    Sent,
    /// It was not needed any more, or somebody dropped it.
    Dropped,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Owed, Self::Dead, Self::Sent, Self::Dropped];

    /// Its name in addresses and answers; but for what is owed, in the databases too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Dead => "dead",
            Self::Sent => "sent",
            Self::Dropped => "dropped",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a message in it can be retried and dropped.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Owed | Self::Dead)
    }
}

/// What an operator does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is due at once, with a fresh count.
    Retry,
    /// It is given up for good.
    Drop,
}

impl Action {
    /// Its name in requests and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Drop => "drop",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Retry, Self::Drop].into_iter().find(|action| action.name() == name)
    }
}

/// Behind which message a page begins: when it is due, or was settled, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Timestamp, OutboxId);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.micros(), self.1)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(raw: &str) -> Result<Self, ()> {
        let (micros, id) = raw.split_once('.').ok_or(())?;
        Ok(Self(Timestamp::from_micros(micros.parse().map_err(drop)?), id.parse().map_err(drop)?))
    }
}

/// Which messages an operator asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Of this state.
    pub state: State,
    /// Behind this one.
    pub after: Option<Cursor>,
    /// 1 to 100.
    pub limit: usize,
}

/// A message, with what it is about.
#[derive(Clone, Debug)]
pub struct Item {
    /// As it is kept.
    pub row: OutboxRow,
    /// What became of it.
    pub state: State,
    /// None when a newer version wrote it.
    pub message: Option<Message>,
    /// The comment that it is about, if it is about one.
    pub comment: Option<CommentId>,
    /// The site of that.
    pub site: Option<SiteId>,
    /// Whom it goes to, as far as that is known: id and name.
    pub person: Option<(ModeratorId, String)>,
}

/// A page of messages. Of those that are not for whoever looks, none is on it: it may be short, or empty, and have a
/// next one all the same.
#[derive(Clone, Debug)]
pub struct Page {
    /// What is owed as it is due, all else the latest first.
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// Until when the worker of this process sends no mail, because the server refuses to know us.
#[derive(Debug)]
pub struct Pause(AtomicI64);

impl Default for Pause {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Pause {
    pub(super) fn lasts(&self, until: Timestamp) {
        self.0.fetch_max(until.micros(), Ordering::AcqRel);
    }

    /// When it ends, while there is one.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = Timestamp::from_micros(self.0.load(Ordering::Acquire));
        (until > now).then_some(until)
    }
}

/// A page of messages, for admins and operators.
pub async fn list(app: &App, viewer: &Moderator, wanted: &Wanted) -> Result<Page, FlowError> {
    operates(viewer)?;
    let limit = i64::try_from(wanted.limit).unwrap_or(100) + 1;
    let (page, more) = app
        .db
        .snapshot(async |tx| {
            let mut rows = rows(tx, wanted, limit).await?;
            let more = rows.len() > wanted.limit;
            rows.truncate(wanted.limit);
            let next = rows.last().map(|row| cursor(wanted.state, row));
            let items = known(tx, viewer, rows).await?;
            Ok::<_, StoreError>((Page { items, next }, more))
        })
        .await?;
    Ok(Page { next: page.next.filter(|_| more), ..page })
}

async fn rows(tx: &mut Tx, wanted: &Wanted, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
    match (wanted.state, wanted.after) {
        (State::Owed, after) => {
            let first = Cursor(Timestamp::from_micros(i64::MIN), Uuid::nil().into());
            let Cursor(at, id) = after.unwrap_or(first);
            tx.owed_messages((at, id), limit).await
        }
        (state, after) => {
            let last = Cursor(Timestamp::from_micros(i64::MAX), Uuid::max().into());
            let Cursor(at, id) = after.unwrap_or(last);
            tx.settled_messages(state.name(), (at, id), limit).await
        }
    }
}

fn cursor(state: State, row: &OutboxRow) -> Cursor {
    let at = if state == State::Owed { row.due_at } else { row.settled_at.unwrap_or(row.due_at) };
    Cursor(at, row.id)
}

/// How many messages are in which state, and since when.
pub async fn gauges(app: &App, viewer: &Moderator) -> Result<Vec<OutboxGauge>, FlowError> {
    operates(viewer)?;
    // they are of all sites
    if viewer.sites.is_some() {
        return Ok(Vec::new());
    }
    Ok(app.db.read(async |tx| tx.outbox_gauges().await).await?)
}

/// What an admin or an operator does with a message; how it stands then. `NotFound`: there is none, or none for them;
/// `VersionConflict`: it was sent or dropped meanwhile.
pub async fn settle(
    app: &App,
    (viewer, via): (&Moderator, &'static str),
    id: OutboxId,
    action: Action,
) -> Result<Item, FlowError> {
    operates(viewer)?;
    let author = Author { moderator: Some(viewer.id), via };
    let settled = app.db.write(async |tx| {
        let Some(item) = one(tx, viewer, id).await? else { return Ok(Err(FlowError::NotFound)) };
        if let Err(refused) = change(app, tx, (id, action), (item.site, author)).await? {
            return Ok(Err(refused));
        }
        // read here: what is done shall not be answered as a failure for want of another connection
        Ok(one(tx, viewer, id).await?.ok_or(FlowError::NotFound))
    });
    told(app, action, settled.await?)
}

/// The same at the command line, which nobody is signed in at.
pub async fn settle_by_command(app: &App, id: OutboxId, action: Action) -> Result<(), FlowError> {
    let author = Author { moderator: None, via: "cli" };
    let done = app.db.write(async |tx| change(app, tx, (id, action), (None, author)).await).await?;
    told(app, action, done)
}

async fn change(
    app: &App,
    tx: &mut Tx,
    (id, action): (OutboxId, Action),
    (site, author): (Option<SiteId>, Author),
) -> Result<Result<(), FlowError>, StoreError> {
    let now = app.clock.now();
    let is_done = match action {
        Action::Retry => tx.retry_message(id, now).await?,
        Action::Drop => tx.drop_message(id, now).await?,
    };
    if is_done {
        let object = Object { kind: "message", id: id.uuid(), site };
        let entry = NewEntry::new(app, now, (object, action.name(), author));
        audit::record(app, tx, &[entry]).await?;
        return Ok(Ok(()));
    }
    let is_there = tx.outbox_message(id).await?.is_some();
    Ok(Err(if is_there { FlowError::VersionConflict } else { FlowError::NotFound }))
}

/// Wakes the worker where there is something to do for it.
fn told<T>(app: &App, action: Action, done: Result<T, FlowError>) -> Result<T, FlowError> {
    if action == Action::Retry && done.is_ok() {
        app.owed.notify_one();
    }
    done
}

async fn one(tx: &mut Tx, viewer: &Moderator, id: OutboxId) -> Result<Option<Item>, StoreError> {
    let row = tx.outbox_message(id).await?;
    Ok(known(tx, viewer, row.into_iter().collect()).await?.pop())
}

/// Those of these messages that are for whoever looks, with what they are about.
async fn known(tx: &mut Tx, viewer: &Moderator, rows: Vec<OutboxRow>) -> Result<Vec<Item>, StoreError> {
    let messages: Vec<Option<Message>> =
        rows.iter().map(|row| serde_json::from_value(row.message.0.clone()).ok()).collect();
    let comments: Vec<CommentId> = messages.iter().flatten().filter_map(Message::comment).collect();
    let people: Vec<ModeratorId> = messages.iter().flatten().filter_map(Message::moderator).collect();
    let (sites, people) = (tx.sites_of_comments(&comments).await?, tx.recipients(&people).await?);
    let item = |(row, message): (OutboxRow, Option<Message>)| {
        let comment = message.as_ref().and_then(Message::comment);
        let site = sites.iter().find(|(id, _)| Some(*id) == comment).map(|(_, site)| *site);
        let person = message.as_ref().and_then(Message::moderator);
        let person = people.iter().find(|row| Some(row.id) == person);
        is_for(viewer, site, person).then(|| Item {
            state: row.outcome.as_deref().and_then(State::parse).unwrap_or_default(),
            row,
            message,
            comment,
            site,
            person: person.map(|row| (row.id, row.name.clone())),
        })
    };
    Ok(rows.into_iter().zip(messages).filter_map(item).collect())
}

/// Who is bound to sites sees what is about a comment there, and what goes to people of no other site.
fn is_for(viewer: &Moderator, site: Option<SiteId>, person: Option<&RecipientRow>) -> bool {
    viewer.sites.is_none()
        || match (site, person) {
            (Some(site), _) => viewer.sees(site),
            (None, Some(row)) => {
                !row.all_sites && !row.sites.is_empty() && row.sites.iter().all(|site| viewer.sees(*site))
            }
            (None, None) => false,
        }
}

fn operates(viewer: &Moderator) -> Result<(), FlowError> {
    if viewer.role.operates() { Ok(()) } else { Err(FlowError::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = Cursor(Timestamp::from_micros(-7), Uuid::max().into());
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for raw in ["", ".", "7", "x.ffffffff-ffff-ffff-ffff-ffffffffffff", "7.x"] {
            assert_eq!(raw.parse::<Cursor>(), Err(()), "{raw}");
        }
    }
}
