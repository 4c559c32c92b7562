//! What requests have created is remembered for a day, caller by caller.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use patron_store::{Created, DatabaseUrl, Store, StoreError};

fn at(hours: i64) -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc() + TimeDelta::hours(hours)
}

#[test]
fn a_request_is_remembered_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    let created = |request: &str, ids: &[i64]| Created { request: request.to_owned(), ids: ids.to_vec() };
    let (first, second) = (created("a", &[3, 1, 2]), created("b", &[9]));
    store.write(|writing| writing.remember_created("one", "k", &first, at(0))).unwrap();
    store.write(|writing| writing.remember_created("two", "k", &second, at(1))).unwrap();
    let mut found = |caller: &str, now| store.reading().created_under(caller, "k", now).unwrap();
    assert_eq!(found("one", at(23)), Some(first.clone()), "in the order asked for");
    assert_eq!((found("one", at(24)), found("two", at(24))), (None, Some(second)));
    assert_eq!(found("three", at(0)), None);

    let again = store.write(|writing| writing.remember_created("two", "k", &first, at(2)));
    assert!(matches!(again, Err(StoreError::Other { .. })), "{again:?}");
    store.write(|writing| writing.remember_created("one", "k", &created("c", &[4]), at(24))).unwrap();
    assert_eq!(
        store.reading().created_under("one", "k", at(25)).unwrap().map(|created| created.ids),
        Some(vec![4])
    );
    assert_eq!(
        store.reading().created_under("two", "k", at(24)).unwrap().map(|created| created.ids),
        Some(vec![9])
    );
    let nothing: Result<(), StoreError> = store.write(|writing| {
        writing.remember_created("one", "lost", &first, at(24))?;
        Err(StoreError::Busy)
    });
    assert!(nothing.is_err());
    assert_eq!(
        store.reading().created_under("one", "lost", at(24)).unwrap(),
        None,
        "it goes with the change"
    );
}
