//! The command `replydesk`.

use std::process::ExitCode;

fn main() -> ExitCode {
    replydesk::cli::run()
}
