use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{CannedReason, Origin, REASONS, SiteId, SiteKey};

/// One publication: who may post from where, and what happens to what they post.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its identifier in the databases.
    pub id: SiteId,
    /// Its name in URLs.
    pub key: SiteKey,
    /// Its name for people.
    pub name: String,
    /// Whose pages may post and read: scheme, host and port, as browsers send them.
    pub origins: Vec<Origin>,
    /// The site's rules.
    pub policy: Policy,
}

impl Site {
    /// Whether pages of this origin belong to the site.
    pub fn owns(&self, origin: &Origin) -> bool {
        self.origins.contains(origin)
    }
}

/// The rules of a site, stored as JSON. Members that are absent have their defaults, so that a
/// policy written by an older version stays readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What happens to a comment in which screening found nothing.
    pub mode: Mode,
    /// Longest comment in characters, 1 to 65,525.
    pub comment_chars: usize,
    /// What the link in a moderator's mail may do.
    pub links: Links,
    /// The reasons that its moderators give again and again, at most 50, each code once.
    pub reasons: Vec<CannedReason>,
    /// Minutes after which a comment that still waits is brought up again, 0 (never) to 43,200.
    pub overdue_minutes: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::HoldAll,
            comment_chars: 10_000,
            links: Links::Decide,
            reasons: Vec::new(),
            overdue_minutes: 240,
        }
    }
}

impl Policy {
    /// Whether every member is within its bounds; names the first that is not.
    pub fn check(&self) -> Result<(), &'static str> {
        if !(1..=65_525).contains(&self.comment_chars) {
            return Err("comment_chars");
        }
        let codes: HashSet<&str> = self.reasons.iter().map(CannedReason::code).collect();
        if self.reasons.len() > REASONS || codes.len() < self.reasons.len() {
            return Err("reasons");
        }
        if self.overdue_minutes > 43_200 { Err("overdue_minutes") } else { Ok(()) }
    }

    /// The canned reason of that code.
    pub fn reason(&self, code: &str) -> Option<&CannedReason> {
        self.reasons.iter().find(|reason| reason.code() == code)
    }
}

/// What happens to a comment in which screening found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A moderator sees it first.
    HoldAll,
    /// It is published at once and reviewed after.
    Open,
}

/// What the link in a moderator's mail may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Links {
    /// It opens a page that decides, without signing in.
    Decide,
    /// It opens the desk.
    Open,
}
