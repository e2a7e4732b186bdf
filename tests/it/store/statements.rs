use std::{collections::BTreeSet, fs};

use replydesk::store::{Kind, STATEMENTS};
use sqlx::{Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};

use crate::support::TestApp;

both_databases! {
    async fn every_statement_prepares(app: TestApp) {
        let kind = app.database().kind;
        let mut failed = Vec::new();
        for (file, statements) in STATEMENTS {
            for (name, sql) in *statements {
                if let Err(error) = prepare(app, sql.text(kind)).await {
                    failed.push(format!("store/{file}.rs {name}: {error}"));
                }
            }
        }
        assert!(failed.is_empty(), "on {kind:?}:\n{}", failed.join("\n"));
    }
}

async fn prepare(app: &TestApp, text: &'static str) -> sqlx::Result<()> {
    let url = app.database().url();
    match app.database().kind {
        Kind::Sqlite => SqliteConnection::connect(&url).await?.prepare(text.into_sql_str()).await.map(drop),
        Kind::Postgres => PgConnection::connect(&url).await?.prepare(text.into_sql_str()).await.map(drop),
    }
}

#[test]
fn every_file_with_statements_is_listed() {
    let listed: BTreeSet<String> = STATEMENTS.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(listed.len(), STATEMENTS.len(), "a file is listed twice");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store");
    let with_statements: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            assert!(path.is_file(), "{} is a folder: list its files too", path.display());
            fs::read_to_string(path).unwrap().lines().any(|line| line.starts_with("statements!"))
        })
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(with_statements, listed);
}
