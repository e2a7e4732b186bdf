use std::time::Duration;

use replydesk::{
    domain::{ModeratorId, Policy, Role, Scope, SiteId, Timestamp},
    store::{
        ModeratorPatch, ModeratorRow, NewModerator, NewSession, NewToken, SiteRow, SiteToken, StoreError,
    },
};

use super::site_of;
use crate::support::{ORIGIN, TestApp};

const HOUR: Duration = Duration::from_hours(1);

both_databases! {
    async fn an_address_has_one_account(app: TestApp) {
        let id = add(app, &new(app, "Mo", Role::Moderator, &[])).await.unwrap();
        let taken = add(app, &new(app, "Mo", Role::Admin, &[])).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
        let row = by_email(app, "mo@gazette.example").await.unwrap();
        assert_eq!((row.id, row.role, row.all_sites), (id, Role::Moderator, true));
    }

    async fn a_removed_account_ends_and_can_come_back_as_somebody_new(app: TestApp) {
        let gazette = site_of(app);
        let id = add(app, &new(app, "Mo", Role::Admin, &[gazette])).await.unwrap();
        let (db, now) = (&app.app().db, app.clock.now());
        db.write(async |tx| {
            tx.add_session(&session("a session", id, now.plus(HOUR)), now).await?;
            tx.add_api_token(&token("a token", id, now.plus(HOUR)), now).await
        }).await.unwrap();
        assert!(of_session(app, "a session").await.is_some() && of_token(app, "a token").await.is_some());
        db.write(async |tx| tx.remove_moderator(id, now).await).await.unwrap();
        assert!(of_session(app, "a session").await.is_none() && of_token(app, "a token").await.is_none());
        assert!(by_email(app, "mo@gazette.example").await.is_none());
        assert!(db.read(async |tx| tx.moderator(id).await).await.unwrap().is_none());
        assert!(db.read(async |tx| tx.moderators().await).await.unwrap().is_empty());
        assert!(told(app, gazette).await.is_empty());
        assert_eq!(app.rows("select count(*) from moderators where password_hash is not null").await, 0);
        let back = add(app, &new(app, "Mo", Role::Moderator, &[])).await.unwrap();
        let row = by_email(app, "mo@gazette.example").await.unwrap();
        assert_eq!((back, row.id, row.role, row.all_sites), (row.id, back, Role::Moderator, true));
        assert!(back != id, "somebody new, whoever it is");
        assert!(!db.write(async |tx| tx.remove_moderator(id, now).await).await.unwrap(), "once");
        assert_eq!(sites_of(app, back).await, []);
        assert!(of_session(app, "a session").await.is_none() && of_token(app, "a token").await.is_none());
    }

    async fn a_change_of_an_account_ends_its_sessions_and_keeps_its_tokens(app: TestApp) {
        let id = add(app, &new(app, "Mo", Role::Moderator, &[])).await.unwrap();
        let (db, now) = (&app.app().db, app.clock.now());
        db.write(async |tx| {
            tx.add_session(&session("a session", id, now.plus(HOUR)), now).await?;
            tx.add_api_token(&token("a token", id, now.plus(HOUR)), now).await
        }).await.unwrap();
        let sets = async |patch: ModeratorPatch<'_>| db.write(async |tx| tx.set_moderator(id, &patch).await).await.unwrap();
        assert!(sets(ModeratorPatch { name: Some("Moira"), ..ModeratorPatch::default() }).await);
        assert!(of_session(app, "a session").await.is_some(), "another name ends nothing");
        let (role, sites) = (Some(Role::Editor), [site_of(app)]);
        assert!(sets(ModeratorPatch { role, sites: Some(&sites), ..ModeratorPatch::default() }).await);
        assert!(of_session(app, "a session").await.is_none());
        let row = of_token(app, "a token").await.unwrap();
        assert_eq!((row.id, row.role, row.all_sites), (id, Role::Editor, false));
        assert_eq!(sites_of(app, id).await, [site_of(app)]);
    }

    async fn people_are_told_of_the_sites_that_they_are_bound_to(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (gazette, herald) = (site_of(app), app.app().sites.find("herald").unwrap().id);
        let of_all = add(app, &new(app, "All", Role::Moderator, &[])).await.unwrap();
        let of_gazette = add(app, &new(app, "Gazette", Role::Editor, &[gazette])).await.unwrap();
        let of_both = add(app, &new(app, "Both", Role::Admin, &[herald, gazette])).await.unwrap();
        add(app, &new(app, "Ops", Role::Operator, &[])).await.unwrap();
        assert_eq!(told(app, gazette).await, [of_all, of_gazette, of_both]);
        assert_eq!(told(app, herald).await, [of_all, of_both]);
        let mut both = [gazette, herald];
        both.sort_unstable();
        assert_eq!(sites_of(app, of_both).await, both);
    }

    async fn a_session_works_until_it_expires_and_then_is_forgotten(app: TestApp) {
        let id = add(app, &new(app, "Mo", Role::Moderator, &[])).await.unwrap();
        let (db, now) = (&app.app().db, app.clock.now());
        db.write(async |tx| {
            tx.add_session(&session("short", id, now.plus(HOUR)), now).await?;
            tx.add_session(&session("long", id, now.plus(2 * HOUR)), now).await?;
            tx.add_session(&session("ended", id, now.plus(2 * HOUR)), now).await?;
            tx.end_session("ended").await
        }).await.unwrap();
        assert!(of_session(app, "ended").await.is_none());
        app.waits(HOUR.saturating_sub(Duration::from_micros(1)));
        assert_eq!(of_session(app, "short").await.unwrap().id, id);
        app.waits(Duration::from_micros(1));
        assert!(of_session(app, "short").await.is_none());
        let now = app.clock.now();
        db.write(async |tx| tx.sweep_sessions(now).await).await.unwrap();
        assert_eq!(app.rows("select count(*) from sessions").await, 1);
        assert!(of_session(app, "long").await.is_some());
    }

    async fn the_fingerprint_of_the_sites_is_new_after_every_change(app: TestApp) {
        let (db, now) = (&app.app().db, app.clock.now());
        let fingerprint = async || db.read(async |tx| tx.sites_fingerprint().await).await.unwrap();
        let row = |name: &str, key: &str, id| {
            let origins = vec![ORIGIN.to_owned()];
            SiteRow::new((id, key.to_owned()), name.to_owned(), origins, Policy::default())
        };
        let herald = SiteId::from(app.clock.id(now));
        let mut seen = vec![fingerprint().await];
        db.write(async |tx| tx.add_site(&row("The Herald", "herald", herald), now).await).await.unwrap();
        seen.push(fingerprint().await);
        for name in ["The Daily Herald", "The Herald"] {
            db.write(async |tx| tx.set_site(&row(name, "herald", herald)).await).await.unwrap();
            seen.push(fingerprint().await);
        }
        for hash in ["one", "two"] {
            let token = SiteToken { hash: hash.to_owned(), site: herald };
            db.write(async |tx| tx.add_site_token(&token, now).await).await.unwrap();
            seen.push(fingerprint().await);
        }
        let taken = db.write(async |tx| tx.add_site(&row("Twice", "herald", app.clock.id(now).into()), now).await).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
        assert_eq!(fingerprint().await, seen[5], "nothing changed");
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((all, seen.len()), (6, 6), "{seen:?}");
    }
}

fn new(app: &TestApp, name: &str, role: Role, sites: &[SiteId]) -> NewModerator {
    app.waits(Duration::from_millis(1));
    let row = ModeratorRow {
        id: app.clock.id(app.clock.now()).into(),
        email: format!("{}@gazette.example", name.to_lowercase()),
        name: name.to_owned(),
        role,
        all_sites: sites.is_empty(),
        password_hash: Some("a hash".to_owned()),
    };
    NewModerator { row, sites: sites.to_vec() }
}

async fn add(app: &TestApp, new: &NewModerator) -> Result<ModeratorId, StoreError> {
    let now = app.clock.now();
    app.app().db.write(async |tx| tx.add_moderator(new, now).await).await
}

fn session(hash: &str, moderator: ModeratorId, expires_at: Timestamp) -> NewSession<'_> {
    NewSession { hash, moderator, expires_at, browser: "Firefox on Linux" }
}

fn token(hash: &str, moderator: ModeratorId, expires_at: Timestamp) -> NewToken<'_> {
    NewToken { hash, moderator, name: "Figures", scope: Scope::Read, expires_at, made_by: Some(moderator) }
}

async fn by_email(app: &TestApp, email: &str) -> Option<ModeratorRow> {
    app.app().db.read(async |tx| tx.moderator_by_email(email).await).await.unwrap()
}

async fn of_session(app: &TestApp, hash: &str) -> Option<ModeratorRow> {
    let now = app.clock.now();
    let row = app.app().db.read(async |tx| tx.moderator_by_session(hash, now).await).await.unwrap();
    row.map(|row| row.moderator)
}

async fn of_token(app: &TestApp, hash: &str) -> Option<ModeratorRow> {
    let now = app.clock.now();
    let row = app.app().db.read(async |tx| tx.moderator_by_token(hash, now).await).await.unwrap();
    row.map(|row| row.moderator)
}

async fn sites_of(app: &TestApp, id: ModeratorId) -> Vec<SiteId> {
    app.app().db.read(async |tx| tx.sites_of(id).await).await.unwrap()
}

async fn told(app: &TestApp, site: SiteId) -> Vec<ModeratorId> {
    let rows = app.app().db.read(async |tx| tx.moderators_of(site).await).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}
