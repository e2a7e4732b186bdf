use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Algorithm, Builder, Secret as Key};

use super::{Owner, Purpose, Sealed, Vault, VaultError};
use crate::{
    clock::Clock,
    domain::{ModeratorId, Timestamp},
};

/// Seconds that a code is good for (RFC 6238 §4.1, X).
const STEP: u64 = 30;
const DIGITS: u8 = 6;
/// Steps before and after the present one whose codes are taken too: clocks differ (§5.2).
const SLACK: u16 = 1;

/// The key of somebody's one-time codes: time-based, SHA-1, six digits, 30 seconds (RFC 6238), which is
/// what every authenticator app takes. 160 random bits (RFC 4226 §4, R6).
pub struct OneTimeKey(Key);

impl OneTimeKey {
    /// Draws one.
    pub fn generate(clock: &Clock) -> Self {
        Self(Key::new_stack(clock.random()))
    }

    /// The key as its owner types it into an app: 32 characters of Base32.
    pub fn reveal(&self) -> String {
        self.0.to_base32()
    }

    /// The step whose code this is, when it is the present one or a neighbour of it. Codes are compared
    /// in constant time.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let codes = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SLACK)
            .with_step_duration(STEP)
            .with_secret(self.0.clone())
            .build()
            .ok()?;
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = codes.check(&typed, u64::try_from(now.seconds()).ok()?)?;
        i64::try_from(step).ok()
    }

    /// The key as apps read it out of a picture (the Key Uri Format), under the names that they show.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let name = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        format!(
            "otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
            name(issuer),
            name(account),
            self.reveal(),
        )
    }
}

impl fmt::Debug for OneTimeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeKey(redacted)")
    }
}

impl Vault {
    /// Seals somebody's key; it opens for their account only.
    pub fn seal_one_time_key(&self, clock: &Clock, whose: ModeratorId, key: &OneTimeKey) -> Sealed {
        self.seal(clock, owner(whose), &key.reveal())
    }

    /// Opens somebody's key.
    pub fn open_one_time_key(&self, whose: ModeratorId, sealed: &str) -> Result<OneTimeKey, VaultError> {
        let text = self.open(owner(whose), &Sealed::parse(sealed)?)?;
        Key::try_from_base32(text).map(OneTimeKey).map_err(|_| VaultError::Unauthentic)
    }
}

fn owner(whose: ModeratorId) -> Owner {
    Owner { contact: whose.uuid(), purpose: Purpose::SecondFactor }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vault::{Keyrings, tests::clock};

    /// RFC 6238, appendix B: SHA-1, of which these are the last six of eight digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        let key = OneTimeKey(Key::new_stack(*b"12345678901234567890"));
        for (seconds, code) in VECTORS {
            assert_eq!(key.step_of(code, at(seconds)), Some(seconds / 30), "{seconds}");
            assert_eq!(
                key.step_of(&format!(" {} {}", &code[..3], &code[3..]), at(seconds)),
                Some(seconds / 30)
            );
        }
        assert_eq!(key.reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_good_one_step_early_and_one_step_late() {
        let key = OneTimeKey(Key::new_stack(*b"12345678901234567890"));
        for (late, fits) in
            [(-61, false), (-31, false), (-30, true), (0, true), (30, true), (59, true), (60, false)]
        {
            // the code of the step that begins at 1,111,111,110
            assert_eq!(key.step_of("050471", at(1_111_111_110 + late)).is_some(), fits, "{late}");
        }
        for other in ["", "05047", "0504711", "050472", "٠٥٠٤٧١", "-50471"] {
            assert_eq!(key.step_of(other, at(1_111_111_111)), None, "{other}");
        }
    }

    #[test]
    fn a_key_opens_for_its_owner_only_and_never_prints_itself() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let (mo, eve) = (ModeratorId::from(Uuid::from_u128(1)), ModeratorId::from(Uuid::from_u128(2)));
        let key = OneTimeKey::generate(&clock);
        let sealed = vault.seal_one_time_key(&clock, mo, &key);
        assert_eq!(vault.open_one_time_key(mo, sealed.as_str()).unwrap().reveal(), key.reveal());
        assert_eq!(vault.open_one_time_key(eve, sealed.as_str()).unwrap_err(), VaultError::Unauthentic);
        let as_address = Owner { contact: mo.uuid(), purpose: Purpose::Email };
        assert_eq!(vault.open(as_address, &sealed), Err(VaultError::Unauthentic));
        assert!(!format!("{key:?} {sealed:?}").contains(&key.reveal()));
        assert_eq!(key.reveal().len(), 32);
    }

    #[test]
    fn the_address_for_apps_is_written_as_they_read_it() {
        let key = OneTimeKey(Key::new_stack(*b"12345678901234567890"));
        let expected = "otpauth://totp/Replydesk%20%28desk%2Eexample%29:mo%40gazette%2Eexample\
                        ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Replydesk%20%28desk%2Eexample%29\
                        &algorithm=SHA1&digits=6&period=30";
        assert_eq!(key.uri("Replydesk (desk.example)", "mo@gazette.example"), expected);
    }
}
