//! Pairs of products, and how demand answers to prices, in shops made for it.

use patron_analytics::{Analysis, AnalysisOptions, PairKind, PriceElasticity, analyse};
use patron_domain::{Attributes, Day, Money, Month};

use crate::shop::{Line, table_of};

fn line(day: Day, customer: usize, product: &str, quantity: i32, price: f64) -> Line {
    let amount = Money::from_ten_thousandths((price * 10_000.0).round() as i64 * i64::from(quantity));
    let (customer, order) = (format!("c{customer}"), format!("o{customer}@{day}"));
    Line { day, customer, order, product: product.to_owned(), country: String::new(), quantity, amount }
}

/// 30 visits with a and b, 30 with c and d, in one month. Each product is in 30 of 120 places; the 60 pairs dealt out over
/// places of different products: 120 · 30 · 30 ÷ (120² − 4 · 30²) = 10 for each pair by chance.
#[test]
fn pairs_against_chance_by_hand() {
    let day: Day = "2024-03-04".parse().unwrap();
    let lines: Vec<Line> = (0..60)
        .flat_map(|customer| {
            let products = if customer < 30 { ["a", "b"] } else { ["c", "d"] };
            products.map(|product| line(day, customer, product, 1, 2.0))
        })
        .collect();
    let pairs = analyse(&table_of(&lines), &AnalysisOptions::at(day)).unwrap().product_pairs;
    let found: Vec<_> = pairs
        .iter()
        .map(|row| (row.kind, row.first.sku.as_str(), row.second.sku.as_str(), row.visits))
        .collect();
    let (together, apart) = (PairKind::Together, PairKind::Apart);
    let expected = [
        (together, "a", "b", 30),
        (together, "c", "d", 30),
        (apart, "a", "c", 0),
        (apart, "a", "d", 0),
        (apart, "b", "c", 0),
        (apart, "b", "d", 0),
    ];
    assert_eq!(found, expected);
    for row in &pairs {
        assert!((row.by_chance - 10.0).abs() < 1e-9, "{row:?}");
        assert!((row.lift - row.visits as f64 / 10.0).abs() < 1e-9 && row.lift_low <= row.lift, "{row:?}");
    }
    // Garwood's limits of 30 events: 20.241 and 42.827
    assert!((pairs[0].lift_low - 2.0241).abs() < 1e-3 && (pairs[0].lift_high - 4.2827).abs() < 1e-3);
    assert_eq!((pairs[0].support, pairs[0].share_of_first), (0.5, 1.0));
    // 2 · P(X = 0 | 10), at six pairs the largest of all
    assert!((pairs[5].q_value - 2.0 * (-10.0_f64).exp()).abs() < 1e-9, "{}", pairs[5].q_value);
}

#[test]
fn popular_products_in_long_baskets_are_no_pair() {
    let day: Day = "2024-03-04".parse().unwrap();
    let products = ["a", "b", "c", "d", "e", "f", "g", "h"];
    // two thirds of the visits hold everything, the others one product each
    let lines: Vec<Line> = (0..90)
        .flat_map(|customer| {
            let held = if customer % 3 < 2 { &products[..] } else { &products[customer / 3 % 8..][..1] };
            held.iter().map(move |product| line(day, customer, product, 1, 2.0)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(analyse(&table_of(&lines), &AnalysisOptions::at(day)).unwrap().product_pairs, []);
}

/// Twelve products over eight months; each costs a quarter less from a month of its own on, and that many more orders hold
/// it.
fn elasticities(after: usize, discount: f64) -> Vec<PriceElasticity> {
    let first = Month::from_number(2024 * 12);
    let mut lines = Vec::new();
    for product in 0..12_usize {
        for month in 0..8_i32 {
            let changed = month > 1 + (product % 5) as i32;
            let (orders, price) = if changed { (after, 8.0 * discount) } else { (9, 8.0) };
            let days = first.plus(month).first_day();
            let order = |number: usize| {
                line(days.plus_days(number as i32 + 1), number, &format!("p{product:02}"), 2, price)
            };
            lines.extend((0..orders).map(order));
        }
    }
    // the last month is seen to its end
    lines.push(line(
        first.plus(7).last_day(),
        99,
        "p00",
        1,
        if discount < 1.0 { 8.0 * discount } else { 8.0 },
    ));
    let (table, options) = (table_of(&lines), AnalysisOptions::at(first.plus(7).last_day()));
    Analysis::new(&table, &options).unwrap().price_elasticities(&Attributes::default()).unwrap()
}

#[test]
fn elasticity_from_price_changes_and_nothing_without_them() {
    // 16 orders for 9 at three quarters of the price: ln(16 ÷ 9) ÷ ln(3 ÷ 4) = −2
    let rows = elasticities(16, 0.75);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!((row.products, row.products_with_changes, row.changes), (12, 12, 12));
        assert!((row.elasticity.unwrap() + 2.0).abs() < 0.02, "{row:?}");
    }
    let rows = elasticities(9, 1.0);
    assert!(rows.iter().all(|row| row.changes == 0 && row.elasticity.is_none()), "{rows:?}");
}
