//! Which comments say nearly the same: each text of some length is in a cluster, its own when it is the first.
//!
//! What finds texts lies far apart in a large table, so a worker writes it behind the submissions, with the words that
//! search knows ([`super::search`]), a second later as a rule. What this process took in meanwhile it keeps in memory.
//! Two that come to two processes within that second, or to one at the same moment, may begin two clusters; what comes
//! later joins the older one. Whoever wrote them does not matter: a name and an address are typed, and typing others is
//! what campaigns do.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{App, audit};
use crate::{
    domain::{ClusterId, CommentId, SiteId, Timestamp},
    screen::{Likeness, NEAR, alike},
    store::{Alike, Sought},
};

/// Texts that a process keeps in mind, at most: more than come in the time that a worker takes.
const KEPT: usize = 1_000;
/// For so long; then whoever asks finds them in the database.
const LATELY: Duration = Duration::from_mins(5);

/// What this process took in lately.
#[derive(Debug, Default)]
pub struct Recent(Mutex<VecDeque<(Likeness, Alike)>>);

impl Recent {
    /// Keeps a comment in mind, in place of its earlier text and of the oldest one when there are too many.
    pub fn keep(&self, id: CommentId, text: Option<(Likeness, ClusterId)>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, other)| other.id != id);
        let Some((likeness, cluster)) = text else { return };
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((likeness, Alike { id, likeness: likeness.sketch, cluster }));
    }

    /// What shares a band and came after that comment.
    fn find(&self, likeness: &Likeness, after: CommentId) -> Vec<Alike> {
        let shares =
            |other: &Likeness| likeness.bands.iter().zip(other.bands).any(|(one, other)| *one == other);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().filter(|(other, alike)| alike.id > after && shares(other));
        found.map(|(_, alike)| *alike).collect()
    }
}

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

/// The cluster of the first comment that does say nearly the same, of those that the database found and of those that
/// came a moment ago; not that of the comment itself.
pub fn joins(
    app: &App,
    (likeness, now): (Option<Likeness>, Timestamp),
    found: &[Alike],
    itself: Option<CommentId>,
) -> Option<ClusterId> {
    let likeness = likeness?;
    let after = audit::first_id(now.minus(LATELY)).uuid().into();
    let lately = app.recent.find(&likeness, oldest(app, now).max(after));
    let is_near = |other: &&Alike| Some(other.id) != itself && alike(likeness.sketch, other.likeness) >= NEAR;
    let near = found.iter().chain(&lately).filter(is_near);
    near.min_by_key(|other| other.id).map(|other| other.cluster)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn kept(recent: &Recent, id: u128, band: i64) {
        let likeness = Likeness { sketch: 0, bands: [band, -1, -2, -3] };
        recent.keep(Uuid::from_u128(id).into(), Some((likeness, Uuid::from_u128(id).into())));
    }

    fn found(recent: &Recent, band: i64, after: u128) -> usize {
        recent.find(&Likeness { sketch: 0, bands: [band, 1, 2, 3] }, Uuid::from_u128(after).into()).len()
    }

    #[test]
    fn what_came_lately_is_found_until_it_changes_or_too_much_came() {
        let recent = Recent::default();
        kept(&recent, 1, 100);
        kept(&recent, 2, 100);
        assert_eq!((found(&recent, 100, 0), found(&recent, 100, 1), found(&recent, 101, 0)), (2, 1, 0));
        kept(&recent, 1, 101);
        assert_eq!((found(&recent, 100, 0), found(&recent, 101, 0)), (1, 1));
        recent.keep(Uuid::from_u128(1).into(), None);
        assert_eq!(found(&recent, 101, 0), 0);
        for id in 10..10 + KEPT as u128 {
            kept(&recent, id, 102);
        }
        assert_eq!((found(&recent, 100, 0), found(&recent, 102, 0)), (0, KEPT));
    }
}
