//! `keys` and `doctor`, and what starts without keys.

use std::{fs, os::unix::fs::PermissionsExt};

use replydesk::{store::Kind, vault::Keyrings};

use super::at_both_terminals;
use crate::support::Terminal;

at_both_terminals! {
    fn keys_are_made_once_and_never_over_others(at: &mut Terminal) {
        let file = at.folder().join("safe/keys.toml");
        at.set("REPLYDESK_KEYS__FILE", file.to_str());
        let missing = at.runs(&["keys", "status"]);
        assert_eq!((missing.code, missing.out.as_str()), (2, ""), "{}", missing.err);
        let said = at.does(&["keys", "generate"]);
        assert_eq!(said, format!("New keys are in {}. Keep a copy, apart from the database.\n", file.display()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let made = fs::read_to_string(&file).unwrap();
        assert_eq!(at.does(&["keys", "status"]), "sealing  s1\nindex    i1\n");
        let again = at.runs(&["keys", "generate"]);
        assert_eq!((again.code, again.out.as_str()), (1, ""), "{}", again.err);
        assert_eq!(fs::read_to_string(&file).unwrap(), made);
        let printed = at.does(&["keys", "generate", "--stdout"]);
        assert!(Keyrings::parse(&printed).is_ok() && printed != made);
        assert_eq!(fs::read_to_string(&file).unwrap(), made, "printing writes nothing");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let exposed = at.runs(&["keys", "status"]);
        assert!(exposed.code == 2 && exposed.err.contains("make it 0600"), "{}", exposed.err);
    }

    fn the_doctor_says_what_is_missing_and_changes_nothing(at: &mut Terminal) {
        let empty = at.runs(&["doctor"]);
        assert_eq!(empty.code, 1, "{}", empty.out);
        assert!(empty.out.contains("good  settings") && empty.out.contains("BAD   database"), "{}", empty.out);
        assert!(empty.out.contains("`replydesk migrate` makes") && empty.err.contains("of the checks failed"), "{}", empty.out);
        assert!(!at.folder().join("replydesk.db").exists());
        at.does(&["migrate"]);
        at.does(&["site", "list"]);
        let well = at.runs(&["doctor"]);
        assert!(!well.out.contains("BAD   keys") && !well.out.contains("BAD   database"), "{}", well.out);
        assert!(well.out.contains("good  keys        1 sealing, 1 index") && well.out.contains("good  mail"), "{}", well.out);
        assert_eq!(well.code, i32::from(well.out.contains("BAD ")), "{}", well.out);
        at.set("REPLYDESK_KEYS__FILE", Some("nowhere.toml"));
        let lost = at.runs(&["doctor"]);
        assert!(lost.code == 1 && lost.out.contains("BAD   keys        nowhere.toml: the keys file: "), "{}", lost.out);
    }
}

#[test]
fn with_sqlite_the_first_start_makes_keys_and_says_so() {
    let at = Terminal::on(Kind::Sqlite);
    let done = at.runs(&["site", "list"]);
    assert_eq!((done.code, done.out.as_str()), (0, ""));
    assert!(done.err.contains("made new keys in") && done.err.lines().count() == 1, "{}", done.err);
    assert_eq!(fs::metadata(at.database.keys()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(at.runs(&["site", "list"]).err, "");
}

#[test]
fn with_postgres_keys_must_be_given() {
    let mut at = Terminal::on(Kind::Postgres);
    at.set("REPLYDESK_KEYS__FILE", None);
    for command in [&["serve"][..], &["site", "list"], &["keys", "status"], &["keys", "generate"]] {
        at.fails(command, (2, "setting keys.file: must be given with PostgreSQL"));
    }
    at.set("REPLYDESK_KEYS__FILE", Some("nowhere.toml"));
    for command in [&["serve"][..], &["serve", "--role", "worker"], &["site", "list"]] {
        let done = at.runs(command);
        assert_eq!((done.code, done.err.lines().count()), (2, 1), "{}", done.err);
        assert!(done.err.starts_with("replydesk: keys: the keys file: "), "{}", done.err);
    }
    assert!(!at.folder().join("nowhere.toml").exists());
}
