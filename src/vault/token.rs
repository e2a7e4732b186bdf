use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use uuid::Uuid;

use super::{KeyId, Vault, mac};
use crate::domain::Timestamp;

/// What a token is good for. A token of one purpose is a forgery for every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// A commenter's private link to one comment.
    Receipt,
    /// The link in a moderator's mail; `recipient` is the moderator.
    Decide,
    /// A rendered form: `object` is its nonce, `version` the moment of rendering in microseconds,
    /// `recipient` the site.
    Form,
    /// Posts of a signed-in moderator; `object` is the session.
    Csrf,
    /// A place in a list, so that nobody makes one up.
    Cursor,
    /// Confirms an address; `object` is the contact.
    Confirm,
    /// Ends mails to an address; `object` is the contact.
    Unsubscribe,
    /// A commenter's own data; `object` is the contact.
    Person,
    /// A browser that somebody signed in with: `object` is the device, `recipient` the account.
    Device,
    /// The link in an invitation: `object` is the account, `version` the moment it was invited.
    Invite,
}

impl TokenPurpose {
    const ALL: [Self; 10] = [
        Self::Receipt,
        Self::Decide,
        Self::Form,
        Self::Csrf,
        Self::Cursor,
        Self::Confirm,
        Self::Unsubscribe,
        Self::Person,
        Self::Device,
        Self::Invite,
    ];

    /// Part of every token in a mailbox: a number is never used again for something else.
    const fn byte(self) -> u8 {
        match self {
            Self::Receipt => 1,
            Self::Decide => 2,
            Self::Form => 3,
            Self::Csrf => 4,
            Self::Cursor => 5,
            Self::Confirm => 6,
            Self::Unsubscribe => 7,
            Self::Person => 8,
            Self::Device => 9,
            Self::Invite => 10,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.byte() == byte)
    }
}

/// What a stateless token says. Nothing of it is secret; it only cannot be made without the key.
/// That it is used once follows from the version it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The one thing it is good for.
    pub purpose: TokenPurpose,
    /// The id of what it is about.
    pub object: Uuid,
    /// The version of the object it was made for.
    pub version: i64,
    /// The one it was made for, where it is bound to somebody.
    pub recipient: Option<Uuid>,
    /// From this moment on it is no longer taken.
    pub expires: Timestamp,
}

/// Why a token was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It was cut off or never was a token.
    Malformed,
    /// Its tag is wrong, its purpose another, or its key retired.
    Forged,
    /// It is genuine, but too late; what it said, so that a page can explain.
    Expired(Token),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the token is malformed",
            Self::Forged => "the token is not genuine",
            Self::Expired(_) => "the token has expired",
        })
    }
}

impl std::error::Error for TokenError {}

// format, purpose, object, version, expiry, recipient (second format), key id, tag
const UNBOUND: u8 = 1;
const BOUND: u8 = 2;
const LONGEST: usize = (2 + 16 + 8 + 8 + 16 + KeyId::LONGEST + mac::TAG).div_ceil(3) * 4;

impl Vault {
    /// Signs under the current index key, which lives longer than any link in a mailbox. 70
    /// characters of base64url with a key id of two letters, 91 when it is bound to a recipient.
    pub fn mint(&self, token: &Token) -> String {
        let live = self.index.current();
        let format = if token.recipient.is_some() { BOUND } else { UNBOUND };
        let mut bytes = vec![format, token.purpose.byte()];
        bytes.extend(token.object.as_bytes());
        bytes.extend(token.version.to_be_bytes());
        bytes.extend(token.expires.micros().to_be_bytes());
        bytes.extend(token.recipient.iter().flat_map(Uuid::as_bytes));
        bytes.extend(live.id.as_str().as_bytes());
        let mut mac = live.key.token.clone();
        mac.update(&bytes);
        bytes.extend(mac::short(mac));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token of this purpose, made under any live key and not yet expired. Tags are
    /// compared in constant time.
    pub fn verify(&self, purpose: TokenPurpose, raw: &str, now: Timestamp) -> Result<Token, TokenError> {
        if raw.len() > LONGEST {
            return Err(TokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(raw).map_err(|_| TokenError::Malformed)?;
        let (body, tag) = bytes.split_last_chunk::<{ mac::TAG }>().ok_or(TokenError::Malformed)?;
        let (token, key) = read(body).ok_or(TokenError::Malformed)?;
        let live = self.index.find(key.as_str()).ok_or(TokenError::Forged)?;
        let mut mac = live.key.token.clone();
        mac.update(body);
        mac.verify_truncated_left(tag).map_err(|_| TokenError::Forged)?;
        if token.purpose != purpose {
            return Err(TokenError::Forged);
        }
        if token.expires <= now { Err(TokenError::Expired(token)) } else { Ok(token) }
    }
}

fn read(mut body: &[u8]) -> Option<(Token, KeyId)> {
    let [format, purpose] = take(&mut body)?;
    let purpose = TokenPurpose::from_byte(purpose)?;
    let object = Uuid::from_bytes(take(&mut body)?);
    let version = i64::from_be_bytes(take(&mut body)?);
    let expires = Timestamp::from_micros(i64::from_be_bytes(take(&mut body)?));
    let recipient = match format {
        UNBOUND => None,
        BOUND => Some(Uuid::from_bytes(take(&mut body)?)),
        _ => return None,
    };
    let key = KeyId::parse(std::str::from_utf8(body).ok()?)?;
    Some((Token { purpose, object, version, recipient, expires }, key))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::vault::{Keyrings, keyring::tests::rings, tests::clock};

    fn receipt(now: Timestamp) -> Token {
        Token {
            purpose: TokenPurpose::Receipt,
            object: Uuid::from_u128(7),
            version: 3,
            recipient: None,
            expires: now.plus(Duration::from_mins(1)),
        }
    }

    #[test]
    fn a_token_says_what_it_was_made_for() {
        let now = clock().now();
        let vault = Vault::new(Keyrings::generate(&clock()));
        for purpose in TokenPurpose::ALL {
            for recipient in [None, Some(Uuid::from_u128(9))] {
                let token = Token { purpose, recipient, ..receipt(now) };
                let raw = vault.mint(&token);
                assert_eq!(raw.len(), if recipient.is_some() { 91 } else { 70 });
                assert_eq!(vault.verify(purpose, &raw, now), Ok(token));
            }
        }
    }

    #[test]
    fn a_token_of_another_purpose_or_another_service_is_a_forgery() {
        let now = clock().now();
        let vault = Vault::new(rings(&["s1"], &["i1"]));
        let raw = vault.mint(&receipt(now));
        assert_eq!(vault.verify(TokenPurpose::Decide, &raw, now), Err(TokenError::Forged));
        let stranger = Vault::new(Keyrings::generate(&clock()));
        assert_eq!(stranger.verify(TokenPurpose::Receipt, &raw, now), Err(TokenError::Forged));
        let retired = Vault::new(rings(&["s1"], &["i2"]));
        assert_eq!(retired.verify(TokenPurpose::Receipt, &raw, now), Err(TokenError::Forged));
        let rotated = Vault::new(rings(&["s1"], &["i2", "i1"]));
        assert_eq!(rotated.verify(TokenPurpose::Receipt, &raw, now), Ok(receipt(now)));
    }

    #[test]
    fn an_expired_token_still_says_what_it_was() {
        let now = clock().now();
        let vault = Vault::new(Keyrings::generate(&clock()));
        let token = receipt(now);
        let late = vault.verify(TokenPurpose::Receipt, &vault.mint(&token), token.expires);
        assert_eq!(late, Err(TokenError::Expired(token)));
    }

    #[test]
    fn every_altered_character_is_noticed() {
        let now = clock().now();
        let vault = Vault::new(Keyrings::generate(&clock()));
        let raw = vault.mint(&Token { recipient: Some(Uuid::from_u128(9)), ..receipt(now) });
        for at in 0..raw.len() {
            let mut altered = raw.clone();
            altered.replace_range(at..=at, if raw.as_bytes()[at] == b'A' { "B" } else { "A" });
            assert!(vault.verify(TokenPurpose::Receipt, &altered, now).is_err());
            assert!(vault.verify(TokenPurpose::Receipt, &raw[..at], now).is_err());
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_as_a_token_is_refused_in_peace(raw in "[A-Za-z0-9_-]{0,140}|.{0,60}") {
            let vault = Vault::new(Keyrings::generate(&clock()));
            prop_assert!(vault.verify(TokenPurpose::Receipt, &raw, clock().now()).is_err());
        }
    }
}
