//! How much each candidate counts: least squares on earlier origins, drawn toward equal weights.

use crate::optimise::{add_weighted, cholesky, solve};

/// Candidates that can be weighed against each other.
pub(super) const MOST: usize = 8;
/// Pull toward equal weights, in shares of the variance that the earlier origins have on average: this much in any shop …
const RIDGE: f64 = 0.01;
/// … and this much ÷ customers, because a handful of them tells nothing.
const RIDGE_OF_ONE: f64 = 5.0;
/// Share of the mean value at which a customer's weight stops growing.
const SMALLEST: f64 = 1e-3;

/// Sums over earlier origins that the weights depend on.
#[derive(Clone, Debug)]
pub(super) struct Weighing {
    gram: [[f64; MOST]; MOST],
    right: [f64; MOST],
    origins: usize,
    customers: usize,
    candidates: usize,
}

impl Weighing {
    pub(super) fn new(candidates: usize) -> Self {
        Self {
            gram: [[0.0; MOST]; MOST],
            right: [0.0; MOST],
            origins: 0,
            customers: 0,
            candidates: candidates.min(MOST),
        }
    }

    /// Adds an origin: what each candidate forecast for its customers (`None` where there was none), and what came.
    ///
    /// Every candidate is brought to the true total first, so that shapes are compared and not levels. One who could
    /// not be fitted is given the mean of the others. A customer's squared error counts ÷ the mean forecast, because
    /// the variance of spend grows at least like its mean; each origin counts alike.
    pub(super) fn add(&mut self, forecasts: &[Option<Vec<f64>>], came: &[f64]) {
        let total: f64 = came.iter().sum();
        let to_level = |values: &Option<Vec<f64>>| {
            let sum: f64 = values.as_ref()?.iter().sum();
            (sum > 0.0)
                .then(|| values.iter().flatten().map(|value| value * total / sum).collect::<Vec<f64>>())
        };
        let shapes: Vec<Option<Vec<f64>>> = forecasts.iter().take(self.candidates).map(to_level).collect();
        let known = shapes.iter().flatten().count();
        if known == 0 || total <= 0.0 {
            return;
        }
        let mean = total / came.len() as f64;
        let (mut gram, mut right, mut variance) = ([[0.0; MOST]; MOST], [0.0; MOST], 0.0);
        let mut row = [0.0; MOST];
        for (customer, &came) in came.iter().enumerate() {
            let of_known = shapes.iter().flatten().map(|shape| shape[customer]).sum::<f64>() / known as f64;
            for (place, shape) in shapes.iter().enumerate() {
                row[place] = shape.as_ref().map_or(of_known, |shape| shape[customer]);
            }
            let weight = 1.0 / (of_known + SMALLEST * mean);
            variance += weight * (came - mean) * (came - mean);
            for ((right, gram), one) in right.iter_mut().zip(&mut gram).zip(row) {
                *right += weight * one * came;
                gram.iter_mut().zip(row).for_each(|(cell, other)| *cell += weight * one * other);
            }
        }
        if variance > 0.0 && variance.is_finite() {
            self.right.iter_mut().zip(right).for_each(|(sum, right)| *sum += right / variance);
            add_weighted(&mut self.gram, 1.0 / variance, &gram);
            self.origins += 1;
            self.customers += came.len();
        }
    }

    /// Weights of the candidates: none below 0, 1 in all; equal without origins.
    ///
    /// The minimum over w ≥ 0, Σw = 1 of the weighted squares plus the ridge is found among the minima over every
    /// set of candidates; there are few.
    pub(super) fn weights(&self) -> Vec<f64> {
        let n = self.candidates;
        let equal = 1.0 / n.max(1) as f64;
        let mut best = (f64::INFINITY, vec![equal; n]);
        let origins = self.origins.max(1) as f64;
        let mut matrix = [[0.0; MOST]; MOST];
        add_weighted(&mut matrix, 1.0 / origins, &self.gram);
        let ridge = RIDGE + RIDGE_OF_ONE * origins / self.customers.max(1) as f64;
        (0..MOST).for_each(|i| matrix[i][i] += ridge);
        let right = self.right.map(|right| right / origins + ridge * equal);
        for set in 1_u32..1 << n {
            let free: [bool; MOST] = std::array::from_fn(|i| i < n && set & (1 << i) != 0);
            let ones: [f64; MOST] = std::array::from_fn(|i| f64::from(u8::from(free[i])));
            let own: [f64; MOST] = std::array::from_fn(|i| if free[i] { right[i] } else { 0.0 });
            let Some(factor) = cholesky(&matrix, &free) else { continue };
            let (u, v) = (solve(&factor, &own), solve(&factor, &ones));
            let step = (1.0 - u.iter().sum::<f64>()) / v.iter().sum::<f64>();
            let w: [f64; MOST] = std::array::from_fn(|i| u[i] + step * v[i]);
            if !w.iter().all(|&w| w >= -1e-12) {
                continue;
            }
            let quadratic: f64 =
                (0..n).map(|i| (0..n).map(|j| w[i] * matrix[i][j] * w[j]).sum::<f64>()).sum();
            let loss = quadratic - 2.0 * (0..n).map(|i| w[i] * right[i]).sum::<f64>();
            if loss < best.0 {
                best = (loss, w[..n].iter().map(|w| w.max(0.0)).collect());
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_to_learn_from_is_equal_weights() {
        assert_eq!(Weighing::new(4).weights(), [0.25; 4]);
        let mut nothing = Weighing::new(2);
        nothing.add(&[Some(vec![1.0, 2.0]), Some(vec![2.0, 1.0])], &[0.0, 0.0]);
        nothing.add(&[None, None], &[1.0, 2.0]);
        assert_eq!(nothing.weights(), [0.5; 2]);
    }

    #[test]
    fn who_was_right_counts() {
        let came = [0.0, 1.0, 4.0, 20.0, 2.0, 9.0].repeat(200);
        let flat = vec![6.0; 1_200];
        let mut weighing = Weighing::new(3);
        // right but for the level, which is not judged
        let right: Vec<f64> = came.iter().map(|value| 3.0 * value + 1e-6).collect();
        weighing.add(&[Some(right), Some(flat.clone()), Some(flat)], &came);
        let weights = weighing.weights();
        assert!(weights[0] > 0.97, "{weights:?}");
        assert!((weights[1] - weights[2]).abs() < 1e-9);
    }

    #[test] // w = (1 − t, t): (variance of flat against came)·t² … by hand for two customers
    fn two_candidates_by_hand() {
        // came 1, 3; candidates (1, 3) and (2, 2): residual of the mix t·(1, −1), mean 2
        let mut weighing = Weighing::new(2);
        weighing.add(&[Some(vec![1.0, 3.0]), Some(vec![2.0, 2.0])], &[1.0, 3.0]);
        let w = |mean: f64| 1.0 / (mean + 0.002);
        // forecasts' means depend on both candidates: (1.5, 2.5)
        let (a, b) = (w(1.5), w(2.5));
        // ridge 0.01 + 5 ÷ 2; objective: t²·(a + b)/(a + b) + 2.51·(2·(t − ½)²), minimum at t·(1 + 5.02) = 2.51
        let t = 2.51 / 6.02;
        let weights = weighing.weights();
        assert!(a > 0.0 && b > 0.0 && (weights[1] - t).abs() < 1e-12, "{weights:?}");
    }

    proptest! {
        #[test]
        fn weights_are_shares(
            a in proptest::collection::vec(0.0..50.0_f64, 12),
            b in proptest::collection::vec(0.0..50.0_f64, 12),
            came in proptest::collection::vec(0.0..50.0_f64, 12),
        ) {
            let mut weighing = Weighing::new(3);
            weighing.add(&[Some(a), None, Some(b)], &came);
            let weights = weighing.weights();
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(weights.iter().all(|&w| (0.0..=1.0 + 1e-9).contains(&w)));
        }
    }
}
