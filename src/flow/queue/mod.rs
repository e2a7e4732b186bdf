//! What moderators read before they decide.

mod walk;

use std::{fmt, str::FromStr};

use super::{App, FlowError};
use crate::{
    domain::{CommentId, Moderator, Needs, Status},
    store::{History, QueueRow, ReportView, RevisionRow, StoreError},
};

pub(super) use self::walk::{Asking, Picked, pick};

/// In which order comments are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they arrived.
    #[default]
    Oldest,
    /// The latest first.
    Newest,
    /// What is most pressing first: escalated, reported, appealed, undecided, edited; each as they arrived.
    Priority,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Oldest, Self::Newest, Self::Priority];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
            Self::Priority => "priority",
        }
    }

    /// The order of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// Behind which comment a page begins. What is decided meanwhile leaves the pages that follow as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// By priority: what it needed.
    pub needs: Option<Needs>,
    /// The comment.
    pub id: CommentId,
}

impl Cursor {
    /// Whether it is of a list in this order.
    pub fn fits(self, order: Order) -> bool {
        self.needs.is_some() == (order == Order::Priority)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.needs {
            Some(needs) => write!(f, "{}.{}", needs.name(), self.id),
            None => self.id.fmt(f),
        }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(raw: &str) -> Result<Self, ()> {
        let (needs, id) = match raw.split_once('.') {
            Some((needs, id)) => (Some(Needs::parse(needs).map_err(drop)?), id),
            None => (None, raw),
        };
        Ok(Self { needs, id: id.parse().map_err(drop)? })
    }
}

/// Which comments a moderator asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What they wait for; any, unless a status is asked for.
    pub needs: Option<Needs>,
    /// Those of a status instead of those that wait; not by priority, since that is about what waits.
    pub status: Option<Status>,
    /// In this order.
    pub order: Order,
    /// Behind this one, of a list in the same order.
    pub after: Option<Cursor>,
    /// 1 to 100.
    pub limit: usize,
    /// Only of this site.
    pub site: Option<String>,
    /// Only of the article with this key.
    pub article: Option<String>,
    /// Only with this finding.
    pub finding: Option<String>,
    /// Only what this person has claimed.
    pub mine: bool,
    /// Only from the address or the network of this comment; `NotFound` when it is not there for them.
    pub same_as: Option<CommentId>,
    /// Only what says nearly the same as this comment; `NotFound` when it is not there for them.
    pub cluster: Option<CommentId>,
    /// Only with all these words, as [`crate::domain::sought`] makes them.
    pub words: Vec<String>,
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// The comments.
    pub items: Vec<QueueRow>,
    /// Where the next page begins, if there may be one. A page that was looked for in vain among thousands may be
    /// short, or empty, and have a next one all the same.
    pub next: Option<Cursor>,
}

/// One comment with all that is known of it.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// As in the list.
    pub item: QueueRow,
    /// What happened, the latest first.
    pub history: Vec<History>,
    /// What readers reported about it, the latest first, at most [`AROUND`].
    pub reports: Vec<ReportView>,
    /// Its texts, the first one first.
    pub revisions: Vec<RevisionRow>,
    /// What it answers, and what that answered: the one that began the conversation first, at most [`AROUND`].
    pub above: Vec<QueueRow>,
    /// What answers it, the first answer first, at most [`AROUND`].
    pub below: Vec<QueueRow>,
}

/// Comments above and comments below the one that is read, and reports about it, at most of each.
pub const AROUND: usize = 50;

/// A page of the comments that this person may see.
pub async fn list(app: &App, moderator: &Moderator, wanted: &Wanted) -> Result<QueuePage, FlowError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let asking = Asking { moderator, wanted, now: app.clock.now(), budget: walk::LOOKED_AT };
    let page = app.db.snapshot(async |tx| {
        let Picked { targets, next } = pick(app, tx, &asking).await?;
        let ids: Vec<CommentId> = targets.into_iter().map(|(id, _)| id).collect();
        let mut items = tx.queue_items(&ids, asking.now).await?;
        items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
        Ok::<_, FlowError>(QueuePage { items, next })
    });
    page.await
}

/// One comment, if this person may see it.
pub async fn open(app: &App, moderator: &Moderator, id: CommentId) -> Result<Dossier, FlowError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let found = app
        .db
        .snapshot(async |tx| {
            let Some(item) = tx.queue_items(&[id], now).await?.pop() else { return Ok(None) };
            let most = i64::try_from(AROUND).unwrap_or(i64::MAX);
            let (above, below) = tx.around(id, most).await?;
            // an answer comes after what it answers, and so do their identifiers
            let (above, below) = (tx.queue_items(&above, now).await?, tx.queue_items(&below, now).await?);
            let (history, revisions) = (tx.history(id).await?, tx.revisions(id).await?);
            let reports = tx.reports(id, most).await?;
            Ok::<_, StoreError>(Some(Dossier { item, history, reports, revisions, above, below }))
        })
        .await?;
    found.filter(|dossier| moderator.sees(dossier.item.site)).ok_or(FlowError::NotFound)
}
