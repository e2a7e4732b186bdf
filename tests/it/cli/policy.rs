//! `policy test`: other rules on what people decided.

use std::fs;

use serde_json::json;

use super::at_both_terminals;
use crate::support::{Service, Terminal, TestApp};

at_both_terminals! {
    fn other_rules_are_tried_on_what_people_decided(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example", "--policy", "hold-all"]);
        at.does(&["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "moderator"]);
        let token = at.does(&["moderator", "token", "mo@gazette.example"]);
        let bearer = format!("Bearer {}", token.lines().last().unwrap().trim());
        at.set("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", Some("0"));
        let service = Service::serves(at);
        for (text, decision) in [
            ("The bridge should open again.", Some("approve")),
            ("Nobody wins in that casino by the harbour.", Some("approve")),
            ("Come to our casino and win.", Some("reject")),
            ("Cheap v1agra for everybody here.", Some("spam")),
            ("Nobody has decided this one about the casino.", None),
        ] {
            let mut reply = TestApp::reply(text, "ann@example.org");
            reply["name"] = json!("Ann Example");
            let comment = service.posts("/v1/sites/gazette/comments", &reply).json();
            let Some(decision) = decision else { continue };
            let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
            let body = json!({"decision": decision, "version": 1});
            let decided = service.sends(("POST", &path), &[("authorization", &bearer)], &body);
            assert_eq!(decided.status, 200, "{}", decided.text());
        }
        assert_eq!(service.ends().code, 0);

        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let policy = file("policy.json", r#"{"mode": "open", "trust": {"approved": 3}}"#);
        let (hold, spam) = (file("hold.txt", "casino\r\n\r\nlottery\r\n"), file("spam.txt", "*viagra*\n"));
        let told = at.does(&["policy", "test", "gazette", "--policy", &policy, "--hold", &hold, "--spam", &spam, "--examples"]);
        let (table, examples) = told.split_once("\n\napproved by people, held by the rules:\n").unwrap_or_else(|| panic!("{told}"));
        assert_eq!(table, "\
Judged again on gazette: 4 comments that people decided in the last 30 days.

people decided     published      held      spam
approved                   1         1         0
rejected                   0         1         0
spam                       0         0         1

Kept from everybody, though people approved it: 0
Published, though people rejected it:           0");
        assert!(examples.contains("Ann Example: Nobody wins in that casino by the harbour.\n    word-hold (casino)\n"), "{examples}");
        assert!(!told.contains("example.org") && !told.contains("Nobody has decided"), "{told}");

        // as things are, all of it is held; nothing was changed by trying
        let now = at.does(&["policy", "test", "gazette"]);
        assert!(now.contains("approved                   0         2         0\n") && now.contains("spam                       0         1         0\n"), "{now}");
        assert!(at.does(&["site", "show", "gazette"]).contains("policy         hold-all\n"));

        let wrong = file("wrong.txt", "casino\n*\n");
        at.fails(&["policy", "test", "gazette", "--hold", &wrong], (2, "--hold: line 2: required"));
        at.fails(&["policy", "test", "gazette", "--spam", "nowhere.txt"], (2, "--spam: cannot read it: entity not found"));
        let list = file("list.json", "[]");
        at.fails(&["policy", "test", "gazette", "--policy", &list], (2, "--policy: not an object with members of a policy"));
        let beyond = file("beyond.json", r#"{"max_links": 5000}"#);
        at.fails(&["policy", "test", "gazette", "--policy", &beyond], (2, "--policy: max_links is out of its bounds"));
        at.fails(&["policy", "test", "nowhere"], (1, "there is no site nowhere"));
        assert_eq!(at.runs(&["policy", "test", "gazette", "--days", "0"]).code, 2);
    }
}
