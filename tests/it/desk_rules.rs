//! The rules of a site at the desk: who sees and sets them, and what a test of them tells.

use serde_json::Value;

use crate::{
    shift::{Browser, hidden, told},
    support::{SITE, TestApp},
};
use replydesk::domain::{BreakerRules, Language, Mode, Policy, Role};
use std::time::Duration;

const POLICY: &str = "/desk/policy";
const WORDS: &str = "/desk/words";

/// The whole form of a policy as a browser sends it: the usual one, with other values for some fields.
fn form(version: &str, changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&str, String)> = [
        ("site", SITE),
        ("version", version),
        ("mode", "hold-all"),
        ("staff_names", ""),
        ("word_fields", "text"),
        ("word_fields", "name"),
        ("word_fields", "website"),
        ("breaker.action", "hold-all"),
        ("links", "decide"),
        ("language", "en"),
        ("privacy_url", ""),
        ("rules_url", ""),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    fields.extend(Policy::default().numbers().map(|(name, value, _)| (name, value.to_string())));
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    fields
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn lists<'a>(version: &'a str, hold: &'a str, spam: &'a str) -> [(&'static str, &'a str); 4] {
    [("site", SITE), ("version", version), ("hold", hold), ("spam", spam)]
}

fn with<'a>(action: &'a str, fields: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    [&[("action", action)], fields].concat()
}

/// What stands in a text area.
fn area<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\" name=\"{id}\"")).expect("a text area");
    let (_, text) = rest.split_once(">\n").unwrap();
    text.split("</textarea>").next().unwrap()
}

/// Of one row of the table: how many would have been published, held, and called spam.
fn row(page: &str, decided: &str) -> [usize; 3] {
    let (_, rest) = page.split_once(&format!("<th scope=\"row\">{decided}</th>")).expect("a row");
    let mut cells = rest.split("<td>").skip(1).map(|cell| cell.split('<').next().unwrap().parse().unwrap());
    [(); 3].map(|()| cells.next().unwrap())
}

/// Comments that people decided: two approved, one rejected, one spam.
async fn decided(app: &TestApp) -> [Value; 4] {
    let mo = app.hires("Mo", Role::Moderator, &[]).await;
    let texts = [
        "The bridge is lovely.",
        "The casino by the river is closed.",
        "You are all fools.",
        "Cheap lamps, best lamps.",
    ];
    let mut comments = Vec::new();
    for (text, decision) in texts.into_iter().zip(["approve", "approve", "reject", "spam"]) {
        app.waits(Duration::from_secs(20));
        let comment = app.submits(text, "ann@example.org").await;
        mo.does(decision, &comment).await;
        comments.push(comment);
    }
    comments.try_into().unwrap()
}

both_databases! {
    async fn an_editor_sets_the_policy(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let page = eve.sees(POLICY).await;
        assert!(page.contains("<a href=\"/desk/policy\" aria-current=\"page\">Rules</a>"), "it is in the bar");
        assert!(page.contains("href=\"/desk/words?site=gazette\">Word lists</a>") && page.contains("Nothing was changed yet."));
        assert_eq!(hidden(&page, "version"), "0");
        for checked in ["value=\"hold-all\" required checked", "value=\"text\" checked", "value=\"decide\" required checked"] {
            assert!(page.contains(checked), "{checked}");
        }
        // what the form shows is what it sends
        for (name, value, bounds) in Policy::default().numbers() {
            let field = format!("name=\"{name}\" type=\"number\" min=\"{}\" max=\"{}\" value=\"{value}\"", bounds.start(), bounds.end());
            assert!(page.contains(&field), "{field}");
        }
        let said = form("0", &[
            ("mode", "trust-known"), ("trust.approved", " 3 "), ("trust.by_name_and_address", "yes"), ("form.required", "yes"),
            ("staff_names", " Marit Oyelaran \r\n\r\nTom\r\n"), ("word_fields", "agent"), ("breaker.per_ten_minutes", "40"),
            ("breaker.action", "slow"), ("links", "open"), ("overdue_minutes", "0"),
            ("language", "uk"), ("privacy_url", " https://News.example/privacy "), ("rules_url", ""),
        ]);
        let (page, at) = eve.does(POLICY, &with("save", &borrowed(&said))).await;
        assert_eq!(at, "/desk/policy?site=gazette&done=saved");
        assert!(told(&page).starts_with("Saved.") && page.contains("<strong>Version 1</strong> by <bdi>Eve</bdi>"));
        assert_eq!((hidden(&page, "version").as_str(), area(&page, "staff_names")), ("1", "Marit Oyelaran\nTom"));
        let kept = app.app().sites.find(SITE).unwrap().policy.clone();
        assert_eq!((kept.mode, kept.trust.approved, kept.trust.by_name_and_address), (Mode::TrustKnown, 3, true));
        assert_eq!((kept.form.required, kept.word_fields.len(), kept.staff_names.len(), kept.overdue_minutes), (true, 1, 2, 0));
        assert_eq!((kept.language, kept.privacy_url.as_deref(), kept.rules_url), (Language::Ukrainian, Some("https://news.example/privacy"), None));
        assert!(page.contains("<option value=\"uk\" selected>Ukrainian</option>"), "the language is chosen");
        assert_eq!(kept.breaker, BreakerRules { per_ten_minutes: 40, action: replydesk::domain::BreakerAction::Slow, ..BreakerRules::default() });
        assert_eq!(app.rows("select count(*) from audit where action = 'set-policy' and via = 'desk' and actor is not null").await, 1);
        let log = eve.sees("/desk/audit").await;
        assert!(!log.contains("set-policy"), "what was done has words");
    }

    async fn whoever_moderates_reads_and_nobody_else(app: TestApp) {
        app.opens_site("herald", Policy { mode: Mode::Open, ..Policy::default() }).await;
        let (mo, otto) = (Browser::of(app, "Mo", Role::Moderator).await, Browser::of(app, "Otto", Role::Operator).await);
        let eve = Browser::bound(app, ("Eve", Role::Editor), &["herald"]).await;
        let policy = form("0", &[("mode", "open")]);
        for (path, fields) in [(POLICY, borrowed(&policy)), (WORDS, lists("0", "casino", "").to_vec())] {
            let page = mo.sees(path).await;
            assert!(!page.contains(&format!("action=\"{path}\"")) && page.contains("Editors change it"), "{path}");
            assert!(page.contains(&format!("{path}?site=herald")), "there are two sites");
            for action in ["save", "test", "edit"] {
                assert_eq!(mo.sends(path, &with(action, &fields)).await.status, 403, "{path} {action}");
                assert_eq!(otto.sends(path, &with(action, &fields)).await.status, 403, "{path} {action}");
                assert_eq!(eve.sends(path, &with(action, &fields)).await.status, 404, "{path} {action}");
            }
            assert_eq!(otto.gets(path).await.status, 403);
            assert_eq!(eve.gets(&format!("{path}?site=gazette")).await.status, 404);
            assert_eq!(eve.gets(&format!("{path}?site=nowhere")).await.status, 404);
            let nobody = app.client.get(path).await;
            assert_eq!((nobody.status, nobody.header("location")), (303, format!("/desk/sign-in?next={}", path.replace('/', "%2F")).as_str()));
            let nobody = app.client.submit(path, &fields, &[]).await;
            assert_eq!((nobody.status, nobody.header("location")), (303, format!("/desk/sign-in?next={}", path.replace('/', "%2F")).as_str()));
        }
        let page = mo.sees(&format!("{POLICY}?site=herald")).await;
        assert!(page.contains("<dt>When nothing is found in it</dt><dd><bdi>Everything is published at once</bdi></dd>") && page.contains("<bdi>Text, Name, Website</bdi>"));
        assert_eq!(app.rows("select count(*) from rules").await, 0);
    }

    async fn a_large_form_of_a_stranger_is_not_read(app: TestApp) {
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let head = |cookie: &str| format!(
            "POST {WORDS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n{cookie}Content-Length: 9000000\r\nConnection: close\r\n\r\nhold=a"
        );
        // the rest never comes, and the answer does
        assert!(app.client.wire(&head("")).await.starts_with("HTTP/1.1 303"));
        assert!(app.client.wire(&head(&format!("Cookie: {}\r\n", mo.cookie()))).await.starts_with("HTTP/1.1 403"));
    }

    async fn somebody_else_was_first(app: TestApp) {
        let (eve, eli) = (Browser::of(app, "Eve", Role::Editor).await, Browser::of(app, "Eli", Role::Editor).await);
        eli.does(POLICY, &with("save", &borrowed(&form("0", &[("max_links", "7")])))).await;
        let late = form("0", &[("mode", "open"), ("staff_names", "Marit\r\n<b>")]);
        let answer = eve.sends(POLICY, &with("save", &borrowed(&late))).await;
        let page = answer.text();
        assert_eq!(answer.status, 409);
        assert!(page.contains("role=\"alert\">Somebody changed this since you opened the page") && page.contains("by <bdi>Eli</bdi>"));
        assert!(page.contains("<dt>Links that hold a comment</dt><dd><bdi>7</bdi></dd>"), "what is in force now");
        assert!(page.contains("value=\"open\" required checked") && area(&page, "staff_names").starts_with("Marit") && !page.contains("<b>"));
        // who saves it again knows of the other
        let again = form(&hidden(&page, "version"), &[("mode", "open")]);
        assert!(eve.does(POLICY, &with("save", &borrowed(&again))).await.0.contains("Version 2"));

        eli.does(WORDS, &with("save", &lists("0", "casino", ""))).await;
        let answer = eve.sends(WORDS, &with("save", &lists("0", "lamps", ""))).await;
        let page = answer.text();
        assert_eq!((answer.status, area(&page, "hold")), (409, "lamps"));
        assert!(page.contains("id=\"hold-now\"") && page.contains("\ncasino</textarea>") && hidden(&page, "version") == "1");
        assert_eq!(app.rows("select count(*) from rules").await, 3);
    }

    async fn what_is_wrong_stands_beside_its_field(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        for (field, value, why) in [
            ("trust.approved", "0", "a whole number from 1 to 1,000."),
            ("max_links", "", "a whole number from 0 to 1,000."),
            ("comment_chars", "65526", "a whole number from 1 to 65,525."),
            ("breaker.rejected_percent", "many", "a whole number from 0 to 100."),
            ("form.max_minutes", "-1", "a whole number from 1 to 10,080."),
        ] {
            for action in ["save", "test"] {
                let answer = eve.sends(POLICY, &with(action, &borrowed(&form("0", &[(field, value)])))).await;
                let page = answer.text();
                assert_eq!(answer.status, 422, "{field}");
                assert!(page.contains(&format!("id=\"{field}-fault\">Please give {why}")), "{field}: {page}");
                assert!(page.contains(&format!("value=\"{value}\" autocomplete=\"off\" required aria-describedby=\"{field}-about {field}-fault\" aria-invalid=\"true\"")), "{field}");
                assert_eq!(page.matches("aria-invalid").count(), 1);
            }
        }
        let answer = eve.sends(POLICY, &with("save", &borrowed(&form("0", &[("staff_names", "Tom\r\n\r\na@b"), ("max_links", "x")])))).await;
        let page = answer.text();
        assert!(answer.status == 422 && page.contains("id=\"staff-fault\">Line 3: this cannot be a name.") && page.matches("aria-invalid").count() == 2);
        assert!(page.contains("Nothing was saved.") && area(&page, "staff_names") == "Tom\r\n\r\na@b");
        for broken in [("mode", "shut"), ("links", ""), ("breaker.action", "x"), ("version", ""), ("word_fields", "mood"), ("days", "8")] {
            assert_eq!(eve.sends(POLICY, &with("test", &borrowed(&form("0", &[broken])))).await.status, 400, "{broken:?}");
        }
        assert_eq!(eve.sends(POLICY, &with("burn", &borrowed(&form("0", &[])))).await.status, 400);
        assert_eq!(app.rows("select count(*) from rules").await, 0);
    }

    async fn an_editor_keeps_the_word_lists(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let page = eve.sees(WORDS).await;
        assert!(page.contains("One term a line") && page.matches("No terms").count() == 2);
        assert!(page.contains("<a href=\"/desk/policy\" aria-current=\"page\">Rules</a>"), "the bar says where one is");
        let (page, _) = eve.does(WORDS, &with("save", &lists("0", " casino \r\n\r\nCASINO\r\ncrypto*\r\n", "*viagra*"))).await;
        assert!(told(&page).starts_with("Saved.") && page.contains("2 terms") && page.contains("1 term<"));
        assert_eq!((area(&page, "hold"), area(&page, "spam")), ("casino\ncrypto*", "*viagra*"));
        let wrong = format!("\r\ncasino\r\n*\r\n{}\r\na\tb", "x".repeat(201));
        let answer = eve.sends(WORDS, &with("save", &lists("1", &wrong, "*viagra*"))).await;
        let page = answer.text();
        assert_eq!(answer.status, 422);
        for said in ["<li>Line 3: this looks for nothing.", "<li>Line 4: a term has at most 200 characters.", "<li>Line 5: a term has no tabs", "aria-describedby=\"syntax hold-count hold-fault\" aria-invalid=\"true\""] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert_eq!((area(&page, "hold"), page.matches("aria-invalid").count()), (wrong.as_str(), 1));
        // more than any other form may hold
        let many = format!("{}more", "casino\r\n".repeat(20_000));
        let (page, _) = eve.does(WORDS, &with("save", &lists("1", &many, ""))).await;
        assert_eq!(area(&page, "hold"), "casino\nmore");
    }

    async fn a_test_tells_what_would_have_been_and_changes_nothing(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let [_, silenced, ..] = decided(app).await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let before = app.rows("select count(*) from audit").await;
        let version = hidden(&eve.sees(WORDS).await, "version");
        let typed = lists(&version, "fools", "casino\r\n*owl*");
        let answer = eve.sends(WORDS, &[&with("test", &typed)[..], &[("days", "7")]].concat()).await;
        let page = answer.text();
        assert_eq!(answer.status, 200, "{page}");
        assert!(page.contains("This is a test. Nothing was changed") && page.contains("4 comments on <bdi>The Gazette</bdi> that people decided in the last 7 days"), "{page}");
        assert_eq!([row(&page, "Approved"), row(&page, "Rejected"), row(&page, "Spam")], [[1, 0, 1], [0, 1, 0], [1, 0, 0]]);
        assert!(page.contains("One comment that people approved would have been called spam") && page.contains("One comment that people rejected or called spam would have been published at once."));
        let (_, kind) = page.split_once("Approved by people, spam by these rules: 1").unwrap();
        let example = kind.split("</section>").next().unwrap();
        assert!(example.contains(&format!("href=\"/desk/comments/{}\"><bdi>Ann</bdi>", silenced["id"].as_str().unwrap())));
        assert!(example.contains("The casino by the river is closed.") && example.contains("Word on your spam list: <b><bdi>casino</bdi></b>"), "{example}");
        assert!(page.contains("Spam by people, published by these rules: 1") && !page.contains("held by these rules"));
        assert_eq!((app.rows("select count(*) from audit").await, app.rows("select count(*) from rules where part = 'words'").await), (before, 0));
        // back to the form with what was typed
        assert_eq!((hidden(&page, "hold").as_str(), hidden(&page, "days").as_str()), ("fools", "7"));
        let typed = lists(&version, "fools", "casino\r\n*owl*");
        let back = eve.sends(WORDS, &[&with("edit", &typed)[..], &[("days", "7")]].concat()).await;
        let form = back.text();
        assert_eq!((back.status, area(&form, "spam")), (200, "casino\r\n*owl*"));
        assert!(form.contains("value=\"7\" selected"));
        // and on, from the page of the test
        let (page, _) = eve.does(WORDS, &with("save", &typed)).await;
        assert!(told(&page).starts_with("Saved.") && area(&page, "spam") == "casino\n*owl*");
        // what is longer ago is not looked at
        app.waits(Duration::from_hours(24 * 8));
        let eli = Browser::of(app, "Eli", Role::Editor).await;
        let page = eli.sends(WORDS, &[&with("test", &lists("1", "", ""))[..], &[("days", "7")]].concat()).await.text();
        assert!(page.contains("There is nothing to compare with.") && !page.contains("<table"));
    }

    async fn a_policy_is_tried_with_the_words_in_force(app: TestApp) {
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        decided(app).await;
        eve.does(WORDS, &with("save", &lists("0", "", "lamps"))).await;
        let open = form("0", &[("mode", "open")]);
        let page = eve.sends(POLICY, &with("test", &borrowed(&open))).await.text();
        assert_eq!([row(&page, "Approved"), row(&page, "Rejected"), row(&page, "Spam")], [[2, 0, 0], [1, 0, 0], [0, 0, 1]]);
        assert!(page.contains("No comment that people approved would have been called spam.") && page.contains("in the last 30 days"));
        // every field comes along
        for (name, value) in borrowed(&open) {
            assert!(page.contains(&format!("type=\"hidden\" name=\"{name}\" value=\"{value}\"")), "{name}");
        }
        assert_eq!(app.app().sites.find(SITE).unwrap().policy.mode, Mode::HoldAll);
        let held = eve.sends(POLICY, &with("test", &borrowed(&form("0", &[])))).await.text();
        assert_eq!(row(&held, "Approved"), [0, 2, 0]);
        assert!(held.contains("Approved by people, held by these rules: 2"));
        eve.does(POLICY, &with("save", &borrowed(&open))).await;
        assert_eq!(app.app().sites.find(SITE).unwrap().policy.mode, Mode::Open);
    }
}
