//! What a submission proves of whoever sent it: what is typed in proves nothing.

use crate::{domain::Submission, screen::Standing, store::Facts};

/// Who somebody is, as far as it was proven.
pub(super) fn standing(submission: &Submission, facts: &Facts) -> Standing {
    match &submission.reader {
        Some(reader) if reader.staff => Standing::Staff,
        _ if facts.is_known => Standing::Known,
        _ => Standing::Unknown,
    }
}

/// Whether the address is whose comment it is: the site says so of its reader, or they have shown that they wrote under it
/// before.
pub(super) fn is_proven(submission: &Submission, facts: &Facts) -> bool {
    facts.lineage.is_some() || submission.reader.as_ref().is_some_and(|reader| reader.verified)
}
