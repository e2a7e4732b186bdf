//! What those who watch the queue are told. Each process looks once a second, and only while somebody watches; so
//! what other replicas and the command line do is told too.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::broadcast;
use uuid::Uuid;

use super::{App, audit::first_id};
use crate::{
    domain::{CommentId, ModeratorId, Needs, SiteId, Status, Timestamp},
    store::{Arrived, Changed, LiveClaim, StoreError},
};

/// Clocks of replicas may differ by this much.
const SKEW: Duration = Duration::from_secs(10);
/// Rows that are read at one time.
const PAGE: i64 = 500;
/// Claims that are looked at: of a shift that is larger, the oldest are not told.
const CLAIMS: i64 = 2_000;
/// Events that a watcher may be behind before it has missed one.
const BEHIND: usize = 4_096;

/// Something happened to a comment. It may be told twice: the version says whether it is news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The comment.
    pub comment: CommentId,
    /// Its site, for who may know.
    pub site: SiteId,
    /// The version that it has by this; 0 of a claim, which changes none.
    pub version: i64,
    /// What happened.
    pub news: News,
}

/// What happened to a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It came, or came back, and waits.
    Waiting(Needs),
    /// It waits no longer.
    Decided {
        /// Its status.
        status: Status,
        /// The name of the moderator, when it was one.
        by: Option<String>,
        /// The way it came, such as `desk`.
        via: String,
    },
    /// Somebody reads it.
    Claimed {
        /// Who.
        moderator: ModeratorId,
        /// Their name.
        by: String,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Nobody reads it any more.
    Free,
}

/// Where events are told, and heard.
#[derive(Debug)]
pub struct Events {
    tells: broadcast::Sender<Event>,
    told: Mutex<Told>,
}

/// How far the last look came, and what of the seconds before was told: rows may come late, and watchers too.
#[derive(Debug, Default)]
struct Told {
    at: Timestamp,
    rows: BTreeMap<(Uuid, i64), Event>,
    claims: HashMap<CommentId, LiveClaim>,
}

impl Default for Events {
    fn default() -> Self {
        Self { tells: broadcast::Sender::new(BEHIND), told: Mutex::default() }
    }
}

impl Events {
    /// What was told in the last seconds, and all that comes.
    pub fn watch(&self) -> (Vec<Event>, broadcast::Receiver<Event>) {
        let told = self.told();
        (told.rows.values().cloned().collect(), self.tells.subscribe())
    }

    /// How many watch in this process.
    pub fn watchers(&self) -> usize {
        self.tells.receiver_count()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells how the claims differ from those of the last look.
    fn tell_claims(&self, live: Vec<LiveClaim>) {
        let mut told = self.told();
        let live: HashMap<CommentId, LiveClaim> =
            live.into_iter().map(|claim| (claim.comment, claim)).collect();
        let event =
            |claim: &LiveClaim, news| Event { comment: claim.comment, site: claim.site, version: 0, news };
        let gone = told.claims.values().filter(|claim| !live.contains_key(&claim.comment));
        let mut news: Vec<Event> = gone.map(|claim| event(claim, News::Free)).collect();
        for claim in live.values().filter(|claim| told.claims.get(&claim.comment) != Some(claim)) {
            let LiveClaim { moderator, name: by, expires_at, .. } = claim.clone();
            news.push(event(claim, News::Claimed { moderator, by, expires_at }));
        }
        told.claims = live;
        drop(told);
        for event in news {
            // nobody may be there any more
            let _heard = self.tells.send(event);
        }
    }

    /// Tells what was not told yet.
    fn tell(&self, row: Uuid, event: Event) {
        let mut told = self.told();
        if told.rows.insert((row, event.version), event.clone()).is_none() {
            // nobody may be there any more
            let _heard = self.tells.send(event);
        }
    }
}

/// Tells what happened since the last look that could look; nothing while nobody watches.
pub async fn look(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    if app.events.watchers() > 0 {
        let since = app.events.told().at.minus(slack(app));
        read(app, first_id(since).uuid()).await?;
        app.events.tell_claims(app.db.read(async |tx| tx.live_claims(now, CLAIMS).await).await?);
    }
    let mut told = app.events.told();
    told.at = now;
    let kept = told.rows.split_off(&(first_id(now.minus(slack(app) * 2)).uuid(), 0));
    told.rows = kept;
    Ok(())
}

/// How late a commit may be seen: a transaction lasts as long as its deadline at most.
fn slack(app: &App) -> Duration {
    SKEW + app.db.deadline()
}

async fn read(app: &App, since: Uuid) -> Result<(), StoreError> {
    let mut after = since;
    loop {
        let arrived = app.db.read(async |tx| tx.arrived(after.into(), PAGE).await).await?;
        let Some(last) = arrived.last() else { break };
        after = last.id.uuid();
        for Arrived { id, site, needs, version } in arrived {
            app.events.tell(id.uuid(), Event { comment: id, site, version, news: News::Waiting(needs) });
        }
    }
    after = since;
    // two entries of one change are one piece of news
    let mut waiting = HashSet::new();
    loop {
        let changed = app.db.read(async |tx| tx.changed(after.into(), PAGE).await).await?;
        let Some(last) = changed.last() else { break };
        after = last.id.uuid();
        for row in changed {
            let id = row.id.uuid();
            let Some(event) = event(row) else { continue };
            if !matches!(event.news, News::Waiting(_)) || waiting.insert((event.comment, event.version)) {
                app.events.tell(id, event);
            }
        }
    }
    Ok(())
}

/// What a change is to those who watch; an edit of what was put away already is nothing. What waits by now is told of by
/// its last change. A decision is told also where another change came right behind it.
fn event(row: Changed) -> Option<Event> {
    let Changed { comment, site, version, latest, status, needs, actor: by, via, action, .. } = row;
    let news = match needs {
        Some(needs) if version == latest => News::Waiting(needs),
        Some(_) => return None,
        None if matches!(action.as_str(), "edit" | "pick" | "unpick" | "reply") => return None,
        None if status == Status::Pending => return None,
        None => News::Decided { status, by, via },
    };
    Some(Event { comment, site, version, news })
}
