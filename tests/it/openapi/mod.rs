//! `GET /openapi.json`: that it is what it says, that it says what is routed, and who may do what of it. That answers are
//! as described is held by the client of all stories (`support/described.rs`).

mod document;
mod examples;
mod matrix;
mod routes;
mod world;

use serde_json::Value;

use crate::support::described::DOCUMENT;

/// One operation of the document.
#[derive(Clone, Copy)]
struct Operation {
    method: &'static str,
    path: &'static str,
    said: &'static Value,
}

impl Operation {
    /// All but HEAD, which is GET without the body.
    fn all() -> Vec<Self> {
        Self::with_heads().into_iter().filter(|operation| operation.method != "head").collect()
    }

    fn with_heads() -> Vec<Self> {
        let paths = DOCUMENT["paths"].as_object().unwrap();
        let of_path = |(path, methods): (&'static String, &'static Value)| {
            let methods = methods.as_object().unwrap();
            methods.iter().map(move |(method, said)| Self { method, path, said })
        };
        paths.iter().flat_map(of_path).collect()
    }

    fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    fn id(&self) -> &'static str {
        self.said["operationId"].as_str().unwrap()
    }

    fn parameters(&self, place: &str) -> Vec<&'static Value> {
        let all = self.said["parameters"].as_array().unwrap();
        all.iter().filter(|parameter| parameter["in"] == place).collect()
    }

    /// The body of that type that the document shows.
    fn example(&self, kind: &str) -> Option<&'static Value> {
        self.said["requestBody"]["content"].get(kind).map(|content| &content["example"])
    }
}
