//! Where PostgreSQL is installed.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with PostgreSQL's programs; `None`, said loudly, where there is none.
///
/// # Panics
/// Where there is none and `CI` is `true`.
pub(crate) fn folder() -> Option<PathBuf> {
    let way_out = "install postgresql, or set PATRON_POSTGRES_BIN to the folder of initdb";
    match places().into_iter().find(|folder| is_whole(folder)) {
        Some(folder) if can_run() => return Some(folder),
        Some(_) => skip("PostgreSQL does not run as root, and there is no user `postgres`", way_out),
        None => skip("PostgreSQL is not installed", way_out),
    }
    None
}

/// Whether certificates can be made, as [`folder`].
///
/// # Panics
/// As [`folder`].
pub(crate) fn openssl() -> bool {
    let is_there = Command::new("openssl").arg("version").output().is_ok_and(|ran| ran.status.success());
    if !is_there {
        skip("the openssl command is not installed", "install openssl");
    }
    is_there
}

/// Says loudly that something is missing; in CI it must not be.
fn skip(missing: &str, way_out: &str) {
    assert!(!env::var("CI").is_ok_and(|ci| ci == "true"), "{missing}: {way_out}");
    // not a macro: the test harness would keep what it prints to itself
    let said = writeln!(std::io::stderr(), "SKIPPED: {missing}; nothing was tested on it here ({way_out})");
    said.expect("standard error is open");
}

/// A shell that runs as a user PostgreSQL accepts.
pub(crate) fn shell() -> Command {
    if is_root() {
        let mut shell = Command::new("runuser");
        shell.args(["-u", "postgres", "--", "sh"]);
        shell
    } else {
        Command::new("sh")
    }
}

fn places() -> Vec<PathBuf> {
    if let Some(folder) = env::var_os("PATRON_POSTGRES_BIN") {
        return vec![folder.into()];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    places.extend(versions.into_iter().rev());
    places
}

fn is_whole(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_isready", "psql"].iter().all(|program| folder.join(program).is_file())
}

fn can_run() -> bool {
    !is_root() || shell().args(["-c", "true"]).output().is_ok_and(|ran| ran.status.success())
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|asked| asked.stdout.trim_ascii() == b"0")
}
