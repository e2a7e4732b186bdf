//! The audit log, for editors.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    auth,
    error::ApiError,
    openapi::{Operation, operation},
    query::Query,
};
use crate::{
    domain::{AuditId, ModeratorId, Role, Timestamp},
    flow::{
        App,
        audit::{self, Wanted},
    },
    store::AuditView,
};

const PARAMETERS: [&str; 5] = ["site", "object", "actor", "cursor", "limit"];

/// A page of the log, the latest first.
#[derive(Serialize, ToSchema)]
struct Entries<'a> {
    items: Vec<Entry<'a>>,
    /// The `cursor` of the next page.
    next: Option<AuditId>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
struct Entry<'a> {
    id: AuditId,
    at: Timestamp,
    /// The key of the site, when it was of one.
    site: Option<&'a str>,
    actor: Option<Actor<'a>>,
    /// The way it was done.
    via: &'a str,
    action: &'a str,
    object: Thing<'a>,
    version: Option<i64>,
    from: Option<&'a str>,
    to: Option<&'a str>,
    reason: Option<&'a str>,
    note: Option<&'a str>,
    /// There was a note, and somebody erased it.
    note_erased: bool,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
struct Actor<'a> {
    id: ModeratorId,
    /// Nothing when the account is there no more.
    name: Option<&'a str>,
}

/// What it was done to.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditedObject)]
struct Thing<'a> {
    kind: &'a str,
    id: Uuid,
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    let id = || json!({"type": "string", "format": "uuid"});
    operation("audit", "audit", "What was done, the latest first.")
        .by(Role::edits)
        .query("site", json!({"type": "string"}), "The key of a site.")
        .query("object", id(), "What was done to this.")
        .query("actor", id(), "What this person did.")
        .paged(50)
        .answers::<Entries>(200, "A page of the log.")
        .refuses(&["not-found"])
}

/// `GET /v1/audit`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let page = audit::list(&app, &moderator, &wanted(&request, 50)?).await?;
    let items = page.entries.iter().map(Entry::from).collect();
    Ok(HttpResponse::Ok().json(Entries { items, next: page.next }))
}

/// What a request asks for; bad values are refused.
pub fn wanted(request: &HttpRequest, limit: usize) -> Result<Wanted, ApiError> {
    let query = Query::of(request, &PARAMETERS)?;
    Ok(Wanted {
        object: query.parsed("object", |raw| raw.parse().ok())?,
        actor: query.parsed("actor", |raw| raw.parse().ok())?,
        site: query.get("site").map(str::to_owned),
        before: query.parsed("cursor", |raw| raw.parse().ok())?,
        limit: query.limit(limit)?,
    })
}

impl<'a> From<&'a AuditView> for Entry<'a> {
    fn from(entry: &'a AuditView) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            site: entry.site.as_deref(),
            actor: entry.actor_id.map(|id| Actor { id, name: entry.actor.as_deref() }),
            via: &entry.via,
            action: &entry.action,
            object: Thing { kind: &entry.object, id: entry.object_id },
            version: entry.version,
            from: entry.from_status.as_deref(),
            to: entry.to_status.as_deref(),
            reason: entry.reason.as_deref(),
            note: entry.note.as_deref(),
            note_erased: entry.note_erased,
        }
    }
}
