//! That the document and the table of routes say the same.

use std::collections::BTreeSet;

use replydesk::http::table;
use serde_json::json;

use super::Operation;
use crate::{
    contract::paths,
    support::{
        TestApp,
        described::{DOCUMENT, path_of},
    },
};

/// What the beginning of a path says of it: that it is for people, and not in the document.
const FOR_PEOPLE: [&str; 6] = ["/desk", "/problems", "/assets/", "/favicon.ico", "/embed.js", "/demo"];

fn is_for_people(path: &str) -> bool {
    FOR_PEOPLE.iter().any(|beginning| path.starts_with(beginning))
}

/// The methods that the document tells of a path.
fn described(path: &str) -> BTreeSet<String> {
    DOCUMENT["paths"][path].as_object().unwrap().keys().map(|method| method.to_uppercase()).collect()
}

fn split(allow: &str) -> BTreeSet<String> {
    allow.split(", ").map(str::to_owned).collect()
}

#[test]
fn what_is_routed_is_described_unless_it_is_for_people() {
    let mut known = BTreeSet::new();
    for group in table() {
        for line in &group.lines {
            let path = format!("{}{}", group.prefix, line.path);
            assert!(known.insert(path.clone()), "{path} stands there twice");
            let told = line.ways.iter().filter(|way| way.about.is_some()).count();
            if is_for_people(&path) {
                assert_eq!(told, 0, "{path} is described, and for people");
            } else {
                assert_eq!(told, line.ways.len(), "{path} is not described");
                assert_eq!(described(&path), split(&line.allow()), "{path}");
            }
        }
    }
    for operation in Operation::all() {
        assert!(known.contains(operation.path), "{} is described, and not routed", operation.path);
    }
}

both_databases! {
    async fn a_running_service_takes_what_is_described_and_nothing_else(app: TestApp) {
        let mut seen = BTreeSet::new();
        for (address, allow) in paths("01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "x") {
            let answer = app.client.send(("BREW", &address), &[], Some(&json!({}))).await;
            assert_eq!((answer.status, answer.header("allow")), (405, allow), "{address}");
            match path_of(&address) {
                Some(path) => {
                    assert_eq!(described(path), split(allow), "{path}");
                    seen.insert(path);
                }
                None => assert!(is_for_people(&address), "{address} is not described"),
            }
        }
        let all: BTreeSet<&str> = Operation::all().iter().map(|operation| operation.path).collect();
        assert_eq!(seen, all, "the list of paths and the document");
    }
}
