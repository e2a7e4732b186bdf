//! The second factor: set up, asked for, lost, and taken off.

use std::time::Duration;

use replydesk::{domain::Role, flow::accounts};
use serde_json::json;

use super::{ACCOUNT, Browser, FIREFOX, MO, PHONE, code, id_of, key_of, shown};
use crate::support::{Answer, PASSWORD, TestApp};

const PAGE: &str = "/desk/account/second-factor";
const STEP: Duration = Duration::from_secs(30);

/// Sets one up; the key and the recovery codes.
pub(super) async fn enrols(app: &TestApp, browser: &Browser) -> (String, Vec<String>) {
    let begun = browser.posts(PAGE, ACCOUNT, &[("action", "begin")]).await;
    assert_eq!((begun.status, begun.header("location")), (303, PAGE));
    let key = key_of(&browser.gets(PAGE).await.text());
    let answer = confirms(browser, PASSWORD, &code(app, &key, 0)).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    (key, shown(&answer.text(), "secret"))
}

pub(super) async fn confirms(browser: &Browser, password: &str, code: &str) -> Answer {
    browser.posts(PAGE, PAGE, &[("action", "confirm"), ("password", password), ("code", code)]).await
}

both_databases! {
    async fn a_key_counts_when_a_code_of_it_and_the_password_are_given(app: TestApp) {
        app.moderator().await;
        let (mut here, mut phone) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        here.signs_in(MO).await;
        phone.signs_in(MO).await;
        let before = here.gets(PAGE).await.text();
        assert!(before.contains("Begin") && !before.contains("<svg"), "a visit makes no key");
        assert_eq!(app.rows("select count(*) from second_factors").await, 0);
        here.posts(PAGE, ACCOUNT, &[("action", "begin")]).await;
        let page = here.gets(PAGE).await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.text().contains("<svg class=\"qr\" role=\"img\"") && !page.header("content-security-policy").contains("unsafe"));
        let key = key_of(&page.text());
        assert!(page.text().contains(&format!("secret={key}&#38;issuer=Replydesk")), "{}", page.text());
        let right = code(app, &key, 0);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for (password, code) in [(PASSWORD, wrong), ("not the password", right.as_str()), (PASSWORD, "")] {
            let refused = confirms(&here, password, code).await;
            assert!(refused.status == 422 && refused.text().contains("Your password or the code is not right."));
            assert_eq!(key_of(&refused.text()), key, "the same key stays on the page");
        }
        // until then it is as if there were none
        Browser::of(app, PHONE).signs_in(MO).await;
        let done = confirms(&here, PASSWORD, &right).await;
        let codes = shown(&done.text(), "secret");
        assert_eq!((done.status, codes.len()), (200, 10), "{}", done.text());
        assert!(here.is_in().await && !phone.is_in().await, "everybody else is signed out");
        let account = here.gets(ACCOUNT).await.text();
        assert!(account.contains("10 recovery codes are left.") && !account.contains(&codes[0]));
        assert_eq!(here.gets(PAGE).await.header("location"), ACCOUNT, "the key is never shown again");
        assert_eq!(app.rows("select count(*) from recovery_codes").await, 10);
        let bytes = String::from_utf8_lossy(&app.database().bytes()).into_owned();
        assert!(!bytes.contains(&key) && codes.iter().all(|code| !bytes.contains(code)), "sealed, and keyed");
    }

    async fn signing_in_takes_a_code_and_each_code_is_taken_once(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let (key, _) = enrols(app, &here).await;
        let mut phone = Browser::of(app, PHONE);
        let now = code(app, &key, 0);
        for given in ["", &now, "123", "not a code"] {
            assert_eq!(phone.tries(MO, PASSWORD, given).await.status, 422, "{given}: the one that confirmed it is used");
        }
        app.waits(2 * STEP);
        let now = code(app, &key, 0);
        assert_eq!(phone.tries(MO, PASSWORD, &format!("{} {}", &now[..3], &now[3..])).await.status, 303);
        assert!(phone.is_in().await);
        for seconds in [0, -30] {
            let used = code(app, &key, seconds);
            assert_eq!(phone.tries(MO, PASSWORD, &used).await.status, 422, "and so are those before it");
        }
        // a clock that is fast by up to one step
        assert_eq!(phone.tries(MO, PASSWORD, &code(app, &key, 30)).await.status, 303);
        app.waits(3 * STEP);
        for seconds in [-60, 60] {
            assert_eq!(phone.tries(MO, PASSWORD, &code(app, &key, seconds)).await.status, 422);
        }
        assert_eq!(phone.tries(MO, "not the password", &code(app, &key, 0)).await.status, 422);
        let by_api = json!({"name": MO, "password": PASSWORD, "code": code(app, &key, -30)});
        assert_eq!(app.client.post("/v1/session", &by_api).await.status, 200);
        let without = json!({"name": MO, "password": PASSWORD});
        assert_eq!(app.client.post("/v1/session", &without).await.problem(), "unauthenticated");
    }

    async fn a_code_that_two_send_at_once_lets_one_in(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let (key, codes) = enrols(app, &here).await;
        app.waits(2 * STEP);
        for given in [code(app, &key, 0), codes[4].clone()] {
            let body = json!({"name": MO, "password": PASSWORD, "code": given});
            let post = || app.client.post("/v1/session", &body);
            let (one, two) = futures_util::future::join(post(), post()).await;
            let mut statuses = [one.status, two.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 401]);
        }
    }

    async fn a_recovery_code_works_once_and_new_ones_take_the_place_of_all(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let (key, codes) = enrols(app, &here).await;
        let mut phone = Browser::of(app, PHONE);
        assert_eq!(phone.tries(MO, PASSWORD, &codes[3].to_uppercase().replace('-', " ")).await.status, 303);
        assert_eq!(phone.tries(MO, PASSWORD, &codes[3]).await.status, 422);
        assert!(phone.gets(ACCOUNT).await.text().contains("9 recovery codes are left."));
        app.waits(2 * STEP);
        let form = |given: &str| [("action", "codes".to_owned()), ("password", PASSWORD.to_owned()), ("code", given.to_owned())];
        let posts = async |given: &str| {
            let form = form(given);
            let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            phone.posts(PAGE, ACCOUNT, &fields).await
        };
        assert_eq!(posts("000").await.status, 422);
        let renewed = posts(&code(app, &key, 0)).await;
        let new = shown(&renewed.text(), "secret");
        assert_eq!((renewed.status, new.len()), (200, 10));
        let mut other = Browser::of(app, FIREFOX);
        assert_eq!(other.tries(MO, PASSWORD, &codes[5]).await.status, 422);
        assert_eq!(other.tries(MO, PASSWORD, &new[5]).await.status, 303);
    }

    async fn it_comes_off_by_password_and_code_or_by_whoever_keeps_the_desk(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let (key, codes) = enrols(app, &here).await;
        app.waits(2 * STEP);
        for (password, given) in [(PASSWORD, "000"), ("not the password", &code(app, &key, 0))] {
            let fields = [("action", "off"), ("password", password), ("code", given)];
            let refused = here.posts(PAGE, ACCOUNT, &fields).await;
            assert!(refused.status == 422 && refused.text().contains("Your password or the code is not right."));
        }
        let off = here.posts(PAGE, ACCOUNT, &[("action", "off"), ("password", PASSWORD), ("code", &codes[0])]).await;
        assert_eq!((off.status, off.header("location")), (303, "/desk/account?done=factor#factor"));
        assert_eq!(app.rows("select count(*) from recovery_codes").await, 0);
        here.signs_in(MO).await;
        enrols(app, &here).await;
        assert_eq!(here.tries(MO, PASSWORD, "").await.status, 422);
        accounts::reset_second_factor(app.app(), id_of(app, MO).await).await.unwrap();
        assert!(!here.is_in().await, "who had it taken off signs in again");
        here.signs_in(MO).await;
        // and nothing of it outlives the account
        enrols(app, &here).await;
        accounts::remove(app.app(), id_of(app, MO).await).await.unwrap();
        assert_eq!(app.rows("select count(*) from second_factors").await, 0);
    }

    async fn where_it_is_required_the_desk_opens_after_it(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_ACCOUNTS__REQUIRE_SECOND_FACTOR", "admin")]).await;
        app.moderator().await;
        app.hires("Ada", Role::Admin, &[]).await;
        Browser::of(app, FIREFOX).signs_in(MO).await;
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        let asked = ada.gets("/desk").await;
        assert_eq!((asked.status, asked.header("location")), (303, "/desk/sign-in?next=%2Fdesk"));
        assert_eq!(ada.gets("/desk/sign-in?next=%2Fdesk").await.header("location"), PAGE);
        assert!(ada.gets(PAGE).await.text().contains("your role needs a second factor"));
        assert_eq!(ada.gets("/v1/moderation/comments").await.status, 403);
        assert_eq!(ada.gets("/v1/session").await.json()["second_factor_required"], true);
        let make = [("name", "A way around"), ("scope", "all"), ("days", "9"), ("password", PASSWORD)];
        assert_eq!(ada.posts("/desk/account/tokens", PAGE, &make).await.status, 403);
        let begun = ada.posts(PAGE, PAGE, &[("action", "begin")]).await;
        assert_eq!(begun.status, 303);
        let key = key_of(&ada.gets(PAGE).await.text());
        assert_eq!(confirms(&ada, PASSWORD, &code(app, &key, 0)).await.status, 200);
        assert!(ada.is_in().await);
    }
}
