use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier as the databases keep it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(raw: &str) -> Result<Self, Self::Err> {
                raw.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A publication.
    SiteId;
    /// A page of a site that can carry comments.
    ArticleId;
    /// A comment; UUIDv7, so that comments sort by arrival.
    CommentId;
    /// A sealed address, apart from the comment that it came with.
    ContactId;
    /// A person who decides.
    ModeratorId;
    /// A message owed; Message-IDs come from it.
    OutboxId;
    /// An entry of the audit log.
    AuditId;
    /// The decisions of one request.
    BatchId;
    /// Something that is blocked.
    BlockId;
    /// Comments that say nearly the same.
    ClusterId;
    /// What a reader reported.
    ReportId;
    /// An address that somebody wants mail at.
    ConfirmationId;
}

impl OutboxId {
    /// When it was owed, to the millisecond: the id holds it (UUIDv7, RFC 9562 §5.7).
    pub fn owed_at(self) -> Timestamp {
        let millis = i64::try_from(self.uuid().as_u128() >> 80).unwrap_or_default();
        Timestamp::from_micros(millis * 1000)
    }
}
