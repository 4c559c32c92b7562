use std::collections::HashMap;

use patron_domain::Attributes;
use proptest::prelude::*;

use super::*;
use crate::margins::test_shop::{day, forecast, money, table, trait_of};

/// Anna buys every nineteen days and is here; Ben and Carl bought twice, thirty days apart, long ago and lately; Dora once.
const LOG: &str = "
    2024-01-01 anna tea uk 1 100.00
    2024-01-20 anna cup uk 1 100.00
    2024-02-08 anna tea uk 1 100.00
    2024-02-27 anna tea uk 1 100.00
    2024-03-17 anna tea uk 1 100.00
    2024-01-01 ben tea uk 1 40.00
    2024-01-31 ben pot uk 1 40.00
    2024-02-20 carl tea fr 1 30.00
    2024-03-21 carl tea fr 2 30.00
    2024-03-30 dora cup fr 1 10.00
    2024-04-05 dora pot fr 1 999.00
";

fn default_cells(shop: &Shop<'_>) -> Segments {
    let seen = Seen::read(shop).unwrap();
    segments(shop, &seen, None, &SegmentOptions::default()).unwrap()
}

#[test]
fn tiers_and_rows_by_hand() {
    let (table, attributes) = (table(LOG), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &[]).unwrap();
    let found = default_cells(&shop);
    // revenue to date 500, 80, 60, 10 of 650: the first alone is more than half, the second starts at 77 %
    let tiers: Vec<ValueTier> = found.default.of.iter().map(|cell| cell.value).collect();
    assert_eq!(tiers, [ValueTier::High, ValueTier::Medium, ValueTier::Low, ValueTier::Low]);
    assert_eq!(found.default.basis, SegmentBasis::RevenueToDate);
    let high = &found.default.rows[0];
    assert_eq!(high.segment, Cell { value: ValueTier::High, rhythm: Rhythm::OnRhythm });
    assert_eq!((high.customers, high.share, high.revenue), (1, 0.25, money("500.00")));
    assert_eq!((high.clv_12m, high.chance_to_buy_3m, high.margin, high.margin_known), (None, None, None, 0));
    assert_eq!((high.products[0].name.as_str(), high.products[0].share), ("cup", 1.0)); // as many as tea, before it
    assert_eq!((high.countries[0].name.as_str(), high.countries.len()), ("uk", 1));
    assert!(high.description.is_none() && found.clusters.segmentation.is_none());
    // Ben, away for 60 days with gaps of 30 steadied towards 30, is late where the others came back within one gap or so
    let of: HashMap<u32, Rhythm> =
        (0..4).map(|code| (code, found.default.of[code as usize].rhythm)).collect();
    assert_eq!((of[&1], of[&2], of[&3]), (Rhythm::Overdue, Rhythm::OnRhythm, Rhythm::OnRhythm));
}

#[test]
fn nothing_later_than_the_day_enters() {
    let early = LOG.lines().filter(|line| !line.contains("2024-04")).collect::<Vec<_>>().join("\n");
    let (whole, early, attributes) = (table(LOG), table(&early), Attributes::default());
    let on = |table| {
        let shop = Shop::new(table, &attributes, day("2024-03-31"), &[]).unwrap();
        let seen = Seen::read(&shop).unwrap();
        (default_cells(&shop), seen)
    };
    assert_eq!(on(&whole), on(&early));
}

#[test]
fn forecasts_and_margins_are_added_up() {
    let (table, attributes) = (table(LOG), Attributes::default());
    let forecasts = [forecast(0, 10.0, 0.9, 10.0), forecast(1, 10.0, 0.1, 80.0), forecast(2, 1.0, 0.5, 6.0)];
    let partly = Shop::new(&table, &attributes, day("2024-03-31"), &forecasts).unwrap();
    assert_eq!(default_cells(&partly).default.basis, SegmentBasis::RevenueToDate); // Dora has none

    let all = [&forecasts[..], &[forecast(3, 1.0, 0.3, 4.0)]].concat();
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &all).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let margins = [Some(money("7.00")), None, Some(money("-1.50")), Some(money("2.00"))];
    let found = segments(&shop, &seen, Some(&margins), &SegmentOptions::default()).unwrap();
    assert_eq!(found.default.basis, SegmentBasis::Forecast12m);
    let row =
        |value, rhythm| found.default.rows.iter().find(|row| row.segment == Cell { value, rhythm }).unwrap();
    let late = row(ValueTier::High, Rhythm::Overdue); // Ben: 240 of the 300 that are expected
    assert_eq!((late.customers, late.clv_3m, late.clv_12m), (1, Some(80.0), Some(240.0)));
    assert_eq!((late.chance_to_buy_3m, late.margin, late.margin_known), (Some(0.1), None, 0));
    let low = row(ValueTier::Low, Rhythm::OnRhythm);
    assert_eq!((low.customers, low.margin, low.margin_known), (3, Some(money("7.50")), 3));
    assert!((low.chance_to_buy_3m.unwrap() - 1.7 / 3.0).abs() < 1e-12);
}

#[test]
fn what_became_of_two_groups() {
    let later = "
        2024-04-02 anna tea uk 1 70.00
        2024-04-09 anna tea uk -1 -20.00
        2024-06-30 ben tea uk 1 5.00
        2024-07-01 ben tea uk 1 900.00
        2024-05-01 carl tea fr -1 -3.00
        2024-05-01 emil tea fr 1 33.00
    ";
    let (table, attributes) = (table(&format!("{LOG}{later}")), Attributes::default());
    let forecasts: Vec<_> = (0..4).map(|code| forecast(code, 1.0, 0.25, 10.0)).collect();
    let ask = |until: &str, forecasts: &[_]| {
        let shop = Shop::new(&table, &attributes, day(until), forecasts).unwrap();
        outcomes_3m(&shop, 2, |place| (place < 3).then_some(place / 2)).unwrap()
    };
    let found = ask("2024-03-31", &forecasts).unwrap(); // until the end of June: Dora is in no group
    let expected = |customers: u64, revenue: &str, buyers: u64| Outcome {
        customers,
        expected_revenue: 10.0 * customers as f64,
        revenue: money(revenue),
        expected_buyers: 0.25 * customers as f64,
        buyers,
    };
    assert_eq!(found, [expected(2, "55.00", 2), expected(1, "-3.00", 0)]);
    assert_eq!(ask("2024-04-02", &forecasts), None); // the log ends a day too early
    assert_eq!(ask("2024-03-31", &forecasts[..1]), None);
}

#[test]
fn products_by_revenue() {
    let lines = "
        2024-01-01 anna a uk 1 70.00
        2024-01-01 anna b uk 1 15.00
        2024-01-02 - c uk 1 10.00
        2024-01-02 - d uk 1 5.00
        2024-01-03 anna e uk -1 -20.00
        2024-02-01 anna d uk 1 900.00
    ";
    let (table, attributes) = (table(lines), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2024-01-31"), &[]).unwrap();
    let found = product_segments(&shop).unwrap();
    let classes: Vec<(u32, AbcClass)> = found.products.iter().map(|row| (row.product, row.class)).collect();
    use AbcClass::{A, B, C};
    assert_eq!(classes, [(0, A), (1, A), (2, B), (3, C), (4, C)]);
    assert_eq!((found.products[1].share, found.products[1].up_to), (0.15, 0.85));
    assert_eq!((found.rows[2].products, found.rows[2].revenue), (2, money("-15.00")));
}

#[test]
fn personal_columns_enter_by_name_only() {
    let table = table(LOG);
    let attributes = Attributes {
        gender: trait_of(&["f", "m", "m", "f"]),
        city: trait_of(&["Leeds", "York", "Lyon", "Nice"]),
        channel: trait_of(&["search", "friends", "search", "friends"]),
        birthday: vec![Some(day("1984-04-01")), None],
        ..Attributes::default()
    };
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &[]).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let personal =
        |feature: &Feature| matches!(feature, Feature::Gender(_) | Feature::City(_) | Feature::Age);
    let plain = Behaviour::of(&shop, &seen, &[]);
    assert!(!plain.features.iter().any(personal));
    assert!(plain.features.contains(&Feature::Channel("search".to_owned())));
    let asked = Behaviour::of(&shop, &seen, &[PersonalAttribute::Birthday, PersonalAttribute::Gender]);
    assert!(asked.features.contains(&Feature::Gender("f".to_owned())));
    assert!(!asked.features.iter().any(|feature| matches!(feature, Feature::City(_))));
    let ages = &asked.columns[asked.features.iter().position(|feature| *feature == Feature::Age).unwrap()];
    assert!(ages[0] == 39.0 && ages[1].is_nan() && ages[3].is_nan()); // the day before the fortieth birthday
}

/// Lines of a random shop: customer, product, day of 200, money.
fn random_log() -> impl Strategy<Value = String> {
    let line = (0..25_u32, 0..6_u32, 0..200_i32, -5..60_i32).prop_map(|(customer, product, on, amount)| {
        let on = day("2024-01-01").plus_days(on);
        let quantity = if amount < 0 { -1 } else { 1 };
        format!("{on} c{customer} p{product} k{} {quantity} {amount}.00", customer % 3)
    });
    prop::collection::vec(line, 1..150).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn everybody_is_in_exactly_one_segment(log in random_log(), until in 20..200_i32) {
        let (table, attributes) = (table(&log), Attributes::default());
        let as_of = day("2024-01-01").plus_days(until);
        let Ok(shop) = Shop::new(&table, &attributes, as_of, &[]) else { return Ok(()) };
        let found = default_cells(&shop);
        let customers = shop.customers.len() as u64;
        let revenue: Money = shop.customers.iter().map(|customer| customer.revenue()).sum();
        fn sums<L>(of: &Segmentation<L>) -> (u64, Money, usize) {
            let count = of.rows.iter().map(|row| row.customers).sum();
            (count, of.rows.iter().map(|row| row.revenue).sum(), of.of.len())
        }
        let expected = (customers, revenue, customers as usize);
        prop_assert_eq!(sums(&found.default), expected);
        prop_assert_eq!(sums(&found.quartiles), expected);
        prop_assert_eq!(sums(&found.rfm), expected);
        for (cell, row) in found.default.of.iter().zip(0..) {
            let rhythm = &found.rhythms[row];
            let away = f64::from(shop.customers[row].inactivity());
            let late = rhythm.limit.is_some_and(|limit| away > limit);
            prop_assert_eq!(cell.rhythm == Rhythm::Overdue, late);
        }
        for row in &found.default.rows {
            for favourite in row.products.iter().chain(&row.countries) {
                prop_assert!(favourite.customers >= 1 && favourite.customers <= row.customers);
            }
        }
        let products: u64 = found.products.rows.iter().map(|row| row.products).sum();
        prop_assert_eq!(products as usize, found.products.products.len());
        serde_json::to_string(&found).unwrap();
    }
}
