use super::{ModeratorId, SiteId};

/// What a person at the desk may do. Each role includes what `Moderator` may, but for `Operator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reads the queue and decides.
    Moderator,
    /// Also sees contacts and keeps policy, words, blocks and articles.
    Editor,
    /// Also keeps people, tokens and sites.
    Admin,
    /// Sees the outbox and the figures, and no comments.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Moderator, Self::Editor, Self::Admin, Self::Operator];

    /// Its name in databases, commands and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it reads the queue and decides.
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Moderator | Self::Editor | Self::Admin)
    }

    /// Whether it sees to the outbox.
    pub const fn operates(self) -> bool {
        matches!(self, Self::Admin | Self::Operator)
    }

    /// Whether it keeps articles, and later policy, words and blocks.
    pub const fn edits(self) -> bool {
        matches!(self, Self::Editor | Self::Admin)
    }

    /// Whether it keeps people and their tokens.
    pub const fn keeps_people(self) -> bool {
        matches!(self, Self::Admin)
    }

    /// Whether it sees how the queue does, in numbers: whatever it is.
    pub const fn sees_figures(self) -> bool {
        matches!(self, Self::Moderator | Self::Editor | Self::Admin | Self::Operator)
    }

    /// Whether it may know who it is: whatever it is.
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Moderator | Self::Editor | Self::Admin | Self::Operator)
    }
}

/// What an API token may do of what its owner may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Only look.
    Read,
    /// All of it.
    All,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::All];

    /// Its name in databases, commands and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::All => "all",
        }
    }

    /// The scope of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A person at the desk, as a request acts for them.
#[derive(Clone, Debug)]
pub struct Moderator {
    /// Their identifier.
    pub id: ModeratorId,
    /// Their name, as colleagues see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The sites they are bound to; none named means all.
    pub sites: Option<Vec<SiteId>>,
}

impl Moderator {
    /// Whether objects of this site exist for them.
    pub fn sees(&self, site: SiteId) -> bool {
        self.sites.as_ref().is_none_or(|sites| sites.contains(&site))
    }
}
