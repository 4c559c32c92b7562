//! Trends that were put there are found, and none where there is none.

use patron_analytics::{
    AnalysisOptions, Answers, ProductTrend, Season, TotalMeasure, TrendClass, TrendMeasure, analyse,
};
use patron_domain::{Day, Money, Month};

use crate::shop::{Line, table_of};

/// Sells `units(month)` of each product on the second day of each month, and a stub in the month after.
fn shop(months: i32, units: impl Fn(&str, i32) -> i32) -> Answers {
    let first = Month::from_number(2009 * 12 + 3);
    let mut lines = Vec::new();
    for month in 0..=months {
        for product in ["faded", "flat", "late", "risen", "winter"] {
            let quantity = units(product, month);
            let day = first.plus(month).first_day().plus_days(1);
            let order = format!("{product}{month}");
            let amount = Money::from_ten_thousandths(10_000 * i64::from(quantity));
            let (customer, country) = (format!("c{}", month % 3), "UK".to_owned());
            let line = Line { day, customer, order, product: product.to_owned(), country, quantity, amount };
            lines.extend((quantity > 0).then_some(line));
        }
    }
    // the last whole month is seen to its end
    let day = first.plus(months - 1).last_day();
    let (quantity, amount) = (1, Money::from_ten_thousandths(10_000));
    let [customer, order, product, country] = ["c0", "last", "flat", "UK"].map(str::to_owned);
    lines.push(Line { day, customer, order, product, country, quantity, amount });
    analyse(&table_of(&lines), &AnalysisOptions::at(Day::from_number(0))).unwrap()
}

/// Small fixed ups and downs.
fn noise(month: i32) -> i32 {
    [3, -1, -4, 2, 0, 4, -2, 1, -3, 2, -1][month as usize % 11]
}

fn planted(product: &str, month: i32) -> i32 {
    let winter = matches!((month + 3) % 12, 10 | 11);
    match product {
        "risen" => 40 + 3 * month + noise(month),
        "faded" => 140 - 3 * month + noise(month + 3),
        "winter" => 60 + noise(month + 5) + if winter { 150 } else { 0 },
        "late" if month < 9 => 0,
        "late" => 30 + 5 * (month - 9) + noise(month + 1),
        _ => 90 + noise(month + 7),
    }
}

fn of<'a>(answers: &'a Answers, sku: &str) -> &'a ProductTrend {
    let fits = |row: &&ProductTrend| row.product.sku == sku && row.measure == TrendMeasure::Quantity;
    answers.product_trends.iter().find(fits).unwrap()
}

#[test]
fn planted_trends_are_found_and_the_season_is_not_excluded_before_two_years() {
    let answers = shop(18, planted);
    let class = |sku: &str| of(&answers, sku).class;
    assert_eq!((class("risen"), class("faded")), (TrendClass::Rising, TrendClass::Declining));
    assert_eq!((class("flat"), class("winter")), (TrendClass::Steady, TrendClass::Steady));
    assert!(answers.product_trends.iter().all(|row| row.season == Season::NotExcluded));
    let risen = of(&answers, "risen").trend.unwrap();
    assert_eq!((risen.months, risen.first.to_string().as_str()), (18, "2009-04"));
    assert!(risen.ols.low < 3.0 && 3.0 < risen.ols.high && (risen.theil_sen.slope - 3.0).abs() < 0.2);
    assert_eq!(of(&answers, "faded").class_against_shop, TrendClass::Declining);
}

#[test]
fn a_product_begins_with_its_first_whole_month() {
    let answers = shop(18, planted);
    let late = of(&answers, "late").trend.unwrap();
    assert_eq!((late.months, late.first.to_string().as_str()), (8, "2010-02"));
    assert_eq!(of(&answers, "late").class, TrendClass::Rising);
    let young = shop(14, planted);
    assert_eq!(of(&young, "late").class, TrendClass::TooShort);
    assert_eq!((of(&young, "late").trend, of(&young, "late").q_value), (None, None));
}

#[test]
fn a_season_is_told_from_a_trend_after_two_years() {
    let answers = shop(30, planted);
    let season = |sku: &str| of(&answers, sku).season;
    assert_eq!(
        (season("winter"), season("flat"), season("risen")),
        (Season::Seasonal, Season::NotFound, Season::NotFound,)
    );
    assert_eq!(of(&answers, "winter").class, TrendClass::Steady);
    assert_eq!(of(&answers, "risen").class, TrendClass::Rising);
    assert_eq!(of(&answers, "late").season, Season::NotExcluded);
    let orders = answers.total_trends.iter().find(|row| row.measure == TotalMeasure::Orders).unwrap();
    assert_eq!(orders.trend.unwrap().months, 30);
    let long = shop(50, planted);
    assert_eq!(of(&long, "risen").trend.unwrap().months, 36);
}
