//! Published numbers on the real logs, through the whole command.

use std::collections::BTreeMap;
use std::path::Path;

use patron_tests::{json, real_data, rows};

use crate::patron_runs;

type Row = BTreeMap<String, String>;

fn pipeline(input: &Path, out: &Path, more: &[&str]) {
    let mut arguments = vec!["pipeline", "--input", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    arguments.extend(more);
    patron_runs(&arguments).ok();
}

fn month<'a>(rows: &'a [Row], month: &str) -> &'a Row {
    rows.iter().find(|row| row["month"] == month).expect("the month is there")
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// The months of the positive-quantity log, computed with pandas: month, invoices, revenue, customers.
const MONTHS: [(&str, &str, &str); 2] = [("2010-12", "1629", "823746.14"), ("2011-11", "2884", "1509496.33")];

#[test]
fn online_retail_with_positive_quantities() {
    let Some(input) = real_data("online_retail.csv.gz") else { return };
    let out = tempfile::tempdir().unwrap();
    pipeline(&input, out.path(), &["--profile", "positive-quantity", "--no-backtest"]);
    let monthly = rows(&out.path().join("analytics/monthly.csv"));
    for (name, orders, revenue) in MONTHS {
        let row = month(&monthly, name);
        assert_eq!((row["orders"].as_str(), row["revenue"].as_str()), (orders, revenue));
    }
    let repeat = [("2010-12", 885.0, 263.0, 29.7175, 43.6021), ("2011-11", 1665.0, 540.0, 32.4324, 47.2689)];
    for (name, active, twice, share, of_revenue) in repeat {
        let row = month(&monthly, name);
        assert_eq!((number(&row["active_customers"]), number(&row["repeat_customers"])), (active, twice));
        assert!((100.0 * twice / active - share).abs() < 5e-5);
        let revenue_share = 100.0 * number(&row["repeat_revenue"]) / number(&row["revenue"]);
        assert!((revenue_share - of_revenue).abs() < 5e-5, "{name}: {revenue_share}");
    }
    let products = rows(&out.path().join("analytics/product_months.csv"));
    let best = |column: &str| {
        let mut of_month: Vec<&Row> = products.iter().filter(|row| row["month"] == "2011-11").collect();
        of_month.sort_by(|a, b| number(&b[column]).total_cmp(&number(&a[column])));
        of_month.iter().take(5).map(|row| (row["sku"].clone(), row[column].clone())).collect::<Vec<_>>()
    };
    let owned =
        |pairs: [(&str, &str); 5]| pairs.map(|(sku, value)| (sku.to_owned(), value.to_owned())).to_vec();
    let by_quantity =
        [("23084", "14954"), ("84826", "12551"), ("22197", "12460"), ("22086", "7908"), ("85099B", "5909")];
    assert_eq!(best("quantity"), owned(by_quantity));
    let by_revenue = [
        ("DOT", "36905.40"),
        ("23084", "34556.72"),
        ("22086", "28985.04"),
        ("22197", "14195.60"),
        ("85123A", "14136.70"),
    ];
    assert_eq!(best("revenue"), owned(by_revenue));
}

#[test]
fn online_retail_as_of_september_2011() {
    let Some(input) = real_data("online_retail.csv.gz") else { return };
    let out = tempfile::tempdir().unwrap();
    pipeline(&input, out.path(), &["--as-of", "2011-09-10", "--horizon-days", "90", "--no-backtest"]);
    let predictions = rows(&out.path().join("predictions.csv"));
    assert_eq!(predictions.len(), 3_366, "customers with a purchase on or before the as-of date");
    let total: f64 = predictions.iter().map(|row| number(&row["predicted_clv"])).sum();
    assert!(total.is_finite() && total > 0.0);
    let models = json(&out.path().join("models.json"));
    let text = models.to_string();
    assert!(
        text.contains("drop"),
        "the limit model is named in words: a runs to 0 because no drop-out shows"
    );
}

#[test]
fn cdnow_sample_at_the_published_parameters() {
    let Some(input) = real_data("cdnow_sample.csv.gz") else { return };
    let out = tempfile::tempdir().unwrap();
    pipeline(&input, out.path(), &["--profile", "none", "--as-of", "1997-09-30", "--no-backtest"]);
    let models = json(&out.path().join("models.json"));
    let near = |path: &str, value: f64, tolerance: f64| {
        let found = models.pointer(path).and_then(serde_json::Value::as_f64);
        assert!(
            found.is_some_and(|found| (found - value).abs() <= tolerance),
            "{path}: {found:?}, expected {value}"
        );
    };
    near("/bg_nbd/model/r", 0.242_595, 1e-5);
    near("/bg_nbd/model/alpha", 4.413_602, 1e-4);
    near("/bg_nbd/model/a", 0.792_922, 1e-4);
    near("/bg_nbd/model/b", 2.425_906, 5e-4);
    near("/bg_nbd/report/ln_likelihood", -9_582.429_2, 1e-3);
    near("/gamma_gamma/model/p", 6.249_57, 1e-3);
    near("/gamma_gamma/model/q", 3.744_22, 1e-3);
    near("/gamma_gamma/model/v", 15.443_52, 5e-3);
    near("/gamma_gamma/report/ln_likelihood", -4_055.917_7, 1e-3);
    assert_eq!(rows(&out.path().join("predictions.csv")).len(), 2_357);
}
