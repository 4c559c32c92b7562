//! Single sales beside imports: neither takes the other's lines.

use patron_domain::{CustomerAttributes, SaleBatch, line_key};
use patron_store::{
    Change, CustomerPatch, CustomerRecord, ImportId, LineFilter, NewImport, NewProduct, ProductPatch,
    ProductRecord, SaleId, SalePatch, SaleRecord, Store, StoreError, TransactionRecord,
};

use super::{create, customer, key, money, sale, sell};
use crate::shop::{self, Line};
use crate::support::{database, dump, import, number, pairs, rows, scanned};

/// A file of lines like live sales: order 1 of customer 17850, one line a product.
fn file(skus: &[&str], order: &str, who: &str) -> Vec<Line> {
    let line = |sku: &&str| Line {
        customer: Some(who.to_owned()),
        sku: Some((*sku).to_owned()),
        order: order.to_owned(),
        country: Some("France".to_owned()),
        timestamp: super::NOON,
        quantity: 6,
        amount: 150_000,
        kind: patron_domain::LineKind::Sale,
    };
    skus.iter().map(line).collect()
}

fn delete(store: &mut Store, id: SaleId) {
    store.write(|writing| writing.delete::<SaleRecord>(id, None)).unwrap();
}

#[test]
fn an_import_after_live_sales_and_its_undo_leave_them_alone() {
    let (_folder, url, mut store) = database();
    let live = sell(&mut store, &sale("L1", "85123A", "17850", 6));
    let before = dump(&url);
    let lines = shop::lines(600, 1);
    let id = import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    let all = scanned(&mut store, 100);
    assert_eq!((all.len(), all.line[0]), (601, live.id.0.unsigned_abs()));
    assert_eq!(all.added.orders[all.order[0] as usize].number, "L1");
    assert_eq!(all.added.customers[0], "17850");
    assert_eq!(store.undo_import(id).unwrap().sales, 600);
    assert_eq!(dump(&url), before);
}

#[test]
fn an_undo_leaves_live_sales_and_whatever_they_refer_to() {
    let (_folder, url, mut store) = database();
    let id = import(&mut store, &shop::import("a.csv"), &file(&["A", "B", "C"], "1", "17850")).unwrap();
    let live = sell(&mut store, &sale("1", "A", "17850", 2)); // order, product and customer of the import
    assert_eq!(live.id, SaleId(4));
    let summary = store.undo_import(id).unwrap();
    assert_eq!((summary.sales, summary.customers, summary.products, summary.transactions), (3, 0, 2, 0));
    assert_eq!(store.reading().get(live.id).unwrap(), Some(live));
    let left = store.counts().unwrap();
    assert_eq!((left.sales, left.customers, left.products, left.transactions, left.dates), (1, 1, 1, 1, 1));
    assert_eq!(scanned(&mut store, 10).len(), 1);
    dump(&url);
}

#[test]
fn a_live_sale_never_gets_an_id_of_an_import() {
    let (_folder, url, mut store) = database();
    let first = import(&mut store, &shop::import("a.csv"), &file(&["A", "B", "C"], "1", "17850")).unwrap();
    delete(&mut store, SaleId(3)); // the last line of the import: its id is free, and not to be given again
    let live = sell(&mut store, &sale("L1", "A", "17850", 2));
    assert_eq!(live.id, SaleId(4));
    delete(&mut store, SaleId(4));
    import(&mut store, &shop::import("b.csv"), &file(&["A"], "2", "17850")).unwrap();
    let ranges = pairs(&url, "SELECT first_sale_id, last_sale_id FROM imports ORDER BY id");
    assert_eq!(ranges, [(1, 3), (5, 5)]);
    assert_eq!(store.undo_import(first).unwrap().sales, 2);
    assert_eq!(store.counts().unwrap().sales, 1);
    dump(&url);
}

#[test]
fn a_live_sale_that_an_import_brings_again_is_recognised() {
    let (_folder, _url, mut store) = database();
    sell(&mut store, &sale("1", "85123A", "17850", 6));
    let key = line_key("1", "85123A", super::NOON, 6, money("15"));
    let mut writer = store.begin_import(&shop::import("a.csv")).unwrap();
    let known = writer.known_sales().unwrap();
    assert_eq!((known.lines.get(&key), known.lines.len()), (Some(&1), 1));
    // the same line as a file has it
    let batch = shop::batches(&file(&["85123A"], "1", "17850"), 10, 2).remove(0);
    let again = line_key("1", "85123A", batch.timestamp[0], batch.quantity[0], batch.amount[0]);
    assert_eq!(again, key);
}

#[test]
fn lines_are_explained_with_their_file_or_none() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &file(&["A"], "1", "17850")).unwrap();
    sell(&mut store, &sale("1", "B", "17850", 1));
    let mut told = Vec::new();
    let filter = LineFilter { order: Some("1".to_owned()), ..LineFilter::default() };
    let lines = store.explain_lines(&filter, |line| {
        told.push((line.file_name, line.line));
        Ok::<(), StoreError>(())
    });
    assert_eq!(lines.unwrap(), 2);
    assert_eq!(told, [(Some("a.csv".to_owned()), Some(2)), (None, None)]);
}

/// Imports one line of a customer who the file says lives in that city.
fn import_city(store: &mut Store, name: &str, order: &str, city: &str) -> ImportId {
    let new: NewImport = shop::import(name);
    let mut writer = store.begin_import(&new).unwrap();
    for batch in shop::batches(&file(&["A"], order, "17850"), 10, 2) {
        writer.write(&batch, &[]).unwrap();
    }
    writer.write(&SaleBatch::default(), &[]).unwrap();
    let said = CustomerAttributes {
        city: Some(city.to_owned()),
        phone: Some(format!("phone of {name}")),
        ..CustomerAttributes::default()
    };
    writer.finish(&shop::report(1, 0), &[format!("lamp of {name}")], &[(0, said)], &[]).unwrap()
}

#[test]
fn what_is_written_by_hand_is_nobodys_to_take_back() {
    let (_folder, url, mut store) = database();
    import_city(&mut store, "a.csv", "1", "Lyon");
    let second = import_city(&mut store, "b.csv", "2", "Paris");
    let who: CustomerRecord = store.reading().get_by_key("17850").unwrap().unwrap();
    assert!(who.imported);
    let patch = CustomerPatch { city: Change::Set("Nice".to_owned()), ..CustomerPatch::default() };
    let who = store.write(|writing| writing.patch::<CustomerRecord>(who.id, &patch, None)).unwrap();
    assert!(!who.imported);
    let lamp: ProductRecord = store.reading().get_by_key("A").unwrap().unwrap();
    let patch = ProductPatch { description: Change::Set("Lamp".to_owned()), ..ProductPatch::default() };
    store.write(|writing| writing.patch::<ProductRecord>(lamp.id, &patch, None)).unwrap();

    store.undo_import(second).unwrap();
    let who: CustomerRecord = store.reading().get(who.id).unwrap().unwrap();
    assert_eq!(who.facts.city.as_deref(), Some("Nice"));
    assert_eq!(who.personal.phone.as_deref(), Some("phone of a.csv")); // what was not written goes back
    let lamp: ProductRecord = store.reading().get(lamp.id).unwrap().unwrap();
    assert_eq!(lamp.description, "Lamp");
    dump(&url);
}

#[test]
fn who_was_written_by_hand_outlives_every_import() {
    let (_folder, url, mut store) = database();
    create::<CustomerRecord>(&mut store, &customer("by hand")).unwrap();
    let (sku, description) = ("by hand".to_owned(), "Lamp".to_owned());
    let product = NewProduct { sku, description, ..NewProduct::default() };
    create::<ProductRecord>(&mut store, &product).unwrap();
    let before = dump(&url);
    let id = import(&mut store, &shop::import("a.csv"), &file(&["by hand"], "1", "by hand")).unwrap();
    assert_ne!(store.reading().get::<ProductRecord>(1.into()).unwrap().unwrap().description, "Lamp");
    store.undo_import(id).unwrap();
    assert_eq!(dump(&url), before);
    let id = import(&mut store, &shop::import("a.csv"), &file(&["A"], "1", "17850")).unwrap();
    store
        .write(|writing| {
            let mut new = customer("17850");
            new.personal.name = Some("Anna".to_owned());
            writing.upsert::<CustomerRecord>("17850", &new, None)
        })
        .unwrap();
    store.undo_import(id).unwrap();
    let anna: CustomerRecord = store.reading().get_by_key("17850").unwrap().unwrap();
    assert_eq!(anna.personal.name.as_deref(), Some("Anna"));
}

#[test]
fn changes_to_imported_sales_are_counted_at_the_import() {
    let (_folder, url, mut store) = database();
    let id = import(&mut store, &shop::import("a.csv"), &file(&["A", "B", "C"], "1", "17850")).unwrap();
    sell(&mut store, &sale("L", "A", "17850", 2));
    let corrections = || rows(&url, "SELECT corrections FROM imports");
    assert_eq!(corrections(), [[number(0)]]);
    let patch = SalePatch { quantity: Change::Set(5), ..SalePatch::default() };
    store.write(|writing| writing.patch::<SaleRecord>(SaleId(1), &patch, None)).unwrap();
    delete(&mut store, SaleId(2));
    store.write(|writing| writing.patch::<SaleRecord>(SaleId(4), &patch, None)).unwrap(); // a live one
    assert_eq!(corrections(), [[number(2)]]);
    for sale in [1, 3] {
        delete(&mut store, SaleId(sale));
    }
    // an order that loses its last line is one made by hand that waits for lines
    let order: TransactionRecord = store.reading().get_by_key("1").unwrap().unwrap();
    assert!(!order.imported);
    assert_eq!(store.undo_import(id).unwrap().sales, 0);
    assert_eq!(store.counts().unwrap().sales, 1);
    dump(&url);
}

#[test]
fn a_changed_cancellation_is_no_longer_linked() {
    let (_folder, url, mut store) = database();
    let mut lines = file(&["A", "A", "A", "A"], "1", "17850");
    for back in [1, 3] {
        lines[back].kind = patron_domain::LineKind::Return;
        (lines[back].quantity, lines[back].amount) = (-6, -150_000);
    }
    let mut writer = store.begin_import(&shop::import("a.csv")).unwrap();
    shop::batches(&lines, 10, 2).iter().for_each(|batch| writer.write(batch, &[]).unwrap());
    writer.finish(&shop::report(4, 0), &[], &[], &[(2, 1), (4, 3)]).unwrap();
    let links = || rows(&url, "SELECT sale_id FROM cancellations").len();
    let cheaper = SalePatch { discount: Change::Set(money("1")), ..SalePatch::default() };
    store.write(|writing| writing.patch::<SaleRecord>(SaleId(1), &cheaper, None)).unwrap();
    assert_eq!(links(), 2); // still the same goods
    let other = SalePatch { product: Change::Set(key("B")), create_missing: true, ..SalePatch::default() };
    store.write(|writing| writing.patch::<SaleRecord>(SaleId(1), &other, None)).unwrap();
    assert_eq!(links(), 1);
    delete(&mut store, SaleId(4));
    assert_eq!(links(), 0);
    dump(&url);
}
