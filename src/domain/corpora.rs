//! Texts of real people and attackers, read when a test runs. They are not part of the repository, so a test that wants
//! them fails where they are missing, unless `REPLYDESK_TEST_CORPORA` names their folder or is `none`.

use std::{env, fs, path::PathBuf};

use serde_json::Value;

/// The bytes of one corpus file; nothing only when all corpora were declined.
pub(crate) fn bytes(file: &str) -> Option<Vec<u8>> {
    let folder = match env::var_os("REPLYDESK_TEST_CORPORA") {
        Some(none) if none == "none" => return None,
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora")),
    };
    let read = fs::read(folder.join(file));
    Some(read.unwrap_or_else(|error| {
        panic!("the corpus {file} ({error}): REPLYDESK_TEST_CORPORA names the folder, or is none")
    }))
}

/// One corpus file as text.
pub(crate) fn text(file: &str) -> Option<String> {
    bytes(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The lines of one corpus file that are not empty.
pub(crate) fn lines(file: &str) -> Vec<String> {
    text(file).unwrap_or_default().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// One member of every JSON line of a corpus file.
pub(crate) fn members(file: &str, member: &str) -> Vec<String> {
    let value = |line: String| serde_json::from_str::<Value>(&line).expect("a JSON line");
    let text = |line| value(line)[member].as_str().expect("a text").to_owned();
    lines(file).into_iter().map(text).collect()
}
