//! `serve` and `demo` as processes: they answer, share their database with commands, and end when told.

use std::fs;

use replydesk::{app::block_on, store::Kind};
use serde_json::json;

use super::at_both_terminals;
use crate::support::{PASSWORD, Service, Terminal};

fn word(service: &Service, label: &str) -> Option<String> {
    let said = service.said();
    let line = said.iter().find(|line| line.trim_start().starts_with(label))?;
    line.split_whitespace().nth(label.split_whitespace().count()).map(str::to_owned)
}

fn signs_in(service: &Service, email: &str, password: &str) -> u16 {
    let page = service.gets("/desk/sign-in").text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("email", email), ("password", password), ("csrf", csrf.as_str())];
    block_on(service.client.submit("/desk/sign-in", &fields, &[])).status
}

#[test]
fn the_demo_tells_its_addresses_and_its_password_only_once() {
    let mut at = Terminal::on(Kind::Sqlite);
    for name in
        ["REPLYDESK_DATABASE__URL", "REPLYDESK_KEYS__FILE", "REPLYDESK_MAIL__URL", "REPLYDESK_LOG__FORMAT"]
    {
        at.set(name, None);
    }
    let service = Service::starts(&at, &["demo", "--data", "try"], "password");
    let (name, password) = (word(&service, "sign in").unwrap(), word(&service, "password").unwrap());
    for (label, path, heard) in [("article", "/demo", "Leave a Reply"), ("desk", "/desk/sign-in", "Sign in")]
    {
        assert!(word(&service, label).unwrap().starts_with("http://127.0.0.1:"), "{:?}", service.said());
        let page = service.gets(path);
        assert!(page.status == 200 && page.text().contains(heard), "{path}");
    }
    assert_eq!(word(&service, "mail").as_deref(), Some("try/mail"));
    assert_eq!(signs_in(&service, &name, &password), 303);
    assert_eq!(signs_in(&service, &name, "not the password"), 422);
    let second = at.runs(&["demo", "--data", "try"]);
    assert!(second.code == 1 && second.err.contains("has this SQLite database open"), "{}", second.err);
    assert_eq!(service.ends().code, 0);
    for file in ["replydesk.db", "keys.toml"] {
        assert!(at.folder().join("try").join(file).exists(), "{file}");
    }

    let service = Service::starts(&at, &["demo", "--data", "try"], "password");
    assert!(
        service.said().concat().contains("shown when try was made")
            && !service.said().concat().contains(&password)
    );
    assert_eq!(signs_in(&service, &name, &password), 303, "the password of the first time stays");
    assert_eq!(service.ends().code, 0);
}

at_both_terminals! {
    fn commands_work_beside_a_server(at: &mut Terminal) {
        at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
        let service = Service::serves(at);
        let reply = crate::support::TestApp::reply("Nice piece", "ann@example.org");
        let held = service.posts("/v1/sites/gazette/comments", &reply);
        assert_eq!(held.status, 202, "{}", held.text());
        assert_eq!(at.does(&["article", "list", "gazette"]), "news/1\topen\t0\tThe bridge\n");
        assert_eq!(at.does(&["article", "close", "gazette", "news/1"]), "news/1\tclosed\t0\tThe bridge\n");
        let again = json!({"article": {"key": "news/1"}, "name": "Bob", "email": "bob@example.org", "comment": "Me too"});
        assert_eq!(service.posts("/v1/sites/gazette/comments", &again).problem(), "comments-closed");
        assert_eq!(at.does(&["article", "open", "gazette", "news/1"]), "news/1\topen\t0\tThe bridge\n");
        assert_eq!(service.posts("/v1/sites/gazette/comments", &again).status, 202);
        let renamed = at.does(&["article", "rename", "gazette", "news/1", "The old bridge"]);
        assert_eq!(renamed, "news/1\topen\t0\tThe old bridge\n");
        let shown = "key        news/1\ntitle      The old bridge\nurl        https://news.example/news/1\npublished  0\n\
                     comments   open\nmode       hold-all (the site's)\nslow       no (the site's)\npaused     no\n";
        assert_eq!(at.does(&["article", "show", "gazette", "news/1"]), shown);
        let set = at.does(&["article", "set", "gazette", "news/1", "--mode", "open", "--slow", "0"]);
        assert_eq!(set, shown.replace("hold-all (the site's)", "open").replace("no (the site's)", "no"));
        let set = at.does(&["article", "set", "gazette", "news/1", "--mode", "site", "--slow", "90"]);
        assert_eq!(set, shown.replace("no (the site's)", "90 seconds"));
        assert_eq!(at.does(&["article", "set", "gazette", "news/1", "--slow", "site"]), shown);
        let paused = at.does(&["article", "pause", "gazette", "news/1", "--action", "closed", "--minutes", "5", "--note", "A quarrel"]);
        assert!(paused.contains("\ncomments   closed until 2") && paused.contains("\npaused     closed until 2"), "{paused}");
        assert!(paused.ends_with("\nnote       A quarrel\n"), "{paused}");
        assert_eq!(at.does(&["article", "list", "gazette"]), "news/1\tpaused\t0\tThe old bridge\n");
        let more = json!({"article": {"key": "news/1"}, "name": "Cid", "email": "cid@example.org", "comment": "And me"});
        assert_eq!(service.posts("/v1/sites/gazette/comments", &more).problem(), "comments-closed");
        assert_eq!(at.does(&["article", "resume", "gazette", "news/1"]), shown);
        at.fails(&["article", "resume", "gazette", "news/1"], (1, "the article is not paused"));
        assert_eq!(at.does(&["article", "delete", "gazette", "news/1"]), "Deleted.\n");
        assert_eq!(at.does(&["article", "list", "gazette"]), "");
        let receipt = format!("/v1/receipts/{}", held.json()["receipt"]["token"].as_str().unwrap());
        assert_eq!(service.gets(&receipt).json()["status"], "pending");

        let add = ["moderator", "add", "mo@gazette.example", "--name", "Mo", "--role", "moderator", "--password-stdin"];
        assert_eq!(at.hears(&add, PASSWORD).code, 0);
        assert_eq!(signs_in(&service, "mo@gazette.example", PASSWORD), 303);
        let token = at.does(&["moderator", "token", "mo@gazette.example"]).lines().nth(1).unwrap().to_owned();
        let bearer = format!("Bearer {token}");
        let list = block_on(service.client.send(("GET", "/v1/moderation/comments"), &[("authorization", &bearer)], None));
        assert_eq!(list.status, 200, "{}", list.text());
        assert_eq!(at.does(&["moderator", "remove", "mo@gazette.example"]), "Removed the account of Mo.\n");
        let list = block_on(service.client.send(("GET", "/v1/moderation/comments"), &[("authorization", &bearer)], None));
        assert_eq!(list.status, 401);
        let done = service.ends();
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(!done.err.contains("ann@") && !done.err.contains("Nice piece"), "{}", done.err);
    }
}

#[test]
fn keys_that_were_lost_are_not_replaced() {
    let at = Terminal::on(Kind::Sqlite);
    at.does(&["site", "add", "gazette", "--origin", "https://news.example"]);
    let service = Service::serves(&at);
    let reply = crate::support::TestApp::reply("Nice piece", "ann@example.org");
    assert_eq!(service.posts("/v1/sites/gazette/comments", &reply).status, 202);
    assert_eq!(service.ends().code, 0);
    let (keys, away) = (at.database.keys(), at.folder().join("away.toml"));
    fs::rename(&keys, &away).unwrap();
    let lost = at.runs(&["serve"]);
    assert_eq!((lost.code, lost.err.lines().count()), (2, 1), "{}", lost.err);
    assert!(lost.err.starts_with("replydesk: keys: the keys file: ") && !keys.exists(), "{}", lost.err);
    fs::rename(&away, &keys).unwrap();
    assert_eq!(Service::serves(&at).ends().code, 0);
}
