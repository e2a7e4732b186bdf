use clap::Subcommand;
use secrecy::ExposeSecret;

use super::{Failure, say};
use crate::{
    clock::Clock,
    config::Config,
    vault::{KeyId, Keyrings},
};

/// Make keys and see which are live.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Command {
    /// Write a new keys file where the settings say; never over one that is there.
    Generate {
        /// Print it instead, for a secret store.
        #[arg(long)]
        stdout: bool,
    },
    /// The names of the keys that are live; the first of each ring is in use.
    Status,
}

pub(super) fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let path = config.keys_file()?;
    match command {
        Command::Generate { .. } => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|_| Failure::failed("the folder of the keys cannot be made"))?;
            }
            Keyrings::generate(&Clock::System).write_new(&path).map_err(Failure::failed)?;
            say(format_args!("New keys are in {}. Keep a copy, apart from the database.", path.display()))
        }
        Command::Status => {
            let keys = Keyrings::read(&path).map_err(Failure::usage)?;
            let names = |ids: Vec<&str>| ids.join(", ");
            say(format_args!("sealing  {}", names(keys.sealing_ids().map(KeyId::as_str).collect())))?;
            say(format_args!("index    {}", names(keys.index_ids().map(KeyId::as_str).collect())))
        }
    }
}

pub(super) fn print_new() -> Result<(), Failure> {
    say(Keyrings::generate(&Clock::System).to_toml().expose_secret().trim_end())
}
