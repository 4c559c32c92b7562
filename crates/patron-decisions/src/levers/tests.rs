use patron_domain::Attributes;
use patron_models::AliveModel;

use super::*;
use crate::margins::test_shop::{day, forecast, table};
use crate::offers::{Response, price_response};
use crate::segments::{SegmentOptions, segments};
use crate::{MarginRates, Margins};

fn worths(answer: &Levers, lever: Lever) -> LeverWorth {
    answer.levers.iter().find(|row| row.lever == lever).unwrap().worth.clone()
}

/// `anna` expects 300 in 12 months, `ben` 150; P(alive) as given.
fn asked(alive: [f64; 2], model: AliveModel, rate: Option<f64>, known: Option<Estimate>) -> LeverAnswers {
    let table = table(
        "2024-01-01 anna tea uk 1 100.00
         2024-01-20 anna cup uk 3 100.00
         2024-01-01 ben tea uk 1 80.00",
    );
    let attributes = Attributes::default();
    let mut forecasts = [forecast(0, 10.0, 0.9, 100.0), forecast(1, 10.0, 0.2, 50.0)];
    for (row, p_alive) in forecasts.iter_mut().zip(alive) {
        (row.p_alive, row.p_alive_model) = (p_alive, model);
    }
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &forecasts).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let cells = segments(&shop, &seen, None, &SegmentOptions::default()).unwrap().default;
    let margins = Margins::new(&shop, &MarginRates::new([], rate).unwrap()).unwrap();
    let mut response = price_response(&table, &attributes, shop.as_of).unwrap();
    if let Some(shop) = known {
        response.units = Response::Identified {
            changes: 20,
            products: 20,
            raised: 20,
            shop,
            placebo: Estimate::new(0.0, 1.0, 1.96),
            categories: Vec::new(),
            products_with_changes: Vec::new(),
        };
    }
    levers(&shop, &seen, &margins, &cells, &response)
}

#[test]
fn one_per_cent_of_each_lever_by_hand() {
    let found = asked([0.5, 0.995], AliveModel::BgNbd, Some(0.4), Some(Estimate::new(-2.0, 0.0, 1.96)));
    let shop = &found.levers[0];
    assert_eq!((shop.cell, shop.customers, shop.clv_12m), (None, 2, 450.0));
    assert_eq!((shop.lines_per_order, shop.value_per_unit), (Some(1.0), Some(56.0)));
    let check = |lever: Lever, revenue: f64, margin: f64| {
        let LeverWorth::Known { revenue: found, margin: Some(earned), .. } = worths(shop, lever) else {
            panic!("{lever:?}: {shop:?}")
        };
        assert!(
            (found - revenue).abs() < 1e-9 && (earned - margin).abs() < 1e-9,
            "{lever:?} {found} {earned}"
        );
    };
    check(Lever::Frequency, 4.5, 1.8);
    check(Lever::OrderValue, 4.5, 1.8);
    check(Lever::Margin, 0.0, 1.8);
    // units fall to 1.01⁻², revenue to 1.01⁻¹; cost was 270
    check(
        Lever::Price,
        450.0 * (1.0 / 1.01 - 1.0),
        450.0 * (1.0 / 1.01 - 1.0) + 270.0 * (1.0 - 1.01_f64.powi(-2)),
    );
    // Ben can only rise from .995 to 1
    let ben = 150.0 * (1.0 / 0.995 - 1.0);
    check(Lever::Life, 3.0 + ben, 0.4 * (3.0 + ben));
    assert_eq!(worths(shop, Lever::LinesPerOrder), LeverWorth::Unknown { why: LeverUnknown::FewOrders });
    // the cells add up to the shop
    let cells: f64 = found.levers[1..].iter().map(|own| own.clv_12m).sum();
    assert_eq!(cells, 450.0);
    assert_eq!(found.buyers, BuyersAnswer::TooFew { customers: 1 + 1, needed: 30 });
    serde_json::to_string(&found).unwrap();
}

#[test]
fn what_the_data_cannot_tell_is_unknown() {
    for (alive, model) in [([1.0, 1.0], AliveModel::BgNbd), ([0.5, 0.5], AliveModel::StandIn)] {
        let found = asked(alive, model, None, None);
        let why = |lever| worths(&found.levers[0], lever);
        assert_eq!(why(Lever::Life), LeverWorth::Unknown { why: LeverUnknown::NobodyDropsOut });
        assert_eq!(why(Lever::Price), LeverWorth::Unknown { why: LeverUnknown::PriceResponse });
        assert_eq!(why(Lever::Margin), LeverWorth::Unknown { why: LeverUnknown::MarginRate });
        assert!(matches!(why(Lever::Frequency), LeverWorth::Known { margin: None, .. }));
    }
}

#[test]
fn often_but_little_and_big_but_seldom() {
    // ten who come ten times for 1, ten who come once for 1,000, ten between
    let mut log = String::new();
    for customer in 0..10 {
        for visit in 0..10 {
            log += &format!("2024-01-{:02} often{customer} tea uk 1 1.00\n", 1 + visit);
        }
        log += &format!("2024-01-01 big{customer} tea uk 1 1000.00\n");
        for visit in 0..3 {
            log += &format!("2024-01-{:02} some{customer} tea uk 1 20.00\n", 1 + visit);
        }
    }
    let (table, attributes) = (table(&log), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2024-06-30"), &[]).unwrap();
    let BuyersAnswer::Found { often_but_little, big_but_seldom, value, .. } = often_and_big(&shop) else {
        panic!()
    };
    assert_eq!(value, [1.0, 1000.0]);
    assert_eq!((often_but_little.customers, often_but_little.revenue), (10, 100.0));
    assert_eq!((big_but_seldom.customers, big_but_seldom.revenue), (10, 10_000.0));
    assert_eq!((big_but_seldom.clv_12m, big_but_seldom.top.len()), (None, 10));
    // nobody stands out where all are alike
    let same = (0..30).map(|at| format!("2024-01-01 c{at} tea uk 1 5.00\n")).collect::<String>();
    let table = crate::margins::test_shop::table(&same);
    let shop = Shop::new(&table, &attributes, day("2024-06-30"), &[]).unwrap();
    let BuyersAnswer::Found { often_but_little, .. } = often_and_big(&shop) else { panic!() };
    assert_eq!(often_but_little.customers, 0);
}
