//! Somebody's own SQL reads, and does nothing else.

use std::fs;
use std::time::{Duration, Instant};

use patron_store::{SqlCell, SqlLimits, SqlRows, StoreError};

use super::two_imports;
use crate::support::dump;

fn ask(sql: &str) -> Result<SqlRows, StoreError> {
    ask_within(sql, SqlLimits::default())
}

fn ask_within(sql: &str, limits: SqlLimits) -> Result<SqlRows, StoreError> {
    let (_folder, _url, store) = two_imports();
    store.reader().sql(sql, &limits)
}

#[test]
fn cells_have_the_types_they_are_stored_with() {
    let sql = "SELECT NULL AS a, -5 AS b, 0.5 AS b, 'Größe' AS c, x'00ff' AS d, 9e999 AS e";
    let found = ask(sql).unwrap();
    assert_eq!(found.columns, ["a", "b", "b", "c", "d", "e"]);
    let cells = [
        SqlCell::Null,
        SqlCell::Integer(-5),
        SqlCell::Real(0.5),
        SqlCell::Text("Größe".to_owned()),
        SqlCell::Blob(vec![0, 255]),
        SqlCell::Real(f64::INFINITY),
    ];
    assert_eq!((found.rows, found.more), (vec![cells.to_vec()], false));
}

#[test]
fn tables_and_views_can_be_read() {
    let count = ask("SELECT kind, count(*) FROM sales GROUP BY kind ORDER BY kind").unwrap();
    let total: i64 = count.rows.iter().map(|row| if let SqlCell::Integer(n) = row[1] { n } else { 0 }).sum();
    assert_eq!((count.rows.len(), total), (3, 1000));
    assert_eq!(ask("SELECT * FROM sales_readable WHERE id = 1;  -- the first\n").unwrap().rows.len(), 1);
    assert_eq!(ask("WITH a AS (SELECT 1 AS x) SELECT x FROM a").unwrap().rows.len(), 1);
    assert_eq!(ask("VALUES (1), (2)").unwrap().rows.len(), 2);
    assert!(!ask("SELECT name FROM pragma_table_info('sales')").unwrap().rows.is_empty());
    assert!(!ask("EXPLAIN QUERY PLAN SELECT * FROM sales").unwrap().rows.is_empty());
    let empty = ask("SELECT id FROM sales WHERE FALSE").unwrap();
    assert_eq!((empty.columns.len(), empty.rows.len(), empty.more), (1, 0, false));
}

#[test]
fn a_limit_ends_the_rows_and_says_so() {
    let of = |rows| SqlLimits { rows, ..SqlLimits::default() };
    for (rows, found, more) in [(999, 999, true), (1000, 1000, false), (2000, 1000, false), (0, 0, true)] {
        let answer = ask_within("SELECT id FROM sales", of(rows)).unwrap();
        assert_eq!((answer.rows.len(), answer.more), (found, more));
    }
    // one row has about 100 bytes and three cells
    let few = SqlLimits { bytes: 10_000, ..SqlLimits::default() };
    let answer = ask_within("SELECT 'x', 'y', zeroblob(1000) FROM sales", few).unwrap();
    assert!(answer.more && (1..10).contains(&answer.rows.len()), "{}", answer.rows.len());
    let large = ask_within("SELECT zeroblob(20000)", few);
    assert!(matches!(large, Err(StoreError::SqlTooLarge { bytes: 10_000 })), "{large:?}");
}

#[test]
fn a_statement_without_end_is_stopped() {
    let limits = SqlLimits { timeout: Duration::from_millis(300), ..SqlLimits::default() };
    for sql in [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n ORDER BY i DESC",
        "SELECT count(*) FROM sales a, sales b, sales c, sales d WHERE a.amount + b.amount < c.amount + d.amount",
    ] {
        let begun = Instant::now();
        let stopped = ask_within(sql, limits);
        assert!(matches!(stopped, Err(StoreError::SqlTimeout { .. })), "{stopped:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
    // with a row limit it ends by itself
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    assert_eq!(ask(sql).unwrap().rows.len(), 1000);
}

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
    let before = (files(), fs::read(url.path()).unwrap());
    let reader = patron_store::Reader::open(&url).unwrap();
    reader.sql("SELECT * FROM sales", &SqlLimits::default()).unwrap();
    reader.check(&mut |_| ()).unwrap();
    assert!((files(), fs::read(url.path()).unwrap()) == before, "{:?}", files());
}

#[test]
fn what_there_is_to_read_is_listed() {
    let (_folder, _url, store) = two_imports();
    let tables = store.reader().tables().unwrap();
    let sales = tables.iter().find(|table| table.name == "sales").unwrap();
    let columns: Vec<_> =
        sales.columns.iter().map(|one| (one.name.as_str(), one.declared.as_str())).collect();
    assert_eq!(columns[0], ("id", "INTEGER"));
    assert!(columns.contains(&("amount", "BIGINT")) && columns.len() == 13, "{columns:?}");
    let first_view = tables.iter().position(|table| table.is_view).unwrap();
    assert!(tables[first_view..].iter().all(|table| table.is_view));
    assert!(tables[first_view..].iter().any(|table| table.name == "sales_readable"));
    assert!(tables.iter().all(|table| !table.name.starts_with("sqlite_") && !table.name.starts_with("__")));
}
