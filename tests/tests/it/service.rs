//! The service over a socket: what it says is what the pipeline wrote.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use patron_tests::{patron, rows, small_export};
use serde_json::Value;

use crate::{BINARY, patron_runs};

/// A shop analysed by the pipeline, and served.
struct Service {
    folder: tempfile::TempDir,
    server: Child,
    address: SocketAddr,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("well-formed JSON")
    }
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sales, out) = (folder.path().join("sales.csv"), folder.path().join("out"));
        fs::write(&sales, small_export(0, 300)).unwrap();
        let [sales, out] = [&sales, &out].map(|path| path.to_str().unwrap());
        patron_runs(&["pipeline", "--input", sales, "--out", out, "--raw-csv", "--no-backtest"]).ok();
        let database = format!("{out}/patron.db");
        let mut server = patron(BINARY, &["serve", "--database", &database, "--bind", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.expect("the address is told").parse().unwrap();
        let service = Self { folder, server, address };
        let deadline = Instant::now() + Duration::from_secs(120);
        while service.get("/ready").status != 200 {
            assert!(Instant::now() < deadline, "no answers");
            thread::sleep(Duration::from_millis(20));
        }
        service
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("out").join(name)
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    fn get_csv(&self, path: &str) -> String {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/csv\r\nConnection: close\r\n\r\n",
            self.address
        );
        let answer = self.ask(&request);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    fn ask(&self, request: &str) -> Answer {
        ask(self.address, request)
    }

    /// Asks the server to stop, and waits until it has.
    fn stop(&mut self, signal: &str) -> Option<i32> {
        let asked = Command::new("kill").args([signal, &self.server.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let deadline = Instant::now() + Duration::from_secs(40);
        while Instant::now() < deadline {
            if let Some(status) = self.server.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // one that has stopped already cannot be killed again
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn ask(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    finish(stream)
}

fn finish(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let head = head.to_lowercase();
    let body = if head.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_owned() };
    Answer { status, head, body }
}

/// What was sent in chunks, each after its length; the last one has length 0.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    loop {
        let (length, rest) = body.split_once("\r\n").expect("a length");
        let length = usize::from_str_radix(length, 16).expect("a length");
        if length == 0 {
            return whole;
        }
        whole += &rest[..length];
        body = rest[length..].strip_prefix("\r\n").expect("an end of the chunk");
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

#[test]
fn answers_and_forecasts_are_those_of_the_files() {
    let service = Service::start();
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    for (topic, table) in [
        ("months", "monthly"),
        ("repeat-customers", "repeat_customers"),
        ("products", "products"),
        ("trends", "product_trends"),
        ("countries", "countries"),
        ("cohorts", "cohort_months"),
        ("customers", "customers"),
        ("customer-groups", "customer_groups"),
        ("data-overview", "cleaning"),
    ] {
        let served = service.get_csv(&format!("/api/v1/answers/{topic}?table={table}"));
        assert_eq!(served, read(&service.file(&format!("analytics/{table}.csv"))), "{table}");
    }
    assert_eq!(service.get_csv("/api/v1/forecasts"), read(&service.file("predictions.csv")));

    let months = service.get("/api/v1/answers/months").json();
    let served = months["tables"]["monthly"]["rows"].as_array().unwrap();
    let written = rows(&service.file("analytics/monthly.csv"));
    assert_eq!((served.len(), written.len()), (11, 11));
    for (served, written) in served.iter().zip(&written) {
        assert_eq!(served["revenue"].as_str().unwrap(), written["revenue"]);
        assert_eq!(served["orders"].to_string(), written["orders"]);
    }

    let predictions = rows(&service.file("predictions.csv"));
    assert_eq!(predictions.len(), 5);
    for written in &predictions {
        let path = format!(
            "/api/v1/customers/by-external-id/{}/value?horizon=12m&include=reasons",
            written["customer_id"]
        );
        let served = service.get(&path).json();
        assert_eq!(served["value"].as_str().unwrap(), written["clv_12m"], "{served}");
        assert_eq!(served["expected_value"].as_str().unwrap(), written["expected_value"]);
        assert_eq!(served["spent_to_date"].as_str().unwrap(), written["spent_to_date"]);
        assert_eq!(served["last_purchase"].as_str().unwrap(), written["last_purchase"]);
        assert_eq!(served["grade"].as_str().unwrap(), written["grade_12m"]);
        for key in ["chance_to_buy_3m", "p_alive", "expected_purchases_3m"] {
            let told = served[key].as_f64().unwrap();
            assert!((told - number(&written[key])).abs() <= 5e-7, "{key}: {told} {}", written[key]);
        }
        assert!(served["reasons"]["factors"].is_array() && served["model_id"] == 1);
    }
    let model = service.get("/api/v1/models/1").json();
    assert_eq!(model["report"], patron_tests::json(&service.file("models.json")));
}

#[test]
fn only_this_machine_is_served_and_only_by_reading() {
    let service = Service::start();
    let port = service.address.port();
    let with_host = |host: &str| {
        service.ask(&format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    };
    assert_eq!(with_host(&format!("localhost:{port}")).status, 200);
    assert_eq!(with_host(&format!("[::1]:{port}")).status, 200);
    let rebound = with_host(&format!("evil.example:{port}"));
    assert_eq!(rebound.status, 421);
    assert!(rebound.head.contains("application/problem+json"), "{}", rebound.head);
    let target = format!("http://evil.example:{port}/health");
    let absolute = format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", service.address);
    assert_eq!(service.ask(&absolute).status, 421);

    let method = |method: &str, path: &str| {
        let host = service.address;
        service.ask(&format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nOrigin: http://evil.example\r\n\r\n"))
    };
    let (head, get) = (method("HEAD", "/api/v1/segments"), method("GET", "/api/v1/segments"));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let length = format!("content-length: {}", get.body.len());
    assert!(head.head.contains(&length) && get.head.contains(&length), "{}", head.head);
    assert!(!get.head.contains("access-control"), "{}", get.head);
    for other in ["POST", "DELETE"] {
        assert_eq!(method(other, "/api/v1/segments").status, 403, "{other} for a page of another site");
    }
    assert_eq!(method("GET", "/swagger-ui/").status, 200);

    let none = patron_runs(&["serve", "--database", "none.db"]);
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("patron serve --create"), "{}", none.err);
    let database = service.file("patron.db");
    let open = patron_runs(&["serve", "--database", database.to_str().unwrap(), "--bind", "0.0.0.0:0"]);
    assert_eq!(open.code, Some(2));
    assert!(open.err.contains("patron key create"), "{}", open.err);
    let taken = service.address.to_string();
    let second = patron_runs(&["serve", "--database", database.to_str().unwrap(), "--bind", &taken]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("another port"), "{}", second.err);
}

#[test]
fn many_at_once_get_the_same_answer_and_a_stop_loses_none() {
    let mut service = Service::start();
    let address = service.address;
    let alone = service.get("/api/v1/answers/customers").body;
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let request = format!(
                    "GET /api/v1/answers/customers HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
                );
                for _ in 0..10 {
                    assert_eq!(ask(address, &request).body, alone);
                }
            });
        }
    });
    let metrics = service.get("/metrics").body;
    let counted = r#"patron_http_requests_total{route="/api/v1/answers/{topic}",status="200"} 81"#;
    assert!(metrics.contains(counted), "{metrics}");

    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /api/v1/answers/customers HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .unwrap();
    thread::sleep(Duration::from_millis(100)); // until the connection is the server's
    let code = service.stop("-TERM");
    assert_eq!(finish(stream).body, alone);
    assert_eq!(code, Some(0));
    assert!(TcpStream::connect(address).is_err(), "nothing is served any more");

    let mut interrupted = Service::start();
    assert_eq!(interrupted.stop("-INT"), Some(0));
}
