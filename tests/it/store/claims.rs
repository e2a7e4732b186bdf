use std::{collections::HashSet, time::Duration};

use futures_util::future::{join, join_all};
use replydesk::{
    domain::{CommentId, ModeratorId, Policy, Role},
    flow::accounts,
    store::{Claimant, ModeratorPatch, Reach},
};
use serde_json::Value;

use super::Stranger;
use crate::{claims::wait, support::TestApp};

const LEASE: Duration = Duration::from_mins(5);
const ALL: Reach<'_> = Reach { all_sites: true, site: None };

both_databases! {
    async fn eight_readers_never_take_the_same_comment(app: TestApp) {
        let readers = hire(app, 8).await;
        wait(app, 200).await;
        let reader = async |id: ModeratorId| {
            let mut mine = Vec::new();
            // another's transaction may hold all that is left; it is asked again until nothing is
            while app.rows("select count(*) from claims").await < 200 {
                mine.extend(next(app, id, 7).await);
            }
            mine
        };
        let taken = join_all(readers.iter().map(|id| reader(*id))).await;
        assert!(taken.iter().all(|mine| mine.len() < 200), "one reader took all, so nothing was tried");
        let taken = taken.concat();
        assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (200, 200));
    }

    async fn what_others_are_writing_is_stepped_over(app: TestApp) {
        let readers = hire(app, 1).await;
        let waiting = ids(&wait(app, 3).await);
        if app.database().kind == replydesk::store::Kind::Postgres {
            let mut stranger = Stranger::connects(app.database()).await;
            stranger.says("", "begin; update comments set version = 2 where id = (select min(id::text)::uuid from comments)").await;
            assert_eq!(next(app, readers[0], 9).await, waiting[1..], "a decision is being written on the first");
            stranger.says("", "commit").await;
        }
        next(app, readers[0], 9).await;
        assert_eq!(app.rows("select count(*) from claims").await, 3);
    }

    async fn the_oldest_come_first_and_no_more_than_was_asked_for(app: TestApp) {
        let readers = hire(app, 2).await;
        let waiting = ids(&wait(app, 9).await);
        assert_eq!(next(app, readers[0], 4).await, waiting[..4]);
        assert_eq!(next(app, readers[1], 2).await, waiting[4..6]);
        assert_eq!((held(app, readers[0]).await, held(app, readers[1]).await), (4, 2));
        app.waits(LEASE);
        assert_eq!((held(app, readers[0]).await, held(app, readers[1]).await), (0, 0));
        assert_eq!(next(app, readers[1], 9).await, waiting, "what ran out is free");
    }

    async fn one_comment_by_name(app: TestApp) {
        let readers = hire(app, 2).await;
        let moderator = app.moderator().await;
        let comments = wait(app, 2).await;
        let waiting = ids(&comments);
        assert!(one(app, readers[0], waiting[0]).await);
        assert!(!one(app, readers[1], waiting[0]).await, "it is somebody else's");
        app.waits(Duration::from_mins(1));
        assert!(one(app, readers[0], waiting[0]).await, "renewed");
        app.waits(LEASE.saturating_sub(Duration::from_micros(1)));
        assert!(!one(app, readers[1], waiting[0]).await);
        app.waits(Duration::from_micros(1));
        assert!(one(app, readers[1], waiting[0]).await);
        moderator.does("reject", &comments[1]).await;
        assert!(!one(app, readers[0], waiting[1]).await, "it waits no more");
        let (first, second) = join(one(app, readers[0], waiting[0]), one(app, readers[1], waiting[0])).await;
        assert_eq!((first, second), (false, true));
    }

    async fn ones_own_are_renewed_and_given_back_and_no_others(app: TestApp) {
        let readers = hire(app, 2).await;
        let waiting = ids(&wait(app, 4).await);
        next(app, readers[0], 3).await;
        next(app, readers[1], 1).await;
        app.waits(Duration::from_mins(1));
        let db = &app.app().db;
        let (first, second) = (claimant(app, readers[0]), claimant(app, readers[1]));
        let renew = async |by: Claimant, only: Option<&[CommentId]>| db.write(async |tx| tx.renew_claims(by, only).await).await.unwrap();
        assert_eq!(renew(first, Some(&[waiting[3], waiting[1]])).await, [waiting[1]]);
        assert_eq!(renew(first, Some(&[])).await, []);
        assert_eq!(app.rows("select count(distinct expires_at) from claims").await, 2);
        assert_eq!(renew(second, None).await, [waiting[3]]);
        let back = async |by: Claimant, only: Option<&[CommentId]>| {
            db.write(async |tx| tx.give_claims_back((by.moderator, by.now), only).await).await.unwrap()
        };
        assert_eq!(back(second, Some(&waiting[..3])).await, []);
        assert_eq!(back(first, Some(&[waiting[0]])).await, [waiting[0]]);
        assert_eq!(back(first, None).await, waiting[1..3]);
        assert_eq!((held(app, readers[0]).await, held(app, readers[1]).await), (0, 1));
        db.write(async |tx| tx.end_claims(&[]).await).await.unwrap();
        assert_eq!(held(app, readers[1]).await, 1);
        db.write(async |tx| tx.end_claims(&waiting).await).await.unwrap();
        assert_eq!(held(app, readers[1]).await, 0);
    }

    async fn the_reach_has_bounds(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let readers = hire(app, 1).await;
        wait(app, 1).await;
        let bound = Reach { all_sites: false, site: None };
        let (by, db) = (claimant(app, readers[0]), &app.app().db);
        let take = async |reach: Reach<'_>| db.write(async |tx| tx.claim_next(by, reach, 9).await).await.unwrap().len();
        assert_eq!(take(bound).await, 0, "bound to no site");
        assert_eq!(take(Reach { site: Some("herald"), ..ALL }).await, 0);
        assert_eq!(take(Reach { site: Some("gazette"), ..ALL }).await, 1);
    }

    async fn who_goes_takes_nothing_along(app: TestApp) {
        let readers = hire(app, 2).await;
        wait(app, 2).await;
        next(app, readers[0], 1).await;
        next(app, readers[1], 1).await;
        let db = &app.app().db;
        let is_there = async |id| db.write(async |tx| tx.hold_claimant(id).await).await.unwrap();
        assert!(is_there(readers[0]).await);
        accounts::remove(app.app(), readers[0]).await.unwrap();
        assert!(!is_there(readers[0]).await);
        assert_eq!((held(app, readers[0]).await, held(app, readers[1]).await), (0, 1));
        // a change of the account may be one of its sites
        let sets = async |patch: ModeratorPatch<'_>| {
            assert!(db.write(async |tx| tx.set_moderator(readers[1], &patch).await).await.unwrap());
            held(app, readers[1]).await
        };
        assert_eq!(sets(ModeratorPatch { name: Some("Another name"), ..ModeratorPatch::default() }).await, 1);
        assert_eq!(sets(ModeratorPatch { sites: Some(&[]), ..ModeratorPatch::default() }).await, 0);
    }

    async fn what_ran_out_is_swept_in_turns(app: TestApp) {
        let readers = hire(app, 1).await;
        let waiting = ids(&wait(app, 5).await);
        next(app, readers[0], 5).await;
        app.waits(LEASE.saturating_sub(Duration::from_micros(1)));
        let db = &app.app().db;
        let sweep = async || {
            let now = app.clock.now();
            db.write(async |tx| tx.sweep_claims(now, 2).await).await.unwrap()
        };
        assert_eq!(sweep().await, 0);
        assert!(one(app, readers[0], waiting[4]).await);
        app.waits(Duration::from_micros(1));
        assert_eq!((sweep().await, sweep().await, sweep().await), (2, 2, 0));
        assert_eq!(held(app, readers[0]).await, 1);
    }
}

async fn hire(app: &TestApp, count: usize) -> Vec<ModeratorId> {
    let mut hired = Vec::new();
    for n in 0..count {
        let name = format!("Reader{n}");
        app.hires(&name, Role::Moderator, &[]).await;
        let address = format!("{}@gazette.example", name.to_lowercase());
        hired.push(accounts::find(app.app(), &address).await.unwrap().unwrap().id);
    }
    hired
}

fn ids(comments: &[Value]) -> Vec<CommentId> {
    comments.iter().map(|comment| comment["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn claimant(app: &TestApp, moderator: ModeratorId) -> Claimant {
    let now = app.clock.now();
    Claimant { moderator, now, until: now.plus(LEASE) }
}

async fn next(app: &TestApp, moderator: ModeratorId, limit: i64) -> Vec<CommentId> {
    let by = claimant(app, moderator);
    app.app().db.write(async |tx| tx.claim_next(by, ALL, limit).await).await.unwrap()
}

async fn one(app: &TestApp, moderator: ModeratorId, comment: CommentId) -> bool {
    let by = claimant(app, moderator);
    app.app().db.write(async |tx| tx.claim(by, comment).await).await.unwrap()
}

async fn held(app: &TestApp, moderator: ModeratorId) -> i64 {
    let now = app.clock.now();
    app.app().db.read(async |tx| tx.claims_held(moderator, now).await).await.unwrap()
}
