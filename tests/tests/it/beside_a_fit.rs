//! A fit beside posted sales: nothing waits for it, nothing is lost, and the old model answers until the new one does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use patron_tests::http::ask;
use serde_json::json;

use crate::home::{Home, until};
use crate::jobs::long_export;

/// Threads that post sales.
const TILLS: usize = 3;
const MINUTES: Duration = Duration::from_secs(180);

#[test]
fn sales_and_values_go_on_beside_a_fit() {
    for home in Home::of_both_kinds() {
        home.import("many.csv", &long_export(20_000)); // a fit that takes its time
        let server = home.serve();
        let at = server.address();
        let before = server.get("/api/v1/models/1").json();
        assert_eq!(before["serving"], true, "{before}");
        let job = server.post("/api/v1/jobs/refit", "{}");
        assert_eq!(job.status, 202, "{}", job.body);
        let job = format!("/api/v1/jobs/{}", job.json()["id"]);
        until(&server, &job, MINUTES, |job| job["state"] != "queued");

        let done = AtomicBool::new(false);
        let sell = |till: usize| {
            let (mut posted, mut during) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let invoice = format!("fit-{till}-{posted}");
                let sale = json!({
                    "invoice_number": invoice, "customer_external_id": (1 + posted % 5).to_string(),
                    "sku": "10001", "timestamp": "2024-02-01T10:00:00", "quantity": 1, "unit_price": "2.50",
                    "create_missing": true,
                });
                let sale = sale.to_string();
                let answer =
                    ask(at, "POST", "/api/v1/sales", &[("Idempotency-Key", &invoice)], Some(&sale)).unwrap();
                if answer.status == 201 {
                    posted += 1;
                    during += usize::from(!done.load(Ordering::Relaxed));
                } else {
                    assert_eq!(answer.status, 503, "{}", answer.body);
                    assert!(answer.header("retry-after").is_some(), "{}", answer.head);
                }
                sleep(Duration::from_millis(5));
            }
            (posted, during)
        };
        let look = || {
            let mut models = Vec::new();
            while models.last() != Some(&2) {
                let answer = server.get("/api/v1/customers/by-external-id/3/value");
                assert_eq!(answer.status, 200, "{}", answer.body);
                models.push(answer.json()["model_id"].as_i64().unwrap());
                sleep(Duration::from_millis(5));
            }
            models
        };
        let (sold, models) = scope(|threads| {
            let tills: Vec<_> = (0..TILLS).map(|till| threads.spawn(move || sell(till))).collect();
            let looked = threads.spawn(look);
            let ended = until(&server, &job, MINUTES, |job| !job["ended_at"].is_null());
            done.store(true, Ordering::Relaxed);
            assert_eq!(
                (&ended["state"], &ended["outcome"]["model_id"]),
                (&"done".into(), &2.into()),
                "{ended}"
            );
            let sold: Vec<(usize, usize)> = tills.into_iter().map(|till| till.join().unwrap()).collect();
            (sold, looked.join().unwrap())
        });
        let posted: usize = sold.iter().map(|sold| sold.0).sum();
        println!("{posted} sales, {} looks", models.len());
        assert!(sold.iter().all(|sold| sold.1 > 5), "{sold:?}");
        assert!(models[0] == 1 && models.is_sorted(), "the old model answers until the new one does");
        assert_eq!(server.get("/api/v1/models/2").json()["serving"], true);
        // the next one has seen all of them; the answers about the whole shop follow it
        let job = server.post("/api/v1/jobs/refit", "{\"backtest\": false}").json();
        until(&server, &format!("/api/v1/jobs/{}", job["id"]), MINUTES, |job| job["state"] == "done");
        let fitted = server.get("/api/v1/models/3").json();
        assert_eq!((&fitted["serving"], &fitted["as_of"]), (&true.into(), &"2024-02-01".into()));
        assert!(before["as_of"].as_str() < fitted["as_of"].as_str(), "{before}");
        until(&server, "/api/v1/forecasts?limit=1", MINUTES, |forecasts| forecasts["model_id"] == 3);
        let value = server.get("/api/v1/customers/by-external-id/3/value").json();
        assert_eq!((&value["as_of"], &value["model_id"]), (&"2024-02-01".into(), &3.into()));
        assert_eq!(value["last_purchase"], "2024-02-01");

        assert!(server.stop("TERM").success());
        let stored = home.number("SELECT count(*) AS n FROM sales WHERE line IS NULL");
        let orders = home.number(
            "SELECT count(DISTINCT invoice_number) AS n FROM transactions WHERE invoice_number LIKE 'fit-%'",
        );
        assert_eq!((stored, orders), (posted as i64, posted as i64), "each acknowledged sale is there once");
        home.is_sound();
    }
}
