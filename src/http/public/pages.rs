//! The public pages as values. Handlers fill them from what the flows return; the templates decide
//! how they look. Everything is plain text, which the templates escape, but for `html`, which the
//! sanitiser made and `templates/text.html` alone lets through.

use askama::{Template, filters::HtmlSafe};

use super::{
    form::{ArticleFields, FormView},
    problems::Problem,
};
use crate::{
    flow::limits::{NEW_ARTICLES, SLOW},
    http::view::{Link, Moment, web_only},
    texts::Texts,
};

/// The demo: an article as a newspaper prints it, with its comments and the form.
#[derive(Clone, Debug, Template)]
#[template(path = "public/article.html")]
pub struct ArticlePage {
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
    pub published: Moment,
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

/// One place in a thread: a comment, or the tombstone of one. Renders itself and its replies; the
/// contract bounds the depth to 5.
#[derive(Clone, Debug, Template)]
#[template(path = "public/comment.html")]
pub struct ThreadComment {
    /// The comment's id, for `#comment-ID`.
    pub id: String,
    /// The comment; `None` for a tombstone.
    pub published: Option<Published>,
    /// Answers to it, oldest first.
    pub replies: Vec<ThreadComment>,
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
    fn words(self) -> Option<&'static str> {
        match self {
            Self::Never => None,
            Self::ByAuthor => Some("Edited"),
            Self::BySite => Some("Edited by the site"),
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
    pub at: Moment,
    /// The text, as the sanitiser made it.
    pub html: String,
    /// `?replyto=ID#respond`; `None` when comments are closed.
    pub reply_url: Option<String>,
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
    /// The site that the reader comes from.
    pub site: String,
    /// The problem's title.
    pub title: String,
    /// What it means and what to do, in a sentence or two.
    pub explanation: String,
    /// Seconds until it is worth another try (429, 503).
    pub retry_after: Option<u64>,
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
    /// The problem.
    pub problem: &'static Problem,
}

/// All problem types on one page.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "public/problems.html")]
pub struct ProblemListPage {
    /// The problems, by status.
    pub problems: &'static [Problem],
}

/// A plain page with one thing to say: not found, gone, method not allowed.
#[derive(Clone, Debug, Template)]
#[template(path = "public/message.html")]
pub struct MessagePage {
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

impl SubmitErrorPage {
    /// The title and the explanation for readers, where a problem's own words speak to programs; `limit` is the
    /// one that is used up.
    pub fn words(slug: &str, limit: Option<&str>) -> Option<(&'static str, &'static str)> {
        Some(match slug {
            "rate-limited" if limit == Some(SLOW) => (
                "One at a time",
                "Comments are slowed down under this article: there is a while between two from one network.",
            ),
            "rate-limited" if limit == Some(NEW_ARTICLES) => (
                "That was a little fast",
                "Yours is the first comment under this article, and several first ones have arrived within a short time.",
            ),
            "validation" => (
                "Your comment has not been sent yet",
                "Something is missing or cannot be taken as it is. All that you typed is still in the form below.",
            ),
            "duplicate" => (
                "You have already sent this",
                "The same text has arrived from you under this article. If it is not on the page yet, it is \
                 waiting for a moderator.",
            ),
            "comments-closed" => (
                "Comments are closed",
                "This article no longer takes comments, so yours could not be sent. What is published stays readable.",
            ),
            "rate-limited" => (
                "That was a little fast",
                "Several comments have arrived from your network within a short time.",
            ),
            "internal" | "unavailable" | "out-of-space" => (
                "Your comment could not be sent",
                "Comments cannot be taken for the moment; your text is still in the form below.",
            ),
            _ => return None,
        })
    }
}

impl Discussion {
    fn heading(&self) -> String {
        match self.count {
            0 => "No comments yet".to_owned(),
            1 => "1 comment".to_owned(),
            count => format!("{count} comments"),
        }
    }
}

impl Published {
    fn link(&self) -> Option<&str> {
        self.website.as_deref().and_then(web_only)
    }
}

/// A comment is escaped by its own template.
impl HtmlSafe for ThreadComment {}
