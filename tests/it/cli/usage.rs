//! `config`, and what a wrong setting or a wrong word gets: exit code 2, and never a value.

use std::fs;

use replydesk::{config::Config, store::Kind};

use crate::support::Terminal;

#[test]
fn the_defaults_are_the_compiled_file() {
    let at = Terminal::on(Kind::Sqlite);
    let printed = at.does(&["config", "default"]);
    assert_eq!(printed, include_str!("../../../replydesk.default.toml"));
    let file = at.folder().join("default.toml");
    fs::write(&file, &printed).unwrap();
    assert!(Config::load(Some(&file), [("PATH", "x")]).is_ok());
    assert_eq!(at.runs(&["--config", "default.toml", "config", "show"]).code, 0);
}

#[test]
fn what_is_in_force_is_shown_without_passwords() {
    let mut at = Terminal::on(Kind::Sqlite);
    at.set("REPLYDESK_DATABASE__URL", Some("postgres://rd:hunter2@db/rd"));
    at.set("REPLYDESK_MAIL__URL", Some("smtps://rd:hunter3@mail.example.org"));
    fs::write(at.folder().join("rd.toml"), "[limits]\nsubmit_per_minute = 7\nsite_per_minute = 8\n").unwrap();
    at.set("REPLYDESK_CONFIG", Some("rd.toml"));
    at.set("REPLYDESK_LIMITS__SITE_PER_MINUTE", Some("9"));
    let shown = at.does(&["config", "show"]);
    assert!(
        shown.contains("postgres://rd:***@db/rd") && shown.contains("smtps://rd:***@mail.example.org"),
        "{shown}"
    );
    assert!(!shown.contains("hunter") && shown.contains("submit_per_minute = 7"), "{shown}");
    assert!(shown.contains("site_per_minute = 9") && shown.contains("keep_days = 30"), "{shown}");
    fs::write(at.folder().join("other.toml"), "[limits]\nsubmit_per_minute = 1\n").unwrap();
    let shown = at.does(&["config", "show", "--config", "other.toml"]);
    assert!(shown.contains("submit_per_minute = 1"), "the argument wins over the variable: {shown}");
}

#[test]
fn wrong_settings_are_named_without_their_values() {
    for (name, value, said) in [
        ("REPLYDESK_SERVER__LISSTEN", "canary", "unknown setting REPLYDESK_SERVER__LISSTEN"),
        ("REPLYDESK_LISTEN", "canary", "unknown setting REPLYDESK_LISTEN"),
        (
            "REPLYDESK_LIMITS__SUBMIT_PER_MINUTE",
            "canary",
            "setting limits.submit_per_minute: must be a whole number",
        ),
        (
            "REPLYDESK_LIMITS__SUBMIT_PER_MINUTE",
            "10001",
            "setting limits.submit_per_minute: must be between 0 and 10000",
        ),
        (
            "REPLYDESK_SERVER__TRUSTED_PROXIES",
            "0.0.0.0/0",
            "setting server.trusted_proxies: must not trust everyone",
        ),
        (
            "REPLYDESK_SERVER__PUBLIC_URL",
            "canary",
            "setting server.public_url: must be http(s)://HOST[:PORT] without a path",
        ),
        (
            "REPLYDESK_LOG__LEVEL",
            "canary",
            "setting log.level: must be one of error, warn, info, debug, trace",
        ),
    ] {
        let mut at = Terminal::on(Kind::Sqlite);
        at.set(name, Some(value));
        for command in
            [&["serve"][..], &["migrate"], &["config", "show"], &["doctor"], &["demo"], &["keys", "status"]]
        {
            at.fails(command, (2, said));
        }
        assert!(!at.folder().join("replydesk.db").exists());
        assert_eq!(at.runs(&["config", "default"]).code, 0, "the documentation is always there");
    }
}

#[test]
fn wrong_files_are_named_by_line() {
    let mut at = Terminal::on(Kind::Sqlite);
    at.fails(
        &["--config", "nowhere.toml", "migrate"],
        (2, "configuration file nowhere.toml: entity not found"),
    );
    fs::write(at.folder().join("rd.toml"), "[database]\nurl = postgres://rd:hunter2@db/rd\n").unwrap();
    at.set("REPLYDESK_CONFIG", Some("rd.toml"));
    at.fails(&["migrate"], (2, "configuration file rd.toml: line 2 is not TOML"));
    fs::write(at.folder().join("rd.toml"), "[server]\nlissten = \"canary\"\n").unwrap();
    at.fails(&["migrate"], (2, "unknown setting server.lissten"));
}

#[test]
fn wrong_words_are_explained() {
    let at = Terminal::on(Kind::Sqlite);
    for wrong in [
        &[][..],
        &["nonsense"],
        &["serve", "--role", "boss"],
        &["site"],
        &["site", "add"],
        &["--nonsense", "serve"],
        &["demo", "x"],
    ] {
        let done = at.runs(wrong);
        assert!(
            done.code == 2 && done.out.is_empty() && done.err.contains("--help"),
            "{wrong:?}: {}",
            done.err
        );
    }
    for right in [&["--help"][..], &["--version"], &["serve", "--help"], &["help", "site", "add"]] {
        let done = at.runs(right);
        assert!(done.code == 0 && !done.out.is_empty() && done.err.is_empty(), "{right:?}: {}", done.err);
    }
    let named = at.does(&["--help"]);
    for command in
        ["demo", "serve", "migrate", "site", "article", "moderator", "outbox", "keys", "doctor", "config"]
    {
        assert!(named.contains(&format!("\n  {command} ")), "{command}: {named}");
    }
}

#[test]
fn a_database_that_is_away_is_a_failure() {
    let mut at = Terminal::on(Kind::Sqlite);
    at.set("REPLYDESK_DATABASE__URL", Some("postgres://rd:hunter2@127.0.0.1:1/rd"));
    at.set("REPLYDESK_DATABASE__DEADLINE_MS", Some("200"));
    for command in [&["migrate"][..], &["site", "list"], &["serve"]] {
        let done = at.runs(command);
        assert_eq!((done.code, done.out.as_str(), done.err.lines().count()), (1, "", 1), "{}", done.err);
        assert!(!done.err.contains("hunter2"), "{}", done.err);
    }
}
