//! What must stay secret: sealed addresses, keyed indexes, signed tokens, hashed passwords,
//! one-time codes.
//!
//! The flows call it, with a clock in their hands; the store sees only what comes out. Ciphers
//! and hashes live here and nowhere else, so that one folder can be reviewed for all of them.

mod attempts;
mod blocks;
mod chain;
mod index;
mod keyring;
mod limits;
mod mac;
mod one_time;
mod password;
mod person;
mod recovery;
mod reports;
mod ring;
mod seal;
mod secret;
mod token;
mod words;

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use secrecy::ExposeSecret;

pub use attempts::Place;
pub use blocks::SealedPerson;
pub use chain::{note_hash, salt};
pub use index::{IndexKind, Indexed};
pub use keyring::{Keyrings, KeysError};
pub use limits::Counted;
pub use one_time::OneTimeKey;
pub use password::{Password, WeakPassword, hash_password, verify_nothing, verify_password};
pub use person::{Kept, Person};
pub use recovery::RecoveryCode;
pub use ring::KeyId;
pub use seal::{Owner, Purpose, Sealed};
pub use secret::{Secret, SecretHash, digest, named};
pub use token::{Token, TokenError, TokenPurpose};
pub use words::word_token;

use index::IndexKey;
use ring::Ring;

/// The live keys, prepared for use; made once at start and shared.
pub struct Vault {
    sealing: Ring<XChaCha20Poly1305>,
    index: Ring<IndexKey>,
}

impl Vault {
    /// Takes the keys over; nothing else needs them afterwards.
    pub fn new(keys: Keyrings) -> Self {
        let Keyrings { sealing, index } = keys;
        Self {
            sealing: sealing.map(|key| XChaCha20Poly1305::new(key.expose_secret().into())),
            index: index.map(|key| IndexKey::derive(key.expose_secret())),
        }
    }

    /// The sealing key that new work uses; rows sealed under another one want to be re-sealed.
    pub fn sealing_key(&self) -> &KeyId {
        self.sealing.current_id()
    }

    /// The index key that new work uses; rows indexed under another one want to be re-indexed.
    pub fn index_key(&self) -> &KeyId {
        self.index.current_id()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(redacted)")
    }
}

/// Why a sealed value did not open. Names keys at most, never what they hide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// The text is not of the form `<key id>.<base64url>`.
    Malformed,
    /// No live key has this id: it was retired too early, or the keys file is another one.
    UnknownKey(KeyId),
    /// The value was altered, or belongs to another contact or purpose.
    Unauthentic,
    /// A password could not be hashed; only a lack of memory does that.
    Hashing,
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("a sealed value is malformed"),
            Self::UnknownKey(id) => write!(f, "the keys file has no sealing key {id}"),
            Self::Unauthentic => f.write_str("a sealed value was altered or moved"),
            Self::Hashing => f.write_str("a password could not be hashed"),
        }
    }
}

impl std::error::Error for VaultError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, domain::Timestamp};

    pub(super) fn clock() -> Clock {
        Clock::manual(Timestamp::from_micros(1_790_000_000_000_000))
    }

    #[test]
    fn a_vault_says_nothing_about_itself_but_the_names_of_its_keys() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        assert_eq!(format!("{vault:?}"), "Vault(redacted)");
        assert_eq!((vault.sealing_key().as_str(), vault.index_key().as_str()), ("s1", "i1"));
    }
}
