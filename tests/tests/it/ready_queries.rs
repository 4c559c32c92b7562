//! The ready-made queries through the command: on the real log they agree with the answers of the analysis.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use patron_domain::Money;
use patron_tests::{real_data, rows, small_export};

use crate::patron_runs;

type Row = BTreeMap<String, String>;

/// The answer as rows, read back from CSV.
fn query(database: &str, arguments: &[&str]) -> Vec<Row> {
    let asked = [&["query"], arguments, &["--format", "csv", "--database", database]].concat();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), patron_runs(&asked).ok().out).unwrap();
    rows(file.path())
}

fn sum<'a>(rows: impl IntoIterator<Item = &'a Row>, column: &str) -> Money {
    rows.into_iter().map(|row| row[column].parse::<Money>().unwrap()).sum()
}

fn count<'a>(rows: impl IntoIterator<Item = &'a Row>, column: &str) -> u64 {
    rows.into_iter().map(|row| row[column].parse::<u64>().unwrap()).sum()
}

#[test]
fn revenue_and_orders_agree_with_the_answers_on_the_real_log() {
    let Some(input) = real_data("online_retail.csv.gz") else { return };
    let out = tempfile::tempdir().unwrap();
    let (input, folder) = (input.to_str().unwrap(), out.path().to_str().unwrap());
    patron_runs(&["pipeline", "--input", input, "--out", folder, "--no-backtest"]).ok();
    let database = out.path().join("patron.db");
    let database = database.to_str().unwrap();
    let answers = |file: &str| rows(&out.path().join("analytics").join(file));
    let monthly = answers("monthly.csv");

    let by_month =
        ["2010", "2011"].map(|year| query(database, &["transactions-per-month", "--year", year])).concat();
    assert_eq!(by_month.len(), monthly.len());
    for (asked, answered) in by_month.iter().zip(&monthly) {
        for column in ["month", "orders", "revenue"] {
            assert_eq!(asked[column], answered[column], "{column} of {}", answered["month"]);
        }
        let customers = query(database, &["customers-in-month", "--month", &answered["month"]]);
        assert_eq!(customers.len().to_string(), answered["active_customers"], "{}", answered["month"]);
    }
    let quarters = query(database, &["revenue-per-quarter", "--year", "2011"]);
    for (quarter, months) in quarters.iter().zip(monthly[1..].chunks(3)) {
        assert_eq!(sum([quarter], "revenue"), sum(months, "revenue"));
        assert_eq!(count([quarter], "orders"), count(months, "orders"));
    }
    assert_eq!(quarters.len(), 4);

    let (revenue, orders) = (sum(&monthly, "revenue"), count(&monthly, "orders"));
    for whole in ["revenue-per-category", "transactions-per-payment-method", "top-producer-countries"] {
        assert_eq!(sum(&query(database, &[whole]), "revenue"), revenue, "{whole}");
    }
    let listed = query(database, &["transactions-by-payment-method"]);
    assert_eq!(listed.len() as u64, orders);

    let known: Vec<Row> = answers("customers.csv");
    let ranked = query(database, &["top-customers", "--n", "1000000"]);
    let of = |rows: &[Row], id: &str| -> BTreeMap<String, (Money, u64)> {
        let one = |row: &Row| (row[id].clone(), (sum([row], "revenue"), count([row], "orders")));
        rows.iter().map(one).collect()
    };
    assert_eq!(of(&ranked, "customer"), of(&known, "customer_id"));
    compare_products(database, &answers("products.csv"));
}

/// Units and revenue of every product over both years.
fn compare_products(database: &str, answered: &[Row]) {
    let mut asked: BTreeMap<String, Money> = BTreeMap::new();
    for year in ["2010", "2011"] {
        for row in query(database, &["product-sales-of-year", "--year", year]) {
            *asked.entry(row["sku"].clone()).or_default() += sum([&row], "revenue");
        }
    }
    let answered: BTreeMap<String, Money> =
        answered.iter().map(|row| (row["sku"].clone(), sum([row], "revenue"))).collect();
    assert_eq!(asked, answered);
}

fn small_shop(folder: &Path) -> String {
    let (file, database) = (folder.join("sales.csv"), folder.join("patron.db"));
    let lines = small_export(0, 60).replace(",THING 10001,", ",=1+1,");
    fs::write(&file, lines).unwrap();
    let database = database.to_str().unwrap().to_owned();
    patron_runs(&["import", file.to_str().unwrap(), "--database", &database]).ok();
    database
}

#[test]
fn an_answer_comes_as_a_table_csv_json_or_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let database = small_shop(folder.path());
    let ask = |arguments: &[&str]| patron_runs(&[&["query"], arguments, &["--database", &database]].concat());

    let table = ask(&["5", "--year", "2023"]).ok().out;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "How many orders there were in each month of a year, and the revenue.");
    assert_eq!(lines[2].split_whitespace().collect::<Vec<_>>(), ["month", "orders", "units", "revenue"]);
    assert!(lines[3].starts_with("Jan 2023"), "{table}");
    let cut = ask(&["transactions-by-payment-method", "--limit", "2"]).ok().out;
    assert!(cut.ends_with("… and 58 more rows: --limit N shows more, --format csv writes all.\n"), "{cut}");
    assert!(ask(&["customers-in-month", "--month", "1999-01"]).ok().out.contains("no rows"));

    let products = ["product-sales-of-year", "--year", "2023"];
    let csv = ask(&[&products[..], &["--format", "csv"]].concat()).ok().out;
    assert!(
        csv.starts_with("sku,description,category,orders,units,revenue\n") && csv.contains(",'=1+1,"),
        "{csv}"
    );
    let raw = ask(&[&products[..], &["--format", "csv", "--raw-csv"]].concat()).ok().out;
    assert!(raw.contains(",=1+1,"), "{raw}");
    let json = ask(&[&products[..], &["--format", "json"]].concat()).ok().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["columns"][5]["key"], "revenue");
    assert_eq!(json["rows"].as_array().unwrap().len(), 7);
    let markdown = ask(&[&products[..], &["--format", "markdown"]].concat()).ok().out;
    assert!(markdown.starts_with("| Sku | Description |"), "{markdown}");
}

#[test]
fn a_question_that_cannot_be_answered_tells_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = small_shop(folder.path());
    let said = |arguments: &[&str], code: i32| {
        let ran = patron_runs(&[&["query"], arguments, &["--database", &database]].concat());
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        ran.err
    };
    let list = patron_runs(&["query"]).ok().out;
    assert!(list.contains("  20  top-producer-countries [--n 10]\n"), "{list}");
    assert_eq!(
        said(&["customers-in-month"], 2),
        "error: the query customers-in-month asks for month, such as 2011-11; for example: \
         patron query customers-in-month --month 2011-11\n"
    );
    let unknown = said(&["top-customer"], 2);
    assert!(
        unknown.contains("nearest: top-customers") && unknown.contains("listed by: patron query"),
        "{unknown}"
    );
    assert!(said(&["revenue-per-category", "--year", "2023"], 2).contains("does not ask for year"));
    let country = said(&["15", "--country", "france"], 1);
    assert_eq!(country, "error: the shop has no country 'france'; did you mean 'France'?\n");
}
