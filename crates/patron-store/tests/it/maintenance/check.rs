//! Every kind of damage is found, by its own check and by no other.

use patron_domain::{CustomerAttributes, CustomerRow};
use patron_store::{Check, CheckResult, NewImport, StoreError};

use super::{import, two_imports};
use crate::attributes::{file, set_customers};
use crate::shop::{self, Line};
use crate::support::{damage, database, text_of};

fn wrong(results: Vec<CheckResult>) -> Vec<CheckResult> {
    let checks: Vec<Check> = results.iter().map(|result| result.check).collect();
    assert_eq!(checks, Check::ALL);
    results.into_iter().filter(|result| !result.is_ok()).collect()
}

/// Plants damage by SQL without foreign keys, and sees one check find `expected` (table, id, what) and nothing more.
fn check_finds(check: Check, planted: &str, expected: (&str, Option<i64>, &str)) {
    let (_folder, url, store) = two_imports();
    assert_eq!(wrong(store.check().unwrap()), []);
    damage(&url, planted);
    let found = wrong(store.check().unwrap());
    assert_eq!(found.len(), 1, "{found:#?}");
    let (found, (table, id, what)) = (&found[0], expected);
    assert_eq!((found.check, found.found, found.examples.len()), (check, 1, 1), "{found:#?}");
    let example = &found.examples[0];
    assert_eq!((example.table.as_deref(), example.id), (Some(table), id));
    assert!(example.what.contains(what), "{}", example.what);
}

#[test]
fn a_reference_to_nowhere() {
    let damage = "UPDATE sales SET product_id = 999999 WHERE id = 7";
    check_finds(Check::References, damage, ("sales", Some(7), "a row of products that does not exist"));
}

#[test]
fn a_prediction_about_nobody() {
    let damage = "INSERT INTO model_runs (id, created_at, as_of, forecaster, parameters, metrics, seen_sale_id)
            VALUES (1, '2011-12-10 00:00:00', '2011-12-09', 'blend', '{}', '{}', 1);
        INSERT INTO predictions VALUES (1, 999999, 1, '2011-12-09', 1, 0.5, 0.5, 1, 1, 1, 1, 1, 'yes', 'yes', 'yes',
            NULL, 'A', NULL)";
    check_finds(Check::References, damage, ("predictions", None, "a row of customers that does not exist"));
}

#[test]
fn what_imports_that_are_gone_have_left() {
    for (damage, table, id) in [
        ("INSERT INTO product_descriptions VALUES (77, 5, 'cup')", "product_descriptions", 5),
        ("INSERT INTO customer_changes VALUES (6, 77, '{}')", "customer_changes", 6),
        ("INSERT INTO former_links VALUES (6, 77, NULL)", "former_links", 6),
        ("INSERT INTO quarantine VALUES (900, 77, 1, 'price', '', '', NULL)", "quarantine", 900),
    ] {
        check_finds(Check::GoneImports, damage, (table, Some(id), "import 77"));
    }
}

#[test]
fn a_quarantined_line_that_is_missing() {
    let damage = "DELETE FROM quarantine WHERE id = 4";
    let what = "counts 3 quarantined lines, but there are 2 of them";
    check_finds(Check::ImportLines, damage, ("imports", Some(2), what));
}

#[test]
fn a_quarantined_line_under_another_rule_or_worth_more() {
    let damage = "UPDATE quarantine SET rule = 'test-order' WHERE id = 1";
    check_finds(Check::ImportLines, damage, ("imports", Some(1), "set aside by price, but there are 2"));
    // of lines 602, 603 and 604 the even ones are worth -1.2345 each
    let damage = "UPDATE quarantine SET amount = 5 WHERE id = 2";
    let what = "counts 3 lines worth -2.469 set aside by price, but there are 3 worth -2.4685";
    check_finds(Check::ImportLines, damage, ("imports", Some(1), what));
}

#[test]
fn a_sale_that_is_missing() {
    // not the only line of its order or day
    let damage = "DELETE FROM sales WHERE id = (
        SELECT max(id) FROM sales WHERE transaction_id = (
            SELECT transaction_id FROM sales WHERE id <= 600 GROUP BY transaction_id ORDER BY count(*) DESC LIMIT 1))";
    let what = "counts 600 accepted lines, but there are 599 sales";
    check_finds(Check::ImportLines, damage, ("imports", Some(1), what));
}

#[test]
fn a_report_that_does_not_add_up() {
    let (_folder, url, store) = two_imports();
    let report = text_of(&url, "SELECT report FROM imports WHERE id = 2");
    drop((store, _folder));
    let set = |pointer: &str, value: serde_json::Value| {
        let mut report: serde_json::Value = serde_json::from_str(&report).unwrap();
        *report.pointer_mut(pointer).unwrap() = value;
        format!("UPDATE imports SET report = '{report}' WHERE id = 2")
    };
    let whole: serde_json::Value = serde_json::from_str(&report).unwrap();
    for (damage, what) in [
        (set("/lines_read", 404.into()), "reports 404 lines read instead of 403"),
        (set("/lines_accepted", 401.into()), "reports 401 lines accepted instead of 400"),
        (set("/derived_orders", true.into()), "whether its orders were made"),
        (set("/before/amount", whole["after"]["amount"].clone()), "of -2.469 instead of 0.00"),
        ("UPDATE imports SET report = '{' WHERE id = 2".to_owned(), "cannot be read"),
    ] {
        check_finds(Check::ImportReports, &damage, ("imports", Some(2), what));
    }
}

#[test]
fn amounts_that_are_not_those_of_the_report() {
    let damage =
        "UPDATE sales SET amount = amount + 1 WHERE id = (SELECT min(id) FROM sales WHERE kind = 'return')";
    check_finds(Check::ImportAmounts, damage, ("imports", Some(1), "reports returns worth"));
    let damage = "UPDATE sales SET kind = 'service' WHERE kind = 'sale' AND customer_id IS NULL AND id > 600
        AND id = (SELECT min(id) FROM sales WHERE kind = 'sale' AND customer_id IS NULL AND id > 600)";
    check_finds(Check::ImportAmounts, damage, ("imports", Some(2), "reports sales worth"));
}

#[test]
fn days_that_are_not_those_of_the_sales() {
    let damage = "UPDATE imports SET last_day = '2011-12-31' WHERE id = 1";
    check_finds(
        Check::ImportDays,
        damage,
        ("imports", Some(1), "to 2011-12-31, its sales are of 2010-12-01 to"),
    );
    let damage = "UPDATE imports SET first_day = NULL WHERE id = 2";
    check_finds(Check::ImportDays, damage, ("imports", Some(2), "tells of no day to"));
}

#[test]
fn a_sale_of_no_import() {
    let damage =
        "INSERT INTO sales SELECT 5000, transaction_id, product_id, customer_id, country_id, date_id,
            timestamp, quantity, unit_price, discount, amount, kind, 17 FROM sales WHERE id = 1";
    check_finds(Check::SalesOfImports, damage, ("sales", Some(5000), "has line 17 of a file"));
}

#[test]
fn an_order_without_lines() {
    let damage =
        "INSERT INTO transactions (id, invoice_number, timestamp, imported) VALUES (4000, 'X1', 0, TRUE)";
    check_finds(Check::OrdersWithoutLines, damage, ("transactions", Some(4000), "order X1 has no line"));
}

#[test]
fn orders_unlike_their_first_line() {
    for damage in ["timestamp = timestamp + 1", "customer_id = 2", "country_id = NULL"] {
        let damage = format!("UPDATE transactions SET {damage} WHERE id = 1");
        check_finds(Check::OrderFacts, &damage, ("transactions", Some(1), "first line, sale 1"));
    }
}

#[test]
fn days_whose_attributes_are_wrong() {
    // 2010-12-01 was a Wednesday
    for (damage, what) in [
        ("day_name = 'Friday'", "day_name is Friday instead of Wednesday"),
        ("quarter = 3", "quarter is 3 instead of 4"),
        ("iso_week = 47", "iso_week is 47 instead of 48"),
        ("date = '2010-12-02'", "date is 2010-12-02 instead of 2010-12-01"),
        ("week_of_month = 0", "week_of_month is 0 instead of 1"),
        ("iso_year = 2011", "iso_year is 2011 instead of 2010"),
    ] {
        let damage = format!("UPDATE dates SET {damage} WHERE id = 14944");
        check_finds(Check::Calendar, &damage, ("dates", Some(14944), what));
    }
}

#[test]
fn a_day_without_sales() {
    let damage = "INSERT INTO dates
        VALUES (0, '1970-01-01', 1, 'January', 1970, 1, 1, 1, 4, 'Thursday', 1970, 1, 1, NULL, FALSE)";
    check_finds(Check::DaysWithoutSales, damage, ("dates", Some(0), "no sale is on 1970-01-01"));
}

#[test]
fn a_sale_on_another_day_than_its_time() {
    let damage = "UPDATE sales SET date_id = (SELECT max(id) FROM dates) WHERE id = 3";
    check_finds(Check::SaleDays, damage, ("sales", Some(3), "on day 14944"));
}

#[test]
fn cancellations_that_make_no_sense() {
    // a link between two sales, made right in one respect after the other
    let mut link = "INSERT INTO cancellations VALUES (20, 10);".to_owned();
    let step = |sql: &str, link: &mut String| *link = format!("{sql};{link}");
    let (_folder, url, store) = two_imports();
    let base =
        "UPDATE sales SET kind = 'sale', product_id = id, customer_id = id, timestamp = 1291191960 - id
        WHERE id IN (10, 20)";
    step(base, &mut link);
    damage(&url, &link);
    let what = || {
        let found = store.check().unwrap();
        let found = found.into_iter().find(|result| result.check == Check::Cancellations).unwrap();
        found.examples.into_iter().map(|example| (example.id, example.what)).collect::<Vec<_>>()
    };
    let steps = [
        ("sale 20 is no return but a sale", "UPDATE sales SET kind = 'return' WHERE id = 20"),
        ("takes back sale 10 of another customer", "UPDATE sales SET customer_id = 20 WHERE id = 10"),
        ("takes back sale 10 of another product", "UPDATE sales SET product_id = 20 WHERE id = 10"),
        ("takes back sale 10, which came later", "UPDATE sales SET timestamp = 0 WHERE id = 10"),
    ];
    for (expected, repair) in steps {
        assert_eq!(what(), [(Some(20), expected.to_owned())]);
        damage(&url, repair);
    }
    assert_eq!(what(), []);
    damage(&url, "UPDATE sales SET kind = 'service' WHERE id = 10");
    assert_eq!(what(), [(Some(20), "takes back 10, which is no sale but a service".to_owned())]);
}

#[test]
fn more_findings_are_counted_than_told() {
    let (_folder, url, store) = two_imports();
    damage(&url, "UPDATE sales SET product_id = 999999 WHERE id <= 12");
    let found = wrong(store.check().unwrap());
    assert_eq!((found.len(), found[0].found, found[0].examples.len()), (1, 12, 5));
}

#[test]
fn whatever_a_shop_does_its_database_stays_clean() {
    let (_folder, _url, mut store) = database();
    let clean = |store: &patron_store::Store| assert_eq!(wrong(store.check().unwrap()), []);
    clean(&store);
    let (january, february) = (shop::lines(300, 1), shop::lines(200, 2));
    // February has further lines of an order of January, at another time
    let later = Line { timestamp: january[0].timestamp + 90_000, ..january[0].clone() };
    let february = [&february[..], &[later]].concat();
    let first = import(&mut store, &shop::import("january.csv"), &january);
    clean(&store);
    import(&mut store, &shop::import("february.csv"), &february);
    clean(&store);
    let customer = january.iter().find_map(|line| line.customer.clone());
    let told = CustomerAttributes { city: Some("Rome".to_owned()), ..CustomerAttributes::default() };
    set_customers(
        &mut store,
        &file("c.csv"),
        &[CustomerRow { line: 2, external_id: customer, attributes: told }],
    )
    .unwrap();
    clean(&store);
    let again = NewImport { replace: vec![first], ..shop::import("january.csv") };
    import(&mut store, &again, &january);
    clean(&store);
    let third = import(&mut store, &shop::import("march.csv"), &[]);
    clean(&store);
    store.undo_import(third).unwrap();
    clean(&store);
    for id in store.imports().unwrap().into_iter().map(|import| import.id).collect::<Vec<_>>() {
        store.undo_import(id).unwrap();
        clean(&store);
    }
}

#[test]
fn what_was_corrected_by_hand_is_no_damage() {
    let (_folder, url, store) = two_imports();
    let (correct, change) = (
        "UPDATE imports SET corrections = corrections + 1 WHERE id = 1",
        "UPDATE sales SET amount = amount + 1, timestamp = timestamp + 1 WHERE id = 1",
    );
    damage(&url, change);
    let found: Vec<Check> = wrong(store.check().unwrap()).into_iter().map(|result| result.check).collect();
    assert_eq!(found, [Check::ImportAmounts, Check::OrderFacts]);
    damage(&url, correct);
    assert_eq!(wrong(store.check().unwrap()), []);
    // one correction accounts for one line that is gone, and not for two
    damage(&url, "DELETE FROM sales WHERE id = 1");
    assert_eq!(wrong(store.check().unwrap()), []);
    damage(&url, "DELETE FROM sales WHERE id = 2");
    let found = wrong(store.check().unwrap());
    assert_eq!((found.len(), found[0].check), (1, Check::ImportLines));
    assert_eq!(found[0].examples[0].what, "counts 600 accepted lines, but there are 598 sales");
}

#[test]
fn a_check_waits_for_no_writer_and_keeps_none_waiting() {
    let (_folder, _url, mut store) = two_imports();
    let reader = store.reader();
    let writer = store.begin_import(&shop::import("march.csv")).unwrap();
    assert_eq!(wrong(reader.check(&mut |_| ()).unwrap()), []);
    drop(writer);
    let mut sales = 0;
    let results = reader.check(&mut |check| {
        if check == Check::Cancellations {
            import(&mut store, &shop::import("march.csv"), &shop::lines(50, 3));
            sales = store.counts().unwrap().sales;
        }
    });
    assert_eq!((wrong(results.unwrap()), sales), (vec![], 1050));
}

#[test]
fn an_older_schema_is_said() {
    let (_folder, url, store) = two_imports();
    drop(store);
    damage(
        &url,
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let outdated = patron_store::Reader::open(&url).unwrap().check(&mut |_| ());
    assert!(matches!(outdated, Err(StoreError::Outdated { .. })), "{outdated:?}");
}
