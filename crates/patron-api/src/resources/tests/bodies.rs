//! What bodies may say.

use actix_web::http::Method;
use patron_store::Shop as StoredShop;
use serde_json::{Value, json};

use super::{Shop, request, with_body};

#[test]
fn everything_wrong_with_a_body_is_told_at_once() {
    let shop = Shop::new();
    let body = json!({"sku": 7, "price": 4.5, "unit_cost": "1.23456", "launched": "2011-1-3", "colour": "red", "id": 3});
    let mut fields = shop.post("/api/v1/products", &body).problem(422, "bad-fields");
    fields.sort_unstable();
    assert_eq!(fields, ["colour", "id", "launched", "price", "sku", "unit_cost"]);
    let body = json!({"sku": " ", "price": "-1", "retired": "1066-10-14"});
    assert_eq!(shop.post("/api/v1/products", &body).problem(422, "bad-fields"), ["sku", "price", "retired"]);
    let twice = request(Method::POST, "/api/v1/products").insert_header(("content-type", "application/json"));
    let twice = shop.ask(twice.set_payload(r#"{"sku": "A", "sku": "B"}"#));
    assert_eq!(twice.problem(422, "bad-fields"), ["sku"]);
    let both = json!({"transaction_id": 1, "invoice_number": "A", "quantity": 1.5, "unit_price": "1"});
    let mut fields = shop.post("/api/v1/sales", &both).problem(422, "bad-fields");
    fields.sort_unstable();
    assert_eq!(fields, ["quantity", "transaction_id"]);
    assert_eq!(
        shop.post("/api/v1/sales", &json!({})).problem(422, "bad-fields"),
        ["invoice_number", "quantity", "unit_price"]
    );
    for (body, field) in [(json!({"sku": null}), "sku"), (json!({"imported": true}), "imported")] {
        shop.post("/api/v1/products", &json!({"sku": format!("S{field}")})).created();
        assert_eq!(shop.patch("/api/v1/products/1", &body).problem(422, "bad-fields"), [field]);
    }
    assert_eq!(shop.patch("/api/v1/products/1", &json!({})).ok()["sku"], "Ssku");
}

#[test]
fn a_patch_empties_what_is_null_and_leaves_what_is_absent() {
    let shop = Shop::new();
    let full =
        json!({"sku": "A", "description": "Mug", "category": "Kitchen", "price": "4.50", "unit_cost": "1"});
    shop.post("/api/v1/products", &full).created();
    let patch = json!({"category": null, "price": "5.1"}).to_string();
    let patch = request(Method::PATCH, "/api/v1/products/1")
        .insert_header(("content-type", "Application/Merge-Patch+JSON; charset=utf-8"))
        .set_payload(patch);
    let patched = shop.ask(patch).ok();
    let expected = json!({"id": 1, "sku": "A", "description": "Mug", "category": null, "producer_country": null,
        "price": "5.10", "unit_cost": "1.00", "launched": null, "retired": null, "imported": false});
    assert_eq!(patched, expected);
    let replaced = shop.put("/api/v1/products/1", &json!({"sku": "A"})).ok();
    assert_eq!((&replaced["description"], &replaced["price"]), (&json!(""), &Value::Null));
}

#[test]
fn bodies_are_json_of_a_size_that_can_be_held() {
    let shop = Shop::new();
    let send = |kind: &str, body: &str| {
        let mut request = request(Method::POST, "/api/v1/products").set_payload(body.to_owned());
        if !kind.is_empty() {
            request = request.insert_header(("content-type", kind));
        }
        shop.ask(request)
    };
    for kind in ["", "text/plain", "application/merge-patch+json", "application/jsonx", "text/csv"] {
        send(kind, r#"{"sku": "A"}"#).problem(415, "wrong-content-type");
    }
    let packed = with_body(Method::POST, "/api/v1/products", &json!({"sku": "A"}));
    shop.ask(packed.insert_header(("content-encoding", "gzip"))).problem(415, "wrong-content-type");
    for body in ["", "{", r#"{"sku": "A",}"#, r#"{"sku": A}"#, "\u{feff}{}", "{} {}"] {
        let refused = send("application/json", body);
        refused.problem(400, "bad-json");
        assert!(refused.json()["detail"].as_str().unwrap().contains("line 1"), "{}", refused.body);
    }
    for body in ["[]", "7", "null", "\"sku\""] {
        assert_eq!(send("application/json", body).problem(422, "bad-fields"), ["body"], "{body}");
    }
    let large = format!(r#"{{"sku": "{}"}}"#, "x".repeat(1 << 20));
    send("application/json", &large).problem(413, "body-too-large");
    let html = with_body(Method::POST, "/api/v1/products", &json!({"sku": "A"}))
        .insert_header(("accept", "text/html"));
    shop.ask(html).problem(406, "not-acceptable");
    shop.ask(with_body(Method::POST, "/api/v1/products?x=1", &json!({"sku": "A"})))
        .problem(400, "bad-parameters");
    assert_eq!(shop.store().counts().unwrap().products, 0);
}

#[test]
fn methods_that_are_not_there_are_refused_with_those_that_are() {
    let shop = Shop::new();
    for (method, path, allowed) in [
        (Method::DELETE, "customers", "GET, HEAD, POST"),
        (Method::OPTIONS, "sales", "GET, HEAD, POST"),
        (Method::POST, "customers/1", "GET, HEAD, PUT, PATCH, DELETE"),
        (Method::POST, "products/by-sku/A", "GET, HEAD, PUT, PATCH, DELETE"),
        (Method::GET, "sales/bulk", "POST"),
    ] {
        let refused = shop.ask(request(method, &format!("/api/v1/{path}")));
        refused.problem(405, "method-not-allowed");
        assert_eq!(refused.header("allow"), allowed, "{path}");
    }
    for path in ["/api/v1/customer", "/api/v1/sales/1/2", "/api/v1/sales/by-sku/1", "/api/v1/customers/"] {
        shop.get(path).problem(404, "not-found");
    }
}

#[test]
fn times_are_on_the_shops_clock() {
    let shop = Shop::new();
    let order = |number: &str, at: &str| json!({"invoice_number": number, "timestamp": at});
    let refused = shop.post("/api/v1/transactions", &order("A", "2024-07-01T10:00:00Z"));
    assert_eq!(refused.problem(422, "bad-fields"), ["timestamp"]);
    let zone = Some("Europe/Berlin".to_owned());
    shop.store().set_shop(&StoredShop { name: String::new(), currency: None, time_zone: zone }).unwrap();
    for (number, at) in
        [("A", "2024-07-01T10:00:00Z"), ("B", "2024-07-01T12:00:00"), ("C", "2024-07-01T04:00:00-06:00")]
    {
        let row = shop.post("/api/v1/transactions", &order(number, at)).created();
        assert_eq!(row["timestamp"], "2024-07-01T12:00:00+02:00", "{at}");
        let again = shop
            .patch(&format!("/api/v1/transactions/{}", row["id"]), &json!({"timestamp": row["timestamp"]}));
        assert_eq!(again.ok(), row);
    }
}
