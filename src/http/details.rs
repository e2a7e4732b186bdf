//! Problem details (RFC 9457): the body of an answer that is an error.

use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiError;
use crate::{
    domain::{Code, Fault, Status, Timestamp},
    flow::moderate::Standing,
};

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Details<'a> {
    /// The address of a page that explains it; its last part is the slug.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    /// The same as that of the answer.
    status: u16,
    detail: &'static str,
    /// The id of the request.
    instance: &'a str,
    /// With `validation`: what is wrong, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldFault>>,
    /// With `already-decided` and `version-conflict`, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Now<'a>>,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
struct FieldFault {
    /// By its name in JSON, or that of a parameter or header.
    field: &'static str,
    #[schema(value_type = Code)]
    code: &'static str,
    message: &'static str,
}

/// How it is now.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Now<'a> {
    Standing(Current<'a>),
    /// So many comments there are.
    Count {
        count: usize,
    },
}

/// Where a comment stands, for those who came too late.
#[derive(Serialize, ToSchema)]
pub struct Current<'a> {
    status: Status,
    version: i64,
    /// The name of the moderator, when it was one.
    by: Option<&'a str>,
    at: Option<Timestamp>,
}

impl<'a> Details<'a> {
    /// Those of an error, for the request of this id.
    pub fn of(error: &'a ApiError, public_url: &str, request_id: &'a str) -> Self {
        let problem = error.problem();
        Self {
            kind: format!("{public_url}/problems/{}", problem.slug),
            title: problem.title,
            status: problem.status,
            detail: problem.meaning,
            instance: request_id,
            errors: match error {
                ApiError::Validation(faults) => Some(faults.iter().map(FieldFault::from).collect()),
                _ => None,
            },
            current: match error {
                ApiError::AlreadyDecided(Some(standing)) => Some(Now::Standing(standing.into())),
                ApiError::CountMoved(count) => Some(Now::Count { count: *count }),
                _ => None,
            },
        }
    }
}

impl From<&Fault> for FieldFault {
    fn from(fault: &Fault) -> Self {
        Self { field: fault.field, code: fault.code.as_str(), message: fault.message() }
    }
}

impl<'a> From<&'a Standing> for Current<'a> {
    fn from(standing: &'a Standing) -> Self {
        Self {
            status: standing.status,
            version: standing.version,
            by: standing.by.as_deref(),
            at: standing.at,
        }
    }
}
