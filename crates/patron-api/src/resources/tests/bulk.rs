//! Many rows at once: in one request, and in many requests at the same time.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Shop, with_body};

#[test]
fn all_rows_are_created_or_none() {
    let shop = Shop::new();
    let rows: Vec<Value> = (0..1000).map(|row| json!({"external_id": format!("c{row}")})).collect();
    let created = shop.post("/api/v1/customers/bulk", &json!(rows)).created();
    let ids: Vec<i64> =
        created["items"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (1..=1000).collect::<Vec<_>>());
    let rows = json!([
        {"external_id": "new"},
        {"external_id": "c7"},
        {"external_id": "", "email": "nobody"},
        {"external_id": "new"},
    ]);
    let refused = shop.post("/api/v1/customers/bulk", &rows);
    let fields = refused.problem(422, "bad-fields");
    assert_eq!(fields, ["2:external_id", "3:external_id", "3:email", "4:external_id"]);
    let rows = json!([{"external_id": "new"}, {"external_id": 5, "colour": "red"}, 7]);
    assert_eq!(shop.post("/api/v1/customers/bulk", &rows).problem(422, "bad-fields"), ["body"]);
    let rows = json!([{"external_id": "new"}, {"external_id": 5, "colour": "red"}, {}]);
    let fields = shop.post("/api/v1/customers/bulk", &rows).problem(422, "bad-fields");
    assert_eq!(fields, ["2:external_id", "2:colour", "3:external_id"]);
    assert_eq!(shop.store().counts().unwrap().customers, 1000);
}

#[test]
fn sales_in_bulk_tell_their_rows_in_their_own_words() {
    let shop = Shop::new().with_a_sale();
    let line = |place: usize| match place {
        0 => json!({"invoice_number": "A1", "quantity": 1, "unit_price": "1.00"}),
        1 => json!({"invoice_number": "A1", "product_id": 99, "quantity": 1, "unit_price": "1.00"}),
        2 => json!({"transaction_id": 1, "sku": "NONE", "quantity": 0, "unit_price": "-1"}),
        _ => json!({"transaction_id": 99, "quantity": 1, "unit_price": "1"}),
    };
    let rows: Vec<Value> = (0..4).map(line).collect();
    let fields = shop.post("/api/v1/sales/bulk", &json!(rows)).problem(422, "bad-fields");
    let expected = ["2:product_id", "3:sku", "3:unit_price", "3:quantity", "4:transaction_id", "4:timestamp"];
    assert_eq!(fields, expected);
}

#[test]
fn a_list_has_one_to_a_thousand_rows() {
    let shop = Shop::new();
    let rows: Vec<Value> = (0..1001).map(|row| json!({"sku": format!("S{row}")})).collect();
    assert_eq!(shop.post("/api/v1/products/bulk", &json!(rows)).problem(422, "bad-fields"), ["body"]);
    assert_eq!(shop.post("/api/v1/products/bulk", &json!([])).problem(422, "bad-fields"), ["body"]);
    assert_eq!(shop.post("/api/v1/products/bulk", &json!({"sku": "A"})).problem(422, "bad-fields"), ["body"]);
    let wrong: Vec<Value> = (0..150).map(|_| json!({})).collect();
    assert_eq!(shop.post("/api/v1/products/bulk", &json!(wrong)).problem(422, "bad-fields").len(), 100);
    assert_eq!(shop.get("/api/v1/products/bulk").problem(405, "method-not-allowed"), [""; 0]);
    assert_eq!(shop.get("/api/v1/products/bulk").header("allow"), "POST");
}

#[test]
fn posts_at_the_same_time_are_all_in_the_file() {
    let shop = Shop::new().with_a_sale();
    let line = json!({"invoice_number": "A1", "sku": "MUG", "quantity": 1, "unit_price": "4.50"});
    let answers = shop.ask_all((0..50).map(|_| with_body(Method::POST, "/api/v1/sales", &line)).collect());
    let ids: BTreeSet<i64> = answers.iter().map(|answer| answer.created()["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (2..=51).collect());
    assert_eq!(shop.store().counts().unwrap().sales, 51);
}

#[test]
fn while_something_else_writes_the_answer_is_to_try_again() {
    let shop = Shop::new();
    let mut store = shop.store();
    let (held, told) = std::sync::mpsc::channel();
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        store
            .write(|_| {
                held.send(()).unwrap();
                ended.recv().unwrap();
                Ok(())
            })
            .unwrap();
    });
    told.recv().unwrap();
    let busy = shop.post("/api/v1/products", &json!({"sku": "A"}));
    busy.problem(503, "busy");
    assert_eq!(busy.header("retry-after"), "1");
    assert_eq!(shop.get("/api/v1/products").ok()["items"], json!([]), "reading does not wait");
    done.send(()).unwrap();
    other.join().unwrap();
    shop.post("/api/v1/products", &json!({"sku": "A"})).created();
}
