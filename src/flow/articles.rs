//! Articles, as the site's backend, editors and the command line keep them.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{ArticleId, ArticleKey, Site},
    store::{ArticlePatch, ArticleRow, ArticleSettings, StoreError, Tx},
};
use uuid::Uuid;

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

/// Changes some of what the site says of an article.
pub async fn patch(
    app: &App,
    site: &Site,
    (key, patch): (&ArticleKey, &ArticlePatch),
    author: Author,
) -> Result<ArticleRow, FlowError> {
    let now = app.clock.now();
    let row = app
        .db
        .write(async |tx| {
            let row = tx.patch_article((site.id, key.as_str()), patch, now).await?;
            if let Some(row) = &row {
                record(app, tx, (site, row.id.uuid()), ("patch", author)).await?;
            }
            Ok(row)
        })
        .await?;
    app.pages.forget(site.id, key.as_str());
    row.ok_or(FlowError::NotFound)
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

async fn record(
    app: &App,
    tx: &mut Tx,
    (site, article): (&Site, Uuid),
    (action, author): (&'static str, Author),
) -> Result<(), StoreError> {
    let object = Object { kind: "article", id: article, site: Some(site.id) };
    audit::record(app, tx, &[NewEntry::new(app, app.clock.now(), (object, action, author))]).await
}
