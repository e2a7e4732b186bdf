//! Pages of what editors and operators keep.

use replydesk::http::{
    desk::{account_pages::Said, article_pages::*, pages::Tab, people_pages::FieldFault},
    view::Link,
};

use super::samples::{Hostile, bar, render};

fn tab(label: &str, current: bool) -> Tab {
    Tab { label: label.to_owned(), url: "/desk/articles?site=gazette".to_owned(), current, count: None }
}

fn article(title: &str, opening: Opening, fault: Option<&'static str>) -> ArticleLine {
    let is_hostile = title == Hostile::NAME;
    ArticleLine {
        id: format!("id-{}-{}", title.len(), fault.unwrap_or_default()),
        key: if is_hostile { Hostile::NAME } else { "news/1" }.to_owned(),
        edition: 3,
        title: title.to_owned(),
        url: (!is_hostile).then(|| "https://news.example/news/1".to_owned()),
        is_provisional: is_hostile,
        opening,
        published: "7 published".to_owned(),
        waiting: is_hostile.then(|| Link::new("1,000 or more waiting", "/desk?list=waiting&article=x")),
        typed_title: title.to_owned(),
        typed_closing: if fault.is_some() { Hostile::NAME } else { "2026-12-01T18:00" }.to_owned(),
        fault: fault.map(|field| FieldFault { field, text: Hostile::NAME }),
    }
}

fn articles(articles: Vec<ArticleLine>, said: Option<bool>) -> ArticlesPage {
    let q = if articles.is_empty() { Hostile::NAME } else { "" };
    ArticlesPage {
        bar: bar("Nora Lind"),
        tabs: vec![tab("The Gazette", true), tab(Hostile::NAME, false)],
        site: "gazette".to_owned(),
        q: q.to_owned(),
        cursor: "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe".to_owned(),
        said: said.map(|is_good| Said { part: "articles", text: Hostile::NAME.to_owned(), is_good }),
        said_of: said.map(|_| Link::new(Hostile::NAME, "#article-x")),
        articles,
        all: "/desk/articles?site=gazette".to_owned(),
        first: Some(Link::new("Newest articles", "/desk/articles?site=gazette")),
        next: Some(Link::new("Older", "/desk/articles?site=gazette&cursor=x")),
    }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let moment = || "1 December 2026, 18:00 UTC".to_owned();
    let several = vec![
        article("The bridge", Opening::Open, None),
        article(Hostile::NAME, Opening::Until(moment()), None),
        article("The ferry", Opening::Since(moment()), None),
        article("The lights", Opening::Closed, None),
    ];
    let refused = |field| vec![article(Hostile::NAME, Opening::Open, Some(field))];
    vec![
        ("desk-articles.html", render(&articles(several, Some(true)))),
        ("desk-articles-none.html", render(&articles(Vec::new(), None))),
        ("desk-articles-title.html", render(&articles(refused("title"), Some(false)))),
        ("desk-articles-closing.html", render(&articles(refused("closes_at"), Some(false)))),
    ]
}
