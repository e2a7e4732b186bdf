use std::{collections::HashMap, sync::Arc};

use unicode_security::skeleton;

use super::WordLists;
use crate::domain::{Policy, normalised_text};

/// What a site's rules look up, made once of its policy and its lists.
#[derive(Debug, Default)]
pub struct Lists {
    /// By how they look.
    staff: HashMap<String, String>,
    words: Arc<WordLists>,
    is_incomplete: bool,
}

impl Lists {
    /// Makes them of the names in a policy and of word lists that are compiled already.
    pub fn new(policy: &Policy, words: Arc<WordLists>) -> Self {
        let staff = policy.staff_names.iter().map(|name| (outline(name), name.clone())).collect();
        Self { staff, words, is_incomplete: false }
    }

    /// The same where some of the words could not be read: what they would have found is not known.
    #[must_use]
    pub fn incomplete(self) -> Self {
        Self { is_incomplete: true, ..self }
    }

    /// Whether some of the words could not be read.
    pub(super) const fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// The terms.
    pub(super) fn words(&self) -> &WordLists {
        &self.words
    }

    /// Which of the site's own people a name would be taken for.
    pub(super) fn staff_name(&self, name: &str) -> Option<&str> {
        if self.staff.is_empty() { None } else { self.staff.get(&outline(name)).map(String::as_str) }
    }
}

/// How a name looks: two that readers would take for each other have the same.
fn outline(name: &str) -> String {
    let letters =
        |text: &str| normalised_text(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // look-alikes differ by case (В is no в), so both before and after
    let first: String = skeleton(name).collect();
    let second: String = skeleton(&letters(&first)).collect();
    letters(&second)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::as_it_is("Marit Oyelaran", true)]
    #[case::case_and_space("  marit   OYELARAN ", true)]
    #[case::one_word("MaritOyelaran", true)]
    #[case::dots("Marit.Oyelaran", true)]
    #[case::cyrillic_letters("Mаrit Оyelаrаn", true)]
    #[case::a_greek_capital("Μarit Oyelaran", true)]
    #[case::a_digit("Marit 0yelaran", true)]
    #[case::invisible("Ma\u{200B}rit Oyelaran", true)]
    #[case::somebody_else("Marit Oyelarson", false)]
    #[case::a_part_of_it("Marit", false)]
    fn names_of_the_sites_own_people(#[case] name: &str, #[case] is_taken: bool) {
        let policy = Policy { staff_names: vec!["Marit Oyelaran".to_owned()], ..Policy::default() };
        assert_eq!(Lists::new(&policy, Arc::default()).staff_name(name).is_some(), is_taken);
        assert_eq!(Lists::default().staff_name(name), None);
    }
}
