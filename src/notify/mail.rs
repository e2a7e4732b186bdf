use std::{fmt, path::Path, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncTransport, Message, Tokio1Executor,
    address::Envelope,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
    transport::stub::AsyncStubTransport,
};
use secrecy::SecretString;

use super::{Failure, header, pages::one_line, smtp::Server};
use crate::domain::{Email, Timestamp};

const NAME_CHARS: usize = 120;

/// The door that mail leaves by.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    domain: String,
}

/// Three doors, all real code, chosen by the configuration.
enum Transport {
    /// A mail server.
    Smtp(Box<Server>),
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
    /// The file of `mail.ca_file` holds no certificates that can be read.
    Authorities,
    /// `mail.from` is no mailbox, or its address is not ASCII.
    From,
}

impl fmt::Display for MailerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "setting mail.url: not the URL of a mail server",
            Self::Folder => "setting mail.url: the folder cannot be made",
            Self::Authorities => "setting mail.ca_file: not a file of certificates in PEM form",
            Self::From => "setting mail.from: not a mailbox of ASCII (a domain as xn--…)",
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
    /// Where a mail program ends such letters by itself (RFC 8058).
    pub unsubscribe: Option<String>,
}

impl Mailer {
    /// Mail by a server: `smtp://` or `smtps://`, with `?tls=required` for STARTTLS. One delivery ends within
    /// `timeout`; `ca_file` holds the certificates that are trusted in place of the public roots.
    pub fn smtp(
        url: &SecretString,
        from: &str,
        timeout: Duration,
        ca_file: Option<&Path>,
    ) -> Result<Self, MailerError> {
        Self::new(Transport::Smtp(Box::new(Server::new(url, timeout, ca_file)?)), from)
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
        if !from.email.to_string().is_ascii() {
            return Err(MailerError::From);
        }
        let domain = from.email.domain().to_owned();
        Ok(Self { transport, from, domain })
    }

    /// What was sent into memory: the recipients, and the message as it would go over the wire.
    pub async fn sent(&self) -> Vec<(Vec<String>, String)> {
        let Transport::Memory(memory) = &self.transport else { return Vec::new() };
        let addresses = |envelope: Envelope| envelope.to().iter().map(ToString::to_string).collect();
        memory.messages().await.into_iter().map(|(envelope, raw)| (addresses(envelope), raw)).collect()
    }

    /// Sends a letter to one person.
    pub async fn send(&self, letter: &Letter, to: Recipient<'_>) -> Result<(), Failure> {
        let message = self.compose(letter, to)?;
        match &self.transport {
            Transport::Smtp(server) => server.send(&message).await,
            Transport::Folder(folder) => {
                folder.send(message).await.map(drop).map_err(|_| Failure::Temporary("folder-not-writable"))
            }
            Transport::Memory(memory) => {
                memory.send(message).await.map(drop).map_err(|_| Failure::Temporary("memory"))
            }
        }
    }

    fn compose(&self, letter: &Letter, to: Recipient<'_>) -> Result<Message, Failure> {
        // in ASCII: an internationalised domain in its IDNA form, so that no server needs SMTPUTF8
        let address = Email::parse(to.email).ok().and_then(|email| email.reveal().parse::<Address>().ok());
        let address = address.ok_or(Failure::Permanent("not-an-address"))?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![address.clone()]);
        let domain = &self.domain;
        let mut builder = Message::builder();
        if let Some(url) = &letter.unsubscribe {
            builder = builder
                .raw_header(header::url("List-Unsubscribe", url))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        builder
            .envelope(envelope.map_err(|_| Failure::Permanent("not-composed"))?)
            .from(self.from.clone())
            .raw_header(header::mailbox("To", &one_line(to.name, NAME_CHARS), &address))
            .raw_header(header::text("Subject", &letter.subject))
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
            unsubscribe: None,
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
    async fn an_internationalised_domain_goes_out_in_ascii() {
        let mailer = Mailer::memory("desk@gazette.example").unwrap();
        mailer.send(&letter("x"), Recipient { name: "Mo", email: "mo@münchen.example" }).await.unwrap();
        let (recipients, raw) = mailer.sent().await.pop().unwrap();
        assert_eq!(recipients, ["mo@xn--mnchen-3ya.example"]);
        assert!(raw.is_ascii() && raw.contains("<mo@xn--mnchen-3ya.example>"), "{raw}");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_given_up() {
        let mailer = Mailer::memory("desk@gazette.example").unwrap();
        let to = Recipient { name: "Mo", email: "nobody" };
        assert_eq!(mailer.send(&letter("x"), to).await, Err(Failure::Permanent("not-an-address")));
    }
}
