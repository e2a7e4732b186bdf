//! How messages leave: what a letter says, and the doors to the outside.

mod header;
mod invitation;
mod mail;
mod pages;
mod retry;
mod smtp;

pub use invitation::InvitationMail;
pub use mail::{Letter, Mailer, MailerError, Recipient};
pub use pages::{MailLink, ModeratorMail, ParentExcerpt};
pub use retry::{Failure, Next, after};
