//! `moderator` and `outbox`.

use super::at_both_terminals;
use crate::support::Terminal;

const ADD: [&str; 7] = ["moderator", "add", "Mo@Gazette.example", "--name", "Mo", "--role", "moderator"];

at_both_terminals! {
    fn people_come_change_and_go(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        assert_eq!(at.does(&["moderator", "list"]), "");
        assert_eq!(at.does(&ADD), "Made the account of Mo.\n");
        at.fails(&ADD, (1, "that address has an account already"));
        let bound = ["moderator", "add", "eve@gazette.example", "--name", " Eve ", "--role", "editor", "--site", "gazette", "--password-stdin"];
        let done = at.hears(&bound, "correct horse battery staple\nnot read\n");
        assert_eq!((done.code, done.out.as_str()), (0, "Made the account of Eve.\n"), "{}", done.err);
        let listed = "mo@gazette.example\tMo\tmoderator\tall sites\tmail each\neve@gazette.example\tEve\teditor\tbound to sites\tmail each\n";
        assert_eq!(at.does(&["moderator", "list"]), listed);
        let set = ["moderator", "set", "EVE@gazette.example", "--role", "admin", "--name", "Eva", "--all-sites"];
        assert_eq!(at.does(&set), "Changed the account of Eva.\n");
        at.does(&["moderator", "set", "mo@gazette.example", "--site", "gazette"]);
        let listed = "mo@gazette.example\tMo\tmoderator\tbound to sites\tmail each\neve@gazette.example\tEva\tadmin\tall sites\tmail each\n";
        assert_eq!(at.does(&["moderator", "list"]), listed);
        let token = at.does(&["moderator", "token", "mo@gazette.example"]);
        let lines: Vec<&str> = token.lines().collect();
        assert_eq!((lines.len(), lines[0]), (2, "An API token for Mo, shown once:"));
        assert!(lines[1].len() > 40 && at.does(&["moderator", "token", "mo@gazette.example"]) != token);
        assert_eq!(at.does(&["moderator", "remove", "mo@gazette.example"]), "Removed the account of Mo.\n");
        for command in ["set", "remove", "token"] {
            at.fails(&["moderator", command, "mo@gazette.example"], (1, "there is no account of that address"));
        }
        assert_eq!(at.does(&["moderator", "list"]).lines().count(), 1);
    }

    fn tokens_are_given_out_listed_and_withdrawn(at: &mut Terminal) {
        at.does(&ADD);
        let token = |more: &[&'static str]| [&["moderator", "token", "mo@gazette.example"], more].concat();
        assert_eq!(at.does(&token(&["--list"])), "");
        let given = at.does(&token(&["--scope", "read", "--days", "30", "--name", "Figures"]));
        assert!(given.lines().nth(1).unwrap().starts_with("rd_mod_"), "{given}");
        let listed = at.does(&token(&["--list"]));
        let columns: Vec<&str> = listed.trim_end().split('\t').collect();
        assert_eq!((columns.len(), columns[0].len(), columns[1], columns[3], columns[4]), (5, 12, "read", "used -", "Figures"), "{listed}");
        assert!(columns[2].starts_with("until 20") && !given.contains(columns[0]), "{listed}");
        at.does(&token(&[]));
        assert!(at.does(&token(&["--list"])).lines().next().unwrap().contains("\tall\t"), "the newest first");
        let revoke = format!("--revoke={}", columns[0]);
        let revoke = ["moderator", "token", "mo@gazette.example", &revoke];
        assert_eq!(at.does(&revoke), "Withdrew an API token of Mo.\n");
        at.fails(&revoke, (1, "the account has no such token; see --list"));
        assert_eq!(at.does(&token(&["--list"])).lines().count(), 1);
        assert_eq!(at.does(&token(&["--revoke"])), "Withdrew the API tokens of Mo.\n");
        assert_eq!(at.does(&token(&["--list"])), "");
        for wrong in [&["--scope", "root"][..], &["--days", "0"], &["--days", "3651"], &["--list", "--revoke"], &["--list", "--days", "9"]] {
            assert_eq!(at.runs(&token(wrong)).code, 2, "{wrong:?}");
        }
        at.fails(&token(&["--name", "a\tb"]), (2, "--name takes up to 100 characters"));
    }

    fn people_get_mail_as_they_want_it(at: &mut Terminal) {
        at.does(&ADD);
        let set = |more: &[&'static str]| [&["moderator", "set", "mo@gazette.example"], more].concat();
        let listed = |mail: &str| format!("mo@gazette.example\tMo\tmoderator\tall sites\t{mail}\n");
        for (more, shown) in [
            (&["--mail", "digest", "--digest-minutes", "30"][..], "mail digest every 30 minutes"),
            (&["--quiet", "22:00-07:00", "--time-zone", "europe/berlin"], "mail digest every 30 minutes, quiet 22:00-07:00 Europe/Berlin"),
            (&["--mail", "each"], "mail each, quiet 22:00-07:00 Europe/Berlin"),
            (&["--quiet", "none"], "mail each"),
            (&["--mail", "off"], "mail off"),
        ] {
            assert_eq!(at.does(&set(more)), "Changed the account of Mo.\n");
            assert_eq!(at.does(&["moderator", "list"]), listed(shown));
        }
        for wrong in [
            &["--mail", "often"][..], &["--digest-minutes", "4"], &["--digest-minutes", "1441"], &["--quiet", "22:00"],
            &["--quiet", "22:00-22:00"], &["--time-zone", "Berlin"],
        ] {
            assert_eq!(at.runs(&set(wrong)).code, 2, "{wrong:?}");
        }
        assert_eq!(at.does(&["moderator", "list"]), listed("mail off"));
    }

    fn people_are_invited_and_helped_out(at: &mut Terminal) {
        let invited = [&ADD[..], &["--invite"]].concat();
        assert_eq!(at.does(&invited), "Made the account of Mo.\nAn invitation is owed; a running worker sends it.\n");
        let owed = at.does(&["outbox", "list"]);
        assert!(owed.contains("\towed\tinvitation/1\t") && !owed.contains('@') && owed.lines().count() == 1, "{owed}");
        let set = ["moderator", "set", "mo@gazette.example", "--reset-second-factor", "--invite"];
        assert_eq!(
            at.does(&set),
            "Changed the account of Mo.\nThe second factor is off.\nAn invitation is owed; a running worker sends it.\n"
        );
        assert_eq!(at.runs(&[&set[..], &["--password-stdin"]].concat()).code, 2);
    }

    fn wrong_people_are_refused(at: &mut Terminal) {
        let add = |email, name, more: &[&'static str]| [&["moderator", "add", email, "--name", name, "--role", "editor"], more].concat();
        at.fails(&add("mo", "Mo", &[]), (2, "not an e-mail address"));
        at.fails(&add("mo@gazette.example", " ", &[]), (2, "--name takes 1 to 100 characters on one line, none of them an @"));
        at.fails(&add("mo@gazette.example", "Mo", &["--site", "nowhere"]), (1, "there is no site nowhere"));
        let by_password = add("mo@gazette.example", "Mo", &["--password-stdin"]);
        for (typed, said) in [
            ("", "a password has at least 12 characters"),
            ("canarycanar\n", "a password has at least 12 characters"),
            (&"c".repeat(1_025), "a password has at most 1024 bytes"),
        ] {
            let done = at.hears(&by_password, typed);
            assert_eq!(done.code, 2, "{}", done.err);
            assert!(done.err.ends_with(&format!("replydesk: {said}\n")) && !done.err.contains("canary"), "{}", done.err);
        }
        for wrong in [&["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "boss"][..], &["moderator", "add"], &["moderator"]] {
            let done = at.runs(wrong);
            assert!(done.code == 2 && done.out.is_empty() && !done.err.is_empty(), "{wrong:?}");
        }
        assert_eq!(at.does(&["moderator", "list"]), "");
    }

    fn what_is_owed_is_shown_retried_and_dropped(at: &mut Terminal) {
        at.does(&ADD);
        assert_eq!(at.does(&["outbox", "list"]), "");
        at.fails(&["outbox", "test", "nobody@gazette.example"], (1, "there is no account of that address"));
        let said = at.does(&["outbox", "test", "mo@gazette.example"]);
        let id = said.strip_prefix("A test letter is owed as ").and_then(|rest| rest.split(';').next()).unwrap();
        let listed = at.does(&["outbox", "list"]);
        assert!(listed.starts_with(&format!("{id}\towed\t")) && listed.contains("\tattempts 0\tdue 20"), "{listed}");
        assert_eq!((at.does(&["outbox", "show", id]), at.does(&["outbox", "list", "owed"])), (listed.clone(), listed.clone()));
        assert!(!listed.contains('@') && listed.lines().count() == 1);
        assert_eq!(at.does(&["outbox", "retry", id]), "It is due now.\n");
        assert_eq!(at.does(&["outbox", "drop", id]), "Dropped.\n");
        assert_eq!(at.does(&["audit", "export"]).matches("\"object\":\"message\"").count(), 2, "and both are in the log");
        assert_eq!(at.does(&["outbox", "list"]), "");
        assert!(at.does(&["outbox", "list", "dropped"]).starts_with(&format!("{id}\tdropped\t")));
        for command in ["retry", "drop"] {
            at.fails(&["outbox", command, id], (1, "there is no such message that is owed or dead"));
        }
        at.fails(&["outbox", "show", "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"], (1, "there is no such message"));
        for state in ["dead", "sent"] {
            assert_eq!(at.does(&["outbox", "list", state]), "");
        }
        assert_eq!(at.runs(&["outbox", "show", "nonsense"]).code, 2);
    }
}
