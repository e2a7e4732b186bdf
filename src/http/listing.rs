//! Which comments a request asks for: the same words in the API, in batches and at the desk.

use serde_json::json;

use super::{
    error::ApiError,
    openapi::{NEEDS, Operation, one_of},
    query::Query,
};
use crate::{
    domain::{Code, Fault, Needs, Status, sought},
    flow::queue::{Cursor, Order, Wanted},
    store::SOUGHT,
};

/// The parameters of a list, each of which has one value.
pub const PARAMETERS: [&str; 12] = [
    "needs", "sort", "status", "cursor", "limit", "site", "article", "finding", "claimed", "same_as",
    "cluster", "q",
];

/// What the document says of these parameters.
pub fn described(operation: Operation) -> Operation {
    let text = || json!({"type": "string"});
    let id = json!({"type": "string", "format": "uuid"});
    operation
        .query("needs", one_of(&NEEDS), "What is waited for; `any` when neither it nor a status is named.")
        .query("status", one_of(&Status::ALL.map(Status::name)), "The comments of a status instead.")
        .query(
            "sort",
            one_of(&Order::ALL.map(Order::name)),
            "`oldest` when unsaid; `priority` of what waits only.",
        )
        .query("site", text(), "The key of a site.")
        .query("article", text(), "The key of an article.")
        .query("finding", text(), "The code of a finding.")
        .query("claimed", one_of(&["me"]), "One's own.")
        .query(
            "cluster",
            id.clone(),
            "Nearly the same text as this comment, itself too; none for short texts.",
        )
        .query("same_as", id, "From the same address or the same network as this comment; neither is told.")
        .query("q", text(), "With all of these words, at most 8.")
        .paged(50)
        // what is compared with is looked for
        .refuses(&["not-found"])
}

/// What a query asks for.
pub fn wanted(query: &Query) -> Result<Wanted, ApiError> {
    let invalid = |field, code| ApiError::Validation(vec![Fault { field, code }]);
    let needs = query.parsed("needs", |raw| needs(raw).ok())?;
    let status = query.parsed("status", |raw| Status::parse(raw).ok())?;
    let order = query.parsed("sort", Order::parse)?.unwrap_or_default();
    if order == Order::Priority && status.is_some() {
        return Err(invalid("sort", Code::UnknownValue));
    }
    let words = sought(query.get("q").unwrap_or_default(), SOUGHT).map_err(|code| invalid("q", code))?;
    Ok(Wanted {
        needs: needs.flatten(),
        status,
        order,
        after: query.parsed("cursor", |raw| cursor(raw, order))?,
        limit: query.limit(50)?,
        site: query.get("site").map(str::to_owned),
        article: query.get("article").map(str::to_owned),
        finding: query.get("finding").map(str::to_owned),
        mine: query.parsed("claimed", |raw| (raw == "me").then_some(()))?.is_some(),
        same_as: query.parsed("same_as", |raw| raw.parse().ok())?,
        cluster: query.parsed("cluster", |raw| raw.parse().ok())?,
        words,
    })
}

/// Where a page begins, in a list of that order.
pub fn cursor(raw: &str, order: Order) -> Option<Cursor> {
    raw.parse::<Cursor>().ok().filter(|cursor| cursor.fits(order))
}

/// What is waited for, by its name; `any` is none in particular.
pub fn needs(raw: &str) -> Result<Option<Needs>, Code> {
    if raw == "any" { Ok(None) } else { Needs::parse(raw).map(Some) }
}
