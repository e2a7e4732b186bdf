use std::collections::HashSet;

use super::{
    Code,
    characters::has_control,
    evened::{Even, evened},
};

/// Most characters of a term.
pub const TERM_CHARS: usize = 200;
/// Most terms of a list.
pub const TERMS: usize = 100_000;
/// Most characters of all terms of a list together.
pub const LIST_CHARS: usize = 2_000_000;

/// One term of a word list, as an editor typed it: a word or several, or anything else that texts contain. It stands for
/// whole words; a `*` at its beginning or end opens that end (`cas*` is how words begin, `*viagra*` is anywhere in one).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    typed: Box<str>,
    meaning: Meaning,
}

/// What a term looks for; terms of the same meaning are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Meaning {
    even: Box<str>,
    opens_before: bool,
    opens_after: bool,
}

impl Term {
    /// A term of 1 to [`TERM_CHARS`] characters without white space around it.
    ///
    /// Refuses one that is too long, has a control character or a line break, or that looks for nothing: only `*`, or only
    /// characters that show nothing.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let typed = raw.trim();
        if has_control(typed) {
            return Err(Code::ControlCharacter);
        }
        if typed.chars().count() > TERM_CHARS {
            return Err(Code::TooLong);
        }
        let even: String = evened(without_stars(typed)).iter().map(|even| even.c).collect();
        let even = even.trim();
        if even.is_empty() {
            return Err(Code::Required);
        }
        let meaning = Meaning {
            even: even.into(),
            opens_before: typed.starts_with('*'),
            opens_after: typed.ends_with('*'),
        };
        Ok(Self { typed: typed.into(), meaning })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// What is looked for, as [`evened`] writes texts.
    pub fn even(&self) -> &str {
        &self.meaning.even
    }

    /// The characters that are looked for, each with what it was before its case was folded.
    pub fn evened(&self) -> Vec<Even> {
        let mut found = evened(without_stars(&self.typed));
        found.truncate(found.iter().rposition(|even| even.c != ' ').map_or(0, |last| last + 1));
        let first = found.iter().position(|even| even.c != ' ').unwrap_or(0);
        found.split_off(first)
    }

    /// Whether it may begin within a word.
    pub fn opens_before(&self) -> bool {
        self.meaning.opens_before
    }

    /// Whether it may end within a word.
    pub fn opens_after(&self) -> bool {
        self.meaning.opens_after
    }
}

/// A `*` anywhere else stands for itself: people do write `f*ck`.
fn without_stars(typed: &str) -> &str {
    typed.trim_matches('*')
}

/// The terms of a list in the order they were typed, each meaning once: at most [`TERMS`] terms of [`LIST_CHARS`]
/// characters together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermList(Vec<Term>);

/// Which of the terms was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTerm {
    /// Its place among all that were given, from 0.
    pub index: usize,
    /// Why.
    pub code: Code,
}

impl TermList {
    /// Parses one term each; blank ones are left out, and so is what means the same as one before.
    ///
    /// Refuses the first that is no term, or that is one too many.
    pub fn parse<'a>(raw: impl IntoIterator<Item = &'a str>) -> Result<Self, BadTerm> {
        let mut known = HashSet::new();
        let (mut terms, mut chars) = (Vec::new(), 0);
        for (index, raw) in raw.into_iter().enumerate().filter(|(_, raw)| !raw.trim().is_empty()) {
            let refused = |code| BadTerm { index, code };
            let term = Term::parse(raw).map_err(refused)?;
            if !known.insert(term.meaning.clone()) {
                continue;
            }
            chars += term.as_str().chars().count();
            if terms.len() == TERMS || chars > LIST_CHARS {
                return Err(refused(Code::TooLong));
            }
            terms.push(term);
        }
        Ok(Self(terms))
    }

    /// The terms.
    pub fn as_slice(&self) -> &[Term] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(" viagra ", "viagra", (false, false))]
    #[case("*Viagra*", "viagra", (true, true))]
    #[case("cas*", "cas", (false, true))]
    #[case("*shop", "shop", (true, false))]
    #[case("buy \u{3000} now", "buy now", (false, false))]
    #[case("* buy now **", "buy now", (true, true))]
    #[case("f*ck", "f*ck", (false, false))]
    #[case("bit.ly/", "bit.ly/", (false, false))]
    #[case("C++", "c++", (false, false))]
    #[case("http://", "http://", (false, false))]
    #[case("$$$", "$$$", (false, false))]
    #[case("v\u{200B}iagra", "viagra", (false, false))]
    #[case("👍", "👍", (false, false))]
    fn terms(#[case] raw: &str, #[case] even: &str, #[case] opens: (bool, bool)) {
        let term = Term::parse(raw).unwrap();
        assert_eq!(term.as_str(), raw.trim());
        assert_eq!((term.even(), (term.opens_before(), term.opens_after())), (even, opens));
        assert_eq!(term.evened().iter().map(|even| even.c).collect::<String>(), even);
    }

    #[rstest]
    #[case("", Code::Required)]
    #[case("  ", Code::Required)]
    #[case("*", Code::Required)]
    #[case("* **", Code::Required)]
    #[case("\u{200B}\u{AD}", Code::Required)]
    #[case("*\u{2800}*", Code::Required)]
    #[case("a\tb", Code::ControlCharacter)]
    #[case("a\nb", Code::ControlCharacter)]
    #[case("a\u{0}b", Code::ControlCharacter)]
    #[case("a\u{2028}b", Code::ControlCharacter)]
    fn what_is_no_term(#[case] raw: &str, #[case] code: Code) {
        assert_eq!(Term::parse(raw), Err(code));
    }

    #[test]
    fn a_term_has_at_most_200_characters() {
        assert!(Term::parse(&"ä".repeat(200)).is_ok());
        assert_eq!(Term::parse(&"ä".repeat(201)), Err(Code::TooLong));
    }

    #[test]
    fn a_list_has_every_meaning_once_and_keeps_the_order() {
        let list = TermList::parse(["Spam", "", "eggs", "SPAM", "spam*", " ", "ｓｐａｍ", "Eggs "]).unwrap();
        let typed: Vec<&str> = list.as_slice().iter().map(Term::as_str).collect();
        assert_eq!(typed, ["Spam", "eggs", "spam*"]);
    }

    #[test]
    fn a_list_says_which_term_it_refused() {
        let bad = TermList::parse(["a", "", "*", "\u{7}"]).unwrap_err();
        assert_eq!(bad, BadTerm { index: 2, code: Code::Required });
    }

    #[test]
    fn a_list_has_its_bounds() {
        let words: Vec<String> = (0..=TERMS).map(|n| n.to_string()).collect();
        let raw = || words.iter().map(String::as_str);
        assert_eq!(TermList::parse(raw().take(TERMS).chain(["1"])).unwrap().as_slice().len(), TERMS);
        assert_eq!(TermList::parse(raw()), Err(BadTerm { index: TERMS, code: Code::TooLong }));
        let long: Vec<String> = (0..=LIST_CHARS / 200).map(|n| format!("{n:0>200}")).collect();
        let bad = TermList::parse(long.iter().map(String::as_str)).unwrap_err();
        assert_eq!(bad, BadTerm { index: LIST_CHARS / 200, code: Code::TooLong });
    }

    proptest! {
        #[test]
        fn a_term_means_the_same_when_typed_as_it_was_kept(raw in any::<String>()) {
            if let Ok(term) = Term::parse(&raw) {
                prop_assert_eq!(&Term::parse(term.as_str()), &Ok(term.clone()));
                prop_assert!(!term.even().is_empty() && term.even().trim() == term.even());
                prop_assert_eq!(term.evened().iter().map(|even| even.c).collect::<String>(), term.even());
            }
        }
    }
}
