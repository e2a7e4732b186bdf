//! What the news site, its pages and its readers call.

pub(super) mod articles;
pub(super) mod assets;
pub(super) mod breakers;
pub(super) mod comments;
pub(super) mod demo;
pub(super) mod engaging;
pub mod form;
pub(super) mod input;
pub mod mail;
pub(super) mod message;
pub mod pages;
pub mod problems;
pub(super) mod reading;
pub mod receipt;
pub(super) mod receipt_page;
pub(super) mod receipts;
pub(super) mod refused;
pub mod report_page;
pub(super) mod reports;
pub(super) mod standing;
pub(super) mod syndication;
pub(super) mod thread;
pub mod widget;
pub mod wordpress;
