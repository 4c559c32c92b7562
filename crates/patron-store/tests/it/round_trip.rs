//! Batches in, batches out.

use patron_domain::{LineKind, ProductEntry, SaleBatch, line_key};
use patron_store::{SqlCell, StoreError};
use proptest::prelude::*;

use crate::shop::{self, Line};
use crate::support::{database, dump, import, merged, number, rows, scanned, text_of};

fn any_line() -> impl Strategy<Value = Line> {
    let kind = prop_oneof![Just(LineKind::Sale), Just(LineKind::Return), Just(LineKind::Service)];
    let texts = (
        prop::option::of("[0-9]{1,2}"),
        prop::option::of("[A-Cä]{0,2}"),
        "[0-9]{1,2}(@2011-01-0[1-9])?",
        prop::option::of("[A-D]"),
    );
    let numbers = (-4_000_000_000_i64..4_000_000_000, any::<i32>(), any::<i64>(), kind);
    (texts, numbers).prop_map(|((customer, sku, order, country), (timestamp, quantity, amount, kind))| Line {
        customer,
        sku,
        order,
        country,
        timestamp,
        quantity,
        amount,
        kind,
    })
}

/// What a scan must yield for these batches: line numbers are sale ids, and the final names have come.
fn expected(batches: Vec<SaleBatch>, file: &str) -> SaleBatch {
    let mut all = merged(batches);
    all.line = (1..=all.len() as u64).collect();
    for product in &mut all.added.products {
        product.description = format!("{} of {file}", product.sku);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_goes_in_comes_out(
        lines in prop::collection::vec(any_line(), 0..300),
        batch_lines in 1_usize..400,
    ) {
        let (_folder, _url, mut store) = database();
        import(&mut store, &shop::import("a.csv"), &lines).unwrap();
        prop_assert_eq!(scanned(&mut store, batch_lines), expected(shop::batches(&lines, 100, 2), "a.csv"));
    }

    #[test]
    fn two_imports_come_out_like_one_file(
        lines in prop::collection::vec(any_line(), 2..300),
        share in 0.0..1.0,
    ) {
        let (_folder, url, mut store) = database();
        let (first, second) = lines.split_at((lines.len() as f64 * share) as usize);
        import(&mut store, &shop::import("a.csv"), first).unwrap();
        import(&mut store, &shop::import("b.csv"), second).unwrap();
        let (mut found, mut one_file) = (scanned(&mut store, 64), expected(shop::batches(&lines, 100, 2), ""));
        let unnamed = |product: &mut ProductEntry| product.description.clear();
        found.added.products.iter_mut().for_each(unnamed);
        one_file.added.products.iter_mut().for_each(unnamed);
        prop_assert_eq!(found, one_file);
        dump(&url); // every reference leads somewhere
    }
}

#[test]
fn two_imports_share_customers_and_the_latest_name_of_a_product_counts() {
    let (_folder, url, mut store) = database();
    let (january, february) = (shop::lines(400, 1), shop::lines(400, 2));
    import(&mut store, &shop::import("january.csv"), &january).unwrap();
    import(&mut store, &shop::import("february.csv"), &february).unwrap();
    let counts = store.counts().unwrap();
    assert_eq!((counts.sales, counts.imports, counts.quarantined), (800, 2, 6));
    let all = [january, february].concat();
    let distinct: std::collections::BTreeSet<_> =
        all.iter().filter_map(|line| line.customer.as_ref()).collect();
    assert_eq!(counts.customers, distinct.len() as u64);

    let sku = all.iter().find_map(|line| line.sku.clone()).unwrap();
    let sql = format!("SELECT description FROM products WHERE sku = '{sku}'");
    let name = text_of(&url, &sql);
    assert!(name.starts_with(&format!("{sku} of ")));
}

#[test]
fn money_stays_whole() {
    let (_folder, url, mut store) = database();
    let lines = shop::lines(5_000, 3);
    import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    let sum = lines.iter().map(|line| line.amount).sum();
    assert_eq!(rows(&url, "SELECT sum(amount) FROM sales"), [[number(sum)]]);
}

#[test]
fn an_import_sees_its_own_lines_before_the_end_and_others_do_not() {
    let (_folder, _url, mut store) = database();
    let lines = shop::lines(250, 4);
    let mut writer = store.begin_import(&shop::import("a.csv")).unwrap();
    assert_eq!(writer.first_sale_id(), 1);
    for batch in shop::batches(&lines, 100, 2) {
        writer.write(&batch, &[]).unwrap();
    }
    let mut seen = 0;
    let count = |batch: SaleBatch| {
        seen += batch.len();
        Ok::<(), StoreError>(())
    };
    assert_eq!(writer.scan(30, count).unwrap(), 250);
    assert_eq!((seen, scanned(&mut store, 30).len()), (250, 0));
    drop(writer);
    assert_eq!(store.counts().unwrap(), Default::default());
}

#[test]
fn a_scan_ends_when_its_sink_has_enough() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(250, 4)).unwrap();
    let mut batches = 0;
    let stopped = store.scan(100, |_| {
        batches += 1;
        if batches == 2 { Err(StoreError::UnknownCustomer("enough".to_owned())) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(StoreError::UnknownCustomer(_))));
    assert_eq!(batches, 2);
}

#[test]
fn known_sales_count_equal_lines() {
    let (_folder, _url, mut store) = database();
    let mut lines = shop::lines(50, 5);
    lines.push(lines[0].clone());
    lines.push(Line { sku: None, ..lines[1].clone() });
    import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    let known = store.known_sales().unwrap().lines;
    let key = |line: &Line| {
        let amount = patron_domain::Money::from_ten_thousandths(line.amount);
        let sku = line.sku.as_deref().unwrap_or("");
        line_key(&line.order, sku, line.timestamp, line.quantity, amount)
    };
    assert_eq!(known.values().sum::<u32>(), 52);
    assert_eq!(known.get(&key(&lines[0])), Some(&2));
    assert_eq!(known.get(&key(&lines[51])), Some(&1));
}

#[test]
fn the_views_read_like_a_person_writes() {
    let (_folder, url, mut store) = database();
    let line = Line {
        customer: Some("17850".to_owned()),
        sku: Some("85123A".to_owned()),
        order: "536365".to_owned(),
        country: Some("United Kingdom".to_owned()),
        timestamp: 1_323_435_000,
        quantity: 6,
        amount: 153_000,
        kind: LineKind::Sale,
    };
    import(&mut store, &shop::import("a.csv"), &[line]).unwrap();
    let shown = |sql: &str| -> Vec<String> {
        let text = |value: &SqlCell| match value {
            SqlCell::Text(text) => text.clone(),
            SqlCell::Integer(number) => number.to_string(),
            SqlCell::Real(number) => number.to_string(),
            _ => "-".to_owned(),
        };
        rows(&url, sql)[0].iter().map(text).collect()
    };
    let sale = "SELECT invoice, time, customer, country, sku, quantity, unit_price, amount, kind, file, line \
                FROM sales_readable";
    let told = "536365|2011-12-09 12:50:00|17850|United Kingdom|85123A|6|2.55|15.3|sale|a.csv|2";
    assert_eq!(shown(sale).join("|"), told);
    let day = "SELECT id, date, month, month_name, year, quarter, day_of_month, day_of_year, day_of_week, day_name, \
               iso_year, iso_week, week_of_month, event FROM dates";
    assert_eq!(shown(day).join("|"), "15317|2011-12-09|12|December|2011|4|9|343|5|Friday|2011|49|2|-");
    assert_eq!(shown("SELECT file, line, amount FROM quarantine_readable").join("|"), "a.csv|3|-");
    assert_eq!(
        shown("SELECT invoice, customer, country FROM transactions_readable").join("|"),
        "536365|17850|United Kingdom"
    );
    assert_eq!(shown("SELECT sku, description FROM products_readable").join("|"), "85123A|85123A of a.csv");
}
