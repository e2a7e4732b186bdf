//! All integration tests, in one binary: stories in the users' words, told on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[allow(dead_code, reason = "shared with the crash tests; each uses its share")]
#[macro_use]
mod support;

mod alike;
mod articles;
mod audit;
mod batches;
mod blocks;
mod breakers;
mod claims;
mod cli;
mod clusters;
mod commenters;
mod contract;
mod conversation;
#[path = "../../src/domain/corpora.rs"]
mod corpora;
mod delivery;
mod desk_articles;
mod desk_rules;
mod editing;
mod engaging;
mod events;
mod examples;
mod hostile;
mod letters;
mod limits;
mod links;
mod mail_server;
mod moderation;
mod notes;
mod openapi;
mod outbox;
mod pages;
mod people;
mod privacy;
mod publication;
mod queue;
mod races;
mod reading;
mod reasons;
mod receipts;
mod reports;
mod rules;
mod sameness;
mod shift;
mod standing;
mod store;
mod structure;
mod submission;
mod syndication;
mod texts;
mod told;
mod undo;
mod why;
mod widget;
mod wordpress;
mod wordpress_form;
