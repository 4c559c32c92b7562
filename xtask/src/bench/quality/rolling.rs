//! The same forecast at many dates: our scores less those of the best single peer of each log.

use anyhow::{Context, Result};
use patron_models::{Scores, scores};

use super::{Log, Outcome, Peers};
use crate::say;

const DAYS: u32 = 90;
const RESAMPLES: u64 = 100;
/// As-of dates by log.
const ORIGINS: [(&str, &[&str]); 2] = [
    (
        "online_retail",
        &[
            "2011-02-28",
            "2011-03-14",
            "2011-04-13",
            "2011-05-13",
            "2011-06-12",
            "2011-07-12",
            "2011-08-11",
            "2011-09-10",
        ],
    ),
    (
        "cdnow_full",
        &[
            "1997-04-03",
            "1997-06-02",
            "1997-07-02",
            "1997-08-31",
            "1997-09-30",
            "1997-10-30",
            "1997-12-29",
            "1998-02-27",
            "1998-03-29",
        ],
    ),
];

type Score = (&'static str, fn(&Scores) -> Option<f64>);
const SCORES: [Score; 2] = [("R²", |scores| scores.r2), ("normalised Gini", |scores| scores.normalised_gini)];

/// Prints ours, the best peer's and the difference at every date, and the means; without peers ours alone.
pub(super) fn run(logs: &[Log], peers: Option<&Peers>) -> Result<()> {
    let mut tried = Vec::new();
    for (name, dates) in ORIGINS {
        let Some(log) = logs.iter().find(|log| log.name == name) else { continue };
        let outcomes: Result<Vec<_>> = dates.iter().map(|date| log.outcome(date, DAYS, peers)).collect();
        tried.push((name, dates, outcomes?));
    }
    for (called, score) in SCORES {
        say(&format!(
            "\n| log, as-of date | {called} | best single peer | its {called} | difference | standard error |"
        ));
        say(&format!("|{}", "---|".repeat(6)));
        let mut all = vec![Vec::new(); RESAMPLES as usize + 1];
        for (name, dates, outcomes) in &tried {
            let order = ranked(outcomes, score);
            let mut of_log = vec![Vec::new(); all.len()];
            for (date, outcome) in dates.iter().zip(outcomes) {
                let ours = value(score, &outcome.actual, &outcome.ours)?;
                let known = order.iter().find_map(|rival| outcome.peers.iter().find(|peer| peer.0 == *rival));
                let Some((rival, theirs)) = known else {
                    say(&format!("| {name}, {date} | {ours:.3} | – | – | – | – |"));
                    continue;
                };
                let differences = differences(outcome, theirs, score)?;
                let cells = told(&differences);
                say(&format!(
                    "| {name}, {date} | {ours:.3} | {rival} | {:.3} | {cells} |",
                    ours - differences[0]
                ));
                for (of_log, difference) in of_log.iter_mut().zip(differences) {
                    of_log.push(difference);
                }
            }
            mean(&format!("{name}, mean of {}", dates.len()), &of_log);
            for (all, of_log) in all.iter_mut().zip(of_log) {
                all.extend(of_log);
            }
        }
        mean("all dates", &all);
    }
    Ok(())
}

/// Names of the peers, the hardest to beat first: by our mean lead over each, at the dates at which it could be fitted.
fn ranked(outcomes: &[Outcome], score: fn(&Scores) -> Option<f64>) -> Vec<String> {
    let mut names: Vec<&String> =
        outcomes.iter().flat_map(|outcome| outcome.peers.iter().map(|(name, _)| name)).collect();
    names.sort();
    names.dedup();
    let lead = |name: &String| {
        let leads: Vec<f64> = outcomes
            .iter()
            .filter_map(|outcome| {
                let (_, theirs) = outcome.peers.iter().find(|(peer, _)| peer == name)?;
                let ours = value(score, &outcome.actual, &outcome.ours).ok()?;
                Some(ours - value(score, &outcome.actual, theirs).ok()?)
            })
            .collect();
        leads.iter().sum::<f64>() / leads.len() as f64
    };
    let mut leads: Vec<(f64, &String)> = names.into_iter().map(|name| (lead(name), name)).collect();
    leads.sort_by(|a, b| a.0.total_cmp(&b.0));
    leads.into_iter().map(|(_, name)| name.clone()).collect()
}

/// Our score less theirs: of all customers first, then of every resample of them.
fn differences(outcome: &Outcome, theirs: &[f64], score: fn(&Scores) -> Option<f64>) -> Result<Vec<f64>> {
    let difference = |rows: &[usize]| {
        let of = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
        let actual = of(&outcome.actual);
        Ok(value(score, &actual, &of(&outcome.ours))? - value(score, &actual, &of(theirs))?)
    };
    let all: Vec<usize> = (0..outcome.actual.len()).collect();
    let resampled = (0..RESAMPLES).map(|resample| {
        let drawn = |&row: &usize| std::iter::repeat_n(row, times(&outcome.customers[row], resample));
        difference(&all.iter().flat_map(drawn).collect::<Vec<_>>())
    });
    std::iter::once(difference(&all)).chain(resampled).collect()
}

/// How often a customer is in a resample: Poisson with mean 1, and the same at every date.
fn times(customer: &str, resample: u64) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ resample.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in customer.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        hash = (hash ^ (hash >> 30)).wrapping_mul(factor);
    }
    let drawn = ((hash ^ (hash >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
    let mut count = 0;
    let mut chance = (-1.0_f64).exp();
    let mut below = chance;
    while drawn >= below && count < 8 {
        count += 1;
        chance /= count as f64;
        below += chance;
    }
    count
}

fn value(score: fn(&Scores) -> Option<f64>, actual: &[f64], predicted: &[f64]) -> Result<f64> {
    scores(actual, predicted).as_ref().and_then(score).context("nothing was bought after this date")
}

/// Difference and standard error.
fn told(differences: &[f64]) -> String {
    let resampled = &differences[1..];
    let mean = resampled.iter().sum::<f64>() / resampled.len() as f64;
    let squares: f64 = resampled.iter().map(|value| (value - mean).powi(2)).sum();
    format!("{:+.3} | {:.3}", differences[0], (squares / (resampled.len() as f64 - 1.0)).sqrt())
}

fn mean(called: &str, differences: &[Vec<f64>]) {
    if differences[0].is_empty() {
        return;
    }
    let means: Vec<f64> =
        differences.iter().map(|dates| dates.iter().sum::<f64>() / dates.len() as f64).collect();
    say(&format!("| **{called}** | | | | {} |", told(&means)));
}

#[cfg(test)]
mod tests {
    use super::{times, told};

    #[test]
    fn a_customer_is_drawn_once_on_average() {
        let drawn: Vec<f64> =
            (0..5_000).map(|customer| times(&customer.to_string(), customer % 100) as f64).collect();
        let mean = drawn.iter().sum::<f64>() / 5_000.0;
        let variance = drawn.iter().map(|times| (times - mean).powi(2)).sum::<f64>() / 5_000.0;
        // five standard errors of a Poisson number with mean 1
        assert!((mean - 1.0).abs() < 5.0 * 0.0142, "{mean}");
        assert!((variance - 1.0).abs() < 5.0 * 0.0245, "{variance}");
    }

    #[test]
    fn a_difference_comes_with_the_spread_of_its_resamples() {
        assert_eq!(told(&[0.02, 0.01, 0.02, 0.03]), "+0.020 | 0.010");
    }
}
