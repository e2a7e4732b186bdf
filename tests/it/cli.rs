//! The commands, as processes of their own: what they do, what they say, and how they end.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use crate::support::{Database, PASSWORD};
use replydesk::{config::Config, store::Kind, vault::Keyrings};

/// A database that commands work on, and how they are called.
struct Shell {
    database: Database,
}

impl Shell {
    /// With keys, as `PostgreSQL` needs them.
    fn new(database: Database) -> Self {
        if database.kind == Kind::Postgres {
            database.config(&[]); // makes the database, and its keys
        }
        Self { database }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command.args(words).env_clear().env("REPLYDESK_DATABASE__URL", self.database.url());
        command.env("REPLYDESK_KEYS__FILE", self.database.keys());
        command.env(
            "REPLYDESK_MAIL__URL",
            format!("folder:{}", self.database.folder.path().join("mail").display()),
        );
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs a command that ends well; what it said.
    fn does(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let (said, complained) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{words:?}: {said}{complained}");
        said
    }

    /// Runs a command that ends badly; its exit code and what it complained of.
    fn fails(&self, words: &[&str]) -> (i32, String) {
        let output = self.run(words);
        (output.status.code().unwrap(), text(&output.stderr))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// From nothing to a site with people and articles.
fn sets_up(shell: &Shell) {
    shell.does(&["migrate"]);
    shell.does(&["site", "add", "news", "--name", "The News", "--origin", "https://news.example"]);
    assert!(shell.does(&["site", "list"]).contains("news\tThe News"));
    assert!(shell.does(&["site", "set", "news", "--policy", "open"]).contains("policy         open"));
    assert!(shell.does(&["site", "show", "news"]).contains("https://news.example"));
    let token = shell.does(&["site", "token", "news"]);
    assert!(token.lines().last().unwrap().starts_with("rd_site_"));
    assert!(shell.does(&["site", "token", "news", "--revoke"]).contains("Withdrew 1"));

    let words = [
        "moderator",
        "add",
        "Mo@news.example",
        "--name",
        "Mo",
        "--role",
        "editor",
        "--site",
        "news",
        "--password-stdin",
    ];
    let mut adding = shell.command(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(adding.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(adding.wait().unwrap().success());
    assert_eq!(shell.does(&["moderator", "list"]), "mo@news.example\tMo\teditor\tbound to sites\n");
    assert!(
        shell.does(&["moderator", "token", "mo@news.example"]).lines().last().unwrap().starts_with("rd_mod_")
    );
    shell.does(&["moderator", "set", "mo@news.example", "--all-sites", "--role", "admin"]);
    assert_eq!(shell.does(&["moderator", "list"]), "mo@news.example\tMo\tadmin\tall sites\n");

    let letter = shell.does(&["outbox", "test", "mo@news.example"]);
    let id = letter.split_whitespace().find(|word| word.len() > 36).unwrap().trim_end_matches(';').to_owned();
    assert!(shell.does(&["outbox", "list"]).contains("test-letter/1"));
    assert!(shell.does(&["outbox", "show", &id]).contains("owed"));
    shell.does(&["outbox", "retry", &id]);
    shell.does(&["outbox", "drop", &id]);
    assert!(shell.does(&["outbox", "list", "dropped"]).contains(&id));
    assert_eq!(shell.fails(&["outbox", "drop", &id]).0, 1);

    assert_eq!(shell.does(&["article", "list", "news"]), "");
    assert_eq!(shell.fails(&["article", "close", "news", "1"]).0, 1);
    assert!(shell.does(&["doctor"]).lines().all(|line| line.starts_with("good")));
    assert!(shell.does(&["keys", "status"]).contains("sealing  s1"));
    shell.does(&["moderator", "remove", "mo@news.example"]);
    assert_eq!(shell.does(&["moderator", "list"]), "");
}

#[test]
fn a_site_is_set_up_on_sqlite() {
    sets_up(&Shell::new(Database::sqlite()));
}

#[test]
fn a_site_is_set_up_on_postgres() {
    let shell = Shell::new(Database::postgres());
    sets_up(&shell);
    shell.database.drop();
}

#[test]
fn what_is_wrong_is_named_and_never_shown() {
    let shell = Shell::new(Database::sqlite());
    let mut unknown = shell.command(&["migrate"]);
    let output = unknown.env("REPLYDESK_SERVER__LISSTEN", "hunter2").output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("REPLYDESK_SERVER__LISSTEN") && !said.contains("hunter2"), "{said}");
    let mut bad = shell.command(&["migrate"]);
    let output = bad.env("REPLYDESK_DATABASE__CONNECTIONS", "hunter2").output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("database.connections") && !said.contains("hunter2"), "{said}");

    assert_eq!(shell.fails(&["nonsense"]).0, 2);
    assert_eq!(shell.fails(&["site", "add", "Not A Key", "--origin", "https://news.example"]).0, 2);
    assert_eq!(shell.fails(&["site", "add", "news", "--origin", "news.example"]).0, 2);
    assert_eq!(shell.fails(&["site", "add", "news"]).0, 2);
    shell.does(&["site", "add", "news", "--origin", "https://news.example"]);
    assert_eq!(shell.fails(&["site", "add", "news", "--origin", "https://news.example"]).0, 1);
    assert_eq!(
        shell.fails(&["site", "show", "other"]),
        (1, "replydesk: there is no site other\n".to_owned())
    );
    assert_eq!(shell.fails(&["moderator", "add", "nobody", "--name", "N", "--role", "editor"]).0, 2);
    assert_eq!(shell.fails(&["moderator", "add", "n@x.example", "--name", "N", "--role", "king"]).0, 2);
}

#[test]
fn keys_are_never_written_over_and_never_guessed() {
    let shell = Shell::new(Database::sqlite());
    shell.does(&["keys", "generate"]);
    let kept = std::fs::read(shell.database.keys()).unwrap();
    assert_eq!(shell.fails(&["keys", "generate"]).0, 1);
    assert_eq!(std::fs::read(shell.database.keys()).unwrap(), kept);
    assert!(Keyrings::parse(&shell.does(&["keys", "generate", "--stdout"])).is_ok());

    let shell = Shell::new(Database::postgres());
    std::fs::remove_file(shell.database.keys()).unwrap();
    let (code, said) = shell.fails(&["site", "list"]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    shell.database.drop();
}

#[test]
fn the_settings_are_shown_without_passwords() {
    let shell = Shell::new(Database::sqlite());
    assert_eq!(shell.does(&["config", "default"]).trim_end(), Config::default_toml().trim_end());
    let mut showing = shell.command(&["config", "show"]);
    let output = showing.env("REPLYDESK_MAIL__URL", "smtp://desk:hunter2@mail.example").output().unwrap();
    let said = text(&output.stdout);
    assert!(output.status.success() && said.contains("mail.example") && !said.contains("hunter2"), "{said}");
}
