//! Who gets to know who people are.

use serde_json::{Value, json};

use super::Shop;

fn shop() -> Shop {
    let shop = Shop::new();
    let person = json!({"external_id": "zoe@shop.example", "name": "Zoe", "surname": "Martin", "email": "zoe@shop.example",
        "phone": "1", "address": "Rue 1", "zip_code": "69002", "birthday": "1990-05-17", "city": "Lyon", "may_contact": false});
    shop.post("/api/v1/customers", &person).created();
    shop.post("/api/v1/customers", &json!({"external_id": "c2"})).created();
    shop.post("/api/v1/customers", &json!({"external_id": "yan@shop.example"})).created();
    let line = json!({"invoice_number": "zoe@shop.example@2024-01-31", "customer_id": 1, "quantity": 1, "unit_price": "1",
        "timestamp": "2024-01-31T10:00:00", "create_missing": true});
    shop.post("/api/v1/sales", &line).created();
    let plain = json!({"invoice_number": "c2@2024-01-31", "customer_id": 2, "quantity": 1, "unit_price": "1",
        "timestamp": "2024-01-31T10:00:00", "create_missing": true});
    shop.post("/api/v1/sales", &plain).created();
    shop
}

const PERSONAL: [&str; 7] = ["name", "surname", "email", "phone", "address", "zip_code", "birthday"];

#[test]
fn personal_fields_are_absent_without_the_scope() {
    let shop = shop();
    let all = shop.get("/api/v1/customers/1").ok();
    assert!(PERSONAL.iter().all(|field| !all[field].is_null()), "{all}");
    let shop = shop.asked_with("read,write");
    for path in [
        "customers/1",
        "customers/by-external-id/zoe@shop.example",
        "customers/1?fields=id,name,email,external_id",
    ] {
        let row = shop.get(&format!("/api/v1/{path}")).ok();
        assert!(PERSONAL.iter().chain(&["external_id"]).all(|field| row.get(field).is_none()), "{row}");
    }
    assert_eq!(shop.get("/api/v1/customers/2").ok()["external_id"], "c2");
    for path in [
        "customers",
        "customers/1",
        "sales",
        "sales/1",
        "transactions",
        "transactions/1",
        "sales?customer_id=1",
    ] {
        let answer = shop.get(&format!("/api/v1/{path}"));
        assert!(
            !answer.body.contains("shop.example") && !answer.body.contains("Zoe"),
            "{path}: {}",
            answer.body
        );
    }
    assert_eq!(shop.get("/api/v1/sales/2").ok()["invoice_number"], "c2@2024-01-31");
}

#[test]
fn what_is_written_without_the_scope_is_not_read_back() {
    let shop = shop().asked_with("read,write");
    let written =
        shop.patch("/api/v1/customers/2", &json!({"email": "Two@Shop.example", "city": "Lille"})).ok();
    assert_eq!((written.get("email"), &written["city"]), (None, &json!("Lille")));
    let created =
        shop.post("/api/v1/customers", &json!({"external_id": "max@shop.example", "name": "Max"})).created();
    assert_eq!((created.get("external_id"), created.get("name")), (None, None));
    let mut store = shop.store();
    let kept = store.reading().get_by_key::<patron_store::CustomerRecord>("c2").unwrap().unwrap();
    assert_eq!(kept.personal.email.as_deref(), Some("two@shop.example"));
}

#[test]
fn places_in_lists_and_searches_tell_no_names() {
    let shop = shop().asked_with("read");
    for list in
        ["customers?sort=external_id", "customers?sort=-external_id", "transactions?sort=invoice_number"]
    {
        let (mut ids, mut after) = (Vec::new(), String::new());
        loop {
            let page = shop.get(&format!("/api/v1/{list}&limit=1{after}")).ok();
            ids.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            let hex: String =
                "zoe@".bytes().chain("yan@".bytes()).map(|byte| format!("{byte:02x}")).collect();
            assert!(!next.contains(&hex[..8]) && !next.contains(&hex[8..]), "{next}");
            after = format!("&after={next}");
        }
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len());
        assert_eq!(ids.len(), if list.starts_with("customers") { 3 } else { 2 }, "{list}");
    }
    for (list, found) in [
        ("customers?external_id_prefix=z", 0),
        ("customers?external_id_prefix=c", 1),
        ("transactions?invoice_number_prefix=zo", 0),
        ("transactions?invoice_number_prefix=c2", 1),
    ] {
        let page: Value = shop.get(&format!("/api/v1/{list}")).ok();
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{list}");
    }
    assert_eq!(
        shop.get("/api/v1/customers?after=external_id.up.99.p&sort=external_id")
            .problem(400, "bad-parameters"),
        ["after"]
    );
}
