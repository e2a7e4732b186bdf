//! The sites of whoever looks, for pages that show one of them.

use std::sync::Arc;

use super::{pages::Tab, session::Session};
use crate::{domain::Site, flow::App, http::error::ApiError};

/// The site of that key, or the first one.
pub fn site(app: &App, session: &Session, key: Option<&str>) -> Result<Arc<Site>, ApiError> {
    let sites = seen(app, session);
    let found = match key {
        Some(key) => sites.into_iter().find(|site| site.key.as_str() == key),
        None => sites.into_iter().next(),
    };
    found.ok_or(ApiError::NotFound)
}

/// A tab for each site, where there are several; `page` shows the one that its address names.
pub fn tabs((app, session): (&App, &Session), current: &Site, page: &str) -> Vec<Tab> {
    let sites = seen(app, session);
    let tab = |site: &Arc<Site>| Tab {
        label: site.name.clone(),
        url: format!("{page}?site={}", site.key.as_str()),
        current: site.id == current.id,
        count: None,
    };
    if sites.len() > 1 { sites.iter().map(tab).collect() } else { Vec::new() }
}

/// The sites that this person sees, by their names.
fn seen(app: &App, session: &Session) -> Vec<Arc<Site>> {
    let mut sites = app.sites.all();
    sites.retain(|site| session.moderator.sees(site.id));
    sites.sort_by(|one, other| one.name.cmp(&other.name).then(one.key.as_str().cmp(other.key.as_str())));
    sites
}
