//! Conversations with a mail server, each bounded in time and in what it may say to us.
//!
//! The library speaks the protocol; what it leaves open is closed here. A conversation that is not finished, by
//! an error, a timeout or because nobody waits for it any more, ends with its connection: the next letter
//! must not meet the answers to this one.

mod target;
mod wire;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    Message,
    transport::smtp::{
        self,
        authentication::DEFAULT_MECHANISMS,
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        response::Severity,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::{Failure, MailerError};
use target::{Protection, Target};
use wire::Wire;

/// Connections kept for the next letters.
const IDLE: usize = 4;
/// How long one is kept.
const IDLE_FOR: Duration = Duration::from_mins(1);

/// A mail server and the connections to it that wait for the next letter.
pub(super) struct Server {
    target: Target,
    security: Security,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

/// How a conversation is protected, with all it takes.
enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

/// What a conversation is about at a moment: the same reply means another thing in each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Greetings: nothing of a letter was said yet.
    Greeting,
    Encryption,
    SignIn,
    Letter,
}

impl Server {
    /// The server of a URL. `ca_file` names the certificates that are trusted in place of the public roots.
    pub(super) fn new(
        url: &SecretString,
        timeout: Duration,
        ca_file: Option<&Path>,
    ) -> Result<Self, MailerError> {
        let target = Target::parse(url.expose_secret()).ok_or(MailerError::Url)?;
        let roots = ca_file.map(certificates).transpose()?;
        let security = match target.protection {
            Protection::None => Security::None,
            Protection::StartTls => Security::StartTls(starttls(&target.host, roots)?),
            Protection::Tls => {
                let name = ServerName::try_from(target.host.clone()).map_err(|_| MailerError::Url)?;
                Security::Tls(connector(roots)?, name)
            }
        };
        Ok(Self { target, security, timeout, idle: Mutex::default() })
    }

    /// Hands a message over, or says why not within the time of one delivery.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Failure> {
        timeout(self.timeout, self.converse(message)).await.unwrap_or(Err(Failure::Temporary("timeout")))
    }

    async fn converse(&self, message: &Message) -> Result<(), Failure> {
        let mut connection = match self.waiting().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        offer(&mut connection, message).await?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push((connection, Instant::now()));
        }
        Ok(())
    }

    /// A connection of an earlier letter that still answers.
    async fn waiting(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() >= IDLE_FOR {
                continue;
            }
            let answer = timeout(self.timeout / 4, connection.test_connected());
            if answer.await.unwrap_or(false) {
                return Some(connection);
            }
            // where one is gone the others are too: each would cost the letter some of its time
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The first of the host's addresses that answers; one that does not must not cost the others their time.
    async fn reach(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        let mut failure = Failure::Temporary("connection");
        for address in lookup_host((host, port)).await.map_err(|error| lost(&error))? {
            match timeout(self.timeout / 4, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = lost(&error),
                Err(_) => failure = Failure::Temporary("timeout"),
            }
        }
        Err(failure)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let Target { host, port, hello, credentials, .. } = &self.target;
        let stream = self.reach(host, *port).await?;
        let peer = stream.peer_addr().map_err(|error| lost(&error))?;
        let wire: Box<dyn smtp::client::AsyncTokioStream> = match &self.security {
            Security::Tls(connector, name) => {
                let stream = connector.connect(name.clone(), stream).await.map_err(|_| TLS)?;
                Box::new(Wire::new(stream, peer))
            }
            Security::None | Security::StartTls(_) => Box::new(Wire::new(stream, peer)),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(wire, hello)
            .await
            .map_err(|error| class_of(Stage::Greeting, &error))?;
        if let Security::StartTls(parameters) = &self.security {
            connection
                .starttls(parameters.clone(), hello)
                .await
                .map_err(|error| class_of(Stage::Encryption, &error))?;
        }
        if let Some(credentials) = credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| class_of(Stage::SignIn, &error))?;
        }
        Ok(connection)
    }
}

/// One message. The library's own way to send says `QUIT` after a refusal and waits for the answer, for which a
/// refusal would pass for a timeout.
async fn offer(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Failure> {
    let failed = |error: smtp::Error| class_of(Stage::Letter, &error);
    let envelope = message.envelope();
    let from = connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await.map_err(failed)?;
    expect(&from, Severity::PositiveCompletion)?;
    for recipient in envelope.to() {
        let to = connection.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(failed)?;
        expect(&to, Severity::PositiveCompletion)?;
    }
    expect(&connection.command(Data).await.map_err(failed)?, Severity::PositiveIntermediate)?;
    let taken = connection.message(&message.formatted()).await.map_err(failed)?;
    expect(&taken, Severity::PositiveCompletion)
}

/// A reply that is no refusal, and none that this step can have.
fn expect(reply: &smtp::response::Response, severity: Severity) -> Result<(), Failure> {
    if reply.code().severity == severity { Ok(()) } else { Err(GARBLED) }
}

const TLS: Failure = Failure::Temporary("tls");
const GARBLED: Failure = Failure::Temporary("garbled");

fn class_of(stage: Stage, error: &smtp::Error) -> Failure {
    match (stage, error.status().map(u16::from)) {
        // RFC 4954 §6: 530 authentication required, 534 and 535 refused, 538 needs encryption
        (Stage::Letter, Some(530 | 534 | 535 | 538)) | (Stage::SignIn, Some(500..=599)) => {
            Failure::Credentials("sign-in-refused")
        }
        (Stage::Letter, Some(500..=599)) => Failure::Permanent("refused"),
        // it may be without encryption because somebody in between took that away
        (Stage::Encryption, _) => TLS,
        // it does not speak of this letter, and all others would be lost with it
        (Stage::Greeting, Some(500..=599)) => Failure::Temporary("turned-away"),
        (_, Some(_)) => Failure::Temporary("put-off"),
        (Stage::SignIn, None) if error.is_client() => Failure::Temporary("no-sign-in"),
        (_, None) => source(error).map_or(GARBLED, lost),
    }
}

/// The trouble of the connection behind an error of the library, if there is one.
fn source(error: &smtp::Error) -> Option<&io::Error> {
    std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>())
}

fn lost(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::TimedOut => Failure::Temporary("timeout"),
        io::ErrorKind::InvalidData => GARBLED,
        _ => Failure::Temporary("connection"),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, MailerError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    read.ok().filter(|found| !found.is_empty()).ok_or(MailerError::Authorities)
}

fn starttls(host: &str, roots: Option<Vec<CertificateDer<'static>>>) -> Result<TlsParameters, MailerError> {
    let store = if roots.is_some() { CertificateStore::None } else { CertificateStore::WebpkiRoots };
    let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(store);
    for root in roots.unwrap_or_default() {
        let root = Certificate::from_der(root.to_vec()).map_err(|_| MailerError::Authorities)?;
        builder = builder.add_root_certificate(root);
    }
    builder.build().map_err(|_| MailerError::Authorities)
}

fn connector(roots: Option<Vec<CertificateDer<'static>>>) -> Result<TlsConnector, MailerError> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(roots) => {
            for root in roots {
                store.add(root).map_err(|_| MailerError::Authorities)?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| MailerError::Authorities)?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
