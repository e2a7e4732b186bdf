//! API tokens: what they may do and until when; and the session of a browser at the API.

use std::time::Duration;

use replydesk::domain::{Role, Scope};
use serde_json::json;

use super::{ACCOUNT, Browser, FIREFOX, MO, csrf_of, id_of, shown};
use crate::support::{PASSWORD, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn asks(app: &TestApp, (method, path): (&str, &str), token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let body = (method != "GET").then(|| json!({"decision": "approve", "version": 1}));
    app.client.send((method, path), &[("authorization", &bearer)], body.as_ref()).await.status
}

both_databases! {
    async fn a_token_that_only_looks_changes_nothing(app: TestApp) {
        app.hires("Eve", Role::Editor, &[]).await;
        let held = app.submits("To be looked at", "ann@example.org").await;
        let looks = app.gives_token(id_of(app, "eve@gazette.example").await, Scope::Read).await;
        let comment = format!("/v1/moderation/comments/{}", held["id"].as_str().unwrap());
        let decisions = format!("{comment}/decisions");
        for path in ["/v1/moderation/comments", &comment, "/v1/session"] {
            assert_eq!(asks(app, ("GET", path), &looks).await, 200, "{path}");
        }
        for way in [("POST", decisions.as_str()), ("POST", "/v1/moderation/decisions"), ("DELETE", "/v1/sites/gazette/articles/news%2F1")] {
            assert_eq!(asks(app, way, &looks).await, 403, "{way:?}");
        }
        let all = app.gives_token(id_of(app, "eve@gazette.example").await, Scope::All).await;
        assert_eq!(asks(app, ("POST", &decisions), &all).await, 200);
    }

    async fn a_token_is_made_once_shown_once_and_ends(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let tokens = format!("{ACCOUNT}/tokens");
        let good = [("name", "Figures <b>"), ("scope", "read"), ("days", "30"), ("password", PASSWORD)];
        for (field, value, said) in [
            ("name", " ", "what the token is for"),
            ("scope", "root", "what the token may do"),
            ("days", "0", "1 to 3,650"),
            ("days", "99999999999", "1 to 3,650"),
            ("password", "not the password", "Your password or the code is not right."),
        ] {
            let wrong = good.map(|(name, given)| (name, if name == field { value } else { given }));
            let refused = here.posts(&tokens, ACCOUNT, &wrong).await;
            assert!(refused.status == 422 && refused.text().contains(said), "{field} {value}");
        }
        assert_eq!(app.rows("select count(*) from api_tokens where scope = 'read'").await, 0);
        let made = here.posts(&tokens, ACCOUNT, &good).await;
        assert_eq!((made.status, made.header("cache-control")), (200, "no-store"));
        let [token] = &shown(&made.text(), "secret")[..] else { panic!("{}", made.text()) };
        assert!(token.starts_with("rd_mod_") && token.len() == 50, "{token}");
        let page = here.gets(ACCOUNT).await.text();
        assert!(page.contains("Figures &#60;b&#62;") && page.contains("Only looks, until 1 December 2026; never used"), "{page}");
        assert!(!page.contains(token.as_str()));
        assert_eq!(asks(app, ("GET", "/v1/moderation/comments"), token).await, 200);
        assert!(here.gets(ACCOUNT).await.text().contains("last used <time"));
        app.waits((30 * DAY).saturating_sub(Duration::from_micros(1)));
        assert_eq!(asks(app, ("GET", "/v1/moderation/comments"), token).await, 200);
        app.waits(Duration::from_micros(1));
        assert_eq!(asks(app, ("GET", "/v1/moderation/comments"), token).await, 401);
        here.signs_in(MO).await;
        let page = here.gets(ACCOUNT).await.text();
        assert!(page.contains("Ended") && page.contains("ended 1 December 2026"), "{page}");
        let is_of_it = |rest: &&str| rest[12..].starts_with("\">Withdraw<span class=\"unseen\"> Figures");
        let mark = page.split("name=\"end\" value=\"").skip(1).find(is_of_it).unwrap()[..12].to_owned();
        assert_eq!(here.posts(&tokens, ACCOUNT, &[("end", &mark)]).await.header("location"), "/desk/account?done=token#tokens");
        assert!(!here.gets(ACCOUNT).await.text().contains("Figures"));
    }

    async fn the_use_of_a_token_is_noted_once_an_hour(app: TestApp) {
        let desk = app.moderator().await;
        let noted = async || app.rows("select coalesce(used_at, 0) from api_tokens").await;
        assert_eq!(noted().await, 0);
        let begun = app.clock.now().micros();
        for (minutes, later) in [(0, 0), (59, 0), (1, 60), (30, 60), (30, 120)] {
            app.waits(Duration::from_mins(minutes));
            assert_eq!(desk.get("/v1/moderation/comments").await.status, 200);
            assert_eq!(noted().await - begun, later * 60_000_000, "after {minutes} more");
        }
    }

    async fn a_session_is_begun_shown_used_and_ended_by_the_api(app: TestApp) {
        app.moderator().await;
        let held = app.submits("To be decided", "ann@example.org").await;
        let wrong = json!({"name": MO, "password": "not the password"});
        let refused = app.client.post("/v1/session", &wrong).await;
        assert_eq!((refused.status, refused.problem().as_str()), (401, "unauthenticated"));
        assert!(refused.cookies.is_empty());
        let right = json!({"name": " Mo@Gazette.example ", "password": PASSWORD, "code": ""});
        let entered = app.client.post("/v1/session", &right).await;
        assert_eq!((entered.status, entered.header("cache-control")), (200, "no-store"), "{}", entered.text());
        let body = entered.json();
        assert_eq!((&body["name"], &body["role"], &body["sites"], &body["scope"]), (&json!("Mo"), &json!("moderator"), &json!(null), &json!("all")));
        assert_eq!(body["expires_at"], "2026-11-02T00:00:00.001000Z");
        assert!(entered.cookies.iter().all(|cookie| cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/")));
        let cookie = entered.cookies.iter().find(|cookie| cookie.starts_with("replydesk=")).unwrap().split(';').next().unwrap().to_owned();
        let csrf = body["csrf"].as_str().unwrap().to_owned();
        let with = |more: &[(&'static str, String)]| [&[("cookie", cookie.clone())], more].concat();
        let send = async |way: (&str, &str), more: &[(&'static str, String)]| {
            let headers = with(more);
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let body = (way.0 == "POST").then(|| json!({"decision": "approve", "version": 1}));
            app.client.send(way, &headers, body.as_ref()).await
        };
        let shown = send(("GET", "/v1/session"), &[]).await;
        assert_eq!((shown.status, &shown.json()["name"]), (200, &json!("Mo")));
        assert_eq!(send(("GET", "/v1/moderation/comments"), &[]).await.status, 200);
        let decide = format!("/v1/moderation/comments/{}/decisions", held["id"].as_str().unwrap());
        for more in [&[][..], &[("x-csrf-token", "AQ".to_owned())], &[("x-csrf-token", csrf.clone()), ("origin", "https://evil.example".to_owned())]] {
            assert_eq!(send(("POST", &decide), more).await.status, 403, "{more:?}");
            assert_eq!(send(("DELETE", "/v1/session"), more).await.status, 403, "{more:?}");
        }
        let proof = [("x-csrf-token", csrf)];
        assert_eq!(send(("POST", &decide), &proof).await.status, 200);
        let left = send(("DELETE", "/v1/session"), &proof).await;
        assert_eq!((left.status, left.body.len()), (204, 0));
        assert!(left.cookies[0].starts_with("replydesk=;") && left.cookies[0].contains("Max-Age=0"), "{:?}", left.cookies);
        for way in [("GET", "/v1/session"), ("DELETE", "/v1/session"), ("GET", "/v1/moderation/comments")] {
            assert_eq!(send(way, &proof).await.status, 401, "{way:?}");
        }
    }

    async fn a_program_is_told_whose_it_is(app: TestApp) {
        let bound = app.hires("Bo", Role::Editor, &["gazette"]).await;
        let told = bound.get("/v1/session").await;
        let body = told.json();
        assert_eq!((told.status, &body["role"], &body["sites"], &body["scope"]), (200, &json!("editor"), &json!(["gazette"]), &json!("all")));
        assert!(body.get("csrf").is_none() && !told.text().contains("bo@"));
        assert_eq!(app.client.get("/v1/session").await.problem(), "unauthenticated");
        // a page of the desk takes the cookie only
        let page = csrf_of(&app.client.get("/desk/sign-in").await.text());
        assert!(!page.is_empty() && bound.get(ACCOUNT).await.status == 303);
    }
}
