//! Sales written live, beside imports and without any.

use std::fs;
use std::path::Path;

use chrono::DateTime;
use patron_columns::{RollupSource, SalesTable};
use patron_domain::{Day, Money};
use patron_ingest::ReadOptions;
use patron_store::{DatabaseUrl, NewCustomer, NewSale, Refer, SaleRecord, Shop, Store};

use crate::*;

const HEAD: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

fn store(folder: &Path) -> Store {
    Store::open(&DatabaseUrl::from_path(folder.join("shop.db"))).unwrap()
}

fn sale(invoice: &str, customer: &str, day: &str, price: &str) -> NewSale {
    NewSale {
        transaction: Refer::Key(invoice.into()),
        product: Some(Refer::Key("84029".into())),
        customer: Some(Refer::Key(customer.into())),
        country: None,
        timestamp: Some(day.parse::<Day>().unwrap().start() + 36_000),
        quantity: 2,
        unit_price: price.parse().unwrap(),
        discount: Money::ZERO,
        amount: None,
        kind: None,
        create_missing: true,
    }
}

fn line(invoice: &str, customer: &str, day: &str, price: &str) -> String {
    format!("{invoice},84029,THING,2,{day} 10:00:00,{price},{customer},France\n")
}

fn add(store: &mut Store, sales: &[NewSale]) {
    store.write(|writing| writing.create_all::<SaleRecord>(sales)).unwrap();
}

fn import_text(store: &mut Store, folder: &Path, text: &str) -> Result<SalesTable, PipelineError> {
    let file = folder.join("sales.csv");
    fs::write(&file, format!("{HEAD}{text}")).unwrap();
    let now = DateTime::UNIX_EPOCH.naive_utc();
    let request = ImportRequest::inspect(file, Default::default(), now, &Silent).unwrap();
    match import(store, &request, &Silent, |_, _| ())? {
        ImportOutcome::Imported { table, .. } => Ok(*table),
        ImportOutcome::AlreadyThere(_) => unreachable!("a new file"),
    }
}

fn loaded(store: &mut Store) -> SalesTable {
    load(store, "shop.db", &Silent).unwrap().table
}

#[test]
fn a_shop_of_live_sales_alone_can_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    assert!(matches!(load(&mut store, "shop.db", &Silent), Err(PipelineError::NoSales { .. })));
    add(&mut store, &[sale("1", "ann", "2024-02-29", "2.50"), sale("2", "ann", "2024-03-01", "1")]);
    let LoadedShop { table, reports, .. } = load(&mut store, "shop.db", &Silent).unwrap();
    assert_eq!((table.len(), table.total_amount().to_string().as_str(), reports.len()), (2, "7.00", 0));
    let results = compute(&table, &ComputeRequest::default(), &Silent).unwrap();
    assert_eq!(results.answers.totals.orders, 2);
}

#[test]
fn an_import_beside_live_sales_leaves_out_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    add(&mut store, &[sale("1", "ann", "2024-02-29", "2.50"), sale("9", "zoe", "2024-03-02", "1")]);
    let text = [
        line("1", "ann", "2024-02-29", "2.5"),
        line("2", "ann", "2024-03-01", "1"),
        line("3", "bob", "2024-03-01", "4"),
    ];
    let table = import_text(&mut store, folder.path(), &text.concat()).unwrap();
    assert_eq!((table.len(), table.total_amount().to_string().as_str()), (4, "17.00"));
    assert_eq!(table.customers(), 3, "the answers are about the whole shop");
    let report = &load(&mut store, "shop.db", &Silent).unwrap().reports[0];
    assert_eq!((report.lines_accepted, report.lines_quarantined), (2, 1));

    let id = store.imports().unwrap()[0].id;
    undo(&mut store, id).unwrap();
    assert_eq!(loaded(&mut store).total_amount().to_string(), "7.00", "live sales stay");
}

#[test]
fn an_import_beside_live_sales_is_on_their_clock() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let shop = store.shop().unwrap();
    store.set_shop(&Shop { time_zone: Some("Europe/Berlin".into()), ..shop }).unwrap();
    add(&mut store, &[sale("1", "ann", "2024-02-29", "2.50")]);
    let file = folder.path().join("sales.csv");
    fs::write(&file, format!("{HEAD}{}", line("2", "ann", "2024-03-01", "1"))).unwrap();
    let now = DateTime::UNIX_EPOCH.naive_utc();
    let london = ReadOptions { time_zone: Some("Europe/London".parse().unwrap()), ..Default::default() };
    let request = ImportRequest::inspect(file, london, now, &Silent).unwrap();
    let refused = import(&mut store, &request, &Silent, |_, _| ());
    assert!(matches!(refused, Err(PipelineError::OtherTimeZone { .. })), "{refused:?}");
    assert_eq!(loaded(&mut store).len(), 1);
}

#[test]
fn codes_are_those_of_the_database_also_where_only_customers_were_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let zoe = NewCustomer { external_id: "zoe".into(), ..Default::default() };
    store.write(|writing| writing.create::<patron_store::CustomerRecord>(&zoe)).unwrap();
    let table = import_text(&mut store, folder.path(), &line("2", "ann", "2024-03-01", "1")).unwrap();
    assert_eq!(RollupSource::catalog(&table).customers.iter().collect::<Vec<_>>(), ["zoe", "ann"]);
    assert_eq!(loaded(&mut store).customers(), 2);
}
