//! Replydesk: the comment desk of a news site.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod flow;
pub mod http;
pub mod metrics;
pub mod notify;
pub mod screen;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod vault;
