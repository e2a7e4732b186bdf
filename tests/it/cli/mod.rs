//! The command line as operators meet it: real processes on a folder and a database of their own.

mod audit;
mod desk;
mod keys;
mod policy;
mod service;
mod sites;
mod usage;

use replydesk::store::Kind;

use crate::support::Terminal;

/// Tells one story at the terminal of each database.
macro_rules! at_both_terminals {
    ($(fn $name:ident($at:ident: &mut Terminal) $body:block)+) => {$(
        mod $name {
            use super::*;

            fn story($at: &mut Terminal) $body

            #[test]
            fn sqlite() {
                crate::cli::tell(replydesk::store::Kind::Sqlite, story);
            }

            #[test]
            fn postgres() {
                crate::cli::tell(replydesk::store::Kind::Postgres, story);
            }
        }
    )+};
}
use at_both_terminals;

fn tell(kind: Kind, story: fn(&mut Terminal)) {
    let mut terminal = Terminal::on(kind);
    story(&mut terminal);
}
