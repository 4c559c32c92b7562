//! How well distributions of single customers held. Definitions: `docs/models/intervals.md`.

use serde::{Deserialize, Serialize};

use super::CustomerSpend;
use crate::metrics::{Decile, deciles};

/// Levels at which quantiles are scored.
const LEVELS: [f64; 4] = [0.5, 0.8, 0.9, 0.95];
/// Level of the upper bound whose coverage is counted.
const BOUND: f64 = 0.9;
/// Share outside the interval whose score is taken.
const OUTSIDE: f64 = 0.1;

/// Scores of predicted distributions against what came; all in money unless said otherwise, less is better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistributionScores {
    /// Customers.
    pub customers: u64,
    /// Mean squared error of the probability of a value above zero.
    pub brier: f64,
    /// Tenths of the customers by that probability: mean probability against the share with a value above zero.
    pub reliability: Vec<Decile>,
    /// Mean pinball loss at .5, .8, .9 and .95: level and loss.
    pub pinball: Vec<(f64, f64)>,
    /// Mean continuous ranked probability score.
    pub crps: f64,
    /// How often the upper 90 % bound held.
    pub upper_90: BoundHeld,
    /// Mean interval score of the 5 % and 95 % quantiles: width + 20 × what lies outside.
    pub interval_score: f64,
    /// The same for the mean ± one width for all (not below zero), the width being the best in hindsight.
    pub interval_score_one_width: f64,
    /// Share of customers in each tenth of the probability integral transform, an outcome of nothing spread evenly over
    /// the mass at zero: a tenth each if the distributions are right.
    pub pit: [f64; 10],
}

/// How often an upper bound held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoundHeld {
    /// Share of customers who spent at most the bound. Where nothing is likelier than the level the bound is 0 and holds
    /// oftener than the level by nature: [`Self::overall`] counts such a customer with level ÷ probability of nothing.
    pub plain: f64,
    /// The share with that count: the level if the distributions are right.
    pub overall: f64,
    /// The same in each tenth of the customers by mean, lowest first.
    pub deciles: Vec<f64>,
}

impl DistributionScores {
    /// Scores of `distributions` against `came` (net revenue; below zero counts as zero), in the same order; `None`
    /// without customers.
    pub fn new(distributions: &[CustomerSpend], came: &[f64]) -> Option<Self> {
        let n = distributions.len();
        if n == 0 || came.len() != n {
            return None;
        }
        let came: Vec<f64> = came.iter().map(|value| value.max(0.0)).collect();
        let pairs = || distributions.iter().zip(&came);
        let mean = |score: &dyn Fn(&CustomerSpend, f64) -> f64| {
            pairs().map(|(spend, &value)| score(spend, value)).sum::<f64>() / n as f64
        };
        let bought: Vec<f64> = came.iter().map(|&value| f64::from(u8::from(value > 0.0))).collect();
        let chances: Vec<f64> = distributions.iter().map(|spend| 1.0 - spend.zero()).collect();
        let means: Vec<f64> = distributions.iter().map(CustomerSpend::mean).collect();
        let held: Vec<f64> = pairs().map(|(spend, &value)| held(spend, value)).collect();
        let mut pit = [0.0; 10];
        pairs().for_each(|(spend, &value)| spread(spend, value, &mut pit));
        Some(Self {
            customers: n as u64,
            brier: chances.iter().zip(&bought).map(|(p, y)| (p - y).powi(2)).sum::<f64>() / n as f64,
            reliability: deciles(&bought, &chances),
            pinball: LEVELS.map(|level| (level, mean(&|spend, value| spend.pinball(level, value)))).to_vec(),
            crps: mean(&|spend, value| spend.crps(value)),
            upper_90: BoundHeld {
                plain: mean(&|spend, value| f64::from(u8::from(value <= spend.quantile(BOUND)))),
                overall: held.iter().sum::<f64>() / n as f64,
                deciles: deciles(&held, &means).iter().map(|decile| decile.actual).collect(),
            },
            interval_score: mean(&|spend, value| interval_score(spend.interval(), value)),
            interval_score_one_width: one_width(&means, &came),
            pit: pit.map(|count| count / n as f64),
        })
    }
}

/// P(PIT ≤ level): 1 or 0, and the part of the mass at zero that the level reaches for an outcome of nothing.
fn held(spend: &CustomerSpend, value: f64) -> f64 {
    if value > 0.0 {
        f64::from(u8::from(value <= spend.quantile(BOUND)))
    } else {
        (BOUND / spend.zero()).min(1.0)
    }
}

/// Adds one customer to the tenths of the transform.
fn spread(spend: &CustomerSpend, value: f64, tenths: &mut [f64; 10]) {
    let zero = spend.zero();
    if value > 0.0 {
        tenths[((spend.cdf(value) * 10.0) as usize).min(9)] += 1.0;
        return;
    }
    for (k, tenth) in tenths.iter_mut().enumerate() {
        let from = k as f64 / 10.0;
        let reached = (zero - from).clamp(0.0, 0.1);
        if zero > 0.0 {
            *tenth += reached / zero;
        } else if k == 0 {
            *tenth += 1.0;
        }
    }
}

/// Width + 2 ÷ share outside × what lies outside (Gneiting & Raftery 2007).
fn interval_score([low, high]: [f64; 2], value: f64) -> f64 {
    high - low + 2.0 / OUTSIDE * ((low - value).max(0.0) + (value - high).max(0.0))
}

/// The best mean score that intervals of one width around the means could have had, over 200 widths.
fn one_width(means: &[f64], came: &[f64]) -> f64 {
    let mut errors: Vec<f64> = means.iter().zip(came).map(|(mean, value)| (mean - value).abs()).collect();
    errors.sort_by(f64::total_cmp);
    let score = |half: f64| {
        let one = |(mean, value): (&f64, &f64)| interval_score([(mean - half).max(0.0), mean + half], *value);
        means.iter().zip(came).map(one).sum::<f64>() / means.len() as f64
    };
    let halves = (0..200).map(|k| errors[k * (errors.len() - 1) / 199]);
    halves.map(score).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::super::shape::{Shape, deviate_of};
    use super::*;

    fn half(mean: f64) -> CustomerSpend {
        CustomerSpend::new(0.5, mean, 1.0, Shape::NORMAL)
    }

    #[test]
    fn two_customers_by_hand() {
        let mean = 0.5 * 0.5_f64.exp();
        // ln N(0, 1) with probability ½: bound 2.3201, interval 0 … 3.6022
        let scores = DistributionScores::new(&[half(mean), half(mean)], &[0.0, 5.0]).unwrap();
        assert_eq!((scores.customers, scores.brier), (2, 0.25));
        assert_eq!((scores.upper_90.plain, scores.upper_90.overall), (0.5, 0.5));
        let high = 1.281_551_565_544_600_5_f64.exp();
        let expected = (high + (high + 20.0 * (5.0 - high))) / 2.0;
        assert!((scores.interval_score - expected).abs() < 1e-8, "{}", scores.interval_score);
        // nothing lies in the first five tenths in equal parts, 5 = exp(1.609) at ½ + ½·Φ(1.609) in the last
        let tenths = [0.1, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0, 0.0, 0.5];
        assert!(scores.pit.iter().zip(tenths).all(|(a, b)| (a - b).abs() < 1e-12), "{:?}", scores.pit);
        assert_eq!(scores.reliability.iter().map(|tenth| tenth.customers).sum::<u64>(), 2);
        assert!(DistributionScores::new(&[], &[]).is_none());
        assert!(DistributionScores::new(&[half(1.0)], &[1.0, 2.0]).is_none());
    }

    #[test]
    fn a_bound_of_zero_counts_for_its_level() {
        // nothing with probability 0.96: the bound is 0; of such customers 96 % spend no more, which is 90 % counted so
        let spend = CustomerSpend::new(0.04, 1.0, 1.0, Shape::NORMAL);
        let came: Vec<f64> = (0..100).map(|k| if k < 4 { 3.0 } else { 0.0 }).collect();
        let scores = DistributionScores::new(&[spend; 100], &came).unwrap();
        assert!((scores.upper_90.plain - 0.96).abs() < 1e-12);
        assert!((scores.upper_90.overall - 0.9).abs() < 1e-12);
        assert!((scores.upper_90.deciles.iter().sum::<f64>() / 10.0 - 0.9).abs() < 1e-12);
    }

    #[test]
    fn the_right_distribution_scores_best() {
        // outcomes at even shares of a distribution with mass ½ at zero
        let right = half(10.0);
        let came: Vec<f64> = (0..1_000).map(|k| right.quantile((f64::from(k) + 0.5) / 1_000.0)).collect();
        let of = |spend: CustomerSpend| DistributionScores::new(&[spend; 1_000], &came).unwrap();
        let best = of(right);
        assert!((best.upper_90.overall - 0.9).abs() < 2e-3);
        assert!(best.pit.iter().all(|share| (share - 0.1).abs() < 2e-3), "{:?}", best.pit);
        let wrong = [
            CustomerSpend::new(0.5, 10.0, 0.5, Shape::NORMAL),
            CustomerSpend::new(0.5, 10.0, 2.0, Shape::NORMAL),
            CustomerSpend::new(0.7, 10.0, 1.0, Shape::NORMAL),
            CustomerSpend::new(0.5, 20.0, 1.0, Shape::NORMAL),
        ];
        for other in wrong.map(of) {
            assert!(other.crps > best.crps && other.interval_score > best.interval_score);
        }
        assert!(
            (right.quantile(0.75).ln() - right.quantile(0.9).ln() - (deviate_of(0.5) - deviate_of(0.8)))
                .abs()
                < 1e-9
        );
    }
}
