//! What must hold of anything that is thrown at the parts of Replydesk that read strangers' bytes. The fuzz
//! targets call these, and so do the tests of the main package, so that neither can rot.

use std::{net::IpAddr, sync::LazyLock};

use replydesk::{
    clock::Clock,
    domain::{
        ArticleKey, ArticleUrl, Body, ClientAddress, Code, Name, Origin, Policy, Site, SiteId, SiteKey,
        Submission, Timestamp, Title, Website,
    },
    flow::render::{comment_html, excerpt, sanitised},
    http::probe,
    vault::{Keyrings, Token, TokenPurpose, Vault},
};
use uuid::Uuid;

/// A target: its name, and what must hold of its input.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 5] =
    [("form", form), ("json", json), ("token", token), ("forwarded", forwarded), ("render", render)];

/// Good inputs, to begin with.
pub const SEEDS: [(&str, &[&[u8]]); 5] = [
    (
        "form",
        &[
            b"article=news/1&article_url=https%3A%2F%2Fnews.example%2Fnews%2F1&article_title=The+bridge&name=Ann&email=ann%40example.org&comment=By+form",
            b"name=%C3%A4&name=b&=&&a&address=x&notify=outcome&parent=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe",
        ],
    ),
    (
        "json",
        &[
            br#"{"article":{"key":"news/1","url":"https://news.example/news/1?utm_source=x","title":"The bridge"},"name":"Ann","email":"ann@example.org","website":"https://ann.example","comment":"It should open","notify":"outcome"}"#,
            br#"{"article":{"key":"a"},"parent":"01a20af0-dc8f-7591-9eb1-0d2af4d96cfe","name":"\u00e4","email":"a@b.example","comment":"x\r\ny","client":{"ip":"203.0.113.7","user_agent":"z"},"commenter":{"id":"7","verified":true,"staff":false}}"#,
        ],
    ),
    ("token", &[b"\0\x01AQ", b"\x05\x02\x7f\xff\xff\xff\xff\xff\xff\xff"]),
    ("forwarded", &[b"198.51.100.1, 10.0.0.3,[2001:db8::1]:80", b"::ffff:1.2.3.4, unknown\n10.9.9.9"]),
    (
        "render",
        &[
            b"see <a href='https://a.example?b=1&amp;c=2' title=x>this</a> & <b>that</b>\n\nhttp://c.example/d",
            b"<blockquote cite=http://a.example>a<p>b</blockquote><script>x</script><svg/onload=y><!-- <3 &lt; javascript:",
        ],
    ),
];

static SITE: LazyLock<Site> = LazyLock::new(|| Site {
    id: SiteId::from(Uuid::from_u128(1)),
    key: SiteKey::parse("gazette").expect("a key"),
    name: "The Gazette".to_owned(),
    origins: vec![Origin::parse("https://news.example").expect("an origin")],
    policy: Policy::default(),
});

/// A form is read as the URL standard reads it, unless it is malformed, and what is written is read back.
pub fn form(data: &[u8]) {
    taken(data, true);
    let Some(pairs) = probe::form(data) else {
        // the standard replaces what is no UTF-8; we refuse it
        let replaced =
            url::form_urlencoded::parse(data).any(|(a, b)| a.contains('\u{FFFD}') || b.contains('\u{FFFD}'));
        assert!(replaced || std::str::from_utf8(data).is_err(), "refused without a reason");
        return;
    };
    let standard: Vec<(String, String)> = url::form_urlencoded::parse(data).into_owned().collect();
    assert_eq!(pairs, standard);
    let printed = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    assert_eq!(probe::form(printed.as_bytes()), Some(pairs));
}

/// What is taken is JSON, an object, and made of values that read back as themselves.
pub fn json(data: &[u8]) {
    if taken(data, false) {
        let read: serde_json::Value = serde_json::from_slice(data).expect("what is taken is JSON");
        assert!(read.is_object());
    }
}

fn taken(data: &[u8], is_form: bool) -> bool {
    match probe::submission(data, is_form, &SITE) {
        Ok(submission) => {
            reads_back(&submission);
            true
        }
        Err(faults) => {
            for fault in &faults {
                assert!(fault.field.is_ascii() && !fault.message().is_empty() && fault.code.as_str() != "");
            }
            false
        }
    }
}

fn reads_back(submission: &Submission) {
    let Submission { article, name, website, body, .. } = submission;
    assert_eq!(Name::parse(name.as_str()).as_ref(), Ok(name));
    assert_eq!(ArticleKey::parse(article.key.as_str()).as_ref(), Ok(&article.key));
    // a text at its very bound may be one character longer with its line ends counted anew: it never is
    assert_eq!(
        Body::parse(body.as_str(), SITE.policy.comment_chars).map(|again| again == *body),
        Ok::<_, Code>(true)
    );
    if let Some(url) = &article.url {
        assert_eq!(ArticleUrl::parse(url.as_str()).as_ref(), Ok(url));
        assert!(SITE.owns(url.origin()));
    }
    if let Some(title) = &article.title {
        assert_eq!(Title::parse(title.as_str()).as_ref(), Ok(title));
    }
    if let Some(website) = website {
        assert_eq!(Website::parse(website.as_str()).as_ref(), Ok(website));
    }
    let texts = [name.as_str(), article.key.as_str(), body.as_str()];
    assert!(texts.iter().all(|text| !text.contains('\0')), "PostgreSQL takes no U+0000");
}

/// A token says what it was made for, and one that was altered, or made up, says nothing.
pub fn token(data: &[u8]) {
    static VAULT: LazyLock<Vault> = LazyLock::new(|| Vault::new(Keyrings::generate(&clock())));
    let purposes = [TokenPurpose::Receipt, TokenPurpose::Csrf, TokenPurpose::Form, TokenPurpose::Decide];
    let now = clock().now();
    let number = |at: usize| data.get(at).copied().map_or(0, usize::from);
    let purpose = purposes[number(0) % purposes.len()];
    let made = Token {
        purpose,
        object: Uuid::from_u128(u128::from(u64::MAX) * number(1) as u128),
        version: i64::try_from(number(2)).unwrap_or_default(),
        recipient: (number(3) % 2 == 1).then(|| Uuid::from_u128(9)),
        expires: Timestamp::from_micros(now.micros() + 1),
    };
    let genuine = VAULT.mint(&made);
    assert_eq!(VAULT.verify(purpose, &genuine, now), Ok(made));
    // the rest, as it is and laid over the genuine one
    let rest = data.get(4..).unwrap_or_default();
    let mut altered = genuine.clone().into_bytes();
    let start = number(4) % altered.len();
    for (at, byte) in rest.iter().skip(1).enumerate() {
        match altered.get_mut(start + at) {
            Some(place) => *place ^= byte,
            None => altered.push(*byte),
        }
    }
    for raw in [String::from_utf8_lossy(rest).into_owned(), String::from_utf8_lossy(&altered).into_owned()] {
        for asked in purposes {
            let is_genuine = raw == genuine && asked == purpose;
            assert_eq!(VAULT.verify(asked, &raw, now).is_ok(), is_genuine, "{raw} as {asked:?}");
        }
    }
}

/// Nobody chooses the address they are seen under: it is the peer's, or the last one that a proxy saw.
pub fn forwarded(data: &[u8]) {
    let claims = String::from_utf8_lossy(data);
    let lines: Vec<&str> = claims.split('\n').collect();
    let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
    let seen = |peer: &str, lines: &[&str]| {
        let peer: IpAddr = peer.parse().expect("an address");
        ClientAddress::of(peer, lines.iter().copied(), &trusted)
    };
    let stranger = ClientAddress::parse("203.0.113.7").expect("an address");
    assert!(seen("203.0.113.7", &lines) == stranger, "a stranger's word counted");
    let behind: Vec<&str> = lines.iter().copied().chain(["203.0.113.7"]).collect();
    assert!(seen("10.0.0.1", &behind) == stranger, "the proxy's word did not count");
    // the lines of a list are one list
    assert!(seen("10.0.0.1", &lines) == seen("10.0.0.1", &[&lines.join(",")]));
    let _ = seen("fd00::1", &lines).host_prefix().shared_network();
}

/// Any text becomes HTML that the sanitiser would leave as it is, with no element but the known ones.
pub fn render(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let html = comment_html(&text);
    assert_eq!(sanitised(&html), html, "the sanitiser did not have the last word");
    let known = "a abbr acronym b blockquote br cite code del em i p q s strike strong";
    for tag in html.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
        assert!(known.split(' ').any(|known| known == name), "<{name}> in {html}");
    }
    for chars in [0, 1, 7, 200] {
        assert!(excerpt(&text, chars).chars().count() <= chars);
    }
}

fn clock() -> Clock {
    Clock::manual(Timestamp::from_micros(1_793_534_400_000_000))
}
