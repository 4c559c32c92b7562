//! No room, or no right to write, in the middle of an import.

use patron_domain::{
    CustomerAttributes, ImportReport, LineKind, Money, NO_CODE, OrderEntry, QuarantinedLine, SaleBatch,
};

use crate::{DatabaseUrl, ImportWriter, NewImport, Store, StoreError};

pub(super) fn begin(store: &mut Store) -> ImportWriter {
    let new = NewImport {
        file_name: "a.csv".to_owned(),
        sha256: "a".to_owned(),
        settings_sha256: String::new(),
        profile: "retail".to_owned(),
        imported_at: Default::default(),
        replace: Vec::new(),
    };
    store.begin_import(&new).unwrap()
}

fn check_failing(pragma: &str, expected: impl Fn(&StoreError) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    let mut writer = begin(&mut store);
    writer.connection().execute_batch(pragma).unwrap();
    let line = QuarantinedLine {
        line: 2,
        rule: "price".to_owned(),
        reason: "too long".to_owned(),
        raw: "x".repeat(1_000_000),
        amount: None,
    };
    let error = writer.write(&SaleBatch::default(), &[line]).unwrap_err();
    assert!(expected(&error), "{error:?}");
    drop(writer);
    assert_eq!(store.counts().unwrap(), Default::default());
    drop(begin(&mut store));
}

#[test]
fn a_full_disk_leaves_nothing() {
    // SQLite reports a database at its page limit as it reports a full disk.
    check_failing("PRAGMA max_page_count = 50", |error| matches!(error, StoreError::DiskFull { .. }));
}

#[test]
fn a_disk_that_fills_up_with_contact_data_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    let mut writer = begin(&mut store);
    let mut batch = SaleBatch {
        customer: vec![0],
        product: vec![NO_CODE],
        order: vec![0],
        country: vec![NO_CODE],
        timestamp: vec![0],
        quantity: vec![1],
        unit_price: vec![Money::ZERO],
        discount: vec![Money::ZERO],
        amount: vec![Money::ZERO],
        kind: vec![LineKind::Sale],
        line: vec![2],
        ..SaleBatch::default()
    };
    batch.added.customers.push("anna".to_owned());
    batch.added.orders.push(OrderEntry::default());
    writer.write(&batch, &[]).unwrap();
    writer.connection().execute_batch("PRAGMA max_page_count = 60").unwrap();
    let report = ImportReport { lines_read: 1, lines_accepted: 1, ..ImportReport::default() };
    let address = CustomerAttributes { address: Some("x".repeat(1_000_000)), ..Default::default() };
    let full = writer.finish(&report, &[], &[(0, address)], &[]).unwrap_err();
    assert!(matches!(full, StoreError::DiskFull { .. }), "{full:?}");
    assert_eq!(store.counts().unwrap(), Default::default());
}

#[test]
fn a_database_that_becomes_read_only_leaves_nothing() {
    check_failing("PRAGMA query_only = TRUE", |error| matches!(error, StoreError::ReadOnly { .. }));
}
