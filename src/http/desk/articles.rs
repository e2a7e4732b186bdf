//! The articles of a site: what there is, whether it takes comments, and what takes it out of the usual rules. All who
//! moderate see them and can do the last; the rest is for editors and above.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use url::form_urlencoded::Serializer;

use super::{
    account_pages::Said,
    act::Sent,
    article_forms::{self, Wish},
    article_pages::{ArticleLine, ArticlesPage, Broken, Opening, PausedLine},
    html,
    people_pages::FieldFault,
    search, see,
    session::{self, Session, refuse},
    sites,
};
use crate::{
    domain::{self, ArticleId, ArticleKey, ArticleRules, BreakerAction, Site, Timestamp},
    flow::{
        App, FlowError,
        articles::{self, Wanted},
        breakers::{self, Target},
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
/// What a form may say.
const KNOWN: [&str; 14] = [
    "csrf",
    "action",
    "site",
    "key",
    "edition",
    "title",
    "closes_at",
    "mode",
    "slow_seconds",
    "breaker",
    "minutes",
    "note",
    "q",
    "cursor",
];
/// Articles of one site that the queue names as paused.
const PAUSED: i64 = 3;
/// As far as what waits below an article is counted.
const COUNTED: i64 = 1_000;

/// What the last action says to the page.
fn done_in_words(t: Texts, done: &str) -> Option<Phrase> {
    Some(match done {
        "open" => t.say("articles-opened"),
        "close" => t.say("articles-closed"),
        "close-at" => t.say("articles-closing"),
        "rename" => t.say("articles-renamed"),
        "rules" => t.say("articles-ruled"),
        "pause" => t.say("articles-paused"),
        "resume" => t.say("articles-resumed"),
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

/// `GET /desk/articles`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    if !session.moderator.role.moderates() {
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

/// `POST /desk/articles`: `action` is `open`, `close`, `close-at`, `rename` or `rules`, for those who keep articles, or
/// `pause` or `resume`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let sent = match Sent::of(&app, &request, (&body, &KNOWN), PAGE).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let form = &sent.form;
    if !sent.session.moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let site = sites::site(&app, &sent.session, form.get("site"))?;
    let key = ArticleKey::parse(form.get("key").unwrap_or_default()).map_err(|_| ApiError::NotFound)?;
    let edition = form.get("edition").and_then(|raw| raw.parse().ok()).ok_or(ApiError::Malformed)?;
    let action = form.get("action").ok_or(ApiError::Malformed)?;
    let t = sent.session.t;
    let wish = match article_forms::wish(t, form, (action, app.clock.now()))? {
        Ok(wish) => wish,
        Err(fault) => return refused(&app, &sent, &site, (&key, Ok(fault))).await,
    };
    match carry_out(&app, &sent.session, (&site, &key, edition), &wish).await {
        Ok(row) => Ok(see(&after(form, &site, (action, &row)))),
        Err(FlowError::VersionConflict) => {
            refused(&app, &sent, &site, (&key, Err(t.say("articles-conflict")))).await
        }
        Err(FlowError::AlreadyDecided) => {
            refused(&app, &sent, &site, (&key, Err(t.say("articles-over")))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn carry_out(
    app: &App,
    session: &Session,
    (site, key, edition): (&Site, &ArticleKey, i64),
    wish: &Wish,
) -> Result<ArticleRow, FlowError> {
    let by = (&session.moderator, "desk");
    let target = Target { site, key, edition: Some(edition) };
    match wish {
        Wish::Keep(keeping) => articles::keep(app, by, site, (key, edition, keeping)).await,
        Wish::Pause(pause) => breakers::pause(app, by, target, pause).await,
        Wish::Resume => breakers::resume(app, by, target).await,
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

fn said(text: impl Into<String>, is_good: bool) -> Said {
    Said { part: "articles", text: text.into(), is_good }
}

/// The article alone, with why nothing was saved, and what was typed.
async fn refused(
    app: &App,
    sent: &Sent,
    site: &Arc<Site>,
    (key, fault): (&ArticleKey, Result<FieldFault, Phrase>),
) -> Result<HttpResponse, ApiError> {
    let shown = Shown { q: key.as_str().to_owned(), before: None };
    let mut page = view(app, &sent.session, site, &shown).await?;
    let line = page.articles.iter_mut().find(|line| line.key == key.as_str()).ok_or(ApiError::NotFound)?;
    let (status, text) = match fault {
        Ok(fault) => {
            let text = fault.text.clone();
            line.typed = article_forms::typed(sent.session.t, &sent.form, line.typed.clone());
            line.fault = Some(fault);
            (StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        Err(why) => (StatusCode::CONFLICT, why.into()),
    };
    page.said = Some(said(text, false));
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
        edits: session.moderator.role.edits(),
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
        opening: match article.rules.opening(&site.policy, now) {
            domain::Opening::Open => Opening::Open,
            domain::Opening::Until(at) => Opening::Until(t.moment(at).into()),
            domain::Opening::Closed => Opening::Closed,
            domain::Opening::Since(at) => Opening::Since(t.moment(at).into()),
            domain::Opening::Paused(at) => Opening::Paused(t.moment(at).into()),
        },
        rules: rules(t, &article.rules),
        broken: broken(t, article, (site, now)),
        published: t.say("article-published").with("count", article.approved_count).into(),
        waiting: (*waiting > 0).then(|| Link::new(count, url)),
        typed: article_forms::untouched(t, (&article.title, &article.rules), now),
        fault: None,
    }
}

/// The articles that are out of the usual rules, of all sites that somebody sees: a few of each.
pub async fn paused(app: &App, session: &Session) -> Result<Vec<PausedLine>, ApiError> {
    let (t, now) = (session.t, app.clock.now());
    let rows = breakers::in_force(app, &session.moderator, PAUSED).await?;
    let line = |row: &ArticleRow| {
        let site = app.sites.get(row.site)?;
        let what = broken(t, row, (&site, now))?.what;
        let url = Shown { q: row.key.clone(), before: None }.address(&site);
        Some(PausedLine { article: Link::new(&row.title, url), what })
    };
    Ok(rows.iter().filter_map(line).collect())
}

/// What holds for an article in place of the policy of its site.
fn rules(t: Texts, rules: &ArticleRules) -> Vec<String> {
    let slow = rules.slow_seconds.map(|seconds| match seconds {
        0 => t.say("article-not-slow"),
        _ => t.say("article-slow").with("span", t.wait(seconds)),
    });
    rules.mode.map(|mode| t.mode(mode)).into_iter().chain(slow).map(String::from).collect()
}

/// What takes an article out of the usual rules at this moment.
fn broken(t: Texts, article: &ArticleRow, (site, now): (&Site, Timestamp)) -> Option<Broken> {
    let breaker = article.rules.breaker(now)?;
    let until = t.moment(breaker.until).to_string();
    let what = match breaker.action {
        BreakerAction::HoldAll => t.say("breaker-in-force-hold-all").with("until", until),
        BreakerAction::Slow => {
            let span = t.wait(article.rules.slow_seconds(&site.policy, now));
            t.say("breaker-in-force-slow").with("until", until).with("span", span)
        }
        BreakerAction::Closed => t.say("breaker-in-force-closed").with("until", until),
    };
    let why = match (article.breaker.cause(), &article.breaker.breaker_by) {
        (Some(cause), _) => t.cause(cause),
        (None, Some(name)) => t.say("breaker-by").with("name", name),
        (None, None) => t.say("breaker-by-site"),
    };
    Some(Broken { what: what.into(), why: why.into(), note: article.breaker.breaker_note.clone() })
}
