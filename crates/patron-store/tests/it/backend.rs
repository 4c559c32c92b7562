//! The tests on SQLite: a file in a folder of its own, looked at without the store.

use std::fs;

use patron_store::{DatabaseUrl, SqlCell};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

/// Where a database lies while a test runs.
pub(crate) type Place = TempDir;

/// The folder of the migrations.
pub(crate) const MIGRATIONS: &str = "sqlite";

/// What tables, indexes and views there are.
pub(crate) const SCHEMA: &str =
    "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '__diesel%' ORDER BY name";

/// An address where nothing is yet.
pub(crate) fn place() -> (Place, DatabaseUrl) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::from_path(folder.path().join("shop.db"));
    (folder, url)
}

/// A look at the file beside the store.
pub(crate) fn raw(url: &DatabaseUrl) -> Connection {
    Connection::open(url.path().unwrap()).unwrap()
}

/// All that is stored, as it is on disk.
pub(crate) fn bytes(url: &DatabaseUrl) -> Vec<u8> {
    let file = url.path().unwrap().display();
    ["", "-wal"].iter().flat_map(|ending| fs::read(format!("{file}{ending}")).unwrap_or_default()).collect()
}

/// Runs statements.
pub(crate) fn execute(url: &DatabaseUrl, sql: &str) {
    raw(url).execute_batch(sql).unwrap();
}

/// Runs statements, whatever references they break.
pub(crate) fn damage(url: &DatabaseUrl, sql: &str) {
    execute(url, &format!("PRAGMA foreign_keys = OFF; {sql}"));
}

/// All rows of a query.
pub(crate) fn rows(url: &DatabaseUrl, sql: &str) -> Vec<Vec<SqlCell>> {
    let connection = raw(url);
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column).map(cell)).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

fn cell(value: Value) -> SqlCell {
    match value {
        Value::Null => SqlCell::Null,
        Value::Integer(number) => SqlCell::Integer(number),
        Value::Real(number) => SqlCell::Real(number),
        Value::Text(text) => SqlCell::Text(text),
        Value::Blob(bytes) => SqlCell::Blob(bytes),
    }
}

/// Every row of every table, and proof that file and references are sound.
pub(crate) fn dump(url: &DatabaseUrl) -> Vec<(String, Vec<Vec<SqlCell>>)> {
    let connection = raw(url);
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let broken = connection.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!broken, "a reference leads nowhere");
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut tables = connection.prepare(sql).unwrap();
    let tables = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap);
    tables.map(|table: String| (table.clone(), rows(url, &format!("SELECT * FROM {table}")))).collect()
}
