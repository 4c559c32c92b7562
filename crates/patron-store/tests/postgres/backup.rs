//! A backup is an archive that `pg_restore` makes the same database of.

use std::fs;
use std::path::Path;

use patron_store::{DatabaseUrl, Store, StoreError};

use crate::backend::{cluster, place};
use crate::maintenance::{import, two_imports};
use crate::shop;
use crate::support::dump;

/// A new database from an archive.
fn restored(archive: &Path) -> (crate::support::Place, DatabaseUrl) {
    let (place, url) = place();
    let mut restore = cluster().program("pg_restore");
    let ran = restore.args(["--exit-on-error", "-d", &place.url()]).arg(archive).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    (place, url)
}

#[test]
fn a_backup_comes_back_as_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let (_place, url, mut store) = two_imports();
    let before = dump(&url);
    let target = folder.path().join("shop.dump");
    let reader = store.reader();
    let running = store.begin_import(&shop::import("march.csv")).unwrap();
    let mut heard = Vec::new();
    let summary = reader.backup(&target, false, &mut |done, all| heard.push((done, all))).unwrap();
    drop(running);
    assert_eq!(summary.counts, store.counts().unwrap());
    assert_eq!(summary.bytes, fs::metadata(&target).unwrap().len());
    assert_eq!(heard.last(), Some(&(summary.bytes, summary.bytes)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let (_copy_place, copy) = restored(&target);
    assert_eq!(dump(&copy), before);
    // it can be worked with
    let mut copy = Store::open_existing(&copy).unwrap();
    assert!(copy.check().unwrap().iter().all(|result| result.is_ok()));
    import(&mut copy, &shop::import("march.csv"), &shop::lines(10, 3));
}

#[test]
fn what_is_there_is_overwritten_only_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let (_place, _url, store) = two_imports();
    let target = folder.path().join("shop.dump");
    fs::write(&target, "precious").unwrap();
    let backup = |target: &Path, force| store.reader().backup(target, force, &mut |_, _| ());
    assert!(matches!(backup(&target, false), Err(StoreError::BackupExists { .. })));
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    backup(&target, true).unwrap();
    assert!(matches!(backup(folder.path(), true), Err(StoreError::BackupExists { .. })));
    let nowhere = backup(&folder.path().join("nowhere/shop.dump"), true);
    assert!(matches!(nowhere, Err(StoreError::BackupFailed { .. })), "{nowhere:?}");
}

#[cfg(unix)]
#[test]
fn a_backup_is_private_and_names_no_password() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (_place, url, store) = two_imports();
    let target = folder.path().join("shop.dump");
    store.reader().backup(&target, false, &mut |_, _| ()).unwrap();
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    // a user who may not read all of it gets no half of it
    let user = format!("half_of_{}", url.to_string().split(['/', '?']).nth(3).unwrap());
    cluster().sql(&url.to_string(), &format!("CREATE ROLE {user} LOGIN PASSWORD 'geheim'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}; REVOKE SELECT ON sales FROM {user}"));
    let address = url.to_string().replace("patron@", &format!("{user}:geheim@"));
    let reader = patron_store::Reader::open(&address.parse().unwrap()).unwrap();
    let failed = reader.backup(&folder.path().join("half.dump"), false, &mut |_, _| ()).unwrap_err();
    let said = format!("{failed} {failed:?}");
    assert!(!said.contains("geheim") && said.contains("permission denied"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(reader);
    cluster().sql(&url.to_string(), &format!("DROP OWNED BY {user}; DROP ROLE {user}"));
}
