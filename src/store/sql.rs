//! One text for two databases: how statements are written, and the few ways in which they differ.

/// Which database is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The shared one, for any number of replicas.
    Postgres,
}

/// A statement. Its two texts are the same unless a difference has a name and a reason.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
}

impl Sql {
    pub(super) const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }

    pub(super) const fn differing(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// The text for one database.
    pub const fn text(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Sqlite => self.sqlite,
            Kind::Postgres => self.postgres,
        }
    }
}

/// Declares the statements of a file, and lists them for the test that prepares each on both.
///
/// `same` is the rule. `rows` reads `$1`, a JSON array, as rows ([`value!`] names each column's type).
/// `locking` steps over or waits for rows that others hold: PostgreSQL writes in parallel, SQLite has
/// one writer and no lock clause.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $how:ident!($($text:tt)+);)+) => {
        $($(#[$doc])* pub(super) const $name: $crate::store::sql::Sql = $crate::store::sql::$how!($($text)+);)+

        /// Every statement of this file, for the test that prepares them.
        pub(crate) const STATEMENTS: &[(&str, $crate::store::sql::Sql)] = &[$((stringify!($name), $name)),+];
    };
}

/// The same text on both.
macro_rules! same {
    ($($text:expr),+ $(,)?) => { $crate::store::sql::Sql::same(concat!($($text),+)) };
}

/// A text with one place for PostgreSQL's row locks: `locking!("select …", "for update", "")`.
macro_rules! locking {
    ($before:expr, $clause:literal, $after:expr) => {
        $crate::store::sql::Sql::differing(concat!($before, $after), concat!($before, " ", $clause, $after))
    };
}

/// A statement for what replicas share: PostgreSQL's text behind one that tells `SQLite`, which has one
/// process, nothing.
macro_rules! replicated {
    ($nothing:literal, $text:expr) => {
        $crate::store::sql::Sql::differing($nothing, $text)
    };
}

/// Inserts the rows of a JSON array: `insert!("findings": comment uuid, number bigint, code text)`.
///
/// What stands behind a semicolon follows the rows, such as `" where true on conflict do nothing"`.
/// The rows are read once into the binary form of JSON: else `SQLite` would write each of them as
/// text, and read that again, for every column.
macro_rules! insert {
    ($table:literal: $first:ident $first_type:ident $(, $column:ident $type:ident)* $(,)? $(; $end:literal)?) => {
        $crate::store::sql::Sql::differing(
            concat!(
                "with batch as materialized (select jsonb(value) as value from json_each($1)) ",
                "insert into ", $table, " (", stringify!($first) $(, ", ", stringify!($column))*, ") select ",
                $crate::store::sql::value!(sqlite $first $first_type)
                $(, ", ", $crate::store::sql::value!(sqlite $column $type))*,
                " from batch" $(, $end)?
            ),
            concat!(
                "with batch as materialized (select value from jsonb_array_elements($1)) ",
                "insert into ", $table, " (", stringify!($first) $(, ", ", stringify!($column))*, ") select ",
                $crate::store::sql::value!(postgres $first $first_type)
                $(, ", ", $crate::store::sql::value!(postgres $column $type))*,
                " from batch" $(, $end)?
            ),
        )
    };
}

/// A text in which one place lists the identifiers of a JSON array: `among!("… in (", 1, ") …")`.
macro_rules! among {
    ($before:expr, $parameter:literal, $after:expr) => {
        $crate::store::sql::Sql::differing(
            concat!($before, "select unhex(value, '-') from json_each($", $parameter, ")", $after),
            concat!(
                $before,
                "select cast(value #>> '{}' as uuid) from jsonb_array_elements($",
                $parameter,
                ")",
                $after
            ),
        )
    };
}

/// A text that knows the texts of a JSON array as the column `value` of `these`: `given!(2, "select … in (select value
/// from these)")`. For values that are looked for in several places.
macro_rules! given {
    ($parameter:literal, $text:expr) => {
        $crate::store::sql::Sql::differing(
            concat!(
                "with these (value) as materialized (select value from json_each($",
                $parameter,
                ")) ",
                $text
            ),
            concat!(
                "with these (value) as materialized (select value #>> '{}' from jsonb_array_elements($",
                $parameter,
                ")) ",
                $text
            ),
        )
    };
}

/// A text in which one place lists the rows of the JSON array `$1`: `listed!("… in (", a uuid, b bigint; ")")`.
macro_rules! listed {
    ($before:literal, $first:ident $first_type:ident $(, $column:ident $type:ident)*; $after:literal) => {
        $crate::store::sql::Sql::differing(
            concat!(
                $before, "select ", $crate::store::sql::value!(sqlite $first $first_type)
                $(, ", ", $crate::store::sql::value!(sqlite $column $type))*,
                " from (select jsonb(value) as value from json_each($1)) batch", $after
            ),
            concat!(
                $before, "select ", $crate::store::sql::value!(postgres $first $first_type)
                $(, ", ", $crate::store::sql::value!(postgres $column $type))*,
                " from jsonb_array_elements($1) batch (value)", $after
            ),
        )
    };
}

/// A member of a JSON object as a column of its type.
macro_rules! value {
    (sqlite $column:ident uuid) => {
        concat!("unhex(value ->> '", stringify!($column), "', '-')")
    };
    (postgres $column:ident uuid) => {
        concat!("cast(value ->> '", stringify!($column), "' as uuid)")
    };
    (sqlite $column:ident boolean) => {
        concat!("value ->> '", stringify!($column), "'")
    };
    (postgres $column:ident boolean) => {
        concat!("cast(value ->> '", stringify!($column), "' as boolean)")
    };
    ($kind:ident $column:ident bigint) => {
        concat!("cast(value ->> '", stringify!($column), "' as bigint)")
    };
    ($kind:ident $column:ident text) => {
        concat!("value ->> '", stringify!($column), "'")
    };
    ($kind:ident $column:ident json) => {
        concat!("value -> '", stringify!($column), "'")
    };
}

/// Runs one body on the driver of whichever database the transaction speaks to:
/// `on!(tx, |conn, kind| sqlx::query(FIND.text(kind)).fetch_one(conn).await)`.
macro_rules! on {
    ($tx:expr, |$conn:ident, $kind:ident| $body:expr) => {
        match &mut $tx.conn {
            $crate::store::tx::Conn::Sqlite(conn) => {
                let ($conn, $kind) = (&mut **conn, $crate::store::sql::Kind::Sqlite);
                $body
            }
            $crate::store::tx::Conn::Postgres(conn) => {
                let ($conn, $kind) = (&mut **conn, $crate::store::sql::Kind::Postgres);
                $body
            }
        }
    };
}

pub(super) use {among, given, insert, listed, locking, on, replicated, same, statements, value};
