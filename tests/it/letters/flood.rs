//! Ten thousand comments within a minute, from a thousand people at a thousand places.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use replydesk::domain::Role;

use super::{HOUR, LIMITED, LOST, MINUTE, subjects, wants};
use crate::support::{SITE, TestApp};

const COMMENTS: usize = 10_000;
const ADDRESSES: usize = 1_000;
/// Posted side by side; the worker has its turn after each.
const TOGETHER: usize = 250;

both_databases! {
    async fn a_flood_is_six_mails_an_hour_and_nothing_is_lost(base: TestApp) {
        let settings = [&LIMITED[..], &[("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1")]].concat();
        let app = base.beside(&settings).await;
        let mo = app.moderator().await;
        app.hires("Dee", Role::Editor, &[SITE]).await;
        wants(&app, "Dee", ("digest 15", "none", "UTC")).await;
        let began = app.clock.now();
        for batch in 0..COMMENTS / TOGETHER {
            let posts = (0..TOGETHER).map(async |n| {
                let n = batch * TOGETHER + n;
                let who = n % ADDRESSES;
                let reply = TestApp::reply(&format!("Number {n}"), &format!("reader{who}@example.org"));
                let place = format!("198.18.{}.{}", who / 250, who % 250);
                let way = ("POST", &*format!("/v1/sites/{SITE}/comments"));
                let answer = app.client.send(way, &[("x-forwarded-for", &place)], Some(&reply)).await;
                assert_eq!(answer.status, 202, "{}", answer.text());
            });
            join_all(posts).await;
            app.waits(MINUTE / u32::try_from(COMMENTS / TOGETHER).unwrap());
            app.delivers_everything().await;
        }
        assert_eq!(app.clock.now().since(began), MINUTE);
        let addresses = i64::try_from(ADDRESSES).unwrap();
        assert_eq!(app.rows("select count(distinct host_index) from contacts").await, addresses);
        assert_eq!(app.rows("select count(distinct email_index) from contacts").await, addresses);
        let all = i64::try_from(COMMENTS).unwrap();
        while app.clock.now().since(began) < HOUR {
            assert_eq!(app.rows("select count(*) from mentions").await, 2 * all);
            assert_eq!(app.rows(LOST).await, 0, "covered, or still due");
            app.waits(5 * MINUTE);
            app.delivers_everything().await;
        }
        let (at_once, digests) = (subjects(&app, "Mo").await, subjects(&app, "Dee").await);
        assert!((4..=6).contains(&at_once.len()), "{at_once:?}");
        assert!((2..=6).contains(&digests.len()), "{digests:?}");
        assert!(at_once.last().unwrap().contains(" replies wait"), "{at_once:?}");
        let covered = "select count(*) from mentions m join outbox o on o.id = m.letter where o.outcome = 'sent'";
        assert_eq!(app.rows(covered).await, 2 * all, "the gathered ones are counted in the last");

        let mut seen = HashSet::new();
        let mut cursor = String::new();
        loop {
            let page = mo.get(&format!("/v1/moderation/comments?limit=100{cursor}")).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), COMMENTS, "nothing is missing on the desk");
        app.waits(Duration::from_hours(3));
        assert_eq!(subjects(&app, "Mo").await.len(), at_once.len(), "and no more comes of it");
        app.ends().await;
    }
}
