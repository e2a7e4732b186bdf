//! Small values that the public pages and the desk both show. Handlers make them, templates read them.

use std::time::Duration;

use crate::domain::Timestamp;

/// A moment written three ways, so that templates need no clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for `<time datetime>`.
    pub machine: String,
    /// `23 November 2026, 21:04 UTC`: what public pages show, since they are cached and must not age.
    pub exact: String,
    /// `5 minutes ago`: what the desk shows.
    pub relative: String,
}

impl Moment {
    /// Writes `at` as it looks from `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        Self { machine: at.to_string(), exact: at.for_people(), relative: ago(now.since(at)) }
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

fn ago(span: Duration) -> String {
    if span < Duration::from_mins(1) { "just now".to_owned() } else { format!("{} ago", spell(span)) }
}

/// A span in the largest whole unit, from a minute up: `5 minutes`.
pub fn spell(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    let (count, unit) = match minutes {
        0..60 => (minutes, "minute"),
        60..1_440 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_gone_by_is_told_in_the_largest_whole_unit() {
        let told = |seconds| ago(Duration::from_secs(seconds));
        assert_eq!(told(59), "just now");
        assert_eq!(told(60), "1 minute ago");
        assert_eq!(told(7_300), "2 hours ago");
        assert_eq!(told(86_400 * 3), "3 days ago");
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(web_only("HTTPS://example.org"), Some("HTTPS://example.org"));
        for other in ["javascript:alert(1)", "data://x", "example.org", "//example.org", " https://a"] {
            assert_eq!(web_only(other), None, "{other}");
        }
    }
}
