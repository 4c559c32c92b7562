//! Newcomers of real logs and made-up shops.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::PurchaseRule;
use patron_synth::{DirtRates, Scenario, generate};

use super::*;
use crate::book::Book;
use crate::test_data::{cdnow, day, online_retail};

const QUARTER: Horizon = Horizon::Days(90);

fn expected(table: &SalesTable, as_of: Day, horizon: Horizon) -> NewcomersExpected {
    let book = Book::until(table, as_of).unwrap();
    let view = book.view(as_of);
    let season = Season::fit(&view);
    let expected = Newcomers::fit(&view, &season).unwrap().expected(horizon);
    assert!(expected.is_sound(), "{expected:?}");
    expected
}

/// Newcomers and their revenue in truth, and the revenue of customers known before.
fn truth(table: &SalesTable, as_of: Day, horizon: Horizon) -> (u64, f64, f64) {
    let end = horizon.end(as_of);
    let book = Book::until(table, end).unwrap();
    let view = book.view(end);
    let season = Season::flat();
    let (came, brought) = Newcomers::fit(&view, &season).unwrap().came(as_of, end);
    let known: f64 = book.outcomes(&book.view(as_of), end).iter().map(|outcome| outcome.net).sum();
    (came, brought, known)
}

/// Forecasts at these dates, those inside, and the mean ratio of high to low end.
fn check_dates(name: &str, table: &SalesTable, dates: &[Day]) -> (usize, usize) {
    let mut inside = 0;
    for &as_of in dates {
        let found = expected(table, as_of, QUARTER);
        let (came, brought, known) = truth(table, as_of, QUARTER);
        let held = (found.low..=found.high).contains(&brought);
        inside += usize::from(held);
        println!(
            "{name} {as_of}: {:.0} newcomers × {:.1} = {:.0} ({:.0} … {:.0}); came {came}, {brought:.0}, {:.1} % {held}",
            found.arrivals,
            found.value_per_newcomer,
            found.revenue,
            found.low,
            found.high,
            100.0 * brought / (brought + known)
        );
    }
    (dates.len(), inside)
}

fn monthly(first: &str, count: u32) -> Vec<Day> {
    (0..count).map(|month| day(first).plus_months(month)).collect()
}

#[test]
fn online_retail_every_month() {
    let Some(table) = online_retail() else { return };
    let held = check_dates("Online Retail", &table, &monthly("2011-02-15", 7));
    assert!(held.1 >= 6, "{held:?}");
    let found = expected(&table, day("2011-09-10"), QUARTER);
    let (_, brought, known) = truth(&table, day("2011-09-10"), QUARTER);
    assert!((0.1..0.25).contains(&(brought / (brought + known))));
    assert!(found.low < brought && brought < found.high, "{found:?}");
}

#[test]
fn the_stream_of_cdnow_has_ended() {
    let Some(table) = cdnow("cdnow_full.csv.gz", PurchaseRule::NetPositive) else { return };
    for as_of in ["1997-04-05", "1997-04-30", "1997-06-30", "1997-09-30", "1998-03-31"] {
        let found = expected(&table, day(as_of), QUARTER);
        println!("CDNOW {as_of}: {found:?}");
        assert_eq!((found.arrivals, found.revenue, found.low), (0.0, 0.0, 0.0));
        let (came, brought, known) = truth(&table, day(as_of), QUARTER);
        assert!(came <= 2 && brought <= found.high && found.high < 0.03 * known, "{came} {found:?}");
    }
}

#[test]
#[ignore = "half a minute; cargo test -p patron-models newcomers -- --ignored --nocapture"]
fn made_up_shops_hold_their_newcomers() {
    let (mut all, mut inside) = (0, 0);
    for seed in 0..24_u64 {
        let base = Scenario::demo();
        let scenario = Scenario {
            customers: [400, 1_500, 4_000][seed as usize % 3],
            growth_per_year: [1.0, 1.6, 0.6, 2.5][seed as usize % 4],
            season: if seed % 2 == 0 { base.season } else { [1.0; 12] },
            dirt: DirtRates { cancellations: 0.03, ..DirtRates::default() },
            ..base
        };
        let start = scenario.start;
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        generate(&scenario, seed).unwrap().batches().for_each(|batch| builder.push(&batch));
        let table = builder.finish().0;
        let dates: Vec<Day> =
            [100, 170, 240, 310, 400, 480, 560, 640].map(|days| start.plus_days(days)).into();
        let held = check_dates(&format!("made up {seed}"), &table, &dates);
        (all, inside) = (all + held.0, inside + held.1);
    }
    println!("made-up shops: {inside} of {all} inside");
    assert!((0.85..=0.99).contains(&(f64::from(inside as u32) / f64::from(all as u32))));
}

#[test]
fn a_steady_stream_by_hand() {
    use crate::test_data::Lines;
    use patron_domain::{LineKind, Money};
    // one newcomer a day who buys for 10, and for 10 again 14 days later
    let mut lines = Lines::default();
    for number in 0..200 {
        let first = day("2020-01-01").plus_days(number);
        for (order, when) in [first, first.plus_days(14)].into_iter().enumerate() {
            let order = format!("o{number}-{order}");
            let amount = Money::from_ten_thousandths(100_000);
            lines.add(&format!("c{number}"), None, &order, "", when.start(), 1, amount, LineKind::Sale);
        }
    }
    let table = lines.table(PurchaseRule::NetPositive);
    let as_of = day("2020-01-01").plus_days(199);
    let found = expected(&table, as_of, Horizon::Days(56));
    assert!((found.arrivals - 56.0).abs() < 1e-9, "{found:?}");
    // of 200 customers 186 came at least 14 days before; days lived in the first block: Σ min(age, 28) = 172·28 + Σ 0…27
    let rate = 186.0 * 10.0 / (172.0 * 28.0 + 378.0);
    let value = 10.0 + rate * (28.0 - 28.0 * 28.0 / (2.0 * 56.0));
    assert!((found.value_per_newcomer - value).abs() < 1e-9, "{} {value}", found.value_per_newcomer);
    assert!(
        (found.revenue - 56.0 * value).abs() < 1e-6
            && found.low < found.revenue
            && found.revenue < found.high
    );
    assert_eq!(found.record.len(), 4);
    assert!(found.record.iter().all(PastNewcomers::landed_inside), "{found:?}");
}
