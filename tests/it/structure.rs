//! The walls between modules, and what must not be in the source.

use std::{collections::BTreeMap, fs, path::Path};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every source file, by its path below `src`.
fn sources() -> BTreeMap<String, String> {
    fn gather(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name =
                    path.strip_prefix(Path::new(ROOT).join("src")).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(&Path::new(ROOT).join("src"), &mut found);
    assert!(found.len() > 80, "the sources are where they should be");
    found
}

/// Without comments, so that words in prose do not count.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Whether the code names this crate or module at the head of a path.
fn names(code: &str, what: &str) -> bool {
    code.match_indices(&format!("{what}::")).any(|(at, _)| {
        !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

fn is_in(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| file.starts_with(place))
}

#[test]
fn libraries_stay_behind_their_walls() {
    let walls: &[(&[&str], &[&str])] = &[
        (&["sqlx"], &["store/"]),
        (&["actix_web", "actix_cors"], &["http/", "app/"]),
        (&["lettre"], &["notify/"]),
        (&["chacha20poly1305", "hmac", "sha2", "argon2"], &["vault/"]),
        (&["ammonia", "linkify"], &["flow/render/"]),
        (&["governor"], &["screen/"]),
        (&["clap"], &["cli/"]),
    ];
    for (file, text) in sources() {
        let code = code(&text);
        for (libraries, places) in walls {
            for library in *libraries {
                assert!(is_in(&file, places) || !names(&code, library), "{file} uses {library}");
            }
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let base = ["clock", "config", "domain", "metrics", "telemetry"];
    let arrows: &[(&str, &[&str])] = &[
        ("domain/", &["domain"]),
        ("vault/", &["vault", "domain", "clock"]),
        ("screen/", &["screen", "domain", "clock"]),
        ("store/", &["store", "domain", "config", "clock"]),
        ("notify/", &["notify", "domain"]),
        ("flow/", &["flow", "screen", "store", "notify", "vault"]),
        ("http/", &["http", "flow", "screen", "store", "vault"]),
        ("cli/", &["cli", "app", "flow", "store", "vault"]),
        ("app/", &["app", "http", "flow", "store", "notify", "vault"]),
    ];
    let strict = ["domain/", "vault/", "screen/", "store/", "notify/"];
    for (file, text) in sources() {
        let Some((place, allowed)) = arrows.iter().find(|(place, _)| file.starts_with(place)) else {
            continue;
        };
        let code = code(&text);
        let used = code.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => modules(list),
            None => vec![
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned(),
            ],
        });
        for module in used.filter(|module| !module.is_empty()) {
            let is_base = !strict.contains(place) && base.contains(&module.as_str());
            assert!(is_base || allowed.contains(&module.as_str()), "{file} uses {module}");
        }
    }
}

/// The first names of a braced list of imports.
fn modules(list: &str) -> Vec<String> {
    let (mut depth, mut found, mut word, mut is_first) = (0, Vec::new(), String::new(), true);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && c == ',' {
            found.push(std::mem::take(&mut word));
            is_first = true;
        } else if depth == 0 && is_first && (c.is_alphanumeric() || c == '_') {
            word.push(c);
        } else if !word.is_empty() {
            is_first = false;
        }
    }
    found.push(word);
    found
}

#[test]
fn an_address_is_revealed_only_where_it_is_sealed_or_sent() {
    for (file, text) in sources() {
        let reveals = code(&text).contains("email.reveal()");
        assert!(!reveals || is_in(&file, &["vault/", "notify/", "domain/"]), "{file} reveals an address");
    }
}

#[test]
fn the_audit_log_only_grows() {
    for (file, text) in sources().iter().filter(|(file, _)| file.starts_with("store/")) {
        let sql = text.to_lowercase();
        for change in ["update audit", "delete from audit"] {
            assert!(!sql.contains(change), "{file}: {change}");
        }
    }
}

#[test]
fn statements_are_constants_and_lints_are_not_silenced() {
    for (file, text) in sources() {
        let code = code(&text);
        assert!(!code.contains("#[allow(") && !code.contains("#![allow("), "{file} silences a lint");
        assert!(!code.contains("AssertSqlSafe"), "{file} makes up a statement");
    }
}

#[test]
fn no_file_is_longer_than_it_may_be() {
    let mut lengths: Vec<(usize, String)> = sources()
        .into_iter()
        .map(|(file, text)| (text.split("#[cfg(test)]\nmod tests {").next().unwrap().lines().count(), file))
        .collect();
    lengths.sort();
    let (longest, file) = lengths.last().unwrap();
    assert!(*longest <= 350, "{file} has {longest} lines");
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 140, "the median is {median} lines");
}

/// `floors.toml` says which versions are too old, and why; `Cargo.lock` says which are used.
#[test]
fn no_dependency_is_below_its_floor() {
    let read = |name: &str| fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    let floors: toml::Table = read("floors.toml").parse().unwrap();
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(!floors.is_empty());
    for (name, floor) in &floors {
        let least = version(floor["least"].as_str().unwrap());
        assert!(floor["why"].as_str().unwrap().len() > 10, "{name}: say why");
        for package in packages.iter().filter(|package| package["name"].as_str() == Some(name)) {
            let used = package["version"].as_str().unwrap();
            assert!(version(used) >= least, "{name} {used} is below its floor");
        }
    }
}

fn version(text: &str) -> Vec<u64> {
    text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}
