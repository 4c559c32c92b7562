//! How good a forecast was. Definitions: `docs/models/forecast.md`.

use serde::{Deserialize, Serialize};

/// Scores of predicted against actual net revenue per customer; a score is absent where it is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Mean absolute error, in money.
    pub mae: f64,
    /// Root of the mean squared error, in money.
    pub rmse: f64,
    /// 1 − Σ(p − y)² ÷ Σ(y − ȳ)².
    pub r2: Option<f64>,
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
    let n = actual.len();
    if n == 0 || predicted.len() != n {
        return None;
    }
    let count = n as f64;
    let errors = || actual.iter().zip(predicted).map(|(y, p)| p - y);
    let squared: f64 = errors().map(|e| e * e).sum();
    let total: f64 = actual.iter().sum();
    let mean = total / count;
    let variance: f64 = actual.iter().map(|y| (y - mean) * (y - mean)).sum();
    let order = by_prediction(predicted);
    let perfect = gini(actual, &by_prediction(actual), total);
    let ranking = gini(actual, &order, total);
    let top = &order[..n.div_ceil(10)];
    let deciles = deciles(actual, predicted);
    let filled: Vec<&Decile> = deciles.iter().filter(|decile| decile.actual > 0.0).collect();
    let gaps = filled.iter().map(|d| (d.predicted - d.actual).abs() / d.actual).sum::<f64>();
    let positive = total > 0.0;
    Some(Scores {
        mae: errors().map(f64::abs).sum::<f64>() / count,
        rmse: (squared / count).sqrt(),
        r2: (variance > 0.0).then(|| 1.0 - squared / variance),
        spearman: correlation(&ranks(actual), &ranks(predicted)),
        normalised_gini: (positive && perfect > 0.0).then(|| ranking / perfect),
        bias: positive.then(|| predicted.iter().sum::<f64>() / total),
        decile_mape: (!filled.is_empty()).then(|| gaps / filled.len() as f64),
        top_tenth_share: positive.then(|| top.iter().map(|&i| actual[i]).sum::<f64>() / total),
    })
}

/// Tenths of the customers by prediction, lowest first; the first ones take one customer more where ten does not
/// divide their number. Empty unless both have one length.
pub fn deciles(actual: &[f64], predicted: &[f64]) -> Vec<Decile> {
    if actual.len() != predicted.len() {
        return Vec::new();
    }
    let mut order = by_prediction(predicted);
    order.reverse();
    let (n, mut start) = (order.len(), 0);
    let mut tenths = Vec::new();
    for tenth in 0..10 {
        let size = n / 10 + usize::from(tenth < n % 10);
        let members = &order[start..start + size];
        start += size;
        if !members.is_empty() {
            let mean = |values: &[f64]| members.iter().map(|&i| values[i]).sum::<f64>() / size as f64;
            tenths.push(Decile { customers: size as u64, predicted: mean(predicted), actual: mean(actual) });
        }
    }
    tenths
}

/// Customers by prediction, highest first.
fn by_prediction(predicted: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by(|&a, &b| predicted[b].total_cmp(&predicted[a]).then(shuffled(a).cmp(&shuffled(b))));
    order
}

/// A fixed bijection of the places that looks like chance (the finaliser of SplitMix64).
fn shuffled(place: usize) -> u64 {
    let mut z = (place as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn gini(actual: &[f64], order: &[usize], total: f64) -> f64 {
    let (mut cumulated, mut area) = (0.0, 0.0);
    for &place in order {
        cumulated += actual[place];
        area += cumulated;
    }
    2.0 * area / total / order.len() as f64 - 1.0
}

/// Ranks from 1, equal values sharing their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = start as f64 + (group.len() as f64 + 1.0) / 2.0;
        group.iter().for_each(|&place| ranks[place] = rank);
        start += group.len();
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        aa += (x - mean_a) * (x - mean_a);
        bb += (y - mean_b) * (y - mean_b);
        ab += (x - mean_a) * (y - mean_b);
    }
    (aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_forecast() {
        let actual = [0.0, 5.0, 1.0, 9.0, 2.0, 0.0, 3.0, 4.0, 8.0, 7.0, 6.0];
        let scores = scores(&actual, &actual).unwrap();
        assert_eq!((scores.mae, scores.r2, scores.bias), (0.0, Some(1.0), Some(1.0)));
        assert!((scores.normalised_gini.unwrap() - 1.0).abs() < 1e-12);
        assert!((scores.spearman.unwrap() - 1.0).abs() < 1e-12);
        assert!((scores.top_tenth_share.unwrap() - 17.0 / 45.0).abs() < 1e-12);
        assert_eq!(scores.decile_mape, Some(0.0));
    }

    #[test]
    fn scores_by_hand() {
        // y = 1, 3; p = 2, 2: both errors are 1, the variance is 2
        let scores = scores(&[1.0, 3.0], &[2.0, 2.0]).unwrap();
        assert_eq!((scores.mae, scores.rmse, scores.r2), (1.0, 1.0, Some(0.0)));
        assert_eq!((scores.spearman, scores.bias), (None, Some(1.0)));
        assert!(super::scores(&[], &[]).is_none());
        let nothing = super::scores(&[0.0, 0.0], &[1.0, 2.0]).unwrap();
        assert_eq!((nothing.bias, nothing.normalised_gini, nothing.r2), (None, None, None));
    }

    #[test]
    fn tenths_hold_everybody_once() {
        let values: Vec<f64> = (0..23).map(f64::from).collect();
        let tenths = deciles(&values, &values);
        assert_eq!(tenths.iter().map(|d| d.customers).sum::<u64>(), 23);
        assert!(tenths.windows(2).all(|pair| pair[0].predicted < pair[1].predicted));
        assert_eq!(deciles(&[1.0], &[1.0]).len(), 1);
    }
}
