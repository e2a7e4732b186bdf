//! Small values that the public pages and the desk both show. Handlers make them, templates read them.

use crate::{domain::Timestamp, texts::Texts};

/// A moment as readers are told it: exactly, since their pages are cached and must not age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// RFC 3339, for `<time datetime>`.
    pub machine: String,
    /// `23 November 2026, 21:04 UTC`.
    pub exact: String,
}

impl When {
    /// Writes `at` in the language of the page.
    pub fn new(t: Texts, at: Timestamp) -> Self {
        Self { machine: at.to_string(), exact: t.moment(at).to_string() }
    }
}

/// A moment written three ways, so that templates of the desk need no clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for `<time datetime>`.
    pub machine: String,
    /// `23 November 2026, 21:04 UTC`.
    pub exact: String,
    /// `5 minutes ago`.
    pub relative: String,
}

impl Moment {
    /// Writes `at` as it looks from `now`.
    pub fn told(t: Texts, at: Timestamp, now: Timestamp) -> Self {
        Self {
            machine: at.to_string(),
            exact: t.moment(at).to_string(),
            relative: t.ago(now.since(at)).to_string(),
        }
    }
}

/// A link with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Where it goes.
    pub url: String,
}

impl Link {
    /// A link that says `label`.
    pub fn new(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self { label: label.into(), url: url.into() }
    }
}

/// The address when it is one of the web. Anything else, `javascript:` above all, is never a link,
/// whatever let it into the database.
pub fn web_only(url: &str) -> Option<&str> {
    let scheme = url.split_once("://")?.0;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(web_only("HTTPS://example.org"), Some("HTTPS://example.org"));
        for other in ["javascript:alert(1)", "data://x", "example.org", "//example.org", " https://a"] {
            assert_eq!(web_only(other), None, "{other}");
        }
    }
}
