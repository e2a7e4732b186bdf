// Who sent a request, seen past the proxies the operator trusts. The limits count by prefix, the
// vault seals the address and indexes the prefixes; nobody else learns them.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use ipnet::IpNet;

/// The network address of a client; IPv4 in its own form, also when it came mapped into IPv6.
/// Personal data: no `Display`, no `Serialize`, and `Debug` says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The right-most entry of `X-Forwarded-For` that no trusted proxy wrote about another one, when
    /// `peer` is a trusted proxy itself; else `peer`. `forwarded` holds the header's values in the
    /// order they arrived. What cannot be read ends the walk at the last proxy that could: entries
    /// further left are only what a stranger claims.
    pub fn of<'h>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'h str>,
        trusted: &[IpNet],
    ) -> Self {
        let is_proxy = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut nearest = peer.to_canonical();
        for entry in forwarded.rev().flat_map(|value| value.rsplit(',')) {
            if !is_proxy(&nearest) {
                break;
            }
            let Some(next) = entry_address(entry) else { break };
            nearest = next;
        }
        Self(nearest)
    }

    /// The address a site's own backend states for its reader; nothing when it is none.
    pub fn parse(raw: &str) -> Option<Self> {
        entry_address(raw).map(Self)
    }

    /// What counts as one client: IPv4 /32, IPv6 /64.
    pub fn host_prefix(&self) -> HostPrefix {
        HostPrefix(cut(self.0, 32, 64))
    }

    /// What counts as one network: IPv4 /24, IPv6 /48.
    pub fn network_prefix(&self) -> NetworkPrefix {
        NetworkPrefix(cut(self.0, 24, 48))
    }

    /// The address for word lists to look into; never kept or shown.
    pub(crate) fn searchable(&self) -> String {
        self.0.to_string()
    }

    /// Lets the address out, for the vault to seal.
    pub(crate) fn reveal(&self) -> String {
        self.0.to_string()
    }
}

/// One entry of the header: an address, in brackets or not, with a port or not.
fn entry_address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

fn cut(address: IpAddr, v4: u8, v6: u8) -> IpNet {
    let bits = if address.is_ipv4() { v4 } else { v6 };
    IpNet::new_assert(address, bits).trunc()
}

/// The prefix of one of these lengths that somebody typed, or that of the address that they did.
fn typed(raw: &str, v4: u8, v6: u8) -> Option<IpNet> {
    let Some((address, bits)) = raw.trim().split_once('/') else {
        return Some(cut(entry_address(raw)?, v4, v6));
    };
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    let expected = if address.is_ipv4() { v4 } else { v6 };
    (bits == expected).then(|| cut(address, v4, v6))
}

/// One client as the limits and blocks know it: an IPv4 address or an IPv6 /64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HostPrefix(IpNet);

impl HostPrefix {
    /// Reads an address, or an IPv4 /32 or IPv6 /64.
    pub fn parse(raw: &str) -> Option<Self> {
        typed(raw, 32, 64).map(Self)
    }

    /// The /48 around an IPv6 client, of which one customer may own all; nothing for IPv4.
    pub fn shared_network(&self) -> Option<NetworkPrefix> {
        matches!(self.0, IpNet::V6(_)).then(|| NetworkPrefix(cut(self.0.addr(), 24, 48)))
    }

    /// Lets the prefix out (`203.0.113.7/32`), for the vault's keyed index.
    pub(crate) fn reveal(&self) -> String {
        self.0.to_string()
    }
}

/// The neighbourhood of a client: an IPv4 /24 or an IPv6 /48.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkPrefix(IpNet);

impl NetworkPrefix {
    /// Reads an address, or an IPv4 /24 or IPv6 /48.
    pub fn parse(raw: &str) -> Option<Self> {
        typed(raw, 24, 48).map(Self)
    }

    /// Lets the prefix out (`203.0.113.0/24`), for the vault's keyed index.
    pub(crate) fn reveal(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAddress(redacted)")
    }
}

impl fmt::Debug for HostPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostPrefix(redacted)")
    }
}

impl fmt::Debug for NetworkPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NetworkPrefix(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        ClientAddress::of(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).reveal()
    }

    #[rstest]
    #[case::nobody_between("203.0.113.7", &[], "203.0.113.7")]
    #[case::a_stranger_may_claim_anything("203.0.113.7", &["198.51.100.1"], "203.0.113.7")]
    #[case::one_proxy("10.0.0.1", &["198.51.100.1"], "198.51.100.1")]
    #[case::the_right_most_stranger("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1")]
    #[case::several_headers("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"], "198.51.100.1")]
    #[case::nothing_said("10.0.0.1", &[], "10.0.0.1")]
    #[case::only_proxies("10.0.0.1", &["10.0.0.3,10.0.0.2"], "10.0.0.3")]
    #[case::garbage_ends_the_walk("10.0.0.1", &["198.51.100.1, nonsense, 10.0.0.2"], "10.0.0.2")]
    #[case::an_empty_entry_too("10.0.0.1", &["198.51.100.1,,"], "10.0.0.1")]
    #[case::unknown("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1")]
    #[case::a_port("10.0.0.1", &["1.2.3.4:567"], "1.2.3.4")]
    #[case::brackets("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1")]
    #[case::brackets_and_port("fd00::1", &[" [2001:db8::1]:80 "], "2001:db8::1")]
    #[case::mapped_entry("10.0.0.1", &["::ffff:1.2.3.4"], "1.2.3.4")]
    #[case::mapped_proxy("::ffff:10.0.0.1", &["1.2.3.4"], "1.2.3.4")]
    #[case::mapped_peer("::ffff:203.0.113.7", &[], "203.0.113.7")]
    fn past_the_proxies(#[case] peer: &str, #[case] forwarded: &[&str], #[case] client: &str) {
        assert_eq!(seen(peer, forwarded), client);
    }

    #[rstest]
    #[case("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24")]
    #[case("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48")]
    #[case("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24")]
    fn prefixes(#[case] address: &str, #[case] host: &str, #[case] network: &str) {
        let client = ClientAddress::parse(address).unwrap();
        assert_eq!(
            (client.host_prefix().reveal(), client.network_prefix().reveal()),
            (host.into(), network.into())
        );
        let shared = client.host_prefix().shared_network();
        assert!(shared.is_none_or(|shared| shared == client.network_prefix()));
    }

    #[test]
    fn debug_says_nothing() {
        let client = ClientAddress::parse("203.0.113.7").unwrap();
        let said = format!("{client:?} {:?} {:?}", client.host_prefix(), client.network_prefix());
        assert_eq!(said, "ClientAddress(redacted) HostPrefix(redacted) NetworkPrefix(redacted)");
    }

    proptest! {
        #[test]
        fn a_client_cannot_choose_its_address(claims in ".{0,60}", peer: [u8; 4]) {
            prop_assume!(peer[0] != 10);
            let peer = IpAddr::from(peer).to_string();
            prop_assert_eq!(&seen(&peer, &[&claims]), &peer);
            prop_assert_eq!(seen("10.0.0.1", &[&format!("{claims}, {peer}")]), peer);
        }
    }
}
