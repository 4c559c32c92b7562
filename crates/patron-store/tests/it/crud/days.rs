//! The days of one customer.

use patron_domain::{CustomerDay, Day, LineKind};
use patron_store::{
    Change, CustomerId, CustomerRecord, NewSale, ProductPatch, ProductRecord, SaleRecord, StoreError,
};

use super::{NOON, create, customer, key, money, sale, sell};
use crate::support::database;

#[test]
fn days_are_folded_from_the_lines() {
    let (_folder, _url, mut store) = database();
    let day = 86_400;
    let at = |time: i64, new: NewSale| NewSale { timestamp: Some(NOON + time), ..new };
    let service =
        NewSale { kind: Some(LineKind::Service), country: Some(key("Malta")), ..sale("0", "POST", "x", 1) };
    sell(&mut store, &at(-day, service)); // counts for the country, makes no day
    sell(&mut store, &at(5, sale("1", "A", "x", 2)));
    sell(&mut store, &at(0, sale("1", "A", "x", 1)));
    sell(&mut store, &at(9, sale("1", "B", "x", -1)));
    sell(&mut store, &at(9, NewSale { product: None, ..sale("2", "-", "x", 4) }));
    sell(&mut store, &at(day, sale("2", "B", "x", 1))); // the order was opened the day before
    sell(&mut store, &at(day, sale("3", "C", "y", 1)));
    sell(&mut store, &at(day + 1, NewSale { customer: Some(key("x")), ..sale("4", "C", "x", -2) }));
    let who: CustomerRecord = store.reading().get_by_key("x").unwrap().unwrap();
    let found = store.reading().customer_days(who.id).unwrap();
    let first = patron_domain::Day::of(NOON);
    let expected = [
        CustomerDay {
            day: first,
            orders: 2,
            lines: 4,
            products: 2, // A, and the one without a product
            quantity: 6,
            sales: money("17.5"),
            returns: money("-2.5"),
        },
        CustomerDay {
            day: first.plus_days(1),
            orders: 0,
            lines: 2,
            products: 1,
            quantity: -1,
            sales: money("2.5"),
            returns: money("-5"),
        },
    ];
    assert_eq!(found.days, expected);
    assert_eq!(found.country.as_deref(), Some("Malta"));
}

#[test]
fn an_order_of_two_customers_counts_for_the_one_who_opened_it() {
    let (_folder, _url, mut store) = database();
    sell(&mut store, &NewSale { customer: None, ..sale("1", "A", "-", 1) }); // a guest opens it
    sell(&mut store, &sale("1", "A", "x", 1));
    let who: CustomerRecord = store.reading().get_by_key("x").unwrap().unwrap();
    let days = store.reading().customer_days(who.id).unwrap().days;
    assert_eq!((days.len(), days[0].orders, days[0].lines), (1, 0, 1));
}

#[test]
fn days_follow_every_change() {
    let (_folder, _url, mut store) = database();
    let nobody = store.reading().customer_days(CustomerId(1));
    assert!(matches!(nobody, Err(StoreError::Missing { what: "customer", .. })));
    let who: CustomerRecord = create(&mut store, &customer("x")).unwrap();
    assert_eq!(store.reading().customer_days(who.id).unwrap(), Default::default());
    let sold = sell(&mut store, &sale("1", "A", "x", 2));
    assert_eq!(store.reading().customer_days(who.id).unwrap().days[0].sales, money("5"));
    store.write(|writing| writing.delete::<SaleRecord>(sold.id, None)).unwrap();
    assert_eq!(store.reading().customer_days(who.id).unwrap(), Default::default());
}

#[test]
fn cost_days_hold_what_has_a_known_cost() {
    let (_folder, _url, mut store) = database();
    let day = 86_400;
    let at = |time: i64, new: NewSale| NewSale { timestamp: Some(NOON + time), ..new };
    sell(&mut store, &at(0, sale("1", "A", "x", 4)));
    sell(&mut store, &at(1, sale("1", "B", "x", 9))); // its cost is not known
    sell(&mut store, &at(2, sale("4", "A", "y", 7))); // another customer
    sell(&mut store, &at(3, NewSale { kind: Some(LineKind::Service), ..sale("1", "A", "x", 1) }));
    sell(&mut store, &at(day, sale("2", "A", "x", -1)));
    sell(&mut store, &at(2 * day, sale("3", "A", "x", 2)));
    let lamp: ProductRecord = store.reading().get_by_key("A").unwrap().unwrap();
    let patch = ProductPatch { unit_cost: Change::Set(money("1.10")), ..ProductPatch::default() };
    store.write(|writing| writing.patch::<ProductRecord>(lamp.id, &patch, None)).unwrap();
    let who: CustomerRecord = store.reading().get_by_key("x").unwrap().unwrap();
    let first = Day::of(NOON);
    let found = store.reading().cost_days(who.id, first.plus_days(1)).unwrap();
    let told: Vec<_> = found.iter().map(|day| (day.day, day.revenue, day.cost())).collect();
    assert_eq!(told, [(first, money("10"), 4.4), (first.plus_days(1), money("-2.5"), -1.1)]);
    assert_eq!(store.reading().cost_days(who.id, first.plus_days(2)).unwrap().len(), 3);
    assert!(store.reading().cost_days(CustomerId(9_999), first).unwrap().is_empty());
}
