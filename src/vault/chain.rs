//! The seals of the audit log: each over an entry, its number and the seal before.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use sha2::{Digest, Sha256};

use super::{KeyId, Vault};
use crate::clock::Clock;

impl Vault {
    /// The key that seals new entries of the audit log.
    pub fn chain_key(&self) -> &KeyId {
        self.index.current_id()
    }

    /// The signature of an entry, which its writer puts on it: HMAC-SHA-256 (RFC 2104) in base64url, 43 characters. None when
    /// the key is not live.
    pub fn sign_entry(&self, key: &str, entry: &[u8]) -> Option<String> {
        let mut mac = self.index.find(key)?.key.entry.clone();
        mac.update(entry);
        Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// The seal of entry `number`, whose bytes are `entry`, behind the seal `before`: HMAC-SHA-256 (RFC 2104) in base64url,
    /// 43 characters. None when the key is not live.
    pub fn seal_entry(&self, key: &str, (number, before): (i64, &str), entry: &[u8]) -> Option<String> {
        let mut mac = self.index.find(key)?.key.chain.clone();
        mac.update(&number.to_be_bytes());
        // both parts say how long they are, so that no other split has the same seal
        for part in [before.as_bytes(), entry] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// A salt for the hash of a note: 128 random bits in base64url.
pub fn salt(clock: &Clock) -> String {
    URL_SAFE_NO_PAD.encode(clock.random::<16>())
}

/// What an entry of the audit log keeps of its note: SHA-256 of salt and text in base64url, 43 characters.
pub fn note_hash(salt: &str, text: &str) -> String {
    let hash =
        Sha256::new().chain_update((salt.len() as u64).to_be_bytes()).chain_update(salt).chain_update(text);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Keyrings, tests::clock};

    #[test]
    fn a_seal_is_of_one_entry_in_one_place() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let seal = |number, before, entry: &[u8]| vault.seal_entry("i1", (number, before), entry);
        let one = seal(1, "", b"entry").unwrap();
        assert_eq!((one.len(), seal(1, "", b"entry").unwrap() == one), (43, true));
        for other in [seal(2, "", b"entry"), seal(1, "e", b"ntry"), seal(1, "", b"entrx")] {
            assert_ne!(other.unwrap(), one);
        }
        assert_eq!(vault.seal_entry("i9", (1, ""), b"entry"), None);
        let signed = vault.sign_entry("i1", b"entry").unwrap();
        assert!(signed.len() == 43 && Some(&signed) != vault.sign_entry("i1", b"entrx").as_ref());
        assert_eq!(vault.sign_entry("i9", b"entry"), None);
    }

    #[test]
    fn a_note_is_bound_by_its_salt_too() {
        assert_eq!(note_hash("salt", "text").len(), 43);
        assert_ne!(note_hash("salt", "text"), note_hash("salt2", "text"));
        assert_ne!(note_hash("ab", "c"), note_hash("a", "bc"));
        assert_eq!(salt(&clock()).len(), 22);
    }
}
