//! A later export is compared with what earlier imports hold, order by order.

use patron_domain::{LineKind, Money, line_key};
use patron_ingest::Known;

use crate::support::{Outcome, fixture, options, read, read_text, read_with};

/// What an import of these lines would hold.
fn held(outcome: &Outcome) -> Known {
    let mut known = Known::default();
    for line in &outcome.lines {
        let sku = line.product.as_deref().unwrap_or("");
        let key =
            line_key(&line.order, sku, line.timestamp, line.quantity, line.amount.parse::<Money>().unwrap());
        *known.lines.entry(key).or_insert(0) += 1;
        *known.orders.entry(line.order.clone()).or_insert(0) += 1;
    }
    known
}

#[test]
fn an_order_of_an_earlier_import_is_set_aside_line_by_line() {
    let options = options("retail");
    let path = fixture("woocommerce_orders.csv");
    let first = read(&path, &options).unwrap();
    assert!(first.lines.iter().any(|line| line.kind == LineKind::Return));
    let again = read_with(&path, &options, held(&first)).unwrap();
    assert_eq!((again.lines.len(), again.rule("already-imported").0), (0, 10));
    let known: Vec<_> = again.finished.known_orders.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(known, ["101", "102", "103", "107"], "those set aside were never held");
    assert_eq!(again.finished.changed_orders().count(), 0);
}

/// Which of the orders #1 (pots, shipping), #2 (a tea, a cup) and #3 (unpaid) have changed where `from` reads `to`.
fn check_changed(from: &str, to: &str, expected: &[&str]) {
    let text = "Name,Email,Financial Status,Created at,Shipping,Total,Refunded Amount,Cancelled at,Lineitem name,\
        Lineitem quantity,Lineitem price\n\
        #1,ann@example.org,paid,2024-05-01,5.00,25.00,0.00,,Pot,2,10.00\n\
        #2,ann@example.org,paid,2024-05-02,0.00,7.00,0.00,,Tea,1,4.00\n\
        #2,,,,,,,,Cup,1,3.00\n\
        #3,ann@example.org,pending,2024-05-03,0.00,4.00,0.00,,Tea,1,4.00\n";
    let first = read_text(text, &options("retail")).unwrap();
    assert_eq!(first.lines.len(), 4);
    assert!(text.contains(from), "{from}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.csv");
    std::fs::write(&path, text.replace(from, to)).unwrap();
    let later = read_with(&path, &options("retail"), held(&first)).unwrap();
    assert_eq!(later.finished.changed_orders().collect::<Vec<_>>(), expected, "{from} → {to}");
}

#[test]
fn an_order_that_is_another_one_now_is_named() {
    check_changed("#1", "#1", &[]);
    check_changed("7.00,0.00,", "7.00,2.00,", &["#2"]); // given back
    check_changed("7.00,0.00,", "7.00,0.00,2024-06-01", &["#2"]); // cancelled
    check_changed("paid,2024-05-01", "voided,2024-05-01", &["#1"]); // set aside for another reason
    check_changed("Pot,2,10.00", "Pot,1,20.00", &["#1"]);
    check_changed("#2,,,,,,,,Cup,1,3.00\n", "", &["#2"]); // an item is gone
    check_changed("25.00,0.00,,Pot,2,10.00", "5.00,0.00,,,,", &["#1"]); // all of them are
    check_changed("5.00,25.00,0.00,,Pot,2,10.00", "0.00,0.00,0.00,,,,", &["#1"]); // with the shipping
    check_changed("Cup,1,3.00", "Cup,1,x", &["#2"]); // no longer readable
    check_changed("pending", "paid", &[]); // what was set aside before comes in
    check_changed("#3,ann@example.org,pending", "#4,ann@example.org,paid", &[]); // so does a new order
    check_changed("#2", "#5", &[]); // an order that the file lacks is none of it
}

#[test]
fn lines_with_a_status_of_their_own_are_compared_one_by_one() {
    let text = "order,email,status,date,sku,quantity,amount\n1,ann@example.org,shipped,2024-05-01,POT,1,5.00\n\
        1,ann@example.org,shipped,2024-05-01,TEA,1,4.00\n2,ann@example.org,shipped,2024-05-02,TEA,1,4.00\n2,ann@example.org,cancelled,2024-05-02,TEA,1,4.00\n";
    let first = read_text(text, &options("retail")).unwrap();
    assert_eq!(first.lines.len(), 3);
    let changed = |text: String| -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later.csv");
        std::fs::write(&path, text).unwrap();
        let later = read_with(&path, &options("retail"), held(&first)).unwrap();
        later.finished.changed_orders().map(str::to_owned).collect()
    };
    assert_eq!(changed(text.to_owned()), Vec::<String>::new(), "order 2 was one of each before");
    assert_eq!(
        changed(format!("{text}1,ann@example.org,shipped,2024-05-09,POT,-1,-5.00\n")),
        Vec::<String>::new(),
        "appended"
    );
    assert_eq!(changed(text.replace("shipped,2024-05-01,TEA", "cancelled,2024-05-01,TEA")), ["1"]);
}
