use serde::{Serialize, Serializer};

use super::Code;

/// Where a comment stands. Only `approved` is ever shown to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waits for a moderator; readers see nothing of it.
    Pending,
    /// Published.
    Approved,
    /// A moderator said no; the commenter may appeal once.
    Rejected,
    /// Unwanted mail of the web; the commenter is told it waits.
    Spam,
    /// Taken back by the commenter, for good.
    Withdrawn,
}

/// What a moderator says about the version of a comment that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Publish it; on an approved comment, publish the waiting revision.
    Approve,
    /// Do not publish it, or no longer.
    Reject,
    /// Call it spam.
    Spam,
    /// Put it back into the queue.
    Hold,
}

/// What becomes of a commenter's new text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditOutcome {
    /// The new revision is the one that waits from now on.
    Replaces,
    /// The approved text stays public until the new revision is decided (`needs=edit`).
    Waits,
}

/// Why a comment waits for a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Nobody has decided yet.
    Decision,
    /// An approved comment has a newer text.
    Edit,
    /// Readers reported it.
    Report,
    /// Its commenter asks for another look at a rejection.
    Appeal,
    /// A moderator passed it to an editor.
    Escalated,
}

impl Status {
    /// Every status, in the order of the transition table.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Approved, Self::Rejected, Self::Spam, Self::Withdrawn];

    /// The word of the API and of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Spam => "spam",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Status::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|status| status.name() == raw).ok_or(Code::UnknownValue)
    }

    /// The status after a moderator's decision; nothing when the design refuses it (409).
    #[must_use]
    pub const fn after(self, decision: Decision) -> Option<Self> {
        use Decision::{Approve, Hold, Reject};
        match (self, decision) {
            (Self::Pending | Self::Approved | Self::Rejected | Self::Spam, Approve) => Some(Self::Approved),
            (Self::Pending | Self::Approved | Self::Spam, Reject) => Some(Self::Rejected),
            (Self::Pending | Self::Approved | Self::Rejected, Decision::Spam) => Some(Self::Spam),
            (Self::Approved | Self::Rejected | Self::Spam, Hold) => Some(Self::Pending),
            // names every decision, so that a new one does not compile until it was thought about
            (_, Approve | Reject | Decision::Spam | Hold) => None,
        }
    }

    /// The status after its commenter took it back; nothing when that was done before.
    #[must_use]
    pub const fn withdrawn(self) -> Option<Self> {
        match self {
            Self::Pending | Self::Approved | Self::Rejected | Self::Spam => Some(Self::Withdrawn),
            Self::Withdrawn => None,
        }
    }

    /// What a commenter's edit does; nothing when the text can no longer be changed.
    #[must_use]
    pub const fn editable(self) -> Option<EditOutcome> {
        match self {
            Self::Pending => Some(EditOutcome::Replaces),
            Self::Approved => Some(EditOutcome::Waits),
            Self::Rejected | Self::Spam | Self::Withdrawn => None,
        }
    }
}

impl Decision {
    /// Every decision, in the order of the transition table.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Reject, Self::Spam, Self::Hold];

    /// The word of the API and of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Spam => "spam",
            Self::Hold => "hold",
        }
    }

    /// Reads [`Decision::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|decision| decision.name() == raw).ok_or(Code::UnknownValue)
    }
}

impl Needs {
    /// Every reason to wait.
    pub const ALL: [Self; 5] = [Self::Decision, Self::Edit, Self::Report, Self::Appeal, Self::Escalated];

    /// The word of the API and of the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Edit => "edit",
            Self::Report => "report",
            Self::Appeal => "appeal",
            Self::Escalated => "escalated",
        }
    }

    /// Reads [`Needs::name`]; anything else is `unknown-value`.
    pub fn parse(raw: &str) -> Result<Self, Code> {
        Self::ALL.into_iter().find(|needs| needs.name() == raw).ok_or(Code::UnknownValue)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Needs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the design §3, cell by cell: approve, reject, spam, hold, withdraw, edit.
    const TABLE: [(&str, [&str; 6]); 5] = [
        ("pending", ["approved", "rejected", "spam", "-", "withdrawn", "replaces"]),
        ("approved", ["approved", "rejected", "spam", "pending", "withdrawn", "waits"]),
        ("rejected", ["approved", "-", "spam", "pending", "withdrawn", "-"]),
        ("spam", ["approved", "rejected", "-", "pending", "withdrawn", "-"]),
        ("withdrawn", ["-", "-", "-", "-", "-", "-"]),
    ];

    #[test]
    fn every_cell_of_the_transition_table() {
        assert_eq!(TABLE.map(|(from, _)| from), Status::ALL.map(Status::name));
        for (from, cells) in TABLE {
            let from = Status::parse(from).unwrap();
            let decided = Decision::ALL.map(|decision| from.after(decision).map_or("-", Status::name));
            let edited = match from.editable() {
                Some(EditOutcome::Replaces) => "replaces",
                Some(EditOutcome::Waits) => "waits",
                None => "-",
            };
            let [a, r, s, h] = decided;
            assert_eq!([a, r, s, h, from.withdrawn().map_or("-", Status::name), edited], cells, "{from:?}");
        }
    }

    #[test]
    fn names_are_read_back_and_nothing_else_is() {
        assert_eq!(Status::ALL.map(|s| Status::parse(s.name())), Status::ALL.map(Ok));
        assert_eq!(Decision::ALL.map(|d| Decision::parse(d.name())), Decision::ALL.map(Ok));
        assert_eq!(Needs::ALL.map(|n| Needs::parse(n.name())), Needs::ALL.map(Ok));
        assert_eq!(Status::parse("Approved"), Err(Code::UnknownValue));
    }
}
