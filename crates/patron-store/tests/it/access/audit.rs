//! The record of writes tells who changed what, and nothing that was rolled back.

use patron_store::{
    Actor, AuditAction, AuditEntry, AuditFilter, Change, CustomerPatch, CustomerPersonal, CustomerRecord,
    KeyId, NewCustomer, NewProduct, ProductPatch, ProductRecord, Store, StoreError,
};
use serde_json::{Value, json};

use super::at;
use crate::support::database;

fn zoe() -> NewCustomer {
    NewCustomer {
        external_id: "c1".to_owned(),
        personal: CustomerPersonal { email: Some("zoe@shop.example".to_owned()), ..Default::default() },
        ..NewCustomer::default()
    }
}

fn told(store: &mut Store, filter: &AuditFilter) -> Vec<AuditEntry> {
    store.reading().audit(filter, 100).unwrap()
}

/// Number, action, table, row and changes of each entry.
fn brief(entries: &[AuditEntry]) -> Vec<(i64, &str, &str, i64, Value)> {
    let changes = |entry: &AuditEntry| -> Value {
        let changes = entry.changes.iter();
        changes.map(|change| json!([change.field, change.is_personal, change.former, change.new])).collect()
    };
    let entries = entries.iter();
    entries
        .map(|entry| (entry.id, entry.action.word(), entry.resource.as_str(), entry.row, changes(entry)))
        .collect()
}

#[test]
fn every_write_is_told_with_what_changed() {
    let (_folder, _url, mut store) = database();
    let actor = Actor { key: Some(KeyId(4)), at: at(9, 0, 0) };
    store
        .write(|writing| {
            writing.acting_as(actor);
            let made: CustomerRecord = writing.create(&zoe())?;
            let patch = CustomerPatch {
                email: Change::Set("z@shop.example".to_owned()),
                city: Change::Set("Bonn".to_owned()),
                ..CustomerPatch::default()
            };
            writing.patch::<CustomerRecord>(made.id, &patch, None)?;
            writing.delete::<CustomerRecord>(made.id, None)?;
            Ok(())
        })
        .unwrap();
    let later = Actor { key: None, at: at(10, 0, 0) };
    store
        .write(|writing| {
            writing.acting_as(later);
            let new = NewProduct { sku: "p".to_owned(), ..NewProduct::default() };
            let rows: Vec<ProductRecord> = writing.create_all(&[new])?;
            let patch = ProductPatch { price: Change::Set("2.50".parse().unwrap()), ..Default::default() };
            writing.patch::<ProductRecord>(rows[0].id, &patch, None)?;
            let same = NewProduct { sku: "p".to_owned(), facts: Default::default(), ..NewProduct::default() };
            writing.replace::<ProductRecord>(rows[0].id, &same, None)?;
            writing.delete::<ProductRecord>(rows[0].id, None)?;
            Ok(())
        })
        .unwrap();
    let all = told(&mut store, &AuditFilter::default());
    let changed =
        json!([["city", false, null, "Bonn"], ["email", true, "zoe@shop.example", "z@shop.example"],]);
    assert_eq!(
        brief(&all),
        [
            (
                7,
                "delete",
                "products",
                1,
                json!([["description", false, "", null], ["sku", false, "p", null]])
            ),
            (6, "replace", "products", 1, json!([["price", false, "2.50", null]])),
            (5, "patch", "products", 1, json!([["price", false, null, "2.50"]])),
            (4, "create", "products", 1, json!([])),
            (3, "delete", "customers", 1, json!([])),
            (2, "patch", "customers", 1, changed),
            (1, "create", "customers", 1, json!([])),
        ]
    );
    assert_eq!((all[0].key, all[0].at), (None, at(10, 0, 0)));
    assert_eq!((all[6].key, all[6].at), (Some(KeyId(4)), at(9, 0, 0)));

    let ids =
        |store: &mut Store, filter| told(store, &filter).iter().map(|entry| entry.id).collect::<Vec<_>>();
    let of = |resource: &str| AuditFilter { resource: Some(resource.to_owned()), ..Default::default() };
    assert_eq!(ids(&mut store, of("customers")), [3, 2, 1]);
    assert_eq!(ids(&mut store, AuditFilter { row: Some(2), ..of("customers") }), [0_i64; 0]);
    assert_eq!(
        ids(&mut store, AuditFilter { since: Some(at(10, 0, 0)), ..Default::default() }),
        [7, 6, 5, 4]
    );
    assert_eq!(ids(&mut store, AuditFilter { before: Some(3), ..Default::default() }), [2, 1]);
    assert_eq!(store.reading().audit(&AuditFilter::default(), 2).unwrap().len(), 2);
}

#[test]
fn what_did_not_happen_is_not_told() {
    let (_folder, _url, mut store) = database();
    let actor = Actor { key: None, at: at(9, 0, 0) };
    let failed = store.write(|writing| {
        writing.acting_as(actor).create::<CustomerRecord>(&zoe())?;
        writing.create::<CustomerRecord>(&zoe())
    });
    assert!(matches!(failed, Err(StoreError::Taken { .. })), "{failed:?}");
    assert_eq!(told(&mut store, &AuditFilter::default()), []);
    store.write(|writing| writing.create::<CustomerRecord>(&zoe())).unwrap();
    assert_eq!(told(&mut store, &AuditFilter::default()), [], "nobody was said to act");
    store.write(|writing| writing.acting_as(actor).note(AuditAction::Create, "jobs", 3)).unwrap();
    assert_eq!(brief(&told(&mut store, &AuditFilter::default())), [(1, "create", "jobs", 3, json!([]))]);
}
