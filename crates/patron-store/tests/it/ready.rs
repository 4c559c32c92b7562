//! The twenty ready-made queries on a small shop whose answers can be worked out by hand.

use patron_domain::{Day, LineKind, SECONDS_PER_DAY};
use patron_store::{DatabaseUrl, ReadyAnswer, ReadyCell, ReadyGiven, ReadyQuery, SqlCell, Store, StoreError};

use crate::shop::{self, Line};
use crate::support::{Place, database, execute, import, rows};

/// Every line: order, day, customer, country, product, units and amount in whole currency units. A product `post` is a
/// service, negative units are a return. The two lines of O5 stand in the file against the order of time, and a
/// service of a month before opens nothing.
const LINES: [(&str, &str, &str, &str, &str, i32, i64); 27] = [
    ("O1", "2010-12-31", "anna", "France", "mug", 2, 20),
    ("O2", "2011-02-10", "anna", "France", "pot", 1, 5),
    ("O2", "2011-02-10", "anna", "France", "rug", 1, 7),
    ("O2", "2011-02-10", "anna", "France", "post", 1, 4),
    ("O3", "2011-05-01", "anna", "France", "mug", 1, 10),
    ("O4", "2011-08-01", "anna", "Spain", "mug", 1, 10),
    ("O5", "2011-12-01", "anna", "France", "mug", 1, 9),
    ("O5", "2011-11-30", "anna", "France", "pot", 3, 15),
    ("O5", "2011-10-31", "anna", "France", "post", 1, 4),
    ("C6", "2011-12-05", "anna", "France", "mug", -1, -10),
    ("O7", "2011-02-15", "bea", "France", "rug", 4, 28),
    ("C8", "2011-03-01", "bea", "France", "cup", -1, -3),
    ("O9", "2011-06-01", "cleo", "France", "pot", 1, 5),
    ("O10", "2011-06-02", "dora", "France", "pot", 1, 5),
    ("O11", "2011-06-03", "emma", "France", "pot", 1, 5),
    ("O12", "2011-07-01", "max", "France", "mug", 1, 9),
    ("O13", "2011-07-02", "paul", "Germany", "rug", 1, 7),
    ("O14", "2011-07-03", "otto", "Germany", "rug", 1, 7),
    ("O15", "2011-07-04", "rolf", "Germany", "rug", 1, 7),
    ("O16", "2011-07-05", "sven", "Germany", "rug", 1, 7),
    ("O17", "2011-09-01", "kim", "Spain", "rug", 2, 14),
    ("O18", "2011-10-01", "guest1", "Spain", "pot", 1, 6),
    ("O19", "2011-10-02", "guest2", "Spain", "pot", 1, 6),
    ("O20", "2011-10-03", "guest3", "Spain", "pot", 1, 6),
    ("O21", "2011-10-04", "guest4", "Spain", "pot", 1, 6),
    ("O22", "2011-11-15", "", "France", "mug", 10, 80),
    ("P23", "2011-11-16", "", "France", "post", 1, 4),
];

/// What no sales log tells: six women, one of whom never bought, five men, one other and four of whom nothing is known.
const KNOWN: &str = "
    INSERT INTO customers (id, external_id, gender, country_id)
        SELECT 900, 'newbie', 'F', id FROM countries WHERE name = 'France';
    UPDATE customers SET gender = 'f' WHERE external_id IN ('anna', 'dora', 'emma');
    UPDATE customers SET gender = ' F ' WHERE external_id IN ('bea', 'cleo');
    UPDATE customers SET gender = 'm' WHERE external_id IN ('max', 'otto', 'rolf', 'sven');
    UPDATE customers SET gender = 'M' WHERE external_id = 'paul';
    UPDATE customers SET gender = 'divers' WHERE external_id = 'kim';
    UPDATE customers SET gender = ' ' WHERE external_id = 'guest2';
    UPDATE customers SET gender = 'Unknown' WHERE external_id = 'guest3';
    UPDATE customers SET listed_country_id = (SELECT id FROM countries WHERE name = 'Germany') WHERE external_id = 'max';
    INSERT INTO products (id, sku, description, price, launched) VALUES (900, 'hat', 'a hat', 25000, '2011-01-01');
    UPDATE products SET category = 'Kitchen', price = 90000 WHERE sku = 'mug';
    UPDATE products SET category = ' kitchen' WHERE sku = 'pot';
    UPDATE products SET producer_country_id = (SELECT id FROM countries WHERE name = 'Germany') WHERE sku IN ('mug', 'pot');
    UPDATE products SET producer_country_id = (SELECT id FROM countries WHERE name = 'France') WHERE sku = 'rug';
    UPDATE transactions SET payment_method = NULL;
    UPDATE transactions SET payment_method = 'Card' WHERE invoice_number = 'O1';
    UPDATE transactions SET payment_method = 'card' WHERE invoice_number = 'O2';
    UPDATE transactions SET payment_method = ' card ' WHERE invoice_number = 'O3';
    UPDATE transactions SET payment_method = 'PayPal' WHERE invoice_number = 'O7';
    UPDATE transactions SET payment_method = '' WHERE invoice_number = 'O22';";

fn small_shop() -> (Place, DatabaseUrl, Store) {
    let (folder, url, mut store) = database();
    let line =
        |(order, day, customer, country, sku, quantity, amount): (&str, &str, &str, &str, &str, i32, i64)| {
            let day: Day = day.parse().unwrap();
            let kind = match (sku, quantity) {
                ("post", _) => LineKind::Service,
                (_, ..0) => LineKind::Return,
                _ => LineKind::Sale,
            };
            Line {
                customer: (!customer.is_empty()).then(|| customer.to_owned()),
                sku: Some(sku.to_owned()),
                order: order.to_owned(),
                country: Some(country.to_owned()),
                timestamp: i64::from(day.number()) * SECONDS_PER_DAY + 36_000,
                quantity,
                amount: amount * 10_000,
                kind,
            }
        };
    let lines: Vec<Line> = LINES.into_iter().map(line).collect();
    import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    execute(&url, KNOWN);
    (folder, url, store)
}

/// `--month 2011-11 --n 3` as values.
#[expect(clippy::panic, reason = "in a test a failure is the message")]
fn given(text: &str) -> ReadyGiven {
    let mut given = ReadyGiven::default();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.chunks(2) {
        let value = pair[1];
        match pair[0] {
            "month" => given.month = Some(value.parse().unwrap()),
            "year" => given.year = Some(value.parse().unwrap()),
            "price" => given.price = Some(value.parse().unwrap()),
            "n" => given.n = Some(value.parse().unwrap()),
            "customer" => given.customer = Some(value.to_owned()),
            "country" => given.country = Some(value.to_owned()),
            "method" => given.method = Some(value.to_owned()),
            other => panic!("no parameter {other}"),
        }
    }
    given
}

fn shown(cell: &ReadyCell) -> String {
    match cell {
        ReadyCell::Empty => "-".to_owned(),
        ReadyCell::Text(text) => text.clone(),
        ReadyCell::Integer(number) => number.to_string(),
        ReadyCell::Money(amount) => amount.to_string(),
        ReadyCell::Day(day) => day.to_string(),
        ReadyCell::Month(month) => month.to_string(),
    }
}

fn lines_of(answer: &ReadyAnswer) -> Vec<String> {
    answer.rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join("|")).collect()
}

fn ask(store: &mut Store, name: &str, parameters: &str) -> ReadyAnswer {
    store.ready(ReadyQuery::named(name).unwrap(), &given(parameters), None).unwrap()
}

/// The shop's answer, row by row, cells joined by bars.
fn check(store: &mut Store, name: &str, parameters: &str, expected: &[&str]) {
    let answer = ask(store, name, parameters);
    assert_eq!(lines_of(&answer), expected, "{name} {parameters}");
    assert_eq!(answer.total, expected.len() as u64);
}

#[test]
fn customers_are_answered_as_worked_out_by_hand() {
    let (_folder, _url, mut store) = small_shop();
    let s = &mut store;
    check(s, "customers-in-month", "month 2011-02", &["bea|1|4|28.00", "anna|1|2|12.00"]);
    check(s, "customers-in-month", "month 2011-11", &["anna|1|3|15.00"]);
    check(s, "customers-in-month", "month 2011-12", &[]); // the line of 1 December belongs to an order of November
    let groups = ["f|France|1|6|5", "m|Germany|1|5|5", "small groups|small groups|2|5|5"];
    let groups = groups.map(|row| row.replace("f|", "F|").replace("m|", "M|"));
    check(s, "customers-by-sex-and-country", "", &groups.each_ref().map(String::as_str));
    let sales = [
        "2011-02-15|O7|rug|rug of a.csv|sale|4|7.00|28.00",
        "2011-03-01|C8|cup|cup of a.csv|return|-1|-3.00|-3.00",
    ];
    check(s, "sales-of-customer", "customer bea", &sales);
    let prices = ["women|5|17|119.00|7.00", "men|5|5|37.00|7.40", "small groups|5|6|38.00|6.3333"];
    check(s, "average-price-by-sex", "", &prices);
    check(s, "top-customers", "n 3", &["1|anna|5|9|66.00", "2|bea|1|3|25.00", "3|kim|1|2|14.00"]);
    let ten = lines_of(&ask(s, "top-customers", ""));
    let ids: Vec<_> = ten.iter().map(|row| row.split('|').nth(1).unwrap()).collect();
    assert_eq!(ids, ["anna", "bea", "kim", "max", "paul", "otto", "rolf", "sven", "guest1", "guest2"]);
    check(s, "most-transactions-in-country", "", &["France|anna|4", "Spain|anna|1", "Germany|paul|1"]);
    check(s, "most-transactions-in-country", "country Germany", &["Germany|paul|1"]);
    check(s, "customers-in-every-quarter", "year 2011", &["anna|4|7|46.00"]);
    check(s, "customers-in-every-quarter", "year 2010", &[]);
    check(s, "customers-by-payment-method", "method CARD", &["anna|3|42.00|2010-12-31|2011-05-01"]);
}

#[test]
fn products_are_answered_as_worked_out_by_hand() {
    let (_folder, _url, mut store) = small_shop();
    let s = &mut store;
    let above = ["mug|mug of a.csv|Kitchen|9.00|list", "rug|rug of a.csv|-|7.00|paid"];
    check(s, "products-above-price", "price 5.3636", &above); // pot: 59.00 for 11 units, 5.3636 and not above it
    assert_eq!(ask(s, "products-above-price", "price 5.3635").total, 3);
    let of_year = [
        "mug|mug of a.csv|Kitchen|5|13|108.00",
        "rug|rug of a.csv|-|7|11|77.00",
        "pot|pot of a.csv| kitchen|9|11|59.00",
        "cup|cup of a.csv|-|0|-1|-3.00",
    ];
    check(s, "product-sales-of-year", "year 2011", &of_year);
    check(s, "product-sales-of-year", "year 2010", &["mug|mug of a.csv|Kitchen|1|2|20.00"]);
    check(s, "products-sold-above", "year 2011 n 11", &["mug|mug of a.csv|Kitchen|13|108.00"]);
    let ties = lines_of(&ask(s, "products-sold-above", "year 2011 n 10"));
    assert_eq!(ties.iter().map(|row| &row[..3]).collect::<Vec<_>>(), ["mug", "pot", "rug"]);
    check(s, "products-per-producer-country", "", &["Germany|2|2", "France|1|1", "unknown|2|0"]);
    check(s, "revenue-per-category", "", &["Kitchen|2|26|187.00", "unknown|2|10|74.00"]);
    let never = ["cup|cup of a.csv|-|-|-|-|1", "hat|a hat|-|2.50|2011-01-01|-|0"];
    check(s, "products-never-sold", "", &never);
    let cheap = ["hat|a hat|-|2.50|list|5.9659", "pot|pot of a.csv| kitchen|5.3636|paid|5.9659"];
    check(s, "products-cheaper-than-average", "", &cheap);
    let producers = ["1|Germany|2|26|187.00", "2|France|1|11|77.00", "-|unknown|1|-1|-3.00"];
    check(s, "top-producer-countries", "", &producers);
    check(s, "top-producer-countries", "n 1", &[producers[0], producers[2]]);
}

#[test]
fn orders_are_answered_as_worked_out_by_hand() {
    let (_folder, _url, mut store) = small_shop();
    let s = &mut store;
    let card = [
        "Card|O1|2010-12-31|anna|France|2|20.00",
        "card|O2|2011-02-10|anna|France|2|12.00",
        "card|O3|2011-05-01|anna|France|1|10.00",
    ];
    check(s, "transactions-by-payment-method", "method card", &card);
    let all = lines_of(&ask(s, "transactions-by-payment-method", ""));
    assert_eq!(
        (all.len(), &all[..3], all[3].as_str()),
        (20, &card.map(str::to_owned)[..], "PayPal|O7|2011-02-15|bea|France|4|28.00")
    );
    assert_eq!(all.iter().rev().nth(1).map(String::as_str), Some("unknown|O22|2011-11-15|-|France|10|80.00"));
    assert_eq!(all.last().map(String::as_str), Some("unknown|O5|2011-11-30|anna|France|4|24.00"));
    let months = [
        "2011-02|2|6|40.00",
        "2011-03|0|-1|-3.00",
        "2011-05|1|1|10.00",
        "2011-06|3|3|15.00",
        "2011-07|5|5|37.00",
        "2011-08|1|1|10.00",
        "2011-09|1|2|14.00",
        "2011-10|4|4|24.00",
        "2011-11|2|13|95.00",
        "2011-12|0|0|-1.00",
    ];
    check(s, "transactions-per-month", "year 2011", &months);
    check(s, "transactions-per-month", "year 2010", &["2010-12|1|2|20.00"]);
    let quarters = ["1|2|5|37.00", "2|4|4|25.00", "3|7|8|61.00", "4|6|17|118.00"];
    check(s, "revenue-per-quarter", "year 2011", &quarters);
    let methods = ["Card|3|42.00", "PayPal|1|28.00", "unknown|16|191.00"];
    check(s, "transactions-per-payment-method", "", &methods);
    check(s, "transactions-per-month", "year 65535", &[]);
}

#[test]
fn nobody_can_be_made_out_in_a_small_group() {
    let (_folder, url, mut store) = small_shop();
    // Four are left in small groups, too few: the five men in Germany join them.
    let guest4 = "UPDATE customers SET gender = 'f', listed_country_id = (SELECT id FROM countries WHERE name = 'France') \
                  WHERE external_id = 'guest4'";
    execute(&url, guest4);
    let expected = ["F|France|1|7|6", "small groups|small groups|3|9|9"];
    check(&mut store, "customers-by-sex-and-country", "", &expected);
    let expected = ["women|6|18|125.00|6.9444", "small groups|9|10|69.00|6.90"];
    check(&mut store, "average-price-by-sex", "", &expected);
    execute(&url, "UPDATE customers SET gender = external_id");
    check(&mut store, "customers-by-sex-and-country", "", &["small groups|small groups|16|16|15"]);
    check(&mut store, "average-price-by-sex", "", &["others|15|28|194.00|6.9286"]);
}

#[test]
fn the_words_for_women_and_men_are_those_that_are_documented() {
    let (_folder, url, mut store) = small_shop();
    let notes = ReadyQuery::named("average-price-by-sex").unwrap().notes;
    let (women, rest) = notes.split_once("Women:").unwrap().1.split_once("Men:").unwrap();
    let (men, _) = rest.split_once("Any other word").unwrap();
    for (sex, words) in [("women", women), ("men", men)] {
        let words: Vec<&str> = words.split('`').skip(1).step_by(2).collect();
        assert!(words.len() > 15, "{words:?}");
        for word in words.iter().flat_map(|word| [(*word).to_owned(), format!(" {} ", word.to_uppercase())]) {
            execute(&url, &format!("UPDATE customers SET gender = '{word}'"));
            let answer = lines_of(&ask(&mut store, "average-price-by-sex", ""));
            assert_eq!(answer, [format!("{sex}|15|28|194.00|6.9286")], "{word}");
        }
    }
}

/// A value for everything a query asks for.
fn all_given(query: &ReadyQuery) -> ReadyGiven {
    let parameters = query.parameters.iter().map(|parameter| {
        let kind = parameter.kind;
        let value = match kind.word() {
            "customer" => "bea",
            "n" => "2",
            "price" => "2",
            _ => kind.example(),
        };
        format!("{} {value} ", kind.word())
    });
    given(&parameters.collect::<String>())
}

#[test]
fn an_empty_shop_has_empty_answers() {
    let (_folder, url, mut store) = database();
    for query in ReadyQuery::all() {
        assert_eq!(
            store.ready(query, &all_given(query), None).unwrap(),
            ReadyAnswer::default(),
            "{}",
            query.name
        );
        assert_eq!(rows(&url, &format!("SELECT * FROM {}", query.view)), [[]; 0], "{}", query.view);
    }
}

#[test]
fn the_views_say_what_the_queries_say() {
    let (_folder, url, mut store) = small_shop();
    let filters = [
        "month = '2011-11'",
        "TRUE",
        "price > 2",
        "lower(payment_method) = 'card'",
        "month LIKE '2011-%'",
        "year = 2011",
        "customer = 'bea'",
        "year = 2011 AND units > 2",
        "TRUE",
        "TRUE",
        "TRUE",
        "TRUE",
        "rank <= 2",
        "TRUE",
        "country = 'France'",
        "year = 2011",
        "TRUE",
        "year = 2011",
        "payment_method = 'Card'",
        "rank <= 2 OR rank IS NULL",
    ];
    for (query, filter) in ReadyQuery::all().iter().zip(filters) {
        let answer = store.ready(query, &all_given(query), None).unwrap();
        assert!(answer.total > 0, "{}", query.name);
        let units = |cell: &ReadyCell| match cell {
            ReadyCell::Money(amount) => format!("{:.4}", amount.to_f64()),
            other => shown(other),
        };
        let mut told: Vec<Vec<String>> =
            answer.rows.iter().map(|row| row.iter().map(units).collect()).collect();
        let keys: Vec<&str> = query.columns.iter().map(|column| column.key).collect();
        let sql = format!("SELECT {} FROM {} WHERE {filter}", keys.join(", "), query.view);
        let mut viewed: Vec<Vec<String>> =
            rows(&url, &sql).iter().map(|row| row.iter().map(written).collect()).collect();
        told.sort();
        viewed.sort();
        assert_eq!(told, viewed, "{}", query.view);
    }
}

#[expect(clippy::panic, reason = "in a test a failure is the message")]
fn written(value: &SqlCell) -> String {
    match value {
        SqlCell::Null => "-".to_owned(),
        SqlCell::Integer(number) => number.to_string(),
        SqlCell::Real(number) => format!("{number:.4}"),
        SqlCell::Text(text) => text.clone(),
        SqlCell::Blob(_) => panic!("no view has bytes"),
    }
}

#[test]
fn a_limit_cuts_the_rows_and_not_the_count() {
    let (_folder, _url, mut store) = small_shop();
    let query = ReadyQuery::named("4").unwrap();
    let all = store.ready(query, &ReadyGiven::default(), None).unwrap();
    let two = store.ready(query, &ReadyGiven::default(), Some(2)).unwrap();
    assert_eq!((two.rows.as_slice(), two.total), (&all.rows[..2], 20));
    assert_eq!(store.ready(query, &ReadyGiven::default(), Some(0)).unwrap().rows, [[]; 0]);
}

#[test]
fn what_is_missing_unwanted_or_unknown_is_named() {
    let (_folder, _url, mut store) = small_shop();
    let mut said = |name: &str, parameters: &str| {
        let query = ReadyQuery::named(name);
        query.and_then(|query| store.ready(query, &given(parameters), None)).unwrap_err().to_string()
    };
    assert_eq!(
        said("customers-in-month", ""),
        "the query customers-in-month asks for month, such as 2011-11"
    );
    assert_eq!(
        said("products-sold-above", "year 2011"),
        "the query products-sold-above asks for n, such as 100"
    );
    assert_eq!(
        said("products-sold-above", "year 2011 n 3 country France"),
        "the query products-sold-above does not ask for country but for year and n; leave it out"
    );
    assert_eq!(
        said("revenue-per-category", "n 3"),
        "the query revenue-per-category does not ask for n; leave it out"
    );
    assert_eq!(
        said("revenue-by-quarter", ""),
        "there is no ready-made query 'revenue-by-quarter'; nearest: revenue-per-quarter, \
         revenue-per-category, customers-in-every-quarter"
    );
    assert_eq!(said("x", ""), "there is no ready-made query 'x'");
    assert_eq!(
        said("sales-of-customer", "customer Bea"),
        "the shop has no customer 'Bea'; did you mean 'bea'?"
    );
    assert_eq!(
        said("most-transactions-in-country", "country france"),
        "the shop has no country 'france'; did you mean 'France'?"
    );
    assert_eq!(
        said("customers-by-payment-method", "method Pay_Pal"),
        "the shop has no payment method 'Pay_Pal'; check the spelling"
    );
}

#[test]
fn parameters_are_never_part_of_the_statement() {
    let (_folder, url, mut store) = small_shop();
    let evil = "x'; DROP TABLE sales; --";
    let query = ReadyQuery::named("sales-of-customer").unwrap();
    let asked = ReadyGiven { customer: Some(evil.to_owned()), ..ReadyGiven::default() };
    let refused = store.ready(query, &asked, None).unwrap_err();
    assert!(matches!(refused, StoreError::UnknownName { what: "customer", .. }), "{refused}");
    execute(&url, "UPDATE customers SET external_id = 'x''; DROP TABLE sales; --' WHERE external_id = 'bea'");
    assert_eq!(store.ready(query, &asked, None).unwrap().total, 2);
}
