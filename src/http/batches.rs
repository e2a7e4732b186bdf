//! The moderators' API: many decisions at once, and taking decisions back.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    auth,
    body::JsonBody,
    error::{ApiError, Current},
    json::Object,
    listing::needs,
    moderation::{Words, ruling},
};
use crate::{
    domain::{Code, CommentId, Fault, Status, sought},
    flow::{
        App,
        batch::{self, Batch, Expected},
        moderate::{self, Outcome, Target},
        queue::Wanted,
        undo::{self, Undone, Which},
    },
    store::SOUGHT,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bulk {
    items: Option<Vec<Object<BulkItem>>>,
    filter: Option<Object<Filter>>,
    expect: Option<usize>,
    slack: Option<usize>,
    decision: String,
    reason: Option<String>,
    reason_code: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkItem {
    id: CommentId,
    version: i64,
}

/// The members are the parameters of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    site: Option<String>,
    needs: Option<String>,
    status: Option<String>,
    finding: Option<String>,
    article: Option<String>,
    same_as: Option<String>,
    q: Option<String>,
}

fn invalid(field: &'static str, code: Code) -> ApiError {
    ApiError::Validation(vec![Fault { field, code }])
}

/// `POST /v1/moderation/decisions`: at most 200 comments by name, or all that a list shows; each decided or not
/// by itself.
pub async fn decide(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let members = ["items", "filter", "expect", "slack", "decision", "reason", "reason_code", "note"];
    let mut said: Bulk = body.read(&members)?;
    let words =
        Words { reason: said.reason.take(), reason_code: said.reason_code.take(), note: said.note.take() };
    let batch = match (&said.items, &said.filter) {
        (Some(items), None) => {
            let targets = targets(&said, items)?;
            let ruling = ruling(&app, &moderator, &said.decision, words)?;
            batch::decide(&app, &targets, &ruling).await?
        }
        (None, Some(filter)) => {
            let listed = (wanted(filter)?, expected(&said)?);
            let ruling = ruling(&app, &moderator, &said.decision, words)?;
            batch::decide_listed(&app, (&listed.0, listed.1), &ruling).await?
        }
        (None, None) => return Err(invalid("items", Code::Required)),
        (Some(_), Some(_)) => return Err(invalid("filter", Code::UnknownMember)),
    };
    Ok(HttpResponse::Ok().json(told(&batch)))
}

fn targets(said: &Bulk, items: &[Object<BulkItem>]) -> Result<Vec<Target>, ApiError> {
    for (field, is_there) in [("expect", said.expect.is_some()), ("slack", said.slack.is_some())] {
        if is_there {
            return Err(invalid(field, Code::UnknownMember));
        }
    }
    match items.len() {
        0 => Err(invalid("items", Code::Required)),
        1..=moderate::MOST => {
            Ok(items.iter().map(|item| Target { id: item.id, version: item.version }).collect())
        }
        _ => Err(invalid("items", Code::TooLong)),
    }
}

fn expected(said: &Bulk) -> Result<Expected, ApiError> {
    let count = said.expect.ok_or_else(|| invalid("expect", Code::Required))?;
    let slack = said.slack.unwrap_or_default();
    for (field, number) in [("expect", count), ("slack", slack)] {
        if number > batch::MOST {
            return Err(invalid(field, Code::UnknownValue));
        }
    }
    Ok(Expected { count, slack })
}

fn wanted(filter: &Filter) -> Result<Wanted, ApiError> {
    let texts = [
        ("filter.same_as", &filter.same_as),
        ("filter.q", &filter.q),
        ("filter.site", &filter.site),
        ("filter.needs", &filter.needs),
        ("filter.status", &filter.status),
        ("filter.finding", &filter.finding),
        ("filter.article", &filter.article),
    ];
    for (field, text) in texts {
        // PostgreSQL takes no U+0000 in a text: here both databases are still alike
        if text.as_ref().is_some_and(|text| text.chars().any(char::is_control)) {
            return Err(invalid(field, Code::ControlCharacter));
        }
    }
    let needs = filter.needs.as_deref().map(needs).transpose();
    let needs = needs.map_err(|code| invalid("filter.needs", code))?.flatten();
    let status = filter.status.as_deref().map(Status::parse).transpose();
    // a list is of the one or of the other, and nobody shall decide on more than they named
    if needs.is_some() && filter.status.is_some() {
        return Err(invalid("filter.needs", Code::UnknownMember));
    }
    let same_as = filter.same_as.as_deref().map(str::parse).transpose();
    let words = sought(filter.q.as_deref().unwrap_or_default(), SOUGHT);
    Ok(Wanted {
        needs,
        status: status.map_err(|code| invalid("filter.status", code))?,
        site: filter.site.clone(),
        article: filter.article.clone(),
        finding: filter.finding.clone(),
        same_as: same_as.map_err(|_| invalid("filter.same_as", Code::NotAnId))?,
        words: words.map_err(|code| invalid("filter.q", code))?,
        ..Wanted::default()
    })
}

fn told(batch: &Batch) -> Value {
    let results: Vec<Value> =
        batch.results.iter().map(|(target, outcome)| result(target.id, outcome)).collect();
    // where nothing was decided, there is nothing to take back
    let is_done = batch.results.iter().any(|(_, outcome)| matches!(outcome, Outcome::Done { .. }));
    json!({"results": results, "batch": is_done.then_some(batch.id), "left": batch.left})
}

fn result(id: CommentId, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Done { status, version, decision } => json!({
            "id": id,
            "outcome": "done",
            "status": status.name(),
            "version": version,
            "decision_id": decision,
        }),
        Outcome::Conflict(standing) => json!({
            "id": id,
            "outcome": "conflict",
            "status": standing.status.name(),
            "version": standing.version,
            "current": Current::from(standing),
        }),
        Outcome::NotFound => {
            json!({"id": id, "outcome": "not-found", "status": null, "version": null})
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    batch: Option<String>,
    decision_id: Option<String>,
}

/// `POST /v1/moderation/undo`: what one request decided, or one decision.
pub async fn undo(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    let said: Undo = body.read(&["batch", "decision_id"])?;
    let which = which(said.batch.as_deref(), said.decision_id.as_deref())?;
    let Undone { results, left } = undo::undo(&app, (&moderator, "api"), which).await?;
    if let (Which::Decision(_), [(_, outcome)]) = (which, results.as_slice()) {
        match outcome {
            Outcome::Done { .. } => {}
            Outcome::Conflict(standing) => return Err(ApiError::AlreadyDecided(Some(standing.clone()))),
            Outcome::NotFound => return Err(ApiError::NotFound),
        }
    }
    // what an undoing did cannot be undone, so it is not named
    let results: Vec<Value> = results
        .iter()
        .map(|(id, outcome)| {
            let mut result = result(*id, outcome);
            if let Some(members) = result.as_object_mut() {
                members.remove("decision_id");
            }
            result
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({"results": results, "left": left})))
}

/// What is to be taken back: exactly one of the two is named.
pub fn which(batch: Option<&str>, decision: Option<&str>) -> Result<Which, ApiError> {
    match (batch, decision) {
        (Some(raw), None) => raw.parse().map(Which::Batch).map_err(|_| invalid("batch", Code::NotAnId)),
        (None, Some(raw)) => {
            raw.parse().map(Which::Decision).map_err(|_| invalid("decision_id", Code::NotAnId))
        }
        (None, None) => Err(invalid("decision_id", Code::Required)),
        (Some(_), Some(_)) => Err(invalid("decision_id", Code::UnknownMember)),
    }
}
