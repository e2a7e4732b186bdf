//! Which comments stand on a page, found along one index whatever the filter is.
//!
//! Of each filter no more than [`RARE`] comments are counted. The rarest that has no more is the driver: all its
//! comments are looked at. Where every filter is common, the list itself is the driver: what waits, with a finding or
//! without, a status, an article, in the order of the page; most of what is looked at is then found. So a page costs
//! some thousand look-ups by primary key at most, however large the archive is; and where those of [`LOOKED_AT`]
//! comments do not fill it, the page is short and the next one goes on from there.

use super::{Cursor, Order, Wanted};
use crate::{
    domain::{ArticleId, ClusterId, CommentId, Moderator, Needs, SiteId, Timestamp},
    flow::{App, FlowError},
    store::{Driver, Listing, Origin, StoreError, Stretch, Tx},
    vault::word_token,
};
use uuid::Uuid;

/// A filter that finds no more than this is looked at whole.
const RARE: i64 = 2_000;
/// Comments that a page looks at, at most.
pub const LOOKED_AT: usize = 5_000;
/// Comments that one statement looks at.
const LENGTHS: std::ops::RangeInclusive<usize> = 100..=2_000;

/// What comes first when the most pressing do.
const PRESSING: [Needs; 5] = [Needs::Escalated, Needs::Report, Needs::Appeal, Needs::Decision, Needs::Edit];

/// The comments of a page in its order, each in the version that was found.
#[derive(Clone, Debug, Default)]
pub struct Picked {
    /// Them.
    pub targets: Vec<(CommentId, i64)>,
    /// Behind which one the next page begins, if there may be more.
    pub next: Option<Cursor>,
}

/// Who asks for what, and how much it may cost.
pub struct Asking<'a> {
    /// For whom.
    pub moderator: &'a Moderator,
    /// What.
    pub wanted: &'a Wanted,
    /// When.
    pub now: Timestamp,
    /// Comments to look at, at most.
    pub budget: usize,
}

/// A part of the desk: a site or none in particular, and one of its articles.
type Place = (Option<SiteId>, Option<ArticleId>);

/// Where along the comments a page lies.
#[derive(Clone, Copy)]
struct Way {
    after: Option<CommentId>,
    newest_first: bool,
    limit: usize,
    budget: usize,
}

/// What was found along the way, and behind which comment nobody has looked.
struct Found {
    targets: Vec<(CommentId, i64)>,
    through: Option<CommentId>,
}

/// Finds a page.
pub async fn pick(app: &App, tx: &mut Tx, asking: &Asking<'_>) -> Result<Picked, FlowError> {
    let Asking { moderator, wanted, now, budget } = *asking;
    let places = places(app, tx, asking).await?;
    let listing = Listing {
        needs: wanted.needs.filter(|_| wanted.status.is_none()),
        status: wanted.status,
        moderator: moderator.id,
        all_sites: moderator.sites.is_none(),
        site: None,
        article: None,
        finding: wanted.finding.clone(),
        cluster: cluster(tx, asking).await?,
        alike: alike(tx, asking).await?,
        tokens: wanted.words.iter().map(|word| word_token(word)).collect(),
        mine: wanted.mine,
        now,
    };
    let after = wanted.after;
    let newest_first = wanted.order == Order::Newest;
    let mut way = Way { after: after.map(|cursor| cursor.id), newest_first, limit: wanted.limit, budget };
    if wanted.order != Order::Priority {
        let Found { targets, through } = find(tx, &listing, &places, way).await?;
        let next = through.map(|id| Cursor { needs: None, id });
        return Ok(Picked { targets, next });
    }
    let begins = after.and_then(|cursor| PRESSING.iter().position(|needs| Some(*needs) == cursor.needs));
    let mut picked = Picked::default();
    for needs in PRESSING.into_iter().skip(begins.unwrap_or_default()) {
        if listing.needs.is_some_and(|wanted| wanted != needs) {
            continue;
        }
        // the place is behind one of this need; all of the next needs follow
        way.after = after.filter(|cursor| cursor.needs == Some(needs)).map(|cursor| cursor.id);
        way.limit = wanted.limit - picked.targets.len();
        let found = find(tx, &Listing { needs: Some(needs), ..listing.clone() }, &places, way).await?;
        picked.targets.extend(found.targets);
        if let Some(id) = found.through {
            picked.next = Some(Cursor { needs: Some(needs), id });
            break;
        }
    }
    Ok(picked)
}

/// Where comments may be: nowhere when what is named is not for this person.
async fn places(app: &App, tx: &mut Tx, asking: &Asking<'_>) -> Result<Vec<Place>, FlowError> {
    let (moderator, wanted) = (asking.moderator, asking.wanted);
    let named = wanted.site.as_deref().map(|key| app.sites.find(key).map(|site| site.id));
    let is_meant = |site: SiteId| moderator.sees(site) && named.is_none_or(|named| named == Some(site));
    if let Some(key) = &wanted.article {
        let known = tx.articles_of(key).await?;
        let meant = known.into_iter().filter(|(site, _)| is_meant(*site));
        return Ok(meant.map(|(site, article)| (Some(site), Some(article))).collect());
    }
    Ok(match (named, &moderator.sites) {
        (Some(site), _) => {
            site.filter(|site| moderator.sees(*site)).map(|site| (Some(site), None)).into_iter().collect()
        }
        (None, Some(sites)) => sites.iter().map(|site| (Some(*site), None)).collect(),
        (None, None) => vec![(None, None)],
    })
}

/// Where the comment that others are to be like was written, if it is there for this person.
async fn alike(tx: &mut Tx, asking: &Asking<'_>) -> Result<Option<Origin>, FlowError> {
    let Some(comment) = asking.wanted.same_as else { return Ok(None) };
    let (_, origin) = tx
        .origin_of(comment)
        .await?
        .filter(|(site, _)| asking.moderator.sees(*site))
        .ok_or(FlowError::NotFound)?;
    Ok(Some(origin))
}

/// The cluster of the comment that others are to be like, if it is there for this person. A comment without one is
/// like none, and a cluster that no comment is in finds none.
async fn cluster(tx: &mut Tx, asking: &Asking<'_>) -> Result<Option<ClusterId>, FlowError> {
    let Some(comment) = asking.wanted.cluster else { return Ok(None) };
    let (_, cluster) = tx
        .cluster_of(comment)
        .await?
        .filter(|(site, _)| asking.moderator.sees(*site))
        .ok_or(FlowError::NotFound)?;
    Ok(Some(cluster.unwrap_or(Uuid::max().into())))
}

/// Finds the next of all places.
async fn find(tx: &mut Tx, listing: &Listing, places: &[Place], way: Way) -> Result<Found, StoreError> {
    let Some(first) = places.first() else { return Ok(Found { targets: Vec::new(), through: None }) };
    let mut listing = Listing { site: first.0, article: first.1, ..listing.clone() };
    let Some(rarest) = rarest(tx, &mut listing).await? else {
        return Ok(Found { targets: Vec::new(), through: None });
    };
    // one walk is enough where the driver does not follow the places
    let is_one = rarest.is_some() && first.1.is_none() && places.len() > 1;
    let places = if is_one { &[(None, None)][..] } else { places };
    let way = Way { budget: (way.budget / places.len()).max(*LENGTHS.start()), ..way };
    let mut found = Found { targets: Vec::new(), through: None };
    for (site, article) in places {
        let listing = Listing { site: *site, article: *article, ..listing.clone() };
        let driver = rarest.unwrap_or_else(|| list_of(&listing));
        let part = walk(tx, &listing, driver, way).await?;
        found.targets.extend(part.targets);
        found.through = nearer(found.through, part.through, way.newest_first);
    }
    Ok(page(found, way))
}

/// The driver of the list itself. What waits with a finding is a range of what waits, in the same order.
fn list_of(listing: &Listing) -> Driver {
    match (listing.article, listing.status, listing.site, listing.needs) {
        (Some(_), ..) => Driver::Article,
        (None, Some(_), Some(_), _) => Driver::SiteStatus,
        (None, Some(_), None, _) => Driver::Status,
        (None, None, Some(_), _) => Driver::SiteWaiting,
        (None, None, None, Some(_)) => Driver::Needing,
        (None, None, None, None) if listing.finding.is_some() => Driver::FindingWaiting,
        (None, None, None, None) => Driver::Waiting,
    }
}

/// The driver of the rarest filter, when one of them is rare; nothing at all when one finds nothing. Puts the rarest
/// word first.
async fn rarest(tx: &mut Tx, listing: &mut Listing) -> Result<Option<Option<Driver>>, StoreError> {
    let mut counts = Vec::new();
    if listing.mine {
        counts.push((0, Driver::Claimed));
    } else {
        let mut words = Vec::with_capacity(listing.tokens.len());
        for token in &listing.tokens {
            words.push((tx.count_word(*token, RARE + 1).await?, *token));
        }
        words.sort_unstable();
        listing.tokens = words.iter().map(|(_, token)| *token).collect();
        counts.extend(words.first().map(|(count, _)| (*count, Driver::Word)));
        if let Some(finding) = &listing.finding {
            let in_all = listing.status.is_some();
            let count = tx.count_finding((finding, in_all), RARE + 1).await?;
            counts.push((count, if in_all { Driver::Finding } else { Driver::FindingWaiting }));
        }
        if let Some(cluster) = listing.cluster {
            counts.push((tx.count_cluster(cluster, RARE + 1).await?, Driver::Cluster));
        }
        if let Some(origin) = &listing.alike {
            counts.push((tx.count_alike(origin, RARE + 1).await?, Driver::Alike));
        }
        // what waits on one site is no range by what it needs
        if let (Some(needs), Driver::SiteWaiting) = (listing.needs, list_of(listing)) {
            counts.push((tx.count_needing(needs, RARE + 1).await?, Driver::Needing));
        }
        if counts.iter().any(|(count, _)| *count == 0) {
            return Ok(None);
        }
    }
    let rarest = counts.into_iter().min_by_key(|(count, _)| *count);
    Ok(Some(rarest.filter(|(count, _)| *count <= RARE).map(|(_, driver)| driver)))
}

/// Looks along a driver, in longer and longer stretches, until there are more than a page holds.
async fn walk(tx: &mut Tx, listing: &Listing, driver: Driver, way: Way) -> Result<Found, StoreError> {
    let (mut above, mut below) = (CommentId::from(Uuid::nil()), CommentId::from(Uuid::max()));
    if let Some(after) = way.after {
        *(if way.newest_first { &mut below } else { &mut above }) = after;
    }
    let mut found = Found { targets: Vec::new(), through: None };
    // where nothing else is asked for, all that is seen is found
    let is_plain = listing.tokens.is_empty()
        && listing.finding.is_none()
        && listing.alike.is_none()
        && listing.cluster.is_none();
    let mut length = if is_plain { way.limit + 1 } else { (way.limit + 1).max(*LENGTHS.start()) };
    let mut looked_at = 0;
    loop {
        length = length.min(*LENGTHS.end());
        let stretch = Stretch {
            above,
            below,
            length: i64::try_from(length).unwrap_or(i64::MAX),
            newest_first: way.newest_first,
        };
        let seen = tx.look_along(listing, driver, stretch).await?;
        found.targets.extend(seen.iter().filter_map(|(id, version)| Some((*id, (*version)?))));
        let Some((last, _)) = seen.last().filter(|_| seen.len() == length) else { return Ok(found) };
        looked_at += length;
        if found.targets.len() > way.limit || looked_at >= way.budget {
            found.through = Some(*last);
            return Ok(found);
        }
        *(if way.newest_first { &mut below } else { &mut above }) = *last;
        length *= 4;
    }
}

/// Whichever comes first.
fn nearer(one: Option<CommentId>, other: Option<CommentId>, newest_first: bool) -> Option<CommentId> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if newest_first { one.max(other) } else { one.min(other) }),
        (one, other) => one.or(other),
    }
}

/// What of it stands on the page: only what is not behind a comment that hides others nobody has looked for.
fn page(mut found: Found, way: Way) -> Found {
    if let Some(through) = found.through {
        found.targets.retain(|(id, _)| if way.newest_first { *id >= through } else { *id <= through });
    }
    found.targets.sort_unstable_by_key(|(id, _)| *id);
    if way.newest_first {
        found.targets.reverse();
    }
    if found.targets.len() > way.limit {
        found.targets.truncate(way.limit);
        // behind nothing, where there was room for nothing
        found.through = found.targets.last().map(|(id, _)| *id).or(Some(first(way)));
    }
    found
}

/// Where the way begins.
fn first(way: Way) -> CommentId {
    way.after.unwrap_or_else(|| if way.newest_first { Uuid::max() } else { Uuid::nil() }.into())
}
