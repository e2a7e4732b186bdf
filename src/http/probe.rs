//! Bodies as the routes read them, for those who stand outside and throw things at them: the fuzz
//! targets, and the tests that run the same checks. Nothing else calls this.

use super::{fields, public::input::Raw};
use crate::domain::{Fault, Site, Submission};

/// The names and values of a form; nothing when it is malformed.
pub fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    fields::pairs_of(body).ok()
}

/// A submission in JSON or as a form, as the site's backend may send it; what is wrong with it, which is
/// nothing in particular when it is malformed.
pub fn submission(body: &[u8], is_form: bool, site: &Site) -> Result<Submission, Vec<Fault>> {
    let raw = if is_form { Raw::from_form(body) } else { Raw::from_json(body) };
    let parsed = raw.and_then(|raw| raw.parse(site, true));
    parsed.map(|parsed| parsed.submission).map_err(|error| error.faults().to_vec())
}
