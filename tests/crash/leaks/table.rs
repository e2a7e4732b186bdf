//! The route table as the service has it, so that no path can be forgotten here.

use std::{collections::BTreeSet, fs, path::Path};

use replydesk::http;

/// A path pattern and one method that it takes.
pub type Way = (String, String);

/// All ways of the public side and of the operators' port.
pub fn ways() -> (BTreeSet<Way>, BTreeSet<Way>) {
    let demo = ["/demo", "/demo/widget"]
        .into_iter()
        .flat_map(|path| ["GET", "HEAD"].map(|method| (path.to_owned(), method.to_owned())));
    let mut public: BTreeSet<Way> = demo.collect();
    for group in http::table() {
        for line in &group.lines {
            let methods = line.ways.iter().flat_map(|way| &way.methods);
            public
                .extend(methods.map(|method| (format!("{}{}", group.prefix, line.path), method.to_string())));
        }
    }
    (public, operators())
}

/// Read from where they are written.
fn operators() -> BTreeSet<Way> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/router.rs")).unwrap();
    let ops = text.split("pub fn ops_routes(").nth(1).unwrap().split("\n}\n").next().unwrap();
    let found: BTreeSet<Way> = ops
        .split("web::resource(\"")
        .skip(1)
        .map(|resource| (resource.split('"').next().unwrap().to_owned(), "GET".to_owned()))
        .collect();
    assert_eq!(ops.matches(".service(").count(), found.len(), "a path is written in another way");
    found
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let (public, operators) = ways();
    let has = |path: &str, method: &str| public.contains(&(path.to_owned(), method.to_owned()));
    assert!(has("/v1/sites/{site}/comments/{id}/replies", "HEAD") && has("/v1/receipts/{token}", "PATCH"));
    assert!(has("/desk/comments/{id}/decisions", "POST") && has("/demo", "GET") && has("/problems", "GET"));
    assert_eq!((public.len() > 40, operators.len() >= 3), (true, true), "{public:?} {operators:?}");
}
