//! A backup is one whole state, in its place or not at all.

use std::fs;
use std::path::Path;

use patron_store::{DatabaseUrl, Store, StoreError};

use crate::backend::raw;
use crate::maintenance::{import, two_imports};
use crate::shop;
use crate::support::{dump, execute};

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_the_database() {
    let (folder, url, mut store) = two_imports();
    let target = folder.path().join("copies");
    fs::create_dir(&target).unwrap();
    let target = target.join("shop.db");
    let mut heard = Vec::new();
    let summary = store.reader().backup(&target, false, &mut |done, all| heard.push((done, all))).unwrap();
    assert_eq!(summary.counts, store.counts().unwrap());
    assert_eq!(summary.bytes, fs::metadata(&target).unwrap().len());
    assert_eq!(heard.last(), Some(&(summary.bytes, summary.bytes)));
    assert_eq!(files(target.parent().unwrap()), ["shop.db"]);
    let copy = DatabaseUrl::from_path(&target);
    assert_eq!(dump(&copy), dump(&url));
    // it can be worked with
    let mut copy = Store::open_existing(&copy).unwrap();
    assert!(copy.check().unwrap().iter().all(|result| result.is_ok()));
    import(&mut copy, &shop::import("march.csv"), &shop::lines(10, 3));
}

#[test]
fn a_backup_made_while_others_write_is_the_state_it_began_with() {
    let (folder, url, mut store) = two_imports();
    // large enough for many steps
    execute(
        &url,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             INSERT INTO model_runs (created_at, as_of, forecaster, parameters, metrics, fitted, seen_sale_id)
             SELECT '', '2011-12-09', '', '', '', randomblob(65536), 0 FROM n",
    );
    let (before, counts) = (dump(&url), store.counts().unwrap());
    let target = folder.path().join("copy.db");
    let (mut steps, mut written) = (0, 0);
    let summary = store.reader().backup(&target, false, &mut |done, all| {
        steps += 1;
        if done < all {
            let id = import(&mut store, &shop::import(&format!("{steps}.csv")), &shop::lines(120, steps));
            if steps % 2 == 0 {
                store.undo_import(id).unwrap();
            }
            written += 1;
        }
    });
    assert!(steps > 3 && written > 2, "{steps} steps, {written} writes");
    assert_eq!(summary.unwrap().counts, counts);
    assert_eq!(dump(&DatabaseUrl::from_path(&target)), before);
    assert_ne!(dump(&url), before);
}

#[test]
fn a_running_import_is_not_in_the_backup_and_goes_on() {
    let (folder, url, mut store) = two_imports();
    let before = dump(&url);
    let reader = store.reader();
    let mut writer = store.begin_import(&shop::import("march.csv")).unwrap();
    let lines = shop::lines(200, 3);
    let batches = shop::batches(&lines, 100, 2);
    writer.write(&batches[0], &[]).unwrap();
    let target = folder.path().join("copy.db");
    reader.backup(&target, false, &mut |_, _| ()).unwrap();
    writer.write(&batches[1], &[]).unwrap();
    writer.finish(&shop::report(200, 0), &[], &[], &[]).unwrap();
    assert_eq!(dump(&DatabaseUrl::from_path(&target)), before);
    assert_eq!(store.counts().unwrap().sales, 1200);
}

#[test]
fn what_is_there_is_overwritten_only_when_told() {
    let (folder, url, mut store) = two_imports();
    let target = folder.path().join("copy.db");
    let reader = store.reader();
    let backup = |force| reader.backup(&target, force, &mut |_, _| ());
    fs::write(&target, "precious").unwrap();
    assert!(matches!(backup(false), Err(StoreError::BackupExists { .. })));
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    backup(true).unwrap();
    import(&mut store, &shop::import("march.csv"), &shop::lines(10, 3));
    assert!(matches!(backup(false), Err(StoreError::BackupExists { .. })));
    backup(true).unwrap();
    assert_eq!(dump(&DatabaseUrl::from_path(&target)), dump(&url));
    let directory = reader.backup(folder.path(), true, &mut |_, _| ());
    assert!(matches!(directory, Err(StoreError::BackupExists { .. })));
}

#[test]
fn a_database_in_use_is_not_overwritten() {
    let (folder, _url, store) = two_imports();
    let (other_folder, other, other_store) = two_imports();
    let log = raw(&other);
    log.execute_batch("UPDATE shop SET name = 'other'").unwrap();
    let before = fs::read(other.path().unwrap()).unwrap();
    let refused = store.reader().backup(other.path().unwrap(), true, &mut |_, _| ());
    assert!(matches!(refused, Err(StoreError::BackupInUse { .. })), "{refused:?}");
    assert_eq!(fs::read(other.path().unwrap()).unwrap(), before);
    drop((log, other_store, other_folder, folder));
}

#[cfg(unix)]
#[test]
fn the_database_is_never_its_own_backup() {
    let (folder, url, store) = two_imports();
    let before = dump(&url);
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(url.path().unwrap(), at("link.db")).unwrap();
    fs::hard_link(url.path().unwrap(), at("hard.db")).unwrap();
    std::os::unix::fs::symlink(folder.path(), at("folder")).unwrap();
    fs::create_dir(at("sub")).unwrap();
    let targets =
        ["shop.db", "link.db", "hard.db", "folder/shop.db", "sub/../shop.db", "shop.db-wal", "shop.db-shm"];
    for target in targets {
        for overwrite in [false, true] {
            let refused = store.reader().backup(&at(target), overwrite, &mut |_, _| ());
            assert!(matches!(refused, Err(StoreError::BackupOntoItself { .. })), "{target}: {refused:?}");
        }
    }
    // a link to elsewhere is something that is there, and is replaced itself
    fs::write(at("precious"), "precious").unwrap();
    std::os::unix::fs::symlink(at("precious"), at("elsewhere.db")).unwrap();
    let refused = store.reader().backup(&at("elsewhere.db"), false, &mut |_, _| ());
    assert!(matches!(refused, Err(StoreError::BackupExists { .. })), "{refused:?}");
    store.reader().backup(&at("elsewhere.db"), true, &mut |_, _| ()).unwrap();
    assert_eq!(fs::read(at("precious")).unwrap(), b"precious");
    assert_eq!(dump(&url), before);
}

#[cfg(unix)]
#[test]
fn a_backup_is_as_private_as_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, url, store) = two_imports();
    fs::set_permissions(url.path().unwrap(), fs::Permissions::from_mode(0o600)).unwrap();
    let target = folder.path().join("copy.db");
    store.reader().backup(&target, false, &mut |_, _| ()).unwrap();
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_failed_backup_leaves_nothing() {
    let (folder, url, store) = two_imports();
    let nowhere = folder.path().join("nowhere/copy.db");
    let failed = store.reader().backup(&nowhere, false, &mut |_, _| ());
    assert!(matches!(failed, Err(StoreError::BackupFailed { .. })), "{failed:?}");
    // an index that does not fit its table is found in the copy
    raw(&url)
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'raw TEXT NOT NULL', 'raw TEXT NOT NULL CHECK (FALSE)')
             WHERE name = 'quarantine'",
        )
        .unwrap();
    let target = folder.path().join("copies");
    fs::create_dir(&target).unwrap();
    let failed = store.reader().backup(&target.join("copy.db"), false, &mut |_, _| ());
    assert!(matches!(failed, Err(StoreError::BackupDiffers { .. })), "{failed:?}");
    assert_eq!(files(&target), Vec::<String>::new());
}
