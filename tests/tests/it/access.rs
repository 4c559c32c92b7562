//! Who may do what, over a real socket: keys, limits, pages of other sites, and people who are erased.

mod erased;
mod keys;
mod limits;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_testing::{Cluster, Database};
use patron_tests::{patron, small_export};
use serde_json::Value;
use tempfile::TempDir;

use crate::{BINARY, patron_runs};

/// A shop in a folder of its own, too small for forecasts and quick to serve.
struct Shop {
    folder: TempDir,
    /// What `--database` takes.
    database: String,
    server: Option<Database<'static>>,
}

impl Shop {
    fn new() -> Self {
        Self::of(&small_export(0, 40))
    }

    /// One in a file and, where PostgreSQL is installed, one in a server.
    fn of_both_kinds() -> impl Iterator<Item = Self> {
        let sales = small_export(0, 40);
        let in_a_server = Self::empty_in_a_server().inspect(|shop| shop.import("sales.csv", &sales, &[]));
        [Self::new()].into_iter().chain(in_a_server)
    }

    fn of(sales: &str) -> Self {
        let shop = Self::empty();
        shop.import("sales.csv", sales, &[]);
        shop
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("shop.db").to_str().unwrap().to_owned();
        Self { folder, database, server: None }
    }

    fn empty_in_a_server() -> Option<Self> {
        let server = Cluster::shared()?.database();
        Some(Self { folder: tempfile::tempdir().unwrap(), database: server.url(), server: Some(server) })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn import(&self, name: &str, text: &str, more: &[&str]) {
        let file = self.path(name);
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        patron_runs(&[&["import", file, "--database", &self.database], more].concat()).ok();
    }

    /// A new key.
    fn key(&self, scopes: &str) -> String {
        let made = ["key", "create", "--name", "test", "--scope", scopes, "--database", &self.database];
        patron_runs(&made).ok().out.trim().to_owned()
    }

    fn serve(&self, arguments: &[&str]) -> Service {
        let log = self.path("log.txt");
        let mut process = patron(BINARY, &["serve", "--database", &self.database])
            .args(if arguments.contains(&"--bind") { &[][..] } else { &["--bind", "127.0.0.1:0"][..] })
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PATRON_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = told.expect("the service starts and tells its address");
        let mut address: SocketAddr = address.parse().unwrap();
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        Service { process, address, log }
    }
}

struct Service {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    /// In small letters.
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("well-formed JSON")
    }

    /// The kind of problem.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        self.json()["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }
}

impl Service {
    /// Sends bytes as they are; an answer may come before all of them are taken.
    fn send(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// A request with these header lines beside `Host`.
    fn ask(&self, method: &str, path: &str, headers: &[String], body: &str) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for header in headers {
            request += &format!("{header}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        self.send(format!("{request}\r\n{body}").as_bytes())
    }

    /// Waits until the shop's answers are there.
    fn wait_for_answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(300);
        while self.get("/ready", "").status != 200 {
            assert!(Instant::now() < deadline, "no answers after five minutes");
            sleep(Duration::from_millis(20));
        }
    }

    fn get(&self, path: &str, key: &str) -> Answer {
        self.with("GET", path, key, "")
    }

    fn with(&self, method: &str, path: &str, key: &str, body: &str) -> Answer {
        let bearer = if key.is_empty() { vec![] } else { vec![format!("Authorization: Bearer {key}")] };
        self.ask(method, path, &bearer, body)
    }

    /// Asks until the status is this one; for how long that took.
    fn until(&self, path: &str, key: &str, status: u16) -> Duration {
        let begun = Instant::now();
        while self.get(path, key).status != status {
            assert!(begun.elapsed() < Duration::from_secs(10), "it stays {}", self.get(path, key).status);
            sleep(Duration::from_millis(100));
        }
        begun.elapsed()
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}
