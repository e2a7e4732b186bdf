//! Ids and arguments: what is used and what is there are the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{entries, read, templates};
use crate::structure;

type Args = BTreeSet<String>;

/// What the catalogue asks for itself.
const OWN: &str = "digits-mark";

fn name(text: &str) -> &str {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap()
}

/// The ids of a catalogue, and what stands in their texts.
fn there(source: &str) -> BTreeMap<String, Args> {
    let mut there = BTreeMap::new();
    for (id, text) in entries(source) {
        let args = text.split('$').skip(1).map(|rest| name(rest).to_owned()).collect();
        assert!(there.insert(id.clone(), args).is_none(), "{id} is there twice");
    }
    there
}

/// Where the parenthesis ends that was opened before.
fn closes(text: &str) -> usize {
    let (mut depth, mut is_quoted) = (1, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("no end of {text}");
}

/// The texts that are said, and what is given to each.
fn said(file: &str, text: &str) -> Vec<(String, Args)> {
    let mut said = Vec::new();
    for (at, call) in text.match_indices(".say(") {
        let rest = &text[at + call.len()..];
        let id =
            rest.strip_prefix('"').unwrap_or_else(|| panic!("{file} says what stands elsewhere: {rest:.60}"));
        let (id, rest) = id.split_once("\")").unwrap_or_else(|| panic!("{file} says {id:.60}"));
        let (mut args, mut rest) = (Args::new(), rest.trim_start());
        while let Some(given) = rest.strip_prefix(".with(\"").or_else(|| rest.strip_prefix(".gap(\"")) {
            assert!(args.insert(name(given).to_owned()), "{file} gives {id} twice {}", name(given));
            rest = given[closes(&given[name(given).len() + 1..]) + name(given).len() + 2..].trim_start();
        }
        said.push((id.to_owned(), args));
    }
    said
}

#[test]
fn what_is_used_is_in_the_catalogue_and_nothing_else_is() {
    let there = there(&read("locales/en.ftl"));
    let mut unused: BTreeSet<&str> = there.keys().map(String::as_str).collect();
    assert!(unused.remove(OWN));
    // what a transaction says, it says to a database
    let code = structure::sources().into_iter().filter(|(file, _)| !file.starts_with("store/"));
    let code = code.map(|(file, text)| (format!("src/{file}"), text));
    let templates = templates().into_iter().map(|(file, text)| (format!("templates/{file}"), text));
    for (file, text) in code.chain(templates) {
        for (id, args) in said(&file, &text) {
            let wants = there.get(&id).unwrap_or_else(|| panic!("{file} says {id}, which is not there"));
            assert_eq!(&args, wants, "{file} gives {id} other arguments than it has");
            unused.remove(id.as_str());
        }
    }
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn uses_are_found_however_they_are_written() {
    let text = "x.say(\"a\"); t\n.say(\"b\")\n  .with(\"n\", f(\"(\", 1))\n .gap(\"who\").parts() {{ t.say(\"c\").with(\"d-e\", t.say(\"f\").with(\"g\", h)) }}";
    let args = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Args>();
    let expected = [("a", args(&[])), ("b", args(&["n", "who"])), ("c", args(&["d-e"])), ("f", args(&["g"]))];
    assert_eq!(said("x", text), expected.map(|(id, args)| (id.to_owned(), args)));
}
