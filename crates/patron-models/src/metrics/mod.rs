//! How good a forecast was. Definitions: `docs/models/backtest.md`.

mod bootstrap;
mod compared;
mod ranked;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use bootstrap::ScoreIntervals;
pub(crate) use bootstrap::{Bootstrap, Draws};
pub use compared::{ComparedScore, Comparison, PairedDifference, RivalKind, SteadyRival};
pub(crate) use compared::{Tried, comparisons};
use ranked::{Ranked, Truth};

/// Scores of predicted against actual net revenue per customer; a score is absent where it is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Mean absolute error, in money.
    pub mae: f64,
    /// Root of the mean squared error, in money.
    pub rmse: f64,
    /// 1 − Σ(p − y)² ÷ Σ(y − ȳ)².
    pub r2: Option<f64>,
    /// The same without the three customers of the highest actual value.
    #[serde(default)]
    pub r2_without_largest_3: Option<f64>,
    /// 1 − Tweedie deviance ÷ that of the constant mean, variance power 1.5.
    #[serde(default)]
    pub deviance_skill: Option<f64>,
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Gini of the ranking by prediction ÷ Gini of the perfect ranking.
    pub normalised_gini: Option<f64>,
    /// Σ predicted ÷ Σ actual.
    pub bias: Option<f64>,
    /// Mean over tenths of customers by prediction of |mean predicted − mean actual| ÷ mean actual.
    pub decile_mape: Option<f64>,
    /// Share of the actual value that the tenth of customers with the highest predictions holds.
    pub top_tenth_share: Option<f64>,
}

/// Number of scores.
pub(crate) const SCORES: usize = 10;

impl Scores {
    /// Names of the scores, as the fields are called, in their order.
    pub const NAMES: [&'static str; SCORES] = [
        "mae",
        "rmse",
        "r2",
        "r2_without_largest_3",
        "deviance_skill",
        "spearman",
        "normalised_gini",
        "bias",
        "decile_mape",
        "top_tenth_share",
    ];

    /// The scores in the order of [`Self::NAMES`].
    pub fn values(&self) -> [Option<f64>; SCORES] {
        [
            Some(self.mae),
            Some(self.rmse),
            self.r2,
            self.r2_without_largest_3,
            self.deviance_skill,
            self.spearman,
            self.normalised_gini,
            self.bias,
            self.decile_mape,
            self.top_tenth_share,
        ]
    }

    /// From numbers in the order of [`Self::NAMES`]; one that is no number is an undefined score.
    pub(crate) fn of(values: [f64; SCORES]) -> Self {
        let [mae, rmse, r2, r2_rest, deviance, spearman, gini, bias, decile_mape, top] = values;
        let known = |value: f64| value.is_finite().then_some(value);
        Self {
            mae,
            rmse,
            r2: known(r2),
            r2_without_largest_3: known(r2_rest),
            deviance_skill: known(deviance),
            spearman: known(spearman),
            normalised_gini: known(gini),
            bias: known(bias),
            decile_mape: known(decile_mape),
            top_tenth_share: known(top),
        }
    }
}

/// One tenth of the customers by prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decile {
    /// Customers in it.
    pub customers: u64,
    /// Mean prediction, in money.
    pub predicted: f64,
    /// Mean actual value, in money.
    pub actual: f64,
}

/// Scores of `predicted` against `actual`, in the same order; `None` without customers. Among equal predictions the
/// order is a fixed shuffle, so that the order of the customers cannot help or hurt.
pub fn scores(actual: &[f64], predicted: &[f64]) -> Option<Scores> {
    if actual.is_empty() || predicted.len() != actual.len() {
        return None;
    }
    let truth = Truth::new(actual);
    let once = vec![1; actual.len()];
    Some(Scores::of(Ranked::new(&truth, predicted).scores(&truth.sample(&once))))
}

/// Tenths of the customers by prediction, lowest first; the first ones take one customer more where ten does not
/// divide their number. Empty unless both have one length.
pub fn deciles(actual: &[f64], predicted: &[f64]) -> Vec<Decile> {
    if actual.len() != predicted.len() {
        return Vec::new();
    }
    let mut order = highest_first(predicted);
    order.reverse();
    let (n, mut start) = (order.len(), 0);
    let mut tenths = Vec::new();
    for tenth in 0..10 {
        let size = n / 10 + usize::from(tenth < n % 10);
        let members = &order[start..start + size];
        start += size;
        if !members.is_empty() {
            let mean =
                |values: &[f64]| members.iter().map(|&i| values[i as usize]).sum::<f64>() / size as f64;
            tenths.push(Decile { customers: size as u64, predicted: mean(predicted), actual: mean(actual) });
        }
    }
    tenths
}

/// Places by value, highest first; among equal values in a fixed shuffled order.
fn highest_first(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let key = |place: u32| mixed(u64::from(place));
    order.sort_unstable_by(|&a, &b| {
        values[b as usize].total_cmp(&values[a as usize]).then_with(|| key(a).cmp(&key(b)))
    });
    order
}

/// A fixed bijection that looks like chance (the finaliser of SplitMix64).
fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
