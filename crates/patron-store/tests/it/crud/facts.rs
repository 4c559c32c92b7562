//! Customers, products, transactions and dates.

use patron_domain::ProductAttributes;
use patron_store::{
    Change, CustomerFacts, CustomerId, CustomerPatch, CustomerPersonal, CustomerRecord, DateFilter,
    DatePatch, DateRecord, List, NewCustomer, NewDate, NewProduct, NewTransaction, ProductPatch,
    ProductRecord, Refer, Resource, StoreError, TransactionPatch, TransactionRecord, Upserted,
};

use super::{NOON, create, customer, key, money, order, sale, sell, transaction, wrong_fields};
use crate::support::{database, dump};

fn anna() -> NewCustomer {
    NewCustomer {
        external_id: " 17850 ".to_owned(),
        facts: CustomerFacts {
            country: Some("France".to_owned()),
            city: Some("Lyon".to_owned()),
            gender: Some("f".to_owned()),
            acquisition_channel: Some("search".to_owned()),
            may_contact: Some(true),
        },
        personal: CustomerPersonal {
            name: Some("Anna".to_owned()),
            surname: Some("Blanc".to_owned()),
            email: Some("Anna@Shop.example".to_owned()),
            phone: Some("+33 1".to_owned()),
            address: Some("Rue 1".to_owned()),
            zip_code: Some("69001".to_owned()),
            birthday: Some("1980-02-29".parse().unwrap()),
        },
    }
}

#[test]
fn a_customer_is_kept_as_given_and_changes_field_by_field() {
    let (_folder, url, mut store) = database();
    let made: CustomerRecord = create(&mut store, &anna()).unwrap();
    assert_eq!(made.external_id, "17850");
    assert_eq!(made.personal.email.as_deref(), Some("anna@shop.example"));
    assert_eq!((made.facts.clone(), made.imported, made.first_country.clone()), (anna().facts, false, None));
    assert_eq!(made.personal.birthday, anna().personal.birthday);
    assert_eq!(store.reading().get(made.id).unwrap(), Some(made.clone()));
    assert_eq!(store.reading().get_by_key("17850").unwrap(), Some(made.clone()));
    assert_eq!(store.reading().get::<CustomerRecord>(CustomerId(99)).unwrap(), None);
    assert_eq!(store.reading().get_by_key::<CustomerRecord>("17851").unwrap(), None);

    let patch = CustomerPatch {
        city: Change::Set("Paris".to_owned()),
        phone: Change::Clear,
        country: Change::Set("FRANCE".to_owned()),
        ..CustomerPatch::default()
    };
    let patched = store.write(|writing| writing.patch::<CustomerRecord>(made.id, &patch, None)).unwrap();
    let mut expected = made.clone();
    expected.facts.city = Some("Paris".to_owned());
    expected.personal.phone = None;
    assert_eq!(patched, expected); // FRANCE is France
    assert_ne!(patched.etag(), made.etag());
    assert_eq!(store.counts().unwrap().countries, 1);

    let replaced = store.write(|writing| {
        writing.replace::<CustomerRecord>(made.id, &customer("17851"), Some(&patched.etag()))
    });
    let replaced = replaced.unwrap();
    assert_eq!((replaced.id, replaced.external_id.as_str()), (made.id, "17851"));
    assert_eq!((replaced.facts, replaced.personal), Default::default());
    dump(&url);
}

#[test]
fn everything_wrong_with_a_customer_is_told_at_once() {
    let (_folder, url, mut store) = database();
    let before = dump(&url);
    let mut bad = anna();
    bad.external_id = " ".to_owned();
    bad.facts.city = Some("x".repeat(2_001));
    bad.personal.email = Some("anna at home".to_owned());
    bad.personal.birthday = Some("0080-02-28".parse().unwrap());
    let refused = create::<CustomerRecord>(&mut store, &bad);
    assert_eq!(wrong_fields(refused), ["external_id", "city", "email", "birthday"]);
    for email in ["@b", "a@", "a@b@c", "a b@c"] {
        let mut bad = anna();
        bad.personal.email = Some(email.to_owned());
        assert_eq!(wrong_fields(create::<CustomerRecord>(&mut store, &bad)), ["email"]);
    }
    let no_id = CustomerPatch { external_id: Change::Clear, ..CustomerPatch::default() };
    assert_eq!(dump(&url), before);
    let made: CustomerRecord = create(&mut store, &anna()).unwrap();
    let cleared = store.write(|writing| writing.patch::<CustomerRecord>(made.id, &no_id, None));
    assert_eq!(wrong_fields(cleared), ["external_id"]);
}

#[test]
fn an_id_belongs_to_one_customer_product_and_transaction() {
    let (_folder, _url, mut store) = database();
    create::<CustomerRecord>(&mut store, &customer("1")).unwrap();
    let two: CustomerRecord = create(&mut store, &customer("2")).unwrap();
    let again = create::<CustomerRecord>(&mut store, &customer("1")).unwrap_err();
    assert_eq!(again.to_string(), "there is a customer '1' already; change that one, or choose another");
    let patch = CustomerPatch { external_id: Change::Set("1".to_owned()), ..CustomerPatch::default() };
    let patched = store.write(|writing| writing.patch::<CustomerRecord>(two.id, &patch, None));
    assert!(matches!(patched, Err(StoreError::Taken { what: "customer", .. })));
    let product = NewProduct { sku: "A".to_owned(), ..NewProduct::default() };
    create::<ProductRecord>(&mut store, &product).unwrap();
    let again = create::<ProductRecord>(&mut store, &product);
    assert!(matches!(again, Err(StoreError::Taken { what: "product", .. })));
    order(&mut store, "536365");
    let again = create::<TransactionRecord>(&mut store, &transaction("536365"));
    assert!(matches!(again, Err(StoreError::Taken { what: "transaction", .. })));
}

#[test]
fn nobody_writes_over_what_he_has_not_seen() {
    let (_folder, url, mut store) = database();
    let made: CustomerRecord = create(&mut store, &anna()).unwrap();
    let seen = made.etag();
    let patch = CustomerPatch { city: Change::Set("Nice".to_owned()), ..CustomerPatch::default() };
    let first = store.write(|writing| writing.patch::<CustomerRecord>(made.id, &patch, Some(&seen)));
    let now = first.unwrap().etag();
    let before = dump(&url);
    let late = [
        store.write(|writing| writing.patch::<CustomerRecord>(made.id, &patch, Some(&seen))),
        store.write(|writing| writing.replace::<CustomerRecord>(made.id, &anna(), Some(&seen))),
        store.write(|writing| writing.delete::<CustomerRecord>(made.id, Some(&seen))),
        store
            .write(|writing| writing.upsert::<CustomerRecord>("17850", &anna(), Some(&seen)))
            .map(Upserted::into_record),
        store
            .write(|writing| writing.upsert::<CustomerRecord>("nobody", &anna(), Some(&seen)))
            .map(Upserted::into_record),
    ];
    for late in late {
        assert!(matches!(late, Err(StoreError::Changed { what: "customer", .. })), "{late:?}");
    }
    assert_eq!(dump(&url), before);
    store.write(|writing| writing.delete::<CustomerRecord>(made.id, Some(&now))).unwrap();
    let gone = store.write(|writing| writing.delete::<CustomerRecord>(made.id, None));
    assert_eq!(gone.unwrap_err().to_string(), "there is no customer 1");
}

#[test]
fn an_upsert_creates_once_and_replaces_then() {
    let (_folder, _url, mut store) = database();
    let named = |name: &str| {
        let mut new = customer("left alone");
        new.personal.name = Some(name.to_owned());
        new
    };
    let first = store.write(|writing| writing.upsert::<CustomerRecord>("17850", &named("Anna"), None));
    let Upserted::Created(first) = first.unwrap() else { panic!("it was not there") };
    let second = store.write(|writing| writing.upsert::<CustomerRecord>("17850", &named("Berta"), None));
    let Upserted::Replaced(second) = second.unwrap() else { panic!("it was there") };
    assert_eq!((first.id, "17850"), (second.id, second.external_id.as_str()));
    assert_eq!(second.personal.name.as_deref(), Some("Berta"));
    assert_eq!(store.counts().unwrap().customers, 1);
}

#[test]
fn a_number_is_never_given_twice() {
    let (_folder, _url, mut store) = database();
    let one: CustomerRecord = create(&mut store, &customer("1")).unwrap();
    store.write(|writing| writing.delete::<CustomerRecord>(one.id, None)).unwrap();
    let two: CustomerRecord = create(&mut store, &customer("2")).unwrap();
    assert_eq!((one.id, two.id), (CustomerId(1), CustomerId(2)));
}

#[test]
fn a_product_has_prices_and_days_that_can_be() {
    let (_folder, url, mut store) = database();
    let lamp = NewProduct {
        sku: "85123A".to_owned(),
        description: "Lamp".to_owned(),
        facts: ProductAttributes {
            category: Some("light".to_owned()),
            producer_country: Some("Malta".to_owned()),
            price: Some(money("2.55")),
            unit_cost: Some(money("1.10")),
            launched: Some("2010-12-01".parse().unwrap()),
            retired: None,
        },
    };
    let made: ProductRecord = create(&mut store, &lamp).unwrap();
    assert_eq!((made.description.as_str(), &made.facts), ("Lamp", &lamp.facts));
    assert_eq!(store.reading().get_by_key("85123A").unwrap(), Some(made.clone()));
    let patch = ProductPatch {
        description: Change::Clear,
        price: Change::Set(money("2.95")),
        ..ProductPatch::default()
    };
    let patched = store.write(|writing| writing.patch::<ProductRecord>(made.id, &patch, None)).unwrap();
    assert_eq!((patched.description.as_str(), patched.facts.price), ("", Some(money("2.95"))));
    assert_eq!(patched.facts.unit_cost, Some(money("1.10")));
    let bad = ProductPatch {
        sku: Change::Set("a\nb".to_owned()),
        price: Change::Set(money("-1")),
        unit_cost: Change::Set(money("100000000000.0001")),
        retired: Change::Set("2010-11-30".parse().unwrap()),
        ..ProductPatch::default()
    };
    let refused = store.write(|writing| writing.patch::<ProductRecord>(made.id, &bad, None));
    assert_eq!(wrong_fields(refused), ["sku", "price", "unit_cost", "retired"]);
    dump(&url);
}

#[test]
fn a_transaction_names_a_customer_who_is_there() {
    let (_folder, _url, mut store) = database();
    let stranger = NewTransaction { customer: Some(key("17850")), ..transaction("536365") };
    assert_eq!(wrong_fields(create::<TransactionRecord>(&mut store, &stranger)), ["customer"]);
    let who: CustomerRecord = create(&mut store, &customer("17850")).unwrap();
    let mut new = stranger;
    new.country = Some(key("EIRE"));
    new.payment_method = Some(" card ".to_owned());
    let made: TransactionRecord = create(&mut store, &new).unwrap();
    assert_eq!(made.customer.as_ref().map(|one| (one.id, one.external_id.as_str())), Some((who.id, "17850")));
    assert_eq!((made.country.as_deref(), made.payment_method.as_deref()), (Some("EIRE"), Some("card")));
    assert_eq!((made.timestamp, made.derived), (NOON, false));
    let patch = TransactionPatch { customer: Change::Clear, ..TransactionPatch::default() };
    let patched = store.write(|writing| writing.patch::<TransactionRecord>(made.id, &patch, None)).unwrap();
    assert_eq!((patched.customer, patched.country), (None, made.country));
    let by_number = TransactionPatch {
        customer: Change::Set(Refer::Id(CustomerId(99))),
        country: Change::Set(Refer::Id(99.into())),
        ..TransactionPatch::default()
    };
    let refused = store.write(|writing| writing.patch::<TransactionRecord>(made.id, &by_number, None));
    assert_eq!(wrong_fields(refused), ["customer", "country"]);
}

#[test]
fn what_others_refer_to_stays() {
    let (_folder, url, mut store) = database();
    let sold = sell(&mut store, &sale("536365", "85123A", "17850", 6));
    let before = dump(&url);
    let refused = store.write(|writing| writing.delete::<ProductRecord>(sold.product.unwrap().id, None));
    let told = "1 sales refer to the product 1, so it cannot be deleted; delete or change them first";
    assert_eq!(refused.unwrap_err().to_string(), told);
    let buyer = sold.customer.unwrap().id;
    let refused = store.write(|writing| writing.delete::<CustomerRecord>(buyer, None));
    assert!(matches!(refused, Err(StoreError::Referenced { by: "sales", count: 1, .. })));
    let number = sold.transaction.id;
    let refused = store.write(|writing| writing.delete::<TransactionRecord>(number, None));
    assert!(matches!(refused, Err(StoreError::Referenced { by: "sales", count: 1, .. })));
    assert_eq!(dump(&url), before);
    store.write(|writing| writing.delete::<patron_store::SaleRecord>(sold.id, None)).unwrap();
    let refused = store.write(|writing| writing.delete::<CustomerRecord>(buyer, None));
    assert!(matches!(refused, Err(StoreError::Referenced { by: "transactions", count: 1, .. })));
    store.write(|writing| writing.delete::<TransactionRecord>(number, None)).unwrap();
    store.write(|writing| writing.delete::<CustomerRecord>(buyer, None)).unwrap();
    dump(&url);
}

#[test]
fn a_bulk_creation_is_all_or_nothing_and_tells_of_every_row() {
    let (_folder, url, mut store) = database();
    let before = dump(&url);
    let rows = [customer("1"), customer(""), customer("2"), customer("1")];
    let refused = store.write(|writing| writing.create_all::<CustomerRecord>(&rows));
    let Err(StoreError::Rejected { rows: rejected }) = refused else { panic!("{refused:?}") };
    assert_eq!(rejected.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 3]);
    assert!(matches!(rejected[0].error, StoreError::Invalid { .. }));
    assert!(matches!(rejected[1].error, StoreError::Taken { .. }));
    assert_eq!(dump(&url), before);
    let created =
        store.write(|writing| writing.create_all::<CustomerRecord>(&[customer("1"), customer("2")]));
    assert_eq!(created.unwrap().iter().map(|one| one.external_id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let many: Vec<_> = (0..500).map(|_| customer("")).collect();
    let refused = store.write(|writing| writing.create_all::<CustomerRecord>(&many));
    assert!(matches!(refused, Err(StoreError::Rejected { rows }) if rows.len() == 100));
}

#[test]
fn a_day_written_by_hand_stays_when_its_sales_go() {
    let (_folder, url, mut store) = database();
    let eve = NewDate { day: "2011-12-24".parse().unwrap(), event: Some(" Christmas Eve ".to_owned()) };
    let made: DateRecord = create(&mut store, &eve).unwrap();
    assert_eq!((made.id, made.event.as_deref(), made.kept), (15_332, Some("Christmas Eve"), true));
    assert_eq!((made.day_name.as_str(), made.week_of_month), ("Saturday", 4));
    let again = create::<DateRecord>(&mut store, &eve);
    assert!(matches!(again, Err(StoreError::Taken { what: "date", key }) if key == "2011-12-24"));

    let sold = sell(&mut store, &sale("536365", "85123A", "17850", 6));
    let day: DateRecord = store.reading().get(15_317).unwrap().unwrap();
    assert_eq!((day.event.as_deref(), day.kept), (None, false));
    let refused = store.write(|writing| writing.delete::<DateRecord>(15_317, None));
    assert!(matches!(refused, Err(StoreError::Referenced { by: "sales", count: 1, .. })));
    let other = NewDate { day: day.day.plus_days(1), event: None };
    let moved = store.write(|writing| writing.replace::<DateRecord>(15_317, &other, Some(&day.etag())));
    assert_eq!(wrong_fields(moved), ["date"]);
    let event = DatePatch { event: Change::Set("Sale".to_owned()), ..DatePatch::default() };
    let kept = store.write(|writing| writing.patch::<DateRecord>(15_317, &event, Some(&day.etag()))).unwrap();
    assert_eq!((kept.event.as_deref(), kept.kept), (Some("Sale"), true));
    assert_ne!(kept.etag(), day.etag());

    store.write(|writing| writing.delete::<patron_store::SaleRecord>(sold.id, None)).unwrap();
    assert_eq!(store.reading().get::<DateRecord>(15_317).unwrap(), Some(kept));
    let wrong: Vec<_> = store.check().unwrap().into_iter().filter(|result| !result.is_ok()).collect();
    assert_eq!(wrong, []);
    store.write(|writing| writing.delete::<DateRecord>(15_317, None)).unwrap();
    assert_eq!(store.reading().get::<DateRecord>(15_317).unwrap(), None);
    dump(&url);
}

#[test]
fn undoing_an_import_leaves_the_days_written_by_hand() {
    let (_folder, _url, mut store) = database();
    let mut lines = crate::shop::lines(60, 1);
    lines[30..].iter_mut().for_each(|line| line.timestamp += 86_400);
    let first = patron_domain::Day::of(lines[0].timestamp);
    create::<DateRecord>(&mut store, &NewDate { day: first, event: None }).unwrap();
    let import = crate::maintenance::import(&mut store, &crate::shop::import("january.csv"), &lines);
    let all = List::<DateRecord>::default();
    let days = |store: &mut patron_store::Store| -> Vec<bool> {
        store.reading().list(&all).unwrap().items.iter().map(|day| day.kept).collect()
    };
    assert_eq!(days(&mut store), [true, false]);
    store.undo_import(import).unwrap();
    assert_eq!(days(&mut store), [true]);
}

#[test]
fn the_calendar_holds_the_days_with_sales() {
    let (_folder, url, mut store) = database();
    let sold = sell(&mut store, &sale("536365", "85123A", "17850", 6));
    let later =
        patron_store::NewSale { timestamp: Some(NOON + 86_400), ..sale("536366", "85123A", "17850", 6) };
    sell(&mut store, &later);
    let day: DateRecord = store.reading().get(15_317).unwrap().unwrap();
    assert_eq!(
        (day.day.to_string().as_str(), day.month_name.as_str(), day.quarter),
        ("2011-12-09", "December", 4)
    );
    assert_eq!((day.day_name.as_str(), day.day_of_week, day.iso_week), ("Friday", 5, 49));
    assert_eq!((day.day_of_year, day.week_of_month, day.iso_year), (343, 2, 2011));
    let list = List::<DateRecord> {
        filter: DateFilter { from: Some(day.day.plus_days(1)), to: None },
        ..List::default()
    };
    let page = store.reading().list(&list).unwrap();
    assert_eq!(page.items.iter().map(|day| day.day.to_string()).collect::<Vec<_>>(), ["2011-12-10"]);
    store.write(|writing| writing.delete::<patron_store::SaleRecord>(sold.id, None)).unwrap();
    assert_eq!(store.reading().get::<DateRecord>(15_317).unwrap(), None);
    dump(&url);
}
