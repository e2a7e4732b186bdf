//! What people sign in by: second factors, recovery codes, attempts, invitations.

use std::time::Duration;

use replydesk::{
    domain::{ModeratorId, Role, Timestamp},
    store::{ModeratorPatch, ModeratorRow, NewModerator, Pace, StoreError, Tx},
};

use crate::support::TestApp;

both_databases! {
    async fn a_key_counts_once_it_is_confirmed_and_is_not_replaced_then(app: TestApp) {
        let (id, now) = (add(app).await, app.clock.now());
        assert_eq!(factor(app, id).await, (None, None, None));
        assert!(writes(app, async |tx| tx.begin_second_factor(id, ("first", "s"), now).await).await);
        assert!(writes(app, async |tx| tx.begin_second_factor(id, ("second", "s"), now).await).await);
        assert_eq!(factor(app, id).await, (Some("second".to_owned()), Some(0), None));
        assert!(!writes(app, async |tx| tx.take_step(id, 7).await).await, "it does not count yet");
        assert!(!writes(app, async |tx| tx.confirm_second_factor(id, ("first", 7), now).await).await);
        assert!(writes(app, async |tx| tx.confirm_second_factor(id, ("second", 7), now).await).await);
        assert!(!writes(app, async |tx| tx.confirm_second_factor(id, ("second", 8), now).await).await);
        assert!(!writes(app, async |tx| tx.begin_second_factor(id, ("third", "s"), now).await).await);
        assert_eq!(factor(app, id).await, (Some("second".to_owned()), Some(7), Some(now)));
        let by_name = app.app().db.read(async |tx| tx.credentials_by_name("mo@gazette.example").await).await.unwrap().unwrap();
        assert_eq!((by_name.moderator.id, by_name.step), (id, Some(7)));
    }

    async fn a_step_and_a_recovery_code_are_taken_once(app: TestApp) {
        let (id, now) = (add(app).await, app.clock.now());
        writes(app, async |tx| {
            tx.begin_second_factor(id, ("key", "s"), now).await?;
            tx.confirm_second_factor(id, ("key", 10), now).await?;
            tx.set_recovery_codes(id, &["one".to_owned(), "two".to_owned()]).await?;
            Ok(true)
        }).await;
        for (step, is_first) in [(10, false), (9, false), (12, true), (12, false), (11, false), (13, true)] {
            assert_eq!(writes(app, async |tx| tx.take_step(id, step).await).await, is_first, "{step}");
        }
        for (code, is_first) in [("three", false), ("one", true), ("one", false), ("two", true)] {
            assert_eq!(writes(app, async |tx| tx.take_recovery_code(id, code).await).await, is_first, "{code}");
        }
        writes(app, async |tx| {
            tx.set_recovery_codes(id, &["four".to_owned()]).await?;
            Ok(true)
        }).await;
        let left = app.app().db.read(async |tx| tx.recovery_codes_by_name("mo@gazette.example").await).await.unwrap();
        assert_eq!(left, ["four"]);
        writes(app, async |tx| tx.end_second_factor(id).await.map(|()| true)).await;
        assert_eq!(factor(app, id).await, (None, None, None));
        assert!(app.app().db.read(async |tx| tx.recovery_codes(id).await).await.unwrap().is_empty());
    }

    async fn attempts_leak_away_one_by_one(app: TestApp) {
        let pace = Pace { every: 10_000_000, at_once: 3 };
        let tries = async || {
            let now = app.clock.now();
            let tried = app.app().db.write(async |tx| tx.take_attempt("key", pace, now).await).await.unwrap();
            tried.map_err(|until| until.since(now).as_secs())
        };
        assert_eq!([tries().await, tries().await, tries().await, tries().await], [Ok(()), Ok(()), Ok(()), Err(10)]);
        app.waits(Duration::from_secs(4));
        assert_eq!(tries().await, Err(6));
        app.waits(Duration::from_secs(6));
        assert_eq!([tries().await, tries().await], [Ok(()), Err(10)]);
        let now = app.clock.now();
        let other = app.app().db.write(async |tx| tx.take_attempt("other", pace, now).await).await.unwrap();
        assert!(other.is_ok());
        app.app().db.write(async |tx| tx.forget_attempts("key").await).await.unwrap();
        assert_eq!([tries().await, tries().await, tries().await, tries().await], [Ok(()), Ok(()), Ok(()), Err(10)]);
        app.waits(Duration::from_secs(30));
        let now = app.clock.now();
        app.app().db.write(async |tx| tx.sweep_attempts(now).await).await.unwrap();
        assert_eq!(app.rows("select count(*) from sign_in_attempts").await, 0);
    }

    async fn an_invitation_is_accepted_once_and_ends_with_the_account(app: TestApp) {
        let (id, now) = (add(app).await, app.clock.now());
        let later = now.plus(Duration::from_secs(1));
        let open = async || app.app().db.read(async |tx| tx.invited_at(id).await).await.unwrap();
        let accept = async |at| writes(app, async |tx| tx.accept_invitation(id, at, "new hash").await).await;
        assert!(!accept(now).await && open().await.is_none());
        for at in [now, later] {
            writes(app, async |tx| tx.invite(id, at).await.map(|()| true)).await;
        }
        assert_eq!(open().await, Some(later));
        assert!(!accept(now).await && accept(later).await && !accept(later).await);
        assert!(writes(app, async |tx| tx.has_password(id, "new hash").await).await);
        writes(app, async |tx| tx.invite(id, later).await.map(|()| true)).await;
        writes(app, async |tx| tx.remove_moderator(id, later).await).await;
        assert!(open().await.is_none() && !accept(later).await);
    }

    async fn a_password_is_changed_from_the_one_that_was_seen(app: TestApp) {
        let id = add(app).await;
        let change = async |from, to| writes(app, async |tx| tx.change_password(id, (from, to), "kept").await).await;
        assert!(!change("another hash", "new").await && change("a hash", "new").await && !change("a hash", "newer").await);
        assert!(writes(app, async |tx| tx.has_password(id, "new").await).await);
        // a change of anything else keeps it
        let patch = ModeratorPatch { name: Some("Moira"), role: Some(Role::Editor), ..ModeratorPatch::default() };
        assert!(writes(app, async |tx| tx.set_moderator(id, &patch).await).await);
        assert!(writes(app, async |tx| tx.has_password(id, "new").await).await);
    }
}

fn new(id: ModeratorId) -> NewModerator {
    let row = ModeratorRow {
        id,
        email: "mo@gazette.example".to_owned(),
        name: "Mo".to_owned(),
        role: Role::Moderator,
        all_sites: true,
        password_hash: Some("a hash".to_owned()),
    };
    NewModerator { row, sites: Vec::new() }
}

async fn add(app: &TestApp) -> ModeratorId {
    let now = app.clock.now();
    let new = new(app.clock.id(now).into());
    app.app().db.write(async |tx| tx.add_moderator(&new, now).await).await.unwrap()
}

async fn writes(app: &TestApp, work: impl AsyncFn(&mut Tx) -> Result<bool, StoreError>) -> bool {
    app.app().db.write(work).await.unwrap()
}

async fn factor(app: &TestApp, id: ModeratorId) -> (Option<String>, Option<i64>, Option<Timestamp>) {
    let row = app.app().db.read(async |tx| tx.credentials(id).await).await.unwrap().unwrap();
    (row.secret, row.step, row.confirmed_at)
}
