//! Who has seen what of a row.

use actix_web::http::Method;
use serde_json::json;

use super::{Shop, request, with_body};

const CUSTOMER: &str = "/api/v1/customers/1";
const BY_WORD: &str = "/api/v1/customers/by-external-id/c1";

#[test]
fn a_row_that_has_changed_since_it_was_seen_stays() {
    let shop = Shop::new().with_a_sale();
    let seen = shop.get(CUSTOMER).header("etag").to_owned();
    let change = |path: &str, tag: &str, city: &str| {
        let request = with_body(Method::PATCH, path, &json!({"city": city}));
        shop.ask(request.insert_header(("if-match", tag)))
    };
    let lyon = change(CUSTOMER, &seen, "Lyon");
    assert_eq!(lyon.ok()["city"], "Lyon");
    for path in [CUSTOMER, BY_WORD] {
        change(path, &seen, "Paris").problem(412, "changed");
        change(path, &format!("W/{}", lyon.header("etag")), "Paris").problem(412, "changed");
        assert_eq!(change(path, "nonsense", "Paris").problem(400, "bad-parameters"), ["if-match"]);
    }
    let put = with_body(Method::PUT, BY_WORD, &json!({})).insert_header(("if-match", seen.as_str()));
    shop.ask(put).problem(412, "changed");
    let gone = request(Method::DELETE, CUSTOMER).insert_header(("if-match", seen.as_str()));
    shop.ask(gone).problem(412, "changed");
    assert_eq!(shop.get(CUSTOMER).ok()["city"], "Lyon");
    let several = format!("{seen}, {}", lyon.header("etag"));
    assert_eq!(change(BY_WORD, &several, "Nice").ok()["city"], "Nice");
    assert_eq!(change(CUSTOMER, "*", "Lille").ok()["city"], "Lille");
}

#[test]
fn a_row_that_is_known_is_not_sent_again() {
    let shop = Shop::new().with_a_sale();
    for path in [CUSTOMER, BY_WORD, "/api/v1/sales/1", "/api/v1/products/by-sku/MUG", "/api/v1/dates/15317"] {
        let tag = shop.get(path).header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer =
                shop.ask(request(Method::GET, path).insert_header(("if-none-match", known.as_str())));
            assert_eq!((answer.status, answer.body.as_str(), answer.header("etag")), (304, "", tag.as_str()));
        }
        let other = request(Method::GET, path).insert_header(("if-none-match", "\"x\""));
        assert_eq!(shop.ask(other).status, 200);
    }
}

#[test]
fn a_put_may_only_create_or_only_replace() {
    let shop = Shop::new();
    let put = |name: &str, value: &str| {
        shop.ask(with_body(Method::PUT, BY_WORD, &json!({"city": "Lyon"})).insert_header((name, value)))
    };
    put("if-match", "*").problem(412, "changed");
    put("if-match", "\"x\"").problem(412, "changed");
    let row = put("if-none-match", "*").created();
    put("if-none-match", "*").problem(412, "changed");
    assert_eq!(put("if-match", "*").ok(), row);
}
