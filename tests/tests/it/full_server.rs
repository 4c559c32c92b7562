//! A PostgreSQL server without room: said clearly, nothing half stored, and it goes by without a restart.

use std::path::Path;
use std::process::Command;

use patron_testing::{Cluster, Database};
use patron_tests::Server;
use serde_json::json;

use crate::{BINARY, patron_runs};

/// Whether the room of a process can be limited; says so loudly where not.
#[expect(clippy::print_stderr, reason = "a test that cannot run says so loudly")]
fn may_limit() -> bool {
    let may = Command::new("prlimit").arg("--version").output().is_ok_and(|tried| tried.status.success());
    if !may {
        eprintln!("SKIPPED: no prlimit command here; nothing was tested here");
    }
    may
}

/// Lets no file of the server grow beyond so many bytes: to a server that is a disk without room, and nothing that it
/// has is lost. Nobody has to be let to mount anything for it.
fn limit(cluster: &Cluster, bytes: &str) {
    // by the server's own user; connections that are made later have the limit of the first process
    let pids = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) UNION ALL SELECT pid::text FROM pg_stat_activity";
    let program = format!("while read pid; do prlimit --pid $pid --fsize={bytes}: || exit; done");
    cluster.sql("postgres", &format!("COPY ({pids}) TO PROGRAM '{program}'"));
}

fn size_of_customers(database: &Database<'_>) -> u64 {
    database.sql("SELECT pg_relation_size('customers')").parse().unwrap()
}

#[test]
fn a_full_server_is_507_and_goes_by() {
    if !may_limit() {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let database = cluster.database();
    let url = database.url();
    let server = Server::start(Path::new(BINARY), &url, &["--create"], &folder.path().join("log"));
    // files of the log of changes have 16 MiB: the table is to be larger than they are
    database.sql(
        "INSERT INTO customers (id, external_id, city)
         SELECT n, 'filler-' || n, (SELECT string_agg(md5(n || ' ' || part), '') FROM generate_series(1, 60) AS part)
         FROM generate_series(1, 9000) AS n",
    );
    let size = size_of_customers(&database);
    assert!(size > 17 << 20, "{size}");
    // half of the last page fits
    limit(&cluster, &(size + 65 * 8192 + 4096).to_string());

    let post = |batch: usize| {
        let letters =
            |row: usize| format!("{:x}", (row + 7 * batch + 1) as u128 * 0x9e37_79b9_7f4a_7c15_f39c);
        let rows: Vec<_> = (0..50)
            .map(|row| json!({"external_id": format!("full-{batch}-{row}"), "city": letters(row).repeat(70)}))
            .collect();
        server.post("/api/v1/customers/bulk", &json!(rows).to_string())
    };
    let sell = |invoice: &str| {
        let sale = json!({
            "invoice_number": invoice, "customer_external_id": "full-0-0", "sku": "mug", "quantity": 1,
            "unit_price": "2.50", "timestamp": "2024-02-01T10:00:00", "create_missing": true,
        });
        server.post("/api/v1/sales", &sale.to_string()).status
    };
    let mut stored = 0;
    let full = loop {
        let answer = post(stored);
        if answer.status != 201 {
            break answer;
        }
        stored += 1;
        assert!(stored < 400, "the server never fills");
    };
    println!("{stored} batches found room");
    assert!(stored > 0);
    for answer in [full, post(stored)] {
        assert_eq!(answer.status, 507, "{}\n{}", answer.body, server.said());
        assert!(answer.head.contains("application/problem+json"), "{}", answer.head);
        assert_eq!(answer.json()["type"], "urn:patron:problem:disk-full");
    }
    assert_eq!(server.get("/health").status, 200);
    assert_eq!(server.get("/ready").status, 200);
    let there = |batch: usize| {
        let path = format!("/api/v1/customers?limit=100&fields=id&external_id_prefix=full-{batch}-");
        server.get(&path).json()["items"].as_array().unwrap().len()
    };
    assert_eq!(there(stored - 1), 50, "the last acknowledged rows are there");
    assert_eq!(there(stored), 0, "of those that did not fit there is nothing");
    // what needs no room in that table goes on
    let sold = ["while-1", "while-2"].map(sell);
    assert!(sold.iter().all(|status| [201, 507].contains(status)), "{sold:?}");

    limit(&cluster, "unlimited");
    assert_eq!(post(stored).status, 201, "with room it goes on");
    assert_eq!(sell("after"), 201);
    patron_runs(&["check", "--database", &url]).ok();
    let acknowledged = sold.iter().filter(|status| **status == 201).count() + 1;
    let count =
        "SELECT (SELECT count(*) FROM customers WHERE external_id LIKE 'full-%'), count(*) FROM sales";
    let expected = format!("{}|{acknowledged}", 50 * (stored + 1));
    assert_eq!(database.sql(count), expected);
    // nor does the server lose any of it when it is killed now
    cluster.stop();
    cluster.start_again();
    assert_eq!(database.sql(count), expected);
    drop(server);
    patron_runs(&["check", "--database", &url]).ok();
}
