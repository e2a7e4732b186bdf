use clap::Subcommand;

use super::{Failure, say};
use crate::config::Config;

/// See the settings.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Command {
    /// The settings in force; passwords are not shown.
    Show,
    /// The compiled-in defaults, which are the documentation of every setting.
    Default,
}

pub(super) fn show(config: &Config) -> Result<(), Failure> {
    say(config.to_redacted_toml().trim_end())
}

pub(super) fn print_default() -> Result<(), Failure> {
    say(Config::default_toml().trim_end())
}
