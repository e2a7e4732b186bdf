//! Blocks: what is blocked is known by keyed values only, and what a comment's author is known by is taken out of its
//! seal here.

use std::collections::HashSet;

use uuid::Uuid;

use super::{IndexKind, Indexed, Owner, Person, Purpose, Sealed, Vault, VaultError};
use crate::{
    clock::Clock,
    domain::{BlockKind, BlockValue, BlockedTerm, ClientAddress, Email, MailDomain, SiteId},
};

/// A contact as the database keeps it: its id, and what is sealed under it.
#[derive(Clone, Copy, Debug)]
pub struct SealedPerson<'a> {
    /// The id of the contact.
    pub contact: Uuid,
    /// The e-mail address, while it is kept.
    pub email: Option<&'a str>,
    /// The network address, where it was known.
    pub address: Option<&'a str>,
}

impl Vault {
    /// The keyed value of something that is blocked on a site, under the current key.
    pub fn block(&self, site: SiteId, value: &BlockValue) -> Indexed<'_> {
        let (kind, plain) = plain(value);
        self.index(site.uuid(), kind, &plain)
    }

    /// The same under all live keys: how an earlier block of it is known.
    pub fn blocked(&self, site: SiteId, value: &BlockValue) -> Vec<String> {
        let (kind, plain) = plain(value);
        values(self.index_all(site.uuid(), kind, &plain))
    }

    /// All values by which blocks of a site may know a person, under all live keys.
    pub fn marks(&self, site: SiteId, person: &Person<'_>) -> Vec<String> {
        let mut known = vec![BlockValue::Email(person.email.clone())];
        known.extend(person.email.domains().into_iter().map(BlockValue::Domain));
        if let Some(client) = person.client {
            known.push(BlockValue::Host(client.host_prefix()));
            known.push(BlockValue::Network(client.network_prefix()));
        }
        known.iter().flat_map(|value| self.blocked(site, value)).collect()
    }

    /// What can be blocked of a person by this kind; none where it is not known, or no more.
    pub fn blockable(
        &self,
        kind: BlockKind,
        person: &SealedPerson<'_>,
    ) -> Result<Option<BlockValue>, VaultError> {
        let client = || self.client_of(person);
        Ok(match kind {
            BlockKind::Email => self.email_of(person)?.map(BlockValue::Email),
            BlockKind::Domain => {
                let domains = self.email_of(person)?.map(|email| email.domains()).unwrap_or_default();
                domains.into_iter().next().map(BlockValue::Domain)
            }
            BlockKind::Host => client()?.map(|client| BlockValue::Host(client.host_prefix())),
            BlockKind::Network => client()?.map(|client| BlockValue::Network(client.network_prefix())),
            BlockKind::Term => None,
        })
    }

    /// How many different addresses of these people are of a domain, or of one below it. What does not open does not
    /// count.
    pub fn neighbours<'a>(
        &self,
        domain: &MailDomain,
        people: impl IntoIterator<Item = SealedPerson<'a>>,
    ) -> usize {
        let emails = people.into_iter().filter_map(|person| self.email_of(&person).ok().flatten());
        let there = emails.filter(|email| email.domains().contains(domain));
        there.map(|email| email.normalised()).collect::<HashSet<_>>().len()
    }

    /// Seals a term under the id of its block.
    pub fn seal_term(&self, clock: &Clock, block: Uuid, term: &BlockedTerm) -> Sealed {
        self.seal(clock, Owner { contact: block, purpose: Purpose::Term }, term.reveal())
    }

    /// Opens it again.
    pub fn open_term(&self, block: Uuid, sealed: &str) -> Result<BlockedTerm, VaultError> {
        let plain = self.open(Owner { contact: block, purpose: Purpose::Term }, &Sealed::parse(sealed)?)?;
        BlockedTerm::parse(&plain).map_err(|_| VaultError::Unauthentic)
    }

    fn email_of(&self, person: &SealedPerson<'_>) -> Result<Option<Email>, VaultError> {
        let Some(sealed) = person.email else { return Ok(None) };
        let owner = Owner { contact: person.contact, purpose: Purpose::Email };
        let plain = self.open(owner, &Sealed::parse(sealed)?)?;
        Email::parse(&plain).map(Some).map_err(|_| VaultError::Unauthentic)
    }

    fn client_of(&self, person: &SealedPerson<'_>) -> Result<Option<ClientAddress>, VaultError> {
        let Some(sealed) = person.address else { return Ok(None) };
        let owner = Owner { contact: person.contact, purpose: Purpose::Network };
        let plain = self.open(owner, &Sealed::parse(sealed)?)?;
        ClientAddress::parse(&plain).map(Some).ok_or(VaultError::Unauthentic)
    }
}

/// What is indexed of a value: the same that contacts are indexed by, where these are.
fn plain(value: &BlockValue) -> (IndexKind, String) {
    match value {
        BlockValue::Email(email) => (IndexKind::Email, email.normalised()),
        BlockValue::Domain(domain) => (IndexKind::MailDomain, domain.reveal().to_owned()),
        BlockValue::Host(host) => (IndexKind::Host, host.reveal()),
        BlockValue::Network(network) => (IndexKind::Network, network.reveal()),
        BlockValue::Term(term) => (IndexKind::Term, term.normalised()),
    }
}

fn values(indexed: Vec<Indexed<'_>>) -> Vec<String> {
    indexed.into_iter().map(|indexed| indexed.value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Keyrings, keyring::tests::rings, tests::clock};

    fn site() -> SiteId {
        SiteId::from(Uuid::from_u128(1))
    }

    const CONTACT: Uuid = Uuid::from_u128(7);

    fn of(kind: BlockKind, raw: &str) -> BlockValue {
        BlockValue::parse(kind, raw).unwrap()
    }

    #[test]
    fn a_person_is_known_by_address_domains_and_prefixes_under_all_keys() {
        let (old, new) = (Vault::new(rings(&["s1"], &["i1"])), Vault::new(rings(&["s1"], &["i2", "i1"])));
        let email = Email::parse("Ann@mail.Example.org").unwrap();
        let client = ClientAddress::parse("203.0.113.9").unwrap();
        let marks = new.marks(site(), &Person { email: &email, client: Some(&client), reader: None });
        for (kind, raw, is_known) in [
            (BlockKind::Email, "ann@mail.example.org", true),
            (BlockKind::Email, "ann@example.org", false),
            (BlockKind::Domain, "mail.example.org", true),
            (BlockKind::Domain, "example.org", true),
            (BlockKind::Domain, "other.example.org", false),
            (BlockKind::Host, "203.0.113.9", true),
            (BlockKind::Host, "203.0.113.8", false),
            (BlockKind::Network, "203.0.113.0/24", true),
        ] {
            for vault in [&old, &new] {
                assert_eq!(marks.contains(&vault.block(site(), &of(kind, raw)).value), is_known, "{raw}");
            }
        }
        assert_eq!(old.block(site(), &of(BlockKind::Host, "203.0.113.9")).key_id, "i1");
    }

    #[test]
    fn what_is_sealed_is_blocked_without_being_told() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let email = Email::parse("Ann@mail.example.org").unwrap();
        let client = ClientAddress::parse("203.0.113.9").unwrap();
        let person = Person { email: &email, client: Some(&client), reader: None };
        let kept = vault.keep(&clock, (CONTACT, site()), &person);
        let address = kept.address.unwrap();
        let sealed = SealedPerson {
            contact: CONTACT,
            email: Some(kept.email.as_str()),
            address: Some(address.as_str()),
        };
        let blockable = |kind| vault.blockable(kind, &sealed).unwrap();
        assert_eq!(blockable(BlockKind::Email), Some(of(BlockKind::Email, "Ann@mail.example.org")));
        assert_eq!(blockable(BlockKind::Domain), Some(of(BlockKind::Domain, "mail.example.org")));
        assert_eq!(blockable(BlockKind::Host), Some(of(BlockKind::Host, "203.0.113.9")));
        assert_eq!(blockable(BlockKind::Term), None);
        // what contacts are indexed by is what blocks are known by
        assert_eq!(vault.block(site(), &blockable(BlockKind::Email).unwrap()).value, kept.email_index);
        assert_eq!(Some(vault.block(site(), &blockable(BlockKind::Host).unwrap()).value), kept.host_index);
        let nobody = SealedPerson { email: None, address: None, ..sealed };
        assert_eq!(vault.blockable(BlockKind::Domain, &nobody), Ok(None));
        let moved = SealedPerson { contact: Uuid::from_u128(8), ..sealed };
        assert_eq!(vault.blockable(BlockKind::Email, &moved), Err(VaultError::Unauthentic));
        let domain = MailDomain::parse("example.org").unwrap();
        assert_eq!(vault.neighbours(&domain, [sealed, sealed, nobody, moved]), 1);
    }

    #[test]
    fn a_term_opens_under_its_block_only() {
        let clock = clock();
        let vault = Vault::new(Keyrings::generate(&clock));
        let term = BlockedTerm::parse("Quiet Place").unwrap();
        let sealed = vault.seal_term(&clock, CONTACT, &term);
        assert!(!sealed.as_str().contains("uiet"));
        assert_eq!(vault.open_term(CONTACT, sealed.as_str()), Ok(term));
        let elsewhere = vault.open_term(Uuid::from_u128(8), sealed.as_str());
        assert_eq!(elsewhere, Err(VaultError::Unauthentic));
    }
}
