//! Order exports of shop systems come out to the cent; the sums beside the tests were made by hand.

use patron_domain::OrderForm;
use patron_ingest::{IngestError, Known, ReadOptions};
use proptest::prelude::*;

use crate::support::{Line, Outcome, fixture, moment, options, read, read_columns, read_text, rule};

fn shopify(options: ReadOptions) -> Outcome {
    read(&fixture("shopify.csv"), &ReadOptions { currency: Some("EUR".into()), ..options }).unwrap()
}

/// `product quantity amount kind`, line by line of an order.
fn order(outcome: &Outcome, number: &str) -> Vec<String> {
    let shown = |line: &&Line| {
        let product = line.product.as_deref().unwrap_or("-");
        format!("{product} {} {} {}", line.quantity, line.amount, line.kind.word())
    };
    outcome.lines.iter().filter(|line| line.order == number).map(|line| shown(&line)).collect()
}

fn services(outcome: &Outcome) -> Vec<String> {
    let services = outcome.report().services.iter();
    services.map(|service| format!("{} {} {}", service.name, service.lines, service.amount)).collect()
}

fn money(text: &str) -> patron_domain::Money {
    text.parse().unwrap()
}

#[test]
fn a_shopify_export_line_by_line() {
    let outcome = shopify(options("retail"));
    // 40.00 less 5.00 of discount, by value
    let expected = ["MUG 2 17.50 sale", "PLATE 1 17.50 sale", "(shipping) 1 4.90 service"];
    assert_eq!(order(&outcome, "#1001"), expected);
    // 6.00 back of 23.99: 6 × 19.99 ÷ 23.99 = 5.00 of goods, 1.00 of tax; the goods by 10.00 to 9.99
    let expected = [
        "MUG 1 10.00 sale",
        "SPOON 3 9.99 sale",
        "(tax) 1 4.00 service",
        "MUG 0 -2.50 return",
        "SPOON 0 -2.50 return",
        "(tax) 0 -1.00 service",
    ];
    assert_eq!(order(&outcome, "#1002"), expected);
    // prices with tax: 3.00 of 18.00 + 5.00 are 2.35 and 0.65; all of it back
    let expected = [
        "PLATE 1 15.65 sale",
        "(shipping) 1 4.35 service",
        "(tax) 1 3.00 service",
        "PLATE -1 -15.65 return",
        "(shipping) 0 -4.35 service",
        "(tax) 0 -3.00 service",
    ];
    assert_eq!(order(&outcome, "#1003"), expected);
    let expected = ["Gift Card - 50 1 50.00 service", "PLATE 1 20.00 sale", "(tip) 1 2.00 service"];
    assert_eq!(order(&outcome, "#1008"), expected);
    assert_eq!(services(&outcome), ["shipping 3 4.90", "tax 4 3.00", "tip 1 2.00", "gift card 1 50.00"]);
}

#[test]
fn a_shopify_export_adds_up() {
    let outcome = shopify(options("retail"));
    let report = outcome.report();
    let set_aside = |name: &str| rule(report, name);
    assert_eq!(set_aside("cancelled-order"), (1, "10.00".into()));
    assert_eq!(set_aside("unpaid-order"), (2, "14.90".into()));
    assert_eq!(set_aside("voided-order"), (1, "10.00".into()));
    assert_eq!(set_aside("test-order"), (1, "10.00".into()));
    assert_eq!(set_aside("other-currency"), (1, "8.00".into()));
    assert_eq!(set_aside("repeated-order"), (3, "39.90".into()));
    assert_eq!(set_aside("duplicate"), (0, "0.00".into()));
    let sums = [report.sales_amount, report.returns_amount, report.services_amount, report.after.amount];
    assert_eq!(sums.map(|sum| sum.to_string()), ["90.64", "-20.65", "59.90", "129.89"]);
    assert_eq!((report.before.discount, report.after.discount), (money("12.00"), money("7.00")));
    let repeated = report.rules.iter().find(|rule| rule.rule == "repeated-order").unwrap();
    assert_eq!(repeated.discount, money("5.00"));
    let form = report.order_form.clone().unwrap();
    let expected = OrderForm {
        rows: 14,
        order_rows: 0,
        lines_made: 13,
        orders: 10,
        total: Some(money("243.69")),
        ..OrderForm::default()
    };
    assert_eq!((form, report.lines_read, report.lines_accepted), (expected, 27, 18));
    let joined = report.joined_by_email;
    assert_eq!((joined.orders, joined.joined_an_account, joined.customers), (4, 0, 3));
    assert_eq!(report.currency.as_deref(), Some("EUR"));
    assert_eq!(report.file.recognised.as_deref(), Some("Shopify orders"));
    assert!(outcome.inspection.order_form && !report.derived_orders);
    let quarantined = outcome.quarantined.iter().find(|line| line.rule == "unpaid-order").unwrap();
    assert_eq!((quarantined.line, quarantined.reason.contains("never paid")), (7, true));
    assert!(quarantined.raw.starts_with("#1004,cyd@example.org,pending"));
}

#[test]
fn an_address_is_one_customer_whatever_its_case() {
    let outcome = shopify(options("retail"));
    let customers: Vec<_> = outcome.lines.iter().map(|line| line.customer.as_deref().unwrap()).collect();
    assert_eq!(customers.iter().filter(|&&customer| customer == "ann@example.org").count(), 9);
    let contacts = &outcome.finished.customers;
    let shown: Vec<_> = contacts
        .iter()
        .map(|(code, known)| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let who = [&known.email, &known.name, &known.surname, &known.city, &known.country].map(text);
            (*code, who.join("|"), known.may_contact)
        })
        .collect();
    let expected = [
        (0, "ann@example.org|Ann|Lee-Fox|Bonn|DE".to_owned(), Some(false)),
        (1, "bob@example.org|Bob||Graz|AT".to_owned(), Some(false)),
        (2, "dan@example.org|Dan|Ott|Bern|CH".to_owned(), Some(false)),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn times_go_to_the_zone_that_is_told() {
    let as_written = shopify(options("retail"));
    assert_eq!(moment(as_written.lines[0].timestamp), "2024-01-31 23:30:00");
    let words = "as written; the file's offsets are \u{2212}05:00 and \u{2212}04:00";
    assert_eq!((as_written.report().times.as_str(), as_written.inspection.times.as_str()), (words, words));
    let zone = Some("Europe/Berlin".parse().unwrap());
    let moved = shopify(ReadOptions { time_zone: zone, ..options("retail") });
    assert_eq!(moment(moved.lines[0].timestamp), "2024-02-01 05:30:00");
    // 10:00 −04:00 is 14:00 UTC, 16:00 in Berlin on the day its summer time begins
    assert_eq!(moment(moved.lines[3].timestamp), "2024-03-31 16:00:00");
    assert_eq!(moved.report().times, "moved from their offsets to Europe/Berlin");
    assert_ne!(moved.report().settings_sha256, as_written.report().settings_sha256);
}

#[test]
fn two_currencies_are_refused_with_the_count_of_each() {
    let error = read(&fixture("shopify.csv"), &options("retail")).unwrap_err().to_string();
    let words = "holds several currencies (9 orders in EUR, 1 order in GBP): sums of them mean nothing; say which \
                 one to read with --currency EUR or --currency GBP (the others are set aside)";
    assert!(error.contains(words), "{error}");
    let told = |currency: &str| ReadOptions { currency: Some(currency.to_owned()), ..options("none") };
    let pounds = read(&fixture("shopify.csv"), &told("£")).unwrap();
    assert_eq!((pounds.lines.len(), pounds.report().currency.as_deref()), (1, Some("GBP")));
    assert_eq!(pounds.report().order_form.as_ref().unwrap().total, Some(money("8.00")));
    let error = read(&fixture("shopify.csv"), &told("USD")).unwrap_err();
    assert!(matches!(&error, IngestError::OtherCurrency { counts, .. } if counts.len() == 2), "{error}");
    let error = read_text("customer,date,amount\n1,2024-01-05,5\n", &told("euros")).unwrap_err();
    assert!(matches!(error, IngestError::NoCurrency { .. }));
    let told = read_text("customer,date,amount\n1,2024-01-05,5\n", &told("chf")).unwrap();
    assert_eq!(told.report().currency.as_deref(), Some("CHF"));
}

#[test]
fn without_the_formats_rules_every_order_counts() {
    let outcome = shopify(options("none"));
    assert_eq!(rule(outcome.report(), "cancelled-order"), (0, "absent".into()));
    assert_eq!(outcome.report().lines_quarantined, 1);
    assert_eq!(outcome.report().order_form.as_ref().unwrap().total, Some(money("243.69")));
}

#[test]
fn woocommerce_with_a_row_per_order_and_one_per_item() {
    let outcome = read(&fixture("woocommerce_orders.csv"), &options("retail")).unwrap();
    let expected = [
        "TEA 2 18.00 sale",
        "POT 1 9.00 sale",
        "(shipping) 1 4.95 service",
        "(tax) 1 6.00 service",
        "(fee) 1 1.00 service",
    ];
    assert_eq!(order(&outcome, "101"), expected);
    assert_eq!(order(&outcome, "102"), ["TEA 1 12.50 sale", "TEA 0 -2.50 return"]);
    assert_eq!(order(&outcome, "103"), ["POT 2 20.00 sale", "POT -2 -20.00 return"]);
    assert_eq!(order(&outcome, "107"), ["Gift Card 1 25.00 service"]);
    assert_eq!((outcome.lines[0].discount.as_str(), outcome.lines[1].discount.as_str()), ("2.00", "1.00"));
    assert_eq!(outcome.lines[0].unit_price, "10.00");
    let report = outcome.report();
    let sums = [report.sales_amount, report.returns_amount, report.services_amount];
    assert_eq!(sums.map(|sum| sum.to_string()), ["59.50", "-22.50", "36.95"]);
    let form = report.order_form.clone().unwrap();
    let expected = OrderForm {
        rows: 15,
        order_rows: 7,
        lines_made: 5,
        orders: 7,
        total: Some(money("126.45")),
        ..OrderForm::default()
    };
    assert_eq!((form, report.lines_read), (expected, 13));
    assert_eq!(rule(report, "cancelled-order"), (1, "10.00".into()));
    assert_eq!(rule(report, "unpaid-order"), (2, "20.00".into()));
    // the account of Ida's address stands on a cancelled order only
    let customers: Vec<_> = outcome.lines.iter().map(|line| line.customer.as_deref().unwrap()).collect();
    assert_eq!(customers, ["7", "7", "7", "7", "7", "7", "7", "hal@example.org", "hal@example.org", "8"]);
    let joined = report.joined_by_email;
    assert_eq!((joined.orders, joined.joined_an_account, joined.customers), (3, 2, 1));
    assert_eq!((outcome.inspection.guest_orders, report.currency.as_deref()), (3, Some("EUR")));
}

#[test]
fn woocommerce_with_the_order_on_every_item_is_the_same() {
    let lines = |name: &str| {
        let mut outcome = read(&fixture(name), &options("retail")).unwrap();
        outcome.lines.iter_mut().for_each(|line| line.line = 0);
        (outcome.lines, outcome.finished.customers, outcome.finished.report.joined_by_email)
    };
    assert_eq!(lines("woocommerce_items.csv"), lines("woocommerce_orders.csv"));
    let report = read(&fixture("woocommerce_items.csv"), &options("retail")).unwrap().finished.report;
    let form = report.order_form.unwrap();
    assert_eq!((form.rows, form.order_rows, form.total), (8, 0, Some(money("126.45"))));
}

#[test]
fn the_size_of_batches_changes_nothing() {
    for name in ["shopify.csv", "woocommerce_orders.csv"] {
        let read = |batch_lines| {
            let currency = Some("EUR".to_owned());
            let options = ReadOptions { batch_lines, currency, ..options("retail") };
            let columns = read_columns(&fixture(name), &options, Known::default()).unwrap();
            let lines: Vec<_> = columns.batches.iter().flat_map(|batch| batch.amount.clone()).collect();
            (lines, columns.quarantined, columns.finished)
        };
        let whole = read(16_384);
        for size in [1, 2, 3, 7] {
            assert_eq!(read(size), whole, "{name} {size}");
        }
    }
}

#[test]
fn an_analytics_export_has_one_row_per_order_and_no_products() {
    let text = "Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution\n\
        2024-05-01 09:00:00,11,completed,Gil Hart,returning,\"2× Tea, 1× Pot\",3,,27.00,Direct\n\
        2024-05-02 09:00:00,12,failed,Ida Jan,new,1× Pot,1,,10.00,Direct\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(order(&outcome, "11"), ["- 3 27.00 sale"]);
    assert_eq!(rule(outcome.report(), "unpaid-order"), (1, "10.00".into()));
    assert_eq!(outcome.report().after.products, 0);
}

#[test]
fn an_advanced_export_with_quantities_less_refunds_takes_no_refund_twice() {
    let text = "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),Country Code (Billing),\
        Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item Name,\
        Quantity (- Refund),Item Cost\n\
        1,Completed,2024-05-01 09:00,Gil,gil@example.org,DE,5.00,10.00,35.00,0.00,TEA,Tea,2,10.00\n\
        2,Completed,2024-05-01 10:00,Gil,gil@example.org,DE,0,0,20.00,0,TEA,Tea,1,10.00\n\
        2,Completed,2024-05-01 10:00,Gil,gil@example.org,DE,0,0,20.00,0,POT,Pot,2,5.00\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(order(&outcome, "1"), ["TEA 2 20.00 sale", "(shipping) 1 5.00 service"]);
    assert_eq!(order(&outcome, "2"), ["TEA 1 10.00 sale", "POT 2 10.00 sale"]);
    assert_eq!(outcome.report().order_form.as_ref().unwrap().disagreeing_orders, 0);
}

#[test]
fn whole_orders_of_any_shop_keep_shipping_and_tax_apart() {
    let text = "order,customer,date,total,shipping,tax,status\n\
        1,7,2024-01-05,119.00,10.00,19.00,paid\n\
        2,7,2024-01-06,50.00,0,0,cancelled\n\
        3,8,2024-01-07,20.00,,,\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(
        order(&outcome, "1"),
        ["- 1 90.00 sale", "(shipping) 1 10.00 service", "(tax) 1 19.00 service"]
    );
    assert_eq!(order(&outcome, "3"), ["- 1 20.00 sale"]);
    assert_eq!(rule(outcome.report(), "cancelled-order"), (1, "50.00".into()));
    let form = outcome.report().order_form.clone().unwrap();
    assert_eq!((form.rows, form.lines_made, form.total), (3, 2, Some(money("189.00"))));
    // without such columns a total is the amount, and nothing is made
    let plain = read_text("customer,date,total\n7,2024-01-05,119.00\n", &options("retail")).unwrap();
    assert_eq!((plain.report().order_form.clone(), plain.shown().len()), (None, 1));
}

#[test]
fn an_order_that_cannot_be_read_whole_is_counted_and_not_lost() {
    let header = "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,\
        Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount\n";
    // the first row of #1 is cut off; #2 has no readable shipping; #3 contradicts itself; #4 is fine
    let rows = "#1,ann@example.org,,,,,,,,2024-01-05 10:00:00 +0100,1,Mug,10.00,MUG,\n\
        #2,bob@example.org,paid,EUR,10.00,free,0.00,14.00,0.00,2024-01-05 10:00:00 +0100,1,Mug,10.00,MUG,0\n\
        #3,cyd@example.org,paid,EUR,99.00,0.00,0.00,99.00,0.00,2024-01-05 10:00:00 +0100,1,Mug,10.00,MUG,0\n\
        #4,dan@example.org,paid,EUR,10.00,0.00,0.00,10.00,0.00,2024-01-05 10:00:00 +0100,1,Mug,10.00,MUG,0\n\
        #4,dan@example.org,,,,,,,,2024-01-05 10:00:00 +0100,one,Mug,10.00,MUG,\n\
        #5,eve@example.org,paid,EUR,10.00,0.00,0.00,10.00,0.00,,1,Mug,10.00,MUG,0\n";
    let outcome = read_text(format!("{header}{rows}"), &options("retail")).unwrap();
    assert_eq!(outcome.lines.len(), 4);
    let form = outcome.report().order_form.clone().unwrap();
    // −10.00 for #1, 4.00 for #2, 89.00 for #3
    assert_eq!((form.disagreeing_orders, form.disagreeing_amount), (3, money("83.00")));
    let told: Vec<_> = outcome.quarantined.iter().map(|line| (line.line, line.reason.as_str())).collect();
    let expected = [
        (3, "column 'Shipping' has 'free', which is no number"),
        (6, "column 'Lineitem quantity' has 'one', which is no number"),
        (7, "column 'Created at' is empty"),
    ];
    assert_eq!(told, expected);
    assert_eq!((form.rows, form.lines_made), (6, 1));
}

#[test]
fn refunds_with_a_date_of_their_own_count_on_it() {
    let header = "row_type,order_id,order_number,date_created,status,billing_email,order_total,item_name,item_sku,\
        item_quantity,item_subtotal,item_total\n";
    let rows = "order,1,1,2024-05-01,completed,a@example.org,30.00,,,,,\n\
        line_item,1,1,,,,,Tea,TEA,3,30.00,30.00\n\
        refund,1,1,2024-06-02,,,-10.00,,,,,\n";
    let outcome = read_text(format!("{header}{rows}"), &options("retail")).unwrap();
    assert_eq!(order(&outcome, "1"), ["TEA 3 30.00 sale", "TEA 0 -10.00 return"]);
    let days: Vec<_> = outcome.shown();
    assert_eq!(days, ["a@example.org 2024-05-01 00:00:00 30.00", "a@example.org 2024-06-02 00:00:00 -10.00"]);
    let form = outcome.report().order_form.clone().unwrap();
    assert_eq!((form.order_rows, form.refunds_dated, form.total), (2, true, Some(money("30.00"))));

    let text = "order,customer,date,total,refunded amount,refund date\n\
        1,7,2024-05-01,20.00,5.00,2024-05-09\n2,7,2024-05-02,20.00,5.00,soon\n3,7,2024-05-03,20.00,,\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    let expected = [
        "7 2024-05-01 00:00:00 20.00",
        "7 2024-05-09 00:00:00 -5.00",
        "7 2024-05-02 00:00:00 20.00",
        "7 2024-05-02 00:00:00 -5.00",
        "7 2024-05-03 00:00:00 20.00",
    ];
    assert_eq!(outcome.shown(), expected);
    assert_eq!(outcome.quarantined[0].reason, "column 'refund date' has 'soon', which is no date");
}

#[test]
fn beside_prices_a_total_of_the_order_is_not_that_of_the_line() {
    let text = "order,customer,date,product name,quantity,price,order total,order discount\n\
        1,7,2024-05-01,Tea,2,10.00,19.00,3.00\n1,7,2024-05-01,Tip,1,2.00,19.00,3.00\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(order(&outcome, "1"), ["Tea 2 17.00 sale", "Tip 1 2.00 service"]);
    assert_eq!(services(&outcome), ["tip 1 2.00"]);
    assert_eq!(outcome.report().order_form.as_ref().unwrap().disagreeing_orders, 0);
    // goods brought back in the same order lessen it
    let text = format!("{text}1,7,2024-05-01,Pot,-1,8.00,11.00,\n").replace("19.00", "11.00");
    let outcome = read_text(text, &options("retail")).unwrap();
    let expected = ["Tea 2 17.00 sale", "Tip 1 2.00 service", "Pot -1 -8.00 return"];
    assert_eq!(order(&outcome, "1"), expected);
}

#[test]
fn lines_with_a_status_stand_for_themselves() {
    let text = "order,customer,date,sku,quantity,price,status\n\
        1,7,2024-05-01,A,1,10.00,Shipped\n1,7,2024-05-01,B,1,5.00,Cancelled\n\
        2,8,2024-05-02,A,1,10.00,Refunded\n1,7,2024-05-01,A,1,10.00,Shipped\n1,7,2024-05-01,C,2,2.00,Shipped\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(order(&outcome, "1"), ["A 1 10.00 sale", "C 2 4.00 sale"]);
    assert_eq!(order(&outcome, "2"), ["A 1 10.00 sale", "A -1 -10.00 return"]);
    assert_eq!(rule(outcome.report(), "cancelled-order"), (1, "5.00".into()));
    assert_eq!(rule(outcome.report(), "duplicate"), (1, "10.00".into()));
    assert_eq!(rule(outcome.report(), "repeated-order"), (0, "0.00".into()));
    let form = outcome.report().order_form.clone().unwrap();
    assert_eq!((form.rows, form.orders, form.lines_made, form.total), (5, 2, 1, None));
}

#[test]
fn discounts_in_percent_are_refused_with_the_way_out() {
    let text = "order,customer,date,sku,quantity,price,discount\n1,7,2024-01-05,A,1,10.00,15%\n";
    let error = read_text(text, &options("retail")).unwrap_err().to_string();
    let words = "line 2, column 'discount' has '15%': a percentage, where discount is read as an amount of money; \
                 leave the column out with --map discount=, or write the amounts into it";
    assert!(error.contains(words), "{error}");
    let by_heading = text.replace("discount\n", "Discount (%)\n").replace("15%", "15");
    assert!(matches!(read_text(by_heading, &options("retail")), Err(IngestError::Percentages { .. })));
    let told = ReadOptions { map: Some("discount=".parse().unwrap()), ..options("retail") };
    assert_eq!(read_text(text, &told).unwrap().lines[0].amount, "10.00");
}

#[test]
fn a_log_with_addresses_needs_no_customer_ids_and_joins_both() {
    let text = "order,email,customer id,date,sku,quantity,price\n\
        1,Ann@example.org,,2024-01-05,A,1,10.00\n2,ann@Example.ORG,17,2024-01-06,A,1,10.00\n3,bob@example.org,0,2024-01-06,A,1,10.00\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    let customers: Vec<_> = outcome.lines.iter().map(|line| line.customer.as_deref().unwrap()).collect();
    assert_eq!(customers, ["17", "17", "bob@example.org"]);
    let joined = outcome.report().joined_by_email;
    assert_eq!((joined.orders, joined.joined_an_account, joined.customers), (2, 1, 1));
    assert_eq!(outcome.report().order_form, None);
    let bare = "order,email,date,sku,quantity,price\n1,Ann@example.org,2024-01-05,A,1,10.00\n2,,2024-01-05,B,1,1.00\n";
    let outcome = read_text(bare, &options("retail")).unwrap();
    assert_eq!(outcome.lines[0].customer.as_deref(), Some("ann@example.org"));
    assert_eq!(outcome.rule("no-customer"), (1, "1.00".into()));
    assert_eq!(outcome.finished.customers.len(), 1);
}

#[test]
fn times_in_a_column_of_utc_are_moved_without_an_offset_behind_them() {
    let text = "customer,order,date_gmt,amount\n7,1,2024-07-01 22:30:00,5\n";
    let zone = Some("Europe/Berlin".parse().unwrap());
    let told =
        ReadOptions { time_zone: zone, map: Some("date=date_gmt".parse().unwrap()), ..options("retail") };
    let outcome = read_text(text, &told).unwrap();
    assert_eq!(outcome.shown(), ["7 2024-07-02 00:30:00 5.00"]);
    assert_eq!(outcome.report().times, "moved from their offsets to Europe/Berlin");
    let plain = ReadOptions { time_zone: zone, ..options("retail") };
    let outcome = read_text(text.replace("_gmt", ""), &plain).unwrap();
    assert_eq!(outcome.shown(), ["7 2024-07-01 22:30:00 5.00"]);
}

/// An order of a Shopify export: prices and quantities, discount, shipping, tax, whether prices include it, refund.
type Drawn = (Vec<(u32, u32)>, u32, u32, u32, bool, u32);

fn rows_of(number: usize, (items, discount, shipping, tax, included, refund): &Drawn) -> (String, i64, i64) {
    let cents = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    let goods: i64 = items.iter().map(|&(quantity, price)| i64::from(quantity) * i64::from(price)).sum();
    let (discount, shipping) = (i64::from(*discount).min(goods), i64::from(*shipping));
    let subtotal = goods - discount;
    let tax = if *included { i64::from(*tax).min(subtotal / 4) } else { i64::from(*tax) };
    let total = subtotal + shipping + if *included { 0 } else { tax };
    let refund = i64::from(*refund).min(total);
    let mut rows = String::new();
    for (place, (quantity, price)) in items.iter().enumerate() {
        let order = match place {
            0 => [subtotal, shipping, tax, total, discount, refund].map(cents).join(","),
            _ => ",,,,,".to_owned(),
        };
        let status = if place == 0 { "paid" } else { "" };
        let price = cents(i64::from(*price));
        rows += &format!(
            "#{number},c{number}@example.org,{status},{order},2024-05-01,{quantity},A{place},{price}\n"
        );
    }
    (rows, total, refund)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_is_sold_adds_up_to_the_totals_of_the_file(
        orders in proptest::collection::vec(
            (
                proptest::collection::vec((1_u32..5, 1_u32..20_000), 1..5),
                0_u32..9_000,
                0_u32..900,
                0_u32..4_000,
                any::<bool>(),
                prop_oneof![Just(0), 0_u32..50_000],
            ),
            1..12,
        ),
        batch_lines in 1_usize..9,
    ) {
        let header = "Name,Email,Financial Status,Subtotal,Shipping,Taxes,Total,Discount Amount,Refunded Amount,\
            Created at,Lineitem quantity,Lineitem name,Lineitem price\n";
        let mut text = header.to_owned();
        let (mut totals, mut refunds) = (0, 0);
        for (number, order) in orders.iter().enumerate() {
            let (rows, total, refund) = rows_of(number, order);
            text += &rows;
            totals += total;
            refunds += refund;
        }
        let outcome = read_text(&text, &options("none")).unwrap();
        let report = outcome.report();
        let form = report.order_form.clone().unwrap();
        prop_assert_eq!(form.total.unwrap().ten_thousandths(), totals * 100);
        prop_assert_eq!((form.disagreeing_orders, form.disagreeing_amount), (0, money("0")));
        prop_assert_eq!(report.after.amount.ten_thousandths(), (totals - refunds) * 100);
        let small = read_text(&text, &ReadOptions { batch_lines, ..options("none") }).unwrap();
        prop_assert_eq!(&small.lines, &outcome.lines);
        prop_assert_eq!(small.report(), report);
    }
}
