//! Policies and word lists: who sets them, and what becomes of comments under them.

use serde_json::{Value, json};

use crate::support::{SITE, TestApp};
use replydesk::domain::{FormRules, Mode, Policy, Role, Trust};
use std::time::Duration;

const POLICY: &str = "/v1/sites/gazette/policy";
const WORDS: &str = "/v1/sites/gazette/words";

/// What was found in a comment that waits, or that somebody looks for by its status.
fn found(comment: &Value) -> Vec<(String, Option<String>)> {
    let of = |finding: &Value| {
        (finding["code"].as_str().unwrap().to_owned(), finding["term"].as_str().map(str::to_owned))
    };
    comment["findings"].as_array().unwrap().iter().map(of).collect()
}

fn open() -> Policy {
    Policy { mode: Mode::Open, ..Policy::default() }
}

async fn status(app: &TestApp, body: &Value) -> u16 {
    let answer = app.posts(body).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
    app.waits(Duration::from_secs(20));
    answer.status
}

both_databases! {
    async fn editors_set_the_policy_and_moderators_read_it(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (eve, mo) = (app.hires("Eve", Role::Editor, &[]).await, app.hires("Mo", Role::Moderator, &[]).await);
        let first = mo.get(POLICY).await.json();
        assert_eq!((&first["version"], &first["mode"], &first["max_links"], &first["trust"]["approved"]), (&json!(0), &json!("hold-all"), &json!(2), &json!(1)));
        let set = json!({"version": 0, "mode": "trust-known", "max_links": 3, "staff_names": ["Marit Oyelaran"], "form": {"required": true}, "language": "de",
            "privacy_url": " https://News.example/privacy ", "rules_url": ""});
        let now = eve.sends(("PUT", POLICY), Some(&set)).await.json();
        assert_eq!((&now["version"], &now["form"]["required"], &now["form"]["min_seconds"]), (&json!(1), &json!(true), &json!(3)));
        assert_eq!(
            (&now["language"], &now["privacy_url"], &now["rules_url"]),
            (&json!("de"), &json!("https://news.example/privacy"), &Value::Null)
        );
        assert_eq!(mo.get(POLICY).await.json(), now);
        // the same again is no change, an older page is too late
        assert_eq!(eve.sends(("PUT", POLICY), Some(&set)).await.json(), now);
        let late = eve.sends(("PUT", POLICY), Some(&json!({"version": 0}))).await;
        assert_eq!(late.problem(), "version-conflict");
        assert_eq!(app.rows("select count(*) from audit where action = 'set-policy'").await, 1);
        assert_eq!(app.rows("select count(*) from rules where part = 'policy'").await, 1);
        assert_eq!(mo.sends(("PUT", POLICY), Some(&set)).await.problem(), "forbidden");
        let olga = app.hires("Olga", Role::Admin, &["herald"]).await;
        assert_eq!(olga.get(POLICY).await.problem(), "not-found");
        for (said, field, code) in [
            (json!({}), "version", "required"),
            (json!({"version": 1, "mode": "shut"}), "mode", "unknown-value"),
            (json!({"version": 1, "max_links": -1}), "max_links", "wrong-type"),
            (json!({"version": 1, "language": "tlh"}), "language", "unknown-value"),
            (json!({"version": 1, "privacy_url": "javascript:alert(1)"}), "privacy_url", "not-a-url"),
            (json!({"version": 1, "rules_url": "https://ann@news.example"}), "rules_url", "user-info"),
            (json!({"version": 1, "rules_url": format!("https://news.example/{}", "a".repeat(480))}), "rules_url", "too-long"),
            (json!({"version": 1, "max_links": 1001}), "max_links", "unknown-value"),
            (json!({"version": 1, "trust": {"approved": 0}}), "trust.approved", "unknown-value"),
            (json!({"version": 1, "word_fields": ["text", "text"]}), "word_fields", "unknown-value"),
            (json!({"version": 1, "form": {"max_minutes": 0}}), "form.max_minutes", "unknown-value"),
            (json!({"version": 1, "breaker": {"action": "explode"}}), "breaker.action", "unknown-value"),
            (json!({"version": 1, "reasons": []}), "body", "unknown-member"),
        ] {
            let refused = eve.sends(("PUT", POLICY), Some(&said)).await;
            assert_eq!(refused.faults(), [(field.to_owned(), code.to_owned())], "{said}");
        }
        // the canned reasons are not part of it
        let reasons = json!({"reasons": [{"code": "rude", "text": "Be kind.", "basis": "terms"}]});
        eve.sends(("PUT", "/v1/sites/gazette/reasons"), Some(&reasons)).await;
        let version = &mo.get(POLICY).await.json()["version"];
        assert_eq!(eve.sends(("PUT", POLICY), Some(&json!({"version": version}))).await.status, 200);
        assert_eq!(mo.get("/v1/sites/gazette/reasons").await.json(), reasons);
    }

    async fn words_hold_and_words_make_spam(app: TestApp) {
        app.sets_policy(open()).await;
        let (eve, mo) = (app.hires("Eve", Role::Editor, &[]).await, app.hires("Mo", Role::Moderator, &[]).await);
        assert_eq!(mo.get(WORDS).await.json(), json!({"version": 0, "hold": [], "spam": []}));
        let lists = json!({"version": 0, "hold": [" casino ", "", "CASINO", "crypto*"], "spam": ["*viagra*"]});
        let kept = json!({"version": 1, "hold": ["casino", "crypto*"], "spam": ["*viagra*"]});
        assert_eq!(eve.sends(("PUT", WORDS), Some(&lists)).await.json(), kept);
        assert_eq!(mo.get(WORDS).await.json(), kept);
        assert_eq!(mo.sends(("PUT", WORDS), Some(&lists)).await.problem(), "forbidden");
        assert_eq!(eve.sends(("PUT", WORDS), Some(&json!({"version": 0, "hold": [], "spam": []}))).await.problem(), "version-conflict");
        let refused = eve.sends(("PUT", WORDS), Some(&json!({"version": 1, "hold": ["a", "*"], "spam": ["x".repeat(201)]}))).await;
        assert_eq!(refused.faults(), [("hold".to_owned(), "required".to_owned()), ("spam".to_owned(), "too-long".to_owned())]);

        assert_eq!(status(app, &TestApp::reply("The bridge should open again.", "a@example.org")).await, 201);
        assert_eq!(status(app, &TestApp::reply("Win at our Cаsino, it is CRYPTOgraphic", "b@example.org")).await, 202);
        assert_eq!(status(app, &TestApp::reply("Cheap v\u{200B}iagras here", "c@example.org")).await, 202);
        let held = mo.queue("&needs=any&finding=word-hold").await;
        assert_eq!(found(&held[0]), [("word-hold".to_owned(), Some("casino".to_owned())), ("word-hold".to_owned(), Some("crypto*".to_owned()))]);
        assert_eq!((&held[0]["findings"][0]["field"], &held[0]["findings"][0]["start"], &held[0]["findings"][0]["length"]), (&json!("text"), &json!(11), &json!(6)));
        let spam = mo.queue("&status=spam").await;
        assert_eq!(found(&spam[0]), [("word-spam".to_owned(), Some("*viagra*".to_owned()))]);
        assert_eq!(app.rows("select count(*) from audit where action = 'set-words'").await, 1);
    }

    async fn what_is_found_in_an_address_is_not_told(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let fields = json!({"version": 0, "mode": "open", "word_fields": ["text", "name", "website", "email", "client", "agent"]});
        assert_eq!(eve.sends(("PUT", POLICY), Some(&fields)).await.status, 200);
        let words = json!({"version": 0, "hold": ["spam.example", "127.0.0.1"], "spam": []});
        assert_eq!(eve.sends(("PUT", WORDS), Some(&words)).await.status, 200);
        assert_eq!(status(app, &TestApp::reply("The bridge should open again.", "ann@spam.example")).await, 202);
        let held = &eve.queue("&needs=any").await[0];
        assert_eq!(found(held), [("word-hold".to_owned(), None), ("word-hold".to_owned(), None)]);
        let fields: Vec<&Value> = held["findings"].as_array().unwrap().iter().map(|finding| &finding["field"]).collect();
        assert_eq!(fields, [&json!("email"), &json!("client")]);
        assert!(!held.to_string().contains("spam.example"), "{held}");
    }

    async fn every_rule_holds_with_its_reason(app: TestApp) {
        app.sets_policy(Policy { staff_names: vec!["Marit Oyelaran".to_owned()], form: FormRules { required: true, ..FormRules::default() }, ..open() }).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let mut reply = TestApp::reply("Write to ann@example.org or see https://a.example and https://b.example now", "ann@example.org");
        reply["name"] = json!("Marit 0yelaran");
        assert_eq!(status(app, &reply).await, 202);
        let mut mixed = TestApp::reply("The bridge should open again.", "bob@example.org");
        mixed["name"] = json!("Bоb");
        assert_eq!(status(app, &mixed).await, 202);
        let told = |code: &str, term: Option<&str>| (code.to_owned(), term.map(str::to_owned));
        let waiting = mo.queue("&needs=any&sort=oldest").await;
        assert_eq!(found(&waiting[0]), [told("form-missing", None), told("links", Some("2")), told("own-address", None), told("staff-name", Some("Marit Oyelaran"))]);
        assert_eq!(found(&waiting[1]), [told("form-missing", None), told("mixed-script-name", Some("Bоb"))]);
    }

    async fn a_form_is_filled_in_by_a_person_and_sent_once(app: TestApp) {
        app.sets_policy(Policy { form: FormRules { required: true, ..FormRules::default() }, ..open() }).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let form = async || {
            let answer = app.client.get("/v1/sites/gazette/form").await;
            assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
            answer.json()["token"].as_str().unwrap().to_owned()
        };
        let with = |text: &str, token: &str| {
            let mut reply = TestApp::reply(text, "ann@example.org");
            reply["token"] = json!(token);
            reply
        };
        let token = form().await;
        assert_ne!(token, form().await);
        assert_eq!(status(app, &with("Sent at once, as programs do.", &token)).await, 202);
        let token = form().await;
        app.waits(Duration::from_secs(3));
        let first = app.posts(&with("Sent after a while, as people do.", &token)).await;
        assert_eq!(first.status, 201);
        // the same form again is the same comment, another text in it is held
        let again = app.posts(&with("Sent after a while, as people do.", &token)).await;
        assert_eq!((again.status, again.header("idempotency-replayed"), &again.json()["id"]), (201, "true", &first.json()["id"]));
        app.waits(Duration::from_mins(1));
        assert_eq!(status(app, &with("Another text in the same form.", &token)).await, 202);
        // a key of the request's own does not make the form a new one
        let own = app.client.send(("POST", "/v1/sites/gazette/comments"), &[("idempotency-key", "fresh")], Some(&with("A third text in it.", &token))).await;
        assert_eq!(own.status, 202, "{}", own.text());
        app.waits(Duration::from_mins(1));
        let token = form().await;
        app.waits(Duration::from_hours(24));
        assert_eq!(status(app, &with("Sent the day after.", &token)).await, 202);
        // also where it was sent before, and what remembers that is over and was not swept
        let token = form().await;
        app.waits(Duration::from_secs(3));
        assert_eq!(status(app, &with("Sent in time, for the first time.", &token)).await, 201);
        app.waits(Duration::from_hours(25));
        assert_eq!(status(app, &with("Sent the day after, for the second time.", &token)).await, 202);
        assert_eq!(status(app, &with("Sent with a token that is none.", "abc")).await, 202);
        app.opens_site("herald", Policy::default()).await;
        let other = app.client.get("/v1/sites/herald/form").await.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(status(app, &with("Sent with the token of another site.", &other)).await, 202);
        let codes: Vec<String> = mo.queue("&needs=any&sort=oldest").await.iter().flat_map(found).map(|(code, _)| code).collect();
        assert_eq!(codes, ["form-early", "form-reused", "form-reused", "form-late", "form-late", "form-forged", "form-forged"]);
    }

    async fn known_people_need_a_proof(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::TrustKnown, trust: Trust { approved: 2, ..Trust::default() }, ..Policy::default() }).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let with = |text: &str, email: &str, earlier: &Value| {
            let mut reply = TestApp::reply(text, email);
            reply["receipt"] = earlier["receipt"]["token"].clone();
            reply
        };
        let posts = async |body: Value| {
            app.waits(Duration::from_mins(1));
            let answer = app.posts(&body).await;
            assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
            (answer.status, answer.json())
        };
        let (_, first) = posts(TestApp::reply("The first one of Ann.", "ann@example.org")).await;
        mo.approves(&first).await;
        let (held, second) = posts(with("The second one of Ann.", "Ann@example.org", &first)).await;
        assert_eq!(held, 202, "one approved comment is not two");
        mo.approves(&second).await;
        assert_eq!(posts(with("The third one of Ann.", "ann@example.org", &second)).await.0, 201);
        assert_eq!(posts(with("The fourth, with an old receipt.", "ann@example.org", &first)).await.0, 201);
        // whoever types her address is nobody, also with a receipt of their own
        let (held, typed) = posts(TestApp::reply("Ann's address, typed by Bob.", "ann@example.org")).await;
        assert_eq!(held, 202);
        // and what they write does her no harm
        mo.does("spam", &typed).await;
        assert_eq!(posts(with("The fifth, after somebody misused her address.", "ann@example.org", &second)).await.0, 201);
        let (_, bob) = posts(TestApp::reply("The first one of Bob.", "bob@example.org")).await;
        mo.approves(&bob).await;
        assert_eq!(posts(with("Ann's address, Bob's receipt.", "ann@example.org", &bob)).await.0, 202);
        assert_eq!(posts(with("Bob's address, Ann's receipt.", "bob@example.org", &second)).await.0, 202);
        let mut nonsense = TestApp::reply("A receipt that is none.", "ann@example.org");
        nonsense["receipt"] = json!("nonsense");
        assert_eq!(posts(nonsense).await.0, 202);
        // trust takes away the policy's own hold and nothing else
        assert_eq!(posts(with("See https://a.example https://b.example", "ann@example.org", &second)).await.0, 202);
        let links = mo.queue("&needs=any&finding=links").await;
        assert_eq!(found(&links[0]), [("links".to_owned(), Some("2".to_owned()))]);
        // who turns out to be a spammer is not known any more
        let (published, fifth) = posts(with("The sixth one of Ann.", "ann@example.org", &second)).await;
        assert_eq!(published, 201);
        mo.does("spam", &fifth).await;
        assert_eq!(posts(with("The seventh one of Ann.", "ann@example.org", &second)).await.0, 202);
        assert_eq!(mo.queue("&needs=any&finding=not-known").await.len(), 4);
    }

    async fn readers_for_whom_the_site_vouches_are_known(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::TrustKnown, ..Policy::default() }).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let token = format!("Bearer {}", app.backend().await);
        let path = format!("/v1/sites/{SITE}/comments");
        let posts = async |text: &str, commenter: Value| {
            let mut body = TestApp::reply(text, "ann@example.org");
            body["commenter"] = commenter;
            let answer = app.client.send(("POST", &path), &[("authorization", &token)], Some(&body)).await;
            (answer.status, answer.json())
        };
        let reader = |verified: bool| json!({"id": "reader-7", "verified": verified});
        let (held, first) = posts("The first one.", reader(true)).await;
        assert_eq!(held, 202);
        mo.approves(&first).await;
        assert_eq!(posts("The second one.", reader(true)).await.0, 201);
        assert_eq!(posts("Nobody vouches.", reader(false)).await.0, 202);
        assert_eq!(posts("Somebody else.", json!({"id": "reader-8", "verified": true})).await.0, 202);
        assert_eq!(posts("From the newsroom.", json!({"id": "staff-1", "staff": true})).await.0, 201);
        // who turns out to be a spammer is not known any more
        let (_, third) = posts("Cheap lamps for all.", reader(true)).await;
        mo.does("spam", &third).await;
        assert_eq!(posts("The fourth one.", reader(true)).await.0, 202);
    }

    async fn what_nobody_has_looked_at_earns_no_trust(app: TestApp) {
        app.sets_policy(open()).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let published = app.posts(&TestApp::reply("Published at once, and seen by nobody.", "ann@example.org")).await;
        assert_eq!(published.status, 201);
        let first = published.json();
        app.sets_policy(Policy { mode: Mode::TrustKnown, ..Policy::default() }).await;
        let next = |text: &str| {
            let mut reply = TestApp::reply(text, "ann@example.org");
            reply["receipt"] = first["receipt"]["token"].clone();
            reply
        };
        assert_eq!(status(app, &next("The second one, with a receipt of the first.")).await, 202);
        mo.approves(&first).await;
        assert_eq!(status(app, &next("The third one, after somebody has looked.")).await, 201);
    }

    async fn name_and_address_are_enough_where_a_site_says_so(app: TestApp) {
        let trust = Trust { approved: 1, by_name_and_address: true };
        app.sets_policy(Policy { mode: Mode::TrustKnown, trust, ..Policy::default() }).await;
        let mo = app.hires("Mo", Role::Moderator, &[]).await;
        let first = app.submits("The first one.", "ann@example.org").await;
        mo.approves(&first).await;
        assert_eq!(status(app, &TestApp::reply("The second one.", "ANN@example.org")).await, 201);
        assert_eq!(status(app, &TestApp::reply("Another address.", "bob@example.org")).await, 202);
        let mut named = TestApp::reply("Another name.", "ann@example.org");
        named["name"] = json!("Somebody Else");
        assert_eq!(status(app, &named).await, 202);
    }

    async fn an_edit_is_judged_like_what_is_new(app: TestApp) {
        app.sets_policy(open()).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        eve.sends(("PUT", WORDS), Some(&json!({"version": 0, "hold": ["casino"], "spam": []}))).await;
        let comment = app.posts(&TestApp::reply("The bridge should open again.", "ann@example.org")).await.json();
        let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let edited = app.client.send(("PATCH", &path), &[], Some(&json!({"comment": "Come to the casino, write to ann@example.org"}))).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        let waits = &eve.queue("&needs=edit").await[0];
        assert_eq!(found(waits), [("own-address".to_owned(), None), ("word-hold".to_owned(), Some("casino".to_owned()))]);
    }

    async fn what_was_found_elsewhere_than_in_the_text_stays_with_an_edit(app: TestApp) {
        app.sets_policy(Policy { form: FormRules { required: true, ..FormRules::default() }, ..Policy::default() }).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        eve.sends(("PUT", WORDS), Some(&json!({"version": 0, "hold": ["casino"], "spam": []}))).await;
        let mut reply = TestApp::reply("Come to the casino", "ann@example.org");
        reply["name"] = json!("Casino Royale");
        let comment = app.posts(&reply).await.json();
        let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let edited = app.client.send(("PATCH", &path), &[], Some(&json!({"comment": "The bridge should open again."}))).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        let waits = &eve.queue("&needs=any").await[0];
        assert_eq!(found(waits), [("form-missing".to_owned(), None), ("word-hold".to_owned(), Some("casino".to_owned()))]);
        assert_eq!(waits["findings"][1]["field"], json!("name"));
    }
}
