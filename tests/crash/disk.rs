//! An SQLite file on a disk that is full.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use replydesk::{app::block_on, store::Kind};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::{
    load::{Ask, Load, Seen, serves},
    support::{Service, Terminal},
};

/// The first success comes within this after there is room again.
const BACK: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);
const PAGE: usize = 4096;
const WRITERS: usize = 8;
/// Frames of the log that the first block of its index covers (SQLite, "WAL-index format", 4062 and 24 + PAGE
/// bytes each): the next one makes the index grow.
const INDEXED: u64 = 4062 * (24 + PAGE as u64);

#[test]
fn a_full_disk_is_told_and_forgotten_when_there_is_room() {
    let (disk, mut at) = on_a_disk_of(24);
    let (service, _) = serves(&mut at);
    let load = Load::starts(&service, WRITERS);
    for cycle in 1..=4 {
        // the log has grown by another part of its way to a checkpoint each time
        assert!(load.until(PATIENCE, |seen| written(seen, None) > cycle * 60), "cycle {cycle}");
        disk.fills_up();
        let full = Instant::now();
        assert!(load.until(PATIENCE, |seen| refused(seen, full) >= 3 * WRITERS), "cycle {cycle}");
        reads_go_on(&load, full);
        disk.has_room();
        comes_back(&load);
    }
    disk.has_kept_everything(load, service);
}

#[test]
fn a_log_that_cannot_be_written_back_grows_until_the_disk_is_full() {
    let (disk, mut at) = on_a_disk_of(32);
    let (service, _) = serves(&mut at);
    let load = Load::starts(&service, WRITERS);
    // whoever reads an old moment keeps the log from being written back
    let reader = block_on(disk.reads_one_moment());
    assert!(load.until(PATIENCE, |_| disk.size("-wal") > INDEXED * 9 / 10), "{}", disk.size("-wal"));
    disk.fills_up();
    let full = Instant::now();
    assert!(load.until(PATIENCE, |seen| refused(seen, full) >= WRITERS));
    // the index grows by eight pages at once: by single pages there are never enough for it
    while disk.size("-wal") < INDEXED * 11 / 10 {
        let (size, step) = (disk.size("-wal"), Instant::now());
        let is_near = size.abs_diff(INDEXED) < 100 * PAGE as u64;
        disk.gives_back(if is_near { 1 } else { 7 });
        let answered = |seen: &[Seen]| disk.size("-wal") > size || refused(seen, step) >= WRITERS / 2;
        assert!(load.until(PATIENCE, answered), "{size}");
    }
    reads_go_on(&load, full);
    assert!(disk.size("-shm") > 32 * 1024, "the index has grown");
    let met_its_end = service.said().iter().any(|line| line.contains("disk-io"));
    assert!(met_its_end, "the index met the end of the disk");
    // now it may be written back, and the file has no room for that
    drop(reader);
    let (freed, file) = (Instant::now(), disk.size(""));
    disk.fills_up();
    assert!(load.until(PATIENCE, |seen| refused(seen, freed) >= 3 * WRITERS));
    reads_go_on(&load, freed);
    assert!(disk.size("") < disk.size("-wal") && disk.size("") <= file + 32 * PAGE as u64);
    disk.has_room();
    comes_back(&load);
    disk.has_kept_everything(load, service);
}

/// Writes that were taken, or only those that ended after a moment.
fn written(seen: &[Seen], after: Option<Instant>) -> usize {
    let is_new = |seen: &&Seen| after.is_none_or(|after| seen.ended > after);
    seen.iter().filter(|seen| seen.ask == Ask::Write && seen.status == 202).filter(is_new).count()
}

fn refused(seen: &[Seen], after: Instant) -> usize {
    let is_new = |seen: &&Seen| seen.began > after && [503, 507].contains(&seen.status);
    seen.iter().filter(|seen| seen.ask == Ask::Write).filter(is_new).count()
}

fn reads_go_on(load: &Load, since: Instant) {
    for ask in [Ask::Cached, Ask::Uncached, Ask::Ready] {
        let read = |seen: &[Seen]| seen.iter().any(|seen| seen.ask == ask && seen.began > since);
        assert!(load.until(PATIENCE, read), "{ask:?}");
    }
}

fn comes_back(load: &Load) {
    let room = Instant::now();
    assert!(load.until(BACK, |seen| written(seen, Some(room)) > 0), "no success within {BACK:?}");
    println!("back after {:.2?}", room.elapsed());
}

/// A terminal whose database is on a disk of its own, of so many MiB.
fn on_a_disk_of(mib: usize) -> (Disk, Terminal) {
    let disk = Disk::mounted(mib);
    let mut at = Terminal::on(Kind::Sqlite);
    at.set("REPLYDESK_DATABASE__URL", Some(&format!("sqlite://{}", disk.file("").display())));
    (disk, at)
}

/// A disk in memory; unmounted when it is dropped.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn mounted(mib: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("replydesk-disk.").tempdir().unwrap();
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "replydesk-test"])
            .arg(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "this test mounts a small tmpfs, for which it must be root: {said}");
        Self { folder }
    }

    fn file(&self, end: &str) -> PathBuf {
        self.folder.path().join(format!("replydesk.db{end}"))
    }

    fn size(&self, end: &str) -> u64 {
        fs::metadata(self.file(end)).map_or(0, |file| file.len())
    }

    fn ballast(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.folder.path().join("ballast")).unwrap()
    }

    /// Takes all the room there is, to the last page.
    fn fills_up(&self) {
        let mut ballast = self.ballast();
        loop {
            match ballast.write(&[0; PAGE]) {
                Ok(written) => assert!(written > 0),
                Err(error) if error.kind() == ErrorKind::StorageFull => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn gives_back(&self, pages: usize) {
        let ballast = self.ballast();
        let size = ballast.metadata().unwrap().len();
        ballast.set_len(size.checked_sub((pages * PAGE) as u64).expect("ballast is left")).unwrap();
    }

    fn has_room(&self) {
        fs::remove_file(self.folder.path().join("ballast")).unwrap();
    }

    async fn opens(&self) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite://{}", self.file("").display())).await.unwrap()
    }

    async fn reads_one_moment(&self) -> SqliteConnection {
        let mut reader = self.opens().await;
        sqlx::raw_sql("begin; select count(*) from comments").execute(&mut reader).await.unwrap();
        reader
    }

    /// What was acknowledged is there, once, in a file without damage.
    fn has_kept_everything(&self, load: Load, service: Service) {
        let (taken, seen) = load.ends();
        for seen in &seen {
            let good: &[u16] = if seen.ask == Ask::Write { &[202, 503, 507] } else { &[200] };
            assert!(good.contains(&seen.status), "{seen:?}");
            assert!(seen.status != 507 || seen.body.contains("/problems/out-of-space"), "{seen:?}");
            assert!(seen.status != 503 || seen.retry_after.is_some(), "{seen:?}");
        }
        assert!(seen.iter().any(|seen| seen.status == 507), "it says what is wrong");
        let count =
            |status| seen.iter().filter(|seen| seen.ask == Ask::Write && seen.status == status).count();
        println!("writes: {} taken, {} said 507, {} said 503", taken.len(), count(507), count(503));
        let done = service.ends();
        assert_eq!(done.code, 0, "{}", done.err);
        block_on(async {
            let mut conn = self.opens().await;
            let sound: String =
                sqlx::query_scalar("pragma integrity_check").fetch_one(&mut conn).await.unwrap();
            assert_eq!(sound, "ok");
            let ids: Vec<&String> = taken.values().collect();
            let among =
                "select count(*) from comments where id in (select unhex(value, '-') from json_each($1))";
            let known: i64 = sqlx::query_scalar(among)
                .bind(serde_json::json!(ids).to_string())
                .fetch_one(&mut conn)
                .await
                .unwrap();
            let all: i64 =
                sqlx::query_scalar("select count(*) from comments").fetch_one(&mut conn).await.unwrap();
            let acknowledged = i64::try_from(ids.len()).unwrap();
            // the published one came without a key
            assert_eq!((known, all), (acknowledged, acknowledged + 1));
            conn.close().await.unwrap();
        });
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // lazily: a process that was not waited for may still have it open
        let _gone = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}
