//! Files that are left alone, with a sentence that says why and what to do.

use std::fs;

use patron_store::{DatabaseUrl, Store, StoreError};

use crate::backend::raw;
use crate::shop;
use crate::support::{database, import};

fn check_refused(url: &DatabaseUrl, expected: impl Fn(&StoreError) -> bool, said: &str) {
    let before = fs::read(url.path().unwrap()).unwrap_or_default();
    let error = Store::open(url).unwrap_err();
    assert!(expected(&error), "{error:?}");
    assert!(error.to_string().contains(said), "{error}");
    assert!(error.to_string().contains(&url.path().unwrap().display().to_string()), "{error}");
    assert_eq!(fs::read(url.path().unwrap()).unwrap_or_default(), before, "the file was touched");
}

#[test]
fn a_newer_database_is_refused_and_not_touched() {
    let (_folder, url, store) = database();
    drop(store);
    let insert = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')";
    raw(&url).execute(insert, []).unwrap();
    check_refused(&url, |error| matches!(error, StoreError::Newer { .. }), "newer version of Patron");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("short.csv", "a,b\n".to_owned()), ("long.csv", "a,b,c\n".repeat(10_000))] {
        let url = DatabaseUrl::from_path(folder.path().join(name));
        fs::write(url.path().unwrap(), content).unwrap();
        check_refused(&url, |error| matches!(error, StoreError::NotADatabase { .. }), "is not a database");
    }
}

#[test]
fn a_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::from_path(folder.path().join("other.db"));
    raw(&url).execute_batch("CREATE TABLE sales (id INTEGER PRIMARY KEY)").unwrap();
    check_refused(&url, |error| matches!(error, StoreError::NotPatron { .. }), "another program");
}

#[test]
fn a_damaged_database_is_named() {
    let (_folder, url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(2_000, 1)).unwrap();
    drop(store);
    let mut bytes = fs::read(url.path().unwrap()).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    fs::write(url.path().unwrap(), bytes).unwrap();
    let scanned = Store::open(&url).and_then(|mut store| store.scan(100, |_| Ok(())));
    assert!(matches!(scanned, Err(StoreError::Damaged { .. })), "{scanned:?}");
}

#[test]
fn what_is_not_there_is_not_made_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::from_path(folder.path().join("shop.db"));
    assert!(matches!(Store::open_existing(&url), Err(StoreError::NotFound { .. })));
    assert!(!url.path().unwrap().exists());
    fs::write(url.path().unwrap(), "").unwrap();
    assert!(matches!(Store::open_existing(&url), Err(StoreError::NotFound { .. })));
    Store::open(&url).unwrap();
    Store::open_existing(&url).unwrap();
    let nowhere = DatabaseUrl::from_path(folder.path().join("no/such/folder/shop.db"));
    check_refused(&nowhere, |error| matches!(error, StoreError::CannotOpen { .. }), "folder exists");
}

#[test]
fn a_database_held_by_another_program_is_refused() {
    let (_folder, url, store) = database();
    drop(store);
    let other = raw(&url);
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE;").unwrap();
    let error = Store::open(&url).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
}

/// Root may write everywhere, so the check runs as another user where the tests run as root.
#[cfg(unix)]
#[test]
fn a_read_only_database_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    const ASKED: &str = "PATRON_STORE_READ_ONLY";
    if let Some(path) = std::env::var_os(ASKED) {
        let url = DatabaseUrl::from_path(std::path::PathBuf::from(path));
        check_refused(&url, |error| matches!(error, StoreError::ReadOnly { .. }), "writable");
        return;
    }
    let (folder, url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    drop(store);
    fs::set_permissions(url.path().unwrap(), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let program = folder.path().with_extension("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut child = Command::new(&program);
    child
        .args(["--exact", "file::refusals::a_read_only_database_is_refused"])
        .env(ASKED, url.path().unwrap());
    if fs::File::options().write(true).open(url.path().unwrap()).is_ok() {
        child.uid(65_534).gid(65_534);
    }
    let output = child.output();
    fs::remove_file(&program).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let output = output.unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}
