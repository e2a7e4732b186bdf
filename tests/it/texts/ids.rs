//! Ids and arguments: what is used and what is there are the same.

use std::collections::{BTreeMap, BTreeSet};

use replydesk::domain::Language;

use super::{entries, is_of_readers, read, templates};
use crate::structure;

type Args = BTreeSet<String>;

/// What catalogues ask for themselves.
const OWN: [&str; 2] = ["digits-mark", "digits-least"];

/// What moderators and readers are both told, each from their own catalogue.
const SHARED: &str = "src/texts/times.rs";

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

/// Where texts are said: the files of code and the templates.
fn places() -> Vec<(String, String)> {
    // what a transaction says, it says to a database
    let code = structure::sources().into_iter().filter(|(file, _)| !file.starts_with("store/"));
    let code = code.map(|(file, text)| (format!("src/{file}"), text));
    code.chain(templates().into_iter().map(|(file, text)| (format!("templates/{file}"), text))).collect()
}

/// Every text that is said here is there with its arguments; those that nobody says.
fn compare(there: &BTreeMap<String, Args>, places: &[(String, String)]) -> BTreeSet<String> {
    let mut unused: BTreeSet<String> = there.keys().cloned().collect();
    unused.retain(|id| !OWN.contains(&id.as_str()));
    for (file, text) in places {
        for (id, args) in said(file, text) {
            let wants = there.get(&id).unwrap_or_else(|| panic!("{file} says {id}, which is not there"));
            assert_eq!(&args, wants, "{file} gives {id} other arguments than it has");
            unused.remove(&id);
        }
    }
    unused
}

fn of_readers(language: Language) -> BTreeMap<String, Args> {
    there(&read(&format!("locales/readers/{}.ftl", language.name())))
}

#[test]
fn what_moderators_are_told_is_in_the_catalogue_and_nothing_else_is() {
    let mut places = places();
    places.retain(|(file, _)| !is_of_readers(file));
    let unused = compare(&there(&read("locales/en.ftl")), &places);
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn what_readers_are_told_is_in_the_catalogue_and_nothing_else_is() {
    let mut places = places();
    places.retain(|(file, _)| is_of_readers(file) || file == SHARED);
    let unused = compare(&of_readers(Language::English), &places);
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn readers_of_every_language_are_told_the_same() {
    let english = of_readers(Language::English);
    for language in Language::ALL {
        assert_eq!(of_readers(*language), english, "{}", language.name());
    }
}

/// A number takes each form that its language has; French and Spanish say millions like other numbers.
#[test]
fn numbers_have_the_forms_of_their_language() {
    for (language, forms) in [
        (Language::English, &["[one]", "*[other]"][..]),
        (Language::German, &["[one]", "*[other]"]),
        (Language::French, &["[one]", "*[other]"]),
        (Language::Spanish, &["[one]", "*[other]"]),
        (Language::Ukrainian, &["[one]", "[few]", "[many]", "*[other]"]),
    ] {
        let source = read(&format!("locales/readers/{}.ftl", language.name()));
        for (id, text) in entries(&source) {
            let by_number = ["{ $count ->", "{ $form ->"].into_iter().any(|by| text.contains(by));
            let written: Vec<&str> =
                text.split_whitespace().filter(|word| word.ends_with(']') && word.contains('[')).collect();
            assert!(!by_number || written == forms, "{}: {id} has {written:?}", language.name());
        }
    }
}

#[test]
fn uses_are_found_however_they_are_written() {
    let text = "x.say(\"a\"); t\n.say(\"b\")\n  .with(\"n\", f(\"(\", 1))\n .gap(\"who\").parts() {{ t.say(\"c\").with(\"d-e\", t.say(\"f\").with(\"g\", h)) }}";
    let args = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Args>();
    let expected = [("a", args(&[])), ("b", args(&["n", "who"])), ("c", args(&["d-e"])), ("f", args(&["g"]))];
    assert_eq!(said("x", text), expected.map(|(id, args)| (id.to_owned(), args)));
}
