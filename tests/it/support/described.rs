//! Holds answers against the OpenAPI document: each status, header and body that a described route gives must be one
//! that the document tells of.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use jsonschema::Validator;
use replydesk::http::openapi;
use serde_json::{Map, Value, json};

use super::Answer;

/// The document, as it is served.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

thread_local! {
    static VALIDATORS: RefCell<HashMap<String, Validator>> = RefCell::default();
}

/// The path of the document that an address belongs to: what is written out goes before what has a parameter.
pub fn path_of(address: &str) -> Option<&'static str> {
    let address = address.split('?').next().unwrap();
    let parts: Vec<&str> = address.split('/').collect();
    let fits = |path: &&String| {
        let own: Vec<&str> = path.split('/').collect();
        own.len() == parts.len()
            && own
                .iter()
                .zip(&parts)
                .all(|(own, part)| own == part || (own.starts_with('{') && !part.is_empty()))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.keys().filter(fits).min_by_key(|path| path.matches('{').count()).map(String::as_str)
}

/// What is behind a reference, or the value itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// Panics where an answer is not as described. Paths that the document leaves out may answer what they like.
pub fn holds(method: &str, address: &str, answer: &Answer) {
    let Some(path) = path_of(address) else { return };
    let told = || format!("{method} {path}: {} {:?} {}", answer.status, answer.headers, answer.text());
    let Some(operation) = DOCUMENT["paths"][path].get(method.to_lowercase()) else {
        // a page of another origin asks first what it may
        assert!(method == "OPTIONS" || matches!(answer.status, 400 | 405), "not described: {}", told());
        return;
    };
    let Some(response) = operation["responses"].get(answer.status.to_string()) else {
        panic!("a status that is not described: {}", told());
    };
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let is_there = answer.headers.contains_key(&name.to_lowercase());
        assert!(is_there || resolved(header)["required"] == json!(false), "without {name}: {}", told());
    }
    if method == "HEAD" {
        return;
    }
    let kind = answer.header("content-type").split(';').next().unwrap();
    let contents = response.get("content").and_then(Value::as_object);
    let Some(content) = contents.and_then(|contents| contents.get(kind)) else {
        assert!(contents.is_none_or(Map::is_empty) && answer.body.is_empty(), "another type: {}", told());
        return;
    };
    if kind == "application/problem+json" {
        let slug = json!(answer.problem());
        let is_named = response["x-problems"].as_array().unwrap().contains(&slug);
        assert!(is_named, "a problem that is not described: {}", told());
    }
    // what is packed is the same in other bytes, and what is told as text is text
    if kind.ends_with("json")
        && answer.header("content-encoding").is_empty()
        && content["schema"] != json!({"type": "string"})
    {
        let wrong = faults(&content["schema"], &answer.json());
        assert!(wrong.is_empty(), "{wrong:#?} {}", told());
    }
}

/// What is wrong with a value under a schema of the document.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    VALIDATORS.with_borrow_mut(|validators| {
        let validator = validators.entry(schema.to_string()).or_insert_with(|| validator(schema));
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    })
}

/// A schema with all that it refers to.
fn validator(schema: &Value) -> Validator {
    let mut needed: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut open: BTreeSet<&str> = references(schema);
    while let Some(reference) = open.pop_first() {
        let name = reference.rsplit('/').next().unwrap();
        let found = DOCUMENT.pointer(&reference[1..]).unwrap_or_else(|| panic!("nothing behind {reference}"));
        if needed.insert(name, found).is_none() {
            open.extend(references(found));
        }
    }
    let whole = json!({"allOf": [schema], "components": {"schemas": needed}});
    jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap()
}

/// All that a value refers to.
pub fn references(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(reference) if name == "$ref" => BTreeSet::from([reference]),
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}
