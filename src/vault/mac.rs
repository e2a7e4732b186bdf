use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A keyed hash, ready to be cloned and fed.
pub(super) type Keyed = Hmac<Sha256>;

/// Bytes of a tag that leaves the service: half of HMAC-SHA-256, as RFC 2104 §5 allows.
pub(super) const TAG: usize = 16;

/// HMAC-SHA-256 under a key of its own for each use, so that no output of one use means anything
/// in another.
pub(super) fn derive(key: &[u8; 32], domain: &str) -> Keyed {
    let mut mac = keyed(key);
    mac.update(domain.as_bytes());
    keyed(&mac.finalize().into_bytes().into())
}

/// The first half of the tag.
pub(super) fn short(mac: Keyed) -> [u8; TAG] {
    let full: [u8; 32] = mac.finalize().into_bytes().into();
    let mut tag = [0; TAG];
    tag.copy_from_slice(&full[..TAG]);
    tag
}

/// RFC 2104 §2 pads a key with zeros to the block of the hash; doing it here leaves nothing that
/// could fail.
fn keyed(key: &[u8; 32]) -> Keyed {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Keyed::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padded_key_gives_the_hmac_of_the_standard() {
        let key = [7; 32];
        let mut ours = keyed(&key);
        ours.update(b"data");
        let mut theirs = Keyed::new_from_slice(&key).unwrap();
        theirs.update(b"data");
        assert_eq!(ours.finalize().into_bytes(), theirs.finalize().into_bytes());
    }

    #[test]
    fn each_use_has_a_key_of_its_own() {
        assert_ne!(short(derive(&[7; 32], "one")), short(derive(&[7; 32], "two")));
    }
}
