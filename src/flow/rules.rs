//! What the comments of a site are judged by: its policy and its word lists, in versions.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    sites,
};
use crate::{
    domain::{Moderator, Policy, Site, SiteId, TermList, Timestamp},
    screen::{List, TooLarge, WordLists},
    store::{RuleChange, RulePart, SiteRow, StoreError, Tx, WordsRow},
};

/// Who changes rules, and the way it came: `api`, `desk`.
pub type By<'a> = (&'a Moderator, &'static str);

/// Versions that are listed.
const LISTED: i64 = 10;

/// Rules with the number of their version, 0 as long as they were never changed.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// To name when they are changed.
    pub version: i64,
    /// The rules.
    pub rules: T,
    /// The latest changes, the newest first.
    pub changes: Vec<RuleChange>,
}

/// The policy in force, for whoever moderates.
pub async fn policy(app: &App, moderator: &Moderator, site: &Site) -> Result<Versioned<Policy>, FlowError> {
    reads(moderator)?;
    let (version, changes, row) = app
        .db
        .snapshot(async |tx| {
            let part = (site.id, RulePart::Policy);
            let version = tx.rules_version(site.id, RulePart::Policy).await?;
            Ok::<_, StoreError>((version, tx.rule_changes(part, LISTED).await?, tx.site(site.id).await?))
        })
        .await?;
    let rules = row.ok_or(StoreError::Corrupt("site"))?.policy.0;
    Ok(Versioned { version, rules, changes })
}

/// The word lists in force, for whoever moderates.
pub async fn words(app: &App, moderator: &Moderator, site: &Site) -> Result<Versioned<WordsRow>, FlowError> {
    reads(moderator)?;
    let part = (site.id, RulePart::Words);
    let read = app
        .db
        .snapshot(async |tx| {
            let version = tx.rules_version(site.id, RulePart::Words).await?;
            let rules = tx.rules(part, version).await?.unwrap_or_default();
            Ok::<_, StoreError>(Versioned { version, rules, changes: tx.rule_changes(part, LISTED).await? })
        })
        .await?;
    Ok(read)
}

/// Puts another policy in force, for editors and above; its version. The canned reasons stay: they have a door of their
/// own. The policy is within its bounds ([`Policy::check`]).
pub async fn set_policy(
    app: &App,
    by: By<'_>,
    site: &Site,
    (seen, policy): (i64, &Policy),
) -> Result<i64, FlowError> {
    edits(by.0)?;
    let now = app.clock.now();
    let set = app
        .db
        .write(async |tx| {
            let mut row = tx.hold_site(site.id).await?.ok_or(StoreError::Corrupt("site"))?;
            let version = tx.rules_version(site.id, RulePart::Policy).await?;
            let policy = Policy { reasons: row.policy.0.reasons.clone(), ..policy.clone() };
            // whoever asks for what is there already is not too late
            if policy == row.policy.0 {
                return Ok(Ok(version));
            }
            if version != seen {
                return Ok(Err(FlowError::VersionConflict));
            }
            row.policy.0 = policy;
            tx.set_site(&row).await?;
            let version = keep_policy(tx, &row, (now, Some(by.0))).await?;
            record(app, tx, (site.id, by, now), ("set-policy", version)).await?;
            Ok(Ok(version))
        })
        .await?;
    sites::refresh(app).await?;
    set
}

/// Puts other word lists in force, for editors and above; their version. None when they are too large to be looked for.
pub async fn set_words(
    app: &App,
    by: By<'_>,
    site: &Site,
    (seen, hold, spam): (i64, &TermList, &TermList),
) -> Result<Option<i64>, FlowError> {
    edits(by.0)?;
    let now = app.clock.now();
    let typed = |list: &TermList| list.as_slice().iter().map(|term| term.as_str().to_owned()).collect();
    let words = WordsRow { hold: typed(hold), spam: typed(spam) };
    if compile((hold.clone(), spam.clone())).await.is_err() {
        return Ok(None);
    }
    let part = (site.id, RulePart::Words);
    let set = app
        .db
        .write(async |tx| {
            tx.hold_site(site.id).await?.ok_or(StoreError::Corrupt("site"))?;
            let version = tx.rules_version(site.id, RulePart::Words).await?;
            if tx.rules::<WordsRow>(part, version).await?.unwrap_or_default() == words {
                return Ok(Ok(version));
            }
            if version != seen {
                return Ok(Err(FlowError::VersionConflict));
            }
            let version = tx.add_rules(part, &words, (now, Some(by.0.id))).await?;
            record(app, tx, (site.id, by, now), ("set-words", version)).await?;
            Ok(Ok(version))
        })
        .await?;
    sites::refresh(app).await?;
    set.map(Some)
}

/// The lists, ready to be looked for. A hundred thousand terms take a while, in which others are served.
pub(super) async fn compile((hold, spam): (TermList, TermList)) -> Result<WordLists, TooLarge> {
    let work = move || WordLists::compile([(List::Hold, &hold), (List::Spam, &spam)]);
    tokio::task::spawn_blocking(work).await.map_err(|_| TooLarge)?
}

/// The lists of a site as they are kept, ready to be looked for.
pub(super) async fn compiled(words: &WordsRow) -> Result<WordLists, StoreError> {
    let corrupt = StoreError::Corrupt("words");
    let parsed = |list: &Vec<String>| TermList::parse(list.iter().map(String::as_str));
    match (parsed(&words.hold), parsed(&words.spam)) {
        (Ok(hold), Ok(spam)) => compile((hold, spam)).await.map_err(|_| corrupt),
        _ => Err(corrupt),
    }
}

/// Keeps the policy of a site as a new version; its number. For a transaction that holds the site.
pub(super) async fn keep_policy(
    tx: &mut Tx,
    row: &SiteRow,
    (now, by): (Timestamp, Option<&Moderator>),
) -> Result<i64, StoreError> {
    tx.add_rules((row.id, RulePart::Policy), &row.policy.0, (now, by.map(|moderator| moderator.id))).await
}

async fn record(
    app: &App,
    tx: &mut Tx,
    (site, (moderator, via), now): (SiteId, By<'_>, Timestamp),
    (action, version): (&'static str, i64),
) -> Result<(), StoreError> {
    let object = Object { kind: "site", id: site.uuid(), site: Some(site) };
    let author = Author { moderator: Some(moderator.id), via };
    let entry = NewEntry { version: Some(version), ..NewEntry::new(app, now, (object, action, author)) };
    audit::record(app, tx, &[entry]).await
}

fn reads(moderator: &Moderator) -> Result<(), FlowError> {
    if moderator.role.moderates() { Ok(()) } else { Err(FlowError::Forbidden) }
}

fn edits(moderator: &Moderator) -> Result<(), FlowError> {
    if moderator.role.edits() { Ok(()) } else { Err(FlowError::Forbidden) }
}
