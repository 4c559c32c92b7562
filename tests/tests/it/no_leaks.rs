//! Nothing that comes after a day reaches what is learned and forecast on it: the future is altered in the raw file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use patron_store::{DatabaseUrl, Store};
use patron_tests::{json, rows};
use serde_json::Value;

use crate::patron_runs;

/// Days of the log, and the last one that is not altered.
const DAYS: u32 = 420;
const CUT: u32 = 330;

/// A row of the export: everything but the order's number.
#[derive(Clone)]
struct Row {
    day: u32,
    order: String,
    sku: u32,
    description: String,
    quantity: i32,
    cents: u32,
    customer: String,
    country: &'static str,
}

/// So many days after 1 March 2021.
fn date(day: u32) -> String {
    let start: patron_domain::Day = "2021-03-01".parse().unwrap();
    start.plus_days(day as i32).to_string()
}

fn draws() -> impl FnMut(u32) -> u32 {
    let mut state = 11_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    }
}

/// 160 customers of three countries who buy every few weeks until they stop, and take some of it back.
fn log() -> Vec<Row> {
    let mut draw = draws();
    let mut rows = Vec::new();
    for customer in 0..160_u32 {
        let (mut day, gap) = (draw(DAYS * 3 / 4), 8 + draw(60));
        while day < DAYS {
            for _ in 0..=draw(2) {
                let sku = 10_000 + draw(25) * (1 + draw(2));
                let bought = Row {
                    day,
                    order: format!("{}", 500_000 + rows.len()),
                    sku,
                    description: format!("THING {sku}"),
                    quantity: 1 + draw(6) as i32,
                    cents: 150 + 35 * (sku % 25),
                    customer: format!("{}", 12_000 + customer),
                    country: ["United Kingdom", "France", "Spain"][(customer % 3) as usize],
                };
                let back = Row {
                    day: day + 1 + draw(50),
                    order: format!("C{}", 600_000 + rows.len()),
                    quantity: -bought.quantity,
                    ..bought.clone()
                };
                rows.push(bought);
                if draw(12) == 0 && back.day < DAYS {
                    rows.push(back);
                }
            }
            if draw(12) == 0 {
                break;
            }
            day += 1 + draw(2 * gap);
        }
    }
    rows.sort_by_key(|row| row.day);
    rows
}

/// The same log with another future: nobody comes from where they came from, nothing costs what it cost, known
/// customers go under other ids, what was bought long ago is taken back, and products nobody knew sell by the thousand.
fn altered(log: &[Row]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, row) in log.iter().enumerate() {
        if row.day <= CUT {
            rows.push(row.clone());
            if number % 5 == 0 && row.quantity > 0 {
                // a cancellation of an order before the cut, dated after it
                let day = CUT + 1 + (number % 80) as u32;
                let order = format!("C{}", 900_000 + number);
                rows.push(Row { day, order, quantity: -row.quantity, ..row.clone() });
            }
            continue;
        }
        let renamed = if number % 3 == 0 { format!("9{}", row.customer) } else { row.customer.clone() };
        let changed = Row {
            customer: renamed,
            country: "Nepal",
            cents: row.cents * 37 + 11,
            description: format!("ANOTHER {}", row.sku),
            ..row.clone()
        };
        rows.push(changed);
        rows.push(Row {
            order: format!("{}", 700_000 + number),
            sku: 80_000 + number as u32 % 9,
            quantity: 900,
            customer: format!("{}", 40_000 + number % 70),
            country: "Chile",
            ..row.clone()
        });
    }
    rows.sort_by_key(|row| row.day);
    rows
}

fn write_file(path: &Path, rows: &[Row], newest_first: bool) {
    let mut text =
        String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    let mut write = |row: &Row| {
        let Row { order, sku, description, quantity, customer, country, .. } = row;
        let (when, price) = (date(row.day), format!("{}.{:02}", row.cents / 100, row.cents % 100));
        writeln!(text, "{order},{sku},{description},{quantity},{when} 10:00:00,{price},{customer},{country}")
            .unwrap();
    };
    if newest_first {
        rows.iter().rev().for_each(&mut write)
    } else {
        rows.iter().for_each(&mut write)
    }
    fs::write(path, text).unwrap();
}

/// What is in the file, in the order of its rows.
const FILES: [(&str, bool, bool); 3] =
    [("real", false, false), ("altered", true, false), ("newest first", true, true)];

fn file(folder: &Path, which: (&str, bool, bool)) -> String {
    let (name, other, newest_first) = which;
    let path = folder.join(format!("{}.csv", name.replace(' ', "-")));
    let real = log();
    write_file(&path, &if other { altered(&real) } else { real }, newest_first);
    path.to_str().unwrap().to_owned()
}

/// A whole run as of the day of the cut: the stored model, byte by byte, and every column of every prediction, by customer.
fn fit(folder: &Path, which: (&str, bool, bool)) -> (Vec<u8>, BTreeMap<String, String>) {
    let (input, out) = (file(folder, which), folder.join(format!("out {}", which.0)));
    let as_of = date(CUT);
    let mut arguments =
        vec!["pipeline", "--input", &input, "--out", out.to_str().unwrap(), "--as-of", &as_of];
    arguments.extend(["--horizon-days", "60", "--no-backtest"]);
    patron_runs(&arguments).ok();
    stored(&out.join("patron.db"), &out)
}

/// The latest model in the database, and the predictions beside it.
fn stored(database: &Path, out: &Path) -> (Vec<u8>, BTreeMap<String, String>) {
    let mut store = Store::open_existing(&DatabaseUrl::from_path(database)).unwrap();
    let run = store.reading().models(None, 1).unwrap()[0].id;
    let model = store.reading().model_run(run).unwrap().unwrap();
    let predictions = rows(&out.join("predictions.csv"));
    let by_customer = predictions.into_iter().map(|row| (row["customer_id"].clone(), format!("{row:?}")));
    (model.run.fitted.unwrap(), by_customer.collect())
}

#[test]
fn a_model_and_its_forecasts_do_not_change_with_the_future() {
    let folder = tempfile::tempdir().unwrap();
    let [(real, known), others @ ..] = FILES.map(|which| fit(folder.path(), which));
    assert!(known.len() > 100 && !real.is_empty());
    for ((model, predictions), (name, ..)) in others.into_iter().zip(&FILES[1..]) {
        assert!(model == real, "the stored model of the {name} file is another one");
        assert_eq!(predictions, known, "{name}");
    }
    // the same from the database; and a day later everything is different: the file was altered indeed
    let [real_today, today] = ["real", "altered"].map(|which| analysed(folder.path(), which, &date(CUT)));
    assert!(real_today == today && today.0 == real, "read back from the database it is another model");
    let [real_tomorrow, tomorrow] =
        ["real", "altered"].map(|which| analysed(folder.path(), which, &date(CUT + 1)));
    assert!(real_tomorrow.0 != tomorrow.0 && tomorrow.1.len() > real_tomorrow.1.len());
}

/// The same from a database that is filled already.
fn analysed(folder: &Path, which: &str, as_of: &str) -> (Vec<u8>, BTreeMap<String, String>) {
    let out = folder.join(format!("out {which}"));
    let (database, folder) = (out.join("patron.db"), out.join("again"));
    let places = ["--database", database.to_str().unwrap(), "--out", folder.to_str().unwrap()];
    let asked = ["analyze", "--no-backtest", "--horizon-days", "60", "--as-of", as_of];
    patron_runs(&[&asked[..], &places].concat()).ok();
    stored(&database, &folder)
}

/// Tests whose horizon ends on or before a day, as the card tells them.
fn tests_until(card: &Value, day: &str) -> Vec<Value> {
    let tests = card["tests"].as_array().unwrap().iter();
    tests.filter(|test| test["end"].as_str().unwrap() <= day).cloned().collect()
}

#[test]
fn tests_on_the_past_do_not_change_with_what_came_after_them() {
    let folder = tempfile::tempdir().unwrap();
    let last = date(DAYS - 1);
    let cards = FILES.map(|which| {
        let (input, card) = (file(folder.path(), which), folder.path().join("card.json"));
        let arguments = ["backtest", "--input", &input, "--as-of", &last, "--horizon-days", "45", "--json"];
        patron_runs(&[&arguments[..], &[card.to_str().unwrap()]].concat()).ok();
        json(&card)
    });
    let [real, others @ ..] = cards;
    let early = tests_until(&real, &date(CUT));
    assert!(early.len() >= 3, "{} tests end by the day of the cut", early.len());
    for (card, (name, ..)) in others.iter().zip(&FILES[1..]) {
        assert!(tests_until(card, &date(CUT)) == early, "a test of the {name} file has seen the future");
        assert!(card["tests"] != real["tests"], "later tests see what was altered");
        // what was forecast on a day before the cut is the same, whatever came of it
        let forecast = |card: &Value| -> Vec<f64> {
            let tests = card["tests"].as_array().unwrap().iter();
            let made = tests.filter(|test| test["origin"].as_str().unwrap() <= date(CUT).as_str());
            made.map(|test| test["predicted_total"].as_f64().unwrap()).collect()
        };
        assert_eq!(forecast(card), forecast(&real), "{name}");
    }
}
