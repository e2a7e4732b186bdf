//! Guessing is slowed down, by name and by client, and nobody is locked out by a stranger.

use std::time::Duration;

use super::{Browser, FIREFOX, MO, PHONE};
use crate::support::{Answer, PASSWORD, TestApp};

/// So that stories can be told of many clients, and of one without its own limit.
const PROXY: (&str, &str) = ("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1/32");
const NO_LIMIT_BY_CLIENT: (&str, &str) = ("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "0");
const NOBODY: &str = "nobody@gazette.example";

/// Guesses until it is told to wait: how often, and the answer.
async fn guesses(app: &TestApp, name: &str, place: impl Fn(usize) -> String) -> (usize, Answer) {
    for number in 0..200 {
        let mut stranger = Browser { place: place(number), ..Browser::of(app, PHONE) };
        let answer = stranger.tries(name, &format!("guess number {number}"), "").await;
        if answer.status == 429 {
            return (number, answer);
        }
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
    panic!("nothing stops the guessing of {name}");
}

both_databases! {
    async fn one_client_guesses_five_times_and_then_every_three_minutes(app: TestApp) {
        let app = &app.beside(&[PROXY, NO_LIMIT_BY_CLIENT]).await;
        app.moderator().await;
        for name in [MO, NOBODY] {
            let (times, told) = guesses(app, name, |_| "198.51.100.1".to_owned()).await;
            assert_eq!((times, told.header("retry-after"), told.header("cache-control")), (5, "180", "no-store"), "{name}");
            assert!(told.text().contains("too many attempts. Please try again in 3 minutes."), "{}", told.text());
            app.waits(Duration::from_secs(179));
            assert_eq!(guesses(app, name, |_| "198.51.100.1".to_owned()).await.0, 0);
            app.waits(Duration::from_secs(1));
            assert_eq!(guesses(app, name, |_| "198.51.100.1".to_owned()).await.0, 1);
        }
        // who is refused is refused with the right password, too: the answer tells nothing
        guesses(app, MO, |_| "198.51.100.1".to_owned()).await;
        let mut stranger = Browser { place: "198.51.100.1".to_owned(), ..Browser::of(app, PHONE) };
        assert_eq!(stranger.tries(MO, PASSWORD, "").await.status, 429);
        let mut elsewhere = Browser { place: "198.51.100.2".to_owned(), ..Browser::of(app, PHONE) };
        elsewhere.signs_in(MO).await;
    }

    async fn many_clients_guess_thirty_times_and_the_owner_still_gets_in(app: TestApp) {
        let app = &app.beside(&[PROXY, NO_LIMIT_BY_CLIENT]).await;
        app.moderator().await;
        let mut owner = Browser::of(app, FIREFOX);
        owner.signs_in(MO).await;
        let place = |number: usize| format!("198.51.100.{}", number + 1);
        for name in [MO, NOBODY] {
            let (times, told) = guesses(app, name, place).await;
            // the owner's own sign-in was one of them
            let expected = if name == MO { 29 } else { 30 };
            assert_eq!((times, told.header("retry-after")), (expected, "60"), "{name}");
        }
        let mut stranger = Browser { place: "192.0.2.99".to_owned(), ..Browser::of(app, FIREFOX) };
        assert_eq!(stranger.tries(MO, PASSWORD, "").await.status, 429);
        // by the device that is known, from wherever it is now
        owner.place = place(0);
        for _ in 0..3 {
            assert_eq!(owner.tries(MO, "a slip of the finger", "").await.status, 422);
            owner.signs_in(MO).await;
        }
        assert!(owner.is_in().await);
        // that device is nothing under another name, and nothing when it is altered
        assert_eq!(owner.tries(NOBODY, PASSWORD, "").await.status, 429);
        let mut forged = stranger.clone();
        forged.device = crate::people::altered(&owner.device);
        assert_eq!(forged.tries(MO, PASSWORD, "").await.status, 429);
        // and whoever steals it can guess five times
        let mut thief = Browser { session: String::new(), ..owner.clone() };
        for _ in 0..5 {
            assert_eq!(thief.tries(MO, "a guess at a stolen device", "").await.status, 422);
        }
        assert_eq!(thief.tries(MO, PASSWORD, "").await.status, 429);
        app.waits(Duration::from_mins(1));
        stranger.signs_in(MO).await;
    }

    async fn a_known_device_is_not_held_up_by_its_neighbours(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "3")]).await;
        app.moderator().await;
        let mut owner = Browser::of(app, FIREFOX);
        owner.signs_in(MO).await;
        let mut neighbour = Browser::of(app, PHONE);
        for status in [422, 422, 429, 429] {
            assert_eq!(neighbour.tries(NOBODY, "a guess", "").await.status, status);
        }
        assert_eq!(owner.tries(NOBODY, "a guess", "").await.status, 429, "only under the owner's name");
        owner.signs_in(MO).await;
    }

    async fn a_right_password_forgets_the_wrong_ones(app: TestApp) {
        let app = &app.beside(&[PROXY, NO_LIMIT_BY_CLIENT]).await;
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(here.tries(MO, "a slip of the finger", "").await.status, 422);
            }
            here.signs_in(MO).await;
        }
        app.waits(Duration::from_hours(1));
        let now = app.clock.now();
        app.app().db.write(async |tx| tx.sweep_attempts(now).await).await.unwrap();
        assert_eq!(app.rows("select count(*) from sign_in_attempts").await, 0, "an hour later nothing is known of it");
    }

    async fn zero_switches_it_off(app: TestApp) {
        let app = &app.beside(&[NO_LIMIT_BY_CLIENT, ("REPLYDESK_LIMITS__SIGN_IN_PER_HOUR", "0")]).await;
        app.moderator().await;
        let mut stranger = Browser::of(app, PHONE);
        for _ in 0..12 {
            assert_eq!(stranger.tries(MO, "a guess", "").await.status, 422);
        }
        assert_eq!(app.rows("select count(*) from sign_in_attempts").await, 0);
    }

    async fn what_is_kept_of_attempts_tells_neither_name_nor_place(app: TestApp) {
        let mut stranger = Browser::of(app, PHONE);
        assert_eq!(stranger.tries("canary.name@example.org", "a guess", "").await.status, 422);
        assert_eq!(app.rows("select count(*) from sign_in_attempts").await, 2);
        let bytes = String::from_utf8_lossy(&app.database().bytes()).into_owned();
        assert!(!bytes.contains("canary") && !bytes.contains("127.0.0.1") && !bytes.contains("203.0.113.7"));
    }
}
