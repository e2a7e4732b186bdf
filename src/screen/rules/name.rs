//! How a commenter wants to be called.

use unicode_security::MixedScript;

use super::{Case, Finding};
use crate::{
    domain::{Field, Name},
    screen::Standing,
};

/// Nobody but the site's own people may look like them: neither under their names, nor under what only looks like these.
pub(in crate::screen) fn staff_name(case: &Case<'_>) -> Vec<Finding> {
    let name = case.name.filter(|_| case.standing != Standing::Staff);
    let taken = name.and_then(|name| case.lists.staff_name(name.as_str()));
    taken.map(|name| Finding::held("staff-name", 40).by(name)).into_iter().collect()
}

/// A word of letters that no script has together is written to look like another one (UTS #39 §5.1).
pub(in crate::screen) fn mixed_script_name(case: &Case<'_>) -> Vec<Finding> {
    let name = case.name.map_or("", Name::as_str);
    let mut start = 0;
    for word in
        name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '\'' | '’' | '.' | '/' | '(' | ')'))
    {
        let length = word.chars().count();
        if !word.is_single_script() {
            return vec![Finding::held("mixed-script-name", 30).by(word).at(Field::Name, start, length)];
        }
        start += length + 1;
    }
    Vec::new()
}
