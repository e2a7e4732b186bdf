//! Texts of real people and attackers, read when a test runs. They are not part of the
//! repository: without them a test says so in one line and passes.

use std::{fs, path::Path};

/// Where the folder may lie, seen from the package.
const PLACES: [&str; 2] = ["../shared/corpora", "../../shared/corpora"];

/// One corpus file; nothing when the folder is missing.
pub(crate) fn text(file: &str) -> Option<String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = PLACES.iter().find_map(|place| fs::read(package.join(place).join(file)).ok());
    if bytes.is_none() {
        println!("corpus {file} is not here, nothing checked");
    }
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The lines of one corpus file that are not empty; none when the folder is missing.
pub(crate) fn lines(file: &str) -> Vec<String> {
    text(file).unwrap_or_default().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// One member of every JSON line of a corpus file.
pub(crate) fn members(file: &str, member: &str) -> Vec<String> {
    let value = |line: String| serde_json::from_str::<serde_json::Value>(&line).expect("a JSON line");
    let text = |line| value(line)[member].as_str().expect("a text").to_owned();
    lines(file).into_iter().map(text).collect()
}
