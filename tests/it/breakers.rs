//! Articles with rules of their own, those that close by their age, slow mode, and what takes an article out of the usual
//! rules: by a rule, with a letter, or by hand.

use std::time::Duration;

use replydesk::{
    domain::{BreakerAction, BreakerRules, Mode, Policy, Role},
    flow::breakers,
};
use serde_json::{Value, json};

use crate::{
    shift::{Browser, hidden, told},
    support::{Answer, SITE, TestApp},
};

const ARTICLE: &str = "/v1/sites/gazette/articles/news%2F1";
const BREAKER: &str = "/v1/sites/gazette/articles/news%2F1/breaker";
const DESK: &str = "/desk/articles";
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
const TRIPPED: &str =
    "select count(*) from audit where via = 'rule' and action like 'pause-%' and actor is null";

fn rate(per_ten_minutes: u32, action: BreakerAction) -> Policy {
    let breaker = BreakerRules { per_ten_minutes, action, minutes: 30, ..BreakerRules::default() };
    Policy { breaker, mode: Mode::Open, ..Policy::default() }
}

async fn looks(app: &TestApp) {
    breakers::look(app.app()).await.unwrap();
}

/// As the site's backend does it.
async fn says(app: &TestApp, way: (&str, &str), body: &Value) -> Answer {
    let bearer = format!("Bearer {}", app.backend().await);
    app.client.send(way, &[("authorization", &bearer)], Some(body)).await
}

async fn posts(app: &TestApp, text: &str) -> Answer {
    app.posts(&TestApp::reply(text, "ann@example.org")).await
}

/// From one place, as the site's backend tells it.
async fn posts_from(app: &TestApp, text: &str, ip: &str) -> Answer {
    app.waits(Duration::from_millis(1));
    let mut reply = TestApp::reply(text, "ann@example.org");
    reply["client"] = json!({"ip": ip});
    says(app, ("POST", "/v1/sites/gazette/comments"), &reply).await
}

async fn floods(app: &TestApp, what: &str, count: usize) {
    for n in 0..count {
        app.waits(Duration::from_secs(1));
        let answer = posts(app, &format!("{what} {n}")).await;
        assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
    }
}

async fn announced(app: &TestApp) {
    let made =
        says(app, ("PUT", ARTICLE), &json!({"url": "https://news.example/news/1", "title": "The bridge"}))
            .await;
    assert_eq!(made.status, 201, "{}", made.text());
}

async fn is_open(app: &TestApp) -> bool {
    app.reads("").await["article"]["open"].as_bool().unwrap()
}

both_databases! {
    async fn an_article_may_be_held_where_its_site_is_open_and_the_other_way_round(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        announced(app).await;
        assert_eq!(posts(app, "Published").await.status, 201);
        assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"mode": "hold-all"})).await.json()["mode"], "hold-all");
        assert_eq!(posts(app, "Held").await.status, 202);
        app.sets_policy(Policy::default()).await;
        assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"mode": "open"})).await.status, 200);
        assert_eq!(posts(app, "Published again").await.status, 201);
        assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"mode": null})).await.json()["mode"], Value::Null);
        assert_eq!(posts(app, "Held again").await.status, 202);
        assert_eq!(app.rows("select count(*) from audit where action = 'set-rules' and via = 'backend'").await, 3);
    }

    async fn an_edit_is_judged_by_the_rules_of_its_article(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let published = posts(app, "Published").await.json();
        let receipt = format!("/v1/receipts/{}", published["receipt"]["token"].as_str().unwrap());
        let edits = async |text: &str| {
            app.waits(Duration::from_secs(1));
            let edited = app.client.send(("PATCH", &receipt), &[], Some(&json!({"comment": text}))).await;
            assert_eq!(edited.status, 200, "{}", edited.text());
            app.rows("select count(*) from comments where waiting is not null").await
        };
        assert_eq!(edits("Published, and better").await, 0);
        assert_eq!(says(app, ("PUT", BREAKER), &json!({"action": "hold-all", "minutes": 5})).await.status, 200);
        assert_eq!(edits("Held by the breaker").await, 1);
        app.waits(MINUTE * 5);
        assert_eq!(edits("Published after it").await, 0);
    }

    async fn an_article_closes_by_its_age_until_somebody_opens_it_by_hand(app: TestApp) {
        announced(app).await;
        app.sets_policy(Policy { close_after_days: 14, ..Policy::default() }).await;
        app.waits((DAY * 14).saturating_sub(MINUTE));
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        assert!(is_open(app).await);
        assert_eq!(posts(app, "In time").await.status, 202);
        assert!(eve.sees(DESK).await.contains("Open until 15 November 2026, 12:00 UTC"));
        // nobody has to do anything, and no page that was prepared before says otherwise
        app.waits(MINUTE);
        assert!(!is_open(app).await);
        assert_eq!(posts(app, "Too late").await.problem(), "comments-closed");
        let kept = says(app, ("PATCH", ARTICLE), &json!({"section": "Town"})).await.json();
        assert_eq!((&kept["open"], &kept["takes_comments"]), (&json!(true), &json!(false)));
        let page = eve.sees(DESK).await;
        assert!(page.contains("Closed since 15 November 2026, 12:00 UTC"));
        let edition = hidden(&page, "edition");
        eve.does(DESK, &[("action", "open"), ("key", "news/1"), ("edition", &edition)]).await;
        assert!(is_open(app).await);
        assert_eq!(posts(app, "Open again").await.status, 202);
        // a moment of its own comes before its age
        for (closes_at, status) in [("2026-11-15T11:00:00Z", 403), ("2027-11-01T12:00:00Z", 202)] {
            assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"closes_at": closes_at})).await.status, 200);
            assert_eq!(posts(app, closes_at).await.status, status, "{closes_at}");
        }
    }

    async fn slow_mode_lets_each_reader_write_once_in_a_while(app: TestApp) {
        assert_eq!(posts_from(app, "The first of all", "203.0.113.9").await.status, 202);
        app.waits(MINUTE);
        app.sets_policy(Policy { slow_seconds: 60, ..Policy::default() }).await;
        assert_eq!(posts_from(app, "One", "203.0.113.5").await.status, 202);
        app.waits(Duration::from_secs(20));
        let refused = posts_from(app, "Two", "203.0.113.5").await;
        assert_eq!((refused.status, refused.problem().as_str(), refused.header("retry-after")), (429, "rate-limited", "40"));
        assert_eq!(posts_from(app, "From elsewhere", "203.0.113.6").await.status, 202);
        let mut elsewhere = TestApp::reply("Under another article", "ann@example.org");
        elsewhere["article"]["key"] = json!("news/2");
        elsewhere["client"] = json!({"ip": "203.0.113.5"});
        assert_eq!(says(app, ("POST", "/v1/sites/gazette/comments"), &elsewhere).await.status, 202);
        app.waits(Duration::from_secs(40));
        assert_eq!(posts_from(app, "Two", "203.0.113.5").await.status, 202, "what was refused does not count");
        // the article's own comes before that of the site, in both directions
        assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"slow_seconds": 0})).await.json()["slow_seconds"], 0);
        assert_eq!(posts_from(app, "Three", "203.0.113.5").await.status, 202);
        assert_eq!(says(app, ("PATCH", ARTICLE), &json!({"slow_seconds": 3600})).await.status, 200);
        app.waits(MINUTE * 60);
        assert_eq!(posts_from(app, "Four", "203.0.113.5").await.status, 202);
        let refused = posts_from(app, "Five", "203.0.113.5").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "3600"));
        assert_eq!(app.rows("select count(*) from comments").await, 7);
    }

    async fn a_flood_trips_the_breaker_once_and_moderators_are_told(app: TestApp) {
        app.moderator().await;
        app.hires("Otto", Role::Operator, &[]).await;
        app.opens_site("herald", Policy::default()).await;
        app.hires("Hal", Role::Moderator, &["herald"]).await;
        app.sets_policy(rate(5, BreakerAction::HoldAll)).await;
        floods(app, "Flood", 4).await;
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 0);
        floods(app, "Even more", 1).await;
        let version = app.rows("select version from articles").await;
        futures_util::future::join_all((0..4).map(|_| looks(app))).await;
        assert_eq!(app.rows(TRIPPED).await, 1);
        assert_eq!(app.rows("select version from articles").await, version + 1);
        // it comes before an open policy, and says so on the comment
        assert_eq!(posts(app, "Held now").await.status, 202);
        let mo = Browser::of(app, "Moe", Role::Moderator).await;
        let queue = mo.sees("/desk").await;
        assert!(queue.contains("Everything on this article is held at the moment") && queue.contains("a moderator sees every new comment first"), "{queue}");
        app.delivers_everything().await;
        let letters = letters(app).await;
        assert_eq!(letters.len(), 1, "to Mo, and to nobody else");
        let (to, raw) = &letters[0];
        assert_eq!(to, &["mo@gazette.example"]);
        for said in ["5 comments arrived within ten minutes", "1 November 2026, 12:30 UTC", "/desk/articles?site=3Dgazette&q=3Dnews%2F1", "Auto-Submitted"] {
            assert!(raw.contains(said), "{said}: {raw}");
        }
        assert!(!raw.contains("ann@") && !raw.contains("Flood"), "nothing of a comment: {raw}");
        let kept = says(app, ("PATCH", ARTICLE), &json!({})).await.json();
        assert_eq!((&kept["breaker"]["action"], &kept["breaker"]["cause"], &kept["breaker"]["by"]), (&json!("hold-all"), &json!("rate"), &Value::Null));
        // not again while it is in force, nor by what came before its end
        floods(app, "And more", 9).await;
        looks(app).await;
        app.waits(MINUTE * 30);
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 1);
        assert_eq!(posts(app, "Published again").await.status, 201);
        floods(app, "A new flood", 4).await;
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 2);
    }

    async fn a_share_of_rejections_trips_it_and_closes_the_article(app: TestApp) {
        let mo = app.moderator().await;
        let breaker = BreakerRules { rejected_percent: 60, action: BreakerAction::Closed, ..BreakerRules::default() };
        app.sets_policy(Policy { breaker, ..Policy::default() }).await;
        floods(app, "Rubbish", 12).await;
        let held = mo.queue("").await;
        for comment in &held[..4] { mo.approves(comment).await; }
        for comment in &held[4..9] { mo.does("reject", comment).await; }
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 0, "nine are too few to tell");
        mo.does("spam", &held[9]).await;
        assert!(is_open(app).await);
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 1);
        assert!(!is_open(app).await);
        assert_eq!(posts(app, "Refused").await.problem(), "comments-closed");
        app.delivers_everything().await;
        let letters = letters(app).await;
        assert!(letters[0].1.contains("6 of 10 that were") && letters[0].1.contains("takes no comments"), "{}", letters[0].1);
        // it ends by itself, and a page that was prepared before does not say otherwise
        app.waits(MINUTE * 60);
        assert!(is_open(app).await);
        assert_eq!(posts(app, "Taken again").await.status, 202);
    }

    async fn a_letter_about_what_is_over_is_not_sent(app: TestApp) {
        let mo = app.moderator().await;
        app.sets_policy(rate(2, BreakerAction::Slow)).await;
        floods(app, "Flood", 2).await;
        looks(app).await;
        let path = BREAKER.to_owned();
        assert_eq!(mo.sends(("DELETE", &path), None).await.status, 204);
        app.delivers_everything().await;
        assert_eq!(letters(app).await.len(), 0);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dropped'").await, 1);
        // who ended it is not overruled by what was there before
        looks(app).await;
        assert_eq!(app.rows(TRIPPED).await, 1);
    }

    async fn all_who_moderate_pause_an_article_and_end_that(app: TestApp) {
        announced(app).await;
        assert!(is_open(app).await);
        let mo = app.moderator().await;
        let paused = mo.sends(("PUT", BREAKER), Some(&json!({"action": "closed", "minutes": 30, "note": " A quarrel "}))).await;
        assert_eq!(paused.status, 200, "{}", paused.text());
        let expected = json!({
            "action": "closed", "since": "2026-11-01T12:00:00.000000Z", "until": "2026-11-01T12:30:00.000000Z",
            "note": "A quarrel", "by": "Mo", "cause": null,
        });
        assert_eq!((&paused.json()["breaker"], &paused.json()["takes_comments"]), (&expected, &json!(false)));
        assert!(!is_open(app).await);
        assert_eq!(posts(app, "Refused").await.status, 403);
        // another in its place
        let slowed = mo.sends(("PUT", BREAKER), Some(&json!({"action": "slow", "minutes": 30}))).await.json();
        assert_eq!((&slowed["breaker"]["action"], &slowed["breaker"]["note"]), (&json!("slow"), &Value::Null));
        assert_eq!(posts_from(app, "One", "203.0.113.5").await.status, 202);
        assert_eq!(posts_from(app, "Two", "203.0.113.5").await.header("retry-after"), "300");
        for _ in 0..2 { assert_eq!(mo.sends(("DELETE", BREAKER), None).await.status, 204) }
        assert_eq!(posts_from(app, "Two", "203.0.113.5").await.status, 202);
        assert_eq!(app.rows("select count(*) from audit where action in ('pause-closed', 'pause-slow', 'resume') and via = 'api' and actor is not null").await, 3);
        assert_eq!(app.rows("select count(*) from notes").await, 1);
        for (body, field, code) in [
            (json!({"minutes": 5}), "action", "required"), (json!({"action": "burn", "minutes": 5}), "action", "unknown-value"),
            (json!({"action": "slow"}), "minutes", "required"), (json!({"action": "slow", "minutes": 0}), "minutes", "unknown-value"),
            (json!({"action": "slow", "minutes": 10_081}), "minutes", "unknown-value"), (json!({"action": "slow", "minutes": "5"}), "minutes", "wrong-type"),
            (json!({"action": "slow", "minutes": 5, "note": "x".repeat(501)}), "note", "too-long"),
            (json!({"action": "slow", "minutes": 5, "note": "a\u{7}b"}), "note", "control-character"),
        ] {
            let refused = mo.sends(("PUT", BREAKER), Some(&body)).await;
            assert_eq!(refused.faults(), [(field.to_owned(), code.to_owned())], "{body}");
        }
        for way in [("PUT", "/v1/sites/gazette/articles/none/breaker"), ("DELETE", "/v1/sites/gazette/articles/none/breaker")] {
            let body = (way.0 == "PUT").then(|| json!({"action": "slow", "minutes": 5}));
            assert_eq!(mo.sends(way, body.as_ref()).await.problem(), "not-found");
        }
    }

    async fn a_moderator_pauses_an_article_at_the_desk(app: TestApp) {
        announced(app).await;
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let page = mo.sees(&format!("{DESK}?site={SITE}&q=news/1")).await;
        assert!(!page.contains("value=\"close\"") && !page.contains("name=\"mode\"") && page.contains("value=\"pause\""), "{page}");
        let of = |page: &str| hidden(page, "edition");
        let stale = of(&page);
        let does = async |edition: &str, more: &[(&str, &str)]| {
            let fields = [&[("action", "pause"), ("key", "news/1"), ("edition", edition)], more].concat();
            mo.sends(DESK, &fields).await
        };
        for (minutes, note, why) in [("0", "", "Please give 1 to 10,080 minutes."), ("soon", "", "1 to 10,080"), ("5", "long", "at most 500 characters")] {
            let note = note.repeat(130);
            let refused = does(&stale, &[("breaker", "closed"), ("minutes", minutes), ("note", &note)]).await;
            let page = refused.text();
            assert!(refused.status == 422 && page.contains(why) && page.contains("aria-invalid=\"true\""), "{why}: {page}");
            assert!(page.contains("<option value=\"closed\" selected>") && page.contains(&format!("value=\"{minutes}\"")), "{page}");
        }
        assert_eq!(does(&stale, &[("breaker", "burn"), ("minutes", "5")]).await.status, 400);
        let done = does(&stale, &[("breaker", "closed"), ("minutes", "90"), ("note", "A quarrel <about> it")]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = mo.sees(done.header("location")).await;
        assert!(told(&page).starts_with("The article is paused"), "{page}");
        for said in ["Closed until 1 November 2026, 13:30 UTC", "no comments are taken.", "Mo did this.", "A quarrel &#60;about&#62; it", "End now"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert_eq!(does(&stale, &[("breaker", "closed"), ("minutes", "5")]).await.status, 409);
        let queue = mo.sees("/desk").await;
        assert!(queue.contains("<bdi>The bridge</bdi></a>: Until 1 November 2026, 13:30 UTC, no comments are taken."), "{queue}");
        assert_eq!(posts(app, "Refused").await.status, 403);
        let (page, _) = mo.does(DESK, &[("action", "resume"), ("key", "news/1"), ("edition", &of(&page))]).await;
        assert!(told(&page).starts_with("The article follows the usual rules again.") && !page.contains("End now"));
        let late = mo.sends(DESK, &[("action", "resume"), ("key", "news/1"), ("edition", &of(&page))]).await;
        assert!(late.status == 409 && late.text().contains("the pause was over already"));
        assert!(!mo.sees("/desk").await.contains("no comments are taken"));
        assert_eq!(posts(app, "Taken").await.status, 202);
    }

    async fn an_editor_gives_an_article_rules_at_the_desk(app: TestApp) {
        announced(app).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let page = eve.sees(DESK).await;
        let sends = async |page: &str, mode: &str, slow: &str| {
            eve.sends(DESK, &[("action", "rules"), ("key", "news/1"), ("edition", &hidden(page, "edition")), ("mode", mode), ("slow_seconds", slow)]).await
        };
        for slow in ["86401", "-1", "fast", "1.5"] {
            let refused = sends(&page, "open", slow).await;
            assert!(refused.status == 422 && refused.text().contains("Please give 0 to 86,400 seconds"), "{slow}");
            assert!(refused.text().contains("<option value=\"open\" selected>"));
        }
        assert_eq!(sends(&page, "moon", "").await.status, 400);
        assert_eq!(sends(&page, "open", "90").await.status, 303);
        let page = eve.sees(DESK).await;
        assert!(page.contains("Everything is published at once</span>") && page.contains("Each reader once in 90 seconds"), "{page}");
        assert_eq!(app.rows("select count(*) from articles where mode = 'open' and slow_seconds = 90").await, 1);
        assert_eq!(sends(&page, "", "0").await.status, 303);
        let page = eve.sees(DESK).await;
        assert!(page.contains("No slow mode</span>") && page.contains("name=\"slow_seconds\" type=\"number\" min=\"0\" max=\"86400\" value=\"0\""), "{page}");
        assert_eq!(sends(&page, "", "").await.status, 303);
        assert_eq!(app.rows("select count(*) from articles where mode is null and slow_seconds is null").await, 1);
        assert!(eve.sees("/desk/audit").await.contains("<strong>Set its own rules</strong> – article"));
    }
}

/// The letters about paused articles.
async fn letters(app: &TestApp) -> Vec<(Vec<String>, String)> {
    let mails = app.mails().await.into_iter();
    mails.filter(|(_, raw)| raw.contains("for now:")).collect()
}
