//! What somebody who holds the session and the password still cannot do: guess codes, take over a key that
//! is being set up, or begin a session beside the one who sets it up.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use replydesk::{domain::Role, flow::accounts};
use serde_json::json;

use super::{ACCOUNT, Browser, FIREFOX, MO, PHONE, code, confirms, enrols, id_of, key_of};
use crate::support::{Answer, PASSWORD, TestApp};

const PAGE: &str = "/desk/account/second-factor";
const STEP: Duration = Duration::from_secs(30);
const NEW: &str = "a sentence that is new to all";

/// Somebody with a second factor, signed in; the key, and the recovery codes.
async fn with_factor(app: &TestApp) -> (Browser, String, Vec<String>) {
    app.moderator().await;
    let mut here = Browser::of(app, FIREFOX);
    here.signs_in(MO).await;
    let (key, codes) = enrols(app, &here).await;
    app.waits(2 * STEP);
    (here, key, codes)
}

async fn asks(browser: &Browser, action: &str, password: &str, code: &str) -> Answer {
    browser.posts(PAGE, ACCOUNT, &[("action", action), ("password", password), ("code", code)]).await
}

async fn token(browser: &Browser, code: &str) -> Answer {
    let form =
        [("name", "Figures"), ("scope", "read"), ("days", "9"), ("password", PASSWORD), ("code", code)];
    browser.posts("/desk/account/tokens", ACCOUNT, &form).await
}

both_databases! {
    async fn a_right_password_does_not_buy_more_guesses_at_the_code(app: TestApp) {
        let (here, key, _) = with_factor(app).await;
        for guess in 0..5 {
            let action = if guess % 2 == 0 { "codes" } else { "off" };
            assert_eq!(asks(&here, action, PASSWORD, "000").await.status, 422, "{guess}");
        }
        let told = asks(&here, "off", PASSWORD, &code(app, &key, 0)).await;
        assert_eq!((told.status, told.header("retry-after"), told.header("cache-control")), (429, "180", "no-store"));
        assert!(told.text().contains("too many attempts"), "{}", told.text());
        for other in [token(&here, &code(app, &key, 0)).await, here.posts("/desk/account/password", ACCOUNT, &[("password", PASSWORD), ("new", NEW), ("again", NEW)]).await] {
            assert_eq!((other.status, other.header("retry-after")), (429, "180"));
        }
        app.waits(Duration::from_mins(3));
        // a code that is taken forgets them
        assert_eq!(asks(&here, "codes", PASSWORD, &code(app, &key, 0)).await.status, 200);
        for _ in 0..5 {
            assert_eq!(asks(&here, "codes", PASSWORD, "000").await.status, 422);
        }
        assert_eq!(asks(&here, "codes", PASSWORD, "000").await.status, 429);
    }

    async fn nor_does_a_change_of_the_password_in_between(app: TestApp) {
        let (here, ..) = with_factor(app).await;
        let mut passwords = [PASSWORD, NEW];
        for (number, status) in [(0, 303), (1, 422), (2, 303), (3, 422), (4, 303), (5, 429)] {
            let answer = if number % 2 == 0 {
                let fields = [("password", passwords[0]), ("new", passwords[1]), ("again", passwords[1])];
                passwords.swap(0, 1);
                here.posts("/desk/account/password", ACCOUNT, &fields).await
            } else {
                asks(&here, "codes", passwords[0], "000").await
            };
            assert_eq!(answer.status, status, "{number}: {}", answer.text());
        }
    }

    async fn without_a_second_factor_the_password_forgets_the_wrong_ones(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        for _ in 0..3 {
            for _ in 0..4 {
                let fields = [("password", "a slip"), ("new", NEW), ("again", NEW)];
                assert_eq!(here.posts("/desk/account/password", ACCOUNT, &fields).await.status, 422);
            }
            assert_eq!(token(&here, "").await.status, 200);
        }
    }

    async fn a_token_takes_a_code_where_signing_in_does(app: TestApp) {
        let (here, key, codes) = with_factor(app).await;
        assert!(here.gets(ACCOUNT).await.text().contains("id=\"token-code\""));
        let refused = token(&here, "").await;
        let page = refused.text();
        assert!(refused.status == 422 && page.contains("Your password or the code is not right."));
        assert!(page.contains("value=\"Figures\"") && page.contains("value=\"9\""), "what was typed is kept");
        assert_eq!(token(&here, &code(app, &key, 0)).await.status, 200);
        assert_eq!(token(&here, &code(app, &key, 0)).await.status, 422, "once");
        assert_eq!(token(&here, &codes[0]).await.status, 200);
        assert_eq!(app.rows("select count(*) from api_tokens where scope = 'read'").await, 2);
    }

    async fn a_key_is_for_the_session_that_made_it_and_for_a_quarter_of_an_hour(app: TestApp) {
        app.moderator().await;
        let (mut owner, mut thief) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        owner.signs_in(MO).await;
        thief.signs_in(MO).await;
        thief.posts(PAGE, ACCOUNT, &[("action", "begin")]).await;
        let stolen = key_of(&thief.gets(PAGE).await.text());
        let page = owner.gets(PAGE).await.text();
        assert!(!page.contains(&stolen) && page.contains("Begin"), "{page}");
        assert_eq!(confirms(&owner, PASSWORD, &code(app, &stolen, 0)).await.status, 422);
        owner.posts(PAGE, ACCOUNT, &[("action", "begin")]).await;
        let key = key_of(&owner.gets(PAGE).await.text());
        assert_eq!(confirms(&thief, PASSWORD, &code(app, &key, 0)).await.status, 422);
        app.waits(Duration::from_mins(15).saturating_sub(Duration::from_micros(1)));
        assert_eq!(key_of(&owner.gets(PAGE).await.text()), key);
        app.waits(Duration::from_micros(1));
        assert!(owner.gets(PAGE).await.text().contains("Begin"));
        assert_eq!(confirms(&owner, PASSWORD, &code(app, &key, 0)).await.status, 422);
        let (key, _) = enrols(app, &owner).await;
        assert!(owner.is_in().await && !thief.is_in().await && !key.is_empty());
    }

    /// Each of them is let in without a code before it is confirmed, and is then signed out, or not at all.
    async fn nobody_slips_in_while_a_second_factor_is_turned_on(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        for _ in 0..4 {
            here.posts(PAGE, ACCOUNT, &[("action", "begin")]).await;
            let key = key_of(&here.gets(PAGE).await.text());
            let right = code(app, &key, 0);
            let body = json!({"name": MO, "password": PASSWORD});
            let tries = join_all((0..3).map(|_| app.client.post("/v1/session", &body)));
            let (answers, done) = futures_util::future::join(tries, confirms(&here, PASSWORD, &right)).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401)));
            assert_eq!(app.rows("select count(*) from sessions").await, 1, "the one that turned it on");
            accounts::reset_second_factor(app.app(), id_of(app, MO).await).await.unwrap();
            app.waits(Duration::from_hours(1));
            here.signs_in(MO).await;
        }
    }

    async fn a_flood_of_passwords_is_told_to_come_back(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let places = Arc::clone(app.app().hashing.places());
        let all = u32::try_from(places.available_permits()).unwrap();
        assert!(all >= 2);
        let taken = places.acquire_many_owned(all).await.unwrap();
        let body = json!({"name": MO, "password": PASSWORD});
        let told = app.client.post("/v1/session", &body).await;
        assert_eq!((told.status, told.problem().as_str(), told.header("retry-after")), (503, "unavailable", "2"));
        assert!(here.is_in().await, "whoever is in works on");
        drop(taken);
        assert_eq!(app.client.post("/v1/session", &body).await.status, 200);
    }

    async fn a_limited_client_is_told_how_it_stands(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "2")]).await;
        app.hires("Ada", Role::Admin, &[]).await;
        let body = json!({"name": "ada@gazette.example", "password": "a guess"});
        for (status, left) in [(401, "r=1"), (401, "r=0"), (429, "r=0")] {
            let answer = app.client.post("/v1/session", &body).await;
            assert_eq!(answer.status, status);
            assert!(answer.header("ratelimit").contains(left), "{}", answer.header("ratelimit"));
            assert!(answer.header("ratelimit-policy").starts_with("\"sign-in\""), "{}", answer.header("ratelimit-policy"));
        }
    }
}
