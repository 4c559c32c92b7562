//! Shops of a test: in a file, and in a PostgreSQL server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_testing::{Cluster, Database};
use patron_tests::{Server, small_export};
use serde_json::Value;
use tempfile::TempDir;

use crate::{BINARY, patron_runs};

/// A shop with the sales of a small export, and a folder of its own.
pub(crate) struct Home {
    folder: TempDir,
    /// What `--database` takes.
    pub(crate) url: String,
    server: Option<Database<'static>>,
}

impl Home {
    /// In a file of that folder.
    pub(crate) fn in_a_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("shop.db").to_str().unwrap().to_owned();
        Self { folder, url, server: None }.filled()
    }

    /// In the server that all tests share; `None`, said loudly, where PostgreSQL is not installed.
    pub(crate) fn in_a_server() -> Option<Self> {
        let server = Cluster::shared()?.database();
        let (folder, url) = (tempfile::tempdir().unwrap(), server.url());
        Some(Self { folder, url, server: Some(server) }.filled())
    }

    /// One of each.
    pub(crate) fn of_both_kinds() -> impl Iterator<Item = Self> {
        let in_a_server = std::iter::once_with(Self::in_a_server).flatten();
        std::iter::once_with(Self::in_a_file).chain(in_a_server)
    }

    fn filled(self) -> Self {
        self.import("sales.csv", &small_export(0, 300));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn is_in_a_server(&self) -> bool {
        self.server.is_some()
    }

    /// Imports a file with another process.
    pub(crate) fn import(&self, name: &str, text: &str) {
        let file = self.path(name);
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        patron_runs(&["import", file, "--allow-overlap", "--database", &self.url]).ok();
    }

    /// A service that has its answers; its working folder is that of the shop.
    pub(crate) fn serve(&self) -> Server {
        let server = self.start(&self.path(""));
        let deadline = Instant::now() + Duration::from_secs(300);
        while server.get("/ready").status != 200 {
            assert!(Instant::now() < deadline, "the service has no answers\n{}", server.said());
            sleep(Duration::from_millis(20));
        }
        server
    }

    /// A service that takes requests, in that working folder.
    pub(crate) fn start(&self, folder: &Path) -> Server {
        let mut command = Command::new(BINARY);
        command.current_dir(folder);
        let started = Server::spawn(command, &self.url, &[], &self.path("service.log"));
        let said = || fs::read_to_string(self.path("service.log")).unwrap_or_default();
        assert!(started.is_ok(), "the service does not start: {started:?}\n{}", said());
        started.unwrap()
    }

    /// The one number a query gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        let ran = patron_runs(&["sql", sql, "--format", "csv", "--database", &self.url]).ok();
        ran.out.lines().nth(1).and_then(|cell| cell.parse().ok()).expect("one number")
    }

    pub(crate) fn imports(&self) -> i64 {
        self.number("SELECT count(*) AS n FROM imports")
    }

    /// Folders of files that were sent and not forgotten. A file goes a moment after its job has ended.
    pub(crate) fn uploads(&self) -> usize {
        let count = || {
            let entries = fs::read_dir(self.folder.path()).unwrap().flatten();
            let folders = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".uploads"));
            folders.map(|folder| fs::read_dir(folder.path()).map_or(0, Iterator::count)).sum()
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        while count() > 0 && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        count()
    }

    pub(crate) fn is_sound(&self) {
        patron_runs(&["check", "--database", &self.url]).ok();
    }
}

/// Asks for a path until what is answered is so.
pub(crate) fn until(server: &Server, path: &str, within: Duration, is_so: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + within;
    loop {
        let answer = server.get(path);
        if answer.status == 200 && is_so(&answer.json()) {
            return answer.json();
        }
        assert!(Instant::now() < deadline, "GET {path}: {}\n{}", answer.body, server.said());
        sleep(Duration::from_millis(20));
    }
}
