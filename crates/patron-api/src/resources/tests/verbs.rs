//! Created, read, replaced, changed, deleted.

use actix_web::http::Method;
use patron_store::{CustomerRecord, DateRecord, ProductRecord, Resource, SaleRecord, TransactionRecord};
use serde_json::{Value, json};

use super::super::{Readable, Worded, Writable};
use super::{Shop, request};

#[test]
fn every_table_with_every_verb() {
    let shop = Shop::new();
    round::<CustomerRecord>(&shop);
    round::<ProductRecord>(&shop);
    round::<TransactionRecord>(&shop);
    round::<SaleRecord>(&shop);
}

fn round<R: Writable>(shop: &Shop) {
    let list = format!("/api/v1/{}", R::MANY);
    let example: Value = serde_json::from_str(R::EXAMPLE).unwrap();
    let created = shop.post(&list, &example);
    let row = created.created();
    let place = created.header("location").to_owned();
    assert_eq!(place, format!("{list}/{}", row["id"]));
    for field in R::FIELDS.iter().filter(|field| field.is_shown()) {
        assert!(row.get(field.name).is_some(), "{} has no {}: {row}", R::WHAT, field.name);
        assert!(field.is_nullable() || !row[field.name].is_null(), "{} is null: {row}", field.name);
    }
    assert_eq!(row.as_object().unwrap().len(), R::FIELDS.iter().filter(|field| field.is_shown()).count());

    let read = shop.get(&place);
    assert_eq!((read.ok(), read.header("etag")), (row.clone(), created.header("etag")));
    let head = shop.ask(request(Method::HEAD, &place));
    assert_eq!((head.status, head.header("etag")), (200, created.header("etag")));
    let page = shop.get(&list).ok();
    assert!(page["items"].as_array().unwrap().contains(&row), "{page}");

    let change: Value = serde_json::from_str(R::EXAMPLE_OF_CHANGE).unwrap();
    let changed = shop.patch(&place, &change);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&changed.ok()[field], value, "{field}");
    }
    assert_ne!(changed.header("etag"), created.header("etag"));
    let replaced = shop.put(&place, &example);
    assert_eq!(replaced.ok(), row);
    assert_eq!(replaced.header("etag"), created.header("etag"));

    assert_eq!((shop.delete(&place).status, shop.delete(&place).status), (204, 404));
    for answer in [shop.get(&place), shop.put(&place, &example), shop.patch(&place, &change)] {
        answer.problem(404, &format!("unknown-{}", R::WHAT));
    }
    shop.get(&format!("{list}/x")).problem(404, &format!("unknown-{}", R::WHAT));
}

#[test]
fn every_table_by_the_shops_own_word() {
    let shop = Shop::new();
    by_word::<CustomerRecord>(&shop);
    by_word::<ProductRecord>(&shop);
    by_word::<TransactionRecord>(&shop);
}

fn by_word<R: Worded>(shop: &Shop) {
    let mut example: Value = serde_json::from_str(R::EXAMPLE).unwrap();
    example.as_object_mut().unwrap().remove(R::WORD);
    for (word, path) in [("plain", "plain"), ("a/b c%d?#é", "a%2Fb%20c%25d%3F%23%C3%A9"), ("..", "%2E%2E")] {
        let path = format!("/api/v1/{}/{}/{path}", R::MANY, R::BY);
        shop.get(&path).problem(404, &format!("unknown-{}", R::WHAT));
        let created = shop.put(&path, &example);
        let row = created.created();
        assert_eq!(row[R::WORD], word);
        assert_eq!(created.header("location"), format!("/api/v1/{}/{}", R::MANY, row["id"]));
        assert_eq!(shop.put(&path, &example).ok(), row);
        assert_eq!(shop.get(&path).ok(), row);
        let change: Value = serde_json::from_str(R::EXAMPLE_OF_CHANGE).unwrap();
        assert_eq!(shop.patch(&path, &change).ok()["id"], row["id"]);
        let mut other = example.clone();
        other[R::WORD] = json!("other");
        assert_eq!(shop.put(&path, &other).problem(422, "bad-fields"), [R::WORD]);
        other[R::WORD] = json!(word);
        assert_eq!(shop.put(&path, &other).ok(), row);
        let again = shop.post(&format!("/api/v1/{}", R::MANY), &other);
        assert_eq!(again.problem(409, "taken"), [R::WORD]);
        assert_eq!((shop.delete(&path).status, shop.delete(&path).status), (204, 404));
    }
}

#[test]
fn what_others_refer_to_is_not_deleted() {
    let shop = Shop::new().with_a_sale();
    shop.post(
        "/api/v1/sales",
        &json!({"transaction_id": 1, "product_id": 1, "quantity": 1, "unit_price": "4"}),
    )
    .created();
    for path in ["customers/1", "products/by-sku/MUG", "transactions/by-invoice-number/A1"] {
        let refused = shop.delete(&format!("/api/v1/{path}"));
        refused.problem(409, "referenced");
        assert_eq!(refused.json()["referring"], json!({"what": "sales", "count": 2}), "{path}");
    }
    for path in ["sales/1", "sales/2", "transactions/1", "products/1", "customers/1"] {
        assert_eq!(shop.delete(&format!("/api/v1/{path}")).status, 204, "{path}");
    }
}

#[test]
fn a_sale_takes_what_it_leaves_open_from_its_transaction() {
    let shop = Shop::new().with_a_sale();
    let sale = shop.get("/api/v1/sales/1").ok();
    let expected = json!({
        "id": 1, "transaction_id": 1, "invoice_number": "A1", "timestamp": "2011-12-09T12:50:00", "customer_id": 1,
        "customer_external_id": "c1", "product_id": 1, "sku": "MUG", "country": "France", "quantity": 2,
        "unit_price": "4.50", "discount": "0.00", "amount": "9.00", "kind": "sale", "line": null,
    });
    assert_eq!(sale, expected);
    let back = shop.patch("/api/v1/sales/1", &json!({"quantity": -1, "discount": "0.25"})).ok();
    assert_eq!((&back["amount"], &back["kind"]), (&json!("-4.75"), &json!("return")));
    let unknown = json!({"invoice_number": "B1", "sku": "CUP", "customer_external_id": "c2", "quantity": 1,
        "unit_price": "1.0001", "timestamp": "2011-12-10T00:00:00"});
    let refused = shop.post("/api/v1/sales", &unknown);
    assert_eq!(refused.problem(422, "bad-fields"), ["invoice_number", "sku", "customer_external_id"]);
    let mut made = unknown.clone();
    made["create_missing"] = json!(true);
    let sale = shop.post("/api/v1/sales", &made).created();
    assert_eq!(
        (&sale["transaction_id"], &sale["product_id"], &sale["customer_id"]),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(sale["amount"], "1.0001");
    let by_number = json!({"transaction_id": 9, "product_id": 8, "quantity": 1, "unit_price": "1"});
    let refused = shop.post("/api/v1/sales", &by_number).problem(422, "bad-fields");
    assert_eq!(refused, ["transaction_id", "product_id", "timestamp"]);
    assert_eq!(shop.store().counts().unwrap().sales, 2);
}

#[test]
fn the_calendar_follows_the_sales_and_keeps_what_the_shop_writes_there() {
    let shop = Shop::new().with_a_sale();
    let days = shop.get("/api/v1/dates").ok();
    assert_eq!(days["items"].as_array().unwrap().len(), 1);
    let day = shop.get("/api/v1/dates/15317").ok();
    assert_eq!(
        (&day["date"], &day["day_name"], &day["iso_week"]),
        (&json!("2011-12-09"), &json!("Friday"), &json!(49))
    );
    assert_eq!(day.as_object().unwrap().len(), DateRecord::FIELDS.len());
    shop.get("/api/v1/dates/1").problem(404, "unknown-date");
    assert_eq!((&day["event"], &day["kept"]), (&Value::Null, &json!(false)));

    // a day with sales is there already, and stays as long as they do
    shop.post("/api/v1/dates", &json!({"date": "2011-12-09"})).problem(409, "taken");
    shop.delete("/api/v1/dates/15317").problem(409, "referenced");
    let christmas = json!({"date": "2011-12-24", "event": " Christmas Eve "});
    let made = shop.post("/api/v1/dates", &christmas);
    assert_eq!((made.status, made.header("location")), (201, "/api/v1/dates/15332"));
    assert_eq!(
        (&made.json()["day_name"], &made.json()["event"]),
        (&json!("Saturday"), &json!("Christmas Eve"))
    );
    let days = json!([{"date": "2011-12-25"}, {"date": "2011-12-26", "event": "Boxing Day"}]);
    assert_eq!(shop.post("/api/v1/dates/bulk", &days).status, 201);
    let wrong = shop.post("/api/v1/dates", &json!({"event": "x", "month": 4})).problem(422, "bad-fields");
    assert_eq!(wrong, ["date", "month"]);

    let changed = shop.patch("/api/v1/dates/15317", &json!({"event": "Sale"})).ok();
    assert_eq!((&changed["event"], &changed["kept"]), (&json!("Sale"), &json!(true)));
    let moved = shop.patch("/api/v1/dates/15317", &json!({"date": "2011-12-10"}));
    assert_eq!(moved.problem(422, "bad-fields"), ["date"]);
    let replaced = shop.put("/api/v1/dates/15332", &json!({"date": "2011-12-24"})).ok();
    assert_eq!((&replaced["event"], &replaced["kept"]), (&Value::Null, &json!(true)));

    assert_eq!(shop.delete("/api/v1/sales/1").status, 204);
    assert_eq!(shop.get("/api/v1/dates/15317").ok()["event"], "Sale");
    assert_eq!(shop.delete("/api/v1/dates/15317").status, 204);
    shop.get("/api/v1/dates/15317").problem(404, "unknown-date");
    assert_eq!(shop.get("/api/v1/dates").ok()["items"].as_array().unwrap().len(), 3);
    assert_eq!(DateRecord::WHAT, "date");
}
