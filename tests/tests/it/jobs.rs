//! Imports, fits and backtests as jobs of a real service: followed, cancelled, interrupted, resumed.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_models::FORMAT_VERSION;
use patron_tests::http::{self, Answer};
use patron_tests::{Server, small_export};

use serde_json::Value;
use tempfile::TempDir;

use crate::{BINARY, patron_runs};

struct Shop {
    folder: TempDir,
}

impl Shop {
    /// A shop with the sales of a small export.
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(shop.path("sales.csv"), small_export(0, 300)).unwrap();
        let (sales, database) = (shop.path("sales.csv"), shop.database());
        patron_runs(&["import", sales.to_str().unwrap(), "--database", &database]).ok();
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> String {
        self.path("patron.db").to_str().unwrap().to_owned()
    }

    fn serve(&self) -> Server {
        Server::start(Path::new(BINARY), &self.database(), &[], &self.path("service.log"))
    }

    fn imports(&self) -> usize {
        patron_runs(&["imports", "--database", &self.database()]).ok().out.lines().count() - 1
    }

    fn is_sound(&self) {
        patron_runs(&["check", "--database", &self.database()]).ok();
    }

    /// Files that are kept for jobs. A file goes a moment after its job has ended.
    fn uploads(&self) -> usize {
        let count = || fs::read_dir(self.path("patron.db.uploads")).map_or(0, Iterator::count);
        let patience = Instant::now() + Duration::from_secs(10);
        while count() > 0 && Instant::now() < patience {
            sleep(Duration::from_millis(20));
        }
        count()
    }
}

/// Sends a file, or anything else that is no JSON.
pub(crate) fn send(server: &Server, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        server.address(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

const CSV: &str = "Content-Type: text/csv\r\n";

pub(crate) fn import(server: &Server, text: &str) -> i64 {
    let answer =
        send(server, "/api/v1/jobs/import?file_name=more.csv&allow_overlap=true", CSV, text.as_bytes());
    assert_eq!(answer.status, 202, "{}", answer.body);
    let id = answer.json()["id"].as_i64().unwrap();
    assert_eq!(answer.header("location"), Some(format!("/api/v1/jobs/{id}").as_str()));
    id
}

pub(crate) fn job(server: &Server, id: i64) -> Value {
    server.get(&format!("/api/v1/jobs/{id}")).json()
}

pub(crate) fn wait_for(server: &Server, id: i64, what: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let job = job(server, id);
        if what(&job) {
            return job;
        }
        assert!(Instant::now() < deadline, "{job}\n{}", server.said());
        sleep(Duration::from_millis(10));
    }
}

pub(crate) fn ended(job: &Value) -> bool {
    ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap())
}

/// Events as they were sent: id, name, data.
fn follow(server: &Server, id: i64, last: Option<&str>) -> (Answer, Vec<(String, String, Value)>) {
    let path = format!("/api/v1/jobs/{id}/events");
    let headers: Vec<(&str, &str)> = last.map(|last| ("Last-Event-ID", last)).into_iter().collect();
    let answer = http::ask(server.address(), "GET", &path, &headers, None).unwrap();
    let text = unchunked(&answer);
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    let events =
        text.split("\n\n").filter(|event| !event.is_empty() && !event.starts_with(':')).map(|event| {
            (
                field(event, "id: "),
                field(event, "event: "),
                serde_json::from_str(&field(event, "data: ")).unwrap(),
            )
        });
    let events = events.collect();
    (answer, events)
}

fn unchunked(answer: &Answer) -> String {
    if answer.header("transfer-encoding") != Some("chunked") {
        return answer.body.clone();
    }
    let (mut rest, mut text) = (answer.body.as_str(), String::new());
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        text += &after[..length];
        rest = after[length..].trim_start_matches("\r\n");
    }
    text
}

/// An order export with so many lines, long enough to be interrupted.
pub(crate) fn long_export(lines: usize) -> String {
    let mut text =
        String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    for line in 0..lines {
        let (order, customer) = (900_000 + line / 4, 1 + line % 977);
        let (month, day) = (1 + line % 12, 1 + line % 28);
        writeln!(
            text,
            "{order},{},THING,{},2023-{month:02}-{day:02} 10:00:00,2.25,{customer},France",
            10_000 + line % 90,
            1 + line % 3
        )
        .unwrap();
    }
    text
}

#[test]
fn a_file_is_imported_and_followed_from_beginning_to_end() {
    let shop = Shop::new();
    let server = shop.serve();
    let before = shop.imports();
    let text = small_export(300, 600);
    let id = import(&server, &text);
    let (answer, events) = follow(&server, id, None);
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let (last, progress) = events.split_last().unwrap();
    assert_eq!((last.0.as_str(), last.1.as_str(), &last.2["state"]), ("end", "end", &Value::from("done")));
    assert!(progress.iter().all(|(_, name, _)| name == "progress"), "{progress:?}");
    let fractions: Vec<f64> = progress.iter().map(|(.., data)| data["fraction"].as_f64().unwrap()).collect();
    assert!(
        fractions.len() >= 3 && fractions.is_sorted() && fractions.iter().all(|f| (0.0..=1.0).contains(f))
    );
    assert!(progress.iter().any(|(.., data)| data["step"] == "Reading, cleaning, storing"));

    let done = job(&server, id);
    assert_eq!(
        (&done["kind"], &done["state"], &done["attempts"]),
        (&"import".into(), &"done".into(), &1.into())
    );
    assert_eq!(done["progress"]["fraction"], 1.0);
    let lines = text.lines().count() as u64 - 1;
    assert_eq!(done["outcome"]["lines_read"], lines);
    assert_eq!(done["outcome"]["report"]["lines_read"], lines);
    assert_eq!(
        (done["request"]["file_name"].as_str(), done["request"].get("upload")),
        (Some("more.csv"), None)
    );
    assert_eq!((shop.imports(), shop.uploads()), (before + 1, 0));
    // coming back: after the third event, after an event that never was, and after the end
    assert_eq!(follow(&server, id, Some(&events[2].0)).1, events[3..]);
    assert_eq!(follow(&server, id, Some("9-999")).1, events);
    assert_eq!(follow(&server, id, Some("end")).0.status, 204);

    let again = import(&server, &text);
    let again = wait_for(&server, again, ended);
    assert_eq!((&again["state"], &again["outcome"]["already_there"]), (&"done".into(), &true.into()));
    assert_eq!(shop.imports(), before + 1);

    let bad = import(&server, "this,is\nno,log\n");
    let bad = wait_for(&server, bad, ended);
    assert_eq!((&bad["state"], bad["outcome"].is_null()), (&"failed".into(), true));
    assert!(bad["error"].as_str().unwrap().contains("more.csv"), "{bad}");
    let page = server.get("/api/v1/jobs?limit=2").json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["next"]), (2, &page["items"][1]["id"]));
    assert_eq!(server.get("/api/v1/jobs?state=failed").json()["items"][0]["id"], bad["id"]);
    shop.is_sound();
}

#[test]
fn requests_that_make_no_job_say_why() {
    let shop = Shop::new();
    let server = shop.serve();
    let path = "/api/v1/jobs/import?file_name=a.csv";
    for (path, headers, body, status) in [
        (path, CSV, "", 400),
        (path, "Content-Type: application/json\r\n", "{}", 415),
        (path, "", "a", 415),
        ("/api/v1/jobs/import", CSV, "a", 400),
        ("/api/v1/jobs/import?file_name=..", CSV, "a", 400),
        ("/api/v1/jobs/import?file_name=a.csv&path=/etc/passwd", CSV, "a", 400),
        ("/api/v1/jobs/import?file_name=a.csv&decimal=dot", CSV, "a", 400),
        ("/api/v1/jobs/import?file_name=a.csv&profile=/etc/passwd", CSV, "a", 400),
        ("/api/v1/jobs/refit", "Content-Type: application/json\r\n", "{\"margin\": 7}", 422),
        ("/api/v1/jobs/refit", "Content-Type: application/json\r\n", "{\"asof\": 7}", 422),
        ("/api/v1/jobs/refit", "Content-Type: application/json\r\n", "{", 400),
        ("/api/v1/jobs/77/cancel", "", "", 404),
        ("/api/v1/jobs/x/cancel", "", "", 404),
    ] {
        let answer = send(&server, path, headers, body.as_bytes());
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
    }
    assert_eq!(server.get("/api/v1/jobs/refit").status, 405);
    assert_eq!(server.get("/api/v1/jobs/77").status, 404);
    assert_eq!(server.get("/api/v1/jobs").json()["items"].as_array().unwrap().len(), 0);
    assert_eq!(shop.uploads(), 0);
}

#[test]
fn a_long_import_is_cancelled_and_leaves_nothing() {
    let shop = Shop::new();
    let server = shop.serve();
    let before = shop.imports();
    let id = import(&server, &long_export(400_000));
    wait_for(&server, id, |job| job["progress"]["lines"].as_u64() > Some(0));
    let cancel = format!("/api/v1/jobs/{id}/cancel");
    let asked = send(&server, &cancel, "", b"");
    assert_eq!((asked.status, &asked.json()["stopping"]), (202, &true.into()), "{}", asked.body);
    let cancelled = wait_for(&server, id, ended);
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(send(&server, &cancel, "", b"").status, 202);
    assert_eq!((shop.imports(), shop.uploads()), (before, 0));
    shop.is_sound();
    // the database is free again
    let next = import(&server, &small_export(300, 400));
    assert_eq!(wait_for(&server, next, ended)["state"], "done");
    let too_late = send(&server, &format!("/api/v1/jobs/{next}/cancel"), "", b"");
    assert_eq!(
        (too_late.status, too_late.json()["type"].as_str()),
        (409, Some("urn:patron:problem:job-ended"))
    );
}

#[test]
fn fits_run_one_after_the_other_and_a_failed_one_leaves_the_serving_model() {
    let shop = Shop::new();
    let server = shop.serve();
    let serving = |server: &Server| server.get("/api/v1/models").json()["model_id"].as_i64().unwrap();
    assert_eq!(serving(&server), 1);
    let key = "Content-Type: application/json\r\nIdempotency-Key: once\r\n";
    let [first, second] = [(key, "{\"backtest\": false}"), ("", "")].map(|(headers, body)| {
        let asked = send(&server, "/api/v1/jobs/refit", headers, body.as_bytes());
        assert_eq!(asked.status, 202, "{}", asked.body);
        asked.json()["id"].as_i64().unwrap()
    });
    let again = send(&server, "/api/v1/jobs/refit", key, b"{\"backtest\": false}");
    assert_eq!((again.status, &again.json()["id"]), (202, &first.into()));
    assert_eq!(send(&server, "/api/v1/jobs/refit", key, b"{}").status, 422);

    let [one, other] = [first, second].map(|id| wait_for(&server, id, ended));
    assert_eq!((&one["state"], &other["state"]), (&"done".into(), &"done".into()), "{one} {other}");
    assert!(one["ended_at"].as_str() <= other["started_at"].as_str());
    assert_eq!((&one["outcome"]["model_id"], &other["outcome"]["model_id"]), (&2.into(), &3.into()));
    assert!(other["outcome"]["holdout"].is_object() || other["outcome"]["holdout"].is_null());
    assert_eq!(serving(&server), 3);

    let failing = send(
        &server,
        "/api/v1/jobs/refit",
        "Content-Type: application/json\r\n",
        b"{\"as_of\": \"1990-01-01\"}",
    );
    let failed = wait_for(&server, failing.json()["id"].as_i64().unwrap(), ended);
    assert_eq!(failed["state"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("1990-01-01"), "{failed}");
    assert_eq!(serving(&server), 3);

    // an earlier one again
    let chosen = send(&server, "/api/v1/models/2/serve", "", b"");
    assert_eq!((chosen.status, &chosen.json()["serving"], serving(&server)), (200, &true.into(), 2));
    assert_eq!(send(&server, "/api/v1/models/9/serve", "", b"").status, 404);
    let noted = |resource: &str| {
        let audit = server.get(&format!("/api/v1/audit?resource={resource}")).json();
        let entries = audit["items"].as_array().unwrap().iter();
        entries.map(|entry| (entry["action"].to_string(), entry["row"].to_string())).collect::<Vec<_>>()
    };
    assert_eq!(noted("model_runs"), [("\"patch\"".to_owned(), "2".to_owned())]);
    assert!(noted("jobs").contains(&("\"create\"".to_owned(), second.to_string())));

    let tested = send(&server, "/api/v1/jobs/backtest", "", b"");
    let tested = wait_for(&server, tested.json()["id"].as_i64().unwrap(), ended);
    match tested["state"].as_str() {
        Some("done") => assert!(tested["outcome"]["holdout"]["candidates"].is_array(), "{tested}"),
        _ => assert!(tested["error"].as_str().unwrap().contains("too short"), "{tested}"),
    }
}

#[test]
fn a_killed_import_is_done_after_the_restart_and_once_only() {
    let shop = Shop::new();
    let before = shop.imports();
    let server = shop.serve();
    let id = import(&server, &long_export(300_000));
    wait_for(&server, id, |job| job["progress"]["lines"].as_u64() > Some(0));
    server.kill();
    assert_eq!(shop.imports(), before);
    shop.is_sound();

    let server = shop.serve();
    let done = wait_for(&server, id, ended);
    assert_eq!((&done["state"], &done["attempts"]), (&"done".into(), &2.into()), "{done}");
    assert_eq!(done["outcome"]["lines_read"], 300_000);
    assert_eq!((shop.imports(), shop.uploads()), (before + 1, 0));
    drop(server);
    shop.is_sound();
}

#[test]
fn a_service_that_is_asked_to_stop_leaves_its_jobs_for_the_next_start() {
    let shop = Shop::new();
    let before = shop.imports();
    let server = shop.serve();
    let id = import(&server, &long_export(400_000));
    wait_for(&server, id, |job| job["progress"]["lines"].as_u64() > Some(0));
    let address = server.address();
    let following = std::thread::spawn(move || {
        http::ask(address, "GET", &format!("/api/v1/jobs/{id}/events"), &[], None).unwrap()
    });
    sleep(Duration::from_millis(300));
    let asked = Instant::now();
    assert!(server.stop("TERM").success());
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    let followed = unchunked(&following.join().unwrap());
    assert!(!followed.contains("event: end"), "{followed}");
    assert_eq!(shop.imports(), before);

    let server = shop.serve();
    let done = wait_for(&server, id, ended);
    // it was told: the first attempt does not count
    assert_eq!((&done["state"], &done["attempts"]), (&"done".into(), &1.into()), "{done}");
    assert_eq!(shop.imports(), before + 1);
}

#[test]
fn a_model_goes_from_shop_to_shop_and_back() {
    let shop = Shop::new();
    let server = shop.serve();
    let exported = server.get("/api/v1/models/1/export");
    assert_eq!(exported.status, 200);
    assert_eq!(exported.header("content-disposition"), Some("attachment; filename=\"model-1.json\""));
    let json = "Content-Type: application/json\r\n";
    let loaded = send(&server, "/api/v1/models/import", json, exported.body.as_bytes());
    assert_eq!(
        (loaded.status, &loaded.json()["model_id"], &loaded.json()["serving"]),
        (201, &2.into(), &false.into())
    );
    assert_eq!(loaded.header("location"), Some("/api/v1/models/2"));
    let deep = format!("{{\"patron_model\":{}", "[".repeat(100_000));
    let newer = exported.body.replacen(&format!("\"version\":{FORMAT_VERSION}"), "\"version\":99", 1);
    assert_ne!(newer, exported.body);
    for bad in ["{}", &newer, &exported.body[..500], &deep] {
        assert_eq!(send(&server, "/api/v1/models/import", json, bad.as_bytes()).status, 422);
    }
    drop(server);

    let file = shop.path("model.json");
    let (file, database) = (file.to_str().unwrap(), shop.database());
    let run = |arguments: &[&str]| {
        patron_runs(&[&["model"], arguments, &["--database", &database]].concat()).ok().out
    };
    run(&["save", "--out", file]);
    assert_eq!(fs::read_to_string(file).unwrap(), exported.body);
    assert!(run(&["load", file]).starts_with("Model 3 (blend, as of "));
    run(&["use", "3"]);
    let list = run(&["list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 4, "{list}");
    assert!(
        lines[1].trim_start().starts_with("3  yes") && lines[3].trim_start().starts_with("1  -"),
        "{list}"
    );
    fs::write(file, &exported.body[1..]).unwrap();
    let refused = crate::run(crate::patron(BINARY, &["model", "load", file, "--database", &database]));
    assert!(refused.code != Some(0) && refused.err.contains("no model file"), "{}", refused.err);
    assert_eq!(run(&["list"]), list);
}
