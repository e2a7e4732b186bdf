use std::{fs, time::Duration};

use toml::Value;

use super::*;

const NOTHING: [(&str, &str); 0] = [];

fn from_env(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, variables.iter().copied())
}

fn from_file(text: &str) -> Result<Config, ConfigError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    Config::load(Some(file.path()), NOTHING)
}

fn message(loaded: Result<Config, ConfigError>) -> String {
    loaded.unwrap_err().to_string()
}

#[test]
fn the_defaults_are_valid_and_what_the_contract_says() {
    let config = from_env(&[]).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.ops.listen, "127.0.0.1:9090".parse().unwrap());
    assert_eq!((config.limits.submit_per_minute, config.limits.site_per_minute), (4, 600));
    assert_eq!((config.log.level, config.log.format), (LogLevel::Info, LogFormat::Json));
    assert_eq!((config.mail.retry.len(), config.mail.retry[1]), (12, Duration::from_mins(5)));
    assert_eq!(config.comments.receipt, Duration::from_hours(365 * 24));
    assert_eq!(config.public_url(config.server.listen).as_str(), "http://127.0.0.1:8080");
    assert_eq!(config.cache.pages_bytes(), 8 << 20);
}

#[test]
fn every_setting_is_explained_where_it_stands() {
    let lines: Vec<&str> = Config::default_toml().lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains(" = ")) {
        let comments = lines[..at].iter().rev().take_while(|line| line.starts_with('#')).count();
        assert!((1..=3).contains(&comments), "{line}");
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "[limits]\nsubmit_per_minute = 7\nsite_per_minute = 8\n").unwrap();
    let config = Config::load(Some(file.path()), [("REPLYDESK_LIMITS__SITE_PER_MINUTE", "9")]).unwrap();
    let limits = config.limits;
    assert_eq!((limits.submit_per_minute, limits.site_per_minute, limits.sign_in_per_minute), (7, 9, 10));
}

#[test]
fn texts_of_the_environment_take_the_type_of_the_default() {
    let config = from_env(&[
        ("REPLYDESK_DATABASE__ALLOW_UNSAFE_DURABILITY", "true"),
        ("REPLYDESK_SERVER__TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.1,2001:db8::/32"),
        ("REPLYDESK_MAIL__RETRY_MINUTES", "1, 2,3"),
        ("REPLYDESK_MAIL__FROM", "12345@example.org"),
        ("REPLYDESK_SERVER__PUBLIC_URL", "https://Comments.example.org/"),
        ("REPLYDESK_CONFIG", "read by the command line"),
        ("REPLYDESK_BIN", "x"),
        ("REPLYDESK_TEST_POSTGRES", "x"),
        ("PATH", "x"),
    ])
    .unwrap();
    assert!(config.database.allow_unsafe_durability);
    let proxies: Vec<String> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"]);
    assert_eq!(config.mail.retry, [60, 120, 180].map(Duration::from_secs));
    assert_eq!(config.public_url(config.server.listen).as_str(), "https://comments.example.org");
}

#[test]
fn unknown_names_are_refused_by_name() {
    assert_eq!(message(from_file("[server]\nlissten = \"secret\"")), "unknown setting server.lissten");
    assert_eq!(message(from_file("[sever]\nlisten = \"secret\"")), "unknown setting sever");
    assert_eq!(message(from_file("server = \"secret\"")), "setting server: must be a section");
    for name in ["REPLYDESK_SERVER__LISSTEN", "REPLYDESK_LISTEN", "REPLYDESK_SERVER_LISTEN", "REPLYDESK_"] {
        assert_eq!(message(from_env(&[(name, "secret")])), format!("unknown setting {name}"));
    }
}

#[test]
fn wrong_values_name_the_setting_and_never_the_value() {
    let canary = "-77077";
    let defaults: Table = Config::default_toml().parse().unwrap();
    for (section, settings) in &defaults {
        for (key, default) in settings.as_table().unwrap() {
            let setting = format!("{section}.{key}");
            let wrong_type = if default.is_str() { canary.to_owned() } else { format!("\"{canary}\"") };
            let refused = message(from_file(&format!("[{section}]\n{key} = {wrong_type}")));
            assert!(refused.starts_with(&format!("setting {setting}: must be ")), "{refused}");
            assert!(!refused.contains("77077"), "{refused}");

            let variable = format!("REPLYDESK_{}__{}", section.to_uppercase(), key.to_uppercase());
            if ["keys.file", "mail.ca_file"].contains(&setting.as_str()) {
                continue; // any text is a path
            }
            let refused = message(from_env(&[(&variable, canary)]));
            assert!(refused.starts_with(&format!("setting {setting}")), "{refused}");
            assert!(!refused.contains("77077"), "{refused}");
        }
    }
}

#[test]
fn a_broken_file_tells_the_line_and_not_what_stands_there() {
    let refused = message(from_file("[database]\nurl = postgres://rd:hunter2@db/rd\n"));
    assert!(refused.ends_with("line 2 is not TOML") && !refused.contains("hunter2"), "{refused}");
    let missing = Config::load(Some(Path::new("/nowhere/rd.toml")), NOTHING);
    assert_eq!(message(missing), "configuration file /nowhere/rd.toml: entity not found");
}

#[test]
fn the_documented_bounds_are_the_ones_that_hold() {
    let lines: Vec<&str> = Config::default_toml().lines().collect();
    let mut section = "";
    let mut checked = 0;
    for (at, line) in lines.iter().enumerate() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        }
        let Some((key, default)) = line.split_once(" = ") else { continue };
        if !matches!(default.parse(), Ok(Value::Integer(_))) {
            continue;
        }
        let first = lines[..at].iter().rposition(|line| !line.starts_with('#')).unwrap();
        let comment = lines[first..at].join(" ");
        let words: Vec<&str> = comment.split([' ', '.', ',']).collect();
        let bounds = words.windows(3).find(|three| three[1] == "to" && three[2].parse::<i64>().is_ok());
        let (least, most): (i64, i64) =
            bounds.and_then(|three| Some((three[0].parse().ok()?, three[2].parse().ok()?))).expect(key);
        // what two settings owe each other is another test's business
        let other = match key {
            "deadline_ms" => "[server]\nclient_timeout_seconds = 600\n[outbox]\nlease_seconds = 3600",
            "client_timeout_seconds" => "[database]\ndeadline_ms = 100",
            "timeout_seconds" => "[outbox]\nlease_seconds = 3600",
            "lease_seconds" => "[mail]\ntimeout_seconds = 1\n[database]\ndeadline_ms = 100",
            _ => "",
        };
        for (value, fits) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
            let loaded = from_file(&format!("[{section}]\n{key} = {value}\n{other}"));
            assert_eq!(loaded.is_ok(), fits, "{section}.{key} = {value}");
        }
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn nobody_trusts_everyone_by_accident() {
    for all in ["0.0.0.0/0", "::/0", "0.0.0.0/1,128.0.0.0/1", "::ffff:0:0/96"] {
        let refused = message(from_env(&[("REPLYDESK_SERVER__TRUSTED_PROXIES", all)]));
        assert_eq!(refused, "setting server.trusted_proxies: must not trust everyone");
    }
}

#[test]
fn a_schedule_has_an_end() {
    for wrong in ["0", "1441", "1440,1440,1440,1440,1440,1"] {
        let refused = message(from_env(&[("REPLYDESK_MAIL__RETRY_MINUTES", wrong)]));
        assert!(refused.starts_with("setting mail.retry_minutes: must be at most"), "{refused}");
    }
    assert!(from_env(&[("REPLYDESK_MAIL__RETRY_MINUTES", "1440,1440,1440,1440,1440")]).is_ok());
    assert!(from_env(&[("REPLYDESK_MAIL__RETRY_MINUTES", "")]).unwrap().mail.retry.is_empty());
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let refused = message(from_env(&[("REPLYDESK_OPS__LISTEN", "127.0.0.1:8080")]));
    assert_eq!(refused, "setting ops.listen: must differ from server.listen");
    let refused = message(from_env(&[("REPLYDESK_OUTBOX__LEASE_SECONDS", "30")]));
    assert_eq!(
        refused,
        "setting outbox.lease_seconds: must be more than mail.timeout_seconds, 5 seconds and twice database.deadline_ms"
    );
    let free = [("REPLYDESK_OPS__LISTEN", "127.0.0.1:0"), ("REPLYDESK_SERVER__LISTEN", "127.0.0.1:0")];
    assert!(from_env(&free).is_ok());
}

#[test]
fn keys_and_mail_live_beside_the_sqlite_file_unless_they_are_set() {
    let config = from_env(&[("REPLYDESK_DATABASE__URL", "sqlite:///var/lib/rd/rd.db")]).unwrap();
    assert_eq!(config.keys_file(), Ok("/var/lib/rd/keys.toml".into()));
    let beside = Path::new("/var/lib/rd/mail");
    assert!(matches!(config.mail_target(), Some(MailTarget::Folder(path)) if path == beside));

    let postgres = ("REPLYDESK_DATABASE__URL", "postgres://db/rd");
    let config = from_env(&[postgres]).unwrap();
    let refused = config.keys_file().unwrap_err().to_string();
    assert_eq!(refused, "setting keys.file: must be given with PostgreSQL");
    assert!(config.mail_target().is_none());

    let set = [postgres, ("REPLYDESK_KEYS__FILE", "/k"), ("REPLYDESK_MAIL__URL", "smtp://mail.example.org")];
    let config = from_env(&set).unwrap();
    assert_eq!(config.keys_file(), Ok("/k".into()));
    assert!(matches!(config.mail_target(), Some(MailTarget::Smtp(_))));
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "postgres://rd:hunter2@db/rd\n").unwrap();
    let by_file = ("REPLYDESK_DATABASE__URL_FILE", file.path().to_str().unwrap());
    let smtp = ("REPLYDESK_MAIL__URL", "smtps://rd:hunter3@mail.example.org");
    let config = from_env(&[by_file, smtp]).unwrap();
    assert!(matches!(config.database.url, DatabaseTarget::Postgres(_)));
    let shown = config.to_redacted_toml();
    assert!(shown.contains("postgres://rd:***@db/rd") && shown.contains("smtps://rd:***@mail.example.org"));
    assert!(!format!("{shown} {config:?}").contains("hunter"));

    let both = message(from_env(&[by_file, ("REPLYDESK_DATABASE__URL", "postgres://rd:hunter2@db/rd")]));
    assert_eq!(both, "setting database.url_file: must not be given beside database.url");
    let missing = message(from_env(&[("REPLYDESK_MAIL__URL_FILE", "/nowhere/hunter2")]));
    assert_eq!(missing, "setting mail.url_file: names a file that cannot be read: entity not found");
    fs::write(file.path(), "\n").unwrap();
    assert_eq!(message(from_env(&[by_file])), "setting database.url_file: names an empty file");
}
