//! Whether the log is what was written: every seal is made again.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
    time::Duration,
};

use uuid::Uuid;

use super::{TURN, first_id, sealed_bytes};
use crate::{
    domain::AuditId,
    flow::App,
    store::{EntryRow, LinkRow, NoteRow, StoreError},
    vault,
};

/// How long a worker may take to seal an entry, with room for one that was restarted.
const SEALED_BY: Duration = Duration::from_mins(15);
/// Most troubles that a report lists.
const LISTED: usize = 1_000;

/// An end of the chain that was written down elsewhere: `12:` and the seal of entry 12.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the entry, from 1.
    pub number: i64,
    /// Its seal: 43 characters of base64url.
    pub seal: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.seal)
    }
}

impl FromStr for Head {
    type Err = &'static str;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let parts = raw.split_once(':').and_then(|(number, seal)| Some((number.parse().ok()?, seal)));
        match parts {
            Some((number, seal)) if number > 0 && seal.len() == 43 => {
                Ok(Self { number, seal: seal.to_owned() })
            }
            _ => Err("a head is a number, a colon and a seal of 43 characters, as the log has it"),
        }
    }
}

/// What is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// These numbers are missing in the chain, the first and the last.
    Gap(i64, i64),
    /// The chain names an entry that is not there.
    Removed(i64, AuditId),
    /// The entry is not the one that was sealed in this place.
    Altered(i64, AuditId),
    /// The note is not the one that was written.
    Note(AuditId),
    /// The keys file has no such key, with which so many entries were sealed.
    NoKey(String, u64),
    /// The entry has no place in the chain: the service did not write it, or the chain was cut off.
    Unsealed(AuditId),
    /// The chain ends before this entry, or has another one in its place.
    CutOff(i64),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap(first, last) if first == last => write!(f, "number {first} is missing in the chain"),
            Self::Gap(first, last) => write!(f, "numbers {first} to {last} are missing in the chain"),
            Self::Removed(number, id) => write!(f, "number {number}, entry {id}, was removed"),
            Self::Altered(number, id) => write!(f, "number {number}, entry {id}, was altered or moved"),
            Self::Note(id) => write!(f, "the note of entry {id} was altered"),
            Self::NoKey(key, entries) => {
                write!(f, "{entries} entries were sealed with key {key}, which the keys file lacks")
            }
            Self::Unsealed(id) => {
                write!(
                    f,
                    "entry {id} has no place in the chain: the service did not write it, or the chain was cut off"
                )
            }
            Self::CutOff(number) => {
                write!(f, "number {number} was cut off, or another one stands in its place")
            }
        }
    }
}

/// What a look at the whole log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries whose seals are right.
    pub good: u64,
    /// Entries whose notes were erased; that is allowed.
    pub erased_notes: u64,
    /// Where the chain ends.
    pub head: Option<Head>,
    /// What is wrong, at most 1,000 of it.
    pub troubles: Vec<Trouble>,
    /// How many more there are.
    pub more: u64,
}

impl Report {
    fn finds(&mut self, trouble: Trouble) {
        if self.troubles.len() < LISTED { self.troubles.push(trouble) } else { self.more += 1 }
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.troubles.is_empty()
    }
}

/// Makes every seal again, and looks for these earlier ends of the chain. `tells` hears how many entries were looked at.
pub async fn verify(app: &App, heads: &[Head], tells: impl Fn(u64)) -> Result<Report, StoreError> {
    let mut walk = Walk { app, last: Head { number: 0, seal: String::new() }, report: Report::default() };
    let (mut after, mut looked_at, mut unknown) = (i64::MIN, 0, BTreeMap::new());
    loop {
        let (links, entries, notes) = app
            .db
            .snapshot(async |tx| {
                let links = tx.links(after, TURN).await?;
                let ids: Vec<AuditId> = links.iter().map(|link| link.audit).collect();
                Ok::<_, StoreError>((links, tx.entries(&ids).await?, tx.notes(&ids).await?))
            })
            .await?;
        let Some(last) = links.last() else { break };
        after = last.number;
        let entries: HashMap<AuditId, EntryRow> =
            entries.into_iter().map(|entry| (entry.id, entry)).collect();
        let notes: HashMap<AuditId, NoteRow> = notes.into_iter().map(|note| (note.audit, note)).collect();
        for link in links {
            for head in heads.iter().filter(|head| head.number == link.number && head.seal != link.seal) {
                walk.report.finds(Trouble::CutOff(head.number));
            }
            let entry = entries.get(&link.audit).map(|entry| (entry, notes.get(&entry.id)));
            if let Some(key) = walk.looks_at(link, entry)? {
                *unknown.entry(key).or_insert(0) += 1;
            }
            looked_at += 1;
        }
        tells(looked_at);
    }
    let Walk { last, mut report, .. } = walk;
    for head in heads.iter().filter(|head| head.number > last.number) {
        report.finds(Trouble::CutOff(head.number));
    }
    for (key, entries) in unknown {
        report.finds(Trouble::NoKey(key, entries));
    }
    unsealed(app, &mut report).await?;
    report.head = (last.number > 0).then_some(last);
    Ok(report)
}

/// A walk along the chain.
struct Walk<'a> {
    app: &'a App,
    last: Head,
    report: Report,
}

impl Walk<'_> {
    /// Looks at one place; the name of its key when that is not live.
    fn looks_at(
        &mut self,
        link: LinkRow,
        entry: Option<(&EntryRow, Option<&NoteRow>)>,
    ) -> Result<Option<String>, StoreError> {
        let mut unknown = None;
        if link.number > self.last.number + 1 {
            self.report.finds(Trouble::Gap(self.last.number + 1, link.number - 1));
        }
        match entry {
            None => self.report.finds(Trouble::Removed(link.number, link.audit)),
            Some((entry, note)) => {
                let bytes = sealed_bytes(entry)?;
                match self.app.vault.seal_entry(&link.key, (link.number, &self.last.seal), &bytes) {
                    Some(seal) if seal == link.seal && link.number > 0 => self.report.good += 1,
                    Some(_) => self.report.finds(Trouble::Altered(link.number, link.audit)),
                    None => unknown = Some(link.key.clone()),
                }
                match (&entry.note_hash, note) {
                    (Some(_), None) => self.report.erased_notes += 1,
                    (Some(hash), Some(note)) if *hash == vault::note_hash(&note.salt, &note.text) => {}
                    (None, None) => {}
                    (_, Some(_)) => self.report.finds(Trouble::Note(entry.id)),
                }
            }
        }
        // places that there are not count for nothing
        if link.number > 0 {
            self.last = Head { number: link.number, seal: link.seal };
        }
        Ok(unknown)
    }
}

/// Entries without a place that a worker had time enough to seal.
async fn unsealed(app: &App, report: &mut Report) -> Result<(), StoreError> {
    let now = app.clock.now();
    let fresh = first_id(now.minus(SEALED_BY))..first_id(now.plus(SEALED_BY));
    let mut after = AuditId::from(Uuid::nil());
    loop {
        let (ids, sealed) = app
            .db
            .snapshot(async |tx| {
                let entries = tx.entries_between((after, Uuid::max().into()), None, TURN).await?;
                let ids: Vec<AuditId> = entries.iter().map(|entry| entry.id).collect();
                let sealed = tx.chained(&ids).await?;
                Ok::<_, StoreError>((ids, sealed))
            })
            .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        for id in ids.iter().filter(|id| !fresh.contains(id) && !sealed.contains(id)) {
            report.finds(Trouble::Unsealed(*id));
        }
    }
}
