//! The shop exports its growing log every month.

use std::fs;
use std::path::{Path, PathBuf};

use patron_store::{DatabaseUrl, Store};
use patron_tests::{Ran, small_export};

use crate::patron_runs;

struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    fn import(&self, name: &str, text: &str, more: &[&str]) -> Ran {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        let database = self.database();
        let mut arguments = vec!["import", path.to_str().unwrap(), "--database", database.to_str().unwrap()];
        arguments.extend(more);
        patron_runs(&arguments)
    }

    fn lines(&self) -> u64 {
        open(&self.database()).counts().unwrap().sales
    }
}

fn open(database: &Path) -> Store {
    Store::open_existing(&DatabaseUrl::from_path(database)).unwrap()
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let shop = Shop::new();
    let export = small_export(0, 40);
    shop.import("sales.csv", &export, &[]).ok();
    let before = open(&shop.database()).counts().unwrap();
    let again = shop.import("renamed.csv", &export, &[]).ok();
    assert!(again.out.contains("before"), "it says so: {}", again.out);
    assert_eq!(open(&shop.database()).counts().unwrap(), before);
}

#[test]
fn another_profile_is_refused_unless_it_replaces() {
    let shop = Shop::new();
    let export = small_export(0, 40);
    shop.import("sales.csv", &export, &[]).ok();
    let refused = shop.import("sales.csv", &export, &["--profile", "positive-quantity"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("--replace"), "{}", refused.err);
    shop.import("sales.csv", &export, &["--profile", "positive-quantity", "--replace"]).ok();
    let imports = open(&shop.database()).imports().unwrap();
    assert_eq!((imports.len(), imports[0].profile.as_str()), (1, "positive-quantity"));
    assert_eq!(shop.lines(), 80);
}

#[test]
fn only_new_lines_of_a_longer_export_come_in() {
    let shop = Shop::new();
    shop.import("january.csv", &small_export(0, 40), &[]).ok();
    let second = shop.import("february.csv", &small_export(0, 60), &[]).ok();
    assert_eq!(shop.lines(), 120, "{}", second.out);
    let records = open(&shop.database()).imports().unwrap();
    let report = &records[1].report;
    assert_eq!((report.lines_read, report.lines_accepted, report.lines_quarantined), (120, 40, 80));
    let rule =
        report.rules.iter().find(|rule| rule.rule == "already-imported").expect("a rule for known lines");
    assert_eq!(rule.lines, 80);
}

#[test]
fn replacing_one_of_two_imports_keeps_every_line() {
    let shop = Shop::new();
    shop.import("january.csv", &small_export(0, 40), &[]).ok();
    shop.import("february.csv", &small_export(40, 20), &[]).ok();
    shop.import("january.csv", &small_export(0, 40), &["--profile", "positive-quantity", "--replace"]).ok();
    assert_eq!(shop.lines(), 120, "the replaced import's own lines are not taken for known ones");
}

#[test]
fn an_import_can_be_taken_back() {
    let shop = Shop::new();
    shop.import("january.csv", &small_export(0, 40), &[]).ok();
    let before = open(&shop.database()).counts().unwrap();
    shop.import("february.csv", &small_export(40, 20), &[]).ok();
    let database = shop.database();
    let database = database.to_str().unwrap();
    let listed = patron_runs(&["imports", "list", "--database", database]).ok();
    assert!(listed.out.contains("january.csv") && listed.out.contains("february.csv"), "{}", listed.out);
    patron_runs(&["imports", "undo", "2", "--database", database]).ok();
    let after = open(&shop.database()).counts().unwrap();
    assert_eq!(
        (after.sales, after.customers, after.products, after.transactions),
        (before.sales, before.customers, before.products, before.transactions)
    );
    let unknown = patron_runs(&["imports", "undo", "9", "--database", database]);
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn an_import_that_a_later_one_relies_on_stays() {
    let shop = Shop::new();
    shop.import("january.csv", &small_export(0, 40), &[]).ok();
    shop.import("february.csv", &small_export(0, 60), &[]).ok();
    let database = shop.database();
    let undo = |id: &str| patron_runs(&["imports", "undo", id, "--database", database.to_str().unwrap()]);
    let refused = undo("1");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("february.csv"), "{}", refused.err);
    assert_eq!(shop.lines(), 120);
    undo("2").ok();
    undo("1").ok();
    assert_eq!(shop.lines(), 0);
}

#[test]
fn overlapping_dates_without_order_numbers_are_refused() {
    let shop = Shop::new();
    let plain = |from: u32| {
        (from..from + 20).fold(String::from("customer,date,amount\n"), |text, day| {
            text + &format!("c{},2023-01-{:02},{day}.50\n", day % 3, 1 + day)
        })
    };
    shop.import("one.csv", &plain(0), &[]).ok();
    let refused = shop.import("two.csv", &plain(10), &[]);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("--allow-overlap"), "{}", refused.err);
    assert_eq!(shop.lines(), 20);
    shop.import("two.csv", &plain(10), &["--allow-overlap"]).ok();
    assert_eq!(shop.lines(), 40);
}
