//! Lists: every row once, in order, whatever happens between two pages.

use std::collections::BTreeMap;

use patron_domain::{LineKind, ProductAttributes};
use patron_store::{
    Change, Cursor, CustomerFacts, CustomerFilter, CustomerPatch, CustomerRecord, CustomerSort, Direction,
    List, NewProduct, NewSale, NewTransaction, ProductFilter, ProductRecord, ProductSort, Refer, Resource,
    SaleFilter, SaleRecord, SaleSort, Sort, Store, StoreError, TransactionFilter, TransactionRecord,
    TransactionSort,
};
use proptest::prelude::*;

use super::{NOON, create, customer, key, money, sale, sell, transaction, wrong_fields};
use crate::support::{database, dump};

/// All rows of a list, page by page, through the cursor's text.
fn all<R: Resource>(store: &mut Store, mut list: List<R>, limit: u32) -> Vec<R> {
    list.limit = limit;
    let mut found = Vec::new();
    loop {
        let page = store.reading().list(&list).unwrap();
        assert!(page.items.len() <= limit as usize);
        found.extend(page.items);
        let Some(next) = page.next else { break found };
        let text = next.to_string();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{text}");
        list.after = Some(text.parse().unwrap());
    }
}

fn ids<R: Resource>(found: &[R]) -> Vec<i64> {
    found.iter().map(|row| row.id().into()).collect()
}

fn filtered<R: Resource>(store: &mut Store, filter: R::Filter) -> Vec<i64> {
    ids(&all(store, List::<R> { filter, ..List::default() }, 2))
}

#[test]
fn customers_are_found_by_what_groups_them() {
    let (_folder, _url, mut store) = database();
    let of = |id: &str, country: Option<&str>, city: &str, gender: &str, channel: &str| {
        let word = |text: &str| Some(text.to_owned());
        let country = country.map(str::to_owned);
        let (city, gender, acquisition_channel) = (word(city), word(gender), word(channel));
        let mut new = customer(id);
        new.facts = CustomerFacts { country, city, gender, acquisition_channel, may_contact: None };
        new
    };
    let rows = [
        of("a1", Some("France"), "Lyon", "f", "search"),
        of("a2", Some("France"), "Paris", "m", "search"),
        of("A3", Some("Malta"), "Lyon", "f", "friends"),
        of("b", None, "Lyon", "", "search"),
    ];
    store.write(|writing| writing.create_all::<CustomerRecord>(&rows)).unwrap();
    // the country of the first line counts where the list has none
    let france = NewSale { country: Some(key("France")), ..sale("1", "A", "b", 1) };
    sell(&mut store, &france);
    let store = &mut store;
    let none = CustomerFilter::default;
    let word = |text: &str| Some(text.to_owned());
    let filter = CustomerFilter { country: word("france"), ..none() };
    assert_eq!(filtered::<CustomerRecord>(store, filter), [1, 2, 4]);
    let filter = CustomerFilter { country: word("Peru"), ..none() };
    assert!(filtered::<CustomerRecord>(store, filter).is_empty());
    let filter = CustomerFilter { city: word("Lyon"), acquisition_channel: word("search"), ..none() };
    assert_eq!(filtered::<CustomerRecord>(store, filter), [1, 4]);
    let filter = CustomerFilter { gender: word("f"), ..none() };
    assert_eq!(filtered::<CustomerRecord>(store, filter), [1, 3]);
    let filter = CustomerFilter { external_id_prefix: word("a"), ..none() };
    assert_eq!(filtered::<CustomerRecord>(store, filter), [1, 2]); // A3 begins with another letter
    let filter = CustomerFilter { external_id_prefix: word("%"), ..none() };
    assert!(filtered::<CustomerRecord>(store, filter).is_empty());
}

#[test]
fn products_are_found_by_category_country_and_price() {
    let (_folder, _url, mut store) = database();
    let of = |sku: &str, category: &str, price: Option<&str>| NewProduct {
        sku: sku.to_owned(),
        facts: ProductAttributes {
            category: Some(category.to_owned()),
            producer_country: price.map(|_| "Malta".to_owned()),
            price: price.map(money),
            ..ProductAttributes::default()
        },
        ..NewProduct::default()
    };
    let rows = [of("1", "light", Some("2")), of("2", "light", None), of("3", "toy", Some("3"))];
    store.write(|writing| writing.create_all::<ProductRecord>(&rows)).unwrap();
    let store = &mut store;
    let none = ProductFilter::default;
    let filter = ProductFilter { category: Some("light".to_owned()), ..none() };
    assert_eq!(filtered::<ProductRecord>(store, filter), [1, 2]);
    let filter = ProductFilter { price_from: Some(money("2.5")), ..none() };
    assert_eq!(filtered::<ProductRecord>(store, filter), [3]);
    let filter = ProductFilter { price_to: Some(money("2")), ..none() };
    assert_eq!(filtered::<ProductRecord>(store, filter), [1]);
    let filter = ProductFilter { producer_country: Some("Malta".to_owned()), ..none() };
    assert_eq!(filtered::<ProductRecord>(store, filter), [1, 3]);
    let dearest = List::<ProductRecord> {
        sort: ProductSort::Price,
        direction: Direction::Descending,
        ..List::default()
    };
    assert_eq!(ids(&all(store, dearest, 1)), [3, 1, 2]);
}

#[test]
fn transactions_and_sales_are_found_by_whom_what_and_when() {
    let (_folder, _url, mut store) = database();
    sell(&mut store, &sale("1", "A", "x", 1));
    sell(&mut store, &sale("1", "B", "x", -1));
    let later = NewSale { timestamp: Some(NOON + 40 * 86_400), ..sale("2", "A", "y", 1) };
    sell(&mut store, &later);
    let paid = NewTransaction { payment_method: Some("card".to_owned()), ..transaction("3") };
    create::<TransactionRecord>(&mut store, &paid).unwrap();
    let store = &mut store;
    let day = patron_domain::Day::of(NOON);

    let none = TransactionFilter::default;
    let filter = TransactionFilter { customer: Some(key("x")), ..none() };
    assert_eq!(filtered::<TransactionRecord>(store, filter), [1]);
    let filter = TransactionFilter { month: Some(day.month()), ..none() };
    assert_eq!(filtered::<TransactionRecord>(store, filter), [1, 3]);
    let filter = TransactionFilter { payment_method: Some("card".to_owned()), ..none() };
    assert_eq!(filtered::<TransactionRecord>(store, filter), [3]);
    let filter = TransactionFilter { invoice_prefix: Some("2".to_owned()), ..none() };
    assert_eq!(filtered::<TransactionRecord>(store, filter), [2]);

    let none = SaleFilter::default;
    let filter = SaleFilter { customer: Some(key("x")), ..none() };
    assert_eq!(filtered::<SaleRecord>(store, filter), [1, 2]);
    let filter = SaleFilter { customer: Some(key("z")), ..none() };
    assert!(filtered::<SaleRecord>(store, filter).is_empty());
    let filter = SaleFilter { transaction: Some(Refer::Id(2.into())), ..none() };
    assert_eq!(filtered::<SaleRecord>(store, filter), [3]);
    let filter = SaleFilter { product: Some(key("A")), to: Some(day), ..none() };
    assert_eq!(filtered::<SaleRecord>(store, filter), [1]);
    let filter = SaleFilter { from: Some(day.plus_days(1)), ..none() };
    assert_eq!(filtered::<SaleRecord>(store, filter), [3]);
    let filter = SaleFilter { kind: Some(LineKind::Return), ..none() };
    assert_eq!(filtered::<SaleRecord>(store, filter), [2]);
}

#[test]
fn a_cursor_belongs_to_its_order() {
    let (_folder, _url, mut store) = database();
    let rows = ["1", "2", "3"].map(customer);
    store.write(|writing| writing.create_all::<CustomerRecord>(&rows)).unwrap();
    let first = store.reading().list(&List::<CustomerRecord> { limit: 1, ..List::default() }).unwrap();
    assert_eq!(first.next.as_ref().map(ToString::to_string).as_deref(), Some("id.up.1.n1"));
    let other =
        List::<CustomerRecord> { sort: CustomerSort::ExternalId, after: first.next, ..List::default() };
    assert_eq!(wrong_fields(store.reading().list(&other)), ["after"]);
    let number = "external_id.up.1.n7".parse().unwrap();
    let other =
        List::<CustomerRecord> { sort: CustomerSort::ExternalId, after: Some(number), ..List::default() };
    assert_eq!(wrong_fields(store.reading().list(&other)), ["after"]);
    for text in [
        "",
        "id.up.1",
        "id.up.1.n",
        "id.up.x.n1",
        "id.side.1.n1",
        "id.up.1.t1",
        "id.up.1.tzz",
        "id.up.1.n1.n",
    ] {
        assert!(text.parse::<Cursor>().is_err(), "{text}");
    }
    // no rows at all, and the exact last page
    let empty = store.reading().list(&List::<ProductRecord>::default()).unwrap();
    assert_eq!((empty.items, empty.next), (vec![], None));
    let whole = store.reading().list(&List::<CustomerRecord> { limit: 3, ..List::default() }).unwrap();
    assert_eq!((whole.items.len(), whole.next), (3, None));
    let none = store.reading().list(&List::<CustomerRecord> { limit: 0, ..List::default() }).unwrap();
    assert_eq!(none.items.len(), 1);
}

#[test]
fn rows_that_come_and_go_between_pages_move_no_other() {
    let (_folder, _url, mut store) = database();
    let rows = ["b", "d", "f", "h"].map(customer);
    let made = store.write(|writing| writing.create_all::<CustomerRecord>(&rows)).unwrap();
    let mut list = List::<CustomerRecord> { sort: CustomerSort::ExternalId, limit: 2, ..List::default() };
    let first = store.reading().list(&list).unwrap();
    store.write(|writing| writing.delete::<CustomerRecord>(made[1].id, None)).unwrap(); // the cursor's own row
    create::<CustomerRecord>(&mut store, &customer("a")).unwrap();
    create::<CustomerRecord>(&mut store, &customer("e")).unwrap();
    list.after = first.next;
    let second = store.reading().list(&list).unwrap();
    let names = |page: &[CustomerRecord]| page.iter().map(|one| one.external_id.clone()).collect::<Vec<_>>();
    assert_eq!(names(&second.items), ["e", "f"]);
    list.after = second.next;
    assert_eq!(names(&store.reading().list(&list).unwrap().items), ["h"]);
}

/// A step of a shop's life, by numbers that are folded onto what is there.
#[derive(Clone, Debug)]
enum Act {
    Sell(u8, u8, u8, i8),
    Customer(u8),
    City(u8, Option<u8>),
    DropCustomer(u8),
    DropProduct(u8),
    DropOrder(u8),
    DropSale(u8),
    Requantify(u8, i8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let small = 0..6_u8;
    let one = prop_oneof![
        4 => (small.clone(), small.clone(), small.clone(), -3..9_i8).prop_map(|(o, p, c, q)| Act::Sell(o, p, c, q)),
        1 => small.clone().prop_map(Act::Customer),
        2 => (small.clone(), prop::option::of(0..3_u8)).prop_map(|(c, city)| Act::City(c, city)),
        1 => small.clone().prop_map(Act::DropCustomer),
        1 => small.clone().prop_map(Act::DropProduct),
        1 => small.clone().prop_map(Act::DropOrder),
        2 => (0..40_u8).prop_map(Act::DropSale),
        2 => (0..40_u8, -3..9_i8).prop_map(|(s, q)| Act::Requantify(s, q)),
    ];
    prop::collection::vec(one, 1..40)
}

fn act(store: &mut Store, act: &Act) -> Result<(), StoreError> {
    let named = |prefix: &str, number: u8| format!("{prefix}{number}");
    store.write(|writing| {
        let mut customer_id = |number: u8| {
            let found = writing.get_by_key::<CustomerRecord>(&format!("c{number}"))?;
            found.map(|one| one.id).ok_or(StoreError::Busy)
        };
        match *act {
            Act::Sell(order, product, who, quantity) => {
                let time = NOON + i64::from(order) * 50_000 + i64::from(product);
                let new = NewSale {
                    timestamp: Some(time),
                    ..sale(&named("o", order), &named("p", product), &named("c", who), quantity.into())
                };
                writing.create::<SaleRecord>(&new).map(drop)
            }
            Act::Customer(number) => {
                writing.create::<CustomerRecord>(&customer(&named("c", number))).map(drop)
            }
            Act::City(number, city) => {
                let id = customer_id(number)?;
                let city = city.map_or(Change::Clear, |city| Change::Set(named("city", city)));
                let patch = CustomerPatch { city, ..CustomerPatch::default() };
                writing.patch::<CustomerRecord>(id, &patch, None).map(drop)
            }
            Act::DropCustomer(number) => {
                let id = customer_id(number)?;
                writing.delete::<CustomerRecord>(id, None).map(drop)
            }
            Act::DropProduct(number) => {
                writing.delete::<ProductRecord>(i64::from(number).into(), None).map(drop)
            }
            Act::DropOrder(number) => {
                writing.delete::<TransactionRecord>(i64::from(number).into(), None).map(drop)
            }
            Act::DropSale(number) => writing.delete::<SaleRecord>(i64::from(number).into(), None).map(drop),
            Act::Requantify(number, quantity) => {
                let quantity = Change::Set(quantity.into());
                let patch = patron_store::SalePatch { quantity, ..patron_store::SalePatch::default() };
                writing.patch::<SaleRecord>(i64::from(number).into(), &patch, None).map(drop)
            }
        }
    })
}

/// Every order of a list, both ways, in pages of every small size, holds each row once and is sorted.
fn check_lists<R: Resource + PartialEq>(store: &mut Store, key: impl Fn(&R, R::Sort) -> (Vec<u8>, i64)) {
    let mut whole: BTreeMap<i64, R> = BTreeMap::new();
    for row in all(store, List::<R>::default(), 1_000) {
        whole.insert(row.id().into(), row);
    }
    for sort in R::Sort::ALL.iter().copied() {
        let mut expected: Vec<&R> = whole.values().collect();
        expected.sort_by_key(|row| (key(row, sort), row.id().into()));
        for direction in [Direction::Ascending, Direction::Descending] {
            for limit in [1, 2, 3, 7] {
                let list = List::<R> { sort, direction, ..List::default() };
                let found = all(store, list, limit);
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{sort:?} {direction:?} {limit}");
            }
            expected.reverse();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_references_hold_and_lists_are_whole(acts in acts()) {
        let (_folder, url, mut store) = database();
        for one in &acts {
            let before = dump(&url);
            if act(&mut store, one).is_err() {
                prop_assert_eq!(dump(&url), before, "a refused change leaves nothing");
            }
        }
        let text = |text: &str| (text.as_bytes().to_vec(), 0);
        check_lists::<CustomerRecord>(&mut store, |row, sort| match sort {
            CustomerSort::Id => (vec![], row.id.0),
            CustomerSort::ExternalId => text(&row.external_id),
            CustomerSort::City => text(row.facts.city.as_deref().unwrap_or_default()),
        });
        check_lists::<SaleRecord>(&mut store, |row, sort| match sort {
            SaleSort::Id => (vec![], row.id.0),
            SaleSort::Timestamp => (vec![], row.timestamp),
            SaleSort::Amount => (vec![], row.amount.ten_thousandths()),
        });
        check_lists::<TransactionRecord>(&mut store, |row, sort| match sort {
            TransactionSort::Id => (vec![], row.id.0),
            TransactionSort::InvoiceNumber => text(&row.invoice_number),
            TransactionSort::Timestamp => (vec![], row.timestamp),
        });
        check_lists::<patron_store::DateRecord>(&mut store, |row, _| (vec![], row.id));
        // the calendar holds exactly the days of the sales
        let sales = all(&mut store, List::<SaleRecord>::default(), 1_000);
        let mut days: Vec<i64> = sales.iter().map(|sale| sale.day().number().into()).collect();
        days.sort_unstable();
        days.dedup();
        let calendar = all(&mut store, List::<patron_store::DateRecord>::default(), 1_000);
        prop_assert_eq!(ids(&calendar), days);
    }
}
