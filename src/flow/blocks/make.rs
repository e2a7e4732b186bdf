//! Making blocks: of what an editor names, or of whoever wrote a comment.

use std::{sync::Arc, time::Duration};

use super::{BlockError, By, NEIGHBOURS, TERMS, broken, clean_up, refresh};
use crate::{
    domain::{
        BlockId, BlockKind, BlockValue, Code, CommentId, ContactId, Effect, MailDomain, Moderator, Site,
        SiteId, Timestamp,
    },
    flow::{
        App, FlowError,
        audit::{self, Author, NewEntry, Object},
        batch::Batch,
        moderate::Target,
    },
    store::{BlockRow, BlockView, KeptContact, Stamp, StoreError},
    vault::SealedPerson,
};

/// Published comments of a site among whose authors those of a domain are counted: the latest.
const LATEST: i64 = 500;

/// What is to be blocked.
#[derive(Clone, Debug)]
pub enum Of {
    /// Something that an editor named.
    Value(Arc<Site>, BlockValue),
    /// These of whoever wrote this comment; of those that are not known nothing is blocked.
    Author(CommentId, Vec<BlockKind>),
}

/// What somebody wants blocked, how and for how long.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What.
    pub of: Of,
    /// What happens to submissions that it is about.
    pub effect: Effect,
    /// Why, for colleagues: 1 to 500 characters.
    pub reason: String,
    /// For so many days, 1 to 3,650.
    pub days: u32,
    /// What came from the author of the comment within so many days is marked as spam, when that is so many comments: none
    /// when nobody has counted.
    pub clean_up: Option<(u32, Option<usize>)>,
    /// So many published authors may be of the blocked domain; [`NEIGHBOURS`] when nobody has counted.
    pub neighbours: Option<usize>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Made {
    /// The blocks.
    pub blocks: Vec<BlockView>,
    /// The clean-up.
    pub cleaned: Option<Batch>,
}

/// Whoever wrote a comment.
pub(super) struct Taken {
    pub(super) comment: CommentId,
    pub(super) contact: ContactId,
    pub(super) kept: KeptContact,
}

impl Taken {
    /// `NotFound` when the comment is not there for this person, `Invalid` when nobody outside wrote it.
    pub(super) async fn from(
        app: &App,
        moderator: &Moderator,
        comment: CommentId,
    ) -> Result<Self, BlockError> {
        let kept = app.db.read(async |tx| tx.contact_of(comment).await).await?;
        let kept = kept.filter(|kept| moderator.sees(kept.site)).ok_or(FlowError::NotFound)?;
        let contact = kept.contact.ok_or(BlockError::field("comment", Code::NotPermitted))?;
        Ok(Self { comment, contact, kept })
    }
}

/// What will be written.
struct Plan {
    site: SiteId,
    values: Vec<BlockValue>,
    taken: Option<Taken>,
    marked: Option<Vec<Target>>,
}

/// Blocks, for editors and above; what was blocked already is blocked as this says. With a clean-up, all of it or nothing
/// when its count is not the expected one; then the blocks stand before the first comment is decided on.
pub async fn make(app: &App, by: By<'_>, wish: &Wish) -> Result<Made, BlockError> {
    if !by.0.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let plan = plan(app, by.0, wish).await?;
    let now = app.clock.now();
    let rows: Vec<BlockRow> =
        plan.values.iter().map(|value| row(app, by.0, (&plan, wish), (value, now))).collect();
    let ids: Vec<BlockId> = rows.iter().map(|row| row.id).collect();
    let known: Vec<String> =
        plan.values.iter().flat_map(|value| app.vault.blocked(plan.site, value)).collect();
    let has_terms = plan.values.iter().any(|value| value.kind() == BlockKind::Term);
    let blocks = app
        .db
        .write(async |tx| {
            let most = i64::try_from(TERMS).unwrap_or(i64::MAX);
            if has_terms && tx.count_terms(plan.site, (now, most)).await? >= most {
                return Ok(None);
            }
            let replaced = tx.block((plan.site, &known), &rows).await?;
            audit::record(app, tx, &entries(app, by, (&plan, wish), (&ids, &replaced, now))).await?;
            Ok(Some(tx.blocks(&ids).await?))
        })
        .await?
        .ok_or(BlockError::field("kind", Code::TooLong))?;
    // the blocks stand; what this process knows of terms is looked up again within a second
    if let Err(error) = refresh(app).await {
        tracing::warn!(error.class = error.class(), "cannot read the blocked terms: {error}");
    }
    let cleaned = match &plan.marked {
        Some(targets) => Some(clean_up::mark(app, by, targets).await?),
        None => None,
    };
    Ok(Made { blocks, cleaned })
}

async fn plan(app: &App, moderator: &Moderator, wish: &Wish) -> Result<Plan, BlockError> {
    let (site, values, taken) = match &wish.of {
        Of::Value(site, value) if moderator.sees(site.id) => (site.id, vec![value.clone()], None),
        Of::Value(..) => return Err(FlowError::NotFound.into()),
        Of::Author(comment, kinds) => {
            let taken = Taken::from(app, moderator, *comment).await?;
            let mut values = Vec::new();
            for kind in kinds {
                values.extend(app.vault.blockable(*kind, &taken.sealed()).map_err(broken)?);
            }
            (taken.kept.site, values, Some(taken))
        }
    };
    if values.is_empty() {
        return Err(BlockError::field("kinds", Code::UnknownValue));
    }
    for value in &values {
        if let BlockValue::Domain(domain) = value {
            let count = neighbours(app, site, domain).await?;
            if count > wish.neighbours.unwrap_or(NEIGHBOURS) {
                return Err(BlockError::Crowded(count));
            }
        }
    }
    let marked = match (&taken, wish.clean_up) {
        (Some(taken), Some((days, expected))) => {
            let targets = clean_up::find(app, taken, days).await?;
            if expected.unwrap_or_default() != targets.len() {
                return Err(BlockError::Moved(targets.len()));
            }
            Some(targets)
        }
        _ => None,
    };
    Ok(Plan { site, values, taken, marked })
}

/// How many of those whose comments are published have an address of a domain, as the latest of them show.
async fn neighbours(app: &App, site: SiteId, domain: &MailDomain) -> Result<usize, StoreError> {
    let known = app.db.read(async |tx| tx.published_contacts(site, LATEST).await).await?;
    let people = known.iter().map(|(contact, email)| SealedPerson {
        contact: *contact,
        email: Some(email.as_str()),
        address: None,
    });
    Ok(app.vault.neighbours(domain, people))
}

fn row(
    app: &App,
    moderator: &Moderator,
    (plan, wish): (&Plan, &Wish),
    (value, now): (&BlockValue, Timestamp),
) -> BlockRow {
    let id = BlockId::from(app.clock.id(now));
    let keyed = app.vault.block(plan.site, value);
    let term = match value {
        BlockValue::Term(term) => Some(app.vault.seal_term(&app.clock, id.uuid(), term).as_str().to_owned()),
        _ => None,
    };
    // an address is typed by whoever submits; so was a domain that is taken from one
    let needs_proof = match value.kind() {
        BlockKind::Email => true,
        BlockKind::Domain => plan.taken.is_some(),
        BlockKind::Host | BlockKind::Network | BlockKind::Term => false,
    };
    // who wrote it may have typed the address of somebody else, and that one must not be refused for it
    let is_typed = plan.taken.as_ref().is_some_and(|taken| !taken.kept.proven);
    let effect = if is_typed && needs_proof { Effect::Hold } else { wish.effect };
    let span = Duration::from_hours(24).saturating_mul(wish.days);
    BlockRow {
        id,
        site: plan.site,
        kind: value.kind().name(),
        index_key: keyed.key_id.to_owned(),
        value: keyed.value,
        term,
        effect: effect.name(),
        needs_proof,
        reason: wish.reason.clone(),
        moderator: moderator.id,
        comment: plan.taken.as_ref().map(|taken| taken.comment),
        made_at: Stamp(now),
        expires_at: Stamp(now.plus(span)),
    }
}

/// One for each block, one for each that it takes the place of, and one for the comment whose author it is.
fn entries(
    app: &App,
    (moderator, via): By<'_>,
    (plan, wish): (&Plan, &Wish),
    (made, replaced, now): (&[BlockId], &[BlockId], Timestamp),
) -> Vec<NewEntry> {
    let author = Author { moderator: Some(moderator.id), via };
    let object = |kind, id| Object { kind, id, site: Some(plan.site) };
    let entry = |object, action| NewEntry::new(app, now, (object, action, author));
    let with_reason = |entry: NewEntry| NewEntry { reason: Some(wish.reason.clone()), ..entry };
    let ended = replaced.iter().map(|id| entry(object("block", id.uuid()), "end-block"));
    let begun = made.iter().map(|id| with_reason(entry(object("block", id.uuid()), "block")));
    let of = plan
        .taken
        .iter()
        .map(|taken| with_reason(entry(object("comment", taken.comment.uuid()), "block-author")));
    ended.chain(begun).chain(of).collect()
}
