//! What editors block of a person, or of what is written, and how strongly.

use std::fmt;

use super::{Code, Email, HostPrefix, MailDomain, NetworkPrefix, Term, TermList};

/// Longest reason of a block, in characters.
pub const BLOCK_REASON_CHARS: usize = 500;
/// Longest time that a block is in force, in days: ten years.
pub const BLOCK_DAYS: u32 = 3_650;

/// What a block is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// One e-mail address.
    Email,
    /// All addresses of a mail domain, and of the domains below it.
    Domain,
    /// One client: IPv4 /32 or IPv6 /64.
    Host,
    /// The neighbourhood of a client: IPv4 /24 or IPv6 /48.
    Network,
    /// A word or some words.
    Term,
}

impl BlockKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Email, Self::Domain, Self::Host, Self::Network, Self::Term];

    /// Its name in databases, requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Domain => "domain",
            Self::Host => "host",
            Self::Network => "network",
            Self::Term => "term",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(Code::UnknownValue)
    }

    /// Whether it is of whoever wrote a comment, so that it can be taken from one.
    pub const fn is_of_a_person(self) -> bool {
        !matches!(self, Self::Term)
    }
}

/// What happens to a submission that a block is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It waits for a moderator, whatever the policy.
    Hold,
    /// Nobody needs to see it; its author is told that it waits.
    Refuse,
}

impl Effect {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Hold, Self::Refuse];

    /// Its name in databases, requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }

    /// The effect of that name.
    pub fn parse(name: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|effect| effect.name() == name).ok_or(Code::UnknownValue)
    }
}

/// What the blocks of one kind ask for, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Force {
    /// Hold it.
    Hold,
    /// Refuse it where the submission proves its address, else hold it: what is typed proves nothing about who types it.
    RefuseProven,
    /// Refuse it.
    Refuse,
}

impl Force {
    /// What a block asks for by its effect, and whether it needs proof.
    pub const fn of(effect: Effect, needs_proof: bool) -> Self {
        match (effect, needs_proof) {
            (Effect::Hold, _) => Self::Hold,
            (Effect::Refuse, true) => Self::RefuseProven,
            (Effect::Refuse, false) => Self::Refuse,
        }
    }

    /// What it comes to for a submission that proves its address, or does not.
    pub const fn effect(self, is_proven: bool) -> Effect {
        match self {
            Self::Refuse => Effect::Refuse,
            Self::RefuseProven if is_proven => Effect::Refuse,
            Self::Hold | Self::RefuseProven => Effect::Hold,
        }
    }
}

/// What is blocked, in the open, on its way to its keyed value; no part of it prints itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockValue {
    /// An e-mail address.
    Email(Email),
    /// A mail domain.
    Domain(MailDomain),
    /// A client.
    Host(HostPrefix),
    /// The neighbourhood of one.
    Network(NetworkPrefix),
    /// A term.
    Term(BlockedTerm),
}

impl BlockValue {
    /// Reads what an editor typed.
    pub fn parse(kind: BlockKind, raw: &str) -> Result<Self, Code> {
        if raw.trim().is_empty() {
            return Err(Code::Required);
        }
        match kind {
            BlockKind::Email => Email::parse(raw).map(Self::Email),
            BlockKind::Domain => MailDomain::parse(raw).map(Self::Domain),
            BlockKind::Host => HostPrefix::parse(raw).map(Self::Host).ok_or(Code::NotAnAddress),
            BlockKind::Network => NetworkPrefix::parse(raw).map(Self::Network).ok_or(Code::NotAnAddress),
            BlockKind::Term => BlockedTerm::parse(raw).map(Self::Term),
        }
    }

    /// What it is.
    pub const fn kind(&self) -> BlockKind {
        match self {
            Self::Email(_) => BlockKind::Email,
            Self::Domain(_) => BlockKind::Domain,
            Self::Host(_) => BlockKind::Host,
            Self::Network(_) => BlockKind::Network,
            Self::Term(_) => BlockKind::Term,
        }
    }
}

/// A blocked term. It may name somebody: no `Display`, and `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct BlockedTerm(Term);

impl BlockedTerm {
    /// As [`Term::parse`] takes it.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Term::parse(raw).map(Self)
    }

    /// These as a word list, each meaning once.
    pub fn list<'a>(terms: impl IntoIterator<Item = &'a Self>) -> Result<TermList, Code> {
        TermList::parse(terms.into_iter().map(|term| term.0.as_str())).map_err(|bad| bad.code)
    }

    /// Lets it out as it was typed, for the vault to seal.
    pub(crate) fn reveal(&self) -> &str {
        self.0.as_str()
    }

    /// What it looks for, by which the vault's index knows it again however it is typed.
    pub(crate) fn normalised(&self) -> String {
        let star = |opens| if opens { "*" } else { "" };
        format!("{}{}{}", star(self.0.opens_before()), self.0.even(), star(self.0.opens_after()))
    }
}

impl fmt::Debug for BlockedTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockedTerm(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(BlockKind::Email, "ann@example.org", Ok(()))]
    #[case(BlockKind::Email, "ann", Err(Code::NotAnAddress))]
    #[case(BlockKind::Domain, "@Example.ORG", Ok(()))]
    #[case(BlockKind::Domain, "org", Err(Code::NotAnAddress))]
    #[case(BlockKind::Host, "203.0.113.7", Ok(()))]
    #[case(BlockKind::Host, "2001:db8:1:2::/64", Ok(()))]
    #[case(BlockKind::Host, "203.0.113.0/24", Err(Code::NotAnAddress))]
    #[case(BlockKind::Network, "203.0.113.0/24", Ok(()))]
    #[case(BlockKind::Network, "0.0.0.0/0", Err(Code::NotAnAddress))]
    #[case(BlockKind::Term, "cas*", Ok(()))]
    #[case(BlockKind::Term, "***", Err(Code::Required))]
    #[case(BlockKind::Term, "a\u{7}b", Err(Code::ControlCharacter))]
    #[case(BlockKind::Term, " ", Err(Code::Required))]
    fn what_an_editor_types(#[case] kind: BlockKind, #[case] raw: &str, #[case] read: Result<(), Code>) {
        let parsed = BlockValue::parse(kind, raw);
        assert_eq!(parsed.as_ref().map(|_| ()).map_err(|code| *code), read);
        assert!(parsed.is_err() || parsed.is_ok_and(|value| value.kind() == kind));
    }

    #[test]
    fn what_is_typed_is_refused_only_with_proof() {
        let effect = |effect, needs_proof, is_proven| Force::of(effect, needs_proof).effect(is_proven);
        assert_eq!(effect(Effect::Refuse, true, false), Effect::Hold);
        assert_eq!(effect(Effect::Refuse, true, true), Effect::Refuse);
        assert_eq!(effect(Effect::Refuse, false, false), Effect::Refuse);
        assert_eq!(effect(Effect::Hold, false, true), Effect::Hold);
    }

    #[test]
    fn a_term_is_known_again_however_it_is_typed() {
        let of = |raw| BlockedTerm::parse(raw).unwrap();
        assert_eq!(of(" Buy  NOW").normalised(), of("buy now").normalised());
        assert_ne!(of("buy now*").normalised(), of("buy now").normalised());
        let list = BlockedTerm::list([&of("Casino"), &of("casino"), &of("win*")]).unwrap();
        assert_eq!(list.as_slice().len(), 2);
    }

    #[test]
    fn nothing_blocked_prints_itself() {
        let values = [
            (BlockKind::Email, "ann@quiet.example"),
            (BlockKind::Domain, "quiet.example"),
            (BlockKind::Host, "203.0.113.7"),
            (BlockKind::Network, "203.0.113.7"),
            (BlockKind::Term, "quiet"),
        ];
        let said = values.map(|(kind, raw)| format!("{:?}", BlockValue::parse(kind, raw).unwrap())).concat();
        assert!(!said.contains("quiet") && !said.contains("203"), "{said}");
    }
}
