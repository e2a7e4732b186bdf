//! All integration tests, in one binary: stories in the users' words, told on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[allow(dead_code, reason = "shared with the crash tests; each uses its share")]
#[macro_use]
mod support;

mod articles;
mod cli;
mod contract;
#[path = "../../src/domain/corpora.rs"]
mod corpora;
mod delivery;
mod hostile;
mod links;
mod mail_server;
mod moderation;
mod pages;
mod privacy;
mod publication;
mod reading;
mod receipts;
mod sameness;
mod store;
mod structure;
mod submission;
