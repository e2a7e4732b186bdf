//! How the lists are read: along indexes, whatever they are filtered by, with as many comments as tell an index from a
//! table; and that a page which thousands were looked at for is short, not slow.

use replydesk::{
    domain::{CommentId, Policy, Role},
    flow::{
        accounts,
        queue::{self, Order, Wanted},
        search,
    },
    store::{Kind, STATEMENTS},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::support::{
    NOON, SITE, TestApp,
    archive::{Archive, COMMON_FINDING, RARE_FINDING, RARE_WORD, Texts},
};

/// The statements that lists, search and figures are made of.
const FAMILY: [&str; 16] = [
    "listing",
    "queue",
    "search",
    "gauges",
    "claims",
    "news",
    "likeness",
    "fresh",
    "engaging",
    "voices",
    "roots",
    "top",
    "facts",
    "receipts",
    "reports",
    "confirmations",
];
/// The tables that are large here, by their names and by those that statements of the family give them.
const LARGE: [&str; 6] = ["comments", "revisions", "contacts", "findings", "words", "likenesses"];
/// See above.
const ALIASES: [&str; 13] = ["c", "r", "w", "p", "e", "k", "a", "b", "o", "l", "d", "f", "v"];

/// So many comments that reading all of them costs more than looking for some.
const ARCHIVE: Archive = Archive { comments: 24_000, waiting: 480, end: NOON };

async fn fill(app: &TestApp) {
    app.opens_site("herald", Policy::default()).await;
    let site = |key: &str| app.app().sites.find(key).unwrap().id;
    let sites = [site(SITE), site("herald")];
    ARCHIVE.fill(app.app(), sites, &Texts::of(&[])).await;
}

fn count(found: &[CommentId]) -> i64 {
    i64::try_from(found.len()).unwrap()
}

both_databases! {
    async fn a_large_archive_is_read_along_indexes_and_found_whole(app: TestApp) {
        fill(app).await;
        let desk = app.moderator().await;
        let person = accounts::find(app.app(), "mo@gazette.example").await.unwrap().unwrap();
        let moderator = accounts::of_token(app.app(), &desk.token).await.unwrap().unwrap().moderator;
        assert_eq!(moderator.id, person.id);
        let all = async |wanted: Wanted| {
            let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
            loop {
                let wanted = Wanted { after, limit: 100, ..wanted.clone() };
                let page = queue::list(app.app(), &moderator, &wanted).await.unwrap();
                found.extend(page.items.iter().map(|item| item.id));
                pages += 1;
                after = page.next;
                if after.is_none() { return (found, pages) }
            }
        };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let approved = Some(replydesk::domain::Status::Approved);
        let spam = Some(replydesk::domain::Status::Spam);
        let (rare, _) = all(Wanted { words: words(&[RARE_WORD]), ..Wanted::default() }).await;
        assert_eq!(count(&rare), app.rows("select count(*) from comments c join findings f on f.comment = c.id where c.needs is not null and f.code = 'site-rate'").await);
        let finding = |code: &str| Some(code.to_owned());
        let (same, _) = all(Wanted { finding: finding(RARE_FINDING), ..Wanted::default() }).await;
        assert_eq!(same, rare);
        let (newest, _) = all(Wanted { words: words(&[RARE_WORD]), order: Order::Newest, ..Wanted::default() }).await;
        assert!(newest.iter().rev().eq(&rare));
        let (common, _) = all(Wanted { finding: finding(COMMON_FINDING), status: approved, ..Wanted::default() }).await;
        assert_eq!(count(&common), app.rows("select count(distinct c.id) from comments c join findings f on f.comment = c.id where c.status = 'approved' and f.code = 'repeated-text'").await);
        assert!(common.is_sorted());
        // common, and never together: pages are short, and there is an end all the same
        let (none, pages) = all(Wanted { words: words(&["w1", "w2"]), finding: finding("honeypot"), status: approved, ..Wanted::default() }).await;
        assert_eq!(none, [] as [CommentId; 0]);
        assert!(pages < 8, "{pages}");
        let (of_spam, _) = all(Wanted { words: words(&["reader"]), status: spam, order: Order::Newest, ..Wanted::default() }).await;
        assert_eq!(count(&of_spam), app.rows("select count(*) from comments c join searchable s on s.comment = c.id where c.status = 'spam'").await);
        let waiting = app.rows("select count(*) from comments where needs is not null").await;
        for order in Order::ALL {
            assert_eq!(count(&all(Wanted { order, ..Wanted::default() }).await.0), waiting);
        }
        let herald = Some("herald".to_owned());
        let (of_site, _) = all(Wanted { site: herald, ..Wanted::default() }).await;
        assert_eq!(count(&of_site), app.rows("select count(*) from comments c join sites s on s.id = c.site where c.needs is not null and s.key = 'herald'").await);
        let mine = async || all(Wanted { mine: true, ..Wanted::default() }).await.0;
        assert_eq!(mine().await, [] as [CommentId; 0]);
        assert_eq!(desk.claims(3).await.len(), 3);
        assert_eq!(app.hires("Ann", Role::Moderator, &[]).await.claims(2).await.len(), 2);
        assert_eq!(mine().await.len(), 3);
        let alike = async |sql: &'static str| {
            let first = all(Wanted { status: approved, ..Wanted::default() }).await.0[0];
            let found = all(Wanted { same_as: Some(first), status: approved, ..Wanted::default() }).await.0;
            (count(&found), app.rows(sql).await)
        };
        let (found, there) = alike("select count(*) from comments c join contacts k on k.id = c.contact where c.status = 'approved' and \
            k.network_index = (select n.network_index from comments d join contacts n on n.id = d.contact where d.status = 'approved' order by d.id limit 1)").await;
        assert_eq!(found, there);
        assert_eq!(search::catch_up(app.app()).await.unwrap(), 0);
        no_table_is_scanned(app).await;
    }
}

/// Every statement of the family is read along an index.
async fn no_table_is_scanned(app: &TestApp) {
    // as many findings as there are with stricter rules
    app.database()
        .forces(
            "with recursive n (n) as (select 1 union all select n + 1 from n where n < 5) \
        insert into findings (comment, number, code, weight, waits) \
        select c.id, 100 + n.n, 'other', 1, (select true where c.needs is not null) from comments c, n",
        )
        .await;
    // each in a cluster of its own, with what finds it
    app.database().forces("update comments set likeness = submitted_at, cluster = id").await;
    app.database()
        .forces(
            "with recursive n (n) as (select 0 union all select n + 1 from n where n < 3) \
            insert into likenesses (band, comment) select c.submitted_at * 4 + n.n, c.id from comments c, n",
        )
        .await;
    app.database()
        .forces(
            "insert into voices (comment, article, person, at, approved, answers, picked) \
            select c.id, c.article, c.name, c.submitted_at, c.staff, c.staff, c.staff from comments c",
        )
        .await;
    if app.database().kind == Kind::Postgres {
        // as it does by itself; SQLite plans without
        app.database().forces("analyze").await;
    }
    let url = app.database().url();
    let mut scans = Vec::new();
    for (file, statements) in STATEMENTS.iter().filter(|(file, _)| FAMILY.contains(file)) {
        for (name, sql) in *statements {
            let text = sql.text(app.database().kind);
            let plan = match app.database().kind {
                Kind::Sqlite => plan_of_sqlite(&url, text).await,
                Kind::Postgres => plan_of_postgres(&url, text).await,
            };
            for line in plan.iter().filter(|line| is_scan(line)) {
                scans.push(format!("store/{file}.rs {name}: {line}\n    {}", plan.join("\n    ")));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

/// Whether a line of a plan reads all of a table that grows.
fn is_scan(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let of = |table: &str| LARGE.contains(&table) || ALIASES.contains(&table);
    match words.iter().position(|word| ["SCAN", "Scan"].contains(word)) {
        // a range of a partial index, which holds what waits and nothing else
        Some(at) if words[at] == "SCAN" => {
            let is_partial = line.contains("USING")
                && (line.contains("comments_waiting") || line.contains("comments_needs"));
            words.get(at + 1).is_some_and(|table| of(table)) && !is_partial && !line.contains("VIRTUAL TABLE")
        }
        Some(at) => {
            at > 0 && words[at - 1] == "Seq" && words.get(at + 2).is_some_and(|table| LARGE.contains(table))
        }
        None => false,
    }
}

async fn plan_of_sqlite(url: &str, text: &str) -> Vec<String> {
    let mut conn = SqliteConnection::connect(url).await.unwrap();
    let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {text}")));
    plan.fetch_all(&mut conn).await.unwrap().iter().map(|row| row.get::<String, _>("detail")).collect()
}

/// As a prepared statement is planned that was used often: for any values.
async fn plan_of_postgres(url: &str, text: &str) -> Vec<String> {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let run =
        async |conn: &mut PgConnection, sql: String| sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(conn).await;
    run(&mut conn, "set plan_cache_mode = force_generic_plan".to_owned()).await.unwrap();
    run(&mut conn, format!("prepare asked as {text}")).await.unwrap();
    let most = (1..40).rev().find(|n| text.contains(&format!("${n}"))).unwrap_or_default();
    let nulls = vec!["null"; most].join(", ");
    let asked = if most == 0 { "asked".to_owned() } else { format!("asked ({nulls})") };
    let rows = run(&mut conn, format!("explain execute {asked}")).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}
