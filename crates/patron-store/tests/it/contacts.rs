//! Contact data inside a sales file, and what becomes of them when imports are taken back.

use std::collections::BTreeMap;

use patron_domain::{Attributes, CustomerAttributes, CustomerRow, LineKind};
use patron_store::{ImportId, NewImport, SqlCell, Store, StoreError};
use proptest::prelude::*;

use crate::attributes::{file, set_customers};
use crate::shop::{self, Line, batches, report};
use crate::support::{database, dump, import, number, rows, word};

const CUSTOMERS: [&str; 3] = ["anna", "bert", "carl"];

/// One line of each of these customers, on a day of a month.
fn lines_on(day: u8, customers: &[&str]) -> Vec<Line> {
    let line = |(number, customer): (i64, &&str)| Line {
        customer: Some((*customer).to_owned()),
        sku: Some("mug".to_owned()),
        order: format!("{customer}'s on {day}"),
        country: Some("Malta".to_owned()),
        timestamp: 1_300_000_000 + 86_400 * i64::from(day) + number,
        quantity: 1,
        amount: 20_000,
        kind: LineKind::Sale,
    };
    (0..).zip(customers).map(line).collect()
}

fn lines(customers: &[&str]) -> Vec<Line> {
    lines_on(0, customers)
}

fn with_contacts(
    store: &mut Store,
    new: &NewImport,
    customers: &[&str],
    contacts: &[(u32, CustomerAttributes)],
) -> Result<ImportId, StoreError> {
    with_contacts_on(0, store, new, customers, contacts)
}

/// Imports one line of each customer on that day, and contact data of some by their place.
fn with_contacts_on(
    day: u8,
    store: &mut Store,
    new: &NewImport,
    customers: &[&str],
    contacts: &[(u32, CustomerAttributes)],
) -> Result<ImportId, StoreError> {
    let mut writer = store.begin_import(new)?;
    let lines = lines_on(day, customers);
    for batch in batches(&lines, 2, 2) {
        writer.write(&batch, &[])?;
    }
    writer.finish(&report(lines.len(), 0), &[], contacts, &[])
}

fn in_city(city: &str) -> CustomerAttributes {
    CustomerAttributes { city: Some(city.to_owned()), ..CustomerAttributes::default() }
}

fn everything(tail: &str) -> CustomerAttributes {
    let text = |field: &str| Some(format!("{field} {tail}"));
    CustomerAttributes {
        name: text("name"),
        surname: text("surname"),
        email: text("e-mail"),
        phone: text("phone"),
        country: text("country"),
        city: text("city"),
        address: text("address"),
        zip_code: text("zip"),
        birthday: Some("1970-01-31".parse().unwrap()),
        gender: text("gender"),
        acquisition_channel: text("channel"),
        may_contact: Some(false),
    }
}

#[test]
fn contact_data_of_a_sales_file_are_kept_and_blanks_say_nothing() {
    let (_folder, url, mut store) = database();
    with_contacts(&mut store, &shop::import("a.csv"), &CUSTOMERS, &[(1, everything("b"))]).unwrap();
    let more = [(0, in_city("Rome")), (1, in_city("Oslo")), (1, CustomerAttributes::default())];
    with_contacts(&mut store, &shop::import("b.csv"), &["carl", "bert"], &more).unwrap();
    let told = rows(
        &url,
        "SELECT customer, name, surname, email, phone, country, city, address, zip_code, birthday, gender,
             acquisition_channel, may_contact
         FROM customers_readable WHERE customer = 'bert'",
    );
    let expected =
        "bert|name b|surname b|e-mail b|phone b|country b|Oslo|address b|zip b|1970-01-31|gender b|channel b";
    let expected: Vec<SqlCell> = expected.split('|').map(word).chain([number(0)]).collect();
    assert_eq!(told, [expected]);
    let others =
        rows(&url, "SELECT customer, country, city FROM customers_readable WHERE id <> 2 ORDER BY id");
    let nothing = SqlCell::Null;
    assert_eq!(others, [[word("anna"), word("Malta"), nothing], [word("carl"), word("Malta"), word("Rome")]]);
    let nobody = with_contacts(&mut store, &shop::import("c.csv"), &["anna"], &[(1, in_city("Rome"))]);
    assert!(matches!(nobody, Err(StoreError::UnknownCode { dictionary: "customer", code: 1 })));
    assert_eq!(store.counts().unwrap().imports, 2);
}

#[test]
fn undoing_the_latest_import_brings_every_former_value_back() {
    let (_folder, url, mut store) = database();
    let known = [(0, everything("old")), (1, in_city("Rome"))];
    with_contacts(&mut store, &shop::import("a.csv"), &CUSTOMERS[..2], &known).unwrap();
    let before = dump(&url);
    let news = [(0, everything("new")), (1, everything("new")), (2, everything("new"))];
    let id = with_contacts(&mut store, &shop::import("b.csv"), &CUSTOMERS, &news).unwrap();
    assert_ne!(dump(&url), before);
    store.undo_import(id).unwrap();
    assert_eq!(dump(&url), before);
}

#[test]
fn what_an_undone_import_said_does_not_come_back_with_a_later_undo() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("base.csv"), &lines(&CUSTOMERS)).unwrap();
    let said = ["Rome", "Oslo", "Lima"].map(|city| {
        let file = shop::import(&format!("{city}.csv"));
        with_contacts(&mut store, &file, &CUSTOMERS, &[(0, in_city(city))]).unwrap()
    });
    let known = |store: &mut Store| store.attributes().unwrap().city.get(0).map(str::to_owned);
    store.undo_import(said[1]).unwrap();
    assert_eq!(known(&mut store).as_deref(), Some("Lima"));
    store.undo_import(said[0]).unwrap();
    assert_eq!(known(&mut store).as_deref(), Some("Lima"));
    store.undo_import(said[2]).unwrap();
    assert_eq!(known(&mut store), None);
}

#[test]
fn replacing_an_import_keeps_what_a_customers_file_said_and_drops_what_the_sales_file_said() {
    let (_folder, url, mut store) = database();
    let first = shop::import("a.csv");
    let contacts = [(0, everything("wrong")), (1, in_city("Rome"))];
    let id = with_contacts(&mut store, &first, &CUSTOMERS, &contacts).unwrap();
    let said = CustomerAttributes { country: Some("Chad".to_owned()), ..in_city("Kyoto") };
    let row = CustomerRow { line: 2, external_id: Some("anna".to_owned()), attributes: said };
    set_customers(&mut store, &file("c.csv"), &[row]).unwrap();
    let again = NewImport { replace: vec![id], ..first };
    with_contacts(&mut store, &again, &["bert", "anna"], &[]).unwrap();
    dump(&url);
    let told =
        rows(&url, "SELECT customer, city, country, name, birthday FROM customers_readable ORDER BY id");
    let nothing = || SqlCell::Null;
    assert_eq!(
        told,
        [
            [word("bert"), nothing(), word("Malta"), nothing(), nothing()],
            [word("anna"), word("Kyoto"), word("Chad"), nothing(), nothing()],
        ]
    );
}

#[test]
fn the_word_of_a_later_month_counts_whatever_is_imported_first() {
    let (_folder, url, mut store) = database();
    let consent = |agreed| CustomerAttributes { may_contact: Some(agreed), ..CustomerAttributes::default() };
    let january = [(0, CustomerAttributes { city: Some("Rome".to_owned()), ..consent(true) })];
    let known = |sql: &str| rows(&url, sql);
    let anna = "SELECT may_contact, coalesce(city, '?') FROM customers WHERE external_id = 'anna'";
    let told = |agreed: Option<bool>, city: &str| {
        [[agreed.map_or(SqlCell::Null, |agreed| number(i64::from(agreed))), word(city)]]
    };

    let february =
        with_contacts_on(59, &mut store, &shop::import("2.csv"), &CUSTOMERS, &[(0, consent(false))]);
    let before = dump(&url);
    let first = with_contacts_on(28, &mut store, &shop::import("1.csv"), &CUSTOMERS, &january).unwrap();
    assert_eq!(known(anna), told(Some(false), "Rome"), "January fills what is unknown");
    store.undo_import(first).unwrap();
    assert_eq!(dump(&url), before);

    with_contacts_on(28, &mut store, &shop::import("1.csv"), &CUSTOMERS, &january).unwrap();
    store.undo_import(february.unwrap()).unwrap();
    assert_eq!(known(anna), told(Some(true), "Rome"), "without February January's word counts");

    // what a customers file told stands against an import that is not the latest in time
    with_contacts_on(90, &mut store, &shop::import("3.csv"), &CUSTOMERS, &[]).unwrap();
    let row = CustomerRow { line: 2, external_id: Some("anna".to_owned()), attributes: consent(false) };
    set_customers(&mut store, &file("c.csv"), &[row]).unwrap();
    let news = [(0, CustomerAttributes { city: Some("Oslo".to_owned()), ..consent(true) })];
    with_contacts_on(59, &mut store, &shop::import("2b.csv"), &CUSTOMERS, &news).unwrap();
    assert_eq!(known(anna), told(Some(false), "Oslo"));
}

/// What happens to a shop.
#[derive(Clone, Debug)]
enum Event {
    /// An import that ends on a day and whose file says these cities and countries of customers.
    Import(u8, Vec<(usize, Said)>),
    /// A customers file that does.
    File(usize, Said),
    /// One of the imports so far is undone.
    Undo(usize),
}

/// City and country, where said.
type Said = (Option<u8>, Option<u8>);

fn any_event() -> impl Strategy<Value = Event> {
    let said = || (prop::option::of(0..4_u8), prop::option::of(0..4_u8));
    prop_oneof![
        3 => (1..5_u8, prop::collection::vec((0..3_usize, said()), 0..4))
            .prop_map(|(day, said)| Event::Import(day, said)),
        1 => (0..3_usize, said()).prop_map(|(customer, said)| Event::File(customer, said)),
        2 => any::<usize>().prop_map(Event::Undo),
    ]
}

fn attributes((city, country): Said) -> CustomerAttributes {
    let word = |number: u8| format!("place {number}");
    CustomerAttributes { city: city.map(word), country: country.map(word), ..CustomerAttributes::default() }
}

/// What should be known: a word of a file, and above it those of the imports that have not been undone, by their
/// last day.
#[derive(Clone, Debug, Default)]
struct Expected {
    base: Option<String>,
    imports: BTreeMap<(u8, ImportId), String>,
}

impl Expected {
    fn current(&self) -> Option<&str> {
        self.imports.values().last().or(self.base.as_ref()).map(String::as_str)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_latest_word_that_was_not_taken_back_counts(events in prop::collection::vec(any_event(), 1..12)) {
        let (_folder, url, mut store) = database();
        import(&mut store, &shop::import("base.csv"), &lines(&CUSTOMERS)).unwrap();
        let mut expected: BTreeMap<(usize, &str), Expected> = BTreeMap::new();
        let mut imports: Vec<(u8, ImportId)> = Vec::new();
        for (number, event) in events.into_iter().enumerate() {
            let name = format!("{number}.csv");
            match event {
                Event::Import(day, contacts) => {
                    let contacts: Vec<_> =
                        contacts.into_iter().map(|(customer, said)| (customer as u32, attributes(said))).collect();
                    let new = shop::import(&name);
                    let id = with_contacts_on(day, &mut store, &new, &CUSTOMERS, &contacts).unwrap();
                    let is_behind = imports.iter().any(|(other, _)| *other > day);
                    imports.push((day, id));
                    for (customer, said) in contacts {
                        for (field, word) in [("city", said.city), ("country", said.country)] {
                            let held = expected.entry((customer as usize, field)).or_default();
                            let only_by_file = held.base.is_some()
                                && held.imports.keys().all(|layer| *layer == (day, id));
                            let Some(word) = word else { continue };
                            if held.imports.contains_key(&(day, id)) || !(is_behind && only_by_file) {
                                held.imports.insert((day, id), word);
                            }
                        }
                    }
                }
                Event::File(customer, said) => {
                    let said = attributes(said);
                    let external_id = Some(CUSTOMERS[customer].to_owned());
                    let row = CustomerRow { line: 2, external_id, attributes: said.clone() };
                    set_customers(&mut store, &file(&name), &[row]).unwrap();
                    for (field, word) in [("city", said.city), ("country", said.country)] {
                        if word.is_some() {
                            expected.insert((customer, field), Expected { base: word, imports: BTreeMap::new() });
                        }
                    }
                }
                Event::Undo(which) if !imports.is_empty() => {
                    let layer = imports.remove(which % imports.len());
                    store.undo_import(layer.1).unwrap();
                    expected.values_mut().for_each(|held| drop(held.imports.remove(&layer)));
                }
                Event::Undo(_) => {}
            }
        }
        dump(&url);
        let Attributes { city, country, .. } = store.attributes().unwrap();
        for customer in 0..CUSTOMERS.len() {
            let expect = |field| expected.get(&(customer, field)).and_then(Expected::current);
            prop_assert_eq!(city.get(customer as u32), expect("city"));
            prop_assert_eq!(country.get(customer as u32), expect("country"));
        }
        let left = rows(&url, "SELECT * FROM customer_changes WHERE import_id NOT IN (SELECT id FROM imports)");
        prop_assert!(left.is_empty());
    }
}
