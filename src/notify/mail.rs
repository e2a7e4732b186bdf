use std::{fmt, path::Path, time::Duration};

use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
    transport::{smtp, stub::AsyncStubTransport},
};
use secrecy::{ExposeSecret, SecretString};

use super::Failure;
use crate::domain::Timestamp;

/// The door that mail leaves by.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    domain: String,
}

/// Three doors, all real code, chosen by the configuration.
enum Transport {
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// A folder of files that a person can open.
    Folder(AsyncFileTransport<Tokio1Executor>),
    /// Values that a test can look at.
    Memory(AsyncStubTransport),
}

/// Why a mailer could not be made. Says which setting, never what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailerError {
    /// `mail.url` is no URL of a mail server.
    Url,
    /// The folder of `mail.url` cannot be made.
    Folder,
    /// `mail.from` is no mailbox.
    From,
}

impl fmt::Display for MailerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "setting mail.url: not the URL of a mail server",
            Self::Folder => "setting mail.url: the folder cannot be made",
            Self::From => "setting mail.from: not a mailbox",
        })
    }
}

impl std::error::Error for MailerError {}

/// Whom a letter goes to.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// A letter, ready but for the envelope.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The local part of its Message-ID: the same at every attempt.
    pub id: String,
    /// When it was written, the same at every attempt.
    pub date: Timestamp,
    /// The key of the site, for `List-Id`.
    pub site: String,
    /// What letters about the same article have in common, for `References`.
    pub thread: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mailer {
    /// Mail by a server: `smtp://` or `smtps://`, with `?tls=required` for STARTTLS.
    pub fn smtp(url: &SecretString, from: &str, timeout: Duration) -> Result<Self, MailerError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
        let pool = smtp::PoolConfig::new().max_size(4).idle_timeout(Duration::from_mins(1));
        let transport =
            builder.map_err(|_| MailerError::Url)?.timeout(Some(timeout)).pool_config(pool).build();
        Self::new(Transport::Smtp(Box::new(transport)), from)
    }

    /// Mail into a folder, which is made when it is not there.
    pub fn folder(path: &Path, from: &str) -> Result<Self, MailerError> {
        std::fs::create_dir_all(path).map_err(|_| MailerError::Folder)?;
        Self::new(Transport::Folder(AsyncFileTransport::new(path)), from)
    }

    /// Mail into memory.
    pub fn memory(from: &str) -> Result<Self, MailerError> {
        Self::new(Transport::Memory(AsyncStubTransport::new_ok()), from)
    }

    fn new(transport: Transport, from: &str) -> Result<Self, MailerError> {
        let from: Mailbox = from.parse().map_err(|_| MailerError::From)?;
        let domain = from.email.domain().to_owned();
        Ok(Self { transport, from, domain })
    }

    /// What was sent into memory: the recipients, and the message as it would go over the wire.
    pub async fn sent(&self) -> Vec<(Vec<String>, String)> {
        let Transport::Memory(memory) = &self.transport else { return Vec::new() };
        let addresses =
            |envelope: lettre::address::Envelope| envelope.to().iter().map(ToString::to_string).collect();
        memory.messages().await.into_iter().map(|(envelope, raw)| (addresses(envelope), raw)).collect()
    }

    /// Sends a letter to one person.
    pub async fn send(&self, letter: &Letter, to: Recipient<'_>) -> Result<(), Failure> {
        let message = self.compose(letter, to)?;
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| class_of(&error)),
            Transport::Folder(folder) => {
                folder.send(message).await.map(drop).map_err(|_| Failure::Temporary("folder-not-writable"))
            }
            Transport::Memory(memory) => {
                memory.send(message).await.map(drop).map_err(|_| Failure::Temporary("memory"))
            }
        }
    }

    fn compose(&self, letter: &Letter, to: Recipient<'_>) -> Result<Message, Failure> {
        let address = to.email.parse().map_err(|_| Failure::Permanent("not-an-address"))?;
        let domain = &self.domain;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(to.name.to_owned()), address))
            .subject(&letter.subject)
            .date(
                std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(letter.date.seconds().unsigned_abs()),
            )
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            .references(format!("<{}@{domain}>", letter.thread))
            .raw_header(raw("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(raw("List-Id", format!("<{}.replydesk.{domain}>", letter.site)))
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
                    .singlepart(part(ContentType::TEXT_HTML, &letter.html)),
            )
            .map_err(|_| Failure::Permanent("not-composed"))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.transport {
            Transport::Smtp(_) => "Mailer(smtp)",
            Transport::Folder(_) => "Mailer(folder)",
            Transport::Memory(_) => "Mailer(memory)",
        })
    }
}

/// A body that is always encoded: a line that begins with a dot, or a CR without its LF, must not
/// reach the wire as it is (RUSTSEC-2026-0561).
fn part(kind: ContentType, body: &str) -> SinglePart {
    let body = body.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(body)
}

#[expect(clippy::expect_used, reason = "the names are constants of this file")]
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii(name.to_owned()).expect("an ASCII name"), value)
}

fn class_of(error: &smtp::Error) -> Failure {
    // RFC 4954 §6: 530 authentication required, 534 and 535 refused, 538 needs encryption
    let code = error.status().map(u16::from);
    match code {
        Some(530 | 534 | 535 | 538) => Failure::Credentials("sign-in-refused"),
        Some(500..=599) => Failure::Permanent("refused"),
        Some(_) => Failure::Temporary("put-off"),
        None if error.is_timeout() => Failure::Temporary("timeout"),
        None if error.is_tls() => Failure::Temporary("tls"),
        None if error.is_client() => Failure::Permanent("not-sendable"),
        None => Failure::Temporary("connection"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(text: &str) -> Letter {
        Letter {
            id: "0199".to_owned(),
            date: Timestamp::from_micros(1_790_000_000_000_000),
            site: "news".to_owned(),
            thread: "article".to_owned(),
            subject: "[News] New reply to \"Grüße\"".to_owned(),
            text: text.to_owned(),
            html: format!("<p>{text}</p>"),
        }
    }

    #[tokio::test]
    async fn a_letter_has_its_headers_and_an_encoded_body() {
        let mailer = Mailer::memory("Desk <desk@gazette.example>").unwrap();
        let to = Recipient { name: "Mo Deraŧor", email: "mo@gazette.example" };
        mailer.send(&letter("one\rtwo\n.\nthree\r\n..four"), to).await.unwrap();
        let (recipients, raw) = mailer.sent().await.pop().unwrap();
        assert_eq!(recipients, ["mo@gazette.example"]);
        for header in [
            "Message-ID: <0199@gazette.example>",
            "References: <article@gazette.example>",
            "Auto-Submitted: auto-generated",
            "List-Id: <news.replydesk.gazette.example>",
            "Date: Mon, 21 Sep 2026 14:13:20 +0000",
        ] {
            assert!(raw.contains(&format!("{header}\r\n")), "{header} is missing");
        }
        assert_eq!(raw.matches("Content-Transfer-Encoding: quoted-printable").count(), 2);
        assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
        assert!(raw.contains("one\r\ntwo\r\n.\r\nthree\r\n..four") || raw.contains("=2E"), "lines are kept");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_given_up() {
        let mailer = Mailer::memory("desk@gazette.example").unwrap();
        let to = Recipient { name: "Mo", email: "nobody" };
        assert_eq!(mailer.send(&letter("x"), to).await, Err(Failure::Permanent("not-an-address")));
    }
}
