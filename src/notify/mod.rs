//! How messages leave: what a letter says, and the doors to the outside.

mod breaker;
mod commenter;
mod digest;
mod header;
mod invitation;
mod mail;
mod pages;
mod retry;
mod smtp;
mod trial;

pub use breaker::BreakerMail;
pub use commenter::{CommenterMail, News};
pub use digest::{DigestItem, DigestMail, DigestSite};
pub use invitation::InvitationMail;
pub use mail::{Letter, Mailer, MailerError, Recipient};
pub use pages::{MailLink, ModeratorMail, ParentExcerpt, quoted};
pub use retry::{Failure, Next, after};
pub use trial::TestMail;
