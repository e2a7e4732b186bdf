//! Keeping people when others do so, too, and what the log says of it.

use futures_util::future::{join, join_all};
use replydesk::{
    domain::{Policy, Role},
    flow::accounts,
};
use serde_json::{Value, json};

use super::{ACCOUNT, Browser, FIREFOX, MO, csrf_of, enrols, id_of};
use crate::support::{Answer, Desk, PASSWORD, SITE, TestApp};

const API: &str = "/v1/admin/moderators";
const PAGE: &str = "/desk/people";

async fn patch(desk: &Desk<'_>, name: &str, body: &Value) -> Answer {
    let id = id_of(desk.app, &format!("{name}@gazette.example")).await;
    desk.sends(("PATCH", &format!("{API}/{id}")), Some(body)).await
}

/// What became of somebody, the first thing first: the action, the way, who, and what is told of it.
async fn told_of(desk: &Desk<'_>, id: &str) -> Vec<(String, String, Value, Value)> {
    let answer = desk.get(&format!("/v1/audit?limit=100&object={id}")).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = answer.json()["items"].as_array().unwrap().clone();
    let told = |item: &Value| {
        assert_eq!((&item["object"]["kind"], &item["site"]), (&json!("moderator"), &json!(null)));
        (text(&item["action"]), text(&item["via"]), item["actor"]["name"].clone(), item["reason"].clone())
    };
    items.iter().rev().map(told).collect()
}

both_databases! {
    /// Whoever comes second is no admin any more.
    async fn two_admins_who_demote_each_other_leave_one(app: TestApp) {
        for round in 0..5 {
            let (ada, bea) = (format!("Ada{round}"), format!("Bea{round}"));
            let (one, two) = (app.hires(&ada, Role::Admin, &[]).await, app.hires(&bea, Role::Admin, &[]).await);
            let demotes = json!({"role": "editor"});
            let (ada, bea) = (ada.to_lowercase(), bea.to_lowercase());
            let (first, second) = join(patch(&one, &bea, &demotes), patch(&two, &ada, &demotes)).await;
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert!(statuses == [200, 403], "{statuses:?}");
            assert_eq!(app.rows("select count(*) from moderators where role = 'admin' and removed_at is null").await, 1);
            for name in [ada, bea] {
                accounts::remove(app.app(), id_of(app, &format!("{name}@gazette.example")).await).await.unwrap();
            }
        }
    }

    async fn changes_of_one_account_at_once_all_arrive(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        app.hires("Mo", Role::Moderator, &[]).await;
        let bodies = [json!({"name": "Moira"}), json!({"role": "editor"}), json!({"sites": [SITE]}), json!({"invite": true})];
        for answer in join_all(bodies.iter().map(|body| patch(&admin, "mo", body))).await {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let people = admin.get(API).await.json()["items"].as_array().unwrap().clone();
        let mo = people.iter().find(|item| item["email"] == MO).unwrap();
        assert_eq!((&mo["name"], &mo["role"], &mo["sites"], &mo["version"]), (&json!("Moira"), &json!("editor"), &json!([SITE]), &json!(4)));
        assert!(mo["invited_at"].is_string());
    }

    async fn an_old_page_takes_nothing_back(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        app.hires("Mo", Role::Admin, &[]).await;
        let mut browser = Browser::of(app, FIREFOX);
        browser.signs_in("ada@gazette.example").await;
        let page = browser.gets(PAGE).await.text();
        assert!(page.contains("name=\"version\" value=\"1\""), "{page}");
        assert_eq!(patch(&admin, "mo", &json!({"role": "moderator", "version": 1})).await.status, 200);
        assert_eq!(patch(&admin, "mo", &json!({"role": "admin", "version": 1})).await.problem(), "version-conflict");
        let path = format!("{PAGE}/{}", id_of(app, MO).await);
        let old = [("action", "change"), ("version", "1"), ("name", "Moira"), ("role", "admin"), ("everywhere", "yes")];
        let late = browser.posts(&path, PAGE, &old).await;
        assert!(late.status == 409 && late.text().contains("Somebody changed this account"), "{}", late.text());
        assert_eq!(app.rows("select count(*) from moderators where role = 'admin'").await, 1);
        let new = old.map(|(name, value)| (name, if name == "version" { "2" } else { value }));
        assert_eq!(browser.posts(&path, PAGE, &new).await.status, 303);
        assert_eq!(browser.posts(&path, PAGE, &[("action", "change"), ("name", "Mo")]).await.status, 400, "without one");
    }

    async fn another_name_alone_ends_nothing(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let mo = app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        app.submits("To be read", "ann@example.org").await;
        assert_eq!(mo.claims(1).await.len(), 1);
        assert_eq!(patch(&admin, "mo", &json!({"name": "Moira", "role": "moderator", "sites": null})).await.status, 200);
        assert!(here.is_in().await);
        assert_eq!(app.rows("select count(*) from claims").await, 1);
        assert_eq!(patch(&admin, "mo", &json!({"role": "editor"})).await.status, 200);
        assert!(!here.is_in().await);
        assert_eq!(app.rows("select count(*) from claims").await, 0);
    }

    async fn sites_are_chosen_and_nothing_is_no_choice(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        app.hires("Ada", Role::Admin, &[]).await;
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        let new = [("email", MO), ("name", "Mo"), ("role", "editor")];
        let none = ada.posts(PAGE, PAGE, &new).await;
        assert!(none.status == 422 && none.text().contains("id=\"sites-fault\">Please choose the sites.</p>"));
        assert!(none.text().contains("aria-describedby=\"sites-fault\"") && none.text().contains(MO));
        let both = ada.posts(PAGE, PAGE, &[&new[..], &[("everywhere", "yes"), ("site", SITE)]].concat()).await;
        assert!(both.status == 422 && both.text().contains("either all sites or some of them"));
        let unknown = ada.posts(PAGE, PAGE, &[&new[..], &[("site", "nowhere")]].concat()).await;
        assert!(unknown.status == 422 && unknown.text().contains("among the sites there are"));
        assert_eq!(app.rows("select count(*) from moderators").await, 1);
        assert_eq!(ada.posts(PAGE, PAGE, &[&new[..], &[("everywhere", "yes")]].concat()).await.status, 303);
        let path = format!("{PAGE}/{}", id_of(app, MO).await);
        let change = [("action", "change"), ("version", "1"), ("name", "Moira"), ("role", "editor")];
        let none = ada.posts(&path, PAGE, &change).await;
        let page = none.text();
        assert!(none.status == 422 && page.contains("<details class=\"reason\" open>") && page.contains("value=\"Moira\""), "{page}");
        assert_eq!(app.rows("select count(*) from moderators where all_sites").await, 2);
        let some = [&change[..], &[("site", "herald")]].concat();
        assert_eq!(ada.posts(&path, PAGE, &some).await.status, 303);
        assert_eq!(app.rows("select count(*) from moderator_sites").await, 1);
        // whoever is bound cannot give out all
        app.hires("Bo", Role::Admin, &[SITE]).await;
        let mut bo = Browser::of(app, FIREFOX);
        bo.signs_in("bo@gazette.example").await;
        assert!(!bo.gets(PAGE).await.text().contains("name=\"everywhere\""));
        let new = [("email", "new@gazette.example"), ("name", "New"), ("role", "moderator")];
        assert_eq!(bo.posts(PAGE, PAGE, &new).await.status, 422);
        assert_eq!(bo.posts(PAGE, PAGE, &[&new[..], &[("everywhere", "yes")]].concat()).await.status, 403);
    }

    async fn whoever_must_enrol_first_sees_nobody(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_ACCOUNTS__REQUIRE_SECOND_FACTOR", "admin")]).await;
        app.moderator().await;
        app.hires("Ada", Role::Admin, &[]).await;
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        let mo = format!("{PAGE}/{}", id_of(app, MO).await);
        for (path, form) in [(PAGE, [("email", ""), ("name", "")]), (&mo, [("action", "change"), ("version", "1")]), (&mo, [("action", "remove"), ("x", "")])] {
            let answer = ada.posts(path, "/desk/account/second-factor", &form).await;
            assert!(answer.status == 403 && !answer.text().contains(MO), "{path}");
        }
        assert_eq!(app.rows("select count(*) from moderators where removed_at is null").await, 2);
    }

    async fn nobody_takes_off_their_own_second_factor_as_an_admin(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        enrols(app, &ada).await;
        assert_eq!(patch(&admin, "ada", &json!({"reset_second_factor": true})).await.problem(), "forbidden");
        let own = format!("{PAGE}/{}", id_of(app, "ada@gazette.example").await);
        assert_eq!(ada.posts(&own, PAGE, &[("action", "reset")]).await.status, 422);
        assert_eq!(app.rows("select count(*) from second_factors where confirmed_at is not null").await, 1);
        // another admin may, and it ends the sessions
        let other = app.hires("Bea", Role::Admin, &[]).await;
        assert_eq!(patch(&other, "ada", &json!({"reset_second_factor": true})).await.status, 200);
        assert_eq!(app.rows("select count(*) from second_factors").await, 0);
        assert!(!ada.is_in().await);
    }

    async fn what_becomes_of_people_is_in_the_log(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let pause = || app.waits(std::time::Duration::from_millis(1));
        pause();
        let new = json!({"email": MO, "name": "Mo", "role": "moderator", "sites": [SITE]});
        let id = admin.post(API, &new).await.json()["id"].as_str().unwrap().to_owned();
        app.delivers_everything().await;
        pause();
        assert_eq!(patch(&admin, "mo", &json!({"name": "Moira", "role": "editor", "sites": null})).await.status, 200);
        pause();
        let at = app.clock.now();
        let (link, _) = {
            accounts::invite(app.app(), id_of(app, MO).await).await.unwrap();
            accounts::link(app.app(), id_of(app, MO).await, at).await.unwrap().unwrap()
        };
        let link = link.strip_prefix(app.url()).unwrap();
        pause();
        let mut here = Browser::of(app, FIREFOX);
        assert_eq!(here.posts(link, link, &[("password", PASSWORD), ("again", PASSWORD)]).await.status, 303);
        pause();
        here.signs_in(MO).await;
        let (_, codes) = enrols(app, &here).await;
        pause();
        for (path, fields) in [
            ("second-factor", [("action", "codes"), ("password", PASSWORD), ("code", &codes[0])]),
            ("password", [("password", PASSWORD), ("new", "a sentence that is new"), ("again", "a sentence that is new")]),
        ] {
            let answer = here.posts(&format!("{ACCOUNT}/{path}"), ACCOUNT, &fields).await;
            assert!(matches!(answer.status, 200 | 303), "{}", answer.text());
            pause();
        }
        assert_eq!(patch(&admin, "mo", &json!({"reset_second_factor": true})).await.status, 200);
        pause();
        assert_eq!(admin.sends(("DELETE", &format!("{API}/{id}")), None).await.status, 204);
        let told = told_of(&admin, &id).await;
        let mut lines: Vec<String> = told
            .iter()
            .map(|(action, via, who, told)| format!("{action} {via} {} {}", who.as_str().unwrap_or("-"), told.as_str().unwrap_or("-")))
            .collect();
        // those of one moment are in no order
        lines[..2].sort_unstable();
        lines[2..5].sort_unstable();
        assert_eq!(lines, [
            "hire api Ada moderator, gazette",
            "invite api Ada -",
            "change-role api Ada moderator → editor",
            "change-sites api Ada gazette → all sites",
            "rename api Ada -",
            "invite cli - -",
            "accept-invitation mail Moira -",
            "set-second-factor desk Moira -",
            "make-recovery-codes desk Moira -",
            "set-password desk Moira -",
            "reset-second-factor api Ada -",
            "remove api Ada -",
        ]);
        let whole = admin.get("/v1/audit?limit=100").await.text();
        assert!(!whole.contains('@') && !whole.contains(PASSWORD) && codes.iter().all(|code| !whole.contains(code)));
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        let page = ada.gets(&format!("/desk/audit?object={id}")).await.text();
        for words in ["Made the account", "Changed the role", "moderator → editor", "Set a password by the link", "Turned the second factor on", "Removed the account"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let bound = app.hires("Her", Role::Editor, &[SITE]).await;
        assert!(told_of(&bound, &id).await.is_empty(), "what belongs to no site is for those without bounds");
    }

    async fn tokens_and_sessions_that_end_are_in_the_log(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        app.moderator().await;
        let (mut here, mut other) = (Browser::of(app, FIREFOX), Browser::of(app, FIREFOX));
        here.signs_in(MO).await;
        other.signs_in(MO).await;
        let make = [("name", "Figures"), ("scope", "read"), ("days", "9"), ("password", PASSWORD)];
        assert_eq!(here.posts("/desk/account/tokens", ACCOUNT, &make).await.status, 200);
        assert_eq!(here.posts("/desk/account/sessions", ACCOUNT, &[("end", "others")]).await.status, 303);
        let tokens = admin.get("/v1/admin/tokens").await;
        assert_eq!((tokens.status, tokens.header("cache-control")), (200, "no-store"));
        let items = tokens.json()["items"].as_array().unwrap().clone();
        let figures = items.iter().find(|item| item["name"] == "Figures").unwrap();
        assert_eq!((items.len(), &figures["scope"], &figures["moderator"]), (3, &json!("read"), &json!(id_of(app, MO).await)));
        assert!(figures["expires_at"].is_string() && figures["used_at"].is_null());
        let first = admin.get("/v1/admin/tokens?limit=2").await.json();
        let rest = admin.get(&format!("/v1/admin/tokens?cursor={}", first["next"].as_str().unwrap())).await.json();
        assert_eq!((first["items"].as_array().unwrap().len(), &rest["items"][0], &rest["next"]), (2, &items[2], &json!(null)));
        assert_eq!(admin.get("/v1/admin/tokens?cursor=nonsense").await.status, 422);
        let path = format!("/v1/admin/tokens/{}", figures["id"].as_str().unwrap());
        // not by those who do not keep its owner
        let bound = app.hires("Bo", Role::Admin, &[SITE]).await;
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        assert_eq!(bound.sends(("DELETE", &path), None).await.problem(), "not-found");
        assert_eq!(bound.get("/v1/admin/tokens").await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(editor.sends(("DELETE", &path), None).await.problem(), "forbidden");
        assert_eq!(editor.get("/v1/admin/tokens").await.problem(), "forbidden");
        assert_eq!(admin.sends(("DELETE", &path), None).await.status, 204);
        assert_eq!(admin.sends(("DELETE", &path), None).await.problem(), "not-found");
        assert_eq!(admin.sends(("DELETE", "/v1/admin/tokens/nonsense"), None).await.problem(), "not-found");
        let told = told_of(&admin, &id_of(app, MO).await.to_string()).await;
        let mut told: Vec<(&str, &str)> = told.iter().map(|(action, via, ..)| (action.as_str(), via.as_str())).collect();
        told.sort_unstable();
        assert_eq!(told, [("end-other-sessions", "desk"), ("hire", "cli"), ("issue-token", "cli"), ("issue-token", "desk"), ("revoke-token", "api")]);
    }

    async fn pages_of_people_are_complete(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        for name in ["Zoe", "Mo", "Bo"] {
            app.waits(std::time::Duration::from_millis(1));
            app.hires(name, Role::Moderator, &[]).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("{API}?limit=2{cursor}")).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, ["Ada", "Zoe", "Mo", "Bo"]);
        assert_eq!(admin.get(&format!("{API}?limit=0")).await.status, 422);
    }

    async fn an_address_that_comes_back_is_somebody_new(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        app.moderator().await;
        let first = id_of(app, MO).await;
        accounts::remove(app.app(), first).await.unwrap();
        let new = json!({"email": MO, "name": "Moritz", "role": "moderator"});
        assert_eq!(admin.post(API, &new).await.status, 201);
        assert!(id_of(app, MO).await != first);
        app.delivers_everything().await;
        let late = accounts::NewApiToken { name: "Late".to_owned(), scope: replydesk::domain::Scope::All, life: std::time::Duration::from_hours(1), made_by: None };
        assert!(accounts::issue_token(app.app(), first, &late).await.is_err(), "none for an account that is gone");
        assert_eq!(app.rows("select count(*) from moderators where email like 'removed:%'").await, 1);
    }

    async fn a_password_by_command_closes_an_open_link(app: TestApp) {
        app.moderator().await;
        let (id, at) = (id_of(app, MO).await, app.clock.now());
        accounts::invite(app.app(), id).await.unwrap();
        let (link, _) = accounts::link(app.app(), id, at).await.unwrap().unwrap();
        let link = link.strip_prefix(app.url()).unwrap();
        let renames = accounts::Change { name: Some("Moira".to_owned()), ..accounts::Change::default() };
        accounts::set(app.app(), id, (&renames, None)).await.unwrap();
        assert_eq!(app.client.get(link).await.status, 200);
        let new = replydesk::vault::Password::parse("a sentence that is new").unwrap();
        accounts::set(app.app(), id, (&accounts::Change::default(), Some(new))).await.unwrap();
        assert_eq!(app.client.get(link).await.status, 410);
        app.delivers_everything().await;
    }

    async fn an_operator_lands_where_there_is_something_to_see(app: TestApp) {
        app.hires("Ops", Role::Operator, &[]).await;
        let mut ops = Browser::of(app, FIREFOX);
        let entered = ops.tries("ops@gazette.example", PASSWORD, "").await;
        assert_eq!((entered.status, entered.header("location")), (303, "/desk/outbox"));
        assert_eq!(ops.gets("/desk/sign-in").await.header("location"), "/desk/outbox");
        assert_eq!(ops.gets("/desk/outbox").await.status, 200);
        let account = ops.gets(ACCOUNT).await.text();
        assert!(account.contains("href=\"/desk/outbox\"><span aria-hidden=\"true\">← </span>Outbox</a>"), "{account}");
    }

    async fn an_accepted_link_withdraws_what_the_old_password_made(app: TestApp) {
        let mo = app.moderator().await;
        let at = app.clock.now();
        accounts::invite(app.app(), id_of(app, MO).await).await.unwrap();
        let (link, _) = accounts::link(app.app(), id_of(app, MO).await, at).await.unwrap().unwrap();
        let link = link.strip_prefix(app.url()).unwrap();
        assert!(app.client.get(link).await.text().contains("withdraws the tokens of your programs"));
        assert_eq!(mo.get("/v1/session").await.status, 200);
        assert_eq!(Browser::of(app, FIREFOX).posts(link, link, &[("password", PASSWORD), ("again", PASSWORD)]).await.status, 303);
        assert_eq!(mo.get("/v1/session").await.status, 401);
        app.delivers_everything().await;
    }

    async fn fifty_sessions_are_the_most_and_one_browser_has_one(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "0"), ("REPLYDESK_LIMITS__SIGN_IN_PER_HOUR", "0")]).await;
        app.moderator().await;
        let body = json!({"name": MO, "password": PASSWORD});
        let mut first = Browser::of(app, FIREFOX);
        first.signs_in(MO).await;
        for _ in 0..2 {
            let answer = app.client.send(("POST", "/v1/session"), &[("cookie", &first.session)], Some(&body)).await;
            assert_eq!(answer.status, 200);
            first.session = answer.cookies.iter().find(|cookie| cookie.starts_with("replydesk=")).unwrap().split(';').next().unwrap().to_owned();
            assert_eq!(app.rows("select count(*) from sessions").await, 1, "it takes the place of the one before");
        }
        for _ in 0..50 {
            app.waits(std::time::Duration::from_millis(1));
            assert_eq!(app.client.post("/v1/session", &body).await.status, 200);
        }
        assert_eq!(app.rows("select count(*) from sessions").await, 50);
        assert!(!first.is_in().await, "the oldest ended");
    }

    async fn forms_and_calls_need_the_proof_of_their_session(app: TestApp) {
        app.hires("Ada", Role::Admin, &[]).await;
        app.hires("Mo", Role::Moderator, &[]).await;
        let (mut here, mut elsewhere) = (Browser::of(app, FIREFOX), Browser::of(app, FIREFOX));
        here.signs_in("ada@gazette.example").await;
        elsewhere.signs_in("ada@gazette.example").await;
        let theirs = csrf_of(&elsewhere.gets(ACCOUNT).await.text());
        let mo = id_of(app, MO).await;
        let own = csrf_of(&here.gets(ACCOUNT).await.text());
        for path in [PAGE.to_owned(), format!("{PAGE}/{mo}")] {
            for csrf in ["", "AQ", &theirs] {
                let fields = [("csrf", csrf), ("action", "remove"), ("email", "new@gazette.example"), ("name", "New"), ("role", "admin"), ("everywhere", "yes")];
                assert_eq!(app.client.submit(&path, &fields, &[("cookie", &here.cookies())]).await.status, 403, "{path} {csrf}");
            }
            let foreign = [("cookie", here.session.as_str()), ("origin", "https://evil.example")];
            assert_eq!(app.client.submit(&path, &[("csrf", &own), ("action", "remove")], &foreign).await.status, 403);
        }
        let (new, patch) = (json!({"email": "new@gazette.example", "name": "New", "role": "admin"}), json!({"role": "admin"}));
        let (one, token) = (format!("{API}/{mo}"), "/v1/admin/tokens/AAAAAAAAAAAA".to_owned());
        for (way, body) in [(("POST", API), Some(&new)), (("PATCH", one.as_str()), Some(&patch)), (("DELETE", &one), None), (("DELETE", &token), None)] {
            for proof in [None, Some("AQ"), Some(theirs.as_str())] {
                let mut headers = vec![("cookie", here.session.as_str())];
                headers.extend(proof.map(|proof| ("x-csrf-token", proof)));
                assert_eq!(app.client.send(way, &headers, body).await.status, 403, "{way:?} {proof:?}");
            }
            let foreign = [("cookie", here.session.as_str()), ("x-csrf-token", &own), ("origin", "https://evil.example")];
            assert_eq!(app.client.send(way, &foreign, body).await.status, 403, "{way:?}");
        }
        assert_eq!(app.rows("select count(*) from moderators where role = 'admin' and removed_at is null").await, 1);
        let good = [("cookie", here.session.as_str()), ("x-csrf-token", own.as_str())];
        assert_eq!(app.client.send(("DELETE", &one), &good, None).await.status, 204);
    }
}
