use lettre::transport::smtp::{
    SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT, authentication::Credentials, extension::ClientId,
};
use url::{Host, Url};

/// How a conversation is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// Not at all.
    None,
    /// By `STARTTLS`, without which nothing is said.
    StartTls,
    /// By TLS from its first byte.
    Tls,
}

/// What the URL of a mail server says: `smtp[s]://USER:PASSWORD@HOST:PORT/NAME-TO-GREET-WITH?tls=required`.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) hello: ClientId,
    pub(super) protection: Protection,
    pub(super) credentials: Option<Credentials>,
}

impl Target {
    pub(super) fn parse(raw: &str) -> Option<Self> {
        let url = Url::parse(raw).ok()?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (protection, port) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => (Protection::None, SMTP_PORT),
            ("smtp", Some("required")) => (Protection::StartTls, SUBMISSION_PORT),
            ("smtps", _) => (Protection::Tls, SUBMISSIONS_PORT),
            _ => return None,
        };
        let host = match url.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let decoded =
            |text| percent_encoding::percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username()).ok()?, decoded(password).ok()?)),
            None => None,
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Some(Self { host, port: url.port().unwrap_or(port), hello, protection, credentials })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_how() {
        let read = |raw| Target::parse(raw).map(|target| (target.host, target.port, target.protection));
        let is = |host: &str, port, protection| Some((host.to_owned(), port, protection));
        assert_eq!(read("smtp://mail.example.org"), is("mail.example.org", 25, Protection::None));
        assert_eq!(read("smtp://10.0.0.1:2525"), is("10.0.0.1", 2525, Protection::None));
        assert_eq!(read("smtp://[::1]?tls=required"), is("::1", 587, Protection::StartTls));
        assert_eq!(read("smtps://mail.example.org"), is("mail.example.org", 465, Protection::Tls));
        for raw in ["smtp:", "smtp://mail.example.org?tls=opportunistic", "http://mail.example.org", "mail"] {
            assert!(read(raw).is_none(), "{raw}");
        }
    }

    #[test]
    fn credentials_and_the_name_to_greet_with_come_along() {
        let target = Target::parse("smtps://desk%40news:p%2Fw@mail.example.org/desk.example.org").unwrap();
        assert_eq!(target.credentials, Some(Credentials::new("desk@news".to_owned(), "p/w".to_owned())));
        assert_eq!(target.hello, ClientId::Domain("desk.example.org".to_owned()));
        assert!(Target::parse("smtp://mail.example.org").unwrap().credentials.is_none());
    }
}
