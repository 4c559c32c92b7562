//! References are declared, and enforced where queries write.

use diesel::RunQueryDsl;
use diesel::dsl::sql;
use diesel::sql_types::Integer;

use super::full_disk::begin;
use crate::{DatabaseUrl, Store};

#[test]
fn foreign_keys_are_on_and_every_commit_waits_for_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    let mut ask = |what: &str| {
        let asked = store.query(|connection| Ok(sql::<Integer>(what).get_result::<i32>(connection)?));
        asked.unwrap()
    };
    assert_eq!(ask("PRAGMA foreign_keys"), 1);
    assert_eq!(ask("PRAGMA synchronous"), 2); // FULL
    let writer = begin(&mut store);
    let full = writer.connection().query_row("PRAGMA synchronous", [], |row| row.get::<i32>(0));
    assert_eq!(full.unwrap(), 2);
}
