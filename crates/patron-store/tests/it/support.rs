//! A database of its own for each test, and ways to look at all of it.

use patron_domain::SaleBatch;
use patron_store::{DatabaseUrl, ImportId, NewImport, SqlCell, Store, StoreError};

use crate::backend;
pub(crate) use crate::backend::{Place, damage, dump, execute, rows};
use crate::shop::{Line, batches, report, set_aside};

/// An empty database, and the place it lies in while the test runs.
pub(crate) fn database() -> (Place, DatabaseUrl, Store) {
    let (place, url) = backend::place();
    let store = Store::open(&url).unwrap();
    (place, url, store)
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

/// The only cell of a query, as text.
pub(crate) fn text_of(url: &DatabaseUrl, sql: &str) -> String {
    match rows(url, sql).remove(0).remove(0) {
        SqlCell::Text(text) => text,
        other => unreachable!("{sql}: {other:?}"),
    }
}

/// Both cells of each row, as numbers.
pub(crate) fn pairs(url: &DatabaseUrl, sql: &str) -> Vec<(i64, i64)> {
    let pair = |row: Vec<SqlCell>| match row[..] {
        [SqlCell::Integer(one), SqlCell::Integer(other)] => (one, other),
        _ => unreachable!("{sql}: {row:?}"),
    };
    rows(url, sql).into_iter().map(pair).collect()
}

/// A cell with words.
pub(crate) fn word(text: &str) -> SqlCell {
    SqlCell::Text(text.to_owned())
}

/// A cell with a whole number.
pub(crate) fn number(number: i64) -> SqlCell {
    SqlCell::Integer(number)
}

/// The name under which the harness knows a test of this module.
pub(crate) fn this_test(module: &str, name: &str) -> String {
    let (_crate, module) = module.split_once("::").unwrap();
    format!("{module}::{name}")
}
