//! The audit log as a page, for editors.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    act::Sent,
    flash, html, is_ours,
    pages::TopBar,
    see,
    session::{self, Session},
    show,
};
use crate::{
    domain::{AuditId, Role},
    flow::{App, audit as log},
    http::{
        audit::wanted,
        body::FormBody,
        error::ApiError,
        query::Query,
        view::{Link, Moment},
    },
    store::AuditView,
    texts::{Phrase, Texts},
};

/// Entries on one page.
const PAGE: usize = 50;

/// What happened at the desk and beside it, the latest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/audit.html")]
pub struct AuditPage {
    /// The language of the page.
    pub t: Texts,
    /// Who is signed in.
    pub bar: TopBar,
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// What the last action did.
    pub notice: Option<String>,
    /// The page itself, to come back to it.
    pub here: String,
    /// Whether the page shows only some of the log.
    pub is_filtered: bool,
    /// The latest entries, when this is not their page.
    pub first: Option<Link>,
    /// The entries before these.
    pub next: Option<Link>,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// When.
    pub at: Moment,
    /// Who, and all that this person did; the way it came when nobody is named.
    pub who: Link,
    /// What, such as `Approved`.
    pub what: String,
    /// To what, and all that happened to it.
    pub object: Link,
    /// The page of the object, where it has one.
    pub page: Option<String>,
    /// The key of the site.
    pub site: Option<String>,
    /// The way it came, such as `at the desk`.
    pub via: String,
    /// The reason given to the commenter.
    pub reason: Option<String>,
    /// The remark for colleagues.
    pub note: Option<String>,
    /// There was one, and it was erased.
    pub note_erased: bool,
    /// The entry whose note it is, for those who may erase it.
    pub erases: Option<String>,
}

/// `GET /desk/audit`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    let wanted = wanted(&request, PAGE)?;
    let is_erased = Query::of(&request, &["amended"])?.get("amended") == Some("erase-note");
    let found = log::list(&app, &session.moderator, &wanted).await?;
    let mut filter = url::form_urlencoded::Serializer::new(String::new());
    let given = [
        ("object", wanted.object.map(|id| id.to_string())),
        ("actor", wanted.actor.map(|id| id.to_string())),
        ("site", wanted.site.clone()),
    ];
    for (name, value) in given {
        filter.extend_pairs(value.map(|value| (name, value)));
    }
    let filter = filter.finish();
    let joint = if filter.is_empty() { "" } else { "&" };
    let is_filtered = !filter.is_empty();
    let address = format!("/desk/audit?{filter}");
    let t = session.t;
    let template = AuditPage {
        t,
        bar: session.bar(),
        notice: is_erased.then(|| t.say("flash-note-erased").into()),
        here: match wanted.before {
            Some(before) => format!("{address}{joint}cursor={before}"),
            None => address.trim_end_matches('?').to_owned(),
        },
        entries: found.entries.iter().map(|entry| shown((&app, &session), entry)).collect(),
        is_filtered,
        first: wanted.before.map(|_| Link::new(t.say("audit-latest"), format!("/desk/audit?{filter}"))),
        next: found
            .next
            .map(|next| Link::new(t.say("audit-older"), format!("/desk/audit?{filter}{joint}cursor={next}"))),
    };
    Ok(html(&template))
}

/// `POST /desk/audit`: `action` is `erase-note`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let sent =
        match Sent::of(&app, &request, (&body, &["csrf", "action", "entry", "next"]), "/desk/audit").await? {
            Ok(sent) => sent,
            Err(asked) => return Ok(asked),
        };
    if sent.form.get("action") != Some("erase-note") {
        return Err(ApiError::Malformed);
    }
    let entry: AuditId = sent.form.get("entry").and_then(|raw| raw.parse().ok()).ok_or(ApiError::NotFound)?;
    // one that somebody else has erased meanwhile is erased, too
    log::erase_note(&app, (&sent.session.moderator, "desk"), entry).await?;
    let next = sent.form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk/audit");
    Ok(see(&flash::Said::amended("erase-note", None).at(next)))
}

fn shown((app, session): (&App, &Session), entry: &AuditView) -> AuditEntry {
    let (t, is_admin) = (session.t, session.moderator.role == Role::Admin);
    let who = match (&entry.actor, entry.actor_id) {
        (Some(name), Some(id)) => Link::new(name, format!("/desk/audit?actor={id}")),
        _ => Link::new(somebody(t, &entry.via), String::new()),
    };
    AuditEntry {
        at: Moment::told(t, entry.at, app.clock.now()),
        who,
        what: show::action(t, &entry.action),
        object: Link::new(object(t, &entry.object), format!("/desk/audit?object={}", entry.object_id)),
        page: (entry.object == "comment").then(|| format!("/desk/comments/{}", entry.object_id)),
        site: entry.site.clone(),
        via: way(t, &entry.via).map(String::from).unwrap_or_default(),
        reason: entry.reason.clone(),
        note: entry.note.clone(),
        note_erased: entry.note_erased,
        erases: entry.note.as_ref().filter(|_| is_admin).map(|_| entry.id.to_string()),
    }
}

/// The way it came, where that says more than who did it.
fn way(t: Texts, via: &str) -> Option<Phrase> {
    match via {
        "desk" => Some(t.say("audit-at-desk")),
        "api" => Some(t.say("audit-by-api")),
        "mail" => Some(t.say("audit-by-mail")),
        _ => None,
    }
}

/// What it was done to; a kind that is not known by its name.
fn object(t: Texts, kind: &str) -> String {
    match kind {
        "comment" => t.say("audit-object-comment").into(),
        "article" => t.say("audit-object-article").into(),
        "site" => t.say("audit-object-site").into(),
        "moderator" => t.say("audit-object-moderator").into(),
        "block" => t.say("audit-object-block").into(),
        "message" => t.say("audit-object-message").into(),
        other => other.to_owned(),
    }
}

/// Who did it when no moderator did.
fn somebody(t: Texts, via: &str) -> Phrase {
    match via {
        "receipt" => t.say("audit-commenter"),
        "cli" => t.say("audit-command-line"),
        "backend" => t.say("audit-site"),
        "rule" => t.say("audit-rule"),
        _ => t.say("audit-nobody"),
    }
}
