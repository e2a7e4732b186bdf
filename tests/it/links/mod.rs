//! Decisions by the link in a moderator's mail: the mail, the page, and everything that must not decide.

mod inert;
mod refused;

use futures_util::future::join;
use serde_json::{Value, json};

use crate::{
    delivery::decoded,
    support::{Answer, PASSWORD, SITE, TestApp},
};
use replydesk::{
    domain::{Policy, Role},
    metrics::Metrics,
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PROGRAM: (&str, &str) = ("accept", "application/json");
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// All that a decision, or anything else, could leave behind.
const TRACES: [&str; 14] = [
    "select count(*) from comments",
    "select cast(sum(version) as bigint) from comments",
    "select count(*) from comments where status = 'pending' and needs = 'decision'",
    "select cast(sum(version) as bigint) from articles",
    "select count(*) from revisions",
    "select count(*) from findings",
    "select count(*) from audit",
    "select count(*) from notes",
    "select count(*) from outbox",
    "select cast(sum(attempts) as bigint) from outbox",
    "select count(*) from sessions",
    "select count(*) from api_tokens",
    "select count(*) from idempotency",
    "select cast(sum(version) as bigint) from sites",
];

async fn traces(app: &TestApp) -> Vec<i64> {
    let mut traces = Vec::new();
    for sql in TRACES {
        traces.push(app.rows(sql).await);
    }
    traces
}

/// The newest mail to somebody that holds these words, as text.
async fn mail_to(app: &TestApp, name: &str, words: &str) -> String {
    app.delivers_everything().await;
    let to = format!("{}@gazette.example", name.to_lowercase());
    let mails = app.mails().await;
    let own = mails.iter().rev().filter(|(recipients, _)| recipients[0] == to);
    own.map(|(_, raw)| decoded(raw)).find(|mail| mail.contains(words)).expect("a mail with these words")
}

/// The paths of all links in a mail that begin so.
fn links_in(mail: &str, begin: &str) -> Vec<String> {
    let is_of_a_path = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    let starts = mail.match_indices(begin);
    starts.map(|(at, _)| mail[at..].split(|c| !is_of_a_path(c)).next().unwrap().to_owned()).collect()
}

/// The link in the mail to somebody about a comment with these words.
async fn link_to(app: &TestApp, name: &str, words: &str) -> String {
    let mail = mail_to(app, name, words).await;
    links_in(&mail, "/d/").pop().expect("a link that decides")
}

/// A comment that waits, and Mo's link to it.
async fn held(app: &TestApp, words: &str) -> (Value, String) {
    let comment = app.submits(words, "ann@example.org").await;
    let link = link_to(app, "Mo", words).await;
    (comment, link)
}

async fn opens(app: &TestApp, link: &str) -> Answer {
    app.client.send(("GET", link), &[BROWSER], None).await
}

async fn posts(app: &TestApp, link: &str, decision: &str) -> Answer {
    app.client.submit(link, &[("decision", decision)], &[]).await
}

/// Holds that a page says this, and has nothing to press.
fn tells(page: &Answer, status: u16, words: &[&str]) {
    assert_eq!((page.status, page.header("cache-control")), (status, "no-store"), "{}", page.text());
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for words in words {
        assert!(page.text().contains(words), "{words:?} in {}", page.text());
    }
    assert!(!page.text().contains("<form"), "{}", page.text());
}

/// A browser that somebody is signed in with: its cookie.
async fn signs_in(app: &TestApp, name: &str) -> String {
    let page = app.client.get("/desk/sign-in").await.text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let email = format!("{}@gazette.example", name.to_lowercase());
    let fields = [("email", email.as_str()), ("password", PASSWORD), ("csrf", &csrf)];
    let answer = app.client.submit("/desk/sign-in", &fields, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn opens_as(app: &TestApp, cookie: &str, link: &str) -> Answer {
    app.client.send(("GET", link), &[BROWSER, ("cookie", cookie)], None).await
}

both_databases! {
    async fn the_one_link_of_a_mail_opens_all_that_a_decision_needs(app: TestApp) {
        let moderator = app.moderator().await;
        let text = "The same words about the bridge, in more than one place.";
        let above = app.submits("What do you think of the bridge?", "bea@example.org").await;
        moderator.approves(&above).await;
        app.submits(text, "cid@example.org").await;
        let mut reply = TestApp::reply(text, "ann@example.org");
        reply["parent"] = above["id"].clone();
        reply["name"] = json!("Ann <b>");
        assert_eq!(app.posts(&reply).await.status, 202);
        let mail = mail_to(app, "Mo", "Ann &#60;b&#62;").await;
        let links = links_in(&mail, "/d/");
        assert_eq!((links.len(), mail.matches("<a ").count()), (2, 1), "one link, in both parts: {mail}");
        assert_eq!((links[0] == links[1], links_in(&mail, "/desk").len()), (true, 0));
        assert!(mail.contains("until 8 November 2026, 12:00 UTC"), "{mail}");

        let page = opens(app, &links[0]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"), ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"), ("set-cookie", ""), ("etag", ""), ("access-control-allow-origin", ""),
        ] {
            assert_eq!(page.header(name), value, "{name}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"));
        let page = page.text();
        for words in [
            text, "Ann &#60;b&#62;", "The bridge", "https://news.example/news/1", "What do you think of the bridge?",
            "The same text was posted before", "value=\"approve\"", "value=\"reject\"", "value=\"spam\"", "name=\"reason\"",
            "<meta name=\"robots\" content=\"noindex\">", "<title>Decide on a comment – Replydesk</title>", "until 8 November 2026, 12:00 UTC",
        ] {
            assert!(page.contains(words), "{words} in {page}");
        }
        for words in ["value=\"hold\"", "type=\"hidden\"", "<script", "ann@", "Mo<", "the same email address"] {
            assert!(!page.contains(words), "{words} in {page}");
        }
        assert_eq!(page.matches(&format!("action=\"{}\"", links[0])).count(), 1);
    }

    async fn each_button_decides_once_in_the_moderators_name(app: TestApp) {
        let moderator = app.moderator().await;
        let rejects = [("decision", "reject"), ("reason", "House rule 3")];
        let marks = [("decision", "spam"), ("reason", "not for this")];
        for (fields, status, heading) in [
            (&[("decision", "approve")][..], "approved", "You have approved this comment"),
            (&rejects[..], "rejected", "You have rejected this comment"),
            (&marks[..], "spam", "You have marked this comment as spam"),
        ] {
            let (comment, link) = held(app, &format!("To become {status}")).await;
            let done = app.client.submit(&link, fields, &[]).await;
            assert_eq!((done.status, done.header("location"), done.header("cache-control")), (303, link.as_str(), "no-store"));
            let after = traces(app).await;
            let page = opens(app, &link).await;
            tells(&page, 200, &[heading, "1 November 2026, 12:00 UTC", "/desk/comments/"]);
            assert!(!page.text().contains("Nothing was changed."));
            for again in ["approve", "reject", "spam"] {
                tells(&posts(app, &link, again).await, 409, &[heading, "The link was used before. Nothing was changed."]);
                let answer = app.client.raw(("POST", &link), &[FORM, PROGRAM], format!("decision={again}").into_bytes()).await;
                assert_eq!(answer.problem(), "already-decided");
                assert_eq!(answer.json()["current"], json!({"status": status, "version": 2, "by": null, "at": answer.json()["current"]["at"]}));
            }
            assert_eq!(traces(app).await, after, "a used link changes nothing");
            let opened = moderator.opens(&comment).await;
            let entry = &opened["history"][0];
            assert_eq!((&opened["status"], &entry["by"], &entry["via"], &entry["to"]), (&json!(status), &json!("Mo"), &json!("mail"), &json!(status)));
            let reason = if status == "rejected" { json!("House rule 3") } else { Value::Null };
            assert_eq!(entry["reason"], reason);
            let cookie = signs_in(app, "Mo").await;
            let desk = opens_as(app, &cookie, &format!("/desk/comments/{}", comment["id"].as_str().unwrap())).await;
            assert!(desk.text().contains("from the mail</strong> by <bdi>Mo"), "{}", desk.text());
            let figures = Metrics::install().render();
            let decision = fields[0].1;
            assert!(figures.contains(&format!("decisions_total{{site=\"{SITE}\",decision=\"{decision}\",via=\"mail\"}}")), "{figures}");
        }
        assert_eq!(app.reads("").await["article"]["count"], 1);
    }

    async fn a_recommendation_does_not_hide_that_a_link_was_used(app: TestApp) {
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        app.moderator().await;
        let (comment, link) = held(app, "To be recommended").await;
        assert_eq!(posts(app, &link, "approve").await.status, 303);
        let path = format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap());
        for (version, is_picked) in [(2, true), (3, false)] {
            let pick = json!({"picked": is_picked, "version": version});
            assert_eq!(editor.sends(("PATCH", &path), Some(&pick)).await.status, 200);
            tells(&opens(app, &link).await, 200, &["You have approved this comment"]);
        }
        let edit = json!({"comment": "Another text", "version": 4});
        assert_eq!(editor.sends(("PATCH", &path), Some(&edit)).await.status, 200);
        assert!(!opens(app, &link).await.text().contains("You have approved this comment"), "it is about another text");
    }

    async fn two_links_pressed_at_once_have_one_winner(app: TestApp) {
        app.hires("Ida", Role::Moderator, &[]).await;
        app.hires("Ben", Role::Editor, &[SITE]).await;
        for round in 0..20 {
            let words = format!("Round {round}.");
            app.submits(&words, &format!("reader{round}@example.org")).await;
            let (ida, ben) = (link_to(app, "Ida", &words).await, link_to(app, "Ben", &words).await);
            assert_ne!(ida, ben);
            let (one, other) = join(posts(app, &ida, "approve"), posts(app, &ben, "reject")).await;
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409], "{} {}", one.text(), other.text());
            let lost = if one.status == 409 { one } else { other };
            tells(&lost, 409, &["Someone else was first", "Another moderator has ", "Your decision was not applied. Nothing was changed."]);
        }
        assert_eq!(app.rows("select count(*) from audit where via = 'mail'").await, 20);
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 20);
    }

    async fn who_was_first_is_told_to_those_who_are_signed_in(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        let ida = app.hires("Ida", Role::Moderator, &[]).await;
        app.hires("Ben", Role::Moderator, &[]).await;
        app.hires("Olga", Role::Editor, &["other"]).await;
        app.hires("Otto", Role::Operator, &[]).await;
        let comment = app.submits("Who was it?", "reader@example.org").await;
        let (idas, bens) = (link_to(app, "Ida", "Who was it?").await, link_to(app, "Ben", "Who was it?").await);
        let open = opens_as(app, &signs_in(app, "Olga").await, &bens).await.text();
        assert!(!open.contains("Ben"), "{open}");
        let open = opens_as(app, &signs_in(app, "Ida").await, &bens).await.text();
        assert!(open.contains("counts as the decision of <strong><bdi>Ben</bdi>"), "{open}");
        ida.does("reject", &comment).await;
        let at = "1 November 2026, 12:00 UTC";
        tells(&opens(app, &bens).await, 200, &["Another moderator has rejected it", at]);
        for stranger in ["Olga", "Otto"] {
            let cookie = signs_in(app, stranger).await;
            for link in [&idas, &bens] {
                let page = opens_as(app, &cookie, link).await;
                assert!(page.status == 200 && !page.text().contains("Ida") && !page.text().contains("Ben"), "{}", page.text());
            }
        }
        let (ida, ben) = (signs_in(app, "Ida").await, signs_in(app, "Ben").await);
        tells(&opens_as(app, &ben, &bens).await, 200, &["<bdi>Ida</bdi></strong> has rejected it", at]);
        tells(&opens_as(app, &ben, &idas).await, 200, &["<bdi>Ida</bdi></strong> has rejected it"]);
        tells(&opens_as(app, &ida, &idas).await, 200, &["You have rejected this comment"]);
        tells(&app.client.submit(&bens, &[("decision", "approve")], &[("cookie", &ben)]).await, 409, &["<bdi>Ida</bdi></strong> has rejected it"]);
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 1);
    }
}
