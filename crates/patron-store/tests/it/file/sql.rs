//! Nothing but reading, in the words of SQLite.

use std::fs;

use patron_store::{SqlCell, SqlLimits, StoreError};

use crate::maintenance::sql::{ask, ask_within};
use crate::maintenance::two_imports;
use crate::support::dump;

#[test]
fn values_do_not_grow_beyond_memory() {
    for sql in [
        "SELECT zeroblob(1000000000)",
        "SELECT length(printf('%.*c', 900000000, 'x'))",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000000) SELECT group_concat(i) FROM n",
        "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaa' LIKE printf('%.*c', 200, '%')",
    ] {
        let refused = ask(sql);
        assert!(matches!(refused, Err(StoreError::Sql { .. })), "{sql}: {refused:?}");
    }
}

#[test]
fn mistakes_are_shown_where_they_are() {
    for (sql, place, message) in [
        ("SELECT amout FROM sales", Some((1, 8)), "no such column: amout"),
        ("SELECT id\nFROM sales\nWHERE größe = 1 AND", None, "incomplete input"),
        ("SELECT 'ä', id\nFROM sales\n  WERE id = 1", Some((3, 8)), "near \"id\": syntax error"),
        (";; SELECT\n nope(1)", Some((2, 2)), "no such function: nope"),
        ("SELECT * FROM nowhere", None, "no such table: nowhere"),
        ("SELECT \"no name\" FROM sales", Some((1, 8)), "no such column"),
        ("SELECT json('{')", None, "malformed JSON"),
        ("SELECT * FROM sales WHERE id = ?", None, "a parameter has no value"),
    ] {
        match ask(sql) {
            Err(StoreError::Sql { message: said, at }) => {
                assert!(said.contains(message), "{sql}: {said}");
                assert!(place.is_none() || at == place, "{sql}: {at:?}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    for sql in ["", " \n", "-- nothing", ";", "/* nothing */ ;"] {
        assert!(matches!(ask(sql), Err(StoreError::SqlEmpty)), "{sql}");
    }
    for sql in ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM sales", "SELECT 1; x"] {
        assert!(matches!(ask(sql), Err(StoreError::SqlSeveral)), "{sql}");
    }
}

#[test]
fn nothing_but_reading_is_allowed() {
    let (folder, url, store) = two_imports();
    let before = dump(&url);
    let outside = folder.path().join("outside.db");
    let outside = outside.display();
    let attempts = [
        "DELETE FROM sales".to_owned(),
        "UPDATE sales SET amount = 0".to_owned(),
        "INSERT INTO countries (name) VALUES ('Malta')".to_owned(),
        "INSERT INTO countries (name) VALUES ('Malta') RETURNING id".to_owned(),
        "WITH x AS (SELECT 1) DELETE FROM sales".to_owned(),
        "EXPLAIN DELETE FROM sales".to_owned(),
        "CREATE TABLE t (x)".to_owned(),
        "CREATE TEMP TABLE t AS SELECT * FROM sales".to_owned(),
        "CREATE TEMP VIEW v AS SELECT 1".to_owned(),
        "CREATE VIRTUAL TABLE t USING fts5(x)".to_owned(),
        "DROP TABLE sales".to_owned(),
        "ALTER TABLE sales RENAME TO s".to_owned(),
        "VACUUM".to_owned(),
        format!("VACUUM INTO '{outside}'"),
        format!("ATTACH '{outside}' AS o"),
        "ATTACH ':memory:' AS o".to_owned(),
        "DETACH main".to_owned(),
        "BEGIN".to_owned(),
        "COMMIT".to_owned(),
        "SAVEPOINT s".to_owned(),
        "ANALYZE".to_owned(),
        "REINDEX".to_owned(),
        "PRAGMA journal_mode = DELETE".to_owned(),
        "PRAGMA query_only = OFF".to_owned(),
        "PRAGMA writable_schema = ON".to_owned(),
        "PRAGMA user_version = 5".to_owned(),
        "PRAGMA application_id".to_owned(),
        "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
        "PRAGMA temp_store_directory = '/tmp'".to_owned(),
        "PRAGMA hard_heap_limit = 1".to_owned(),
        "SELECT * FROM pragma_database_list".to_owned(),
        "SELECT load_extension('x')".to_owned(),
        "SELECT fts3_tokenizer('simple')".to_owned(),
    ];
    for sql in attempts {
        let refused = store.reader().sql(&sql, &SqlLimits::default());
        assert!(matches!(refused, Err(StoreError::SqlNotReading { .. })), "{sql}: {refused:?}");
    }
    // functions of the command line shell are not there at all
    for sql in ["SELECT writefile('x', 'y')", "SELECT readfile('/etc/hostname')", "SELECT edit('x')"] {
        assert!(
            matches!(store.reader().sql(sql, &SqlLimits::default()), Err(StoreError::Sql { .. })),
            "{sql}"
        );
    }
    assert_eq!(dump(&url), before);
    assert!(!folder.path().join("outside.db").exists());
}

#[test]
fn looking_leaves_nothing_behind() {
    let (folder, url, store) = two_imports();
    drop(store);
    let files = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let before = (files(), fs::read(url.path().unwrap()).unwrap());
    let reader = patron_store::Reader::open(&url).unwrap();
    reader.sql("SELECT * FROM sales", &SqlLimits::default()).unwrap();
    reader.check(&mut |_| ()).unwrap();
    assert!((files(), fs::read(url.path().unwrap()).unwrap()) == before, "{:?}", files());
}

#[test]
fn pragmas_plans_and_bytes_can_be_read() {
    let found = ask("SELECT x'00ff' AS d, 9e999 AS e").unwrap();
    assert_eq!(found.rows, [[SqlCell::Blob(vec![0, 255]), SqlCell::Real(f64::INFINITY)]]);
    assert!(!ask("SELECT name FROM pragma_table_info('sales')").unwrap().rows.is_empty());
    assert!(!ask("EXPLAIN QUERY PLAN SELECT * FROM sales").unwrap().rows.is_empty());
    let few = SqlLimits { bytes: 10_000, ..SqlLimits::default() };
    let large = ask_within("SELECT zeroblob(20000)", few);
    assert!(matches!(large, Err(StoreError::SqlTooLarge { bytes: 10_000 })), "{large:?}");
}
