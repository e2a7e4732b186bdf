use serde::{Deserialize, Serialize};

use super::{Code, Fault};

/// Most canned reasons of one site.
pub const REASONS: usize = 50;
/// Longest text of a reason, in characters.
pub const REASON_CHARS: usize = 500;
const CODE_BYTES: usize = 40;

/// A reason that moderators of a site give again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CannedReason {
    code: String,
    text: String,
    basis: Basis,
}

/// What a reason rests on (Regulation (EU) 2022/2065, article 17, paragraph 3, points d and e).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The site's own terms.
    Terms,
    /// The law.
    Law,
}

impl Basis {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Terms, Self::Law];

    /// Its name in databases, requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Law => "law",
        }
    }

    /// The basis of that name.
    pub fn parse(name: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|basis| basis.name() == name).ok_or(Code::UnknownValue)
    }
}

impl CannedReason {
    /// A code of 1 to 40 letters a to z, digits and hyphens; a text for the commenter of 1 to 500 characters after
    /// trimming, without control characters but line feeds; and what it rests on.
    pub fn parse(code: &str, text: &str, basis: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |field, code| faults.push(Fault { field, code });
        if let Err(code) = check_code(code) {
            keep("code", code);
        }
        let text = text.trim().replace("\r\n", "\n");
        if let Err(code) = check_text(&text) {
            keep("text", code);
        }
        let basis = Basis::parse(basis).map_err(|code| keep("basis", code));
        match basis {
            Ok(basis) if faults.is_empty() => Ok(Self { code: code.to_owned(), text, basis }),
            _ => Err(faults),
        }
    }

    /// Its name in requests.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the commenter reads.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it rests on.
    pub const fn basis(&self) -> Basis {
        self.basis
    }
}

fn check_code(code: &str) -> Result<(), Code> {
    match code.len() {
        0 => Err(Code::Required),
        1..=CODE_BYTES if code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') => {
            Ok(())
        }
        1..=CODE_BYTES => Err(Code::NotAnId),
        _ => Err(Code::TooLong),
    }
}

fn check_text(text: &str) -> Result<(), Code> {
    if text.is_empty() {
        Err(Code::Required)
    } else if text.chars().count() > REASON_CHARS {
        Err(Code::TooLong)
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        Err(Code::ControlCharacter)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("off-topic", " It is about something else. ", None)]
    #[case::two_lines("ad", "No\r\nads.", None)]
    #[case::no_code("", "x", Some(("code", Code::Required)))]
    #[case::spaced_code("off topic", "x", Some(("code", Code::NotAnId)))]
    #[case::blank_text("a", " \n ", Some(("text", Code::Required)))]
    #[case::bell("a", "x\u{7}y", Some(("text", Code::ControlCharacter)))]
    fn reasons(#[case] code: &str, #[case] text: &str, #[case] fault: Option<(&'static str, Code)>) {
        match (CannedReason::parse(code, text, "terms"), fault) {
            (Ok(reason), None) => {
                assert_eq!((reason.code(), reason.basis()), (code, Basis::Terms));
                assert_eq!(reason.text(), text.trim().replace('\r', ""));
            }
            (Err(faults), Some((field, code))) => assert_eq!(faults, [Fault { field, code }]),
            (result, expected) => panic!("{result:?} in place of {expected:?}"),
        }
    }

    #[test]
    fn lengths_count_characters() {
        let parsed =
            |code: usize, text: usize| CannedReason::parse(&"a".repeat(code), &"é".repeat(text), "law");
        assert_eq!(parsed(40, 500).unwrap().text().chars().count(), REASON_CHARS);
        assert_eq!(parsed(41, 500).unwrap_err(), [Fault { field: "code", code: Code::TooLong }]);
        assert_eq!(parsed(40, 501).unwrap_err(), [Fault { field: "text", code: Code::TooLong }]);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let faults = CannedReason::parse("A", "", "").unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["code", "text", "basis"]);
    }
}
