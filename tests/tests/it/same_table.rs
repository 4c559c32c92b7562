//! The table built from the file and the table scanned from the database are equal.

use chrono::NaiveDateTime;
use patron_ingest::{Profile, ReadOptions};
use patron_pipeline::{ImportOutcome, ImportRequest, Silent, import, load};
use patron_store::{DatabaseUrl, Store};
use patron_tests::{real_data, small_export};

fn check(path: &std::path::Path, profile: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    let reading = ReadOptions { profile: Profile::named(profile).unwrap(), ..ReadOptions::default() };
    let request =
        ImportRequest::inspect(path.to_owned(), reading, NaiveDateTime::default(), &Silent).unwrap();
    let outcome = import(&mut store, &request, &Silent, |_, _| ()).unwrap();
    let ImportOutcome::Imported { table, report, .. } = outcome else {
        unreachable!("the database was empty")
    };
    assert_eq!(report.lines_read, report.lines_accepted + report.lines_quarantined);
    assert_eq!(table.len() as u64, report.lines_accepted);
    assert_eq!(table.total_amount(), report.after.amount);
    let loaded = load(&mut store, "shop.db", &Silent).unwrap();
    assert!(
        *table == loaded.table,
        "{} lines from the file, {} from the database",
        table.len(),
        loaded.table.len()
    );
}

#[test]
fn of_a_small_export() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, small_export(0, 500)).unwrap();
    check(&path, "retail");
}

#[test]
fn of_the_real_logs() {
    for (file, profile) in [("online_retail.csv.gz", "retail"), ("cdnow_sample.csv.gz", "none")] {
        if let Some(path) = real_data(file) {
            check(&path, profile);
        }
    }
}
