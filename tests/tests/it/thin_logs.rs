//! Logs that hold next to nothing: the simplest forecast that is still honest, marked as such, or a refusal that says
//! why.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use patron_tests::{Ran, json, rows};
use serde_json::Value;

use crate::patron_runs;

/// A log of customers, days after 2023-01-01, and amounts.
fn log(lines: impl IntoIterator<Item = (u32, i32, f64)>) -> String {
    let start: patron_domain::Day = "2023-01-01".parse().unwrap();
    let mut text = String::from("customer,date,amount\n");
    for (customer, day, amount) in lines {
        writeln!(text, "c{customer},{},{amount:.2}", start.plus_days(day)).unwrap();
    }
    text
}

struct Thin {
    folder: tempfile::TempDir,
}

impl Thin {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thin.csv"), text).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn pipeline(&self, more: &[&str]) -> Ran {
        let [input, out] = ["thin.csv", "out"].map(|name| self.path(name));
        let arguments = ["pipeline", "--input", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
        patron_runs(&[&arguments[..], more].concat())
    }

    fn backtest(&self, more: &[&str]) -> Ran {
        let input = self.path("thin.csv");
        patron_runs(&[&["backtest", "--input", input.to_str().unwrap()], more].concat())
    }

    /// The report in words, without tags.
    fn report(&self) -> String {
        fs::read_to_string(self.path("out/report.html")).unwrap()
    }
}

/// Numbers of every prediction: finite, not below zero, growing with the horizon.
fn check_predictions(folder: &Path) -> usize {
    let predictions = rows(&folder.join("out/predictions.csv"));
    for row in &predictions {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let [quarter, year, years] = ["clv_3m", "clv_12m", "clv_24m"].map(number);
        assert!(0.0 <= quarter && quarter <= year && year <= years && years.is_finite(), "{row:?}");
        assert!((0.0..=1.0).contains(&number("p_alive")), "{row:?}");
        let chance = number("chance_to_buy_3m");
        assert!(0.0 < chance && chance < 1.0, "{row:?}");
    }
    predictions.len()
}

/// Grades of the horizons, and whether the card says of each that it was tested.
fn grades(card: &Value) -> Vec<(String, String, bool)> {
    let horizons = card["horizons"].as_array().unwrap().iter();
    let text = |value: &Value| value.to_string().replace('"', "");
    horizons.map(|h| (text(&h["horizon"]), text(&h["grade"]), h["tested"] == true)).collect()
}

fn refused(ran: &Ran, says: &[&str]) {
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.out, ran.err);
    for word in says {
        assert!(ran.err.contains(word), "'{word}' is missing in: {}", ran.err);
    }
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn one_purchase_day_tells_no_rate() {
    let thin = Thin::new(&log((0..30).map(|customer| (customer, 0, 20.0))));
    thin.pipeline(&[]).ok();
    let report = thin.report();
    assert!(report.contains("There is no forecast") && report.contains("fall on one day"));
    // a month later it is still the only one
    thin.pipeline(&["--as-of", "2023-02-10"]).ok();
    if thin.path("out/predictions.csv").exists() {
        check_predictions(thin.folder.path());
        let grades = grades(&json(&thin.path("out/model_card.json")));
        assert!(grades.iter().all(|(_, grade, _)| grade == "no"), "{grades:?}");
        thin.pipeline(&[]).ok();
    }
    for gone in ["predictions.csv", "models.json", "model_card.json", "backtest.csv", "forecast_totals.csv"] {
        assert!(!thin.path("out").join(gone).exists(), "{gone}");
    }
    refused(&thin.backtest(&[]), &["too short", "days"]);
}

#[test]
fn a_horizon_longer_than_the_history_is_marked() {
    let lines = (0..400).map(|k| (k % 40, (k * 7 % 200) as i32, 10.0 + f64::from(k % 9)));
    let thin = Thin::new(&log(lines));
    thin.pipeline(&["--horizon-days", "3000"]).ok();
    assert_eq!(check_predictions(thin.folder.path()), 40);
    let card = json(&thin.path("out/model_card.json"));
    let grades = grades(&card);
    let asked = grades.iter().find(|(horizon, ..)| horizon.contains("3000")).unwrap();
    assert_eq!((asked.1.as_str(), asked.2), ("rough", false), "{grades:?}");
    let said = card["horizons"][3].to_string();
    assert!(said.contains("NO BACKTEST") && said.contains("longer than the 200 days of history"), "{said}");
    // what can be tested still is: the quarter
    assert_eq!(&grades[0], &("{months:3}".to_owned(), "rough".to_owned(), true), "{grades:?}");
    assert!(card["tests"].as_array().is_some_and(|tests| !tests.is_empty()));
    refused(&thin.backtest(&["--horizon-days", "3000"]), &["too short", "it takes"]);
}

#[test]
fn one_customer_is_forecast_and_graded_no() {
    let thin = Thin::new(&log([(1, 0, 20.0), (1, 40, 30.0), (1, 95, 25.0), (1, 150, 20.0), (1, 230, 35.0)]));
    thin.pipeline(&[]).ok();
    assert_eq!(check_predictions(thin.folder.path()), 1);
    let card = json(&thin.path("out/model_card.json"));
    assert!(grades(&card).iter().all(|(_, grade, _)| grade == "no"), "{card}");
    assert!(thin.report().contains("Not enough data to say what comes"));
    // the test on the past runs on the one there is, and claims no certainty it does not have
    let tested = thin.backtest(&[]).ok();
    assert!(!tested.out.contains("NaN") && !tested.out.contains("inf"), "{}", tested.out);
}

#[test]
fn customers_who_are_all_equal_get_equal_forecasts() {
    let lines = (0..60).flat_map(|customer| (0..10).map(move |visit| (customer, visit * 30, 20.0)));
    let thin = Thin::new(&log(lines));
    thin.pipeline(&[]).ok();
    assert_eq!(check_predictions(thin.folder.path()), 60);
    let predictions = rows(&thin.path("out/predictions.csv"));
    let first = predictions[0]["clv_3m"].clone();
    assert!(predictions.iter().all(|row| row["clv_3m"] == first), "equals are told apart");
    // nobody can be ranked: scores that would need it are left empty, not made up
    let tested = thin.backtest(&["--json", thin.path("card.json").to_str().unwrap()]).ok();
    assert!(!tested.out.contains("NaN"), "{}", tested.out);
    let card = json(&thin.path("card.json"));
    let scores = &card["tests"][0]["candidates"][0]["scores"];
    assert!(scores["r2"].is_null() && scores["spearman"].is_null() && scores["mae"].is_number(), "{scores}");
}

#[test]
fn negative_totals_only_are_refused() {
    let thin = Thin::new(&log((0..90).map(|k| (k % 30, (k * 4) as i32, -10.0 - f64::from(k % 5)))));
    // by the rules of a shop, money back without an order is no sale; nor is it where everything is taken as it is
    refused(&thin.pipeline(&[]), &["no line"]);
    refused(&thin.pipeline(&["--profile", "none"]), &["no sale"]);
    refused(&thin.backtest(&["--profile", "none"]), &["no sale"]);
}

#[test]
fn customers_who_brought_back_more_than_they_bought_are_worth_nothing_or_more() {
    let mut text =
        String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    let start: patron_domain::Day = "2023-01-01".parse().unwrap();
    for k in 0..240 {
        let (order, customer, day) = (500_000 + k, 10_000 + k % 40, start.plus_days(k));
        writeln!(text, "{order},10001,CUP,1,{day} 10:00:00,4.00,{customer},France").unwrap();
        writeln!(text, "C{order},10002,POT,-3,{} 10:00:00,9.00,{customer},France", day.plus_days(3)).unwrap();
    }
    let thin = Thin::new(&text);
    thin.pipeline(&[]).ok();
    assert_eq!(check_predictions(thin.folder.path()), 40);
    let predictions = rows(&thin.path("out/predictions.csv"));
    assert!(predictions.iter().all(|row| row["clv_12m"].parse::<f64>().unwrap() == 0.0), "net of returns");
    let tested = thin.backtest(&[]).ok();
    assert!(!tested.out.contains("NaN") && !tested.out.contains("inf"), "{}", tested.out);
}
