//! Blocked terms, in memory: each submission is compared with those of its site.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    domain::{SiteId, TermBlock},
    flow::App,
    store::StoreError,
};

/// What is known of all sites, replaced as a whole when any term changes.
#[derive(Debug, Default)]
pub struct Terms(RwLock<Arc<Known>>);

#[derive(Debug, Default)]
struct Known {
    fingerprint: (i64, i64),
    by_site: HashMap<SiteId, Arc<[TermBlock]>>,
    /// Sites of which a term did not open.
    unreadable: HashSet<SiteId>,
}

/// The blocked terms of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteTerms {
    /// Also those that are over since they were read.
    pub terms: Arc<[TermBlock]>,
    /// There are others that cannot be read.
    pub is_incomplete: bool,
}

/// The blocked terms of a site, as this process knows them.
pub fn known(app: &App, site: SiteId) -> SiteTerms {
    let known = app.blocked_terms.0.read().unwrap_or_else(PoisonError::into_inner).clone();
    SiteTerms {
        terms: known.by_site.get(&site).cloned().unwrap_or_default(),
        is_incomplete: known.unreadable.contains(&site),
    }
}

/// Reads the terms again if any of them changed since the last look.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    let before = app.blocked_terms.0.read().unwrap_or_else(PoisonError::into_inner).fingerprint;
    let fingerprint = app.db.read(async |tx| tx.terms_fingerprint().await).await?;
    if fingerprint == before {
        return Ok(());
    }
    let now = app.clock.now();
    let rows = app.db.read(async |tx| tx.term_blocks(now).await).await?;
    let mut by_site: HashMap<SiteId, Vec<TermBlock>> = HashMap::new();
    let mut unreadable = HashSet::new();
    for row in rows {
        match app.vault.open_term(row.id.uuid(), row.term.as_deref().unwrap_or_default()) {
            Ok(term) => by_site.entry(row.site).or_default().push(TermBlock {
                term,
                effect: row.effect,
                until: row.expires_at,
            }),
            Err(_) => {
                tracing::error!(block.id = %row.id, "the term of block {} does not open: is the keys file the right one?", row.id);
                unreadable.insert(row.site);
            }
        }
    }
    let by_site = by_site.into_iter().map(|(site, terms)| (site, terms.into())).collect();
    *app.blocked_terms.0.write().unwrap_or_else(PoisonError::into_inner) =
        Arc::new(Known { fingerprint, by_site, unreadable });
    Ok(())
}
