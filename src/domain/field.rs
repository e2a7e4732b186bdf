use serde::{Deserialize, Serialize};

/// A part of a submission in which something can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// What they say.
    Text,
    /// How they want to be called.
    Name,
    /// Their own page.
    Website,
    /// Their e-mail address. What was found in it is never told.
    Email,
    /// Their network address. What was found in it is never told.
    Client,
    /// The program that they use, as it calls itself.
    Agent,
}

impl Field {
    /// All of them, in the order in which they are looked at.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Name, Self::Website, Self::Email, Self::Client, Self::Agent];

    /// Its name in policies, answers and the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Name => "name",
            Self::Website => "website",
            Self::Email => "email",
            Self::Client => "client",
            Self::Agent => "agent",
        }
    }

    /// The field of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether what was found there, and where, may be kept and shown: an address, and what can be told of it,
    /// stays in the vault.
    pub const fn is_shown(self) -> bool {
        !matches!(self, Self::Email | Self::Client)
    }
}
