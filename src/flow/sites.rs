//! The sites and the tokens of their backends, kept in memory: every request needs one of them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    rules,
};
use crate::{
    domain::{Origin, Policy, Site, SiteId, SiteKey},
    screen::{Lists, WordLists},
    store::{RulePart, SiteRow, SiteToken, StoreError, Tx, WordsRow},
    vault::{Secret, SecretHash},
};

/// What is known of all sites, replaced as a whole when any of them changes.
#[derive(Debug, Default)]
pub struct Sites(RwLock<Arc<Known>>);

#[derive(Debug, Default)]
struct Known {
    fingerprint: (i64, i64, i64, i64),
    by_key: HashMap<String, Arc<Site>>,
    /// What each site's rules look up.
    lists: HashMap<SiteId, Arc<Lists>>,
    /// The word lists that are part of it, with their version: compiling them takes a while.
    words: HashMap<SiteId, (i64, Arc<WordLists>)>,
    /// Whose word lists this version cannot read.
    unreadable: HashSet<SiteId>,
    by_token: HashMap<String, SiteId>,
}

impl Sites {
    /// The site of that key.
    pub fn find(&self, key: &str) -> Option<Arc<Site>> {
        self.known().by_key.get(key).cloned()
    }

    /// The site of that id.
    pub fn get(&self, id: SiteId) -> Option<Arc<Site>> {
        self.known().by_key.values().find(|site| site.id == id).cloned()
    }

    /// What the rules of a site look up.
    pub fn lists(&self, id: SiteId) -> Arc<Lists> {
        self.known().lists.get(&id).cloned().unwrap_or_default()
    }

    /// Whose backend holds this token.
    pub fn of_token(&self, raw: &str) -> Option<SiteId> {
        self.known().by_token.get(SecretHash::of(raw).as_str()).copied()
    }

    /// All sites, in no order.
    pub fn all(&self) -> Vec<Arc<Site>> {
        self.known().by_key.values().cloned().collect()
    }

    fn known(&self) -> Arc<Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads the sites again if any of them changed since the last look.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    let before = app.sites.known();
    let fingerprint = app.db.read(async |tx| tx.sites_fingerprint().await).await?;
    if fingerprint == before.fingerprint {
        return Ok(());
    }
    let (rows, tokens, versions) = app
        .db
        .snapshot(async |tx| {
            Ok::<_, StoreError>((tx.sites().await?, tx.site_tokens().await?, tx.words_versions().await?))
        })
        .await?;
    let mut known = Known { fingerprint, ..Known::default() };
    for (site, version) in versions {
        let words = match before.words.get(&site) {
            Some((compiled, words)) if *compiled == version => words.clone(),
            _ => match read_words(app, site, version).await {
                Ok(words) => Arc::new(words),
                Err(StoreError::Corrupt(what)) => {
                    tracing::error!(
                        "the word lists of site {site} cannot be read ({what}): all of its comments are held"
                    );
                    known.unreadable.insert(site);
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        known.words.insert(site, (version, words));
    }
    for row in rows {
        let site = site_of(row)?;
        let words = known.words.get(&site.id).map(|(_, words)| words.clone()).unwrap_or_default();
        let lists = Lists::new(&site.policy, words);
        let lists = if known.unreadable.contains(&site.id) { lists.incomplete() } else { lists };
        known.lists.insert(site.id, Arc::new(lists));
        known.by_key.insert(site.key.as_str().to_owned(), Arc::new(site));
    }
    known.by_token = tokens.into_iter().map(|token| (token.hash, token.site)).collect();
    *app.sites.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    Ok(())
}

async fn read_words(app: &App, site: SiteId, version: i64) -> Result<WordLists, StoreError> {
    let read = app.db.read(async |tx| tx.rules::<WordsRow>((site, RulePart::Words), version).await).await?;
    rules::compiled(&read.unwrap_or_default()).await
}

fn site_of(row: SiteRow) -> Result<Site, StoreError> {
    let corrupt = |_| StoreError::Corrupt("site");
    let origins =
        row.origins.iter().map(|raw| Origin::parse(raw)).collect::<Result<_, _>>().map_err(corrupt)?;
    let key = SiteKey::parse(&row.key).map_err(corrupt)?;
    Ok(Site { id: row.id, key, name: row.name, origins, policy: row.policy.0 })
}

/// What an operator says of a site.
#[derive(Clone, Debug)]
pub struct SiteSettings {
    /// Its name for people.
    pub name: String,
    /// Whose pages may post and read.
    pub origins: Vec<Origin>,
    /// Its rules.
    pub policy: Policy,
}

/// Makes a site. `Taken`: there is one of that key.
pub async fn add(app: &App, key: &SiteKey, says: &SiteSettings) -> Result<SiteId, StoreError> {
    let now = app.clock.now();
    let id = SiteId::from(app.clock.id(now));
    let row = row_of(id, key, says);
    app.db
        .write(async |tx| {
            tx.add_site(&row, now).await?;
            record(app, tx, (id, "add")).await
        })
        .await?;
    refresh(app).await?;
    Ok(id)
}

/// Changes all that an operator says of a site.
pub async fn set(app: &App, site: &Site, says: &SiteSettings) -> Result<(), StoreError> {
    let row = row_of(site.id, &site.key, says);
    app.db
        .write(async |tx| {
            let before = tx.hold_site(site.id).await?.ok_or(StoreError::Corrupt("site"))?;
            tx.set_site(&row).await?;
            if before.policy != row.policy {
                rules::keep_policy(tx, &row, (app.clock.now(), None)).await?;
            }
            record(app, tx, (site.id, "set")).await
        })
        .await?;
    refresh(app).await
}

/// Sites are changed by the command line alone.
async fn record(app: &App, tx: &mut Tx, (site, action): (SiteId, &'static str)) -> Result<(), StoreError> {
    let object = Object { kind: "site", id: site.uuid(), site: Some(site) };
    let author = Author { moderator: None, via: "cli" };
    audit::record(app, tx, &[NewEntry::new(app, app.clock.now(), (object, action, author))]).await
}

fn row_of(id: SiteId, key: &SiteKey, says: &SiteSettings) -> SiteRow {
    SiteRow::new(
        (id, key.as_str().to_owned()),
        says.name.clone(),
        says.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
        says.policy.clone(),
    )
}

/// Withdraws all tokens of the site's backend; how many there were.
pub async fn revoke_tokens(app: &App, site: &Site) -> Result<u64, FlowError> {
    let revoked = app
        .db
        .write(async |tx| {
            let revoked = tx.revoke_site_tokens(site.id).await?;
            record(app, tx, (site.id, "revoke-tokens")).await?;
            Ok(revoked)
        })
        .await?;
    refresh(app).await?;
    Ok(revoked)
}

/// Gives out a token for the site's backend; it is shown once, and only its hash is kept.
pub async fn issue_token(app: &App, site: &Site) -> Result<Secret, FlowError> {
    let secret = Secret::generate(&app.clock, "rd_site_");
    let token = SiteToken { hash: secret.hash().as_str().to_owned(), site: site.id };
    let now = app.clock.now();
    app.db
        .write(async |tx| {
            tx.add_site_token(&token, now).await?;
            record(app, tx, (site.id, "issue-token")).await
        })
        .await?;
    refresh(app).await?;
    Ok(secret)
}
