//! What readers get: pages of published comments, single ones, and counts.

mod coding;
mod engaging;
mod feed;
mod fragment;
mod linked;
mod rest;
mod view;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use tokio::time::Instant;
use uuid::Uuid;

pub use super::pages::{Format, Page, Variant};
pub use coding::Coding;
pub use engaging::{EngagingView, engaging, engaging_fragment};
pub use feed::feed;
pub use view::{ArticleView, CommentView, PageView, Published, RepliesView, Shown};

use rest::Rest;

use super::{
    App, FlowError,
    pages::{Contents, PageKey, Seen},
};
use crate::{
    domain::{CommentId, Site},
    store::{Around, PublishedArticle, PublishedRow, RootsQuery, Sort, Start, StoreError},
};

/// Most comments of one page.
pub const MOST: usize = 100;
/// A page that holds so much text ends with the thread that it is in, in bytes.
const FULL: usize = 1024 * 1024;
/// Replies of a thread in front of one that is looked for; behind so many it is not shown.
const LOOKED_FOR: i64 = 1_000;

/// Which page of which article.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The site.
    pub site: &'a Site,
    /// The article's key.
    pub article: &'a str,
    /// The order of top-level comments.
    pub sort: Sort,
    /// Top-level comments, 1 to [`MOST`].
    pub limit: usize,
    /// Behind this one.
    pub after: Option<CommentId>,
    /// The page that shows this one, instead.
    pub around: Option<CommentId>,
}

impl Reading<'_> {
    fn rest<'a>(&'a self, app: &'a App) -> Rest<'a> {
        Rest::of(app, self.site, self.article)
    }
}

/// A page of published comments, prepared; from memory when this version of it was read before.
pub async fn comments(app: &App, reading: &Reading<'_>, format: Format) -> Result<Arc<Page>, FlowError> {
    let seen = article(app, reading.site, reading.article).await?;
    let around = find_around(app, reading, &seen).await?;
    // what nobody has commented on is read like what is kept
    let Some(article) = seen else {
        return Ok(Arc::new(PageView::empty(reading.article).page(format, &reading.rest(app))));
    };
    let key = PageKey {
        contents: Contents::Comments(format),
        article: article.id,
        version: article.version,
        open: is_open(app, reading.site, &article),
        sort: reading.sort,
        // where it does not say which comments are on the page, it makes no other page
        after: reading.after.filter(|_| around.is_none()),
        limit: reading.limit,
        around,
    };
    if let Some(page) = app.pages.page(&key) {
        return Ok(page);
    }
    let missed = Instant::now();
    app.pages.build(&key).since(missed, prepare(app, reading, (format, around), key)).await
}

/// Prepares a page of the comments there are now, and keeps it under the version that it is of.
async fn prepare(
    app: &App,
    reading: &Reading<'_>,
    (format, around): (Format, Option<Around>),
    key: PageKey,
) -> Result<Arc<Page>, FlowError> {
    let epoch = app.pages.epoch();
    let (seen, view) = load(app, reading, around).await?;
    app.pages.keep_article((reading.site.id, reading.article), &seen, epoch);
    let page = Arc::new(view.page(format, &reading.rest(app)));
    if let Some(article) = &seen {
        // as the page says it: it may have closed meanwhile
        let open = view.article.open;
        app.pages.keep_page(PageKey { article: article.id, version: article.version, open, ..key }, &page);
    }
    Ok(page)
}

/// A page of published comments as a value, for pages that are rendered here.
pub async fn page(app: &App, reading: &Reading<'_>) -> Result<PageView, FlowError> {
    let seen = article(app, reading.site, reading.article).await?;
    let around = find_around(app, reading, &seen).await?;
    Ok(load(app, reading, around).await?.1)
}

/// The article as readers may know it: from memory, or read and remembered.
async fn article(app: &App, site: &Site, key: &str) -> Result<Seen, StoreError> {
    if let Some(seen) = app.pages.article(site.id, key) {
        return Ok(seen);
    }
    let epoch = app.pages.epoch();
    let seen = app.db.read(async |tx| tx.published_article(site.id, key).await).await?.map(Arc::new);
    app.pages.keep_article((site.id, key), &seen, epoch);
    Ok(seen)
}

/// The thread of the comment that a page is asked around; a comment that readers cannot see is not
/// there, whatever its state.
async fn find_around(app: &App, reading: &Reading<'_>, seen: &Seen) -> Result<Option<Around>, FlowError> {
    let (Some(comment), Some(article)) = (reading.around, seen) else { return Ok(None) };
    let found = app.db.read(async |tx| tx.published(reading.site.id, comment).await).await?;
    let (row, _) = found.filter(|(_, of)| of.id == article.id).ok_or(FlowError::NotFound)?;
    Ok(Some(Around { thread: row.thread, comment }))
}

fn is_open(app: &App, site: &Site, article: &PublishedArticle) -> bool {
    article.rules.opening(&site.policy, app.clock.now()).is_open()
}

/// Reads the article and its page at one moment, so that the version is that of the comments.
async fn load(
    app: &App,
    reading: &Reading<'_>,
    around: Option<Around>,
) -> Result<(Seen, PageView), StoreError> {
    let each = i64::from(app.settings.comments.replies_per_thread);
    let read = app
        .db
        .snapshot(async |tx| {
            let Some(article) = tx.published_article(reading.site.id, reading.article).await? else {
                return Ok::<_, StoreError>(None);
            };
            let start = match (around, reading.after) {
                (Some(around), _) => Start::At(around.thread),
                (None, Some(after)) => Start::Behind(after),
                (None, None) => Start::First,
            };
            // one more than is shown tells whether there are more
            let limit = i64::try_from(reading.limit).unwrap_or(100) + 1;
            let query = RootsQuery { article: article.id, sort: reading.sort, start, limit };
            let mut roots = tx.published_roots(query).await?;
            let mut more = roots.len() > reading.limit;
            roots.truncate(reading.limit);
            let threads: Vec<CommentId> = roots.iter().map(|root| root.id).collect();
            let mut replies = tx.published_replies(&threads, each + 1).await?;
            if let Some(around) = around {
                let wanted = tx.replies_around(around, LOOKED_FOR).await?;
                let known: HashSet<CommentId> = replies.iter().map(|reply| reply.id).collect();
                replies.extend(wanted.into_iter().filter(|reply| !known.contains(&reply.id)));
                replies.sort_unstable_by_key(|reply| reply.id);
            }
            let room = room_for(&roots, &replies);
            more |= room < roots.len();
            roots.truncate(room);
            Ok(Some((article, roots, replies, more)))
        })
        .await?;
    let Some((article, roots, replies, more)) = read else {
        return Ok((None, PageView::empty(reading.article)));
    };
    let next = roots.last().map(|root| root.id).filter(|_| more);
    let shown = Shown { each: usize::try_from(each).unwrap_or(MOST), around };
    let view =
        PageView::new((&article, is_open(app, reading.site, &article)), (roots, replies), &shown, next);
    Ok((Some(Arc::new(article)), view))
}

/// How many of these threads a page has room for: at least one.
fn room_for(roots: &[PublishedRow], replies: &[PublishedRow]) -> usize {
    let mut below: HashMap<CommentId, usize> = HashMap::new();
    for reply in replies {
        *below.entry(reply.thread).or_default() += reply.text.len();
    }
    let mut held = 0;
    let is_full = |root: &PublishedRow| {
        held += root.text.len() + below.get(&root.id).unwrap_or(&0);
        held >= FULL
    };
    roots.iter().position(is_full).map_or(roots.len(), |last| last + 1)
}

/// One published comment; nothing for any other, as if it had never been.
pub async fn comment(app: &App, site: &Site, id: CommentId) -> Result<CommentView, FlowError> {
    let found = app.db.read(async |tx| tx.published(site.id, id).await).await?;
    let (row, _) = found.ok_or(FlowError::NotFound)?;
    Ok(CommentView::new(row))
}

/// The same with the address of its article, for pages that are rendered here.
pub async fn with_article(app: &App, site: &Site, id: CommentId) -> Result<(Published, String), FlowError> {
    let found = app.db.read(async |tx| tx.published(site.id, id).await).await?;
    let (row, article) = found.ok_or(FlowError::NotFound)?;
    match CommentView::new(row) {
        CommentView::Published(comment) => Ok((*comment, article.url)),
        CommentView::Tombstone { .. } => Err(FlowError::NotFound),
    }
}

/// The replies below a published comment that came after `after`, in the order of arrival.
pub async fn replies(
    app: &App,
    site: &Site,
    id: CommentId,
    (after, limit): (Option<CommentId>, usize),
) -> Result<RepliesView, FlowError> {
    let after = after.unwrap_or_else(|| Uuid::nil().into());
    let most = i64::try_from(limit).unwrap_or(100) + 1;
    let found = app
        .db
        .snapshot(async |tx| {
            let Some((thread, _)) = tx.published_thread(site.id, id).await? else { return Ok(None) };
            let replies: Vec<PublishedRow> = tx.more_replies((thread, id), after, most).await?;
            Ok::<_, StoreError>(Some(replies))
        })
        .await?;
    let (rows, next) = cut(found.ok_or(FlowError::NotFound)?, limit);
    Ok(RepliesView { comments: rows.into_iter().map(CommentView::new).collect(), next })
}

/// The same with what they answer, which is a comment of this article, and each below what it answers, for pages
/// that are rendered here.
pub async fn below(
    app: &App,
    (site, article): (&Site, &str),
    id: CommentId,
    (after, limit): (Option<CommentId>, usize),
) -> Result<(ArticleView, CommentView, RepliesView), FlowError> {
    let after = after.unwrap_or_else(|| Uuid::nil().into());
    let most = i64::try_from(limit).unwrap_or(100) + 1;
    let found = app
        .db
        .snapshot(async |tx| {
            let Some(article) = tx.published_article(site.id, article).await? else { return Ok(None) };
            let place = tx.published_thread(site.id, id).await?.filter(|(_, of)| *of == article.id);
            let Some((thread, _)) = place else { return Ok(None) };
            let answered = tx.published(site.id, id).await?.map(|(row, _)| row);
            let replies: Vec<PublishedRow> = tx.more_replies((thread, id), after, most).await?;
            Ok::<_, StoreError>(Some((article, answered, replies)))
        })
        .await?;
    let (article, answered, rows) = found.ok_or(FlowError::NotFound)?;
    let (rows, next) = cut(rows, limit);
    let answered = answered.map_or_else(|| CommentView::removed(id), CommentView::new);
    let article = ArticleView::new(&article, is_open(app, site, &article));
    Ok((article, answered, RepliesView { comments: view::nested(rows), next }))
}

/// As many rows, and where the next ones begin when there were more.
fn cut(mut rows: Vec<PublishedRow>, limit: usize) -> (Vec<PublishedRow>, Option<CommentId>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    (rows, next)
}

/// How many approved comments each of these articles has; unknown ones have none. What is not in memory is read at once.
pub async fn counts(app: &App, site: &Site, keys: &[String]) -> Result<BTreeMap<String, i64>, FlowError> {
    let count = |seen: &Seen| seen.as_ref().map_or(0, |article| article.approved_count);
    let mut counts = BTreeMap::new();
    let mut missing = Vec::new();
    for key in keys {
        match app.pages.article(site.id, key) {
            Some(seen) => drop(counts.insert(key.clone(), count(&seen))),
            None => missing.push(key.as_str()),
        }
    }
    if missing.is_empty() {
        return Ok(counts);
    }
    // a key may be named twice
    missing.sort_unstable();
    missing.dedup();
    let epoch = app.pages.epoch();
    let found = app.db.read(async |tx| tx.published_articles(site.id, &missing).await).await?;
    let mut found: HashMap<String, PublishedArticle> =
        found.into_iter().map(|article| (article.key.clone(), article)).collect();
    for key in missing {
        let seen = found.remove(key).map(Arc::new);
        app.pages.keep_article((site.id, key), &seen, epoch);
        counts.insert(key.to_owned(), count(&seen));
    }
    Ok(counts)
}
