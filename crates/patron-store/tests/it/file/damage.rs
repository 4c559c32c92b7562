//! Damage of the file itself, and files that are no database of ours.

use patron_store::{Check, CheckResult, DatabaseUrl, StoreError};
use rusqlite::Connection;

use crate::backend::raw;
use crate::maintenance::two_imports;
use crate::support::{damage, execute};

fn wrong(results: Vec<CheckResult>) -> Vec<CheckResult> {
    results.into_iter().filter(|result| !result.is_ok()).collect()
}

#[test]
fn a_broken_index_and_a_broken_page() {
    let (_folder, url, store) = two_imports();
    execute(&url, "PRAGMA wal_checkpoint(TRUNCATE)");
    let root: i64 = raw(&url)
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'quarantine_import_id'", [], |row| {
            row.get(0)
        })
        .unwrap();
    overwrite_page(&url, root);
    let found = wrong(store.check().unwrap());
    assert!(found.iter().any(|result| result.check == Check::File && result.found > 0), "{found:#?}");

    let (_folder, url, store) = two_imports();
    execute(&url, "PRAGMA wal_checkpoint(TRUNCATE)");
    let root: i64 = raw(&url)
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sales'", [], |row| row.get(0))
        .unwrap();
    overwrite_page(&url, root);
    let found = wrong(store.check().unwrap());
    let days = found.iter().find(|result| result.check == Check::SaleDays).unwrap();
    assert!(days.examples[0].what.contains("the file is damaged"), "{found:#?}");
}

fn overwrite_page(url: &DatabaseUrl, page: i64) {
    use std::io::{Seek, SeekFrom, Write};
    let size: i64 = raw(url).query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(url.path().unwrap()).unwrap();
    file.seek(SeekFrom::Start(((page - 1) * size).unsigned_abs())).unwrap();
    file.write_all(&vec![0xAB; size as usize]).unwrap();
}

#[test]
fn other_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| DatabaseUrl::from_path(folder.path().join(name));
    let open = |name: &str| patron_store::Reader::open(&at(name)).unwrap_err();
    assert!(matches!(open("none.db"), StoreError::NotFound { .. }));
    assert!(!at("none.db").path().unwrap().exists());
    std::fs::write(at("text.db").path().unwrap(), "customer,date,amount\n".repeat(100)).unwrap();
    assert!(matches!(open("text.db"), StoreError::NotADatabase { .. }));
    Connection::open(at("other.db").path().unwrap()).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open("other.db"), StoreError::NotPatron { .. }));
    std::fs::write(at("empty.db").path().unwrap(), "").unwrap();
    assert!(matches!(open("empty.db"), StoreError::NotFound { .. }));
    let (_folder, newer, store) = two_imports();
    drop(store);
    damage(&newer, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    let error = patron_store::Reader::open(&newer).unwrap_err();
    assert!(matches!(&error, StoreError::Newer { version, .. } if version == "29991231000000"), "{error}");
}
