//! What must be true of a database whenever somebody looks, and of everything that was acknowledged.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use replydesk::store::Kind;
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, Connection, FromRow, PgConnection, SqliteConnection, postgres::PgRow, raw_sql,
    sqlite::SqliteRow,
};
use uuid::Uuid;

use crate::{
    kill::{Ledger, MODERATORS},
    support::{Database, smtp::Taken},
};

/// How many letters a process has on the wire at one time.
const AT_ONCE: usize = 4;

/// Each of these counts to nothing.
const FAULTS: [(&str, &str); 12] = [
    (
        "comments without their contact",
        "select count(*) from comments c where not exists (select 1 from contacts k where k.id = c.contact and k.comment = c.id)",
    ),
    (
        "comments without their first text",
        "select count(*) from comments c where not exists (select 1 from revisions r where r.comment = c.id and r.number = 1)",
    ),
    (
        "contacts without a comment",
        "select count(*) from contacts k where not exists (select 1 from comments c where c.id = k.comment and c.contact = k.id)",
    ),
    (
        "texts, findings and keys without a comment",
        "select count(*) from (select comment from revisions union select comment from findings union \
         select comment from idempotency) as parts where comment not in (select id from comments)",
    ),
    (
        "keyed comments without their key, or keys of others",
        "select abs((select count(*) from comments where name = 'Keyed') - (select count(distinct comment) from idempotency)) \
         + abs((select count(distinct comment) from idempotency) - (select count(*) from idempotency))",
    ),
    (
        "spam without a finding, or findings of others",
        "select abs((select count(*) from comments where name = 'Bot' and status = 'spam') - (select count(*) from findings))",
    ),
    (
        "promises that are missing or too many; spam needs none",
        "select abs((select count(*) from comments where name <> 'Bot') - (select count(*) from outbox \
         where cast(message as text) like '%comment-waits/1%'))",
    ),
    (
        "articles with a wrong count",
        "select count(*) from articles a where approved_count <> \
         (select count(*) from comments c where c.article = a.id and c.status = 'approved')",
    ),
    (
        "decided comments without their one audit row",
        "select count(*) from comments c where c.decided_at is not null and 1 <> \
         (select count(*) from audit a where a.object_id = c.id and a.to_status = c.status and a.version = c.version)",
    ),
    (
        "audit rows without a decision",
        "select count(*) from audit a where a.object = 'comment' and a.via <> 'rule' and \
         not exists (select 1 from comments c where c.id = a.object_id and c.decided_at is not null)",
    ),
    (
        "comments that a rule decided without its one audit row",
        "select count(*) from comments c where c.version = 1 and c.status <> 'pending' and not c.staff and 1 <> \
         (select count(*) from audit a where a.object_id = c.id and a.via = 'rule' and a.to_status = c.status)",
    ),
    (
        "audit rows of rules without a comment",
        "select count(*) from audit a where a.via = 'rule' and \
         not exists (select 1 from comments c where c.id = a.object_id)",
    ),
];

/// A connection that sees one moment.
enum Moment {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Moment {
    async fn of(database: &Database) -> Self {
        match database.kind {
            Kind::Sqlite => {
                let mut conn = SqliteConnection::connect(&database.url()).await.unwrap();
                for (check, good) in
                    [("pragma integrity_check", &["ok"][..]), ("pragma foreign_key_check", &[])]
                {
                    let said: Vec<String> =
                        sqlx::query_scalar(AssertSqlSafe(check)).fetch_all(&mut conn).await.unwrap();
                    assert_eq!(said, good, "{check}");
                }
                raw_sql("begin").execute(&mut conn).await.unwrap();
                Self::Sqlite(conn)
            }
            Kind::Postgres => {
                let mut conn = PgConnection::connect(&database.url()).await.unwrap();
                raw_sql("begin isolation level repeatable read").execute(&mut conn).await.unwrap();
                Self::Postgres(conn)
            }
        }
    }

    async fn rows<T>(&mut self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(conn) => sqlx::query_as(sql).fetch_all(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_as(sql).fetch_all(conn).await.unwrap(),
        }
    }
}

/// Nothing acknowledged is lost, nothing doubled, no half rows.
pub async fn are_good(database: &Database, ledger: &Mutex<Ledger>) {
    // what is acknowledged from here on may be younger than the moment that is looked at
    let (replies, decisions) = {
        let ledger = ledger.lock().unwrap();
        let replies: Vec<_> = ledger.replies.iter().map(|reply| (reply.text.clone(), reply.id)).collect();
        let decisions: Vec<_> =
            ledger.decisions.iter().map(|decision| (decision.comment, decision.status)).collect();
        (replies, decisions)
    };
    let mut moment = Moment::of(database).await;
    for (what, sql) in FAULTS {
        let faults: Vec<(i64,)> = moment.rows(sql).await;
        assert_eq!(faults, [(0,)], "{what}");
    }
    let texts: Vec<(String, Uuid)> = moment.rows("select text, comment from revisions").await;
    let stored: HashMap<&str, Uuid> = texts.iter().map(|(text, id)| (text.as_str(), *id)).collect();
    assert_eq!(stored.len(), texts.len(), "a reply is there twice");
    for (text, id) in &replies {
        let found = stored.get(text.as_str());
        assert!(found.is_some_and(|found| id.is_none_or(|id| id == *found)), "acknowledged and lost: {text}");
    }
    let statuses: Vec<(Uuid, String)> = moment.rows("select id, status from comments").await;
    let statuses: HashMap<Uuid, String> = statuses.into_iter().collect();
    for (comment, status) in &decisions {
        assert_eq!(statuses[comment], *status, "a decision was lost");
    }
}

/// A row of the outbox: the message, and what became of it.
type Owed = (Uuid, String, Option<String>);

/// Every comment is covered by a delivered mail to every moderator, or was decided before; each repeat of a mail has a
/// kill of its own. The figures in words.
pub async fn everybody_was_told(database: &Database, ledger: &Ledger, taken: &[Taken]) -> String {
    let mut moment = Moment::of(database).await;
    let owed: Vec<Owed> = moment.rows("select id, cast(message as text), outcome from outbox").await;
    let comments: Vec<(Uuid, String)> =
        moment.rows("select id, status from comments where name <> 'Bot'").await;
    let people: Vec<(Uuid, String)> = moment.rows("select id, email from moderators").await;
    let people: HashMap<Uuid, String> = people.into_iter().collect();
    let mentions: Vec<(Uuid, Uuid, Option<Uuid>)> =
        moment.rows("select comment, moderator, letter from mentions").await;
    let mut deliveries: HashMap<Uuid, Vec<&Taken>> = HashMap::new();
    for letter in taken {
        deliveries.entry(letter.id().parse().unwrap()).or_default().push(letter);
    }

    let statuses: HashMap<Uuid, &str> = comments.iter().map(|(id, status)| (*id, status.as_str())).collect();
    let mut told: HashSet<(Uuid, Uuid)> = HashSet::new();
    let mut letters = HashSet::new();
    for (id, message, outcome) in &owed {
        let message: Value = serde_json::from_str(message).unwrap();
        let of = |member: &str| message[member].as_str().unwrap().parse::<Uuid>().unwrap();
        if message["kind"] == "comment-waits/1" {
            assert_eq!(outcome.as_deref(), Some("sent"));
            continue;
        }
        let (moderator, email) = (of("moderator"), &people[&of("moderator")]);
        let listed: Vec<Uuid> = mentions
            .iter()
            .filter(|(.., letter)| *letter == Some(*id))
            .map(|(comment, ..)| *comment)
            .collect();
        assert!(!listed.is_empty(), "a letter about nothing");
        match outcome.as_deref() {
            Some("sent") => {
                assert!(deliveries.contains_key(id), "a letter was called sent and did not arrive");
            }
            Some("dropped") => {
                assert!(listed.iter().all(|comment| statuses[comment] != "pending"), "dropped, and it waits");
            }
            other => panic!("a letter that is {other:?}"),
        }
        for delivery in deliveries.get(id).into_iter().flatten() {
            assert_eq!(delivery.recipients, std::slice::from_ref(email));
        }
        letters.insert(*id);
        for comment in listed {
            assert!(told.insert((comment, moderator)), "two letters about one comment to one person");
        }
    }
    assert!(mentions.iter().all(|(.., letter)| letter.is_some()), "nobody will be told of it");
    assert_eq!(told.len(), comments.len() * MODERATORS.len(), "a moderator was not told of a comment");
    assert!(deliveries.keys().all(|id| letters.contains(id)), "a letter from nowhere");
    let repeats = repeats(&deliveries, ledger);
    assert!(repeats <= AT_ONCE * ledger.kills.len(), "{repeats} letters were repeated");
    format!("{} letters delivered, {repeats} of them a second time", taken.len())
}

/// How many deliveries were repeats.
fn repeats(deliveries: &HashMap<Uuid, Vec<&Taken>>, ledger: &Ledger) -> usize {
    let mut repeats = 0;
    for same in deliveries.values() {
        for pair in same.windows(2) {
            let killed = ledger.kills.iter().any(|kill| *kill > pair[0].at && *kill < pair[1].at);
            assert!(killed, "one life sent a letter twice");
            repeats += 1;
        }
    }
    repeats
}
