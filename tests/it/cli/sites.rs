//! `migrate`, `site` and `article`.

use super::at_both_terminals;
use crate::support::Terminal;

at_both_terminals! {
    fn sites_are_made_shown_and_changed(at: &mut Terminal) {
        assert_eq!(at.does(&["migrate"]), "The database is up to date.\n");
        assert_eq!(at.does(&["migrate"]), "The database is up to date.\n");
        assert_eq!(at.does(&["site", "list"]), "");
        let add = ["site", "add", "gazette", "--name", "The Gazette", "--origin", "https://News.example:443/", "--origin", "http://localhost:3000"];
        assert_eq!(at.does(&add), "Made the site gazette.\n");
        at.fails(&add, (1, "there is a site of that key already"));
        assert_eq!(at.does(&["site", "add", "a", "--origin", "https://a.example"]), "Made the site a.\n");
        assert_eq!(at.does(&["site", "list"]), "a\ta\ngazette\tThe Gazette\n");
        let shown = "key            gazette\nname           The Gazette\norigins        https://news.example http://localhost:3000\n\
                     policy         hold-all\ncomment chars  10000\nlinks          decide\noverdue        after 240 minutes\n\
                     language       en\nprivacy url    none\nrules url      none\n";
        assert_eq!(at.does(&["site", "show", "gazette"]), shown);
        let set = at.does(&["site", "set", "gazette", "--policy", "open", "--comment-chars", "500"]);
        assert_eq!(set, shown.replace("hold-all", "open").replace("10000", "500"));
        let set = at.does(&["site", "set", "gazette", "--links", "open"]);
        assert!(set.contains("comment chars  500\nlinks          open\noverdue        after 240 minutes\n"), "{set}");
        assert!(at.does(&["site", "set", "gazette", "--links", "decide"]).contains("\nlinks          decide\n"));
        for (minutes, shown) in [("0", "never"), ("90", "after 90 minutes")] {
            let set = at.does(&["site", "set", "gazette", "--overdue", minutes]);
            assert!(set.contains(&format!("\noverdue        {shown}\n")), "{set}");
        }
        at.fails(&["site", "set", "gazette", "--overdue", "43201"], (2, "--overdue takes 0 to 43200"));
        let urls = ["--privacy-url", "https://News.example/privacy", "--rules-url", "https://news.example/rules?of=comments"];
        let set = at.does(&[&["site", "set", "gazette", "--language", "de"], &urls[..]].concat());
        let shown = "\nlanguage       de\nprivacy url    https://news.example/privacy\nrules url      https://news.example/rules?of=comments\n";
        assert!(set.ends_with(shown), "{set}");
        let set = at.does(&["site", "set", "gazette", "--rules-url", ""]);
        assert!(set.ends_with("\nlanguage       de\nprivacy url    https://news.example/privacy\nrules url      none\n"), "{set}");
        let wrong = "--privacy-url takes an address of the web of at most 500 characters";
        at.fails(&["site", "set", "gazette", "--privacy-url", "javascript:alert(1)"], (2, wrong));
        assert_eq!(at.runs(&["site", "set", "gazette", "--language", "tlh"]).code, 2);
        let set = at.does(&["site", "set", "gazette", "--name", "G", "--origin", "https://g.example"]);
        assert!(set.contains("name           G\norigins        https://g.example\npolicy         open\n"), "{set}");
        assert_eq!(at.does(&["site", "show", "gazette"]), set);
    }

    fn a_site_token_is_shown_once_and_another_each_time(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        let tokens = [at.does(&["site", "token", "gazette"]), at.does(&["site", "token", "gazette"])];
        for said in &tokens {
            let lines: Vec<&str> = said.lines().collect();
            assert!(lines.len() == 2 && lines[1].starts_with("rd_site_") && lines[1].len() > 40, "{said}");
            let kept = at.database.bytes();
            assert!(!kept.windows(lines[1].len()).any(|bytes| bytes == lines[1].as_bytes()), "only its hash is kept");
        }
        assert_ne!(tokens[0], tokens[1]);
        assert!(at.does(&["site", "token", "gazette", "--revoke"]).starts_with("Withdrew 2"));
        assert!(at.does(&["site", "token", "gazette", "--revoke"]).starts_with("Withdrew 0"));
        at.fails(&["site", "token", "nowhere"], (1, "there is no site nowhere"));
    }

    fn wrong_sites_are_refused(at: &mut Terminal) {
        let (name, long) = ("n".repeat(201), "k".repeat(41));
        let key = "the key of a site is a-z, 0-9 and hyphens, at most 40";
        for wrong in ["", "The", "a b", "ä", &long] {
            at.fails(&["site", "add", wrong, "--origin", "https://a.example"], (2, key));
        }
        at.fails(&["site", "add", "a"], (2, "a site needs at least one --origin"));
        for wrong in ["a.example", "https://a.example/path", "null", "ftp://a.example"] {
            let said = "--origin takes a scheme and a host, as https://news.example";
            at.fails(&["site", "add", "a", "--origin", wrong], (2, said));
        }
        for wrong in ["", " ", &name] {
            at.fails(&["site", "add", "a", "--origin", "https://a.example", "--name", wrong], (2, "--name takes 1 to 200 characters"));
        }
        for wrong in ["0", "65526"] {
            let said = "--comment-chars takes 1 to 65525";
            at.fails(&["site", "add", "a", "--origin", "https://a.example", "--comment-chars", wrong], (2, said));
        }
        for command in ["show", "set", "token"] {
            at.fails(&["site", command, "nowhere"], (1, "there is no site nowhere"));
        }
        assert_eq!(at.runs(&["site", "set", "a", "--policy", "nonsense"]).code, 2);
        assert_eq!(at.does(&["site", "list"]), "");
    }

    fn articles_are_listed_and_missing_ones_are_told(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        assert_eq!(at.does(&["article", "list", "gazette"]), "");
        for command in [&["open", "gazette", "a"][..], &["close", "gazette", "a"], &["rename", "gazette", "a", "New"], &["delete", "gazette", "a"],
            &["show", "gazette", "a"], &["set", "gazette", "a", "--slow", "0"], &["pause", "gazette", "a"], &["resume", "gazette", "a"]] {
            at.fails(&[&["article"], command].concat(), (1, "the site gazette has no such article"));
        }
        at.fails(&["article", "list", "nowhere"], (1, "there is no site nowhere"));
        at.fails(&["article", "close", "nowhere", "a"], (1, "there is no site nowhere"));
        at.fails(&["article", "close", "gazette", " "], (2, "the key of an article has 1 to 200 characters"));
        for wrong in ["86401", "-1", "fast"] {
            let slow = format!("--slow={wrong}");
            at.fails(&["article", "set", "gazette", "a", &slow], (2, "--slow takes 0 to 86400 seconds, or `site`"));
        }
        for wrong in [&["set", "gazette", "a"][..], &["set", "gazette", "a", "--mode", "moon"], &["pause", "gazette", "a", "--minutes", "0"], &["pause", "gazette", "a", "--action", "burn"]] {
            assert_eq!(at.runs(&[&["article"], wrong].concat()).code, 2, "{wrong:?}");
        }
        at.fails(&["article", "pause", "gazette", "a", "--note", "a\nb"], (2, "--note takes at most 500 characters on one line"));
        let long = "T".repeat(301);
        for wrong in ["", &long] {
            at.fails(&["article", "rename", "gazette", "a", wrong], (2, "a title has 1 to 300 characters"));
        }
    }
}
