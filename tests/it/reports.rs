//! Reports: what readers say of a published comment is looked at, counts once from one place, and tells nobody who
//! said it.

use std::time::Duration;

use replydesk::{
    domain::{Mode, Policy, Role},
    flow::upkeep,
};
use serde_json::{Value, json};

use crate::{
    delivery::decoded,
    shift::Browser,
    support::{Answer, Database, Desk, SITE, TestApp, tell},
};

const DAY: Duration = Duration::from_hours(24);

fn path(comment: &Value) -> String {
    format!("/v1/sites/{SITE}/comments/{}/reports", comment["id"].as_str().unwrap())
}

/// The site's backend, which says where its readers are.
async fn says(app: &TestApp, token: &str, ip: &str, (comment, report): (&Value, Value)) -> Answer {
    let mut report = report;
    report["client"] = json!({"ip": ip});
    // later than what was before
    app.waits(Duration::from_millis(1));
    let bearer = format!("Bearer {token}");
    app.client.send(("POST", &path(comment)), &[("authorization", &bearer)], Some(&report)).await
}

async fn published(app: &TestApp, desk: &Desk<'_>, text: &str) -> Value {
    let comment = app.submits(text, "ann@example.org").await;
    desk.approves(&comment).await;
    app.waits(Duration::from_secs(1));
    comment
}

/// What the desk says of it: its need, and how often it was reported for which reason.
async fn stands(desk: &Desk<'_>, comment: &Value) -> (Option<String>, Vec<(String, i64)>) {
    let item = desk.opens(comment).await;
    let reports = item["reports"].as_array().unwrap().iter();
    let reports =
        reports.map(|of| (of["reason"].as_str().unwrap().to_owned(), of["count"].as_i64().unwrap()));
    (item["needs"].as_str().map(str::to_owned), reports.collect())
}

fn is(needs: Option<&str>, reports: &[(&str, i64)]) -> (Option<String>, Vec<(String, i64)>) {
    (needs.map(str::to_owned), reports.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect())
}

fn notice() -> Value {
    json!({"reason": "illegal", "text": "It names where a witness lives.", "law": "Criminal Code, section 126a",
        "name": "Vera Quist", "email": "vera@lawyers.example", "good_faith": true})
}

both_databases! {
    async fn a_reported_comment_is_looked_at_and_stays_up_until_then(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = published(app, &mo, "The mayor is a fool.").await;
        app.delivers_everything().await;
        let (mails, page) = (app.mails().await.len(), app.reads("").await);
        let answer = app.client.post(&path(&comment), &json!({"reason": "abuse", "text": "It calls him names."})).await;
        assert_eq!((answer.status, answer.json()), (202, json!({"status": "received"})));
        assert_eq!(app.reads("").await, page, "readers see no difference");
        says(app, &token, "203.0.113.9", (&comment, json!({"reason": "abuse"}))).await;
        says(app, &token, "203.0.113.10", (&comment, json!({"reason": "spam"}))).await;
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 2), ("spam", 1)]));
        assert_eq!(mo.queue("&needs=report").await.len(), 1);
        // moderators are told once, and why
        app.delivers_everything().await;
        let told = app.mails().await;
        assert_eq!(told.len(), mails + 1);
        let letter = decoded(&told.last().unwrap().1);
        assert!(letter.contains("Reported as abusive by 2 readers"), "{letter}");
        assert!(letter.contains("Reported as advertising"), "{letter}");
        // what they wrote is on the comment's own page, and in its history
        let opened = mo.opens(&comment).await;
        let texts: Vec<&Value> = opened["reported"].as_array().unwrap().iter().map(|of| &of["text"]).collect();
        assert_eq!(texts, [&json!(null), &json!(null), &json!("It calls him names.")]);
        assert_eq!((&opened["history"][0]["action"], &opened["history"][0]["via"]), (&json!("report"), &json!("rule")));
        app.waits(Duration::from_secs(1));
        // it stays: there is nothing to do any more, and what was reported can be read still
        mo.approves(&comment).await;
        assert_eq!(stands(&mo, &comment).await, is(None, &[]));
        let opened = mo.opens(&comment).await;
        assert!(opened["reported"].as_array().unwrap().iter().all(|of| of["open"] == false));
        assert_eq!(app.reads("").await["comments"][0]["id"], comment["id"]);
    }

    async fn from_one_place_a_comment_is_reported_once(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = published(app, &mo, "The mayor is a fool.").await;
        let abuse = || json!({"reason": "abuse"});
        let first = says(app, &token, "2001:db8:1:1::1", (&comment, abuse())).await;
        let version = mo.opens(&comment).await["version"].clone();
        for (ip, report) in [("2001:db8:1:1::1", abuse()), ("2001:db8:1:1:2::9", json!({"reason": "spam"}))] {
            let again = says(app, &token, ip, (&comment, report)).await;
            assert_eq!((again.status, again.text()), (first.status, first.text()));
        }
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
        assert_eq!(mo.opens(&comment).await["version"], version);
        // of another comment it is the first
        let other = published(app, &mo, "And so is his brother.").await;
        says(app, &token, "2001:db8:1:1::1", (&other, abuse())).await;
        assert_eq!(stands(&mo, &other).await, is(Some("report"), &[("abuse", 1)]));
        // where nobody knows the place, each counts
        for _ in 0..2 {
            let bearer = format!("Bearer {token}");
            app.client.send(("POST", &path(&other)), &[("authorization", &bearer)], Some(&abuse())).await;
        }
        assert_eq!(stands(&mo, &other).await, is(Some("report"), &[("abuse", 3)]));
    }

    async fn whoever_gives_notice_is_heard_from_whatever_place(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = published(app, &mo, "The mayor is a fool.").await;
        let here = "2001:db8:1:1::1";
        says(app, &token, here, (&comment, json!({"reason": "abuse"}))).await;
        says(app, &token, here, (&comment, notice())).await;
        let mut another = notice();
        (another["name"], another["email"]) = (json!("Ida Holm"), json!("ida@lawyers.example"));
        says(app, &token, here, (&comment, another.clone())).await;
        // once each, from wherever they say it again
        for (ip, notice) in [(here, notice()), ("203.0.113.9", another)] {
            assert_eq!(says(app, &token, ip, (&comment, notice)).await.status, 202);
        }
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("illegal", 2), ("abuse", 1)]));
    }

    async fn another_text_can_be_reported_from_the_same_place(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = published(app, &mo, "The mayor is a man.").await;
        let abuse = || json!({"reason": "abuse"});
        says(app, &token, "203.0.113.9", (&comment, abuse())).await;
        mo.approves(&comment).await;
        app.waits(Duration::from_secs(1));
        says(app, &token, "203.0.113.9", (&comment, abuse())).await;
        assert_eq!(stands(&mo, &comment).await.0, None);
        let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let edit = json!({"comment": "The mayor is a fool."});
        assert_eq!(app.client.send(("PATCH", &receipt), &[], Some(&edit)).await.status, 200);
        mo.approves(&comment).await;
        app.waits(Duration::from_secs(1));
        says(app, &token, "203.0.113.9", (&comment, abuse())).await;
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
    }

    async fn what_was_typed_comes_back_and_is_not_dropped(app: TestApp) {
        let mo = app.moderator().await;
        let comment = published(app, &mo, "The mayor is a fool.").await;
        let typed = [("law", "Criminal Code, section 126a"), ("name", "Vera Quist"), ("email", "vera@lawyers.example"), ("good_faith", "true")];
        for (reason, said) in [("", "Please choose what is wrong"), ("abuse", "Only a report that something is against the law takes this.")] {
            let fields: Vec<(&str, &str)> = typed.iter().copied().chain([("reason", reason)]).collect();
            let page = app.client.submit(&path(&comment), &fields, &[("accept", "text/html")]).await;
            assert_eq!(page.status, 422);
            let page = page.text();
            assert!(page.contains(said) && page.contains("section 126a") && page.contains("Vera Quist"), "{page}");
        }
        // a browser fills in a name by itself
        let fields = [("reason", "abuse"), ("name", "Vera Quist"), ("law", "")];
        assert_eq!(app.client.submit(&path(&comment), &fields, &[("accept", "text/html")]).await.status, 303);
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
    }

    async fn what_readers_do_not_see_cannot_be_reported(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let held = app.submits("Held", "ann@example.org").await;
        let (rejected, spam) = (app.submits("Rejected", "ann@example.org").await, app.submits("Spam", "ann@example.org").await);
        mo.does("reject", &rejected).await;
        mo.does("spam", &spam).await;
        let gone = published(app, &mo, "Taken back").await;
        app.answers(&gone, "A reply that keeps it as a tombstone", "bob@example.org").await;
        let receipt = format!("/v1/receipts/{}", gone["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        let nobody = json!({"id": "01890000-0000-7000-8000-000000000000"});
        let without_instance = |answer: &Answer| {
            let mut problem = answer.json();
            problem["instance"] = json!(null);
            (answer.status, problem)
        };
        let none = without_instance(&says(app, &token, "203.0.113.9", (&nobody, json!({"reason": "abuse"}))).await);
        assert_eq!(none.0, 404);
        for comment in [&held, &rejected, &spam, &gone, &json!({"id": "none"})] {
            let answer = says(app, &token, "203.0.113.9", (comment, json!({"reason": "abuse"}))).await;
            assert_eq!(without_instance(&answer), none, "{comment}");
        }
        assert_eq!(app.rows("select count(*) from reports").await, 0);
        // nor by another site
        let there = published(app, &mo, "Here").await;
        app.opens_site("courier", Policy::default()).await;
        let elsewhere = path(&there).replace(SITE, "courier");
        assert_eq!(app.client.post(&elsewhere, &json!({"reason": "abuse"})).await.status, 404);
    }

    async fn a_report_says_what_is_wrong_with_it(app: TestApp) {
        let comment = published(app, &app.moderator().await, "The mayor is a fool.").await;
        let without = |name: &str| {
            let mut notice = notice();
            notice.as_object_mut().unwrap().remove(name);
            notice
        };
        let faults: Vec<(Value, Vec<(&str, &str)>)> = vec![
            (json!({}), vec![("reason", "required")]),
            (json!({"reason": "boring"}), vec![("reason", "unknown-value")]),
            (json!({"reason": "abuse", "text": "x".repeat(2_001)}), vec![("text", "too-long")]),
            (json!({"reason": "abuse", "text": "a\u{0}b"}), vec![("text", "control-character")]),
            (json!({"reason": "abuse", "email": "nobody"}), vec![("email", "not-an-address")]),
            (json!({"reason": "abuse", "law": "x", "name": "Ann"}), vec![("law", "not-permitted"), ("name", "not-permitted")]),
            (json!({"reason": "abuse", "client": {"ip": "203.0.113.9"}}), vec![("client", "not-permitted")]),
            (without("law"), vec![("law", "required")]),
            (without("name"), vec![("name", "required")]),
            (without("email"), vec![("email", "required")]),
            (without("good_faith"), vec![("good_faith", "required")]),
        ];
        for (report, told) in faults {
            let answer = app.client.post(&path(&comment), &report).await;
            let told: Vec<(String, String)> = told.into_iter().map(|(field, code)| (field.into(), code.into())).collect();
            assert_eq!((answer.status, answer.faults()), (422, told), "{report}");
        }
        let foreign = [("origin", "https://elsewhere.example")];
        let answer = app.client.send(("POST", &path(&comment)), &foreign, Some(&json!({"reason": "abuse"}))).await;
        assert_eq!((answer.status, answer.problem()), (403, "origin-not-allowed".to_owned()));
        assert_eq!(app.rows("select count(*) from reports").await, 0);
    }

    async fn who_gave_notice_is_sealed_and_told_to_an_editor_who_says_why(app: TestApp) {
        let (mo, eve, token) = (app.moderator().await, app.hires("Eve", Role::Editor, &[]).await, app.backend().await);
        let comment = published(app, &mo, "The witness lives in Dock Lane.").await;
        says(app, &token, "203.0.113.9", (&comment, notice())).await;
        says(app, &token, "203.0.113.10", (&comment, json!({"reason": "other", "text": "Please look."}))).await;
        let opened = eve.opens(&comment).await;
        assert_eq!(opened["reports"], json!([{"reason": "illegal", "count": 1}, {"reason": "other", "count": 1}]));
        let reported = opened["reported"].as_array().unwrap();
        let told: Vec<(&Value, &Value)> = reported.iter().map(|of| (&of["law"], &of["has_contact"])).collect();
        assert_eq!(told, [(&json!(null), &json!(false)), (&json!("Criminal Code, section 126a"), &json!(true))]);
        let everything = format!("{opened}{}{}", app.reads("").await, mo.queue("").await.len());
        assert!(!everything.contains("vera") && !everything.contains("Vera") && !everything.contains("203.0.113"), "{everything}");
        let bytes = String::from_utf8_lossy(&app.database().bytes()).into_owned();
        assert!(!bytes.contains("vera@lawyers.example") && !bytes.contains("Vera Quist"), "at rest it is sealed");
        let ask = format!("/v1/moderation/comments/{}/contact", comment["id"].as_str().unwrap());
        let of = |report: &Value| json!({"reason": "To answer the notice", "report": report["id"]});
        assert_eq!(mo.post(&ask, &of(&reported[1])).await.status, 403);
        let answer = eve.post(&ask, &of(&reported[1])).await;
        assert_eq!(answer.json(), json!({"email": "vera@lawyers.example", "name": "Vera Quist"}));
        assert_eq!(eve.post(&ask, &of(&reported[0])).await.json(), json!({"email": null, "name": null}));
        // a report of another comment is none of this one
        let other = published(app, &mo, "Another one").await;
        let elsewhere = ask.replace(comment["id"].as_str().unwrap(), other["id"].as_str().unwrap());
        assert_eq!(eve.post(&elsewhere, &of(&reported[1])).await.status, 404);
        assert_eq!(eve.post(&ask, &json!({"reason": "x", "report": "none"})).await.status, 404);
        let history = eve.opens(&comment).await["history"].clone();
        assert_eq!((&history[0]["action"], &history[0]["by"]), (&json!("ask-reporter"), &json!("Eve")));
    }

    async fn what_was_answered_is_not_asked_again_but_by_a_notice(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = published(app, &mo, "The mayor is a fool.").await;
        let from = |number: u8| format!("203.0.113.{number}");
        says(app, &token, &from(1), (&comment, json!({"reason": "abuse"}))).await;
        mo.approves(&comment).await;
        says(app, &token, &from(2), (&comment, json!({"reason": "abuse"}))).await;
        assert_eq!(stands(&mo, &comment).await, is(None, &[("abuse", 1)]));
        says(app, &token, &from(3), (&comment, notice())).await;
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("illegal", 1), ("abuse", 1)]));
        mo.approves(&comment).await;
        // another text is another matter
        let id = comment["id"].as_str().unwrap();
        let version = mo.opens(&comment).await["version"].clone();
        let change = json!({"version": version, "comment": "The mayor is a fool, and his wife too."});
        assert_eq!(mo.sends(("PATCH", &format!("/v1/moderation/comments/{id}")), Some(&change)).await.status, 200);
        says(app, &token, &from(4), (&comment, json!({"reason": "abuse"}))).await;
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
        // what an editor was asked to look at stays with the editor
        mo.does("escalate", &comment).await;
        says(app, &token, &from(5), (&comment, json!({"reason": "spam"}))).await;
        assert_eq!(stands(&mo, &comment).await, is(Some("escalated"), &[("abuse", 1), ("spam", 1)]));
    }

    async fn a_decision_that_is_undone_brings_the_reports_back(app: TestApp) {
        let mo = app.moderator().await;
        let comment = published(app, &mo, "The mayor is a fool.").await;
        app.waits(Duration::from_secs(1));
        app.client.post(&path(&comment), &json!({"reason": "abuse"})).await;
        app.waits(Duration::from_secs(1));
        let done = mo.does("reject", &comment).await;
        assert_eq!(stands(&mo, &comment).await, is(None, &[]));
        let answer = mo.post("/v1/moderation/undo", &json!({"decision_id": done["decision_id"]})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
    }

    async fn reports_neither_take_trust_away_nor_give_it(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        app.sets_policy(Policy { mode: Mode::TrustKnown, ..Policy::default() }).await;
        let again = async |text: &str, receipt: &Value| {
            let mut reply = TestApp::reply(text, "ann@example.org");
            reply["receipt"] = receipt["receipt"]["token"].clone();
            let answer = app.posts(&reply).await;
            (answer.status, answer.json())
        };
        let comment = published(app, &mo, "What I think").await;
        says(app, &token, "203.0.113.1", (&comment, json!({"reason": "abuse"}))).await;
        assert_eq!(again("What I think of the ferry", &comment).await.0, 201, "who is reported is known still");
        // what nobody has looked at proves nothing, reported or not
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let mut unseen = TestApp::reply("Published unseen", "bob@example.org");
        unseen["name"] = json!("Bob");
        let unseen = app.posts(&unseen).await.json();
        says(app, &token, "203.0.113.1", (&unseen, json!({"reason": "abuse"}))).await;
        assert_eq!(stands(&mo, &unseen).await, is(Some("report"), &[("abuse", 1)]));
        app.sets_policy(Policy { mode: Mode::TrustKnown, ..Policy::default() }).await;
        let mut reply = TestApp::reply("And once more", "bob@example.org");
        reply["receipt"] = unseen["receipt"]["token"].clone();
        assert_eq!(app.posts(&reply).await.status, 202);
    }

    async fn an_edit_by_its_author_does_not_end_a_report(app: TestApp) {
        let mo = app.moderator().await;
        let comment = published(app, &mo, "The mayor is a fool.").await;
        app.client.post(&path(&comment), &json!({"reason": "abuse"})).await;
        let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let answer = app.client.send(("PATCH", &receipt), &[], Some(&json!({"comment": "The mayor is no fool."}))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[("abuse", 1)]));
        assert_eq!(mo.opens(&comment).await["text"], "The mayor is no fool.");
        mo.approves(&comment).await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "The mayor is no fool.");
    }

    async fn the_desk_shows_what_readers_reported_and_asks_for_a_reason_to_tell_who(app: TestApp) {
        let (eve, token) = (Browser::of(app, "Eve", Role::Editor).await, app.backend().await);
        let mo = app.moderator().await;
        let comment = published(app, &mo, "The witness lives in Dock Lane.").await;
        let here = format!("/desk/comments/{}", comment["id"].as_str().unwrap());
        assert!(!eve.sees(&here).await.contains("What a reader reported"));
        says(app, &token, "203.0.113.9", (&comment, notice())).await;
        let card = eve.sees("/desk?needs=report").await;
        assert!(card.contains("Reported as against the law"), "{card}");
        let page = eve.sees(&here).await;
        for said in ["What a reader reported", "It names where a witness lives.", "Criminal Code, section 126a", "Reported as against the law ("] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Vera Quist"));
        let report = mo.opens(&comment).await["reported"][0]["id"].as_str().unwrap().to_owned();
        let answer = eve.sends(&here, &[("action", "contact"), ("report", &report), ("reason", "To answer")]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("vera@lawyers.example") && answer.text().contains("Vera Quist"));
        assert!(eve.sees(&here).await.contains("Was told who reported it"));
    }

    async fn reports_are_kept_for_a_time(app: TestApp) {
        let mo = app.moderator().await;
        let comment = published(app, &mo, "The mayor is a fool.").await;
        app.client.post(&path(&comment), &json!({"reason": "abuse"})).await;
        app.waits(182 * DAY);
        upkeep::sweep(app.app(), DAY).await.unwrap();
        assert_eq!(app.rows("select count(*) from reports").await, 1);
        app.waits(2 * DAY);
        upkeep::sweep(app.app(), DAY).await.unwrap();
        assert_eq!(app.rows("select count(*) from reports").await, 0);
        // what was reported is still to be decided
        assert_eq!(stands(&mo, &comment).await, is(Some("report"), &[]));
    }
}

/// Readers are limited by where they are; the site's backend by where it says that they are.
#[test]
fn reports_are_limited_by_client() {
    for database in [Database::sqlite, Database::postgres] {
        tell(database, async |first| {
            let settings = [
                ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "1000"),
                ("REPLYDESK_LIMITS__REPORTS_PER_MINUTE", "2"),
                ("REPLYDESK_LIMITS__REPORTS_BURST", "2"),
            ];
            let app = first.beside(&settings).await;
            let (mo, token) = (app.moderator().await, app.backend().await);
            let comment = published(&app, &mo, "The mayor is a fool.").await;
            let report = json!({"reason": "abuse"});
            let passed = app.client.post(&path(&comment), &report).await;
            assert!(passed.header("ratelimit").contains("\"reports\";r=1"), "{}", passed.header("ratelimit"));
            assert_eq!(app.client.post(&path(&comment), &report).await.status, 202);
            let refused = app.client.post(&path(&comment), &report).await;
            assert_eq!((refused.status, refused.problem()), (429, "rate-limited".to_owned()));
            assert_eq!(refused.header("retry-after"), "30");
            // what is no comment is limited as well
            let nobody = json!({"id": "01890000-0000-7000-8000-000000000000"});
            assert_eq!(app.client.post(&path(&nobody), &report).await.status, 429);
            for ip in ["203.0.113.1", "203.0.113.2"] {
                for expected in [202, 202, 429] {
                    let answer = says(&app, &token, ip, (&comment, report.clone())).await;
                    assert_eq!(answer.status, expected, "{ip}");
                }
            }
        });
    }
}
