//! A database in a folder of its own, and ways to look at all of it.

use patron_domain::SaleBatch;
use patron_store::{DatabaseUrl, ImportId, NewImport, Store, StoreError};
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::shop::{Line, batches, report, set_aside};

/// An empty database, and the folder it lies in while the test runs.
pub(crate) fn database() -> (TempDir, DatabaseUrl, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::from_path(folder.path().join("shop.db"));
    let store = Store::open(&url).unwrap();
    (folder, url, store)
}

/// Imports lines in batches of 100, with three quarantined lines and a final name for each product.
pub(crate) fn import(store: &mut Store, new: &NewImport, lines: &[Line]) -> Result<ImportId, StoreError> {
    let mut writer = store.begin_import(new)?;
    let batches = batches(lines, 100, 2);
    for batch in &batches {
        writer.write(batch, &[])?;
    }
    let last = 2 + lines.len() as u64;
    writer.write(&SaleBatch::default(), &[set_aside(last), set_aside(last + 1), set_aside(last + 2)])?;
    let products = batches.iter().flat_map(|batch| &batch.added.products);
    let names: Vec<String> =
        products.map(|product| format!("{} of {}", product.sku, new.file_name)).collect();
    writer.finish(&report(lines.len(), 3), &names, &[], &[])
}

/// Everything a scan yields as one batch.
pub(crate) fn scanned(store: &mut Store, batch_lines: usize) -> SaleBatch {
    let mut all = SaleBatch::default();
    let lines = store.scan(batch_lines, |batch| {
        append(&mut all, batch);
        Ok::<(), StoreError>(())
    });
    assert_eq!(lines.unwrap(), all.len() as u64);
    all
}

/// Batches of one stream as one.
pub(crate) fn merged(batches: Vec<SaleBatch>) -> SaleBatch {
    let mut all = SaleBatch::default();
    batches.into_iter().for_each(|batch| append(&mut all, batch));
    all
}

fn append(all: &mut SaleBatch, batch: SaleBatch) {
    all.customer.extend(batch.customer);
    all.product.extend(batch.product);
    all.order.extend(batch.order);
    all.country.extend(batch.country);
    all.timestamp.extend(batch.timestamp);
    all.quantity.extend(batch.quantity);
    all.unit_price.extend(batch.unit_price);
    all.discount.extend(batch.discount);
    all.amount.extend(batch.amount);
    all.kind.extend(batch.kind);
    all.line.extend(batch.line);
    all.added.customers.extend(batch.added.customers);
    all.added.products.extend(batch.added.products);
    all.added.orders.extend(batch.added.orders);
    all.added.countries.extend(batch.added.countries);
}

/// A look at the file beside the store.
pub(crate) fn raw(url: &DatabaseUrl) -> rusqlite::Connection {
    rusqlite::Connection::open(url.path()).unwrap()
}

/// Every row of every table, and proof that file and references are sound.
pub(crate) fn dump(url: &DatabaseUrl) -> Vec<(String, Vec<Vec<Value>>)> {
    let connection = raw(url);
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let broken = connection.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!broken, "a reference leads nowhere");
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut tables = connection.prepare(sql).unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names
        .into_iter()
        .map(|name| (rows(&connection, &format!("SELECT * FROM {name}")), name))
        .map(swap)
        .collect()
}

fn swap<A, B>((a, b): (A, B)) -> (B, A) {
    (b, a)
}

/// All rows of a query.
pub(crate) fn rows(connection: &rusqlite::Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}
