//! A shop that changes while it is served.

use std::thread;
use std::time::{Duration, Instant};

use patron_domain::{Day, Money};
use patron_store::{
    CustomerRecord, ModelRun, NewCustomer, NewModelRun, NewSale, Refer, SaleId, SaleRecord, StoreError,
    Writing,
};

use super::*;

fn sale(customer: &str, day: &str, price: &str) -> NewSale {
    NewSale {
        transaction: Refer::Key(format!("live {customer} {day}")),
        product: Some(Refer::Key("10001".into())),
        customer: Some(Refer::Key(customer.into())),
        country: None,
        timestamp: Some(day.parse::<Day>().unwrap().start() + 36_000),
        quantity: 2,
        unit_price: price.parse().unwrap(),
        discount: Money::ZERO,
        amount: None,
        kind: None,
        create_missing: true,
    }
}

/// The same line in the shop's file.
fn line(customer: &str, day: &str, price: &str) -> String {
    format!("live {customer} {day},10001,THING 10001,2,{day} 10:00:00,{price},{customer},France\n")
}

impl Service {
    fn store(&self) -> Store {
        Store::open_existing(&database_in(&self._folder)).unwrap()
    }

    fn change<T>(&self, change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>) -> T {
        self.store().write(change).unwrap()
    }

    fn post(&self, new: &NewSale) -> SaleId {
        self.change(|writing| writing.create::<SaleRecord>(new)).id
    }

    fn renew(&self) {
        self.served.live.renew_now(&mut self.store()).unwrap();
    }

    fn value_of(&self, customer: &str) -> Value {
        let answered = self.get(&format!("/api/v1/customers/by-external-id/{customer}/value"));
        assert_eq!(answered.status, 200, "{}", answered.body);
        answered.json()
    }

    fn values(&self) -> Vec<Value> {
        (0..40).filter(|n| ![1, 9].contains(n)).map(|n| self.value_of(&format!("c{n}"))).collect()
    }

    fn forecasts(&self) -> Value {
        self.get("/api/v1/forecasts?limit=1000").json()
    }
}

#[test]
fn a_sale_moves_the_value_at_the_next_read_and_deleting_it_brings_the_former_one_back() {
    let service = Service::new();
    let before = service.value_of("c4");
    let id = service.post(&sale("c4", "2023-07-15", "40"));
    let after = service.value_of("c4");
    assert_ne!(before["value"], after["value"]);
    let spent = |value: &Value| value["spent_to_date"].as_str().unwrap().parse::<Money>().unwrap();
    assert_eq!(spent(&after) - spent(&before), "80".parse().unwrap());
    assert_eq!(after["orders"].as_u64(), before["orders"].as_u64().map(|orders| orders + 1));
    service.change(|writing| writing.delete::<SaleRecord>(id, None));
    assert_eq!(service.value_of("c4"), before);
}

#[test]
fn a_backdated_sale_is_worth_what_a_fresh_import_with_it_is() {
    let service = Service::new();
    service.post(&sale("c4", "2022-03-05", "12.50"));
    let posted = service.value_of("c4");
    let fresh = shop_of(&(sales() + &line("c4", "2022-03-05", "12.50")));
    // the forecaster that has not seen the sale answers from the database that came with it
    let database = Database::open(&database_in(&fresh.1), clock).unwrap();
    let settings = ServeSettings::at("127.0.0.1:8080".parse().unwrap());
    let (live, at) = (Live::clone(&service.served.live), settings.bind.address());
    let served = Served::new(live, database, at, &settings);
    let beside = Service { runtime: rt::System::new(), served: served.unwrap(), _folder: fresh.1 };
    assert_eq!(beside.value_of("c4"), posted);
}

#[test]
fn a_sale_of_today_moves_its_own_customer_only() {
    let service = Service::new();
    let (before, listed) = (service.values(), service.forecasts());
    service.post(&sale("c4", "2026-11-23", "40"));
    service.post(&sale("newcomer", "2026-11-22", "10"));
    let check_others = |after: &[Value]| {
        for (before, after) in before.iter().zip(after) {
            assert_eq!(before == after, before["external_id"] != "c4", "{before} {after}");
        }
    };
    check_others(&service.values());
    let own = service.value_of("c4");
    assert_eq!((&own["as_of"], &own["last_purchase"]), (&"2026-11-23".into(), &"2026-11-23".into()));
    assert_eq!(service.value_of("newcomer")["orders"], 1);
    let before_it = "/api/v1/customers/by-external-id/c4/value?as_of=2023-08-31";
    let seen_earlier = service.get(before_it).json();
    assert_eq!(seen_earlier["orders"], before.iter().find(|v| v["external_id"] == "c4").unwrap()["orders"]);

    assert_eq!(service.forecasts(), listed, "the list is as it was until it is renewed");
    service.renew();
    check_others(&service.values());
    let renewed = service.forecasts();
    let find = |list: &Value, id: &str| {
        let rows = list["items"].as_array().unwrap();
        rows.iter().find(|row| row["customer_id"] == id).cloned()
    };
    for row in listed["items"].as_array().unwrap() {
        let id = row["customer_id"].as_str().unwrap();
        let mut now = find(&renewed, id).unwrap();
        now["segment"] = row["segment"].clone(); // quarters are among all
        assert_eq!(now == *row, id != "c4", "{id}");
    }
    let newcomer = find(&renewed, "newcomer").unwrap();
    assert_eq!(newcomer["clv_12m"], service.value_of("newcomer")["value"]);
}

#[test]
fn a_shop_begins_empty_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&database_in(&folder)).unwrap();
    let service = Service::of((live_in(&folder), folder));
    assert_eq!(service.get("/ready").status, 200);
    for path in ["/api/v1/answers", "/api/v1/answers/months", "/api/v1/forecasts", "/api/v1/segments"] {
        let problem = service.refused(path, StatusCode::NOT_FOUND, "no-sales");
        assert!(problem["detail"].as_str().unwrap().contains("/api/v1/sales"));
    }
    let zoe = NewCustomer { external_id: "zoe".into(), ..Default::default() };
    let zoe = service.change(|writing| writing.create::<CustomerRecord>(&zoe));
    let path = format!("/api/v1/customers/{}/value", zoe.id.0);
    service.refused(&path, StatusCode::NOT_FOUND, "no-sales");
    service.post(&sale("ann", "2024-01-31", "1"));
    let bought = "/api/v1/customers/by-external-id/ann/value";
    service.refused(bought, StatusCode::SERVICE_UNAVAILABLE, "not-ready");
    service.refused(&path, StatusCode::NOT_FOUND, "no-sales");
    service.renew();
    service.refused(bought, StatusCode::NOT_FOUND, "no-model");
    assert_eq!(
        service.get("/api/v1/answers/months").json()["tables"]["monthly"]["rows"][0]["revenue"],
        "2.00"
    );
    service.refused(&path, StatusCode::NOT_FOUND, "no-model");
    for (customer, day) in
        [("ann", "2024-02-10"), ("bob", "2024-03-01"), ("bob", "2024-05-05"), ("zoe", "2024-07-01")]
    {
        service.post(&sale(customer, day, "5"));
    }
    service.renew();
    assert_eq!(service.value_of("bob")["orders"], 2);
    let nobody = NewCustomer { external_id: "no one".into(), ..Default::default() };
    let nobody = service.change(|writing| writing.create::<CustomerRecord>(&nobody));
    let path = format!("/api/v1/customers/{}/value", nobody.id.0);
    service.refused(&path, StatusCode::NOT_FOUND, "no-purchase");
}

#[test]
fn answers_come_when_they_are_computed() {
    let folder = shop_of(&sales()).1;
    let service = Service::of((Live::new(database_in(&folder), clock), folder));
    assert_eq!(service.get("/health").status, 200);
    for path in ["/ready", "/api/v1/answers", "/api/v1/customers/1/value"] {
        service.refused(path, StatusCode::SERVICE_UNAVAILABLE, "not-ready");
        assert_ne!(service.get(path).header("retry-after"), "");
    }
    service.served.live.start().unwrap();
    let wait = |done: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !done() {
            assert!(Instant::now() < deadline, "nothing came");
            thread::sleep(Duration::from_millis(20));
        }
    };
    wait(&|| service.get("/ready").status == 200);
    let live = &service.served.live;
    let (shop, renewals) = (live.shop().unwrap(), live.standing().renewals);
    service.post(&sale("c4", "2023-07-15", "40"));
    live.renew();
    wait(&|| live.standing().renewals > renewals);
    assert!(!std::sync::Arc::ptr_eq(&shop, &live.shop().unwrap()));
    let text = service.get("/metrics").body;
    assert!(text.contains("patron_serving_model_id 1\n"), "{text}");
}

#[test]
fn a_newer_model_takes_over_and_a_failed_renewal_leaves_everything() {
    let service = Service::new();
    let before = service.value_of("c4");
    let mut store = service.store();
    let ModelRun { run, .. } = store.latest_run().unwrap().unwrap();
    let unreadable = NewModelRun { fitted: Some(b"{}".to_vec()), ..run.clone() };
    store.write(|writing| writing.save_model(&unreadable, &[], None)).unwrap();
    service.renew();
    assert_eq!(service.value_of("c4"), before, "a model that cannot be read does not serve");
    let next = store.write(|writing| writing.save_model(&run, &[], None)).unwrap();
    service.renew();
    assert_eq!(service.value_of("c4")["model_id"], next.0);
    assert_eq!(service.forecasts()["model_id"], next.0);
}

#[test]
fn tables_come_as_parquet() {
    let service = Service::new();
    for (path, file) in [
        ("/api/v1/answers/months?table=product_months", "product_months.parquet"),
        ("/api/v1/forecasts", "predictions.parquet"),
        ("/api/v1/segments", "segments.parquet"),
    ] {
        let request = TestRequest::with_uri(path)
            .insert_header(("host", HOST))
            .insert_header(("accept", "application/vnd.apache.parquet"));
        let (status, headers, bytes) = service.answer(request);
        let disposition = ("content-disposition".to_owned(), format!("attachment; filename=\"{file}\""));
        assert!(status == 200 && headers.contains(&disposition), "{path} {headers:?}");
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{path}");
    }
    let csv = service.get_csv("/api/v1/segments");
    assert_eq!(csv.body.lines().count(), 5, "{}", csv.body);
    assert!(csv.body.starts_with("segment,customers,lowest_clv_12m,"), "{}", csv.body);
}
