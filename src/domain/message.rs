use serde::{Deserialize, Serialize};

use super::{ArticleId, CommentId, ModeratorId, Timestamp};

/// What is owed to the outside, as the outbox keeps it: it refers to people and never holds an
/// address. The number after the slash is the version of the shape; an old shape keeps its own
/// variant for as long as rows of it may exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Message {
    /// A comment waits for the moderators of its site; becomes a mention for each of them.
    #[serde(rename = "comment-waits/1")]
    CommentWaits {
        /// The comment.
        comment: CommentId,
        /// Its version when it began to wait.
        version: i64,
    },
    /// One comment, for one moderator: what such letters were before they could gather several.
    #[serde(rename = "moderator-letter/1")]
    LetterAboutOne {
        /// The comment.
        comment: CommentId,
        /// Its version when it began to wait.
        version: i64,
        /// Whom to tell.
        moderator: ModeratorId,
    },
    /// A letter to a moderator about what its mentions name.
    #[serde(rename = "moderator-letter/2")]
    ModeratorLetter {
        /// Whom to tell.
        moderator: ModeratorId,
    },
    /// Invites somebody to set a password; the link is made when the letter is.
    #[serde(rename = "invitation/1")]
    Invitation {
        /// Whom.
        moderator: ModeratorId,
        /// When: a later one takes its place.
        invited_at: Timestamp,
    },
    /// Tells a moderator that a rule took an article out of the usual rules; made when it goes out.
    #[serde(rename = "breaker-letter/1")]
    BreakerLetter {
        /// Whom to tell.
        moderator: ModeratorId,
        /// The article.
        article: ArticleId,
        /// When: one that ended since is not told of any more.
        tripped_at: Timestamp,
    },
    /// Asks whoever reads mail at the address of a comment whether they want mail about it.
    #[serde(rename = "confirmation-letter/1")]
    ConfirmationLetter {
        /// The comment.
        comment: CommentId,
    },
    /// Tells a commenter what became of their comment; made when it goes out, of what stands then. What they know is not told.
    #[serde(rename = "outcome-letter/2", alias = "outcome-letter/1")]
    OutcomeLetter {
        /// The comment.
        comment: CommentId,
    },
    /// Tells a commenter of a published reply; made when it goes out, if that is still there.
    #[serde(rename = "reply-letter/2", alias = "reply-letter/1")]
    ReplyLetter {
        /// The comment that was answered.
        comment: CommentId,
        /// The reply.
        reply: CommentId,
    },
    /// Asks the mail server to take a letter, to see whether it does.
    #[serde(rename = "test-letter/1")]
    TestLetter {
        /// Whom to send it to.
        moderator: ModeratorId,
    },
}

impl Message {
    /// Its kind for people, logs and metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CommentWaits { .. } => "comment-waits",
            Self::LetterAboutOne { .. } | Self::ModeratorLetter { .. } => "moderator-letter",
            Self::Invitation { .. } => "invitation",
            Self::BreakerLetter { .. } => "breaker-letter",
            Self::ConfirmationLetter { .. } => "confirmation-letter",
            Self::OutcomeLetter { .. } => "outcome-letter",
            Self::ReplyLetter { .. } => "reply-letter",
            Self::TestLetter { .. } => "test-letter",
        }
    }

    /// The comment it is about, if it is about one.
    pub const fn comment(&self) -> Option<CommentId> {
        match self {
            Self::CommentWaits { comment, .. }
            | Self::LetterAboutOne { comment, .. }
            | Self::ConfirmationLetter { comment }
            | Self::OutcomeLetter { comment, .. }
            | Self::ReplyLetter { comment, .. } => Some(*comment),
            Self::ModeratorLetter { .. }
            | Self::Invitation { .. }
            | Self::BreakerLetter { .. }
            | Self::TestLetter { .. } => None,
        }
    }

    /// Whom it goes to, if that is known already.
    pub const fn moderator(&self) -> Option<ModeratorId> {
        match self {
            Self::CommentWaits { .. }
            | Self::ConfirmationLetter { .. }
            | Self::OutcomeLetter { .. }
            | Self::ReplyLetter { .. } => None,
            Self::LetterAboutOne { moderator, .. }
            | Self::ModeratorLetter { moderator }
            | Self::Invitation { moderator, .. }
            | Self::BreakerLetter { moderator, .. }
            | Self::TestLetter { moderator } => Some(*moderator),
        }
    }
}
