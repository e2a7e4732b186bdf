//! Which comments say nearly the same: each text of some length is in a cluster, its own when it is the first.
//!
//! Two that come at the same moment may begin two clusters; what comes later joins the older one. Whoever wrote them
//! does not matter: a name and an address are typed, and typing others is what campaigns do.

use super::{App, audit};
use crate::{
    domain::{ClusterId, CommentId, SiteId, Timestamp},
    screen::{Likeness, NEAR, alike},
    store::{Alike, Sought},
};

/// Of a text; nothing where it is short, or nobody wants to know.
pub fn of(app: &App, site: SiteId, text: &str) -> Option<Likeness> {
    let is_wanted = !app.settings.comments.likeness.is_zero();
    is_wanted.then(|| Likeness::of(text, app.vault.likeness_secret(site))).flatten()
}

/// Where others like it are looked for.
pub fn sought(app: &App, likeness: Option<Likeness>, now: Timestamp) -> Sought {
    Sought { bands: likeness.map(|likeness| likeness.bands), after: oldest(app, now) }
}

/// Comments with lesser ids are too old to be compared with.
pub fn oldest(app: &App, now: Timestamp) -> CommentId {
    audit::first_id(now.minus(app.settings.comments.likeness)).uuid().into()
}

/// The cluster of the first comment that does say nearly the same; not that of the comment itself.
pub fn joins(likeness: Option<Likeness>, found: &[Alike], itself: Option<CommentId>) -> Option<ClusterId> {
    let sketch = likeness?.sketch;
    let near = found.iter().filter(|other| Some(other.id) != itself && alike(sketch, other.likeness) >= NEAR);
    near.min_by_key(|other| other.id).map(|other| other.cluster)
}
