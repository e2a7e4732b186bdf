use std::time::Duration;

use futures_util::future::join_all;
use replydesk::{
    domain::{ArticleId, BreakerAction, Burst, Cause, CommentId, Timestamp},
    flow::audit,
    store::{ArticleRow, BurstRow, Interruption},
};

use super::site_of;
use crate::support::TestApp;

const MINUTE: Duration = Duration::from_mins(1);
const NEVER: Timestamp = Timestamp::from_micros(0);

both_databases! {
    async fn what_happened_lately_is_counted_by_article(app: TestApp) {
        let mo = app.moderator().await;
        app.submits("Long ago", "ann@example.org").await;
        app.waits(MINUTE * 11);
        let texts = ["One", "Two", "Three", "Four"];
        let mut posted = Vec::new();
        for text in texts { posted.push(app.submits(text, "ann@example.org").await) }
        mo.approves(&posted[0]).await;
        mo.does("reject", &posted[1]).await;
        mo.does("spam", &posted[2]).await;
        let found = bursts(app, 1).await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].key.as_str(), found[0].site, found[0].seen), ("news/1", site_of(app), NEVER));
        assert_eq!(found[0].burst, Burst { arrived: 4, decided: 3, rejected: 2 });
        assert_eq!(bursts(app, 4).await.len(), 1);
        assert_eq!(bursts(app, 5).await.len(), 0);
        // what the site's own people say is no flood
        let answered = mo.post(&format!("/v1/moderation/comments/{}/replies", posted[0]["id"].as_str().unwrap()), &serde_json::json!({"comment": "Thanks"})).await;
        assert_eq!(answered.status, 201, "{}", answered.text());
        assert_eq!(bursts(app, 1).await[0].burst.arrived, 4);
        let (site, now) = (site_of(app), app.clock.now());
        app.app().db.write(async |tx| tx.delete_article(site, "news/1", now).await).await.unwrap();
        assert_eq!(bursts(app, 1).await.len(), 0);
    }

    async fn of_many_that_trip_one_breaker_one_wins(app: TestApp) {
        app.submits("One", "ann@example.org").await;
        let row = bursts(app, 1).await.remove(0);
        let tripped = join_all((0..8).map(|_| trip(app, (row.article, row.seen)))).await;
        assert_eq!(tripped.iter().filter(|won| **won).count(), 1);
        let article = article(app).await;
        assert_eq!((article.version, article.edition, article.changed_at), (2, 2, app.clock.now()));
        assert_eq!(article.rules.breaker(app.clock.now()).map(|breaker| breaker.action), Some(BreakerAction::HoldAll));
        assert_eq!(article.breaker.cause(), Some(Cause::Rejections { rejected: 5, decided: 10 }));
        // nobody is counted while it is in force, and nothing of before it when it is over
        app.submits("Two", "ann@example.org").await;
        assert_eq!(bursts(app, 1).await.len(), 0);
        app.waits(MINUTE * 5);
        assert_eq!(bursts(app, 1).await.len(), 0);
        app.submits("Three", "ann@example.org").await;
        let again = bursts(app, 1).await.remove(0);
        assert_eq!((again.burst.arrived, again.seen), (1, article.rules.breaker.unwrap().until));
        // who looked before somebody ended it by hand comes too late
        pause(app, None).await.unwrap();
        resume(app, None).await.unwrap();
        assert!(!trip(app, (again.article, again.seen)).await);
    }

    async fn a_breaker_is_put_in_place_of_another_and_ended_once(app: TestApp) {
        app.submits("One", "ann@example.org").await;
        assert!(resume(app, None).await.is_none(), "there is none");
        let first = pause(app, Some(1)).await.unwrap();
        assert_eq!((first.edition, first.version, first.breaker.breaker_note.as_deref()), (2, 2, Some("A quarrel")));
        assert!(pause(app, Some(1)).await.is_none(), "another edition");
        let second = pause(app, None).await.unwrap();
        assert_eq!((second.edition, second.breaker.cause(), second.breaker.breaker_by), (3, None, None));
        let (site, now) = (site_of(app), app.clock.now());
        let in_force = async |now| app.app().db.read(async |tx| tx.breakers(site, (now, 9)).await).await.unwrap();
        assert_eq!(in_force(now).await.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["news/1"]);
        assert_eq!(in_force(now.plus(MINUTE * 5)).await.len(), 0, "over by itself");
        assert!(resume(app, Some(1)).await.is_none(), "another edition");
        let ended = resume(app, Some(3)).await.unwrap();
        assert_eq!((ended.edition, ended.version, ended.rules.breaker, ended.breaker.breaker_note), (4, 4, None, None));
        assert!(resume(app, None).await.is_none(), "it is over");
        assert_eq!(in_force(now).await.len(), 0);
    }
}

fn first(at: Timestamp) -> CommentId {
    audit::first_id(at).uuid().into()
}

async fn bursts(app: &TestApp, least: u32) -> Vec<BurstRow> {
    let now = app.clock.now();
    let since = first(now.minus(MINUTE * 10));
    app.app().db.read(async |tx| tx.bursts(since, (now, least)).await).await.unwrap()
}

fn held(app: &TestApp) -> Interruption {
    let at = app.clock.now();
    Interruption { action: BreakerAction::HoldAll, at, until: at.plus(MINUTE * 5) }
}

async fn trip(app: &TestApp, of: (ArticleId, Timestamp)) -> bool {
    let cause = Cause::Rejections { rejected: 5, decided: 10 };
    app.app().db.write(async |tx| tx.trip(of, held(app), cause).await).await.unwrap()
}

async fn pause(app: &TestApp, edition: Option<i64>) -> Option<ArticleRow> {
    let of = (site_of(app), "news/1", edition);
    app.app().db.write(async |tx| tx.pause(of, held(app), (Some("A quarrel"), None)).await).await.unwrap()
}

async fn resume(app: &TestApp, edition: Option<i64>) -> Option<ArticleRow> {
    let (of, now) = ((site_of(app), "news/1", edition), app.clock.now());
    app.app().db.write(async |tx| tx.resume(of, now).await).await.unwrap()
}

async fn article(app: &TestApp) -> ArticleRow {
    let site = site_of(app);
    app.app().db.read(async |tx| tx.article(site, "news/1").await).await.unwrap().unwrap()
}
