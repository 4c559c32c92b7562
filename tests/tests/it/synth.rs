//! Invented shops: every table and column of the database is filled, and what comes out is what was put in, to the cent.

use std::collections::BTreeMap;
use std::path::Path;

use patron_domain::Money;
use patron_pipeline::{Invention, PipelineError, Silent};
use patron_store::DatabaseUrl;
use patron_synth::{DirtRates, Scenario, Truth};
use patron_testing::Cluster;

use crate::patron_runs;

/// What a line is, wherever it came from.
const LINES: &str = "SELECT line, invoice, time, customer, country, sku, quantity, amount, kind FROM sales_readable ORDER BY line";

/// A shop with promotions, campaigns, returns, debts and guests.
fn scenario() -> Scenario {
    let mut scenario = Scenario { customers: 600, ..Scenario::ready("holiday-heavy").unwrap() };
    scenario.dirt = DirtRates { negative_prices: 0.01, ..scenario.dirt };
    scenario.catalogue.retired = 10;
    scenario
}

fn fill(database: &str, scenario: &Scenario) -> Truth {
    let url: DatabaseUrl = database.parse().unwrap();
    Invention::new(scenario.clone(), 7).fill(&url, &Silent).unwrap()
}

/// The rows of an answer, without its heading.
fn sql(database: &str, query: &str) -> Vec<String> {
    let ran =
        patron_runs(&["sql", query, "--format", "csv", "--limit", "1000000", "--database", database]).ok();
    ran.out.lines().skip(1).map(str::to_owned).collect()
}

fn number(database: &str, query: &str) -> i64 {
    sql(database, query)[0].parse().unwrap()
}

/// How many rows of a table do not have each of these columns.
fn missing(database: &str, table: &str, columns: &[&str]) -> BTreeMap<String, i64> {
    let counts: Vec<String> = columns.iter().map(|column| format!("count(*) - count({column})")).collect();
    let row = sql(database, &format!("SELECT {} FROM {table}", counts.join(", "))).remove(0);
    let counts = row.split(',').map(|count| count.parse().unwrap());
    columns.iter().map(|column| (*column).to_owned()).zip(counts).collect()
}

fn check_filled(database: &str) -> Vec<String> {
    let scenario = scenario();
    let truth = fill(database, &scenario);
    let whole = |table: &str, columns: &[&str]| {
        for (column, missing) in missing(database, table, columns) {
            assert_eq!(missing, 0, "{table}.{column} has holes");
        }
    };
    let goods = "products WHERE sku NOT IN ('POST', 'DOT')";
    whole(
        goods,
        &["sku", "description", "category", "producer_country_id", "price", "unit_cost", "launched"],
    );
    whole(
        "customers",
        &["external_id", "name", "surname", "email", "country_id", "listed_country_id", "city"],
    );
    whole("customers", &["address", "zip_code", "may_contact"]);
    whole("transactions", &["invoice_number", "timestamp", "payment_method", "country_id"]);
    whole("dates", &["date", "month", "month_name", "year", "quarter", "day_of_month", "day_of_year"]);
    whole("dates", &["day_of_week", "day_name", "iso_year", "iso_week", "week_of_month"]);
    whole("sales", &["transaction_id", "product_id", "country_id", "date_id", "timestamp", "quantity"]);
    whole("sales", &["unit_price", "discount", "amount", "kind", "line"]);
    whole("shop", &["name", "currency", "time_zone"]);
    whole("countries", &["name"]);
    whole("acquisition_spend", &["month", "channel", "amount"]);
    whole("contact_costs", &["channel", "cost"]);

    // what a shop does not always know, is known of most and unknown of some
    for (column, missing) in
        missing(database, "customers", &["phone", "birthday", "gender", "acquisition_channel"])
    {
        assert!((5..120).contains(&missing), "{column} is unknown of {missing} of 600");
    }
    let count = |rows: &str| number(database, &format!("SELECT count(*) FROM {rows}"));
    assert!((10..120).contains(&count("products WHERE retired IS NOT NULL")));
    assert_eq!((count("customers"), count(goods)), (600, 600));
    assert_eq!(count("contact_costs"), 1);
    assert!(count("acquisition_spend") > 60);
    assert_eq!(count("attribute_files"), 3);
    assert!(count("sales WHERE discount > 0") > 100);
    assert!(number(database, "SELECT count(DISTINCT payment_method) FROM transactions") > 5);
    assert_eq!(
        number(database, "SELECT count(*) FROM dates"),
        number(database, "SELECT count(DISTINCT date_id) FROM sales")
    );

    // unique where it should be, and nowhere by accident
    for (table, column) in [
        ("customers", "external_id"),
        ("customers", "email"),
        ("customers", "phone"),
        ("products", "sku"),
        ("transactions", "invoice_number"),
    ] {
        let repeated =
            number(database, &format!("SELECT count({column}) - count(DISTINCT {column}) FROM {table}"));
        assert_eq!(repeated, 0, "{table}.{column}");
    }

    // every cent
    let sum = |rows: &str| Money::from_ten_thousandths(number(database, &format!("SELECT sum({rows}")));
    let (totals, planted) = (&truth.totals, &truth.planted);
    assert_eq!(sum("amount) FROM sales WHERE kind = 'sale'"), totals.sales);
    assert_eq!(sum("amount) FROM sales WHERE kind = 'return'"), totals.cancellations + totals.returns);
    assert_eq!(sum("discount) FROM sales WHERE kind = 'sale'"), totals.discounts);
    assert_eq!(sum("amount) FROM quarantine WHERE rule = 'duplicate'"), totals.duplicates);
    let debts = sum("amount) FROM quarantine WHERE amount < 0");
    assert_eq!(sum("amount) FROM sales WHERE kind = 'service'"), totals.services - debts);
    let in_all = "SELECT (SELECT count(*) FROM sales) + (SELECT count(*) FROM quarantine)";
    assert_eq!(number(database, in_all) as u64, totals.lines);
    let taken_back = planted.cancellation_lines + planted.return_lines;
    assert_eq!(count("cancellations") as u64, taken_back);
    assert_eq!(count("sales WHERE kind = 'return'") as u64, taken_back);
    assert_eq!(
        count("quarantine WHERE rule = 'price-not-positive'") as u64,
        planted.zero_price_lines + planted.negative_price_lines
    );
    let unnamed = count("quarantine WHERE raw LIKE '%:00,%,,%'") + count("sales WHERE customer_id IS NULL");
    assert_eq!(unnamed as u64, planted.lines_without_customer);

    patron_runs(&["check", "--database", database]).ok();
    sql(database, LINES)
}

#[test]
fn every_table_is_filled_and_every_cent_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let lines = check_filled(&path("shop.db"));

    // the same as a careful import of the same shop's log; and as one of its Parquet file
    let shop = Invention::new(scenario(), 7);
    shop.write_csv(Path::new(&path("log.csv")), &Silent).unwrap();
    shop.write_parquet(Path::new(&path("log.parquet")), &Silent).unwrap();
    for file in ["log.csv", "log.parquet"] {
        let database = path(&format!("{file}.db"));
        patron_runs(&["import", &path(file), "--database", &database]).ok();
        // a Parquet file has no heading, so its lines count from 1
        let without_number = LINES.replace("SELECT line, ", "SELECT ");
        let query = if file == "log.csv" { LINES } else { &without_number };
        let (filled, imported) = (sql(&path("shop.db"), query), sql(&database, query));
        assert_eq!((imported.len(), filled.len()), (lines.len(), lines.len()));
        let differing = filled.iter().zip(&imported).find(|(filled, imported)| filled != imported);
        assert_eq!(differing, None, "{file}");
        let rules = "SELECT rule, count(*), sum(amount) FROM quarantine GROUP BY rule ORDER BY rule";
        assert_eq!(sql(&database, rules), sql(&path("shop.db"), rules));
    }

    // the analysis runs on it, with what only lists of customers, products and costs can tell
    patron_runs(&["analyze", "--no-backtest", "--out", &path("out"), "--database", &path("shop.db")]).ok();
    for table in ["customer_groups", "product_groups", "product_margins", "acquisition_costs"] {
        let file = folder.path().join("out/analytics").join(format!("{table}.csv"));
        assert!(file.is_file(), "{table}");
    }

    // a database with something in it stays as it is
    let refused = shop.fill(&path("shop.db").parse().unwrap(), &Silent);
    let Err(PipelineError::NotEmpty { holds, .. }) = refused else { panic!("{refused:?}") };
    assert!(holds.ends_with(" sale lines"), "{holds}");
    assert_eq!(sql(&path("shop.db"), LINES), lines);
    // and what was filled can be taken back like any import
    patron_runs(&["imports", "undo", "1", "--database", &path("shop.db")]).ok();
    assert_eq!(
        number(&path("shop.db"), "SELECT (SELECT count(*) FROM sales) + (SELECT count(*) FROM customers)"),
        0
    );
    patron_runs(&["check", "--database", &path("shop.db")]).ok();
}

#[test]
fn a_server_is_filled_alike() {
    let Some(cluster) = Cluster::shared() else { return };
    let server = cluster.database();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db").to_str().unwrap().to_owned();
    let url = server.url();
    assert_eq!(check_filled(&url), check_filled(&file));
    for table in [
        "customers_readable",
        "products_readable",
        "transactions_readable",
        "contact_costs",
        "acquisition_spend_readable",
    ] {
        let all = format!("SELECT * FROM {table} ORDER BY 1, 2");
        assert_eq!(sql(&url, &all), sql(&file, &all), "{table}");
    }
    let refused = Invention::new(scenario(), 7).fill(&url.parse().unwrap(), &Silent);
    assert!(matches!(refused, Err(PipelineError::NotEmpty { .. })), "{refused:?}");
}

#[test]
fn two_exports_that_overlap_are_one_shop() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let shop = Invention::new(Scenario { customers: 300, ..Scenario::demo() }, 7);
    let days = ("2024-06-30".parse().unwrap(), "2024-06-01".parse().unwrap());
    let (truth, _) = shop.write_reexports([&path("1.csv"), &path("2.csv")], days, &Silent).unwrap();
    for file in ["1.csv", "2.csv"] {
        patron_runs(&["import", &text(file), "--database", &text("two.db")]).ok();
    }
    let filled = fill(&text("one.db"), &shop.scenario);
    assert_eq!(filled.totals, truth.totals);
    let lines = LINES.replace("line, ", "").replace("ORDER BY line", "ORDER BY invoice, sku, quantity");
    assert_eq!(sql(&text("two.db"), &lines), sql(&text("one.db"), &lines));
    assert!(number(&text("two.db"), "SELECT count(*) FROM quarantine WHERE rule = 'already-imported'") > 20);
}

#[test]
fn a_table_holds_what_a_database_holds() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db").to_str().unwrap().to_owned();
    let scenario = Scenario { customers: 200, ..Scenario::demo() };
    fill(&database, &scenario);
    let (table, truth) = Invention::new(scenario, 7).table(&Silent).unwrap();
    assert_eq!(table.len() as i64, number(&database, "SELECT count(*) FROM sales"));
    assert_eq!(table.customers() as u32, truth.scenario.customers);
    assert_eq!(table.cancellation_links().is_empty(), truth.planted.cancellation_lines == 0);
}

#[test]
fn impossible_shops_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    for change in [
        (|s| s.customers = 0) as fn(&mut Scenario),
        |s| s.dirt.cancellations = -0.1,
        |s| s.countries[0].share = 1.2,
        |s| s.end = s.start.plus_days(-1),
    ] {
        let mut scenario = Scenario::demo();
        change(&mut scenario);
        let shop = Invention::new(scenario, 7);
        let refused = shop.fill(&DatabaseUrl::from_path(&path), &Silent);
        assert!(matches!(refused, Err(PipelineError::Synth(_))), "{refused:?}");
        let refused = shop.write_parquet(&folder.path().join("log.parquet"), &Silent);
        assert!(matches!(refused, Err(PipelineError::Synth(_))), "{refused:?}");
        let refused = shop.write_csv(&folder.path().join("log.csv"), &Silent);
        assert!(matches!(refused, Err(PipelineError::Synth(_))), "{refused:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
