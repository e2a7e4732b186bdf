//! The conversation around a comment: what it answers, and what answers it.

use super::show::label;
use crate::{
    flow::{
        App,
        queue::{AROUND, Dossier},
        render::excerpt,
    },
    http::view::{Link, Moment},
    store::QueueRow,
    texts::Texts,
};

/// Characters of a comment in the conversation.
const CONTEXT: usize = 320;

/// The other comments of a conversation, around the one that is read.
#[derive(Clone, Debug, Default)]
pub struct Thread {
    /// What it answers, and what that answered: the first one first.
    pub above: Vec<Neighbour>,
    /// What answers it, in the order of arrival.
    pub below: Vec<Neighbour>,
    /// There may be more answers.
    pub is_long: bool,
}

/// One of them, shortened.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// Who wrote it, and its own page at the desk.
    pub author: Link,
    /// It is the site's own.
    pub is_staff: bool,
    /// Status or need in words.
    pub label: String,
    /// When it was sent.
    pub at: Moment,
    /// The beginning of the text in force, as text.
    pub excerpt: String,
}

/// What is around a comment, in the words of the desk.
pub fn thread(app: &App, t: Texts, dossier: &Dossier) -> Thread {
    let neighbour = |row: &QueueRow| Neighbour {
        author: Link::new(&row.name, format!("/desk/comments/{}", row.id)),
        is_staff: row.staff,
        label: label(t, row).into(),
        at: Moment::told(t, row.submitted_at, app.clock.now()),
        excerpt: excerpt(row.text_in_force(), CONTEXT),
    };
    Thread {
        above: dossier.above.iter().map(neighbour).collect(),
        below: dossier.below.iter().map(neighbour).collect(),
        is_long: dossier.below.len() == AROUND,
    }
}
