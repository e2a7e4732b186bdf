//! Pieces of HTML that a site takes into its own pages: comments, and the list of engaging articles. They hold no script,
//! no style and no form, and everything in them is escaped by the templates.

use askama::Template;

use super::{CommentView, EngagingView, PageView, rest::Rest, view::Published};
use crate::{
    domain::{ArticleUrl, CommentId, Language, Timestamp, Website},
    texts::{Phrase, Texts},
};

/// The comments of an article.
#[derive(Template)]
#[template(path = "public/comments_fragment.html")]
struct Comments<'a> {
    t: Texts,
    steps: Vec<Step<'a>>,
}

/// What stands in the list, in the order of the page: templates need not call themselves.
enum Step<'a> {
    /// A comment begins.
    Comment(Comment<'a>),
    /// The place of one that was removed begins.
    Removed(CommentId),
    /// Answers to the last one follow.
    Answers,
    /// They end.
    EndOfAnswers,
    /// More of them stand at this address.
    More(String),
    /// A comment ends, with its answers.
    End,
}

struct Comment<'a> {
    said: &'a Published,
    /// From the sanitiser, as it is.
    html: &'a String,
    website: Option<&'a str>,
    at: Timestamp,
}

impl Comment<'_> {
    fn exact(&self, t: Texts) -> Phrase {
        t.moment(self.at)
    }
}

/// The most engaging articles.
#[derive(Template)]
#[template(path = "public/engaging_fragment.html")]
struct Engaging<'a> {
    t: Texts,
    articles: Vec<Line<'a>>,
}

struct Line<'a> {
    url: &'a str,
    title: &'a str,
    comments: i64,
}

/// A page of comments in the language of the site.
pub fn comments(view: &PageView, language: Language, rest: &Rest<'_>) -> String {
    let mut steps = Vec::new();
    for comment in &view.comments {
        walk(comment, rest, &mut steps);
    }
    rendered(&Comments { t: Texts::for_readers(language), steps })
}

/// The most engaging articles; those of them whose address is one of the web.
pub fn engaging(view: &EngagingView, language: Language) -> String {
    let articles = view
        .articles
        .iter()
        .filter(|article| ArticleUrl::parse(&article.url).is_ok())
        .map(|article| Line { url: &article.url, title: &article.title, comments: article.comments })
        .collect();
    rendered(&Engaging { t: Texts::for_readers(language), articles })
}

/// Templates that are given all that they ask for do not fail.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// No deeper than comments are: a setting bounds that.
fn walk<'a>(comment: &'a CommentView, rest: &Rest<'_>, steps: &mut Vec<Step<'a>>) {
    let (id, replies, more) = match comment {
        CommentView::Published(said) => {
            let website = said.author.website.as_deref().filter(|url| Website::parse(url).is_ok());
            let (html, at) = (&said.html, said.at.unwrap_or_default());
            steps.push(Step::Comment(Comment { said, html, website, at }));
            (said.id, &said.replies, said.more_replies)
        }
        CommentView::Tombstone { id, replies, more_replies, .. } => {
            steps.push(Step::Removed(*id));
            (*id, replies, *more_replies)
        }
    };
    if !replies.is_empty() {
        steps.push(Step::Answers);
        for reply in replies {
            walk(reply, rest, steps);
        }
        steps.push(Step::EndOfAnswers);
    }
    if let Some(after) = more {
        steps.push(Step::More(rest.replies(id, after)));
    }
    steps.push(Step::End);
}
