//! Reports: from where one came is known by a keyed value, and whoever gave a notice by sealed ones.

use uuid::Uuid;

use super::{IndexKind, Owner, Purpose, Sealed, Vault, VaultError};
use crate::{
    clock::Clock,
    domain::{CommentId, Email, HostPrefix, Name, ReportId, SiteId},
};

impl Vault {
    /// The keyed values of a place that a text is reported from, the one to store first, then those under older keys. Those of
    /// two comments are unrelated, and so are those of two texts of one.
    pub fn places(&self, site: SiteId, text: (CommentId, i64), client: &HostPrefix) -> Vec<String> {
        self.of_text(site, text, &client.reveal())
    }

    /// The same of somebody who gives notice, by their address: from one place there may be many of them.
    pub fn notifiers(&self, site: SiteId, text: (CommentId, i64), email: &Email) -> Vec<String> {
        self.of_text(site, text, &email.normalised())
    }

    fn of_text(&self, site: SiteId, (comment, revision): (CommentId, i64), who: &str) -> Vec<String> {
        let whole = format!("{comment}\n{revision}\n{who}");
        self.index_all(site.uuid(), IndexKind::Report, &whole).into_iter().map(|one| one.value).collect()
    }

    /// Seals who reported: the name and the address, each where there is one.
    pub fn keep_reporter(
        &self,
        clock: &Clock,
        report: ReportId,
        (name, email): (Option<&Name>, Option<&Email>),
    ) -> (Option<Sealed>, Option<Sealed>) {
        let owner = |purpose| Owner { contact: report.uuid(), purpose };
        let name = name.map(|name| self.seal(clock, owner(Purpose::Name), name.as_str()));
        (name, email.map(|email| self.seal(clock, owner(Purpose::Email), email.reveal())))
    }

    /// Opens what was sealed of them: the name or the address of a report.
    pub fn reporter(&self, report: Uuid, purpose: Purpose, sealed: &str) -> Result<String, VaultError> {
        self.open(Owner { contact: report, purpose }, &Sealed::parse(sealed)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ClientAddress,
        vault::{Keyrings, tests::clock},
    };

    #[test]
    fn a_place_is_the_same_for_one_text_only() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let host = |address| ClientAddress::parse(address).unwrap().host_prefix();
        let (site, one, other) =
            (Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), Uuid::from_u128(3).into());
        let first = vault.places(site, (one, 1), &host("2001:db8::1"));
        assert_eq!(first, vault.places(site, (one, 1), &host("2001:db8::2")));
        assert_ne!(first, vault.places(site, (other, 1), &host("2001:db8::1")));
        assert_ne!(first, vault.places(site, (one, 1), &host("2001:db8:0:1::1")));
        assert_ne!(first, vault.places(site, (one, 2), &host("2001:db8::1")));
        let ann = |raw| vault.notifiers(site, (one, 1), &Email::parse(raw).unwrap());
        assert_eq!(ann("ann@example.org"), ann("Ann@EXAMPLE.org"));
        assert_ne!(ann("ann@example.org"), ann("bob@example.org"));
    }

    #[test]
    fn who_reported_opens_by_that_report_alone() {
        let (clock, report) = (clock(), Uuid::from_u128(1));
        let vault = Vault::new(Keyrings::generate(&clock));
        let (name, email) = (Name::parse("Ann").unwrap(), Email::parse("ann@example.org").unwrap());
        let (name, email) = vault.keep_reporter(&clock, report.into(), (Some(&name), Some(&email)));
        let (name, email) = (name.unwrap(), email.unwrap());
        assert_eq!(vault.reporter(report, Purpose::Name, name.as_str()).as_deref(), Ok("Ann"));
        assert_eq!(vault.reporter(report, Purpose::Email, email.as_str()).as_deref(), Ok("ann@example.org"));
        assert!(vault.reporter(report, Purpose::Name, email.as_str()).is_err());
        assert!(vault.reporter(Uuid::from_u128(2), Purpose::Name, name.as_str()).is_err());
    }
}
