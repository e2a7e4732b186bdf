//! Invitations: a letter, a link that works once, and a password that nobody else knew.

use std::time::Duration;

use replydesk::flow::accounts::{self, Account};

use super::{Browser, FIREFOX, MO, id_of};
use crate::support::{Answer, PASSWORD, TestApp};

const DAY: Duration = Duration::from_hours(24);

/// An account without a password.
async fn hires_mo(app: &TestApp) {
    let account = Account {
        email: MO.to_owned(),
        name: "Mo".to_owned(),
        role: replydesk::domain::Role::Moderator,
        sites: Vec::new(),
        password: None,
    };
    accounts::add(app.app(), &account).await.unwrap();
}

/// The path of the link in the newest letter.
async fn link(app: &TestApp) -> String {
    app.delivers_everything().await;
    let (to, raw) = app.mails().await.pop().unwrap();
    assert_eq!(to, [MO]);
    let text = quoted_printable::decode(raw, quoted_printable::ParseMode::Robust).unwrap();
    let text = String::from_utf8(text).unwrap();
    let start = format!("{}/desk/invitations/", app.url());
    let token =
        text.split(&start).nth(1).unwrap().split(|c: char| c.is_whitespace() || c == '"').next().unwrap();
    format!("/desk/invitations/{token}")
}

async fn sets(app: &TestApp, link: &str, password: &str) -> Answer {
    Browser::of(app, FIREFOX).posts(link, link, &[("password", password), ("again", password)]).await
}

both_databases! {
    async fn an_invitation_leads_to_a_password_once(app: TestApp) {
        hires_mo(app).await;
        assert_eq!(Browser::of(app, FIREFOX).tries(MO, "", "").await.status, 422);
        accounts::invite(app.app(), id_of(app, MO).await).await.unwrap();
        let link = link(app).await;
        // a scanner of mail opens it as often as it likes
        for _ in 0..3 {
            let page = app.client.get(&link).await;
            assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
            assert!(page.text().contains("Set your password") && page.text().contains(MO));
        }
        assert_eq!(app.rows("select count(*) from moderators where password_hash is not null").await, 0);
        let browser = Browser::of(app, FIREFOX);
        for (password, again, said) in [
            ("short", "short", "at least 12 characters"),
            (PASSWORD, "another sentence", "are not the same"),
        ] {
            let refused = browser.posts(&link, &link, &[("password", password), ("again", again)]).await;
            assert!(refused.status == 422 && refused.text().contains(said));
            assert!(!refused.text().contains(PASSWORD));
        }
        let forged = app.client.submit(&link, &[("password", PASSWORD), ("again", PASSWORD)], &[]).await;
        assert!(forged.status == 422 && forged.text().contains("open for too long"));
        let done = sets(app, &link, PASSWORD).await;
        assert_eq!((done.status, done.header("location")), (303, "/desk/sign-in?welcome=1"));
        assert!(done.cookies[0].starts_with("replydesk-device="), "{:?}", done.cookies);
        assert!(app.client.get("/desk/sign-in?welcome=1").await.text().contains("Your password is set."));
        let mut mo = Browser::of(app, FIREFOX);
        mo.signs_in(MO).await;
        let used = app.client.get(&link).await;
        assert!(used.status == 410 && used.text().contains("This link works no more"));
        let again = app.client.submit(&link, &[("password", "a thief's own password")], &[]).await;
        assert_eq!(again.status, 410);
        mo.signs_in(MO).await;
    }

    async fn a_link_is_over_after_seven_days_or_when_a_newer_one_was_sent(app: TestApp) {
        hires_mo(app).await;
        let id = id_of(app, MO).await;
        accounts::invite(app.app(), id).await.unwrap();
        let first = link(app).await;
        app.waits(DAY);
        accounts::invite(app.app(), id).await.unwrap();
        let second = link(app).await;
        assert_ne!(first, second);
        let altered = crate::people::altered(&second);
        for dead in [&first, &altered, "/desk/invitations/nonsense"] {
            assert_eq!(app.client.get(dead).await.status, 410, "{dead}");
        }
        app.waits((7 * DAY).saturating_sub(Duration::from_micros(1)));
        assert_eq!(app.client.get(&second).await.status, 200);
        app.waits(Duration::from_micros(1));
        assert_eq!(app.client.get(&second).await.text(), app.client.get(&first).await.text());
        assert_eq!(app.client.get(&second).await.status, 410);
    }

    async fn it_is_also_the_way_back_of_whoever_forgot(app: TestApp) {
        app.moderator().await;
        let mut mo = Browser::of(app, FIREFOX);
        mo.signs_in(MO).await;
        accounts::invite(app.app(), id_of(app, MO).await).await.unwrap();
        let link = link(app).await;
        assert!(mo.is_in().await, "an invitation alone changes nothing");
        assert_eq!(sets(app, &link, "a sentence that is new to all").await.status, 303);
        assert!(!mo.is_in().await, "whoever was signed in is not any more");
        assert_eq!(mo.tries(MO, PASSWORD, "").await.status, 422);
    }

    async fn one_that_is_over_before_it_is_sent_is_not_sent(app: TestApp) {
        hires_mo(app).await;
        let id = id_of(app, MO).await;
        accounts::invite(app.app(), id).await.unwrap();
        app.waits(Duration::from_secs(1));
        accounts::invite(app.app(), id).await.unwrap();
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 1, "only the newer one");
        accounts::invite(app.app(), id).await.unwrap();
        accounts::remove(app.app(), id).await.unwrap();
        app.delivers_everything().await;
        assert_eq!(app.mails().await.len(), 1);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dropped'").await, 2);
        let bytes = String::from_utf8_lossy(&app.database().bytes()).into_owned();
        assert!(!bytes.contains("/desk/invitations/"), "the link is nowhere but in the letter");
    }
}
