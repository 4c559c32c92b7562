//! How ranges held, on the real logs and on made-up shops: the numbers of `docs/models/ranges.md`.

use patron_columns::SalesTable;
use patron_domain::{Day, Horizon, PurchaseRule};

use crate::book::Book;
use crate::test_data::{cdnow, day, made_up, online_retail};
use crate::{ForecastOptions, Forecaster, Holdout, ModelsReport, backtest};

/// Past totals and those that landed inside; buyers and those inside their usual spend.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    totals: (usize, usize),
    buyers: (u64, u64),
}

impl Held {
    fn and(self, other: Self) -> Self {
        Self {
            totals: (self.totals.0 + other.totals.0, self.totals.1 + other.totals.1),
            buyers: (self.buyers.0 + other.buyers.0, self.buyers.1 + other.buyers.1),
        }
    }

    fn shares(self) -> (f64, f64) {
        (self.totals.1 as f64 / self.totals.0 as f64, self.buyers.1 as f64 / self.buyers.0 as f64)
    }
}

fn models(table: &SalesTable, as_of: Day) -> ModelsReport {
    let options = ForecastOptions::default();
    let fitted = Forecaster::fit(table, as_of, &options).unwrap();
    ModelsReport::new(&fitted, Some(backtest(table, as_of, &options).unwrap()))
}

fn holdouts(report: &ModelsReport) -> impl Iterator<Item = &Holdout> {
    report.backtest.iter().flat_map(|tested| std::iter::once(&tested.holdout).chain(&tested.earlier))
}

/// Prints the record of a log and counts it.
fn held(name: &str, table: &SalesTable, as_of: Day) -> Held {
    let report = models(table, as_of);
    let mut held = Held::default();
    for holdout in holdouts(&report) {
        let Some(coverage) = holdout.usual_spend else { continue };
        println!("{name} {}: {coverage:?} {:.3}", holdout.origin, coverage.share().unwrap());
        held.buyers = (held.buyers.0 + coverage.buyers, held.buyers.1 + coverage.inside);
    }
    for total in &report.totals {
        assert!(0.0 < total.low && total.low < total.expected && total.expected < total.high);
        println!("{name} {:.0} ({:.0} … {:.0})", total.expected, total.low, total.high);
        for past in &total.record {
            let inside = past.landed_inside();
            println!("  {past:?} {inside} ×{:.2}", past.high / past.low);
            held.totals = (held.totals.0 + 1, held.totals.1 + usize::from(inside));
        }
    }
    println!("{name} {held:?} {:?}", report.total_spreads);
    held
}

#[test]
fn online_retail_has_six_past_forecasts() {
    let Some(table) = online_retail() else { return };
    let held = held("online_retail", &table, day("2011-12-09"));
    // the last one could not know of Christmas, and allowed for it
    assert_eq!(held.totals, (6, 6));
    assert!((0.7..0.9).contains(&held.shares().1), "{held:?}");
}

#[test]
fn cdnow_has_seven_past_forecasts() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::NetPositive) else { return };
    let held = held("cdnow_sample", &table, day("1998-06-30"));
    assert!(held.totals.0 == 7 && held.totals.1 >= 6, "{held:?}");
    assert!((0.75..0.87).contains(&held.shares().1), "{held:?}");
}

#[test]
#[ignore = "half a minute; cargo test -p patron-models record -- --ignored --nocapture"]
fn the_whole_of_cdnow() {
    let Some(table) = cdnow("cdnow_full.csv.gz", PurchaseRule::NetPositive) else { return };
    let held = held("cdnow", &table, day("1998-06-30"));
    assert!(held.totals.0 == 7 && held.totals.1 >= 6, "{held:?}");
    assert!((0.75..0.87).contains(&held.shares().1), "{held:?}");
}

fn many(seeds: std::ops::Range<u64>) -> Held {
    let one = |seed: u64| {
        let (table, end) = made_up(seed);
        held(&format!("made up {seed}"), &table, end)
    };
    let all = seeds.map(one).fold(Held::default(), Held::and);
    println!("{all:?} {:?}", all.shares());
    all
}

#[test]
fn made_up_shops_land_where_they_should() {
    let held = many(100..104);
    let (totals, buyers) = held.shares();
    assert!(totals >= 0.75 && (0.74..0.86).contains(&buyers), "{held:?}");
}

#[test]
#[ignore = "two minutes; cargo test -p patron-models record -- --ignored --nocapture"]
fn forty_made_up_shops() {
    let held = many(14..54);
    let (totals, buyers) = held.shares();
    assert!((0.85..0.97).contains(&totals) && (0.77..0.83).contains(&buyers), "{held:?}");
}

#[test]
fn groups_are_wider_for_their_size_and_hold() {
    let (table, end) = made_up(1);
    let options = ForecastOptions::default();
    let fitted = Forecaster::fit(&table, end, &options).unwrap();
    let report = ModelsReport::new(&fitted, Some(backtest(&table, end, &options).unwrap()));
    let forecasts = fitted.forecast_all(&table, end, None).unwrap();
    let values: Vec<f64> = forecasts.iter().map(|forecast| forecast.clv_3m).collect();
    let quarter = Horizon::Months(3);
    let total = &report.totals[0];
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
    let (low, high) = report.group_range(quarter, &values).unwrap();
    assert!(close(low, total.low) && close(high, total.high) && close(values.iter().sum(), total.expected));
    let mut width = high / low;
    for size in [100, 30, 10, 3, 1] {
        let (low, high) = report.group_range(quarter, &values[..size]).unwrap();
        assert!(low > 0.0 && high / low > width, "{size}");
        width = high / low;
    }
    assert_eq!(report.group_range(quarter, &[]), None);
    assert_eq!(report.group_range(quarter, &[0.0, 0.0]), None);
    assert_eq!(report.group_range(quarter, &[f64::NAN]), None);
    assert_eq!(report.group_range(Horizon::Months(12), &values), None);
}

/// Groups of `size` customers at the latest origin with three months to go, and those whose spend landed inside the
/// range they would have had then. The customers of a group follow each other in the log.
fn groups(table: &SalesTable, as_of: Day, size: usize) -> (usize, usize) {
    let tested = backtest(table, as_of, &ForecastOptions::default()).unwrap();
    let origin = tested.holdout.origin;
    let truth = Book::until(table, as_of).unwrap();
    let fitted = Forecaster::fit(table, origin, &ForecastOptions::default()).unwrap();
    let view = truth.view(origin);
    let outcomes = truth.outcomes(&view, as_of);
    let spread = tested.totals[0].spread(origin, fitted.mean_purchase());
    let values = fitted.values(&view, Horizon::Months(3).days(origin)).unwrap();
    let pairs = values.chunks_exact(size).zip(outcomes.chunks_exact(size));
    let inside = pairs.filter(|(values, outcomes)| {
        let (low, high) = spread.group(values).unwrap();
        (low..=high).contains(&outcomes.iter().map(|outcome| outcome.net).sum())
    });
    (values.len() / size, inside.count())
}

#[test]
#[ignore = "a minute; cargo test -p patron-models record -- --ignored --nocapture"]
fn groups_land_where_they_should() {
    for size in [20, 100] {
        let (mut all, mut inside) = (0, 0);
        let mut count = |name: &str, table: &SalesTable, as_of: Day| {
            let held = groups(table, as_of, size);
            println!("{name}, groups of {size}: {held:?} {:.3}", held.1 as f64 / held.0 as f64);
            (all, inside) = (all + held.0, inside + held.1);
        };
        online_retail().iter().for_each(|table| count("online_retail", table, day("2011-12-09")));
        let sample = cdnow("cdnow_sample.csv.gz", PurchaseRule::NetPositive);
        sample.iter().for_each(|table| count("cdnow_sample", table, day("1998-06-30")));
        for seed in 200..214 {
            let (table, end) = made_up(seed);
            count(&format!("made up {seed}"), &table, end);
        }
        println!("groups of {size}: {inside} of {all}");
        assert!((0.85..0.97).contains(&(inside as f64 / all as f64)));
    }
}
