//! What readers reported about a comment, on its own page.

use super::pages::ReportEntry;
use crate::{flow::App, http::view::Moment, store::ReportView, texts::Texts};

/// The reports, the latest first.
pub fn entries(app: &App, t: Texts, rows: &[ReportView]) -> Vec<ReportEntry> {
    let now = app.clock.now();
    let entry = |row: &ReportView| ReportEntry {
        at: Moment::told(t, row.reported_at, now),
        label: label(t, row),
        is_open: row.is_open,
        text: row.text.clone(),
        law: row.law.clone(),
    };
    rows.iter().map(entry).collect()
}

/// Those whose senders can be answered: their identifiers, and how they are told apart.
pub fn with_contact(app: &App, t: Texts, rows: &[ReportView]) -> Vec<(String, String)> {
    let now = app.clock.now();
    let told = |row: &ReportView| {
        let when = Moment::told(t, row.reported_at, now).exact;
        (row.id.to_string(), t.say("contact-of-report").with("why", label(t, row)).with("when", when).into())
    };
    rows.iter().filter(|row| row.has_contact).map(told).collect()
}

fn label(t: Texts, row: &ReportView) -> String {
    t.reported(row.reason, 1).into()
}
