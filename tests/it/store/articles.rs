use std::time::Duration;

use replydesk::{
    domain::{ArticleId, Mode, Timestamp},
    store::{ArticlePatch, ArticleRow, ArticleSettings, Change},
};
use uuid::Uuid;

use super::site_of;
use crate::support::{NOON, TestApp};

const MIDNIGHT: Timestamp = Timestamp::from_micros(NOON.micros() + 12 * 3_600 * 1_000_000);

both_databases! {
    async fn an_article_is_what_its_site_last_said_of_it(app: TestApp) {
        let made = put(app, "news/7", &says("The bridge")).await;
        assert_eq!((made.version, made.approved_count, made.provisional, made.rules.open), (1, 0, false, true));
        assert_eq!((made.rules.closes_at, made.section.as_deref()), (Some(MIDNIGHT), Some("Town")));
        app.waits(Duration::from_secs(1));
        let plain = ArticleSettings { section: None, open: false, closes_at: None, ..says("The bridge is open") };
        let again = put(app, "news/7", &plain).await;
        assert_eq!((again.id, again.version, again.changed_at), (made.id, 2, app.clock.now()));
        assert_eq!((again.title.as_str(), again.section, again.rules.open, again.rules.closes_at), ("The bridge is open", None, false, None));
        let site = site_of(app);
        let read = app.app().db.read(async |tx| tx.article(site, "news/7").await).await.unwrap().unwrap();
        assert_eq!((read.id, read.version, read.title), (made.id, 2, again.title));
    }

    async fn a_patch_changes_what_it_names_and_null_takes_away_only_the_closing(app: TestApp) {
        put(app, "news/7", &says("The bridge")).await;
        let renamed = ArticlePatch { title: Some("A bridge".to_owned()), ..ArticlePatch::default() };
        let row = patch(app, "news/7", &renamed).await.unwrap();
        assert_eq!((row.title.as_str(), row.url.as_str()), ("A bridge", "https://news.example/news/7"));
        assert_eq!((row.section.as_deref(), row.rules.open, row.rules.closes_at, row.version), (Some("Town"), true, Some(MIDNIGHT), 2));
        let row = patch(app, "news/7", &closing(Change::Becomes(None))).await.unwrap();
        assert_eq!((row.title.as_str(), row.rules.closes_at), ("A bridge", None));
        let row = patch(app, "news/7", &closing(Change::Becomes(Some(NOON)))).await.unwrap();
        assert_eq!(row.rules.closes_at, Some(NOON));
        let closed = ArticlePatch { open: Some(false), ..closing(Change::Stays) };
        let row = patch(app, "news/7", &closed).await.unwrap();
        assert_eq!((row.rules.open, row.rules.closes_at, row.version), (false, Some(NOON), 5));
        assert!(patch(app, "news/8", &renamed).await.is_none());
    }

    async fn rules_of_its_own_stay_until_somebody_says_something_of_them(app: TestApp) {
        let rules = |row: &ArticleRow| (row.rules.mode, row.rules.slow_seconds);
        assert_eq!(rules(&put(app, "news/7", &says("The bridge")).await), (None, None));
        let own = ArticlePatch { mode: Change::Becomes(Some(Mode::Open)), ..ArticlePatch::default() };
        assert_eq!(rules(&patch(app, "news/7", &own).await.unwrap()), (Some(Mode::Open), None));
        let slow = ArticlePatch { slow_seconds: Change::Becomes(Some(0)), ..ArticlePatch::default() };
        assert_eq!(rules(&patch(app, "news/7", &slow).await.unwrap()), (Some(Mode::Open), Some(0)));
        // a backend that announces its articles again takes nothing back
        assert_eq!(rules(&put(app, "news/7", &says("The bridge")).await), (Some(Mode::Open), Some(0)));
        let all = ArticleSettings { mode: Change::Becomes(Some(Mode::HoldAll)), slow_seconds: Change::Becomes(None), ..says("The bridge") };
        assert_eq!(rules(&put(app, "news/7", &all).await), (Some(Mode::HoldAll), None));
        assert_eq!(rules(&put(app, "news/8", &ArticleSettings { slow_seconds: Change::Becomes(Some(9)), ..all }).await), (Some(Mode::HoldAll), Some(9)));
        let none = ArticlePatch { mode: Change::Becomes(None), ..ArticlePatch::default() };
        assert_eq!(rules(&patch(app, "news/7", &none).await.unwrap()), (None, None));
    }

    async fn who_opens_an_article_by_hand_keeps_it_open(app: TestApp) {
        let made = put(app, "news/7", &says("The bridge")).await;
        assert_eq!((made.rules.stays_open, made.rules.created_at), (false, app.clock.now()));
        let opened = |open| ArticlePatch { open: Some(open), ..ArticlePatch::default() };
        assert!(patch(app, "news/7", &opened(true)).await.unwrap().rules.stays_open);
        assert!(patch(app, "news/7", &closing(Change::Stays)).await.unwrap().rules.stays_open);
        assert!(put(app, "news/7", &says("The bridge")).await.rules.stays_open);
        assert!(!put(app, "news/7", &ArticleSettings { open: false, ..says("The bridge") }).await.rules.stays_open);
        assert!(!patch(app, "news/7", &opened(false)).await.unwrap().rules.stays_open);
        let site = site_of(app);
        let of = app.app().db.read(async |tx| tx.article_of(made.id).await).await.unwrap().unwrap();
        assert_eq!((of.key.as_str(), of.site, of.rules.open), ("news/7", site, false));
        delete(app, "news/7").await;
        assert!(app.app().db.read(async |tx| tx.article_of(made.id).await).await.unwrap().is_none());
    }

    async fn what_a_reader_said_of_an_article_is_provisional_until_its_site_speaks(app: TestApp) {
        app.submits("First", "ann@example.org").await;
        let site = site_of(app);
        let read = async || app.app().db.read(async |tx| tx.article(site, "news/1").await).await.unwrap().unwrap();
        assert!(read().await.provisional);
        assert!(published(app, "news/1").await.is_none());
        let put = put(app, "news/1", &says("By the site")).await;
        assert_eq!((put.provisional, put.title.as_str(), put.id), (false, "By the site", read().await.id));
        assert!(published(app, "news/1").await.is_some());
    }

    async fn a_deleted_article_is_out_of_reach_until_its_site_puts_it_again(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Nice piece", "ann@example.org").await;
        moderator.approves(&comment).await;
        let made = put(app, "news/1", &says("The bridge")).await;
        assert_eq!(made.approved_count, 1);
        assert!(delete(app, "news/1").await);
        assert!(!delete(app, "news/1").await && !delete(app, "news/8").await);
        let site = site_of(app);
        let row = app.app().db.read(async |tx| tx.article(site, "news/1").await).await.unwrap().unwrap();
        assert_eq!((row.deleted_at, row.version), (Some(app.clock.now()), made.version + 1));
        assert!(published(app, "news/1").await.is_none());
        assert!(patch(app, "news/1", &closing(Change::Stays)).await.is_none());
        assert_eq!(list(app, Uuid::max().into(), 9).await.len(), 0);
        let back = put(app, "news/1", &says("The bridge")).await;
        assert_eq!((back.id, back.deleted_at, back.approved_count), (made.id, None, 1));
        assert_eq!(back.version, made.version + 2);
    }

    async fn articles_are_listed_newest_first_page_by_page(app: TestApp) {
        let mut keys = vec![];
        for n in 0..5 {
            app.waits(Duration::from_secs(1));
            keys.insert(0, put(app, &format!("news/{n}"), &says("One of five")).await.key);
        }
        app.opens_site("herald", replydesk::domain::Policy::default()).await;
        let mut seen = vec![];
        let mut before = ArticleId::from(Uuid::max());
        loop {
            let page = list(app, before, 2).await;
            let Some(last) = page.last() else { break };
            before = last.id;
            seen.extend(page.into_iter().map(|row| row.key));
        }
        assert_eq!(seen, keys);
        let herald = app.app().sites.find("herald").unwrap().id;
        let none = app.app().db.read(async |tx| tx.articles(herald, Uuid::max().into(), 9).await).await.unwrap();
        assert!(none.is_empty());
    }

    async fn what_changed_since_a_moment_is_found_by_other_processes(app: TestApp) {
        put(app, "news/1", &says("Old")).await;
        app.waits(Duration::from_secs(5));
        let since = app.clock.now();
        put(app, "news/2", &says("New")).await;
        app.waits(Duration::from_secs(1));
        delete(app, "news/1").await;
        let mut place = (since, Uuid::nil().into());
        // in pages of one, as if there were many
        for key in ["news/2", "news/1"] {
            let changed = app.app().db.read(async |tx| tx.articles_changed_since(place, 1).await).await.unwrap();
            assert_eq!(changed.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), [key]);
            place = (changed[0].changed_at, changed[0].id);
        }
        let none = app.app().db.read(async |tx| tx.articles_changed_since(place, 1).await).await.unwrap();
        assert!(none.is_empty());
    }
}

fn says(title: &str) -> ArticleSettings {
    ArticleSettings {
        url: "https://news.example/news/7".to_owned(),
        title: title.to_owned(),
        section: Some("Town".to_owned()),
        open: true,
        closes_at: Some(MIDNIGHT),
        mode: Change::Stays,
        slow_seconds: Change::Stays,
    }
}

fn closing(closes_at: Change<Timestamp>) -> ArticlePatch {
    ArticlePatch { closes_at, ..ArticlePatch::default() }
}

async fn put(app: &TestApp, key: &str, says: &ArticleSettings) -> ArticleRow {
    let (now, site) = (app.clock.now(), site_of(app));
    let id = ArticleId::from(app.clock.id(now));
    app.app().db.write(async |tx| tx.put_article((id, site, key), says, now).await).await.unwrap()
}

async fn patch(app: &TestApp, key: &str, patch: &ArticlePatch) -> Option<ArticleRow> {
    let (now, site) = (app.clock.now(), site_of(app));
    app.app().db.write(async |tx| tx.patch_article((site, key), patch, now).await).await.unwrap()
}

async fn delete(app: &TestApp, key: &str) -> bool {
    let (now, site) = (app.clock.now(), site_of(app));
    app.app().db.write(async |tx| tx.delete_article(site, key, now).await).await.unwrap()
}

async fn list(app: &TestApp, before: ArticleId, limit: i64) -> Vec<ArticleRow> {
    let site = site_of(app);
    app.app().db.read(async |tx| tx.articles(site, before, limit).await).await.unwrap()
}

async fn published(app: &TestApp, key: &str) -> Option<replydesk::store::PublishedArticle> {
    let site = site_of(app);
    app.app().db.read(async |tx| tx.published_article(site, key).await).await.unwrap()
}
