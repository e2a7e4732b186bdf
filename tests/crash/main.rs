//! What the service withstands: real processes that are killed, starved, cut off and flooded.
#![expect(clippy::print_stdout, reason = "seeds and figures, shown where a test fails or is asked")]
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the stories; each uses its share")]
#[path = "../it/support/mod.rs"]
#[macro_use]
mod support;

mod books;
mod certificates;
mod clients;
mod cluster;
mod database;
mod disk;
mod haproxy;
mod kill;
mod leaks;
mod life;
mod limits;
mod load;
mod mail;
mod mail_hangs;
mod mail_speed;
mod mutants;
mod proxy;
mod resets;
mod stage;
mod syncs;
mod timing;
