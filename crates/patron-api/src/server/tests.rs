//! Every route, asked without a socket.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use chrono::{DateTime, NaiveDateTime};
use patron_pipeline::{ImportRequest, Silent, import};
use patron_store::{DatabaseUrl, Store};
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::openapi;

#[path = "live_tests.rs"]
mod live;

const HOST: &str = "localhost:8080";

fn clock() -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc()
}

/// 40 customers over 20 months: one whose id needs escaping, one known by an e-mail address.
fn sales() -> String {
    let mut text =
        String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    for order in 0..600_u32 {
        let customer = (order.wrapping_mul(2_654_435_761) >> 11) % 40;
        let id = match customer {
            9 => "a/b c%d".to_owned(),
            1 => "zoe@shop.example".to_owned(),
            other => format!("c{other}"),
        };
        let (month, day) = (order / 30, 1 + order % 28);
        let (year, month) = (2022 + month / 12, 1 + month % 12);
        let (sku, quantity) = (10_000 + order % 7, 1 + order % 3);
        let country = if customer % 2 == 0 { "France" } else { "Spain" };
        writeln!(
            text,
            "{},{sku},THING {sku},{quantity},{year}-{month:02}-{day:02} 10:00:00,2.25,{id},{country}",
            5000 + order
        )
        .unwrap();
    }
    text
}

/// A shop with these sales, computed, and the folder with its database.
fn shop_of(text: &str) -> (Live, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sales.csv");
    fs::write(&file, text).unwrap();
    let mut store = Store::open(&database_in(&folder)).unwrap();
    let request = ImportRequest::inspect(file, Default::default(), clock(), &Silent).unwrap();
    import(&mut store, &request, &Silent, |_, _| ()).unwrap();
    (live_in(&folder), folder)
}

fn live_in(folder: &TempDir) -> Live {
    let live = Live::new(database_in(folder), clock);
    live.renew_now(&mut Store::open_existing(&database_in(folder)).unwrap()).unwrap();
    live
}

fn database_in(folder: &TempDir) -> DatabaseUrl {
    DatabaseUrl::from_path(folder.path().join("shop.db"))
}

struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answered {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

struct Service {
    runtime: rt::SystemRunner,
    served: Served,
    _folder: TempDir,
}

impl Service {
    fn new() -> Self {
        Self::of(shop_of(&sales()))
    }

    fn of((live, folder): (Live, TempDir)) -> Self {
        let database = Database::open(&database_in(&folder), clock).unwrap();
        let settings = ServeSettings::at("127.0.0.1:8080".parse().unwrap());
        let served = Served::new(live, database, settings.bind.address(), &settings).unwrap();
        Self { runtime: rt::System::new(), served, _folder: folder }
    }

    fn ask(&self, request: TestRequest) -> Answered {
        let (status, headers, body) = self.answer(request);
        Answered { status, headers, body: String::from_utf8(body).unwrap() }
    }

    fn answer(&self, request: TestRequest) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let served = self.served.clone();
        self.runtime.block_on(async move {
            let app = App::new().wrap(from_fn(guard)).configure(move |config| served.routes(config));
            let app = init_service(app).await;
            let response = call_service(&app, request.to_request()).await;
            let status = response.status().as_u16();
            let header = |(name, value): (
                &actix_web::http::header::HeaderName,
                &actix_web::http::header::HeaderValue,
            )| { (name.to_string(), value.to_str().unwrap().to_owned()) };
            let headers = response.headers().iter().map(header).collect();
            (status, headers, read_body(response).await.to_vec())
        })
    }

    fn get(&self, path: &str) -> Answered {
        self.ask(TestRequest::with_uri(path).insert_header(("host", HOST)))
    }

    fn get_csv(&self, path: &str) -> Answered {
        self.ask(
            TestRequest::with_uri(path).insert_header(("host", HOST)).insert_header(("accept", "text/csv")),
        )
    }

    /// A request that is refused: a problem document of this kind.
    fn refused(&self, path: &str, status: StatusCode, kind: &str) -> Value {
        let answered = self.get(path);
        problem(&answered, status, kind)
    }
}

fn problem(answered: &Answered, status: StatusCode, kind: &str) -> Value {
    assert_eq!(answered.status, status.as_u16(), "{}", answered.body);
    assert_eq!(answered.header("content-type"), "application/problem+json");
    let problem = answered.json();
    assert_eq!(problem["type"], format!("urn:patron:problem:{kind}"), "{problem}");
    assert_eq!(problem["status"], status.as_u16());
    problem
}

#[test]
fn every_described_path_answers_as_it_is_described() {
    let service = Service::new();
    let document: Value = serde_json::from_str(&openapi().unwrap()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut rows_seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let is_value = path.ends_with("/value");
        if item["get"].is_null() || !is_value && (path.contains("{id}") || path.contains("/by-")) {
            continue; // rows of the tables: see their own tests
        }
        let answered = service.get(&path.replace("{id}", "3").replace("{external_id}", "c2"));
        assert_eq!(answered.status, 200, "{path}: {}", answered.body);
        assert_eq!(answered.header("x-content-type-options"), "nosniff");
        let schema =
            &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        if path.starts_with("/api/v1/answers/") {
            for (name, page) in answered.json()["tables"].as_object().unwrap() {
                let row =
                    schema["properties"]["tables"]["properties"][name]["properties"]["rows"]["items"]["$ref"]
                        .as_str()
                        .unwrap_or_else(|| panic!("{path} does not describe {name}"));
                let row = &document.pointer(row.trim_start_matches('#')).unwrap()["required"];
                let mut described: Vec<&str> =
                    row.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
                described.sort_unstable();
                for row in page["rows"].as_array().unwrap() {
                    let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
                    assert_eq!(keys, described, "{path} {name}");
                    rows_seen += 1;
                }
            }
        }
    }
    assert!(rows_seen > 300, "{rows_seen} rows were compared");
}

#[test]
fn the_committed_description_is_the_served_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let served = openapi().unwrap();
    if std::env::var_os("PATRON_BLESS").is_some() {
        fs::write(&path, &served).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let same = committed == served;
    assert!(
        same,
        "docs/openapi.json is not what is served: PATRON_BLESS=1 cargo test -p patron-api writes it"
    );
}

#[test]
fn pages_of_a_table_add_up_to_its_csv() {
    let service = Service::new();
    let csv = service.get_csv("/api/v1/answers/months?table=product_months");
    assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
    let lines: Vec<&str> = csv.body.lines().skip(1).collect();
    let (mut rows, mut after) = (Vec::new(), Some(0));
    while let Some(place) = after {
        let path = format!("/api/v1/answers/months?table=product_months&limit=50&after={place}");
        let page = service.get(&path).json();
        let page = &page["tables"]["product_months"];
        assert_eq!(page["total"], lines.len());
        rows.extend(page["rows"].as_array().unwrap().clone());
        after = page["next"].as_u64();
    }
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(lines) {
        let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        let keys = ["month", "sku", "quantity", "revenue", "orders", "customers"];
        assert_eq!(keys.map(text).join(","), line);
    }
}

#[test]
fn one_customer_is_worth_what_the_list_says() {
    let service = Service::new();
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let page = service.get(&format!("/api/v1/forecasts?limit=7{after}")).json();
        listed.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={}", next.replace('%', "%25").replace(' ', "%20"));
        assert!(listed.len() < 100, "pages do not end");
    }
    let ids: Vec<&str> = listed.iter().map(|row| row["customer_id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.contains(&"a/b c%d"), "{ids:?}");
    assert!(ids[0].starts_with('@') && !ids.iter().any(|id| id.contains("shop.example")), "{ids:?}");
    for row in &listed {
        let id = row["customer_id"].as_str().unwrap();
        // an address is not shown; whoever may see it asks by it
        let asked = if id.starts_with('@') { "zoe@shop.example" } else { id };
        let path = asked.replace('%', "%25").replace('/', "%2F").replace(' ', "%20");
        for horizon in ["3m", "12m", "24m"] {
            let value = service
                .get(&format!("/api/v1/customers/by-external-id/{path}/value?horizon={horizon}"))
                .json();
            assert_eq!(value["value"], row[format!("clv_{horizon}")], "{id} {value}");
            assert_eq!((&value["external_id"], &value["orders"]), (&Value::from(asked), &row["orders"]));
            let again =
                service.get(&format!("/api/v1/customers/{}/value?horizon={horizon}", value["id"])).json();
            assert_eq!(value, again);
            assert_eq!(value["chance_to_buy_3m"], row["chance_to_buy_3m"]);
        }
    }
    let segments = service.get("/api/v1/segments").json();
    let customers: u64 =
        segments["items"].as_array().unwrap().iter().map(|row| row["customers"].as_u64().unwrap()).sum();
    assert_eq!(customers as usize, listed.len());
}

#[test]
fn a_value_can_be_asked_at_other_days_and_with_reasons() {
    let service = Service::new();
    let plain = service.get("/api/v1/customers/by-external-id/c4/value").json();
    assert_eq!((&plain["horizon"], plain.get("reasons")), (&Value::from("12m"), None));
    assert_eq!(plain["computed_at"], "1970-01-01T00:00:00Z");
    let earlier = service
        .get("/api/v1/customers/by-external-id/c4/value?as_of=2022-08-31&horizon=90d&include=reasons")
        .json();
    assert_eq!(
        (&earlier["as_of"], &earlier["until"]),
        (&Value::from("2022-08-31"), &Value::from("2022-11-29"))
    );
    assert_eq!((earlier["orders"].as_u64(), plain["orders"].as_u64()), (Some(3), Some(11)));
    let reasons = &earlier["reasons"];
    let factors = reasons["factors"].as_array().unwrap().iter();
    let product: f64 = factors.map(|factor| factor["number"].as_f64().unwrap()).product();
    let value: f64 = earlier["value"].as_str().unwrap().parse().unwrap();
    assert!((product - value).abs() < 1e-5, "{reasons}");
    let facts: Vec<&str> =
        reasons["without"].as_array().unwrap().iter().map(|one| one["fact"].as_str().unwrap()).collect();
    assert!(facts.contains(&"last-purchase") && facts.contains(&"silence"), "{reasons}");
    assert!(reasons["chance"].is_array());
    let long: f64 = service.get("/api/v1/customers/by-external-id/c4/value?horizon=365d").json()["value"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let short: f64 = service.get("/api/v1/customers/by-external-id/c4/value?horizon=1d").json()["value"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(short < long, "{short} {long}");
}

#[test]
fn what_cannot_be_answered_is_told_as_a_problem() {
    let service = Service::new();
    let unknown = service.refused(
        "/api/v1/customers/by-external-id/x%2F1/value",
        StatusCode::NOT_FOUND,
        "unknown-customer",
    );
    assert!(unknown["detail"].as_str().unwrap().contains("x/1"));
    service.refused("/api/v1/customers/by-external-id/%FF/value", StatusCode::NOT_FOUND, "unknown-customer");
    service.refused("/api/v1/customers/c4/value", StatusCode::NOT_FOUND, "unknown-customer");
    service.refused("/api/v1/customers/4711/value", StatusCode::NOT_FOUND, "unknown-customer");
    service.refused(
        "/api/v1/customers/by-external-id/c4/value?as_of=2022-01-01",
        StatusCode::NOT_FOUND,
        "no-purchase",
    );
    service.refused("/api/v1/answers/weather", StatusCode::NOT_FOUND, "not-found");
    service.refused(
        "/api/v1/answers/product-groups?table=product_margins",
        StatusCode::NOT_FOUND,
        "nothing-known",
    );
    service.refused("/nowhere", StatusCode::NOT_FOUND, "not-found");
    service.refused("/swagger-ui/../../etc/passwd", StatusCode::NOT_FOUND, "not-found");
    let bad = "/api/v1/customers/by-external-id/c4/value?horizon=5m&as_of=1805-10-21&include=all&limit=3";
    let bad = service.refused(bad, StatusCode::BAD_REQUEST, "bad-parameters");
    let fields: Vec<&str> =
        bad["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["horizon", "as_of", "include", "limit"]);
    for bad in [
        "/api/v1/forecasts?limit=1001",
        "/api/v1/answers/months?after=3",
        "/api/v1/answers/months?table=products",
        "/api/v1/answers/months?table=monthly&after=-1",
        "/api/v1/segments?sort=up",
        "/api/v1/models?x",
    ] {
        service.refused(bad, StatusCode::BAD_REQUEST, "bad-parameters");
    }
    let page_of_csv = service.get_csv("/api/v1/forecasts?limit=2");
    problem(&page_of_csv, StatusCode::BAD_REQUEST, "bad-parameters");
    problem(&service.get_csv("/api/v1/models"), StatusCode::NOT_ACCEPTABLE, "not-acceptable");
    let image = TestRequest::with_uri("/api/v1/models")
        .insert_header(("host", HOST))
        .insert_header(("accept", "image/png"));
    problem(&service.ask(image), StatusCode::NOT_ACCEPTABLE, "not-acceptable");
}

#[test]
fn methods_hosts_and_sizes_are_checked() {
    let service = Service::new();
    let with = |method: Method| {
        TestRequest::with_uri("/api/v1/segments").method(method).insert_header(("host", HOST))
    };
    assert_eq!(service.ask(with(Method::HEAD)).status, 200);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answered = service.ask(with(method));
        problem(&answered, StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
        assert_eq!(answered.header("allow"), "GET, HEAD");
        assert_eq!(answered.header("access-control-allow-origin"), "");
    }
    for host in ["evil.example:8080", "localhost:9090", "localhost"] {
        let asked = TestRequest::with_uri("/health").insert_header(("host", host));
        problem(&service.ask(asked), StatusCode::MISDIRECTED_REQUEST, "wrong-host");
    }
    problem(&service.ask(TestRequest::with_uri("/health")), StatusCode::MISDIRECTED_REQUEST, "wrong-host");
    let large = with(Method::GET).insert_header(("content-length", "1048577"));
    problem(&service.ask(large), StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
    let text = service.get("/metrics").body;
    assert!(
        text.contains(r#"patron_http_requests_total{route="/api/v1/segments",status="405"} 5"#),
        "{text}"
    );
    assert!(!text.contains("evil"), "{text}");
}

#[test]
fn pages_need_nothing_from_elsewhere() {
    let service = Service::new();
    let start = service.get("/");
    assert!(start.body.contains("/swagger-ui/") && !start.body.contains("http"), "{}", start.body);
    let redirect = service.get("/swagger-ui");
    assert_eq!((redirect.status, redirect.header("location")), (308, "/swagger-ui/"));
    let page = service.get("/swagger-ui/");
    assert!(page.body.contains("swagger-ui-bundle.js"), "{}", page.body);
    assert!(page.header("content-security-policy").contains("connect-src 'self'"));
    let inline =
        page.body.split("<script").skip(1).filter(|script| !script.trim_start().starts_with("src")).count();
    assert_eq!(inline, 0, "no script but files: {}", page.body);
    let initializer = service.get("/swagger-ui/swagger-initializer.js").body;
    assert!(initializer.contains("/api/v1/openapi.json"), "{initializer}");
    assert_eq!(service.get("/swagger-ui/swagger-ui.css").status, 200);
}

#[test]
fn a_shop_without_enough_data_has_answers_and_says_why_there_is_no_forecast() {
    let service = Service::of(shop_of("customer,date,amount\na,2024-01-31,12.50\n"));
    assert_eq!(
        service.get("/api/v1/answers/months").json()["tables"]["monthly"]["rows"][0]["revenue"],
        "12.50"
    );
    for path in ["/api/v1/customers/1/value", "/api/v1/forecasts", "/api/v1/segments"] {
        let problem = service.refused(path, StatusCode::NOT_FOUND, "no-model");
        assert!(problem["detail"].as_str().unwrap().contains("one day"), "{problem}");
    }
}
