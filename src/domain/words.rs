use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{Code, characters::shows_nothing};

/// Most different words that search knows of one text: the first ones.
pub const WORDS: usize = 128;
/// Most characters of a word that count.
pub const WORD_CHARS: usize = 64;

/// Most characters of what somebody looks for.
const QUERY_CHARS: usize = 500;

/// The different words of a text, as search compares them, at most `most`: split as Unicode does (UAX #29) and
/// at every mark inside, so that `www.example.com` and `don’t` are found by their parts; compatibility forms,
/// case and invisible characters evened out.
pub fn words(text: &str, most: usize) -> Vec<String> {
    let even = folded(text);
    let mut known = HashSet::new();
    let parts = even.unicode_words().flat_map(|word| word.split(divides)).filter(|part| !part.is_empty());
    let mut found = Vec::new();
    for part in parts {
        let word: String = part.chars().take(WORD_CHARS).collect();
        if found.len() < most && known.insert(word.clone()) {
            found.push(word);
        }
    }
    found
}

/// What somebody looks for: at most `most` words that all must be there; none when nothing was typed.
pub fn sought(raw: &str, most: usize) -> Result<Vec<String>, Code> {
    if raw.chars().count() > QUERY_CHARS {
        return Err(Code::TooLong);
    }
    let found = words(raw, most + 1);
    match found.len() {
        0 if !raw.trim().is_empty() => Err(Code::TooShort),
        count if count > most => Err(Code::TooLong),
        _ => Ok(found),
    }
}

/// One spelling of what readers would look for as the same. Upper case first, since that says more often what
/// letters have in common (ß and ss, ς and σ).
fn folded(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !shows_nothing(*c)).collect();
    let lower = visible.to_uppercase().to_lowercase().replace('ς', "σ");
    // either can undo the composition
    lower.nfkc().collect()
}

/// What a word may hold inside by Unicode's rules, and people do not type when they search. A space can be inside as the
/// bearer of a mark, as in the compatibility form of U+FE70.
fn divides(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '\u{B7}' | '\u{2010}'..='\u{203F}' | '\u{FE13}' | '\u{FF3F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("The bridge, the BRIDGE!", &["the", "bridge"])]
    #[case("Don’t don't", &["don", "t"])]
    #[case("see www.Example.com/a_b?c=3.5", &["see", "www", "example", "com", "a", "b", "c", "3", "5"])]
    #[case("ＢＵＹ ① ﬁne", &["buy", "1", "fine"])]
    #[case("v\u{200B}i\u{AD}agra", &["viagra"])]
    #[case("STRASSE Straße ΣΟΦΟΣ σοφος σοφός", &["strasse", "σοφοσ", "σοφόσ"])]
    #[case("cafe\u{301} café", &["café"])]
    #[case("москва МОСКВА", &["москва"])]
    #[case("हिन्दी में", &["हिन्दी", "में"])]
    #[case("東京 都", &["東", "京", "都"])]
    #[case("a\u{FE70}", &["a", "\u{64B}"])]
    #[case("?! … — 👍 \u{200B}", &[])]
    fn words_are_what_people_would_look_for(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text, WORDS), expected);
    }

    #[test]
    fn there_is_a_bound_on_words_and_on_their_length() {
        let many = (0..500).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(words(&many, WORDS).len(), WORDS);
        assert_eq!(words(&many, 3), ["w0", "w1", "w2"]);
        assert_eq!(words(&"ä".repeat(500), WORDS), ["ä".repeat(WORD_CHARS)]);
    }

    #[rstest]
    #[case("", Ok(0))]
    #[case(" \u{3000}", Ok(0))]
    #[case("bridge Bridge", Ok(1))]
    #[case("a b c d e f g h", Ok(8))]
    #[case("a b c d e f g h i", Err(Code::TooLong))]
    #[case("a b c d e f g h a", Ok(8))]
    #[case("!!! \u{200B}", Err(Code::TooShort))]
    fn a_search_has_one_to_eight_words(#[case] raw: &str, #[case] count: Result<usize, Code>) {
        assert_eq!(sought(raw, 8).map(|words| words.len()), count);
        assert_eq!(sought(&"a ".repeat(251), 8), Err(Code::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_bounds(text in "\\PC{0,400}") {
            let found = words(&text, WORDS);
            prop_assert!(found.len() <= WORDS);
            let different: HashSet<&String> = found.iter().collect();
            prop_assert_eq!(different.len(), found.len());
            for word in &found {
                prop_assert!(!word.is_empty() && word.chars().count() <= WORD_CHARS);
                prop_assert!(!word.chars().any(|c| c.is_whitespace() || divides(c)));
            }
        }

        /// Whoever types a word as it was found finds it.
        #[test]
        fn a_word_is_found_by_itself(text in "[a-zA-ZäÖßéñçøłčА-Яа-яα-ωΑ-Ω0-9 .,'’!_-]{0,80}") {
            for word in words(&text, WORDS) {
                prop_assert_eq!(words(&word, WORDS), vec![word.clone()]);
            }
        }

        #[test]
        fn case_and_spacing_do_not_matter(parts in prop::collection::vec("[a-zA-ZäÖßéñçøłčА-Яа-яα-ωΑ-Ω]{1,9}", 0..9)) {
            let once = words(&parts.join(" "), WORDS);
            prop_assert_eq!(&words(&parts.join("!\n\u{200B}, ").to_uppercase(), WORDS), &once);
            prop_assert_eq!(&words(&parts.join(" — ").to_lowercase(), WORDS), &once);
        }
    }
}
