//! The moderators' API: list, read, decide. Many decisions at once, and claims, have files of their own.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth, body::JsonBody, error::ApiError, listing, query::Query};
use crate::{
    domain::{Basis, Code, CommentId, Fault, Moderator, Needs},
    flow::{
        App,
        figures::{self, Stats},
        moderate::{self, Action, Outcome, Ruling, Target},
        queue,
        render::comment_html,
    },
    store::{History, QueueRow},
};

/// Longest reason and note, in characters.
pub const REASON: usize = 500;
/// See above.
pub const NOTE: usize = 2_000;

/// `GET /v1/moderation/comments`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let wanted = listing::wanted(&Query::of(&request, &listing::PARAMETERS)?)?;
    let page = queue::list(&app, &moderator, &wanted).await?;
    let items = items(&page.items, &moderator);
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": page.next.map(|next| next.to_string())})))
}

/// `GET /v1/moderation/stats`
pub async fn stats(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["site"])?;
    let Stats { as_of, waiting, oldest, decisions_per_hour, median } =
        figures::stats(&app, &moderator, query.get("site")).await?;
    let needs: serde_json::Map<String, Value> =
        waiting.into_iter().map(|(needs, count)| (needs.name().to_owned(), json!(count))).collect();
    Ok(HttpResponse::Ok().json(json!({
        "as_of": as_of,
        "needs": needs,
        "oldest_waiting_seconds": oldest.map(|age| age.as_secs()),
        "decisions_per_hour": decisions_per_hour,
        "median_decision_seconds": median.map(|span| span.as_secs()),
    })))
}

/// `GET /v1/moderation/comments/{id}`
pub async fn get(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let dossier = queue::open(&app, &moderator, id(&path)?).await?;
    let mut body = item(&dossier.item, &moderator);
    body["history"] = dossier.history.iter().map(history).collect();
    body["revisions"] = dossier
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "number": revision.number,
                "text": revision.text,
                "submitted_at": revision.submitted_at,
                "edited_by": revision.editor,
            })
        })
        .collect();
    body["thread"] =
        dossier.above.iter().chain(&dossier.below).map(|parent| item(parent, &moderator)).collect();
    Ok(HttpResponse::Ok().json(body))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    decision: String,
    version: i64,
    reason: Option<String>,
    reason_code: Option<String>,
    note: Option<String>,
}

/// `POST /v1/moderation/comments/{id}/decisions`
pub async fn decide(
    app: Data<App>,
    request: HttpRequest,
    (path, body): (Path<String>, JsonBody),
) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: One = body.read(&["decision", "version", "reason", "reason_code", "note"])?;
    let target = Target { id: id(&path)?, version: said.version };
    let words = Words { reason: said.reason, reason_code: said.reason_code, note: said.note };
    let ruling = ruling(&app, &moderator, &said.decision, words)?;
    changed(&moderate::decide_one(&app, target, &ruling).await?, &moderator)
}

/// One comment as a change left it, with the name to undo it by.
pub fn changed(
    (outcome, row): &(Outcome, Option<QueueRow>),
    moderator: &Moderator,
) -> Result<HttpResponse, ApiError> {
    match (outcome, row) {
        (Outcome::Done { decision, .. }, Some(row)) => {
            let mut body = item(row, moderator);
            body["decision_id"] = json!(decision);
            Ok(HttpResponse::Ok().json(body))
        }
        (Outcome::Conflict(standing), _) => Err(ApiError::AlreadyDecided(Some(standing.clone()))),
        (Outcome::Done { .. } | Outcome::NotFound, _) => Err(ApiError::NotFound),
    }
}

/// What a request says with a decision.
#[derive(Debug, Default)]
pub struct Words {
    /// For the commenter.
    pub reason: Option<String>,
    /// The code of a canned reason.
    pub reason_code: Option<String>,
    /// For colleagues.
    pub note: Option<String>,
}

/// What a request says is to be done; its words are checked here.
pub fn ruling<'a>(
    app: &App,
    moderator: &'a Moderator,
    decision: &str,
    Words { reason, reason_code, note }: Words,
) -> Result<Ruling<'a>, ApiError> {
    let mut faults = Vec::new();
    let reason_code = reason_code.map(|code| known_reason(app, moderator, code)).transpose();
    let reason_code = reason_code.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let action = Action::parse(decision);
    if action.is_none() {
        faults.push(Fault { field: "decision", code: Code::UnknownValue });
    }
    let reason = free_text("reason", reason, REASON).map_err(|fault| faults.push(fault)).unwrap_or_default();
    let note = free_text("note", note, NOTE).map_err(|fault| faults.push(fault)).unwrap_or_default();
    match action {
        Some(action) if faults.is_empty() => {
            Ok(Ruling { action, reason, reason_code, note, moderator, via: "api" })
        }
        _ => Err(ApiError::Validation(faults)),
    }
}

/// The code of a canned reason, of any site that this person sees.
pub fn known_reason(app: &App, moderator: &Moderator, code: String) -> Result<String, Fault> {
    let is_known =
        app.sites.all().iter().any(|site| moderator.sees(site.id) && site.policy.reason(&code).is_some());
    if is_known { Ok(code) } else { Err(Fault { field: "reason_code", code: Code::UnknownValue }) }
}

/// Free text of bounded length without control characters; blank is none.
pub fn free_text(field: &'static str, raw: Option<String>, most: usize) -> Result<Option<String>, Fault> {
    let Some(text) = raw.map(|raw| raw.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > most {
        return Err(Fault { field, code: Code::TooLong });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Fault { field, code: Code::ControlCharacter });
    }
    Ok(Some(text))
}

/// The comment of a path.
pub fn id(raw: &str) -> Result<CommentId, ApiError> {
    raw.parse().map_err(|_| ApiError::NotFound)
}

/// The comments of a list, as this person may see them.
pub fn items(rows: &[QueueRow], moderator: &Moderator) -> Vec<Value> {
    rows.iter().map(|row| item(row, moderator)).collect()
}

/// One comment, as this person may see it.
pub fn item(row: &QueueRow, moderator: &Moderator) -> Value {
    let findings: Vec<Value> = row
        .findings
        .iter()
        .map(|finding| json!({"code": finding.code, "term": finding.term, "weight": finding.weight}))
        .collect();
    let claim = row.claim.as_ref().map(|claim| {
        json!({"by": claim.name, "mine": claim.moderator == moderator.id, "expires_at": claim.expires_at})
    });
    json!({
        "id": row.id,
        "site": row.site_key,
        "article": {"key": row.article_key, "url": row.article_url, "title": row.article_title},
        "parent": row.parent,
        "author": {"name": row.name, "website": row.website, "staff": row.staff},
        "text": row.text,
        "html": comment_html(&row.text),
        "published_text": row.published_text,
        "status": row.status.name(),
        "needs": row.needs.map(Needs::name),
        "version": row.version,
        "findings": findings,
        "submitted_at": row.submitted_at,
        "reason": row.reason,
        "reason_code": row.reason_code,
        "basis": row.basis.map(Basis::name),
        "picked": row.picked_at.is_some(),
        "edited_by": row.editor,
        "claim": claim,
        "commenter": {
            "approved": row.record.approved,
            "rejected": row.record.rejected,
            "spam": row.record.spam,
        },
    })
}

fn history(entry: &History) -> Value {
    json!({
        "id": entry.id,
        "at": entry.at,
        "by": entry.actor,
        "via": entry.via,
        "action": entry.action,
        "from": entry.from_status,
        "to": entry.to_status,
        "reason": entry.reason,
        "note": entry.note,
    })
}
