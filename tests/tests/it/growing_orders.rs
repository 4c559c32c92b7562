//! The shop exports its orders every month; orders it has exported before may be others by then.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_domain::{Attributes, Money};
use patron_store::{DatabaseUrl, Store, StoreError};
use patron_tests::{Ran, patron, run};

use crate::BINARY;

const HEADING: &str = "Name,Email,Financial Status,Created at,Currency,Shipping,Total,Refunded Amount,Cancelled at,\
    Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n";

/// #1001: two mugs and shipping. #1002: tea and a pot, 5 given back. #1003: tea, not paid yet.
const JANUARY: &str = "#1001,ann@example.org,paid,2024-01-05,EUR,5.00,25.00,0.00,,2,Mug,10.00,MUG\n\
    #1002,bob@example.org,paid,2024-01-12,EUR,0.00,50.00,5.00,,1,Tea,20.00,TEA\n\
    #1002,,,,,,,,,1,Pot,30.00,POT\n\
    #1003,cyd@example.org,pending,2024-01-20,EUR,0.00,20.00,0.00,,1,Tea,20.00,TEA\n";

/// #1004: a pot. #1005: three mugs.
const FEBRUARY: &str = "#1004,ann@example.org,paid,2024-02-03,EUR,0.00,30.00,0.00,,1,Pot,30.00,POT\n\
    #1005,dan@example.org,paid,2024-02-10,EUR,0.00,30.00,0.00,,3,Mug,10.00,MUG\n";

const MARCH: &str = "#1006,eve@example.org,paid,2024-03-09,EUR,0.00,20.00,0.00,,1,Tea,20.00,TEA\n";

const PRODUCTS: &str = "sku,unit_cost,category\nMUG,4.00,cups\nTEA,12.00,drinks\nPOT,11.00,cups\n";

struct Shop {
    folder: tempfile::TempDir,
}

/// What every answer is made from: order by order, its lines and what they add up to; and what is known beside them.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    orders: BTreeMap<String, (u64, Money)>,
    total: Money,
    attributes: Attributes,
}

impl Shop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A shop that holds only this.
    fn alone(text: &str) -> Self {
        let shop = Self::new();
        shop.import("alone.csv", text, &[]).ok();
        shop
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    fn store(&self) -> Store {
        Store::open_existing(&DatabaseUrl::from_path(self.database())).unwrap()
    }

    fn runs(&self, arguments: &[&str]) -> Ran {
        let database = self.database();
        let mut all = arguments.to_vec();
        all.extend(["--database", database.to_str().unwrap()]);
        run(patron(BINARY, &all))
    }

    fn import(&self, name: &str, orders: &str, more: &[&str]) -> Ran {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("{HEADING}{orders}")).unwrap();
        self.runs(&[&["import", path.to_str().unwrap()], more].concat())
    }

    /// The message with which an import is refused; the database stays as it was, byte for byte.
    fn refuses(&self, name: &str, orders: &str, more: &[&str]) -> String {
        let before = fs::read(self.database()).unwrap();
        let refused = self.import(name, orders, more);
        assert_eq!(refused.code, Some(1), "{}", refused.out);
        assert!(before == fs::read(self.database()).unwrap(), "a refused import leaves no trace");
        refused.err
    }

    fn add_products(&self) {
        let path = self.folder.path().join("products.csv");
        fs::write(&path, PRODUCTS).unwrap();
        self.runs(&["import", "--products", path.to_str().unwrap()]).ok();
    }

    fn files(&self) -> Vec<String> {
        self.store().imports().unwrap().into_iter().map(|import| import.file_name).collect()
    }

    fn held(&self) -> Held {
        let mut store = self.store();
        let (mut numbers, mut orders) = (Vec::new(), BTreeMap::<String, (u64, Money)>::new());
        let scanned = store.scan(1_000, |batch| {
            numbers.extend(batch.added.orders.iter().map(|order| order.number.clone()));
            for (&order, &amount) in batch.order.iter().zip(&batch.amount) {
                let (lines, sum) = orders.entry(numbers[order as usize].clone()).or_default();
                *lines += 1;
                *sum += amount;
            }
            Ok::<(), StoreError>(())
        });
        scanned.unwrap();
        let total = orders.values().map(|(_, sum)| *sum).sum();
        Held { orders, total, attributes: store.attributes().unwrap() }
    }
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn an_export_that_only_grows_brings_its_new_orders() {
    let shop = Shop::alone(JANUARY);
    assert_eq!(shop.held().total, money("70.00"));
    // #1003 is paid by now: it was set aside before and comes in
    let grown = format!("{JANUARY}{FEBRUARY}").replace("pending", "paid");
    shop.import("february.csv", &grown, &[]).ok();
    assert_eq!(shop.held(), Shop::alone(&grown).held());
    assert_eq!(shop.held().total, money("150.00"));
    let report = shop.store().imports().unwrap()[1].report.clone();
    let known = report.rules.iter().find(|rule| rule.rule == "already-imported").map(|rule| rule.lines);
    assert_eq!((report.lines_accepted, known), (3, Some(6)), "a refund makes two lines");
}

/// January as it is after `from` became `to`, with February: refused, and the same as alone with `--replace`.
fn check_changed(from: &str, to: &str, order: &str, total: &str) {
    assert!(JANUARY.contains(from), "{from}");
    let later = format!("{}{FEBRUARY}", JANUARY.replace(from, to));
    let shop = Shop::alone(JANUARY);
    shop.add_products();
    let refused = shop.refuses("february.csv", &later, &[]);
    let said = "1 order has changed in february.csv since import 1 (alone.csv)";
    assert!(refused.contains(said) && refused.contains(order) && refused.contains("--replace"), "{refused}");

    shop.import("february.csv", &later, &["--replace"]).ok();
    let alone = Shop::alone(&later);
    alone.add_products();
    assert_eq!(shop.held(), alone.held(), "{from} → {to}");
    assert_eq!(shop.held().total, money(total), "{from} → {to}");
    assert_eq!(shop.files(), ["february.csv"]);
    assert!(shop.held().attributes != Attributes::default());
}

#[test]
fn a_refund_that_grows_counts_once() {
    check_changed("50.00,5.00", "50.00,12.00", "#1002", "123.00");
}

#[test]
fn an_order_that_was_cancelled_later_leaves_the_revenue() {
    check_changed("25.00,0.00,,", "25.00,0.00,2024-02-01,", "#1001", "105.00");
}

#[test]
fn an_order_that_was_voided_later_leaves_the_revenue() {
    check_changed("#1001,ann@example.org,paid", "#1001,ann@example.org,voided", "#1001", "105.00");
}

#[test]
fn an_edited_order_counts_as_it_is_now() {
    check_changed("25.00,0.00,,2,Mug", "15.00,0.00,,1,Mug", "#1001", "120.00");
}

#[test]
fn an_item_that_was_taken_out_is_gone() {
    let pot = "50.00,5.00,,1,Tea,20.00,TEA\n#1002,,,,,,,,,1,Pot,30.00,POT\n";
    check_changed(pot, "20.00,5.00,,1,Tea,20.00,TEA\n", "#1002", "100.00");
}

#[test]
fn a_file_that_lacks_orders_cannot_take_the_place() {
    let shop = Shop::alone(&format!("{JANUARY}{FEBRUARY}"));
    let before = shop.held();
    let cancelled = FEBRUARY.replacen("30.00,0.00,,", "30.00,0.00,2024-03-01,", 1);
    let later = format!("{cancelled}{MARCH}");
    for more in [&[][..], &["--replace"]] {
        let refused = shop.refuses("march.csv", &later, more);
        assert!(refused.contains("lacks 2 of the 4 orders of import 1 (alone.csv)"), "{refused}");
        assert!(refused.contains("#1004") && refused.contains("export all orders"), "{refused}");
    }
    assert_eq!(shop.held(), before);
    // the full export can
    let full = format!("{JANUARY}{later}");
    shop.import("all.csv", &full, &["--replace"]).ok();
    assert_eq!(shop.held(), Shop::alone(&full).held());
    assert_eq!(shop.held().total, money("120.00"));
}

#[test]
fn several_earlier_imports_give_way_together() {
    let shop = Shop::alone(JANUARY);
    shop.import("february.csv", &format!("{JANUARY}{FEBRUARY}"), &[]).ok();
    let changed = format!("{JANUARY}{FEBRUARY}{MARCH}").replace("50.00,5.00", "50.00,50.00");
    let both = changed.replace("3,Mug,10.00", "1,Mug,30.00");
    let refused = shop.refuses("march.csv", &both, &[]);
    assert!(refused.contains("2 orders have changed in march.csv"), "{refused}");
    assert!(refused.contains("import 1 (alone.csv) and import 2 (february.csv)"), "{refused}");
    shop.import("march.csv", &both, &["--replace"]).ok();
    assert_eq!((shop.held(), shop.files()), (Shop::alone(&both).held(), vec!["march.csv".to_owned()]));
    assert_eq!(shop.held().total, money("105.00"));

    // where January alone has changed, the import that left its lines out goes with it
    let shop = Shop::alone(JANUARY);
    shop.import("february.csv", &format!("{JANUARY}{FEBRUARY}"), &[]).ok();
    shop.import("march.csv", &changed, &["--replace"]).ok();
    assert_eq!((shop.held(), shop.files()), (Shop::alone(&changed).held(), vec!["march.csv".to_owned()]));

    // an import of other orders stays
    let shop = Shop::alone(JANUARY);
    shop.import("february.csv", FEBRUARY, &[]).ok();
    let january = JANUARY.replace("50.00,5.00", "50.00,50.00");
    shop.import("march.csv", &format!("{january}{MARCH}"), &["--replace"]).ok();
    assert_eq!(shop.held().orders, Shop::alone(&changed).held().orders);
    assert_eq!(shop.files(), ["february.csv", "march.csv"]);
}

#[test]
fn the_same_file_under_other_settings_takes_the_place_of_all_that_changes_with_it() {
    let shop = Shop::alone(JANUARY);
    let grown = format!("{JANUARY}{FEBRUARY}");
    shop.import("february.csv", &grown, &[]).ok();
    // under this profile money back is set aside: January changes too
    let other = ["--profile", "positive-quantity"];
    assert!(shop.refuses("february.csv", &grown, &other).contains("--replace"));
    shop.import("february.csv", &grown, &[&other[..], &["--replace"]].concat()).ok();
    let alone = Shop::new();
    alone.import("alone.csv", &grown, &other).ok();
    assert_eq!(shop.held(), alone.held());
}

#[test]
fn a_replacement_that_is_killed_leaves_all_of_the_former_or_all_of_the_new() {
    let orders = |refund: &str| {
        (0..20_000).fold(String::new(), |text, order| {
            let (customer, day) = (order % 700, 1 + order % 28);
            text + &format!(
                "#{order},c{customer}@example.org,paid,2024-01-{day:02},EUR,0.00,40.00,{refund},,2,Mug,20.00,MUG\n"
            )
        })
    };
    let shop = Shop::alone(&orders("0.00"));
    let former = shop.held().total;
    let path = shop.folder.path().join("later.csv");
    fs::write(&path, format!("{HEADING}{}", orders("4.00"))).unwrap();
    let saved = fs::read(shop.database()).unwrap();
    let replace = |shop: &Shop| {
        let database = shop.database();
        patron(
            BINARY,
            &["import", path.to_str().unwrap(), "--replace", "--database", database.to_str().unwrap()],
        )
    };
    let begun = Instant::now();
    run(replace(&shop)).ok();
    let (took, new) = (begun.elapsed(), shop.held().total);
    assert_eq!((former, new), (money("800000.00"), money("720000.00")));

    let kills = 8;
    let mut stopped = 0;
    for kill in 0..kills {
        let shop = Shop::new();
        fs::write(shop.database(), &saved).unwrap();
        let mut child = replace(&shop).spawn().unwrap();
        sleep(took.mul_f64((f64::from(kill) + 0.5) / f64::from(kills)).max(Duration::from_millis(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = shop.held().total;
        assert!(left == former || left == new, "{left} is left after kill {kill}");
        stopped += usize::from(left == former);
    }
    assert!(stopped > 0, "no kill came before the commit");
}
