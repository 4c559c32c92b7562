//! Somebody's own SQL reads, and does nothing else.

use std::time::{Duration, Instant};

use patron_store::{SqlCell, SqlLimits, SqlRows, StoreError};

use super::two_imports;
use crate::support::dump;

pub(crate) fn ask(sql: &str) -> Result<SqlRows, StoreError> {
    ask_within(sql, SqlLimits::default())
}

pub(crate) fn ask_within(sql: &str, limits: SqlLimits) -> Result<SqlRows, StoreError> {
    let (_folder, _url, store) = two_imports();
    store.reader().sql(sql, &limits)
}

#[test]
fn cells_have_the_types_they_are_stored_with() {
    let sql = "SELECT NULL AS a, -5 AS b, 0.5 AS b, 'Größe' AS c";
    let found = ask(sql).unwrap();
    assert_eq!(found.columns, ["a", "b", "b", "c"]);
    let cells = [SqlCell::Null, SqlCell::Integer(-5), SqlCell::Real(0.5), SqlCell::Text("Größe".to_owned())];
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
    assert!(!ask("EXPLAIN SELECT * FROM sales").unwrap().rows.is_empty());
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
    // one row has about 1,000 bytes and three cells
    let few = SqlLimits { bytes: 10_000, ..SqlLimits::default() };
    let answer = ask_within("SELECT 'x', 'y', report || report FROM imports, sales", few).unwrap();
    assert!(answer.more && (1..10).contains(&answer.rows.len()), "{}", answer.rows.len());
    let limits = SqlLimits { bytes: 100, ..SqlLimits::default() };
    let large = ask_within("SELECT report FROM imports", limits);
    assert!(matches!(large, Err(StoreError::SqlTooLarge { bytes: 100 })), "{large:?}");
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
fn what_there_is_to_read_is_listed() {
    let (_folder, _url, store) = two_imports();
    let tables = store.reader().tables().unwrap();
    let sales = tables.iter().find(|table| table.name == "sales").unwrap();
    let columns: Vec<_> =
        sales.columns.iter().map(|one| (one.name.as_str(), one.declared.as_str())).collect();
    assert_eq!(columns[0].0, "id");
    assert!(columns.contains(&("amount", "BIGINT")) && columns.len() == 13, "{columns:?}");
    let first_view = tables.iter().position(|table| table.is_view).unwrap();
    assert!(tables[first_view..].iter().all(|table| table.is_view));
    assert!(tables[first_view..].iter().any(|table| table.name == "sales_readable"));
    assert!(tables.iter().all(|table| !table.name.starts_with("sqlite_") && !table.name.starts_with("__")));
}

#[test]
fn one_statement_is_run_and_no_more() {
    for sql in ["", " \n", "-- nothing", ";", "/* nothing */ ;"] {
        assert!(matches!(ask(sql), Err(StoreError::SqlEmpty)), "{sql}");
    }
    for sql in ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM sales", "SELECT 1; x"] {
        assert!(matches!(ask(sql), Err(StoreError::SqlSeveral)), "{sql}");
    }
    assert_eq!(ask("SELECT ';' -- ; and\n ; /* ; */").unwrap().rows, [[SqlCell::Text(";".to_owned())]]);
}

#[test]
fn changes_are_refused() {
    let (_folder, url, store) = two_imports();
    let before = dump(&url);
    for sql in [
        "DELETE FROM sales",
        "UPDATE sales SET amount = 0",
        "INSERT INTO countries (id, name) VALUES (900, 'Malta')",
        "INSERT INTO countries (id, name) VALUES (900, 'Malta') RETURNING id",
        "WITH x AS (SELECT 1) DELETE FROM sales",
        "CREATE TABLE t (x INTEGER)",
        "CREATE TEMP TABLE t AS SELECT * FROM sales",
        "DROP TABLE sales",
        "ALTER TABLE sales RENAME TO s",
        "VACUUM",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT s",
        "ANALYZE",
    ] {
        let refused = store.reader().sql(sql, &SqlLimits::default());
        assert!(matches!(refused, Err(StoreError::SqlNotReading { .. })), "{sql}: {refused:?}");
    }
    assert_eq!(dump(&url), before);
}
