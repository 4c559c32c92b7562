//! Customers, products and costs beside a sales log; and the lines behind a number.

use std::fs;
use std::path::{Path, PathBuf};

use patron_domain::Money;
use patron_tests::{Ran, real_data, rows, small_export};

use crate::patron_runs;

struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    /// A database with a small import.
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        let sales = shop.write("sales.csv", &small_export(0, 60));
        shop.runs(&["import", sales.to_str().unwrap()]).ok();
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn runs(&self, arguments: &[&str]) -> Ran {
        let database = self.path("shop.db");
        let mut all = arguments.to_vec();
        all.extend(["--database", database.to_str().unwrap()]);
        patron_runs(&all)
    }

    fn analysed(&self) -> PathBuf {
        let out = self.path("out");
        self.runs(&["analyze", "--no-backtest", "--out", out.to_str().unwrap()]).ok();
        out
    }
}

#[test]
fn what_the_log_does_not_hold_is_joined_counted_and_answered() {
    let shop = Shop::new();
    let before = shop.analysed();
    assert!(!before.join("analytics/product_margins.csv").exists());
    let report = fs::read_to_string(before.join("report.html")).unwrap();
    assert!(report.contains("patron template products"), "the report says what costs would unlock");

    let customers =
        "customer_id,gender,city,acquisition_channel\n1,f,Lyon,search\n2,f,Lyon,search\n9,m,Paris,search\n";
    let customers = shop.write("customers.csv", customers);
    let products = "sku,unit_cost,category\n10000,0.25,tools\n10001,0.75,tools\n99999,1,toys\n";
    let products = shop.write("products.csv", products);
    let costs = shop.write(
        "costs.csv",
        "kind,channel,month,amount\nacquisition,search,2023-01,120\ncontact,letter,,0.9\n",
    );
    let said = shop
        .runs(&[
            "import",
            "--customers",
            customers.to_str().unwrap(),
            "--products",
            products.to_str().unwrap(),
            "--costs",
            costs.to_str().unwrap(),
        ])
        .ok()
        .out;
    for part in ["customers.csv: 2 of 3 lines", "not in the shop: 9", "products.csv: 2 of 3", "99999"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let out = shop.analysed();
    let unmatched = rows(&out.join("unmatched.csv"));
    let names: Vec<&str> = unmatched.iter().map(|row| row["not_in_the_shop"].as_str()).collect();
    assert_eq!(names, ["9", "99999"]);
    let margins = rows(&out.join("analytics/product_margins.csv"));
    assert_eq!(margins.len(), 2);
    let sales = shop.path("sales.csv");
    for row in &margins {
        let cost: Money = if row["sku"] == "10000" { "0.25" } else { "0.75" }.parse().unwrap();
        let units: i64 = units_of(&sales, &row["sku"]);
        let expected = cost.times(units).unwrap();
        assert_eq!(row["margin_cost"].parse::<Money>().unwrap(), expected, "{row:?}");
    }
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("products.csv") && report.contains("margin"));
    // the same files again change nothing
    shop.runs(&["import", "--products", products.to_str().unwrap()]).ok();
    assert_eq!(rows(&shop.analysed().join("analytics/product_margins.csv")), margins);
}

fn units_of(sales: &Path, sku: &str) -> i64 {
    let all = rows(sales);
    all.iter().filter(|row| row["StockCode"] == sku).map(|row| row["Quantity"].parse::<i64>().unwrap()).sum()
}

struct Refused {
    kind: &'static str,
    content: &'static str,
    says: &'static [&'static str],
}

const REFUSED: [Refused; 6] = [
    Refused {
        kind: "customers",
        content: "customer_id,city\nA-77,Rome\nA-78,Rome\n",
        says: &["another shop", "A-77", "nothing of it was stored"],
    },
    Refused {
        kind: "products",
        content: "sku,unit_cost\nX1,2.50\n",
        says: &["another shop", "X1", "nothing of it was stored"],
    },
    Refused {
        kind: "costs",
        content: "kind,channel,month,amount\nacquisition,search,2023-01,5\nacquisition,Search,2023-01,6\n",
        says: &["2023-01", "lines 2 and 3", "costs.csv"],
    },
    Refused {
        kind: "products",
        content: "sku,unit_cost\n10000,40%\n",
        says: &["40%", "percentage", "amount", "line 2"],
    },
    Refused { kind: "products", content: "sku,unit_cost\n10000,-1\n", says: &["line 2", "-1"] },
    Refused {
        kind: "customers",
        content: "colour,size\nred,4\n",
        says: &["colour", "patron template customers"],
    },
];

#[test]
fn a_file_that_does_not_fit_is_told_and_leaves_nothing() {
    let shop = Shop::new();
    let before = fs::read(shop.path("shop.db")).unwrap();
    for case in REFUSED {
        let file = shop.write(&format!("{}.csv", case.kind), case.content);
        let flag = format!("--{}", case.kind);
        let ran = shop.runs(&["import", &flag, file.to_str().unwrap()]);
        assert_eq!(ran.code, Some(1), "{}: {}", case.content, ran.err);
        for word in case.says {
            assert!(ran.err.contains(word), "{}\nsays '{}', not '{word}'", case.content, ran.err);
        }
    }
    assert_eq!(before, fs::read(shop.path("shop.db")).unwrap(), "the database is as it was");
}

#[test]
fn a_file_beside_a_bad_one_is_not_stored_either() {
    let shop = Shop::new();
    let good = shop.write("customers.csv", "customer_id,city\n1,Rome\n");
    let bad = shop.write("products.csv", "sku,unit_cost\n10000,40%\n");
    let before = fs::read(shop.path("shop.db")).unwrap();
    let more = shop.write("more.csv", &small_export(60, 5));
    let (more, good, bad) = (more.to_str().unwrap(), good.to_str().unwrap(), bad.to_str().unwrap());
    let ran = shop.runs(&["import", more, "--customers", good, "--products", bad]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(before, fs::read(shop.path("shop.db")).unwrap(), "neither sales nor customers were stored");
}

#[test]
fn templates_are_written_once_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["customers", "products", "costs"] {
        let path = folder.path().join(format!("{kind}.csv"));
        let arguments = ["template", kind, "--out", path.to_str().unwrap()];
        patron_runs(&arguments).ok();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(patron_runs(&["template", kind, "--out", "-"]).ok().out, text);
        let again = patron_runs(&arguments);
        assert_eq!(again.code, Some(1));
        assert!(again.err.contains("--out") && fs::read_to_string(&path).unwrap() == text);
    }
}

#[test]
fn every_number_of_the_real_shop_can_be_found_again() {
    let Some(input) = real_data("online_retail.csv.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let database = out.join("patron.db");
    let (input, database) = (input.to_str().unwrap(), database.to_str().unwrap());
    patron_runs(&["pipeline", "--input", input, "--out", out.to_str().unwrap(), "--no-backtest"]).ok();
    check_bridge(&out);
    let explain = |more: &[&str]| {
        let mut arguments = vec!["explain"];
        arguments.extend(more);
        arguments.extend(["--database", database]);
        patron_runs(&arguments).ok().out
    };
    let exact =
        |amount: &str| patron_report::format::exact_money(amount.parse().unwrap()).replace('\u{2212}', "-");
    for row in rows(&out.join("analytics/monthly.csv")) {
        let said = explain(&["revenue", "--month", &row["month"]]);
        assert!(said.lines().next().unwrap().ends_with(&exact(&row["revenue"])), "{row:?}\n{said}");
    }
    let customers = rows(&out.join("analytics/customers.csv"));
    for row in customers.iter().step_by(1_500) {
        let said = explain(&["revenue", "--customer", &row["customer_id"]]);
        assert!(said.lines().next().unwrap().ends_with(&exact(&row["revenue"])), "{row:?}\n{said}");
    }
    let products = rows(&out.join("analytics/products.csv"));
    for row in products.iter().take(2) {
        let csv = folder.path().join("lines.csv");
        let said = explain(&["revenue", "--product", &row["sku"], "--csv", csv.to_str().unwrap()]);
        assert!(said.lines().next().unwrap().ends_with(&exact(&row["revenue"])), "{row:?}\n{said}");
        let summed: Money = rows(&csv).iter().map(|line| line["amount"].parse::<Money>().unwrap()).sum();
        assert_eq!(summed, row["revenue"].parse().unwrap());
    }
    assert!(explain(&["set-aside"]).contains("duplicate"));
    let duplicates = explain(&["set-aside", "--rule", "duplicate", "--lines", "3"]);
    assert!(duplicates.contains("5,268 lines worth 21,740.98"), "{duplicates}");
    let unknown = patron_runs(&["explain", "set-aside", "--rule", "dupes", "--database", database]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("duplicate") && unknown.err.contains("bad-debt"), "{}", unknown.err);
}

/// The bridge of Online Retail, as an independent recount has it.
fn check_bridge(out: &Path) {
    let rows = rows(&out.join("analytics/cleaning.csv"));
    let amount = |step: &str| {
        let found = rows.iter().find(|row| row["step"] == step);
        found.map_or_else(String::new, |row| row["amount"].clone())
    };
    assert_eq!(amount("the file itself"), "9747747.934");
    assert_eq!(amount("cancellations and returns"), "-475901.16");
    assert_eq!(amount("product revenue"), "9770919.71");
    assert_eq!(amount("of known customers"), "8265476.93");
    let mut running = Money::ZERO;
    for row in rows.iter().filter(|row| row["step"] != "the file itself") {
        let amount: Money = row["amount"].parse().unwrap();
        running = if row["action"] == "total" { amount } else { running + amount };
        assert_eq!(running, row["running_total"].parse().unwrap(), "{row:?}");
    }
}

#[test]
fn formulas_are_defused_for_people_and_kept_for_machines() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("sales.csv");
    let mut text = String::from("order,customer,date,product,quantity,price\n");
    for order in 0..40 {
        let customer = ["=1+1", "@home", "+49", "plain"][order % 4];
        text += &format!("{order},{customer},2023-{:02}-03,-X{},1,2.50\n", 1 + order / 4, order % 3);
    }
    text += "41,=cmd(),2023-09-09,y,1,-3\n";
    fs::write(&input, text).unwrap();
    let texts = |more: &[&str]| {
        let out = folder.path().join(format!("out{}", more.len()));
        let mut arguments =
            vec!["pipeline", "--input", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
        arguments.extend(["--no-backtest"]);
        arguments.extend(more);
        patron_runs(&arguments).ok();
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        [read("analytics/customers.csv"), read("quarantine.csv"), read("analytics/products.csv")]
    };
    let [customers, quarantine, products] = texts(&[]);
    assert!(customers.contains("'=1+1") && customers.contains("'@home") && customers.contains("'+49"));
    assert!(products.contains("'-X1") && !customers.contains("'plain"));
    assert!(!quarantine.contains(",=cmd()") || !quarantine.lines().any(|line| line.starts_with('=')));
    let [customers, _, products] = texts(&["--raw-csv"]);
    assert!(customers.contains("=1+1") && !customers.contains("'=1+1") && !products.contains("'-X1"));
}
