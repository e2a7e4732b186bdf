use std::fmt;

use idna::AsciiDenyList;

use super::Code;

/// Most bytes of an address (RFC 5321 §4.5.3.1.3, erratum 1690).
const ADDRESS_BYTES: usize = 254;
const DOMAIN_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;
/// Most domains that an address is known by.
const DOMAINS: usize = 10;

/// A commenter's e-mail address: a mailbox as HTML5 defines it (WHATWG HTML, "valid e-mail
/// address"). It is ASCII throughout, since an internationalised domain is kept in its IDNA form,
/// so it can hold no CR, LF or NUL and never needs SMTPUTF8.
///
/// It is never published: no `Display`, no `Serialize`, and `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Trims and checks an address.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let typed = raw.trim();
        if typed.is_empty() {
            return Err(Code::Required);
        }
        if typed.len() > ADDRESS_BYTES {
            return Err(Code::TooLong);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(Code::NotAnAddress)?;
        let domain = ascii_domain(domain).ok_or(Code::NotAnAddress)?;
        if local.is_empty() || !local.bytes().all(is_local) || !is_domain(&domain) {
            return Err(Code::NotAnAddress);
        }
        let address = format!("{local}@{domain}");
        if address.len() > ADDRESS_BYTES { Err(Code::TooLong) } else { Ok(Self(address)) }
    }

    /// Lets the address out: for the envelope and header of a mail, and for the vault to seal.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The form by which the blind index knows an address again: lower case in both parts. Hosts
    /// may tell `Ann@` from `ann@`, but none does in practice. Never the address to send to.
    pub(crate) fn normalised(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The domain of the address and the domains above it that have two labels or more, the longest first; of more than
    /// [`DOMAINS`] the shortest. None for a host without a domain.
    pub(crate) fn domains(&self) -> Vec<MailDomain> {
        let whole = self.normalised();
        let mut rest = whole.rsplit_once('@').map_or("", |(_, domain)| domain);
        let mut domains = Vec::new();
        while let Some((_, above)) = rest.split_once('.') {
            domains.push(MailDomain(rest.to_owned()));
            rest = above;
        }
        // whoever types a hundred labels is known by the last ones
        domains.split_off(domains.len().saturating_sub(DOMAINS))
    }

    /// Where a text holds this address, in whatever case: characters before it, and its length. Not as a part of a longer
    /// one.
    pub fn stands_in(&self, text: &str) -> Option<(usize, usize)> {
        // lower case of ASCII alone keeps every character where it is
        let (text, address) = (text.to_ascii_lowercase(), self.normalised());
        let (at, _) = text.match_indices(&address).find(|(at, _)| {
            let (before, after) = (&text[..*at], &text[at + address.len()..]);
            let begins = !before.ends_with(|c: char| c.is_alphanumeric() || "._+-".contains(c));
            // a dot may end the sentence, or go on with the domain
            let after = after.strip_prefix('.').unwrap_or(after);
            begins && !after.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c))
        })?;
        Some((text[..at].chars().count(), address.len()))
    }
}

/// The domain of e-mail addresses: two labels or more, in ASCII and lower case. It can be one person's own, so it is
/// kept like an address: no `Display`, and `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct MailDomain(String);

impl MailDomain {
    /// Trims and checks a domain; an `@` before it does no harm.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        let typed = raw.trim();
        let typed = typed.strip_prefix('@').unwrap_or(typed);
        let domain = ascii_domain(typed).ok_or(Code::NotAnAddress)?.to_ascii_lowercase();
        let is_whole = is_domain(&domain) && (2..=DOMAINS + 1).contains(&domain.split('.').count());
        if is_whole { Ok(Self(domain)) } else { Err(Code::NotAnAddress) }
    }

    /// Lets the domain out, for the vault's keyed index.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailDomain(redacted)")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(redacted)")
    }
}

/// An ASCII domain stays as it was typed; any other is mapped to its ASCII form (UTS #46).
fn ascii_domain(domain: &str) -> Option<String> {
    if domain.is_ascii() {
        return Some(domain.to_owned());
    }
    idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::URL).ok().map(Into::into)
}

/// The `atext` of RFC 5322 §3.2.3 and the dot, which HTML5 allows anywhere.
fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    domain.len() <= DOMAIN_BYTES && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_BYTES).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("write to Ann@Example.org.", Some((9, 15)))]
    #[case("ann@example.org", Some((0, 15)))]
    #[case("Ünïcode <ann@EXAMPLE.ORG>", Some((9, 15)))]
    #[case("joann@example.org", None)]
    #[case("ann@example.org.uk", None)]
    #[case("ann@example.organic", None)]
    #[case("x.ann@example.org, ann@example.org", Some((19, 15)))]
    #[case("nothing here", None)]
    fn an_address_in_a_text(#[case] text: &str, #[case] stands: Option<(usize, usize)>) {
        assert_eq!(Email::parse("ann@example.org").unwrap().stands_in(text), stands);
    }

    #[rstest]
    #[case(" ann@example.org\n", Ok("ann@example.org"))]
    #[case("a.b+tag@sub.example.co.uk", Ok("a.b+tag@sub.example.co.uk"))]
    #[case("..odd..@localhost", Ok("..odd..@localhost"))]
    #[case("ann@münchen.example", Ok("ann@xn--mnchen-3ya.example"))]
    #[case("ann@例え。テスト", Ok("ann@xn--r8jz45g.xn--zckzah"))]
    #[case("", Err(Code::Required))]
    #[case("ann", Err(Code::NotAnAddress))]
    #[case("@example.org", Err(Code::NotAnAddress))]
    #[case("ann@", Err(Code::NotAnAddress))]
    #[case("ann@example..org", Err(Code::NotAnAddress))]
    #[case("ann@example.org.", Err(Code::NotAnAddress))]
    #[case("ann@-example.org", Err(Code::NotAnAddress))]
    #[case("a@b@example.org", Err(Code::NotAnAddress))]
    #[case("\"ann\"@example.org", Err(Code::NotAnAddress))]
    #[case("Ann <ann@example.org>", Err(Code::NotAnAddress))]
    #[case("ann@exa mple.org", Err(Code::NotAnAddress))]
    #[case("ann\r\nBcc: b@example.org", Err(Code::NotAnAddress))]
    #[case("ann@example.org\r\nBcc: b", Err(Code::NotAnAddress))]
    #[case("ann@exam\0ple.org", Err(Code::NotAnAddress))]
    #[case("änn@example.org", Err(Code::NotAnAddress))]
    #[case("ann＠example.org", Err(Code::NotAnAddress))]
    #[case("ann@[127.0.0.1]", Err(Code::NotAnAddress))]
    fn a_mailbox(#[case] typed: &str, #[case] kept: Result<&str, Code>) {
        assert_eq!(Email::parse(typed).as_ref().map(Email::reveal), kept.as_ref().copied());
    }

    #[rstest]
    #[case("Ann@Example.ORG", &["example.org"])]
    #[case("ann@mail.news.example.org", &["mail.news.example.org", "news.example.org", "example.org"])]
    #[case("ann@localhost", &[])]
    fn a_domain_and_those_above_it(#[case] typed: &str, #[case] domains: &[&str]) {
        let found = Email::parse(typed).unwrap().domains();
        assert_eq!(found.iter().map(MailDomain::reveal).collect::<Vec<_>>(), domains);
    }

    #[test]
    fn an_address_of_a_hundred_labels_is_known_by_the_last_ones() {
        let email = Email::parse(&format!("a@{}example.org", "b.".repeat(100))).unwrap();
        let domains = email.domains();
        assert_eq!((domains.len(), domains.last().map(MailDomain::reveal)), (DOMAINS, Some("example.org")));
        // every domain that can be blocked is among those that are looked for
        assert_eq!(MailDomain::parse(domains[0].reveal()), Ok(domains[0].clone()));
        let longer = format!("b.{}", domains[0].reveal());
        assert_eq!(MailDomain::parse(&longer), Err(Code::NotAnAddress));
    }

    #[test]
    fn the_length_is_bounded_in_bytes_also_of_the_ascii_form() {
        let local = "a".repeat(ADDRESS_BYTES - "@example.org".len());
        assert!(Email::parse(&format!("{local}@example.org")).is_ok());
        assert_eq!(Email::parse(&format!("{local}a@example.org")), Err(Code::TooLong));
        assert_eq!(Email::parse(&format!("{}@münchen.example", "a".repeat(236))), Err(Code::TooLong));
        assert_eq!(Email::parse(&format!("a@{}.org", "b".repeat(64))), Err(Code::NotAnAddress));
    }

    #[test]
    fn debug_says_nothing() {
        let email = Email::parse("ann@example.org").unwrap();
        assert_eq!(format!("{email:?} {:?}", email.domains()), "Email(redacted) [MailDomain(redacted)]");
    }

    #[test]
    fn the_index_knows_an_address_in_any_case_and_script() {
        let normalised = |raw| Email::parse(raw).unwrap().normalised();
        assert_eq!(normalised("Ann@MÜNCHEN.Example"), normalised("ann@xn--MNCHEN-3ya.example"));
    }

    proptest! {
        #[test]
        fn whatever_html5_takes_is_taken(typed in
            "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?){0,3}") {
            let email = Email::parse(&typed).unwrap();
            prop_assert_eq!(email.reveal(), typed);
        }

        #[test]
        fn nothing_else_gets_through(typed in "(?s)[a@.\\-ü\\x00-\\x20]{0,8}@.{0,30}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert!(email.reveal().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(Email::parse(email.reveal()), Ok(email));
            }
        }
    }
}
