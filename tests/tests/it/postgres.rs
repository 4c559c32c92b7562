//! The same shop in a file and in a PostgreSQL server: the same answers, to the byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use patron_testing::{Cluster, Database};
use patron_tests::{Ran, Server, patron, run, small_export};
use tempfile::TempDir;

use crate::BINARY;

/// A sales file and a database for it; the server's address has a password, which it does not ask for.
struct Shop {
    folder: TempDir,
    server: Database<'static>,
    file: String,
    url: String,
}

impl Shop {
    /// `None`, said loudly, where PostgreSQL is not installed.
    fn new() -> Option<Self> {
        let server = Cluster::shared()?.database();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sales.csv"), small_export(0, 300)).unwrap();
        let url = server.url().replace("patron@", "patron:geheim@");
        let file = folder.path().join("shop.db").to_str().unwrap().to_owned();
        Some(Self { folder, server, file, url })
    }

    /// Runs a command in the shop's folder, where nothing tells of a database but the command and `DATABASE_URL`.
    fn run(&self, arguments: &[&str], variable: Option<&str>) -> Ran {
        let mut command = patron(BINARY, arguments);
        command.current_dir(self.folder.path()).envs(variable.map(|url| ("DATABASE_URL", url)));
        let ran = run(command);
        assert!(!format!("{}{}", ran.out, ran.err).contains("geheim"), "{}{}", ran.out, ran.err);
        ran
    }

    /// What a command says of the database in the file and of the one in the server.
    fn both(&self, arguments: &[&str]) -> [Ran; 2] {
        let of = |url: &str| self.run(&[arguments, &["--database", url]].concat(), None).ok();
        [of(&self.file), of(&self.url)]
    }

    fn said_alike(&self, arguments: &[&str]) -> String {
        let [file, server] = self.both(arguments);
        assert_eq!(file.out, server.out, "{arguments:?}");
        server.out
    }
}

/// The files of a folder with their bytes, but for the one that tells when and how it was made.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else if name != "manifest.json" {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn the_way_of_a_shop_is_the_same_in_a_server() {
    let Some(shop) = Shop::new() else { return };
    shop.both(&["import", "sales.csv"]);
    for (url, out) in [(&shop.file, "of-file"), (&shop.url, "of-server")] {
        shop.run(&["analyze", "--no-backtest", "--out", out, "--database", url], None).ok();
    }
    let [of_file, of_server] = ["of-file", "of-server"].map(|out| files(&shop.folder.path().join(out)));
    assert!(of_file.len() > 20, "{:?}", of_file.keys());
    assert!(of_file.contains_key("analytics/monthly.csv") && of_file.contains_key("predictions.csv"));
    assert_eq!(of_file.keys().collect::<Vec<_>>(), of_server.keys().collect::<Vec<_>>());
    for (name, bytes) in &of_file {
        assert!(of_server[name] == *bytes, "{name} differs");
    }
    let explained = shop.said_alike(&["explain", "revenue", "--month", "2023-03", "--customer", "2"]);
    assert!(explained.contains("2023-03"), "{explained}");
    for query in ["top-customers", "revenue-per-category", "average-price-by-sex"] {
        shop.said_alike(&["query", query, "--format", "csv"]);
    }
    shop.said_alike(&["query", "transactions-per-month", "--year", "2023", "--format", "json"]);
    let all = "SELECT * FROM sales_readable ORDER BY id";
    assert!(shop.said_alike(&["sql", all, "--format", "json", "--limit", "1000"]).len() > 10_000);
    shop.said_alike(&["check"]);
    let undone = shop.said_alike(&["imports", "undo", "1"]);
    assert!(undone.contains("600"), "{undone}");
    shop.said_alike(&["check"]);
    assert_eq!(shop.server.sql("SELECT count(*) FROM sales, customers"), "0");
}

#[test]
fn the_main_job_runs_on_a_server_and_is_served_from_it() {
    let Some(shop) = Shop::new() else { return };
    let job = ["pipeline", "--input", "sales.csv", "--no-backtest", "--out"];
    shop.run(&[&job[..], &["a", "--database", &shop.file]].concat(), None).ok();
    // the variable tells where; the flag wins over it
    shop.run(&[&job[..], &["b"]].concat(), Some(&shop.url)).ok();
    shop.run(&["imports", "list", "--database", &shop.file], Some("postgres://nobody@nowhere.invalid/x"))
        .ok();
    assert!(!shop.folder.path().join("b/patron.db").exists());
    let listed = shop.run(&["imports"], Some(&shop.url)).ok().out;
    assert!(listed.contains("sales.csv"), "{listed}");
    let [a, b] =
        ["a", "b"].map(|out| fs::read(shop.folder.path().join(out).join("predictions.csv")).unwrap());
    assert_eq!(a, b);
    let services = [("file", &shop.file), ("server", &shop.url)].map(|(name, url)| {
        Server::start(Path::new(BINARY), url, &[], &shop.folder.path().join(format!("{name}.log")))
    });
    for path in ["/api/v1/answers/repeat-customers", "/api/v1/answers/months", "/api/v1/forecasts"] {
        let [file, server] = [&services[0], &services[1]].map(|service| service.get(path));
        assert_eq!((file.status, server.status), (200, 200), "{path}");
        let without_time = |body: &str| {
            let mut json: serde_json::Value = serde_json::from_str(body).unwrap();
            json.as_object_mut().unwrap().remove("computed_at");
            json
        };
        assert_eq!(without_time(&file.body), without_time(&server.body), "{path}");
    }
    for service in services {
        assert!(!service.said().contains("geheim"));
        assert!(service.stop("TERM").success());
    }
}

#[test]
fn a_backup_of_a_server_is_an_archive() {
    let Some(shop) = Shop::new() else { return };
    shop.both(&["import", "sales.csv"]);
    let made = shop.run(&["backup", "shop.dump", "--database", &shop.url], None).ok().out;
    assert!(made.contains("600 sale lines") && made.contains("pg_restore"), "{made}");
    assert!(fs::read(shop.folder.path().join("shop.dump")).unwrap().starts_with(b"PGDMP"));
    let again = shop.run(&["backup", "shop.dump", "--database", &shop.url], None);
    assert_eq!(again.code, Some(2), "{}", again.err);
    // a program that cannot do it is no program
    let mut command = patron(BINARY, &["backup", "other.dump", "--database", &shop.url]);
    let programs = shop.folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let old = programs.join("pg_dump");
    fs::write(&old, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    command.env("PATH", &programs).current_dir(shop.folder.path());
    let ran = run(command);
    if !Path::new("/usr/lib/postgresql").exists() {
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains("pg_dump") && ran.err.contains("9"), "{}", ran.err);
    }
}

#[test]
fn what_is_wrong_with_an_address_is_said_without_its_password() {
    let Some(shop) = Shop::new() else { return };
    for (url, word) in [
        ("postgres://patron:geheim@127.0.0.1:1/shop", "cannot be reached"),
        ("postgres://patron:geheim@/nothing?host=/nowhere", "cannot be reached"),
        ("postgres://patron:geheim@host:port/shop", "no database this program can use"),
        ("mysql://patron:geheim@host/shop", "no database this program can use"),
        (&shop.url, "import"),
    ] {
        for command in [&["analyze"][..], &["check"], &["sql", "SELECT 1"], &["imports", "list"]] {
            let ran = shop.run(&[command, &["--database", url]].concat(), None);
            assert!(ran.code.is_some_and(|code| code > 0), "{url} {command:?}");
            assert!(ran.err.contains(word), "{url} {command:?}: {}", ran.err);
        }
    }
}
