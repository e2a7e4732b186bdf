//! The pages of a site's rules, as values: its policy, its word lists, and what a test of either found.

use std::ops::RangeInclusive;

use askama::Template;

use super::{
    account_pages::Said,
    pages::{Tab, TopBar},
    people_pages::Choice,
};
use crate::{flow::why::Reason, http::view::Moment, texts::Texts};

/// What the pages of rules have in common.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The pages of rules.
    pub parts: Vec<Tab>,
    /// The sites that they see, when there are several.
    pub tabs: Vec<Tab>,
    /// The key of the site that is shown.
    pub site: String,
    /// Whether the rules can be changed here.
    pub can_set: bool,
    /// What the last action did.
    pub said: Option<Said>,
    /// Somebody else was first: what is in force stands beside what was typed.
    pub is_late: bool,
    /// The latest changes, the newest first.
    pub changes: Vec<ChangeLine>,
    /// How many days a test looks back.
    pub days: Vec<Choice>,
}

/// That rules were changed.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// The number of what came of it.
    pub version: i64,
    /// When.
    pub at: Moment,
    /// The moderator's name; none for the command line.
    pub by: Option<String>,
}

/// The policy of a site.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/policy.html")]
pub struct PolicyPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// What all these pages have.
    pub frame: Frame,
    /// To change it: as it is, or as it was typed.
    pub form: PolicyForm,
    /// What is in force, in words.
    pub facts: Vec<FactGroup>,
}

/// Posts `action` (`save`, `test`), `csrf`, `site`, `version`, `days` and the members of a policy by their names.
#[derive(Clone, Debug)]
pub struct PolicyForm {
    /// The version that it was made from.
    pub version: i64,
    /// What happens to a comment in which nothing is found: the name of a mode.
    pub mode: &'static str,
    /// Whether an approved comment of the same name and address is enough.
    pub by_name_and_address: bool,
    /// Whether a comment without a token of the form is held.
    pub form_required: bool,
    /// What a breaker may do.
    pub actions: Vec<Choice>,
    /// What the link in a mail does: `decide` or `open`.
    pub links: &'static str,
    /// What readers can be spoken to in.
    pub languages: Vec<Choice>,
    /// The site's privacy notice: as it is, or as it was typed.
    pub privacy_url: String,
    /// The rules for comments, the same.
    pub rules_url: String,
    /// The numbers.
    pub numbers: Vec<NumberField>,
    /// Names of the site's own people, one a line.
    pub staff_names: String,
    /// Where the word lists look.
    pub word_fields: Vec<Choice>,
    /// What was wrong with what was typed, by field.
    pub faults: Vec<(&'static str, String)>,
}

/// A number of a policy.
#[derive(Clone, Debug)]
pub struct NumberField {
    /// The member's name.
    pub name: &'static str,
    /// As it is, or as it was typed.
    pub value: String,
    /// What it may be.
    pub bounds: RangeInclusive<u32>,
}

/// Rules that belong together, in words.
#[derive(Clone, Debug)]
pub struct FactGroup {
    /// What they are about.
    pub legend: String,
    /// Each with what it is.
    pub facts: Vec<(String, String)>,
}

/// The word lists of a site.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/words.html")]
pub struct WordsPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// What all these pages have.
    pub frame: Frame,
    /// The version that the form was made from.
    pub version: i64,
    /// Both lists: as they are, or as they were typed.
    pub lists: [ListField; 2],
    /// Both as they are, where something else was typed.
    pub in_force: Option<[ListField; 2]>,
}

/// A word list, one term a line.
#[derive(Clone, Debug)]
pub struct ListField {
    /// `hold` or `spam`.
    pub name: &'static str,
    /// What it does, in a few words.
    pub label: String,
    /// Its terms.
    pub text: String,
    /// How many there are.
    pub count: usize,
    /// What was wrong with them, by line.
    pub faults: Vec<String>,
}

/// What rules that are not in force would have made of what people decided. Posts what was typed, and `action`: `save`
/// or `edit`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/trial.html")]
pub struct TrialPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The name of the site.
    pub site: String,
    /// The page of these rules, which the forms go to.
    pub page: &'static str,
    /// What was typed, by field.
    pub typed: Vec<(String, String)>,
    /// How far it looked back, in words.
    pub span: String,
    /// Comments that were judged.
    pub judged: usize,
    /// At most as many are judged, and there were more.
    pub most: Option<usize>,
    /// A row for each decision of people: how many the rules would have published, held, and called spam.
    pub rows: Vec<(String, [usize; 3])>,
    /// Comments that people approved, and that the rules would have kept from everybody.
    pub silenced: usize,
    /// Comments that people rejected or called spam, and that the rules would have published.
    pub let_through: usize,
    /// Where people and rules differ.
    pub kinds: Vec<Differing>,
}

/// Comments in which people and rules differ in the same way.
#[derive(Clone, Debug)]
pub struct Differing {
    /// How.
    pub title: String,
    /// In how many.
    pub count: usize,
    /// Some of them, the latest first.
    pub examples: Vec<ExampleLine>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct ExampleLine {
    /// Its author's name.
    pub author: String,
    /// Its beginning.
    pub excerpt: String,
    /// Its page.
    pub url: String,
    /// Why the rules would have treated it so.
    pub findings: Vec<Reason>,
}

impl PolicyForm {
    fn number(&self, name: &str) -> Option<&NumberField> {
        self.numbers.iter().find(|number| number.name == name)
    }

    fn fault_of(&self, name: &str) -> Option<&str> {
        self.faults.iter().find(|(of, _)| *of == name).map(|(_, text)| text.as_str())
    }
}

impl Differing {
    fn is_cut(&self) -> bool {
        self.count > self.examples.len()
    }
}
