//! A server works, and is gone with the process that started it.
#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use patron_testing::Cluster;

const ASKED: &str = "PATRON_TESTING_KILLED";

#[test]
fn databases_come_and_go() {
    let Some(cluster) = Cluster::shared() else { return };
    let (one, other) = (cluster.database(), cluster.database());
    one.sql("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('ä'), ('b')");
    assert_eq!(one.sql("SELECT x, 1 FROM t ORDER BY x"), "b|1\nä|1");
    assert_eq!(other.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    let listed = || cluster.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'shop_%'");
    let before: u32 = listed().parse().unwrap();
    drop(one);
    assert_eq!(listed(), (before - 1).to_string());
}

#[test]
fn a_server_goes_away_and_comes_back() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    database.sql("CREATE TABLE t AS SELECT 5 AS x");
    cluster.stop();
    assert!(!cluster.program("pg_isready").output().unwrap().status.success());
    cluster.start_again();
    assert_eq!(database.sql("SELECT x FROM t"), "5");
    drop(database);
    let folder = cluster.folder().to_owned();
    drop(cluster);
    assert!(!folder.exists());
}

/// The process that is killed: it starts a server, says where, and waits.
#[expect(clippy::print_stdout, reason = "the killer listens")]
fn victim() {
    let cluster = Cluster::start().unwrap();
    println!("in {}", cluster.folder().display());
    std::thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_killed_process_leaves_no_server() {
    if std::env::var_os(ASKED).is_some() {
        return victim();
    }
    if Cluster::shared().is_none() {
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_process_leaves_no_server", "--nocapture"])
        .env(ASKED, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let folder = said.find_map(|line| line.strip_prefix("in ").map(PathBuf::from)).unwrap();
    assert!(folder.join(".s.PGSQL.5432").exists());
    victim.kill().unwrap(); // SIGKILL
    victim.wait().unwrap();
    let killed = Instant::now();
    while folder.exists() {
        assert!(killed.elapsed() < Duration::from_secs(30), "{} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}
