//! Files of customers, products and costs.

use patron_domain::{
    AcquisitionSpend, AttributeKind, ContactCost, CustomerAttributes, CustomerRow, MarketingCosts, Money,
    Month, NO_CODE, ProductAttributes, ProductRow,
};
use patron_store::{Matched, NewAttributeFile, SqlCell, Store, StoreError};

use crate::shop::{self, Line};
use crate::support::{Place, database, dump, execute, import, rows, scanned, word};

/// A customers file of this name, whose bytes are told apart by it.
pub(crate) fn file(name: &str) -> NewAttributeFile {
    NewAttributeFile {
        kind: AttributeKind::Customers,
        file_name: name.to_owned(),
        sha256: format!("sha of {name}"),
        imported_at: shop::import(name).imported_at,
        lines: 3,
    }
}

fn products_file(name: &str) -> NewAttributeFile {
    NewAttributeFile { kind: AttributeKind::Products, ..file(name) }
}

fn costs_file(name: &str) -> NewAttributeFile {
    NewAttributeFile { kind: AttributeKind::Costs, ..file(name) }
}

/// Stores a customers file alone.
pub(crate) fn set_customers(
    store: &mut Store,
    file: &NewAttributeFile,
    rows: &[CustomerRow],
) -> Result<Matched, StoreError> {
    let [customers, products, costs] = store.set_files(Some((file, rows)), None, None)?;
    assert_eq!((products, costs), (None, None));
    Ok(customers.unwrap())
}

/// Stores a products file alone.
pub(crate) fn set_products(
    store: &mut Store,
    file: &NewAttributeFile,
    rows: &[ProductRow],
) -> Result<Matched, StoreError> {
    store.set_files(None, Some((file, rows)), None).map(|[_, products, _]| products.unwrap())
}

fn set_costs(
    store: &mut Store,
    file: &NewAttributeFile,
    costs: &MarketingCosts,
) -> Result<Matched, StoreError> {
    store.set_files(None, None, Some((file, costs))).map(|[_, _, costs]| costs.unwrap())
}

/// A shop with these customers and products.
fn shop_of(pairs: &[(&str, &str)]) -> (Place, patron_store::DatabaseUrl, Store) {
    let (folder, url, mut store) = database();
    let template = shop::lines(1, 1).remove(0);
    let line = |(customer, sku): &(&str, &str)| Line {
        customer: Some((*customer).to_owned()),
        sku: Some((*sku).to_owned()),
        ..template.clone()
    };
    let lines: Vec<Line> = pairs.iter().map(line).collect();
    import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    (folder, url, store)
}

fn customer(line: u64, id: Option<&str>, email: Option<&str>, city: Option<&str>) -> CustomerRow {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let attributes =
        CustomerAttributes { email: text(email), city: text(city), ..CustomerAttributes::default() };
    CustomerRow { line, external_id: text(id), attributes }
}

fn product(line: u64, sku: &str, cost: Option<i64>, category: Option<&str>) -> ProductRow {
    let attributes = ProductAttributes {
        unit_cost: cost.map(Money::from_ten_thousandths),
        category: category.map(str::to_owned),
        ..ProductAttributes::default()
    };
    ProductRow { line, sku: sku.to_owned(), attributes }
}

#[test]
fn a_customer_is_found_by_id_and_else_by_address() {
    let (_folder, url, mut store) = shop_of(&[("17850", "a"), ("guest@Shop.example", "a"), ("12346", "a")]);
    let rows_in = [
        customer(2, Some("17850"), Some("anna@shop.example"), Some("Leeds")),
        customer(3, None, Some("Guest@shop.example "), Some("York")),
        customer(4, Some("99"), Some("nobody@shop.example"), Some("Hull")),
        customer(5, None, Some("stranger@shop.example"), None),
    ];
    let matched = set_customers(&mut store, &file("c.csv"), &rows_in).unwrap();
    assert_eq!((matched.matched, matched.unmatched), (2, vec!["99".into(), "stranger@shop.example".into()]));
    // the address noted for 17850 finds it now, in any spelling; blanks leave what was known
    let by_address =
        [customer(2, None, Some("ANNA@shop.example"), None), customer(3, Some("12346"), None, Some("Ely"))];
    assert_eq!(set_customers(&mut store, &file("d.csv"), &by_address).unwrap().matched, 2);
    let city = store.attributes().unwrap().city;
    assert_eq!([0, 1, 2].map(|code| city.get(code)), [Some("Leeds"), Some("York"), Some("Ely")]);
    assert_eq!(city.words.iter().collect::<Vec<_>>(), ["Leeds", "York", "Ely"]);
    // an address that two customers share is nobody's
    execute(&url, "UPDATE customers SET email = 'both@shop.example' WHERE id IN (1, 3)");
    let shared =
        set_customers(&mut store, &file("e.csv"), &[customer(2, None, Some("both@shop.example"), None)]);
    assert!(matches!(shared, Err(StoreError::NothingMatched { .. })));
}

#[test]
fn a_product_is_found_by_its_code_in_any_case_that_is_clear() {
    let (_folder, _url, mut store) = shop_of(&[("1", "85123A"), ("1", "mug"), ("1", "MUG"), ("1", "post")]);
    let rows_in = [
        product(2, "85123a", Some(12_500), Some("lights")),
        product(3, "Mug", Some(1), None),
        product(4, "mug", Some(9_900), Some("kitchen")),
        product(5, "nothing", Some(1), None),
    ];
    let matched = set_products(&mut store, &products_file("p.csv"), &rows_in).unwrap();
    assert_eq!((matched.matched, matched.unmatched), (2, vec!["Mug".into(), "nothing".into()]));
    let known = store.attributes().unwrap();
    let costs = [0, 1, 2, 3].map(|code| known.unit_cost(code).map(Money::ten_thousandths));
    assert_eq!(costs, [Some(12_500), Some(9_900), None, None]);
    assert_eq!(
        (known.category.get(0), known.category.get(1), known.category.get(2)),
        (Some("lights"), Some("kitchen"), None)
    );
    assert_eq!(known.category.codes, [0, 1, NO_CODE, NO_CODE]);
}

#[test]
fn everything_a_products_file_says_is_kept() {
    let (_folder, url, mut store) = shop_of(&[("1", "mug")]);
    let day = |text: &str| Some(text.parse().unwrap());
    let attributes = ProductAttributes {
        category: Some("kitchen".to_owned()),
        producer_country: Some("Portugal".to_owned()),
        price: Some(Money::from_ten_thousandths(79_900)),
        unit_cost: Some(Money::ZERO),
        launched: day("2010-03-01"),
        retired: day("2011-12-31"),
    };
    set_products(
        &mut store,
        &products_file("p.csv"),
        &[ProductRow { line: 2, sku: "mug".to_owned(), attributes }],
    )
    .unwrap();
    let told =
        "SELECT category, producer_country, price, unit_cost, launched, retired FROM products_readable";
    assert_eq!(
        rows(&url, told),
        [[
            word("kitchen"),
            word("Portugal"),
            SqlCell::Real(7.99),
            SqlCell::Real(0.0),
            word("2010-03-01"),
            word("2011-12-31")
        ]]
    );
    let known = store.attributes().unwrap();
    assert_eq!((known.producer_country.get(0), known.unit_cost(0)), (Some("Portugal"), Some(Money::ZERO)));
}

#[test]
fn a_country_is_the_same_in_any_case() {
    let (_folder, _url, mut store) = shop_of(&[("1", "mug")]); // its line is from one of four countries
    let from = |country: &str| CustomerRow {
        line: 2,
        external_id: Some("1".to_owned()),
        attributes: CustomerAttributes { country: Some(country.to_owned()), ..Default::default() },
    };
    let bought = scanned(&mut store, 1).added.countries;
    set_customers(&mut store, &file("c.csv"), &[from(&bought[0].to_uppercase())]).unwrap();
    assert_eq!(store.attributes().unwrap().country.get(0), Some(bought[0].as_str()));
    set_customers(&mut store, &file("c.csv"), &[from("Malta")]).unwrap();
    assert_eq!(store.attributes().unwrap().country.get(0), Some("Malta"));
    assert_eq!(scanned(&mut store, 1).added.countries, [bought[0].as_str(), "Malta"]);
}

#[test]
fn a_file_of_another_shop_is_refused_and_leaves_nothing() {
    let (_folder, url, mut store) = shop_of(&[("17850", "85123A")]);
    let before = dump(&url);
    let error = set_customers(&mut store, &file("c.csv"), &[customer(2, Some("C-1"), None, Some("Leeds"))])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "none of the 3 lines of 'c.csv' fits the customers of this shop, so it looks like a file of another shop: \
         it has 'C-1' where the shop has '17850'; nothing of it was stored"
    );
    let error =
        set_products(&mut store, &products_file("p.csv"), &[product(2, "X", Some(1), None)]).unwrap_err();
    let expected = |error: &StoreError| {
        matches!(error, StoreError::NothingMatched { kind: AttributeKind::Products, lines: 3, example_in_file, example_in_shop: Some(shop), .. }
            if example_in_file == "X" && shop == "85123A")
    };
    assert!(expected(&error), "{error:?}");
    assert_eq!(dump(&url), before);

    let (_folder, _url, mut empty) = database();
    let error =
        set_products(&mut empty, &products_file("p.csv"), &[product(2, "X", Some(1), None)]).unwrap_err();
    assert!(error.to_string().contains("import its sales first"), "{error}");
}

#[test]
fn rows_that_contradict_each_other_are_refused_and_leave_nothing() {
    let (_folder, url, mut store) = shop_of(&[("12346", "cup"), ("17850", "mug")]);
    set_customers(&mut store, &file("c.csv"), &[customer(2, Some("17850"), Some("anna@shop.example"), None)])
        .unwrap();
    let before = dump(&url);
    let rows_in = [
        customer(2, Some("12346"), None, Some("Bath")),
        customer(3, Some("17850"), None, Some("Leeds")),
        customer(4, Some("17850"), None, None),
        customer(5, None, Some("anna@shop.example"), Some("York")),
    ];
    let error = set_customers(&mut store, &file("d.csv"), &rows_in).unwrap_err();
    assert_eq!(
        error.to_string(),
        "'d.csv' has two lines for '17850', 3 and 5, with different values for city; keep one of them; nothing of \
         it was stored"
    );
    let rows_in = [
        product(2, "CUP", Some(1), None),
        product(7, "mug", Some(1), Some("a")),
        product(9, "mug", Some(2), None),
    ];
    let error = set_products(&mut store, &products_file("p.csv"), &rows_in).unwrap_err();
    let expected = matches!(&error, StoreError::Contradiction { id, field, first_line: 7, second_line: 9, .. }
        if id == "mug" && field == "unit cost");
    assert!(expected, "{error:?}");
    assert_eq!(dump(&url), before);
    // rows that complete each other, or say the same twice, are fine
    let rows_in = [
        product(2, "mug", Some(1), None),
        product(3, "mug", None, Some("a")),
        product(4, "mug", Some(1), None),
    ];
    assert_eq!(set_products(&mut store, &products_file("p.csv"), &rows_in).unwrap().matched, 3);
    let known = store.attributes().unwrap();
    assert_eq!((known.unit_cost(1).map(Money::ten_thousandths), known.category.get(1)), (Some(1), Some("a")));
}

#[test]
fn costs_take_the_place_of_what_they_name() {
    let (_folder, url, mut store) = database();
    let contact = |channel: &str, cost| ContactCost {
        channel: channel.to_owned(),
        cost: Money::from_ten_thousandths(cost),
    };
    let spend = |month: i32, channel: &str, amount| AcquisitionSpend {
        month: Month::from_number(2011 * 12 + month),
        channel: channel.to_owned(),
        amount: Money::from_ten_thousandths(amount),
    };
    let first = MarketingCosts {
        contacts: vec![contact("letter", 6_000), contact("call", 21_000)],
        acquisition: vec![spend(11, "search", 1), spend(0, "search", 2), spend(0, "friends", 3)],
    };
    let second =
        MarketingCosts { contacts: vec![contact("call", 7)], acquisition: vec![spend(0, "search", 20)] };
    assert_eq!(set_costs(&mut store, &costs_file("k.csv"), &first).unwrap().matched, 3);
    set_costs(&mut store, &costs_file("l.csv"), &second).unwrap();
    let expected = MarketingCosts {
        contacts: vec![contact("call", 7), contact("letter", 6_000)],
        acquisition: vec![spend(0, "friends", 3), spend(0, "search", 20), spend(11, "search", 1)],
    };
    assert_eq!(store.attributes().unwrap().costs, expected);
    let told = "SELECT month, channel, amount FROM acquisition_spend_readable WHERE channel = 'friends'";
    assert_eq!(rows(&url, told), [[word("2011-01-01"), word("friends"), SqlCell::Real(0.0003)]]);
    let told = "SELECT channel, cost FROM contact_costs_readable WHERE channel = 'letter'";
    assert_eq!(rows(&url, told), [[word("letter"), SqlCell::Real(0.6)]]);
}

#[test]
fn files_are_listed_once_each() {
    let (_folder, _url, mut store) = shop_of(&[("17850", "17850")]);
    let rows_in =
        [customer(2, Some("17850"), None, Some("Leeds")), customer(3, Some("né, 2\"\n"), None, None)];
    set_customers(&mut store, &file("same.csv"), &rows_in).unwrap();
    set_products(&mut store, &products_file("same.csv"), &[product(2, "17850", Some(1), None)]).unwrap();
    let renamed = NewAttributeFile { file_name: "renamed.csv".to_owned(), ..file("same.csv") };
    set_customers(&mut store, &renamed, &rows_in).unwrap();
    let listed = store.attribute_files().unwrap();
    let told: Vec<_> =
        listed.iter().map(|file| (file.kind, file.file_name.as_str(), file.lines, file.matched)).collect();
    let expected =
        [(AttributeKind::Products, "same.csv", 3, 1), (AttributeKind::Customers, "renamed.csv", 3, 1)];
    assert_eq!(told, expected);
    assert_eq!(listed[1].unmatched, ["né, 2\"\n"]);
    assert_eq!((listed[1].imported_at, listed[1].sha256.as_str()), (renamed.imported_at, "sha of same.csv"));
    assert!(listed[0].id < listed[1].id);
}

#[test]
fn attributes_have_the_codes_of_a_scan() {
    let (_folder, _url, mut store) = database();
    let first = import(&mut store, &shop::import("a.csv"), &shop::lines(400, 1)).unwrap();
    import(&mut store, &shop::import("b.csv"), &shop::lines(400, 2)).unwrap();
    store.undo_import(first).unwrap(); // leaves gaps in the ids
    import(&mut store, &shop::import("c.csv"), &shop::lines(400, 3)).unwrap();
    let added = scanned(&mut store, 64).added;
    let city =
        |id: &str| (!id.ends_with('3')).then(|| format!("city {}", id.len() + id.as_bytes()[3] as usize % 5));
    let rows_in: Vec<_> =
        added.customers.iter().rev().map(|id| customer(2, Some(id), None, city(id).as_deref())).collect();
    set_customers(&mut store, &file("d.csv"), &rows_in).unwrap();
    let cost = |sku: &str| (!sku.ends_with('7')).then(|| sku.parse::<i64>().unwrap());
    let rows_in: Vec<_> =
        added.products.iter().map(|one| product(2, &one.sku, cost(&one.sku), None)).collect();
    set_products(&mut store, &products_file("p.csv"), &rows_in).unwrap();
    let known = store.attributes().unwrap();
    assert!(added.customers.len() > 20 && added.products.len() > 500);
    assert_eq!(
        (known.city.codes.len(), known.unit_cost.len()),
        (added.customers.len(), added.products.len())
    );
    for (code, id) in (0..).zip(&added.customers) {
        assert_eq!(known.city.get(code), city(id).as_deref(), "{id}");
    }
    for (code, one) in (0..).zip(&added.products) {
        assert_eq!(known.unit_cost(code).map(Money::ten_thousandths), cost(&one.sku), "{}", one.sku);
    }
    let first_met: Vec<_> = added.customers.iter().filter_map(|id| city(id)).collect();
    let mut words: Vec<&str> = Vec::new();
    first_met.iter().for_each(|word| {
        if !words.contains(&word.as_str()) {
            words.push(word)
        }
    });
    assert_eq!(known.city.words.iter().collect::<Vec<_>>(), words);
}

#[test]
fn letters_of_every_alphabet_have_a_case() {
    let (_folder, url, mut store) = shop_of(&[("1", "mug"), ("2", "mug"), ("3", "mug")]);
    let from = |line: u64, country: &str| {
        let attributes = CustomerAttributes { country: Some(country.to_owned()), ..Default::default() };
        CustomerRow { line, external_id: Some((line - 1).to_string()), attributes }
    };
    let all = [from(2, "Österreich"), from(3, " ÖSTERREICH "), from(4, "ŁOTWA")];
    set_customers(&mut store, &file("c.csv"), &all).unwrap();
    set_customers(&mut store, &file("d.csv"), &[from(4, "łotwa")]).unwrap();
    let told = store.attributes().unwrap().country;
    assert_eq!([0, 1, 2].map(|code| told.get(code)), [Some("Österreich"), Some("Österreich"), Some("ŁOTWA")]);
    // of countries that differ in case alone each is found by its own name
    execute(&url, "INSERT INTO countries (id, name) VALUES (900, 'ÖSTERREICH')");
    set_customers(&mut store, &file("e.csv"), &[from(2, "ÖSTERREICH"), from(3, "österreich")]).unwrap();
    let told = store.attributes().unwrap().country;
    assert_eq!([0, 1].map(|code| told.get(code)), [Some("ÖSTERREICH"), Some("Österreich")]);
}

#[test]
fn files_given_together_are_stored_together_or_not_at_all() {
    let (_folder, url, mut store) = shop_of(&[("17850", "mug")]);
    let (customers, products) = (file("c.csv"), products_file("p.csv"));
    let before = dump(&url);
    let anna = [customer(2, Some("17850"), None, Some("Leeds"))];
    let strange = [product(2, "X", Some(1), None)];
    let refused = store.set_files(Some((&customers, &anna)), Some((&products, &strange)), None);
    assert!(matches!(refused, Err(StoreError::NothingMatched { kind: AttributeKind::Products, .. })));
    assert_eq!(dump(&url), before);

    let known = [product(2, "mug", Some(1), None), product(3, "X", Some(1), None)];
    let nothing = MarketingCosts::default();
    let costs = costs_file("k.csv");
    let stored =
        store.set_files(Some((&customers, &anna)), Some((&products, &known)), Some((&costs, &nothing)));
    let matched = |matched, unmatched: &[&str]| {
        Some(Matched { matched, unmatched: unmatched.iter().map(|&one| one.to_owned()).collect() })
    };
    assert_eq!(stored.unwrap(), [matched(1, &[]), matched(1, &["X"]), matched(3, &[])]);
    let kinds: Vec<_> = store.attribute_files().unwrap().into_iter().map(|file| file.kind).collect();
    assert_eq!(kinds, AttributeKind::ALL);
}

#[test]
fn files_of_which_nothing_is_left_are_forgotten() {
    let (_folder, _url, mut store) = shop_of(&[("1", "mug")]);
    let named = |customer: &str, sku: &str| {
        let line = shop::lines(1, 1).remove(0);
        [Line {
            customer: Some(customer.to_owned()),
            sku: Some(sku.to_owned()),
            order: "9".to_owned(),
            ..line
        }]
    };
    let second = import(&mut store, &shop::import("b.csv"), &named("2", "cup")).unwrap();
    set_customers(&mut store, &file("c.csv"), &[customer(2, Some("2"), None, Some("Leeds"))]).unwrap();
    set_products(&mut store, &products_file("p.csv"), &[product(2, "cup", Some(1), None)]).unwrap();
    let kinds = |store: &mut Store| -> Vec<AttributeKind> {
        store.attribute_files().unwrap().into_iter().map(|file| file.kind).collect()
    };
    // another file in its place: the customer comes again, the product does not
    let again = patron_store::NewImport { replace: vec![second], ..shop::import("c.csv") };
    let third = import(&mut store, &again, &named("2", "pot")).unwrap();
    assert_eq!(kinds(&mut store), [AttributeKind::Customers]);
    set_products(&mut store, &products_file("q.csv"), &[product(2, "mug", Some(1), None)]).unwrap();
    store.undo_import(third).unwrap();
    assert_eq!(kinds(&mut store), [AttributeKind::Products]);
}
