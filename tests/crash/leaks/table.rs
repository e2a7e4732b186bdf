//! The route table, read from where it is written, so that no path can be forgotten here.

use std::{collections::BTreeSet, fs, path::Path};

/// A path pattern and one method that it takes.
pub type Way = (String, String);

/// All ways of the public side and of the operators' port.
pub fn ways() -> (BTreeSet<Way>, BTreeSet<Way>) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/mod.rs")).unwrap();
    let table = text.split("pub fn routes(").nth(1).unwrap();
    let (table, ops) = table.split_once("pub fn ops_routes(").unwrap();
    let ops = ops.split("\n}\n").next().unwrap();
    let operators: BTreeSet<Way> = ops
        .split("web::resource(\"")
        .skip(1)
        .map(|resource| (resource.split('"').next().unwrap().to_owned(), "GET".to_owned()))
        .collect();
    assert_eq!(ops.matches(".service(").count(), operators.len(), "a path is written in another way");
    (public(table), operators)
}

/// Paths by `at(pattern, methods)`, below the scopes that they stand in.
fn public(table: &str) -> BTreeSet<Way> {
    let (mut scopes, mut depth, mut found, mut paths) =
        (Vec::<(usize, &str)>::new(), 0_usize, BTreeSet::new(), 0);
    for (at, c) in table.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        scopes.retain(|(opened, _)| *opened <= depth);
        let rest = &table[at..];
        if let Some(pattern) = rest.strip_prefix("web::scope(\"") {
            scopes.push((depth, pattern.split('"').next().unwrap()));
        } else if let Some(path) = rest.strip_prefix("(at(\"").or_else(|| rest.strip_prefix(" at(\"")) {
            let mut words = path.split('"');
            let (pattern, methods) = (words.next().unwrap(), words.nth(1).unwrap());
            let prefix: String = scopes.iter().map(|(_, scope)| *scope).collect();
            paths += 1;
            found.extend(methods.split(", ").map(|method| (format!("{prefix}{pattern}"), method.to_owned())));
        }
    }
    let services = table.matches("service(").count() - table.matches("default_service(").count();
    assert_eq!(services, paths + table.matches("web::scope(").count(), "a path is written in another way");
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
