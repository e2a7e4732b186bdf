//! Blocks: what editors keep out for a time, by keyed values only.
//!
//! What is blocked of a person (an address, a mail domain, a network prefix) is looked for with the other facts of a
//! submission, under all live keys; a term is in memory, with the sites. A refusal looks like a comment that waits, and
//! what somebody only typed refuses nothing: `domain::Force` says when.

mod clean_up;
mod make;
mod terms;

use uuid::Uuid;

pub use clean_up::{MOST, Preview, preview};
pub use make::{Made, Of, Wish, make};
pub(super) use terms::{SiteTerms, known};
pub use terms::{Terms, refresh};

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{BlockId, Code, Fault, Moderator},
    screen::Blocks,
    store::{BlockView, BlockedFacts, BlocksQuery, StoreError},
    vault::VaultError,
};

/// Most days that a clean-up goes back.
pub const CLEAN_UP_DAYS: u32 = 90;
/// Terms that one site blocks at one time, at most: lists of words are for more.
pub const TERMS: usize = 500;
/// Published authors of a mail domain that may be blocked with it unasked.
pub const NEIGHBOURS: usize = 2;

/// Why nothing was blocked.
#[derive(Clone, Debug)]
pub enum BlockError {
    /// What was asked for makes no sense.
    Invalid(Vec<Fault>),
    /// The clean-up would mark so many comments as spam, and not as many as were expected.
    Moved(usize),
    /// So many people whose comments are published have an address of that domain.
    Crowded(usize),
    /// The rest.
    Flow(FlowError),
}

impl BlockError {
    fn field(field: &'static str, code: Code) -> Self {
        Self::Invalid(vec![Fault { field, code }])
    }
}

impl From<FlowError> for BlockError {
    fn from(error: FlowError) -> Self {
        Self::Flow(error)
    }
}

impl From<StoreError> for BlockError {
    fn from(error: StoreError) -> Self {
        Self::Flow(error.into())
    }
}

/// Somebody who blocks, and the way it came: `api`, `desk`.
pub type By<'a> = (&'a Moderator, &'static str);

/// Which blocks somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of the site with this key.
    pub site: Option<String>,
    /// Older than this one.
    pub before: Option<BlockId>,
    /// 1 to 100.
    pub limit: usize,
}

/// A page of blocks.
#[derive(Clone, Debug)]
pub struct Page {
    /// The blocks, the latest first; those that are over for as long as they are there.
    pub blocks: Vec<BlockView>,
    /// Where the next page begins, if there is one.
    pub next: Option<BlockId>,
}

/// A page of the blocks of one's sites, for editors and above. What is blocked is not told: nobody knows it any more.
pub async fn list(app: &App, moderator: &Moderator, wanted: &Wanted) -> Result<Page, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let site = match wanted.site.as_deref().map(|key| app.sites.find(key)) {
        None => None,
        Some(Some(site)) => Some(site.id),
        // as empty as a site of others
        Some(None) => return Ok(Page { blocks: Vec::new(), next: None }),
    };
    let query = BlocksQuery {
        before: wanted.before.unwrap_or_else(|| Uuid::max().into()),
        limit: i64::try_from(wanted.limit).unwrap_or(100) + 1,
        moderator: moderator.id,
        all_sites: moderator.sites.is_none(),
        site,
    };
    let mut blocks = app.db.read(async |tx| tx.list_blocks(query).await).await?;
    let more = blocks.len() > wanted.limit;
    blocks.truncate(wanted.limit);
    let next = blocks.last().map(|block| block.id).filter(|_| more);
    Ok(Page { blocks, next })
}

/// Ends a block before its time, for editors and above. What it blocked is forgotten; that there was one stays in the
/// audit log.
pub async fn end(app: &App, (moderator, via): By<'_>, id: BlockId) -> Result<BlockView, FlowError> {
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden);
    }
    let now = app.clock.now();
    let ended = app
        .db
        .write(async |tx| {
            let found = tx.blocks(&[id]).await?.pop().filter(|block| moderator.sees(block.site));
            let Some(block) = found else { return Ok(None) };
            // somebody else may have ended it since it was read
            if !tx.end_block(id).await? {
                return Ok(None);
            }
            let object = Object { kind: "block", id: id.uuid(), site: Some(block.site) };
            let author = Author { moderator: Some(moderator.id), via };
            audit::record(app, tx, &[NewEntry::new(app, now, (object, "end-block", author))]).await?;
            Ok::<_, StoreError>(Some(block))
        })
        .await?
        .ok_or(FlowError::NotFound)?;
    // it is over; what this process knows of terms is looked up again within a second
    if let Err(error) = refresh(app).await {
        tracing::warn!(error.class = error.class(), "cannot read the blocked terms: {error}");
    }
    Ok(ended)
}

/// What screening must know of a site's blocks about a submission, or about an edit of one.
pub(super) fn about(facts: BlockedFacts, known: &SiteTerms) -> Blocks<'_> {
    Blocks {
        email: facts.email,
        domain: facts.domain,
        host: facts.host,
        network: facts.network,
        terms: known.lists.as_deref(),
        is_incomplete: known.is_incomplete,
        is_proven: false,
    }
}

/// Where a seal does not open: the keys file is another one.
fn broken(_: VaultError) -> BlockError {
    StoreError::Corrupt("contact").into()
}
