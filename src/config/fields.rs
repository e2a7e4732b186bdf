//! How single settings are read. Every message here is made of literals and bounds, because serde's
//! own messages quote the value.

use std::{net::IpAddr, net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::{IpNet, Ipv6Net};
use serde::{Deserialize, Deserializer, de::Error};

use super::target::{DatabaseTarget, MailTarget, PublicUrl};

pub(super) const SECOND: u64 = 1_000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;
pub(super) const MILLISECOND: u64 = 1;

/// A whole number between two bounds, both included.
pub(super) fn within<'de, D: Deserializer<'de>, const LEAST: u32, const MOST: u32>(
    deserializer: D,
) -> Result<u32, D::Error> {
    let number = i64::deserialize(deserializer)?;
    u32::try_from(number)
        .ok()
        .filter(|number| (LEAST..=MOST).contains(number))
        .ok_or_else(|| D::Error::custom(format!("must be between {LEAST} and {MOST}")))
}

/// A span of time in whole units of `UNIT` milliseconds.
pub(super) fn span<'de, D: Deserializer<'de>, const UNIT: u64, const LEAST: u32, const MOST: u32>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let number = within::<D, LEAST, MOST>(deserializer)?;
    Ok(Duration::from_millis(u64::from(number) * UNIT))
}

/// The schedule of retries: at most 50 waits of 1 minute to 1 day, together at most 5 days.
pub(super) fn schedule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Duration>, D::Error> {
    let minutes = Vec::<i64>::deserialize(deserializer)?;
    if minutes.len() > 50 || !minutes.iter().all(|wait| (1..=1440).contains(wait)) {
        return Err(D::Error::custom("must be at most 50 numbers, each between 1 and 1440"));
    }
    if minutes.iter().sum::<i64>() > 5 * 1440 {
        return Err(D::Error::custom("must be at most 7200 (5 days) together"));
    }
    let wait = |minutes: i64| Duration::from_millis(minutes.unsigned_abs() * MINUTE);
    Ok(minutes.into_iter().map(wait).collect())
}

pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let expected = "must be an IP address and a port, such as 127.0.0.1:8080";
    text(deserializer)?.parse().map_err(|_| D::Error::custom(expected))
}

/// Networks or single addresses. Together they must not make the whole internet a trusted proxy:
/// then anybody could state any address.
pub(super) fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let raw = Vec::<String>::deserialize(deserializer)?;
    let net = |raw: &String| raw.parse().or_else(|_| raw.parse::<IpAddr>().map(IpNet::from)).ok();
    let nets: Vec<IpNet> = raw
        .iter()
        .map(net)
        .collect::<Option<_>>()
        .ok_or_else(|| D::Error::custom("must be networks such as 10.0.0.0/8, or addresses"))?;
    if IpNet::aggregate(&nets).iter().any(trusts_everyone) {
        return Err(D::Error::custom("must not trust everyone"));
    }
    Ok(nets.iter().map(IpNet::trunc).collect())
}

fn trusts_everyone(net: &IpNet) -> bool {
    // IPv4 as a listener on IPv6 sees it, ::ffff:0:0/96
    let mapped = [0, 0, 0, 0, 0, 0xffff, 0, 0].into();
    let whole = Ipv6Net::new_assert(mapped, 96);
    net.prefix_len() == 0 || matches!(net, IpNet::V6(net) if net.contains(&whole))
}

pub(super) fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PublicUrl>, D::Error> {
    unless_empty(&text(deserializer)?, PublicUrl::parse)
}

pub(super) fn database<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DatabaseTarget, D::Error> {
    DatabaseTarget::parse(&text(deserializer)?).map_err(D::Error::custom)
}

pub(super) fn mail<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MailTarget>, D::Error> {
    unless_empty(&text(deserializer)?, MailTarget::parse)
}

pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    unless_empty(&text(deserializer)?, |raw| Ok(PathBuf::from(raw)))
}

/// A sender. The mail library reads it in full; here only what would break a header is refused.
pub(super) fn sender<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = text(deserializer)?;
    let fits = raw.contains('@') && raw.len() <= 320 && !raw.chars().any(char::is_control);
    if fits { Ok(raw) } else { Err(D::Error::custom("must be a mailbox such as Name <name@example.org>")) }
}

/// One word of a short list.
pub(super) fn word<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    words: &[(&'static str, T)],
) -> Result<T, D::Error> {
    let raw = text(deserializer)?;
    let found = words.iter().find(|(word, _)| *word == raw).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        D::Error::custom(format!("must be one of {}", names.join(", ")))
    })
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|raw| raw.trim().to_owned())
}

fn unless_empty<T, E: Error>(
    raw: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, E> {
    if raw.is_empty() { Ok(None) } else { parse(raw).map(Some).map_err(E::custom) }
}
