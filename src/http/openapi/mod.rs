//! `GET /openapi.json`: the OpenAPI 3.1 document, made of the same lines as the routes.

mod operation;
mod parameters;
mod schemas;
mod written;

use std::{collections::BTreeMap, sync::LazyLock};

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

pub use self::{
    operation::{Operation, operation},
    schemas::{ActionName, CauseName, NEEDS, NeedsName, one_of},
};
use self::{parameters::HEADERS, schemas::Schemas};
use super::{error::ApiError, public::assets, table::Group};

/// The document, which is the same for as long as the process runs.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// `GET /openapi.json`
pub async fn get(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Ok(assets::file(&request, ("application/json", &DOCUMENT)))
}

/// What the document says of itself.
pub fn about_get() -> Operation {
    operation("openapi", "about", "This document.")
        .answers_text(200, "An OpenAPI 3.1 document.", "application/json")
        .cached()
}

/// All that is routed and for programs.
pub fn document() -> Value {
    let mut schemas = Schemas::default();
    let paths = paths(&super::table(), &mut schemas);
    let headers: BTreeMap<&str, Value> =
        HEADERS.into_iter().map(|name| (name, parameters::header_itself(name))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Replydesk",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The comment desk of a news site.",
            "description": INTRODUCTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": TAGS.map(|(name, text)| json!({"name": name, "description": text})),
        "paths": paths,
        "components": {
            "schemas": schemas.into_all(),
            "headers": headers,
            "securitySchemes": security_schemes(),
        },
    })
}

const INTRODUCTION: &str = "\
Times are RFC 3339 in UTC, ids are opaque. A body has at most 128 KiB. Unknown members of JSON are refused, unknown \
parameters of the query and fields of a form ignored.

Errors are problem details (RFC 9457), or a page for those who would rather read one; `x-problems` lists the last \
parts of their `type`. Any operation answers 405 with `Allow` when it is asked for by another method.

`x-roles` lists the roles of an operation. What belongs to a site that somebody is not bound to is answered as if it \
were not there.";

const TAGS: [(&str, &str); 8] = [
    ("readers", "What pages of the news site call: comments, counts, submissions and receipts."),
    ("articles", "Articles and canned reasons, for the site's own backend and for editors."),
    ("moderation", "The queue, decisions and claims."),
    ("blocks", "What is kept out for a time, for editors."),
    ("people", "Sessions, accounts and tokens."),
    ("operation", "What is owed to the outside."),
    ("audit", "Who did what."),
    ("about", "This document."),
];

/// Each path with what it takes; what is for people is left out.
fn paths(groups: &[Group], schemas: &mut Schemas) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut paths: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (group, line) in groups.iter().flat_map(|group| group.lines.iter().map(move |line| (group, line))) {
        let path = format!("{}{}", group.prefix, line.path);
        for way in &line.ways {
            let Some(about) = way.about else { continue };
            for method in &way.methods {
                let written = about().written((method.as_str(), &path), schemas);
                paths.entry(path.clone()).or_default().insert(method.as_str().to_lowercase(), written);
            }
        }
    }
    paths
}

fn security_schemes() -> Value {
    json!({
        "apiToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "A moderator's API token. With the scope `read` it does GET and HEAD only.",
        },
        "siteToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of the site's own backend.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "replydesk",
            "description": "The cookie of a session; `__Host-replydesk` where https is used.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": super::auth::CSRF,
            "description": "With the cookie, for whatever changes something: `csrf` of `GET /v1/session`.",
        },
    })
}
