//! Numbers that can be had by hand.

use patron_domain::Attributes;

use super::fit::{Point, line, shrink};
use super::*;
use crate::margins::test_shop::{day, forecast, table};
use crate::{Customer, Shop};

fn estimate(value: f64, standard_error: f64) -> Estimate {
    Estimate::new(value, standard_error, 1.96)
}

fn segment(margin_rate: Option<f64>, elasticity: Option<Estimate>) -> OfferSegment {
    OfferSegment { name: "high".into(), expected_revenue: 1_000.0, margin_rate, elasticity }
}

#[test]
fn a_discount_must_bring_d_over_m_less_d() {
    let needed = |discount, rate| break_even(discount, rate).needed;
    let NeededVolume::MoreThan { share } = needed(0.1, Some(0.4)) else { panic!() };
    assert!((share - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(needed(0.4, Some(0.4)), NeededVolume::Never);
    assert_eq!(needed(0.5, Some(0.4)), NeededVolume::Never);
    assert_eq!(needed(0.1, None), NeededVolume::UnknownMargin);
    assert_eq!(needed(0.0, None), NeededVolume::MoreThan { share: 0.0 });
}

#[test]
fn the_best_discount_is_the_one_of_the_formula() {
    // (1 − d)^e (m − d) is largest where e (m − d) + (1 − d) = 0: price ÷ cost = e ÷ (1 + e). At e = −5 and a cost of
    // .5, the best price is .625: a discount of .375, above the limit of .3; at e = −4 the price is 2/3, beyond it too
    let limits = DiscountLimits { most: 0.5, floor_margin: 0.0, spared: 0.0 };
    let best = |segment: OfferSegment, limits: &DiscountLimits| best_discounts(&[segment], limits)[0].answer;
    let SegmentDiscount::Discount { discount, gain, low, high, chance_to_pay } =
        best(segment(Some(0.5), Some(estimate(-5.0, 0.0))), &limits)
    else {
        panic!()
    };
    assert!((discount - 0.375).abs() < 1e-9);
    let by_hand = 1_000.0 * (0.625_f64.powf(-5.0) * 0.125 - 0.5);
    assert!((gain - by_hand).abs() < 1e-6 && (low - gain).abs() < 1e-6 && (high - gain).abs() < 1e-6);
    assert!((chance_to_pay - 1.0).abs() < 1e-12);
    // the limits hold: at most 30 %, and a floor of 40 % of the price leaves room for 1/6 only
    let capped = |limits: DiscountLimits| match best(segment(Some(0.5), Some(estimate(-5.0, 0.0))), &limits) {
        SegmentDiscount::Discount { discount, .. } => discount,
        other => panic!("{other:?}"),
    };
    assert!((capped(DiscountLimits { most: 0.3, ..limits }) - 0.3).abs() < 1e-9);
    let floor = capped(DiscountLimits { floor_margin: 0.4, ..limits });
    assert!((floor - 0.165).abs() < 1e-9 && (0.5 - floor) / (1.0 - floor) >= 0.4);
    // below 1 ÷ m no discount pays, and what is not known is not guessed
    let none = best(segment(Some(0.5), Some(estimate(-0.9, 0.0))), &limits);
    assert_eq!(none, SegmentDiscount::NoneIsBest);
    assert_eq!(best(segment(None, Some(estimate(-5.0, 0.0))), &limits), SegmentDiscount::UnknownMargin);
    let unknown = best_discounts(&[segment(Some(0.5), None)], &limits);
    assert_eq!(unknown[0].answer, SegmentDiscount::UnknownResponse);
    assert_eq!(unknown[0].break_even.needed, NeededVolume::MoreThan { share: 0.1 / 0.4 });
}

#[test]
fn an_unsure_elasticity_makes_an_unsure_gain() {
    let limits = DiscountLimits { most: 0.3, floor_margin: 0.0, spared: 0.0 };
    let sure = best_discounts(&[segment(Some(0.5), Some(estimate(-3.0, 0.05)))], &limits);
    let unsure = best_discounts(&[segment(Some(0.5), Some(estimate(-3.0, 0.8)))], &limits);
    let width = |offer: &SegmentOffer| match offer.answer {
        SegmentDiscount::Discount { low, high, chance_to_pay, .. } => (high - low, chance_to_pay),
        other => panic!("{other:?}"),
    };
    assert!(width(&sure[0]).0 * 5.0 < width(&unsure[0]).0);
    assert!(width(&sure[0]).1 > 0.99 && width(&unsure[0]).1 < 0.99);
}

#[test]
fn personal_prices_spare_who_buys_anyway_and_say_who_set_them() {
    let log: String = (0..6).map(|code| format!("2024-01-0{} c{code} p - 1 5.00\n", code + 1)).collect();
    let (table, attributes) = (table(&log), Attributes::default());
    // the last customer has no forecast
    let chances = [0.9, 0.1, 0.5, 0.2, 0.3];
    let forecasts: Vec<_> =
        chances.iter().zip(0..).map(|(chance, code)| forecast(code, 5.0, *chance, 5.0)).collect();
    let shop = Shop::new(&table, &attributes, day("2024-02-01"), &forecasts).unwrap();
    let limits = DiscountLimits { most: 0.3, floor_margin: 0.0, spared: 0.4 };
    let offers =
        best_discounts(&[segment(Some(0.5), Some(estimate(-5.0, 0.0))), segment(None, None)], &limits);
    let place = |own: &Customer<'_>| [Some(0), Some(0), Some(0), Some(1), None, Some(0)][own.code as usize];
    let rows = personal_prices(&shop.customers, place, &offers, &limits);
    let found: Vec<(u32, f64, PersonalReason)> =
        rows.iter().map(|row| (row.customer, (row.discount * 1e3).round() / 1e3, row.reason)).collect();
    // two of five are spared
    let expected = [
        (0, 0.0, PersonalReason::BuysAnyway),
        (1, 0.3, PersonalReason::Segment),
        (2, 0.0, PersonalReason::BuysAnyway),
        (3, 0.0, PersonalReason::NoDiscount),
        (5, 0.0, PersonalReason::NoForecast),
    ];
    assert_eq!(found, expected);
    assert!(rows.iter().all(|row| row.set_by == "set by automated analysis"));
}

#[test]
fn a_line_through_exact_points_is_found_exactly() {
    let points: Vec<Point> = (0..6)
        .map(|n| {
            let x = f64::from(n) / 10.0;
            Point { cluster: n, x, y: -1.5 * x, variance: 0.01 + f64::from(n) / 100.0 }
        })
        .collect();
    let fit = line(&points).unwrap();
    assert!((fit.slope.value + 1.5).abs() < 1e-9 && fit.slope.standard_error < 1e-9);
    assert!(fit.spread == 0.0);
    let none: Vec<Point> = points.iter().map(|point| Point { x: 0.0, ..*point }).collect();
    assert!(line(&none).is_none() && line(&points[..2]).is_none());
}

/// x = −1, 0, 1 twice, equal variances of 1: slope Σxy ÷ 4; rests by hand.
#[test]
fn a_clustered_error_by_hand() {
    let at = [(-1.0, 1.0), (0.0, 0.0), (1.0, -1.0), (-1.0, 2.0), (0.0, 0.0), (1.0, -2.0)];
    let points: Vec<Point> =
        (0..6).zip(at).map(|(cluster, (x, y))| Point { cluster, x, y, variance: 1.0 }).collect();
    let fit = line(&points).unwrap();
    // Σxy = −6, ÷ 4; rests −.5, 0, .5, .5, 0, −.5: Σ(x·rest)² = 4 · .25 = 1, × 6 ÷ 5, root, ÷ 4
    assert!((fit.slope.value + 1.5).abs() < 1e-12 && fit.spread == 0.0);
    assert!((fit.slope.standard_error - 1.2_f64.sqrt() / 4.0).abs() < 1e-12);
    // t with 5 degrees of freedom: 2.571
    assert!((fit.slope.high - fit.slope.value - 2.570_582 * fit.slope.standard_error).abs() < 1e-5);
}

#[test]
fn what_differs_by_chance_only_becomes_the_centre() {
    let drawn = shrink(&[(-1.1, 0.5), (-0.9, 0.5), (-1.0, 0.5)], (-1.0, 0.1));
    assert!(drawn.iter().all(|(value, error)| (value + 1.0).abs() < 1e-12 && (error - 0.1).abs() < 1e-12));
    // scatter ((−3 + 1)² + (1 + 1)²) ÷ .01 = 800, less 1, ÷ (200 − 100): 7.99 between, .01 within
    let drawn = shrink(&[(-3.0, 0.1), (1.0, 0.1)], (-1.0, 0.0));
    let trust = 7.99 / 8.0;
    assert!(
        (drawn[0].0 - (-1.0 - 2.0 * trust)).abs() < 1e-9 && (drawn[1].0 - (-1.0 + 2.0 * trust)).abs() < 1e-9
    );
}

#[test]
fn without_price_changes_a_shop_learns_only_what_a_discount_must_bring() {
    use crate::segments::{SegmentOptions, segments};
    let table = table(
        "2024-01-01 anna tea uk 1 100.00
         2024-01-20 anna cup uk 1 100.00
         2024-01-01 ben tea uk 1 80.00",
    );
    let (attributes, limits) = (Attributes::default(), DiscountLimits { spared: 0.5, ..Default::default() });
    let forecasts = [forecast(0, 10.0, 0.9, 100.0), forecast(1, 10.0, 0.2, 50.0)];
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &forecasts).unwrap();
    let seen = crate::Seen::read(&shop).unwrap();
    let cells = segments(&shop, &seen, None, &SegmentOptions::default()).unwrap().default;
    for (rate, known) in [(Some(0.4), true), (None, false)] {
        let rates = crate::MarginRates::new([], rate).unwrap();
        let margins = crate::Margins::new(&shop, &rates).unwrap();
        let found = offers(&shop, &margins, &cells, &table, &limits).unwrap();
        assert!(found.personal.is_empty() && found.unlocked_by.is_some());
        assert_eq!((found.spared, found.segments.len()), (1, 6));
        let answer = if known { SegmentDiscount::UnknownResponse } else { SegmentDiscount::UnknownMargin };
        assert!(found.segments.iter().all(|own| own.answer == answer), "{:?}", found.segments);
        let needed = match known {
            true => NeededVolume::MoreThan { share: 0.2 / (0.4 - 0.2) },
            false => NeededVolume::UnknownMargin,
        };
        assert_eq!(found.break_evens[2].needed, needed);
        serde_json::to_string(&found).unwrap();
    }
}

#[test]
fn nobody_gets_a_discount_that_nobody_is_left_for() {
    let none = OfferSegment { expected_revenue: 0.0, ..segment(Some(0.5), Some(estimate(-5.0, 0.0))) };
    assert_eq!(best_discounts(&[none], &Default::default())[0].answer, SegmentDiscount::NobodyToOffer);
}
