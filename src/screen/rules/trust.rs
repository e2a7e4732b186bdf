//! Who is known.

use super::{Case, Finding};
use crate::{domain::Mode, screen::Standing};

/// Where a site publishes what known people write, everybody else is told apart by this.
pub(in crate::screen) fn not_known(case: &Case<'_>) -> Vec<Finding> {
    if case.mode == Mode::TrustKnown && case.standing == Standing::Unknown {
        vec![Finding::held("not-known", 1)]
    } else {
        Vec::new()
    }
}
