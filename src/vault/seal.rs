use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XNonce,
    aead::{Aead, Payload},
};
use uuid::Uuid;

use super::{KeyId, Vault, VaultError};
use crate::clock::Clock;

/// Which field of a contact or an account a sealed value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The commenter's e-mail address.
    Email,
    /// The network address the submission came from.
    Network,
    /// The key of a moderator's one-time codes.
    SecondFactor,
    /// A blocked term.
    Term,
    /// The name of whoever gave a notice of illegal content.
    Name,
}

/// Where a sealed value belongs. It is the associated data of the cipher: a value copied to another
/// contact or field does not open there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The id of the contact, of the account, of the block or of the report.
    pub contact: Uuid,
    /// The field of it.
    pub purpose: Purpose,
}

impl Owner {
    fn associated(self) -> [u8; 17] {
        let mut data = [0; 17];
        data[..16].copy_from_slice(self.contact.as_bytes());
        // part of every stored seal: a number is never used again for something else
        data[16] = match self.purpose {
            Purpose::Email => 1,
            Purpose::Network => 2,
            Purpose::SecondFactor => 3,
            Purpose::Term => 4,
            Purpose::Name => 5,
        };
        data
    }
}

/// An encrypted value as the database keeps it: `<key id>.<base64url of nonce and ciphertext>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Takes a stored text; whether it is authentic shows only when it is opened.
    pub fn parse(raw: &str) -> Result<Self, VaultError> {
        let sealed = Self(raw.to_owned());
        sealed.parts().map(drop)?;
        Ok(sealed)
    }

    /// The text to store: ASCII, 55 characters and the key id more than four thirds of the value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key it was sealed under; anything but [`Vault::sealing_key`] wants to be re-sealed.
    pub fn key_id(&self) -> Result<KeyId, VaultError> {
        self.parts().map(|(id, ..)| id)
    }

    fn parts(&self) -> Result<(KeyId, [u8; 24], Vec<u8>), VaultError> {
        let (id, body) = self.0.split_once('.').ok_or(VaultError::Malformed)?;
        let id = KeyId::parse(id).ok_or(VaultError::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| VaultError::Malformed)?;
        let (nonce, rest) = bytes.split_first_chunk().ok_or(VaultError::Malformed)?;
        Ok((id, *nonce, rest.to_vec()))
    }
}

impl Vault {
    /// Encrypts under the current key (XChaCha20-Poly1305 with a random nonce of 24 bytes, so that
    /// nothing has to count). Sealing twice gives two different texts.
    ///
    /// # Panics
    /// For a text beyond 256 GiB, which the cipher cannot take.
    #[expect(clippy::expect_used, reason = "the cipher refuses nothing that fits in a form")]
    pub fn seal(&self, clock: &Clock, owner: Owner, plain: &str) -> Sealed {
        let live = self.sealing.current();
        let nonce: [u8; 24] = clock.random();
        let payload = Payload { msg: plain.as_bytes(), aad: &owner.associated() };
        let cipher = live.key.encrypt(&XNonce::from(nonce), payload).expect("a value far below 256 GiB");
        Sealed(format!("{}.{}", live.id, URL_SAFE_NO_PAD.encode([nonce.as_slice(), &cipher].concat())))
    }

    /// Decrypts what any live key sealed for this owner.
    pub fn open(&self, owner: Owner, sealed: &Sealed) -> Result<String, VaultError> {
        let (id, nonce, cipher) = sealed.parts()?;
        let Some(live) = self.sealing.find(id.as_str()) else {
            return Err(VaultError::UnknownKey(id));
        };
        let payload = Payload { msg: &cipher, aad: &owner.associated() };
        let plain = live.key.decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Unauthentic)?;
        String::from_utf8(plain).map_err(|_| VaultError::Unauthentic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Keyrings, keyring::tests::rings, tests::clock};

    const ANN: Owner = Owner { contact: Uuid::from_u128(7), purpose: Purpose::Email };

    #[test]
    fn an_address_opens_only_where_it_belongs() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let sealed = vault.seal(&clock, ANN, "ann@example.org");
        assert_eq!(vault.open(ANN, &sealed).as_deref(), Ok("ann@example.org"));
        let moved = Owner { contact: Uuid::from_u128(8), ..ANN };
        let mistaken = Owner { purpose: Purpose::Network, ..ANN };
        for other in [moved, mistaken] {
            assert_eq!(vault.open(other, &sealed), Err(VaultError::Unauthentic));
        }
    }

    #[test]
    fn a_sealed_text_is_new_each_time_and_survives_storage() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let (one, two) =
            (vault.seal(&clock, ANN, "ann@example.org"), vault.seal(&clock, ANN, "ann@example.org"));
        assert_ne!(one, two);
        assert!(one.as_str().starts_with("s1.") && one.as_str().is_ascii() && !one.as_str().contains("ann"));
        assert_eq!(Sealed::parse(one.as_str()), Ok(one));
    }

    #[test]
    fn every_altered_character_is_noticed() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let sealed = vault.seal(&clock, ANN, "ann@example.org");
        for at in 3..sealed.as_str().len() {
            let mut raw = sealed.as_str().to_owned();
            let other = if raw.as_bytes()[at] == b'A' { "B" } else { "A" };
            raw.replace_range(at..=at, other);
            // the last character may also leave the alphabet's grid, which is malformed
            assert!(Sealed::parse(&raw).and_then(|sealed| vault.open(ANN, &sealed)).is_err());
        }
    }

    #[test]
    fn an_older_key_still_opens_and_a_retired_one_is_named() {
        let clock = clock();
        let old = Vault::new(rings(&["s1"], &["i1"])).seal(&clock, ANN, "ann@example.org");
        let rotated = Vault::new(rings(&["s2", "s1"], &["i1"]));
        assert_eq!(rotated.open(ANN, &old).as_deref(), Ok("ann@example.org"));
        assert_ne!(&old.key_id().unwrap(), rotated.sealing_key());
        let retired = Vault::new(rings(&["s2"], &["i1"])).open(ANN, &old);
        assert_eq!(retired.unwrap_err().to_string(), "the keys file has no sealing key s1");
    }

    #[test]
    fn what_is_no_seal_is_malformed() {
        for raw in ["", "s1", "s1.", "s1.AAAA", "S1.AAAA", "s1.!!!!", "ann@example.org"] {
            assert_eq!(Sealed::parse(raw), Err(VaultError::Malformed));
        }
    }
}
