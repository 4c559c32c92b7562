//! The table built from the file and the table scanned from the database are equal.

use chrono::NaiveDateTime;
use patron_columns::{RollupSource, SalesTable};
use patron_domain::{LineKind, Money};
use patron_ingest::{Profile, ReadOptions};
use patron_pipeline::{ImportOutcome, ImportRequest, Silent, import, load};
use patron_store::{CustomerRecord, DatabaseUrl, List, NewSale, Refer, SaleRecord, Store};
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
    check_days(&mut store, &table);
    sell(&mut store);
    let loaded = load(&mut store, "shop.db", &Silent).unwrap();
    check_days(&mut store, &loaded.table);
}

/// Each customer's own days are those of the rollup over the whole table.
fn check_days(store: &mut Store, table: &SalesTable) {
    let catalog = table.catalog();
    let mut with_days = 0;
    for batch in table.customer_days() {
        for expected in batch.unwrap().iter() {
            let external_id = catalog.customers.text(expected.customer);
            let found = store.read(|reading| {
                let customer = reading.get_by_key::<CustomerRecord>(external_id)?;
                reading.customer_days(customer.expect("the rollup knows nobody else").id)
            });
            let found = found.unwrap();
            assert_eq!(found.days, expected.days, "customer {external_id}");
            assert_eq!(found.country.as_deref(), catalog.countries.get(expected.country), "{external_id}");
            with_days += 1;
        }
    }
    assert!(with_days > 0);
}

/// Sells, takes back, changes and deletes a little, beside what was imported: earlier and later, in old orders and
/// new ones, to old customers and new ones.
fn sell(store: &mut Store) {
    let sales = store.reading().list(&List::<SaleRecord> { limit: 400, ..List::default() }).unwrap().items;
    let changed = store.write(|writing| {
        for (number, sale) in sales.iter().enumerate() {
            let (count, time) = (number as i64, sale.timestamp);
            let new = NewSale {
                product: (number % 5 > 0).then(|| Refer::Key(format!("live {}", number % 7))),
                customer: match number % 4 {
                    0 => None, // that of the order
                    1 => Some(Refer::Key(format!("newcomer {}", number % 3))),
                    _ => sale.customer.as_ref().map(|customer| Refer::Id(customer.id)),
                },
                timestamp: Some(time + (count % 9 - 4) * 40_000),
                kind: (number % 11 == 0).then_some(LineKind::Service),
                create_missing: true,
                ..NewSale::new(
                    match number % 4 {
                        0 => Refer::Id(sale.transaction.id),
                        _ => Refer::Key(format!("live order {} {}", number / 8, number % 4)),
                    },
                    if number % 6 == 0 { -1 } else { 3 },
                    Money::from_ten_thousandths(12_345 + count),
                )
            };
            // an order belongs to one customer
            if let Err(error) = writing.create::<SaleRecord>(&new) {
                assert!(error.to_string().contains("is not the customer of this transaction"), "{error}");
            }
            if number % 13 == 0 {
                writing.delete::<SaleRecord>(sale.id, None)?;
            }
        }
        Ok(())
    });
    changed.unwrap();
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
