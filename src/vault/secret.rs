use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::clock::Clock;

/// A new API token, session key or site token: 256 random bits behind a prefix that tells people,
/// and scanners of leaked secrets, what they found. Shown once, never stored.
#[derive(Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Draws one, such as `rd_site_` and 43 characters of base64url.
    pub fn generate(clock: &Clock, prefix: &str) -> Self {
        let random: [u8; 32] = clock.random();
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// The text for its owner; the one way out.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.reveal())
    }
}

/// SHA-256 of a [`Secret`]: enough to recognise it, useless to whoever reads the database. A plain
/// hash will do because there are 256 random bits to guess; people's passwords need more.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash of what a client presented.
    pub fn of(raw: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(raw.as_bytes())))
    }

    /// The text to store and to look for: 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(redacted)")
    }
}

/// SHA-256 of these bytes in base64url, cut to 22 characters: a validator of what is public anyway.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    text.truncate(22);
    text
}

/// An identifier for a name within a space of names, the same for ever (`UUIDv8`, RFC 9562 §5.8, of SHA-256).
pub fn named(space: Uuid, name: &str) -> Uuid {
    let hash = Sha256::new().chain_update(space).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::tests::clock;

    #[test]
    fn a_secret_is_recognised_by_its_hash_alone() {
        let clock = clock();
        let (one, two) = (Secret::generate(&clock, "rd_site_"), Secret::generate(&clock, "rd_site_"));
        assert!(one.reveal().starts_with("rd_site_") && one.reveal().len() == 8 + 43);
        assert_eq!(SecretHash::of(one.reveal()), one.hash());
        assert_ne!(one.hash(), two.hash());
        assert_eq!(one.hash().as_str().len(), 43);
    }

    #[test]
    fn a_name_has_one_identifier_in_each_space() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(named(one, "news/1"), named(one, "news/1"));
        assert!(named(one, "news/1") != named(two, "news/1") && named(one, "news/1") != named(one, "news/2"));
        assert_eq!(named(one, "").get_version_num(), 8);
    }

    #[test]
    fn neither_prints_itself() {
        let secret = Secret::generate(&clock(), "rd_");
        let shown = format!("{secret:?} {:?}", secret.hash());
        assert!(!shown.contains(secret.reveal()) && !shown.contains(secret.hash().as_str()));
    }
}
