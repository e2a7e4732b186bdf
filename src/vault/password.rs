use std::{fmt, hint::black_box};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

use super::VaultError;
use crate::clock::Clock;

/// A moderator's password: at least 12 characters, at most 1,024 bytes, none of the commonest, and not
/// only the name of the service or its owner's (NIST SP 800-63B §3.1.1.2, whose list of breached ones is
/// longer: this one holds what is tried first). No mixture of characters is asked for, and nothing is
/// trimmed.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// Fewer than 12 characters.
    TooShort,
    /// More than 1,024 bytes.
    TooLong,
    /// Among those that are tried first.
    Guessable,
}

impl fmt::Display for WeakPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "a password has at least 12 characters",
            Self::TooLong => "a password has at most 1,024 bytes",
            Self::Guessable => "that password is among those that are guessed first",
        })
    }
}

impl std::error::Error for WeakPassword {}

const FEWEST_CHARS: usize = 12;
const MOST_BYTES: usize = 1024;

impl Password {
    /// Takes a password that somebody chose.
    pub fn parse(raw: &str) -> Result<Self, WeakPassword> {
        match raw {
            long if long.len() > MOST_BYTES => Err(WeakPassword::TooLong),
            short if short.chars().count() < FEWEST_CHARS => Err(WeakPassword::TooShort),
            fits if is_guessable(fits, &["replydesk"]) => Err(WeakPassword::Guessable),
            fits => Ok(Self(fits.into())),
        }
    }

    /// The same of one that somebody with this name and this address chose.
    pub fn parse_for(raw: &str, (name, address): (&str, &str)) -> Result<Self, WeakPassword> {
        let parsed = Self::parse(raw)?;
        if is_guessable(raw, &[name, address]) { Err(WeakPassword::Guessable) } else { Ok(parsed) }
    }
}

/// What people choose who are asked for 12 characters, in lower case and without what stands between
/// letters and digits.
const COMMON: [&str; 31] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "123456789abc",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "abcdefghijkl",
    "abcd12345678",
    "administrator",
    "administrator1",
    "changemechangeme",
    "iloveyou1234",
    "letmein12345",
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "password123456789",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopas",
    "qwertyuiopasdfghjkl",
    "qwertzuiop12",
    "thisismypassword",
    "welcome12345",
    "zxcvbnmasdfghjkl",
];

/// Whether it is one of those, one short piece over and over, or one of these words with hardly a letter
/// beside it.
fn is_guessable(raw: &str, words: &[&str]) -> bool {
    let plain =
        |text: &str| -> String { text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    let (text, chars) = (plain(raw), raw.to_lowercase().chars().collect::<Vec<char>>());
    let repeats = |piece: usize| chars.iter().zip(chars.iter().skip(piece)).all(|(one, next)| one == next);
    if COMMON.contains(&text.as_str()) || (1..=4).any(repeats) {
        return true;
    }
    let parts = words.iter().flat_map(|words| words.split(|c: char| !c.is_alphanumeric()));
    let rest = parts
        .map(plain)
        .filter(|word| word.chars().count() >= 4)
        .fold(text.clone(), |rest, word| rest.replace(&word, ""));
    rest != text && rest.chars().filter(|c| c.is_alphabetic()).count() < 4
}

/// Hashes with Argon2id to a PHC string with its own salt of 16 bytes. Takes 19 MiB and some tens
/// of milliseconds: callers move it off the request threads.
pub fn hash_password(password: &Password, clock: &Clock) -> Result<String, VaultError> {
    let salt: [u8; 16] = clock.random();
    let hash = argon2id()?.hash_password_with_salt(password.0.expose_secret().as_bytes(), &salt);
    hash.map(|phc| phc.to_string()).map_err(|_| VaultError::Hashing)
}

/// Whether a typed password is the stored one. A stored text that is no PHC string fits none.
pub fn verify_password(typed: &str, stored: &str) -> bool {
    typed.len() <= MOST_BYTES
        && PasswordHash::new(stored).is_ok_and(|hash| {
            argon2id().is_ok_and(|argon| argon.verify_password(typed.as_bytes(), &hash).is_ok())
        })
}

/// Costs what [`verify_password`] costs and is always false: for names nobody has, so that time
/// does not tell which names exist.
pub fn verify_nothing(typed: &str) -> bool {
    if typed.len() <= MOST_BYTES {
        let mut hash = [0_u8; Params::DEFAULT_OUTPUT_LEN];
        let done = argon2id()
            .map(|argon| argon.hash_password_into(typed.as_bytes(), b"nobody's salt...", &mut hash).is_ok());
        black_box((done.is_ok(), hash));
    }
    false
}

/// 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice.
fn argon2id() -> Result<Argon2<'static>, VaultError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|_| VaultError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::vault::tests::clock;

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let clock = clock();
        let password = Password::parse("correct horse battery").unwrap();
        let stored = hash_password(&password, &clock).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("correct horse battery", &stored));
        assert!(!verify_password("correct horse batterz", &stored));
        assert!(!verify_password("correct horse battery", "not a hash"));
        assert_ne!(stored, hash_password(&password, &clock).unwrap());
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(Password::parse("elf zeichen").unwrap_err(), WeakPassword::TooShort);
        assert!(Password::parse("zwölf zeichn").is_ok());
        assert!(
            Password::parse(&"a b".repeat(341)).is_err()
                && Password::parse(&["b", &"a".repeat(1023)].concat()).is_ok()
        );
        assert_eq!(Password::parse(&"a".repeat(1025)).unwrap_err(), WeakPassword::TooLong);
        assert!(!verify_nothing(&"a".repeat(1025)));
        assert!(!format!("{:?}", Password::parse("correct horse battery")).contains("horse"));
    }

    #[test]
    fn what_is_guessed_first_is_refused_and_sentences_are_not() {
        let mo = ("Mo Gardener", "mo.gardener@gazette.example");
        for weak in [
            "123456789012",
            "Password 1234",
            "QWERTY-123456",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "12341234123412",
            "............",
            "Replydesk 2026!",
            "replydeskreplydesk",
            "Gardener-2026-07",
            "gazette.example",
        ] {
            assert_eq!(Password::parse_for(weak, mo).unwrap_err(), WeakPassword::Guessable, "{weak}");
        }
        for good in
            ["correct horse battery staple", "the gardener waters at dawn", "zwölf zeichn", "9f2k-77xq-0ab1"]
        {
            assert!(Password::parse_for(good, mo).is_ok(), "{good}");
        }
        assert!(Password::parse("Gardener-2026-07").is_ok(), "of somebody else");
    }

    #[test]
    fn an_unknown_name_costs_as_much_as_a_wrong_password() {
        let stored = hash_password(&Password::parse("correct horse battery").unwrap(), &clock()).unwrap();
        let known = Instant::now();
        assert!(!verify_password("a wrong password", &stored));
        let known = known.elapsed();
        let unknown = Instant::now();
        assert!(!verify_nothing("a wrong password"));
        // loose on purpose: a busy machine disturbs it, a missing hash is a hundred times faster
        assert!(unknown.elapsed() > known / 10);
    }
}
