//! The main job without any input: a demo shop.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use patron_tests::{json, rows};

use crate::patron_runs;

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn demo(out: &Path) -> String {
    patron_runs(&["pipeline", "--out", out.to_str().expect("a UTF-8 path")]).ok().out
}

#[test]
fn the_demo_leaves_everything_the_readme_names() {
    let folder = tempfile::tempdir().unwrap();
    let screen = demo(folder.path());
    for file in [
        "report.html",
        "predictions.csv",
        "predictions.columns.csv",
        "models.json",
        "model_card.json",
        "backtest.csv",
        "forecast_totals.csv",
        "manifest.json",
        "quarantine.csv",
        "analytics/cleaning.csv",
        "analytics/rules.csv",
        "analytics/customer_counts.csv",
        "analytics/customer_groups.csv",
        "patron.db",
        "analytics/monthly.csv",
        "analytics/product_months.csv",
    ] {
        assert!(folder.path().join(file).is_file(), "{file} is missing");
    }
    for word in ["lines", "set aside", "report.html", "this machine"] {
        assert!(screen.to_lowercase().contains(word), "the last screen does not say '{word}':\n{screen}");
    }
    let leftovers = walk(folder.path()).into_iter().filter(|name| name.ends_with(".partial"));
    assert_eq!(leftovers.count(), 0);
    check_predictions(folder.path());
    check_manifest(folder.path());
    let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(report.len() < 2_000_000, "the report has {} bytes", report.len());
    assert!(
        !report.contains("src=\"http") && !report.contains("href=\"http"),
        "the report loads from elsewhere"
    );
}

fn walk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(walk(&path));
        } else {
            names.push(path.to_string_lossy().into_owned());
        }
    }
    names
}

fn check_predictions(out: &Path) {
    let predictions = rows(&out.join("predictions.csv"));
    assert!(predictions.len() > 1_000);
    let ids: BTreeSet<&String> = predictions.iter().map(|row| &row["customer_id"]).collect();
    assert_eq!(ids.len(), predictions.len(), "one line per customer");
    let mut segments = [0_usize; 4];
    for row in &predictions {
        let clv = ["clv_3m", "clv_12m", "clv_24m"].map(|column| number(&row[column]));
        assert!(clv[0] >= 0.0 && clv[0] <= clv[1] && clv[1] <= clv[2], "{row:?}");
        let ends =
            |end: &str| ["3m", "12m", "24m"].map(|months| number(&row[&format!("clv_{months}_{end}")]));
        let (low, high) = (ends("low"), ends("high"));
        assert!(low[0] >= 0.0 && low.is_sorted() && high.is_sorted(), "{row:?}");
        assert!((0..3).all(|horizon| low[horizon] <= high[horizon]), "{row:?}");
        assert_eq!(row["p_alive_model"], "BG/NBD");
        let chance = number(&row["chance_to_buy_3m"]);
        assert!(chance > 0.0 && chance < 1.0, "{row:?}");
        let p_alive = number(&row["p_alive"]);
        assert!((0.0..=1.0).contains(&p_alive), "{row:?}");
        assert!(number(&row["expected_purchases_3m"]) >= 0.0, "{row:?}");
        segments["ABCD".find(&row["segment"]).expect("A to D")] += 1;
    }
    let quarter = predictions.len() / 4;
    assert!(segments.iter().all(|count| count.abs_diff(quarter) <= 1), "{segments:?}");
    let described = rows(&out.join("predictions.columns.csv"));
    let text = fs::read_to_string(out.join("predictions.csv")).unwrap();
    let head = text.lines().next().expect("a heading");
    assert_eq!(head.split(',').count(), described.len(), "every column is explained");
}

fn check_manifest(out: &Path) {
    let manifest = json(&out.join("manifest.json"));
    let tables = manifest["tables"].as_array().expect("a list of tables");
    let listed: BTreeSet<String> =
        tables.iter().map(|table| table["file"].as_str().expect("a file").to_owned()).collect();
    let written: BTreeSet<String> = walk(&out.join("analytics"))
        .into_iter()
        .map(|path| path.trim_start_matches(out.to_str().unwrap()).trim_start_matches('/').to_owned())
        .collect();
    assert!(written.is_subset(&listed), "not in the manifest: {:?}", written.difference(&listed));
    for table in tables {
        let file = out.join(table["file"].as_str().unwrap());
        let columns: Vec<&str> =
            table["columns"].as_array().unwrap().iter().map(|c| c["key"].as_str().unwrap()).collect();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().next().unwrap_or_default(), columns.join(","), "{}", file.display());
        assert!(table["question"].is_string());
    }
}

#[test]
fn the_demo_is_the_same_every_time_and_again_on_its_database() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    demo(first.path());
    demo(second.path());
    let read = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).unwrap();
    for name in ["demo_shop.csv", "predictions.csv", "analytics/monthly.csv"] {
        assert_eq!(read(first.path(), name), read(second.path(), name), "{name}");
    }
    let before = read(first.path(), "predictions.csv");
    demo(first.path());
    assert_eq!(
        before,
        read(first.path(), "predictions.csv"),
        "a second run reads the database and says the same"
    );
}
