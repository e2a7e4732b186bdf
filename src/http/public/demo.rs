//! The demo: an article page as a news site has it, with the comments and the form in its own HTML.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use askama::Template;

use super::{
    form::{ArticleFields, FormView, Parent},
    pages::{ArticlePage, Discussion, Figure, Notice, Story, ThreadComment, WidgetPage},
    report_page,
    thread::{Places, name_of, shown},
};
use crate::{
    domain::{CommentId, Language, Site, Timestamp},
    flow::{
        App,
        read::{self, Reading},
        submit,
    },
    http::{error::ApiError, query::Query, site, view::When},
    store::Sort,
    texts::Texts,
};

/// The demo's site and article.
pub const SITE: &str = "demo";
const KEY: &str = "port-arden";
const HEADLINE: &str = "The town that switched off its lights, and found the sky again";
const STANDFIRST: &str = "At midnight, Port Arden goes dark. Three years on, the bats are back, the bills are down and the \
                          stargazers fill every bed in town. Not everybody is pleased.";
/// 18 November 2026, 06:30 UTC.
const PRINTED_AT: Timestamp = Timestamp::from_micros(1_794_983_400_000_000);

/// What a page with the widget has to allow, and nothing else (`docs/widget.md`).
const WIDGET_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
                             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                             require-trusted-types-for 'script'; trusted-types replydesk";

const PARAGRAPHS: [&str; 6] = [
    "When the last lamp on Quay Street went out, nobody noticed. It was a Tuesday in November, it was raining, \
     and the 2,300 people of Port Arden were asleep. The council had voted for the trial by a single voice: \
     from midnight to five, every street light in town would be off.",
    "“We did it for the money,” says Marit Oyelaran, who chaired the meeting. “Eighty thousand a year was the \
     library. It was that simple.” What nobody had put in the papers for the vote was the sky. On the first \
     clear night people came out of their houses in coats over pyjamas, and stood in the road.",
    "The biologists came next. A survey by the coastal institute counted four species of bat along the river \
     where there had been one, and moths in numbers not written down here since the 1970s. Robins that used \
     to sing at two in the morning under the lamps have gone back to singing at dawn.",
    "There are those who do not like it. Night nurses at the cottage hospital asked for, and got, a lit path to \
     the bus. Two burglaries in the first winter were enough for a petition; the police, asked for figures, \
     say that there were three in the winter before.",
    "The visitors are harder to argue about. The guest house on the hill has printed star charts on its place \
     mats, and the chip shop opens again at eleven for people who have driven two hours to look up. In \
     February all forty-one beds in town were taken on a weekday.",
    "The trial ends in spring, and the council will vote again. Mrs Oyelaran does not think it will be close. \
     “People ask me when the lights are coming back,” she says. “I tell them to look. They never went away.”",
];

/// `GET /demo`
pub async fn article(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let site = site(&app, SITE)?;
    let query = Query::of(&request, &["cursor", "replyto", "replydesk"])?;
    let here = format!("{}/demo", app.settings.public_url);
    let reading = Reading {
        site: &site,
        article: KEY,
        sort: Sort::Oldest,
        limit: read::MOST,
        after: query.parsed("cursor", |raw| raw.parse().ok())?,
        around: None,
    };
    let page = read::page(&app, &reading).await?;
    let t = Texts::for_readers(site.policy.language);
    let places = Here { site: &site, is_open: page.article.open };
    let comments: Vec<ThreadComment> =
        page.comments.into_iter().map(|view| shown(t, &places, view)).collect();
    let parent = query.get("replyto").and_then(|id| name_of(&comments, id).map(|author| (id, author)));
    let form = FormView {
        article: ArticleFields { key: KEY.to_owned(), url: here.clone(), title: HEADLINE.to_owned() },
        redirect: here,
        parent: parent.map(|(id, author)| Parent {
            id: id.to_owned(),
            author,
            cancel_url: "/demo#respond".to_owned(),
        }),
        token: Some(submit::form_token(&app, &site).0),
        ..FormView::of(&site)
    };
    let template = ArticlePage {
        t,
        paper: site.name.clone(),
        issue: Texts::default().day(PRINTED_AT).to_string(),
        story: story(),
        discussion: Discussion {
            count: u64::try_from(page.article.count).unwrap_or_default(),
            comments,
            more_url: page.next.map(|next| format!("/demo?cursor={next}#comments")),
        },
        form: page.article.open.then_some(form),
        notice: query.get("replydesk").and_then(Notice::from_query),
        desk_url: "/desk".to_owned(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(template.render().unwrap_or_default()))
}

/// `GET /demo/widget`: the same article as a site has it that adds one tag to its pages.
pub async fn widget(app: Data<App>) -> Result<HttpResponse, ApiError> {
    let site = site(&app, SITE)?;
    let template = WidgetPage {
        t: Texts::for_readers(site.policy.language),
        paper: site.name.clone(),
        issue: Texts::default().day(PRINTED_AT).to_string(),
        story: story(),
        site: SITE.to_owned(),
        article: ArticleFields {
            key: KEY.to_owned(),
            url: format!("{}/demo", app.settings.public_url),
            title: HEADLINE.to_owned(),
        },
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, WIDGET_POLICY))
        .content_type("text/html; charset=utf-8")
        .body(template.render().unwrap_or_default()))
}

fn story() -> Story {
    Story {
        section: "Science".to_owned(),
        headline: HEADLINE.to_owned(),
        standfirst: STANDFIRST.to_owned(),
        author: "Ines Halloran".to_owned(),
        published: When::new(Texts::for_readers(Language::English), PRINTED_AT),
        figure: Some(Figure {
            src: "/assets/gazette-night.svg".to_owned(),
            alt: "Drawing of a dark harbour town under a sky full of stars, with three lit windows."
                .to_owned(),
            caption: "Port Arden after midnight. Illustration: The Gazette".to_owned(),
        }),
        paragraphs: PARAGRAPHS.iter().map(ToString::to_string).collect(),
    }
}

/// The comments stand on the article itself.
struct Here<'a> {
    site: &'a Site,
    is_open: bool,
}

impl Places for Here<'_> {
    fn comment(&self, id: CommentId) -> String {
        format!("#comment-{id}")
    }

    fn reply(&self, id: CommentId) -> Option<String> {
        self.is_open.then(|| format!("?replyto={id}#respond"))
    }

    fn report(&self, id: CommentId) -> Option<String> {
        Some(report_page::path(self.site, id))
    }

    fn more(&self, _: CommentId, _: CommentId) -> Option<String> {
        None
    }
}
