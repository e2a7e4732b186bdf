//! The page of one comment as values: what it answers, what can be done with it, and what happened to it.

use askama::Template;

use super::pages::{Card, Flash, Thread, TopBar, TypedText};
use crate::{
    http::view::{Link, Moment},
    texts::Texts,
};

/// One comment with everything that happened to it.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/comment.html")]
pub struct CommentPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The list it was opened from.
    pub back: Link,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// The comment.
    pub card: Card,
    /// What readers reported about it, the latest first.
    pub reports: Vec<ReportEntry>,
    /// What it answers, and what answers it.
    pub thread: Thread,
    /// What else can be done with it.
    pub forms: EditingForms,
    /// The texts it had, the latest first; none when there was one only.
    pub versions: Vec<TextVersion>,
    /// What happened to it since it was sent, the latest first.
    pub history: Vec<HistoryEntry>,
}

/// Each posts `action`, `csrf` and `version`, and what its fields hold.
#[derive(Clone, Debug)]
pub struct EditingForms {
    /// Where they post to.
    pub action: String,
    /// The CSRF token.
    pub csrf: String,
    /// The version that the moderator sees.
    pub version: i64,
    /// The text, where it can be changed.
    pub edit: Option<TypedText>,
    /// Whether it is recommended, where it can be.
    pub picked: Option<bool>,
    /// A reply, where readers would see it.
    pub reply: Option<TypedText>,
    /// Sent with the reply, so that a double click is one.
    pub reply_key: String,
    /// Under which name the reply stands.
    pub name: String,
    /// Why the address is asked for, for those who may.
    pub ask: Option<TypedText>,
    /// Whose address can be asked for beside the author's: of reports, by their identifiers.
    pub reporters: Vec<(String, String)>,
    /// What came of asking for the address.
    pub contact: Option<Contact>,
    /// Most characters of a text.
    pub comment_chars: usize,
}

/// What came of asking for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// This is that of the author.
    Kept(String),
    /// This is that of whoever sent a report.
    OfReport {
        /// The address.
        email: String,
        /// The name, of a notice.
        name: Option<String>,
    },
    /// There is none, or none any more.
    Gone,
}

/// One report of a reader.
#[derive(Clone, Debug)]
pub struct ReportEntry {
    /// When.
    pub at: Moment,
    /// Why, in words.
    pub label: String,
    /// Nobody has decided since.
    pub is_open: bool,
    /// What the reader wrote.
    pub text: Option<String>,
    /// Which law, of a notice.
    pub law: Option<String>,
}

/// One text of a comment.
#[derive(Clone, Debug)]
pub struct TextVersion {
    /// When it was sent.
    pub at: Moment,
    /// The moderator who wrote it; none for the commenter.
    pub editor: Option<String>,
    /// The text, as typed.
    pub text: String,
}

/// One thing that happened to a comment.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// When.
    pub at: Moment,
    /// What, such as `Approved`.
    pub what: String,
    /// Who, such as `Nora Lind`; empty for the commenter or a rule named in `what`.
    pub who: String,
    /// The reason.
    pub reason: Option<String>,
    /// The remark for colleagues.
    pub note: Option<String>,
    /// There was one, and it was erased.
    pub note_erased: bool,
    /// The entry whose note it is, for those who may erase it.
    pub erases: Option<String>,
}
