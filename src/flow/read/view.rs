use std::collections::{HashMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{fragment, linked, rest::Rest};
use crate::{
    domain::{CommentId, Status, Timestamp},
    flow::{
        pages::{Format, Page},
        render::comment_html,
    },
    store::{Around, PublishedArticle, PublishedRow},
};

/// The answer to reading an article's comments.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Comments)]
pub struct PageView {
    /// The article.
    pub article: ArticleView,
    /// Top-level comments with their replies.
    pub comments: Vec<CommentView>,
    /// Where the next page begins.
    pub next: Option<CommentId>,
}

/// More replies of one comment, each with its parent, in the order of arrival.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Replies)]
pub struct RepliesView {
    /// The replies.
    pub comments: Vec<CommentView>,
    /// Where the next page begins.
    pub next: Option<CommentId>,
}

/// An article as readers see it; one that nobody has commented on has no URL and no title yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Article)]
pub struct ArticleView {
    /// The site's key.
    pub key: String,
    /// Its canonical URL.
    pub url: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// Whether it takes comments.
    pub open: bool,
    /// Approved comments, with replies, without tombstones.
    pub count: i64,
}

/// A comment as readers see it, or the place where one stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Comment)]
pub enum CommentView {
    /// An approved comment.
    Published(Box<Published>),
    /// Holds up the replies below it.
    Tombstone {
        /// The comment that was here.
        id: CommentId,
        /// Always true.
        removed: bool,
        /// What hangs below.
        #[schema(no_recursion)]
        replies: Vec<CommentView>,
        /// Where more replies begin.
        more_replies: Option<CommentId>,
    },
}

/// An approved comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Published {
    /// Its id.
    pub id: CommentId,
    /// The comment that it hangs on.
    pub parent: Option<CommentId>,
    /// Who wrote it, as they want to be known.
    pub author: Author,
    /// The text as safe HTML.
    pub html: String,
    /// The text as it was written.
    pub text: String,
    /// When readers could first see it.
    #[serde(rename = "published_at")]
    pub at: Option<Timestamp>,
    /// When the text they see took the place of an earlier one.
    pub edited: Option<Timestamp>,
    /// Whether that is a text of the site's own people, in place of the commenter's.
    pub edited_by_site: bool,
    /// Chosen by the editors.
    pub picked: bool,
    /// What hangs below.
    #[schema(no_recursion)]
    pub replies: Vec<CommentView>,
    /// Where more replies begin.
    pub more_replies: Option<CommentId>,
}

/// What is public of a commenter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Author {
    /// Their name.
    pub name: String,
    /// Their own page.
    pub website: Option<String>,
    /// Works for the site.
    pub staff: bool,
}

/// How much of each thread a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Replies of a thread.
    pub each: usize,
    /// A reply that is shown whatever its number.
    pub around: Option<Around>,
}

impl CommentView {
    /// A comment without the replies.
    pub fn new(row: PublishedRow) -> Self {
        if row.status != Status::Approved {
            return Self::removed(row.id);
        }
        Self::Published(Box::new(Published {
            id: row.id,
            parent: row.parent,
            author: Author { name: row.name, website: row.website, staff: row.staff },
            html: comment_html(&row.text),
            text: row.text,
            at: row.published_at,
            edited: row.edited_at,
            edited_by_site: row.by_site && row.edited_at.is_some(),
            picked: row.picked_at.is_some(),
            replies: Vec::new(),
            more_replies: None,
        }))
    }

    /// The place where a comment stood.
    pub fn removed(id: CommentId) -> Self {
        Self::Tombstone { id, removed: true, replies: Vec::new(), more_replies: None }
    }

    fn with(mut self, below: Vec<Self>, more: Option<CommentId>) -> Self {
        match &mut self {
            Self::Published(published) => {
                published.replies = below;
                published.more_replies = more;
            }
            Self::Tombstone { replies, more_replies, .. } => {
                *replies = below;
                *more_replies = more;
            }
        }
        self
    }
}

impl PageView {
    /// An article that nobody has commented on.
    pub fn empty(key: &str) -> Self {
        let article = ArticleView { key: key.to_owned(), url: None, title: None, open: true, count: 0 };
        Self { article, comments: Vec::new(), next: None }
    }

    /// A page from its rows: top-level comments in their order, replies in the order of arrival.
    pub fn new(
        (article, open): (&PublishedArticle, bool),
        (roots, replies): (Vec<PublishedRow>, Vec<PublishedRow>),
        shown: &Shown,
        next: Option<CommentId>,
    ) -> Self {
        let mut threads: HashMap<CommentId, Vec<PublishedRow>> = HashMap::new();
        for reply in replies {
            threads.entry(reply.thread).or_default().push(reply);
        }
        let comments = roots
            .into_iter()
            .map(|root| {
                let replies = threads.remove(&root.id).unwrap_or_default();
                grow(root, replies, shown)
            })
            .collect();
        Self { article: ArticleView::new(article, open), comments, next }
    }

    /// In a form that somebody asks for.
    pub(super) fn page(&self, format: Format, rest: &Rest<'_>) -> Page {
        let page = match format {
            Format::Json => Page::prepare(self),
            Format::Html(language) => Page::of(fragment::comments(self, language, rest).into_bytes()),
            Format::JsonLd => Page::of(linked::comments(self, rest).into_bytes()),
        };
        Page { next: self.next, ..page }
    }
}

impl ArticleView {
    /// Of an article that readers know.
    pub fn new(article: &PublishedArticle, open: bool) -> Self {
        Self {
            key: article.key.clone(),
            url: Some(article.url.clone()),
            title: Some(article.title.clone()),
            open,
            count: article.approved_count,
        }
    }
}

/// Hangs the replies of a thread where they belong. They come in the order of arrival, so a reply
/// always stands behind what it answers, and cutting the end off leaves none without its parent.
fn grow(root: PublishedRow, mut replies: Vec<PublishedRow>, shown: &Shown) -> CommentView {
    let wanted = shown.around.filter(|around| around.thread == root.id);
    let until = wanted.and_then(|around| replies.iter().position(|reply| reply.id == around.comment));
    let most = until.map_or(shown.each, |place| shown.each.max(place + 1));
    let more = replies.len() > most;
    replies.truncate(most);
    let last = replies.last().map(|reply| reply.id).filter(|_| more);
    CommentView::new(root).with(nested(replies), last)
}

/// Replies in the order of arrival, each below what it answers; those whose parent is not among them are the roots.
pub fn nested(replies: Vec<PublishedRow>) -> Vec<CommentView> {
    let here: HashSet<CommentId> = replies.iter().map(|reply| reply.id).collect();
    let mut below: HashMap<Option<CommentId>, Vec<CommentView>> = HashMap::new();
    for reply in replies.into_iter().rev() {
        let (id, parent) = (reply.id, reply.parent.filter(|parent| here.contains(parent)));
        let mut children = below.remove(&Some(id)).unwrap_or_default();
        children.reverse();
        below.entry(parent).or_default().push(CommentView::new(reply).with(children, None));
    }
    let mut roots = below.remove(&None).unwrap_or_default();
    roots.reverse();
    roots
}
