//! That the document is valid OpenAPI 3.1.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Operation;
use crate::support::{
    TestApp,
    described::{DOCUMENT, faults, references},
};

both_databases! {
    async fn it_is_served_like_a_file_that_stays_the_same(app: TestApp) {
        let answer = app.client.get("/openapi.json").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.json(), *DOCUMENT);
        let etag = answer.header("etag").to_owned();
        let again = app.client.send(("GET", "/openapi.json"), &[("if-none-match", &etag)], None).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
        let bare = app.client.send(("HEAD", "/openapi.json"), &[], None).await;
        assert_eq!((bare.status, bare.body.len(), bare.header("etag")), (200, 0, etag.as_str()));
        assert_eq!(app.client.post("/openapi.json", &json!({})).await.header("allow"), "GET, HEAD");
    }
}

#[test]
fn it_reads_as_openapi() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    for operation in Operation::with_heads() {
        let read: Result<utoipa::openapi::path::Operation, _> =
            serde_json::from_value(operation.said.clone());
        assert!(read.is_ok(), "{}: {:?}", operation.name(), read.err());
    }
    let read: utoipa::openapi::OpenApi = serde_json::from_value(DOCUMENT.clone()).unwrap();
    assert_eq!(read.paths.paths.len(), DOCUMENT["paths"].as_object().unwrap().len());
}

#[test]
fn all_that_it_refers_to_is_there_and_nothing_else() {
    let used = references(&DOCUMENT);
    for reference in &used {
        let pointer = reference.strip_prefix('#').expect("nothing is elsewhere");
        assert!(DOCUMENT.pointer(pointer).is_some(), "nothing behind {reference}");
    }
    for kind in ["schemas", "headers"] {
        for name in DOCUMENT["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(reference.as_str()), "{reference} is not used");
        }
    }
    let schemes = DOCUMENT["components"]["securitySchemes"].as_object().unwrap();
    let tags: Vec<&Value> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for operation in Operation::with_heads() {
        for way in operation.said["security"].as_array().unwrap() {
            assert!(way.as_object().unwrap().keys().all(|name| schemes.contains_key(name)));
        }
        assert!(tags.contains(&&operation.said["tags"][0]), "{}", operation.name());
    }
}

#[test]
fn every_schema_is_one() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}: {schema}");
    }
}

#[test]
fn operations_have_names_of_their_own_and_say_all() {
    let mut ids = BTreeSet::new();
    for operation in Operation::with_heads() {
        let name = operation.name();
        assert!(ids.insert(operation.id()), "{name}: {} is taken", operation.id());
        assert!(operation.said["summary"].as_str().unwrap().ends_with('.'), "{name}");
        let placed: BTreeSet<&str> =
            operation.path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let told = operation.parameters("path").into_iter().map(|told| told["name"].as_str().unwrap());
        assert_eq!(told.collect::<BTreeSet<_>>(), placed, "{name}");
        let parameters = operation.said["parameters"].as_array().unwrap();
        let names: BTreeSet<(String, String)> =
            parameters.iter().map(|one| (one["in"].to_string(), one["name"].to_string())).collect();
        assert_eq!(names.len(), parameters.len(), "{name}: a parameter twice");
        for parameter in parameters {
            assert!(!parameter["description"].as_str().unwrap().is_empty(), "{name}: {parameter}");
            assert!(parameter["in"] != "path" || parameter["required"] == true, "{name}: {parameter}");
        }
        for (status, response) in operation.said["responses"].as_object().unwrap() {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{name} {status}");
        }
    }
}

#[test]
fn examples_are_what_their_schemas_allow() {
    for operation in Operation::all() {
        for (kind, content) in operation.said["requestBody"]["content"].as_object().into_iter().flatten() {
            let wrong = faults(&content["schema"], &content["example"]);
            assert!(wrong.is_empty(), "{} {kind}: {wrong:#?}", operation.name());
        }
    }
}
