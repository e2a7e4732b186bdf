use uuid::Uuid;

use super::{IndexKind, Owner, Purpose, Sealed, Vault};
use crate::{
    clock::Clock,
    domain::{ClientAddress, Email, HostPrefix, SiteId},
};

/// Who wrote, as far as a submission tells.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The address typed in; proves nothing about who typed it.
    pub email: &'a Email,
    /// Where the request came from, when that is known.
    pub client: Option<&'a ClientAddress>,
    /// The site's identifier of its signed-in reader.
    pub reader: Option<&'a str>,
}

/// A person as the database keeps them: sealed values, and keyed ones to look up by.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The e-mail address.
    pub email: Sealed,
    /// Of the normalised e-mail address.
    pub email_index: String,
    /// The network address.
    pub address: Option<Sealed>,
    /// Of its /32 or /64.
    pub host_index: Option<String>,
    /// Of its /24 or /48.
    pub network_index: Option<String>,
    /// Of the site's signed-in reader.
    pub reader_index: Option<String>,
    /// The key of all four indexes.
    pub index_key: String,
}

impl Vault {
    /// Seals a person under the id of their contact, and indexes them for one site.
    pub fn keep(&self, clock: &Clock, (contact, site): (Uuid, SiteId), person: &Person<'_>) -> Kept {
        let index = |kind, value: &str| self.index(site.uuid(), kind, value).value;
        let owner = |purpose| Owner { contact, purpose };
        Kept {
            email: self.seal(clock, owner(Purpose::Email), person.email.reveal()),
            email_index: index(IndexKind::Email, &person.email.normalised()),
            address: person.client.map(|client| self.seal(clock, owner(Purpose::Network), &client.reveal())),
            host_index: person.client.map(|client| index(IndexKind::Host, &client.host_prefix().reveal())),
            network_index: person
                .client
                .map(|client| index(IndexKind::Network, &client.network_prefix().reveal())),
            reader_index: person.reader.map(|reader| index(IndexKind::Reader, reader)),
            index_key: self.index_key().as_str().to_owned(),
        }
    }

    /// A keyed value that is the same only for the same person, in the same place, about the same
    /// thing: the address and the prefix come in, and nothing comes out that tells them.
    pub fn trace(&self, site: SiteId, person: &Person<'_>, thing: &str) -> String {
        let place = person.client.map(ClientAddress::host_prefix).as_ref().map(HostPrefix::reveal);
        // a line break is in neither an address nor a prefix, and the thing comes last
        let whole = format!("{}\n{}\n{thing}", person.email.normalised(), place.unwrap_or_default());
        self.index(site.uuid(), IndexKind::Payload, &whole).value
    }

    /// The index of an address on one site, under the current key.
    pub fn email_index(&self, site: SiteId, email: &Email) -> String {
        self.index(site.uuid(), IndexKind::Email, &email.normalised()).value
    }

    /// The indexes that an address has on one site under all live keys, the current one first.
    pub fn email_indexes(&self, site: SiteId, email: &Email) -> Vec<String> {
        let all = self.index_all(site.uuid(), IndexKind::Email, &email.normalised());
        all.into_iter().map(|one| one.value).collect()
    }

    /// The index of a site's own signed-in reader, under the current key.
    pub fn reader_index(&self, site: SiteId, reader: &str) -> String {
        self.index(site.uuid(), IndexKind::Reader, reader).value
    }

    /// A keyed value in place of an `Idempotency-Key`.
    pub fn request(&self, site: SiteId, key: &str) -> String {
        self.index(site.uuid(), IndexKind::Request, key).value
    }

    /// A keyed number that is the same for the same text on the same site.
    pub fn fingerprint(&self, site: SiteId, text: &str) -> i64 {
        let value = self.index(site.uuid(), IndexKind::Payload, text).value;
        // ten characters carry 60 of the 128 bits: plenty to tell the texts of a day apart
        value.bytes().take(10).fold(0_i64, |number, byte| number.wrapping_mul(64) ^ i64::from(byte))
    }

    /// What likenesses of texts on this site are made with: who does not know it cannot write what looks like another text.
    pub fn likeness_secret(&self, site: SiteId) -> u64 {
        // no normalised text has a line break
        self.fingerprint(site, "\nlikeness").cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Timestamp,
        vault::{Keyrings, VaultError},
    };

    #[test]
    fn a_person_is_found_again_and_never_seen() {
        let clock = Clock::manual(Timestamp::from_micros(1_790_000_000_000_000));
        let vault = Vault::new(Keyrings::generate(&clock));
        let (contact, site) = (Uuid::from_u128(7), SiteId::from(Uuid::from_u128(1)));
        let email = Email::parse("Ann@Example.org").unwrap();
        let client = ClientAddress::parse("203.0.113.9").unwrap();
        let person = Person { email: &email, client: Some(&client), reader: Some("reader-17") };
        let kept = vault.keep(&clock, (contact, site), &person);
        let all = format!("{kept:?}").to_lowercase();
        assert!(!all.contains("ann") && !all.contains("203.0.113") && !all.contains("reader-17"));
        let again = vault.keep(&clock, (Uuid::from_u128(8), site), &person);
        assert_eq!((kept.email_index, kept.host_index), (again.email_index, again.host_index));
        assert_ne!(kept.email, again.email);
        let owner = Owner { contact, purpose: Purpose::Email };
        assert_eq!(vault.open(owner, &kept.email).unwrap(), "Ann@Example.org");
        let elsewhere = Owner { contact: Uuid::from_u128(8), ..owner };
        assert_eq!(vault.open(elsewhere, &kept.email), Err(VaultError::Unauthentic));
    }

    #[test]
    fn a_trace_differs_by_person_place_and_thing() {
        let clock = Clock::manual(Timestamp::from_micros(1_790_000_000_000_000));
        let vault = Vault::new(Keyrings::generate(&clock));
        let site = SiteId::from(Uuid::from_u128(1));
        let (ann, bob) = (Email::parse("ann@example.org").unwrap(), Email::parse("bob@example.org").unwrap());
        let (here, there) =
            (ClientAddress::parse("203.0.113.9").unwrap(), ClientAddress::parse("203.0.113.8").unwrap());
        let trace = |email, client, thing| {
            vault.trace(site, &Person { email, client: Some(client), reader: None }, thing)
        };
        let first = trace(&ann, &here, "x");
        assert_eq!(first, trace(&ann, &here, "x"));
        for other in [trace(&bob, &here, "x"), trace(&ann, &there, "x"), trace(&ann, &here, "y")] {
            assert_ne!(first, other);
        }
    }
}
