//! Comments as the pages of this service show them, with their links.

use super::pages::{Edited, Published, ThreadComment};
use crate::{domain::CommentId, flow::read::CommentView, http::view::When, texts::Texts};

/// Where the links of a comment lead.
pub trait Places {
    /// To the comment itself.
    fn comment(&self, id: CommentId) -> String;

    /// To the form that answers it, where it can be answered.
    fn reply(&self, id: CommentId) -> Option<String>;

    /// To the page where it can be reported.
    fn report(&self, id: CommentId) -> Option<String>;

    /// To the replies below it that came after another one.
    fn more(&self, id: CommentId, after: CommentId) -> Option<String>;
}

/// A comment with its replies.
pub fn shown(t: Texts, places: &impl Places, view: CommentView) -> ThreadComment {
    let below =
        |replies: Vec<CommentView>| replies.into_iter().map(|reply| shown(t, places, reply)).collect();
    match view {
        CommentView::Tombstone { id, replies, more_replies, .. } => ThreadComment {
            t,
            id: id.to_string(),
            published: None,
            replies: below(replies),
            more_url: more_replies.and_then(|after| places.more(id, after)),
        },
        CommentView::Published(comment) => {
            let id = comment.id;
            let edited = match comment.edited {
                None => Edited::Never,
                Some(_) if comment.edited_by_site => Edited::BySite,
                Some(_) => Edited::ByAuthor,
            };
            ThreadComment {
                t,
                id: id.to_string(),
                published: Some(Published {
                    author: comment.author.name,
                    website: comment.author.website,
                    staff: comment.author.staff,
                    picked: comment.picked,
                    edited,
                    at: When::new(t, comment.at.unwrap_or_default()),
                    url: places.comment(id),
                    html: comment.html,
                    reply_url: places.reply(id),
                    report_url: places.report(id),
                }),
                replies: below(comment.replies),
                more_url: comment.more_replies.and_then(|after| places.more(id, after)),
            }
        }
    }
}

/// Who wrote the comment that is answered, if it can be seen among these.
pub fn name_of(comments: &[ThreadComment], id: &str) -> Option<String> {
    comments.iter().find_map(|comment| match &comment.published {
        Some(published) if comment.id == id => Some(published.author.clone()),
        _ => name_of(&comment.replies, id),
    })
}
