//! What the writer holds its callers to, and what the lists tell.

use patron_domain::{OrderEntry, SaleBatch};
use patron_store::{Shop, Store, StoreError};

use crate::shop::{self, batches, lines, report, set_aside};
use crate::support::{database, import};

fn check_refused(batch: SaleBatch, expected: impl Fn(&StoreError) -> bool) {
    let (_folder, _url, mut store) = database();
    let mut writer = store.begin_import(&shop::import("a.csv")).unwrap();
    let error = writer.write(&batch, &[]).unwrap_err();
    assert!(expected(&error), "{error:?}");
    drop(writer);
    assert_eq!(store.counts().unwrap(), Default::default());
}

fn one_batch() -> SaleBatch {
    batches(&lines(20, 1), 20, 2).remove(0)
}

#[test]
fn a_batch_that_does_not_fit_is_refused() {
    let mut batch = one_batch();
    batch.discount.pop();
    check_refused(batch, |error| {
        matches!(error, StoreError::UnevenBatch { column: "discount", found: 19, expected: 20 })
    });
    let mut batch = one_batch();
    batch.product[3] = 1_000;
    check_refused(batch, |error| {
        matches!(error, StoreError::UnknownCode { dictionary: "product", code: 1_000 })
    });
    let mut batch = one_batch();
    batch.order[3] = patron_domain::NO_CODE;
    check_refused(batch, |error| matches!(error, StoreError::UnknownCode { dictionary: "order", .. }));
    let mut batch = one_batch();
    batch.added.orders.push(OrderEntry { number: "lost".to_owned(), ..OrderEntry::default() });
    check_refused(
        batch,
        |error| matches!(error, StoreError::OrderWithoutLine { number } if number == "lost"),
    );
}

/// Finishes an import of 20 lines and 2 quarantined lines with that report and those links.
fn finished(
    store: &mut Store,
    accepted: usize,
    quarantined: usize,
    links: &[(i64, i64)],
) -> Result<(), StoreError> {
    let mut writer = store.begin_import(&shop::import("a.csv"))?;
    writer.write(&one_batch(), &[set_aside(22), set_aside(23)])?;
    writer.finish(&report(accepted, quarantined), &[], &[], links).map(drop)
}

#[test]
fn nothing_is_lost_silently() {
    let (_folder, _url, mut store) = database();
    let accepted = finished(&mut store, 21, 2, &[]);
    assert!(matches!(accepted, Err(StoreError::CountMismatch { reported: 21, written: 20, .. })));
    let quarantined = finished(&mut store, 20, 1, &[]);
    assert!(matches!(quarantined, Err(StoreError::CountMismatch { reported: 1, written: 2, .. })));
    assert_eq!(store.counts().unwrap(), Default::default());
}

#[test]
fn a_reference_to_nothing_is_refused() {
    let (_folder, _url, mut store) = database();
    for link in [(3, 99), (99, 3)] {
        let refused = finished(&mut store, 20, 2, &[link]);
        assert!(matches!(refused, Err(StoreError::BrokenReference { .. })));
    }
    assert_eq!(store.counts().unwrap(), Default::default());
    finished(&mut store, 20, 2, &[(3, 1)]).unwrap();
    assert_eq!(store.counts().unwrap().cancellations, 1);
}

#[test]
fn the_same_file_is_not_imported_twice() {
    let (_folder, _url, mut store) = database();
    let new = shop::import("a.csv");
    assert_eq!(store.import_of_file(&new.sha256).unwrap(), None);
    let id = import(&mut store, &new, &lines(20, 1)).unwrap();
    let twice =
        store.begin_import(&patron_store::NewImport { file_name: "copy.csv".to_owned(), ..new.clone() });
    let error = twice.unwrap_err();
    assert_eq!(
        error.to_string(),
        "'copy.csv' holds the same bytes as import 1 ('a.csv'); undo that import, or replace it with this one"
    );
    assert_eq!(store.import_of_file(&new.sha256).unwrap().map(|record| record.id), Some(id));
}

#[test]
fn an_import_is_listed_as_it_was() {
    let (_folder, _url, mut store) = database();
    let (new, lines) = (shop::import("a.csv"), lines(500, 1));
    import(&mut store, &new, &lines).unwrap();
    let record = store.imports().unwrap().remove(0);
    assert_eq!(record.imported_at, new.imported_at);
    assert_eq!(
        (record.file_name, record.sha256, record.settings_sha256),
        (new.file_name, new.sha256, new.settings_sha256)
    );
    assert_eq!((record.lines_read, record.lines_accepted, record.lines_quarantined), (503, 500, 3));
    assert_eq!(record.report, report(500, 3));
    let days = lines.iter().map(|line| patron_domain::Day::of(line.timestamp));
    assert_eq!((record.first_day, record.last_day), (days.clone().min(), days.max()));
}

#[test]
fn the_quarantine_is_read_page_by_page() {
    let (_folder, _url, mut store) = database();
    let first = import(&mut store, &shop::import("a.csv"), &lines(10, 1)).unwrap();
    let second = import(&mut store, &shop::import("b.csv"), &lines(20, 2)).unwrap();
    let page = store.quarantine(None, 0, 4).unwrap();
    assert_eq!(page.iter().map(|entry| entry.import).collect::<Vec<_>>(), [first, first, first, second]);
    assert_eq!(page[0].line, set_aside(12));
    let rest = store.quarantine(None, page[3].id, 4).unwrap();
    assert_eq!(rest.iter().map(|entry| entry.line.line).collect::<Vec<_>>(), [23, 24]);
    let of_second = store.quarantine(Some(second), 0, 100).unwrap();
    assert_eq!(
        of_second.iter().map(|entry| entry.line.clone()).collect::<Vec<_>>(),
        [22, 23, 24].map(set_aside)
    );
}

#[test]
fn the_shop_is_remembered() {
    let (_folder, url, mut store) = database();
    assert_eq!(store.shop().unwrap(), Shop::default());
    let shop = Shop { name: "Gifts".to_owned(), currency: Some("GBP".to_owned()), time_zone: None };
    store.set_shop(&shop).unwrap();
    drop(store);
    assert_eq!(Store::open_existing(&url).unwrap().shop().unwrap(), shop);
}

#[test]
fn store_and_writer_move_between_threads() {
    fn check<T: Send>() {}
    check::<Store>();
    check::<patron_store::ImportWriter>();
}
