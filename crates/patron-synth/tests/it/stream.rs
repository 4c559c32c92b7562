//! The stream holds the shop, on any number of threads, and the lists of customers and products belong to it.

use std::collections::{HashMap, HashSet};

use patron_domain::{CustomerRow, NO_CODE, SaleBatch};
use patron_synth::{
    DirtRates, Scenario, SynthError, Truth, customer_rows, generate, product_rows, stream,
    write_online_retail,
};

fn scenario() -> Scenario {
    let mut scenario = Scenario { customers: 1_500, ..Scenario::ready("holiday-heavy").unwrap() };
    scenario.dirt = DirtRates { returns: 0.1, negative_prices: 0.01, ..scenario.dirt };
    scenario
}

/// Every line as text, without the order's number and the line's.
fn lines(batches: impl Iterator<Item = SaleBatch>) -> Vec<String> {
    let (mut customers, mut countries): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut products, mut orders) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for batch in batches {
        customers.extend(batch.added.customers);
        countries.extend(batch.added.countries);
        products.extend(batch.added.products);
        orders.extend(batch.added.orders);
        for row in 0..batch.amount.len() {
            let order = &orders[batch.order[row] as usize];
            lines.push(format!(
                "{} {} {} {} {} {} {} {} {} {:?} {:?}",
                order.number.trim_end_matches(|letter: char| letter.is_ascii_digit()),
                order.payment.as_deref().unwrap(),
                batch.timestamp[row],
                if batch.customer[row] == NO_CODE { "" } else { &customers[batch.customer[row] as usize] },
                countries[batch.country[row] as usize],
                products[batch.product[row] as usize].sku,
                batch.quantity[row],
                batch.unit_price[row],
                batch.discount[row],
                batch.amount[row],
                batch.kind[row],
            ));
        }
    }
    lines
}

fn on_threads(threads: usize) -> (Vec<SaleBatch>, Truth) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let scenario = scenario();
        let mut stream = stream(&scenario, 7).unwrap().keeping_customers();
        let batches = stream.by_ref().collect();
        (batches, stream.into_truth())
    })
}

#[test]
fn the_stream_holds_the_lines_of_the_shop() {
    let shop = generate(&scenario(), 7).unwrap();
    let (batches, truth) = on_threads(2);
    assert!(batches.iter().rev().skip(1).all(|batch| batch.len() == 16_384));
    let (mut whole, mut streamed) = (lines(shop.batches()), lines(batches.into_iter()));
    assert_eq!(whole.len() as u64, shop.lines());
    whole.sort_unstable();
    streamed.sort_unstable();
    assert!(whole == streamed);
    assert_eq!((&truth.customers, truth.planted), (&shop.truth.customers, shop.truth.planted));
    assert_eq!(
        (truth.totals.sales, truth.totals.discounts),
        (shop.truth.totals.sales, shop.truth.totals.discounts)
    );
    assert_eq!((truth.pairs, truth.campaigns), (shop.truth.pairs, shop.truth.campaigns));
}

#[test]
fn a_streamed_file_holds_the_rows_of_the_shop() {
    let scenario = scenario();
    let shop = generate(&scenario, 7).unwrap();
    let (mut whole, mut streamed) = (Vec::new(), Vec::new());
    write_online_retail(&shop, &mut whole).unwrap();
    let truth = stream(&scenario, 7).unwrap().write_csv(&mut streamed).unwrap();
    assert_eq!(truth.totals.lines, shop.lines());
    let rows = |bytes: &[u8]| {
        let mut rows: Vec<Vec<String>> = csv::Reader::from_reader(bytes)
            .records()
            .map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect())
            .collect();
        rows.sort_unstable();
        rows
    };
    assert!(rows(&whole) == rows(&streamed));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let one = on_threads(1);
    assert!(one == on_threads(3));
    let mut last = (0, i64::MIN);
    for batch in &one.0 {
        for row in 0..batch.len() {
            let now = (batch.customer[row], batch.timestamp[row]);
            assert!(
                now >= last || now.0 == NO_CODE || last.0 == NO_CODE,
                "customer by customer, in order of time"
            );
            last = now;
            let price = batch.unit_price[row].times(i64::from(batch.quantity[row])).unwrap();
            assert_eq!(batch.amount[row], price - batch.discount[row]);
        }
    }
}

#[test]
fn the_lists_name_everyone_and_everything_in_the_log() {
    let scenario = scenario();
    let (batches, truth) = on_threads(2);
    let rows: Vec<CustomerRow> = customer_rows(&scenario, 7).unwrap().collect();
    assert_eq!(rows.len(), truth.customers.len());
    let mut reached = HashMap::new();
    for (row, customer) in rows.iter().zip(&truth.customers) {
        assert_eq!(row.external_id.as_deref(), Some(customer.id.as_str()));
        let list = &row.attributes;
        assert_eq!(list.country.as_deref(), Some(customer.country.as_str()));
        assert!(list.acquisition_channel.as_ref().is_none_or(|channel| *channel == customer.channel));
        assert!(list.birthday.is_none_or(|day| day < customer.first_order));
        *reached.entry(list.may_contact.unwrap()).or_insert(0) += usize::from(!customer.campaigns.is_empty());
    }
    assert!(reached[&false] == 0 && reached[&true] > 100, "{reached:?}");
    let products = product_rows(&scenario, 7).unwrap();
    let skus: HashSet<&str> = products.iter().map(|row| row.sku.as_str()).collect();
    assert_eq!((products.len(), skus.len()), (600, 600));
    let sold = batches.iter().flat_map(|batch| &batch.added.products);
    assert!(sold.filter(|product| product.sku.len() >= 5).all(|product| skus.contains(product.sku.as_str())));
    let numbers: Vec<&String> =
        batches.iter().flat_map(|b| &b.added.orders).map(|order| &order.number).collect();
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
}

#[test]
fn the_truth_is_written_as_json() {
    let shop = generate(&Scenario { customers: 20, ..scenario() }, 7).unwrap();
    let written = |with_customers| -> serde_json::Value {
        let mut bytes = Vec::new();
        shop.truth.write_json(with_customers, &mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let (brief, full) = (written(false), written(true));
    assert!(brief.get("customers").is_none());
    assert_eq!(full["customers"].as_array().unwrap().len(), 20);
    assert_eq!(full["customers"][3]["alive_at_end"], shop.truth.customers[3].alive_at_end);
    assert_eq!(brief["scenario"]["buying"]["process"], "bg-nbd");
    assert_eq!(brief["campaigns"][1]["name"], "Spring card");
    // the true response curves, one of which is nothing
    let response = |place: usize| brief["scenario"]["campaigns"][place]["response"].clone();
    assert_eq!(response(0), serde_json::json!([0.6, 1.2, 0.8, 0.4, 0.2]));
    assert_eq!(response(1), serde_json::json!([0.0, 0.0, 0.0, 0.0, 0.0]));
    assert_eq!(brief["pairs"].as_array().unwrap().len(), 14);
    assert_eq!((&brief["planted"], &brief["totals"]), (&full["planted"], &full["totals"]));
}

#[test]
fn a_stream_without_end_is_refused() {
    let endless = Scenario { customers: 100_000_000, ..Scenario::ready("subscription-box").unwrap() };
    assert!(matches!(stream(&endless, 1).err(), Some(SynthError::TooManyLines { .. })));
    assert!(stream(&Scenario::ready("huge").unwrap(), 1).is_ok());
}
