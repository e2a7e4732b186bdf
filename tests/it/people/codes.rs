//! RFC 6238 once more, written for the tests, so that the service is not its own judge.

use sha1::{Digest, Sha1};

use crate::support::TestApp;

/// The code that an app shows for a key, some seconds from now.
pub fn code(app: &TestApp, key: &str, seconds: i64) -> String {
    at(key, app.clock.now().seconds() + seconds)
}

/// The code that an app shows for a key at a moment.
fn at(key: &str, seconds: i64) -> String {
    let tag = hmac(&base32(key), &(seconds / 30).to_be_bytes());
    let at = usize::from(tag[19] & 0xf);
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// RFC 4648 §6, without padding.
fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            other => panic!("{other} is not of the alphabet"),
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).unwrap());
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// RFC 2104, for keys shorter than a block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha1::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha1::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

#[test]
fn the_codes_of_the_standard() {
    let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_eq!(
        [at(key, 59), at(key, 1_111_111_109), at(key, 20_000_000_000)],
        ["287082", "081804", "353130"]
    );
}
