//! What Replydesk does: one file a use case, each callable from the web, the desk and the command
//! line. Flows decide; they know nothing of HTTP, and speak to the databases through `store` only.

pub mod accounts;
pub mod amend;
mod app;
pub mod appeals;
pub mod articles;
pub mod audit;
pub mod batch;
pub mod blocks;
pub mod breakers;
mod change;
pub mod claims;
pub mod commenters;
pub mod contacts;
pub mod deliver;
pub mod engaging;
mod error;
pub mod events;
pub mod figures;
pub mod letters;
mod likeness;
pub mod limits;
pub mod links;
pub mod mentions;
pub mod moderate;
pub mod outbox;
mod pages;
pub mod queue;
pub mod read;
pub mod reasons;
pub mod receipt;
pub mod render;
pub mod replies;
pub mod reports;
pub mod rules;
pub mod search;
pub mod sites;
pub mod submit;
pub mod trial;
pub mod undo;
pub mod upkeep;
pub mod why;

pub use app::{App, Parts, Settings};
pub use error::FlowError;
