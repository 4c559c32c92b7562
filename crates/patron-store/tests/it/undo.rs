//! Imports taken back and replaced.

use patron_domain::LineKind;
use patron_store::{HeldLines, ImportId, KnownSales, NewImport, Store, StoreError};

use crate::shop::{self, Line};
use crate::support::{database, dump, execute, import, pairs, scanned, text_of};

#[test]
fn undoing_the_latest_import_restores_exactly_the_former_state() {
    let (_folder, url, mut store) = database();
    let first = import(&mut store, &shop::import("january.csv"), &shop::lines(600, 1)).unwrap();
    let before = dump(&url);
    let second = import(&mut store, &shop::import("february.csv"), &shop::lines(700, 2)).unwrap();
    assert_ne!(dump(&url), before);
    let summary = store.undo_import(second).unwrap();
    assert_eq!((summary.file_name.as_str(), summary.sales, summary.quarantined), ("february.csv", 700, 3));
    assert!(summary.transactions > 0 && summary.customers > 0 && summary.products > 0);
    assert_eq!(dump(&url), before);

    store.undo_import(first).unwrap();
    assert_eq!(store.counts().unwrap(), Default::default());
    assert!(matches!(store.undo_import(first), Err(StoreError::UnknownImport(id)) if id == first));
}

#[test]
fn undoing_an_earlier_import_leaves_what_a_later_one_uses() {
    let (_folder, url, mut store) = database();
    let january = shop::lines(600, 1);
    let february = [&shop::lines(300, 2)[..], &january[..100]].concat();
    let first = import(&mut store, &shop::import("january.csv"), &january).unwrap();
    import(&mut store, &shop::import("february.csv"), &february).unwrap();
    store.undo_import(first).unwrap();
    dump(&url);
    let left = scanned(&mut store, 100);
    assert_eq!(left.len(), 400);
    assert_eq!(
        left.amount.iter().map(|amount| amount.ten_thousandths()).collect::<Vec<_>>(),
        february.iter().map(|line| line.amount).collect::<Vec<_>>()
    );
    // Codes are dense again although ids are not.
    let customers = |batch: &patron_domain::SaleBatch| {
        let name = |code: &u32| batch.added.customers.get(*code as usize).cloned();
        batch.customer.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(customers(&left), february.iter().map(|line| line.customer.clone()).collect::<Vec<_>>());
}

#[test]
fn the_name_before_an_undone_import_comes_back() {
    let (_folder, url, mut store) = database();
    let lines = shop::lines(200, 1);
    let files = ["january.csv", "february.csv", "march.csv"];
    let ids = files.map(|file| import(&mut store, &shop::import(file), &lines).unwrap());
    let sku = lines[0].sku.clone().unwrap();
    let name = || -> String {
        let sql = format!("SELECT description FROM products WHERE sku = '{sku}'");
        text_of(&url, &sql)
    };
    assert_eq!(name(), format!("{sku} of march.csv"));
    store.undo_import(ids[1]).unwrap();
    assert_eq!(name(), format!("{sku} of march.csv"));
    store.undo_import(ids[2]).unwrap();
    assert_eq!(name(), format!("{sku} of january.csv"));
}

#[test]
fn replacing_is_one_step() {
    let (_folder, url, mut store) = database();
    let lines = shop::lines(600, 1);
    let first = import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    let again = NewImport { profile: "none".to_owned(), replace: vec![first], ..shop::import("a.csv") };

    let before = dump(&url);
    drop(store.begin_import(&again).unwrap());
    assert_eq!(dump(&url), before);

    let mut writer = store.begin_import(&again).unwrap();
    assert_eq!(writer.known_sales().unwrap(), KnownSales::default()); // the replaced import does not count
    let nowhere = writer.finish(&shop::report(0, 0), &[], &[], &[(4_711, 4_712)]);
    assert!(matches!(nowhere, Err(StoreError::BrokenReference { .. })));
    assert_eq!(dump(&url), before);

    let second = import(&mut store, &again, &lines[..500]).unwrap();
    assert_ne!(first, second);
    dump(&url);
    let imports = store.imports().unwrap();
    let told: Vec<_> = imports.iter().map(|one| (one.id, one.profile.as_str(), one.lines_accepted)).collect();
    assert_eq!(told, [(second, "none", 500)]);
    let nobody = NewImport { replace: vec![ImportId(99)], ..shop::import("b.csv") };
    assert!(matches!(store.begin_import(&nobody), Err(StoreError::UnknownImport(ImportId(99)))));
}

#[test]
fn several_imports_give_way_to_one_in_one_step() {
    let (_folder, url, mut store) = database();
    let (january, february, march) = (shop::lines(300, 1), shop::lines(300, 2), shop::lines(200, 3));
    let first = import(&mut store, &shop::import("january.csv"), &january).unwrap();
    let second = import(&mut store, &shop::import("february.csv"), &february).unwrap();
    let third = import(&mut store, &shop::import("march.csv"), &march).unwrap();
    let all = NewImport { replace: vec![first, second], ..shop::import("all.csv") };

    let before = dump(&url);
    drop(store.begin_import(&all).unwrap());
    assert_eq!(dump(&url), before);

    let mut writer = store.begin_import(&all).unwrap();
    let known = writer.known_sales().unwrap();
    drop(writer);
    assert!(known.orders.values().flatten().all(|held| held.import == third), "the replaced do not count");
    let lines = known.orders.values().flatten().map(|held| held.lines).sum::<u32>();
    assert_eq!((lines, known.lines.values().sum::<u32>()), (200, 200));

    import(&mut store, &all, &[&january[..], &february[..250]].concat()).unwrap();
    let imports: Vec<_> = store.imports().unwrap().into_iter().map(|one| one.file_name).collect();
    assert_eq!(imports, ["march.csv", "all.csv"]);
    assert_eq!(store.counts().unwrap().sales, 200 + 550);
    let unknown = NewImport { replace: vec![third, ImportId(99)], ..shop::import("b.csv") };
    assert!(matches!(store.begin_import(&unknown), Err(StoreError::UnknownImport(ImportId(99)))));
    assert_eq!(store.counts().unwrap().sales, 750, "all of them or none");
}

#[test]
fn it_is_known_which_import_holds_the_lines_of_an_order() {
    let (_folder, _url, mut store) = database();
    let [mut one, mut two] = [shop::lines(3, 1), shop::lines(2, 2)];
    for (line, order) in one.iter_mut().zip(["7", "7", "8"]).chain(two.iter_mut().zip(["9", "7"])) {
        line.order = order.to_owned();
    }
    let first = import(&mut store, &shop::import("one.csv"), &one).unwrap();
    let second = import(&mut store, &shop::import("two.csv"), &two).unwrap();
    let known = store.known_sales().unwrap();
    let held = |lines: &[(ImportId, u32)]| -> Vec<HeldLines> {
        lines.iter().map(|&(import, lines)| HeldLines { import, lines }).collect()
    };
    let expected =
        [("7", held(&[(first, 2), (second, 1)])), ("8", held(&[(first, 1)])), ("9", held(&[(second, 1)]))];
    assert_eq!(known.orders, expected.into_iter().map(|(order, held)| (order.to_owned(), held)).collect());
}

#[test]
fn rows_made_by_hand_stay() {
    let (_folder, url, mut store) = database();
    let insert = "INSERT INTO countries (id, name) VALUES (7, 'Malta');
        INSERT INTO customers (id, external_id, country_id) VALUES (5, 'by hand', 7);
        INSERT INTO products (id, sku, producer_country_id) VALUES (9, 'by hand', 7);";
    execute(&url, insert);
    let before = dump(&url);
    let id = import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    assert_eq!(scanned(&mut store, 30).added.customers[0], "by hand");
    store.undo_import(id).unwrap();
    assert_eq!(dump(&url), before);
}

/// Imports lines of a customer and a product, each by its time and its units; less than none are a return.
fn sold(store: &mut Store, name: &str, lines: &[(i64, i32)], links: &[(i64, i64)]) -> ImportId {
    let line = |&(time, quantity): &(i64, i32)| Line {
        customer: Some("anna".to_owned()),
        sku: Some("mug".to_owned()),
        order: format!("{name} {time}"),
        country: None,
        timestamp: 1_300_000_000 + time,
        quantity,
        amount: i64::from(quantity) * 20_000,
        kind: if quantity < 0 { LineKind::Return } else { LineKind::Sale },
    };
    let lines: Vec<Line> = lines.iter().map(line).collect();
    let mut writer = store.begin_import(&shop::import(name)).unwrap();
    shop::batches(&lines, 10, 2).iter().for_each(|batch| writer.write(batch, &[]).unwrap());
    writer.finish(&shop::report(lines.len(), 0), &[], &[], links).unwrap()
}

fn links(url: &patron_store::DatabaseUrl) -> Vec<(i64, i64)> {
    pairs(url, "SELECT sale_id, purchase_id FROM cancellations ORDER BY sale_id")
}

#[test]
fn links_of_all_imports_are_written_anew_and_come_back_with_an_undo() {
    let (_folder, url, mut store) = database();
    // 1 and 2 bought, 3 and 4 brought back, 5 brought back what only another file knows
    let lines = [(10, 3), (20, 7), (30, -3), (40, -7), (50, -9)];
    sold(&mut store, "a.csv", &lines, &[(3, 1), (4, 2)]);
    let first = dump(&url);
    // a second purchase of 3 makes the link of 3 ambiguous, one of 9 explains 5, and 8 brings 9 back
    let second = sold(&mut store, "b.csv", &[(5, 3), (6, 9), (60, -1)], &[(4, 2), (5, 7), (8, 6)]);
    assert_eq!(links(&url), [(4, 2), (5, 7), (8, 6)]);
    let both = dump(&url);
    let third = sold(&mut store, "c.csv", &[(7, 9), (8, 7)], &[(8, 6)]);
    assert_eq!(links(&url), [(8, 6)]);
    store.undo_import(third).unwrap();
    assert_eq!(dump(&url), both);
    store.undo_import(second).unwrap();
    assert_eq!(dump(&url), first);
}

#[test]
fn an_earlier_undo_leaves_links_that_are_right_without_it() {
    let (_folder, url, mut store) = database();
    sold(&mut store, "a.csv", &[(10, 3), (20, 7), (30, -7)], &[(3, 2)]);
    let second = sold(&mut store, "b.csv", &[(40, -3), (50, 4), (60, -4)], &[(3, 2), (4, 1), (6, 5)]);
    // further purchases make the links of 3 and 6 ambiguous
    let third = sold(&mut store, "c.csv", &[(15, 7), (55, 4)], &[(4, 1)]);
    store.undo_import(second).unwrap();
    assert_eq!(links(&url), [], "what pointed from the removed lines is gone");
    store.undo_import(third).unwrap();
    assert_eq!(links(&url), [(3, 2)], "and what the third import took away comes back");

    let (_folder, url, mut store) = database();
    let [one, two] = [("a.csv", [(10, 3), (20, 7)]), ("b.csv", [(30, -7), (40, -3)])];
    let first = sold(&mut store, one.0, &one.1, &[]);
    sold(&mut store, two.0, &two.1, &[(3, 2), (4, 1)]);
    let third = sold(&mut store, "c.csv", &[(15, 7), (55, 1)], &[(4, 1)]);
    store.undo_import(first).unwrap();
    assert_eq!(links(&url), [], "what pointed to the removed lines is gone");
    store.undo_import(third).unwrap();
    assert_eq!(links(&url), [], "and nothing points to them again");
    dump(&url);
}

#[test]
fn undoing_the_last_import_leaves_the_shop_as_it_is() {
    let (_folder, _url, mut store) = database();
    let shop = patron_store::Shop {
        name: "Corner shop".to_owned(),
        currency: Some("EUR".to_owned()),
        time_zone: Some("Europe/Vienna".to_owned()),
    };
    let only = import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    store.set_shop(&shop).unwrap();
    store.undo_import(only).unwrap();
    assert_eq!(store.shop().unwrap(), shop);
}
