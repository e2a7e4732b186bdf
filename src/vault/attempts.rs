use uuid::Uuid;

use super::{IndexKind, Vault};
use crate::domain::ClientAddress;

/// Where somebody tries to sign in, as attempts are counted.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// All clients that never signed in under the name.
    Anywhere,
    /// One client: IPv4 /32, IPv6 /64.
    Client(&'a ClientAddress),
    /// A device that signed in under the name before.
    Device(Uuid),
    /// The desk, where somebody who is signed in is asked for the password once more.
    Desk,
}

impl Vault {
    /// A keyed value that is the same only for the same name in the same place: what was typed and
    /// where from come in, and nothing comes out that tells them.
    pub fn attempts(&self, name: &str, place: Place<'_>) -> String {
        let place = match place {
            Place::Anywhere => "anywhere".to_owned(),
            Place::Client(client) => client.host_prefix().reveal(),
            Place::Device(device) => device.to_string(),
            Place::Desk => "desk".to_owned(),
        };
        // a line break is in no place, and the name comes last
        self.index(Uuid::nil(), IndexKind::Attempts, &format!("{place}\n{name}")).value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Keyrings, tests::clock};

    #[test]
    fn attempts_are_told_apart_by_name_and_place_and_tell_neither() {
        let vault = Vault::new(Keyrings::generate(&clock()));
        let (here, there) =
            (ClientAddress::parse("203.0.113.9").unwrap(), ClientAddress::parse("203.0.113.8").unwrap());
        let key = vault.attempts("mo@gazette.example", Place::Client(&here));
        assert_eq!(key, vault.attempts("mo@gazette.example", Place::Client(&here)));
        for other in [
            vault.attempts("eve@gazette.example", Place::Client(&here)),
            vault.attempts("mo@gazette.example", Place::Client(&there)),
            vault.attempts("mo@gazette.example", Place::Anywhere),
            vault.attempts("mo@gazette.example", Place::Device(Uuid::nil())),
            vault.attempts("mo@gazette.example", Place::Desk),
        ] {
            assert_ne!(key, other);
        }
        assert_eq!(key.len(), 22);
    }
}
