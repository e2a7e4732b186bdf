use std::time::Duration;

use replydesk::{
    domain::{BlockId, BlockKind, CommentId, Effect, Force, ModeratorId, Role, SiteId},
    flow::accounts,
    store::{BlockRow, BlockedFacts, BlocksQuery, FactsQuery, Proof, SameOrigin, Sought, Stamp},
};
use uuid::Uuid;

use super::site_of;
use crate::support::{Desk, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn editor(app: &TestApp) -> (Desk<'_>, ModeratorId) {
    let desk = app.hires("Eve", Role::Editor, &[]).await;
    (desk, accounts::find(app.app(), "eve@gazette.example").await.unwrap().unwrap().id)
}

/// A block for a day.
fn row(app: &TestApp, by: ModeratorId, (kind, value): (BlockKind, &str)) -> BlockRow {
    app.waits(Duration::from_millis(1));
    let now = app.clock.now();
    BlockRow {
        id: app.clock.id(now).into(),
        site: site_of(app),
        kind: kind.name(),
        value: value.to_owned(),
        index_key: "i1".to_owned(),
        term: (kind == BlockKind::Term).then(|| "sealed".to_owned()),
        effect: "refuse",
        needs_proof: kind == BlockKind::Email,
        reason: "A campaign".to_owned(),
        moderator: by,
        comment: None,
        made_at: Stamp(now),
        expires_at: Stamp(now.plus(DAY)),
    }
}

async fn keeps(app: &TestApp, values: &[&str], rows: &[BlockRow]) -> Vec<BlockId> {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    let site = site_of(app);
    app.app().db.write(async |tx| tx.block((site, &values), rows).await).await.unwrap()
}

async fn facts(app: &TestApp, site: SiteId, marks: &[&str]) -> BlockedFacts {
    let marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
    let now = app.clock.now();
    let query = FactsQuery {
        site,
        article: "news/1",
        parent: None,
        idempotency_key: None,
        form_key: None,
        duplicate_keys: ["", ""],
        duplicates_since: now,
        fingerprint: 0,
        repeats_since: now,
        marks: &marks,
        alike: Sought { bands: None, after: CommentId::from(Uuid::nil()) },
        now,
        proof: Proof::NONE,
    };
    app.app().db.read(async |tx| tx.facts(&query).await).await.unwrap().blocked
}

both_databases! {
    async fn the_strongest_block_of_each_kind_is_a_fact_while_it_is_in_force(app: TestApp) {
        let (_, by) = editor(app).await;
        let site = site_of(app);
        let mild = BlockRow { effect: "hold", ..row(app, by, (BlockKind::Host, "h1")) };
        let rows = [row(app, by, (BlockKind::Email, "e1")), mild, row(app, by, (BlockKind::Host, "h2")), row(app, by, (BlockKind::Network, "n1"))];
        assert_eq!(keeps(app, &[], &rows).await, []);
        assert_eq!(facts(app, site, &[]).await, BlockedFacts::default());
        assert_eq!(facts(app, site, &["e1", "h1"]).await, BlockedFacts { email: Some(Force::RefuseProven), host: Some(Force::Hold), ..BlockedFacts::default() });
        let all = facts(app, site, &["h1", "x", "h2", "n1"]).await;
        assert_eq!((all.email, all.domain, all.host, all.network), (None, None, Some(Force::Refuse), Some(Force::Refuse)));
        assert_eq!(facts(app, SiteId::from(Uuid::nil()), &["e1"]).await, BlockedFacts::default(), "of another site");
        app.waits(DAY);
        assert_eq!(facts(app, site, &["e1", "h1", "h2", "n1"]).await, BlockedFacts::default());
    }

    async fn the_author_of_a_comment_is_known_by_its_contact(app: TestApp) {
        let (_, by) = editor(app).await;
        let comment: CommentId = app.submits("Here", "ann@example.org").await["id"].as_str().unwrap().parse().unwrap();
        let asks = async || {
            let now = app.clock.now();
            app.app().db.read(async |tx| tx.blocked_author((comment, &[]), now).await).await.unwrap()
        };
        assert_eq!(asks().await, BlockedFacts::default());
        keeps(app, &[], &[row(app, by, (BlockKind::Email, "e"))]).await;
        app.database().forces("update blocks set value = (select email_index from contacts)").await;
        assert_eq!(asks().await.email, Some(Force::RefuseProven));
        app.waits(DAY);
        assert_eq!(asks().await, BlockedFacts::default());
    }

    async fn a_block_takes_the_place_of_the_earlier_one_and_ends(app: TestApp) {
        let (_, by) = editor(app).await;
        let (first, second) = (row(app, by, (BlockKind::Host, "h1")), row(app, by, (BlockKind::Host, "h2")));
        assert_eq!(keeps(app, &["h1"], std::slice::from_ref(&first)).await, []);
        assert_eq!(keeps(app, &["h2"], std::slice::from_ref(&second)).await, []);
        let again = row(app, by, (BlockKind::Host, "h1"));
        assert_eq!(keeps(app, &["h1", "of another key"], std::slice::from_ref(&again)).await, [first.id]);
        let db = &app.app().db;
        let seen = db.read(async |tx| tx.blocks(&[first.id, second.id, again.id]).await).await.unwrap();
        assert_eq!(seen.iter().map(|block| block.id).collect::<Vec<_>>(), [second.id, again.id]);
        let block = &seen[1];
        assert_eq!((block.kind, block.effect, block.needs_proof, block.reason.as_str()), (BlockKind::Host, Effect::Refuse, false, "A campaign"));
        assert_eq!((block.site_key.as_str(), block.moderator, block.moderator_name.as_deref()), ("gazette", Some(by), Some("Eve")));
        assert_eq!((block.comment, block.made_at, block.expires_at), (None, again.made_at.0, again.expires_at.0));
        let end = async |id| db.write(async |tx| tx.end_block(id).await).await.unwrap();
        assert_eq!((end(second.id).await, end(second.id).await), (true, false));
        assert_eq!(app.rows("select count(*) from blocks").await, 1);
    }

    async fn blocks_are_listed_by_site_and_page_and_swept_in_turns(app: TestApp) {
        let (_, by) = editor(app).await;
        let rows: Vec<BlockRow> = (0..5).map(|n| row(app, by, (BlockKind::Host, ["a", "b", "c", "d", "e"][n]))).collect();
        keeps(app, &[], &rows).await;
        let db = &app.app().db;
        let list = async |query: BlocksQuery| {
            let found = db.read(async |tx| tx.list_blocks(query).await).await.unwrap();
            found.into_iter().map(|block| block.id).collect::<Vec<_>>()
        };
        let all = BlocksQuery { before: Uuid::max().into(), limit: 2, moderator: by, all_sites: true, site: None };
        assert_eq!(list(all).await, [rows[4].id, rows[3].id]);
        assert_eq!(list(BlocksQuery { before: rows[1].id, site: Some(site_of(app)), ..all }).await, [rows[0].id]);
        assert_eq!(list(BlocksQuery { site: Some(Uuid::nil().into()), ..all }).await, []);
        assert_eq!(list(BlocksQuery { all_sites: false, ..all }).await, [], "bound to no site");
        let sweep = async |before| db.write(async |tx| tx.sweep_blocks(before, 2).await).await.unwrap();
        assert_eq!(sweep(app.clock.now()).await, 0);
        let end = rows[4].expires_at.0;
        assert_eq!((sweep(end).await, sweep(end).await, sweep(end).await, sweep(end).await), (2, 2, 1, 0));
    }

    async fn terms_are_read_counted_and_told_apart(app: TestApp) {
        let (_, by) = editor(app).await;
        let (db, site) = (&app.app().db, site_of(app));
        let mark = async || db.read(async |tx| tx.terms_fingerprint().await).await.unwrap();
        let before = mark().await;
        keeps(app, &[], &[row(app, by, (BlockKind::Host, "h"))]).await;
        assert_eq!(mark().await, before, "that is no term");
        let (one, two) = (row(app, by, (BlockKind::Term, "t1")), row(app, by, (BlockKind::Term, "t2")));
        keeps(app, &[], &[one.clone(), two.clone()]).await;
        let with_two = mark().await;
        let now = app.clock.now();
        let rows = db.read(async |tx| tx.term_blocks(now).await).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.id, row.effect)).collect::<Vec<_>>(), [(one.id, Effect::Refuse), (two.id, Effect::Refuse)]);
        assert_eq!((rows[0].term.as_deref(), rows[0].site, rows[0].expires_at), (Some("sealed"), site, one.expires_at.0));
        let count = async |now, most| db.read(async |tx| tx.count_terms(site, (now, most)).await).await.unwrap();
        assert_eq!((count(now, 9).await, count(now, 1).await, count(now.plus(DAY), 9).await), (2, 1, 0));
        // one in the place of another
        keeps(app, &["t2"], &[row(app, by, (BlockKind::Term, "t2"))]).await;
        let replaced = mark().await;
        assert!(before != with_two && with_two != replaced && before != replaced);
    }

    async fn what_comes_from_one_author_is_found(app: TestApp) {
        let (eve, _) = editor(app).await;
        let ann = app.submits("By Ann", "ann@example.org").await;
        app.submits("By Bob, from the same place", "bob@example.org").await;
        eve.approves(&ann).await;
        let id: CommentId = ann["id"].as_str().unwrap().parse().unwrap();
        let (db, site) = (&app.app().db, site_of(app));
        let kept = db.read(async |tx| tx.contact_of(id).await).await.unwrap().unwrap();
        assert_eq!((kept.site, kept.first, kept.proven), (site, id, false));
        assert!(kept.contact.is_some() && kept.email.is_some() && kept.address.is_some());
        assert!(db.read(async |tx| tx.contact_of(Uuid::nil().into()).await).await.unwrap().is_none());
        let published = db.read(async |tx| tx.published_contacts(site, 9).await).await.unwrap();
        assert_eq!(published, [(kept.contact.unwrap().uuid(), kept.email.unwrap())]);
        assert_eq!(db.read(async |tx| tx.published_contacts(site, 0).await).await.unwrap(), []);
        // by the values that are kept of them
        app.database().forces("update contacts set email_index = 'e', host_index = 'h', network_index = 'n'").await;
        let long_ago = app.clock.now().minus(DAY);
        let find = async |values: &[&str], since, most| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            let origin = SameOrigin { site, values: &values, first: id, since, most };
            db.snapshot(async |tx| tx.from_there(origin).await).await.unwrap().len()
        };
        assert_eq!(find(&["n", "h"], long_ago, 9).await, 2);
        assert_eq!(find(&["n", "h"], long_ago, 1).await, 1);
        assert_eq!(find(&["n"], long_ago, 9).await, 1, "its network is larger: only the comment itself");
        assert_eq!(find(&["e"], long_ago, 9).await, 1, "nobody proved the address");
        app.database().forces("update contacts set proven = true").await;
        assert_eq!(find(&["e"], long_ago, 9).await, 2);
        assert_eq!(find(&["e"], app.clock.now().plus(DAY), 9).await, 0);
        eve.does("reject", &ann).await;
        assert_eq!(find(&["e"], long_ago, 9).await, 1, "what is decided so already is left alone");
    }
}
