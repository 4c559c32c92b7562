//! Ranges of totals over many made-up shops, each range made from what was known on its day.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{Day, Horizon, PurchaseRule};
use patron_synth::{DirtRates, Scenario, generate};
use rayon::prelude::*;

use super::{Expected, PastTotal, TotalsTested};
use crate::ForecasterName;
use crate::book::Book;
use crate::candidates::{Candidate, MIN_HISTORY, Study};
use crate::test_data::{cdnow, day, made_up, online_retail};

/// Days of the horizon.
const DAYS: u32 = 91;

/// What the forecaster would have said of the total at each origin, `step` days apart, and what came.
fn totals(table: &SalesTable, end: Day, name: ForecasterName, step: i32, most: i32) -> TotalsTested {
    let truth = Book::until(table, end).unwrap();
    let first = truth.view(end).first_purchase().unwrap();
    let origins = (0..most).map(|k| end.plus_days(-(DAYS as i32) - k * step));
    let origins = origins.take_while(|origin| origin.days_since(first) >= MIN_HISTORY as i32);
    let one = |origin: Day| {
        let known = Book::until(table, origin).unwrap();
        let study = Study::new(&known, origin, Some(DAYS), 7, None).unwrap();
        let fitted = study.fit(name).unwrap();
        let values = fitted.value(&study.serving(), &study.view, DAYS).unwrap();
        let to = origin.plus_days(DAYS as i32);
        let net: Vec<f64> = truth.outcomes(&truth.view(origin), to).iter().map(|came| came.net).collect();
        PastTotal::new(origin, to, &values, study.view.mean_purchase(), &net)
    };
    TotalsTested { horizon: Horizon::Days(DAYS), past: origins.map(one).collect() }
}

/// Ranges, those that held, and the sum of ln(high ÷ low), by the forecasts known on the day: none, some, an own record,
/// one that needs no Student.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    by_record: [(usize, usize, f64); 4],
}

impl Count {
    fn of(tested: &TotalsTested) -> Self {
        let mut count = Self::default();
        for &PastTotal { origin, expected, came, own_chance, .. } in &tested.past {
            // the mean purchase is part of `own_chance` already
            let spread = tested.spread(origin, 1.0);
            let Some((low, high)) = spread.range(Expected { total: expected, own_chance }) else { continue };
            let known = tested.past.iter().filter(|past| past.end <= origin).count();
            let class = match () {
                () if spread.conformal.is_some() => 3,
                () if known == 0 => 0,
                // with the prior there are three degrees of freedom more than independent forecasts
                () if spread.freedom < known as f64 && spread.freedom >= 4.0 => 2,
                () => 1,
            };
            let (all, inside, width) = &mut count.by_record[class];
            *all += 1;
            *inside += usize::from((low..=high).contains(&came));
            *width += (high / low).ln();
        }
        count
    }

    fn and(mut self, other: Self) -> Self {
        for (own, other) in self.by_record.iter_mut().zip(other.by_record) {
            *own = (own.0 + other.0, own.1 + other.1, own.2 + other.2);
        }
        self
    }

    /// Prints it; the share of all ranges that held.
    fn told(&self, name: &str) -> f64 {
        for (class, (all, inside, width)) in ["no record", "some", "own", "conformal"]
            .iter()
            .zip(self.by_record)
            .filter(|(_, class)| class.0 > 0)
        {
            let (share, ratio) = (100.0 * inside as f64 / all as f64, (width / all as f64).exp());
            println!("{name}, {class}: {inside} of {all} ({share:.1} %), high ÷ low {ratio:.2}");
        }
        let sum = |part: fn(&(usize, usize, f64)) -> usize| self.by_record.iter().map(part).sum::<usize>();
        let (all, inside) = (sum(|class| class.0), sum(|class| class.1));
        println!("{name}, all: {inside} of {all} ({:.1} %)", 100.0 * inside as f64 / all as f64);
        inside as f64 / all as f64
    }
}

#[test]
#[ignore = "ten minutes; cargo test --release -p patron-models many_shops -- --ignored --nocapture"]
fn two_hundred_shops_and_the_real_logs() {
    let mut real = Count::default();
    let mut add = |name: &str, table: SalesTable, end: Day| {
        let count = Count::of(&totals(&table, end, ForecasterName::Blend, 30, 7));
        count.told(name);
        real = real.and(count);
    };
    online_retail().into_iter().for_each(|table| add("Online Retail", table, day("2011-12-09")));
    for (name, file) in [("CDNOW", "cdnow_full.csv.gz"), ("CDNOW, sample", "cdnow_sample.csv.gz")] {
        let table = cdnow(file, PurchaseRule::NetPositive);
        table.into_iter().for_each(|table| add(name, table, day("1998-06-30")));
    }
    let one = |seed: u64| {
        let (table, end) = made_up(seed);
        Count::of(&totals(&table, end, ForecasterName::Blend, 30, 7))
    };
    let shops: Vec<Count> = (1_000..1_200_u64).into_par_iter().map(one).collect();
    let with_season = shops.iter().step_by(2).copied().fold(Count::default(), Count::and);
    let without = shops.iter().skip(1).step_by(2).copied().fold(Count::default(), Count::and);
    with_season.told("shops with a season");
    without.told("shops without");
    let all = with_season.and(without).and(real).told("all");
    assert!((0.80..0.97).contains(&all));
}

/// Shops of seven years.
fn long_lived(seed: u64) -> (SalesTable, Day) {
    let base = Scenario::demo();
    let season = if seed.is_multiple_of(2) { base.season } else { [1.0; 12] };
    let scenario = Scenario {
        customers: [300, 800][seed as usize / 2 % 2],
        growth_per_year: [1.0, 1.1, 0.9, 1.2][seed as usize % 4],
        season,
        start: base.end.plus_days(-7 * 365),
        dirt: DirtRates { cancellations: 0.03, ..Default::default() },
        ..base
    };
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    generate(&scenario, seed).unwrap().batches().for_each(|batch| builder.push(&batch));
    (builder.finish().0, scenario.end)
}

#[test]
#[ignore = "two minutes; cargo test --release -p patron-models many_shops -- --ignored --nocapture"]
fn long_records_stand_alone() {
    let one = |seed: u64| {
        let (table, end) = long_lived(seed);
        Count::of(&totals(&table, end, ForecasterName::Btyd, DAYS as i32, 26))
    };
    let shops: Vec<Count> = (2_000..2_060_u64).into_par_iter().map(one).collect();
    let all = shops.into_iter().fold(Count::default(), Count::and);
    assert!((0.80..0.97).contains(&all.told("long-lived shops")));
    // every kind of record occurs
    assert!(all.by_record.iter().all(|class| class.0 > 0), "{all:?}");
}
