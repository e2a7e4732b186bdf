use unicode_normalization::UnicodeNormalization;

use super::characters::shows_nothing;

/// What two texts have in common when a reader would call them the same: compatibility forms,
/// case, spacing and invisible characters are evened out (NFKC, Unicode lower case). For the
/// duplicate check only: it is never stored as the text, and never shown.
pub fn normalised_text(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !shows_nothing(*c)).collect();
    // Lower case can undo the composition (İ becomes i and a dot), so compose again; and removing
    // an invisible character can bring two composable ones together.
    let even: String = visible.to_lowercase().nfkc().collect();
    even.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Great  Deal!\r\n\tBuy", "great deal! buy")]
    #[case("ＢＵＹ ①", "buy 1")]
    #[case("v\u{200B}i\u{00AD}agra\u{FEFF}", "viagra")]
    #[case("  STRASSE Ünïcode ", "strasse ünïcode")]
    #[case("u\u{200D}\u{308}", "ü")]
    #[case("ﬁne \u{3000} x", "fine x")]
    #[case("\u{200B}\u{2060}", "")]
    fn readers_call_them_the_same(#[case] typed: &str, #[case] even: &str) {
        assert_eq!(normalised_text(typed), even);
    }

    proptest! {
        #[test]
        fn spacing_and_case_do_not_matter(words in prop::collection::vec("[a-z]{1,8}", 1..9)) {
            let even = words.join(" ");
            prop_assert_eq!(&normalised_text(&words.join(" \n\u{200B}")), &even);
            prop_assert_eq!(&normalised_text(&even.to_uppercase()), &even);
        }

        #[test]
        fn doing_it_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = normalised_text(&text);
            prop_assert_eq!(normalised_text(&once), once);
        }
    }
}
