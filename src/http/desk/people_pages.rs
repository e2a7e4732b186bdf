//! The page of the people at the desk, as a value.

use askama::Template;

use super::{account_pages::Said, pages::TopBar};
use crate::{
    domain::Role,
    http::view::Moment,
    texts::{Part, Texts},
};

/// Who there are, and a form for one more.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/people.html")]
pub struct PeoplePage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// What the last action did.
    pub said: Option<Said>,
    /// All whom they keep.
    pub people: Vec<PersonLine>,
    /// Of a new account.
    pub add: PersonForm,
    /// What was typed of its address.
    pub typed_email: String,
}

/// One account.
#[derive(Clone, Debug)]
pub struct PersonLine {
    /// The account's id.
    pub id: String,
    /// Which of its versions this is.
    pub version: i64,
    /// Their name.
    pub name: String,
    /// The name they sign in with.
    pub email: String,
    /// The role.
    pub role: Role,
    /// They are bound to no sites.
    pub is_everywhere: bool,
    /// The names of the sites they are bound to.
    pub bound_to: String,
    /// They sign in with a second factor.
    pub has_second_factor: bool,
    /// Where they stand before they can sign in, in a word.
    pub state: Option<String>,
    /// When they were last seen, of the sessions that are there.
    pub seen: Option<Moment>,
    /// It is the one who looks.
    pub is_self: bool,
    /// How they are changed.
    pub form: PersonForm,
}

/// What is asked of an account: as it is, or as it was typed.
#[derive(Clone, Debug)]
pub struct PersonForm {
    /// Tells the fields of one form from those of another.
    pub suffix: String,
    /// Their name.
    pub name: String,
    /// All roles.
    pub roles: Vec<Choice>,
    /// All sites that may be given out.
    pub sites: Vec<Choice>,
    /// Whether all sites may be given out.
    pub may_be_everywhere: bool,
    /// All sites are chosen.
    pub is_everywhere: bool,
    /// What is wrong with it.
    pub fault: Option<FieldFault>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// `email`, `name`, `role` or `sites`.
    pub field: &'static str,
    /// In words.
    pub text: String,
}

/// One of several.
#[derive(Clone, Debug)]
pub struct Choice {
    /// As it is sent.
    pub value: String,
    /// As it is shown.
    pub label: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

impl PeoplePage {
    fn add(&self) -> &PersonForm {
        &self.add
    }
}

impl PersonLine {
    /// What they may do, with gaps for the sites and for when they were seen.
    fn line(&self, t: Texts) -> Vec<Part> {
        let role = t.role(self.role);
        match (self.has_second_factor, &self.seen) {
            (false, None) => t.say("people-line").with("role", role).gap("sites").parts(),
            (true, None) => t.say("people-line-factor").with("role", role).gap("sites").parts(),
            (false, Some(_)) => t.say("people-line-seen").with("role", role).gap("sites").gap("time").parts(),
            (true, Some(_)) => {
                t.say("people-line-factor-seen").with("role", role).gap("sites").gap("time").parts()
            }
        }
    }

    fn form(&self) -> &PersonForm {
        &self.form
    }
}

impl PersonForm {
    fn fault_of(&self, field: &str) -> Option<&str> {
        self.fault.as_ref().filter(|fault| fault.field == field).map(|fault| fault.text.as_str())
    }
}
