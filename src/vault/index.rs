use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use uuid::Uuid;

use super::{
    Vault,
    mac::{self, Keyed},
};

/// What an index stands for. The same text of two kinds has unrelated indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// A normalised e-mail address.
    Email,
    /// One client: IPv4 /32 or IPv6 /64.
    Host,
    /// The neighbourhood of a client: IPv4 /24 or IPv6 /48.
    Network,
    /// What was sent: fingerprints of payloads, keys of duplicates.
    Payload,
    /// The site's identifier of its signed-in reader.
    Reader,
    /// The key that a client repeats a request by: whoever chooses it may put an address into it.
    Request,
    /// The name that somebody tried to sign in with, and where.
    Attempts,
    /// A recovery code, of one account in place of a site.
    Recovery,
    /// The domain of an e-mail address, or one above it.
    MailDomain,
    /// A blocked term.
    Term,
    /// What a limit counts, and of whom.
    Limit,
    /// From where a comment was reported.
    Report,
}

impl IndexKind {
    /// Part of every stored index: a number is never used again for something else.
    const fn byte(self) -> u8 {
        match self {
            Self::Email => 1,
            Self::Host => 2,
            Self::Network => 3,
            Self::Payload => 4,
            Self::Reader => 5,
            Self::Request => 6,
            Self::Attempts => 7,
            Self::Recovery => 8,
            Self::MailDomain => 9,
            Self::Term => 10,
            Self::Limit => 11,
            Self::Report => 12,
        }
    }
}

/// A value to search by that cannot be recomputed without the key, and the key that made it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Indexed<'vault> {
    /// Stored beside the value, so that it can be made again under a newer key.
    pub key_id: &'vault str,
    /// 16 bytes in base64url: 22 characters.
    pub value: String,
}

impl fmt::Debug for Indexed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indexed({}, redacted)", self.key_id)
    }
}

/// The uses of an index key, each with its own derived key.
pub(super) struct IndexKey {
    pub(super) index: Keyed,
    pub(super) token: Keyed,
    pub(super) chain: Keyed,
    pub(super) entry: Keyed,
}

impl IndexKey {
    pub(super) fn derive(key: &[u8; 32]) -> Self {
        Self {
            index: mac::derive(key, "replydesk index 1"),
            token: mac::derive(key, "replydesk token 1"),
            chain: mac::derive(key, "replydesk audit chain 1"),
            entry: mac::derive(key, "replydesk audit entry 1"),
        }
    }
}

impl Vault {
    /// The index to store for a value of one site, under the current key. Sites do not share
    /// indexes: an address seen on one says nothing about another.
    pub fn index(&self, site: Uuid, kind: IndexKind, value: &str) -> Indexed<'_> {
        let live = self.index.current();
        Indexed { key_id: live.id.as_str(), value: blind(&live.key, site, kind, value) }
    }

    /// The indexes to look for: one for each live key, the current one first.
    pub fn index_all(&self, site: Uuid, kind: IndexKind, value: &str) -> Vec<Indexed<'_>> {
        self.index
            .iter()
            .map(|live| Indexed { key_id: live.id.as_str(), value: blind(&live.key, site, kind, value) })
            .collect()
    }
}

/// Kind and site have fixed lengths and the value says its own, so that no two inputs read alike.
fn blind(key: &IndexKey, site: Uuid, kind: IndexKind, value: &str) -> String {
    let mut mac = key.index.clone();
    mac.update(&[kind.byte()]);
    mac.update(site.as_bytes());
    mac.update(&(value.len() as u64).to_be_bytes());
    mac.update(value.as_bytes());
    URL_SAFE_NO_PAD.encode(mac::short(mac))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Keyrings, keyring::tests::rings, tests::clock};

    const SITE: Uuid = Uuid::from_u128(1);

    #[test]
    fn an_index_repeats_itself_and_differs_by_kind_site_and_value() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let ann = vault.index(SITE, IndexKind::Email, "ann@example.org");
        assert_eq!(ann, vault.index(SITE, IndexKind::Email, "ann@example.org"));
        assert_eq!((ann.key_id, ann.value.len()), ("i1", 22));
        for other in [
            vault.index(SITE, IndexKind::Payload, "ann@example.org"),
            vault.index(Uuid::from_u128(2), IndexKind::Email, "ann@example.org"),
            vault.index(SITE, IndexKind::Email, "bob@example.org"),
        ] {
            assert_ne!(ann.value, other.value);
        }
    }

    #[test]
    fn look_ups_find_what_an_older_key_indexed() {
        let old = Vault::new(rings(&["s1"], &["i1"]));
        let new = Vault::new(rings(&["s1"], &["i2", "i1"]));
        let stored = old.index(SITE, IndexKind::Host, "192.0.2.1/32");
        let wanted = new.index_all(SITE, IndexKind::Host, "192.0.2.1/32");
        assert_eq!(wanted.iter().map(|it| it.key_id).collect::<Vec<_>>(), ["i2", "i1"]);
        assert!(wanted.contains(&stored) && wanted[0] == new.index(SITE, IndexKind::Host, "192.0.2.1/32"));
    }

    #[test]
    fn an_index_never_prints_itself() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let shown = format!("{:?}", vault.index(SITE, IndexKind::Email, "ann@example.org"));
        assert_eq!(shown, "Indexed(i1, redacted)");
    }
}
