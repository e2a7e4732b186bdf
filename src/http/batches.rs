//! The moderators' API: many decisions at once, and taking decisions back.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    auth,
    body::JsonBody,
    details::Current,
    error::ApiError,
    json::Object,
    listing::needs,
    moderation::{Words, ruling},
    openapi::{ActionName, NeedsName, Operation, operation},
};
use crate::{
    domain::{AuditId, BatchId, Code, CommentId, Fault, Role, Status, sought},
    flow::{
        App,
        batch::{self, Batch, Expected},
        moderate::{self, Outcome, Target},
        queue::Wanted,
        undo::{self, Undone, Which},
    },
    store::SOUGHT,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideMany)]
struct Bulk {
    /// These comments: either they or a filter.
    #[schema(value_type = Option<Vec<BulkItem>>, min_items = 1, max_items = 200)]
    items: Option<Vec<Object<BulkItem>>>,
    /// All that a list shows.
    #[schema(value_type = Option<Filter>)]
    filter: Option<Object<Filter>>,
    /// With a filter: how many comments that is.
    #[schema(maximum = 10_000)]
    expect: Option<usize>,
    /// By how many that may be wrong.
    #[schema(maximum = 10_000)]
    slack: Option<usize>,
    #[schema(value_type = ActionName)]
    decision: String,
    #[schema(max_length = 500)]
    reason: Option<String>,
    reason_code: Option<String>,
    #[schema(max_length = 2000)]
    note: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Version)]
struct BulkItem {
    id: CommentId,
    version: i64,
}

/// The members are the parameters of the list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Filter {
    site: Option<String>,
    #[schema(value_type = Option<NeedsName>)]
    needs: Option<String>,
    #[schema(value_type = Option<Status>)]
    status: Option<String>,
    finding: Option<String>,
    article: Option<String>,
    #[schema(value_type = Option<CommentId>)]
    same_as: Option<String>,
    #[schema(value_type = Option<CommentId>)]
    cluster: Option<String>,
    q: Option<String>,
}

fn invalid(field: &'static str, code: Code) -> ApiError {
    ApiError::Validation(vec![Fault { field, code }])
}

/// What the document says of [`decide`].
pub fn about_decide() -> Operation {
    operation(
        "decideMany",
        "moderation",
        "Decides on up to 200 comments by name, or on all that a list shows.",
    )
    .note("Each is decided or not by itself.")
    .note("By filter nothing is decided when their number is not the expected one.")
    .by(Role::moderates)
    .takes::<Bulk>(json!({"filter": {"needs": "decision"}, "expect": 0, "decision": "spam"}))
    .answers::<Decided>(200, "What became of each.")
    .refuses(&["version-conflict", "not-found"])
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
        ("filter.cluster", &filter.cluster),
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
    let cluster = filter.cluster.as_deref().map(str::parse).transpose();
    let words = sought(filter.q.as_deref().unwrap_or_default(), SOUGHT);
    Ok(Wanted {
        needs,
        status: status.map_err(|code| invalid("filter.status", code))?,
        site: filter.site.clone(),
        article: filter.article.clone(),
        finding: filter.finding.clone(),
        same_as: same_as.map_err(|_| invalid("filter.same_as", Code::NotAnId))?,
        cluster: cluster.map_err(|_| invalid("filter.cluster", Code::NotAnId))?,
        words: words.map_err(|code| invalid("filter.q", code))?,
        ..Wanted::default()
    })
}

/// What became of all.
#[derive(Serialize, ToSchema)]
struct Decided<'a> {
    results: Vec<Each<'a>>,
    /// The name to undo all of it by; nothing where nothing was decided.
    batch: Option<BatchId>,
    /// How many were not tried; the same ids, or the filter with what it counts by now, go on with them.
    left: usize,
}

/// What became of one comment.
#[derive(Serialize, ToSchema)]
#[schema(as = Outcome)]
struct Each<'a> {
    id: CommentId,
    /// `done`, `conflict` or `not-found`.
    outcome: &'static str,
    #[schema(required)]
    status: Option<Status>,
    #[schema(required)]
    version: Option<i64>,
    /// With `done`: the name to undo it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_id: Option<AuditId>,
    /// With `conflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Current<'a>>,
}

fn told(batch: &Batch) -> Decided<'_> {
    // where nothing was decided, there is nothing to take back
    let is_done = batch.results.iter().any(|(_, outcome)| matches!(outcome, Outcome::Done { .. }));
    Decided {
        results: batch.results.iter().map(|(target, outcome)| Each::of(target.id, outcome)).collect(),
        batch: is_done.then_some(batch.id),
        left: batch.left,
    }
}

impl<'a> Each<'a> {
    fn of(id: CommentId, outcome: &'a Outcome) -> Self {
        let (outcome, standing, decision_id, current) = match outcome {
            Outcome::Done { status, version, decision } => {
                ("done", Some((*status, *version)), Some(*decision), None)
            }
            Outcome::Conflict(standing) => {
                ("conflict", Some((standing.status, standing.version)), None, Some(standing.into()))
            }
            Outcome::NotFound => ("not-found", None, None, None),
        };
        let (status, version) = standing.unzip();
        Self { id, outcome, status, version, decision_id, current }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Undo {
    /// All of one request: either it or a decision.
    #[schema(value_type = Option<BatchId>)]
    batch: Option<String>,
    /// One decision, edit or recommendation.
    #[schema(value_type = Option<AuditId>)]
    decision_id: Option<String>,
}

/// What became of what was to be undone.
#[derive(Serialize, ToSchema)]
#[schema(as = Undone)]
struct TakenBack<'a> {
    results: Vec<Each<'a>>,
    /// How many were not tried; the same request goes on with them.
    left: usize,
}

/// What the document says of [`undo`].
pub fn about_undo() -> Operation {
    let nobody = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
    operation("undo", "moderation", "Puts back what a decision or a batch changed, where nothing came after.")
        .note("Whoever decided may, and editors.")
        .by(Role::moderates)
        .takes::<Undo>(json!({"batch": nobody}))
        .answers::<TakenBack>(200, "What became of each.")
        .refuses(&["not-found", "already-decided"])
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
    let results = results.iter().map(|(id, outcome)| Each { decision_id: None, ..Each::of(*id, outcome) });
    Ok(HttpResponse::Ok().json(TakenBack { results: results.collect(), left }))
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
