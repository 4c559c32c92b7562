//! The same on a PostgreSQL server: killed at random moments, and a server that goes away and comes back.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_testing::Cluster;
use patron_tests::http::{Answer, ask};
use patron_tests::torture::{Torture, torture};
use patron_tests::{Server, small_export};
use serde_json::json;

use crate::{BINARY, patron_runs};

#[test]
fn twenty_kills_lose_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let database = cluster.database();
    let url = database.url();
    let plan =
        Torture { binary: Path::new(BINARY), database: &url, folder: folder.path(), kills: 20, seed: 4 };
    let happened = torture(&plan, |kill, found| println!("kill {kill}: {found}"));
    println!("{happened}");
    assert!(happened.kills.0 > 3 && happened.kills.1 > 3, "{happened}");
    assert!(happened.acknowledged > 100, "{happened}");
    assert!(happened.unanswered.1 > 0 && happened.imports.1 > 0, "{happened}");
}

#[test]
fn a_server_that_goes_away_comes_back_without_a_restart() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let database = cluster.database();
    let url = database.url();
    let input = folder.path().join("sales.csv");
    fs::write(&input, small_export(0, 300)).unwrap();
    patron_runs(&["import", input.to_str().unwrap(), "--database", &url]).ok();
    let server = Server::start(Path::new(BINARY), &url, &[], &folder.path().join("log"));
    let at = server.address();
    let post = |invoice: &str| -> Answer {
        let sale = json!({
            "invoice_number": invoice, "customer_external_id": "1", "sku": "10001",
            "timestamp": "2024-02-01T10:00:00", "quantity": 1, "unit_price": "2.50", "create_missing": true,
        });
        ask(at, "POST", "/api/v1/sales", &[("Idempotency-Key", invoice)], Some(&sale.to_string())).unwrap()
    };
    assert_eq!(post("before").status, 201);
    assert_eq!(server.get("/api/v1/customers/1").status, 200);

    cluster.stop();
    for _ in 0..3 {
        for refused in [post("while"), server.get("/api/v1/customers/1"), server.get("/api/v1/sales?limit=2")]
        {
            assert_eq!(refused.status, 503, "{}", refused.body);
            assert!(refused.head.contains("application/problem+json"), "{}", refused.head);
            let seconds: u64 =
                refused.header("retry-after").expect("503 says when to come again").parse().unwrap();
            assert!((1..=30).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(server.get("/health").status, 200, "the process itself is well");
    assert_eq!(server.get("/ready").status, 503, "but it cannot serve");

    cluster.start_again();
    let begun = Instant::now();
    let recovered = loop {
        let answer = post("while");
        if answer.status == 201 {
            break answer;
        }
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(begun.elapsed() < Duration::from_secs(20), "the service does not recover: {}", answer.body);
        sleep(Duration::from_millis(100));
    };
    println!("recovered after {:?}", begun.elapsed());
    assert_eq!(post("while").json()["id"], recovered.json()["id"]);
    assert_eq!(server.get("/api/v1/customers/1").status, 200);
    assert_eq!(server.get("/ready").status, 200);
    let count = "SELECT count(*) FROM transactions WHERE invoice_number IN ('before', 'while')";
    assert_eq!(database.sql(count), "2");
    assert!(server.stop("TERM").success());
    patron_runs(&["check", "--database", &url]).ok();
}
