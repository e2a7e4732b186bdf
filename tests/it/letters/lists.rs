//! What a letter lists: fixed when it is first leased, and told again as often as it must be.

use std::time::Duration;

use replydesk::{
    domain::{Links, OutboxId, Policy, Role},
    flow::{accounts, upkeep},
};

use super::{
    HOUR, LOOSE, NEW, comments, exhaust, id_of, is_covered, limited, subject, subjects, wants, worker,
};
use crate::{
    delivery::decoded,
    support::{TestApp, smtp},
};

both_databases! {
    async fn a_letter_that_failed_goes_out_with_the_same_list_but_for_what_was_decided(base: TestApp) {
        let app = limited(base).await;
        let moderator = app.moderator().await;
        let server = smtp::Server::with(smtp::Fault::Says(smtp::Stage::Rcpt, "451 later")).await;
        let worker = worker(&app, &server);
        let first = comments(&app, &["Number 1", "Number 2", "Number 3"]).await;
        exhaust(&worker).await;
        let later = comments(&app, &["Number 4"]).await;
        assert_eq!(app.rows(LOOSE).await, 0, "nothing was spread yet");
        moderator.approves(&first[0]).await;
        server.turns(smtp::Fault::None);
        app.waits(Duration::from_mins(2));
        exhaust(&worker).await;
        let taken = server.taken();
        assert_eq!(taken.len(), 2);
        let letter = decoded(&taken[0].data);
        assert_eq!(subject(&taken[0].data), "[The Gazette] 2 replies wait");
        assert!(letter.contains("Number 2") && letter.contains("Number 3"), "{letter}");
        assert!(!letter.contains("Number 1") && !letter.contains("Number 4"), "{letter}");
        assert!(decoded(&taken[1].data).contains("Number 4"));
        assert!(is_covered(&app, "Mo", &first[2]).await && is_covered(&app, "Mo", &later[0]).await);
        app.ends().await;
    }

    async fn a_worker_that_died_between_closing_and_sending_leaves_the_list_to_the_next(base: TestApp) {
        let app = limited(base).await;
        let moderator = app.moderator().await;
        let mo = id_of(&app, "Mo").await;
        let first = comments(&app, &["Number 1", "Number 2", "Number 3"]).await;
        let (db, now) = (&app.app().db, app.clock.now());
        // the promises become mentions, and the letter is leased by somebody who dies
        let deliverer = app.running.deliverer.as_ref().unwrap();
        assert_eq!(deliverer.turn(3).await.unwrap().leased, 3);
        let until = now.plus(Duration::from_mins(2));
        let leased = db.write(async |tx| tx.lease(now, until, 10).await).await.unwrap();
        assert_eq!((leased.len(), leased[0].closed_at), (1, None));
        let bound = db.write(async |tx| {
            assert!(tx.close_letter(&leased[0], now).await?);
            tx.bind_mentions(mo, leased[0].id).await
        }).await.unwrap();
        assert_eq!(bound, 3);
        moderator.approves(&first[1]).await;
        comments(&app, &["Number 4"]).await;
        app.delivers_everything().await;
        // what came since waits for the one that may be on its way
        assert_eq!(app.mails().await.len(), 0);
        app.waits(Duration::from_mins(2));
        app.delivers_everything().await;
        app.waits(Duration::from_secs(5));
        app.delivers_everything().await;
        let mails = app.mails().await;
        let (_, raw) = &mails[0];
        let letter = decoded(raw);
        assert!(letter.contains("Number 1") && letter.contains("Number 3"), "{letter}");
        assert!(!letter.contains("Number 2") && !letter.contains("Number 4"), "{letter}");
        assert!(raw.contains(&format!("Message-ID: <{}@", leased[0].id)), "{raw}");
        assert_eq!(decoded(&mails[1].1).matches("Number 4").count(), 2, "in both parts");
        // the dead one, should it wake up, changes nothing
        let late = db.write(async |tx| tx.close_letter(&leased[0], now).await).await.unwrap();
        assert!(!late);
        app.ends().await;
    }

    async fn when_all_of_it_was_decided_nothing_goes_out(base: TestApp) {
        let app = limited(base).await;
        let moderator = app.moderator().await;
        wants(&app, "Mo", ("each", "11:00-13:00", "UTC")).await;
        for comment in comments(&app, &["Number 1", "Number 2"]).await {
            app.delivers_everything().await;
            moderator.approves(&comment).await;
        }
        app.waits(HOUR);
        assert_eq!(subjects(&app, "Mo").await.len(), 0);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'dropped'").await, 1);
        app.ends().await;
    }

    async fn who_was_removed_gets_nothing_and_comes_back_to_nothing(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("digest 60", "11:00-13:00", "UTC")).await;
        comments(&app, &["Number 1"]).await;
        app.delivers_everything().await;
        accounts::remove(app.app(), id_of(&app, "Mo").await).await.unwrap();
        assert_eq!(app.rows(LOOSE).await, 0);
        app.moderator().await;
        comments(&app, &["Number 2"]).await;
        // as somebody new: at once, at any hour
        assert_eq!(subjects(&app, "Mo").await, [NEW]);
        assert!(decoded(&app.mails().await[0].1).contains("Number 2"));
        app.waits(HOUR);
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.ends().await;
    }

    async fn what_somebody_may_not_see_any_more_is_not_listed(base: TestApp) {
        let app = limited(base).await;
        app.opens_site("herald", Policy::default()).await;
        let both = app.hires("Flo", Role::Moderator, &["gazette", "herald"]).await;
        wants(&app, "Flo", ("each", "11:00-13:00", "UTC")).await;
        comments(&app, &["Number 1", "Number 2"]).await;
        app.delivers_everything().await;
        let row = accounts::find(app.app(), "flo@gazette.example").await.unwrap().unwrap();
        let herald = vec![app.app().sites.find("herald").unwrap().id];
        let change = accounts::Change { sites: Some(herald), ..accounts::Change::default() };
        accounts::set(app.app(), row.id, (&change, None)).await.unwrap();
        assert!(both.queue("").await.is_empty());
        app.waits(HOUR);
        assert_eq!(subjects(&app, "Flo").await.len(), 0);
        app.ends().await;
    }

    async fn a_list_shows_twenty_each_with_its_own_link_and_counts_the_rest(base: TestApp) {
        let app = limited(base).await;
        app.opens_site("herald", Policy { links: Links::Open, ..Policy::default() }).await;
        app.moderator().await;
        wants(&app, "Mo", ("each", "11:00-13:00", "UTC")).await;
        for n in 0..15 {
            let text = format!("Number {n}: see https://spam.example/{n} or <b>write</b>");
            app.submits(&text, &format!("reader{n}@example.org")).await;
            let mut other = TestApp::reply(&format!("Letter {n}"), "other@example.org");
            other["article"]["key"] = "herald/1".into();
            app.waits(Duration::from_millis(1));
            assert_eq!(app.client.post("/v1/sites/herald/comments", &other).await.status, 202);
        }
        app.delivers_everything().await;
        app.waits(HOUR);
        assert_eq!(subjects(&app, "Mo").await, ["[Replydesk] 30 replies wait on 2 sites"]);
        let mails = app.mails().await;
        let raw = &mails[0].1;
        let letter = decoded(raw);
        // ten of each, and each stands in both parts
        assert_eq!((letter.matches("/d/").count(), letter.matches("/desk/comments/").count()), (20, 20), "{letter}");
        assert!(letter.contains("and 10 more") && letter.contains("15 replies"), "{letter}");
        assert!(!letter.contains("@example.org") && !letter.contains("href=\"https://spam"), "{letter}");
        for header in ["List-Id: <desk.replydesk.gazette.example>", "References: <digest.", "Auto-Submitted: auto-generated"] {
            assert!(raw.contains(header), "{header}: {raw}");
        }
        // the first link decides, for Mo alone
        let link = letter.split("/d/").nth(1).unwrap().split_whitespace().next().unwrap();
        let answer = app.client.submit(&format!("/d/{link}"), &[("decision", "approve")], &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(app.rows("select count(*) from comments where status = 'approved'").await, 1);
        app.ends().await;
    }

    async fn an_open_letter_that_an_operator_drops_costs_nothing_but_that(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("each", "11:00-13:00", "UTC")).await;
        comments(&app, &["Number 1"]).await;
        app.delivers_everything().await;
        let owed = app.app().db.read(async |tx| tx.outbox(None, 9).await).await.unwrap();
        let (id, now): (OutboxId, _) = (owed[0].id, app.clock.now());
        assert!(app.app().db.write(async |tx| tx.drop_message(id, now).await).await.unwrap());
        comments(&app, &["Number 2"]).await;
        app.delivers_everything().await;
        app.waits(HOUR);
        assert_eq!(subjects(&app, "Mo").await, ["[The Gazette] 2 replies wait"]);
        app.ends().await;
    }

    async fn mentions_go_with_their_letter(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        comments(&app, &["Number 1", "Number 2"]).await;
        app.delivers_everything().await;
        let keep = app.config(&[]).outbox.keep;
        upkeep::sweep(app.app(), keep).await.unwrap();
        assert_eq!(app.rows("select count(*) from mentions").await, 2);
        app.waits(Duration::from_hours(24 * 31));
        upkeep::sweep(app.app(), keep).await.unwrap();
        assert_eq!((app.rows("select count(*) from mentions").await, app.rows("select count(*) from outbox").await), (0, 0));
        app.ends().await;
    }
}
