use futures_util::future::join_all;
use replydesk::{
    domain::{CommentId, Status},
    store::{Current, Decided, Moved, State},
};
use serde_json::{Value, json};

use crate::support::TestApp;

both_databases! {
    async fn of_many_decisions_on_one_version_one_wins(app: TestApp) {
        let comment = app.submits("Nice piece", "ann@example.org").await;
        let seen = current(app, &comment).await;
        let moved = join_all((0..10).map(|_| approve(app, &seen))).await;
        assert_eq!(moved.iter().filter(|moved| **moved == Moved::Won).count(), 1);
        let now = current(app, &comment).await;
        assert_eq!((now.state.status, now.version), (Status::Approved, seen.version + 1));
        assert_eq!(counters(app).await, Counters { approved: 1, below_root: 0, below_middle: None });
        let version = article_version(app).await;
        assert_eq!(approve(app, &seen).await, Moved::Lost, "the version moved");
        assert_eq!((article_version(app).await, counters(app).await.approved), (version, 1));
    }

    async fn a_decision_that_fails_later_in_its_transaction_never_happened(app: TestApp) {
        let comment = app.submits("Nice piece", "ann@example.org").await;
        let seen = current(app, &comment).await;
        let version = article_version(app).await;
        let (decided, now) = (approved(app, &seen), app.clock.now());
        let failed = app.app().db.write(async |tx| {
            assert_eq!(tx.move_on(&decided, now).await?, Moved::Won);
            Err::<(), _>(replydesk::store::StoreError::Corrupt("a test"))
        }).await;
        assert_eq!(failed.unwrap_err().class(), "a test");
        assert_eq!(current(app, &comment).await.version, seen.version);
        assert_eq!((article_version(app).await, counters(app).await.approved), (version, 0));
    }

    async fn counters_follow_what_readers_see_at_every_depth(app: TestApp) {
        let moderator = app.moderator().await;
        let mut versions = vec![];
        let root = app.submits("The root", "ann@example.org").await;
        moderator.approves(&root).await;
        versions.push(article_version(app).await);
        let middle = app.answers(&root, "The middle", "bob@example.org").await;
        assert_eq!(counters(app).await, Counters { approved: 1, below_root: 0, below_middle: Some(0) }, "held is silent");
        moderator.approves(&middle).await;
        versions.push(article_version(app).await);
        let leaf = app.answers(&middle, "The leaf", "cid@example.org").await;
        moderator.approves(&leaf).await;
        versions.push(article_version(app).await);
        assert_eq!(counters(app).await, Counters { approved: 3, below_root: 2, below_middle: Some(1) });
        moderator.does("reject", &middle).await;
        versions.push(article_version(app).await);
        assert_eq!(counters(app).await, Counters { approved: 2, below_root: 1, below_middle: Some(1) });
        withdraw(app, &root).await;
        versions.push(article_version(app).await);
        assert_eq!(counters(app).await, Counters { approved: 1, below_root: 1, below_middle: Some(1) });
        let page = app.reads("").await;
        assert_eq!((&page["article"]["count"], &page["comments"][0]["removed"]), (&json!(1), &json!(true)));
        let tombstone = &page["comments"][0]["replies"][0];
        assert_eq!((&tombstone["removed"], &tombstone["replies"][0]["id"]), (&json!(true), &leaf["id"]));
        moderator.approves(&middle).await;
        versions.push(article_version(app).await);
        assert_eq!(counters(app).await, Counters { approved: 2, below_root: 2, below_middle: Some(1) });
        withdraw(app, &leaf).await;
        moderator.does("spam", &middle).await;
        versions.push(article_version(app).await);
        assert_eq!(counters(app).await, Counters { approved: 0, below_root: 0, below_middle: Some(0) });
        assert_eq!(app.reads("").await["comments"], json!([]));
        assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "readers' caches notice: {versions:?}");
    }

    async fn what_readers_do_not_see_leaves_the_article_as_it_is(app: TestApp) {
        let moderator = app.moderator().await;
        let shown = app.submits("Shown", "ann@example.org").await;
        moderator.approves(&shown).await;
        let version = article_version(app).await;
        let held = app.submits("Held", "bob@example.org").await;
        for decision in ["escalate", "reject", "hold", "spam"] {
            moderator.does(decision, &held).await;
        }
        withdraw(app, &held).await;
        assert_eq!((article_version(app).await, counters(app).await.approved), (version, 1));
    }
}

/// Of one conversation: a root, a reply and a reply to that.
#[derive(Debug, PartialEq)]
struct Counters {
    approved: i64,
    below_root: i64,
    below_middle: Option<i64>,
}

async fn counters(app: &TestApp) -> Counters {
    let has_middle = app.rows("select count(*) from comments where parent = thread").await == 1;
    let below_middle = if has_middle {
        Some(app.rows("select approved_below from comments where parent = thread").await)
    } else {
        None
    };
    Counters {
        approved: app.rows("select approved_count from articles").await,
        below_root: app.rows("select approved_below from comments where parent is null").await,
        below_middle,
    }
}

async fn article_version(app: &TestApp) -> i64 {
    app.rows("select version from articles").await
}

async fn withdraw(app: &TestApp, comment: &Value) {
    let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
    assert_eq!(app.client.send(("DELETE", &path), &[], None).await.status, 200);
}

async fn current(app: &TestApp, comment: &Value) -> Current {
    let id: CommentId = comment["id"].as_str().unwrap().parse().unwrap();
    app.app().db.read(async |tx| tx.current(&[id]).await).await.unwrap().remove(0)
}

fn approved(app: &TestApp, seen: &Current) -> Decided {
    let now = Some(app.clock.now());
    let published_at = seen.state.published_at.or(now);
    let state =
        State { status: Status::Approved, needs: None, decided_at: now, published_at, ..seen.state.clone() };
    Decided { seen: seen.clone(), becomes: state }
}

async fn approve(app: &TestApp, seen: &Current) -> Moved {
    let (decided, now) = (approved(app, seen), app.clock.now());
    app.app().db.write(async |tx| tx.move_on(&decided, now).await).await.unwrap()
}
