//! What moderators read before they decide.

use super::{App, FlowError};
use crate::{
    domain::{CommentId, Moderator, Needs, Status},
    store::{History, QueueQuery, QueueRow, RevisionRow, StoreError},
};
use uuid::Uuid;

/// Which comments a moderator asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What they wait for; any, unless a status is asked for.
    pub needs: Option<Needs>,
    /// Those of a status instead of those that wait.
    pub status: Option<Status>,
    /// The newest first; else the oldest.
    pub newest_first: bool,
    /// Behind this one.
    pub after: Option<CommentId>,
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
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// The comments.
    pub items: Vec<QueueRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<CommentId>,
}

/// One comment with all that is known of it.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// As in the list.
    pub item: QueueRow,
    /// What happened, the latest first.
    pub history: Vec<History>,
    /// Its texts, the first one first.
    pub revisions: Vec<RevisionRow>,
    /// The comment that it answers.
    pub parent: Option<QueueRow>,
}

/// A page of the comments that this person may see.
pub async fn list(app: &App, moderator: &Moderator, wanted: &Wanted) -> Result<QueuePage, FlowError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden);
    }
    let query = query(app, moderator, wanted);
    let mut items = app.db.snapshot(async |tx| tx.queue(&query).await).await?;
    let more = items.len() > wanted.limit;
    items.truncate(wanted.limit);
    let next = items.last().map(|item| item.id).filter(|_| more);
    Ok(QueuePage { items, next })
}

/// What somebody asks of the store, and one comment more: so it is known whether there are more.
pub(super) fn query(app: &App, moderator: &Moderator, wanted: &Wanted) -> QueueQuery {
    let start = if wanted.newest_first { Uuid::max() } else { Uuid::nil() };
    QueueQuery {
        needs: wanted.needs,
        status: wanted.status,
        newest_first: wanted.newest_first,
        after: wanted.after.unwrap_or_else(|| start.into()),
        limit: i64::try_from(wanted.limit).unwrap_or(100) + 1,
        moderator: moderator.id,
        all_sites: moderator.sites.is_none(),
        site: wanted.site.clone(),
        article: wanted.article.clone(),
        finding: wanted.finding.clone(),
        mine: wanted.mine,
        now: app.clock.now(),
    }
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
            let parent = match item.parent {
                Some(parent) => tx.queue_items(&[parent], now).await?.pop(),
                None => None,
            };
            let (history, revisions) = (tx.history(id).await?, tx.revisions(id).await?);
            Ok::<_, StoreError>(Some(Dossier { item, history, revisions, parent }))
        })
        .await?;
    found.filter(|dossier| moderator.sees(dossier.item.site)).ok_or(FlowError::NotFound)
}
