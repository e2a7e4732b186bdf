//! Why a comment waits, in words that the desk and mails share.

use super::App;
use crate::{
    domain::{Field, Mode, Needs, Status, evened},
    store::{FindingView, QueueRow, ReportsView},
    texts::{Phrase, Texts},
};

/// Most characters of what is quoted, and of what a `*` adds to it on either side.
const QUOTED: usize = 60;

/// One reason why it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Such as `Name mixes letters of several alphabets`.
    pub label: String,
    /// The words or the number that it was found by; of a term that is not told, what stands there.
    pub term: Option<String>,
    /// What stands there, in one line, where readers see something else than the term.
    pub written: Option<String>,
}

/// What its author says against a rejection, what readers reported of a comment since it was last decided, and what screening found in it.
pub fn reasons(t: Texts, row: &QueueRow) -> Vec<Reason> {
    let reported = |reports: &ReportsView| Reason {
        label: t.reported(reports.reason, reports.times).into(),
        term: None,
        written: None,
    };
    let appeal = row.appeal.as_ref().filter(|_| row.status == Status::Rejected && row.needs.is_some());
    let appealed = appeal.map(|text| Reason {
        label: t.say("why-appeal").into(),
        term: Some(text.clone()),
        written: None,
    });
    let found = row.findings.iter().map(|finding| reason(t, row, finding));
    appealed.into_iter().chain(row.reports.iter().map(reported)).chain(found).collect()
}

/// What is said of a comment that a moderator decides on although nothing was found in it.
pub fn nothing(app: &App, t: Texts, row: &QueueRow) -> Option<Phrase> {
    if !row.findings.is_empty() || !row.reports.is_empty() {
        return None;
    }
    let mode = app.sites.get(row.site).map(|site| site.policy.mode);
    match (row.status, row.needs?) {
        (Status::Pending, Needs::Decision) if mode == Some(Mode::HoldAll) => Some(t.say("nothing-hold-all")),
        // the rules were others when it came, are others on its article, or a moderator put it back
        (Status::Pending, Needs::Decision) => Some(t.say("nothing-waits")),
        (Status::Approved, Needs::Decision) => Some(t.say("nothing-published")),
        (_, Needs::Edit) => Some(t.say("nothing-edit")),
        _ => None,
    }
}

fn reason(t: Texts, row: &QueueRow, finding: &FindingView) -> Reason {
    let field = finding.field.as_deref().and_then(Field::parse);
    let label = match finding.code.as_str() {
        "word-hold" | "word-spam" | "blocked-term" => t.finding_in(&finding.code, field),
        code => t.finding(code),
    };
    let term = finding.term.clone();
    let written = written(row, finding, field);
    let (term, written) = if term.is_none() { (written, None) } else { (term, written) };
    Reason { label: label.into(), term, written }
}

fn written(row: &QueueRow, finding: &FindingView, field: Option<Field>) -> Option<String> {
    let said = match field? {
        // an own address is not said again, and a place in a text is none in what a moderator made of it
        Field::Text if finding.code == "own-address" || row.editor.is_some() => return None,
        Field::Text => row.text.as_str(),
        Field::Name => row.name.as_str(),
        Field::Website => row.website.as_deref()?,
        Field::Email | Field::Client | Field::Agent => return None,
    };
    let place = (usize::try_from(finding.starts?).ok()?, usize::try_from(finding.length?).ok()?);
    stretch(said, finding.term.as_deref(), place)
}

/// What readers see at a place, given in characters: nothing when that is the term, whatever its case, or when there is no
/// such place. Where the term has a `*` at an end, the word goes on to its own.
fn stretch(said: &str, term: Option<&str>, (start, length): (usize, usize)) -> Option<String> {
    let chars: Vec<char> = said.chars().collect();
    let (before, rest) = chars.split_at_checked(start)?;
    let (stretch, after) = rest.split_at_checked(length)?;
    let more = |is_open: bool| if is_open { QUOTED } else { 0 };
    let (opens_before, opens_after) =
        term.map_or((false, false), |term| (term.starts_with('*'), term.ends_with('*')));
    let word = |c: &&char| c.is_alphanumeric();
    let begins = before.iter().rev().take(more(opens_before)).take_while(word).count();
    let ends = after.iter().take(more(opens_after)).take_while(word).count();
    let whole = before[before.len() - begins..].iter().chain(stretch).chain(&after[..ends]);
    let seen: String = whole.filter(|c| !shows_nothing(**c)).collect();
    let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_term = |term: &str| term.trim_matches('*').trim().to_lowercase() == seen.to_lowercase();
    if seen.is_empty() || term.is_some_and(is_term) {
        return None;
    }
    if seen.chars().nth(QUOTED).is_none() {
        return Some(seen);
    }
    let kept: String = seen.chars().take(QUOTED - 1).collect();
    Some(format!("{}…", kept.trim_end()))
}

fn shows_nothing(c: char) -> bool {
    evened(c.encode_utf8(&mut [0; 4])).is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_letter_of_another_alphabet("Win at our Cаsino", Some("casino"), (11, 6), Some("Cаsino"))]
    #[case::case_alone("Win at our CASINO", Some("casino"), (11, 6), None)]
    #[case::what_shows_nothing("Win at our ca\u{200B}sino", Some("casino"), (11, 7), None)]
    #[case::white_space("Buy\r\n  now", Some("buy now"), (0, 10), None)]
    #[case::a_word_that_goes_on("It is CRYPTOgraphic, no?", Some("crypto*"), (6, 6), Some("CRYPTOgraphic"))]
    #[case::both_ways("It is subCRYPTOgraphic.", Some("*crypto*"), (9, 6), Some("subCRYPTOgraphic"))]
    #[case::a_word_that_does_not("It is crypto.", Some("crypto*"), (6, 6), None)]
    #[case::an_end_that_is_closed("subcryptographic", Some("*crypto"), (3, 6), Some("subcrypto"))]
    #[case::a_term_that_is_not_told("Win at our Cаsino now", None, (11, 6), Some("Cаsino"))]
    #[case::the_direction_is_not_turned("a\u{202E}bc", None, (0, 4), Some("abc"))]
    #[case::no_such_end("Short", Some("x"), (3, 3), None)]
    #[case::no_such_beginning("Short", Some("x"), (6, 0), None)]
    #[case::beyond_all_numbers("Short", Some("x"), (usize::MAX, usize::MAX), None)]
    fn what_is_quoted(
        #[case] said: &str,
        #[case] term: Option<&str>,
        #[case] place: (usize, usize),
        #[case] quoted: Option<&str>,
    ) {
        assert_eq!(stretch(said, term, place).as_deref(), quoted);
    }

    #[test]
    fn a_long_stretch_is_cut() {
        let quoted = stretch(&"a b".repeat(100), None, (0, 300)).unwrap();
        assert!(quoted.chars().count() <= QUOTED && quoted.ends_with('…'), "{quoted}");
    }

    proptest! {
        #[test]
        fn no_place_is_too_strange(said in any::<String>(), term in any::<Option<String>>(), start in 0..400_usize, length: usize) {
            let quoted = stretch(&said, term.as_deref(), (start, length % 400));
            prop_assert!(quoted.is_none_or(|quoted| quoted.chars().count() <= QUOTED && !quoted.contains('\n')));
        }
    }
}
