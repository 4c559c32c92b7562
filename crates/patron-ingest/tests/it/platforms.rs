//! What platforms and plugins write besides the plain case; the sums were made by hand.

use patron_domain::{Money, StatusMeaning};
use patron_ingest::IngestError;

use crate::support::{Line, Outcome, options, read_text, rule};

fn order(outcome: &Outcome, number: &str) -> Vec<String> {
    let shown = |line: &Line| {
        let product = line.product.as_deref().unwrap_or("-");
        format!("{product} {} {} {}", line.quantity, line.amount, line.kind.word())
    };
    outcome.lines.iter().filter(|line| line.order == number).map(shown).collect()
}

/// Rows of a WooCommerce Analytics export: date, order, status, customer, items, net revenue.
fn analytics(rows: &[&str]) -> Outcome {
    let header = "Date,Order #,Status,Customer,Items Sold,N. Revenue,Product(s)\n";
    let rows: String = rows.iter().map(|row| format!("{row},1× Mug\n")).collect();
    read_text(format!("{header}{rows}"), &options("retail")).unwrap()
}

fn check_analytics(rows: &[&str], expected: &str) {
    for turned in [false, true] {
        let mut rows = rows.to_vec();
        if turned {
            rows.reverse();
        }
        let outcome = analytics(&rows);
        assert_eq!(outcome.report().after.amount.to_string(), expected, "{rows:?}");
        assert_eq!(rule(outcome.report(), "repeated-order"), (0, "0.00".into()));
        assert!(outcome.report().order_form.as_ref().unwrap().refunds_dated);
    }
}

#[test]
fn refunds_as_rows_with_the_number_of_their_order_count_on_their_own_day() {
    let (mug, other) =
        ("2024-11-04 10:00:00,310,completed,Bob B,5,100.00", "2024-11-05,311,completed,Cy,1,15.00");
    check_analytics(&["2024-11-10 09:00:00,310,completed,Bob B,0,-20.00", other, mug], "95.00");
    check_analytics(&["2024-11-10 09:00:00,310,completed,Bob B,0,-20.00", mug, other], "95.00");
    let refunded = "2024-11-04 10:00:00,310,refunded,Bob B,1,15.00";
    check_analytics(&["2024-11-10,310,refunded,Bob B,-1,-15.00", other, refunded], "15.00");
    // under a number of its own
    check_analytics(&["2024-11-10,312,refunded,Bob B,-1,-15.00", other, refunded], "15.00");
    // two of them, and an order that was cancelled takes its refund along
    check_analytics(
        &["2024-11-10,310,completed,Bob B,0,-20.00", "2024-11-11,310,completed,Bob B,0,-5.00", mug],
        "75.00",
    );
    let cancelled = "2024-11-04 10:00:00,310,cancelled,Bob B,1,15.00";
    check_analytics(&["2024-11-10,310,completed,Bob B,-1,-15.00", other, cancelled], "15.00");
    let outcome = analytics(&["2024-11-10 09:00:00,310,completed,Bob B,0,-20.00", other, mug]);
    assert_eq!(outcome.shown()[0], "Bob B 2024-11-10 09:00:00 -20.00");
    assert_eq!(outcome.report().order_form.as_ref().unwrap().orders, 2);
    let notices = outcome.report().notices.join(" ");
    assert!(notices.contains("by their name alone (column 'Customer')"), "{notices}");
    assert!(notices.contains("not read ('Product(s)'"), "{notices}");
    assert_eq!(outcome.inspection.notices, outcome.report().notices);
}

const ADVANCED: &str = "Order Number,Order Status,Order Date,Email (Billing),Cart Discount Amount,\
    Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,\
    Item Name,Quantity (- Refund),Item Cost\n";

#[test]
fn quantities_less_refunds_beside_tax_take_no_refund_twice() {
    let rows = "802,Completed,2024-11-03,b@x.de,0,20.00,0,11.90,23.80,3.80,MUG,Tasse,1,10.00\n\
        803,Completed,2024-11-03,b@x.de,0,20.00,0,5.95,23.80,3.80,MUG,Tasse,2,10.00\n\
        804,Completed,2024-11-03,b@x.de,4.00,40.00,0,21.42,42.84,6.84,MUG,Tasse,2,10.00\n\
        804,Completed,2024-11-03,b@x.de,4.00,40.00,0,21.42,42.84,6.84,TEA,Tee,0,20.00\n";
    let outcome = read_text(format!("{ADVANCED}{rows}"), &options("none")).unwrap();
    let goods = |number: &str| -> Money {
        let own = outcome.lines.iter().filter(|line| line.order == number);
        own.filter(|line| line.kind != patron_domain::LineKind::Service)
            .map(|line| line.amount.parse::<Money>().unwrap())
            .sum()
    };
    assert_eq!(["802", "803", "804"].map(|number| goods(number).to_string()), ["10.00", "15.00", "18.00"]);
    // 23.80 − 11.90, 23.80 − 5.95, 42.84 − 21.42
    assert_eq!(outcome.report().after.amount.to_string(), "51.17");
}

#[test]
fn statuses_in_other_languages_are_understood_and_unknown_ones_told() {
    let statuses =
        ["Versandt", "Storniert", "In Wartestellung", "Rückerstattet", "Fehlgeschlagen", "Im Keller"];
    let rows: String = statuses
        .iter()
        .enumerate()
        .map(|(number, status)| {
            format!("{number},{status},2024-11-03,b@x.de,0,20.00,0,0,23.80,3.80,MUG,Tasse,2,10.00\n")
        })
        .collect();
    let outcome = read_text(format!("{ADVANCED}{rows}"), &options("retail")).unwrap();
    let report = outcome.report();
    assert_eq!(report.after.amount.to_string(), "47.60");
    assert_eq!(rule(report, "cancelled-order"), (2, "23.80".into()));
    assert_eq!(rule(report, "unpaid-order"), (4, "47.60".into()));
    assert_eq!(rule(report, "unknown-status"), (2, "23.80".into()));
    let mut told: Vec<_> = report.statuses.iter().map(|one| (one.status.as_str(), one.meaning)).collect();
    told.sort_unstable();
    let expected = [
        ("Fehlgeschlagen", StatusMeaning::Unpaid),
        ("Im Keller", StatusMeaning::Unknown),
        ("In Wartestellung", StatusMeaning::Unpaid),
        ("Rückerstattet", StatusMeaning::Refunded),
        ("Storniert", StatusMeaning::Cancelled),
        ("Versandt", StatusMeaning::Sale),
    ];
    assert_eq!(told, expected);
    assert!(report.statuses.iter().all(|status| status.orders == 1));
    // tax is no product, before and after
    assert_eq!((report.before.products, report.after.products), (1, 1));
}

#[test]
fn items_and_refunds_packed_in_columns_are_read() {
    let text = "order_id,order_number,order_date,status,shipping_total,order_total,billing_email,refund_items,line_item_1,line_item_2\n\
        404,404,2024-11-03 10:00:00,completed,5.00,55.00,bob@x.com,amount:20.00|reason:|date:2024-11-20 12:00:00,\
        name:Mug|product_id:11|sku:MUG|quantity:2|total:30.00|sub_total:30.00,name:Tea|sku:TEA|quantity:1|total:20.00|sub_total:20.00\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    let expected = [
        "MUG 2 30.00 sale",
        "TEA 1 20.00 sale",
        "(shipping) 1 5.00 service",
        "MUG 0 -12.00 return",
        "TEA 0 -8.00 return",
    ];
    assert_eq!(order(&outcome, "404"), expected);
    assert_eq!(outcome.shown()[3], "bob@x.com 2024-11-20 12:00:00 -12.00");
    assert_eq!(outcome.report().notices, [] as [&str; 0]);
    assert_eq!(outcome.report().after.products, 2);
}

const SHOPIFY: &str = "Name,Email,Financial Status,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,\
    Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Duties\n";

fn shopify(rows: &str) -> Result<Outcome, IngestError> {
    read_text(format!("{SHOPIFY}{rows}"), &options("retail"))
}

#[test]
fn a_sorted_shopify_file_is_refused() {
    let first = "#1,a@x.com,paid,30.00,0,0,30.00,0,2024-11-05,1,Mug,20.00,MUG,true,true,\n";
    let (second, more) =
        (first.replace("#1", "#2"), "#1,a@x.com,,,,,,,2024-11-05,1,Tea,10.00,TEA,true,true,\n");
    let error = shopify(&format!("{first}{second}{more}")).unwrap_err().to_string();
    assert!(error.contains("line 4 belongs to order #1"), "{error}");
    assert!(error.contains("sort it by the order number (column 'Name')"), "{error}");
    assert!(matches!(shopify(&format!("{more}{second}{first}")), Err(IngestError::Scattered { .. })));
    // a file that was glued together repeats whole orders
    let outcome = shopify(&format!("{first}{more}{second}{first}{more}")).unwrap();
    assert_eq!(outcome.rule("repeated-order").0, 2);
}

#[test]
fn repeated_headings_are_set_aside_and_counted() {
    let row = "#1,a@x.com,paid,20.00,0,0,20.00,0,2024-11-05,1,Mug,20.00,MUG,true,true,\n";
    let outcome = shopify(&format!("{row}{SHOPIFY}{}", row.replace("#1", "#2"))).unwrap();
    assert_eq!((outcome.lines.len(), outcome.rule("repeated-header").0), (2, 1));
    let log = "customer,date,amount\n1,2024-01-05,5\ncustomer,date,amount\n1,2024-01-06,5\n";
    let outcome = read_text(log, &options("retail")).unwrap();
    assert_eq!((outcome.lines.len(), outcome.rule("repeated-header").0), (2, 1));
}

#[test]
fn free_shipping_duties_gift_cards_and_edited_orders() {
    let rows = "#1,a@x.com,paid,20.00,4.90,0,20.00,4.90,2024-11-05,1,Mug,20.00,MUG,true,true,\n\
        #2,a@x.com,paid,25.00,0,0,30.00,0,2024-11-05,1,Leather gift card holder,25.00,HOLD,true,true,5.00\n\
        #3,a@x.com,paid,25.00,0,0,25.00,0,2024-11-05,1,Gutschein 25 EUR,25.00,GUT25,false,false,\n\
        #4,a@x.com,paid,20.00,0,0,20.00,0,2024-11-05,1,Mug,30.00,MUG,true,true,\n\
        #5,a@x.com,pending,0.00,4.90,0,4.90,0,2024-11-05,1,Pen,0.00,PEN,true,true,\n";
    let outcome = shopify(rows).unwrap();
    assert_eq!(order(&outcome, "#1"), ["MUG 1 20.00 sale", "(shipping) 1 0.00 service"]);
    assert_eq!(order(&outcome, "#2"), ["HOLD 1 25.00 sale", "(duties) 1 5.00 service"]);
    assert_eq!(order(&outcome, "#3"), ["GUT25 1 25.00 service"]);
    assert_eq!(order(&outcome, "#4"), ["MUG 1 20.00 sale"]);
    let services: Vec<_> = outcome.report().services.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(services, ["shipping", "gift card", "duties"]);
    let form = outcome.report().order_form.clone().unwrap();
    assert_eq!((form.edited_orders, form.edited_amount.to_string().as_str()), (1, "10.00"));
    assert!(outcome.quarantined.iter().all(|line| line.rule == "unpaid-order"));
    assert!(outcome.quarantined[1].reason.contains("shipping line"), "{}", outcome.quarantined[1].reason);
    assert_eq!(outcome.report().after.products, 2);
}
