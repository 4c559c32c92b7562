//! Synthetic exports of Shopify and WooCommerce, whose totals are known, come out to the cent.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use patron_domain::{Money, Month};
use patron_synth::{
    ExportAmounts, ExportOptions, ExportTruth, ExportZone, Scenario, SynthError, generate, write_shopify,
    write_woocommerce,
};
use patron_tests::rows;

use crate::patron_runs;

type Row = BTreeMap<String, String>;
type Write =
    fn(&patron_synth::Shop, &ExportOptions, u64, &mut BufWriter<File>) -> Result<ExportTruth, SynthError>;

fn shopify(out: &Path, options: &ExportOptions) -> (PathBuf, ExportTruth) {
    written(out, "orders_export.csv", options, write_shopify)
}

fn woocommerce(out: &Path, options: &ExportOptions) -> (PathBuf, ExportTruth) {
    written(out, "woocommerce.csv", options, write_woocommerce)
}

fn written(out: &Path, name: &str, options: &ExportOptions, write: Write) -> (PathBuf, ExportTruth) {
    let shop = generate(&Scenario { customers: 400, ..Scenario::demo() }, 11).unwrap();
    let path = out.join(name);
    let mut file = BufWriter::new(File::create(&path).unwrap());
    let truth = write(&shop, options, 11, &mut file).unwrap();
    (path, truth)
}

fn pipeline(input: &Path, out: &Path, more: &[&str]) -> String {
    let mut arguments = vec!["pipeline", "--input", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    arguments.extend(["--no-backtest"]);
    arguments.extend(more);
    patron_runs(&arguments).ok().out
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Amounts of the bridge by step and name.
fn bridge(out: &Path) -> BTreeMap<(String, String), Money> {
    let rows = rows(&out.join("analytics/cleaning.csv"));
    let amount = |row: &Row| (!row["amount"].is_empty()).then(|| money(&row["amount"]));
    rows.iter().filter_map(|row| Some(((row["step"].clone(), row["name"].clone()), amount(row)?))).collect()
}

/// What a step (and a name, where one is given) adds up to.
fn step(bridge: &BTreeMap<(String, String), Money>, step: &str, name: Option<&str>) -> Money {
    let fits = |key: &&(String, String)| key.0 == step && name.is_none_or(|name| key.1 == name);
    bridge.keys().filter(fits).map(|key| bridge[key]).sum()
}

fn check(out: &Path, truth: &ExportTruth) {
    let found = bridge(out);
    let all: &ExportAmounts = &truth.accepted;
    assert_eq!(step(&found, "the file itself", Some("sum of the orders' totals")), truth.total);
    assert_eq!(step(&found, "the file itself", Some("orders whose parts do not add up")), Money::ZERO);
    assert_eq!(step(&found, "cancellations and returns", None), -all.refunded_goods);
    assert_eq!(step(&found, "discounts", None), -all.discounts);
    assert_eq!(step(&found, "product revenue", None), all.product_revenue);
    assert_eq!(step(&found, "of known customers", None), Money::ZERO, "every customer is known");
    assert_eq!(step(&found, "not explained by these imports", None), Money::ZERO);
    let services = [
        ("shipping", all.shipping - all.refunded_shipping),
        ("tax", all.tax - all.refunded_tax),
        ("tip", all.tips - all.refunded_tips),
        ("fee", all.fees - all.refunded_fees),
        ("gift card", all.gift_cards - all.refunded_gift_cards),
        ("other", Money::ZERO),
    ];
    for (kind, amount) in services {
        assert_eq!(step(&found, "services and shipping", Some(kind)), -amount, "{kind}");
    }
    check_months(out, truth);
    check_set_aside(out, truth);
    let customers = rows(&out.join("analytics/customers.csv"));
    assert_eq!(customers.len() as u64, truth.customers);
    let revenue: Money = customers.iter().map(|row| money(&row["revenue"])).sum();
    assert_eq!(revenue, all.product_revenue);
}

fn check_months(out: &Path, truth: &ExportTruth) {
    let monthly = rows(&out.join("analytics/monthly.csv"));
    let with_orders: Vec<_> = monthly.iter().filter(|row| row["orders"] != "0").collect();
    assert_eq!(with_orders.len(), truth.months.len());
    for (row, month) in with_orders.into_iter().zip(&truth.months) {
        let name = month.month.to_string();
        assert_eq!(
            (row["month"].as_str(), row["orders"].clone()),
            (&*name, month.amounts.orders.to_string())
        );
        assert_eq!(money(&row["revenue"]), month.amounts.product_revenue, "{name}");
    }
    let month: Month = truth.months[truth.months.len() / 2].month;
    let explained = explain(out, &["revenue", "--month", &month.to_string()]);
    let revenue = truth.months[truth.months.len() / 2].amounts.product_revenue;
    let shown = patron_report::format::exact_money(revenue);
    assert!(explained.lines().next().unwrap().ends_with(&shown), "{explained}\nnot {shown}");
}

fn explain(out: &Path, what: &[&str]) -> String {
    let database = out.join("patron.db");
    let mut arguments = vec!["explain"];
    arguments.extend(what);
    arguments.extend(["--database", database.to_str().unwrap()]);
    patron_runs(&arguments).ok().out
}

fn check_set_aside(out: &Path, truth: &ExportTruth) {
    let quarantine = rows(&out.join("quarantine.csv"));
    for rule in &truth.set_aside {
        let lines = quarantine.iter().filter(|row| row["rule"] == rule.rule);
        let worth: Money = lines.map(|row| money(&row["amount"])).sum();
        assert_eq!(worth, rule.total - rule.refunded, "{}", rule.rule);
    }
    let rules: Vec<&str> = truth.set_aside.iter().map(|rule| rule.rule).collect();
    assert!(quarantine.iter().all(|row| rules.contains(&row["rule"].as_str())));
    assert!(quarantine.len() > 20);
}

const BERLIN: [&str; 2] = ["--timezone", "Europe/Berlin"];

#[test]
fn a_shopify_export_comes_out_to_the_cent() {
    let folder = tempfile::tempdir().unwrap();
    let (path, truth) = shopify(folder.path(), &ExportOptions::default());
    assert!(truth.other_month_in_file > 0, "the zones must matter");
    let out = folder.path().join("out");
    let screen = pipeline(&path, &out, &BERLIN);
    check(&out, &truth);
    assert!(screen.contains("EUR"), "the currency is the file's:\n{screen}");
    // the same file again, without a word about the zone: the shop remembers it
    let again = patron_runs(&[
        "import",
        path.to_str().unwrap(),
        "--database",
        out.join("patron.db").to_str().unwrap(),
    ]);
    assert!(again.ok().out.contains("Nothing changed"));
    // on the clock of the file the months are others
    let as_written = folder.path().join("as-written");
    pipeline(&path, &as_written, &[]);
    let revenue = |out: &Path| -> Vec<String> {
        rows(&out.join("analytics/monthly.csv")).iter().map(|row| row["revenue"].clone()).collect()
    };
    assert_ne!(revenue(&out), revenue(&as_written));
}

#[test]
fn a_shopify_export_with_tax_in_its_prices_comes_out_to_the_cent() {
    let folder = tempfile::tempdir().unwrap();
    let options = ExportOptions { prices_include_tax: true, ..ExportOptions::default() };
    let (path, truth) = shopify(folder.path(), &options);
    let out = folder.path().join("out");
    pipeline(&path, &out, &BERLIN);
    assert!(truth.accepted.goods_tax > Money::ZERO);
    check(&out, &truth);
}

#[test]
fn a_woocommerce_export_comes_out_to_the_cent() {
    let folder = tempfile::tempdir().unwrap();
    let options = ExportOptions { file_zone: ExportZone::Utc, ..ExportOptions::default() };
    let (path, truth) = woocommerce(folder.path(), &options);
    assert!(truth.other_month_in_file > 0, "the zones must matter");
    let out = folder.path().join("out");
    pipeline(&path, &out, &BERLIN);
    check(&out, &truth);
    assert!(truth.guest_orders_of_accounts > 0);
    let report = std::fs::read_to_string(out.join("report.html")).unwrap();
    let guests = format!("{} orders know their customer by the e-mail address", truth.guest_orders);
    assert!(report.contains(&guests), "the report says how many guests joined: {guests}");
}

/// A plain log of one order in a currency, whose time carries an offset.
fn one_order(folder: &Path, name: &str, order: u32, currency: &str) -> PathBuf {
    let path = folder.join(name);
    let head = "order,customer,date,product,quantity,price,currency";
    let lines: Vec<String> = (0..3)
        .map(|n| format!("{},a{n},2024-03-0{}T23:30:00-05:00,X,1,10,{currency}", order + n, n + 1))
        .collect();
    std::fs::write(&path, format!("{head}\n{}\n", lines.join("\n"))).unwrap();
    path
}

#[test]
fn a_shop_has_one_currency_and_one_clock() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db");
    let runs = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--database", database.to_str().unwrap()]);
        patron_runs(&all)
    };
    let dollars = one_order(folder.path(), "usd.csv", 1, "USD");
    let euros = one_order(folder.path(), "eur.csv", 11, "EUR");
    let more = one_order(folder.path(), "more.csv", 21, "EUR");
    let (dollars, euros, more) = (dollars.to_str().unwrap(), euros.to_str().unwrap(), more.to_str().unwrap());
    runs(&["import", dollars]).ok();
    let refused = runs(&["import", euros]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("EUR") && refused.err.contains("USD"), "{}", refused.err);
    // the last import taken back, the shop has no currency any more
    runs(&["imports", "undo", "1"]).ok();
    runs(&["import", euros]).ok();
    assert!(runs(&["explain", "revenue"]).ok().out.contains("EUR 30.00"));
    assert_eq!(runs(&["import", dollars]).code, Some(1));
    let out = folder.path().join("out");
    let kroner = runs(&["analyze", "--currency", "SEK", "--out", out.to_str().unwrap()]);
    assert!(kroner.code == Some(1) && kroner.err.contains("EUR"), "{}", kroner.err);
    // times that were taken as written cannot be moved later
    let moved = runs(&["import", more, "--timezone", "Europe/Berlin"]);
    assert_eq!(moved.code, Some(1));
    assert!(moved.err.contains("--replace") && moved.err.contains("eur.csv"), "{}", moved.err);
    runs(&["import", euros, "--timezone", "Europe/Berlin", "--replace"]).ok();
    runs(&["import", more]).ok(); // on the shop's clock, without a word
    assert!(runs(&["explain", "revenue", "--month", "2024-03"]).ok().out.contains("EUR 60.00"));
    let other = runs(&["import", dollars, "--timezone", "-05:00"]);
    assert!(other.code == Some(1) && other.err.contains("EUR"), "{}", other.err);
}
