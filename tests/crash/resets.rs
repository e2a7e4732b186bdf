//! Connections that are reset at any byte: whoever repeats a request under its key gets the one result.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};

use crate::{
    database::Trial,
    load::{Ask, Caller, Load, SUBMIT, serves},
    proxy::Proxy,
    stage::beside,
    support::{Chance, Terminal, is_long},
};

/// `REPLYDESK_TEST_SEED` may name another.
const SEED: u64 = 6;
/// A submission and its answer have some 1,500 bytes.
const OF_A_REQUEST: u64 = 2_500;
/// From the first word to the database to a few submissions.
const OF_A_DATABASE: u64 = 12_000;
const PATIENCE: Duration = Duration::from_mins(3);

/// Resets of one story.
fn enough() -> usize {
    if is_long() { 500 } else { 250 }
}

#[test]
fn a_client_that_is_reset_gets_the_one_result_by_its_key_on_sqlite() {
    a_client_that_is_reset_gets_the_one_result(Kind::Sqlite);
}

#[test]
fn a_client_that_is_reset_gets_the_one_result_by_its_key_on_postgres() {
    a_client_that_is_reset_gets_the_one_result(Kind::Postgres);
}

#[test]
fn a_database_that_is_reset_gives_the_one_result_by_its_key() {
    let seed = Chance::seeded(SEED);
    let trial = Trial::begins((seed, OF_A_DATABASE));
    let load = Load::starts(&trial.service, 6);
    trial.proxy.resets(true);
    let came = load.until(PATIENCE, |_| trial.proxy.count() >= enough());
    trial.proxy.resets(false);
    assert!(came, "seed {seed}: only {} resets", trial.proxy.count());
    load.goes_on(Duration::from_secs(1));
    let (taken, answers) = load.ends();
    for answers in answers {
        let good: &[u16] = match answers.ask {
            Ask::Write => &[202, 503],
            Ask::Cached => &[200],
            Ask::Uncached | Ask::Ready => &[200, 503],
        };
        assert!(good.contains(&answers.status), "seed {seed}: {answers:?}");
    }
    trial.has_all_of_its_pool();
    trial.has_every_comment_once(&taken);
    println!("seed {seed}: {} resets, {} comments", trial.proxy.count(), taken.len());
}

fn a_client_that_is_reset_gets_the_one_result(kind: Kind) {
    let seed = Chance::seeded(SEED);
    let mut at = Terminal::on(kind);
    let (service, _) = serves(&mut at);
    let proxy = Arc::new(Proxy::to(service.address, (seed, OF_A_REQUEST)));
    proxy.resets(true);
    let runtime = beside();
    let writers: Vec<_> = (0..4)
        .map(|me| {
            let (caller, proxy) = (Caller::new(proxy.address()), proxy.clone());
            runtime.spawn(async move { repeats(&caller, &proxy, me).await })
        })
        .collect();
    let mut taken = BTreeMap::new();
    for writer in writers {
        taken.extend(runtime.block_on(writer).unwrap());
    }
    assert!(proxy.count() >= enough(), "seed {seed}: only {} resets", proxy.count());
    let direct = Caller::new(service.address);
    for (key, id) in &taken {
        let (answers, again) = runtime.block_on(direct.submits(SUBMIT, key));
        assert_eq!(again.as_ref(), Some(id), "seed {seed}: {key}: {answers:?}");
    }
    // the published one came without a key
    let rows = block_on(at.database.number("select count(*) from comments"));
    assert_eq!(rows, i64::try_from(taken.len()).unwrap() + 1, "seed {seed}");
    println!("seed {seed}: {} resets, {} comments", proxy.count(), taken.len());
    assert_eq!(service.ends().code, 0);
}

/// Submits under one key after the other, each until it gets a whole answer, until there were enough
/// resets.
async fn repeats(caller: &Caller, proxy: &Proxy, me: usize) -> BTreeMap<String, String> {
    let (mut taken, until) = (BTreeMap::new(), Instant::now() + PATIENCE);
    for number in 0.. {
        if proxy.count() >= enough() {
            break;
        }
        let key = format!("reset-{me}-{number}");
        let id = loop {
            assert!(Instant::now() < until, "{key} was never answered");
            let (answers, id) = caller.submits(SUBMIT, &key).await;
            assert!([0, 202].contains(&answers.status), "{answers:?}");
            if let Some(id) = id {
                break id;
            }
        };
        taken.insert(key, id);
    }
    taken
}
