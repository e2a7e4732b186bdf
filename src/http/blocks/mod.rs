//! The moderators' API: what is blocked, for editors.

mod asked;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

pub use self::asked::Asked;
use self::asked::MEMBERS;
use super::{
    auth,
    body::JsonBody,
    error::ApiError,
    openapi::{Operation, operation},
    query::Query,
};
use crate::{
    domain::{BatchId, BlockId, BlockKind, CommentId, Effect, ModeratorId, Role, Timestamp},
    flow::{
        App,
        batch::Batch,
        blocks::{self, BlockError, Made, Wanted},
        moderate::Outcome,
    },
    store::BlockView,
};

/// A page of blocks, the latest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocks)]
struct Items<'a> {
    items: Vec<Item<'a>>,
    /// The `cursor` of the next page.
    next: Option<BlockId>,
}

/// A block. What is blocked is told to nobody: it is not known any more.
#[derive(Serialize, ToSchema)]
#[schema(as = Block)]
struct Item<'a> {
    id: BlockId,
    /// The key of the site.
    site: &'a str,
    #[schema(value_type = BlockKind)]
    kind: &'static str,
    #[schema(value_type = Effect)]
    effect: &'static str,
    /// Refuses only submissions that prove their address, and holds the others.
    needs_proof: bool,
    /// For colleagues.
    reason: &'a str,
    by: Option<By<'a>>,
    /// The comment that it was taken from.
    comment: Option<CommentId>,
    made_at: Timestamp,
    /// What is over is listed for another week.
    expires_at: Timestamp,
}

/// Who blocked it.
#[derive(Serialize, ToSchema)]
#[schema(as = BlockedBy)]
struct By<'a> {
    id: ModeratorId,
    name: Option<&'a str>,
}

impl<'a> Item<'a> {
    fn of(block: &'a BlockView) -> Self {
        Self {
            id: block.id,
            site: &block.site_key,
            kind: block.kind.name(),
            effect: block.effect.name(),
            needs_proof: block.needs_proof,
            reason: &block.reason,
            by: block.moderator.map(|id| By { id, name: block.moderator_name.as_deref() }),
            comment: block.comment,
            made_at: block.made_at,
            expires_at: block.expires_at,
        }
    }
}

/// What the document says of [`list`].
pub fn about_list() -> Operation {
    operation("blocks", "blocks", "What is blocked, the latest first; never the values themselves.")
        .by(Role::edits)
        .query("site", json!({"type": "string"}), "The key of a site.")
        .paged(50)
        .answers::<Items>(200, "A page of them.")
}

/// `GET /v1/moderation/blocks`
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let moderator = auth::moderator(&app, &request).await?;
    let query = Query::of(&request, &["site", "cursor", "limit"])?;
    let wanted = Wanted {
        site: query.get("site").map(str::to_owned),
        before: query.parsed("cursor", |raw| raw.parse().ok())?,
        limit: query.limit(50)?,
    };
    let page = blocks::list(&app, &moderator, &wanted).await?;
    let items = page.blocks.iter().map(Item::of).collect();
    Ok(HttpResponse::Ok().json(Items { items, next: page.next }))
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeBlocks)]
struct Done<'a> {
    blocks: Vec<Item<'a>>,
    clean_up: Option<CleanUp>,
}

/// What became of the comments that were to be marked as spam.
#[derive(Serialize, ToSchema)]
struct CleanUp {
    /// How many are spam now.
    done: usize,
    /// How many were left alone, since they had changed.
    missed: usize,
    /// How many were not tried.
    left: usize,
    /// The name to undo all of it by; nothing where nothing was done.
    batch: Option<BatchId>,
}

impl CleanUp {
    fn of(batch: &Batch) -> Self {
        let is_done = |outcome: &Outcome| matches!(outcome, Outcome::Done { .. });
        let done = batch.results.iter().filter(|(_, outcome)| is_done(outcome)).count();
        Self {
            done,
            missed: batch.results.len() - done,
            left: batch.left,
            batch: (done > 0).then_some(batch.id),
        }
    }
}

/// What the document says of [`make`].
pub fn about_make() -> Operation {
    let example = json!({
        "site": "gazette", "kind": "domain", "value": "spam.example", "effect": "hold", "reason": "A campaign", "days": 30,
    });
    operation("makeBlocks", "blocks", "Blocks a value, or whoever wrote a comment; and cleans up after them.")
        .note("What is blocked already is blocked as this says, so no `Idempotency-Key` is needed.")
        .note("An address refuses only who proves it, and a domain that was taken from a comment likewise.")
        .by(Role::edits)
        .takes::<Asked>(example)
        .answers::<Done>(201, "The blocks, and what became of the comments.")
        .refuses(&["version-conflict", "not-found"])
}

/// `POST /v1/moderation/blocks`
pub async fn make(app: Data<App>, request: HttpRequest, body: JsonBody) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    // whoever may block nothing is not told what could be
    if !moderator.role.edits() {
        return Err(ApiError::Forbidden);
    }
    let wish = body.read::<Asked>(&MEMBERS)?.wish(&app)?;
    let made = blocks::make(&app, (&moderator, "api"), &wish).await?;
    Ok(told(&made))
}

fn told(made: &Made) -> HttpResponse {
    let blocks = made.blocks.iter().map(Item::of).collect();
    let clean_up = made.cleaned.as_ref().map(CleanUp::of);
    HttpResponse::build(StatusCode::CREATED).json(Done { blocks, clean_up })
}

/// What the document says of [`end`].
pub fn about_end() -> Operation {
    operation("endBlock", "blocks", "Ends a block before its time.")
        .by(Role::edits)
        .answers_nothing(204, "It is over.")
}

/// `DELETE /v1/moderation/blocks/{id}`
pub async fn end(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    auth::check_any_origin(&app, &request)?;
    let moderator = auth::moderator(&app, &request).await?;
    // whoever may end none is not told which there are
    if !moderator.role.edits() {
        return Err(ApiError::Forbidden);
    }
    let id = path.parse().map_err(|_| ApiError::NotFound)?;
    blocks::end(&app, (&moderator, "api"), id).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<BlockError> for ApiError {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::Invalid(faults) => Self::Validation(faults),
            BlockError::Moved(count) | BlockError::Crowded(count) => Self::CountMoved(count),
            BlockError::Flow(error) => error.into(),
        }
    }
}
