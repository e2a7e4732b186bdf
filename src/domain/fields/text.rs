use std::fmt;

use super::{Code, fits};
use crate::domain::characters::{has_control, is_blank, reorders};

/// Most characters a comment may have unless a site's policy says otherwise.
pub const BODY_CHARS: usize = 10_000;

/// Most bytes a comment may ever have: what the column of `WordPress` takes, so that export stays possible.
pub const BODY_BYTES: usize = 65_525;

const NAME_CHARS: usize = 100;
const NAME_BYTES: usize = 245;
const TITLE_CHARS: usize = 300;

/// The name a commenter signs with, shown to everyone: 1–100 characters, at most 245 bytes,
/// something visible in them, no `@`, nothing that breaks lines or reorders what stands around
/// it. Joiners and direction marks are allowed within: Persian, Hindi and emoji need them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Trims and checks a name.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let name = raw.trim();
        if is_blank(name) {
            return Err(Code::Required);
        }
        if has_control(name) || name.chars().any(reorders) {
            return Err(Code::ControlCharacter);
        }
        // the full-width and the small form look the same and are folded to it by mail programs
        if name.contains(['@', '＠', '﹫']) {
            return Err(Code::AtSign);
        }
        fits(name, NAME_CHARS)?;
        if name.len() > NAME_BYTES { Err(Code::TooLong) } else { Ok(Self(name.to_owned())) }
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text of a comment as its commenter typed it: trimmed, newlines as LF, otherwise unchanged.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Body(String);

impl Body {
    /// Checks a text of at most `max` characters (a newline counts once), and never more than
    /// [`BODY_BYTES`]. Tabs and newlines are the only control characters of C0 it takes.
    pub fn parse(raw: &str, max: usize) -> Result<Self, Code> {
        let text = with_line_feeds(raw.trim());
        if is_blank(&text) {
            return Err(Code::Required);
        }
        if text.chars().any(|c| c < ' ' && !matches!(c, '\n' | '\t')) {
            return Err(Code::ControlCharacter);
        }
        fits(&text, max)?;
        if text.len() > BODY_BYTES { Err(Code::TooLong) } else { Ok(Self(text)) }
    }

    /// The text; not HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only its size: a text may hold anything, and must not reach a log.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

fn with_line_feeds(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The title of an article: 1–300 characters in one line. Pages indent and wrap their titles, so
/// runs of white space become one space.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Title(String);

impl Title {
    /// Evens out the white space and checks a title.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let title = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_blank(&title) {
            return Err(Code::Required);
        }
        if has_control(&title) || title.chars().any(reorders) {
            return Err(Code::ControlCharacter);
        }
        fits(&title, TITLE_CHARS)?;
        Ok(Self(title))
    }

    /// The title; not HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::corpora;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("  Ann  ", Ok("Ann"))]
    #[case("Zoë O'Neill-Müller", Ok("Zoë O'Neill-Müller"))]
    #[case("می\u{200C}خواهم", Ok("می\u{200C}خواهم"))]
    #[case("דן \u{200E}Dan", Ok("דן \u{200E}Dan"))]
    #[case("<b>Ann</b>", Ok("<b>Ann</b>"))]
    #[case(" \u{3000} ", Err(Code::Required))]
    #[case("\u{200B}\u{FEFF}\u{2800}\u{3164}", Err(Code::Required))]
    #[case("Ann\r\nBcc: x", Err(Code::ControlCharacter))]
    #[case("Ann\u{85}", Ok("Ann"))]
    #[case("A\u{7F}nn", Err(Code::ControlCharacter))]
    #[case("A\u{2028}nn", Err(Code::ControlCharacter))]
    #[case("nnA\u{202E}", Err(Code::ControlCharacter))]
    #[case("\u{2067}Ann", Err(Code::ControlCharacter))]
    #[case("ann@example.org", Err(Code::AtSign))]
    #[case("ann＠example.org", Err(Code::AtSign))]
    fn a_name(#[case] typed: &str, #[case] name: Result<&str, Code>) {
        assert_eq!(Name::parse(typed).as_ref().map(Name::as_str), name.as_ref().copied());
    }

    #[test]
    fn the_length_of_a_name_is_bounded_twice() {
        assert!(Name::parse(&"ä".repeat(100)).is_ok() && Name::parse(&"字".repeat(81)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(101)), Err(Code::TooLong));
        assert_eq!(Name::parse(&"字".repeat(82)), Err(Code::TooLong));
    }

    #[rstest]
    #[case("one\r\ntwo\rthree\n\n\tfour  ", Ok("one\ntwo\nthree\n\n\tfour"))]
    #[case("", Err(Code::Required))]
    #[case(" \r\n\t\u{200B} ", Err(Code::Required))]
    #[case("a\0b", Err(Code::ControlCharacter))]
    #[case("a\u{1B}[2Jb", Err(Code::ControlCharacter))]
    #[case("12345678901", Err(Code::TooLong))]
    fn a_comment(#[case] typed: &str, #[case] text: Result<&str, Code>) {
        let max = if typed.len() == 11 { 10 } else { BODY_CHARS };
        assert_eq!(Body::parse(typed, max).as_ref().map(Body::as_str), text.as_ref().copied());
    }

    #[test]
    fn a_comment_never_has_more_bytes_than_wordpress_takes() {
        assert!(Body::parse(&"a".repeat(BODY_BYTES), usize::MAX).is_ok());
        assert_eq!(Body::parse(&"a".repeat(BODY_BYTES + 1), usize::MAX), Err(Code::TooLong));
        assert!(Body::parse(&"a\r\n".repeat(5_000), BODY_CHARS).is_ok(), "a newline counts once");
    }

    #[test]
    fn what_people_really_wrote_is_stored_unchanged() {
        for text in corpora::members("fox-news-comments/comments.jsonl", "text") {
            let newlines = text.replace("\r\n", "\n").replace('\r', "\n");
            assert_eq!(Body::parse(&text, BODY_CHARS).as_ref().map(Body::as_str), Ok(newlines.trim()));
        }
    }

    #[rstest]
    #[case("\n  Sheep\n    move in ", Ok("Sheep move in"))]
    #[case("   ", Err(Code::Required))]
    #[case("a\u{8}b", Err(Code::ControlCharacter))]
    fn a_title(#[case] typed: &str, #[case] title: Result<&str, Code>) {
        assert_eq!(Title::parse(typed).as_ref().map(Title::as_str), title.as_ref().copied());
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_accepted_again_unchanged(raw in "(?s).{0,120}") {
            if let Ok(name) = Name::parse(&raw) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
            if let Ok(title) = Title::parse(&raw) {
                prop_assert_eq!(Title::parse(title.as_str()), Ok(title));
            }
            if let Ok(body) = Body::parse(&raw, BODY_CHARS) {
                prop_assert!(!body.as_str().contains('\r'));
                prop_assert_eq!(Body::parse(body.as_str(), BODY_CHARS), Ok(body));
            }
        }
    }
}
