//! Requests that are sent again.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::{Answer, Shop, request, with_body};

fn keyed(path: &str, key: &str, body: &Value) -> TestRequest {
    with_body(Method::POST, path, body).insert_header(("idempotency-key", key))
}

fn same(first: &Answer, again: &Answer) {
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["location", "etag", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
}

#[test]
fn what_is_sent_again_is_created_once_and_answered_the_same() {
    let shop = Shop::new();
    let body = json!({"external_id": "c1"});
    let first = shop.ask(keyed("/api/v1/customers", "k-1", &body));
    first.created();
    same(&first, &shop.ask(keyed("/api/v1/customers", "k-1", &body)));
    let rows = json!([{"external_id": "c2"}, {"external_id": "c3"}]);
    let bulk = shop.ask(keyed("/api/v1/customers/bulk", "k-2", &rows));
    assert_eq!(bulk.created()["items"].as_array().unwrap().len(), 2);
    same(&bulk, &shop.ask(keyed("/api/v1/customers/bulk", "k-2", &rows)));
    assert_eq!(shop.store().counts().unwrap().customers, 3);

    for (path, body) in [
        ("/api/v1/customers", json!({"external_id": "c4"})),
        ("/api/v1/products", json!({"sku": "c1"})),
        ("/api/v1/customers/bulk", json!([{"external_id": "c1"}])),
    ] {
        shop.ask(keyed(path, "k-1", &body)).problem(422, "idempotency-key-reused");
    }
    let other = shop.asked_with("read,write,personal");
    other.ask(keyed("/api/v1/customers", "k-1", &body)).problem(409, "taken");
}

#[test]
fn a_request_that_failed_is_not_remembered() {
    let shop = Shop::new();
    let line =
        json!({"invoice_number": "A1", "quantity": 1, "unit_price": "1", "timestamp": "2024-01-31T10:00:00"});
    shop.ask(keyed("/api/v1/sales", "k", &line)).problem(422, "bad-fields");
    let order = json!({"invoice_number": "A1", "timestamp": "2024-01-31T10:00:00"});
    shop.post("/api/v1/transactions", &order).created();
    shop.ask(keyed("/api/v1/sales", "k", &line)).created();
}

#[test]
fn a_row_that_has_gone_since_is_told_by_its_number() {
    let shop = Shop::new();
    let (one, two) = (json!({"sku": "A"}), json!([{"sku": "B"}, {"sku": "C"}]));
    let first = shop.ask(keyed("/api/v1/products", "k-1", &one));
    shop.ask(keyed("/api/v1/products/bulk", "k-2", &two)).created();
    assert_eq!(
        (shop.delete("/api/v1/products/1").status, shop.delete("/api/v1/products/2").status),
        (204, 204)
    );
    let again = shop.ask(keyed("/api/v1/products", "k-1", &one));
    assert_eq!((again.created(), again.header("location")), (json!({"id": 1}), first.header("location")));
    let again = shop.ask(keyed("/api/v1/products/bulk", "k-2", &two)).created();
    assert_eq!((&again["items"][0], &again["items"][1]["sku"]), (&json!({"id": 2}), &json!("C")));
}

#[test]
fn requests_at_the_same_time_create_one_row() {
    let shop = Shop::new();
    let order = json!({"invoice_number": "A1", "timestamp": "2024-01-31T10:00:00"});
    shop.post("/api/v1/transactions", &order).created();
    let line = json!({"invoice_number": "A1", "quantity": 1, "unit_price": "1"});
    let answers = shop.ask_all((0..20).map(|_| keyed("/api/v1/sales", "k", &line)).collect());
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == "true").count();
    assert_eq!(replayed, 19);
    assert!(answers.iter().all(|answer| answer.created()["id"] == 1));
    assert_eq!(shop.store().counts().unwrap().sales, 1);
}

#[test]
fn keys_are_visible_ascii() {
    let shop = Shop::new();
    let longest = "k".repeat(255);
    for (place, key) in ["a b", "", &"k".repeat(256), "kö"].into_iter().enumerate() {
        let refused = shop.ask(keyed("/api/v1/products", key, &json!({"sku": format!("S{place}")})));
        assert_eq!(refused.problem(400, "bad-parameters"), ["Idempotency-Key"], "{key}");
    }
    shop.ask(keyed("/api/v1/products", &longest, &json!({"sku": "A"}))).created();
    let twice = keyed("/api/v1/products", "a", &json!({"sku": "B"})).append_header(("idempotency-key", "b"));
    shop.ask(twice).problem(400, "bad-parameters");
    assert_eq!(shop.ask(request(Method::GET, "/api/v1/products")).ok()["items"].as_array().unwrap().len(), 1);
}
