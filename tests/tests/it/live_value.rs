//! A posted sale and the value read right after it: what the model says of the customer's days, and nobody else moves.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_domain::{CustomerDay, Day, Horizon, Money};
use patron_models::{FittedForecaster, ModelFile};
use patron_tests::http::ask;
use patron_tests::{Server, small_export};
use serde_json::{Value, json};

use crate::BINARY;
use crate::home::{Home, until};

const YEAR: Horizon = Horizon::Months(12);

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// The days of a customer as `small_export` makes them: an order of two products on each.
fn days_of(customer: usize) -> Vec<CustomerDay> {
    let orders = (0..300).filter(|order| 1 + order % 5 == customer);
    let day = |order: usize| {
        let each = 1 + order as i64 % 3;
        CustomerDay {
            day: format!("2023-{:02}-{:02}", 1 + order / 28 % 12, 1 + order % 28).parse().unwrap(),
            orders: 1,
            lines: 2,
            products: 2,
            quantity: 2 * each,
            sales: (0..each).map(|_| money("1.25") + money("2.25")).sum(),
            returns: Money::ZERO,
        }
    };
    orders.map(day).collect()
}

/// A customer whose days are kept beside the service.
struct Beside<'s> {
    server: &'s Server,
    fitted: &'s FittedForecaster,
    days: BTreeMap<Day, CustomerDay>,
}

impl Beside<'_> {
    fn on(&mut self, day: &str) -> &mut CustomerDay {
        let day = day.parse().unwrap();
        let (sales, returns) = (Money::ZERO, Money::ZERO);
        let empty = CustomerDay { day, orders: 0, lines: 0, products: 0, quantity: 0, sales, returns };
        self.days.entry(day).or_insert(empty)
    }

    /// Looks at the value, which must be what the model makes of the days, and returns it.
    fn check(&self, as_of: Option<&str>) -> Value {
        let days: Vec<CustomerDay> = self.days.values().copied().collect();
        let seen = days.last().unwrap().day.max(self.fitted.as_of());
        let day = as_of.map_or(seen, |day| day.parse().unwrap());
        let expected = self.fitted.forecast_customer(&days, Some("France"), day, None).unwrap().unwrap();
        let asked = as_of.map(|day| format!("?as_of={day}")).unwrap_or_default();
        let answer = self.server.get(&format!("/api/v1/customers/by-external-id/2/value{asked}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told = answer.json();
        for (field, number) in [
            ("chance_to_buy_3m", expected.chance_to_buy_3m),
            ("expected_purchases_3m", expected.expected_purchases_3m),
            ("p_alive", expected.p_alive),
        ] {
            assert_eq!(told[field].as_f64(), Some(number), "{field} of {told}");
        }
        let value: f64 = told["value"].as_str().unwrap().parse().unwrap();
        let (computed, rounding) = (expected.value_in(YEAR), 0.01);
        assert!((value - computed).abs() < rounding, "{value} {computed}");
        assert_eq!(told["as_of"], day.to_string());
        assert_eq!(told["orders"], expected.orders);
        assert_eq!(told["spent_to_date"], expected.spent_to_date.to_string());
        assert_eq!(told["last_purchase"], expected.last_purchase.to_string());
        told
    }

    /// As [`Beside::check`], of a value that has moved.
    fn check_moved(&self, before: &Value) -> Value {
        let after = self.check(None);
        for field in ["value", "expected_purchases_3m"] {
            assert_ne!(after[field], before[field], "{field}");
        }
        after
    }
}

fn post(server: &Server, invoice: &str, day: &str, quantity: i64, price: &str) -> String {
    let sale = json!({
        "invoice_number": invoice, "customer_external_id": "2", "sku": "10003", "quantity": quantity,
        "unit_price": price, "timestamp": format!("{day}T12:00:00"), "create_missing": true,
    });
    let answer = server.post("/api/v1/sales", &sale.to_string());
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.header("location").unwrap().to_owned()
}

fn others(server: &Server) -> Vec<Value> {
    let value = |customer: &str| {
        let mut told = server.get(&format!("/api/v1/customers/by-external-id/{customer}/value")).json();
        told.as_object_mut().unwrap().remove("computed_at").unwrap();
        told
    };
    ["1", "3", "4", "5"].map(value).to_vec()
}

#[test]
fn whatever_happens_to_a_sale_the_next_read_knows_it() {
    for home in Home::of_both_kinds() {
        let server = home.serve();
        let file = server.get("/api/v1/models/1/export").body;
        let model = ModelFile::from_reader(file.as_bytes()).unwrap();
        let days = days_of(2).into_iter().map(|day| (day.day, day)).collect();
        let mut beside = Beside { server: &server, fitted: model.fitted(), days };
        let elsewhere = others(&server);
        let begin = beside.check(None);

        // a sale of a day that the model has not seen
        let sold = post(&server, "L-1", "2024-02-10", 3, "20");
        *beside.on("2024-02-10") = CustomerDay {
            orders: 1,
            lines: 1,
            products: 1,
            quantity: 3,
            sales: money("60"),
            ..*beside.on("2024-02-10")
        };
        let after_sale = beside.check_moved(&begin);
        assert_eq!(after_sale["as_of"], "2024-02-10");
        // something brought back the week after
        post(&server, "L-2", "2024-02-17", -2, "20");
        *beside.on("2024-02-17") =
            CustomerDay { lines: 1, quantity: -2, returns: money("-40"), ..*beside.on("2024-02-17") };
        let after_return = beside.check_moved(&after_sale);
        assert_eq!(
            (&after_return["as_of"], &after_return["spent_to_date"]),
            (&"2024-02-17".into(), &{
                let spent = money(after_sale["spent_to_date"].as_str().unwrap()) + money("-40");
                Value::from(spent.to_string())
            })
        );
        // one that was forgotten, months ago
        let late = post(&server, "L-3", "2023-03-18", 1, "8.5");
        let day = beside.on("2023-03-18");
        (day.orders, day.lines, day.products) = (day.orders + 1, day.lines + 1, day.products + 1);
        (day.quantity, day.sales) = (day.quantity + 1, day.sales + money("8.5"));
        let after_late = beside.check(None);
        assert_ne!(after_late["spent_to_date"], after_return["spent_to_date"]);
        // an edit, and then gone altogether
        let at = server.address();
        let edited = ask(at, "PATCH", &sold, &[], Some("{\"quantity\": 5}")).unwrap();
        assert_eq!(edited.status, 200, "{}", edited.body);
        (beside.on("2024-02-10").quantity, beside.on("2024-02-10").sales) = (5, money("100"));
        let after_edit = beside.check(None);
        assert_ne!(after_edit["value"], after_late["value"]);
        assert_eq!(ask(at, "DELETE", &late, &[], None).unwrap().status, 204);
        let day = beside.on("2023-03-18");
        (day.orders, day.lines, day.products) = (day.orders - 1, day.lines - 1, day.products - 1);
        (day.quantity, day.sales) = (day.quantity - 1, day.sales - money("8.5"));
        beside.days.retain(|_, day| day.lines > 0);
        beside.check(None);
        // as if asked earlier, and later
        for day in ["2023-06-30", "2024-02-12", "2024-06-30"] {
            beside.check(Some(day));
        }
        assert_eq!(others(&server), elsewhere, "nobody else moves");
        assert!(server.stop("TERM").success());
        home.is_sound();
    }
}

#[test]
fn an_empty_shop_values_its_first_customers_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("new.db").to_str().unwrap().to_owned();
    let server = Server::start(Path::new(BINARY), &database, &["--create"], &folder.path().join("log"));
    let value = |customer: &str| server.get(&format!("/api/v1/customers/by-external-id/{customer}/value"));
    let create = json!({"external_id": "nobody"}).to_string();
    assert_eq!(server.post("/api/v1/customers", &create).status, 201);
    for (number, (customer, day)) in [
        ("2", "2024-01-31"),
        ("a", "2024-02-10"),
        ("b", "2024-03-01"),
        ("b", "2024-05-05"),
        ("c", "2024-07-01"),
    ]
    .into_iter()
    .enumerate()
    {
        let sale = json!({
            "invoice_number": number.to_string(), "customer_external_id": customer, "sku": "mug", "quantity": 1,
            "unit_price": "5", "timestamp": format!("{day}T12:00:00"), "create_missing": true,
        });
        assert_eq!(server.post("/api/v1/sales", &sale.to_string()).status, 201);
        let told = value(customer);
        // never that there are no sales
        assert!(!told.body.contains("no-sales"), "{}", told.body);
    }
    let begun = Instant::now();
    let told = loop {
        let told = value("b");
        if told.status == 200 {
            break told.json();
        }
        let not_yet = [(503, "not-ready"), (404, "no-model")];
        assert!(
            not_yet.iter().any(|(status, kind)| told.status == *status && told.body.contains(kind)),
            "{}",
            told.body
        );
        assert!(begun.elapsed().as_secs() < 60, "{}", told.body);
        sleep(Duration::from_millis(50));
    };
    println!("a value after {:?}", begun.elapsed());
    assert_eq!((&told["orders"], &told["as_of"]), (&2.into(), &"2024-07-01".into()));
    let nobody = value("nobody");
    assert!(nobody.status == 404 && nobody.body.contains("no-purchase"), "{}", nobody.body);
}

#[test]
fn what_another_process_writes_is_told_of_its_customers_at_once_and_of_the_shop_within_a_minute() {
    for home in Home::of_both_kinds() {
        let server = home.serve();
        let [value, customers] = ["/api/v1/customers/by-external-id/1/value", "/api/v1/answers/customers"];
        let (before, listed) = (server.get(value).json(), server.get(customers).json());
        home.import("more.csv", &small_export(300, 10));
        let after = server.get(value).json();
        assert_eq!(after["orders"].as_u64(), before["orders"].as_u64().map(|orders| orders + 2));
        let is_renewed = |answer: &Value| answer["computed_at"] != listed["computed_at"];
        let renewed = until(&server, customers, Duration::from_secs(60), is_renewed);
        assert_ne!(renewed["tables"], listed["tables"]);
        assert_eq!(renewed["model_id"], listed["model_id"]);
    }
}
