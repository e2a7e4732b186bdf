//! The fields of a submission as the contract §3 defines them. Each type has one `parse`, which
//! the edge calls on what was typed; what it accepts, it accepts again unchanged, so the store
//! reads its rows through the same door.

mod address;
mod article;
#[cfg(test)]
mod isemail_tests;
mod text;
mod web;

pub use address::{Email, MailDomain};
pub use article::{ArticleKey, ArticleUrl, Notify, SiteKey};
pub use text::{BODY_BYTES, BODY_CHARS, Body, Name, Title};
pub use web::{Origin, Website};

use super::Code;

/// Refuses what is longer than `chars` characters.
fn fits(text: &str, chars: usize) -> Result<(), Code> {
    // counts only as far as needed: what is refused may be much longer
    text.chars().nth(chars).map_or(Ok(()), |_| Err(Code::TooLong))
}
