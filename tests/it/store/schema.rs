use std::{collections::BTreeSet, fs};

use replydesk::{
    app,
    store::{Db, Kind},
};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::Database;

/// Columns by table and place: name, type in SQLite's words, nullability, default.
const COLUMNS: [&str; 2] = [
    "select m.name || ' ' || c.cid || ': ' || c.name || ' ' || lower(c.type) || \
     case when c.\"notnull\" = 1 or c.pk > 0 then ' not null' else '' end || \
     coalesce(' default ' || c.dflt_value, '') \
     from sqlite_schema m join pragma_table_info(m.name) c \
     where m.type = 'table' and m.name <> '_sqlx_migrations'",
    "select table_name || ' ' || (ordinal_position - 1) || ': ' || column_name || ' ' || \
     case data_type when 'uuid' then 'blob' when 'bigint' then 'integer' when 'boolean' then 'integer' \
     when 'jsonb' then 'text' else data_type end || \
     case is_nullable when 'NO' then ' not null' else '' end || coalesce(' default ' || replace(column_default, '::text', ''), '') \
     from information_schema.columns where table_schema = 'public' and table_name <> '_sqlx_migrations'",
];

const PRIMARY_KEYS: [&str; 2] = [
    "select m.name || ' (' || (select group_concat(name, ', ') from \
     (select name from pragma_table_info(m.name) where pk > 0 order by pk)) || ')' \
     from sqlite_schema m where m.type = 'table' and m.name <> '_sqlx_migrations'",
    "select t.relname || ' (' || (select string_agg(a.attname, ', ' order by k.place) \
     from unnest(i.indkey) with ordinality k (attnum, place) \
     join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum) || ')' \
     from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace \
     where n.nspname = 'public' and i.indisprimary and t.relname <> '_sqlx_migrations'",
];

/// Indexes by table: their names (none for a constraint's own), columns, uniqueness, and whether they
/// are partial.
const INDEXES: [&str; 2] = [
    "select m.name || ' ' || case i.origin when 'c' then i.name else '-' end || ' (' || \
     (select group_concat(name, ', ') from (select name || case \"desc\" when 1 then ' desc' else '' end as name \
     from pragma_index_xinfo(i.name) where \"key\" = 1 order by seqno)) || ')' || \
     case i.\"unique\" when 1 then ' unique' else '' end || case i.partial when 1 then ' partial' else '' end \
     from sqlite_schema m join pragma_index_list(m.name) i \
     where m.type = 'table' and m.name <> '_sqlx_migrations' and i.origin <> 'pk'",
    "select t.relname || ' ' || case when exists (select 1 from pg_constraint c where c.conindid = i.indexrelid) \
     then '-' else x.relname end || ' (' || (select string_agg(pg_get_indexdef(i.indexrelid, k, false) || \
     case when pg_index_column_has_property(i.indexrelid, k, 'desc') then ' desc' else '' end, ', ' order by k) \
     from generate_series(1, i.indnkeyatts) k) || ')' || case when i.indisunique then ' unique' else '' end || \
     case when i.indpred is not null then ' partial' else '' end \
     from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid \
     join pg_namespace n on n.oid = t.relnamespace \
     where n.nspname = 'public' and not i.indisprimary and t.relname <> '_sqlx_migrations'",
];

const FOREIGN_KEYS: [&str; 2] = [
    "select m.name || '.' || f.\"from\" || ' references ' || f.\"table\" || '.' || f.\"to\" || \
     ' on delete ' || lower(f.on_delete) \
     from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table'",
    "select t.relname || '.' || a.attname || ' references ' || r.relname || '.' || b.attname || ' on delete ' || \
     case c.confdeltype when 'a' then 'no action' when 'c' then 'cascade' when 'n' then 'set null' \
     when 'd' then 'set default' else 'restrict' end \
     from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class r on r.oid = c.confrelid \
     join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1] \
     join pg_attribute b on b.attrelid = r.oid and b.attnum = c.confkey[1] where c.contype = 'f'",
];

#[test]
fn both_schemas_have_the_same_columns_keys_and_indexes() {
    let questions = [COLUMNS, PRIMARY_KEYS, INDEXES, FOREIGN_KEYS];
    let sqlite = answers(&Database::sqlite(), questions.map(|[sqlite, _]| sqlite));
    let postgres = answers(&Database::postgres(), questions.map(|[_, postgres]| postgres));
    for (of_sqlite, of_postgres) in sqlite.iter().zip(&postgres) {
        let only_sqlite: Vec<_> = of_sqlite.difference(of_postgres).collect();
        let only_postgres: Vec<_> = of_postgres.difference(of_sqlite).collect();
        assert!(
            only_sqlite.is_empty() && only_postgres.is_empty(),
            "only with SQLite: {only_sqlite:#?}\nonly with PostgreSQL: {only_postgres:#?}"
        );
    }
    let fewest = [100, 15, 10, 15];
    let found = sqlite.map(|facts| facts.len());
    assert!(
        found.iter().zip(fewest).all(|(found, fewest)| *found >= fewest),
        "too little was seen: {found:?}"
    );
}

fn answers(database: &Database, questions: [&'static str; 4]) -> [BTreeSet<String>; 4] {
    app::block_on(async {
        let db = Db::connect(&database.config(&[]).database).await.unwrap();
        db.migrate().await.unwrap();
        db.migrate().await.unwrap();
        assert!(db.is_migrated().await.unwrap());
        db.close().await;
        let mut answers = [const { BTreeSet::new() }; 4];
        for (answer, question) in answers.iter_mut().zip(questions) {
            *answer = ask(database, question).await.into_iter().collect();
        }
        answers
    })
}

async fn ask(database: &Database, question: &'static str) -> Vec<String> {
    match database.kind {
        Kind::Sqlite => {
            let mut conn = SqliteConnection::connect(&database.url()).await.unwrap();
            sqlx::query_scalar(question).fetch_all(&mut conn).await.unwrap()
        }
        Kind::Postgres => {
            let mut conn = PgConnection::connect(&database.url()).await.unwrap();
            sqlx::query_scalar(question).fetch_all(&mut conn).await.unwrap()
        }
    }
}

/// What introspection tells in other words on each: conditions, and the comments of the prose.
#[test]
fn both_schemas_say_the_same_but_for_the_names_of_types() {
    let read = |kind: &str| {
        let folder = format!("{}/migrations/{kind}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
            .into_iter()
            .map(|path| {
                let text = fs::read_to_string(&path).unwrap();
                (path.file_name().unwrap().to_owned(), text.lines().map(in_one_language).collect::<Vec<_>>())
            })
            .collect::<Vec<_>>()
    };
    let (sqlite, postgres) = (read("sqlite"), read("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
}

fn in_one_language(line: &str) -> String {
    let words = line.split_whitespace().map(|word| {
        let mark = word.find([',', ';']).unwrap_or(word.len());
        let (word, mark) = word.split_at(mark);
        let kind = match word {
            "blob" => "uuid",
            "integer" | "boolean" => "bigint",
            "jsonb" => "text",
            _ => word,
        };
        format!("{kind}{mark}")
    });
    let line = words.collect::<Vec<_>>().join(" ");
    let end = [") strict, without rowid;", ") strict;"].into_iter().find(|end| line == *end);
    end.map_or(line, |_| ");".to_owned())
}
