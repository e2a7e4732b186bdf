use std::{net::SocketAddr, path::PathBuf};

use secrecy::SecretString;
use url::Url;

/// The database that the URL chooses.
#[derive(Clone, Debug)]
pub enum DatabaseTarget {
    /// An `SQLite` file; its folder holds what has no place of its own.
    Sqlite(PathBuf),
    /// A `PostgreSQL` URL, which may hold a password.
    Postgres(SecretString),
}

impl DatabaseTarget {
    /// Reads `sqlite://PATH`, `sqlite:PATH` or a `PostgreSQL` URL. The path is taken as it stands.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        let path = raw.strip_prefix("sqlite://").or_else(|| raw.strip_prefix("sqlite:"));
        match path {
            // `:memory:` forgets, and every reader would have a database of its own
            Some(path) if path.is_empty() || path.starts_with(':') => Err("must name an SQLite file"),
            Some(path) if path.contains('?') => Err("must be sqlite://PATH without options"),
            Some(path) if path.ends_with('/') => Err("must name an SQLite file, not a folder"),
            Some(path) => Ok(Self::Sqlite(path.into())),
            None => match Url::parse(raw) {
                Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => {
                    Ok(Self::Postgres(raw.into()))
                }
                _ => Err("must be sqlite://PATH or postgres://…"),
            },
        }
    }
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum MailTarget {
    /// An `smtp://` or `smtps://` URL, which may hold a password.
    Smtp(SecretString),
    /// Development: mails are files in this folder.
    Folder(PathBuf),
}

impl MailTarget {
    /// Reads `smtp://…`, `smtps://…` or `folder:PATH`.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        if let Some(path) = raw.strip_prefix("folder:") {
            return if path.is_empty() { Err("must name a folder") } else { Ok(Self::Folder(path.into())) };
        }
        match Url::parse(raw) {
            Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.has_host() => {
                Ok(Self::Smtp(raw.into()))
            }
            _ => Err("must be smtp://HOST, smtps://HOST or folder:PATH"),
        }
    }
}

/// The origin under which readers reach the service: scheme, host and port, nothing after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an http or https URL without path, query, fragment or user.
    pub fn parse(raw: &str) -> Result<Self, &'static str> {
        let wrong = "must be http(s)://HOST[:PORT] without a path";
        let url = Url::parse(raw).map_err(|_| wrong)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let fits = matches!(url.scheme(), "http" | "https") && url.has_host() && bare;
        fits.then(|| Self(url.origin().ascii_serialization())).ok_or(wrong)
    }

    /// The origin of a listening address; one that listens everywhere is called `localhost`.
    pub(super) fn of(bound: SocketAddr) -> Self {
        let port = bound.port();
        if bound.ip().is_unspecified() {
            Self(format!("http://localhost:{port}"))
        } else {
            Self(format!("http://{bound}"))
        }
    }

    /// The origin, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_chooses_the_database() {
        let path = |raw| match DatabaseTarget::parse(raw) {
            Ok(DatabaseTarget::Sqlite(path)) => path.display().to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(path("sqlite://data/replydesk.db"), "data/replydesk.db");
        assert_eq!(path("sqlite:///var/lib/rd.db"), "/var/lib/rd.db");
        assert_eq!(path("sqlite:rd.db"), "rd.db");
        let postgres = DatabaseTarget::parse("postgres://rd:hunter2@db/rd");
        assert!(
            matches!(postgres, Ok(DatabaseTarget::Postgres(_)))
                && !format!("{postgres:?}").contains("hunter2")
        );
        for raw in [
            "",
            "data.db",
            "mysql://db",
            "sqlite:",
            "sqlite::memory:",
            "sqlite://a.db?mode=ro",
            "sqlite://a/",
        ] {
            assert!(DatabaseTarget::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn mail_goes_to_a_server_or_a_folder() {
        assert!(
            matches!(MailTarget::parse("folder:data/mail"), Ok(MailTarget::Folder(path)) if path.ends_with("mail"))
        );
        let smtp = MailTarget::parse("smtps://rd:hunter2@mail.example.org");
        assert!(matches!(smtp, Ok(MailTarget::Smtp(_))) && !format!("{smtp:?}").contains("hunter2"));
        for raw in ["folder:", "smtp:", "http://mail.example.org", "mail.example.org"] {
            assert!(MailTarget::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let origin = |raw| PublicUrl::parse(raw).map(|url| url.as_str().to_owned());
        assert_eq!(
            origin("https://Comments.Example.org:443/").as_deref(),
            Ok("https://comments.example.org")
        );
        for raw in
            ["ftp://a.example", "https://a.example/path", "https://u@a.example", "https://a.example/?q", "a"]
        {
            assert!(origin(raw).is_err(), "{raw}");
        }
        for (bound, made) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::1]:9", "http://[::1]:9"),
        ] {
            assert_eq!(PublicUrl::of(bound.parse().unwrap()).as_str(), made);
        }
    }
}
