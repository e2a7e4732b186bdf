//! Texts as the word lists compare them: what a reader would call the same is written the same, and every character
//! knows where it came from.

use std::iter;

use caseless::Caseless;
use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, decompose_compatible, is_combining_mark},
};

use super::characters::shows_nothing;

/// Marks are put in order within so many (UAX #15, Stream-Safe Text Format), so that a text of nothing but marks costs
/// no more than another.
const MARKS: usize = 30;

/// One character of a text that was evened out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Even {
    /// What is compared: decomposed and case-folded.
    pub c: char,
    /// The same before its case was folded.
    pub original: char,
    /// Where it begins in the text, in characters.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// The characters of a text in compatibility decomposition (NFKD) with full case folding; what shows nothing left out,
/// white space as single spaces, quotes and dashes as their ASCII forms. Dotted capital I and i are the same.
pub fn evened(text: &str) -> Vec<Even> {
    let mut found = Vec::with_capacity(text.len());
    for (at, c) in (0..).zip(text.chars()) {
        evened_char(c, &mut |c, original| push(&mut found, Even { c, original, start: at, end: at + 1 }));
    }
    found
}

/// Whether a character belongs to the one before it: a mark, or what completes a Korean syllable.
pub fn joins(c: char) -> bool {
    !c.is_ascii() && (is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11FF}'))
}

fn push(found: &mut Vec<Even>, even: Even) {
    if let Some(last) = found.last_mut() {
        let is_told = (even.c == ' ' && last.c == ' ') || (even.c == '\u{307}' && last.c == 'i');
        if is_told {
            last.end = even.end;
            return;
        }
    }
    found.push(even);
    let class = if even.c.is_ascii() { 0 } else { canonical_combining_class(even.c) };
    if class > 0 {
        let mut at = found.len() - 1;
        let first = at.saturating_sub(MARKS);
        while at > first && canonical_combining_class(found[at - 1].c) > class {
            found.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn evened_char(c: char, emit: &mut impl FnMut(char, char)) {
    match c {
        _ if c.is_whitespace() => emit(' ', ' '),
        _ if c.is_ascii() => emit(c.to_ascii_lowercase(), c),
        // blank letters are seen as spaces
        '\u{2800}' | '\u{3164}' | '\u{FFA0}' => emit(' ', ' '),
        _ if shows_nothing(c) => {}
        '\u{B4}' => emit('\'', '\''),
        _ => {
            // an accent that stands alone is no space
            let (mut count, mut is_accent) = (0, false);
            decompose_compatible(c, |part| {
                is_accent |= count == 0 && part == ' ';
                count += 1;
                if !is_accent {
                    folded(part, emit);
                }
            });
            if is_accent {
                emit(c, c);
            }
        }
    }
}

/// Unicode's compatibility caseless matching (section 3.13, D146), of one decomposed character.
fn folded(part: char, emit: &mut impl FnMut(char, char)) {
    match part {
        _ if shows_nothing(part) => return,
        '\u{2BC}' | '\u{2018}'..='\u{201B}' | '\u{2032}' => return emit('\'', '\''),
        '\u{AB}' | '\u{BB}' | '\u{201C}'..='\u{201F}' => return emit('"', '"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => return emit('-', '-'),
        _ => {}
    }
    let mut fold = iter::once(part).default_case_fold();
    if let (Some(one), None) = (fold.next(), fold.next())
        && is_whole(one)
    {
        return emit(one, part);
    }
    for c in iter::once(part).default_case_fold().nfkd().default_case_fold().nfkd() {
        emit(c, c);
    }
}

/// Whether a character is its own decomposition.
fn is_whole(c: char) -> bool {
    let mut is_whole = true;
    decompose_compatible(c, |part| is_whole &= part == c);
    is_whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn even(text: &str) -> String {
        evened(text).iter().map(|even| even.c).nfc().collect()
    }

    #[rstest]
    #[case("Great  Deal!\r\n\tBuy", "great deal! buy")]
    #[case("ＢＵＹ ① ﬁne", "buy 1 fine")]
    #[case("v\u{200B}i\u{AD}a\u{2060}g\u{FE0F}r\u{E0061}a\u{202E}\u{FEFF}", "viagra")]
    #[case("Straße STRASSE STRAẞE", "strasse strasse strasse")]
    #[case("ΣΟΦΟΣ σοφος", "σοφοσ σοφοσ")]
    #[case("МОСКВА Їжак", "москва їжак")]
    #[case("İSTANBUL i\u{307}stanbul istanbul", "istanbul istanbul istanbul")]
    #[case("don’t don´t “so” – well", "don't don't \"so\" - well")]
    #[case("buy\u{2800}now\u{3164}here", "buy now here")]
    #[case("한글", "한글")]
    #[case("a\u{327}\u{301} a\u{301}\u{327}", "a\u{327}\u{301} a\u{327}\u{301}")]
    fn what_readers_call_the_same_is_written_the_same(#[case] typed: &str, #[case] expected: &str) {
        assert_eq!(even(typed), expected.nfc().collect::<String>());
    }

    #[test]
    fn every_character_knows_where_it_came_from() {
        let places = |text| evened(text).iter().map(|e| (e.c, e.start, e.end)).collect::<Vec<_>>();
        assert_eq!(
            places("a\u{200B}ß \n b"),
            [('a', 0, 1), ('s', 2, 3), ('s', 2, 3), (' ', 3, 6), ('b', 6, 7)]
        );
    }

    proptest! {
        #[test]
        fn doing_it_twice_changes_nothing(text in "\\PC{0,60}") {
            let once: String = evened(&text).iter().map(|even| even.c).collect();
            let twice: String = evened(&once).iter().map(|even| even.c).collect();
            prop_assert_eq!(twice, once);
        }

        #[test]
        fn case_does_not_matter(text in "[a-zäöüßéñА-Яа-яёїєґα-ωάέή ]{0,40}") {
            prop_assert_eq!(even(&text.to_uppercase()), even(&text));
            prop_assert_eq!(even(&text.to_lowercase()), even(&text));
        }

        #[test]
        fn places_are_within_the_text(text in any::<String>()) {
            let length = u32::try_from(text.chars().count()).unwrap();
            for even in evened(&text) {
                prop_assert!(even.start < even.end && even.end <= length);
            }
        }
    }
}
