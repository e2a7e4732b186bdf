//! An article with 10,000 comments is read like one with a hundred: by as many rows, whatever there is beside them.

use replydesk::store::{Kind, STATEMENTS};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::support::{Database, TestApp, tell};

/// What readers get is made of these: the statement, and its parameters. `ARTICLE`, `SITE` and `THREAD` are ids.
const READS: [(&str, &str, &str); 9] = [
    ("roots", "ROOTS_OLDEST", "ARTICLE, 51, MIDDLE"),
    ("roots", "ROOTS_NEWEST", "ARTICLE, 51, MIDDLE"),
    ("roots", "ROOTS_TOP", "ARTICLE, 51, MIDDLE, 0"),
    ("published", "REPLIES", "THREADS, 25, LAST"),
    ("published", "REPLIES_UNTIL", "THREAD, MIDDLE, 100"),
    ("published", "MORE_REPLIES", "THREAD, MIDDLE, 51"),
    ("fresh", "OF_ARTICLE", "ARTICLE, 50"),
    ("fresh", "OF_SITE", "SITE, 50"),
    ("fresh", "STATE_OF_SITE", "SITE, 50"),
];

/// Where the statements stand that whoever reads and writes without an account makes run.
const OF_READERS: [&str; 9] =
    ["facts", "published", "roots", "top", "fresh", "receipts", "reports", "confirmations", "decide"];
/// Indexes that hold what nobody asked for, too: all of a status, all of a site, all of an article.
const TOO_WIDE: [&str; 4] =
    ["comments_status", "comments_site_status", "comments_site_waiting", "comments_article ("];

/// Puts as many more comments under the only article: one in two a reply to the first one.
async fn fill(app: &TestApp, (from, to): (u32, u32)) {
    let id = match app.database().kind {
        Kind::Sqlite => "unhex(printf('ffffffff00007000%016d', n.n))",
        Kind::Postgres => {
            "cast('ffffffff-0000-7000-' || substr(lpad(n.n::text, 16, '0'), 1, 4) || '-' || substr(lpad(n.n::text, 16, '0'), 5) as uuid)"
        }
    };
    let sql = format!(
        "with recursive n (n) as (select {from} union all select n + 1 from n where n < {to}) \
         insert into comments (id, site, article, thread, parent, reply_to, depth, status, version, revision, name, staff, notify, \
         form, fingerprint, approved_below, submitted_at, published_at) \
         select {id}, c.site, c.article, case when n.n % 2 = 0 then {id} else c.id end, case when n.n % 2 = 1 then c.id end, null, \
         n.n % 2, 'approved', 2, 1, c.name, c.staff, c.notify, c.form, n.n, 0, c.submitted_at + n.n, c.published_at + n.n \
         from comments c, n where c.id = (select d.id from comments d order by d.id limit 1)"
    );
    app.database().forces(&sql).await;
    app.database()
        .forces(
            "insert into revisions (comment, number, text, submitted_at) select c.id, 1, 'A text', c.submitted_at from comments c \
             where not exists (select 1 from revisions r where r.comment = c.id)",
        )
        .await;
    if app.database().kind == Kind::Postgres {
        app.database().forces("analyze").await;
    }
}

fn text(kind: Kind, file: &str, name: &str) -> &'static str {
    let (_, statements) = STATEMENTS.iter().find(|(known, _)| *known == file).unwrap();
    statements.iter().find(|(known, _)| *known == name).unwrap().1.text(kind)
}

/// In a database with nothing but this article all of it is quick to read, too.
const WITHOUT: [&str; 3] = ["seqscan", "hashjoin", "mergejoin"];

/// What the replies below a reply are made of: `REPLY` is in the thread and has others below it.
const BELOW: (&str, &str, &str) = ("published", "REPLIES_BELOW", "REPLY, REPLY, 51");

/// The rows that PostgreSQL looked at for each of these.
async fn rows_read(app: &TestApp, reads: &[(&str, &str, &str)]) -> Vec<f64> {
    let mut conn = PgConnection::connect(&app.database().url()).await.unwrap();
    let run = async |conn: &mut PgConnection, sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap()
    };
    let one = run(
        &mut conn,
        "select article::text, site::text, id::text from comments order by id limit 1".to_owned(),
    )
    .await;
    let [article, site, thread] = [0, 1, 2].map(|column| format!("'{}'", one[0].get::<String, _>(column)));
    for way in WITHOUT {
        run(&mut conn, format!("set enable_{way} = off")).await;
    }
    let mut read = Vec::new();
    for (number, (file, name, parameters)) in reads.iter().enumerate() {
        let given = parameters
            .replace("THREADS", &format!("'[{}]'", thread.replace('\'', "\"")))
            .replace("ARTICLE", &article)
            .replace("SITE", &site)
            .replace("THREAD", &thread)
            .replace("REPLY", "'ffffffff-0000-7000-0000-000000000001'")
            .replace("MIDDLE", "'ffffffff-0000-7000-0000-000000000040'")
            .replace("LAST", "'ffffffff-ffff-ffff-ffff-ffffffffffff'");
        run(&mut conn, format!("prepare s{number} as {}", text(Kind::Postgres, file, name))).await;
        let rows =
            run(&mut conn, format!("explain (analyze, timing off, format json) execute s{number} ({given})"))
                .await;
        let plan: Value = rows[0].get(0);
        read.push(sum(&plan[0]["Plan"]));
    }
    read
}

fn sum(plan: &Value) -> f64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    let own = (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops");
    own + plan["Plans"].as_array().into_iter().flatten().map(sum).sum::<f64>()
}

async fn plan_of_sqlite(url: &str, text: &str) -> Vec<String> {
    let mut conn = SqliteConnection::connect(url).await.unwrap();
    let plan =
        sqlx::query(AssertSqlSafe(format!("explain query plan {text}"))).fetch_all(&mut conn).await.unwrap();
    let plan = plan.iter().map(|row| row.get::<String, _>("detail")).collect();
    conn.close().await.unwrap();
    plan
}

both_databases! {
    async fn ten_thousand_comments_are_paged_like_a_hundred(app: TestApp) {
        let desk = app.moderator().await;
        let first = app.submits("The first one", "ann@example.org").await;
        desk.approves(&first).await;
        fill(app, (1, 200)).await;
        assert_eq!(app.rows("select count(*) from comments c join revisions r on r.comment = c.id").await, 201);
        if app.database().kind == Kind::Sqlite {
            for (file, name, _) in READS {
                let plan = plan_of_sqlite(&app.database().url(), text(Kind::Sqlite, file, name)).await;
                let ways = ["SEARCH", "VIRTUAL TABLE", "SUBQUERY", "MATERIALIZE", "SCAN e"];
                let along = |line: &String| ways.iter().any(|way| line.contains(way));
                // the few replies of several threads are put in order
                let sorts = |line: &String| name == "REPLIES" && line.contains("TEMP B-TREE FOR ORDER BY");
                assert!(plan.iter().all(|line| along(line) || sorts(line)), "{name}: {plan:#?}");
            }
        } else {
            let few = rows_read(app, &READS).await;
            fill(app, (201, 10_000)).await;
            let many = rows_read(app, &READS).await;
            for ((few, many), (_, name, _)) in few.iter().zip(&many).zip(READS) {
                assert!(*many > 25.0 && *many <= few * 1.2, "{name}: {few} rows of 200 comments, {many} of 10,000");
            }
        }
        let page = app.reads("&limit=50").await;
        assert_eq!((page["comments"].as_array().unwrap().len(), page["comments"][0]["replies"].as_array().unwrap().len()), (50, 25));
    }
    async fn replies_below_a_reply_are_read_by_what_they_hang_on(app: TestApp) {
        const BELOW_IT: f64 = 499.0;
        let desk = app.moderator().await;
        let first = app.submits("The first one", "ann@example.org").await;
        desk.approves(&first).await;
        fill(app, (1, 2_000)).await;
        // the first reply, which every second one of the others answers
        let reply = match app.database().kind {
            Kind::Sqlite => "unhex('ffffffff000070000000000000000001')",
            Kind::Postgres => "cast('ffffffff-0000-7000-0000-000000000001' as uuid)",
        };
        app.database().forces(&format!("update comments set parent = {reply} where parent is not null and id > {reply} and fingerprint % 4 = 1")).await;
        let (file, name, _) = BELOW;
        if app.database().kind == Kind::Sqlite {
            let plan = plan_of_sqlite(&app.database().url(), text(Kind::Sqlite, file, name)).await;
            let rank = plan_of_sqlite(&app.database().url(), text(Kind::Sqlite, "top", "RANK")).await;
            assert!(rank.iter().any(|line| line.contains("comments_heard (thread=?)")), "{rank:#?}");
            let by_parent = |line: &&String| line.contains("comments_children (parent=?)");
            assert!(plan.iter().filter(by_parent).count() == 2 && !plan.iter().any(|line| line.contains("(thread=?)")), "{plan:#?}");
        } else {
            app.database().forces("analyze").await;
            let rows = rows_read(app, &[BELOW]).await[0];
            // the sum over the steps of the plan, of which there are about ten
            assert!(rows > BELOW_IT && rows < 20.0 * BELOW_IT, "{rows} rows");
        }
        let path = "/v1/sites/gazette/comments/ffffffff-0000-7000-0000-000000000001/replies";
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let page = app.client.get(&format!("{path}?limit=100{cursor}")).await.json();
            seen += page["comments"].as_array().unwrap().len();
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, 499);
    }
}

/// SQLite decides without having counted; what PostgreSQL does with the same texts is looked at where there is much (`plans`).
#[test]
fn what_readers_ask_for_is_found_by_what_it_is_about() {
    tell(Database::sqlite, async |app| {
        let url = app.database().url();
        let mut astray = Vec::new();
        for (file, statements) in STATEMENTS.iter().filter(|(file, _)| OF_READERS.contains(file)) {
            for (name, sql) in *statements {
                let plan = plan_of_sqlite(&url, sql.text(Kind::Sqlite)).await;
                let wide = |line: &&String| TOO_WIDE.iter().any(|index| line.contains(index));
                astray.extend(plan.iter().filter(wide).map(|line| format!("store/{file}.rs {name}: {line}")));
            }
        }
        assert!(astray.is_empty(), "{}", astray.join("\n"));
        for name in ["ROOTS_OLDEST", "ROOTS_NEWEST"] {
            let plan = plan_of_sqlite(&url, text(Kind::Sqlite, "roots", name)).await;
            assert!(plan[0].contains("comments_public (article=? AND id"), "{name}: {plan:#?}");
        }
    });
}
