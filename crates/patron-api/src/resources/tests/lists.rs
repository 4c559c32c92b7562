//! Lists, page by page.

use patron_store::{CustomerRecord, DateRecord, ProductRecord, SaleRecord, Sort, TransactionRecord};
use serde_json::{Value, json};

use super::super::Readable;
use super::Shop;

/// All rows of a list, page by page; `between` happens between two pages.
fn all(shop: &Shop, path: &str, between: impl Fn(usize)) -> Vec<Value> {
    let (mut rows, mut next) = (Vec::new(), Some(path.to_owned()));
    let mut pages = 0;
    while let Some(path) = next {
        let page = shop.get(&path);
        rows.extend(page.ok()["items"].as_array().unwrap().clone());
        let link = page.header("link");
        next = link.strip_prefix('<').map(|link| link.strip_suffix(">; rel=\"next\"").unwrap().to_owned());
        assert_eq!(next.is_none(), page.ok()["next"].is_null());
        between(pages);
        pages += 1;
        assert!(pages < 200, "pages do not end");
    }
    rows
}

fn customers(shop: &Shop, from: usize, to: usize) {
    let rows = (from..to).map(
        |place| json!({"external_id": format!("c{:03}", place * 7 % 100), "city": format!("{}", place % 5)}),
    );
    shop.post("/api/v1/customers/bulk", &json!(rows.collect::<Vec<_>>())).created();
}

#[test]
fn pages_are_complete_while_rows_come_in() {
    let shop = Shop::new();
    customers(&shop, 0, 50);
    for (sort, text) in
        [("id", false), ("-id", false), ("external_id", true), ("-external_id", true), ("city", true)]
    {
        let rows = all(&shop, &format!("/api/v1/customers?limit=7&sort={sort}"), |_| ());
        assert_eq!(rows.len(), 50, "{sort}");
        let field = sort.trim_start_matches('-');
        let key = |row: &Value| match text {
            true => (row[field].as_str().unwrap().to_owned(), row["id"].as_i64().unwrap()),
            false => (String::new(), row["id"].as_i64().unwrap()),
        };
        let mut keys: Vec<_> = rows.iter().map(key).collect();
        if sort.starts_with('-') {
            keys.reverse();
        }
        assert!(keys.is_sorted(), "{sort}");
    }
    let known = all(&shop, "/api/v1/customers?limit=1000", |_| ());
    let rows = all(&shop, "/api/v1/customers?limit=7&sort=external_id", |page| {
        if page < 5 {
            customers(&shop, 50 + page * 10, 60 + page * 10);
        }
    });
    let ids: Vec<i64> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert!(known.iter().all(|row| ids.iter().filter(|id| row["id"] == **id).count() == 1));
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len());
}

#[test]
fn a_link_keeps_what_was_asked_for() {
    let shop = Shop::new();
    let rows = (0..5).map(|row| json!({"sku": format!("S{row}"), "category": "Küche & Co>"}));
    shop.post("/api/v1/products/bulk", &json!(rows.collect::<Vec<_>>())).created();
    let rows =
        all(&shop, "/api/v1/products?fields=sku&category=K%C3%BCche%20%26%20Co%3E&limit=2&sort=-sku", |_| ());
    let expected: Vec<Value> =
        (0..5).rev().map(|row| json!({"id": row + 1, "sku": format!("S{row}")})).collect();
    assert_eq!(rows, expected);
}

#[test]
fn every_filter_and_order_is_taken_and_others_are_not() {
    let shop = Shop::new().with_a_sale();
    taken::<CustomerRecord>(&shop);
    taken::<ProductRecord>(&shop);
    taken::<TransactionRecord>(&shop);
    taken::<SaleRecord>(&shop);
    taken::<DateRecord>(&shop);
}

fn taken<R: Readable>(shop: &Shop) {
    let path = format!("/api/v1/{}", R::MANY);
    for filter in R::FILTERS {
        let example: Value = serde_json::from_str(filter.example).unwrap();
        let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        shop.get(&format!("{path}?{}={}", filter.name, example.replace(' ', "%20"))).ok();
    }
    for sort in R::Sort::ALL {
        for sign in ["", "-"] {
            assert_eq!(
                shop.get(&format!("{path}?sort={sign}{}", sort.word())).ok()["items"]
                    .as_array()
                    .unwrap()
                    .len(),
                1
            );
        }
    }
    let wrong = shop.get(&format!("{path}?sort=up&limit=1001&after=x&fields=id,nothing&colour=red"));
    let mut fields = wrong.problem(400, "bad-parameters");
    fields.sort_unstable();
    assert_eq!(fields, ["after", "colour", "fields", "limit", "sort"]);
    let place = shop.get(&format!("{path}?limit=1&after=other.up.1.n1"));
    assert_eq!(place.problem(400, "bad-parameters"), ["after"]);
    shop.get(&format!("{path}/1?colour=red")).problem(400, "bad-parameters");
}

#[test]
fn filters_narrow() {
    let shop = Shop::new().with_a_sale();
    let more = json!({"invoice_number": "B1", "sku": "CUP", "quantity": -1, "unit_price": "2.25", "timestamp": "2012-01-02T08:00:00",
        "create_missing": true});
    shop.post("/api/v1/sales", &more).created();
    for (path, ids) in [
        ("sales?kind=return", vec![2]),
        ("sales?sku=MUG", vec![1]),
        ("sales?product_id=2", vec![2]),
        ("sales?customer_external_id=c1", vec![1]),
        ("sales?customer_external_id=nobody", vec![]),
        ("sales?transaction_id=2&from=2012-01-02&to=2012-01-02", vec![2]),
        ("sales?to=2011-12-31", vec![1]),
        ("sales?sort=-amount", vec![1, 2]),
        ("transactions?month=2012-01", vec![2]),
        ("transactions?invoice_number_prefix=A", vec![1]),
        ("transactions?customer_id=1", vec![1]),
        ("products?price_from=4.50&price_to=4.50", vec![1]),
        ("products?sku_prefix=CU", vec![2]),
        ("customers?country=france", vec![1]),
        ("customers?external_id_prefix=c", vec![1]),
        ("customers?city=Paris", vec![]),
    ] {
        let page = shop.get(&format!("/api/v1/{path}")).ok();
        let found: Vec<i64> =
            page["items"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(found, ids, "{path}");
    }
    for bad in [
        "sales?kind=gift",
        "sales?from=2012-1-2",
        "products?price_from=1.23456",
        "sales?product_id=1&sku=MUG",
        "sales?sku=MUG&sku=CUP",
    ] {
        shop.get(&format!("/api/v1/{bad}")).problem(400, "bad-parameters");
    }
}
