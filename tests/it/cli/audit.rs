//! `audit`, beside a service that seals.

use serde_json::Value;

use super::at_both_terminals;
use crate::support::{Service, Terminal};

at_both_terminals! {
    fn the_log_is_verified_and_taken_away(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        at.does(&["site", "add", "herald", "--origin", "https://herald.example"]);
        at.does(&["site", "token", "gazette"]);
        let service = Service::serves(at);
        let line = service.says("the audit log ends at ");
        let (_, head) = line.split_once("the audit log ends at ").unwrap();
        let head = head.split_whitespace().next().unwrap();
        assert_eq!(service.ends().code, 0);
        assert_eq!(at.does(&["audit", "verify"]), format!("3 entries are as they were written.\nThe log ends at {head}\n"));
        at.does(&["audit", "verify", "--head", head]);
        let (number, seal) = head.split_once(':').unwrap();
        assert_eq!((number, seal.len()), ("3", 43));
        let other = format!("2:{seal}");
        let done = at.runs(&["audit", "verify", "--head", &other]);
        assert_eq!(done.code, 1, "{}", done.err);
        assert_eq!(done.out, "number 2 was cut off, or another one stands in its place\n");
        assert!(done.err.ends_with("the audit log is not what was written: 1 finding; 3 entries are good\n"), "{}", done.err);
        assert_eq!(at.runs(&["audit", "verify", "--head", "3:x"]).code, 2);

        let exported = at.does(&["audit", "export"]);
        let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
        assert_eq!(actions, ["add", "add", "issue-token"]);
        assert_eq!(at.does(&["audit", "export", "--site", "herald"]).lines().count(), 1);
        let since = lines[2]["at"].as_str().unwrap();
        assert_eq!(at.does(&["audit", "export", "--since", since]).lines().count(), 1);
        assert_eq!(at.does(&["audit", "export", "--until", since]).lines().count(), 2);
        at.fails(&["audit", "export", "--site", "nowhere"], (1, "there is no site nowhere"));
        assert_eq!(at.runs(&["audit", "export", "--since", "yesterday"]).code, 2);
        // of what has no note, and of nothing
        for id in [lines[0]["id"].as_str().unwrap(), "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"] {
            at.fails(&["audit", "erase-note", id], (1, "there is no entry or comment of that id with a note"));
        }
        assert_eq!(at.runs(&["audit", "erase-note", "7"]).code, 2);
    }
}
