use uuid::Uuid;

use super::{IndexKind, Vault};
use crate::domain::{HostPrefix, NetworkPrefix, SiteId};

/// Whom or what a limit counts.
#[derive(Clone, Copy)]
pub enum Counted<'a> {
    /// One client on all sites: IPv4 /32, IPv6 /64.
    Client(&'a HostPrefix),
    /// The IPv6 /48 around it.
    Network(&'a NetworkPrefix),
    /// One client under an article of a site, by the article's key.
    Under(SiteId, &'a str, &'a HostPrefix),
    /// The same of the IPv6 /48 around it.
    AroundUnder(SiteId, &'a str, &'a NetworkPrefix),
    /// All of a site.
    Site(SiteId),
}

impl Vault {
    /// A keyed value that is the same only for the same limit of the same one: a prefix comes in, and nothing
    /// comes out that tells it.
    ///
    /// Made with the current index key alone. Replicas agree on a bucket by it, and a bucket lasts for minutes,
    /// so nothing is made again under a newer key: all begin anew when the key changes.
    pub fn limit(&self, policy: &str, of: Counted<'_>) -> String {
        let (site, of) = match of {
            Counted::Client(client) => (Uuid::nil(), format!("client\n{}", client.reveal())),
            Counted::Network(network) => (Uuid::nil(), format!("network\n{}", network.reveal())),
            // a line break is in no prefix, and the key of the article comes last
            Counted::Under(site, article, client) => {
                (site.uuid(), format!("under\n{}\n{article}", client.reveal()))
            }
            Counted::AroundUnder(site, article, network) => {
                (site.uuid(), format!("around\n{}\n{article}", network.reveal()))
            }
            Counted::Site(site) => (site.uuid(), "site\n".to_owned()),
        };
        self.index(site, IndexKind::Limit, &format!("{policy}\n{of}")).value
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
    fn what_is_counted_is_told_apart_and_never_told() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let host = |address| ClientAddress::parse(address).unwrap().host_prefix();
        let (here, there) = (host("2001:db8:1::1"), host("2001:db8:1:1::1"));
        let (one, other) = (SiteId::from(Uuid::from_u128(1)), SiteId::from(Uuid::from_u128(2)));
        let network = here.shared_network().unwrap();
        let mut keys = [
            vault.limit("submit", Counted::Client(&here)),
            vault.limit("submit", Counted::Client(&there)),
            vault.limit("receipts", Counted::Client(&here)),
            vault.limit("submit", Counted::Network(&network)),
            vault.limit("slow", Counted::Under(one, "news/1", &here)),
            vault.limit("slow", Counted::Under(one, "news/1", &there)),
            vault.limit("slow", Counted::AroundUnder(one, "news/1", &network)),
            vault.limit("slow", Counted::Under(one, "news/2", &here)),
            vault.limit("slow", Counted::Under(other, "news/1", &here)),
            vault.limit("site", Counted::Site(one)),
            vault.limit("site", Counted::Site(other)),
        ];
        assert_eq!(keys[0], vault.limit("submit", Counted::Client(&host("2001:db8:1::ffff"))));
        assert!(keys.iter().all(|key| key.len() == 22));
        keys.sort();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
