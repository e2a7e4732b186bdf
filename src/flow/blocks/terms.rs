//! Blocked terms, in memory and compiled: each submission is compared with those of its site.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    domain::{BlockedTerm, Effect, SiteId, Timestamp},
    flow::App,
    screen::{List, WordLists},
    store::{StoreError, TermRow},
};

/// What is known of all sites, replaced as a whole when any term changes.
#[derive(Debug, Default)]
pub struct Terms(RwLock<Arc<Known>>);

#[derive(Debug, Default)]
struct Known {
    fingerprint: (i64, i64),
    /// When the first of the blocks is over.
    until: Option<Timestamp>,
    lists: HashMap<SiteId, Arc<WordLists>>,
    /// Sites of which a term did not open.
    unreadable: HashSet<SiteId>,
}

/// The blocked terms of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteTerms {
    /// What holds and what refuses; none where nothing is blocked.
    pub lists: Option<Arc<WordLists>>,
    /// There are others that cannot be read.
    pub is_incomplete: bool,
}

impl Terms {
    fn known(&self) -> Arc<Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The blocked terms of a site, as this process knows them.
pub fn known(app: &App, site: SiteId) -> SiteTerms {
    let known = app.blocked_terms.known();
    SiteTerms { lists: known.lists.get(&site).cloned(), is_incomplete: known.unreadable.contains(&site) }
}

/// Reads the terms again if any of them changed since the last look, or is over.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    let (before, now) = (app.blocked_terms.known(), app.clock.now());
    let fingerprint = app.db.read(async |tx| tx.terms_fingerprint().await).await?;
    if fingerprint == before.fingerprint && before.until.is_none_or(|until| until > now) {
        return Ok(());
    }
    let rows = app.db.read(async |tx| tx.term_blocks(now).await).await?;
    let until = rows.iter().map(|row| row.expires_at).min();
    let mut known = Known { fingerprint, until, ..Known::default() };
    for rows in rows.chunk_by(|one, other| one.site == other.site) {
        let Some(site) = rows.first().map(|row| row.site) else { continue };
        match compiled(app, rows) {
            Some(lists) => {
                known.lists.insert(site, Arc::new(lists));
            }
            None => {
                known.unreadable.insert(site);
            }
        }
    }
    *app.blocked_terms.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    Ok(())
}

/// The terms of one site; none where one of them cannot be read.
fn compiled(app: &App, rows: &[TermRow]) -> Option<WordLists> {
    let (mut holding, mut refusing) = (Vec::new(), Vec::new());
    for row in rows {
        let Ok(term) = app.vault.open_term(row.id.uuid(), row.term.as_deref().unwrap_or_default()) else {
            tracing::error!(
                block.id = %row.id,
                "the term of block {} does not open: is the keys file the right one?", row.id
            );
            return None;
        };
        match row.effect {
            Effect::Hold => holding.push(term),
            Effect::Refuse => refusing.push(term),
        }
    }
    let (holding, refusing) = (BlockedTerm::list(&holding).ok()?, BlockedTerm::list(&refusing).ok()?);
    WordLists::compile([(List::Hold, &holding), (List::Blocked, &refusing)]).ok()
}
