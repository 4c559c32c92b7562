//! Published logs: counts and sums known from elsewhere (computed independently with a data-frame library).

use std::collections::{HashMap, HashSet};

use patron_domain::{Day, LineKind, Money, Month, NO_CODE};
use patron_ingest::{Known, inspect, open};

use crate::support::{Columns, options, read_columns, real_file, rule};

fn read(name: &str, profile: &str) -> Option<Columns> {
    real_file(name).map(|path| read_columns(&path, &options(profile), Known::default()).unwrap())
}

/// Net value per customer and day of the lines that count for customers.
fn customer_days(columns: &Columns) -> HashMap<(u32, Day), Money> {
    let mut days = HashMap::new();
    for batch in &columns.batches {
        for row in (0..batch.len()).filter(|&row| batch.kind[row] != LineKind::Service) {
            if batch.customer[row] != NO_CODE {
                let key = (batch.customer[row], Day::of(batch.timestamp[row]));
                *days.entry(key).or_insert(Money::ZERO) += batch.amount[row];
            }
        }
    }
    days
}

/// Customers with a day of positive net value by `last`.
fn buyers(days: &HashMap<(u32, Day), Money>, last: &str) -> usize {
    let last: Day = last.parse().unwrap();
    let bought = days.iter().filter(|((_, day), net)| *day <= last && **net > Money::ZERO);
    bought.map(|((customer, _), _)| customer).collect::<HashSet<_>>().len()
}

#[test]
fn online_retail_under_retail() {
    let Some(columns) = read("online_retail.csv.gz", "retail") else { return };
    let report = &columns.finished.report;
    let own = |name: &str, lines: u64, amount: &str| {
        assert_eq!(rule(report, name), (lines, amount.to_owned()), "{name}");
    };
    own("duplicate", 5_268, "21740.98");
    own("price-not-positive", 2_512, "-22124.12");
    own("negative-quantity", 0, "0.00");
    own("bad-debt", 1, "11062.06");
    own("service", 2_956, "-33850.696");
    own("cancellation", 8_668, "-475901.16");
    own("no-customer", 131_354, "1509593.23");
    assert_eq!((report.lines_read, report.lines_accepted), (541_909, 534_128));
    let (before, after) = (&report.before, &report.after);
    assert_eq!(
        (before.customers, before.products, before.orders, before.countries),
        (4_372, 4_070, 25_900, 38)
    );
    assert_eq!((after.customers, after.products, after.orders, after.countries), (4_371, 3_827, 23_795, 38));
    assert_eq!(
        (before.amount.to_string(), after.amount.to_string()),
        ("9747747.934".into(), "9737069.014".into())
    );
    assert_eq!(report.sales_amount.to_string(), "10246820.87");
    assert_eq!(report.returns_amount.to_string(), "-475901.16");
    assert_eq!(report.services_amount.to_string(), "-33850.696");
    assert_eq!(report.known_customer_amount.to_string(), "8265476.93");
    let spans = [before.first_day, before.last_day, after.first_day, after.last_day];
    assert_eq!(
        spans.map(|day| day.unwrap().to_string()),
        ["2010-12-01", "2011-12-09", "2010-12-01", "2011-12-09"]
    );
    let missing = |field: &str| {
        let of = |columns: &[patron_domain::ColumnFacts]| {
            columns.iter().find(|c| c.field == field).unwrap().missing
        };
        (of(&before.columns), of(&after.columns))
    };
    assert_eq!((missing("description"), missing("customer")), ((1_454, 0), (135_080, 132_564)));
    let quantiles = |columns: &[patron_domain::ColumnFacts], field: &str| -> Vec<f64> {
        columns.iter().find(|c| c.field == field).unwrap().quantiles.iter().map(|q| q.value).collect()
    };
    let expected = [-80995.0, -2.0, 1.0, 1.0, 3.0, 10.0, 29.0, 100.0, 80995.0];
    assert_eq!(quantiles(&before.columns, "quantity"), expected);
    let expected = [0.001, 0.29, 0.42, 1.25, 2.1, 4.13, 9.95, 18.0, 38970.0];
    assert_eq!(quantiles(&after.columns, "price"), expected);
    let days = customer_days(&columns);
    assert_eq!((buyers(&days, "2011-09-10"), buyers(&days, "2011-12-09")), (3_366, 4_332));
}

#[test]
fn online_retail_under_positive_quantity() {
    let Some(columns) = read("online_retail.csv.gz", "positive-quantity") else { return };
    let mut revenue: HashMap<Month, Money> = HashMap::new();
    let mut orders: HashMap<Month, HashSet<u32>> = HashMap::new();
    let mut hearts = Money::ZERO;
    let november = Month::from_number(2011 * 12 + 10);
    for batch in &columns.batches {
        for row in 0..batch.len() {
            let month = Day::of(batch.timestamp[row]).month();
            *revenue.entry(month).or_insert(Money::ZERO) += batch.amount[row];
            orders.entry(month).or_default().insert(batch.order[row]);
            if month == november && columns.products.text(batch.product[row]) == "85123A" {
                hearts += batch.amount[row];
            }
        }
    }
    assert_eq!((orders[&november.plus(-11)].len(), orders[&november].len()), (1_629, 2_884));
    let shown = [-11, -7, -2, 0, 1].map(|months| revenue[&november.plus(months)].to_string());
    assert_eq!(shown, ["823746.14", "537808.621", "1058590.172", "1509496.33", "638792.68"]);
    assert_eq!(hearts.to_string(), "14136.70");
}

#[test]
fn cdnow_under_none_and_under_retail() {
    let Some(all) = read("cdnow_sample.csv.gz", "none") else { return };
    let days = customer_days(&all).len();
    assert_eq!((all.finished.report.lines_accepted, all.customers.len(), days), (6_919, 2_357, 6_696));
    assert_eq!(all.orders.len(), 6_696);
    assert!(all.orders.iter().all(|order| order.derived));
    assert_eq!(all.inspection.file.recognised.as_deref(), Some("CDNOW"));
    let Some(paid) = read("cdnow_sample.csv.gz", "retail") else { return };
    assert_eq!((rule(&paid.finished.report, "no-value").0, paid.customers.len()), (8, 2_349));
    assert_eq!(customer_days(&paid).len(), 6_688);
}

#[test]
fn a_reader_may_work_on_a_thread_of_its_own_and_tells_how_far_it_is() {
    let Some(path) = real_file("cdnow_full.csv.gz") else { return };
    let options = options("retail");
    let inspection = inspect(&path, &options).unwrap();
    let mut reader = open(&path, &inspection, &options, Known::default()).unwrap();
    let worker = std::thread::spawn(move || {
        let mut last = 0;
        while reader.next_batch().unwrap().is_some() {
            let progress = reader.progress();
            assert!(progress.lines > last && progress.bytes_read <= progress.bytes_total);
            last = progress.lines;
        }
        let progress = reader.progress();
        assert_eq!(progress.bytes_read, progress.bytes_total);
        reader.finish().report
    });
    let report = worker.join().unwrap();
    assert_eq!((report.lines_read, report.lines_quarantined, report.before.customers), (69_659, 80, 23_570));
}
