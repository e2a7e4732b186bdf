use url::Url;

use super::{Code, Origin, fits, web::web_url};
use crate::domain::characters::{has_control, is_blank};

const SITE_KEY_CHARS: usize = 40;
const ARTICLE_KEY_CHARS: usize = 200;
const ARTICLE_URL_CHARS: usize = 2_000;

/// The key of a site: 1–40 of `a`–`z`, `0`–`9` and `-`, so that it fits a path and a metric label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteKey(String);

impl SiteKey {
    /// Checks a key; nothing is trimmed or folded, since it stands in URLs.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        if raw.is_empty() {
            return Err(Code::Required);
        }
        fits(raw, SITE_KEY_CHARS)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        raw.bytes().all(plain).then(|| Self(raw.to_owned())).ok_or(Code::NotAnId)
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key a site gave to an article: 1–200 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleKey(String);

impl ArticleKey {
    /// Trims and checks a key.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let key = raw.trim();
        if is_blank(key) {
            return Err(Code::Required);
        }
        if has_control(key) {
            return Err(Code::ControlCharacter);
        }
        fits(key, ARTICLE_KEY_CHARS)?;
        Ok(Self(key.to_owned()))
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The canonical URL of an article (contract §2), at most 2,000 characters: two addresses of one
/// page that differ only in what analytics and copying add are the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArticleUrl {
    url: String,
    origin: Origin,
}

impl ArticleUrl {
    /// Trims, checks and canonicalises a URL. The limit is that of the canonical form.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let mut url = web_url(raw.trim())?;
        url.set_fragment(None);
        let query = own_query(&url);
        url.set_query(query.as_deref());
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        fits(url.as_str(), ARTICLE_URL_CHARS)?;
        Ok(Self { origin: Origin::of(&url), url: url.into() })
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The origin that must be one of the site's.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// The query without what campaigns and social networks add; the rest in its order and spelling.
fn own_query(url: &Url) -> Option<String> {
    let own: Vec<&str> =
        url.query()?.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    (!own.is_empty()).then(|| own.join("&"))
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || name == "fbclid" || name == "gclid"
}

/// What a commenter wants mail about, once the address was confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Notify {
    /// No mail at all.
    #[default]
    Nothing,
    /// One mail with the moderators' decision.
    Outcome,
    /// A mail for each published reply.
    Replies,
}

impl Notify {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Outcome, Self::Replies];

    /// The word of the API, of the form and of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Outcome => "outcome",
            Self::Replies => "replies",
        }
    }

    /// Reads [`Notify::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|notify| notify.name() == raw).ok_or(Code::UnknownValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://News.Example:443/a/b/", Ok("https://news.example/a/b"))]
    #[case(" http://news.example ", Ok("http://news.example/"))]
    #[case("https://news.example/?", Ok("https://news.example/"))]
    #[case("https://news.example/a//?x=1#comments", Ok("https://news.example/a?x=1"))]
    #[case("https://n.example/a?utm_source=x&p=7&fbclid=1&UTM_Medium=y&gclid", Ok("https://n.example/a?p=7"))]
    #[case("https://n.example/a?utm_source=x", Ok("https://n.example/a"))]
    #[case("https://n.example/?b=2&a=%20+1&&utmost=1", Ok("https://n.example/?b=2&a=%20+1&utmost=1"))]
    #[case("https://n.example:8443/A", Ok("https://n.example:8443/A"))]
    #[case("https://n.example/a/../b/", Ok("https://n.example/b"))]
    #[case("https://ann@n.example/a", Err(Code::UserInfo))]
    #[case("/a/b", Err(Code::NotAUrl))]
    #[case("data:text/html,x", Err(Code::NotAUrl))]
    #[case("", Err(Code::Required))]
    fn a_canonical_url(#[case] given: &str, #[case] kept: Result<&str, Code>) {
        assert_eq!(ArticleUrl::parse(given).as_ref().map(ArticleUrl::as_str), kept.as_ref().copied());
    }

    #[test]
    fn a_url_knows_its_origin_and_its_limit() {
        let url = ArticleUrl::parse("https://News.example:443/a").unwrap();
        assert_eq!(url.origin(), &Origin::parse("https://news.example").unwrap());
        let long = format!("https://n.example/{}", "a".repeat(ARTICLE_URL_CHARS));
        assert_eq!(ArticleUrl::parse(&long), Err(Code::TooLong));
    }

    #[rstest]
    #[case("demo", true)]
    #[case("daily-news-24", true)]
    #[case("", false)]
    #[case("Demo", false)]
    #[case("a/b", false)]
    #[case("a234567890123456789012345678901234567890", true)]
    #[case("a2345678901234567890123456789012345678901", false)]
    fn a_site_key(#[case] raw: &str, #[case] good: bool) {
        assert_eq!(SiteKey::parse(raw).is_ok(), good);
    }

    #[test]
    fn an_article_key_is_short_and_in_one_line() {
        assert_eq!(ArticleKey::parse(" wp:12 ").as_ref().map(ArticleKey::as_str), Ok("wp:12"));
        assert!(ArticleKey::parse(&"é".repeat(200)).is_ok());
        assert_eq!(ArticleKey::parse(&"é".repeat(201)), Err(Code::TooLong));
        assert_eq!(ArticleKey::parse("a\tb"), Err(Code::ControlCharacter));
        assert_eq!(ArticleKey::parse("\u{200B}"), Err(Code::Required));
    }

    #[test]
    fn a_wish_for_mail_is_one_of_three_words() {
        assert_eq!(Notify::ALL.map(|notify| Notify::parse(notify.name())), Notify::ALL.map(Ok));
        assert_eq!((Notify::default().name(), Notify::parse("all")), ("none", Err(Code::UnknownValue)));
    }

    proptest! {
        #[test]
        fn a_canonical_url_stays_as_it_is(given in "https?://[a-z.:0-9/]{1,12}(/|[a-zü%&=?#+. ;]|utm_){0,30}") {
            if let Ok(url) = ArticleUrl::parse(&given) {
                prop_assert_eq!(ArticleUrl::parse(url.as_str()), Ok(url));
            }
        }
    }
}
