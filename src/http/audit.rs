//! The audit log, for editors.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::{Value, json};

use super::{auth, error::ApiError, query::Query};
use crate::{
    flow::{
        App,
        audit::{self, Wanted},
    },
    store::AuditView,
};

const PARAMETERS: [&str; 5] = ["site", "object", "actor", "cursor", "limit"];

/// `GET /v1/audit`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let page = audit::list(&app, &moderator, &wanted(&request, 50)?).await?;
    let items: Vec<Value> = page.entries.iter().map(entry).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": page.next})))
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

fn entry(entry: &AuditView) -> Value {
    json!({
        "id": entry.id,
        "at": entry.at,
        "site": entry.site,
        "actor": entry.actor_id.map(|id| json!({"id": id, "name": entry.actor})),
        "via": entry.via,
        "action": entry.action,
        "object": {"kind": entry.object, "id": entry.object_id},
        "version": entry.version,
        "from": entry.from_status,
        "to": entry.to_status,
        "reason": entry.reason,
        "note": entry.note,
        "note_erased": entry.note_erased,
    })
}
