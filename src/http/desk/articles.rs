//! The articles of a site, for editors and above: what there is, and whether it takes comments.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use url::form_urlencoded::Serializer;

use super::{
    account_pages::Said,
    act::Sent,
    article_pages::{ArticleLine, ArticlesPage, Opening},
    html,
    people_pages::FieldFault,
    search, see,
    session::{self, Session, refuse},
    sites,
};
use crate::{
    domain::{ArticleId, ArticleKey, Code, Site, Timestamp, Title},
    flow::{
        App, FlowError,
        articles::{self, Keeping, Wanted},
    },
    http::{
        body::FormBody,
        error::ApiError,
        fields::Fields,
        query::Query,
        view::{Link, web_only},
    },
    store::{ArticleRow, KeptArticle},
    texts::{Phrase, Texts},
};

const PAGE: &str = "/desk/articles";
/// Articles on one page.
const LENGTH: usize = 25;
/// As far as what waits below an article is counted.
const COUNTED: i64 = 1_000;

/// What the last action says to the page.
fn done_in_words(t: Texts, done: &str) -> Option<Phrase> {
    Some(match done {
        "open" => t.say("articles-opened"),
        "close" => t.say("articles-closed"),
        "close-at" => t.say("articles-closing"),
        "rename" => t.say("articles-renamed"),
        _ => return None,
    })
}

/// Which articles a page shows.
#[derive(Default)]
struct Shown {
    /// What was looked for.
    q: String,
    /// Behind which one.
    before: Option<ArticleId>,
}

impl Shown {
    /// The address of these articles of a site.
    fn address(&self, site: &Site) -> String {
        let mut address = Serializer::new(String::new());
        address.append_pair("site", site.key.as_str());
        if !self.q.is_empty() {
            address.append_pair("q", &self.q);
        }
        if let Some(before) = self.before {
            address.append_pair("cursor", &before.to_string());
        }
        format!("{PAGE}?{}", address.finish())
    }
}

/// What was typed about one of them, or done to it.
struct Last {
    key: String,
    title: Option<String>,
    closing: Option<String>,
    fault: Option<FieldFault>,
    said: Said,
}

/// `GET /desk/articles`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    if !session.moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let query = Query::of(&request, &["site", "q", "cursor", "done", "article"])?;
    let site = sites::site(&app, &session, query.get("site"))?;
    let shown = Shown {
        q: query.get("q").unwrap_or_default().trim().to_owned(),
        before: query.parsed("cursor", |raw| raw.parse().ok())?,
    };
    let of: Option<ArticleId> = query.parsed("article", |raw| raw.parse().ok())?;
    let done = query.get("done").and_then(|done| done_in_words(session.t, done));
    let mut page = view(&app, &session, &site, &shown).await?;
    page.said = done.map(|text| said(text, true));
    page.said_of = of.and_then(|of| {
        let line = page.articles.iter().find(|line| line.id == of.to_string())?;
        Some(Link::new(&line.title, format!("#article-{}", line.id)))
    });
    Ok(html(&page))
}

/// `POST /desk/articles`: `action` is `open`, `close`, `close-at` or `rename`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let known = ["csrf", "action", "site", "key", "edition", "title", "closes_at", "q", "cursor"];
    let sent = match Sent::of(&app, &request, (&body, &known), PAGE).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let (moderator, form) = (&sent.session.moderator, &sent.form);
    if !moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let site = sites::site(&app, &sent.session, form.get("site"))?;
    let key = ArticleKey::parse(form.get("key").unwrap_or_default()).map_err(|_| ApiError::NotFound)?;
    let edition = form.get("edition").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let action = form.get("action").ok_or(ApiError::Malformed)?;
    let t = sent.session.t;
    let keeping = match keeping(t, form, (action, app.clock.now()))? {
        Ok(keeping) => keeping,
        Err(fault) => return refused(&app, &sent, &site, typed(form, &key, fault)).await,
    };
    match articles::keep(&app, (moderator, "desk"), &site, (&key, edition, &keeping)).await {
        Ok(row) => Ok(see(&after(form, &site, (action, &row)))),
        Err(FlowError::VersionConflict) => refused(&app, &sent, &site, stale(t, &key)).await,
        Err(error) => Err(error.into()),
    }
}

/// The page that follows, which says what was done.
fn after(form: &Fields, site: &Site, (action, row): (&str, &ArticleRow)) -> String {
    let shown = Shown {
        q: form.owned("q").unwrap_or_default(),
        before: form.get("cursor").and_then(|raw| raw.parse().ok()),
    };
    format!("{}&done={action}&article={}", shown.address(site), row.id)
}

/// What the form asks for, or what is wrong with it.
fn keeping(
    t: Texts,
    form: &Fields,
    (action, now): (&str, Timestamp),
) -> Result<Result<Keeping, FieldFault>, ApiError> {
    let value = |field| form.get(field).unwrap_or_default();
    Ok(match action {
        "open" => Ok(Keeping::Open),
        "close" => Ok(Keeping::Close),
        "close-at" => match moment(value("closes_at")) {
            None => Err(t.say("article-closes-fault")),
            Some(at) if at <= now => Err(t.say("article-closes-past")),
            Some(at) => Ok(Keeping::CloseAt(at)),
        }
        .map_err(|text| FieldFault { field: "closes_at", text: text.into() }),
        "rename" => Title::parse(value("title")).map(Keeping::Rename).map_err(|code| {
            let text = match code {
                Code::Required => t.say("article-title-required"),
                Code::TooLong => t.say("article-title-long"),
                _ => t.say("article-title-fault"),
            };
            FieldFault { field: "title", text: text.into() }
        }),
        _ => return Err(ApiError::Malformed),
    })
}

/// A day and a time as a browser's field writes them (HTML, "local date and time"): here, of UTC.
fn moment(raw: &str) -> Option<Timestamp> {
    let seconds = if raw.len() == "2026-12-01T18:00".len() { ":00" } else { "" };
    Timestamp::parse(&format!("{raw}{seconds}Z"))
}

/// A moment as such a field shows it.
fn field(at: Timestamp) -> String {
    at.to_string().chars().take("2026-12-01T18:00".len()).collect()
}

fn said(text: impl Into<String>, is_good: bool) -> Said {
    Said { part: "articles", text: text.into(), is_good }
}

fn typed(form: &Fields, key: &ArticleKey, fault: FieldFault) -> Last {
    Last {
        key: key.as_str().to_owned(),
        title: form.owned("title"),
        closing: form.owned("closes_at"),
        said: said(fault.text.as_str(), false),
        fault: Some(fault),
    }
}

fn stale(t: Texts, key: &ArticleKey) -> Last {
    let text = t.say("articles-conflict");
    Last { key: key.as_str().to_owned(), title: None, closing: None, fault: None, said: said(text, false) }
}

/// The article alone, with why nothing was saved, and what was typed.
async fn refused(app: &App, sent: &Sent, site: &Arc<Site>, last: Last) -> Result<HttpResponse, ApiError> {
    let shown = Shown { q: last.key.clone(), before: None };
    let mut page = view(app, &sent.session, site, &shown).await?;
    let line = page.articles.iter_mut().find(|line| line.key == last.key).ok_or(ApiError::NotFound)?;
    let status = if last.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    line.typed_title = last.title.unwrap_or_else(|| line.typed_title.clone());
    line.typed_closing = last.closing.unwrap_or_else(|| line.typed_closing.clone());
    line.fault = last.fault;
    page.said = Some(last.said);
    Ok(refuse(&page, status))
}

async fn view(
    app: &App,
    session: &Session,
    site: &Arc<Site>,
    shown: &Shown,
) -> Result<ArticlesPage, ApiError> {
    let sought = (!shown.q.is_empty()).then(|| shown.q.clone());
    let wanted = Wanted { sought, before: shown.before, limit: LENGTH };
    let found = articles::kept(app, &session.moderator, site, &wanted).await?;
    let of = |before| Shown { q: shown.q.clone(), before }.address(site);
    let (t, now) = (session.t, app.clock.now());
    Ok(ArticlesPage {
        t,
        bar: session.bar(),
        tabs: sites::tabs((app, session), site, PAGE),
        site: site.key.as_str().to_owned(),
        q: shown.q.clone(),
        cursor: shown.before.map_or_else(String::new, |before| before.to_string()),
        said: None,
        said_of: None,
        articles: found.items.iter().map(|kept| line(t, site, (kept, now))).collect(),
        all: Shown::default().address(site),
        first: shown.before.map(|_| Link::new(t.say("articles-newest"), of(None))),
        next: found.next.map(|next| Link::new(t.say("articles-older"), of(Some(next)))),
    })
}

fn line(
    t: Texts,
    site: &Site,
    (KeptArticle { article, waiting }, now): (&KeptArticle, Timestamp),
) -> ArticleLine {
    let count = if *waiting < COUNTED {
        t.say("article-waiting").with("count", waiting)
    } else {
        t.say("article-waiting-many").with("count", COUNTED)
    };
    let url = search::on_article(site.key.as_str(), &article.key);
    ArticleLine {
        id: article.id.to_string(),
        key: article.key.clone(),
        edition: article.edition,
        title: article.title.clone(),
        url: web_only(&article.url).map(str::to_owned),
        is_provisional: article.provisional,
        opening: match (article.open, article.closes_at) {
            (false, _) => Opening::Closed,
            (true, None) => Opening::Open,
            (true, Some(at)) if at > now => Opening::Until(t.moment(at).into()),
            (true, Some(at)) => Opening::Since(t.moment(at).into()),
        },
        published: t.say("article-published").with("count", article.approved_count).into(),
        waiting: (*waiting > 0).then(|| Link::new(count, url)),
        typed_title: article.title.clone(),
        typed_closing: article.closes_at.filter(|at| *at > now).map_or_else(String::new, field),
        fault: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_browsers_write_it_and_written_as_they_read_it() {
        let evening = Timestamp::parse("2026-12-01T18:00:00Z").unwrap();
        for raw in ["2026-12-01T18:00", "2026-12-01T18:00:00", "2026-12-01T18:00:00.000"] {
            assert_eq!(moment(raw), Some(evening), "{raw}");
        }
        for raw in
            ["", "2026-12-01", "18:00", "2026-12-01T18:00Z", "2026-12-01T18:00+01:00", "2026-13-01T18:00"]
        {
            assert_eq!(moment(raw), None, "{raw}");
        }
        assert_eq!(field(evening), "2026-12-01T18:00");
    }
}
