//! The walls between modules (design §2), what must not be in the source, and the floors of versions.

use std::{collections::BTreeMap, fs, path::Path};

use replydesk::store::{Kind, STATEMENTS};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Which modules a module may use: what it uses today. An arrow more is a decision, taken here.
const ARROWS: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("config", &[]),
    ("metrics", &[]),
    ("clock", &["domain"]),
    ("telemetry", &["config"]),
    ("texts", &["domain"]),
    ("vault", &["clock", "domain"]),
    ("screen", &["clock", "domain"]),
    ("store", &["config", "domain"]),
    ("notify", &["domain", "texts"]),
    ("flow", &["clock", "config", "domain", "metrics", "notify", "screen", "store", "texts", "vault"]),
    (
        "http",
        &["clock", "config", "domain", "flow", "metrics", "screen", "store", "telemetry", "texts", "vault"],
    ),
    ("app", &["clock", "config", "flow", "http", "metrics", "notify", "store", "vault"]),
    ("cli", &["app", "clock", "config", "domain", "flow", "store", "telemetry", "vault"]),
    ("main", &[]),
    ("lib", &[]),
];

/// Every source file by its path below `src`, as code: without comments and without its tests.
pub(crate) fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    gather(&Path::new(ROOT).join("src"), &mut found);
    assert!(found.len() > 80, "the sources are where they should be");
    let is_for_tests = |file: &str| {
        let (_, name) = file.rsplit_once('/').unwrap_or(("", file));
        name == "tests.rs"
            || name.ends_with("_tests.rs")
            || file.contains("/tests/")
            || file == "domain/corpora.rs"
    };
    found.retain(|file, _| !is_for_tests(file));
    found.into_iter().map(|(file, text)| (file, code(&text))).collect()
}

fn gather(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(ROOT).unwrap().to_string_lossy().into_owned();
            let name = name.strip_prefix("src/").map_or(name.clone(), str::to_owned);
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Without comments, so that words in prose do not count, and without the tests at the end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the code names this crate at the head of a path.
fn names(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let is_head = !code[..at].ends_with(|before: char| is_of_a_word(before) || before == ':');
        let after = &code[at + library.len()..];
        is_head && (after.starts_with("::") || (after.starts_with(';') && code[..at].ends_with("use ")))
    })
}

#[test]
fn libraries_stay_behind_their_walls() {
    let walls: &[(&[&str], &[&str])] = &[
        (&["sqlx"], &["store/"]),
        (&["actix_web", "actix_cors", "actix"], &["http/", "app/"]),
        (&["lettre", "tokio_rustls", "webpki_roots"], &["notify/"]),
        (&["chacha20poly1305", "hmac", "sha2", "argon2", "totp_rs"], &["vault/"]),
        (&["ammonia", "linkify"], &["flow/render/"]),
        (&["governor"], &["screen/"]),
        (&["clap"], &["cli/"]),
        (&["qrcode"], &["http/"]),
        (&["fluent_bundle"], &["texts/"]),
        // what readers get is described where it is made; see ADR 0012
        (&["utoipa"], &["http/", "flow/read/"]),
    ];
    for (file, code) in sources() {
        for (libraries, places) in walls {
            let is_inside = places.iter().any(|place| file.starts_with(place));
            for library in *libraries {
                assert!(is_inside || !names(&code, library), "{file} uses {library}");
            }
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let arrows = BTreeMap::from(ARROWS);
    for (file, code) in sources() {
        let module = file.split(['/', '.']).next().unwrap();
        let allowed = arrows.get(module).unwrap_or_else(|| panic!("{module} has no arrows yet"));
        for used in modules_used(&file, &code) {
            assert!(used == module || allowed.contains(&used.as_str()), "{file} uses {used}");
        }
    }
}

/// The modules at the root of the crate that are named here, by `crate::` or by as many `super::` as lead
/// there.
fn modules_used(file: &str, code: &str) -> Vec<String> {
    let folders = file.matches('/').count();
    let depth = folders + usize::from(!file.ends_with("mod.rs") && !["main.rs", "lib.rs"].contains(&file));
    let to_root = "super::".repeat(depth);
    let mut used = Vec::new();
    for head in ["crate::", &to_root] {
        let starts = code.match_indices(head).filter(|(at, _)| {
            let before = &code[..*at];
            !head.is_empty() && !before.ends_with(is_of_a_word) && !before.ends_with("::")
        });
        for (at, _) in starts {
            let rest = &code[at + head.len()..];
            match rest.strip_prefix('{') {
                Some(list) => used.extend(first_names(list)),
                None => used.extend(rest.split(|c| !is_of_a_word(c)).next().map(str::to_owned)),
            }
        }
    }
    used.retain(|module| !module.is_empty() && module != "super");
    used
}

/// The first names in a braced list of imports.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut outer) = (0, String::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ if depth == 0 => outer.push(c),
            _ => {}
        }
    }
    let first = |item: &str| item.trim().split(|c| !is_of_a_word(c)).next().unwrap_or_default().to_owned();
    outer.split(',').map(first).collect()
}

/// Addresses and secrets both have a `reveal`. Elsewhere than where addresses are sealed or sent, it may
/// only be that of a secret: by the name of the value, in a file that does not know an address by type.
#[test]
fn an_address_is_revealed_only_where_it_is_sealed_or_sent() {
    let addresses = ["Email", "ClientAddress", "HostPrefix", "NetworkPrefix"];
    let mut seen = 0;
    for (file, code) in sources() {
        if ["vault/", "notify/", "domain/"].iter().any(|place| file.starts_with(place)) {
            continue;
        }
        for (at, _) in code.match_indices("reveal") {
            seen += 1;
            let receiver = code[..at].trim_end().trim_end_matches('.').rsplit(|c| !is_of_a_word(c)).next();
            let is_secret = matches!(receiver, Some("secret" | "password"));
            assert!(is_secret, "{file} reveals {receiver:?}, which may be an address");
            let knows =
                addresses.into_iter().find(|address| code.split(|c| !is_of_a_word(c)).any(|w| w == *address));
            assert_eq!(knows, None, "{file} reveals a secret and knows an address");
        }
    }
    assert!(seen > 0, "secrets are shown once, somewhere");
}

/// Where HTML is made of a comment: it goes straight into a member that is named for it.
const MAKERS: [(&str, &str); 4] = [
    ("flow/read/view.rs", "html: comment_html(&row.text),"),
    ("http/desk/show.rs", "html: comment_html(row.published_text.as_ref().unwrap_or(&row.text)),"),
    ("http/desk/show.rs", "edit_html: edit_waits.then(|| comment_html(&row.text)),"),
    ("http/item.rs", "html: comment_html(&row.text),"),
];

/// Nothing touches HTML after the sanitiser: it is made in the places above, never written to, and passes unescaped in
/// one template (design §3, rule 7). Stories compare the bytes.
#[test]
fn nothing_touches_html_after_the_sanitiser() {
    let mut makers = Vec::new();
    for (file, code) in sources() {
        if file.starts_with("flow/render/") {
            let cleans = usize::from(file == "flow/render/mod.rs");
            assert_eq!(code.matches("SANITISER.clean").count(), cleans, "{file}");
            continue;
        }
        let made = code.lines().map(str::trim).filter(|line| line.contains("comment_html("));
        makers.extend(made.map(|line| (file.clone(), line.to_owned())));
        let changes =
            ["push", "push_str", "insert", "insert_str", "replace", "extend", "clear", "drain", "retain"]
                .map(|change| format!("html.{change}"));
        for change in changes.iter().map(String::as_str).chain(["html +=", "&mut html"]) {
            assert!(!code.contains(change), "{file} changes HTML: {change}");
        }
        let code = code.replace("AssertUnwindSafe", "");
        for way in ["MarkupDisplay", "filters::Safe", "Safe(", "escape = \"", "(ext = ", ", ext = "] {
            assert!(!code.contains(way), "{file} lets text through unescaped: {way}");
        }
        // parts of pages, which their own templates escape
        let parts = ["http/public/form.rs", "http/public/pages.rs", "http/desk/card.rs"];
        let vouches = usize::from(parts.contains(&file.as_str()));
        assert_eq!(code.matches("impl HtmlSafe for").count(), vouches, "{file} vouches for HTML");
    }
    assert_eq!(makers, MAKERS.map(|(file, line)| (file.to_owned(), line.to_owned())));
}

#[test]
fn one_template_lets_html_through_and_gets_it_from_the_sanitiser() {
    let mut templates = BTreeMap::new();
    for folder in ["", "public", "desk", "mail"] {
        for entry in fs::read_dir(Path::new(ROOT).join("templates").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
                templates.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(templates.len() > 15, "the templates are where they should be");
    assert!(!Path::new(ROOT).join("askama.toml").exists(), "templates are escaped by their file's name");
    for (name, text) in templates {
        let squeezed: String = text.split_whitespace().collect();
        let passes = squeezed.matches("|safe").count()
            + squeezed.matches("|escape").count()
            + squeezed.matches("|e}").count();
        assert_eq!(passes, usize::from(name == "/text.html"), "{name} lets something through");
        assert!(!squeezed.contains("{%autoescape") && !squeezed.contains("{%filter"), "{name}");
        for (at, include) in text.match_indices("{% include \"text.html\" %}") {
            let given = text[..at].trim_end().rsplit('\n').next().unwrap().trim();
            let sources =
                ["comment.html", "html", "edit"].map(|from| format!("{{% let html = {from}.as_str() %}}"));
            assert!(
                sources.iter().any(|source| given.ends_with(source)),
                "{name} gives {given:?} to {include}"
            );
        }
    }
}

#[test]
fn the_audit_log_only_grows() {
    for (file, statements) in STATEMENTS {
        for (name, sql) in *statements {
            for text in [sql.text(Kind::Sqlite), sql.text(Kind::Postgres)] {
                let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
                for change in ["update audit", "delete from audit", "replace into audit"] {
                    assert!(!text.contains(change), "store/{file}.rs {name}: {change}");
                }
            }
        }
    }
}

#[test]
fn statements_are_constants_and_lints_are_not_silenced() {
    for (file, code) in sources() {
        assert!(!code.contains("#[allow(") && !code.contains("#![allow("), "{file} silences a lint");
        assert!(!code.contains("AssertSqlSafe"), "{file} makes up a statement");
        let is_sql = file.starts_with("store/") && file != "store/error.rs";
        assert!(!is_sql || !code.contains("format!"), "{file} makes up a text");
    }
}

#[test]
fn no_file_is_longer_than_it_may_be() {
    let mut lengths: Vec<(usize, String)> =
        sources().into_iter().map(|(file, code)| (code.lines().count(), file)).collect();
    lengths.sort();
    println!("median: {} lines (aim: 120)", lengths[lengths.len() / 2].0);
    let (longest, file) = lengths.last().unwrap();
    assert!(*longest <= 350, "{file} has {longest} lines");
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
        let said = |what: &str| floor.get(what).map(|said| said.as_str().unwrap());
        let least = version(said("least").unwrap());
        assert!(said("why").unwrap().len() > 10, "{name}: say why");
        assert!(
            said("advisory").is_none_or(|advisory| advisory.starts_with("RUSTSEC-")),
            "{name}: which one?"
        );
        assert_eq!(said("fixed").is_some(), said("mitigation").is_some(), "{name}: what is done instead?");
        for package in packages.iter().filter(|package| package["name"].as_str() == Some(name)) {
            let used = package["version"].as_str().unwrap();
            assert!(version(used) >= least, "{name} {used} is below its floor");
            let is_fixed = said("fixed").is_some_and(|fixed| version(used) >= version(fixed));
            assert!(!is_fixed, "{name} {used} has the fix: make it the floor");
        }
        if let Some(mitigation) = said("mitigation") {
            assert!(is_a_test(mitigation), "{name}: there is no test {mitigation}");
        }
    }
}

/// Clippy forbids the same, and may be silenced where it is.
#[test]
fn no_source_asks_the_system_for_time_or_chance() {
    let asks = [
        "SystemTime::now",
        "Utc::now",
        "now_v7",
        "new_v4",
        "getrandom::",
        "OsRng",
        "thread_rng",
        "rand::rng",
    ];
    let files: Vec<String> = sources()
        .into_iter()
        .filter(|(_, code)| asks.iter().any(|ask| code.contains(ask)))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(files, ["clock.rs"]);
}

/// The table of what always holds names tests that are there.
#[test]
fn every_rule_that_always_holds_has_its_tests() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/reliability.md")).unwrap();
    let (_, table) = page.split_once("## What always holds").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let mut code = String::new();
    for folder in ["src", "tests"] {
        let mut found = BTreeMap::new();
        gather(&Path::new(ROOT).join(folder), &mut found);
        code.extend(found.into_values());
    }
    let rules: Vec<&str> =
        table.lines().filter(|line| line.starts_with("| ") && line.contains(". ")).collect();
    assert_eq!(rules.len(), 13);
    for (number, rule) in (1..).zip(rules) {
        assert!(rule.starts_with(&format!("| {number}. ")), "{rule}");
        let tests: Vec<&str> = rule.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{rule}");
        for test in tests {
            assert!(code.contains(&format!("fn {test}(")), "rule {number}: there is no test {test}");
        }
    }
}

/// Whether there is a unit test of that path.
fn is_a_test(path: &str) -> bool {
    let (module, test) = path.split_once("::tests::").unwrap();
    let file = Path::new(ROOT).join("src").join(module.replace("::", "/")).with_extension("rs");
    fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {test}()")))
}

fn version(text: &str) -> Vec<u64> {
    text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}
