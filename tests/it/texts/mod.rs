//! What people are told stands in the catalogues, and nowhere else.
//!
//! Three nets: every id that is used is there with its arguments and the other way round (`ids`), no words stand in
//! templates or in code (`words`), and in a language in which every text is marked nothing is shown without the mark
//! (`marked`).

mod codes;
mod ids;
mod marked;
mod words;

use std::{collections::BTreeMap, fs, path::Path};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Templates that hold words: the demo's article, which is English, and what is for programmers.
const LEFT: [&str; 3] = ["public/article.html", "public/problem.html", "public/problems.html"];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// What readers see is made here.
const OF_READERS: [&str; 6] = [
    "templates/public/",
    "templates/mail/commenter",
    "src/http/public/",
    "src/flow/read/",
    "src/notify/commenter.rs",
    "src/texts/readers.rs",
];

/// Whether what is said in a file is said to readers.
fn is_of_readers(file: &str) -> bool {
    OF_READERS.iter().any(|place| file.starts_with(place))
}

/// The templates, by their paths.
fn templates() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["desk", "mail", "public"] {
        for entry in fs::read_dir(Path::new(ROOT).join("templates").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    assert!(found.len() > 25, "the templates are where they should be");
    found
}

/// The texts of a catalogue by their ids, as they are written.
fn entries(source: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in source.lines() {
        match line.split_once(" =") {
            _ if line.starts_with('#') || line.is_empty() && entries.is_empty() => {}
            Some((id, text)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                entries.push((id.to_owned(), text.to_owned()));
            }
            _ => {
                let (_, text) = entries.last_mut().unwrap();
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    entries
}
