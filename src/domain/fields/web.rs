use url::Url;

use super::{Code, fits};

const WEBSITE_CHARS: usize = 500;

/// A commenter's website, shown as the link behind the name: http or https, at most 500
/// characters, with a host and without a user name. Kept as the URL standard writes it (lower-case
/// host in ASCII), but without a slash after the host that was not typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Website(String);

impl Website {
    /// Trims and checks a website. The field is optional: callers ask only about what is not blank.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let typed = raw.trim();
        fits(typed, WEBSITE_CHARS)?;
        let url = web_url(typed)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let mut website = String::from(url);
        if bare && !typed.ends_with(['/', '\\']) {
            website.pop();
        }
        Ok(Self(website))
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a page comes from, as browsers send it (RFC 6454 §6.2): scheme, host, and the port when
/// it is not the scheme's own. The opaque origin `null` is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// Reads an `Origin` header or a setting; a slash at the end is forgiven, a path is not.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let url = web_url(raw.trim())?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(Code::NotAUrl);
        }
        Ok(Self::of(&url))
    }

    /// The origin of an http or https URL.
    pub(super) fn of(url: &Url) -> Self {
        Self(url.origin().ascii_serialization())
    }

    /// The form that compares byte for byte with a browser's header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An absolute http or https URL without user information. The URL standard forgives white space
/// and control characters inside by dropping them; here they are refused, since what a reader
/// sees would differ from where the link leads.
pub(super) fn web_url(typed: &str) -> Result<Url, Code> {
    if typed.is_empty() {
        return Err(Code::Required);
    }
    if typed.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Code::NotAUrl);
    }
    let url = Url::parse(typed).map_err(|_| Code::NotAUrl)?;
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.scheme(), "http" | "https") || host.is_empty() || !host.bytes().all(is_host) {
        return Err(Code::NotAUrl);
    }
    let (_, authority) = typed.split_once("://").ok_or(Code::NotAUrl)?;
    // an empty user name leaves no trace in the parsed URL
    let authority = authority.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') || !url.username().is_empty() || url.password().is_some() {
        return Err(Code::UserInfo);
    }
    Ok(url)
}

/// What a name in the DNS or an IP literal may hold. The URL standard takes more, quotes among it.
fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(" https://example.org ", Ok("https://example.org"))]
    #[case("https://example.org/", Ok("https://example.org/"))]
    #[case("HTTP://Example.ORG:80/A?b#c", Ok("http://example.org/A?b#c"))]
    #[case("https://münchen.example/ü", Ok("https://xn--mnchen-3ya.example/%C3%BC"))]
    #[case("https://example.org?x", Ok("https://example.org/?x"))]
    #[case("", Err(Code::Required))]
    #[case("example.org", Err(Code::NotAUrl))]
    #[case("//example.org", Err(Code::NotAUrl))]
    #[case("javascript:alert(1)//http://x", Err(Code::NotAUrl))]
    #[case("java\tscript:alert(1)", Err(Code::NotAUrl))]
    #[case("ftp://example.org", Err(Code::NotAUrl))]
    #[case("mailto:ann@example.org", Err(Code::NotAUrl))]
    #[case("https://", Err(Code::NotAUrl))]
    #[case("https://exa mple.org", Err(Code::NotAUrl))]
    #[case("https:example.org", Err(Code::NotAUrl))]
    #[case("https://exa\"mple.org", Err(Code::NotAUrl))]
    #[case("https://example.org/\na", Err(Code::NotAUrl))]
    #[case("https://ann@example.org", Err(Code::UserInfo))]
    #[case("https://ann:secret@example.org", Err(Code::UserInfo))]
    #[case("https://@example.org", Err(Code::UserInfo))]
    #[case("https://example.org/@ann", Ok("https://example.org/@ann"))]
    fn a_website(#[case] typed: &str, #[case] kept: Result<&str, Code>) {
        assert_eq!(Website::parse(typed).as_ref().map(Website::as_str), kept.as_ref().copied());
    }

    #[test]
    fn a_website_has_at_most_500_characters() {
        let path = "a".repeat(500 - "https://example.org/".len());
        assert!(Website::parse(&format!("https://example.org/{path}")).is_ok());
        assert_eq!(Website::parse(&format!("https://example.org/{path}a")), Err(Code::TooLong));
    }

    #[rstest]
    #[case("https://news.example", Ok("https://news.example"))]
    #[case("https://News.Example:443/", Ok("https://news.example"))]
    #[case("http://localhost:8080", Ok("http://localhost:8080"))]
    #[case("http://[::1]:3000", Ok("http://[::1]:3000"))]
    #[case("null", Err(Code::NotAUrl))]
    #[case("*", Err(Code::NotAUrl))]
    #[case("news.example", Err(Code::NotAUrl))]
    #[case("https://news.example/a", Err(Code::NotAUrl))]
    #[case("https://news.example https://b.example", Err(Code::NotAUrl))]
    #[case("chrome-extension://abc", Err(Code::NotAUrl))]
    #[case("https://a@news.example", Err(Code::UserInfo))]
    fn an_origin(#[case] sent: &str, #[case] kept: Result<&str, Code>) {
        assert_eq!(Origin::parse(sent).as_ref().map(Origin::as_str), kept.as_ref().copied());
    }

    proptest! {
        #[test]
        fn a_website_is_a_web_link_and_is_read_back(typed in "(https?|HTTPS|ftp|javascript)://?.{0,40}") {
            if let Ok(website) = Website::parse(&typed) {
                prop_assert!(website.as_str().starts_with("http://") || website.as_str().starts_with("https://"));
                prop_assert!(website.as_str().is_ascii() && !website.as_str().contains(['"', '<', '>', ' ']));
                if website.as_str().len() <= WEBSITE_CHARS {
                    prop_assert_eq!(Website::parse(website.as_str()), Ok(website));
                }
            }
        }
    }
}
