//! Headers whose text others chose. A mail program shows what they typed, whatever it looks like.

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::{
    Address,
    message::header::{HeaderName, HeaderValue},
};

/// Bytes of text in one encoded word: with its frame, and the name of a header before it, a line stays below
/// the 76 characters of RFC 2047 §2.
const WORD: usize = 39;

/// A header of text. Text that a mail program could take for an encoded word goes encoded as a whole.
pub(super) fn text(name: &'static str, text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    if is_plain(text) {
        return HeaderValue::new(name, text.to_owned());
    }
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words(text))
}

/// A header of one address of ours, which must not be broken into lines: a mail program would not find it.
pub(super) fn url(name: &'static str, url: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, format!("<{url}>"), format!("<{url}>"))
}

/// A header of one mailbox.
pub(super) fn mailbox(name: &'static str, person: &str, address: &Address) -> HeaderValue {
    let encoded = match person {
        "" => address.to_string(),
        _ if is_phrase(person) => format!("{person}\r\n <{address}>"),
        _ => format!("{}\r\n <{address}>", words(person)),
    };
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), encoded.clone(), encoded)
}

/// What needs neither quotes nor encoding (RFC 5322 §3.2.3), and is short.
fn is_phrase(text: &str) -> bool {
    let is_atom = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 60 && text.split(' ').all(is_atom)
}

/// Printable ASCII that nobody decodes, in words that fit on a line.
fn is_plain(text: &str) -> bool {
    let is_short = |word: &str| word.len() <= 60;
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.contains("=?")
        && text.split(' ').all(is_short)
}

/// Encoded words (RFC 2047), each on a line of its own and cut between characters.
fn words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD));
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: HeaderValue) -> String {
        let mut headers = lettre::message::header::Headers::new();
        headers.insert_raw(value);
        headers.to_string()
    }

    #[test]
    fn what_looks_encoded_is_encoded() {
        assert_eq!(written(text("Subject", "[News] \"A = b?\"")), "Subject: [News] \"A = b?\"\r\n");
        let shown = written(text("Subject", "=?utf-8?q?Free?="));
        assert_eq!(shown, format!("Subject: =?utf-8?b?{}?=\r\n", STANDARD.encode("=?utf-8?q?Free?=")));
        assert!(written(text("Subject", "half =?utf-8?q?")).starts_with("Subject: =?utf-8?b?"));
    }

    #[test]
    fn no_line_is_long_and_no_character_is_cut() {
        for raw in [
            "ü".repeat(500),
            "€".repeat(141),
            "🙂".repeat(99),
            "x".repeat(3_000),
            format!("a{}", "é".repeat(80)),
        ] {
            for header in [
                written(text("Subject", &raw)),
                written(mailbox("To", &raw, &"mo@a.example".parse().unwrap())),
            ] {
                assert!(header.split("\r\n").all(|line| line.len() <= 76) && header.is_ascii(), "{header}");
                let words = header.split("=?utf-8?b?").skip(1).map(|word| word.split_once("?=").unwrap().0);
                let decoded: String =
                    words.map(|word| String::from_utf8(STANDARD.decode(word).unwrap()).unwrap()).collect();
                assert_eq!(decoded, raw);
            }
        }
    }

    #[test]
    fn a_name_is_no_address() {
        let to = |name: &str| written(mailbox("To", name, &"mo@a.example".parse().unwrap()));
        assert_eq!(to("Mo de Boer"), "To: Mo de Boer\r\n <mo@a.example>\r\n");
        assert_eq!(to(""), "To: mo@a.example\r\n");
        for name in ["Mo <x@evil.example>", "a, b@evil.example", "=?utf-8?q?x?=", "\"", "two  spaces", "(c)"]
        {
            assert!(!to(name).contains("evil") && to(name).contains("=?utf-8?b?"), "{name}");
        }
    }
}
