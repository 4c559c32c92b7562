//! What holds for every shop.

use std::collections::HashMap;

use patron_domain::{Day, LineKind, Money, NO_CODE, Names};
use patron_synth::{BgNbdParams, Buying, CountryShare, DirtRates, Scenario, Shop, SynthError, generate};
use proptest::prelude::*;

use crate::log::{SeenDirt, csv};

fn small() -> Scenario {
    Scenario { customers: 300, ..Scenario::demo() }
}

/// BG/NBD and gamma-gamma alone: one country, no season, no rhythm, no growth, no roles, no dirt.
fn plain() -> Scenario {
    let demo = Scenario::demo();
    let mut scenario = Scenario {
        customers: 20_000,
        growth_per_year: 1.0,
        season: [1.0; 12],
        countries: vec![CountryShare::new("Italy", 1.0, 1.0)],
        dirt: DirtRates::default(),
        ..demo
    };
    scenario.rhythm.weekday = [1.0; 7];
    scenario.catalogue.brings_back = 0;
    scenario
}

#[test]
fn a_seed_gives_the_same_log_and_truth_on_any_thread() {
    let shop = generate(&small(), 7).unwrap();
    let elsewhere = std::thread::spawn(|| generate(&small(), 7).unwrap()).join().unwrap();
    assert_eq!(csv(&shop), csv(&elsewhere));
    assert_eq!(shop.truth, elsewhere.truth);
    assert!(shop.batches().eq(elsewhere.batches()));
    assert_ne!(csv(&shop), csv(&generate(&small(), 8).unwrap()));
}

/// The clean product lines of each customer: time, product, quantity.
fn baskets(shop: &Shop) -> HashMap<String, Vec<(i64, String, i32)>> {
    let mut baskets: HashMap<String, Vec<(i64, String, i32)>> = HashMap::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        if let (Some(customer), LineKind::Sale) = (line.customer, line.kind) {
            let lines = baskets.entry(customer.to_owned()).or_default();
            lines.push((line.timestamp, line.sku.to_owned(), line.quantity));
        }
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    baskets
}

#[test]
fn more_customers_leave_the_others_as_they_were() {
    let few = generate(&small(), 7).unwrap();
    let many = generate(&Scenario { customers: 400, ..small() }, 7).unwrap();
    assert_eq!(few.truth.customers, many.truth.customers[..300]);
    let (few, many) = (baskets(&few), baskets(&many));
    assert!(few.len() == 300 && few.iter().all(|(customer, lines)| many[customer] == *lines));
}

#[test]
fn dirt_changes_nothing_beneath_it() {
    let mut scenario = small();
    let without_dirt = |rows: &Shop| {
        let mut baskets = baskets(rows);
        baskets.values_mut().for_each(|lines| lines.dedup());
        baskets
    };
    scenario.dirt = DirtRates::default();
    let clean = generate(&scenario, 7).unwrap();
    scenario.dirt = DirtRates {
        duplicates: 0.5,
        cancellations: 0.5,
        without_customer: 0.5,
        zero_prices: 0.0,
        negative_prices: 0.4,
        returns: 0.5,
        services: 0.9,
    };
    let dirty = generate(&scenario, 7).unwrap();
    assert_eq!(without_dirt(&clean), without_dirt(&dirty));
    assert_eq!(SeenDirt::in_log(&csv(&clean)), SeenDirt::default());
    assert_eq!(clean.truth.customers, dirty.truth.customers);
}

fn check_planted_dirt(scenario: &Scenario, seed: u64) {
    let shop = generate(scenario, seed).unwrap();
    let planted = shop.truth.planted;
    let expected = SeenDirt {
        duplicate_lines: planted.duplicate_lines,
        cancellation_orders: planted.cancellation_orders + planted.return_orders,
        cancellation_lines: planted.cancellation_lines + planted.return_lines,
        orders_without_customer: planted.orders_without_customer,
        lines_without_customer: planted.lines_without_customer,
        zero_price_lines: planted.zero_price_lines,
        negative_price_lines: planted.negative_price_lines,
        service_lines: planted.service_lines,
    };
    assert_eq!(SeenDirt::in_log(&csv(&shop)), expected);
}

#[test]
fn planted_dirt_can_be_counted_in_the_log() {
    check_planted_dirt(&Scenario::demo(), 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn planted_dirt_can_be_counted_at_any_rate(
        seed: u64,
        products in 44_u32..200,
        rates in [0.0..=1.0_f64, 0.0..=1.0, 0.0..=0.8, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0],
    ) {
        let [duplicates, cancellations, without_customer, zero_prices, services, returns, negative_prices] = rates;
        let dirt = DirtRates {
            duplicates, cancellations, returns, without_customer, zero_prices, negative_prices, services,
        };
        check_planted_dirt(&Scenario { customers: 50, products, dirt, ..Scenario::demo() }, seed);
    }
}

#[test]
fn batches_hold_the_log_and_the_sums_of_the_truth() {
    let shop = generate(&Scenario::demo(), 7).unwrap();
    let (mut customers, mut orders, mut countries) = (Names::new(), Names::new(), Names::new());
    let mut products = Vec::new();
    let mut rows = Vec::new();
    let mut sums: HashMap<LineKind, Money> = HashMap::new();
    let (mut last_time, mut next_line) = (i64::MIN, 2);
    for batch in shop.batches() {
        customers.extend_with(&batch.added.customers);
        countries.extend_with(&batch.added.countries);
        batch.added.orders.iter().for_each(|order| {
            orders.push(&order.number);
        });
        products.extend(batch.added.products.iter().cloned());
        assert!(batch.len() == 16_384 || rows.len() + batch.len() == shop.lines() as usize);
        for row in 0..batch.len() {
            let product = &products[batch.product[row] as usize];
            assert!(batch.timestamp[row] >= last_time && batch.timestamp[row] % 60 == 0);
            (last_time, next_line) = (batch.timestamp[row], next_line + 1);
            assert_eq!(batch.line[row] + 1, next_line);
            assert_eq!(batch.unit_price[row].times(i64::from(batch.quantity[row])), Some(batch.amount[row]));
            assert_eq!(batch.unit_price[row].ten_thousandths() % 100, 0);
            assert_eq!(customers.get(batch.customer[row]).is_none(), batch.customer[row] == NO_CODE);
            *sums.entry(batch.kind[row]).or_default() += batch.amount[row];
            rows.push(format!(
                "{},{},{},{},{},{},{},{}",
                orders.text(batch.order[row]),
                product.sku,
                product.description,
                batch.quantity[row],
                batch.timestamp[row],
                batch.unit_price[row],
                customers.text(batch.customer[row]),
                countries.text(batch.country[row])
            ));
        }
    }
    assert_eq!(rows, csv(&shop));
    let totals = shop.truth.totals;
    assert_eq!((totals.lines, totals.orders), (rows.len() as u64, orders.len() as u64));
    assert_eq!(sums[&LineKind::Sale], totals.sales + totals.duplicates);
    assert_eq!(sums[&LineKind::Return], totals.cancellations + totals.returns);
    assert_eq!(sums[&LineKind::Service], totals.services);
    assert_eq!(customers.len(), shop.truth.customers.len());
}

trait ExtendWith {
    fn extend_with(&mut self, texts: &[String]);
}

impl ExtendWith for Names {
    fn extend_with(&mut self, texts: &[String]) {
        texts.iter().for_each(|text| {
            self.push(text);
        });
    }
}

#[test]
fn the_truth_of_each_customer_is_in_the_log() {
    let mut scenario = small();
    scenario.dirt = DirtRates::default();
    let shop = generate(&scenario, 3).unwrap();
    let mut orders: HashMap<String, Vec<(String, Day)>> = HashMap::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        let placed = orders.entry(line.customer.unwrap().to_owned()).or_default();
        placed.push((line.order.to_owned(), Day::of(line.timestamp)));
        placed.dedup();
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    for customer in &shop.truth.customers {
        let placed = &orders[&customer.id];
        assert_eq!((placed.len(), placed[0].1), (customer.orders as usize, customer.first_order));
        assert!(scenario.start <= placed[0].1 && placed.last().unwrap().1 <= scenario.end);
        assert!(customer.orders > 1 || customer.alive_at_end, "nobody stops after the first order");
    }
}

/// Given λ and p a customer is expected to make (1 − e^(−λpt)) ÷ p repeat purchases in t: the first step of
/// equation (9) of Fader, Hardie & Lee (2005), before λ and p are integrated out.
#[test]
fn a_plain_shop_is_bg_nbd() {
    let scenario = plain();
    let shop = generate(&scenario, 5).unwrap();
    let (mut excess, mut variance) = (0.0, 0.0);
    for customer in &shop.truth.customers {
        // The first order falls somewhere into its day: half a day either way is far below the noise.
        let weeks = (f64::from(scenario.end.days_since(customer.first_order)) + 0.5) / 7.0;
        let (lambda, p) = (customer.purchase_rate, customer.dropout);
        let expected = if p > 1e-9 { -(-lambda * p * weeks).exp_m1() / p } else { lambda * weeks };
        let deviation = f64::from(customer.orders - 1) - expected;
        excess += deviation;
        variance += deviation * deviation;
    }
    assert!(excess.abs() < 4.0 * variance.sqrt(), "{excess} ± {}", variance.sqrt());

    let count = f64::from(scenario.customers);
    let Buying::BgNbd(BgNbdParams { r, alpha, a, b }) = scenario.buying else { panic!() };
    let rate = shop.truth.customers.iter().map(|customer| customer.purchase_rate).sum::<f64>() / count;
    assert!((rate - r / alpha).abs() < 4.0 * r.sqrt() / alpha / count.sqrt(), "{rate}");
    let dropout = shop.truth.customers.iter().map(|customer| customer.dropout).sum::<f64>() / count;
    assert!((dropout - a / (a + b)).abs() < 4.0 * 0.2 / count.sqrt(), "{dropout}");
}

#[test]
fn orders_are_worth_what_the_spend_model_drew() {
    let shop = generate(&plain(), 5).unwrap();
    let totals = shop.truth.totals;
    let rounding = totals.sales.to_f64() / totals.spend_drawn;
    assert!((rounding - 1.0).abs() < 0.02, "{rounding}");
    let params = shop.truth.scenario.spend;
    let mean = shop.truth.customers.iter().map(|customer| customer.mean_spend).sum::<f64>() / 20_000.0;
    // Standard deviation of p ÷ ν: the mean ÷ √(q − 2), 38 for the demo's parameters.
    assert!((mean - params.p * params.v / (params.q - 1.0)).abs() < 4.0 * 38.2 / 20_000_f64.sqrt(), "{mean}");
}

#[test]
fn the_smallest_shop_works() {
    let mut scenario = Scenario { customers: 1, products: 1, ..Scenario::demo() };
    scenario.end = scenario.start;
    let catalogue = &mut scenario.catalogue;
    (catalogue.rising, catalogue.fading, catalogue.christmas) = (0, 0, 0);
    (catalogue.summer, catalogue.brings_back) = (0, 1);
    for seed in 0..50 {
        let shop = generate(&scenario, seed).unwrap();
        assert!(shop.lines() >= 1);
    }
    let refused = generate(&Scenario { products: 0, ..scenario }, 1).unwrap_err();
    assert_eq!(refused.to_string(), "`products` is 0, but must be between 1 and 20000");
}

#[test]
fn a_shop_beyond_memory_is_refused_early() {
    let refused = generate(&Scenario { customers: 90_000_000, ..Scenario::demo() }, 1).unwrap_err();
    assert!(matches!(refused, SynthError::TooManyLines { expected, .. } if expected > 1e9), "{refused}");
}
