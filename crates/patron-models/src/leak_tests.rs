//! What comes after a day changes nothing that is learned up to it, not by a bit.

use std::collections::BTreeMap;

use patron_columns::SalesTable;
use patron_domain::{Day, LineKind, Money, PurchaseRule};
use proptest::prelude::*;

use crate::book::Book;
use crate::candidates::Study;
use crate::test_data::{Lines, day};
use crate::{Depth, FittedForecaster, ForecastOptions, Forecaster, ForecasterName, rolling_backtest};

/// A line: customer, days after the first day, value (returns below zero), country.
type Sale = (u32, i32, f64, &'static str);

const FIRST: &str = "2020-01-01";

fn origin(days: i32) -> Day {
    day(FIRST).plus_days(days)
}

/// The lines in the order given; where several begin at one moment the first of them names the country.
fn table(sales: &[Sale]) -> SalesTable {
    let mut lines = Lines::default();
    for &(customer, after, value, country) in sales {
        let (id, order) = (format!("c{:03}", customer * 7 % 101), format!("{customer}@{after}"));
        let kind = if value < 0.0 { LineKind::Return } else { LineKind::Sale };
        let amount = Money::from_f64(value).unwrap();
        lines.add(&id, Some("sku"), &order, country, origin(after).start(), 1, amount, kind);
    }
    lines.table(PurchaseRule::NetPositive)
}

/// Everything a book knows of a day, by the customers' ids and in its order.
fn known(sales: &[Sale], as_of: Day) -> String {
    let table = table(sales);
    let book = Book::until(&table, as_of).unwrap();
    let view = book.view(as_of);
    let id = |code: u32| table.catalog().customers.text(code);
    let rows = view.seen.iter().map(|s| (id(s.customer), s.country, s.days, s.history));
    let all = (0..view.len()).map(|index| book.days_of(index));
    format!("{:?} {:?}", rows.collect::<Vec<_>>(), all.collect::<Vec<_>>())
}

fn sales(from: i32, to: i32, most: usize) -> impl Strategy<Value = Vec<Sale>> {
    let country = prop::sample::select(vec!["France", "Italy", "Peru", ""]);
    prop::collection::vec((0..60_u32, from..to, -20.0..90.0_f64, country), 0..most)
}

proptest! {
    #[test]
    fn a_book_ends_where_it_is_told(
        past in sales(0, 200, 120),
        one in sales(200, 400, 60),
        other in sales(200, 400, 60),
    ) {
        let as_of = origin(199);
        let log = |future: &[Sale], newest_first: bool| -> Vec<Sale> {
            let (earlier, later) = (past.iter().copied(), future.iter().copied());
            if newest_first { later.chain(earlier).collect() } else { earlier.chain(later).collect() }
        };
        let alone = known(&past, as_of);
        for newest_first in [false, true] {
            prop_assert_eq!(&known(&log(&one, newest_first), as_of), &alone);
            prop_assert_eq!(&known(&log(&other, newest_first), as_of), &alone);
        }
    }
}

/// 150 customers over 420 days, and what they did after day `cut` as `future` has it.
fn shop(cut: i32, future: impl Fn(Sale) -> Vec<Sale>) -> Vec<Sale> {
    let mut sales = Vec::new();
    for k in 0..2_400_u32 {
        let mixed = k.wrapping_mul(2_654_435_761) >> 7;
        let customer = mixed % 150;
        let after = (customer as i32 + (mixed / 150 % 420) as i32 * 3 / 4).min(419);
        let value = 5.0 + f64::from(mixed % 91) - if mixed % 17 == 0 { 80.0 } else { 0.0 };
        let sale = (customer, after, value, ["France", "Italy", "Spain"][(customer % 3) as usize]);
        if after <= cut { sales.push(sale) } else { sales.extend(future(sale)) }
    }
    sales
}

/// The future as it never was: other prices and countries, everything returned, customers nobody knew.
fn wild((customer, after, value, _): Sale) -> Vec<Sale> {
    let stranger = 1_000 + customer;
    vec![(customer, after, -value * 3.0, "Chile"), (stranger, after, value * 1e4, "Nepal")]
}

#[test]
fn a_fit_and_its_forecasts_know_nothing_of_what_follows() {
    let as_of = origin(300);
    let (real, other) = (shop(300, |sale| vec![sale]), shop(300, wild));
    let newest_first: Vec<Sale> = other.iter().rev().copied().collect();
    assert!(real != other);
    for forecaster in ForecasterName::ALL {
        let options = ForecastOptions { forecaster, horizon_days: Some(60), ..Default::default() };
        let told = [&real, &other, &newest_first].map(|sales| {
            let table = table(sales);
            let fitted = Forecaster::fit(&table, as_of, &options).unwrap();
            let names = &table.catalog().customers;
            let forecasts = fitted.forecast_all(&table, as_of, Some(60)).unwrap();
            let by_id: BTreeMap<String, String> = forecasts
                .into_iter()
                .map(|mut forecast| {
                    let code = forecast.customer.take().unwrap();
                    (names.text(code).to_owned(), format!("{forecast:?}"))
                })
                .collect();
            (serde_json::to_string(&fitted).unwrap(), by_id)
        });
        assert!(told[0] == told[1], "{forecaster}: the future is known");
        assert!(told[0] == told[2], "{forecaster}: the order of the lines matters");
    }
}

#[test] // where candidates are compared with one another, the studies of earlier dates share the book of a later one
fn a_study_of_an_earlier_day_reads_no_later_page() {
    let (then, now) = (origin(300), origin(419));
    let table = table(&shop(300, wild));
    let books = [then, now].map(|day| Book::until(&table, day).unwrap());
    for forecaster in ForecasterName::ALL {
        let options = ForecastOptions { forecaster, horizon_days: Some(60), ..Default::default() };
        let [short, long] = books.each_ref().map(|book| {
            let study = Study::new(book, then, Some(60), options.seed, None).unwrap();
            let fitted = FittedForecaster::from_study(&study, &options).unwrap();
            (serde_json::to_string(&fitted).unwrap(), fitted.values(&study.view, 60).unwrap())
        });
        assert!(short == long, "{forecaster}");
    }
}

#[test]
fn tests_at_earlier_dates_know_nothing_of_what_follows() {
    // horizons of 60 days up to day 419: origins at 359, 299, 239 …; what is altered begins after 359
    let record = |sales: &[Sale]| {
        let options = ForecastOptions { horizon_days: Some(60), ..Default::default() };
        rolling_backtest(&table(sales), origin(419), &options, Depth::Thorough, &|_, _| ()).unwrap()
    };
    let (real, other) = (record(&shop(359, |sale| vec![sale])), record(&shop(359, wild)));
    assert!(real.holdout.actual_total != other.holdout.actual_total);
    // what was forecast on day 359 knows nothing of it either
    assert_eq!(real.holdout.predicted_total.to_bits(), other.holdout.predicted_total.to_bits());
    assert!(!real.earlier.is_empty());
    assert_eq!(serde_json::to_string(&real.earlier).unwrap(), serde_json::to_string(&other.earlier).unwrap());
}
