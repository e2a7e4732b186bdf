use sha2::{Digest, Sha256};

/// What stands for a word in the search index: the first eight bytes of its SHA-256. Without a key, since the
/// texts lie beside it; two words that share one would find each other's comments, and nothing worse.
pub fn word_token(word: &str) -> i64 {
    let digest = Sha256::digest(word.as_bytes());
    digest.iter().take(8).fold(0_i64, |token, byte| (token << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_token_for_ever() {
        assert_eq!(word_token("bridge"), word_token("bridge"));
        assert_ne!(word_token("bridge"), word_token("bridges"));
        // the index holds it: another value would lose what was written
        assert_eq!(word_token(""), -2_039_914_840_885_289_964);
        assert_eq!(word_token("abc"), -5_010_229_573_455_851_542);
    }
}
