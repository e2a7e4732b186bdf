//! The page of the people at the desk, as a value.

use askama::Template;

use super::{account_pages::Said, pages::TopBar};
use crate::http::view::Moment;

/// Who there are, and a form for one more.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/people.html")]
pub struct PeoplePage {
    /// Who is signed in.
    pub bar: TopBar,
    /// What the last action did.
    pub said: Option<Said>,
    /// All whom they keep.
    pub people: Vec<PersonLine>,
    /// The roles of a new account.
    pub roles: Vec<Choice>,
    /// Its sites.
    pub sites: Vec<Choice>,
    /// Whether they may give out all sites.
    pub may_be_everywhere: bool,
    /// What was typed of a new account.
    pub typed_email: String,
    /// The same.
    pub typed_name: String,
}

/// One account.
#[derive(Clone, Debug)]
pub struct PersonLine {
    /// The account's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The name they sign in with.
    pub email: String,
    /// The role, in a word.
    pub role: String,
    /// All roles.
    pub roles: Vec<Choice>,
    /// All sites.
    pub sites: Vec<Choice>,
    /// They are bound to none.
    pub is_everywhere: bool,
    /// They sign in with a second factor.
    pub has_second_factor: bool,
    /// Where they stand before they can sign in, in a word.
    pub state: Option<&'static str>,
    /// When they were last seen, of the sessions that are there.
    pub seen: Option<Moment>,
    /// It is the one who looks.
    pub is_self: bool,
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

impl PersonLine {
    /// The names of the sites they are bound to.
    fn bound_to(&self) -> String {
        let chosen = self.sites.iter().filter(|site| site.is_chosen);
        chosen.map(|site| site.label.as_str()).collect::<Vec<_>>().join(", ")
    }
}
