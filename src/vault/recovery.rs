use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{IndexKind, Vault};
use crate::{clock::Clock, domain::ModeratorId};

/// Crockford's Base32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A code for whom the key of the one-time codes is lost: 60 random bits in three groups, on paper.
/// Each is taken once.
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    /// Draws one, such as `4f7k-x02m-9qtb`.
    pub fn generate(clock: &Clock) -> Self {
        let drawn: String =
            clock.random::<12>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        Self(format!("{}-{}-{}", &drawn[..4], &drawn[4..8], &drawn[8..]).into())
    }

    /// The text for its owner; the one way out.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(redacted)")
    }
}

impl Vault {
    /// What the database keeps of somebody's code: keyed, since 60 bits can be guessed where nothing
    /// limits the guesses.
    pub fn keep_recovery_code(&self, whose: ModeratorId, code: &RecoveryCode) -> String {
        self.index(whose.uuid(), IndexKind::Recovery, &plain(code.reveal())).value
    }

    /// Which of the kept ones somebody typed, however they wrote it.
    pub fn find_recovery_code<'k>(
        &self,
        whose: ModeratorId,
        typed: &str,
        kept: &'k [String],
    ) -> Option<&'k String> {
        let values = self.index_all(whose.uuid(), IndexKind::Recovery, &plain(typed));
        kept.iter().find(|kept| values.iter().any(|value| value.value == **kept))
    }
}

/// As it was drawn: without case, hyphens and spaces, and with what the letters look like.
fn plain(typed: &str) -> String {
    let read = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    typed.chars().filter(char::is_ascii_alphanumeric).take(64).map(read).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vault::{Keyrings, keyring::tests::rings, tests::clock};

    #[test]
    fn a_code_is_found_however_it_was_typed_and_for_its_owner_only() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let (mo, eve) = (ModeratorId::from(Uuid::from_u128(1)), ModeratorId::from(Uuid::from_u128(2)));
        let codes: Vec<RecoveryCode> = (0..10).map(|_| RecoveryCode::generate(&clock)).collect();
        let kept: Vec<String> = codes.iter().map(|code| vault.keep_recovery_code(mo, code)).collect();
        for (code, kept_as) in codes.iter().zip(&kept) {
            let drawn = code.reveal();
            assert!(drawn.len() == 14 && !kept_as.contains(drawn), "{drawn}");
            let spaced = format!(" {} ", drawn.to_uppercase().replace('-', " ").replace('0', "O"));
            for typed in [drawn, &spaced, &drawn.replace('-', "")] {
                assert_eq!(vault.find_recovery_code(mo, typed, &kept), Some(kept_as), "{typed}");
            }
            assert_eq!(vault.find_recovery_code(eve, drawn, &kept), None);
        }
        for other in ["", "-", "0000-0000-0000", "123456"] {
            assert_eq!(vault.find_recovery_code(mo, other, &kept), None, "{other}");
        }
        assert_eq!(format!("{:?}", codes[0]), "RecoveryCode(redacted)");
    }

    #[test]
    fn a_code_is_found_under_an_older_key() {
        let code = RecoveryCode::generate(&clock());
        let mo = ModeratorId::from(Uuid::from_u128(1));
        let kept = [Vault::new(rings(&["s1"], &["i1"])).keep_recovery_code(mo, &code)];
        let rotated = Vault::new(rings(&["s1"], &["i2", "i1"]));
        assert_eq!(rotated.find_recovery_code(mo, code.reveal(), &kept), Some(&kept[0]));
    }
}
