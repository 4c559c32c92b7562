//! `schema.rs` says what the migrations make.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use rusqlite::Connection;

use crate::{DatabaseUrl, Store};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs");

const HEAD: &str = "\
//! Tables and columns. Generated from the migrations; to write it anew:
//! `PATRON_BLESS=1 cargo test -p patron-store schema`
";

#[test]
fn schema_rs_is_what_the_migrations_make() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    Store::open(&DatabaseUrl::from_path(&file)).unwrap();
    let generated = generate(&Connection::open(&file).unwrap());
    if env::var_os("PATRON_BLESS").is_some() {
        fs::write(FILE, &generated).unwrap();
    }
    let committed = fs::read_to_string(FILE).unwrap();
    assert_eq!(committed, generated, "write it anew: PATRON_BLESS=1 cargo test -p patron-store schema");
}

#[test]
fn the_migrations_can_be_taken_back() {
    let connection = Connection::open_in_memory().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
    let mut steps: Vec<_> = fs::read_dir(folder).unwrap().map(|step| step.unwrap().path()).collect();
    steps.sort();
    let run = |step: &PathBuf, file| connection.execute_batch(&fs::read_to_string(step.join(file)).unwrap());
    steps.iter().for_each(|step| run(step, "up.sql").unwrap());
    steps.iter().rev().for_each(|step| run(step, "down.sql").unwrap());
    let left = "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'";
    assert_eq!(connection.query_row(left, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

fn generate(connection: &Connection) -> String {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' \
        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__diesel%' ORDER BY name";
    let tables = texts(connection, tables);
    let mut text = HEAD.to_owned();
    for table in &tables {
        write_table(&mut text, connection, table);
    }
    text.push('\n');
    for table in &tables {
        write_joins(&mut text, connection, table);
    }
    let list: String = tables.iter().map(|table| format!("    {table},\n")).collect();
    write!(text, "\ndiesel::allow_tables_to_appear_in_same_query!(\n{list});\n").unwrap();
    text
}

fn write_table(text: &mut String, connection: &Connection, table: &str) {
    let keys = format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk");
    writeln!(text, "\ndiesel::table! {{\n    {table} ({}) {{", texts(connection, &keys).join(", ")).unwrap();
    let columns = format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')");
    let mut columns = connection.prepare(&columns).unwrap();
    let mut rows = columns.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (name, declared): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let (not_null, is_key): (bool, bool) = (row.get(2).unwrap(), row.get(3).unwrap());
        let sql_type = sql_type(&declared, is_key && !matches!(table, "dates" | "shop"));
        let sql_type = if not_null { sql_type.to_owned() } else { format!("Nullable<{sql_type}>") };
        writeln!(text, "        {name} -> {sql_type},").unwrap();
    }
    text.push_str("    }\n}\n");
}

/// A key must be declared INTEGER to be SQLite's own row number, whose range is that of a BIGINT.
fn sql_type(declared: &str, is_row_number: bool) -> &'static str {
    match declared {
        "INTEGER" if is_row_number => "BigInt",
        "INTEGER" => "Integer",
        "BIGINT" => "BigInt",
        "TEXT" => "Text",
        "BOOLEAN" => "Bool",
        "DATE" => "Date",
        "TIMESTAMP" => "Timestamp",
        "DOUBLE PRECISION" => "Double",
        "BLOB" => "Binary",
        other => panic!("no type for {other}"),
    }
}

/// A join for each pair of tables with exactly one reference.
fn write_joins(text: &mut String, connection: &Connection, table: &str) {
    let references = format!("SELECT \"table\", \"from\" FROM pragma_foreign_key_list('{table}')");
    let mut references = connection.prepare(&references).unwrap();
    let mut by_parent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rows = references.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        by_parent.entry(row.get(0).unwrap()).or_default().push(row.get(1).unwrap());
    }
    for (parent, columns) in by_parent.iter().filter(|(_, columns)| columns.len() == 1) {
        writeln!(text, "diesel::joinable!({table} -> {parent} ({}));", columns[0]).unwrap();
    }
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
