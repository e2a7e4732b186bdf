//! Articles, as the site's backend, editors and the command line keep them.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{ArticleId, ArticleKey, ArticleUrl, Mode, Moderator, Site, Timestamp, Title},
    store::{ArticlePatch, ArticleRow, ArticleSettings, Change, KeptArticle, StoreError, Tx},
};
use uuid::Uuid;

/// What an editor does with an article at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It takes comments until somebody closes it.
    Open,
    /// It takes no more comments.
    Close,
    /// It takes comments until then.
    CloseAt(Timestamp),
    /// Another title.
    Rename(Title),
    /// In place of the mode and the slow mode (in seconds) of its site; none where those hold.
    Rules(Option<Mode>, Option<u32>),
}

/// Which articles an editor asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only with this key, or under this address; none for all.
    pub sought: Option<String>,
    /// Older than this one.
    pub before: Option<ArticleId>,
    /// How many.
    pub limit: usize,
}

/// A page of a site's articles.
#[derive(Clone, Debug)]
pub struct KeptPage {
    /// The articles, the newest first.
    pub items: Vec<KeptArticle>,
    /// Where the next page begins, if there is one.
    pub next: Option<ArticleId>,
}

/// An article that was not deleted.
pub async fn get(app: &App, site: &Site, key: &ArticleKey) -> Result<ArticleRow, FlowError> {
    let found = app.db.read(async |tx| tx.article(site.id, key.as_str()).await).await?;
    found.filter(|article| article.deleted_at.is_none()).ok_or(FlowError::NotFound)
}

/// The newest articles of a site, those before `before`.
pub async fn list(
    app: &App,
    site: &Site,
    before: Option<ArticleId>,
    limit: i64,
) -> Result<Vec<ArticleRow>, FlowError> {
    let before = before.unwrap_or_else(|| Uuid::max().into());
    Ok(app.db.read(async |tx| tx.articles(site.id, before, limit).await).await?)
}

/// A page of a site's articles, for those who moderate and see the site.
pub async fn kept(
    app: &App,
    moderator: &Moderator,
    site: &Site,
    wanted: &Wanted,
) -> Result<KeptPage, FlowError> {
    match (moderator.role.moderates(), moderator.sees(site.id)) {
        (false, _) => return Err(FlowError::Forbidden),
        (true, false) => return Err(FlowError::NotFound),
        (true, true) => {}
    }
    let key = |raw| ArticleKey::parse(raw).map_or_else(|_| String::new(), |key| key.as_str().to_owned());
    let url = |raw| ArticleUrl::parse(raw).map_or_else(|_| String::new(), |url| url.as_str().to_owned());
    // no article has an empty one
    let sought = wanted.sought.as_deref().map(|raw| (key(raw), url(raw)));
    let before = wanted.before.unwrap_or_else(|| Uuid::max().into());
    let limit = i64::try_from(wanted.limit).unwrap_or(100) + 1;
    let mut items = app
        .db
        .read(async |tx| {
            let sought = sought.as_ref().map(|(key, url)| (key.as_str(), url.as_str()));
            tx.kept_articles(site.id, sought, (before, limit)).await
        })
        .await?;
    let more = items.len() > wanted.limit;
    items.truncate(wanted.limit);
    let next = items.last().map(|kept| kept.article.id).filter(|_| more);
    Ok(KeptPage { items, next })
}

/// Keeps an article as somebody saw it. `VersionConflict`: it was changed since that edition.
pub async fn keep(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    site: &Site,
    (key, edition, keeping): (&ArticleKey, i64, &Keeping),
) -> Result<ArticleRow, FlowError> {
    keeps(moderator, site)?;
    let mut says = ArticlePatch { edition: Some(edition), ..ArticlePatch::default() };
    match keeping {
        Keeping::Open => (says.open, says.closes_at) = (Some(true), Change::Becomes(None)),
        Keeping::Close => says.open = Some(false),
        Keeping::CloseAt(at) => says.closes_at = Change::Becomes(Some(*at)),
        Keeping::Rename(title) => says.title = Some(title.as_str().to_owned()),
        Keeping::Rules(mode, slow) => {
            (says.mode, says.slow_seconds) = (Change::Becomes(*mode), Change::Becomes(*slow));
        }
    }
    patch(app, site, (key, &says), Author { moderator: Some(moderator.id), via }).await
}

fn keeps(moderator: &Moderator, site: &Site) -> Result<(), FlowError> {
    match (moderator.role.edits(), moderator.sees(site.id)) {
        (false, _) => Err(FlowError::Forbidden),
        (true, false) => Err(FlowError::NotFound),
        (true, true) => Ok(()),
    }
}

/// Makes the article or sets all that the site says of it; whether it was made.
pub async fn put(
    app: &App,
    site: &Site,
    (key, says): (&ArticleKey, &ArticleSettings),
    author: Author,
) -> Result<(ArticleRow, bool), FlowError> {
    let now = app.clock.now();
    let new = ArticleId::from(app.clock.id(now));
    let row = app
        .db
        .write(async |tx| {
            let row = tx.put_article((new, site.id, key.as_str()), says, now).await?;
            record(app, tx, (site, row.id.uuid()), ("put", author)).await?;
            Ok(row)
        })
        .await?;
    app.pages.forget(site.id, key.as_str());
    let is_made = row.id == new;
    Ok((row, is_made))
}

/// Changes some of what the site says of an article. `VersionConflict`: it is in another edition than the one named.
pub async fn patch(
    app: &App,
    site: &Site,
    (key, patch): (&ArticleKey, &ArticlePatch),
    author: Author,
) -> Result<ArticleRow, FlowError> {
    let now = app.clock.now();
    let changed = app
        .db
        .write(async |tx| {
            let Some(row) = tx.patch_article((site.id, key.as_str()), patch, now).await? else {
                let there = tx.article(site.id, key.as_str()).await?;
                let is_there = there.is_some_and(|article| article.deleted_at.is_none());
                return Ok(Err(if is_there { FlowError::VersionConflict } else { FlowError::NotFound }));
            };
            record(app, tx, (site, row.id.uuid()), (named(patch), author)).await?;
            Ok(Ok(row))
        })
        .await?;
    app.pages.forget(site.id, key.as_str());
    changed
}

/// What a change is called in the log, where it is one of those that have a name.
fn named(patch: &ArticlePatch) -> &'static str {
    let ArticlePatch { url, title, section, open, closes_at, mode, slow_seconds, edition: _ } = patch;
    let has_rules = *mode != Change::Stays || *slow_seconds != Change::Stays;
    match (url, title, section, has_rules) {
        (None, None, None, true) if open.is_none() && *closes_at == Change::Stays => "set-rules",
        (None, Some(_), None, false) if open.is_none() && *closes_at == Change::Stays => "retitle",
        (None, None, None, false) => match (open, closes_at) {
            (Some(true), Change::Stays | Change::Becomes(None)) => "open",
            (Some(false), Change::Stays) => "close",
            (None, Change::Becomes(Some(_))) => "close-at",
            _ => "patch",
        },
        _ => "patch",
    }
}

/// Makes an article and its comments unreachable.
pub async fn delete(app: &App, site: &Site, key: &ArticleKey, author: Author) -> Result<(), FlowError> {
    let now = app.clock.now();
    let deleted = app
        .db
        .write(async |tx| {
            let Some(row) = tx.article(site.id, key.as_str()).await? else { return Ok(false) };
            let deleted = tx.delete_article(site.id, key.as_str(), now).await?;
            if deleted {
                record(app, tx, (site, row.id.uuid()), ("delete", author)).await?;
            }
            Ok(deleted)
        })
        .await?;
    app.pages.forget(site.id, key.as_str());
    if deleted { Ok(()) } else { Err(FlowError::NotFound) }
}

pub(super) async fn record(
    app: &App,
    tx: &mut Tx,
    (site, article): (&Site, Uuid),
    (action, author): (&'static str, Author),
) -> Result<(), StoreError> {
    let object = Object { kind: "article", id: article, site: Some(site.id) };
    audit::record(app, tx, &[NewEntry::new(app, app.clock.now(), (object, action, author))]).await
}
