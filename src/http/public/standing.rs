//! `GET /sites/{site}/comments`: the comments of an article as a page of their own, for browsers without scripts and for
//! frames on the article.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::Template;
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::{
    form::{ArticleFields, FormView, Parent},
    pages::{Below, CommentsPage, Discussion, Notice, ThreadComment},
    reading, report_page,
    thread::{Places, name_of, shown},
};
use crate::{
    domain::{ArticleKey, ArticleUrl, CommentId, Origin, Site, Title},
    flow::{
        App, FlowError,
        read::{self, ArticleView, CommentView, PageView, Reading},
        submit,
    },
    http::{
        error::ApiError,
        layer::PAGE_POLICY,
        openapi::{Operation, one_of, operation},
        query::Query,
        site,
        view::Link,
    },
    store::Sort,
    texts::Texts,
};

/// Top-level comments of a page, or replies of one of replies.
const EACH: usize = 50;

const PARAMETERS: [&str; 9] = [
    "article",
    "article_url",
    "article_title",
    "sort",
    "cursor",
    "around",
    "replyto",
    "replies",
    "replydesk",
];

/// What the document says of [`page`].
pub fn about_page() -> Operation {
    let text = || json!({"type": "string"});
    let id = || json!({"type": "string", "format": "uuid"});
    operation(
        "commentsPage",
        "readers",
        "The comments of an article as a page, with the form, for frames and without scripts.",
    )
    .note("Pages of the site's origins may show it in a frame.")
    .query("article", json!({"type": "string", "maxLength": 200}), "The key of the article: it or its URL.")
    .query("article_url", text(), "Its URL; the first comment of an article needs it.")
    .query("article_title", text(), "Its title; the first comment of an article needs it.")
    .query("sort", one_of(&["oldest", "newest", "top"]), "The order; `oldest` when unsaid.")
    .query("cursor", id(), "Where the page begins.")
    .query("around", id(), "The page that shows this comment, instead of a cursor.")
    .query("replyto", id(), "The comment that the form answers.")
    .query("replies", id(), "The replies to this comment only.")
    .query("replydesk", text(), "What became of a comment: `held` or `published`.")
    .answers_page(200, "The page.")
}

/// `GET /sites/{site}/comments`
pub async fn page(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let site = site(&app, &path)?;
    let query = Query::of(&request, &PARAMETERS)?;
    let asked = Asked::of(&site, &query)?;
    let template = match asked.replies {
        Some(id) => replies(&app, asked, id).await?,
        None => comments(&app, asked, &query).await?,
    };
    let origins: Vec<&str> = site.origins.iter().map(Origin::as_str).collect();
    let origins = format!("'self' {}", origins.join(" "));
    let policy = PAGE_POLICY
        .replace("form-action 'self'", &format!("form-action {origins}"))
        .replace("frame-ancestors 'none'", &format!("frame-ancestors {origins}"));
    Ok(HttpResponse::Ok()
        // each form has a token of its own
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(template.render().unwrap_or_default()))
}

/// What is asked for.
struct Asked<'a> {
    site: &'a Site,
    t: Texts,
    article: ArticleKey,
    /// What the address says of the article.
    named: ArticleFields,
    sort: Sort,
    after: Option<CommentId>,
    around: Option<CommentId>,
    parent: Option<CommentId>,
    replies: Option<CommentId>,
}

impl<'a> Asked<'a> {
    fn of(site: &'a Site, query: &Query) -> Result<Self, ApiError> {
        let id = |raw: &str| raw.parse().ok();
        // what stands in every link of the page is short
        let named = |name, is_good: fn(&str) -> bool| {
            query.get(name).filter(|said| is_good(said)).unwrap_or_default().to_owned()
        };
        let parent = query.parsed("replyto", id)?;
        Ok(Self {
            site,
            t: Texts::for_readers(site.policy.language),
            article: reading::article(query)?,
            named: ArticleFields {
                key: named("article", |key| ArticleKey::parse(key).is_ok()),
                url: named("article_url", |url| ArticleUrl::parse(url).is_ok()),
                title: named("article_title", |title| Title::parse(title).is_ok()),
            },
            sort: query.parsed("sort", reading::sort)?.unwrap_or_default(),
            after: query.parsed("cursor", id)?,
            // what is answered is on the page
            around: parent.or(query.parsed("around", id)?),
            parent,
            replies: query.parsed("replies", id)?,
        })
    }

    /// The same without what nobody has to say of an article that is known.
    fn of_known(mut self, article: &ArticleView) -> Self {
        if article.url.is_some() {
            self.named.title.clear();
            if !self.named.key.is_empty() {
                self.named.url.clear();
            }
        }
        self
    }

    /// An address of this page for another part of the same comments.
    fn url(&self, sort: Sort, more: &[(&str, String)]) -> String {
        let mut query = Serializer::new(String::new());
        let named = [
            ("article", &self.named.key),
            ("article_url", &self.named.url),
            ("article_title", &self.named.title),
        ];
        for (name, value) in named.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if sort != Sort::default() {
            query.append_pair("sort", sort_name(sort));
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        format!("?{}", query.finish())
    }

    async fn read(&self, app: &App) -> Result<PageView, FlowError> {
        let reading = Reading {
            site: self.site,
            article: self.article.as_str(),
            sort: self.sort,
            limit: EACH,
            after: self.after,
            around: self.around,
        };
        match read::page(app, &reading).await {
            // it is not there, or not public, which is told the same way
            Err(FlowError::NotFound) => read::page(app, &Reading { around: None, ..reading }).await,
            read => read,
        }
    }

    /// The fields of the form, where the article is known or introduced well enough for its first comment.
    fn fields(&self, article: &ArticleView) -> Option<ArticleFields> {
        if let (Some(url), Some(title)) = (&article.url, &article.title) {
            return Some(ArticleFields { key: article.key.clone(), url: url.clone(), title: title.clone() });
        }
        let url = ArticleUrl::parse(&self.named.url).ok().filter(|url| self.site.owns(url.origin()))?;
        Title::parse(&self.named.title).ok()?;
        Some(ArticleFields { url: url.as_str().to_owned(), ..self.named.clone() })
    }

    fn sorts(&self, count: i64) -> Vec<(Link, bool)> {
        let t = self.t;
        let all = [
            (Sort::Oldest, t.say("sort-oldest")),
            (Sort::Newest, t.say("sort-newest")),
            (Sort::Top, t.say("sort-top")),
        ];
        let link = |(sort, label)| (Link::new(label, self.url(sort, &[])), sort == self.sort);
        if count > 1 { all.map(link).to_vec() } else { Vec::new() }
    }
}

/// A page of all comments, with the form.
async fn comments(app: &App, asked: Asked<'_>, query: &Query<'_>) -> Result<CommentsPage, ApiError> {
    let (site, t) = (asked.site, asked.t);
    let view = asked.read(app).await?;
    let asked = asked.of_known(&view.article);
    let places = Here { asked: &asked, is_open: view.article.open };
    let comments: Vec<ThreadComment> =
        view.comments.into_iter().map(|comment| shown(t, &places, comment)).collect();
    let author = |id: &CommentId| name_of(&comments, &id.to_string());
    let is_missing = asked.around.as_ref().is_some_and(|id| author(id).is_none());
    let parent = asked.parent.as_ref().and_then(|id| author(id).map(|author| (id, author)));
    let form = asked.fields(&view.article).filter(|_| view.article.open).map(|article| FormView {
        article,
        parent: parent.map(|(id, author)| Parent {
            id: id.to_string(),
            author,
            cancel_url: format!("{}#respond", asked.url(asked.sort, &[("around", id.to_string())])),
        }),
        token: Some(submit::form_token(app, site).0),
        ..FormView::of(site)
    });
    let is_first = asked.after.is_none() && (asked.around.is_none() || is_missing);
    Ok(CommentsPage {
        t,
        site: site.name.clone(),
        article: link(&view.article),
        discussion: Discussion {
            count: u64::try_from(view.article.count).unwrap_or_default(),
            comments,
            more_url: view.next.map(|next| asked.url(asked.sort, &[("cursor", next.to_string())])),
        },
        sorts: asked.sorts(view.article.count),
        below: None,
        begin: (!is_first).then(|| Link::new(t.say("comments-begin"), asked.url(asked.sort, &[]))),
        is_missing,
        is_open: view.article.open,
        form,
        notice: query.get("replydesk").and_then(Notice::from_query),
    })
}

/// A page of the replies to one comment.
async fn replies(app: &App, asked: Asked<'_>, id: CommentId) -> Result<CommentsPage, ApiError> {
    let t = asked.t;
    let of = (asked.site, asked.article.as_str());
    let (article, answered, replies) = read::below(app, of, id, (asked.after, EACH)).await?;
    let asked = asked.of_known(&article);
    let places = Here { asked: &asked, is_open: article.open };
    let more =
        |next: CommentId| asked.url(asked.sort, &[("replies", id.to_string()), ("cursor", next.to_string())]);
    let (below, begin) = match answered {
        CommentView::Published(comment) => (Below::Comment(comment.author.name), places.comment(id)),
        CommentView::Tombstone { .. } => (Below::Tombstone, asked.url(asked.sort, &[])),
    };
    Ok(CommentsPage {
        t,
        site: asked.site.name.clone(),
        article: link(&article),
        discussion: Discussion {
            count: u64::try_from(article.count).unwrap_or_default(),
            comments: replies.comments.into_iter().map(|reply| shown(t, &places, reply)).collect(),
            more_url: replies.next.map(more),
        },
        sorts: Vec::new(),
        below: Some(below),
        begin: Some(Link::new(t.say("comments-all"), begin)),
        is_missing: false,
        is_open: article.open,
        form: None,
        notice: None,
    })
}

/// Only what is public of an article is shown: what the address says could be anything.
fn link(article: &ArticleView) -> Option<Link> {
    Some(Link::new(article.title.clone()?, article.url.clone()?))
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Oldest => "oldest",
        Sort::Newest => "newest",
        Sort::Top => "top",
    }
}

/// The comments stand on pages of this address.
struct Here<'a> {
    asked: &'a Asked<'a>,
    is_open: bool,
}

impl Places for Here<'_> {
    fn comment(&self, id: CommentId) -> String {
        let url = self.asked.url(self.asked.sort, &[("around", id.to_string())]);
        format!("{url}#comment-{id}")
    }

    fn reply(&self, id: CommentId) -> Option<String> {
        let url = || self.asked.url(self.asked.sort, &[("replyto", id.to_string())]);
        self.is_open.then(|| format!("{}#respond", url()))
    }

    fn report(&self, id: CommentId) -> Option<String> {
        Some(report_page::path(self.asked.site, id))
    }

    fn more(&self, id: CommentId, after: CommentId) -> Option<String> {
        let more = [("replies", id.to_string()), ("cursor", after.to_string())];
        Some(self.asked.url(self.asked.sort, &more))
    }
}
