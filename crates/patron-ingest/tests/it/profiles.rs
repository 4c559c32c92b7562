//! What the shipped profiles set aside, and what earlier imports hold.

use patron_domain::{LineKind, Money, PurchaseRule, line_key};
use patron_ingest::{Known, Profile, ReadOptions};

use crate::support::{options, read_text, read_with};

const UCI: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
    536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n\
    536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n\
    536366,85123a,HEART,2,2010-12-01 08:28:00,2.55,17850.0,United Kingdom\n\
    536367,22423,STAND,1,2010-12-01 08:34:00,0.00,13047,United Kingdom\n\
    536368,22424,STAND,-5,2010-12-01 08:34:00,1.00,,United Kingdom\n\
    A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom\n\
    C536379,22423,STAND,-1,2010-12-01 09:41:00,27.50,14527,United Kingdom\n\
    C536380,D,Discount,-1,2010-12-01 09:42:00,27.50,14527,United Kingdom\n\
    C536381,22423,STAND,1,2010-12-01 09:42:00,27.50,14527,United Kingdom\n\
    536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.00,12583,France\n\
    536371,22424,STAND,1,2010-12-01 08:45:00,3.00,,France\n";

#[test]
fn retail_with_the_overlay_of_the_format() {
    let outcome = read_text(UCI, &options("retail")).unwrap();
    let own = |rule: &str, lines: u64, amount: &str| {
        assert_eq!(outcome.rule(rule), (lines, amount.to_owned()), "{rule}");
    };
    own("duplicate", 1, "15.30");
    own("price-not-positive", 1, "0.00");
    own("negative-quantity", 1, "-5.00");
    own("bad-debt", 1, "11062.06");
    own("cancellation-not-negative", 1, "27.50");
    own("service", 2, "26.50");
    own("cancellation", 1, "-27.50");
    own("no-customer", 1, "3.00");
    own("no-value", 0, "0.00");
    let kinds: Vec<_> =
        outcome.lines.iter().map(|line| (line.product.as_deref().unwrap(), line.kind)).collect();
    let expected = [
        ("85123A", LineKind::Sale),
        ("85123A", LineKind::Sale),
        ("22423", LineKind::Return),
        ("D", LineKind::Service),
        ("POST", LineKind::Service),
        ("22424", LineKind::Sale),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(outcome.lines[0].customer.as_deref(), Some("17850"));
    let duplicate = &outcome.quarantined[0];
    assert_eq!((duplicate.line, duplicate.rule.as_str()), (3, "duplicate"));
    assert_eq!(duplicate.reason, "the line repeats an earlier one exactly (quantity 6, price 2.55)");
    assert_eq!(duplicate.raw, "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom");
    let report = outcome.report();
    assert_eq!((report.before.products, report.after.products), (7, 5));
    assert_eq!(outcome.inspection.overlay.as_deref(), Some("UCI Online Retail"));
    assert_eq!(report.purchase_rule, PurchaseRule::NetPositive);
}

#[test]
fn the_overlay_belongs_to_the_format_alone() {
    let other = UCI.replace("InvoiceNo", "Order").replace("UnitPrice", "Price Each");
    let outcome = read_text(other, &options("retail")).unwrap();
    assert_eq!(outcome.inspection.overlay, None);
    assert_eq!(outcome.rule("negative-quantity").0, 3);
    assert_eq!(outcome.rule("service"), (0, "absent".to_owned()));
    assert!(outcome.lines.iter().any(|line| line.product.as_deref() == Some("85123a")));
}

#[test]
fn positive_quantity_looks_at_nothing_else() {
    let outcome = read_text(UCI, &options("positive-quantity")).unwrap();
    assert_eq!(outcome.rule("quantity-not-positive").0, 3);
    assert_eq!(outcome.report().lines_quarantined, 3);
    assert!(outcome.lines.iter().all(|line| line.kind == LineKind::Sale));
    assert!(outcome.lines.iter().any(|line| line.product.as_deref() == Some("85123a")));
}

#[test]
fn none_sets_aside_only_what_cannot_be_read() {
    let log =
        "customer_id,date,cds,amount\n1,1997-01-01,1,0.0\n1,1997-01-01,1,0.0\n2,1997-01-02,1,-5\n3,x,1,5\n";
    let outcome = read_text(log, &options("none")).unwrap();
    assert_eq!((outcome.lines.len(), outcome.rule("unreadable-date")), (3, (1, "5.00".to_owned())));
    assert_eq!(outcome.lines[2].kind, LineKind::Return);
    assert_eq!(outcome.report().purchase_rule, PurchaseRule::AnyLine);
}

#[test]
fn in_a_log_of_amounts_equal_lines_are_two_purchases_and_no_value_is_none() {
    let log = "customer_id,date,cds,amount\n1,1997-01-01,1,5\n1,1997-01-01,1,5\n2,1997-01-02,1,0.0\n";
    let outcome = read_text(log, &options("retail")).unwrap();
    assert_eq!((outcome.lines.len(), outcome.rule("no-value").0), (2, 1));
    assert_eq!(outcome.rule("duplicate"), (0, "absent".to_owned()));
    assert_eq!(outcome.report().before.orders, 2);
}

#[test]
fn lines_of_an_earlier_import_are_counted_and_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, UCI).unwrap();
    let first = read_with(&path, &options("retail"), Known::default()).unwrap();
    let mut known = Known::default();
    for line in &first.lines {
        let amount: Money = line.amount.parse().unwrap();
        let key =
            line_key(&line.order, line.product.as_deref().unwrap(), line.timestamp, line.quantity, amount);
        *known.lines.entry(key).or_insert(0) += 1;
    }
    let again = read_with(&path, &options("retail"), known.clone()).unwrap();
    assert_eq!((again.lines.len(), again.rule("already-imported").0), (0, 6));
    assert_eq!((again.rule("service").0, again.rule("duplicate").0), (0, 1));

    std::fs::write(&path, format!("{UCI}536372,22424,STAND,1,2010-12-02 08:45:00,3.00,,France\n")).unwrap();
    let grown = read_with(&path, &options("retail"), known.clone()).unwrap();
    assert_eq!((grown.lines.len(), grown.lines[0].order.as_str()), (1, "536372"));

    std::fs::write(&path, "customer,date,amount\n1,2011-01-01,5\n").unwrap();
    assert_eq!(read_with(&path, &options("retail"), known).unwrap().lines.len(), 1);
}

#[test]
fn a_profile_of_ones_own() {
    let profile = "name = 'mine'\npurchase_day = 'any-line'\noverlay = true\n\
        [[rule]]\nname = 'vip'\naction = 'keep'\nmeaning = 'kept'\nwhen = { order_begins_with = '5363', quantity_at_least = 6 }\n\
        [[rule]]\nname = 'hearts'\naction = 'reject'\nmeaning = 'no hearts'\nwhen = { product_is = ['85123a'] }\n";
    let options = ReadOptions { profile: Profile::from_toml(profile).unwrap(), ..ReadOptions::default() };
    let outcome = read_text(UCI, &options).unwrap();
    assert_eq!((outcome.rule("vip").0, outcome.rule("hearts").0, outcome.rule("service").0), (2, 1, 2));
}

#[test]
fn settings_tell_imports_of_one_file_apart() {
    let hash = |options: &ReadOptions| read_text(UCI, options).unwrap().report().settings_sha256.clone();
    let retail = hash(&options("retail"));
    assert_eq!(retail, hash(&options("retail")));
    assert_ne!(retail, hash(&options("none")));
    let told = ReadOptions { map: Some("country=".parse().unwrap()), ..options("retail") };
    assert_ne!(retail, hash(&told));
    let same = ReadOptions { map: Some("customer=CustomerID".parse().unwrap()), ..options("retail") };
    assert_eq!(retail, hash(&same));
}

#[test]
fn the_overview_counts_what_is_missing_and_where_quantities_lie() {
    let report = read_text(UCI, &options("retail")).unwrap().finished.report;
    let column = |name: &str| report.before.columns.iter().find(|column| column.field == name).unwrap();
    assert_eq!((column("customer").missing, column("price").missing), (3, 0));
    let quantity: Vec<f64> = column("quantity").quantiles.iter().map(|point| point.value).collect();
    assert_eq!(quantity, [-5.0, -5.0, -5.0, -1.0, 1.0, 3.0, 6.0, 6.0, 6.0]);
    let after: Vec<u64> = report.after.columns.iter().map(|column| column.missing).collect();
    assert_eq!(after, [1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(report.after.first_day.unwrap().to_string(), "2010-12-01");
    assert_eq!(report.before.last_day.unwrap().to_string(), "2011-08-12");
    assert_eq!((report.before.orders, report.before.countries, report.before.customers), (10, 2, 4));
}
