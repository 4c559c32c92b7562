//! A full disk, a database that cannot be written, an import beside posted sales: said clearly, and nothing breaks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use patron_tests::http::{Answer, ask};
use patron_tests::{Server, command, run, small_export};
use serde_json::json;

use crate::{BINARY, patron_runs};

/// A shop of 300 orders.
fn shop(folder: &Path) -> PathBuf {
    let (input, database) = (folder.join("sales.csv"), folder.join("shop.db"));
    fs::write(&input, small_export(0, 300)).unwrap();
    patron_runs(&["import", input.to_str().unwrap(), "--database", database.to_str().unwrap()]).ok();
    database
}

fn sale(invoice: &str) -> String {
    json!({
        "invoice_number": invoice, "customer_external_id": "1", "sku": "10001", "timestamp": "2024-02-01T10:00:00",
        "quantity": 1, "unit_price": "2.50", "create_missing": true,
    })
    .to_string()
}

/// Whether this computer lets a process mount what only it sees; says so loudly where not.
#[expect(clippy::print_stderr, reason = "a test that cannot run says so loudly")]
fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]).output();
    let may = tried.is_ok_and(|tried| tried.status.success());
    if !may {
        eprintln!("SKIPPED: no mounts of its own for a process here (unshare -rm); nothing was tested here");
    }
    may
}

#[test]
fn a_full_disk_is_507_and_goes_by() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = shop(folder.path());
    // a disk of three megabytes that only the service sees; a file on it that can be deleted later
    let (disk, script) = (folder.path().join("disk"), folder.path().join("patron"));
    fs::create_dir(&disk).unwrap();
    let [on_disk, kept] = [&disk, &database].map(|path| path.display());
    let prepare = format!(
        "#!/bin/sh\nmount -t tmpfs -o size=3m tmpfs {on_disk} && head -c 1000000 /dev/zero > {on_disk}/other && \
         cp {kept} {on_disk}/shop.db && exec {BINARY} \"$@\"\n"
    );
    fs::write(&script, prepare).unwrap();
    let mut inside = Command::new("unshare");
    inside.args(["-rm", "sh", script.to_str().unwrap()]);
    let database = format!("{on_disk}/shop.db");
    let server = Server::spawn(inside, &database, &[], &folder.path().join("log")).unwrap();

    let mut stored = 0;
    let full = loop {
        let long = "x".repeat(1_900);
        let rows: Vec<_> = (0..50)
            .map(|row| json!({"external_id": format!("full-{stored}-{row}"), "city": long, "gender": long}))
            .collect();
        let answer = server.post("/api/v1/customers/bulk", &json!(rows).to_string());
        if answer.status != 201 {
            break answer;
        }
        stored += 1;
        assert!(stored < 100, "the disk never fills");
    };
    assert_eq!(full.status, 507, "{}", full.body);
    assert!(full.head.contains("application/problem+json"), "{}", full.head);
    assert_eq!(server.get("/health").status, 200);
    let there = |server: &Server, prefix: &str| {
        let path = format!("/api/v1/customers?limit=100&fields=id&external_id_prefix={prefix}");
        server.get(&path).json()["items"].as_array().unwrap().len()
    };
    assert_eq!(there(&server, &format!("full-{}-", stored - 1)), 50, "the last acknowledged rows are there");
    assert_eq!(there(&server, &format!("full-{stored}-")), 0, "of those that did not fit there is nothing");

    let seen = PathBuf::from(format!("/proc/{}/root{}", server.process(), disk.display()));
    fs::remove_file(seen.join("other")).unwrap();
    let again = server.post("/api/v1/sales", &sale("after"));
    assert_eq!(again.status, 201, "with room on the disk it goes on: {}", again.body);
    let copy = folder.path().join("copy.db");
    fs::copy(seen.join("shop.db"), &copy).unwrap();
    fs::copy(seen.join("shop.db-wal"), folder.path().join("copy.db-wal")).unwrap();
    assert!(server.stop("TERM").success());
    patron_runs(&["check", "--database", copy.to_str().unwrap()]).ok();
    let count = "SELECT count(*) FROM customers WHERE external_id LIKE 'full-%'";
    let counted = patron_runs(&["sql", count, "--format", "csv", "--database", copy.to_str().unwrap()]).ok();
    assert_eq!(counted.out, format!("count(*)\n{}\n", 50 * stored));
}

#[test]
fn a_read_only_database_is_said() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = shop(folder.path());
    let [database, folder] = [&database, folder.path()].map(|path| path.to_str().unwrap());
    let before = fs::read(database).unwrap();
    for arguments in [
        &["serve", "--bind", "127.0.0.1:0", "--database", database][..],
        &["import", &format!("{folder}/sales.csv"), "--replace", "--database", database],
    ] {
        let mounted = format!(
            "mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && exec {BINARY} \"$@\""
        );
        let mut inside = Command::new("unshare");
        inside.args(["-rm", "sh", "-c", &mounted, "patron"]).args(arguments);
        let refused = run(inside);
        assert_eq!(refused.code, Some(1), "{arguments:?}\n{}", refused.err);
        assert!(refused.err.contains("written to") || refused.err.contains("read-only"), "{}", refused.err);
    }
    assert!(fs::read(database).unwrap() == before, "nothing has changed");
}

#[test]
fn sales_are_posted_beside_an_import() {
    let folder = tempfile::tempdir().unwrap();
    let database = shop(folder.path());
    let database = database.to_str().unwrap();
    let server = Server::start(Path::new(BINARY), database, &[], &folder.path().join("log"));
    let large = folder.path().join("large.csv");
    fs::write(&large, small_export(1_000, 40_000)).unwrap();
    let arguments = ["import", large.to_str().unwrap(), "--database", database];
    let mut import = command(Path::new(BINARY), &arguments);
    let mut import = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();

    let at = server.address();
    let post = |invoice: &str| -> (Answer, Duration) {
        let begun = Instant::now();
        let headers = [("Idempotency-Key", invoice)];
        (ask(at, "POST", "/api/v1/sales", &headers, Some(&sale(invoice))).unwrap(), begun.elapsed())
    };
    let (mut posted, mut refused, mut longest) = (0, 0, Duration::ZERO);
    let mut running = true;
    while running {
        running = import.try_wait().unwrap().is_none();
        let invoice = format!("beside-{posted}");
        loop {
            let (answer, took) = post(&invoice);
            longest = longest.max(took);
            if answer.status == 201 {
                break;
            }
            assert_eq!(answer.status, 503, "{}", answer.body);
            let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=10).contains(&seconds), "{seconds}");
            refused += 1;
            thread::sleep(Duration::from_millis(50));
        }
        posted += 1;
    }
    println!("{posted} sales beside the import, {refused} told to come again, longest wait {longest:?}");
    assert!(import.wait().unwrap().success());
    assert!(longest < Duration::from_millis(2_500), "a sale waited {longest:?}");
    assert!(server.stop("TERM").success());
    let count = "SELECT count(*) AS n FROM transactions WHERE invoice_number LIKE 'beside-%'";
    let counted = patron_runs(&["sql", count, "--format", "csv", "--database", database]).ok();
    assert_eq!(counted.out, format!("n\n{posted}\n"));
    let lines =
        patron_runs(&["sql", "SELECT count(*) AS n FROM sales", "--format", "csv", "--database", database]);
    assert_eq!(lines.out, format!("n\n{}\n", 600 + 80_000 + posted));
    patron_runs(&["check", "--database", database]).ok();
}
