//! What screening finds, by its code: in the rules, in words and in the documents.

use std::collections::BTreeSet;

use replydesk::{screen::CODES, texts::Texts};

use super::read;
use crate::structure;

/// The codes that stand in a source, by themselves in quotes.
fn quoted(source: &str) -> BTreeSet<String> {
    let is_code = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    source.split('"').skip(1).step_by(2).filter(is_code).map(str::to_owned).collect()
}

#[test]
fn the_list_has_what_rules_can_give() {
    let rules = structure::sources().into_iter().filter(|(file, _)| {
        file.starts_with("screen/rules/") && file != "screen/rules/mod.rs" || file == "screen/mod.rs"
    });
    let given: BTreeSet<String> = rules.flat_map(|(_, source)| quoted(&source)).collect();
    assert_eq!(given, CODES.map(str::to_owned).into());
}

#[test]
fn every_code_has_words_of_its_own_and_is_explained() {
    let (t, document) = (Texts::default(), read("docs/screening.md"));
    let mut told = BTreeSet::from([t.finding("of another version").to_string()]);
    for code in CODES {
        assert!(told.insert(t.finding(code).to_string()), "{code} is told as something else is");
        assert!(document.contains(&format!("`{code}`")), "docs/screening.md says nothing of {code}");
    }
}
