//! Parameters and headers that many operations have in common.

use serde_json::{Value, json};

use super::one_of;

/// The parameters in a path, each described.
pub fn of_path(path: &str) -> Vec<Value> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            let (text, schema) = in_path(path, name);
            json!({"name": name, "in": "path", "required": true, "description": text, "schema": schema})
        })
        .collect()
}

fn in_path(path: &str, name: &str) -> (&'static str, Value) {
    let id = json!({"type": "string", "format": "uuid"});
    match name {
        "site" => ("The key of the site.", json!({"type": "string"})),
        "key" => ("The site's own key of the article.", json!({"type": "string", "maxLength": 200})),
        "token" if path.starts_with("/d/") => {
            ("The token of the link in a moderator's mail.", json!({"type": "string"}))
        }
        "token" => ("The token of a receipt.", json!({"type": "string"})),
        "id" if path.starts_with("/v1/admin/moderators") => ("The person's id.", id),
        "id" if path.starts_with("/v1/admin/tokens") => {
            ("The mark of the token: the beginning of its hash.", json!({"type": "string"}))
        }
        "id" => ("The id of the comment.", id),
        _ => ("", json!({"type": "string"})),
    }
}

/// So that a repetition is answered as the first request was.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Names this request for 24 hours: the same one again gets the same answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    })
}

/// The `ETag` of an earlier answer.
pub fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match",
        "in": "header",
        "required": false,
        "description": "The ETag of the answer that the client has.",
        "schema": {"type": "string"},
    })
}

/// The names of the headers that answers have.
pub const HEADERS: [&str; 11] = [
    "X-Request-Id",
    "Retry-After",
    "WWW-Authenticate",
    "RateLimit-Policy",
    "RateLimit",
    "Idempotency-Replayed",
    "ETag",
    "Cache-Control",
    "Location",
    "Link",
    "Set-Cookie",
];

/// A header of an answer, by reference.
pub fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

/// What is behind the reference.
pub fn header_itself(name: &str) -> Value {
    let text = json!({"type": "string"});
    let (told, schema, is_always_there) = match name {
        "X-Request-Id" => ("Names the request, also in the log; the `instance` of its problem.", text, true),
        "Retry-After" => ("Seconds to wait.", json!({"type": "integer", "minimum": 0}), true),
        "WWW-Authenticate" => ("Which way would do.", one_of(&["Bearer"]), true),
        "RateLimit-Policy" => ("The limit of the client (IETF draft, two-header form).", text, false),
        "RateLimit" => ("What is left of it.", text, false),
        "Idempotency-Replayed" => {
            ("The request was answered before: this is that answer again.", one_of(&["true"]), false)
        }
        "ETag" => ("Strong: other bytes have another one.", text, true),
        "Cache-Control" => ("How long others may keep it.", text, true),
        "Location" => ("Where to look for it from now on.", text, true),
        "Link" => ("Where the next page is, when there is one: `rel` is `next` (RFC 8288).", text, false),
        "Set-Cookie" => ("The cookie of the session.", text, true),
        _ => ("", text, false),
    };
    json!({"description": told, "required": is_always_there, "schema": schema})
}
