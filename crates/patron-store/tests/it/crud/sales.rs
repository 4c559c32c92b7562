//! Sale lines: what they name, what follows from what, what cannot be.

use patron_domain::{LineKind, Money};
use patron_store::{
    Change, CustomerFacts, CustomerRecord, NewCustomer, NewSale, NewTransaction, ProductRecord, Refer,
    SalePatch, SaleRecord, Store, TransactionRecord,
};

use super::{NOON, create, customer, key, money, order, sale, sell, transaction, wrong_fields};
use crate::support::{database, dump, rows, word};

#[test]
fn a_sale_makes_what_it_names_when_asked() {
    let (_folder, url, mut store) = database();
    let mut new = sale("536365", "85123A", "17850", 6);
    new.country = Some(key("France"));
    new.create_missing = false;
    let before = dump(&url);
    let refused = create::<SaleRecord>(&mut store, &new);
    assert_eq!(wrong_fields(refused), ["transaction", "product", "customer", "country"]);
    assert_eq!(dump(&url), before);

    new.create_missing = true;
    let sold = sell(&mut store, &new);
    assert_eq!(sold.transaction.invoice_number, "536365");
    assert_eq!(sold.product.as_ref().map(|product| product.sku.as_str()), Some("85123A"));
    assert_eq!((sold.amount, sold.kind, sold.line), (money("15"), LineKind::Sale, None));
    assert_eq!((sold.country.as_deref(), sold.timestamp), (Some("France"), NOON));
    let who: CustomerRecord = store.reading().get_by_key("17850").unwrap().unwrap();
    assert_eq!((who.first_country.as_deref(), who.imported), (Some("France"), false));
    let made: TransactionRecord = store.reading().get_by_key("536365").unwrap().unwrap();
    assert_eq!((made.timestamp, made.country.as_deref()), (NOON, Some("France")));
    assert_eq!(made.customer.map(|customer| customer.id), Some(who.id));
    // the same names are the same rows
    sell(&mut store, &sale(" 536365 ", "85123A", "17850", 1));
    let counts = store.counts().unwrap();
    assert_eq!((counts.customers, counts.products, counts.transactions), (1, 1, 1));
    assert_eq!((counts.countries, counts.dates, counts.sales), (1, 1, 2));
    dump(&url);
}

#[test]
fn what_is_left_out_comes_from_the_transaction_or_the_customer() {
    let (_folder, _url, mut store) = database();
    let eve = NewCustomer {
        facts: CustomerFacts { country: Some("Malta".to_owned()), ..CustomerFacts::default() },
        ..customer("eve")
    };
    create::<CustomerRecord>(&mut store, &eve).unwrap();
    let with_owner = NewTransaction { customer: Some(key("eve")), ..transaction("1") };
    let first: TransactionRecord = create(&mut store, &with_owner).unwrap();
    let bare = NewSale::new(Refer::Id(first.id), 2, money("0.3333"));
    let sold = sell(&mut store, &bare);
    assert_eq!(sold.customer.as_ref().map(|one| one.external_id.as_str()), Some("eve"));
    assert_eq!((sold.country.as_deref(), sold.timestamp), (Some("Malta"), NOON));
    assert_eq!((sold.product, sold.amount), (None, money("0.6666")));
    let other = NewSale { customer: Some(key("adam")), create_missing: true, ..bare.clone() };
    assert_eq!(wrong_fields(create::<SaleRecord>(&mut store, &other)), ["customer"]);
    assert_eq!(store.counts().unwrap().customers, 1);
    // the first line says whose an order is
    let open = order(&mut store, "2");
    sell(
        &mut store,
        &NewSale { transaction: Refer::Id(open.id), customer: Some(key("eve")), ..bare.clone() },
    );
    let open: TransactionRecord = store.reading().get(open.id).unwrap().unwrap();
    assert_eq!(open.customer.map(|one| one.external_id), Some("eve".to_owned()));
    let nowhere = NewSale { transaction: key("3"), create_missing: true, ..bare };
    assert_eq!(wrong_fields(create::<SaleRecord>(&mut store, &nowhere)), ["timestamp"]);
}

/// Amount and kind of a line, or the fields that are wrong.
fn check(
    store: &mut Store,
    change: impl FnOnce(&mut NewSale),
    expected: Result<(&str, LineKind), &[&'static str]>,
) {
    let mut new = sale("536365", "85123A", "17850", 6);
    change(&mut new);
    match expected {
        Ok((amount, kind)) => {
            let sold = sell(store, &new);
            assert_eq!((sold.amount, sold.kind), (money(amount), kind));
        }
        Err(fields) => assert_eq!(wrong_fields(create::<SaleRecord>(store, &new)), fields),
    }
}

#[test]
fn amount_and_kind_follow_unless_given() {
    use LineKind::{Return, Sale, Service};
    let (_folder, url, mut store) = database();
    let store = &mut store;
    let most = Money::from_ten_thousandths(i64::MAX);
    check(store, |_| {}, Ok(("15", Sale)));
    check(store, |new| new.discount = money("0.5"), Ok(("14.5", Sale)));
    check(store, |new| new.amount = Some(money("14.99")), Ok(("14.99", Sale)));
    check(store, |new| new.quantity = -2, Ok(("-5", Return)));
    check(store, |new| new.amount = Some(money("-1")), Ok(("-1", Return)));
    check(store, |new| new.kind = Some(Service), Ok(("15", Service)));
    check(store, |new| (new.kind, new.unit_price) = (Some(Service), money("-3")), Ok(("-18", Service)));
    check(store, |new| new.unit_price = Money::ZERO, Ok(("0", Sale)));
    check(store, |new| new.quantity = 0, Err(&["quantity"]));
    check(store, |new| new.unit_price = money("-1"), Err(&["unit_price"]));
    check(store, |new| new.discount = money("-1"), Err(&["discount"]));
    check(store, |new| (new.kind, new.quantity) = (Some(Sale), -1), Err(&["quantity"]));
    check(store, |new| (new.kind, new.amount) = (Some(Sale), Some(money("-1"))), Err(&["amount"]));
    check(store, |new| new.kind = Some(Return), Err(&["amount"]));
    check(store, |new| (new.quantity, new.amount) = (-1, Some(money("1"))), Err(&["amount"]));
    check(store, |new| (new.quantity, new.unit_price) = (i32::MAX, money("1000000")), Err(&["amount"]));
    check(store, |new| new.unit_price = most, Err(&["amount", "unit_price"]));
    check(store, |new| new.timestamp = Some(i64::MIN), Err(&["timestamp"]));
    dump(&url);
}

#[test]
fn a_patch_computes_anew_what_follows() {
    let (_folder, url, mut store) = database();
    let sold = sell(&mut store, &sale("536365", "85123A", "17850", 6));
    let mut patched = |patch: SalePatch| {
        let patched = store.write(|writing| writing.patch::<SaleRecord>(sold.id, &patch, None)).unwrap();
        (patched.quantity, patched.amount.to_string(), patched.kind)
    };
    let quantity = |quantity| SalePatch { quantity: Change::Set(quantity), ..SalePatch::default() };
    assert_eq!(patched(quantity(4)), (4, "10.00".to_owned(), LineKind::Sale));
    assert_eq!(patched(quantity(-4)), (-4, "-10.00".to_owned(), LineKind::Return));
    let amount = SalePatch { amount: Change::Set(money("-9")), ..SalePatch::default() };
    assert_eq!(patched(amount), (-4, "-9.00".to_owned(), LineKind::Return));
    let country =
        SalePatch { country: Change::Set(key("Malta")), create_missing: true, ..SalePatch::default() };
    assert_eq!(patched(country), (-4, "-9.00".to_owned(), LineKind::Return)); // a given amount stays
    let computed = SalePatch { amount: Change::Clear, ..SalePatch::default() };
    assert_eq!(patched(computed), (-4, "-10.00".to_owned(), LineKind::Return));
    let day = SalePatch { timestamp: Change::Set(NOON + 3 * 86_400), ..SalePatch::default() };
    patched(day);
    let days = rows(&url, "SELECT date FROM dates");
    assert_eq!(days, [[word("2011-12-12")]]); // the day before has no sales any more
    dump(&url);
}

#[test]
fn a_sale_moves_to_another_order_product_and_customer() {
    let (_folder, url, mut store) = database();
    let sold = sell(&mut store, &sale("536365", "85123A", "17850", 6));
    sell(&mut store, &sale("536365", "85123A", "17850", 1));
    let new = sale("536366", "85123B", "17851", 2);
    let replaced = store.write(|writing| writing.replace::<SaleRecord>(sold.id, &new, None)).unwrap();
    assert_eq!(replaced.transaction.invoice_number, "536366");
    assert_eq!(replaced.customer.map(|one| one.external_id), Some("17851".to_owned()));
    assert_eq!((replaced.id, replaced.quantity, replaced.amount), (sold.id, 2, money("5")));
    let old: ProductRecord = store.reading().get_by_key("85123A").unwrap().unwrap();
    assert!(store.write(|writing| writing.delete::<ProductRecord>(old.id, None)).is_err()); // the other line
    dump(&url);
}
