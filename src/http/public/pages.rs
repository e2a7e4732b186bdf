//! The public pages as values. Handlers fill them from what the flows return; the templates decide
//! how they look. Everything is plain text, which the templates escape, but for `html`, which the
//! sanitiser made and `templates/text.html` alone lets through.

use askama::{Template, filters::HtmlSafe};

use super::{
    form::{ArticleFields, FormView},
    problems::Problem,
};
use crate::{
    http::view::{Link, When, web_only},
    texts::{Phrase, Texts},
};

/// The demo: an article as a newspaper prints it, in English, with its comments and the form in the language of the site.
#[derive(Clone, Debug, Template)]
#[template(path = "public/article.html")]
pub struct ArticlePage {
    /// The language of the discussion.
    pub t: Texts,
    /// The newspaper's name, in the masthead.
    pub paper: String,
    /// The day of issue, under the masthead.
    pub issue: String,
    /// What stands on the page.
    pub story: Story,
    /// The published discussion.
    pub discussion: Discussion,
    /// The form; `None` when comments are closed.
    pub form: Option<FormView>,
    /// What happened to the comment that the reader has just sent.
    pub notice: Option<Notice>,
    /// The desk, linked from the footer.
    pub desk_url: String,
}

/// The same article, with its comments brought by the widget.
#[derive(Clone, Debug, Template)]
#[template(path = "public/article_widget.html")]
pub struct WidgetPage {
    /// Of the site's language.
    pub t: Texts,
    /// The newspaper's name, in the masthead.
    pub paper: String,
    /// The day of issue, under the masthead.
    pub issue: String,
    /// What stands on the page.
    pub story: Story,
    /// The key of the site.
    pub site: String,
    /// What the tag says of the article.
    pub article: ArticleFields,
}

/// The editorial part of the demo page.
#[derive(Clone, Debug)]
pub struct Story {
    /// The section, such as `Science`.
    pub section: String,
    /// The headline.
    pub headline: String,
    /// The sentence under the headline.
    pub standfirst: String,
    /// Who wrote it.
    pub author: String,
    /// When it appeared.
    pub published: When,
    /// A picture from `/assets`.
    pub figure: Option<Figure>,
    /// The text, one string a paragraph.
    pub paragraphs: Vec<String>,
}

/// A picture with its words.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its path, such as `/assets/gazette-night.svg`.
    pub src: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// The line under it.
    pub caption: String,
}

/// The published comments of an article.
#[derive(Clone, Debug, Default)]
pub struct Discussion {
    /// How many are published, replies included and tombstones not.
    pub count: u64,
    /// Top-level comments in order, replies inside.
    pub comments: Vec<ThreadComment>,
    /// The next page, if there is one.
    pub more_url: Option<String>,
}

/// The comments of an article as a page of their own, which also stands in a frame of the article.
#[derive(Clone, Debug, Template)]
#[template(path = "public/comments.html")]
pub struct CommentsPage {
    /// The language of the site.
    pub t: Texts,
    /// The site.
    pub site: String,
    /// The article's title and address, once they are public.
    pub article: Option<Link>,
    /// What is published.
    pub discussion: Discussion,
    /// The orders that there are, and which one this is; none where there is little to order.
    pub sorts: Vec<(Link, bool)>,
    /// What these are the replies to, when they are no page of all.
    pub below: Option<Below>,
    /// Where the first page is, or all of them, when this is another one.
    pub begin: Option<Link>,
    /// Whether the comment that is asked for is not published here.
    pub is_missing: bool,
    /// Whether the article takes comments.
    pub is_open: bool,
    /// The form; `None` when comments are closed, or the article is not known.
    pub form: Option<FormView>,
    /// What happened to the comment that the reader has just sent.
    pub notice: Option<Notice>,
}

/// What replies hang below.
#[derive(Clone, Debug)]
pub enum Below {
    /// The comment of somebody of this name.
    Comment(String),
    /// One that was removed.
    Tombstone,
}

/// One place in a thread: a comment, or the tombstone of one. Renders itself and its replies; the
/// contract bounds the depth to 5.
#[derive(Clone, Debug, Template)]
#[template(path = "public/comment.html")]
pub struct ThreadComment {
    /// The language of the page.
    pub t: Texts,
    /// The comment's id, for `#comment-ID`.
    pub id: String,
    /// The comment; `None` for a tombstone.
    pub published: Option<Published>,
    /// Answers to it, oldest first.
    pub replies: Vec<ThreadComment>,
    /// Where more replies are, when not all of them are here.
    pub more_url: Option<String>,
}

/// Whose text it is that readers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The one that was published first.
    Never,
    /// A later one of its author.
    ByAuthor,
    /// One of the site's own people.
    BySite,
}

impl Edited {
    fn words(self, t: Texts) -> Option<Phrase> {
        match self {
            Self::Never => None,
            Self::ByAuthor => Some(t.say("comment-edited")),
            Self::BySite => Some(t.say("comment-edited-by-site")),
        }
    }
}

/// What readers see of a published comment.
#[derive(Clone, Debug)]
pub struct Published {
    /// The author's name.
    pub author: String,
    /// The author's website: linked when it is http(s), dropped otherwise.
    pub website: Option<String>,
    /// Written by the newsroom.
    pub staff: bool,
    /// Marked by an editor as worth reading.
    pub picked: bool,
    /// Changed after it was published.
    pub edited: Edited,
    /// When it was published.
    pub at: When,
    /// Where it stands: `#comment-ID`, behind the address of its page.
    pub url: String,
    /// The text, as the sanitiser made it.
    pub html: String,
    /// `?replyto=ID#respond`; `None` when comments are closed.
    pub reply_url: Option<String>,
    /// Where it can be reported, if there.
    pub report_url: Option<String>,
}

/// What a reader is told after coming back from the form (`?replydesk=`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A moderator will read it first.
    Held,
    /// It is on the page.
    Published,
}

/// What a browser gets when its form post was refused: what went wrong, the filled form, a way back.
#[derive(Clone, Debug, Template)]
#[template(path = "public/submit_error.html")]
pub struct SubmitErrorPage {
    /// The language of the site.
    pub t: Texts,
    /// The site that the reader comes from.
    pub site: String,
    /// The problem's title.
    pub title: String,
    /// What it means and what to do, in a sentence or two.
    pub explanation: String,
    /// The span until it is worth another try (429, 503).
    pub wait: Option<String>,
    /// The text, where sending it again cannot help: to be copied, so that it is not lost.
    pub unsent: String,
    /// The form with what was typed, where sending it again can help.
    pub form: Option<FormView>,
    /// The article, if it is known.
    pub back: Option<Link>,
}

/// Explains one problem type: what its `type` address shows.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "public/problem.html")]
pub struct ProblemPage {
    /// English: it is for programmers.
    pub t: Texts,
    /// The problem.
    pub problem: &'static Problem,
}

/// All problem types on one page.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "public/problems.html")]
pub struct ProblemListPage {
    /// English: it is for programmers.
    pub t: Texts,
    /// The problems, by status.
    pub problems: &'static [Problem],
}

/// A plain page with one thing to say: not found, gone, method not allowed.
#[derive(Clone, Debug, Template)]
#[template(path = "public/message.html")]
pub struct MessagePage {
    /// The language of the site, where one is known.
    pub t: Texts,
    /// The site, if one is known.
    pub site: Option<String>,
    /// The HTTP status, shown small.
    pub status: u16,
    /// The heading.
    pub title: String,
    /// One or two sentences.
    pub text: String,
    /// Where to go from here.
    pub link: Option<Link>,
}

impl Notice {
    /// The notice that a query value asks for; strangers can type anything there.
    pub fn from_query(value: &str) -> Option<Self> {
        match value {
            "held" => Some(Self::Held),
            "published" => Some(Self::Published),
            _ => None,
        }
    }
}

impl Discussion {
    fn heading(&self, t: Texts) -> Phrase {
        match self.count {
            0 => t.say("comments-none"),
            count => t.say("comments-count").with("count", count),
        }
    }
}

impl Published {
    fn has_tools(&self) -> bool {
        self.reply_url.is_some() || self.report_url.is_some()
    }

    fn link(&self) -> Option<&str> {
        self.website.as_deref().and_then(web_only)
    }
}

/// A comment is escaped by its own template.
impl HtmlSafe for ThreadComment {}
