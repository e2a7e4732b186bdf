use std::fmt;

/// Characters of a mark.
const CHARS: usize = 12;

/// The beginning of a session's or a token's hash, by which its owner names it: 12 characters of base64url, 72 bits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(String);

impl Mark {
    /// The mark of a hash in base64url.
    pub fn of(hash: &str) -> Self {
        Self(hash.chars().take(CHARS).collect())
    }

    /// What somebody typed or sent; none when no hash begins so.
    pub fn parse(raw: &str) -> Option<Self> {
        let fits = raw.len() == CHARS
            && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        fits.then(|| Self(raw.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_twelve_characters_of_base64url() {
        let mark = Mark::of("abcXYZ019-_wthe rest");
        assert_eq!(mark.as_str(), "abcXYZ019-_w");
        assert_eq!(Mark::parse(&mark.to_string()), Some(mark));
        for raw in [
            "",
            "abcXYZ019-_",
            "abcXYZ019-_ww",
            "abcXYZ019-_~",
            "abcXYZ019-_\0",
            "abcXYZ019-_\u{e9}",
            "others",
        ] {
            assert_eq!(Mark::parse(raw), None, "{raw:?}");
        }
    }
}
