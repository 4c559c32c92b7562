//! How sure a score is: the same customers drawn again and again, and every candidate scored on each draw.

use patron_domain::Day;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ranked::{Ranked, Truth};
use super::{SCORES, Scores, mixed};

/// Share of cases an interval is made for.
const LEVEL: f64 = 0.9;
/// Resamples, and customers in all of them together beyond which there are fewer.
const MOST: u64 = 200;
const FEWEST: u64 = 40;
const ENOUGH: u64 = 20_000_000;

/// Which customers are drawn how often. A customer is drawn as often at every origin of one resample, so that
/// differences may be averaged over origins that share customers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws {
    seed: u64,
    pub(crate) resamples: u32,
}

impl Draws {
    pub(crate) fn new(seed: u64, customers: usize) -> Self {
        let resamples = (ENOUGH / (customers as u64).max(1)).clamp(FEWEST, MOST) as u32;
        Self { seed, resamples }
    }

    /// How often each of `customers`, named by numbers of their own, is in a resample: Poisson with mean 1, at most 8.
    pub(super) fn weights(&self, resample: u32, customers: &[usize]) -> Vec<u8> {
        let start = mixed(self.seed ^ mixed(u64::from(resample) + 1));
        let one = |&customer: &usize| {
            let draw = mixed(start ^ (customer as u64).wrapping_mul(0xd6e8_feb8_6659_fd93)) >> 11;
            let chance = draw as f64 / (1_u64 << 53) as f64;
            POISSON.iter().map(|&below| u8::from(chance >= below)).sum()
        };
        customers.iter().map(one).collect()
    }
}

/// P(X ≤ k) of a Poisson number with mean 1, k = 0 … 7.
const POISSON: [f64; 8] = [
    0.367_879_441_171_442_3,
    0.735_758_882_342_884_6,
    0.919_698_602_928_605_8,
    0.981_011_843_123_846_2,
    0.996_340_153_172_656_3,
    0.999_405_815_182_418_3,
    0.999_916_758_850_711_9,
    0.999_989_750_803_325_3,
];

/// An interval for every score, from resampled customers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreIntervals {
    /// Share of cases the intervals are made for: 0.9.
    pub level: f64,
    /// Resamples of the customers behind them.
    pub resamples: u32,
    /// Standard error of each score.
    pub standard_error: Scores,
    /// Low end of each score.
    pub low: Scores,
    /// High end of each score.
    pub high: Scores,
}

/// Scores of every candidate at one origin: themselves, and on every resample.
pub(crate) struct Bootstrap {
    pub(crate) origin: Day,
    pub(crate) scores: Vec<Scores>,
    /// `resampled[resample][candidate]`.
    pub(crate) resampled: Vec<Vec<[f64; SCORES]>>,
}

impl Bootstrap {
    /// `predicted` holds one forecast per candidate, in the order of `actual`, `customers` a number for each customer
    /// that is the same at every origin. `None` without customers.
    pub(crate) fn new(
        origin: Day,
        actual: &[f64],
        predicted: &[Vec<f64>],
        customers: &[usize],
        draws: Draws,
    ) -> Option<Self> {
        if actual.is_empty() {
            return None;
        }
        let truth = Truth::new(actual);
        let ranked: Vec<Ranked> = predicted.iter().map(|values| Ranked::new(&truth, values)).collect();
        let on = |weights: &[u8]| -> Vec<[f64; SCORES]> {
            let sample = truth.sample(weights);
            ranked.iter().map(|ranked| ranked.scores(&sample)).collect()
        };
        let scores = on(&vec![1; actual.len()]).into_iter().map(Scores::of).collect();
        let resampled = (0..draws.resamples).into_par_iter().map(|r| on(&draws.weights(r, customers)));
        Some(Self { origin, scores, resampled: resampled.collect() })
    }

    /// Intervals of a candidate's scores; a score that most resamples leave undefined has none.
    pub(crate) fn intervals(&self, candidate: usize) -> ScoreIntervals {
        let drawn = |score: usize| {
            let values = self.resampled.iter().map(|candidates| candidates[candidate][score]);
            let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            if values.len() * 2 > self.resampled.len() { values } else { Vec::new() }
        };
        let all: [Vec<f64>; SCORES] = std::array::from_fn(drawn);
        let each = |of: &dyn Fn(&[f64]) -> f64| Scores::of(std::array::from_fn(|score| of(&all[score])));
        ScoreIntervals {
            level: LEVEL,
            resamples: self.resampled.len() as u32,
            standard_error: each(&|values| deviation(values).unwrap_or(f64::NAN)),
            low: each(&|values| quantile(values, (1.0 - LEVEL) / 2.0)),
            high: each(&|values| quantile(values, (1.0 + LEVEL) / 2.0)),
        }
    }
}

/// Standard deviation of finite values; `None` of fewer than two.
pub(super) fn deviation(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

/// The value with `share` of the others below, between neighbours in proportion; NaN of none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (place - place.floor()) * (high - low)
}
