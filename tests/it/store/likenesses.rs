use replydesk::{
    domain::{ClusterId, CommentId},
    store::{Alike, BandRow, Sought, StoreError},
};
use uuid::Uuid;

use crate::support::TestApp;

const BANDS: [i64; 4] = [1, -2, i64::MAX, i64::MIN];

fn sought(bands: [i64; 4], after: CommentId) -> Sought {
    Sought { bands: Some(bands), after }
}

fn nobody() -> CommentId {
    Uuid::nil().into()
}

/// Three comments without clusters.
async fn three(app: &TestApp) -> [CommentId; 3] {
    let mut ids = Vec::new();
    for number in 0..3 {
        let comment = app.submits(&format!("Short {number}"), "ann@example.org").await;
        ids.push(comment["id"].as_str().unwrap().parse().unwrap());
    }
    ids.try_into().unwrap()
}

async fn groups(app: &TestApp, comment: CommentId, bands: &[i64], group: Option<(i64, ClusterId)>) {
    let rows: Vec<BandRow> = bands.iter().map(|band| BandRow { band: *band, comment }).collect();
    let write = app.app().db.write(async |tx| {
        tx.regroup(comment, group).await?;
        tx.write_likenesses(&rows).await?;
        // what is there already stays
        tx.write_likenesses(&rows).await
    });
    write.await.unwrap();
}

async fn finds(app: &TestApp, sought: Sought) -> Vec<Alike> {
    let mut found = app.app().db.read(async |tx| Ok::<_, StoreError>(tx.alike(sought).await?)).await.unwrap();
    found.sort_by_key(|alike| alike.id);
    found
}

both_databases! {
    async fn what_shares_a_band_is_found_once_with_its_cluster(app: TestApp) {
        let [one, two, three] = three(app).await;
        let cluster = ClusterId::from(one.uuid());
        groups(app, one, &BANDS, Some((i64::MIN, cluster))).await;
        groups(app, two, &[BANDS[3], 5, 6, 7], Some((-1, cluster))).await;
        groups(app, three, &[8, 9, 10, 11], Some((0, three.uuid().into()))).await;
        let found = finds(app, sought(BANDS, nobody())).await;
        assert_eq!(found.iter().map(|alike| (alike.id, alike.likeness, alike.cluster)).collect::<Vec<_>>(), [(one, i64::MIN, cluster), (two, -1, cluster)]);
        assert_eq!(finds(app, sought(BANDS, one)).await.len(), 1, "only what came after");
        assert_eq!(finds(app, sought([12, 13, 14, 15], nobody())).await.len(), 0);
        assert_eq!(finds(app, Sought { bands: None, after: nobody() }).await.len(), 0);
        let of = async |comment: CommentId| app.app().db.read(async |tx| tx.cluster_of(comment).await).await.unwrap();
        assert_eq!(of(two).await.unwrap().1, Some(cluster));
        assert!(of(nobody()).await.is_none());
        let count = app.app().db.read(async |tx| tx.count_cluster(cluster, 9).await).await.unwrap();
        let few = app.app().db.read(async |tx| tx.count_cluster(cluster, 1).await).await.unwrap();
        assert_eq!((count, few), (2, 1));
    }

    async fn another_text_takes_the_place_of_the_earlier_one(app: TestApp) {
        let [one, two, _] = three(app).await;
        groups(app, one, &BANDS, Some((1, one.uuid().into()))).await;
        groups(app, one, &[5, 6, 7, 8], Some((2, two.uuid().into()))).await;
        assert_eq!(finds(app, sought(BANDS, nobody())).await.len(), 0);
        let found = finds(app, sought([0, 0, 0, 8], nobody())).await;
        assert_eq!((found[0].likeness, found[0].cluster), (2, two.uuid().into()));
        groups(app, one, &[], None).await;
        assert_eq!(app.rows("select count(*) from likenesses").await, 0);
        assert_eq!(app.rows("select count(*) from comments where cluster is not null or likeness is not null").await, 0);
    }

    async fn what_is_too_old_goes_in_turns(app: TestApp) {
        let [one, two, three] = three(app).await;
        for comment in [one, two, three] {
            groups(app, comment, &BANDS, Some((1, one.uuid().into()))).await;
        }
        let sweeps = async |before| app.app().db.write(async |tx| tx.sweep_likenesses(before, 2).await).await.unwrap();
        assert_eq!((sweeps(one).await, sweeps(three).await, sweeps(three).await, sweeps(three).await), (0, 4, 4, 0));
        let left = finds(app, sought(BANDS, nobody())).await;
        assert_eq!(left.iter().map(|alike| alike.id).collect::<Vec<_>>(), [three]);
        assert_eq!(app.rows("select count(*) from comments where cluster is not null").await, 3, "clusters stay");
    }
}
