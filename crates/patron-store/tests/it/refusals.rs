//! Databases that are left alone, with a sentence that says why and what to do.

use std::time::Duration;

use patron_store::{DatabaseUrl, Store, StoreError};

use crate::backend::place;
use crate::shop;
use crate::support::{database, dump, execute};

/// Refuses the database and leaves it as it is.
fn check_refused(url: &DatabaseUrl, expected: impl Fn(&StoreError) -> bool, said: &str) {
    let before = dump(url);
    for error in [Store::open(url).unwrap_err(), Store::open_existing(url).unwrap_err()] {
        assert!(expected(&error), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(dump(url), before);
}

#[test]
fn a_newer_database_is_refused() {
    let (_folder, url, store) = database();
    drop(store);
    execute(&url, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    let newer = |error: &StoreError| matches!(error, StoreError::Newer { version, .. } if version == "20990101000000");
    check_refused(&url, newer, "newer version of Patron");
}

#[test]
fn a_database_of_another_program_is_refused() {
    let (_folder, url) = place();
    execute(&url, "CREATE TABLE sales (id INTEGER PRIMARY KEY, x INTEGER); INSERT INTO sales VALUES (1, 2)");
    check_refused(&url, |error| matches!(error, StoreError::NotPatron { .. }), "another program");
}

#[test]
fn a_second_writer_is_told_to_wait() {
    let (_folder, url, mut store) = database();
    let writer = store.begin_import(&shop::import("a.csv")).unwrap();
    let mut second = Store::open(&url).unwrap();
    second.set_patience(Duration::from_millis(50)).unwrap();
    let locked = |error: StoreError| {
        assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
        assert!(error.to_string().contains("try again"));
    };
    locked(second.begin_import(&shop::import("b.csv")).unwrap_err());
    locked(second.set_shop(&Default::default()).unwrap_err());
    locked(
        crate::attributes::set_customers(&mut second, &crate::attributes::file("c.csv"), &[]).unwrap_err(),
    );
    locked(second.undo_import(patron_store::ImportId(1)).unwrap_err());
    assert_eq!(second.counts().unwrap().imports, 0); // reading does not wait
    drop(writer);
    second.begin_import(&shop::import("b.csv")).unwrap();
}
