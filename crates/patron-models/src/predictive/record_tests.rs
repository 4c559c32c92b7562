//! How the distributions held, on the real logs and on made-up shops: the numbers of `docs/models/intervals.md`.

use patron_columns::SalesTable;
use patron_domain::{Day, PurchaseRule};

use super::learn::said;
use super::{DistributionScores, PastSpend, SpendDistribution, SpendFacts};
use crate::ForecasterName;
use crate::book::Book;
use crate::candidates::{MIN_HISTORY, Study};
use crate::test_data::{cdnow, day, made_up, online_retail};

/// What was said at an origin of each customer, for the days learned and for others, and what came of both.
struct Said {
    origin: Day,
    unit: f64,
    facts: Vec<SpendFacts>,
    came: Vec<f64>,
    longer: Option<(Vec<SpendFacts>, Vec<f64>)>,
}

/// Everything fitted as if the log ended at `origin`.
fn at(table: &SalesTable, truth: &Book, origin: Day, days: u32, longer: Option<u32>) -> Said {
    let known = Book::until(table, origin).unwrap();
    let study = Study::new(&known, origin, Some(days), 7, None).unwrap();
    let then = truth.view(origin);
    let of = |days: u32| -> (Vec<SpendFacts>, Vec<f64>) {
        let outcomes = truth.outcomes(&then, origin.plus_days(days as i32));
        let said = said(&study, ForecasterName::Blend, days).unwrap().unwrap();
        (said, outcomes.iter().map(|came| came.net).collect())
    };
    let (facts, came) = of(days);
    Said { origin, unit: study.view.mean_purchase(), facts, came, longer: longer.map(of) }
}

/// Origins every `days` back from the end, the latest first.
fn origins(truth: &Book, end: Day, days: u32) -> Vec<Day> {
    let first = truth.view(end).first_purchase().unwrap();
    let back = (1..=8).map(|k| end.plus_days(-k * days as i32));
    back.take_while(|origin| origin.days_since(first) >= MIN_HISTORY as i32).collect()
}

fn learned(past: &[Said], unit: f64) -> SpendDistribution {
    let of = |said: &Said| {
        said.facts
            .iter()
            .zip(&said.came)
            .map(|(&facts, &value)| PastSpend { facts, value })
            .collect::<Vec<_>>()
    };
    SpendDistribution::fit(&past.iter().take(4).flat_map(of).collect::<Vec<_>>(), unit)
}

/// Scores at every origin that has an earlier one to learn from, and came ÷ expected there.
fn scores(name: &str, table: &SalesTable, end: Day, days: u32) -> Vec<(f64, DistributionScores)> {
    let truth = Book::until(table, end).unwrap();
    let all: Vec<Said> =
        origins(&truth, end, days).into_iter().map(|origin| at(table, &truth, origin, days, None)).collect();
    let mut scores = Vec::new();
    for (k, now) in all.iter().enumerate().take(all.len().saturating_sub(1)) {
        let fitted = learned(&all[k + 1..], now.unit);
        let spends: Vec<_> = now.facts.iter().map(|facts| fitted.of(facts)).collect();
        let score = DistributionScores::new(&spends, &now.came).unwrap();
        scores.push((told(&format!("{name} | {}", now.origin), &now.came, &spends, &score), score));
    }
    scores
}

/// Prints a row of the table; came ÷ expected.
fn told(name: &str, came: &[f64], spends: &[super::CustomerSpend], score: &DistributionScores) -> f64 {
    let (clipped, expected): (f64, f64) =
        (came.iter().map(|v| v.max(0.0)).sum(), spends.iter().map(super::CustomerSpend::mean).sum());
    let [low, high] = ends(&score.upper_90.deciles);
    let [flat, steep] = ends(&score.pit);
    let mean = clipped / came.len() as f64;
    println!(
        "| {name} | {} | {:.2} | {:.1} % ({:.1} %) | {:.0}–{:.0} % | {:.4} | {:.3} | {:.2} | {:.2} | {:.1}–{:.1} % |",
        came.len(),
        clipped / expected,
        100.0 * score.upper_90.overall,
        100.0 * score.upper_90.plain,
        100.0 * low,
        100.0 * high,
        score.brier,
        score.crps / mean,
        score.interval_score / mean,
        score.interval_score_one_width / mean,
        100.0 * flat,
        100.0 * steep,
    );
    clipped / expected
}

fn ends(values: &[f64]) -> [f64; 2] {
    [values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max)]
}

/// Mean over origins.
fn mean_of(scores: &[(f64, DistributionScores)], score: impl Fn(&DistributionScores) -> f64) -> f64 {
    scores.iter().map(|(_, one)| score(one)).sum::<f64>() / scores.len() as f64
}

fn tenths(scores: &[(f64, DistributionScores)]) -> Vec<f64> {
    (0..10).map(|k| mean_of(scores, |one| one.upper_90.deciles[k])).collect()
}

#[test]
fn the_published_sample_of_cdnow() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::NetPositive) else { return };
    let scores = scores("CDNOW, sample", &table, day("1998-06-30"), 91);
    assert_eq!(scores.len(), 4);
    for (_, score) in &scores {
        assert!((0.87..0.93).contains(&score.upper_90.overall), "{score:?}");
        assert!(score.upper_90.deciles.iter().all(|held| (0.83..0.96).contains(held)), "{score:?}");
        assert!(score.interval_score < 0.95 * score.interval_score_one_width, "{score:?}");
    }
}

#[test]
fn shops_without_a_season_hold() {
    let (table, end) = made_up(17);
    let scores = scores("made up 17", &table, end, 91);
    assert!((0.86..0.94).contains(&mean_of(&scores, |one| one.upper_90.overall)));
    assert!(scores.iter().all(|(_, one)| one.interval_score < one.interval_score_one_width));
}

#[test]
#[ignore = "five minutes; cargo test --release -p patron-models predictive::record -- --ignored --nocapture"]
fn the_whole_table() {
    let mut all = Vec::new();
    for end in ["2011-12-09", "2011-11-09", "2011-10-10"] {
        online_retail().iter().for_each(|table| all.extend(scores("Online Retail", table, day(end), 90)));
    }
    for (name, file) in [("CDNOW", "cdnow_full.csv.gz"), ("CDNOW, sample", "cdnow_sample.csv.gz")] {
        let table = cdnow(file, PurchaseRule::NetPositive);
        table.iter().for_each(|table| all.extend(scores(name, table, day("1998-06-30"), 91)));
    }
    let real = all.len();
    for seed in 14..54 {
        let (table, end) = made_up(seed);
        all.extend(scores(&format!("made up {seed}"), &table, end, 91));
    }
    for (name, some) in [("real", &all[..real]), ("made up", &all[real..])] {
        let level = some.iter().filter(|(level, _)| (0.8..1.25).contains(level)).count();
        let inside = |low: f64, high: f64| {
            move |(_, one): &&(f64, DistributionScores)| (low..=high).contains(&one.upper_90.overall)
        };
        println!(
            "{name}: {} origins, {level} with the level within 25 %; held {:.3}, within 87–93 % {}; IS {:.3} of one width; \
             tenths {:.2?}; pit {:.3?}",
            some.len(),
            mean_of(some, |one| one.upper_90.overall),
            some.iter().filter(inside(0.87, 0.93)).count(),
            mean_of(some, |one| one.interval_score / one.interval_score_one_width),
            tenths(some),
            (0..10).map(|k| mean_of(some, |one| one.pit[k])).collect::<Vec<_>>(),
        );
        assert!((0.88..0.92).contains(&mean_of(some, |one| one.upper_90.overall)));
        assert!(tenths(some).iter().all(|held| (0.83..0.96).contains(held)));
        assert!(mean_of(some, |one| one.interval_score / one.interval_score_one_width) < 0.85);
    }
}

#[test]
#[ignore = "a minute; cargo test --release -p patron-models predictive::record -- --ignored --nocapture"]
fn longer_horizons() {
    let longer = |name: &str, table: &SalesTable, end: Day, origin: Day, days: u32| {
        let truth = Book::until(table, end).unwrap();
        let now = at(table, &truth, origin, 91, Some(days));
        let past: Vec<Said> = origins(&truth, origin, 91)
            .into_iter()
            .map(|origin| at(table, &truth, origin, 91, None))
            .collect();
        let fitted = learned(&past, now.unit);
        let (longer, came) = now.longer.unwrap();
        let rows = now.facts.iter().zip(&longer);
        let spends: Vec<_> =
            rows.map(|(facts, longer)| fitted.in_horizon(facts, longer.mean, longer.chance)).collect();
        let score = DistributionScores::new(&spends, &came).unwrap();
        (told(&format!("{name}, {days} days | {origin}"), &came, &spends, &score), score)
    };
    let mut all = Vec::new();
    for (name, file) in [("CDNOW", "cdnow_full.csv.gz"), ("CDNOW, sample", "cdnow_sample.csv.gz")] {
        let Some(table) = cdnow(file, PurchaseRule::NetPositive) else { continue };
        all.push(longer(name, &table, day("1998-06-30"), day("1997-06-30"), 365));
        all.push(longer(name, &table, day("1998-06-30"), day("1997-09-30"), 273));
    }
    for seed in [14, 15, 23, 30, 31, 37, 46, 47] {
        let (table, end) = made_up(seed);
        all.push(longer(&format!("made up {seed}"), &table, end, end.plus_days(-365), 365));
    }
    println!("held {:.3}; tenths {:.2?}", mean_of(&all, |one| one.upper_90.overall), tenths(&all));
    assert!((0.86..0.93).contains(&mean_of(&all, |one| one.upper_90.overall)));
}
