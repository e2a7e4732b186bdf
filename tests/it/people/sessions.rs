//! Where somebody is signed in, and how that ends: at once, on every replica.

use std::time::Duration;

use replydesk::{
    app::{self, Overrides, Role as Process},
    clock::Clock,
    domain::{Mark, Role},
    flow::accounts,
    store::Kind,
};

use super::{ACCOUNT, Browser, FIREFOX, MO, PHONE, csrf_of, id_of};
use crate::support::{Client, PASSWORD, TestApp};

const NEW: &str = "a sentence that is new to all";

both_databases! {
    async fn somebody_sees_where_they_are_signed_in_and_signs_out_there(app: TestApp) {
        app.moderator().await;
        let (mut here, mut phone) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        here.signs_in(MO).await;
        app.waits(Duration::from_mins(90));
        phone.signs_in(MO).await;
        let page = here.gets(ACCOUNT).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        let page = page.text();
        let (first, second) = (page.find("Chrome on Android").unwrap(), page.find("Firefox on Linux").unwrap());
        assert!(first < second && page.matches("This browser").count() == 1, "the newest first");
        assert!(page[second..].contains("This browser") && page[second..].contains("1 hour ago"));
        assert!(!page.contains("Mozilla") && page.contains("Sign out everywhere else"));
        let mark = page.split("name=\"end\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let out = here.posts("/desk/account/sessions", ACCOUNT, &[("end", &mark)]).await;
        assert_eq!((out.status, out.header("location")), (303, "/desk/account?done=session#sessions"));
        assert!(!phone.is_in().await && here.is_in().await);
        assert!(here.gets("/desk/account?done=session#sessions").await.text().contains("Signed out there."));
        // again: it is over, as was wanted
        assert_eq!(here.posts("/desk/account/sessions", ACCOUNT, &[("end", &mark)]).await.status, 303);
    }

    async fn all_others_end_at_once_and_nobody_elses(app: TestApp) {
        app.moderator().await;
        app.hires("Eve", Role::Editor, &[]).await;
        let mut mine: Vec<Browser> = (0..3).map(|_| Browser::of(app, PHONE)).collect();
        for browser in &mut mine {
            browser.signs_in(MO).await;
        }
        let mut eve = Browser::of(app, FIREFOX);
        eve.signs_in("eve@gazette.example").await;
        let eves = eve.gets(ACCOUNT).await.text();
        assert!(!eves.contains("Sign out everywhere else") && !eves.contains("Android"), "only her own");
        // the session of somebody else is none of hers
        let hash = sqlx_mark(app).await;
        assert_eq!(eve.posts("/desk/account/sessions", ACCOUNT, &[("end", &hash)]).await.status, 303);
        assert!(mine[0].is_in().await);
        let out = mine[1].posts("/desk/account/sessions", ACCOUNT, &[("end", "others")]).await;
        assert_eq!((out.status, out.header("location")), (303, "/desk/account?done=others#sessions"));
        assert!(!mine[0].is_in().await && mine[1].is_in().await && !mine[2].is_in().await && eve.is_in().await);
    }

    async fn the_use_of_a_session_is_noted_once_a_minute(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let noted = async || app.rows("select used_at from sessions").await;
        let begun = noted().await;
        for (seconds, later) in [(59, 0), (1, 60), (30, 60), (29, 60), (1, 120)] {
            app.waits(Duration::from_secs(seconds));
            assert!(here.is_in().await);
            assert_eq!(noted().await - begun, later * 1_000_000, "after {seconds} more");
        }
    }

    async fn a_changed_password_ends_all_other_sessions(app: TestApp) {
        app.moderator().await;
        let (mut here, mut phone) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        here.signs_in(MO).await;
        phone.signs_in(MO).await;
        for (present, new, again, said) in [
            ("not the password", NEW, NEW, "Your present password is not right."),
            (PASSWORD, NEW, "another sentence", "The two new passwords are not the same."),
            (PASSWORD, "short", "short", "A password has at least 12 characters."),
        ] {
            let fields = [("password", present), ("new", new), ("again", again)];
            let refused = here.posts("/desk/account/password", ACCOUNT, &fields).await;
            assert_eq!((refused.status, refused.header("cache-control")), (422, "no-store"));
            assert!(refused.text().contains(said) && !refused.text().contains(new), "{said}");
        }
        assert!(phone.is_in().await);
        let fields = [("password", PASSWORD), ("new", NEW), ("again", NEW)];
        let done = here.posts("/desk/account/password", ACCOUNT, &fields).await;
        assert_eq!((done.status, done.header("location")), (303, "/desk/account?done=password#password"));
        assert!(here.is_in().await && !phone.is_in().await);
        assert_eq!(phone.tries(MO, PASSWORD, "").await.status, 422);
        assert_eq!(phone.tries(MO, NEW, "").await.status, 303);
        assert!(phone.is_in().await);
    }

    async fn a_form_needs_the_proof_of_its_own_session(app: TestApp) {
        app.moderator().await;
        let (mut here, mut phone) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        here.signs_in(MO).await;
        phone.signs_in(MO).await;
        let theirs = csrf_of(&phone.gets(ACCOUNT).await.text());
        for path in ["password", "sessions", "tokens", "second-factor"] {
            let path = format!("{ACCOUNT}/{path}");
            for csrf in ["", "AQ", &theirs] {
                let fields = [("csrf", csrf), ("end", "others"), ("action", "begin"), ("password", PASSWORD), ("new", NEW), ("again", NEW)];
                let answer = app.client.submit(&path, &fields, &[("cookie", &here.cookies())]).await;
                assert_eq!(answer.status, 403, "{path} {csrf}");
            }
            let nobody = app.client.submit(&path, &[("end", "others")], &[]).await;
            assert_eq!((nobody.status, nobody.header("location")), (303, "/desk/sign-in?next=%2Fdesk%2Faccount"));
            let foreign = [("cookie", here.session.as_str()), ("origin", "https://evil.example")];
            assert_eq!(app.client.submit(&path, &[("end", "others")], &foreign).await.status, 403);
        }
        assert!(here.is_in().await && phone.is_in().await);
    }

    /// A command runs beside the service, as an operator's does, and shares nothing with it but the database.
    async fn what_a_command_ends_is_over_at_the_next_request(app: TestApp) {
        let desk = app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let command = app::open(&app.config(&[]), &app.clock, app.url().to_owned()).await.unwrap();
        assert!(here.is_in().await);
        assert_eq!(desk.get("/v1/moderation/comments").await.status, 200);
        accounts::remove(&command, id_of(app, MO).await).await.unwrap();
        assert!(!here.is_in().await, "without a moment between");
        assert_eq!(desk.get("/v1/moderation/comments").await.status, 401);
        assert_eq!(here.tries(MO, PASSWORD, "").await.status, 422);
        command.db.close().await;
    }
}

/// A mark of the oldest session.
async fn sqlx_mark(app: &TestApp) -> String {
    let id = id_of(app, MO).await;
    let sessions = accounts::sessions_of(app.app(), id).await.unwrap();
    Mark::of(&sessions.last().unwrap().hash).to_string()
}

/// Two services on one database; with SQLite there is only one, and commands beside it.
#[test]
fn what_ends_on_one_replica_is_over_on_the_other() {
    crate::support::tell(crate::support::Database::postgres, async |app| {
        assert_eq!(app.database().kind, Kind::Postgres);
        app.moderator().await;
        let overrides = Overrides {
            clock: Some(Clock::Manual(match &app.clock {
                Clock::Manual(manual) => manual.clone(),
                Clock::System => unreachable!("stories have a clock of their own"),
            })),
            by_hand: true,
            ..Overrides::default()
        };
        // both behind one name, as replicas are
        let config = app.config(&[("REPLYDESK_SERVER__PUBLIC_URL", app.url())]);
        let other = app::start(&config, Process::Web, overrides).await.unwrap();
        let (mut here, mut phone) = (Browser::of(app, FIREFOX), Browser::of(app, PHONE));
        here.signs_in(MO).await;
        phone.client = Client::new(other.public.unwrap());
        phone.signs_in(MO).await;
        let mut there = here.clone();
        there.client = phone.client.clone();
        assert!(there.is_in().await && phone.is_in().await, "a session is good on both");
        let fields = [("password", PASSWORD), ("new", NEW), ("again", NEW)];
        assert_eq!(here.posts("/desk/account/password", ACCOUNT, &fields).await.status, 303);
        assert!(!phone.is_in().await && there.is_in().await && here.is_in().await, "at the next request");
        accounts::remove(app.app(), id_of(app, MO).await).await.unwrap();
        assert!(!there.is_in().await && !here.is_in().await);
        other.stop().await;
    });
}
